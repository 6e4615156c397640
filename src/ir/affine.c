/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * affine.c - the forms of snn.integrate in real numbers.
 */
#include "ir/affine.h"

/* Element i of a parameter, or what it is where it is left out. */
static double real_at(MlirOperation op, const char *name, int64_t i,
                      double otherwise)
{
    MlirAttribute p = ir_get(op, name);
    return mlirAttributeIsNull(p) ? otherwise : ir_param(p, i);
}

ir_affine ir_affine_of(MlirOperation op, const char *form, int64_t i)
{
    double decay = real_at(op, "decay", i, 1.0);
    double gain = real_at(op, "gain", i, 1.0);
    double leak = real_at(op, "leak", i, 0.0);
    switch (form[0]) {
    case 'r': /* relax */
    case 'p': /* pull */
        return (ir_affine){1.0 - decay, decay * gain, decay * leak};
    case 'e': /* exact */
        return (ir_affine){decay, gain, leak * (1.0 - decay)};
    case 'l': /* leaky, leak_divide */
        return form[4] == 'y'
                   ? (ir_affine){decay, gain, leak}
                   : (ir_affine){1.0 - 1.0 / decay, gain, leak / decay};
    case 'j': /* jump */
        return (ir_affine){decay, gain * decay, 0.0};
    case 'd': /* divide */
        return (ir_affine){1.0 - 1.0 / decay, gain / decay, leak / decay};
    case 'a': /* approach, accumulate */
        return form[1] == 'p' ? (ir_affine){1.0 + decay, -(gain * decay), 0.0}
                              : (ir_affine){1.0, gain, 0.0};
    default:
        return (ir_affine){0};
    }
}
