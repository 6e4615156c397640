/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * schedule_test.c - schedule.h against the rule of docs/spec.md, section 5,
 * said once more in sets: what reaches what, and what does without a node.
 *
 * Prints nothing and exits with 0 if all is well; else prints the graph that
 * fails. A first argument is the seed of the random graphs.
 */
#undef NDEBUG
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/schedule.h"

enum { MAX_NODES = 9, MAX_EDGES = 24, GRAPHS = 60000 };

typedef struct network {
    int64_t n_nodes, n_edges;
    bool neuron[MAX_NODES];
    schedule_edge edges[MAX_EDGES];
} network;

static schedule_graph graph_of(network *net)
{
    return (schedule_graph){net->n_nodes, net->neuron, net->edges,
                            net->n_edges};
}

static void fail(const network *net, const char *why)
{
    fprintf(stderr, "%s\nneurons:", why);
    for (int64_t i = 0; i < net->n_nodes; i++) {
        if (net->neuron[i]) {
            fprintf(stderr, " %" PRId64, i);
        }
    }
    for (int64_t i = 0; i < net->n_edges; i++) {
        const schedule_edge *e = &net->edges[i];
        fprintf(stderr, "\n%" PRId64 " -> %" PRId64 "%s", e->source, e->target,
                e->previous ? " (previous)" : "");
    }
    fprintf(stderr, "\n");
    exit(1);
}

/*===- the rule, in sets ----------------------------------------------------*/

/* Nodes as bits. */
typedef unsigned set;

static set bit(int64_t node) { return 1U << node; }

/* What edges lead to from a set, itself included, never through without. */
static set reach(const network *net, const bool *removed, set from, set without)
{
    set seen = from & ~without;
    for (int64_t round = 0; round < net->n_nodes; round++) {
        for (int64_t i = 0; i < net->n_edges; i++) {
            const schedule_edge *e = &net->edges[i];
            if (!removed[i] && (seen & bit(e->source))) {
                seen |= bit(e->target) & ~without;
            }
        }
    }
    return seen;
}

static set entries_of(const network *net)
{
    set entries = bit(net->n_nodes) - 1;
    for (int64_t i = 0; i < net->n_edges; i++) {
        entries &= ~bit(net->edges[i].target);
    }
    return entries;
}

/* Whether a cycle has no neuron. */
static bool is_algebraic(const network *net)
{
    bool removed[MAX_EDGES] = {false};
    for (int64_t i = 0; i < net->n_edges; i++) {
        const schedule_edge *e = &net->edges[i];
        removed[i] = net->neuron[e->source] || net->neuron[e->target];
    }
    for (int64_t i = 0; i < net->n_edges; i++) {
        const schedule_edge *e = &net->edges[i];
        if (!removed[i] &&
            (reach(net, removed, bit(e->target), 0) & bit(e->source))) {
            return true;
        }
    }
    return false;
}

static void expected_previous(const network *net, bool *previous)
{
    const bool none[MAX_EDGES] = {false};
    set entries = entries_of(net);
    set entered = reach(net, none, entries, 0);
    bool dominated[MAX_EDGES] = {false};
    for (int64_t i = 0; i < net->n_edges; i++) {
        set s = bit(net->edges[i].source);
        set t = bit(net->edges[i].target);
        dominated[i] = (entered & s) && (reach(net, none, t, 0) & s) &&
                       !(reach(net, none, entries, t) & s);
    }
    for (int64_t i = 0; i < net->n_edges; i++) {
        const schedule_edge *e = &net->edges[i];
        bool circular =
            !dominated[i] &&
            (reach(net, dominated, bit(e->target), 0) & bit(e->source));
        previous[i] = dominated[i] || (circular && net->neuron[e->source]);
    }
}

/*===- checks ---------------------------------------------------------------*/

static bool has_edge(const network *net, int64_t source, int64_t target)
{
    for (int64_t i = 0; i < net->n_edges; i++) {
        if (net->edges[i].source == source && net->edges[i].target == target) {
            return true;
        }
    }
    return false;
}

static void check_cycle(const network *net, const int64_t *cycle, int64_t n)
{
    set seen = 0;
    for (int64_t i = 0; i < n; i++) {
        if (net->neuron[cycle[i]] || (seen & bit(cycle[i])) ||
            !has_edge(net, cycle[i], cycle[(i + 1) % n])) {
            fail(net, "what is reported is no cycle without neurons");
        }
        seen |= bit(cycle[i]);
    }
}

