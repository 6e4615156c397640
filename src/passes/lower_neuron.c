/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_neuron.c - neurons: one or two snn.integrate of one node, each on what
 * the one before gives, and a snn.fire or none, become one loop over the
 * neurons.
 *
 * Where all users of the spikes take events, the loop runs over blocks: a first
 * pass integrates and counts crossings, which compilers vectorize; a second one
 * resets and lists spikes, only where there were any.
 */
#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "passes/lower.h"

enum { BLOCK = 32, MAX_INTEGRATIONS = 2, MAX_PARAMS = 8 };

/* A parameter: its tensor, and how a loop gets at its elements. */
typedef struct param {
    MlirValue tensor; /* rank 0: one number; null: there is none, or it is 1 */
    MlirValue number; /* inside a loop: the element */
} param;

typedef struct integration {
    MlirValue from; /* the result of snn.integrate */
    MlirValue state;
    int form; /* 0 relax, 1 accumulate, 2 exact */
    param decay, gain, leak;
} integration;

typedef struct neuron {
    const char *node;
    MlirType real;
    MlirValue x; /* of the step level */
    integration part[MAX_INTEGRATIONS];
    int n;
    MlirOperation fire; /* null: it does not */
    bool subtract;
    ir_cmpf_kind compare;
    param threshold, reset;
} neuron;

/*===- reading --------------------------------------------------------------*/

/* The only user of value, if it is an operation of this name and node. */
static MlirOperation only_user(lowering *l, MlirValue value, const char *name,
                               const char *node)
{
    MlirOpOperand use = mlirValueGetFirstUse(value);
    MlirOperation found = {NULL};
    for (; !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        MlirOperation user = mlirOpOperandGetOwner(use);
        if (ir_is(user, name) &&
            strcmp(ir_get_text(user, "node", l->a), node) == 0) {
            found = user;
        } else if (!ir_is(user, "snn.yield")) {
            return (MlirOperation){NULL};
        }
    }
    return found;
}

static int form_of(MlirOperation op)
{
    static const char *const forms[] = {
        "#snn.form<relax>", "#snn.form<accumulate>", "#snn.form<exact>"};
    MlirAttribute form = ir_get(op, "form");
    MlirContext ctx = mlirOperationGetContext(op);
    for (int i = 0; i < 3; i++) {
        if (mlirAttributeEqual(
                form, mlirAttributeParseGet(
                          ctx, mlirStringRefCreateFromCString(forms[i])))) {
            return i;
        }
    }
    assert(false && "the verifier knows no other form");
    return 0;
}

static bool is_keyword(MlirOperation op, const char *name, const char *text)
{
    MlirAttribute value = ir_get(op, name);
    return !mlirAttributeIsNull(value) &&
           mlirAttributeEqual(value, mlirAttributeParseGet(
                                         mlirOperationGetContext(op),
                                         mlirStringRefCreateFromCString(text)));
}

/* The parameter `name` of op; its global is called node_label. */
static param param_of(lowering *l, const neuron *n, MlirOperation op,
                      const char *name, const char *label)
{
    MlirAttribute value = ir_get(op, name);
    param p = {{NULL}, {NULL}};
    if (!mlirAttributeIsNull(value)) {
        MlirValue like =
            mlirOperationGetResult(op, mlirOperationGetNumResults(op) - 1);
        p.tensor = lower_param(l, n->node, label, value, n->real, like);
    }
    return p;
}

static bool is_one(MlirOperation op, const char *name)
{
    MlirAttribute value = ir_get(op, name);
    return ir_param_uniform(value) && ir_param(value, 0) == 1.0;
}

