/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * amend.c - what the user of a file says of its nodes.
 */
#include <string.h>

#include "base/buf.h"
#include "nir/check.h"
#include "nir/kinds.h"

bool nir_amend(nir_net *net, int64_t n, nir_field field,
               const nir_array *numbers, arena *a, diag *d)
{
    nir_node *node = &net->nodes[n];
    const char *where = nir_where(net, node, a);
    const nir_array *old = &node->field[field];
    if (!nir_can_amend(node->kind, field)) {
        return diag_error(d, where, "a %s cannot be told '%s'",
                          nir_kind_name(node->kind), nir_field_name(field));
    }
    if (field == NIR_WEIGHT && !nir_shape_equal(&old->shape, &numbers->shape)) {
        return diag_error(
            d, where, "'weight' has shape %s, what is said has %s",
            nir_shape_text(&old->shape, a), nir_shape_text(&numbers->shape, a));
    }
    if (node->kind == NIR_LINEAR && field == NIR_BIAS) {
        node->kind = NIR_AFFINE;
    }
    node->field[field] = *numbers;
    return nir_check_node(node, where, a, d);
}

/* The node at place n, with every node behind it one place further. */
static void insert_node(nir_net *net, int64_t n, const nir_node *node, arena *a)
{
    nir_node *nodes = ARENA_ARRAY(a, nir_node, net->n_nodes + 1);
    memcpy(nodes, net->nodes, (size_t)n * sizeof *nodes);
    nodes[n] = *node;
    memcpy(nodes + n + 1, net->nodes + n,
           (size_t)(net->n_nodes - n) * sizeof *nodes);
    net->nodes = nodes;
    net->n_nodes++;
    for (int64_t i = 0; i < net->n_edges; i++) {
        net->edges[i].source += net->edges[i].source >= n ? 1 : 0;
        net->edges[i].target += net->edges[i].target >= n ? 1 : 0;
    }
}

/* The edge in its place: edges are sorted. */
static void insert_edge(nir_net *net, nir_edge edge, arena *a)
{
    nir_edge *edges = ARENA_ARRAY(a, nir_edge, net->n_edges + 1);
    int64_t at = 0;
    while (at < net->n_edges && (net->edges[at].source < edge.source ||
                                 (net->edges[at].source == edge.source &&
                                  net->edges[at].target < edge.target))) {
        edges[at] = net->edges[at];
        at++;
    }
    edges[at] = edge;
    for (; at < net->n_edges; at++) {
        edges[at + 1] = net->edges[at];
    }
    net->edges = edges;
    net->n_edges++;
}

static nir_array transposed(const nir_array *x, arena *a)
{
    int64_t rows = x->shape.dim[0];
    int64_t columns = x->shape.dim[1];
    double *data = ARENA_ARRAY(a, double, x->count);
    for (int64_t i = 0; i < rows; i++) {
        for (int64_t k = 0; k < columns; k++) {
            data[k * rows + i] = nir_number(x, i * columns + k);
        }
    }
    nir_array y = {.type = NIR_F64, .shape = x->shape, .count = x->count};
    y.f64 = data;
    return y;
}

bool nir_add_recurrence(nir_net *net, int64_t n, const nir_array *weights,
                        arena *a, diag *d)
{
    const nir_node *neuron = &net->nodes[n];
    const char *name = text_printf(a, "%s.w_rec", neuron->name);
    const char *where = nir_where(net, neuron, a);
    const nir_shape *shape = &weights->shape;
    if (!nir_is_neuron(neuron->kind)) {
        return diag_error(d, where, "a %s cannot be told 'w_rec'",
                          nir_kind_name(neuron->kind));
    }
    if (shape->rank != 2 || shape->dim[0] != shape->dim[1]) {
        return diag_error(d, where, "'w_rec' has shape %s, expected (from, to)",
                          nir_shape_text(shape, a));
    }
    nir_node node = {.kind = NIR_LINEAR, .name = name, .top = neuron->top};
    node.field[NIR_WEIGHT] = transposed(weights, a);
    int64_t at = 0;
    while (at < net->n_nodes && strcmp(net->nodes[at].name, name) < 0) {
        at++;
    }
    if (at < net->n_nodes && strcmp(net->nodes[at].name, name) == 0) {
        return diag_error(d, where, "there is a node '%s' already", name);
    }
    insert_node(net, at, &node, a);
    n += n >= at ? 1 : 0;
    insert_edge(net, (nir_edge){.source = n, .target = at}, a);
    insert_edge(net, (nir_edge){.source = at, .target = n}, a);
    return true;
}
