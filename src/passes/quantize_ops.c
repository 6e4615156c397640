/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_ops.c - what each operation makes of the types of its operands.
 */
#include <math.h>

#include "mlir-c/BuiltinAttributes.h"
#include "mlir-c/Dialect/Quant.h"
#include "passes/quantize.h"

static MlirValue first(MlirOperation op)
{
    return mlirOperationGetOperand(op, 0);
}

static MlirValue result(MlirOperation op)
{
    return mlirOperationGetResult(op, 0);
}

static bool is_quantized(MlirValue v)
{
    return mlirTypeIsAQuantizedType(ir_element(v));
}

static void set_count(const quantizer *q, MlirValue v, int bits)
{
    MlirContext ctx = mlirOperationGetContext(q->step);
    mlirValueSetType(v,
                     ir_tensor_like(mlirValueGetType(v),
                                    mlirIntegerTypeGet(ctx, (unsigned)bits)));
}

static double least_of(scales s)
{
    double all = s.at[0];
    for (int64_t i = 1; i < s.n; i++) {
        all = fmin(all, s.at[i]);
    }
    return all;
}

/* For each index the finer one; s and t have one axis, if any. */
static scales finest(const quantizer *q, scales s, scales t)
{
    int64_t n = s.n > t.n ? s.n : t.n;
    scales f = {.n = n,
                .at = ARENA_ARRAY(q->a, double, n),
                .axis = s.axis >= 0 ? s.axis : t.axis};
    for (int64_t i = 0; i < n; i++) {
        f.at[i] = fmin(s.at[s.n > 1 ? i : 0], t.at[t.n > 1 ? i : 0]);
    }
    return f;
}

/* x, or x with the least of its scales for all. */
static scales least(const quantizer *q, MlirValue x)
{
    return quantize_one(q, least_of(quantize_scales(q, x)));
}

/*===- sums and pools -------------------------------------------------------*/

/* Spikes and counts add up to counts. */
static bool sum_counts(quantizer *q, MlirOperation op)
{
    double most = 0.0;
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
        if (is_quantized(mlirOperationGetOperand(op, i))) {
            return false;
        }
        most += quantize_most(mlirOperationGetOperand(op, i));
    }
    set_count(q, result(op), quantize_width(most));
    return true;
}

/*
 * The finest scales of all operands, but no finer than lets the sum fit into
 * i32. Those of one operand that has them for each index of an axis, or one.
 */
static scales sum_scales(quantizer *q, MlirOperation op)
{
    double reach = 0.0;
    scales s = {.axis = -1};
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
        MlirValue x = mlirOperationGetOperand(op, i);
        scales own = quantize_scales(q, x);
        reach += quantize_reach(q, x);
        bool axes = s.axis >= 0 && own.axis >= 0 && s.axis != own.axis;
        if (!is_quantized(x)) {
            continue;
        }
        s = s.n == 0 ? own
            : axes   ? quantize_one(q, fmin(least_of(s), least_of(own)))
                     : finest(q, s, own);
    }
    quantize_choice c = quantize_choice_of(q, ir_get_text(op, "node", q->a));
    scales wide = {
        .n = s.n, .at = ARENA_ARRAY(q->a, double, s.n), .axis = s.axis};
    double most = ldexp(reach, -30);
    for (int64_t k = 0; k < s.n; k++) {
        wide.at[k] = s.at[k] >= most ? s.at[k] : quantize_round_up(&c, most);
    }
    quantize_note_reach(q, result(op), reach);
    return wide;
}

static quantize_outcome sum_op(quantizer *q, MlirOperation op)
{
    intptr_t n = mlirOperationGetNumOperands(op);
    for (intptr_t i = 0; i < n; i++) {
        if (!quantize_is_typed(mlirOperationGetOperand(op, i))) {
            return QUANTIZE_WAIT;
        }
    }
    if (sum_counts(q, op)) {
        return QUANTIZE_DONE;
    }
    scales s = sum_scales(q, op);
    for (intptr_t i = 0; i < n; i++) {
        MlirValue x = mlirOperationGetOperand(op, i);
        mlirOperationSetOperand(op, i, quantize_rescaled(q, x, 32, s, op));
    }
    quantize_set(q, result(op), 32, s);
    return QUANTIZE_DONE;
}

double quantize_taps(MlirOperation op)
{
    MlirAttribute kernel = ir_get(op, "kernel");
    double taps = 1.0;
    for (intptr_t i = 0; i < mlirDenseArrayGetNumElements(kernel); i++) {
        taps *= (double)mlirDenseI64ArrayGetElement(kernel, i);
    }
    return taps;
}

static quantize_outcome pool_op(quantizer *q, MlirOperation op)
{
    MlirValue x = first(op);
    if (!quantize_is_typed(x)) {
        return QUANTIZE_WAIT;
    }
    double taps = quantize_taps(op);
    x = quantize_with_room(q, x, taps, op);
    mlirOperationSetOperand(op, 0, x);
    int bits = quantize_width(taps * quantize_most(x));
    if (ir_is(op, "snn.avg_pool")) {
        quantize_set(q, result(op), bits,
                     quantize_times(q, quantize_scales(q, x), 1.0 / taps));
    } else if (is_quantized(x)) {
        quantize_set(q, result(op), bits, quantize_scales(q, x));
    } else {
        set_count(q, result(op), bits);
    }
    return QUANTIZE_DONE;
}

/*===- the rest -------------------------------------------------------------*/