/* Adds a snn.integrate. The synapse of a neuron with two has its own labels. */
static void add_part(lowering *l, neuron *n, MlirOperation op, bool synapse)
{
    const char *suffix = synapse ? "_syn" : "";
    integration *part = &n->part[n->n++];
    part->from = mlirOperationGetResult(op, 0);
    part->state = lower_dense(l, mlirOperationGetOperand(op, 1));
    part->form = form_of(op);
    part->decay =
        param_of(l, n, op, "decay", text_printf(l->a, "decay%s", suffix));
    part->leak =
        param_of(l, n, op, "leak", text_printf(l->a, "leak%s", suffix));
    if (!is_one(op, "gain")) { /* 1 * x is x */
        part->gain =
            param_of(l, n, op, "gain", text_printf(l->a, "gain%s", suffix));
    }
}

static const char *kernel_of(const neuron *n, bool leaks)
{
    bool fires = !mlirOperationIsNull(n->fire);
    if (n->n == 2) {
        return fires ? "cuba_lif" : "cuba_li";
    }
    if (leaks) {
        return fires ? "lif" : "li";
    }
    return fires ? "if" : "integrator";
}

/* Whether the spikes are wanted as a list, and as nothing else. */
static bool only_events(const lowering *l, MlirOperation fire)
{
    return !mlirOperationIsNull(fire) &&
           lower_only_events(l, mlirOperationGetResult(fire, 0));
}

/* The operations of a neuron, from its first snn.integrate (or a lone fire). */
static neuron read_neuron(lowering *l, MlirOperation op)
{
    neuron n = {.node = ir_get_text(op, "node", l->a),
                .x = mlirOperationGetOperand(op, 0)};
    MlirOperation parts[MAX_INTEGRATIONS] = {op};
    int count = 1;
    MlirValue v = mlirOperationGetResult(op, 0);
    MlirOperation next = only_user(l, v, "snn.integrate", n.node);
    if (!mlirOperationIsNull(next) &&
        mlirValueEqual(mlirOperationGetOperand(next, 0), v)) {
        parts[count++] = next;
        v = mlirOperationGetResult(next, 0);
    }
    n.real = ir_element(v);
    n.fire = only_user(l, v, "snn.fire", n.node);
    bool leaks = form_of(parts[count - 1]) != 1;
    n.n = count;
    const char *kernel = kernel_of(&n, leaks);
    lower_begin(l, n.node,
                only_events(l, n.fire) ? text_printf(l->a, "%s_events", kernel)
                                       : kernel);
    n.n = 0;
    for (int i = 0; i < count; i++) {
        add_part(l, &n, parts[i], count == 2 && i == 0);
    }
    if (!mlirOperationIsNull(n.fire)) {
        n.subtract = is_keyword(n.fire, "mode", "#snn.reset<subtract>");
        n.compare = is_keyword(n.fire, "compare", "#snn.compare<ge>")
                        ? CMPF_OGE
                        : CMPF_OGT;
        n.threshold = param_of(l, &n, n.fire, "threshold", "threshold");
        n.reset = param_of(l, &n, n.fire, "reset", "reset");
    }
    return n;
}

/* All parameters, so that loops can fetch their elements. */
static int params_of(neuron *n, param *all[MAX_PARAMS])
{
    int count = 0;
    param *each[] = {&n->part[0].decay, &n->part[0].gain, &n->part[0].leak,
                     &n->part[1].decay, &n->part[1].gain, &n->part[1].leak,
                     &n->threshold,     &n->reset};
    for (size_t i = 0; i < sizeof each / sizeof *each; i++) {
        if (!mlirValueIsNull(each[i]->tensor)) {
            all[count++] = each[i];
        }
    }
    return count;
}

/*===- formulas -------------------------------------------------------------*/

