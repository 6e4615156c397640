/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * size.c - macros for numbers of elements.
 *
 * Every node and input has a size: LIF1_SIZE, NET_INPUT. A buffer has that of
 * the node it belongs to ("lif1.v", "lif1_events" to "lif1"), a dimension that
 * of a buffer with as many elements. What fits nothing stays a number.
 */
#include <string.h>

#include "base/buf.h"
#include "emit/plan.h"
#include "ir/ir.h"

/* The macro of label if it is value, or can become so; null if it is not. */
static size_macro *find_size(plan *p, const char *label, int64_t value)
{
    const void *word = plan_word(p, label, strlen(label));
    int64_t i = map_get(&p->size_of, word, 0);
    if (i >= 0) {
        return p->sizes[i].value == value ? &p->sizes[i] : NULL;
    }
    map_set(&p->size_of, word, 0, p->n_sizes);
    const char *text = text_printf(p->a, "%s_SIZE", names_macro(p->a, label));
    p->sizes = arena_grow(p->a, p->sizes, p->n_sizes, &p->size_capacity,
                          sizeof *p->sizes);
    p->sizes[p->n_sizes] = (size_macro){
        .label = label, .macro = plan_macro(p, text), .value = value};
    return &p->sizes[p->n_sizes++];
}

/* The shortest name of a cluster that label begins with; or label. */
static const char *owner_of(const plan *p, const char *label)
{
    for (size_t n = 1; label[0] && label[n]; n++) {
        if ((label[n] != '.' && label[n] != '_') || label[n + 1] == '\0') {
            continue;
        }
        int64_t i = map_get(&p->named, plan_word(p, label, n), 0);
        if (i >= 0) {
            return p->items[i].cluster->name;
        }
    }
    return label;
}

/* The macro of an input that label is, or begins with; null: none. */
static const char *input_macro(const plan *p, const char *label, int64_t value)
{
    for (int64_t i = 0; i < p->n_inputs; i++) {
        const storage *b = &p->buffers[i];
        if (b->count == value && b->macro &&
            (strcmp(label, b->label) == 0 || names_suffix(label, b->label))) {
            return b->macro;
        }
    }
    return NULL;
}

const char *plan_buffer_size(plan *p, const storage *b)
{
    if (b->macro) {
        return b->macro;
    }
    const char *macro = input_macro(p, b->label, b->count);
    if (macro) {
        return macro;
    }
    size_macro *s = find_size(p, owner_of(p, b->label), b->count);
    s = s ? s : find_size(p, b->label, b->count);
    if (!s) {
        return text_printf(p->a, "%lldU", (long long)b->count);
    }
    s->is_used = true;
    return s->macro;
}

/* How well a leaf of c explains a size: the least is best; -1: not at all. */
static int rate(const plan *p, const cluster *c, const leaf *l, int64_t value,
                bool read)
{
    const storage *b = l->kind == LEAF_BUFFER ? &p->buffers[l->number] : NULL;
    if (!b || b->count != value) {
        return -1;
    }
    bool own =
        strcmp(b->label, c->name) == 0 || names_suffix(b->label, c->name);
    if (read && !l->is_written && !own) {
        return 0;
    }
    return own ? 1 : l->is_written ? 2 : 3;
}

const storage *plan_sized(const plan *p, const cluster *c, int64_t value,
                          bool read)
{
    int best = INT32_MAX;
    const storage *found = NULL;
    for (int64_t i = 0; i < c->n_leaves; i++) {
        int rating = rate(p, c, &c->leaves[i], value, read);
        if (rating >= 0 && rating < best) {
            best = rating;
            found = &p->buffers[c->leaves[i].number];
        }
    }
    return found;
}

const char *plan_size(plan *p, const cluster *c, int64_t value, bool read)
{
    const storage *of = plan_sized(p, c, value, read);
    return of ? plan_buffer_size(p, of)
              : text_printf(p->a, "%lldU", (long long)value);
}

const char *plan_owner(const plan *p, const char *label, int64_t count)
{
    for (int64_t i = 0; i < p->n_inputs; i++) {
        const storage *b = &p->buffers[i];
        if (b->count == count && names_suffix(label, b->label)) {
            return b->label;
        }
    }
    return owner_of(p, label);
}
