/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * weights.c - the weights file: which tables it holds, its bytes and names.
 *
 * The file is a header of 64 bytes, then the arrays of floats, or,
 * where there are none, all, without gaps, in the order of the module, those of
 * wide elements first. To C it is one struct, so that compilers find every
 * place in it, and step code reads state->weights->fc1_weight. Four words of
 * the header are used; the file fits a source if its length and all of them
 * are what the source expects, and its bytes have the CRC-32 that both state.
 */
#include "emit/weights.h"

#include <zlib.h>

#include "base/buf.h"
#include "emit/table.h"
#include "mlir-c/BuiltinTypes.h"

_Static_assert(
    __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
    "the file has this machine's byte order, and says little-endian");

enum { MOST_INLINE = 1000000 }; /* numbers in a source, unless asked for */

/*===- which tables ---------------------------------------------------------*/

/* Arrays of floats, all of one type, that of the first; without floats, all. */
static bool is_weights(const plan *p, const table *t, const c_type *type)
{
    return t->is_used && mlirShapedTypeGetRank(t->type) > 0 &&
           (p->has_floats ? t->element == type : t->element->kind != TYPE_BOOL);
}

static const c_type *file_type(const plan *p, int64_t *count)
{
    const c_type *type = NULL;
    *count = 0;
    for (int64_t i = 0; i < p->n_tables; i++) {
        const table *t = &p->tables[i];
        bool is_float = t->is_used && t->element->kind == TYPE_FLOAT &&
                        mlirShapedTypeGetRank(t->type) > 0;
        type = !type && is_float ? t->element : type;
        *count += is_weights(p, t, type) ? t->count : 0;
    }
    return type;
}

void plan_weights(plan *p)
{
    int64_t count;
    const c_type *type = file_type(p, &count);
    emit_weights how = p->options->weights;
    if (how == EMIT_WEIGHTS_INLINE ||
        (how == EMIT_WEIGHTS_AUTO && count <= MOST_INLINE)) {
        return;
    }
    p->weights = ARENA_NEW(p->a, weights_names);
    for (int64_t i = 0; i < p->n_tables; i++) {
        table *t = &p->tables[i];
        t->in_file = is_weights(p, t, type);
    }
}

const table **weights_tables(const plan *p, int64_t *n)
{
    const table **list =
        (const table **)ARENA_ARRAY(p->a, const table *, p->n_tables + 1);
    *n = 0;
    for (int64_t size = 8; size > 0; size /= 2) {
        for (int64_t i = 0; i < p->n_tables; i++) {
            const table *t = &p->tables[i];
            if (t->in_file && t->element->size == size) {
                list[(*n)++] = t;
            }
        }
    }
    return list;
}

/*===- names ----------------------------------------------------------------*/

static const char *macro(plan *p, const char *end)
{
    const char *name = names_macro(p->a, p->options->name);
    return plan_macro(p, text_printf(p->a, "%s_%s", name, end));
}

static const char *global(plan *p, const char *end)
{
    return names_take(&p->global,
                      text_printf(p->a, "%s_%s", p->options->name, end));
}

/* Variables of the functions that are printed: none of the file hides them. */
static void reserve(plan *p)
{
    static const char *const words[] = {"weights", "size", "status", "bytes",
                                        "nibbles", "crc",  "length", "at"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        names_take(&p->global, words[i]);
    }
    names_take(&p->members, "weights");
}

void weights_name(plan *p)
{
    static const char *const statuses[WEIGHTS_STATUS_COUNT] = {
        [WEIGHTS_READY] = "READY",
        [WEIGHTS_NONE] = "NO_WEIGHTS",
        [WEIGHTS_SIZE] = "WRONG_SIZE",
        [WEIGHTS_BYTE_ORDER] = "WRONG_BYTE_ORDER",
        [WEIGHTS_UNKNOWN] = "NOT_WEIGHTS",
        [WEIGHTS_OTHER] = "OTHER_WEIGHTS",
        [WEIGHTS_DAMAGED] = "DAMAGED_WEIGHTS",
    };
    static const char *const head[] = {"magic", "version", "crc", "unused"};
    weights_names *w = p->weights;
    if (!w) {
        return;
    }
    reserve(p);
    w->type = global(p, "weights");
    w->status_type = global(p, "status");
    w->data = global(p, "weights_data");
    w->crc_of = names_take(&p->global, "crc_of");
    w->check = names_take(&p->global, "check_weights");
    w->bytes = macro(p, "WEIGHTS_BYTES");
    w->crc = macro(p, "WEIGHTS_CRC");
    w->link = macro(p, "LINK_WEIGHTS");
    w->trust = macro(p, "TRUST_WEIGHTS");
    for (int i = 0; i < WEIGHTS_STATUS_COUNT; i++) {
        w->status[i] = macro(p, statuses[i]);
    }
    w->members = (names){.a = p->a, .outer = &p->macros};
    for (size_t i = 0; i < sizeof head / sizeof *head; i++) {
        names_take(&w->members, head[i]);
    }
}

/*===- bytes ----------------------------------------------------------------*/

/* zlib takes 32 bits of length at a time. */
static uint32_t add_crc(uint32_t crc, const void *data, int64_t size)
{
    enum { AT_ONCE = 1 << 30 };
    const unsigned char *at = data;
    for (int64_t done = 0; done < size; done += AT_ONCE) {
        int64_t n = size - done < AT_ONCE ? size - done : AT_ONCE;
        crc = (uint32_t)crc32(crc, at + done, (uInt)n);
    }
    return crc;
}

void weights_list(plan *p, emit_report *report)
{
    uint32_t *head = arena_alloc(p->a, WEIGHTS_HEAD_BYTES, 1);
    emit_part *parts = ARENA_ARRAY(p->a, emit_part, p->n_tables + 2);
    static const char zeros[8] = {0};
    uint32_t crc = 0;
    int64_t n = 0;
    parts[n++] = (emit_part){head, WEIGHTS_HEAD_BYTES};
    report->weights_bytes = parts[0].size;
    int64_t n_tables;
    const table **tables = weights_tables(p, &n_tables);
    int64_t align = weights_alignment(p);
    for (int64_t i = 0; i <= n_tables; i++) { /* the last fills the struct up */
        int64_t rest = (align - report->weights_bytes % align) % align;
        emit_part part = {zeros, rest};
        if (i < n_tables) {
            const table *t = tables[i];
            part =
                (emit_part){table_data(p->a, t), t->count * t->element->size};
        }
        if (part.size > 0) {
            crc = add_crc(crc, part.data, part.size);
            report->weights_bytes += part.size;
            parts[n++] = part;
        }
    }
    head[0] = WEIGHTS_MAGIC;
    head[1] = WEIGHTS_VERSION;
    head[2] = crc;
    p->weights->crc_value = crc;
    report->weights = parts;
    report->n_weights = n;
    report->weights_link = p->weights->link;
    report->weights_data = p->weights->data;
}
