/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_range.c - how large integers get, from types, weights and fan-in. A
 * magnitude is an upper bound of |x|; all that is added up stays below it in
 * any order, so a type that holds the bound holds every partial sum.
 */
#include <math.h>
#include <string.h>

#include "passes/lower_integers.h"

int64_t lower_range_add(int64_t x, int64_t y)
{
    return x > INT64_MAX - y ? INT64_MAX : x + y;
}

int64_t lower_range_multiply(int64_t x, int64_t y)
{
    return y > 0 && x > INT64_MAX / y ? INT64_MAX : x * y;
}

bool lower_range_fits(MlirType type, int64_t magnitude)
{
    unsigned bits = mlirIntegerTypeGetWidth(type);
    return bits == 64 || magnitude < (INT64_C(1) << (bits - 1));
}

MlirType lower_range_type(MlirType type, int64_t magnitude)
{
    MlirContext ctx = mlirTypeGetContext(type);
    MlirType middle = mlirIntegerTypeGet(ctx, 32);
    return lower_range_fits(type, magnitude)     ? type
           : lower_range_fits(middle, magnitude) ? middle
                                                 : mlirIntegerTypeGet(ctx, 64);
}

int64_t lower_range_param(MlirAttribute param)
{
    double most = 0.0;
    int64_t n =
        ir_param_uniform(param) ? 1 : mlirElementsAttrGetNumElements(param);
    for (int64_t i = 0; i < n; i++) {
        most = fmax(most, fabs(ir_param(param, i)));
    }
    return most >= 0x1p63 ? INT64_MAX : (int64_t)most;
}

/*===- values ---------------------------------------------------------------*/

static int64_t range_of_type(MlirType type)
{
    unsigned bits = mlirIntegerTypeGetWidth(type);
    return bits == 1 ? 1 : INT64_C(1) << (bits - 1);
}

static int64_t taps_of(MlirOperation pool)
{
    MlirAttribute kernel = ir_get(pool, "kernel");
    int64_t taps = 1;
    for (intptr_t i = 0; i < mlirDenseArrayGetNumElements(kernel); i++) {
        taps =
            lower_range_multiply(taps, mlirDenseI64ArrayGetElement(kernel, i));
    }
    return taps;
}

int64_t lower_range_sum(MlirOperation op)
{
    int64_t sum = 0;
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
        sum = lower_range_add(sum, lower_range(mlirOperationGetOperand(op, i)));
    }
    return sum;
}

/* What op can make at most, whatever its type could hold. */
static int64_t range_of_op(MlirOperation op)
{
    MlirAttribute cap = ir_get(op, "cap");
    if (ir_is(op, "snn.fire")) {
        return mlirAttributeIsNull(cap) ? INT64_MAX
                                        : mlirIntegerAttrGetValueInt(cap);
    }
    if (ir_is(op, "snn.linear") || ir_is(op, "snn.conv")) {
        return lower_range_product(op, mlirOperationGetOperand(op, 0));
    }
    if (ir_is(op, "snn.sum")) {
        return lower_range_sum(op);
    }
    int64_t x = lower_range(mlirOperationGetOperand(op, 0));
    if (ir_is(op, "snn.sum_pool") || ir_is(op, "snn.avg_pool")) {
        int64_t sum = lower_range_multiply(taps_of(op), x);
        return lower_range_times(op, sum);
    }
    return ir_is(op, "tensor.collapse_shape") ? x : lower_range_times(op, x);
}

static bool is_known(MlirOperation op)
{
    static const char *const ops[] = {
        "snn.linear",   "snn.conv",    "snn.sum",   "snn.sum_pool",
        "snn.avg_pool", "snn.rescale", "snn.scale", "tensor.collapse_shape",
        "snn.fire"};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (ir_is(op, ops[i])) {
            return true;
        }
    }
    return false;
}

/* Nothing is larger than its type; some is known to be smaller, and weights
 * are asked once. */
int64_t lower_range(MlirValue x)
{
    int64_t most = range_of_type(ir_element(x));
    MlirOperation op = ir_owner(x);
    if (!is_known(op) || mlirOpResultGetResultNumber(x) > 0 ||
        ir_is_float(ir_element(mlirOperationGetOperand(op, 0)))) {
        return most;
    }
    MlirAttribute known = ir_get(op, "code_range");
    if (mlirAttributeIsNull(known)) {
        MlirType type = mlirIntegerTypeGet(mlirOperationGetContext(op), 64);
        known = mlirIntegerAttrGet(type, range_of_op(op));
        mlirOperationSetAttributeByName(
            op, mlirStringRefCreateFromCString("code_range"), known);
    }
    int64_t range = mlirIntegerAttrGetValueInt(known);
    return range < most ? range : most;
}

