/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * schedule.c - cuts the cycles of a graph.
 */
#include "base/schedule.h"

#include <assert.h>
#include <string.h>

/* Outgoing edges by node: edges out[first[n]] to out[first[n + 1] - 1]. */
typedef struct adjacency {
    int64_t *first;
    int64_t *out;
} adjacency;

typedef bool (*edge_test)(const schedule_graph *g, const schedule_edge *e);

static bool any_edge(const schedule_graph *g, const schedule_edge *e)
{
    (void)g;
    (void)e;
    return true;
}

static bool same_step(const schedule_graph *g, const schedule_edge *e)
{
    (void)g;
    return !e->previous;
}

/* Edges of algebraic loops: neither end is a neuron. */
static bool beside_neurons(const schedule_graph *g, const schedule_edge *e)
{
    return !g->neuron[e->source] && !g->neuron[e->target];
}

/* Edges by one of their ends: back: by target. */
static adjacency by_node(const schedule_graph *g, edge_test test, bool back,
                         arena *a)
{
    adjacency adj = {ARENA_ARRAY(a, int64_t, g->n_nodes + 2),
                     ARENA_ARRAY(a, int64_t, g->n_edges)};
    int64_t *first = adj.first;
    for (int64_t i = 0; i < g->n_edges; i++) {
        const schedule_edge *e = &g->edges[i];
        first[(back ? e->target : e->source) + 2] += test(g, e) ? 1 : 0;
    }
    for (int64_t n = 0; n < g->n_nodes; n++) {
        first[n + 2] += first[n + 1];
    }
    for (int64_t i = 0; i < g->n_edges; i++) {
        const schedule_edge *e = &g->edges[i];
        if (test(g, e)) {
            adj.out[first[(back ? e->target : e->source) + 1]++] = i;
        }
    }
    return adj;
}

static adjacency outgoing(const schedule_graph *g, edge_test test, arena *a)
{
    return by_node(g, test, false, a);
}

/*===- strongly connected components ----------------------------------------*/

/* Tarjan's algorithm, with a stack of its own instead of recursion. */
typedef struct tarjan {
    const schedule_graph *g;
    adjacency adj;
    int64_t *index; /* 0: not seen */
    int64_t *low;
    int64_t *next;      /* edge to follow next */
    int64_t *component; /* -1: not known yet */
    int64_t *path;
    int64_t *stack;
    int64_t depth, height, count, components;
} tarjan;

static void tarjan_enter(tarjan *t, int64_t n)
{
    t->index[n] = t->low[n] = ++t->count;
    t->next[n] = t->adj.first[n];
    t->path[t->depth++] = n;
    t->stack[t->height++] = n;
}

static void tarjan_leave(tarjan *t)
{
    int64_t n = t->path[--t->depth];
    if (t->depth > 0) {
        int64_t parent = t->path[t->depth - 1];
        if (t->low[n] < t->low[parent]) {
            t->low[parent] = t->low[n];
        }
    }
    if (t->low[n] == t->index[n]) {
        int64_t member;
        do {
            member = t->stack[--t->height];
            t->component[member] = t->components;
        } while (member != n);
        t->components++;
    }
}

static void tarjan_from(tarjan *t, int64_t start)
{
    tarjan_enter(t, start);
    while (t->depth > 0) {
        int64_t n = t->path[t->depth - 1];
        if (t->next[n] == t->adj.first[n + 1]) {
            tarjan_leave(t);
            continue;
        }
        int64_t target = t->g->edges[t->adj.out[t->next[n]++]].target;
        if (t->index[target] == 0) {
            tarjan_enter(t, target);
        } else if (t->component[target] < 0 && t->index[target] < t->low[n]) {
            t->low[n] = t->index[target];
        }
    }
}

/*
 * The component of each node, by the edges that pass the test. A component has
 * a larger number than those that its edges lead to.
 */
static int64_t *components(const schedule_graph *g, edge_test test, arena *a)
{
    int64_t n = g->n_nodes;
    tarjan t = {.g = g,
                .adj = outgoing(g, test, a),
                .index = ARENA_ARRAY(a, int64_t, n),
                .low = ARENA_ARRAY(a, int64_t, n),
                .next = ARENA_ARRAY(a, int64_t, n),
                .component = ARENA_ARRAY(a, int64_t, n),
                .path = ARENA_ARRAY(a, int64_t, n),
                .stack = ARENA_ARRAY(a, int64_t, n)};
    for (int64_t i = 0; i < n; i++) {
        t.component[i] = -1;
    }
    for (int64_t i = 0; i < n; i++) {
        if (t.index[i] == 0) {
            tarjan_from(&t, i);
        }
    }
    return t.component;
}