/* docs/spec.md, snn.integrate: in exactly this order. */
static MlirValue integrate(ir *b, const integration *part, MlirValue x,
                           MlirValue v)
{
    MlirValue drive = mlirValueIsNull(part->gain.tensor)
                          ? x
                          : ir_mulf(b, part->gain.number, x);
    if (part->form == 1) {
        return ir_addf(b, v, drive);
    }
    if (part->form == 0) {
        MlirValue leak = ir_subf(b, part->leak.number, v);
        MlirValue sum = ir_addf(b, leak, drive);
        MlirValue change = ir_mulf(b, part->decay.number, sum);
        return ir_addf(b, v, change);
    }
    MlirValue above = ir_subf(b, v, part->leak.number);
    MlirValue decayed = ir_mulf(b, above, part->decay.number);
    MlirValue rest = ir_addf(b, part->leak.number, decayed);
    return ir_addf(b, rest, drive);
}

static MlirValue reset_of(ir *b, const neuron *n, MlirValue v)
{
    return n->subtract ? ir_subf(b, v, n->threshold.number) : n->reset.number;
}

/* All integrations on x; v holds the states and receives those after. */
static MlirValue integrate_all(ir *b, const neuron *n, MlirValue x,
                               MlirValue *v)
{
    MlirValue drive = lower_to_real(b, x, n->real);
    for (int i = 0; i < n->n; i++) {
        drive = v[i] = integrate(b, &n->part[i], drive, v[i]);
    }
    return drive;
}

/*===- the whole tensor at once ---------------------------------------------*/

/* Spikes and states by one linalg.generic over tensors of any rank. */
static void build_dense(lowering *l, neuron *n)
{
    ir *b = &l->b;
    bool fires = !mlirOperationIsNull(n->fire);
    MlirType type = mlirValueGetType(n->part[0].state);
    intptr_t rank = mlirShapedTypeGetRank(type);
    const char *map = lower_map(rank);
    param *params[MAX_PARAMS];
    int n_params = params_of(n, params);
    ir_generic g = {.iterators = lower_parallel(rank),
                    .maps = {map},
                    .ins = {lower_dense(l, n->x)},
                    .n_ins = 1 + n_params};
    for (int i = 0; i < n_params; i++) {
        g.ins[1 + i] = params[i]->tensor;
        g.maps[1 + i] = lower_map(ir_rank(params[i]->tensor));
    }
    if (fires) {
        g.outs[g.n_outs++] = ir_empty(b, ir_tensor_like(type, ir_i(b, 1)));
    }
    for (int i = 0; i < n->n; i++) {
        g.outs[g.n_outs++] = n->part[i].state;
    }
    for (intptr_t i = 0; i < g.n_outs; i++) {
        g.maps[g.n_ins + i] = map;
    }
    MlirValue e[IR_MAX_OPERANDS];
    ir_scope body = ir_generic_begin(b, &g, e);
    for (int i = 0; i < n_params; i++) {
        params[i]->number = e[1 + i];
    }
    MlirValue results[1 + MAX_INTEGRATIONS];
    MlirValue *v = results + (fires ? 1 : 0);
    for (int i = 0; i < n->n; i++) {
        v[i] = e[g.n_ins + (fires ? 1 : 0) + i];
    }
    MlirValue last = integrate_all(b, n, e[0], v);
    if (fires) {
        results[0] = ir_cmpf(b, n->compare, last, n->threshold.number);
        MlirValue reset = reset_of(b, n, last);
        v[n->n - 1] = ir_select(b, results[0], reset, last);
    }
    ir_generic_end(b, &body, results);
    intptr_t first = fires ? 1 : 0;
    for (int i = 0; i < n->n; i++) {
        lower_bind(l, (lowered){.from = n->part[i].from,
                                .name = n->node,
                                .dense = ir_result(body, first + i)});
    }
    if (fires) {
        lower_bind(l, (lowered){.from = mlirOperationGetResult(n->fire, 0),
                                .name = n->node,
                                .dense = ir_result(body, 0)});
        lower_bind(l, (lowered){.from = mlirOperationGetResult(n->fire, 1),
                                .name = n->node,
                                .dense = ir_result(body, n->n)});
    }
}

/*===- blocks ---------------------------------------------------------------*/

