/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * legend.c - the table of nodes that opens the header: what each is called in
 * the file and in C, and what it is.
 *
 * A node's name in C is its argument, where it is an Input or Output; else the
 * struct of its constants, else the members of the state that are its own, else
 * its tables. A node of which no code is left has none.
 */
#include <stdlib.h>
#include <string.h>

#include "emit/header.h"
#include "emit/layout.h"

enum { COLUMNS = 5, WIDEST = 40 };

/*===- names in C -----------------------------------------------------------*/

typedef enum kind_of_name { ARGUMENT, STRUCT, MEMBER, TABLE } kind_of_name;

/* What a node, as the file names it, is called in C. */
typedef struct entry {
    const char *node;
    const char *name;
    kind_of_name kind;
    int64_t at; /* in the order of the code */
} entry;

typedef struct name_index {
    entry *entries;
    int64_t n;
    int64_t capacity;
    arena *a;
} name_index;

static void add(name_index *x, const char *node, const char *name,
                kind_of_name kind)
{
    x->entries =
        arena_grow(x->a, x->entries, x->n, &x->capacity, sizeof *x->entries);
    x->entries[x->n] = (entry){node, name, kind, x->n};
    x->n++;
}

/* "lif1.lif" of "lif1.lif.v". */
static const char *owner(arena *a, const char *label)
{
    const char *dot = strrchr(label, '.');
    return dot ? arena_text(a, label, (int64_t)(dot - label)) : label;
}

static int compare(const void *x, const void *y)
{
    const entry *a = x;
    const entry *b = y;
    int order = strcmp(a->node, b->node);
    if (order != 0) {
        return order;
    }
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    return (a->at > b->at) - (a->at < b->at);
}

static name_index make_index(const plan *p)
{
    name_index x = {.a = p->a};
    for (int64_t i = 0; i < p->n_buffers; i++) {
        const storage *b = &p->buffers[i];
        if (b->role == BUFFER_INPUT || b->role == BUFFER_OUTPUT) {
            add(&x, b->label, b->name, ARGUMENT);
        } else if (b->role == BUFFER_STATE) {
            add(&x, owner(p->a, b->label), b->name, MEMBER);
        }
    }
    for (int64_t i = 0; i < p->n_items; i++) {
        const cluster *c = p->items[i].cluster;
        if (c && c->node) {
            add(&x, c->name, c->node, STRUCT);
        }
    }
    for (int64_t i = 0; i < p->n_tables; i++) {
        const table *t = &p->tables[i];
        if (t->name && t->owner) {
            add(&x, t->owner->name, t->name, TABLE);
        }
    }
    if (x.n > 0) {
        qsort(x.entries, (size_t)x.n, sizeof *x.entries, compare);
    }
    return x;
}

/* "lif1", or "fc1_weight, fc1_bias"; "" if there is nothing. */
static const char *name_in_c(const name_index *x, const char *node)
{
    int64_t low = 0;
    int64_t high = x->n;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (strcmp(x->entries[middle].node, node) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    buf text = {.a = x->a};
    buf_text(&text, "");
    for (int64_t i = low; i < x->n && strcmp(x->entries[i].node, node) == 0 &&
                          x->entries[i].kind == x->entries[low].kind;
         i++) {
        buf_printf(&text, "%s%s", i > low ? ", " : "", x->entries[i].name);
    }
    return text.text;
}

/*===- the table ------------------------------------------------------------*/

typedef struct row {
    const char *cells[COLUMNS];
} row;

static void print_row(const row *r, const int64_t widths[COLUMNS], buf *out)
{
    buf line = {.a = out->a};
    buf_text(&line, " *  ");
    for (int i = 0; i < COLUMNS; i++) {
        buf_printf(&line, " %s", r->cells[i]);
        bool last = i + 1 == COLUMNS;
        for (int64_t n = layout_width(r->cells[i]); n < widths[i] + 1 && !last;
             n++) {
            buf_text(&line, " ");
        }
        if (layout_width(r->cells[i]) > widths[i] && !last) {
            buf_text(&line, " ");
        }
    }
    while (line.size > 0 && line.text[line.size - 1] == ' ') {
        line.size--;
    }
    buf_bytes(out, line.text, line.size);
    buf_text(out, "\n");
}

static const char *safe(arena *a, const char *text)
{
    return layout_safe(a, text ? text : "");
}

void legend_print(const plan *p, buf *out)
{
    const emit_options *o = p->options;
    int64_t widths[COLUMNS] = {0};
    if (o->n_rows == 0) {
        return;
    }
    name_index x = make_index(p);
    row *rows = ARENA_ARRAY(p->a, row, o->n_rows + 1);
    rows[0] = (row){{"node", "in C", "kind", "size", "parameters"}};
    for (int64_t r = 0; r < o->n_rows; r++) {
        const emit_row *from = &o->rows[r];
        rows[r + 1] = (row){{safe(p->a, from->node), name_in_c(&x, from->node),
                             safe(p->a, from->kind), safe(p->a, from->size),
                             safe(p->a, from->parameters)}};
    }
    for (int64_t r = 0; r <= o->n_rows; r++) {
        for (int i = 0; i < COLUMNS; i++) {
            int64_t n = layout_width(rows[r].cells[i]);
            widths[i] = n > widths[i] && n <= WIDEST ? n : widths[i];
        }
    }
    for (int64_t r = 0; r <= o->n_rows; r++) {
        print_row(&rows[r], widths, out);
    }
    buf_text(out, " *\n");
}
