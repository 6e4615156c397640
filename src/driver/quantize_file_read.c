/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_file_read.c - reads a choice of codes: the dictionaries "plan" and
 * "ranges" of --snn-quantize as they are, and what holds where they say
 * nothing.
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
    int bits; /* of weights, where a row does not say */
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

/*===- values ---------------------------------------------------------------*/

/* The numbers of a list; NULL, after a diagnostic, if it is none. */
static double *numbers_of(reader *r, const char *key, json_t *list, int64_t *n)
{
    *n = (int64_t)json_array_size(list); /* 0 if it is none */
    double *numbers = ARENA_ARRAY(&r->c->a, double, *n);
    bool good = json_is_array(list);
    for (int64_t i = 0; i < *n; i++) {
        json_t *item = json_array_get(list, (size_t)i);
        good = good && json_is_number(item);
        numbers[i] = json_number_value(item);
    }
    if (!good) {
        fail(r, key, "a list of numbers");
    }
    return good ? numbers : NULL;
}

static MlirAttribute array_of(reader *r, const char *key, json_t *value)
{
    int64_t n;
    double *numbers = numbers_of(r, key, value, &n);
    return numbers ? mlirDenseF64ArrayGet(r->c->ctx, (intptr_t)n, numbers)
                   : mlirAttributeGetNull();
}

static MlirAttribute elements_of(reader *r, const char *key, json_t *value)
{
    int64_t n;
    double *numbers = numbers_of(r, key, value, &n);
    MlirType type = ir_tensor(mlirF64TypeGet(r->c->ctx), 1, &n);
    return numbers ? mlirDenseElementsAttrDoubleGet(type, (intptr_t)n, numbers)
                   : mlirAttributeGetNull();
}

/* Operand i of the product of a node; null: there is none. */
static MlirValue operand_of(reader *r, const char *node, intptr_t i)
{
    int64_t n;
    MlirOperation *ops =
        ir_list(ir_body(compile_find_step(r->c), 0), &r->c->a, &n);
    for (int64_t k = 0; k < n; k++) {
        bool product = ir_is(ops[k], "snn.linear") || ir_is(ops[k], "snn.conv");
        if (product && i < mlirOperationGetNumOperands(ops[k]) &&
            strcmp(ir_get_text(ops[k], "node", &r->c->a), node) == 0) {
            return mlirOperationGetOperand(ops[k], i);
        }
    }
    return (MlirValue){NULL};
}

/* Codes of so many bits, in the shape of an operand of the node's product. */
static MlirAttribute codes_of_list(reader *r, const char *node, const char *key,
                                   json_t *value, intptr_t at, int bits)
{
    int64_t n;
    arena *a = &r->c->a;
    ir b = {.ctx = r->c->ctx};
    double *numbers = numbers_of(r, key, value, &n);
    MlirValue like = operand_of(r, node, at);
    if (numbers && (!like.ptr || ir_count(like) != n)) {
        fail(r, key,
             text_printf(a, "as long as the numbers of '%s' are many", node));
    }
    if (!r->good) {
        return mlirAttributeGetNull();
    }
    double most = bits == 32 ? 2147483647.0 : bits == 16 ? 32767.0 : 127.0;
    int8_t *narrow = ARENA_ARRAY(a, int8_t, n);
    int16_t *medium = ARENA_ARRAY(a, int16_t, n);
    int32_t *wide = ARENA_ARRAY(a, int32_t, n);
    for (int64_t i = 0; i < n; i++) {
        if (!(numbers[i] >= -most - 1.0 && numbers[i] <= most)) {
            fail(r, key, text_printf(a, "a list of codes of %d bits", bits));
            return mlirAttributeGetNull();
        }
        wide[i] = (int32_t)numbers[i];
        medium[i] = (int16_t)wide[i];
        narrow[i] = (int8_t)wide[i];
    }
    MlirType type =
        ir_tensor_like(mlirValueGetType(like), ir_i(&b, (unsigned)bits));
    return bits == 8 ? mlirDenseElementsAttrInt8Get(type, (intptr_t)n, narrow)
           : bits == 16
               ? mlirDenseElementsAttrInt16Get(type, (intptr_t)n, medium)
               : mlirDenseElementsAttrInt32Get(type, (intptr_t)n, wide);
}

