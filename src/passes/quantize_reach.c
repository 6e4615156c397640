/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_reach.c - how large a value may get, in real numbers: what data has
 * shown of inputs and states, and what follows of it. Codes have 32 bits at
 * most, so what is too large for its scale gets a coarser one.
 */
#include <math.h>

#include "mlir-c/BuiltinAttributes.h"
#include "mlir-c/Dialect/Quant.h"
#include "passes/quantize.h"

enum { DEEPEST = 24 };

static double smallest(scales s)
{
    double least = s.at[0];
    for (int64_t i = 1; i < s.n; i++) {
        least = fmin(least, s.at[i]);
    }
    return least;
}

/* What the type alone says. */
static double by_type(const quantizer *q, MlirValue v)
{
    scales s = quantize_scales(q, v);
    double most = s.at[0];
    for (int64_t i = 1; i < s.n; i++) {
        most = fmax(most, s.at[i]);
    }
    return most * quantize_most(v);
}

/* The largest magnitude of a factor. */
static double by_factor(MlirOperation op)
{
    MlirAttribute scale = ir_get(op, "scale");
    if (mlirAttributeIsNull(scale)) {
        return ir_is(op, "snn.sum_pool") ? quantize_taps(op) : 1.0;
    }
    int64_t n =
        ir_param_uniform(scale) ? 1 : mlirElementsAttrGetNumElements(scale);
    double most = 0.0;
    for (int64_t i = 0; i < n; i++) {
        most = fmax(most, fabs(ir_param(scale, i)));
    }
    return most;
}

/* y is x times a factor. */
static bool multiplies(MlirOperation op)
{
    static const char *const names[] = {
        "snn.sum_pool", "snn.avg_pool",          "snn.scale",
        "snn.rescale",  "tensor.collapse_shape", "snn.delay_read"};
    bool found = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        found = found || ir_is(op, names[i]);
    }
    return found;
}

void quantize_note_reach(quantizer *q, MlirValue v, double most)
{
    q->reaches.a = q->a;
    q->reach = arena_grow(q->a, q->reach, q->n_reach, &q->reach_capacity,
                          sizeof *q->reach);
    map_set(&q->reaches, v.ptr, 0, q->n_reach);
    q->reach[q->n_reach++] = most;
}

static double reach(const quantizer *q, MlirValue v, int depth)
{
    double known = by_type(q, v);
    int64_t noted = map_get(&q->reaches, v.ptr, 0);
    const char *name = group_range_name(q, v);
    MlirOperation op = ir_owner(v);
    quantize_seen seen = {0};
    if (noted >= 0) {
        return fmin(known, q->reach[noted]);
    }
    bool good = name && quantize_seen_of(q, name, v, -1, &seen) && seen.n > 0;
    double most = good ? fmax(-*seen.least, *seen.most) : 0.0;
    if (most > 0.0) {
        return fmin(known, quantize_seen_room * most);
    }
    if (mlirOperationIsNull(op) || depth == DEEPEST) {
        return known;
    }
    most = 0.0;
    if (ir_is(op, "snn.sum")) {
        for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
            most += reach(q, mlirOperationGetOperand(op, i), depth + 1);
        }
        return fmin(known, most);
    }
    return multiplies(op)
               ? fmin(known,
                      by_factor(op) *
                          reach(q, mlirOperationGetOperand(op, 0), depth + 1))
               : known;
}

double quantize_reach(const quantizer *q, MlirValue v)
{
    return reach(q, v, 0);
}

double quantize_coarser(double scale, double most)
{
    double codes = most / scale;
    return codes > 0x1p31 - 1.0
               ? scale * exp2(ceil(log2(codes / (0x1p31 - 1.0))))
               : scale;
}

MlirValue quantize_with_room(const quantizer *q, MlirValue x, double times,
                             MlirOperation before)
{
    if (!mlirTypeIsAQuantizedType(ir_element(x))) {
        return x;
    }
    scales s = quantize_scales(q, x);
    double most = quantize_reach(q, x);
    double least = quantize_coarser(smallest(s), most * times);
    if (s.axis < 0 && least == s.at[0]) {
        return x;
    }
    return quantize_rescaled(q, x, quantize_width(most / least),
                             quantize_one(q, least), before);
}
