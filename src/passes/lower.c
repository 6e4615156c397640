/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower.c - --convert-snn-to-linalg: a step becomes functions on tensors.
 *
 * requires: snn.step; its operations have rows in the table below
 * ensures:  for each step two private functions, NAME_step and NAME_init, in
 *           func, linalg, tensor, scf, arith; weights as memref.global; no snn
 *           operation is left
 *
 * Both functions are in destination-passing style: NAME_step takes the inputs,
 * the states, and a tensor for each output, and returns the states and outputs;
 * bufferization makes each result its argument. Attributes of the functions say
 * what the arguments are ("arg_names", "n_inputs", "n_states"), and which
 * computation at the top of the body is of which kind ("clusters", "kernels"):
 * the names of locations there, and what to call the code they share.
 */
#include "passes/lower.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "passes/lower_integers.h"
#include "passes/pass_list.h"

typedef struct lower_row {
    const char *op;
    bool (*lower)(lowering *l, MlirOperation op);
} lower_row;

static const lower_row rows[] = {
    {"snn.constant", lower_constant},
    {"snn.linear", lower_linear},
    {"snn.sum", lower_sum},
    {"snn.scale", lower_scale},
    {"snn.rescale", lower_rescale},
    {"snn.threshold", lower_neuron},
    {"snn.conv", lower_conv},
    {"snn.sum_pool", lower_pool},
    {"snn.avg_pool", lower_pool},
    {"snn.delay_read", lower_delay_read},
    {"snn.delay_push", lower_delay_push},
    {"snn.integrate", lower_neuron},
    {"snn.fire", lower_neuron},
    {"snn.reset", lower_neuron},
    {"snn.clamp", lower_neuron},
    {"tensor.collapse_shape", lower_collapse},
};

static bool lower_op(lowering *l, MlirOperation op)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (ir_is(op, rows[i].op)) {
            l->b.loc = mlirOperationGetLocation(op);
            return rows[i].lower(l, op);
        }
    }
    return ir_error(op, "'%s' is not lowered yet", ir_op_name(op, l->a));
}

/*===- functions ------------------------------------------------------------*/

/* A function under construction: its block, and what it will be. */
typedef struct function {
    MlirRegion region;
    MlirBlock body;
    MlirAttribute *names; /* of the arguments */
    MlirAttribute *codes; /* what the integers of each stand for; or "" */
    int64_t n;
    const char *name;
} function;

static MlirValue add_argument(lowering *l, function *f, const char *name,
                              const char *code, MlirType type)
{
    ir at = ir_named(l->top, name);
    f->codes[f->n] = ir_text(&at, code);
    f->names[f->n++] = ir_text(&at, name);
    return mlirBlockAddArgument(f->body, type, at.loc);
}

static function begin(lowering *l, const char *name, int64_t max_arguments)
{
    function f = {.name = name,
                  .names = ARENA_ARRAY(l->a, MlirAttribute, max_arguments),
                  .codes = ARENA_ARRAY(l->a, MlirAttribute, max_arguments)};
    f.region = ir_region(&l->top, 0, NULL, &f.body);
    l->b = ir_at_end(f.body, l->top.loc);
    return f;
}

static MlirAttribute array(lowering *l, int64_t n, const MlirAttribute *items)
{
    return mlirArrayAttrGet(l->top.ctx, (intptr_t)n, items);
}

/* Ends f with its results, and puts it into the module. */
static void finish(lowering *l, function *f, int64_t n_inputs, int64_t n_states,
                   int64_t n, const MlirValue *results)
{
    ir *b = &l->b;
    b->loc = l->top.loc;
    ir_op(b, "func.return",
          (ir_parts){.operands = results, .n_operands = (intptr_t)n});
    MlirType *in = ARENA_ARRAY(l->a, MlirType, f->n);
    MlirType *out = ARENA_ARRAY(l->a, MlirType, n);
    for (int64_t i = 0; i < f->n; i++) {
        in[i] = mlirValueGetType(mlirBlockGetArgument(f->body, (intptr_t)i));
    }
    for (int64_t i = 0; i < n; i++) {
        out[i] = mlirValueGetType(results[i]);
    }
    MlirType type =
        mlirFunctionTypeGet(b->ctx, (intptr_t)f->n, in, (intptr_t)n, out);
    int64_t n_clusters = l->n_clusters;
    MlirAttribute *names = ARENA_ARRAY(l->a, MlirAttribute, n_clusters);
    MlirAttribute *kernels = ARENA_ARRAY(l->a, MlirAttribute, n_clusters);
    MlirAttribute *notes = ARENA_ARRAY(l->a, MlirAttribute, n_clusters);
    for (int64_t i = 0; i < n_clusters; i++) {
        names[i] = l->clusters[i].name;
        kernels[i] = l->clusters[i].kernel;
        notes[i] = l->clusters[i].note;
    }
    ir_attr attrs[] = {
        {"sym_name", ir_text(b, f->name)},
        {"sym_visibility", ir_text(b, "private")},
        {"function_type", mlirTypeAttrGet(type)},
        {"arg_names", array(l, f->n, f->names)},
        {"arg_codes",
         l->codes ? array(l, f->n, f->codes) : mlirAttributeGetNull()},
        {"n_inputs", ir_i64(b, n_inputs)},
        {"n_states", ir_i64(b, n_states)},
        {"clusters", array(l, n_clusters, names)},
        {"kernels", array(l, n_clusters, kernels)},
        {"notes", array(l, n_clusters, notes)},
    };
    ir_op(&l->top, "func.func",
          (ir_parts){.attrs = attrs,
                     .n_attrs = sizeof attrs / sizeof *attrs,
                     .regions = &f->region,
                     .n_regions = 1});
    l->n_clusters = 0;
    *l->cluster_names = (map){.a = l->a};
}

