/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_file.c - a choice of codes as JSON: the dictionaries "plan" and
 * "ranges" of --snn-quantize as they are, and what holds where they say
 * nothing. Lists are arrays or elements.
 */
#include "driver/quantize_file.h"

#include "base/json.h"
#include "base/text.h"
#include "ir/ir.h"

static int64_t count_of(MlirAttribute list)
{
    return mlirAttributeIsAFloat(list) ? 1
           : mlirAttributeIsADenseF64Array(list)
               ? mlirDenseArrayGetNumElements(list)
               : mlirElementsAttrGetNumElements(list);
}

/* Number i of a number, of an array of f64, or of dense elements of f64 or
 * integers. */
static double number_at(MlirAttribute list, int64_t i)
{
    if (mlirAttributeIsAFloat(list)) {
        return mlirFloatAttrGetValueDouble(list);
    }
    if (mlirAttributeIsADenseF64Array(list)) {
        return mlirDenseF64ArrayGetElement(list, (intptr_t)i);
    }
    MlirType type = mlirShapedTypeGetElementType(mlirAttributeGetType(list));
    if (mlirTypeIsAF64(type)) {
        return mlirDenseElementsAttrGetDoubleValue(list, (intptr_t)i);
    }
    switch (mlirIntegerTypeGetWidth(type)) {
    case 8:
        return mlirDenseElementsAttrGetInt8Value(list, (intptr_t)i);
    case 16:
        return mlirDenseElementsAttrGetInt16Value(list, (intptr_t)i);
    default:
        return mlirDenseElementsAttrGetInt32Value(list, (intptr_t)i);
    }
}

static void put(json *j, const char *key, MlirAttribute value);

static void put_rows(json *j, MlirAttribute rows)
{
    arena *a = j->out->a;
    for (intptr_t i = 0; i < mlirDictionaryAttrGetNumElements(rows); i++) {
        MlirNamedAttribute row = mlirDictionaryAttrGetElement(rows, i);
        MlirStringRef s = mlirIdentifierStr(row.name);
        put(j, arena_text(a, s.data, (int64_t)s.length), row.attribute);
    }
}

static void put(json *j, const char *key, MlirAttribute value)
{
    arena *a = j->out->a;
    if (mlirAttributeIsADictionary(value)) {
        json_open(j, key, '{');
        put_rows(j, value);
        json_close(j, '}');
    } else if (mlirAttributeIsABool(value)) {
        json_bool(j, key, mlirBoolAttrGetValue(value));
    } else if (mlirAttributeIsAInteger(value)) {
        json_int(j, key, mlirIntegerAttrGetValueInt(value));
    } else {
        json_open(j, key, '[');
        for (int64_t i = 0; i < count_of(value); i++) {
            json_raw(j, NULL, text_number(a, number_at(value, i)));
        }
        json_close(j, ']');
    }
}

void quantization_write(const quantization *q, buf *out)
{
    json j = {.out = out};
    json_open(&j, NULL, '{');
    json_text(&j, "snn_mlir", "quantization");
    json_int(&j, "version", 1);
    json_int(&j, "weights", q->weights);
    json_int(&j, "state", q->state);
    json_text(&j, "granularity", q->granularity);
    json_text(&j, "scales", q->scales);
    if (q->plan.ptr) {
        put(&j, "plan", q->plan);
    }
    if (q->ranges.ptr) {
        put(&j, "ranges", q->ranges);
    }
    json_close(&j, '}');
}
