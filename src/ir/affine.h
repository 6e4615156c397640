/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * affine.h - a snn.integrate in real numbers: v' = d v + g x + c.
 */
#ifndef SNN_IR_AFFINE_H
#define SNN_IR_AFFINE_H

#include "ir/ir.h"

typedef struct ir_affine {
    double d, g, c;
} ir_affine;

/*
 * That of element i of a snn.integrate whose form is the word form, as
 * ir_get_word gives it; docs/spec.md has the table. All 0: form is "shift".
 */
ir_affine ir_affine_of(MlirOperation op, const char *form, int64_t i);

#endif