/* The loops over blocks carry the states, the list of spikes, its length. */
typedef struct blocks {
    MlirValue x;
    MlirValue zero, one; /* index */
    param *params[MAX_PARAMS];
    int n_params;
} blocks;

static void fetch(ir *b, blocks *k, MlirValue i)
{
    for (int p = 0; p < k->n_params; p++) {
        if (ir_rank(k->params[p]->tensor) == 1) {
            k->params[p]->number = ir_extract(b, k->params[p]->tensor, 1, &i);
        }
    }
}

/* Integrates neurons lo to hi; results: the states, and how many crossed. */
static void first_pass(ir *b, neuron *n, blocks *k, MlirValue lo, MlirValue hi,
                       const MlirValue *states, MlirValue *results)
{
    MlirValue init[MAX_INTEGRATIONS + 1];
    for (int i = 0; i < n->n; i++) {
        init[i] = states[i];
    }
    init[n->n] = k->zero;
    ir_scope loop = ir_for(b, lo, hi, k->one, n->n + 1, init);
    MlirValue x = ir_extract(b, k->x, 1, &loop.index);
    MlirValue v[MAX_INTEGRATIONS], next[MAX_INTEGRATIONS + 1];
    for (int i = 0; i < n->n; i++) {
        v[i] = ir_extract(b, loop.carried[i], 1, &loop.index);
    }
    fetch(b, k, loop.index);
    MlirValue last = integrate_all(b, n, x, v);
    for (int i = 0; i < n->n; i++) {
        next[i] = ir_insert(b, v[i], loop.carried[i], 1, &loop.index);
    }
    MlirValue crossed = ir_cmpf(b, n->compare, last, n->threshold.number);
    MlirValue more = ir_addi(b, loop.carried[n->n], k->one);
    next[n->n] = ir_select(b, crossed, more, loop.carried[n->n]);
    ir_end(b, &loop, next);
    for (int i = 0; i <= n->n; i++) {
        results[i] = ir_result(loop, i);
    }
}

/* Resets those that crossed and lists them. carried: state, list, length. */
static void second_pass(ir *b, neuron *n, blocks *k, MlirValue lo, MlirValue hi,
                        const MlirValue carried[3], MlirValue results[3])
{
    MlirType types[3] = {mlirValueGetType(carried[0]),
                         mlirValueGetType(carried[1]),
                         mlirValueGetType(carried[2])};
    ir_scope loop = ir_for(b, lo, hi, k->one, 3, carried);
    MlirValue v = ir_extract(b, loop.carried[0], 1, &loop.index);
    fetch(b, k, loop.index);
    MlirValue crossed = ir_cmpf(b, n->compare, v, n->threshold.number);
    ir_scope branch = ir_if(b, crossed, 3, types);
    MlirValue reset = reset_of(b, n, v);
    MlirValue entry = ir_cast(b, "arith.index_castui", loop.index,
                              ir_element(loop.carried[1]));
    MlirValue next[3] = {ir_insert(b, reset, loop.carried[0], 1, &loop.index)};
    next[1] = ir_insert(b, entry, loop.carried[1], 1, &loop.carried[2]);
    next[2] = ir_addi(b, loop.carried[2], k->one);
    ir_else(b, &branch, next);
    ir_end(b, &branch, loop.carried);
    for (int i = 0; i < 3; i++) {
        next[i] = ir_result(branch, i);
    }
    ir_end(b, &loop, next);
    for (int i = 0; i < 3; i++) {
        results[i] = ir_result(loop, i);
    }
}

