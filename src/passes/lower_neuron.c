/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_neuron.c - the operations of one node on its states (snn.integrate,
 * snn.fire, ...), one behind the other, become one loop over the neurons.
 */
#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "passes/lower_integers.h"
#include "passes/lower_neuron.h"

/*===- which operations -----------------------------------------------------*/

static MlirValue last_result(MlirOperation op)
{
    return mlirOperationGetResult(op, mlirOperationGetNumResults(op) - 1);
}

static bool same_shape(MlirValue x, MlirValue y)
{
    MlirType like = ir_tensor_like(mlirValueGetType(x), ir_element(y));
    return mlirTypeEqual(like, mlirValueGetType(y));
}

static bool is_part_of(const neuron *n, MlirOperation op)
{
    for (int i = 0; i < n->n_parts; i++) {
        if (mlirOperationEqual(n->parts[i].op, op)) {
            return true;
        }
    }
    return false;
}

static bool knows_in(const neuron *n, MlirValue value)
{
    for (int i = 0; i < n->n_ins; i++) {
        if (mlirValueEqual(n->ins[i].from, value)) {
            return true;
        }
    }
    return false;
}

/* The values that the parts take from elsewhere; false: they are too many. */
static bool find_ins(neuron *n)
{
    n->n_ins = 0;
    for (int i = 0; i < n->n_parts; i++) {
        MlirOperation op = n->parts[i].op;
        for (intptr_t k = 0; k < mlirOperationGetNumOperands(op); k++) {
            MlirValue x = mlirOperationGetOperand(op, k);
            if (is_part_of(n, ir_owner(x)) || knows_in(n, x)) {
                continue;
            }
            if (n->n_ins == NEURON_MAX_SIGNALS) {
                return false;
            }
            n->ins[n->n_ins++] = (neuron_signal){.from = x, .out = -1};
        }
    }
    return true;
}

/* Whether one loop has room for what the parts take and give. */
static bool has_room(neuron *n)
{
    intptr_t outs = 0;
    intptr_t params = 0;
    for (int i = 0; i < n->n_parts; i++) {
        MlirOperation op = n->parts[i].op;
        const char *const *names = neuron_param_names(op);
        outs += mlirOperationGetNumResults(op);
        for (int k = 0; names[k]; k++) {
            params += !mlirAttributeIsNull(ir_get(op, names[k]));
        }
    }
    return find_ins(n) && outs <= NEURON_MAX_SIGNALS &&
           params <= NEURON_MAX_PARAMS &&
           n->n_ins + params + outs <= IR_MAX_OPERANDS;
}

/* The parts: op, and what follows it of its node and shape. */
static void find_parts(neuron *n, MlirOperation op, arena *a)
{
    MlirValue first = last_result(op);
    while (!mlirOperationIsNull(op) && neuron_is_part(op) &&
           n->n_parts < NEURON_MAX_PARTS &&
           strcmp(ir_get_text(op, "node", a), n->node) == 0 &&
           same_shape(first, last_result(op))) {
        n->parts[n->n_parts++].op = op;
        if (!has_room(n)) {
            n->parts[--n->n_parts] = (neuron_part){0};
            break;
        }
        op = mlirOperationGetNextInBlock(op);
    }
    bool fits = has_room(n);
    assert(fits && n->n_parts > 0 && "a part alone has room");
    (void)fits;
}

static bool used_elsewhere(const neuron *n, MlirValue value)
{
    MlirOpOperand use = mlirValueGetFirstUse(value);
    for (; !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        if (!is_part_of(n, mlirOpOperandGetOwner(use))) {
            return true;
        }
    }
    return false;
}

/* The state from elsewhere that value came from, part by part. */
static MlirValue root_of(const neuron *n, MlirValue value)
{
    while (is_part_of(n, ir_owner(value))) {
        MlirOperation op = ir_owner(value);
        value = mlirOperationGetOperand(op, ir_is(op, "snn.integrate") ? 1 : 0);
    }
    return value;
}

/* Whether the step yields value as what its state becomes. */
static bool becomes(MlirValue state, MlirValue value)
{
    if (!mlirValueIsABlockArgument(state)) {
        return false;
    }
    MlirBlock body = mlirBlockArgumentGetOwner(state);
    MlirOperation step = mlirBlockGetParentOperation(body);
    MlirOperation yield = mlirBlockGetTerminator(body);
    intptr_t n_states =
        mlirArrayAttrGetNumElements(ir_get(step, "state_names"));
    intptr_t behind =
        mlirBlockGetNumArguments(body) - mlirBlockArgumentGetArgNumber(state);
    intptr_t n = mlirOperationGetNumOperands(yield);
    return behind <= n_states &&
           mlirValueEqual(mlirOperationGetOperand(yield, n - behind), value);
}

