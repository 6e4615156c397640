/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * graph.h - builds the flat network from nested graphs; for src/nir only.
 *
 * The members of a graph are added in the order of their names, nested graphs
 * before the graph that holds them; then its edges, which name members.
 */
#ifndef SNN_NIR_GRAPH_H
#define SNN_NIR_GRAPH_H

#include "nir/nir.h"

enum { GRAPH_TOLD_EDGES = 20, GRAPH_MOST_PAIRS = 4 * NIR_MAX_EDGES };

typedef struct flat_node {
    nir_node node;
    int64_t at; /* its place, in the order of addition */
} flat_node;

/* The network so far. */
typedef struct builder {
    const char *file;
    arena *a;
    diag *d;
    flat_node **nodes;
    int64_t n_nodes;
    int64_t node_capacity;
    nir_edge *edges; /* by flat_node.at */
    int64_t n_edges;
    int64_t edge_capacity;
    int64_t n_pairs; /* that the edges meant so far, equal ones counted */
    bool full;       /* there were too many nodes */
    bool gaps;       /* nodes may be missing, or are of unknown kind */
} builder;

typedef struct place_list {
    int64_t *at; /* of flat nodes */
    int64_t count;
    int64_t capacity;
} place_list;

typedef struct graph graph;

typedef struct member {
    const char *name;
    const graph *sub; /* a nested graph, or NULL */
    int64_t at;       /* else a node; -1 for one that could not be read */
} member;

struct graph {
    const char *prefix; /* of its nodes' names: "" or "a/b/" */
    const char *where;
    member *members;
    int64_t n_members;
    int64_t capacity;
    place_list inputs; /* its own Inputs and Outputs */
    place_list outputs;
    int64_t bad_edges;  /* that mean nothing */
    int64_t open_edges; /* that leave several ports to choose from */
    bool broken;        /* some of it could not be read */
};

/* A node of this name; NULL with an error if there are too many. */
nir_node *graph_add_node(builder *b, graph *g, const char *name, nir_kind kind);
/*
 * A member that could not be read: a broken node of kind NIR_UNKNOWN. type is
 * what the file says, or NULL.
 */
void graph_add_unknown(builder *b, graph *g, const char *name,
                       const char *type);
/* sub is NULL for a member of which nothing is to be known. */
void graph_add_graph(builder *b, graph *g, const char *name, const graph *sub);
/*
 * An edge of g by the names of its ends. Reports the first GRAPH_TOLD_EDGES
 * that mean nothing and goes on; false if there are too many edges in all.
 */
MUST_CHECK bool graph_add_edge(builder *b, graph *g, const char *source,
                               const char *target);
/* After the last edge of g: false if any meant nothing. */
MUST_CHECK bool graph_end_edges(const builder *b, const graph *g);
/* Sorts all nodes and edges into net. */
void graph_finish(builder *b, nir_net *net);
/* Whether net, finished, has an Input and an Output, and no edge into Inputs.
 */
MUST_CHECK bool graph_check_ports(const builder *b, const nir_net *net);

#endif
