/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * import.c - walks the graph and wires the operations.
 *
 * Nodes are imported in an order that follows the edges where it can; where a
 * cycle makes an edge come from a later node, a stand-in takes its place until
 * that node is there. Kinds of nodes are in nodes.c.
 */
#include "import/import.h"

#include <math.h>
#include <string.h>

#include "import/nodes.h"

/* Depth-first from node n: fills order from its end, so that it reads forward.
 */
typedef struct walk {
    const nir_net *net;
    bool *seen;
    int64_t *first_edge; /* of each node, in net->edges; n_nodes + 1 entries */
    int64_t *next_edge;
    int64_t *stack;
    int64_t *order;
    int64_t free; /* entries of order that are not filled yet */
} walk;

static void visit(walk *w, int64_t start)
{
    int64_t depth = 0;
    if (w->seen[start]) {
        return;
    }
    w->seen[start] = true;
    w->stack[depth++] = start;
    while (depth > 0) {
        int64_t n = w->stack[depth - 1];
        if (w->next_edge[n] == w->first_edge[n + 1]) {
            w->order[--w->free] = n;
            depth--;
            continue;
        }
        int64_t target = w->net->edges[w->next_edge[n]++].target;
        if (!w->seen[target]) {
            w->seen[target] = true;
            w->stack[depth++] = target;
        }
    }
}

int64_t *import_order(const nir_net *net, arena *a)
{
    int64_t n = net->n_nodes;
    walk w = {.net = net,
              .seen = ARENA_ARRAY(a, bool, n),
              .first_edge = ARENA_ARRAY(a, int64_t, n + 1),
              .next_edge = ARENA_ARRAY(a, int64_t, n),
              .stack = ARENA_ARRAY(a, int64_t, n),
              .order = ARENA_ARRAY(a, int64_t, n),
              .free = n};
    for (int64_t e = 0; e < net->n_edges; e++) {
        w.first_edge[net->edges[e].source + 1]++;
    }
    for (int64_t i = 0; i < n; i++) {
        w.first_edge[i + 1] += w.first_edge[i];
        w.next_edge[i] = w.first_edge[i];
    }
    /* Inputs last: what is filled last stands first. */
    for (int64_t i = n - 1; i >= 0; i--) {
        if (net->nodes[i].kind != NIR_INPUT) {
            continue;
        }
        visit(&w, i);
    }
    for (int64_t i = n - 1; i >= 0; i--) {
        visit(&w, i);
    }
    return w.order;
}

/* Fills first_in and sources: edges by target, ascending by source. */
static void find_sources(importer *im)
{
    const nir_net *net = im->net;
    int64_t *first = ARENA_ARRAY(im->a, int64_t, net->n_nodes + 2);
    im->sources = ARENA_ARRAY(im->a, int64_t, net->n_edges);
    for (int64_t e = 0; e < net->n_edges; e++) {
        first[net->edges[e].target + 2]++;
    }
    for (int64_t n = 0; n < net->n_nodes; n++) {
        first[n + 2] += first[n + 1];
    }
    for (int64_t e = 0; e < net->n_edges; e++) {
        im->sources[first[net->edges[e].target + 1]++] = net->edges[e].source;
    }
    im->first_in = first;
}

/* The value of a node, or a stand-in for it. */
static MlirValue value_of(importer *im, ir *b, int64_t n)
{
    if (mlirValueIsNull(im->values[n])) {
        ir named = ir_named(*b, im->net->nodes[n].name);
        im->values[n] = import_zeros(&named, import_out_type(im, n));
        im->stand_in[n] = true;
    }
    return im->values[n];
}

/* What arrives at node n: the sum of its sources, or zeros. */
static MlirValue arriving(importer *im, ir *b, int64_t n)
{
    const nir_node *node = &im->net->nodes[n];
    const int64_t *sources = im->sources + im->first_in[n];
    int64_t count = im->first_in[n + 1] - im->first_in[n];
    if (count == 0) {
        return import_zeros(b, import_real(im, &node->in));
    }
    MlirValue *x = ARENA_ARRAY(im->a, MlirValue, count);
    for (int64_t i = 0; i < count; i++) {
        x[i] = value_of(im, b, sources[i]);
    }
    if (count == 1) {
        return x[0];
    }
    MlirType type = import_real(im, &node->in);
    ir_attr name = {"node", ir_text(b, node->name)};
    return ir_op1(b, "snn.sum",
                  (ir_parts){.operands = x,
                             .n_operands = (intptr_t)count,
                             .results = &type,
                             .n_results = 1,
                             .attrs = &name,
                             .n_attrs = 1});
}

