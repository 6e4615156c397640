/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize_wiring.c - a network's operations as the graph that is scheduled.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "passes/discretize.h"

static int by_address(const void *x, const void *y)
{
    uintptr_t a = (uintptr_t)((const place *)x)->op.ptr;
    uintptr_t b = (uintptr_t)((const place *)y)->op.ptr;
    return (a > b) - (a < b);
}

int64_t wiring_find(const wiring *g, MlirOperation op)
{
    place key = {op, 0};
    const place *found =
        bsearch(&key, g->places, (size_t)g->n, sizeof key, by_address);
    return found ? found->node : -1;
}

int64_t wiring_node_of(const wiring *g, MlirValue value)
{
    int64_t node = wiring_find(g, ir_owner(value));
    assert(node >= 0 && "every value of a network is made by a node");
    return node;
}

bool wiring_is_constant(const wiring *g, int64_t node)
{
    return ir_is(g->ops[node], "snn.constant");
}

static void add_edges(wiring *g, int64_t target)
{
    MlirOperation op = g->ops[target];
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
        int64_t source = wiring_node_of(g, mlirOperationGetOperand(op, i));
        if (!wiring_is_constant(g, source)) {
            g->edges.edges[g->edges.n_edges++] =
                (schedule_edge){source, target, false};
        }
    }
}

static void find_nodes(wiring *g, MlirBlock body, arena *a)
{
    int64_t n;
    MlirOperation *ops = ir_list(body, a, &n);
    g->ops = ARENA_ARRAY(a, MlirOperation, n);
    g->places = ARENA_ARRAY(a, place, n);
    for (int64_t i = 0; i < n; i++) {
        if (mlirOperationGetNumResults(ops[i]) == 1) {
            g->places[g->n] = (place){ops[i], g->n};
            g->ops[g->n++] = ops[i];
        }
    }
    qsort(g->places, (size_t)g->n, sizeof *g->places, by_address);
}

wiring wiring_make(MlirBlock body, const time_rule *rule, arena *a)
{
    wiring g = {0};
    find_nodes(&g, body, a);
    int64_t n_edges = 0;
    bool *neuron = ARENA_ARRAY(a, bool, g.n);
    g.late = ARENA_ARRAY(a, bool, g.n);
    for (int64_t i = 0; i < g.n; i++) {
        n_edges += mlirOperationGetNumOperands(g.ops[i]);
        neuron[i] = neuron_is(g.ops[i]);
        g.late[i] =
            delay_is_late(rule, g.ops[i]) || neuron_is_late(rule, g.ops[i]);
    }
    g.edges = (schedule_graph){.n_nodes = g.n,
                               .neuron = neuron,
                               .edges = ARENA_ARRAY(a, schedule_edge, n_edges)};
    g.first_edge = ARENA_ARRAY(a, int64_t, g.n + 1);
    for (int64_t i = 0; i < g.n; i++) {
        if (!g.late[i]) {
            add_edges(&g, i);
        }
        g.first_edge[i + 1] = g.edges.n_edges;
    }
    return g;
}

/* Marks the node that made value, to be followed further. */
static void need(const wiring *g, MlirValue value, bool *needed, int64_t *stack,
                 int64_t *height)
{
    int64_t node = wiring_node_of(g, value);
    if (!needed[node]) {
        needed[node] = true;
        stack[(*height)++] = node;
    }
}

bool *wiring_needed(const wiring *g, MlirBlock body, arena *a)
{
    bool *needed = ARENA_ARRAY(a, bool, g->n);
    int64_t *stack = ARENA_ARRAY(a, int64_t, g->n);
    int64_t height = 0;
    int64_t n;
    MlirOperation *ops = ir_list(body, a, &n);
    for (int64_t i = 0; i < n; i++) {
        if (ir_is(ops[i], "snn.output")) {
            need(g, mlirOperationGetOperand(ops[i], 0), needed, stack, &height);
        }
    }
    while (height > 0) {
        MlirOperation op = g->ops[stack[--height]];
        for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
            need(g, mlirOperationGetOperand(op, i), needed, stack, &height);
        }
    }
    return needed;
}

/* What a diagnostic calls a node: names of files are in locations. */
static const char *name_of(MlirOperation op, arena *a)
{
    const char *name = ir_loc_name(mlirOperationGetLocation(op), a);
    if (*name == '\0' && !mlirAttributeIsNull(ir_get(op, "node"))) {
        name = ir_get_text(op, "node", a);
    }
    return *name ? name : ir_op_name(op, a);
}

/* A node and its sum are one name. */
bool wiring_report_loop(const wiring *g, const int64_t *cycle, int64_t n,
                        arena *a)
{
    buf text = {.a = a};
    const char *first = name_of(g->ops[cycle[0]], a);
    const char *last = first;
    int64_t names = 1;
    buf_printf(&text, "'%s'", first);
    for (int64_t i = 1; i <= n; i++) {
        const char *name = name_of(g->ops[cycle[i % n]], a);
        if (strcmp(name, last) != 0 || (i == n && names == 1)) {
            buf_printf(&text, " -> '%s'", name);
            names++;
        }
        last = name;
    }
    return ir_error(g->ops[cycle[0]],
                    "algebraic loop: no neuron, and no delay of at least one "
                    "step, in %s",
                    text.text);
}

bool wiring_is_previous(const wiring *g, int64_t source, int64_t target)
{
    for (int64_t i = g->first_edge[target]; i < g->first_edge[target + 1];
         i++) {
        if (g->edges.edges[i].source == source) {
            return g->edges.edges[i].previous;
        }
    }
    return false; /* into a late delay */
}
