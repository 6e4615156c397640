/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * shape.c - the shape of every signal, from the Inputs along the edges.
 *
 * A worklist holds the nodes whose output shape became known; each shape is set
 * once, so the work is linear in the edges. Loops need no care: a node's output
 * follows from the first of its inputs that is known, and in the end every edge
 * is compared. Nodes that nothing feeds take the shape that they feed, or that
 * of their parameters.
 */
#include "nir/nir.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "nir/check.h"
#include "nir/kinds.h"

/* Edges by one of their ends: those of node n are first[n] .. first[n+1]-1. */
typedef struct ends {
    int64_t *first;
    int64_t *other; /* the node at the other end */
} ends;

typedef struct inference {
    nir_net *net;
    arena *a;
    diag *d;
    ends from;      /* edges that leave a node */
    ends into;      /* edges that enter a node */
    bool *in_known; /* by node */
    bool *out_known;
    bool *refused; /* its output cannot be told, and it is reported why */
    int64_t *list; /* nodes whose neighbours are to be looked at */
    int64_t n_list;
    int64_t bad_edges; /* that bring another shape than their target takes */
} inference;

enum { TOLD_EDGES = 20 };

static const nir_array *get(const nir_node *node, nir_field field)
{
    return &node->field[field];
}

static nir_shape shape_field(const nir_node *node, nir_field field)
{
    const nir_array *x = get(node, field);
    nir_shape shape = {.rank = (int)x->count};
    for (int i = 0; i < shape.rank; i++) {
        shape.dim[i] = x->i64[i];
    }
    return shape;
}

static const char *where_of(const inference *s, const nir_node *node)
{
    return nir_where(s->net, node, s->a);
}

/* Where a Flatten before the node would make its input what it takes. */
static bool help_flatten(const inference *s, const nir_node *node,
                         const nir_shape *takes)
{
    return takes->rank < node->in.rank &&
           nir_shape_size(takes) == nir_shape_size(&node->in) &&
           diag_help(s->d, where_of(s, node),
                     "a Flatten before it would make the input %s",
                     nir_shape_text(takes, s->a));
}

MUST_CHECK static bool flatten_out(const inference *s, nir_node *node)
{
    int first = 0;
    int last = 0;
    nir_flatten_axes(node, &first, &last);
    if (last < first) {
        diag_error(s->d, where_of(s, node),
                   "'start_dim' is %" PRId64 " and 'end_dim' %" PRId64
                   ", the input has shape %s",
                   nir_per_axis(node, NIR_START_DIM, 0),
                   nir_per_axis(node, NIR_END_DIM, 0),
                   nir_shape_text(&node->in, s->a));
        return diag_help(s->d, where_of(s, node),
                         "there is no batch axis: 'start_dim' 0 and 'end_dim' "
                         "-1 make all axes one");
    }
    if (get(node, NIR_INPUT_TYPE)->type != NIR_ABSENT) {
        nir_shape stated = shape_field(node, NIR_INPUT_TYPE);
        if (!nir_shape_equal(&stated, &node->in)) {
            diag_error(s->d, where_of(s, node),
                       "'input_type' is %s, the input has shape %s",
                       nir_shape_text(&stated, s->a),
                       nir_shape_text(&node->in, s->a));
            return diag_help(s->d, where_of(s, node),
                             "'input_type' may be left out");
        }
    }
    node->out = (nir_shape){0};
    for (int i = 0; i < node->in.rank; i++) {
        if (i > first && i <= last) {
            node->out.dim[node->out.rank - 1] *= node->in.dim[i];
        } else {
            node->out.dim[node->out.rank++] = node->in.dim[i];
        }
    }
    return true;
}