bool *schedule_cyclic(const schedule_graph *g, arena *a)
{
    const int64_t *component = components(g, any_edge, a);
    bool *cyclic = ARENA_ARRAY(a, bool, g->n_nodes);
    for (int64_t i = 0; i < g->n_edges; i++) {
        const schedule_edge *e = &g->edges[i];
        if (component[e->source] == component[e->target]) {
            cyclic[e->source] = true; /* each member has such an edge */
        }
    }
    return cyclic;
}

/*===- cutting --------------------------------------------------------------*/

/*
 * Which nodes every way from an entry to a node goes through: a tree, by the
 * algorithm of Cooper, Harvey and Kennedy (2001). Its root, number n_nodes, is
 * before all entries.
 */
typedef struct dominators {
    const schedule_graph *g;
    int64_t *order; /* postorder of what is reached; the root is last */
    int64_t n;      /* how many are */
    int64_t *place; /* in order; -1: not reached */
    int64_t *above; /* the parent; -1: not known yet */
    int64_t *first; /* the subtree of a node: numbers first to ... */
    int64_t *size;  /* ... first + size - 1 */
} dominators;

/* Fills order and place, with a stack of its own instead of recursion. */
static void visit(dominators *d, const bool *entry, arena *a)
{
    const schedule_graph *g = d->g;
    adjacency adj = outgoing(g, any_edge, a);
    int64_t *next = ARENA_ARRAY(a, int64_t, g->n_nodes);
    int64_t *stack = ARENA_ARRAY(a, int64_t, g->n_nodes);
    bool *seen = ARENA_ARRAY(a, bool, g->n_nodes);
    for (int64_t start = 0; start < g->n_nodes; start++) {
        int64_t height = 0;
        if (entry[start]) {
            seen[start] = true;
            stack[height++] = start;
        }
        while (height > 0) {
            int64_t n = stack[height - 1];
            int64_t i = adj.first[n] + next[n]++;
            int64_t target =
                i < adj.first[n + 1] ? g->edges[adj.out[i]].target : -1;
            if (target < 0) {
                d->place[n] = d->n;
                d->order[d->n++] = n;
                height--;
            } else if (!seen[target]) {
                seen[target] = true;
                stack[height++] = target;
            }
        }
    }
    d->place[g->n_nodes] = d->n;
    d->order[d->n++] = g->n_nodes;
}

/* The nearest node that is above both, or one of them. */
static int64_t meet(const dominators *d, int64_t x, int64_t y)
{
    while (x != y) {
        while (d->place[x] < d->place[y]) {
            x = d->above[x];
        }
        while (d->place[y] < d->place[x]) {
            y = d->above[y];
        }
    }
    return x;
}

/* Parents, from the root on, until none changes. */
static void find_parents(dominators *d, const bool *entry, arena *a)
{
    adjacency from = by_node(d->g, any_edge, true, a);
    int64_t root = d->g->n_nodes;
    d->above[root] = root;
    for (bool changed = true; changed;) {
        changed = false;
        for (int64_t k = d->n - 2; k >= 0; k--) {
            int64_t n = d->order[k];
            int64_t parent = entry[n] ? root : -1;
            for (int64_t i = from.first[n]; i < from.first[n + 1]; i++) {
                int64_t source = d->g->edges[from.out[i]].source;
                if (d->above[source] >= 0) {
                    parent = parent < 0 ? source : meet(d, source, parent);
                }
            }
            changed = changed || parent != d->above[n];
            d->above[n] = parent;
        }
    }
}

static dominators find_dominators(const schedule_graph *g, const bool *entry,
                                  arena *a)
{
    int64_t all = g->n_nodes + 1;
    dominators d = {.g = g,
                    .order = ARENA_ARRAY(a, int64_t, all),
                    .place = ARENA_ARRAY(a, int64_t, all),
                    .above = ARENA_ARRAY(a, int64_t, all),
                    .first = ARENA_ARRAY(a, int64_t, all),
                    .size = ARENA_ARRAY(a, int64_t, all)};
    int64_t *taken = ARENA_ARRAY(a, int64_t, all);
    for (int64_t n = 0; n < all; n++) {
        d.place[n] = d.above[n] = -1;
    }
    visit(&d, entry, a);
    find_parents(&d, entry, a);
    for (int64_t k = 0; k < d.n - 1; k++) {
        int64_t n = d.order[k];
        d.size[n]++;
        d.size[d.above[n]] += d.size[n];
    }
    for (int64_t k = d.n - 2; k >= 0; k--) {
        int64_t n = d.order[k];
        int64_t parent = d.above[n];
        d.first[n] = d.first[parent] + 1 + taken[parent];
        taken[parent] += d.size[n];
    }
    return d;
}