/* The first edge that leaves node n: edges are sorted by source. */
static int64_t first_edge(const nir_net *net, int64_t n)
{
    int64_t low = 0;
    int64_t high = net->n_edges;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (net->edges[middle].source < n) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Whether a way leads from node n back to it. */
static bool is_in_loop(importer *im, int64_t n)
{
    const nir_net *net = im->net;
    bool *seen = im->seen;
    int64_t depth = 0;
    memset(seen, 0, (size_t)net->n_nodes * sizeof *seen);
    im->stack[depth++] = n;
    while (depth > 0 && !seen[n]) {
        int64_t source = im->stack[--depth];
        for (int64_t e = first_edge(net, source);
             e < net->n_edges && net->edges[e].source == source; e++) {
            int64_t target = net->edges[e].target;
            if (!seen[target]) {
                seen[target] = true;
                im->stack[depth++] = target;
            }
        }
    }
    return seen[n];
}

/* A node that gives what it gets. */
static bool passes_on(const nir_node *node)
{
    int first, last;
    if (node->kind == NIR_FLATTEN) {
        nir_flatten_axes(node, &first, &last);
        return first == last;
    }
    return node->kind == NIR_OUTPUT || (node->kind == NIR_INPUT && !node->top);
}

/*
 * Whether node n passes on what it gets, and yet has to stand in the graph: a
 * loop may be cut before it, and then all that it feeds, within the loop and
 * outside, get the previous step. A node with several sources has its sum.
 */
static bool needs_place(importer *im, int64_t n)
{
    const nir_net *net = im->net;
    const nir_node *node = &net->nodes[n];
    int64_t leaving = first_edge(net, n + 1) - first_edge(net, n);
    int64_t users = leaving + (node->kind == NIR_OUTPUT && node->top ? 1 : 0);
    return passes_on(node) && users > 1 && is_in_loop(im, n);
}

/* A delay of no time. */
static MlirValue place(ir *b, const nir_node *node, MlirValue x)
{
    MlirType type = mlirValueGetType(x);
    ir_attr attrs[] = {{"node", ir_text(b, node->name)},
                       {"delay", ir_f64(b, 0.0)}};
    return ir_op1(b, "snn.delay",
                  (ir_parts){.operands = &x,
                             .n_operands = 1,
                             .results = &type,
                             .n_results = 1,
                             .attrs = attrs,
                             .n_attrs = 2});
}

/*
 * Puts y in the place of node n's stand-in, which nodes that pass it on have
 * as their value, too.
 */
static void replace_stand_in(importer *im, int64_t n, MlirValue y)
{
    const nir_net *net = im->net;
    MlirValue old = im->values[n];
    int64_t depth = 0;
    im->values[n] = y;
    im->stack[depth++] = n;
    while (depth > 0) {
        int64_t source = im->stack[--depth];
        for (int64_t e = first_edge(net, source);
             e < net->n_edges && net->edges[e].source == source; e++) {
            int64_t target = net->edges[e].target;
            if (mlirValueEqual(im->values[target], old)) {
                im->values[target] = y;
                im->stack[depth++] = target;
            }
        }
    }
    mlirValueReplaceAllUsesOfWith(old, y);
    mlirOperationDestroy(mlirOpResultGetOwner(old));
    im->stand_in[n] = false;
}

static void import_one(importer *im, ir *b, int64_t n)
{
    const nir_node *node = &im->net->nodes[n];
    MlirValue x = {NULL};
    if (!(node->kind == NIR_INPUT && node->top)) {
        x = arriving(im, b, n);
        x = needs_place(im, n) ? place(b, node, x) : x;
    }
    MlirValue y = import_node(im, b, node, x);
    if (!im->stand_in[n]) {
        im->values[n] = y;
        return;
    }
    if (mlirValueEqual(im->values[n], y)) {
        y = place(b, node, x); /* a loop of ports: discretize refuses it */
    }
    replace_stand_in(im, n, y);
}

/* What gives what it gets, be it spikes. */
static bool carries_spikes(const nir_node *node)
{
    return node->kind == NIR_FLATTEN || node->kind == NIR_OUTPUT ||
           node->kind == NIR_DELAY || (node->kind == NIR_INPUT && !node->top);
}

/* From node n back to a node of which it is known; -1: n is no spikes. */
static int64_t origin_of(const importer *im, int64_t n, const bool *told)
{
    for (int64_t hops = 0; hops <= im->net->n_nodes && !told[n]; hops++) {
        if (im->first_in[n + 1] - im->first_in[n] != 1) {
            return -1; /* a sum, or zeros: real */
        }
        n = im->sources[im->first_in[n]];
    }
    return told[n] ? n : -1; /* -1: a cycle of ports */
}

bool *import_spikes(const nir_net *net, bool spike_inputs, arena *a)
{
    importer im = {.net = net, .a = a};
    bool *spikes = ARENA_ARRAY(a, bool, net->n_nodes);
    bool *told = ARENA_ARRAY(a, bool, net->n_nodes);
    find_sources(&im);
    for (int64_t n = 0; n < net->n_nodes; n++) {
        const nir_node *node = &net->nodes[n];
        told[n] = !carries_spikes(node);
        spikes[n] = nir_is_spiking(node->kind) ||
                    (node->kind == NIR_INPUT && node->top && spike_inputs);
    }
    for (int64_t n = 0; n < net->n_nodes; n++) {
        int64_t origin = origin_of(&im, n, told);
        bool is = origin >= 0 && spikes[origin];
        /* the whole way has the answer: none is walked twice */
        for (int64_t at = n; !told[at];) {
            told[at] = true;
            spikes[at] = is;
            if (im.first_in[at + 1] - im.first_in[at] == 1) {
                at = im.sources[im.first_in[at]];
            }
        }
    }
    return spikes;
}

MlirType import_out_type(importer *im, int64_t n)
{
    MlirType element =
        im->spikes[n] ? mlirIntegerTypeGet(im->ctx, 1) : im->real;
    const nir_shape *shape = &im->net->nodes[n].out;
    return ir_tensor(element, shape->rank, shape->dim);
}

/* What a probed node emits leaves the network, too. */
static void add_probes(importer *im, ir *b)
{
    for (int64_t i = 0; i < im->net->n_nodes; i++) {
        const nir_node *node = &im->net->nodes[i];
        bool is_output = node->kind == NIR_OUTPUT && node->top;
        if (!im->options->probed || !im->options->probed[i] || is_output) {
            continue;
        }
        ir at = ir_named(*b, node->name);
        ir_attr name = {"node", ir_text(&at, node->name)};
        ir_op(&at, "snn.output",
              (ir_parts){.operands = &im->values[i],
                         .n_operands = 1,
                         .attrs = &name,
                         .n_attrs = 1});
    }
}

/* The first number of an array that is infinite as f32; -1: there is none. */
static int64_t too_large(const nir_array *array)
{
    int64_t count = array->type == NIR_F64 ? array->count : 0;
    for (int64_t i = 0; i < count; i++) {
        if (isinf((float)array->f64[i])) {
            return i;
        }
    }
    return -1;
}

bool import_check_numbers(const nir_net *net, arena *a, diag *d)
{
    bool good = true;
    for (int64_t n = 0; n < net->n_nodes; n++) {
        const nir_node *node = &net->nodes[n];
        for (int f = 0; f < NIR_FIELD_COUNT; f++) {
            int64_t i = too_large(&node->field[f]);
            if (i >= 0) {
                good = diag_error(
                    d, nir_where(net, node, a),
                    "'%s' has %g, which f32 cannot hold; --type=f64 can",
                    nir_field_name((nir_field)f), node->field[f].f64[i]);
            }
        }
    }
    return good;
}

bool import_network(const nir_net *net, const import_options *options,
                    MlirContext ctx, arena *a, diag *d, MlirModule *result)
{
    if (!options->f64 && !import_check_numbers(net, a, d)) {
        return false;
    }
    MlirLocation file = mlirLocationFileLineColGet(
        ctx, mlirStringRefCreateFromCString(net->file), 0, 0);
    MlirModule module = mlirModuleCreateEmpty(file);
    ir b = ir_at_end(mlirModuleGetBody(module), file);
    MlirBlock body;
    MlirRegion region = ir_region(&b, 0, NULL, &body);
    ir_attr attrs[] = {
        {"sym_name", ir_text(&b, options->name)},
        {"real", options->f64 ? mlirTypeAttrGet(mlirF64TypeGet(ctx))
                              : mlirAttributeGetNull()},
    };
    ir_op(
        &b, "snn.network",
        (ir_parts){
            .attrs = attrs, .n_attrs = 2, .regions = &region, .n_regions = 1});
    importer im = {.net = net,
                   .options = options,
                   .ctx = ctx,
                   .a = a,
                   .real =
                       options->f64 ? mlirF64TypeGet(ctx) : mlirF32TypeGet(ctx),
                   .values = ARENA_ARRAY(a, MlirValue, net->n_nodes),
                   .stand_in = ARENA_ARRAY(a, bool, net->n_nodes),
                   .seen = ARENA_ARRAY(a, bool, net->n_nodes),
                   .stack = ARENA_ARRAY(a, int64_t, net->n_nodes + 1),
                   .spikes = import_spikes(net, options->spike_inputs, a)};
    find_sources(&im);
    int64_t *order = import_order(net, a);
    for (int64_t i = 0; i < net->n_nodes; i++) {
        ir at = ir_named(ir_at_end(body, file), net->nodes[order[i]].name);
        import_one(&im, &at, order[i]);
    }
    ir end = ir_at_end(body, file);
    add_probes(&im, &end);
    *result = module;
    return true;
}
