/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize.c - --snn-quantize: a step of floats becomes one of codes.
 *
 * requires: snn.step; weights are constants of floats
 * ensures:  no float is left in a snn.step: weights, currents and states are
 *           quantized, spikes and counts are as they were; scales fit, by
 *           snn.rescale where two would meet; real attributes are untouched.
 *           With borders=float, real inputs and outputs are as they were, and
 *           a snn.rescale stands behind and before them
 *
 * What was measured and what was chosen stands in two attributes of the
 * snn.step, dictionaries, which go. "ranges" has a row for inputs and states by
 * their names, NAME = array<f64: largest magnitude, 1 if all values are whole>
 * or {least = A, most = B, whole = true}: A and B are the smallest and largest
 * value, an f64 number or dense elements of f64, one for each channel or one
 * for each element. "plan" has a row for nodes, and the options hold for what
 * it leaves out:
 *
 *   weights = 8         bits: 4, 8, 16, 32 (24 of them are used)
 *   state = 16          bits: 16, 32
 *   channels = true     a scale for each channel
 *   power_of_two = true
 *   scale = array<f64>  the scale of the weights, or one for each row
 *   codes = dense       of i8, i16 or i32, in the shape of the weights, within
 * their bits; needs scale; without: the nearest codes bias = dense        of
 * i32, in the shape of the bias; needs scale, too
 *
 * Types go from operands to results, in as many rounds as feedback needs.
 */
#include "passes/quantize.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mlir-c/BuiltinAttributes.h"
#include "mlir-c/Dialect/Quant.h"
#include "passes/pass_list.h"

static intptr_t count_inputs(const quantizer *q)
{
    return mlirArrayAttrGetNumElements(ir_get(q->step, "input_names"));
}

/* The first state that has no type gets one from its range; there is one, since
 * all else hangs on states and inputs. */
static bool force_state(quantizer *q)
{
    for (intptr_t i = count_inputs(q); i < mlirBlockGetNumArguments(q->body);
         i++) {
        MlirValue v = mlirBlockGetArgument(q->body, i);
        if (!quantize_is_typed(v)) {
            return quantize_by_range(q, v, quantize_argument_name(q, i));
        }
    }
    assert(false && "an operation waits for an operation behind it");
    return false;
}

/* What is yielded for state argument i. */
static intptr_t yielded_place(const quantizer *q, intptr_t i)
{
    MlirOperation yield = mlirBlockGetTerminator(q->body);
    return mlirOperationGetNumOperands(yield) -
           mlirBlockGetNumArguments(q->body) + i;
}

/* A state that holds what an operation gives has the type of that. */
static bool type_holders(quantizer *q)
{
    MlirOperation yield = mlirBlockGetTerminator(q->body);
    bool any = false;
    for (intptr_t i = count_inputs(q); i < mlirBlockGetNumArguments(q->body);
         i++) {
        MlirValue state = mlirBlockGetArgument(q->body, i);
        MlirValue after = mlirOperationGetOperand(yield, yielded_place(q, i));
        if (quantize_is_typed(state) || !quantize_is_typed(after)) {
            continue;
        }
        any = true;
        group_adopt(q, state, after);
    }
    return any;
}

/* Or what it gives becomes what a state holds whose type came from its range.
 */
static void rescale_holders(quantizer *q)
{
    MlirOperation yield = mlirBlockGetTerminator(q->body);
    for (intptr_t i = count_inputs(q); i < mlirBlockGetNumArguments(q->body);
         i++) {
        MlirValue state = mlirBlockGetArgument(q->body, i);
        intptr_t place = yielded_place(q, i);
        MlirValue after = mlirOperationGetOperand(yield, place);
        if (!mlirTypeEqual(mlirValueGetType(state), mlirValueGetType(after))) {
            mlirOperationSetOperand(
                yield, place,
                quantize_converted(q, after, quantize_bits(state),
                                   quantize_scales(q, state), yield));
        }
    }
}

/* One round; *left operations are still waiting. */
static bool run_round(quantizer *q, MlirOperation *ops, bool *done, int64_t n,
                      int64_t *left)
{
    *left = 0;
    for (int64_t i = 0; i < n; i++) {
        if (done[i]) {
            continue;
        }
        quantize_outcome outcome = quantize_op(q, ops[i]);
        if (outcome == QUANTIZE_FAILED) {
            return false;
        }
        done[i] = outcome == QUANTIZE_DONE;
        *left += !done[i];
    }
    return true;
}

static bool run_rounds(quantizer *q)
{
    int64_t n;
    MlirOperation *all = ir_list(q->body, q->a, &n);
    MlirOperation *ops = ARENA_ARRAY(q->a, MlirOperation, n);
    int64_t m = 0;
    for (int64_t i = 0; i < n - 1; i++) {
        if (!ir_is(all[i], "snn.constant")) {
            ops[m++] = all[i];
        }
    }
    bool *done = ARENA_ARRAY(q->a, bool, m);
    int64_t before = m + 1;
    int64_t left = m;
    while (left > 0) {
        if (left == before && !type_holders(q)) {
            /* first without products that wait for others, then by range */
            if (q->forced && !force_state(q)) {
                return false;
            }
            q->forced = !q->forced;
        }
        before = left;
        if (!run_round(q, ops, done, m, &left)) {
            return false;
        }
    }
    return true;
}

