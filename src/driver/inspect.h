/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * inspect.h - the facts of a network for people; for src/driver only.
 */
#ifndef SNN_DRIVER_INSPECT_H
#define SNN_DRIVER_INSPECT_H

#include "driver/facts.h"

/* A table of nodes, a list of edges, totals. Nothing for no nodes. */
void inspect_print(survey *s, const facts *f, buf *out);

#endif
