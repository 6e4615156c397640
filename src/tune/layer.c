/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * layer.c - finds the neuron behind a product: a chain of snn.integrate whose
 * states nothing else changes, and a snn.fire at its end, or none.
 */
#include "tune/layer.h"

#include <string.h>

static bool is_product(MlirOperation op)
{
    return ir_is(op, "snn.linear") || ir_is(op, "snn.conv");
}

static MlirValue result(MlirOperation op, intptr_t i)
{
    return mlirOperationGetResult(op, i);
}

/* The only user of v; null: it has none, or several. */
static MlirOperation only_user(MlirValue v)
{
    MlirOpOperand use = mlirValueGetFirstUse(v);
    if (mlirOpOperandIsNull(use) ||
        !mlirOpOperandIsNull(mlirOpOperandGetNextUse(use))) {
        return (MlirOperation){NULL};
    }
    return mlirOpOperandGetOwner(use);
}

/* The operation of this name that has v as its first operand. */
static MlirOperation user_named(MlirValue v, const char *name)
{
    MlirOpOperand use = mlirValueGetFirstUse(v);
    for (; !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        MlirOperation user = mlirOpOperandGetOwner(use);
        if (ir_is(user, name) &&
            mlirValueEqual(mlirOperationGetOperand(user, 0), v)) {
            return user;
        }
    }
    return (MlirOperation){NULL};
}

/* What the step makes of a state that it gets; null: v is no state. */
static MlirValue next_of(MlirOperation step, MlirValue v)
{
    MlirBlock body = ir_body(step, 0);
    MlirOperation yield = mlirBlockGetTerminator(body);
    intptr_t states = mlirArrayAttrGetNumElements(ir_get(step, "state_names"));
    intptr_t arguments = mlirBlockGetNumArguments(body);
    for (intptr_t i = 1; i <= states; i++) {
        if (mlirValueEqual(v, mlirBlockGetArgument(body, arguments - i))) {
            return mlirOperationGetOperand(
                yield, mlirOperationGetNumOperands(yield) - i);
        }
    }
    return (MlirValue){NULL};
}

/* What the states get: op's result, or the sum that it is a term of. */
static bool find_products(MlirOperation op, layer *l, MlirValue *current,
                          const char **why)
{
    *current = result(op, 0);
    l->products[l->n_products++] = op;
    MlirOperation sum = only_user(*current);
    if (!ir_is(sum, "snn.sum")) {
        return true;
    }
    *current = result(sum, 0);
    l->n_products = 0;
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(sum); i++) {
        MlirOperation term = ir_owner(mlirOperationGetOperand(sum, i));
        if (!is_product(term)) {
            continue; /* it stays what it is */
        }
        if (l->n_products == LAYER_PRODUCTS ||
            mlirOperationIsNull(only_user(result(term, 0)))) {
            *why = "the sum behind it has too many terms, or one is used "
                   "elsewhere";
            return false;
        }
        l->products[l->n_products++] = term;
    }
    return true;
}

static bool find_fire(layer *l, MlirValue v, MlirValue *kept, const char **why)
{
    l->fire = user_named(v, "snn.fire");
    *kept = v;
    if (mlirOperationIsNull(l->fire)) {
        return true;
    }
    *kept = result(l->fire, 1);
    l->to_value = !mlirAttributeIsNull(ir_get(l->fire, "reset"));
    if (!mlirAttributeIsNull(ir_get(l->fire, "cap"))) {
        *why = "its neuron counts spikes";
        return false;
    }
    return true;
}

static bool find_states(MlirOperation step, MlirValue current, layer *l,
                        const char **why)
{
    MlirOperation op = user_named(current, "snn.integrate");
    while (!mlirOperationIsNull(op)) {
        if (l->n_states == LAYER_STATES) {
            *why = "its neuron has too many states";
            return false;
        }
        l->states[l->n_states++] = op;
        MlirValue after = result(op, 0);
        MlirOperation behind = user_named(after, "snn.integrate");
        MlirValue kept = after;
        if (mlirOperationIsNull(behind) && !find_fire(l, after, &kept, why)) {
            return false;
        }
        MlirValue next = next_of(step, mlirOperationGetOperand(op, 1));
        if (!next.ptr || !mlirValueEqual(next, kept)) {
            *why = "its neuron changes its state in other ways, too";
            return false;
        }
        op = behind;
    }
    if (l->n_states == 0) {
        *why = "no neuron is behind it";
    }
    return l->n_states > 0;
}

bool layer_find(MlirOperation step, MlirOperation op, layer *l,
                const char **why)
{
    *l = (layer){0};
    MlirValue current;
    if (!find_products(op, l, &current, why)) {
        return false;
    }
    if (mlirOperationIsNull(only_user(current))) {
        *why = "what it gives is used more than once";
        return false;
    }
    for (int64_t i = 0; i < l->n_products; i++) {
        if (ir_is(l->products[i], "snn.linear") &&
            ir_rank(mlirOperationGetOperand(l->products[i], 1)) != 2) {
            *why = "its weights are several matrices";
            return false;
        }
    }
    return find_states(step, current, l, why);
}
