/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * kernel.c - clusters of one structure share a kernel; its parameters are what
 * they do not agree on, and what has a name: sizes, constants, buffers.
 */
#include <assert.h>
#include <string.h>

#include "emit/plan.h"
#include "ir/ir.h"

/*===- clusters of one structure --------------------------------------------*/

static kernel *find_kernel(plan *p, const cluster *c)
{
    for (int64_t i = 0; i < p->n_kernels; i++) {
        const buf *structure = &p->kernels[i]->clusters[0]->structure;
        if (structure->size == c->structure.size &&
            strcmp(structure->text, c->structure.text) == 0) {
            return p->kernels[i];
        }
    }
    return NULL;
}

static kernel *add_kernel(plan *p, const cluster *c)
{
    kernel *k = ARENA_NEW(p->a, kernel);
    k->note = c->note;
    p->kernels = arena_grow(p->a, (void *)p->kernels, p->n_kernels,
                            &p->kernel_capacity, sizeof *p->kernels);
    p->kernels[p->n_kernels++] = k;
    return k;
}

static void join(plan *p, cluster *c)
{
    kernel *k = find_kernel(p, c);
    k = k ? k : add_kernel(p, c);
    k->clusters = arena_grow(p->a, (void *)k->clusters, k->n_clusters,
                             &k->capacity, sizeof *k->clusters);
    k->clusters[k->n_clusters++] = c;
    c->kernel = k;
}

/*===- parameters -----------------------------------------------------------*/

static bool equal(const leaf *x, const leaf *y)
{
    return x->kind == y->kind && x->is_step == y->is_step && x->id == y->id &&
           x->number == y->number && x->type == y->type;
}

/* Are leaves i and j the same in each cluster of k? */
static bool always_equal(const kernel *k, int64_t i, int64_t j)
{
    for (int64_t c = 0; c < k->n_clusters; c++) {
        if (!equal(&k->clusters[c]->leaves[i], &k->clusters[c]->leaves[j])) {
            return false;
        }
    }
    return true;
}

/* Is leaf i the same in all clusters of k? */
static bool is_common(const kernel *k, int64_t i)
{
    const leaf *first = &k->clusters[0]->leaves[i];
    for (int64_t c = 1; c < k->n_clusters; c++) {
        if (!equal(first, &k->clusters[c]->leaves[i])) {
            return false;
        }
    }
    return true;
}

/* Has a buffer or table that c uses value elements along an axis, or in all? */
static bool is_dimension(const plan *p, const cluster *c, int64_t value)
{
    for (int64_t i = 0; i < c->n_leaves; i++) {
        const leaf *l = &c->leaves[i];
        MlirType type;
        if (l->kind == LEAF_BUFFER) {
            type = mlirValueGetType(p->buffers[l->number].value);
        } else if (l->kind == LEAF_TABLE) {
            type = p->tables[l->number].type;
        } else {
            continue;
        }
        int64_t count = 1;
        for (intptr_t d = 0; d < mlirShapedTypeGetRank(type); d++) {
            int64_t size = mlirShapedTypeGetDimSize(type, d);
            count *= size;
            if (size == value) {
                return true;
            }
        }
        if (count == value) {
            return true;
        }
    }
    return false;
}

/* 0, 1, how far a loop goes on, and what has nothing to do with a size. */
static bool is_literal(const plan *p, const kernel *k, int64_t i)
{
    const leaf *l = &k->clusters[0]->leaves[i];
    bool is_constant = l->kind == LEAF_INDEX || l->kind == LEAF_CONSTANT;
    if (!is_constant || !is_common(k, i)) {
        return false;
    }
    bool is_small = l->number == 0 || l->number == 1;
    return l->kind == LEAF_CONSTANT || is_small || l->is_step ||
           !is_dimension(p, k->clusters[0], l->number);
}

static param_kind kind_of(const plan *p, const kernel *k, int64_t i)
{
    static const param_kind kinds[] = {
        [LEAF_BUFFER] = PARAM_BUFFER,   [LEAF_TABLE] = PARAM_TABLE,
        [LEAF_NUMBER] = PARAM_NUMBER,   [LEAF_INDEX] = PARAM_SIZE,
        [LEAF_CONSTANT] = PARAM_NUMBER, [LEAF_SCALAR] = PARAM_SCALAR,
    };
    const leaf *l = &k->clusters[0]->leaves[i];
    if (l->kind == LEAF_TABLE && p->tables[l->number].in_file) {
        return PARAM_WEIGHTS;
    }
    return is_literal(p, k, i) ? PARAM_LITERAL : kinds[l->kind];
}

