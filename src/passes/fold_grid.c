/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * fold_grid.c - what is known of a value before the network runs: spikes, sums
 * of spikes over windows, and powers of two of those are exact numbers of few
 * digits. docs/spec.md, section 6, says what follows for rounding.
 */
#include <math.h>
#include <stdlib.h>

#include "passes/fold.h"
#include "passes/lower.h"

/*
 * Units are 2^-40 to 2^40, and 2^-80 to 2^80 on the way: 2^24 of them, times a
 * factor of 2^60 where a value is used, fit into f32.
 */
enum { MAX_POWER = 60, MAX_STEP = 40, MAX_HOPS = 64 };

/* Below this, whole numbers and their sums are exact in f32. */
static const double MAX_UNITS = 1 << 24;

bool fold_is_power(double number)
{
    int exponent;
    double mantissa = frexp(fabs(number), &exponent);
    return mantissa == 0.5 && exponent > -MAX_POWER && exponent <= MAX_POWER;
}

static double taps(MlirOperation pool)
{
    MlirAttribute kernel = ir_get(pool, "kernel");
    double n = 1;
    for (intptr_t i = 0; i < mlirDenseArrayGetNumElements(kernel); i++) {
        n *= (double)mlirDenseI64ArrayGetElement(kernel, i);
    }
    return n;
}

/* What op does to its operand's grid; false: it leaves none. */
static bool pass(MlirOperation op, fold_grid *g)
{
    double factor = 1;
    if (ir_is(op, "snn.sum_pool")) {
        g->bound *= taps(op);
        return true;
    }
    if (ir_is(op, "snn.avg_pool")) {
        factor = taps(op);
        g->step -= ilogb(factor);
        return fold_is_power(factor);
    }
    if (ir_is(op, "snn.scale")) {
        MlirAttribute scale = ir_get(op, "scale");
        factor = ir_param(scale, 0);
        if (!ir_param_uniform(scale) || !fold_is_power(factor)) {
            return false;
        }
        g->step += ilogb(factor);
        g->bound *= fabs(factor);
        return true;
    }
    return ir_is(op, "tensor.collapse_shape") || ir_is(op, "snn.delay");
}

/* Back from value to spikes. The operations on the way commute, as far as the
 * grid is concerned, so they need not be taken in their order. */
fold_grid fold_grid_of(MlirValue value)
{
    fold_grid g = {.bound = 1};
    for (int hops = 0; hops < MAX_HOPS && !lower_is_spikes(value); hops++) {
        MlirOperation op = ir_owner(value);
        if (!pass(op, &g) || abs(g.step) > MAX_STEP) {
            return (fold_grid){0};
        }
        value = mlirOperationGetOperand(op, 0);
    }
    g.known = lower_is_spikes(value) && ldexp(g.bound, -g.step) <= MAX_UNITS;
    return g;
}
