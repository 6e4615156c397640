/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * table.c - prints constants, one row for each index of their first axis.
 */
#include "emit/table.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "emit/layout.h"
#include "emit/number.h"
#include "ir/ir.h"
#include "ir/raw.h"
#include "mlir-c/BuiltinAttributes.h"

/* The bytes of a table. */
typedef struct bytes {
    const char *data;
    int64_t n;    /* elements: 1 if all are equal */
    int64_t size; /* of one */
    bool packed;  /* i1 in dense<>: not in bytes of their own */
} bytes;

static bytes bytes_of(const table *t)
{
    int64_t total;
    const char *data = ir_raw_data(t->value, &total);
    bool dense = mlirAttributeIsADenseElements(t->value);
    bool splat = dense && mlirDenseElementsAttrIsSplat(t->value);
    return (bytes){.data = data,
                   .n = splat ? 1 : t->count,
                   .size = t->element->size,
                   .packed = dense && t->element->kind == TYPE_BOOL};
}

static double real_at(const bytes *b, int64_t i)
{
    float narrow;
    double wide;
    if (b->size == 4) {
        memcpy(&narrow, b->data + 4 * i, sizeof narrow);
        return (double)narrow;
    }
    memcpy(&wide, b->data + 8 * i, sizeof wide);
    return wide;
}

static uint64_t integer_at(const table *t, const bytes *b, int64_t i)
{
    if (b->packed) {
        return mlirDenseElementsAttrGetBoolValue(t->value, (intptr_t)i);
    }
    uint64_t value = 0;
    memcpy(&value, b->data + i * b->size, (size_t)b->size);
    return value;
}

/* The bits of a number of size bytes as what they are with a sign. */
static int64_t extended(uint64_t bits, int64_t size)
{
    uint64_t sign = UINT64_C(1) << (8 * size - 1);
    return (int64_t)((bits ^ sign) - sign);
}

/* Writes element i; returns how many characters. */
static int64_t write_element(const table *t, const bytes *b, int64_t i,
                             char text[NUMBER_SIZE])
{
    i = b->n == 1 ? 0 : i;
    if (t->element->kind == TYPE_FLOAT) {
        double value = real_at(b, i);
        return b->size == 4 ? number_float(text, (float)value)
                            : number_double(text, value);
    }
    if (t->element->kind == TYPE_INT) {
        int64_t value = extended(integer_at(t, b, i), b->size);
        arena a = {0};
        const char *literal = type_integer(&a, t->element, value);
        int64_t size = (int64_t)strlen(literal);
        memcpy(text, literal, (size_t)size);
        arena_free(&a);
        return size;
    }
    char digits[24];
    int n = 0;
    uint64_t value = integer_at(t, b, i);
    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (int k = 0; k < n; k++) {
        text[k] = digits[n - 1 - k];
    }
    size_t suffix = strlen(t->element->suffix);
    memcpy(text + n, t->element->suffix, suffix);
    return n + (int64_t)suffix;
}

const char *table_element(arena *a, const table *t, int64_t i)
{
    char text[NUMBER_SIZE];
    bytes b = bytes_of(t);
    int64_t n = write_element(t, &b, i, text);
    return arena_text(a, text, n);
}

const void *table_data(arena *a, const table *t)
{
    bytes b = bytes_of(t);
    assert(!b.packed && "i1 is not in bytes of its own");
    if (b.n == t->count) {
        return b.data;
    }
    char *all = ARENA_ARRAY(a, char, t->count *b.size);
    for (int64_t i = 0; i < t->count; i++) {
        memcpy(all + i * b.size, b.data, (size_t)b.size);
    }
    return all;
}

bool table_check(const plan *p, const table *t)
{
    int64_t total;
    const char *data = ir_raw_data(t->value, &total);
    bytes b = bytes_of(t);
    if (!data || (!b.packed && total != b.n * b.size)) {
        return ir_error(p->module, "the elements of '%s' are not there",
                        t->symbol);
    }
    for (int64_t i = 0; t->element->kind == TYPE_FLOAT && i < b.n; i++) {
        if (!isfinite(real_at(&b, i))) {
            return ir_error(p->module,
                            "'%s' has an element that is not a finite number; "
                            "it has no C form",
                            t->symbol);
        }
    }
    return true;
}

/*===- text -----------------------------------------------------------------*/

/* "NET_INPUT * FC1_SIZE" */
static const char *size_text(plan *p, const table *t)
{
    buf text = {.a = p->a};
    intptr_t rank = mlirShapedTypeGetRank(t->type);
    if (rank == 0) {
        return "1U";
    }
    for (intptr_t i = 0; i < rank; i++) {
        int64_t dim = mlirShapedTypeGetDimSize(t->type, i);
        const char *size = t->owner
                               ? plan_size(p, t->owner, dim, i == 0 && rank > 1)
                               : text_printf(p->a, "%lldU", (long long)dim);
        buf_printf(&text, "%s%s", i > 0 ? " * " : "", size);
    }
    return text.text;
}

