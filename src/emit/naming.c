/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * naming.c - names all that has one, in an order that lets the important keep
 * theirs: what the header declares, kernels, macros, then the nodes.
 */
#include <string.h>

#include "base/buf.h"
#include "emit/plan.h"
#include "emit/weights.h"
#include "ir/ir.h"

/*===- the file -------------------------------------------------------------*/

const char *plan_macro(plan *p, const char *text)
{
    const char *name = names_take_macro(&p->global, text);
    return names_take_macro(&p->macros, name);
}

static void name_api(plan *p)
{
    const char *name = p->options->name;
    p->state_type = names_take(&p->global, text_printf(p->a, "%s_state", name));
    names_take(&p->global, text_printf(p->a, "%s_init", name));
    names_take(&p->global, text_printf(p->a, "%s_step", name));
    p->guard =
        plan_macro(p, text_printf(p->a, "%s_H", names_macro(p->a, name)));
    weights_name(p);
    names_take(&p->arguments, "state");
    for (int64_t i = 0; i < p->n_buffers; i++) {
        storage *b = &p->buffers[i];
        if (b->role != BUFFER_INPUT && b->role != BUFFER_OUTPUT) {
            continue;
        }
        b->name = names_take(&p->arguments, b->label);
        if (b->count > 0) {
            const char *macro =
                text_printf(p->a, "%s_%s", names_macro(p->a, name),
                            names_macro(p->a, b->label));
            b->macro = plan_macro(p, macro);
        }
    }
}

static void name_kernels(plan *p)
{
    for (int64_t i = 0; i < p->n_kernels; i++) {
        kernel *k = p->kernels[i];
        k->name = names_take(&p->global, k->clusters[0]->kernel_name);
    }
    for (int64_t i = 0; i < p->n_kernels; i++) {
        kernel *k = p->kernels[i];
        if (k->node_type) {
            k->node_type =
                names_take(&p->global, text_printf(p->a, "%s_node", k->name));
        }
    }
}

/* Makes the macros for sizes before the nodes get their names. */
static void name_sizes(plan *p)
{
    for (int64_t i = 0; i < p->n_items; i++) {
        const cluster *c = p->items[i].cluster;
        for (int64_t k = 0; c && k < c->n_leaves; k++) {
            if (c->leaves[k].kind == LEAF_BUFFER) {
                plan_buffer_size(p, &p->buffers[c->leaves[k].number]);
            }
        }
    }
    for (int64_t i = 0; i < p->n_buffers; i++) { /* those read elsewhere */
        if (p->buffers[i].count > 0) {
            plan_buffer_size(p, &p->buffers[i]);
        }
    }
    for (int64_t i = 0; i < p->n_sizes; i++) {
        p->sizes[i].is_used = false; /* until somebody asks again */
    }
}

/* A variable of the source, or a member of the weights file. */
static void take_table_name(plan *p, table *t)
{
    if (t->in_file) {
        t->name = names_take(&p->weights->members, t->symbol);
        t->text = text_printf(p->a, "state->weights->%s", t->name);
    } else {
        t->text = t->name = names_take(&p->global, t->symbol);
    }
}

static void name_table(plan *p, const leaf *l, cluster *owner)
{
    table *t = &p->tables[l->number];
    if (l->kind == LEAF_TABLE && !t->name) {
        take_table_name(p, t);
        t->owner = owner;
    }
}

/* Lists the tables of each owner, in the module's order. */
static void list_tables(plan *p)
{
    for (int64_t i = p->n_tables; i > 0; i--) {
        table *t = &p->tables[i - 1];
        if (t->owner) {
            t->next = t->owner->tables;
            t->owner->tables = i;
        }
    }
}

static void name_nodes(plan *p)
{
    for (int64_t i = 0; i < p->n_items; i++) {
        cluster *c = p->items[i].cluster;
        if (c && c->kernel->node_type) {
            c->node = names_take(&p->global, c->name);
        }
    }
    for (int64_t i = 0; i < p->n_items; i++) {
        cluster *c = p->items[i].cluster;
        for (int64_t k = 0; c && k < c->n_leaves; k++) {
            name_table(p, &c->leaves[k], c);
        }
    }
    for (int64_t i = 0; i < p->n_tables; i++) { /* those read elsewhere */
        table *t = &p->tables[i];
        if (!t->name && t->is_used && mlirShapedTypeGetRank(t->type) > 0) {
            take_table_name(p, t);
        }
    }
    list_tables(p);
}

/*===- parameters -----------------------------------------------------------*/