static void check_order(const network *net, const int64_t *order)
{
    int64_t place[MAX_NODES];
    memset(place, -1, sizeof place);
    for (int64_t i = 0; i < net->n_nodes; i++) {
        place[order[i]] = i;
    }
    for (int64_t i = 0; i < net->n_nodes; i++) {
        if (place[i] < 0) {
            fail(net, "a node is not in the order");
        }
    }
    for (int64_t i = 0; i < net->n_edges; i++) {
        const schedule_edge *e = &net->edges[i];
        if (!e->previous && place[e->source] >= place[e->target]) {
            fail(net, "an edge of this step points backward");
        }
    }
}

static void check(network *net)
{
    arena a = {0};
    schedule_graph g = graph_of(net);
    int64_t list[MAX_NODES + 1];
    int64_t length = schedule_edges(&g, &a, list);
    if ((length > 0) != is_algebraic(net)) {
        fail(net, "an algebraic loop is not seen, or seen where there is none");
    }
    if (length > 0) {
        check_cycle(net, list, length);
    } else {
        bool previous[MAX_EDGES];
        expected_previous(net, previous);
        for (int64_t i = 0; i < net->n_edges; i++) {
            if (net->edges[i].previous != previous[i]) {
                fail(net, "an edge is cut, or not, against the rule");
            }
        }
        schedule_order(&g, &a, list);
        check_order(net, list);
    }
    arena_free(&a);
}

/*===- graphs ---------------------------------------------------------------*/

static uint64_t random_state;

/* xorshift64: below n, which is small. */
static int64_t below(int64_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (int64_t)((random_state >> 11) % (uint64_t)n);
}

/* Sparse to dense, with self loops, double edges and unconnected nodes. */
static network random_network(void)
{
    network net = {.n_nodes = 1 + below(MAX_NODES)};
    net.n_edges =
        below(1 + (3 * net.n_nodes < MAX_EDGES ? 3 * net.n_nodes : MAX_EDGES));
    int64_t one_in = 1 + below(4); /* how rare stateless nodes are */
    for (int64_t i = 0; i < net.n_nodes; i++) {
        net.neuron[i] = below(one_in + 1) > 0;
    }
    for (int64_t i = 0; i < net.n_edges; i++) {
        int64_t source = below(net.n_nodes);
        net.edges[i] = (schedule_edge){source, below(net.n_nodes), false};
    }
    return net;
}

/* Node 0 is an input, the others are neurons; edges say what is expected. */
static void check_edges(int64_t n_nodes, int64_t n_edges,
                        const schedule_edge *edges)
{
    network net = {.n_nodes = n_nodes, .n_edges = n_edges};
    for (int64_t i = 1; i < n_nodes; i++) {
        net.neuron[i] = true;
    }
    for (int64_t i = 0; i < n_edges; i++) {
        net.edges[i] = (schedule_edge){edges[i].source, edges[i].target, false};
    }
    check(&net);
    for (int64_t i = 0; i < n_edges; i++) {
        if (net.edges[i].previous != edges[i].previous) {
            fail(&net, "not what the example says");
        }
    }
}

static void one_way_in_cuts_the_way_back(void)
{
    check_edges(4, 4,
                (schedule_edge[]){
                    {0, 1, false}, {1, 2, false}, {2, 1, true}, {2, 3, false}});
}

static void two_ways_in_cut_all_that_neurons_send(void)
{
    check_edges(4, 5,
                (schedule_edge[]){{0, 1, false},
                                  {0, 2, false},
                                  {1, 2, true},
                                  {2, 1, true},
                                  {2, 3, false}});
}

static void no_way_in_cuts_as_well(void)
{
    check_edges(4, 3,
                (schedule_edge[]){{1, 2, true}, {2, 1, true}, {2, 3, false}});
}

static void self_loops_are_cut(void)
{
    check_edges(3, 3,
                (schedule_edge[]){{0, 1, false}, {1, 1, true}, {2, 2, true}});
}

static void loops_within_loops(void)
{
    check_edges(4, 5,
                (schedule_edge[]){{0, 1, false},
                                  {1, 2, false},
                                  {2, 3, false},
                                  {3, 2, true},
                                  {3, 1, true}});
    check_edges(4, 6,
                (schedule_edge[]){{0, 1, false},
                                  {1, 2, false},
                                  {1, 3, false},
                                  {2, 3, true},
                                  {3, 2, true},
                                  {3, 1, true}});
}

static void nothing_at_all(void)
{
    check_edges(0, 0, NULL);
    check_edges(1, 0, NULL);
}

int main(int argc, char **argv)
{
    random_state = argc > 1 ? strtoull(argv[1], NULL, 10) : 20240229;
    assert(random_state != 0);
    one_way_in_cuts_the_way_back();
    two_ways_in_cut_all_that_neurons_send();
    no_way_in_cuts_as_well();
    self_loops_are_cut();
    loops_within_loops();
    nothing_at_all();
    for (int i = 0; i < GRAPHS; i++) {
        network net = random_network();
        check(&net);
    }
    return 0;
}