/* Channels and stated input size of a convolution. */
MUST_CHECK static bool check_conv_input(const inference *s,
                                        const nir_node *node)
{
    const nir_shape *weight = &get(node, NIR_WEIGHT)->shape;
    int64_t groups = nir_per_axis(node, NIR_GROUPS, 0);
    if (weight->dim[1] * groups != node->in.dim[0]) {
        diag_error(s->d, where_of(s, node),
                   "'weight' takes %" PRId64 " channels in %" PRId64
                   " groups, the input has shape %s",
                   weight->dim[1] * groups, groups,
                   nir_shape_text(&node->in, s->a));
        int64_t fitting = node->in.dim[0] / weight->dim[1];
        if (fitting > 0 && fitting * weight->dim[1] == node->in.dim[0] &&
            weight->dim[0] % fitting == 0) {
            diag_help(s->d, where_of(s, node), "'groups' %" PRId64 " would fit",
                      fitting);
        }
        return false;
    }
    if (get(node, NIR_INPUT_SHAPE)->type == NIR_ABSENT) {
        return true;
    }
    for (int i = 0; i < node->in.rank - 1; i++) {
        int64_t stated = nir_per_axis(node, NIR_INPUT_SHAPE, i);
        if (stated != node->in.dim[i + 1]) {
            diag_error(s->d, where_of(s, node),
                       "'input_shape' is %" PRId64
                       " on axis %d, the input has shape %s",
                       stated, i, nir_shape_text(&node->in, s->a));
            return diag_help(s->d, where_of(s, node),
                             "'input_shape' may be left out");
        }
    }
    return true;
}

MUST_CHECK static bool window_out(const inference *s, nir_node *node)
{
    nir_window window[2];
    int axes = nir_window_axes(node->kind);
    if (node->in.rank != axes + 1) {
        return diag_error(s->d, where_of(s, node),
                          "the input has shape %s, it must have %d axes",
                          nir_shape_text(&node->in, s->a), axes + 1);
    }
    bool conv = nir_is_conv(node->kind);
    if (conv && !check_conv_input(s, node)) {
        return false;
    }
    (void)nir_windows(node, window);
    node->out = node->in;
    if (conv) {
        node->out.dim[0] = get(node, NIR_WEIGHT)->shape.dim[0];
    }
    for (int i = 0; i < axes; i++) {
        const nir_window *w = &window[i];
        if (w->out < 1) {
            int64_t span = w->dilation * (w->kernel - 1) + 1;
            diag_error(
                s->d, where_of(s, node),
                "the window spans %" PRId64 " on axis %d, the padded input has "
                "%" PRId64,
                span, i, node->in.dim[i + 1] + w->pad_before + w->pad_after);
            return diag_help(s->d, where_of(s, node),
                             "a 'padding' of %" PRId64 " would do",
                             (span - node->in.dim[i + 1] + 1) / 2);
        }
        node->out.dim[i + 1] = w->out;
    }
    return true;
}

static bool is_linear(const nir_node *node)
{
    return node->kind == NIR_LINEAR || node->kind == NIR_AFFINE;
}

/*
 * The shape that a node takes whatever it is fed; false if it takes any. What
 * the parameters of a broken node say is not to be trusted, its weight is.
 */
static bool fixed_input(const nir_node *node, nir_shape *shape)
{
    if (is_linear(node)) {
        bool known = get(node, NIR_WEIGHT)->shape.rank >= 2;
        if (known) {
            *shape = nir_linear_input(node);
        }
        return known;
    }
    return !node->broken && nir_is_elementwise(node->kind) &&
           nir_own_shape(node, shape);
}

/* A node that is broken, and so much that nothing is known of its output. */
static bool is_opaque(const nir_node *node)
{
    nir_shape weight;
    return node->broken && !nir_is_elementwise(node->kind) &&
           node->kind != NIR_OUTPUT &&
           !(is_linear(node) && fixed_input(node, &weight));
}

/*
 * The shape of a top Input's signal. Rockpool writes batch and time axes into
 * it: (1, S) or (1, time, S), where all nodes that it feeds take S.
 */
