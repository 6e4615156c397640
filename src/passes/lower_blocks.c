/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_blocks.c - neurons whose spikes are wanted as a list, and as nothing
 * else: the loop runs over blocks. A first pass integrates and counts
 * crossings, which compilers vectorize; a second one resets and lists spikes,
 * only where there were any.
 */
#include "base/buf.h"
#include "passes/lower_neuron.h"

enum { BLOCK = 32, MAX_STATES = 4 };

/* The loops over blocks carry the states, the list of spikes, its length. */
typedef struct blocks {
    neuron *n;
    const neuron_part *fire;
    int n_states;
    MlirValue ins[NEURON_MAX_SIGNALS]; /* tensors; null: a state */
    MlirValue zero, one;               /* index */
} blocks;

bool neuron_has_blocks(const lowering *l, const neuron *n)
{
    const neuron_part *fire = &n->parts[n->n_parts - 1];
    if (!ir_is(fire->op, "snn.fire") ||
        mlirOperationGetNumOperands(fire->op) > 1 || n->n_outs < 2 ||
        n->n_outs > 1 + MAX_STATES) {
        return false;
    }
    MlirValue spikes = mlirOperationGetResult(fire->op, 0);
    MlirValue next = mlirOperationGetResult(fire->op, 1);
    bool simple = lower_is_spikes(spikes) && lower_only_events(l, spikes) &&
                  mlirValueEqual(n->outs[0].from, spikes) &&
                  mlirValueEqual(n->outs[n->n_outs - 1].from, next);
    for (int i = 0; i < n->n_parts - 1; i++) {
        simple = simple && ir_is(n->parts[i].op, "snn.integrate");
    }
    for (int i = 1; i < n->n_outs; i++) {
        simple = simple && !mlirValueIsNull(n->outs[i].tensor);
    }
    return simple;
}

/* The elements of parameters that have some, at index i. */
static void fetch(ir *b, const blocks *k, MlirValue i)
{
    for (int p = 0; p < k->n->n_params; p++) {
        neuron_param *param = k->n->params[p];
        if (ir_rank(param->tensor) == 1) {
            param->number = ir_extract(b, param->tensor, 1, &i);
        }
    }
}

/* The elements of what enters, at index i; states as they are carried. */
static void fetch_ins(ir *b, const blocks *k, const MlirValue *states,
                      MlirValue i)
{
    neuron *n = k->n;
    for (int p = 0; p < n->n_ins; p++) {
        const neuron_signal *in = &n->ins[p];
        MlirValue from = in->out < 0 ? k->ins[p] : states[in->out - 1];
        neuron_know(n, in->from, ir_extract(b, from, 1, &i));
    }
}

/* Integrates neurons lo to hi; results: the states, and how many crossed. */
static void first_pass(ir *b, const blocks *k, MlirValue lo, MlirValue hi,
                       const MlirValue *states, MlirValue *results)
{
    neuron *n = k->n;
    MlirValue init[MAX_STATES + 1];
    for (int i = 0; i < k->n_states; i++) {
        init[i] = states[i];
    }
    init[k->n_states] = k->zero;
    ir_scope loop = ir_for(b, lo, hi, k->one, k->n_states + 1, init);
    n->n_numbers = 0;
    fetch_ins(b, k, loop.carried, loop.index);
    fetch(b, k, loop.index);
    for (int i = 0; i < n->n_parts - 1; i++) {
        neuron_compute(b, n, &n->parts[i]);
    }
    MlirValue v = neuron_number(n, mlirOperationGetOperand(k->fire->op, 0));
    MlirValue next[MAX_STATES + 1];
    for (int i = 0; i < k->n_states; i++) {
        MlirValue number =
            i == k->n_states - 1 ? v : neuron_number(n, n->outs[1 + i].from);
        next[i] = ir_insert(b, number, loop.carried[i], 1, &loop.index);
    }
    MlirValue before = loop.carried[k->n_states];
    MlirValue crossed = neuron_crosses(b, k->fire, v);
    MlirValue more = ir_addi(b, before, k->one);
    next[k->n_states] = ir_select(b, crossed, more, before);
    ir_end(b, &loop, next);
    for (int i = 0; i <= k->n_states; i++) {
        results[i] = ir_result(loop, i);
    }
}

