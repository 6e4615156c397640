/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_types.c - quantized types and their scales.
 */
#include <math.h>
#include <string.h>

#include "base/grid.h"
#include "mlir-c/BuiltinAttributes.h"
#include "mlir-c/Dialect/Quant.h"
#include "passes/quantize.h"

/*===- types ----------------------------------------------------------------*/

scales quantize_one(const quantizer *q, double scale)
{
    double *at = ARENA_NEW(q->a, double);
    *at = scale;
    return (scales){.n = 1, .at = at, .axis = -1};
}

static bool all_equal(scales s)
{
    for (int64_t i = 1; i < s.n; i++) {
        if (s.at[i] != s.at[0]) {
            return false;
        }
    }
    return true;
}

MlirType quantize_type(const quantizer *q, MlirValue like, int bits, scales s)
{
    MlirContext ctx = mlirOperationGetContext(q->step);
    MlirType storage = mlirIntegerTypeGet(ctx, (unsigned)bits);
    MlirType real = mlirF32TypeGet(ctx);
    unsigned flags = mlirQuantizedTypeGetSignedFlag();
    int64_t most = (INT64_C(1) << (bits - 1)) - 1;
    MlirType element;
    if (s.axis < 0 || all_equal(s)) {
        element = mlirUniformQuantizedTypeGet(flags, storage, real, s.at[0], 0,
                                              -most - 1, most);
    } else {
        int64_t *zeros = ARENA_ARRAY(q->a, int64_t, s.n);
        element = mlirUniformQuantizedPerAxisTypeGet(flags, storage, real,
                                                     (intptr_t)s.n, s.at, zeros,
                                                     s.axis, -most - 1, most);
    }
    return ir_tensor_like(mlirValueGetType(like), element);
}

void quantize_set(const quantizer *q, MlirValue v, int bits, scales s)
{
    mlirValueSetType(v, quantize_type(q, v, bits, s));
}

bool quantize_is_typed(MlirValue v) { return !ir_is_float(ir_element(v)); }

scales quantize_scales(const quantizer *q, MlirValue v)
{
    MlirType type = ir_element(v);
    if (mlirTypeIsAUniformQuantizedType(type)) {
        return quantize_one(q, mlirUniformQuantizedTypeGetScale(type));
    }
    if (!mlirTypeIsAUniformQuantizedPerAxisType(type)) {
        return quantize_one(q, 1.0);
    }
    scales s = {.n = mlirUniformQuantizedPerAxisTypeGetNumDims(type),
                .axis =
                    mlirUniformQuantizedPerAxisTypeGetQuantizedDimension(type)};
    s.at = ARENA_ARRAY(q->a, double, s.n);
    for (int64_t i = 0; i < s.n; i++) {
        s.at[i] = mlirUniformQuantizedPerAxisTypeGetScale(type, (intptr_t)i);
    }
    return s;
}

scales quantize_times(const quantizer *q, scales s, double factor)
{
    scales t = {.n = s.n, .at = ARENA_ARRAY(q->a, double, s.n), .axis = s.axis};
    for (int64_t i = 0; i < s.n; i++) {
        t.at[i] = s.at[i] * factor;
    }
    return t;
}

/* One scale for all, and that number along an axis, are the same. */
bool quantize_same(scales x, scales y)
{
    if ((x.axis < 0 || all_equal(x)) && (y.axis < 0 || all_equal(y))) {
        return x.at[0] == y.at[0];
    }
    return x.axis == y.axis && x.n == y.n &&
           memcmp(x.at, y.at, (size_t)x.n * sizeof *x.at) == 0;
}

int quantize_bits(MlirValue v)
{
    MlirType type = ir_element(v);
    if (mlirTypeIsAQuantizedType(type)) {
        type = mlirQuantizedTypeGetStorageType(type);
    }
    return (int)mlirIntegerTypeGetWidth(type);
}

double quantize_most(MlirValue v)
{
    int bits = quantize_bits(v);
    return bits == 1 ? 1.0 : ldexp(1.0, bits - 1);
}

double quantize_largest_code(int bits)
{
    return ldexp(1.0, (bits == 32 ? 24 : bits) - 1) - 1.0;
}

int quantize_width(double most)
{
    return most <= INT8_MAX ? 8 : most <= INT16_MAX ? 16 : 32;
}

double quantize_round_up(const quantize_choice *c, double r)
{
    return c->power_of_two ? grid_above(r) : r;
}

MlirValue quantize_rescaled(const quantizer *q, MlirValue x, int bits, scales s,
                            MlirOperation before)
{
    bool same = mlirTypeIsAQuantizedType(ir_element(x)) &&
                quantize_same(quantize_scales(q, x), s);
    return same ? x : quantize_converted(q, x, bits, s, before);
}

MlirValue quantize_across(ir *b, MlirAttribute node, MlirValue x, MlirType type)
{
    return ir_op1(b, "snn.rescale",
                  (ir_parts){.operands = &x,
                             .n_operands = 1,
                             .results = &type,
                             .n_results = 1,
                             .attrs = &(ir_attr){"node", node},
                             .n_attrs = 1});
}

MlirValue quantize_converted(const quantizer *q, MlirValue x, int bits,
                             scales s, MlirOperation before)
{
    MlirType type = quantize_type(q, x, bits, s);
    if (mlirTypeEqual(mlirValueGetType(x), type)) {
        return x;
    }
    ir b = ir_before(before);
    MlirAttribute node = ir_get(before, "node");
    if (mlirAttributeIsNull(node)) {
        node = ir_text(&b, ir_loc_name(b.loc, q->a));
    }
    return quantize_across(&b, node, x, type);
}
