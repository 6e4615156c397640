/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * formula.c - finds the operations of each neuron in the step, and puts their
 * formulas in a row. The arithmetic of snn.integrate is in formula_terms.c.
 *
 * The result of snn.integrate has the name of its state with one prime more.
 * The others change a state in place: v' stays v', unless its old value is used
 * once more.
 */
#include "driver/formula.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "driver/formula_terms.h"
#include "ir/ir.h"
#include "mlir-c/Dialect/Quant.h"

enum { MAX_VALUES = 16, MAX_OPS = 12 };

/* A neuron while its formula is written. */
typedef struct writer {
    arena *a;
    MlirOperation step;
    const char *node;
    MlirOperation ops[MAX_OPS]; /* of the node, in their order */
    int n_ops;
    MlirValue values[MAX_VALUES]; /* states, and what becomes of them */
    const char *names[MAX_VALUES];
    int n_values;
    buf text;
    buf notes;
    terms t;
} writer;

/*===- words ----------------------------------------------------------------*/

/* What runs next. */
static void say(writer *w, const char *part)
{
    buf_printf(&w->text, "%s%s", w->text.size > 0 ? ";  " : "", part);
}

static void note(writer *w, const char *part)
{
    buf_printf(&w->notes, "%s%s", w->notes.size > 0 ? "; " : "", part);
}

static void name_value(writer *w, MlirValue value, const char *name)
{
    assert(w->n_values < MAX_VALUES && "a neuron has few operations");
    w->values[w->n_values] = value;
    w->names[w->n_values++] = name;
}

/* NULL: no state of the neuron, nor what becomes of one. */
static const char *name_of(const writer *w, MlirValue value)
{
    for (int i = 0; i < w->n_values; i++) {
        if (mlirValueEqual(w->values[i], value)) {
            return w->names[i];
        }
    }
    return NULL;
}

static const char *operand_name(const writer *w, int op, intptr_t i)
{
    const char *name = name_of(w, mlirOperationGetOperand(w->ops[op], i));
    return name ? name : "x";
}

/* A number of an operation whose operand 0 is a state. */
static const char *number(writer *w, MlirOperation op, const char *name)
{
    MlirValue state = mlirOperationGetOperand(op, 0);
    return terms_number(&w->t, ir_get(op, name), state, name);
}

static bool is_used_after(const writer *w, int op, MlirValue value)
{
    for (int i = op + 1; i < w->n_ops; i++) {
        for (intptr_t k = 0; k < mlirOperationGetNumOperands(w->ops[i]); k++) {
            if (mlirValueEqual(mlirOperationGetOperand(w->ops[i], k), value)) {
                return true;
            }
        }
    }
    return false;
}

/* Names what an operation makes of the state that is its operand 0. */
static const char *changed(writer *w, int op, intptr_t result)
{
    MlirValue state = mlirOperationGetOperand(w->ops[op], 0);
    const char *name = operand_name(w, op, 0);
    if (is_used_after(w, op, state)) {
        name = text_printf(w->a, "%s'", name);
    }
    name_value(w, mlirOperationGetResult(w->ops[op], result), name);
    return name;
}

/*===- operations -----------------------------------------------------------*/

static void say_integrate(writer *w, int op)
{
    const char *state = operand_name(w, op, 1);
    const char *name = text_printf(w->a, "%s'", state);
    const char *update =
        terms_update(&w->t, w->ops[op], operand_name(w, op, 0), state);
    say(w, text_printf(w->a, "%s = %s", name, update));
    name_value(w, mlirOperationGetResult(w->ops[op], 0), name);
}

/* "v' = 0" or, less what a spike takes, "v' = v' - 1". */
static const char *reset_text(writer *w, int op, intptr_t result,
                              const char *taken)
{
    const char *old = operand_name(w, op, 0);
    const char *name = changed(w, op, result);
    const char *value = number(w, w->ops[op], "reset");
    return text_printf(w->a, "%s = %s", name,
                       value ? value : terms_minus(w->a, old, taken));
}

static void say_counts(writer *w, int op, bool emits)
{
    const char *v = operand_name(w, op, 0);
    const char *threshold = number(w, w->ops[op], "threshold");
    int64_t cap = mlirIntegerAttrGetValueInt(ir_get(w->ops[op], "cap"));
    const char *quotient = strcmp(threshold, "1") == 0
                               ? v
                               : text_printf(w->a, "%s / %s", v, threshold);
    say(w, text_printf(w->a, "%ss = trunc(%s), 0 to %" PRId64,
                       emits ? "emit " : "", quotient, cap));
    bool value = !mlirAttributeIsNull(ir_get(w->ops[op], "reset"));
    const char *reset = reset_text(w, op, 1, terms_times(w->a, threshold, "s"));
    say(w, text_printf(w->a, "%s%s", value ? "if s > 0 then " : "", reset));
}

