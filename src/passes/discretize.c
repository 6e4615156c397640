/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize.c - a network becomes what one time step computes.
 *
 * requires: one snn.network
 * ensures:  one snn.step of its name in its place; no network level is left
 *
 * Edges are cut as schedule.h says. Where a value of the previous step is
 * wanted, neurons, inputs and late delays get a state that holds it; any other
 * node is built once more from the values of the previous step (docs/spec.md,
 * section 5). "Age" counts how many steps ago a value is meant.
 */
#include "passes/discretize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/schedule.h"
#include "ir/note.h"
#include "passes/pass_list.h"

typedef struct builder {
    stepper s;
    wiring g;
    ir b;
    MlirType real;
    MlirValue **values;   /* by age and node; null: not built */
    neuron_half **halves; /* by node: late neurons that wait for their input */
    bool failed; /* a neuron: reported, and building goes on to find others */
} builder;

/*===- values by age --------------------------------------------------------*/

static MlirValue value_at(builder *w, int64_t node, int64_t age);

/* Operand i of a node as it was age steps ago. */
static MlirValue operand_at(builder *w, int64_t node, intptr_t i, int64_t age)
{
    MlirValue x = mlirOperationGetOperand(w->g.ops[node], i);
    int64_t source = wiring_node_of(&w->g, x);
    if (wiring_is_constant(&w->g, source)) {
        return value_at(w, source, 0);
    }
    return value_at(w, source,
                    age + (wiring_is_previous(&w->g, source, node) ? 1 : 0));
}

/* How many operands of a node count: a bias does not, where feedback has none.
 */
static intptr_t operands_of(const builder *w, int64_t node, int64_t age)
{
    MlirOperation op = w->g.ops[node];
    intptr_t n = mlirOperationGetNumOperands(op);
    bool biased = (ir_is(op, "snn.linear") || ir_is(op, "snn.conv")) && n == 3;
    bool drops = w->s.rule->profile.feedback == FEEDBACK_NO_BIAS && age > 0;
    return biased && drops ? 2 : n;
}

/* The same operation on operands of another age. */
static MlirValue copy_at(builder *w, int64_t node, int64_t age)
{
    MlirOperation op = w->g.ops[node];
    intptr_t n = operands_of(w, node, age);
    MlirValue *operands = ARENA_ARRAY(w->s.a, MlirValue, n);
    for (intptr_t i = 0; i < n; i++) {
        operands[i] = operand_at(w, node, i, age);
    }
    MlirOperation copy = mlirOperationClone(op);
    mlirOperationSetOperands(copy, n, operands);
    mlirBlockAppendOwnedOperation(w->s.body, copy);
    MlirValue y = mlirOperationGetResult(copy, 0);
    mlirValueSetType(
        y, neuron_step_type(w->s.rule, mlirOperationGetResult(op, 0)));
    return y;
}

/* What a source emitted age steps ago: a state, at first 0. */
static MlirValue remembered(builder *w, int64_t node, int64_t age)
{
    if (age > 1) { /* states take over from those before them */
        value_at(w, node, age - 1);
    }
    MlirOperation op = w->g.ops[node];
    ir at = w->b;
    at.loc = mlirOperationGetLocation(op);
    const char *name = ir_get_text(op, "node", w->s.a);
    state what = {.name = text_printf(w->s.a, age > 1 ? "%s.prev%d" : "%s.prev",
                                      name, (int)age),
                  .init = ir_f64(&w->b, 0.0),
                  .node = node,
                  .age = age};
    return stepper_state(
        &w->s, &at, what,
        neuron_step_type(w->s.rule, mlirOperationGetResult(op, 0)));
}

/* A delay with elements of no step, age steps ago. */
static MlirValue delayed(builder *w, int64_t node, int64_t age)
{
    MlirValue x = operand_at(w, node, 0, age);
    ir at = w->b;
    at.loc = mlirOperationGetLocation(w->g.ops[node]);
    return delay_before(&w->s, &at, w->g.ops[node], node, x, age);
}

/* Neurons, inputs and late delays: what earlier steps left decides. */
static bool is_source(const builder *w, int64_t node)
{
    return w->g.edges.neuron[node] || w->g.late[node] ||
           ir_is(w->g.ops[node], "snn.input");
}

