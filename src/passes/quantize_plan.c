/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_plan.c - what the plan and the ranges say of a node: the choice of
 * widths and scales, weights that were rounded elsewhere, and how far values
 * go.
 */
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "ir/raw.h"
#include "mlir-c/BuiltinAttributes.h"
#include "passes/quantize.h"

static MlirAttribute entry(MlirAttribute dictionary, const char *name)
{
    return mlirAttributeIsNull(dictionary)
               ? dictionary
               : mlirDictionaryAttrGetElementByName(
                     dictionary, mlirStringRefCreateFromCString(name));
}

/*===- the choice -----------------------------------------------------------*/

static void read_int(MlirAttribute row, const char *name, int *value)
{
    MlirAttribute number = entry(row, name);
    if (!mlirAttributeIsNull(number)) {
        *value = (int)mlirIntegerAttrGetValueInt(number);
    }
}

static void read_bool(MlirAttribute row, const char *name, bool *value)
{
    MlirAttribute flag = entry(row, name);
    if (!mlirAttributeIsNull(flag)) {
        *value = mlirBoolAttrGetValue(flag);
    }
}

quantize_choice quantize_choice_of(const quantizer *q, const char *node)
{
    quantize_choice c = q->common;
    MlirAttribute row = entry(q->plan, node);
    if (!mlirAttributeIsNull(row)) {
        read_int(row, "weights", &c.weights);
        read_int(row, "state", &c.state);
        read_bool(row, "channels", &c.channels);
        read_bool(row, "power_of_two", &c.power_of_two);
    }
    return c;
}

/*===- weights that were rounded elsewhere ----------------------------------*/

int32_t quantize_code_at(MlirAttribute codes, int64_t i)
{
    MlirType type = mlirShapedTypeGetElementType(mlirAttributeGetType(codes));
    size_t bytes = mlirIntegerTypeGetWidth(type) / 8;
    int64_t size;
    const char *data = ir_raw_data(codes, &size);
    data += (size_t)size == bytes ? 0 : (size_t)i * bytes; /* all are equal */
    int8_t narrow;
    int16_t medium;
    int32_t wide;
    switch (bytes) {
    case 1:
        memcpy(&narrow, data, bytes);
        return narrow;
    case 2:
        memcpy(&medium, data, bytes);
        return medium;
    default:
        memcpy(&wide, data, bytes);
        return wide;
    }
}

static void append(MlirStringRef piece, void *text)
{
    buf_bytes(text, piece.data, (int64_t)piece.length);
}

static const char *type_text(const quantizer *q, MlirType type)
{
    buf text = {.a = q->a};
    mlirTypePrint(type, append, &text);
    return text.text;
}

/* The plan's codes in place of these numbers, which have so many bits, are
 * stored in one of two types: the least that holds them, or the next. */
static bool check_codes(const quantizer *q, MlirOperation op, const char *name,
                        MlirAttribute codes, MlirValue numbers, int bits)
{
    MlirContext ctx = mlirOperationGetContext(op);
    unsigned stored = bits <= 8 ? 8 : (unsigned)bits;
    MlirType expected = ir_tensor_like(mlirValueGetType(numbers),
                                       mlirIntegerTypeGet(ctx, stored));
    if (!mlirAttributeIsADenseElements(codes)) {
        return ir_error(op, "the plan's '%s' of '%s' are no dense elements",
                        name, ir_get_text(op, "node", q->a));
    }
    if (!mlirTypeEqual(mlirAttributeGetType(codes), expected)) {
        return ir_error(op, "the plan's '%s' of '%s' are %s, expected %s", name,
                        ir_get_text(op, "node", q->a),
                        type_text(q, mlirAttributeGetType(codes)),
                        type_text(q, expected));
    }
    double most = ldexp(1.0, bits - 1);
    for (int64_t i = 0; i < ir_count(numbers); i++) {
        int32_t code = quantize_code_at(codes, i);
        if (code < -most || code >= most) {
            return ir_error(
                op, "the plan's '%s' of '%s' have %d, which i%d does not hold",
                name, ir_get_text(op, "node", q->a), (int)code, bits);
        }
    }
    return true;
}

static bool check_scale(const quantizer *q, MlirOperation op,
                        MlirAttribute scale, int64_t rows, scales *out)
{
    const char *node = ir_get_text(op, "node", q->a);
    if (!mlirAttributeIsADenseF64Array(scale)) {
        return ir_error(op, "the plan's 'scale' of '%s' is no array of f64",
                        node);
    }
    int64_t n = mlirDenseArrayGetNumElements(scale);
    if (n != 1 && n != rows) {
        return ir_error(op,
                        "the plan's 'scale' of '%s' has %d numbers, the "
                        "weights have %d rows",
                        node, (int)n, (int)rows);
    }
    *out = (scales){
        .n = n, .at = ARENA_ARRAY(q->a, double, n), .axis = n > 1 ? 0 : -1};
    for (int64_t i = 0; i < n; i++) {
        out->at[i] = mlirDenseF64ArrayGetElement(scale, (intptr_t)i);
        if (!(out->at[i] > 0.0) || !isfinite(out->at[i])) {
            return ir_error(op,
                            "the plan's 'scale' of '%s' has %g, expected more "
                            "than 0",
                            node, out->at[i]);
        }
    }
    return true;
}