/* value, in the buffer that dest will become. */
static MlirValue put(lowering *l, MlirValue value, MlirValue dest)
{
    MlirType type = mlirValueGetType(dest);
    return ir_op1(&l->b, "bufferization.materialize_in_destination",
                  (ir_parts){.operands = (MlirValue[]){value, dest},
                             .n_operands = 2,
                             .results = &type,
                             .n_results = 1});
}

static MlirValue store(lowering *l, const char *cluster, MlirValue value,
                       MlirValue dest)
{
    lower_begin(l, cluster, "copy");
    return put(l, value, dest);
}

static const char *item(lowering *l, MlirAttribute names, int64_t i)
{
    MlirStringRef s =
        mlirStringAttrGetValue(mlirArrayAttrGetElement(names, (intptr_t)i));
    return arena_text(l->a, s.data, (int64_t)s.length);
}

/*===- NAME_init ------------------------------------------------------------*/

static MlirValue initial(lowering *l, const char *name, MlirAttribute init,
                         MlirValue state)
{
    MlirType element = ir_element(state);
    lower_begin(l, name, "copy");
    if (ir_param_uniform(init)) {
        double value = ir_param(init, 0);
        MlirValue one = mlirTypeIsAInteger(element)
                            ? ir_int(&l->b, element, (int64_t)value)
                            : ir_float(&l->b, element, value);
        return ir_fill(&l->b, one, state);
    }
    MlirValue from = lower_param(l, name, "init", init, element, state);
    /* Not a linalg.generic: canonicalize replaces one that copies by its
     * input, and the state would be left as it is. */
    return put(l, from, state);
}

static void lower_init(lowering *l, MlirOperation step, const char *name)
{
    MlirBlock body = ir_body(step, 0);
    MlirAttribute names = ir_get(step, "state_names");
    MlirAttribute inits = ir_get(step, "state_init");
    int64_t n = mlirArrayAttrGetNumElements(names);
    int64_t first = mlirArrayAttrGetNumElements(ir_get(step, "input_names"));
    function f = begin(l, text_printf(l->a, "%s_init", name), n);
    MlirValue *states = ARENA_ARRAY(l->a, MlirValue, n);
    for (int64_t i = 0; i < n; i++) {
        MlirValue state = mlirBlockGetArgument(body, (intptr_t)(first + i));
        states[i] =
            add_argument(l, &f, item(l, names, i), "", mlirValueGetType(state));
    }
    for (int64_t i = 0; i < n; i++) {
        states[i] =
            initial(l, item(l, names, i),
                    mlirArrayAttrGetElement(inits, (intptr_t)i), states[i]);
    }
    finish(l, &f, 0, n, n, states);
}

/*===- NAME_step ------------------------------------------------------------*/

/* i1, as an Input that is a list of indices has to be. */
static bool check_events(lowering *l, MlirOperation step, MlirValue x)
{
    if (l->input_events && (!lower_is_spikes(x) || ir_rank(x) != 1)) {
        return ir_error(step, "input events need --input-kind=spikes and "
                              "Inputs with one axis");
    }
    return true;
}

