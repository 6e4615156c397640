/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_groups.c - values that have one type, whatever it becomes: a state
 * before and after each operation of its neuron, a delay's line in each step.
 */
#include <assert.h>
#include <string.h>

#include "mlir-c/Dialect/Quant.h"
#include "passes/quantize.h"

static int64_t place_of(const quantizer *q, MlirValue v)
{
    int64_t i = map_get(&q->places, v.ptr, 0);
    assert(i >= 0 && "a value of the step: it is isolated from above");
    return i;
}

static int64_t root_of(const quantizer *q, int64_t i)
{
    while (q->parent[i] != i) {
        i = q->parent[i];
    }
    return i;
}

static void unite(quantizer *q, MlirValue x, MlirValue y)
{
    int64_t a = root_of(q, place_of(q, x));
    int64_t b = root_of(q, place_of(q, y));
    q->parent[a > b ? a : b] = a > b ? b : a;
}

bool group_has(const quantizer *q, MlirValue v, MlirValue member)
{
    return root_of(q, place_of(q, v)) == root_of(q, place_of(q, member));
}

static void add(quantizer *q, MlirValue v)
{
    map_set(&q->places, v.ptr, 0, q->n_values);
    q->parent[q->n_values] = q->n_values;
    q->values[q->n_values++] = v;
}

static void add_all(quantizer *q, MlirOperation *ops, int64_t n)
{
    intptr_t arguments = mlirBlockGetNumArguments(q->body);
    int64_t count = arguments;
    for (int64_t i = 0; i < n; i++) {
        count += mlirOperationGetNumResults(ops[i]);
    }
    q->values = ARENA_ARRAY(q->a, MlirValue, count);
    q->parent = ARENA_ARRAY(q->a, int64_t, count);
    q->places.a = q->a;
    for (intptr_t i = 0; i < arguments; i++) {
        add(q, mlirBlockGetArgument(q->body, i));
    }
    for (int64_t i = 0; i < n; i++) {
        /* weights get replaced */
        bool weights = ir_is(ops[i], "snn.constant") &&
                       !quantize_is_typed(mlirOperationGetResult(ops[i], 0));
        for (intptr_t k = 0; !weights && k < mlirOperationGetNumResults(ops[i]);
             k++) {
            add(q, mlirOperationGetResult(ops[i], k));
        }
    }
}

/* An operation on a state: which operand it is; the last result is what it
 * becomes. */
typedef struct keeper {
    const char *op;
    intptr_t state;
} keeper;

static const keeper keepers[] = {
    {"snn.integrate", 1}, {"snn.fire", 0},       {"snn.reset", 0},
    {"snn.clamp", 0},     {"snn.delay_push", 1},
};

/* Whether v is a state after a step, an input or a constant. What other
 * operations make has the type that they give it. */
static bool is_kept(MlirValue v)
{
    MlirOperation from = ir_owner(v);
    bool kept = mlirOperationIsNull(from) || ir_is(from, "snn.constant");
    for (size_t i = 0; !kept && i < sizeof keepers / sizeof *keepers; i++) {
        kept = ir_is(from, keepers[i].op);
    }
    return kept;
}

static void unite_state(quantizer *q, MlirOperation op)
{
    for (size_t i = 0; i < sizeof keepers / sizeof *keepers; i++) {
        if (ir_is(op, keepers[i].op)) {
            intptr_t last = mlirOperationGetNumResults(op) - 1;
            unite(q, mlirOperationGetOperand(op, keepers[i].state),
                  mlirOperationGetResult(op, last));
        }
    }
    if (ir_is(op, "snn.fire") && mlirOperationGetNumOperands(op) > 1) {
        unite(q, mlirOperationGetOperand(op, 0),
              mlirOperationGetOperand(op, 1));
    }
}

/* A group with a constant has that one's type. */
static void adopt_constants(quantizer *q)
{
    for (int64_t i = 0; i < q->n_values; i++) {
        MlirOperation from = ir_owner(q->values[i]);
        if (!mlirOperationIsNull(from) && ir_is(from, "snn.constant") &&
            mlirTypeIsAQuantizedType(ir_element(q->values[i]))) {
            group_adopt(q, q->values[i], q->values[i]);
        }
    }
}

void groups_find(quantizer *q)
{
    int64_t n;
    MlirOperation *ops = ir_list(q->body, q->a, &n);
    add_all(q, ops, n);
    for (int64_t i = 0; i < n; i++) {
        unite_state(q, ops[i]);
    }
    MlirOperation yield = mlirBlockGetTerminator(q->body);
    intptr_t states =
        mlirArrayAttrGetNumElements(ir_get(q->step, "state_names"));
    intptr_t arguments = mlirBlockGetNumArguments(q->body);
    intptr_t yielded = mlirOperationGetNumOperands(yield);
    for (intptr_t i = 1; i <= states; i++) {
        MlirValue after = mlirOperationGetOperand(yield, yielded - i);
        if (is_kept(after)) {
            unite(q, mlirBlockGetArgument(q->body, arguments - i), after);
        }
    }
    adopt_constants(q);
}

const char *quantize_argument_name(const quantizer *q, intptr_t i)
{
    MlirAttribute names = ir_get(q->step, "input_names");
    intptr_t inputs = mlirArrayAttrGetNumElements(names);
    if (i >= inputs) {
        names = ir_get(q->step, "state_names");
        i -= inputs;
    }
    MlirStringRef s = mlirStringAttrGetValue(mlirArrayAttrGetElement(names, i));
    return arena_text(q->a, s.data, (int64_t)s.length);
}

const char *group_state(const quantizer *q, MlirValue v)
{
    intptr_t inputs =
        mlirArrayAttrGetNumElements(ir_get(q->step, "input_names"));
    for (intptr_t i = inputs; i < mlirBlockGetNumArguments(q->body); i++) {
        if (group_has(q, v, mlirBlockGetArgument(q->body, i))) {
            return quantize_argument_name(q, i);
        }
    }
    return NULL;
}

void group_set(quantizer *q, MlirValue v, int bits, scales s)
{
    int64_t root = root_of(q, place_of(q, v));
    for (int64_t i = 0; i < q->n_values; i++) {
        if (root_of(q, i) == root && !quantize_is_typed(q->values[i])) {
            quantize_set(q, q->values[i], bits, s);
        }
    }
}

void group_adopt(quantizer *q, MlirValue v, MlirValue like)
{
    int64_t root = root_of(q, place_of(q, v));
    for (int64_t i = 0; i < q->n_values; i++) {
        if (root_of(q, i) == root && !quantize_is_typed(q->values[i])) {
            MlirType type = mlirValueGetType(q->values[i]);
            mlirValueSetType(q->values[i],
                             ir_tensor_like(type, ir_element(like)));
        }
    }
}

const char *group_range_name(const quantizer *q, MlirValue v)
{
    int64_t place = map_get(&q->places, v.ptr, 0);
    for (intptr_t i = 0; place >= 0 && i < mlirBlockGetNumArguments(q->body);
         i++) {
        if (group_has(q, v, mlirBlockGetArgument(q->body, i))) {
            return quantize_argument_name(q, i);
        }
    }
    return NULL;
}