/* What a node on a loop emitted is 0 before the first step, whatever it is. */
static bool starts_silent(const builder *w)
{
    return w->s.rule->profile.feedback == FEEDBACK_ZERO;
}

static MlirValue make_value(builder *w, int64_t node, int64_t age)
{
    if (age > 0 && (is_source(w, node) || starts_silent(w))) {
        return remembered(w, node, age);
    }
    if (age > 0 && ir_is(w->g.ops[node], "snn.delay")) {
        return delayed(w, node, age);
    }
    return copy_at(w, node, age);
}

/* A source that a node copied at this age needs first; -1: there is none. */
static int64_t open_source(const builder *w, int64_t node, int64_t age)
{
    const wiring *g = &w->g;
    if (age == 0 || is_source(w, node) || starts_silent(w)) {
        return -1;
    }
    for (int64_t i = g->first_edge[node]; i < g->first_edge[node + 1]; i++) {
        const schedule_edge *e = &g->edges.edges[i];
        if (!e->previous && mlirValueIsNull(w->values[age][e->source])) {
            return e->source;
        }
    }
    return -1;
}

/* With a stack of its own: chains of nodes may be long. */
static MlirValue value_at(builder *w, int64_t node, int64_t age)
{
    if (!w->values[age]) {
        w->values[age] = ARENA_ARRAY(w->s.a, MlirValue, w->g.n);
    }
    MlirValue *row = w->values[age];
    if (!mlirValueIsNull(row[node])) {
        return row[node];
    }
    int64_t *stack = ARENA_ARRAY(w->s.a, int64_t, w->g.n);
    int64_t height = 0;
    stack[height++] = node;
    while (height > 0) {
        int64_t open = open_source(w, stack[height - 1], age);
        if (open >= 0) {
            stack[height++] = open;
        } else {
            int64_t ready = stack[--height];
            row[ready] = make_value(w, ready, age);
        }
    }
    return row[node];
}

/*===- building -------------------------------------------------------------*/

MlirValue stepper_state(stepper *s, ir *b, state what, MlirType type)
{
    s->states = arena_grow(s->a, s->states, s->n_states, &s->capacity,
                           sizeof *s->states);
    what.before = mlirBlockAddArgument(s->body, type, b->loc);
    s->states[s->n_states++] = what;
    return what.before;
}

void stepper_after(stepper *s, MlirValue before, MlirValue after)
{
    int64_t i = s->n_states - 1; /* most often one of the last */
    while (!mlirValueEqual(s->states[i].before, before)) {
        i--;
    }
    s->states[i].after = after;
}

/* An edge that carries the last step leads to node, or to the sum before it. */
static bool is_in_loop(const wiring *g, int64_t node)
{
    for (int64_t i = g->first_edge[node]; i < g->first_edge[node + 1]; i++) {
        const schedule_edge *e = &g->edges.edges[i];
        bool sum = ir_is(g->ops[e->source], "snn.sum");
        if (e->previous || (sum && is_in_loop(g, e->source))) {
            return true;
        }
    }
    return false;
}

/* Both halves, or the first one of a late neuron. */
static bool make_neuron(builder *w, int64_t node, neuron_half *h)
{
    MlirOperation op = w->g.ops[node];
    if (w->g.late[node]) {
        return neuron_begin(&w->s, &w->b, op, w->real, false, h);
    }
    MlirValue x = operand_at(w, node, 0, 0);
    return neuron_begin(&w->s, &w->b, op, w->real, is_in_loop(&w->g, node),
                        h) &&
           neuron_end(&w->s, &w->b, op, w->real, x, h);
}

static bool build_neuron(builder *w, int64_t node, MlirValue *y)
{
    neuron_half *h = ARENA_NEW(w->s.a, neuron_half);
    if (make_neuron(w, node, h)) {
        w->halves[node] = w->g.late[node] ? h : NULL;
        *y = h->y;
    } else {
        w->failed = true;
        *y = mlirOperationGetResult(w->g.ops[node], 0); /* never kept */
    }
    return !w->failed || w->s.rule->has_dt; /* without dt one is enough */
}

/* Late neurons take the input of this step. */
static bool finish_neurons(builder *w)
{
    for (int64_t i = 0; i < w->g.n; i++) {
        if (!w->halves[i]) {
            continue;
        }
        w->b.loc = mlirOperationGetLocation(w->g.ops[i]);
        MlirValue x = operand_at(w, i, 0, 0);
        w->failed =
            !neuron_end(&w->s, &w->b, w->g.ops[i], w->real, x, w->halves[i]) ||
            w->failed;
    }
    return !w->failed;
}