/* The events as a tensor of spikes. */
static MlirValue spread(lowering *l, const lowered *x)
{
    ir *b = &l->b;
    lower_begin(l, text_printf(l->a, "%s_spikes", x->name), "spread_events");
    MlirValue no = ir_int(b, ir_i(b, 1), 0);
    MlirValue yes = ir_int(b, ir_i(b, 1), 1);
    MlirValue lo = ir_index(b, 0);
    MlirValue step = ir_index(b, 1);
    MlirValue empty = ir_empty(b, mlirValueGetType(x->from));
    MlirValue zeros = ir_fill(b, no, empty);
    ir_scope loop = ir_for(b, lo, x->count, step, 1, &zeros);
    MlirValue source = lower_source(b, x->events, loop.index);
    MlirValue next = ir_insert(b, yes, loop.carried[0], 1, &source);
    ir_end(b, &loop, &next);
    return ir_result(loop, 0);
}

/*
 * An Input as a list: its indices below the size, and the same as a tensor for
 * users that want one. Whatever the caller gives, nothing else is touched.
 */
static void bind_list(lowering *l, MlirValue from, const char *name,
                      MlirValue list, MlirValue count)
{
    ir *b = &l->b;
    lower_begin(l, text_printf(l->a, "%s_events", name), "checked_events");
    MlirType index = mlirIndexTypeGet(b->ctx);
    MlirValue zero = ir_index(b, 0);
    MlirValue one = ir_index(b, 1);
    MlirValue size = ir_index(b, ir_dim(list, 0));
    MlirValue end = ir_binary(b, "arith.minui", count, size);
    MlirValue init[2] = {ir_empty(b, mlirValueGetType(list)), zero};
    MlirType types[2] = {mlirValueGetType(list), index};
    ir_scope loop = ir_for(b, zero, end, one, 2, init);
    MlirValue entry = ir_extract(b, list, 1, &loop.index);
    MlirValue source = ir_cast(b, "arith.index_castui", entry, index);
    MlirValue inside = ir_cmpi(b, CMPI_ULT, source, size);
    ir_scope branch = ir_if(b, inside, 2, types);
    MlirValue next[2];
    next[0] = ir_insert(b, entry, loop.carried[0], 1, &loop.carried[1]);
    next[1] = ir_addi(b, loop.carried[1], one);
    ir_else(b, &branch, next);
    ir_end(b, &branch, loop.carried);
    MlirValue results[2] = {ir_result(branch, 0), ir_result(branch, 1)};
    ir_end(b, &loop, results);
    lowered bound = {.from = from,
                     .name = name,
                     .events = ir_result(loop, 0),
                     .count = ir_result(loop, 1)};
    if (!lower_only_events(l, from)) {
        bound.dense = spread(l, &bound);
    }
    lower_bind(l, bound);
}

static bool add_inputs(lowering *l, function *f, MlirOperation step)
{
    MlirBlock body = ir_body(step, 0);
    MlirAttribute names = ir_get(step, "input_names");
    for (int64_t i = 0; i < mlirArrayAttrGetNumElements(names); i++) {
        MlirValue x = mlirBlockGetArgument(body, (intptr_t)i);
        const char *name = item(l, names, i);
        if (!check_events(l, step, x)) {
            return false;
        }
        if (!l->input_events) {
            const char *code = l->codes ? l->argument_codes[i] : "";
            MlirValue dense =
                add_argument(l, f, name, code, mlirValueGetType(x));
            lower_bind(l, (lowered){.from = x, .name = name, .dense = dense});
            continue;
        }
        int64_t size = ir_dim(x, 0);
        MlirValue list =
            add_argument(l, f, name, "", lower_list_type(&l->b, size));
        MlirValue count = add_argument(l, f, text_printf(l->a, "n_%s", name),
                                       "", mlirIndexTypeGet(l->b.ctx));
        bind_list(l, x, name, list, count);
    }
    return true;
}

/* The values behind the outputs and states after the step, each in its place.
 */
typedef struct ends {
    MlirValue *states; /* arguments, in the function */
    MlirValue *outputs;
    MlirValue *stored; /* outputs that are old states; else null */
    MlirValue *saved;  /* what a state becomes, if it is overwritten before */
    MlirAttribute state_names;
    MlirAttribute output_names;
    int64_t n_states;
    int64_t n_outputs;
} ends;