static MlirAttribute int_of(reader *r, const char *key, json_t *value)
{
    ir b = {.ctx = r->c->ctx};
    if (!json_is_integer(value)) {
        fail(r, key, "a whole number");
        return mlirAttributeGetNull();
    }
    return mlirIntegerAttrGet(ir_i(&b, 32), json_integer_value(value));
}

static MlirAttribute bool_of(reader *r, const char *key, json_t *value)
{
    if (!json_is_boolean(value)) {
        fail(r, key, "true or false");
        return mlirAttributeGetNull();
    }
    return mlirBoolAttrGet(r->c->ctx, json_is_true(value));
}

/*===- rows -----------------------------------------------------------------*/

static bool is(const char *key, const char *name)
{
    return strcmp(key, name) == 0;
}

/* A member of a row of "plan" or "ranges". */
static MlirAttribute member_of(reader *r, const char *node, json_t *row,
                               const char *key, json_t *value)
{
    int own = (int)json_integer_value(json_object_get(row, "weights"));
    int bits = own > 0 ? own : r->bits;
    if (is(key, "weights") || is(key, "state")) {
        return int_of(r, key, value);
    }
    if (is(key, "channels") || is(key, "power_of_two") || is(key, "whole")) {
        return bool_of(r, key, value);
    }
    if (is(key, "least") || is(key, "most")) {
        return elements_of(r, key, value);
    }
    if (is(key, "codes")) {
        return codes_of_list(r, node, key, value, 1, bits > 8 ? bits : 8);
    }
    if (is(key, "bias")) {
        return codes_of_list(r, node, key, value, 2, 32);
    }
    if (is(key, "scale")) {
        return array_of(r, key, value);
    }
    fail(r, key, "a word of a choice");
    return mlirAttributeGetNull();
}

static MlirAttribute row_of(reader *r, const char *node, json_t *row)
{
    arena *a = &r->c->a;
    ir b = {.ctx = r->c->ctx};
    if (!json_is_object(row)) {
        return array_of(r, node, row);
    }
    ir_attr *items = ARENA_ARRAY(a, ir_attr, (int64_t)json_object_size(row));
    intptr_t n = 0;
    const char *key;
    json_t *value;
    json_object_foreach(row, key, value)
    {
        MlirAttribute member = member_of(r, node, row, key, value);
        if (member.ptr) {
            items[n++] =
                (ir_attr){arena_text(a, key, (int64_t)strlen(key)), member};
        }
    }
    return ir_dictionary(&b, n, items);
}

static MlirAttribute dictionary_of(reader *r, json_t *rows)
{
    arena *a = &r->c->a;
    ir b = {.ctx = r->c->ctx};
    ir_attr *items = ARENA_ARRAY(a, ir_attr, (int64_t)json_object_size(rows));
    intptr_t n = 0;
    const char *name;
    json_t *value;
    json_object_foreach(rows, name, value)
    {
        MlirAttribute row = row_of(r, name, value);
        if (row.ptr) {
            items[n++] =
                (ir_attr){arena_text(a, name, (int64_t)strlen(name)), row};
        }
    }
    return ir_dictionary(&b, n, items);
}

/*===- the file -------------------------------------------------------------*/

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
    if (bits != least && bits != 2 * least &&
        (bits < 16 || bits > 32 || bits % 16 != 0)) {
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
    return r->good && json_is_object(rows) ? dictionary_of(r, rows)
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
        .weights = read_bits(r, object, "weights", 4, "4, 8, 16 or 32"),
        .state = read_bits(r, object, "state", 16, "16 or 32"),
        .granularity = read_word(r, object, "granularity", "channel", "tensor"),
        .scales = read_word(r, object, "scales", "free", "power-of-two"),
    };
    check_plan(r, json_object_get(object, "plan"));
    r->bits = q->weights;
    q->plan = read_rows(r, object, "plan");
    q->ranges = read_rows(r, object, "ranges");
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