static nir_shape input_signal(const inference *s, int64_t n)
{
    const nir_node *node = &s->net->nodes[n];
    nir_shape stated = shape_field(node, NIR_SHAPE);
    nir_shape taken = {0};
    int64_t first = s->from.first[n];
    int64_t last = s->from.first[n + 1];
    for (int64_t i = first; i < last; i++) {
        nir_shape one;
        if (!fixed_input(&s->net->nodes[s->from.other[i]], &one) ||
            (i > first && !nir_shape_equal(&one, &taken))) {
            return stated;
        }
        taken = one;
    }
    int more = stated.rank - taken.rank;
    if (!node->top || first == last || more < 1 || more > 2 ||
        stated.dim[0] != 1 ||
        memcmp(stated.dim + more, taken.dim,
               (size_t)taken.rank * sizeof taken.dim[0]) != 0) {
        return stated;
    }
    diag_warning(s->d, where_of(s, node),
                 "'shape' is %s, read as batch%s and a signal of shape %s",
                 nir_shape_text(&stated, s->a), more == 1 ? "" : ", time",
                 nir_shape_text(&taken, s->a));
    return taken;
}

MUST_CHECK static bool fixed_out(const inference *s, nir_node *node,
                                 bool has_in, const nir_shape *takes)
{
    bool linear = is_linear(node);
    if (has_in && !nir_shape_equal(takes, &node->in)) {
        const char *shape = nir_shape_text(takes, s->a);
        const char *in = nir_shape_text(&node->in, s->a);
        if (linear) {
            diag_error(s->d, where_of(s, node),
                       "'weight' takes shape %s, the input has %s", shape, in);
        } else {
            diag_error(s->d, where_of(s, node),
                       "the parameters have shape %s, the input has %s", shape,
                       in);
        }
        return help_flatten(s, node, takes);
    }
    node->out = *takes;
    if (linear) {
        node->out = get(node, NIR_WEIGHT)->shape;
        node->out.rank--;
    }
    return true;
}

static bool is_fed(const inference *s, int64_t n)
{
    return s->into.first[n + 1] > s->into.first[n];
}

/* Sets node->out; *known tells whether it follows from what is known. */
MUST_CHECK static bool set_out(const inference *s, int64_t n, bool *known)
{
    nir_node *node = &s->net->nodes[n];
    bool has_in = s->in_known[n];
    nir_shape takes;
    *known = true;
    if (node->kind == NIR_INPUT) {
        /* that of a nested graph waits for its signal: it may say another */
        node->out = has_in ? node->in : input_signal(s, n);
        *known = has_in || !is_fed(s, n);
        return true;
    }
    if (fixed_input(node, &takes)) {
        return fixed_out(s, node, has_in, &takes);
    }
    *known = has_in;
    if (!has_in) {
        return true;
    }
    if (node->kind == NIR_FLATTEN) {
        return flatten_out(s, node);
    }
    if (nir_window_axes(node->kind) > 0) {
        return window_out(s, node);
    }
    node->out = node->in; /* an Output, or parameters that fit any signal */
    return true;
}

/* Works a node's output out, if its shape can be told by now. */
static void visit(inference *s, int64_t n)
{
    bool known = false;
    nir_node *node = &s->net->nodes[n];
    if (s->refused[n]) {
        return;
    }
    if (!set_out(s, n, &known)) {
        s->refused[n] = true;
        return;
    }
    if (!known || s->out_known[n]) {
        return;
    }
    if (nir_shape_size(&node->out) > NIR_MAX_ELEMENTS) {
        diag_error(s->d, where_of(s, node),
                   "the output has shape %s, more than %d elements",
                   nir_shape_text(&node->out, s->a), NIR_MAX_ELEMENTS);
        s->refused[n] = true;
        return;
    }
    s->out_known[n] = true;
    s->list[s->n_list++] = n;
}

/* Passes the shapes of the nodes in the list on until no more follow. */
static void pass_on(inference *s)
{
    while (s->n_list > 0) {
        int64_t source = s->list[--s->n_list];
        for (int64_t i = s->from.first[source]; i < s->from.first[source + 1];
             i++) {
            int64_t target = s->from.other[i];
            if (!s->in_known[target]) {
                s->net->nodes[target].in = s->net->nodes[source].out;
                s->in_known[target] = true;
                visit(s, target);
            }
        }
    }
}

static void run_forward(inference *s)
{
    for (int64_t n = 0; n < s->net->n_nodes; n++) {
        visit(s, n);
    }
    pass_on(s);
}

