/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ranges.c - how far inputs and states of floats go on data.
 */
#include <math.h>

#include "tune/layer.h"

/* A state in a step: what it is before, and what its operations make of it. */
static const struct {
    const char *op;
    intptr_t state;
} keepers[] = {
    {"snn.integrate", 1}, {"snn.fire", 0},       {"snn.reset", 0},
    {"snn.clamp", 0},     {"snn.delay_push", 1},
};

/* The state that an operation makes of v; null: none does. */
static MlirValue successor(MlirValue v)
{
    MlirOpOperand use = mlirValueGetFirstUse(v);
    for (; !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        MlirOperation user = mlirOpOperandGetOwner(use);
        for (size_t i = 0; i < sizeof keepers / sizeof *keepers; i++) {
            if (ir_is(user, keepers[i].op) &&
                mlirOpOperandGetOperandNumber(use) == keepers[i].state) {
                intptr_t last = mlirOperationGetNumResults(user) - 1;
                return mlirOperationGetResult(user, last);
            }
        }
    }
    return (MlirValue){NULL};
}

/* What an argument and its successors were, element by element. */
typedef struct range {
    MlirValue argument;
    int64_t size;
    double *least;
    double *most;
    bool whole;
} range;

/* All arguments that are floats. */
typedef struct ranges {
    range *list;
    intptr_t n;
} ranges;

static void widen(range *r, const double *numbers)
{
    for (int64_t e = 0; e < r->size; e++) {
        double x = numbers[e];
        r->least[e] = fmin(r->least[e], x);
        r->most[e] = fmax(r->most[e], x);
        r->whole = r->whole && x == rint(x);
    }
}

/* Behind each step. */
static void look(const reference *machine, void *user)
{
    ranges *all = user;
    for (intptr_t i = 0; i < all->n; i++) {
        range *r = &all->list[i];
        MlirValue v = r->argument;
        for (; v.ptr; v = successor(v)) {
            widen(r, reference_numbers(machine, v));
        }
    }
}

static MlirAttribute range_of(const range *r)
{
    MlirType type = mlirValueGetType(r->argument);
    ir b = ir_at_end(mlirBlockArgumentGetOwner(r->argument),
                     mlirLocationUnknownGet(mlirTypeGetContext(type)));
    ir_attr items[] = {{"least", ir_f64_elements(&b, type, r->size, r->least)},
                       {"most", ir_f64_elements(&b, type, r->size, r->most)},
                       {"whole", mlirBoolAttrGet(b.ctx, r->whole)}};
    return ir_dictionary(&b, 3, items);
}

static MlirStringRef argument_name(MlirOperation step, intptr_t i)
{
    MlirAttribute names = ir_get(step, "input_names");
    intptr_t inputs = mlirArrayAttrGetNumElements(names);
    names = i < inputs ? names : ir_get(step, "state_names");
    return mlirStringAttrGetValue(
        mlirArrayAttrGetElement(names, i < inputs ? i : i - inputs));
}

static ranges arguments_of(MlirOperation step, arena *a)
{
    MlirBlock body = ir_body(step, 0);
    intptr_t n = mlirBlockGetNumArguments(body);
    ranges all = {.list = ARENA_ARRAY(a, range, n)};
    for (intptr_t i = 0; i < n; i++) {
        MlirValue v = mlirBlockGetArgument(body, i);
        int64_t size = ir_count(v);
        if (ir_is_float(ir_element(v))) {
            all.list[all.n++] = (range){.argument = v,
                                        .size = size,
                                        .least = ARENA_ARRAY(a, double, size),
                                        .most = ARENA_ARRAY(a, double, size),
                                        .whole = true};
        }
    }
    return all;
}

bool tune_ranges(MlirOperation step, const tune_data *data, diag *d,
                 MlirAttribute *result)
{
    arena own = {0};
    ranges all = arguments_of(step, &own);
    MlirContext ctx = mlirOperationGetContext(step);
    bool good = record_has_data(step, data, d) &&
                record_visit(step, data, look, &all, &own, d);
    MlirNamedAttribute *items =
        ARENA_ARRAY(&own, MlirNamedAttribute, all.n + 1);
    for (intptr_t i = 0; i < all.n && good; i++) {
        intptr_t at = mlirBlockArgumentGetArgNumber(all.list[i].argument);
        items[i] = mlirNamedAttributeGet(
            mlirIdentifierGet(ctx, argument_name(step, at)),
            range_of(&all.list[i]));
    }
    if (good) {
        *result = mlirDictionaryAttrGet(ctx, all.n, items);
    }
    arena_free(&own);
    return good;
}