/* The operations of one node in this step. */
static bool build_node(builder *w, int64_t node)
{
    MlirOperation op = w->g.ops[node];
    MlirValue *y = &w->values[0][node];
    w->b.loc = mlirOperationGetLocation(op);
    if (w->g.edges.neuron[node]) {
        return build_neuron(w, node, y);
    }
    if (w->g.late[node]) {
        *y = delay_late(&w->s, &w->b, op, node);
        return true;
    }
    if (ir_is(op, "snn.delay")) {
        MlirValue x = operand_at(w, node, 0, 0);
        *y = delay_through(&w->s, &w->b, op, x);
        return true;
    }
    *y = copy_at(w, node, 0);
    return true;
}

/*
 * What only the last step's values feed was built for this step, too: takes it
 * away. Nothing that states or outputs hang on is without users.
 */
static void erase_dead(builder *w)
{
    int64_t n;
    MlirOperation *ops = ir_list(w->s.body, w->s.a, &n);
    for (int64_t i = n - 2; i >= 0; i--) {
        bool used = false;
        for (intptr_t r = 0; r < mlirOperationGetNumResults(ops[i]); r++) {
            MlirValue result = mlirOperationGetResult(ops[i], r);
            used = used || !mlirOpOperandIsNull(mlirValueGetFirstUse(result));
        }
        if (!used) {
            mlirOperationDestroy(ops[i]);
        }
    }
}

static bool check_delays(const wiring *g, const bool *needed,
                         const time_rule *rule)
{
    bool good = true;
    for (int64_t i = 0; i < g->n && (good || rule->has_dt); i++) {
        if (needed[i] && ir_is(g->ops[i], "snn.delay")) {
            good = delay_check(rule, g->ops[i]) && good;
        }
    }
    return good;
}

/* What states are after the step, where that is not known yet. */
static void finish_states(builder *w)
{
    for (int64_t i = 0; i < w->s.n_states; i++) {
        state st = w->s.states[i]; /* more may come */
        if (!mlirValueIsNull(st.after)) {
            continue;
        }
        if (st.age > 0) {
            st.after = value_at(w, st.node, st.age - 1);
        } else {
            MlirOperation delay = w->g.ops[st.node];
            MlirValue x = operand_at(w, st.node, 0, 0);
            w->b.loc = mlirOperationGetLocation(delay);
            st.after = delay_push(&w->b, delay, x, st.before);
        }
        w->s.states[i].after = st.after;
    }
}

/* All nodes that matter, in order; then what only the next step needs. */
static bool build_nodes(builder *w, MlirBlock network)
{
    const wiring *g = &w->g;
    bool *needed = wiring_needed(g, network, w->s.a);
    if (!check_delays(g, needed, w->s.rule)) {
        return false;
    }
    int64_t *order = ARENA_ARRAY(w->s.a, int64_t, g->n);
    schedule_order(&g->edges, w->s.a, order);
    for (int64_t i = 0; i < g->n; i++) {
        int64_t node = order[i];
        if (needed[node] && mlirValueIsNull(w->values[0][node]) &&
            !build_node(w, node)) {
            return false;
        }
    }
    if (!w->failed && finish_neurons(w)) {
        finish_states(w);
    }
    return !w->failed;
}

/*===- the operation --------------------------------------------------------*/

typedef struct names {
    MlirAttribute *inputs;
    MlirAttribute *outputs;
    MlirValue *yielded; /* the outputs, then the states */
    int64_t n_inputs;
    int64_t n_outputs;
} names;

/* An argument for each input, before any state. */
static void add_inputs(builder *w, names *n)
{
    for (int64_t i = 0; i < w->g.n; i++) {
        MlirOperation op = w->g.ops[i];
        if (ir_is(op, "snn.input")) {
            MlirValue x = mlirOperationGetResult(op, 0);
            n->inputs[n->n_inputs++] = ir_get(op, "node");
            w->values[0][i] = mlirBlockAddArgument(
                w->s.body, mlirValueGetType(x), mlirOperationGetLocation(op));
        }
    }
}

