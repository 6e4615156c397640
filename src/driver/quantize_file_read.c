/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_file_read.c - reads a choice of codes: the dictionaries "plan" and
 * "ranges" of --snn-quantize as they are, and what holds where they say
 * nothing. Lists are arrays of f64.
 */
#include "driver/quantize_file.h"

#include <jansson.h>
#include <string.h>

#include "ir/ir.h"

static const char kind[] = "quantization";
enum { VERSION = 1 };

typedef struct reader {
    compilation *c;
    const char *path;
    bool good;
} reader;

static bool fail(reader *r, const char *key, const char *expected)
{
    if (r->good) {
        diag_error(&r->c->d, r->path, "'%s' is not %s", key, expected);
    }
    r->good = false;
    return false;
}

static MlirAttribute attribute_of(reader *r, const char *key, json_t *value);

static MlirAttribute dictionary_of(reader *r, json_t *object)
{
    arena *a = &r->c->a;
    ir b = {.ctx = r->c->ctx};
    ir_attr *items = ARENA_ARRAY(a, ir_attr, (int64_t)json_object_size(object));
    intptr_t n = 0;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        MlirAttribute attribute = attribute_of(r, key, value);
        if (attribute.ptr) {
            items[n++] =
                (ir_attr){arena_text(a, key, (int64_t)strlen(key)), attribute};
        }
    }
    return ir_dictionary(&b, n, items);
}

static MlirAttribute attribute_of(reader *r, const char *key, json_t *value)
{
    ir b = {.ctx = r->c->ctx};
    if (json_is_object(value)) {
        return dictionary_of(r, value);
    }
    if (json_is_boolean(value)) {
        return mlirBoolAttrGet(b.ctx, json_is_true(value));
    }
    if (json_is_integer(value)) {
        return mlirIntegerAttrGet(ir_i(&b, 32), json_integer_value(value));
    }
    int64_t n = (int64_t)json_array_size(value); /* 0 if it is none */
    double *numbers = ARENA_ARRAY(&r->c->a, double, n);
    bool good = json_is_array(value);
    for (int64_t i = 0; i < n; i++) {
        json_t *item = json_array_get(value, (size_t)i);
        good = good && json_is_number(item);
        numbers[i] = json_number_value(item);
    }
    if (!good) {
        fail(r, key, "a number, a list of numbers, or an object");
        return mlirAttributeGetNull();
    }
    return mlirDenseF64ArrayGet(b.ctx, (intptr_t)n, numbers);
}

static const char *read_word(reader *r, json_t *object, const char *key,
                             const char *first, const char *second)
{
    const char *value = json_string_value(json_object_get(object, key));
    if (value && strcmp(value, first) == 0) {
        return first;
    }
    if (!value || strcmp(value, second) != 0) {
        fail(r, key, text_printf(&r->c->a, "'%s' or '%s'", first, second));
    }
    return second;
}

static int read_bits(reader *r, json_t *object, const char *key, int least,
                     const char *expected)
{
    json_t *value = json_object_get(object, key);
    int64_t bits = json_integer_value(value); /* 0 if it is none */
    if (bits != least && bits != 2 * least && (bits != 16 || least == 16)) {
        fail(r, key, expected);
    }
    return (int)bits;
}

/* A row for a node that the network has not is that of another network. */
static void check_plan(reader *r, json_t *plan)
{
    const char *node;
    json_t *row;
    json_object_foreach(plan, node, row)
    {
        if (compile_seek_node(r->c, node) < 0) {
            fail(r, node, "a node of this network");
        } else if (!json_is_object(row)) {
            fail(r, node, "an object");
        }
    }
}

static MlirAttribute read_rows(reader *r, json_t *object, const char *key)
{
    json_t *rows = json_object_get(object, key);
    if (rows && !json_is_object(rows)) {
        fail(r, key, "an object");
    }
    return json_is_object(rows) ? dictionary_of(r, rows)
                                : mlirAttributeGetNull();
}

static void read_all(reader *r, json_t *object, quantization *q)
{
    const char *what = json_string_value(json_object_get(object, "snn_mlir"));
    if (!what || strcmp(what, kind) != 0) {
        fail(r, "snn_mlir", "'quantization'");
    }
    if (json_integer_value(json_object_get(object, "version")) != VERSION) {
        fail(r, "version", "1");
    }
    *q = (quantization){
        .weights = read_bits(r, object, "weights", 4, "4, 8 or 16"),
        .state = read_bits(r, object, "state", 16, "16 or 32"),
        .granularity = read_word(r, object, "granularity", "channel", "tensor"),
        .scales = read_word(r, object, "scales", "free", "power-of-two"),
        .plan = read_rows(r, object, "plan"),
        .ranges = read_rows(r, object, "ranges"),
    };
    check_plan(r, json_object_get(object, "plan"));
}

bool quantization_read(compilation *c, const char *path, quantization *q)
{
    json_error_t error;
    reader r = {.c = c, .path = path, .good = true};
    json_t *object = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!object && error.line < 1) {
        return diag_error(&c->d, path, "cannot be read: %s", error.text);
    }
    if (!object) {
        return diag_error(&c->d, path, "line %d: %s", error.line, error.text);
    }
    read_all(&r, object, q);
    json_decref(object);
    return r.good;
}
