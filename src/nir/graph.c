/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * graph.c - inlines nested graphs: what the ends of an edge mean, and the
 * sorted, flat network.
 *
 * An edge that names a nested graph enters its Inputs or leaves its Outputs.
 * Edges are stored by the order in which nodes were added; equal ones are
 * removed whenever the array is full, so that it grows with distinct edges.
 */
#include "nir/graph.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/guess.h"
#include "base/text.h"

enum { TARGET, SOURCE };

static void add_place(arena *a, place_list *list, int64_t at)
{
    list->at = arena_grow(a, list->at, list->count, &list->capacity,
                          sizeof list->at[0]);
    list->at[list->count++] = at;
}

static void add_member(builder *b, graph *g, member m)
{
    assert(g->n_members == 0 ||
           strcmp(g->members[g->n_members - 1].name, m.name) < 0);
    g->members = arena_grow(b->a, g->members, g->n_members, &g->capacity,
                            sizeof g->members[0]);
    g->members[g->n_members++] = m;
}

nir_node *graph_add_node(builder *b, graph *g, const char *name, nir_kind kind)
{
    if (b->n_nodes == NIR_MAX_NODES) {
        diag_error(b->d, b->file, "the network has more than %d nodes",
                   NIR_MAX_NODES);
        b->full = true;
        return NULL;
    }
    flat_node *n = ARENA_NEW(b->a, flat_node);
    n->at = b->n_nodes;
    n->node.kind = kind;
    n->node.name = text_printf(b->a, "%s%s", g->prefix, name);
    n->node.top = g->prefix[0] == '\0';
    b->nodes = arena_grow(b->a, b->nodes, b->n_nodes, &b->node_capacity,
                          sizeof b->nodes[0]);
    b->nodes[b->n_nodes++] = n;
    add_member(b, g, (member){.name = name, .at = n->at});
    if (kind == NIR_INPUT) {
        add_place(b->a, &g->inputs, n->at);
    } else if (kind == NIR_OUTPUT) {
        add_place(b->a, &g->outputs, n->at);
    }
    return &n->node;
}

void graph_add_unknown(builder *b, graph *g, const char *name, const char *type)
{
    b->gaps = true;
    if (b->n_nodes < NIR_MAX_NODES) { /* else the file was refused for that */
        nir_node *node = graph_add_node(b, g, name, NIR_UNKNOWN);
        node->type = type;
        node->broken = true;
    }
}

void graph_add_graph(builder *b, graph *g, const char *name, const graph *sub)
{
    add_member(b, g, (member){.name = name, .sub = sub, .at = -1});
}

/* strcmp of the n bytes at name with a member's name. */
static int compare_name(const char *name, size_t n, const char *other)
{
    int order = strncmp(name, other, n);
    return order ? order : other[n] ? -1 : 0;
}

