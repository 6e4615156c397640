/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_file.c - a choice of codes as JSON: the dictionaries "plan" and
 * "ranges" of --snn-quantize as they are, and what holds where they say
 * nothing. Lists are arrays of f64.
 */
#include "driver/quantize_file.h"

#include "base/json.h"
#include "base/text.h"
#include "ir/ir.h"

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
        for (intptr_t i = 0; i < mlirDenseArrayGetNumElements(value); i++) {
            json_raw(j, NULL,
                     text_number(a, mlirDenseF64ArrayGetElement(value, i)));
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