/* snnTorch: where v was above its threshold, it has to exceed it twice. */
static const char *guard_text(writer *w, int op, const char *threshold)
{
    if (mlirOperationGetNumOperands(w->ops[op]) < 2) {
        return "";
    }
    const char *rest = terms_minus(w->a, operand_name(w, op, 0), threshold);
    return text_printf(w->a, " (where %s > %s: if %s > %s)",
                       operand_name(w, op, 1), threshold, rest, threshold);
}

static void say_fire(writer *w, int op)
{
    const char *compare = ir_get_word(w->ops[op], "compare", w->a);
    MlirValue spikes = mlirOperationGetResult(w->ops[op], 0);
    bool emits = !mlirOpOperandIsNull(mlirValueGetFirstUse(spikes));
    if (compare && strcmp(compare, "count") == 0) {
        say_counts(w, op, emits);
        return;
    }
    const char *threshold = number(w, w->ops[op], "threshold");
    const char *v = operand_name(w, op, 0);
    const char *guard = guard_text(w, op, threshold);
    say(w, text_printf(w->a, "%s %s %s %s%s%s %s", emits ? "spike if" : "if", v,
                       compare && strcmp(compare, "ge") == 0 ? ">=" : ">",
                       threshold, guard, emits ? ", then" : " then",
                       reset_text(w, op, 1, threshold)));
}

/* Spikes that do nothing but reset the neuron are told where they do. */
static void say_cross(writer *w, int op)
{
    MlirValue spikes = mlirOperationGetResult(w->ops[op], 0);
    bool emits = false;
    for (MlirOpOperand use = mlirValueGetFirstUse(spikes);
         !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        emits = emits || !ir_is(mlirOpOperandGetOwner(use), "snn.reset");
    }
    if (emits) {
        say(w, text_printf(w->a, "spike if %s > %s", operand_name(w, op, 0),
                           number(w, w->ops[op], "threshold")));
    }
}

static void say_reset(writer *w, int op)
{
    MlirOperation cross = ir_owner(mlirOperationGetOperand(w->ops[op], 1));
    assert(ir_is(cross, "snn.threshold") && "what discretize makes");
    const char *v = name_of(w, mlirOperationGetOperand(cross, 0));
    const char *threshold = number(w, cross, "threshold");
    say(w, text_printf(w->a, "if %s > %s then %s", v, threshold,
                       reset_text(w, op, 0, threshold)));
}

static void say_clamp(writer *w, int op)
{
    const char *old = operand_name(w, op, 0);
    const char *low = number(w, w->ops[op], "low");
    const char *name = changed(w, op, 0);
    const char *at = ir_get_word(w->ops[op], "at", w->a);
    const char *value = text_printf(w->a, "max(%s, %s)", old, low);
    if (strcmp(at, "relu") == 0 && strcmp(low, "0") != 0) {
        value = text_printf(w->a, "max(%s, 0)", terms_minus(w->a, old, low));
        value = terms_plus(w->a, value, low);
    }
    say(w, text_printf(w->a, "%s = %s", name, value));
}

typedef struct say_row {
    const char *op;
    void (*say)(writer *w, int op);
} say_row;

static const say_row rows[] = {
    {"snn.integrate", say_integrate}, {"snn.fire", say_fire},
    {"snn.threshold", say_cross},     {"snn.reset", say_reset},
    {"snn.clamp", say_clamp},
};

static const say_row *row_of(MlirOperation op)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (ir_is(op, rows[i].op)) {
            return &rows[i];
        }
    }
    return NULL;
}

/*===- states ---------------------------------------------------------------*/

/* The text of element i of an array of texts. */
static const char *text_at(MlirAttribute array, intptr_t i, arena *a)
{
    MlirStringRef text =
        mlirStringAttrGetValue(mlirArrayAttrGetElement(array, i));
    return arena_text(a, text.data, (int64_t)text.length);
}

/* "v" of the state "NODE.v"; NULL: no state that a neuron integrates. */
static const char *suffix_of(const writer *w, const char *name)
{
    size_t n = strlen(w->node);
    bool own = strncmp(name, w->node, n) == 0 && name[n] == '.';
    bool known = own && strlen(name + n) == 2 && strchr("vix", name[n + 1]);
    return known ? name + n + 1 : NULL;
}

static void name_state(writer *w, MlirValue state, const char *suffix,
                       MlirAttribute init)
{
    if (*suffix == 'x') {
        name_value(w, state, "x_before");
        note(w, "x_before is the x of the last step");
        return;
    }
    const char *what = text_printf(w->a, "start of %s", suffix);
    const char *start = terms_number(&w->t, init, state, what);
    name_value(w, state, suffix);
    if (strcmp(start, "0") != 0) {
        note(w, text_printf(w->a, "%s starts from %s", suffix, start));
    }
}