static void add_outputs(builder *w, MlirBlock network, names *n)
{
    int64_t count;
    MlirOperation *ops = ir_list(network, w->s.a, &count);
    n->outputs = ARENA_ARRAY(w->s.a, MlirAttribute, count);
    n->yielded = ARENA_ARRAY(w->s.a, MlirValue, count + w->s.n_states);
    for (int64_t i = 0; i < count; i++) {
        if (!ir_is(ops[i], "snn.output")) {
            continue;
        }
        MlirValue x = mlirOperationGetOperand(ops[i], 0);
        n->outputs[n->n_outputs] = ir_get(ops[i], "node");
        n->yielded[n->n_outputs++] = value_at(w, wiring_node_of(&w->g, x), 0);
    }
}

static MlirAttribute array(builder *w, int64_t n, const MlirAttribute *items)
{
    return mlirArrayAttrGet(w->b.ctx, (intptr_t)n, items);
}

static void yield(builder *w, names *n)
{
    for (int64_t i = 0; i < w->s.n_states; i++) {
        n->yielded[n->n_outputs + i] = w->s.states[i].after;
    }
    int32_t segments[] = {(int32_t)n->n_outputs, (int32_t)w->s.n_states};
    ir_attr sizes = {"operandSegmentSizes",
                     mlirDenseI32ArrayGet(w->b.ctx, 2, segments)};
    ir_op(&w->b, "snn.yield",
          (ir_parts){.operands = n->yielded,
                     .n_operands = (intptr_t)(n->n_outputs + w->s.n_states),
                     .attrs = &sizes,
                     .n_attrs = 1});
}

/* The finished region as a snn.step in the network's place. */
static void make_step(builder *w, MlirOperation network, MlirRegion region,
                      const names *n)
{
    const stepper *s = &w->s;
    MlirAttribute *state_names = ARENA_ARRAY(s->a, MlirAttribute, s->n_states);
    MlirAttribute *inits = ARENA_ARRAY(s->a, MlirAttribute, s->n_states);
    for (int64_t i = 0; i < s->n_states; i++) {
        state_names[i] = ir_text(&w->b, s->states[i].name);
        inits[i] = s->states[i].init;
    }
    ir at = ir_before(network);
    ir_attr attrs[] = {
        {"sym_name", ir_get(network, "sym_name")},
        {"input_names", array(w, n->n_inputs, n->inputs)},
        {"state_names", array(w, s->n_states, state_names)},
        {"state_init", array(w, s->n_states, inits)},
        {"output_names", array(w, n->n_outputs, n->outputs)},
        {"dt",
         s->rule->has_dt ? ir_f64(&at, s->rule->dt) : mlirAttributeGetNull()},
        {"semantics", ir_text(&at, s->rule->semantics)},
        {"knobs", rule_knobs(s->rule, &at)},
    };
    ir_op(
        &at, "snn.step",
        (ir_parts){
            .attrs = attrs, .n_attrs = 8, .regions = &region, .n_regions = 1});
}

/* The float type of the network: stated, or that of its weights or inputs. */
static MlirType real_type(MlirOperation network, arena *a)
{
    MlirAttribute stated = ir_get(network, "real");
    return mlirAttributeIsNull(stated) ? ir_real_type(ir_body(network, 0), a)
                                       : mlirTypeAttrGetValue(stated);
}

static void widen(MlirOperation op, MlirType element)
{
    MlirValue y = mlirOperationGetResult(op, 0);
    mlirValueSetType(y, ir_tensor_like(mlirValueGetType(y), element));
}

/*
 * Where neurons emit counts, their results are i32, and what only hands them on
 * with them.
 */
static void widen_counts(MlirBlock nodes, const time_rule *rule, arena *a)
{
    int64_t n;
    MlirOperation *ops = ir_list(nodes, a, &n);
    if (n == 0) {
        return;
    }
    MlirType count = mlirIntegerTypeGet(mlirOperationGetContext(ops[0]), 32);
    bool more = true;
    while (more) {
        more = false;
        for (int64_t i = 0; i < n; i++) {
            bool hands_on = ir_is(ops[i], "tensor.collapse_shape") ||
                            ir_is(ops[i], "snn.delay");
            if (!(hands_on || neuron_is(ops[i]))) {
                continue;
            }
            MlirValue from = mlirOperationGetOperand(ops[i], 0);
            MlirType was = ir_element(mlirOperationGetResult(ops[i], 0));
            bool counts = hands_on ? mlirTypeEqual(ir_element(from), count)
                                   : neuron_counts(rule, ops[i]);
            if (counts && !mlirTypeEqual(was, count)) {
                widen(ops[i], count);
                more = true;
            }
        }
    }
}