bool quantize_given_of(const quantizer *q, MlirOperation op,
                       quantize_given *given)
{
    const char *node = ir_get_text(op, "node", q->a);
    MlirAttribute row = entry(q->plan, node);
    MlirAttribute scale = entry(row, "scale");
    MlirValue weight = mlirOperationGetOperand(op, 1);
    bool has_bias = mlirOperationGetNumOperands(op) > 2;
    *given = (quantize_given){.codes = entry(row, "codes"),
                              .bias = entry(row, "bias")};
    if (mlirAttributeIsNull(scale)) {
        return (mlirAttributeIsNull(given->codes) &&
                mlirAttributeIsNull(given->bias)) ||
               ir_error(op, "the plan has codes for '%s' without a 'scale'",
                        node);
    }
    if (!mlirAttributeIsNull(given->bias) && !has_bias) {
        return ir_error(op, "the plan has a 'bias' for '%s', which has none",
                        node);
    }
    return check_scale(q, op, scale, ir_dim(weight, 0), &given->scale) &&
           (mlirAttributeIsNull(given->codes) ||
            check_codes(q, op, "codes", given->codes, weight,
                        quantize_choice_of(q, node).weights)) &&
           (mlirAttributeIsNull(given->bias) ||
            check_codes(q, op, "bias", given->bias,
                        mlirOperationGetOperand(op, 2), 32));
}

/*===- how far values go ----------------------------------------------------*/

/* One end of a range: a number, one of each channel, or one of each element;
 * *out is the farthest of each channel. */
static bool read_end(const quantizer *q, MlirAttribute row, const char *end,
                     const char *name, MlirValue v, int axis, double *out)
{
    MlirAttribute p = entry(row, end);
    bool number = !mlirAttributeIsNull(p) && mlirAttributeIsAFloat(p);
    bool dense =
        !mlirAttributeIsNull(p) && mlirAttributeIsADenseElements(p) &&
        mlirTypeIsAF64(mlirShapedTypeGetElementType(mlirAttributeGetType(p)));
    if (!number && !dense) {
        return ir_error(q->step,
                        "the range of '%s' has no '%s', a number or dense "
                        "elements of f64",
                        name, end);
    }
    int64_t all = ir_count(v);
    int64_t channels = ir_rank(v) > 0 ? ir_dim(v, axis < 0 ? 0 : axis) : 1;
    int64_t has = number ? 1 : mlirElementsAttrGetNumElements(p);
    if (has != 1 && has != channels && has != all) {
        return ir_error(q->step,
                        "the range of '%s' has %d numbers, expected 1, %d or "
                        "%d",
                        name, (int)has, (int)channels, (int)all);
    }
    int64_t inner = 1;
    for (intptr_t i = (axis < 0 ? 0 : axis) + 1; i < ir_rank(v); i++) {
        inner *= ir_dim(v, i);
    }
    double sign = end[0] == 'l' ? -1.0 : 1.0; /* least, most */
    for (int64_t k = 0; k < all; k++) {
        int64_t channel = k / inner % channels;
        double x = ir_param(p, has == all ? k : has == 1 ? 0 : channel);
        double *to = &out[axis < 0 ? 0 : channel];
        *to = sign * fmax(sign * *to, sign * x);
        if (!isfinite(x)) {
            return ir_error(q->step, "the range of '%s' has %g", name, x);
        }
    }
    return true;
}

bool quantize_seen_of(const quantizer *q, const char *name, MlirValue v,
                      int axis, quantize_seen *seen)
{
    MlirAttribute row = entry(q->ranges, name);
    int64_t n = axis < 0 ? 1 : ir_dim(v, axis);
    *seen = (quantize_seen){.least = ARENA_ARRAY(q->a, double, n),
                            .most = ARENA_ARRAY(q->a, double, n)};
    if (mlirAttributeIsNull(row)) {
        return true;
    }
    seen->n = n;
    bool both = mlirAttributeIsADenseF64Array(row) &&
                mlirDenseArrayGetNumElements(row) == 2;
    double magnitude = both ? mlirDenseF64ArrayGetElement(row, 0) : HUGE_VAL;
    for (int64_t i = 0; i < n; i++) {
        seen->least[i] = both ? -magnitude : magnitude;
        seen->most[i] = both ? magnitude : -magnitude;
    }
    if (both) {
        seen->whole = mlirDenseF64ArrayGetElement(row, 1) != 0.0;
        return true;
    }
    if (!mlirAttributeIsADictionary(row)) {
        return ir_error(q->step,
                        "the range of '%s' is neither {least, most, whole} "
                        "nor array<f64: magnitude, whole>",
                        name);
    }
    read_bool(row, "whole", &seen->whole);
    return read_end(q, row, "least", name, v, axis, seen->least) &&
           read_end(q, row, "most", name, v, axis, seen->most);
}