/* Nodes that are fed nothing and fit anything take the shape that they feed. */
static void run_backward(inference *s)
{
    s->n_list = 0;
    for (int64_t n = 0; n < s->net->n_nodes; n++) {
        nir_node *node = &s->net->nodes[n];
        if (!s->in_known[n] && !s->refused[n] && fixed_input(node, &node->in)) {
            s->in_known[n] = true;
        }
        if (s->in_known[n]) {
            s->list[s->n_list++] = n;
        }
    }
    while (s->n_list > 0) {
        int64_t target = s->list[--s->n_list];
        for (int64_t i = s->into.first[target]; i < s->into.first[target + 1];
             i++) {
            int64_t source = s->into.other[i];
            nir_node *node = &s->net->nodes[source];
            if (s->out_known[source] || s->in_known[source] ||
                !nir_is_elementwise(node->kind)) {
                continue;
            }
            node->in = node->out = s->net->nodes[target].in;
            s->in_known[source] = s->out_known[source] = true;
            s->list[s->n_list++] = source;
        }
    }
}

/* The longest shape among parameters of one element each. */
static nir_shape longest_shape(const nir_node *node)
{
    nir_shape longest = {0};
    for (int f = 0; f < NIR_FIELD_COUNT; f++) {
        const nir_array *x = get(node, (nir_field)f);
        if (x->shape.rank > longest.rank) {
            longest = x->shape;
        }
    }
    return longest;
}

/*
 * Nodes that no signal of a known shape reaches have the shape that they were
 * written with: first those that nothing feeds, that of their parameters; then
 * the Inputs of nested graphs, what they say. What they feed follows from it.
 */
static void run_alone(inference *s, bool inputs)
{
    s->n_list = 0;
    for (int64_t n = 0; n < s->net->n_nodes; n++) {
        nir_node *node = &s->net->nodes[n];
        bool alone = inputs ? node->kind == NIR_INPUT
                            : nir_is_elementwise(node->kind) && !is_fed(s, n);
        if (alone && !s->out_known[n]) {
            node->out =
                inputs ? shape_field(node, NIR_SHAPE) : longest_shape(node);
            node->in = node->out;
            s->in_known[n] = s->out_known[n] = true;
        }
        if (s->out_known[n]) {
            s->list[s->n_list++] = n;
        }
    }
    pass_on(s);
}

/* Sets what no edge has told. False if nothing tells the output's shape. */
static bool settle(inference *s, int64_t n, bool clean)
{
    nir_node *node = &s->net->nodes[n];
    if (clean && !s->out_known[n] && nir_is_elementwise(node->kind)) {
        node->out = longest_shape(node);
        s->out_known[n] = true;
    }
    if (s->out_known[n] && !s->in_known[n]) {
        node->in = node->out;
        s->in_known[n] = true;
    }
    node->in_known = s->in_known[n];
    node->out_known = s->out_known[n];
    return s->out_known[n];
}

/* What one edge brings is not what its target takes. */
static void refuse_edge(const inference *s, const nir_node *node,
                        const nir_node *source, const nir_node *other)
{
    const char *name = text_quote(s->a, source->name);
    const char *brings = nir_shape_text(&source->out, s->a);
    const char *takes = nir_shape_text(&node->in, s->a);
    if (other) {
        diag_error(s->d, where_of(s, node),
                   "the edge from %s brings shape %s, the edge from %s %s",
                   name, brings, text_quote(s->a, other->name), takes);
    } else {
        diag_error(s->d, where_of(s, node),
                   "the edge from %s brings shape %s, the node takes %s", name,
                   brings, takes);
    }
}

/* What the edges into a node bring must be what it takes. */
static void compare_edges_into(inference *s, int64_t n)
{
    const nir_node *node = &s->net->nodes[n];
    const nir_node *fits = NULL;
    for (int64_t i = s->into.first[n]; i < s->into.first[n + 1]; i++) {
        const nir_node *source = &s->net->nodes[s->into.other[i]];
        if (source->out_known && nir_shape_equal(&source->out, &node->in)) {
            fits = source;
        }
    }
    for (int64_t i = s->into.first[n]; i < s->into.first[n + 1]; i++) {
        const nir_node *source = &s->net->nodes[s->into.other[i]];
        if (source->out_known && !nir_shape_equal(&source->out, &node->in) &&
            ++s->bad_edges <= TOLD_EDGES) {
            refuse_edge(s, node, source, fits);
        }
    }
}