/* Rule 1: edges s -> t where t dominates s. */
static void cut_dominated(schedule_graph *g, arena *a)
{
    int64_t *component = components(g, any_edge, a);
    bool *entry = ARENA_ARRAY(a, bool, g->n_nodes);
    memset(entry, true, (size_t)g->n_nodes * sizeof *entry);
    for (int64_t e = 0; e < g->n_edges; e++) {
        entry[g->edges[e].target] = false;
    }
    dominators d = find_dominators(g, entry, a);
    for (int64_t i = 0; i < g->n_edges; i++) {
        schedule_edge *e = &g->edges[i];
        int64_t s = e->source;
        int64_t t = e->target;
        if (component[s] == component[t] && d.place[s] >= 0) {
            e->previous =
                d.first[t] <= d.first[s] && d.first[s] < d.first[t] + d.size[t];
        }
    }
}

/* Rule 2: edges that leave a neuron inside what is still circular. */
static void cut_at_neurons(schedule_graph *g, arena *a)
{
    int64_t *component = components(g, same_step, a);
    bool *previous = ARENA_ARRAY(a, bool, g->n_edges);
    for (int64_t i = 0; i < g->n_edges; i++) {
        const schedule_edge *e = &g->edges[i];
        previous[i] =
            e->previous || (g->neuron[e->source] &&
                            component[e->source] == component[e->target]);
    }
    for (int64_t i = 0; i < g->n_edges; i++) {
        g->edges[i].previous = previous[i];
    }
}

/* The nodes of a cycle among the nodes of one component, from node n on. */
static int64_t trace(const schedule_graph *g, const int64_t *component,
                     int64_t n, arena *a, int64_t *cycle)
{
    adjacency adj = outgoing(g, beside_neurons, a);
    int64_t *place = ARENA_ARRAY(a, int64_t, g->n_nodes);
    int64_t length = 0;
    while (place[n] == 0) {
        cycle[length++] = n;
        place[n] = length;
        for (int64_t i = adj.first[n]; i < adj.first[n + 1]; i++) {
            int64_t target = g->edges[adj.out[i]].target;
            if (component[target] == component[n]) {
                n = target;
                break;
            }
        }
    }
    int64_t skipped = place[n] - 1;
    memmove(cycle, cycle + skipped, (size_t)(length - skipped) * sizeof *cycle);
    return length - skipped;
}

int64_t schedule_edges(schedule_graph *g, arena *a, int64_t *cycle)
{
    int64_t *component = components(g, beside_neurons, a);
    for (int64_t i = 0; i < g->n_edges; i++) {
        const schedule_edge *e = &g->edges[i];
        if (beside_neurons(g, e) &&
            component[e->source] == component[e->target]) {
            return trace(g, component, e->source, a, cycle);
        }
    }
    cut_dominated(g, a);
    cut_at_neurons(g, a);
    return 0;
}

void schedule_order(const schedule_graph *g, arena *a, int64_t *order)
{
    int64_t *waiting = ARENA_ARRAY(a, int64_t, g->n_nodes);
    adjacency adj = outgoing(g, same_step, a);
    for (int64_t i = 0; i < g->n_edges; i++) {
        waiting[g->edges[i].target] += g->edges[i].previous ? 0 : 1;
    }
    int64_t filled = 0;
    for (int64_t n = 0; n < g->n_nodes; n++) {
        if (waiting[n] == 0) {
            order[filled++] = n;
        }
    }
    for (int64_t done = 0; done < filled; done++) {
        int64_t n = order[done];
        for (int64_t i = adj.first[n]; i < adj.first[n + 1]; i++) {
            int64_t target = g->edges[adj.out[i]].target;
            if (--waiting[target] == 0) {
                order[filled++] = target;
            }
        }
    }
    assert(filled == g->n_nodes && "a cycle was left");
}