/* A node whose bias was left out, since its edge closes a loop; *value is one
 * of its numbers that is not 0. */
static bool loses_bias(const builder *w, int64_t node, double *value)
{
    bool again = w->values[1] && !mlirValueIsNull(w->values[1][node]);
    MlirOperation op = w->g.ops[node];
    if (!again || operands_of(w, node, 1) == mlirOperationGetNumOperands(op)) {
        return false;
    }
    MlirValue bias = mlirOperationGetOperand(op, 2);
    MlirAttribute numbers = ir_get(ir_owner(bias), "value");
    for (int64_t i = 0; i < ir_count(bias); i++) {
        *value = ir_float_at(numbers, i);
        if (*value != 0.0) {
            return true;
        }
    }
    return false;
}

static bool loses(builder *w, int64_t node, const char *param, double *value)
{
    return w->g.edges.neuron[node]
               ? neuron_loses(&w->s, &w->b, w->g.ops[node], w->real, param,
                              value)
               : strcmp(param, "bias") == 0 && loses_bias(w, node, value);
}

/* Tells which parameters of the file do not count here. */
static void warn_of_losses(builder *w)
{
    static const char *const params[] = {"r", "w_in", "v_leak", "v_reset",
                                         "bias"};
    const time_rule *rule = w->s.rule;
    for (int i = 0; i < 5 && !rule->profile.strict; i++) {
        int64_t lost = 0;
        int64_t first = 0;
        double value = 0.0;
        for (int64_t n = w->g.n - 1; n >= 0; n--) {
            double number;
            if (loses(w, n, params[i], &number)) {
                lost++;
                first = n;
                value = number;
            }
        }
        if (lost > 0) {
            ir_warning(w->g.ops[first],
                       text_printf(w->s.a,
                                   "'%s' does not use '%s', which is %g here; "
                                   "nodes with such a value: %lld",
                                   rule->semantics, params[i], value,
                                   (long long)lost));
        }
    }
}

static bool discretize(MlirOperation network, const time_rule *rule, arena *a)
{
    MlirBlock nodes = ir_body(network, 0);
    widen_counts(nodes, rule, a);
    ir at = ir_before(network);
    builder w = {.g = wiring_make(nodes, rule, a),
                 .real = real_type(network, a)};
    int64_t *cycle = ARENA_ARRAY(a, int64_t, w.g.n + 1);
    int64_t length = schedule_edges(&w.g.edges, a, cycle);
    if (length > 0) {
        return wiring_report_loop(&w.g, cycle, length, a);
    }
    MlirBlock body;
    MlirRegion region = ir_region(&at, 0, NULL, &body);
    w.s = (stepper){.rule = rule, .a = a, .body = body};
    w.b = ir_at_end(body, at.loc);
    /* An age grows along edges between nodes that no cycle connects. */
    w.values = ARENA_ARRAY(a, MlirValue *, w.g.n + 2);
    w.values[0] = ARENA_ARRAY(a, MlirValue, w.g.n);
    w.halves = ARENA_ARRAY(a, neuron_half *, w.g.n);
    names n = {.inputs = ARENA_ARRAY(a, MlirAttribute, w.g.n)};
    add_inputs(&w, &n);
    if (!build_nodes(&w, nodes)) {
        mlirRegionDestroy(region);
        return false;
    }
    warn_of_losses(&w);
    add_outputs(&w, nodes, &n);
    yield(&w, &n);
    erase_dead(&w);
    make_step(&w, network, region, &n);
    mlirOperationDestroy(network);
    return true;
}

/*===- the pass -------------------------------------------------------------*/

bool discretize_run(MlirOperation module, const char *const *options)
{
    arena a = {0};
    time_rule rule = {0};
    bool good = rule_read(module, options, &a, &rule);
    int64_t n;
    MlirOperation *ops = ir_list(ir_body(module, 0), &a, &n);
    for (int64_t i = 0; i < n && good; i++) {
        if (ir_is(ops[i], "snn.network")) {
            good = discretize(ops[i], &rule, &a);
        }
    }
    arena_free(&a);
    return good;
}