static const member *find_member(const graph *g, const char *name, size_t n)
{
    int64_t low = 0;
    int64_t high = g->n_members;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        int order = compare_name(name, n, g->members[middle].name);
        if (order == 0) {
            return &g->members[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

static const place_list *ports(const graph *g, int side)
{
    return side == TARGET ? &g->inputs : &g->outputs;
}

/* The port that "graph.port" names, or -1. */
static int64_t dotted_port(const builder *b, const graph *g, const char *name,
                           int side)
{
    const char *dot = strchr(name, '.');
    for (; dot; dot = strchr(dot + 1, '.')) {
        const member *m = find_member(g, name, (size_t)(dot - name));
        const member *port =
            m && m->sub ? find_member(m->sub, dot + 1, strlen(dot + 1)) : NULL;
        if (!port || port->sub || port->at < 0) {
            continue;
        }
        nir_kind kind = b->nodes[port->at]->node.kind;
        if (kind == (side == TARGET ? NIR_INPUT : NIR_OUTPUT)) {
            return port->at;
        }
    }
    return -1;
}

/* One edge while its ends are looked up. */
typedef struct edge_names {
    const char *source;
    const char *target;
} edge_names;

/* "edge 'a' -> 'b'" */
static const char *edge_text(const builder *b, edge_names e)
{
    return text_printf(b->a, "edge %s -> %s", text_quote(b->a, e.source),
                       text_quote(b->a, e.target));
}

/* Reports an end that means nothing, unless there were many already. */
static bool refuse_end(const builder *b, graph *g, edge_names e, int side,
                       const member *m)
{
    const char *name = side == TARGET ? e.target : e.source;
    if (++g->bad_edges > GRAPH_TOLD_EDGES) {
        return false; /* graph_end_edges says how many */
    }
    if (m && m->sub && m->sub->broken) {
        g->bad_edges--;
        return false; /* its port may be what could not be read */
    }
    if (m) {
        return diag_error(b->d, g->where, "%s: the graph %s has no %s",
                          edge_text(b, e), text_quote(b->a, name),
                          side == TARGET ? "Input" : "Output");
    }
    diag_error(b->d, g->where, "%s names %s, which is not a node",
               edge_text(b, e), text_quote(b->a, name));
    guess near = {.word = name};
    for (int64_t i = 0; i < g->n_members; i++) {
        guess_offer(&near, g->members[i].name);
    }
    if (near.best) {
        diag_help(b->d, g->where, "did you mean %s?",
                  text_quote(b->a, near.best));
    }
    return false;
}

static void warn_of_choice(const builder *b, graph *g, edge_names e, int side,
                           int64_t count)
{
    if (++g->open_edges > GRAPH_TOLD_EDGES) {
        return;
    }
    diag_warning(b->d, g->where,
                 "%s does not say which of the %" PRId64
                 " %s of %s it means; it means all",
                 edge_text(b, e), count, side == TARGET ? "Inputs" : "Outputs",
                 text_quote(b->a, side == TARGET ? e.target : e.source));
}

/*
 * The nodes that an end of an edge means: one in *one, or the ports of a graph;
 * none, with success, where a member could not be read.
 */
MUST_CHECK static bool resolve(const builder *b, graph *g, edge_names e,
                               int side, place_list *found, int64_t *one)
{
    const char *name = side == TARGET ? e.target : e.source;
    const member *m = find_member(g, name, strlen(name));
    *found = (place_list){.at = one, .count = 1};
    if (m && m->sub) {
        *found = *ports(m->sub, side);
        if (found->count > 1) {
            warn_of_choice(b, g, e, side, found->count);
        }
        return found->count > 0 || refuse_end(b, g, e, side, m);
    }
    *one = m ? m->at : dotted_port(b, g, name, side);
    if (m && m->at < 0) {
        found->count = 0;
    }
    return m || *one >= 0 || refuse_end(b, g, e, side, NULL);
}

static int compare_edges(const void *x, const void *y)
{
    const nir_edge *a = x;
    const nir_edge *b = y;
    if (a->source != b->source) {
        return a->source < b->source ? -1 : 1;
    }
    return (a->target > b->target) - (a->target < b->target);
}

static int64_t sort_edges(nir_edge *edges, int64_t n)
{
    if (n == 0) {
        return 0;
    }
    qsort(edges, (size_t)n, sizeof edges[0], compare_edges);
    int64_t kept = 1;
    for (int64_t i = 1; i < n; i++) {
        if (compare_edges(&edges[kept - 1], &edges[i]) != 0) {
            edges[kept++] = edges[i];
        }
    }
    return kept;
}

MUST_CHECK static bool add_edge(builder *b, int64_t source, int64_t target)
{
    if (++b->n_pairs > GRAPH_MOST_PAIRS) {
        return diag_error(b->d, b->file,
                          "the edges of the network mean more than %d pairs of "
                          "nodes, equal ones counted",
                          GRAPH_MOST_PAIRS);
    }
    if (b->n_edges == b->edge_capacity) {
        int64_t kept = sort_edges(b->edges, b->n_edges);
        if (kept >= NIR_MAX_EDGES) {
            return diag_error(b->d, b->file,
                              "the network has more than %d edges",
                              NIR_MAX_EDGES);
        }
        /* room for half as many again, or else sorting would not pay */
        b->n_edges = kept <= b->n_edges / 2 ? kept : b->n_edges;
    }
    b->edges = arena_grow(b->a, b->edges, b->n_edges, &b->edge_capacity,
                          sizeof b->edges[0]);
    b->edges[b->n_edges++] = (nir_edge){.source = source, .target = target};
    return true;
}

bool graph_add_edge(builder *b, graph *g, const char *source,
                    const char *target)
{
    edge_names e = {source, target};
    place_list from;
    place_list to;
    int64_t one_from = -1;
    int64_t one_to = -1;
    bool ok = resolve(b, g, e, SOURCE, &from, &one_from);
    ok = resolve(b, g, e, TARGET, &to, &one_to) && ok;
    if (!ok) {
        return true; /* go on: every wrong edge is to be reported */
    }
    for (int64_t i = 0; i < from.count; i++) {
        for (int64_t k = 0; k < to.count; k++) {
            if (!add_edge(b, from.at[i], to.at[k])) {
                return false;
            }
        }
    }
    return true;
}

bool graph_end_edges(const builder *b, const graph *g)
{
    if (g->bad_edges > GRAPH_TOLD_EDGES) {
        return diag_error(b->d, g->where, "%" PRId64 " more edges are wrong",
                          g->bad_edges - GRAPH_TOLD_EDGES);
    }
    return g->bad_edges == 0;
}

static int compare_nodes(const void *x, const void *y)
{
    const flat_node *const *a = x;
    const flat_node *const *b = y;
    return strcmp((*a)->node.name, (*b)->node.name);
}

/* Sorts the nodes by name and lets the edges follow. */
void graph_finish(builder *b, nir_net *net)
{
    int64_t *place = ARENA_ARRAY(b->a, int64_t, b->n_nodes);
    net->nodes = ARENA_ARRAY(b->a, nir_node, b->n_nodes);
    net->n_nodes = b->n_nodes;
    if (b->n_nodes > 0) {
        qsort(b->nodes, (size_t)b->n_nodes, sizeof b->nodes[0], compare_nodes);
    }
    for (int64_t i = 0; i < b->n_nodes; i++) {
        net->nodes[i] = b->nodes[i]->node;
        place[b->nodes[i]->at] = i;
    }
    for (int64_t i = 0; i < b->n_edges; i++) {
        b->edges[i].source = place[b->edges[i].source];
        b->edges[i].target = place[b->edges[i].target];
    }
    net->edges = b->edges;
    net->n_edges = sort_edges(b->edges, b->n_edges);
}

bool graph_check_ports(const builder *b, const nir_net *net)
{
    int64_t inputs = 0;
    int64_t outputs = 0;
    int64_t into = 0; /* edges into Inputs */
    bool ok = true;
    for (int64_t i = 0; i < net->n_nodes; i++) {
        inputs += net->nodes[i].top && net->nodes[i].kind == NIR_INPUT;
        outputs += net->nodes[i].top && net->nodes[i].kind == NIR_OUTPUT;
    }
    if (inputs == 0 && !b->gaps) {
        diag_error(b->d, net->file, "the network has no Input node");
        ok = diag_help(b->d, net->file,
                       "add a node of type Input, with an edge to each node "
                       "that it feeds");
    }
    if (outputs == 0 && !b->gaps) {
        diag_error(b->d, net->file, "the network has no Output node");
        ok = diag_help(b->d, net->file,
                       "add a node of type Output, with an edge from the node "
                       "whose signal leaves");
    }
    for (int64_t i = 0; i < net->n_edges; i++) {
        const nir_node *t = &net->nodes[net->edges[i].target];
        if (t->top && t->kind == NIR_INPUT && ++into <= GRAPH_TOLD_EDGES) {
            ok = diag_error(
                b->d, nir_where(net, t, b->a),
                "an edge from %s leads into this Input of the network",
                text_quote(b->a, net->nodes[net->edges[i].source].name));
        }
    }
    if (into > GRAPH_TOLD_EDGES) {
        diag_error(b->d, net->file,
                   "%" PRId64 " more edges lead into Inputs of the network",
                   into - GRAPH_TOLD_EDGES);
    }
    return ok;
}