static ends add_ends(lowering *l, function *f, MlirOperation step)
{
    MlirBlock body = ir_body(step, 0);
    MlirOperation yield = mlirBlockGetTerminator(body);
    ends e = {.state_names = ir_get(step, "state_names"),
              .output_names = ir_get(step, "output_names")};
    e.n_states = mlirArrayAttrGetNumElements(e.state_names);
    e.n_outputs = mlirArrayAttrGetNumElements(e.output_names);
    int64_t first = mlirArrayAttrGetNumElements(ir_get(step, "input_names"));
    e.states = ARENA_ARRAY(l->a, MlirValue, e.n_states);
    e.outputs = ARENA_ARRAY(l->a, MlirValue, e.n_outputs);
    e.stored = ARENA_ARRAY(l->a, MlirValue, e.n_outputs);
    e.saved = ARENA_ARRAY(l->a, MlirValue, e.n_states);
    for (int64_t i = 0; i < e.n_states; i++) {
        MlirValue from = mlirBlockGetArgument(body, (intptr_t)(first + i));
        const char *name = item(l, e.state_names, i);
        const char *code = l->codes ? l->argument_codes[first + i] : "";
        e.states[i] = add_argument(l, f, name, code, mlirValueGetType(from));
        lower_bind(l,
                   (lowered){.from = from, .name = name, .dense = e.states[i]});
    }
    for (int64_t i = 0; i < e.n_outputs; i++) {
        MlirValue from = mlirOperationGetOperand(yield, (intptr_t)i);
        const char *code = l->codes ? l->output_codes[i] : "";
        e.outputs[i] = add_argument(l, f, item(l, e.output_names, i), code,
                                    mlirValueGetType(from));
    }
    return e;
}

/*
 * Whether value is in the state's own buffer: it is the state, or it comes from
 * an operation in destination-passing style whose destination is the state.
 * Destinations are the last operands, one for each result.
 */
static bool in_place(MlirValue value, MlirValue state)
{
    if (!mlirValueIsAOpResult(value)) {
        return mlirValueEqual(value, state);
    }
    MlirOperation op = mlirOpResultGetOwner(value);
    intptr_t behind =
        mlirOperationGetNumResults(op) - mlirOpResultGetResultNumber(value);
    intptr_t n = mlirOperationGetNumOperands(op);
    return n >= behind &&
           in_place(mlirOperationGetOperand(op, n - behind), state);
}

/*
 * Puts the states where they belong. A value that goes to several places is
 * handed on from one to the next. Last to first, so that one that takes
 * another's old value does so before that is overwritten.
 */
static void store_states(lowering *l, MlirOperation yield, const ends *e,
                         MlirValue *results)
{
    for (int64_t i = 0; i < e->n_states; i++) {
        MlirValue after = lower_dense(
            l, mlirOperationGetOperand(yield, (intptr_t)(e->n_outputs + i)));
        if (!mlirValueIsNull(e->saved[i])) {
            results[i] =
                store(l, item(l, e->state_names, i), e->saved[i], e->states[i]);
            continue;
        }
        results[i] = in_place(after, e->states[i]) ? after : (MlirValue){NULL};
    }
    for (int64_t i = e->n_states - 1; i >= 0; i--) {
        if (mlirValueIsNull(results[i])) {
            lowered *from = lower_find(
                l,
                mlirOperationGetOperand(yield, (intptr_t)(e->n_outputs + i)));
            const char *name = item(l, e->state_names, i);
            from->dense = store(l, name, from->dense, e->states[i]);
            results[i] = from->dense;
        }
    }
}

/*
 * Outputs that are old states go first, as long as the states are old: an
 * operation on a state overwrites it.
 */
static void store_old_outputs(lowering *l, MlirOperation step, ends *e)
{
    MlirOperation yield = mlirBlockGetTerminator(ir_body(step, 0));
    for (int64_t i = 0; i < e->n_outputs; i++) {
        MlirValue value = mlirOperationGetOperand(yield, (intptr_t)i);
        if (lower_is_old_state(step, value)) {
            e->stored[i] = store(l, item(l, e->output_names, i),
                                 lower_early(l, value), e->outputs[i]);
        }
    }
}

/* So do old values of states that are overwritten, and that another one takes:
 * each to a place of its own. */
static void save_old_states(lowering *l, MlirOperation step, ends *e)
{
    MlirOperation yield = mlirBlockGetTerminator(ir_body(step, 0));
    intptr_t first =
        mlirBlockGetNumArguments(ir_body(step, 0)) - (intptr_t)e->n_states;
    for (int64_t i = 0; i < e->n_states; i++) {
        MlirValue value =
            mlirOperationGetOperand(yield, (intptr_t)(e->n_outputs + i));
        MlirValue own =
            mlirBlockGetArgument(ir_body(step, 0), first + (intptr_t)i);
        if (!lower_is_old_state(step, value) || mlirValueEqual(value, own) ||
            !lower_is_overwritten(step, value)) {
            continue;
        }
        const char *name =
            text_printf(l->a, "%s_old", item(l, e->state_names, i));
        MlirValue from = lower_early(l, value);
        lower_begin(l, name, "copy");
        e->saved[i] = lower_copy(l, from);
    }
}

