/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * codes.c - real numbers to codes and back, at the borders of a network.
 */
#include "driver/codes.h"

#include <math.h>

#include "ir/ir.h"
#include "mlir-c/Dialect/Quant.h"

static codes one_scale(double scale, arena *a)
{
    double *at = ARENA_NEW(a, double);
    *at = scale;
    return (codes){at, 1, 1};
}

codes codes_of(MlirValue v, arena *a)
{
    MlirType type = ir_element(v);
    if (mlirTypeIsAUniformQuantizedType(type)) {
        return one_scale(mlirUniformQuantizedTypeGetScale(type), a);
    }
    if (!mlirTypeIsAUniformQuantizedPerAxisType(type)) {
        return (codes){NULL, 0, 0};
    }
    int64_t n = mlirUniformQuantizedPerAxisTypeGetNumDims(type);
    double *at = ARENA_ARRAY(a, double, n);
    for (int64_t i = 0; i < n; i++) {
        at[i] = mlirUniformQuantizedPerAxisTypeGetScale(type, (intptr_t)i);
    }
    int64_t inner = 1;
    int axis = mlirUniformQuantizedPerAxisTypeGetQuantizedDimension(type);
    for (int i = axis + 1; i < (int)ir_rank(v); i++) {
        inner *= ir_dim(v, i);
    }
    return (codes){at, n, inner};
}

number_type codes_type(MlirType element)
{
    if (ir_is_float(element)) {
        return mlirTypeIsAF32(element) ? NUMBER_F32 : NUMBER_F64;
    }
    unsigned bits = mlirTypeIsAQuantizedType(element)
                        ? mlirQuantizedTypeGetStorageTypeIntegralWidth(element)
                        : mlirIntegerTypeGetWidth(element);
    switch (bits) {
    case 1:
        return NUMBER_I1;
    case 8:
        return NUMBER_I8;
    case 16:
        return NUMBER_I16;
    default:
        return NUMBER_I32;
    }
}

static double scale_at(const codes *c, int64_t k)
{
    return c->scale[k / c->inner % c->n];
}

int64_t codes_encode(const codes *c, number_type type, const double *numbers,
                     int64_t n, int64_t size, void *data)
{
    double most = ldexp(1.0, (int)(8 * number_size(type)) - 1) - 1.0;
    int64_t cut = 0;
    for (int64_t i = 0; i < n; i++) {
        double whole = rint(numbers[i] / scale_at(c, i % size));
        double code = fmin(fmax(whole, -most - 1.0), most);
        cut += code != whole;
        npy_put(type, data, i, code);
    }
    return cut;
}

void codes_decode(const codes *c, number_type type, const void *data, int64_t n,
                  int64_t size, double *numbers)
{
    for (int64_t i = 0; i < n; i++) {
        numbers[i] = npy_number(type, data, i) * scale_at(c, i % size);
    }
}
