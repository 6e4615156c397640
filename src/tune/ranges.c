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

/* What one value was, element by element. */
typedef struct range {
    double *least;
    double *most;
    bool whole;
} range;

static void widen(range *r, const track *t, int64_t steps)
{
    for (int64_t i = 0; i < steps * t->size; i++) {
        double x = (double)t->numbers[i];
        int64_t e = i % t->size;
        r->least[e] = fmin(r->least[e], x);
        r->most[e] = fmax(r->most[e], x);
        r->whole = r->whole && x == rint(x);
    }
}

static MlirAttribute range_of(MlirValue v, const record *r, arena *a)
{
    int64_t n = ir_count(v);
    range all = {ARENA_ARRAY(a, double, n), ARENA_ARRAY(a, double, n), true};
    MlirValue at = v;
    for (; at.ptr; at = successor(at)) {
        widen(&all, record_of(r, at), r->runs * r->steps);
    }
    ir b = ir_at_end(
        mlirBlockArgumentGetOwner(v),
        mlirLocationUnknownGet(mlirTypeGetContext(mlirValueGetType(v))));
    ir_attr items[] = {
        {"least", ir_f64_elements(&b, mlirValueGetType(v), n, all.least)},
        {"most", ir_f64_elements(&b, mlirValueGetType(v), n, all.most)},
        {"whole", mlirBoolAttrGet(b.ctx, all.whole)}};
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

bool tune_ranges(MlirOperation step, const tune_data *data, diag *d,
                 MlirAttribute *ranges)
{
    arena own = {0};
    record r = {0};
    MlirBlock body = ir_body(step, 0);
    MlirContext ctx = mlirOperationGetContext(step);
    intptr_t n = mlirBlockGetNumArguments(body);
    for (intptr_t i = 0; i < n; i++) {
        MlirValue v = mlirBlockGetArgument(body, i);
        for (; v.ptr && ir_is_float(ir_element(v)); v = successor(v)) {
            record_add(&r, v, &own);
        }
    }
    bool good = record_has_data(step, data, d) &&
                record_run(&r, step, data, 0, 0, &own, d);
    MlirNamedAttribute *items = ARENA_ARRAY(&own, MlirNamedAttribute, n);
    intptr_t m = 0;
    for (intptr_t i = 0; i < n && good; i++) {
        MlirValue v = mlirBlockGetArgument(body, i);
        if (ir_is_float(ir_element(v))) {
            items[m++] = mlirNamedAttributeGet(
                mlirIdentifierGet(ctx, argument_name(step, i)),
                range_of(v, &r, &own));
        }
    }
    if (good) {
        *ranges = mlirDictionaryAttrGet(ctx, m, items);
    }
    arena_free(&own);
    return good;
}