static void types_of(const MlirValue values[3], MlirType types[3])
{
    for (int i = 0; i < 3; i++) {
        types[i] = mlirValueGetType(values[i]);
    }
}

/* Resets those that crossed and lists them. carried: state, list, length. */
static void second_pass(ir *b, const blocks *k, MlirValue lo, MlirValue hi,
                        const MlirValue carried[3], MlirValue results[3])
{
    MlirType types[3];
    types_of(carried, types);
    ir_scope loop = ir_for(b, lo, hi, k->one, 3, carried);
    MlirValue v = ir_extract(b, loop.carried[0], 1, &loop.index);
    fetch(b, k, loop.index);
    MlirValue crossed = neuron_crosses(b, k->fire, v);
    ir_scope branch = ir_if(b, crossed, 3, types);
    MlirValue reset = neuron_reset(b, k->fire, v);
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

static void one_block(ir *b, const blocks *k, const ir_scope *loop,
                      MlirValue size, MlirValue *results)
{
    int last = k->n_states - 1;
    MlirValue lo = loop->index;
    MlirValue width = ir_index(b, BLOCK);
    MlirValue end = ir_addi(b, lo, width);
    MlirValue hi = ir_binary(b, "arith.minui", end, size);
    MlirValue passed[MAX_STATES + 1];
    first_pass(b, k, lo, hi, loop->carried, passed);
    for (int i = 0; i < last; i++) {
        results[i] = passed[i];
    }
    MlirValue carried[3] = {passed[last], loop->carried[k->n_states],
                            loop->carried[k->n_states + 1]};
    MlirType types[3];
    types_of(carried, types);
    MlirValue any = ir_cmpi(b, CMPI_NE, passed[k->n_states], k->zero);
    ir_scope branch = ir_if(b, any, 3, types);
    MlirValue reset[3];
    second_pass(b, k, lo, hi, carried, reset);
    ir_else(b, &branch, reset);
    ir_end(b, &branch, carried);
    for (int i = 0; i < 3; i++) {
        results[last + i] = ir_result(branch, i);
    }
}

/* Tensors of what enters, and the parameters that are one number. */
static blocks begin(lowering *l, neuron *n)
{
    ir *b = &l->b;
    blocks k = {
        .n = n, .fire = &n->parts[n->n_parts - 1], .n_states = n->n_outs - 1};
    for (int i = 0; i < n->n_ins; i++) {
        if (n->ins[i].out < 0) {
            k.ins[i] = lower_dense(l, n->ins[i].from);
        }
    }
    k.zero = ir_index(b, 0);
    k.one = ir_index(b, 1);
    for (int p = 0; p < n->n_params; p++) {
        if (ir_rank(n->params[p]->tensor) == 0) {
            n->params[p]->number = ir_extract(b, n->params[p]->tensor, 0, NULL);
        }
    }
    return k;
}

void neuron_build_blocks(lowering *l, neuron *n)
{
    ir *b = &l->b;
    blocks k = begin(l, n);
    int64_t size = ir_dim(n->outs[0].from, 0);
    MlirValue init[MAX_STATES + 2];
    for (int i = 0; i < k.n_states; i++) {
        init[i] = n->outs[1 + i].tensor;
    }
    MlirLocation here = b->loc;
    *b = ir_named(*b, text_printf(l->a, "%s_events", n->node));
    init[k.n_states] = ir_empty(b, lower_list_type(b, size));
    b->loc = here;
    init[k.n_states + 1] = k.zero;
    MlirValue hi = ir_index(b, size);
    MlirValue step = ir_index(b, BLOCK);
    ir_scope loop = ir_for(b, k.zero, hi, step, k.n_states + 2, init);
    MlirValue results[MAX_STATES + 2];
    one_block(b, &k, &loop, hi, results);
    ir_end(b, &loop, results);
    for (int i = 0; i < k.n_states; i++) {
        lower_bind(l, (lowered){.from = n->outs[1 + i].from,
                                .name = n->node,
                                .dense = ir_result(loop, i)});
    }
    lower_bind(l, (lowered){.from = n->outs[0].from,
                            .name = n->node,
                            .events = ir_result(loop, k.n_states),
                            .count = ir_result(loop, k.n_states + 1)});
}
