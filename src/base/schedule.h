/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * schedule.h - which edges of a graph carry the value of the previous step, and
 * an order of its nodes in which all other edges point forward. The rule is
 * that of docs/spec.md, section 5.
 */
#ifndef SNN_BASE_SCHEDULE_H
#define SNN_BASE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct schedule_edge {
    int64_t source;
    int64_t target;
    bool previous; /* set by schedule_edges */
} schedule_edge;

typedef struct schedule_graph {
    int64_t n_nodes;
    const bool *neuron; /* nodes at which a cycle can be cut */
    schedule_edge *edges;
    int64_t n_edges;
} schedule_graph;

/* Each node: whether a way leads from it back to it. */
bool *schedule_cyclic(const schedule_graph *g, arena *a);

/*
 * Sets previous of every edge. Where a cycle has no neuron, returns its nodes
 * in cycle, in order, and their number; else 0. The graph has no edges into
 * delays that are sources.
 */
int64_t schedule_edges(schedule_graph *g, arena *a, int64_t *cycle);

/* The nodes, so that every edge that is not previous points forward. */
void schedule_order(const schedule_graph *g, arena *a, int64_t *order);

#endif