static int64_t find_param(const kernel *k, int64_t i)
{
    for (int64_t q = 0; q < k->n_params; q++) {
        if (always_equal(k, i, k->params[q].leaf)) {
            return q;
        }
    }
    return -1;
}

static void make_params(plan *p, kernel *k)
{
    const cluster *first = k->clusters[0];
    k->params = ARENA_ARRAY(p->a, param, first->n_leaves);
    k->param_of = ARENA_ARRAY(p->a, int64_t, first->n_leaves);
    for (int64_t i = 0; i < first->n_leaves; i++) {
        const leaf *l = &first->leaves[i];
        int64_t q = find_param(k, i);
        if (q < 0) {
            q = k->n_params++;
            k->params[q] =
                (param){.kind = kind_of(p, k, i), .leaf = i, .type = l->type};
        }
        param *to = &k->params[q];
        to->is_list = to->is_list || l->is_list;
        to->is_read = to->is_read || l->is_read;
        to->is_written = to->is_written || l->is_written;
        k->param_of[i] = q;
    }
}

/*===- arguments ------------------------------------------------------------*/

/* Numbers and tables go into a struct of the node; sizes go along. */
static bool has_node(const kernel *k)
{
    for (int64_t q = 0; q < k->n_params; q++) {
        if (k->params[q].kind == PARAM_NUMBER ||
            k->params[q].kind == PARAM_TABLE) {
            return true;
        }
    }
    return false;
}

/* Arguments of low rank come first; -1: no argument. */
static int rank_of(const kernel *k, const param *q)
{
    switch (q->kind) {
    case PARAM_SIZE:
        return k->node_type ? -1 : 0;
    case PARAM_WEIGHTS:
        return 1;
    case PARAM_SCALAR:
        return 3; /* behind the list that it is the length of */
    case PARAM_BUFFER:
        return q->is_written ? (q->is_read ? 5 : 6) : (q->is_list ? 2 : 4);
    case PARAM_LITERAL:
    case PARAM_NUMBER:
    case PARAM_TABLE:
        break;
    }
    return -1;
}

static void order_arguments(plan *p, kernel *k)
{
    k->order = ARENA_ARRAY(p->a, int64_t, k->n_params);
    for (int rank = 0; rank <= 6; rank++) {
        for (int64_t q = 0; q < k->n_params; q++) {
            if (rank_of(k, &k->params[q]) == rank) {
                k->order[k->n_order++] = q;
            }
        }
    }
}

/* Pointers, sizes, numbers; those of one kind in the module's order. */
static bool goes_before(const kernel *k, const param *x, const param *y)
{
    static const int ranks[] = {
        [PARAM_TABLE] = 0, [PARAM_SIZE] = 1, [PARAM_NUMBER] = 2};
    const leaf *leaves = k->clusters[0]->leaves;
    return x->kind != y->kind
               ? ranks[x->kind] < ranks[y->kind]
               : x->kind != PARAM_SIZE &&
                     leaves[x->leaf].number < leaves[y->leaf].number;
}

static void order_fields(plan *p, kernel *k)
{
    k->fields = ARENA_ARRAY(p->a, int64_t, k->n_params);
    for (int64_t q = 0; q < k->n_params && k->node_type; q++) {
        param_kind kind = k->params[q].kind;
        bool held =
            kind == PARAM_TABLE || kind == PARAM_SIZE || kind == PARAM_NUMBER;
        int64_t at = k->n_fields;
        if (!held) {
            continue;
        }
        for (; at > 0 &&
               goes_before(k, &k->params[q], &k->params[k->fields[at - 1]]);
             at--) {
            k->fields[at] = k->fields[at - 1];
        }
        k->fields[at] = q;
        k->n_fields++;
    }
}

void plan_kernels(plan *p)
{
    for (int64_t i = 0; i < p->n_items; i++) {
        if (p->items[i].cluster) {
            join(p, p->items[i].cluster);
        }
    }
    for (int64_t i = 0; i < p->n_kernels; i++) {
        kernel *k = p->kernels[i];
        make_params(p, k);
        k->node_type = has_node(k) ? "" : NULL; /* named by plan_names */
        order_arguments(p, k);
        order_fields(p, k);
    }
}