/* A value that no operation makes may be a state that is only passed on. */
static bool finish(quantizer *q)
{
    type_holders(q);
    for (intptr_t i = 0; i < mlirBlockGetNumArguments(q->body); i++) {
        MlirValue v = mlirBlockGetArgument(q->body, i);
        if (!quantize_is_typed(v) &&
            !quantize_by_range(q, v, quantize_argument_name(q, i))) {
            return false;
        }
    }
    rescale_holders(q);
    MlirStringRef plan = mlirStringRefCreateFromCString("plan");
    MlirStringRef ranges = mlirStringRefCreateFromCString("ranges");
    mlirOperationRemoveDiscardableAttributeByName(q->step, plan);
    mlirOperationRemoveDiscardableAttributeByName(q->step, ranges);
    return true;
}

/*===- borders --------------------------------------------------------------*/

static bool is_quantized(MlirValue v)
{
    return mlirTypeIsAQuantizedType(ir_element(v));
}

/* An input comes as floats; all that takes its codes takes them from there. */
static void open_input(quantizer *q, intptr_t i)
{
    MlirValue x = mlirBlockGetArgument(q->body, i);
    MlirType type = mlirValueGetType(x);
    const char *name = quantize_argument_name(q, i);
    ir b = ir_named(ir_before(mlirBlockGetFirstOperation(q->body)), name);
    MlirValue codes = quantize_across(&b, ir_text(&b, name), x, type);
    mlirValueReplaceAllUsesExcept(x, codes, 1,
                                  (MlirOperation[]){ir_owner(codes)});
    mlirValueSetType(x, ir_tensor_like(type, q->real));
}

/* Codes that are the state before the step are read before that changes. */
static void open_output(quantizer *q, intptr_t i)
{
    MlirOperation yield = mlirBlockGetTerminator(q->body);
    MlirValue y = mlirOperationGetOperand(yield, i);
    MlirStringRef name = mlirStringAttrGetValue(
        mlirArrayAttrGetElement(ir_get(q->step, "output_names"), i));
    const char *text = arena_text(q->a, name.data, (int64_t)name.length);
    MlirOperation before = mlirValueIsABlockArgument(y)
                               ? mlirBlockGetFirstOperation(q->body)
                               : yield;
    ir b = ir_named(ir_before(before), text);
    MlirType type = ir_tensor_like(mlirValueGetType(y), q->real);
    mlirOperationSetOperand(yield, i,
                            quantize_across(&b, ir_text(&b, text), y, type));
}

static void open_borders(quantizer *q)
{
    intptr_t n = mlirArrayAttrGetNumElements(ir_get(q->step, "output_names"));
    MlirOperation yield = mlirBlockGetTerminator(q->body);
    for (intptr_t i = 0; i < count_inputs(q); i++) {
        if (is_quantized(mlirBlockGetArgument(q->body, i))) {
            open_input(q, i);
        }
    }
    for (intptr_t i = 0; i < n; i++) {
        if (is_quantized(mlirOperationGetOperand(yield, i))) {
            open_output(q, i);
        }
    }
}

/*===- all ------------------------------------------------------------------*/

/* Integer states are as they should be; there is nothing to quantize. */
static bool check_floats(quantizer *q)
{
    int64_t n;
    MlirOperation *ops = ir_list(q->body, q->a, &n);
    for (int64_t i = 0; i < n; i++) {
        if (ir_is(ops[i], "snn.integrate") &&
            mlirTypeIsAInteger(ir_element(mlirOperationGetResult(ops[i], 0)))) {
            return ir_error(ops[i], "states are integers already: this "
                                    "simulator's network is not quantized");
        }
    }
    return true;
}

static bool quantize_step(quantizer *q)
{
    q->body = ir_body(q->step, 0);
    q->plan = ir_get(q->step, "plan");
    q->ranges = ir_get(q->step, "ranges");
    q->real = ir_real_type(q->body, q->a);
    if (!check_floats(q) || !quantize_constants(q)) {
        return false;
    }
    groups_find(q);
    if (!quantize_inputs(q) || !run_rounds(q) || !finish(q)) {
        return false;
    }
    if (q->floats) {
        open_borders(q);
    }
    return true;
}

static bool read_options(MlirOperation module, const char *const *options,
                         quantize_choice *c)
{
    c->weights = atoi(options[0]);
    c->state = atoi(options[1]);
    c->channels = strcmp(options[2], "channel") == 0;
    c->power_of_two = strcmp(options[3], "power-of-two") == 0;
    if (c->weights != 4 && c->weights != 8 && c->weights != 16 &&
        c->weights != 32) {
        return ir_error(module, "weights is '%s', expected 4, 8, 16 or 32",
                        options[0]);
    }
    if (c->state != 16 && c->state != 32) {
        return ir_error(module, "state is '%s', expected 16 or 32", options[1]);
    }
    if (!c->channels && strcmp(options[2], "tensor") != 0) {
        return ir_error(module,
                        "granularity is '%s', expected tensor or "
                        "channel",
                        options[2]);
    }
    if (!c->power_of_two && strcmp(options[3], "free") != 0) {
        return ir_error(module, "scales is '%s', expected free or power-of-two",
                        options[3]);
    }
    if (strcmp(options[4], "codes") != 0 && strcmp(options[4], "float") != 0) {
        return ir_error(module, "borders is '%s', expected codes or float",
                        options[4]);
    }
    return true;
}

bool quantize_run(MlirOperation module, const char *const *options)
{
    arena a = {0};
    quantize_choice common;
    bool good = read_options(module, options, &common);
    int64_t n;
    MlirOperation *ops = ir_list(ir_body(module, 0), &a, &n);
    for (int64_t i = 0; i < n && good; i++) {
        if (ir_is(ops[i], "snn.step")) {
            quantizer q = {.a = &a,
                           .step = ops[i],
                           .common = common,
                           .floats = strcmp(options[4], "float") == 0};
            good = quantize_step(&q);
        }
    }
    arena_free(&a);
    return good;
}
