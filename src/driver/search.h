/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * search.h - --quantize=auto: the smallest codes that keep the spikes; for
 * src/driver only.
 */
#ifndef SNN_DRIVER_SEARCH_H
#define SNN_DRIVER_SEARCH_H

#include "driver/quantize_data.h"

/*
 * Tries codes on the data of rec, and writes the choice into c's snn.step as
 * "plan", see src/passes/quantize.c. Reports every try, the choice, and what
 * limits it. Fails where no choice reaches the target within the bounds.
 */
MUST_CHECK bool search_run(compilation *c, const recording *rec);

#endif