/* The states of the node that an operation reads. */
static void name_states(writer *w, int op)
{
    MlirAttribute names = ir_get(w->step, "state_names");
    MlirAttribute inits = ir_get(w->step, "state_init");
    intptr_t inputs =
        mlirArrayAttrGetNumElements(ir_get(w->step, "input_names"));
    for (intptr_t k = 0; k < mlirOperationGetNumOperands(w->ops[op]); k++) {
        MlirValue state = mlirOperationGetOperand(w->ops[op], k);
        if (!mlirValueIsABlockArgument(state) || name_of(w, state)) {
            continue;
        }
        intptr_t i = mlirBlockArgumentGetArgNumber(state) - inputs;
        const char *suffix =
            i < 0 ? NULL : suffix_of(w, text_at(names, i, w->a));
        if (suffix) {
            name_state(w, state, suffix, mlirArrayAttrGetElement(inits, i));
        }
    }
}

/* Whether a value leaves the neuron: not only into its own state. */
static bool is_emitted(const writer *w, MlirValue value)
{
    MlirAttribute names = ir_get(w->step, "state_names");
    intptr_t outputs =
        mlirArrayAttrGetNumElements(ir_get(w->step, "output_names"));
    for (MlirOpOperand use = mlirValueGetFirstUse(value);
         !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        MlirOperation user = mlirOpOperandGetOwner(use);
        intptr_t i = (intptr_t)mlirOpOperandGetOperandNumber(use) - outputs;
        bool yield = ir_is(user, "snn.yield");
        bool own = false;
        for (int k = 0; k < w->n_ops; k++) {
            own = own || mlirOperationEqual(w->ops[k], user);
        }
        if (!own &&
            (!yield || i < 0 || !suffix_of(w, text_at(names, i, w->a)))) {
            return true;
        }
    }
    return false;
}

/* What a neuron without spikes emits: v as it was, or as it has become. */
static void say_readout(writer *w)
{
    bool fires = false;
    for (int op = 0; op < w->n_ops; op++) {
        fires = fires || !ir_is(w->ops[op], "snn.integrate");
    }
    for (int k = 0; k < w->n_values && !fires; k++) {
        if (*w->names[k] == 'v' && is_emitted(w, w->values[k])) {
            say(w, text_printf(w->a, "emit %s", w->names[k]));
        }
    }
}

/*===- neurons --------------------------------------------------------------*/

static const char *write_formula(writer *w)
{
    for (int op = 0; op < w->n_ops; op++) {
        name_states(w, op);
    }
    for (int op = 0; op < w->n_ops; op++) {
        row_of(w->ops[op])->say(w, op);
    }
    say_readout(w);
    MlirType element = ir_element(w->values[0]);
    if (mlirTypeIsAQuantizedType(element)) {
        note(w, text_printf(
                    w->a, "in codes of %u bits",
                    mlirQuantizedTypeGetStorageTypeIntegralWidth(element)));
    } else if (!ir_is_float(element)) {
        note(w, "in integers of 32 bits, which saturate");
    }
    if (w->t.differ.size > 0) {
        note(w,
             text_printf(w->a, "for the first element; %s", w->t.differ.text));
    }
    return w->notes.size == 0
               ? w->text.text
               : text_printf(w->a, "%s  (%s)", w->text.text, w->notes.text);
}

/* A writer for each neuron of the file, found by its node attribute. */
static writer *make_writers(compilation *c, MlirOperation step, map *by_name)
{
    const nir_net *net = &c->net;
    writer *writers = ARENA_ARRAY(&c->a, writer, net->n_nodes);
    ir b = {.ctx = c->ctx};
    for (int64_t n = 0; n < net->n_nodes; n++) {
        const char *name = net->nodes[n].name;
        writers[n] = (writer){.a = &c->a,
                              .step = step,
                              .node = name,
                              .text = {.a = &c->a},
                              .notes = {.a = &c->a},
                              .t = {.a = &c->a, .differ = {.a = &c->a}}};
        if (nir_is_neuron(net->nodes[n].kind)) {
            map_set(by_name, ir_text(&b, name).ptr, 0, n);
        }
    }
    return writers;
}

const char **formulas_of(compilation *c)
{
    assert(c->reached == STAGE_STEP || c->reached == STAGE_QUANTIZED);
    map by_name = {.a = &c->a};
    MlirOperation step = compile_find_step(c);
    writer *writers = make_writers(c, step, &by_name);
    int64_t n_ops;
    MlirOperation *ops = ir_list(ir_body(step, 0), &c->a, &n_ops);
    for (int64_t i = 0; i < n_ops; i++) {
        MlirAttribute node = ir_get(ops[i], "node");
        int64_t n = mlirAttributeIsNull(node) || !row_of(ops[i])
                        ? -1
                        : map_get(&by_name, node.ptr, 0);
        if (n >= 0) {
            writer *w = &writers[n];
            assert(w->n_ops < MAX_OPS && "a neuron has few operations");
            w->ops[w->n_ops++] = ops[i];
        }
    }
    const char **formulas = ARENA_ARRAY(&c->a, const char *, c->net.n_nodes);
    for (int64_t n = 0; n < c->net.n_nodes; n++) {
        formulas[n] = writers[n].n_ops > 0 ? write_formula(&writers[n]) : NULL;
    }
    return formulas;
}

const char *formula_of(compilation *c, int64_t node)
{
    return formulas_of(c)[node];
}