/* What the clusters of k call leaf i, without the cluster's own name. */
static const char *own_name(const plan *p, const kernel *k, int64_t i)
{
    const char *common = NULL;
    for (int64_t n = 0; n < k->n_clusters; n++) {
        const cluster *c = k->clusters[n];
        const leaf *l = &c->leaves[i];
        bool is_buffer = l->kind == LEAF_BUFFER;
        const char *label = is_buffer ? p->buffers[l->number].label
                                      : p->tables[l->number].symbol;
        const char *name = names_suffix(label, c->name);
        if (is_buffer && l->is_written && names_ends(label, "_events")) {
            name = "events";
        } else if (is_buffer && strcmp(label, c->name) == 0) {
            name = "y";
        } else if (!is_buffer && !name) {
            name = label;
        }
        if (!name || (common && strcmp(common, name) != 0)) {
            return NULL;
        }
        common = name;
    }
    return common;
}

static const char *buffer_name(const plan *p, const kernel *k, const param *q)
{
    const char *own = q->is_list ? "events" : own_name(p, k, q->leaf);
    return own ? own : q->is_written ? "y" : "x";
}

/* Is the size of q the count of a buffer of each cluster? */
static bool is_size_of(const plan *p, const kernel *k, const param *q,
                       bool written)
{
    for (int64_t b = 0; b < k->n_params; b++) {
        const param *of = &k->params[b];
        bool fits = of->kind == PARAM_BUFFER && of->is_written == written;
        for (int64_t n = 0; n < k->n_clusters && fits; n++) {
            const leaf *leaves = k->clusters[n]->leaves;
            fits = p->buffers[leaves[of->leaf].number].count ==
                   leaves[q->leaf].number;
        }
        if (fits) {
            return true;
        }
    }
    return false;
}

static const char *size_name(const plan *p, const kernel *k, const param *q)
{
    int64_t n = 0;
    for (int64_t i = 0; i < k->n_params; i++) {
        n += k->params[i].kind == PARAM_SIZE;
    }
    if (n == 1) {
        return "n";
    }
    return is_size_of(p, k, q, true)    ? "n_out"
           : is_size_of(p, k, q, false) ? "n_in"
                                        : "n";
}

static bool has_list(const kernel *k)
{
    for (int64_t i = 0; i < k->n_params; i++) {
        if (k->params[i].is_list) {
            return true;
        }
    }
    return false;
}

static const char *param_name(const plan *p, const kernel *k, const param *q)
{
    const char *own;
    switch (q->kind) {
    case PARAM_BUFFER:
        return buffer_name(p, k, q);
    case PARAM_SIZE:
        return size_name(p, k, q);
    case PARAM_SCALAR:
        return q->type->kind != TYPE_UINT ? "value"
               : has_list(k)              ? "n_events"
                                          : "count";
    case PARAM_NUMBER:
    case PARAM_TABLE:
    case PARAM_WEIGHTS:
        own = k->clusters[0]->leaves[q->leaf].kind == LEAF_CONSTANT
                  ? NULL
                  : own_name(p, k, q->leaf);
        return own ? own : q->kind == PARAM_NUMBER ? "number" : "table";
    case PARAM_LITERAL:
        break;
    }
    return NULL;
}

static const char *literal(const plan *p, const kernel *k, const param *q)
{
    const leaf *l = &k->clusters[0]->leaves[q->leaf];
    return l->kind == LEAF_INDEX
               ? type_integer(p->a, q->type, l->number)
               : type_literal(p->a, (MlirAttribute){l->id}, q->type);
}

/* Puts n_in before n_out, whichever the code asks for first. */
static void order_sizes(const kernel *k, int64_t *order, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        if (strcmp(k->params[order[i - 1]].name, "n_out") == 0 &&
            strcmp(k->params[order[i]].name, "n_in") == 0) {
            int64_t out = order[i - 1];
            order[i - 1] = order[i];
            order[i] = out;
        }
    }
}

/* Names parameters in the order of arguments, then the node's fields. */
static void name_params(plan *p, kernel *k)
{
    names scope = {.a = p->a, .outer = &p->global};
    names fields = {.a = p->a, .outer = &p->macros};
    for (int64_t i = 0; i < k->n_order; i++) {
        param *q = &k->params[k->order[i]];
        q->text = q->name = names_take(&scope, param_name(p, k, q));
    }
    for (int64_t i = 0; i < k->n_params; i++) {
        param *q = &k->params[i];
        if (q->kind == PARAM_LITERAL) {
            q->text = literal(p, k, q);
        } else if (!q->name) {
            q->name = names_take(&fields, param_name(p, k, q));
            q->text = text_printf(p->a, "node->%s", q->name);
        }
    }
    order_sizes(k, k->order, k->n_order);
    order_sizes(k, k->fields, k->n_fields);
}

void plan_names(plan *p)
{
    p->arguments.outer = &p->global;
    name_api(p);
    p->arguments.outer = NULL;
    names_take(&p->global, "node");  /* as kernels call their struct */
    p->global.outer = &p->arguments; /* NAME_step sees both */
    name_kernels(p);
    name_sizes(p);
    name_nodes(p);
    p->global.outer = NULL; /* kernels see no arguments */
    for (int64_t i = 0; i < p->n_kernels; i++) {
        name_params(p, p->kernels[i]);
    }
}