/* Lets a result have the place of the state that it becomes, if it does. */
static void take_place(lowering *l, neuron *n, neuron_signal *out)
{
    MlirValue root = root_of(n, out->from);
    for (int i = 0; i < n->n_ins; i++) {
        if (mlirValueEqual(n->ins[i].from, root) && becomes(root, out->from)) {
            n->ins[i].out = (int)(out - n->outs);
            out->tensor = lower_dense(l, root);
        }
    }
}

/* Adds the results that others use: spikes, or states. */
static void find_outs(lowering *l, neuron *n, bool states)
{
    for (int i = 0; i < n->n_parts; i++) {
        MlirOperation op = n->parts[i].op;
        for (intptr_t k = 0; k < mlirOperationGetNumResults(op); k++) {
            MlirValue result = mlirOperationGetResult(op, k);
            bool state = !ir_is(op, "snn.threshold") &&
                         k == mlirOperationGetNumResults(op) - 1;
            if (state != states || !used_elsewhere(n, result)) {
                continue;
            }
            assert(n->n_outs < NEURON_MAX_SIGNALS);
            neuron_signal *out = &n->outs[n->n_outs++];
            *out = (neuron_signal){.from = result, .out = -1};
            if (states) {
                take_place(l, n, out);
            }
        }
    }
}

/*===- parameters -----------------------------------------------------------*/

static bool is_one(MlirAttribute value)
{
    return ir_param_uniform(value) && ir_param(value, 0) == 1.0;
}

/* Part i is a snn.integrate on what another one gives. */
static bool is_second(const neuron *n, int i)
{
    MlirOperation op = n->parts[i].op;
    return ir_is(op, "snn.integrate") &&
           ir_is(ir_owner(mlirOperationGetOperand(op, 0)), "snn.integrate") &&
           is_part_of(n, ir_owner(mlirOperationGetOperand(op, 0)));
}

/* "_syn" for a snn.integrate that another one takes up, else "". */
static const char *suffix_of(const neuron *n, int i)
{
    for (int k = i + 1; k < n->n_parts; k++) {
        if (is_second(n, k) &&
            mlirOperationEqual(
                ir_owner(mlirOperationGetOperand(n->parts[k].op, 0)),
                n->parts[i].op)) {
            return "_syn";
        }
    }
    return "";
}

/* Integer states have integer parameters, but for the gain of their input. */
static MlirType param_type(const neuron *n, MlirOperation op, const char *name)
{
    if (lower_has_codes(op)) {
        return neuron_code_type(op, name);
    }
    MlirType state = ir_element(last_result(op));
    bool integer = !ir_is_float(state) && !ir_is(op, "snn.threshold") &&
                   strcmp(name, "gain") != 0;
    return integer ? state : n->real;
}

/* What C calls a parameter. */
static const char *name_of(const char *attribute)
{
    return strcmp(attribute, "code_m") == 0   ? "gain"
           : strcmp(attribute, "code_s") == 0 ? "gain_shift"
                                              : attribute;
}

static void read_params(lowering *l, neuron *n)
{
    for (int i = 0; i < n->n_parts; i++) {
        neuron_part *part = &n->parts[i];
        neuron_read_part(part);
        const char *const *names = neuron_param_names(part->op);
        const char *suffix = suffix_of(n, i);
        for (int k = 0; names[k]; k++) {
            MlirAttribute value = ir_get(part->op, names[k]);
            bool plain = strcmp(names[k], "gain") == 0 &&
                         !mlirAttributeIsNull(value) && is_one(value);
            if (mlirAttributeIsNull(value) || plain) { /* 1 * x is x */
                continue;
            }
            assert(n->n_params < NEURON_MAX_PARAMS);
            part->params[k].tensor =
                (lower_has_codes(part->op) ? lower_row_param : lower_param)(
                    l, n->node,
                    text_printf(l->a, "%s%s", name_of(names[k]), suffix), value,
                    param_type(n, part->op, names[k]), last_result(part->op));
            n->params[n->n_params++] = &part->params[k];
        }
    }
}

/*===- names ----------------------------------------------------------------*/

/* What such a neuron is called in NIR, for the name of its code. */
static const char *kernel_of(const neuron *n)
{
    int integrations = 0;
    bool fires = false;
    bool leaks = false;
    for (int i = 0; i < n->n_parts; i++) {
        MlirOperation op = n->parts[i].op;
        if (ir_is(op, "snn.integrate")) {
            integrations++;
            leaks = !mlirAttributeIsNull(ir_get(op, "decay"));
        }
        fires = fires || ir_is(op, "snn.fire") || ir_is(op, "snn.threshold");
    }
    if (integrations == 0) {
        return fires ? "threshold" : "copy";
    }
    if (integrations > 1) {
        return fires ? "cuba_lif" : "cuba_li";
    }
    if (leaks) {
        return fires ? "lif" : "li";
    }
    return fires ? "if" : "integrator";
}