/* One row, in lines; the first of them at the current column 4. */
static void print_row(buf *out, const table *t, const bytes *b, int64_t first,
                      int64_t n)
{
    char text[NUMBER_SIZE];
    int64_t column = 0;
    for (int64_t i = 0; i < n; i++) {
        int64_t size = write_element(t, b, first + i, text);
        if (column > 0 && column + 1 + size + 1 > LAYOUT_WIDTH) {
            buf_bytes(out, "\n", 1);
            column = 0;
        }
        buf_bytes(out, "    ", column == 0 ? 4 : 1);
        column += column == 0 ? 4 : 1;
        buf_bytes(out, text, size);
        buf_bytes(out, ",", 1);
        column += size + 1;
    }
}

/* What the rows of t stand for: "input", "lif1". */
static const char *row_label(const plan *p, const table *t, int64_t rows)
{
    const storage *of = t->owner ? plan_sized(p, t->owner, rows, true) : NULL;
    return of ? layout_safe(p->a, plan_owner(p, of->label, of->count)) : "row";
}

/* The width of the widest row; 0 where rows are long: each has lines then. */
static int64_t width_of_rows(const plan *p, const table *t, const bytes *b,
                             int64_t rows, int64_t n)
{
    enum { SHORT_ROW = 16 };
    int64_t width = 0;
    buf line = {.a = p->a};
    for (int64_t r = 0; r < rows && n <= SHORT_ROW; r++) {
        line.size = 0;
        print_row(&line, t, b, r * n, n);
        width = line.size > width ? line.size : width;
    }
    return width < LAYOUT_WIDTH - SHORT_ROW ? width : 0;
}

/* Rows that are one line each have their comment behind, the others before. */
static void print_rows(plan *p, const table *t, const bytes *b, buf *out)
{
    int64_t rows = mlirShapedTypeGetDimSize(t->type, 0);
    int64_t n = t->count / rows;
    const char *label = row_label(p, t, rows);
    int64_t width = width_of_rows(p, t, b, rows, n);
    for (int64_t r = 0; r < rows; r++) {
        const char *about =
            text_printf(p->a, "/* %s %lld */", label, (long long)r);
        int64_t before = out->size;
        print_row(out, t, b, r * n, n);
        int64_t line = out->size - before;
        int64_t gap = width > line ? width - line : 0;
        if (line + gap + 1 + (int64_t)strlen(about) <= LAYOUT_WIDTH) {
            buf_printf(out, "%*s%s\n", (int)gap + 1, "", about);
        } else {
            out->size = before;
            buf_printf(out, "    %s\n", about);
            print_row(out, t, b, r * n, n);
            buf_text(out, "\n");
        }
    }
}

/* All elements on one line, if that fits. */
static bool print_short(const table *t, const bytes *b, const char *head,
                        buf *out)
{
    buf line = {.a = out->a};
    buf_printf(&line, "%s{", head);
    char text[NUMBER_SIZE];
    for (int64_t i = 0; i < t->count && line.size < LAYOUT_WIDTH; i++) {
        int64_t n = write_element(t, b, i, text);
        buf_text(&line, i > 0 ? ", " : "");
        buf_bytes(&line, text, n);
    }
    buf_text(&line, "};");
    if (line.size > LAYOUT_WIDTH) {
        return false;
    }
    buf_printf(out, "%s\n", line.text);
    return true;
}

/* Is every byte 0? Then one 0 says it. */
static bool is_zero(const bytes *b)
{
    for (int64_t i = 0; i < b->n * b->size && !b->packed; i++) {
        if (b->data[i] != 0) {
            return false;
        }
    }
    return !b->packed;
}

void table_print(plan *p, const table *t, buf *out)
{
    bytes b = bytes_of(t);
    const char *head =
        text_printf(p->a, "static const %s %s[%s] = ", t->element->name,
                    t->name, size_text(p, t));
    bool matrix = mlirShapedTypeGetRank(t->type) > 1;
    if (!matrix && print_short(t, &b, head, out)) {
        return;
    }
    if (is_zero(&b)) {
        buf line = {.a = p->a};
        buf_printf(&line, "%s{0};", head);
        layout_line(out, 0, line.text);
        return;
    }
    layout_line(out, 0, text_printf(p->a, "%s{", head));
    if (matrix) {
        print_rows(p, t, &b, out);
    } else {
        print_row(out, t, &b, 0, t->count);
        buf_text(out, "\n");
    }
    buf_text(out, "};\n");
}