static MlirValue *store_ends(lowering *l, MlirOperation step, const ends *e)
{
    MlirOperation yield = mlirBlockGetTerminator(ir_body(step, 0));
    MlirValue *results =
        ARENA_ARRAY(l->a, MlirValue, e->n_states + e->n_outputs);
    MlirValue *outputs = results + e->n_states;
    store_states(l, yield, e, results);
    for (int64_t i = 0; i < e->n_outputs; i++) {
        outputs[i] = e->stored[i];
        if (mlirValueIsNull(outputs[i])) {
            lowered *from =
                lower_find(l, mlirOperationGetOperand(yield, (intptr_t)i));
            const char *name = item(l, e->output_names, i);
            from->dense = store(l, name, from->dense, e->outputs[i]);
            outputs[i] = from->dense;
        }
    }
    return results;
}

/* Spikes start from one number. */
static bool check_states(lowering *l, MlirOperation step)
{
    MlirAttribute inits = ir_get(step, "state_init");
    intptr_t n = mlirArrayAttrGetNumElements(inits);
    MlirBlock body = ir_body(step, 0);
    intptr_t first = mlirBlockGetNumArguments(body) - n;
    for (intptr_t i = 0; i < n; i++) {
        MlirType type = ir_element(mlirBlockGetArgument(body, first + i));
        const char *name = item(l, ir_get(step, "state_names"), i);
        if (mlirTypeIsAInteger(type) && mlirIntegerTypeGetWidth(type) == 1 &&
            !ir_param_uniform(mlirArrayAttrGetElement(inits, i))) {
            return ir_error(step,
                            "the state '%s' of spikes that starts from "
                            "elements is not lowered yet",
                            name);
        }
    }
    return true;
}

/* Lowers op; those behind it that read the state from before it get a copy. */
static bool lower_saving(lowering *l, MlirOperation op)
{
    MlirValue state;
    if (!lower_outlives(op, &state)) {
        return lower_op(l, op);
    }
    lowered old = *lower_find(l, state);
    lower_begin(l, text_printf(l->a, "%s_old", old.name), "copy");
    old.dense = lower_copy(l, old.dense);
    bool good = lower_op(l, op);
    lower_bind(l, old);
    return good;
}

static bool lower_step(lowering *l, MlirOperation step, const char *name)
{
    MlirBlock body = ir_body(step, 0);
    int64_t max = 2 * mlirBlockGetNumArguments(body) +
                  mlirOperationGetNumOperands(mlirBlockGetTerminator(body));
    function f = begin(l, text_printf(l->a, "%s_step", name), max);
    bool good = check_states(l, step) && add_inputs(l, &f, step);
    ends e = {0};
    if (good) {
        e = add_ends(l, &f, step);
        store_old_outputs(l, step, &e);
        save_old_states(l, step, &e);
    }
    int64_t n;
    MlirOperation *ops = ir_list(body, l->a, &n);
    for (int64_t i = 0; i < n - 1 && good; i++) {
        good = lower_saving(l, ops[i]);
    }
    if (!good) {
        mlirRegionDestroy(f.region);
        return false;
    }
    MlirValue *results = store_ends(l, step, &e);
    int64_t n_inputs = f.n - e.n_states - e.n_outputs;
    finish(l, &f, n_inputs, e.n_states, e.n_states + e.n_outputs, results);
    return true;
}

bool lower_run(MlirOperation module, const char *const *options)
{
    arena a = {0};
    int64_t n;
    bool good = true;
    /* constants of one step are known to the next */
    map global_names = {.a = &a};
    lowering l = {0};
    MlirOperation *ops = ir_list(ir_body(module, 0), &a, &n);
    for (int64_t i = 0; i < n && good; i++) {
        if (!ir_is(ops[i], "snn.step")) {
            continue;
        }
        map cluster_names = {.a = &a};
        l = (lowering){.a = &a,
                       .top = ir_before(ops[i]),
                       .real = ir_real_type(ir_body(ops[i], 0), &a),
                       .dense = strcmp(options[0], "true") == 0,
                       .input_events = strcmp(options[1], "true") == 0,
                       .cluster_names = &cluster_names,
                       .global_names = &global_names,
                       .globals = l.globals,
                       .n_globals = l.n_globals,
                       .global_capacity = l.global_capacity};
        const char *name = ir_get_text(ops[i], "sym_name", &a);
        lower_codes(&l, ops[i]);
        good = lower_step(&l, ops[i], name);
        if (good) {
            lower_init(&l, ops[i], name);
            mlirOperationDestroy(ops[i]);
        }
    }
    arena_free(&a);
    return good;
}