/* An Output, or the Input of a nested graph, says another shape than it gets.
 */
static void warn_port(const inference *s, const nir_node *node)
{
    nir_shape stated = shape_field(node, NIR_SHAPE);
    if (!nir_shape_equal(&stated, &node->out)) {
        diag_warning(
            s->d, where_of(s, node), "'shape' is %s, the signal has shape %s",
            nir_shape_text(&stated, s->a), nir_shape_text(&node->out, s->a));
    }
}

/* After the inference: unknown shapes, then contradictions. */
static void check_all(inference *s, int64_t errors)
{
    bool clean = s->d->errors == errors && !s->net->partial;
    for (int64_t n = 0; n < s->net->n_nodes; n++) {
        /* behind a node that was refused, unknown shapes say nothing new */
        if (!settle(s, n, clean) && clean) {
            diag_error(s->d, where_of(s, &s->net->nodes[n]),
                       "no Input reaches this node, so its shape is unknown");
            diag_help(s->d, where_of(s, &s->net->nodes[n]),
                      "add an edge into it, or remove it");
        }
    }
    for (int64_t n = 0; n < s->net->n_nodes; n++) {
        if (s->in_known[n] && !s->refused[n]) {
            compare_edges_into(s, n);
        }
    }
    if (s->bad_edges > TOLD_EDGES) {
        diag_error(s->d, s->net->file,
                   "%" PRId64 " more edges bring another shape than their node "
                   "takes",
                   s->bad_edges - TOLD_EDGES);
    }
    for (int64_t n = 0; n < s->net->n_nodes && s->d->errors == errors; n++) {
        const nir_node *node = &s->net->nodes[n];
        bool port =
            node->kind == NIR_OUTPUT || (node->kind == NIR_INPUT && !node->top);
        if (port && node->out_known && !node->broken) {
            warn_port(s, node);
        }
    }
}

/* Sorts the edges by their source, or by their target. */
static ends index_edges(const nir_net *net, arena *a, bool by_source)
{
    ends e = {.first = ARENA_ARRAY(a, int64_t, net->n_nodes + 2),
              .other = ARENA_ARRAY(a, int64_t, net->n_edges)};
    for (int64_t i = 0; i < net->n_edges; i++) {
        e.first[(by_source ? net->edges[i].source : net->edges[i].target) +
                2]++;
    }
    for (int64_t n = 2; n < net->n_nodes + 2; n++) {
        e.first[n] += e.first[n - 1];
    }
    for (int64_t i = 0; i < net->n_edges; i++) {
        const nir_edge *x = &net->edges[i];
        int64_t at = by_source ? x->source : x->target;
        e.other[e.first[at + 1]++] = by_source ? x->target : x->source;
    }
    return e;
}

bool nir_infer_shapes(nir_net *net, arena *a, diag *d)
{
    int64_t errors = d->errors;
    inference s = {.net = net,
                   .a = a,
                   .d = d,
                   .from = index_edges(net, a, true),
                   .into = index_edges(net, a, false),
                   .in_known = ARENA_ARRAY(a, bool, net->n_nodes),
                   .out_known = ARENA_ARRAY(a, bool, net->n_nodes),
                   .refused = ARENA_ARRAY(a, bool, net->n_nodes),
                   .list = ARENA_ARRAY(a, int64_t, net->n_nodes)};
    for (int64_t n = 0; n < net->n_nodes; n++) {
        s.refused[n] = is_opaque(&net->nodes[n]);
    }
    run_forward(&s);
    run_backward(&s);
    if (d->errors == errors) { /* else what is not known is behind an error */
        run_alone(&s, false);
        run_alone(&s, true);
    }
    check_all(&s, errors);
    return d->errors == errors;
}