/* Of a parameter that may not be there: how many numbers it is. */
static int64_t count_of(MlirAttribute param)
{
    return mlirAttributeIsNull(param) || ir_param_uniform(param)
               ? 1
               : mlirElementsAttrGetNumElements(param);
}

/* Element by element, so that a small shift is not taken for a large factor's.
 */
int64_t lower_range_times(MlirOperation op, int64_t x)
{
    MlirAttribute m = ir_get(op, "code_m");
    MlirAttribute s = ir_get(op, "code_s");
    if (mlirAttributeIsNull(m) && mlirAttributeIsNull(s)) {
        return x;
    }
    int64_t n = count_of(m) > count_of(s) ? count_of(m) : count_of(s);
    double most = 0.0;
    for (int64_t i = 0; i < n; i++) {
        double factor =
            (mlirAttributeIsNull(m) ? 1.0 : fabs(ir_param(m, i))) * (double)x;
        int shift = mlirAttributeIsNull(s) ? 0 : (int)ir_param(s, i);
        most = fmax(most, ldexp(factor, -shift));
    }
    /* doubles round: a little more is surely enough */
    return most >= 0x1p62 ? INT64_MAX : (int64_t)(most * (1 + 0x1p-50)) + 1;
}

int64_t lower_range_factors(MlirOperation op, int64_t x)
{
    MlirAttribute m = ir_get(op, "code_m");
    MlirAttribute s = ir_get(op, "code_s");
    int64_t bits = mlirAttributeIsNull(s) ? 0 : lower_range_param(s);
    int64_t factor = mlirAttributeIsNull(m) ? 1 : lower_range_param(m);
    return lower_range_add(lower_range_multiply(x, factor),
                           bits > 0 ? INT64_C(1) << (bits - 1) : 0);
}

/*===- products -------------------------------------------------------------*/

int64_t lower_integer(lower_numbers from, MlirType type, int64_t i)
{
    const char *at = from.data + (from.splat ? 0 : i * from.element);
    int64_t bits = mlirIntegerTypeGetWidth(type);
    uint64_t value = 0;
    memcpy(&value, at, (size_t)from.element);
    uint64_t sign = UINT64_C(1) << (bits - 1);
    value &= sign | (sign - 1);
    return (int64_t)((value ^ sign) - sign);
}

static int64_t magnitude(lower_numbers from, MlirType type, int64_t i)
{
    int64_t value = lower_integer(from, type, i);
    return value < 0 ? -value : value;
}

static int64_t range_of_bias(MlirOperation op)
{
    MlirOperation bias = lower_bias_of(op);
    int64_t most = 0;
    if (!mlirOperationIsNull(bias)) {
        MlirValue value = mlirOperationGetResult(bias, 0);
        lower_numbers from = lower_numbers_of(bias);
        for (int64_t i = 0; i < ir_count(value); i++) {
            int64_t one = magnitude(from, ir_element(value), i);
            most = one > most ? one : most;
        }
    }
    return most;
}

int64_t lower_range_product(MlirOperation op, MlirValue x)
{
    MlirValue weight = mlirOperationGetOperand(op, 1);
    intptr_t rank = ir_rank(weight);
    lower_numbers from = lower_numbers_of(ir_owner(weight));
    MlirType type = ir_element(weight);
    /* terms of one sum: the last axis of a matrix, all but the first of a
     * kernel */
    int64_t terms = ir_is(op, "snn.conv") ? ir_count(weight) / ir_dim(weight, 0)
                                          : ir_dim(weight, rank - 1);
    int64_t most = 0;
    for (int64_t i = 0; i < ir_count(weight); i += terms) {
        int64_t sum = 0;
        for (int64_t k = 0; k < terms; k++) {
            sum = lower_range_add(sum, magnitude(from, type, i + k));
        }
        most = sum > most ? sum : most;
    }
    return lower_range_add(lower_range_multiply(most, lower_range(x)),
                           range_of_bias(op));
}
