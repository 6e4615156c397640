/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * formula.h - the update of a neuron as a formula with numbers; for src/driver
 * only.
 *
 * It is read from the step level's operations, so it is what runs. It is one
 * line, whose parts are in the order in which they run:
 *
 *     i' = 0.9 i + x;  v' = 0.96 v + i';  spike if v' > 1, then v' = 0
 *
 * x is the node's summed input; v and i are its membrane and current as the
 * last step left them, v' and i' what this step makes of them (i'' where it
 * changes i once more). The numbers are those of the node's first element, as
 * short as the float type allows. Terms that change nothing are left out:
 * factors of 1, leaks of 0. Behind the formula, in parentheses, stands what
 * does not fit into it: parameters in which the elements differ, states that do
 * not start from 0.
 */
#ifndef SNN_DRIVER_FORMULA_H
#define SNN_DRIVER_FORMULA_H

#include "driver/compile.h"

/*
 * The formula of each node of the file, by node, in the arena of c, which must
 * be at STAGE_STEP. NULL: no neuron, or one that is left out.
 */
const char **formulas_of(compilation *c);
/* That of one node. */
const char *formula_of(compilation *c, int64_t node);

#endif