static void one_block(ir *b, neuron *n, blocks *k, ir_scope *loop,
                      MlirValue size, MlirValue *results)
{
    MlirValue lo = loop->index;
    MlirValue width = ir_index(b, BLOCK);
    MlirValue end = ir_addi(b, lo, width);
    MlirValue hi = ir_binary(b, "arith.minui", end, size);
    MlirValue passed[MAX_INTEGRATIONS + 1];
    first_pass(b, n, k, lo, hi, loop->carried, passed);
    for (int i = 0; i < n->n - 1; i++) {
        results[i] = passed[i];
    }
    MlirValue carried[3] = {passed[n->n - 1], loop->carried[n->n],
                            loop->carried[n->n + 1]};
    MlirType types[3] = {mlirValueGetType(carried[0]),
                         mlirValueGetType(carried[1]),
                         mlirValueGetType(carried[2])};
    MlirValue any = ir_cmpi(b, CMPI_NE, passed[n->n], k->zero);
    ir_scope branch = ir_if(b, any, 3, types);
    MlirValue reset[3];
    second_pass(b, n, k, lo, hi, carried, reset);
    ir_else(b, &branch, reset);
    ir_end(b, &branch, carried);
    for (int i = 0; i < 3; i++) {
        results[n->n - 1 + i] = ir_result(branch, i);
    }
}

static void build_blocks(lowering *l, neuron *n)
{
    ir *b = &l->b;
    blocks k = {.x = lower_dense(l, n->x)};
    k.n_params = params_of(n, k.params);
    k.zero = ir_index(b, 0);
    k.one = ir_index(b, 1);
    for (int p = 0; p < k.n_params; p++) {
        if (ir_rank(k.params[p]->tensor) == 0) {
            k.params[p]->number = ir_extract(b, k.params[p]->tensor, 0, NULL);
        }
    }
    int64_t size = ir_dim(n->part[0].state, 0);
    MlirValue init[MAX_INTEGRATIONS + 2];
    for (int i = 0; i < n->n; i++) {
        init[i] = n->part[i].state;
    }
    MlirLocation here = b->loc;
    *b = ir_named(*b, text_printf(l->a, "%s_events", n->node));
    init[n->n] = ir_empty(b, lower_list_type(b, size));
    b->loc = here;
    init[n->n + 1] = k.zero;
    MlirValue hi = ir_index(b, size);
    MlirValue step = ir_index(b, BLOCK);
    ir_scope loop = ir_for(b, k.zero, hi, step, n->n + 2, init);
    MlirValue results[MAX_INTEGRATIONS + 2];
    one_block(b, n, &k, &loop, hi, results);
    ir_end(b, &loop, results);
    for (int i = 0; i < n->n; i++) {
        lower_bind(l, (lowered){.from = n->part[i].from,
                                .name = n->node,
                                .dense = ir_result(loop, i)});
    }
    lower_bind(l, (lowered){.from = mlirOperationGetResult(n->fire, 0),
                            .name = n->node,
                            .events = ir_result(loop, n->n),
                            .count = ir_result(loop, n->n + 1)});
    lower_bind(l, (lowered){.from = mlirOperationGetResult(n->fire, 1),
                            .name = n->node,
                            .dense = ir_result(loop, n->n - 1)});
}

/*===- choice ---------------------------------------------------------------*/

bool lower_neuron(lowering *l, MlirOperation op)
{
    if (lower_has(l, mlirOperationGetResult(op, 0))) {
        return true; /* a part of a neuron whose first part was lowered */
    }
    if (!ir_is(op, "snn.integrate")) {
        return ir_error(op, "'snn.fire' without an 'snn.integrate' of the same "
                            "node is not lowered yet");
    }
    if (!ir_is_float(ir_element(mlirOperationGetResult(op, 0)))) {
        return ir_error(op,
                        "'snn.integrate' on quantized values is not lowered "
                        "yet");
    }
    neuron n = read_neuron(l, op);
    if (!mlirOperationIsNull(n.fire) &&
        !lower_is_spikes(mlirOperationGetResult(n.fire, 0))) {
        return ir_error(n.fire, "'snn.fire' that gives counts is not lowered "
                                "yet");
    }
    if (only_events(l, n.fire)) {
        build_blocks(l, &n);
    } else {
        build_dense(l, &n);
    }
    return true;
}