/* One positive factor changes the scale alone. */
static quantize_outcome scale_op(quantizer *q, MlirOperation op)
{
    MlirValue x = first(op);
    if (!quantize_is_typed(x)) {
        return QUANTIZE_WAIT;
    }
    MlirAttribute factors = ir_get(op, "scale");
    bool uniform = ir_param_uniform(factors);
    if (uniform && ir_param(factors, 0) > 0.0) {
        int bits = quantize_bits(x) < 8 ? 8 : quantize_bits(x);
        quantize_set(
            q, result(op), bits,
            quantize_times(q, quantize_scales(q, x), ir_param(factors, 0)));
        return QUANTIZE_DONE;
    }
    double most = 0.0;
    int64_t n = uniform ? 1 : mlirElementsAttrGetNumElements(factors);
    for (int64_t i = 0; i < n; i++) {
        most = fmax(most, fabs(ir_param(factors, i)));
    }
    /* spikes have all of 15 bits for their factor, others 8 bits more */
    most = most > 0.0 ? most : 1.0;
    bool spikes = quantize_bits(x) == 1;
    quantize_choice c = quantize_choice_of(q, ir_get_text(op, "node", q->a));
    double s = least(q, x).at[0] * most / (spikes ? 32767.0 : 256.0);
    s = is_quantized(x) ? quantize_coarser(s, quantize_reach(q, x) * most) : s;
    quantize_set(q, result(op), spikes ? 16 : 32,
                 quantize_one(q, quantize_round_up(&c, s)));
    return QUANTIZE_DONE;
}

/* Axes move, so one scale has to do. */
static quantize_outcome collapse_op(quantizer *q, MlirOperation op)
{
    MlirValue x = first(op);
    if (!quantize_is_typed(x)) {
        return QUANTIZE_WAIT;
    }
    if (!is_quantized(x)) {
        set_count(q, result(op), quantize_bits(x));
        return QUANTIZE_DONE;
    }
    x = quantize_with_room(q, x, 1.0, op);
    mlirOperationSetOperand(op, 0, x);
    quantize_set(q, result(op), quantize_bits(x), quantize_scales(q, x));
    return QUANTIZE_DONE;
}

/* What enters a delay has the type of its line, or gives it one. */
static quantize_outcome push_op(quantizer *q, MlirOperation op)
{
    MlirValue x = first(op);
    MlirValue line = mlirOperationGetOperand(op, 1);
    if (!quantize_is_typed(x)) {
        return QUANTIZE_WAIT;
    }
    if (!quantize_is_typed(line)) {
        x = quantize_with_room(q, x, 1.0, op);
        int bits = quantize_bits(x) < 8 ? 8 : quantize_bits(x);
        group_set(q, line, bits, quantize_scales(q, x));
    }
    if (is_quantized(line)) {
        mlirOperationSetOperand(op, 0,
                                quantize_converted(q, x, quantize_bits(line),
                                                   quantize_scales(q, line),
                                                   op));
    }
    return QUANTIZE_DONE;
}

static quantize_outcome read_op(quantizer *q, MlirOperation op)
{
    MlirValue line = first(op);
    if (!quantize_is_typed(line)) {
        return QUANTIZE_WAIT;
    }
    if (is_quantized(line)) {
        quantize_set(q, result(op), quantize_bits(line),
                     quantize_scales(q, line));
    } else {
        set_count(q, result(op), quantize_bits(line));
    }
    return QUANTIZE_DONE;
}

/* Their state's type is that of its snn.integrate. */
static quantize_outcome state_op(quantizer *q, MlirOperation op)
{
    (void)q;
    return quantize_is_typed(first(op)) ? QUANTIZE_DONE : QUANTIZE_WAIT;
}

/*===- table ----------------------------------------------------------------*/

typedef struct op_row {
    const char *op;
    quantize_outcome (*run)(quantizer *q, MlirOperation op);
} op_row;

static const op_row rows[] = {
    {"snn.linear", quantize_product},
    {"snn.conv", quantize_product},
    {"snn.sum", sum_op},
    {"snn.sum_pool", pool_op},
    {"snn.avg_pool", pool_op},
    {"snn.scale", scale_op},
    {"snn.threshold", state_op},
    {"tensor.collapse_shape", collapse_op},
    {"snn.integrate", quantize_integrate},
    {"snn.fire", state_op},
    {"snn.reset", state_op},
    {"snn.clamp", state_op},
    {"snn.delay_read", read_op},
    {"snn.delay_push", push_op},
};

/* Spikes and counts alone: nothing to do. */
static bool has_floats(MlirOperation op)
{
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
        if (!quantize_is_typed(mlirOperationGetOperand(op, i))) {
            return true;
        }
    }
    for (intptr_t i = 0; i < mlirOperationGetNumResults(op); i++) {
        if (!quantize_is_typed(mlirOperationGetResult(op, i))) {
            return true;
        }
    }
    return false;
}

quantize_outcome quantize_op(quantizer *q, MlirOperation op)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!ir_is(op, rows[i].op)) {
            continue;
        }
        bool adapts = rows[i].run == push_op; /* its operands may differ */
        return adapts || has_floats(op) ? rows[i].run(q, op) : QUANTIZE_DONE;
    }
    ir_error(op, "'%s' is not quantized yet", ir_op_name(op, q->a));
    return QUANTIZE_FAILED;
}

bool quantize_inputs(quantizer *q)
{
    intptr_t n = mlirArrayAttrGetNumElements(ir_get(q->step, "input_names"));
    for (intptr_t i = 0; i < n; i++) {
        MlirValue x = mlirBlockGetArgument(q->body, i);
        if (!quantize_is_typed(x) &&
            !quantize_by_range(q, x, quantize_argument_name(q, i))) {
            return false;
        }
    }
    return true;
}