/*===- the whole tensor at once ---------------------------------------------*/

/* Values from elsewhere, and parameters; then places for the results. */
static ir_generic operands_of(lowering *l, const neuron *n, const char *map)
{
    ir_generic g = {0};
    for (int i = 0; i < n->n_ins; i++) {
        if (n->ins[i].out < 0) {
            g.maps[g.n_ins] = map;
            g.ins[g.n_ins++] = lower_dense(l, n->ins[i].from);
        }
    }
    for (int i = 0; i < n->n_params; i++) {
        g.maps[g.n_ins] = lower_map(ir_rank(n->params[i]->tensor));
        g.ins[g.n_ins++] = n->params[i]->tensor;
    }
    for (int i = 0; i < n->n_outs; i++) {
        const neuron_signal *out = &n->outs[i];
        g.maps[g.n_ins + i] = map;
        g.outs[g.n_outs++] = mlirValueIsNull(out->tensor)
                                 ? ir_empty(&l->b, mlirValueGetType(out->from))
                                 : out->tensor;
    }
    return g;
}

/* All parts by one linalg.generic over tensors of any rank. */
static void build_dense(lowering *l, neuron *n)
{
    ir *b = &l->b;
    MlirType type = mlirValueGetType(last_result(n->parts[0].op));
    intptr_t rank = mlirShapedTypeGetRank(type);
    ir_generic g = operands_of(l, n, lower_map(rank));
    g.iterators = lower_parallel(rank);
    MlirValue e[IR_MAX_OPERANDS];
    ir_scope body = ir_generic_begin(b, &g, e);
    const MlirValue *next = e;
    for (int i = 0; i < n->n_ins; i++) {
        int out = n->ins[i].out;
        neuron_know(n, n->ins[i].from, out < 0 ? *next++ : e[g.n_ins + out]);
    }
    for (int i = 0; i < n->n_params; i++) {
        n->params[i]->number = *next++;
    }
    for (int i = 0; i < n->n_parts; i++) {
        neuron_compute(b, n, &n->parts[i]);
    }
    MlirValue results[NEURON_MAX_SIGNALS];
    for (int i = 0; i < n->n_outs; i++) {
        results[i] = neuron_number(n, n->outs[i].from);
    }
    ir_generic_end(b, &body, results);
    for (int i = 0; i < n->n_outs; i++) {
        lower_bind(l, (lowered){.from = n->outs[i].from,
                                .name = n->node,
                                .dense = ir_result(body, i)});
    }
}

/*===- choice ---------------------------------------------------------------*/

/* What is not lowered: spikes wider than they have to be. */
static bool check_parts(const neuron *n)
{
    for (int i = 0; i < n->n_parts; i++) {
        MlirOperation op = n->parts[i].op;
        MlirValue first = mlirOperationGetResult(op, 0);
        if (ir_is(op, "snn.threshold") && !lower_is_spikes(first)) {
            return ir_error(op, "'snn.threshold' that gives counts is not "
                                "lowered yet");
        }
    }
    return true;
}

/* The float type that the parts compute in. */
static MlirType real_of(const lowering *l, MlirOperation op)
{
    MlirType result = ir_element(last_result(op));
    MlirType x = ir_element(mlirOperationGetOperand(op, 0));
    return ir_is_float(result) ? result : ir_is_float(x) ? x : l->real;
}

/* Marks all results as lowered: those that only parts use have no value. */
static void mark_done(lowering *l, const neuron *n)
{
    for (int i = 0; i < n->n_parts; i++) {
        MlirOperation op = n->parts[i].op;
        for (intptr_t k = 0; k < mlirOperationGetNumResults(op); k++) {
            MlirValue result = mlirOperationGetResult(op, k);
            if (!lower_has(l, result)) {
                lower_bind(l, (lowered){.from = result, .name = n->node});
            }
        }
    }
}

bool lower_neuron(lowering *l, MlirOperation op)
{
    if (lower_has(l, mlirOperationGetResult(op, 0))) {
        return true; /* a part of a neuron whose first part was lowered */
    }
    neuron n = {.node = ir_get_text(op, "node", l->a), .real = real_of(l, op)};
    find_parts(&n, op, l->a);
    if (!check_parts(&n)) {
        return false;
    }
    find_outs(l, &n, false);
    find_outs(l, &n, true);
    bool blocks = neuron_has_blocks(l, &n);
    const char *kernel = kernel_of(&n);
    lower_begin(l, n.node,
                blocks ? text_printf(l->a, "%s_events", kernel) : kernel);
    read_params(l, &n);
    if (blocks) {
        neuron_build_blocks(l, &n);
    } else if (n.n_outs > 0) {
        build_dense(l, &n);
    }
    mark_done(l, &n);
    return true;
}
