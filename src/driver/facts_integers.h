/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * facts_integers.h - what quantization made of a network's nodes; for
 * src/driver only.
 */
#ifndef SNN_DRIVER_FACTS_INTEGERS_H
#define SNN_DRIVER_FACTS_INTEGERS_H

#include "driver/facts.h"

/* c is at STAGE_QUANTIZED, of a quantized network: notes it as a decision. */
void facts_note_integers(compilation *c);

/*
 * Makes the bytes of the nodes those of the C that was generated; -1 where a
 * quantized network was not compiled. Nothing for floats.
 */
void facts_count_integers(survey *s, facts *f);

#endif
