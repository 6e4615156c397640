/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * loop.c - which edges of a network carry the previous step, and which loops
 * cannot be computed.
 *
 * The rule is that of --snn-discretize, by the same code; but a network that is
 * partial, or whose time step is not known, has an answer here, too: what is
 * not known is taken for what makes no loop wrong.
 */
#include "nir/nir.h"

#include <math.h>

#include "base/buf.h"
#include "base/schedule.h"
#include "base/text.h"

/* A delay whose elements all have at least one step. */
static bool is_late(const nir_node *node, double dt)
{
    const nir_array *delay = &node->field[NIR_DELAY_TIME];
    if (node->kind != NIR_DELAY || node->broken) {
        return false;
    }
    for (int64_t i = 0; i < delay->count; i++) {
        double time = nir_number(delay, i);
        if (!(dt > 0.0 ? floor(time / dt + 0.5) >= 1.0 : time > 0.0)) {
            return false;
        }
    }
    return true;
}

/* Where a loop can be cut, or may be cut for what is known. */
static bool cuts(const nir_node *node)
{
    return nir_is_neuron(node->kind) || node->kind == NIR_UNKNOWN ||
           (node->kind == NIR_DELAY && node->broken);
}

static void report_loop(const nir_net *net, const int64_t *cycle, int64_t n,
                        arena *a, diag *d)
{
    const char *where = nir_where(net, &net->nodes[cycle[0]], a);
    buf text = {.a = a};
    for (int64_t i = 0; i <= n; i++) {
        buf_printf(&text, "%s%s", i > 0 ? " -> " : "",
                   text_quote(a, net->nodes[cycle[i % n]].name));
    }
    diag_error(d, where,
               "algebraic loop: no neuron, and no delay of at least one step, "
               "in %s",
               text.text);
    diag_help(d, where, "a Delay of one time step or more in the loop cuts it");
}

/* Reports the loops that have no cut; each is cut then, to find the next. */
MUST_CHECK static bool cut_loops(const nir_net *net, schedule_graph *g,
                                 bool *neuron, arena *a, diag *d)
{
    int64_t *cycle = ARENA_ARRAY(a, int64_t, net->n_nodes + 1);
    int64_t told = 0;
    int64_t length;
    while (told < NIR_TOLD_LOOPS &&
           (length = schedule_edges(g, a, cycle)) > 0) {
        report_loop(net, cycle, length, a, d);
        neuron[cycle[0]] = true;
        told++;
    }
    return told == 0;
}

bool nir_find_loops(nir_net *net, double dt, arena *a, diag *d)
{
    arena scratch = {0};
    bool *neuron = ARENA_ARRAY(&scratch, bool, net->n_nodes);
    bool *late = ARENA_ARRAY(&scratch, bool, net->n_nodes);
    schedule_graph g = {.n_nodes = net->n_nodes,
                        .neuron = neuron,
                        .edges =
                            ARENA_ARRAY(&scratch, schedule_edge, net->n_edges)};
    for (int64_t n = 0; n < net->n_nodes; n++) {
        neuron[n] = cuts(&net->nodes[n]);
        late[n] = is_late(&net->nodes[n], dt);
    }
    for (int64_t i = 0; i < net->n_edges; i++) {
        const nir_edge *e = &net->edges[i];
        if (!late[e->target]) {
            g.edges[g.n_edges++] = (schedule_edge){e->source, e->target, false};
        }
    }
    bool ok = cut_loops(net, &g, neuron, a, d);
    int64_t k = 0;
    for (int64_t i = 0; ok && i < net->n_edges; i++) {
        net->edges[i].feedback =
            !late[net->edges[i].target] && g.edges[k++].previous;
    }
    arena_free(&scratch);
    return ok;
}
