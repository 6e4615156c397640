/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_old.c - values that a state had before the step. An operation on a
 * state overwrites it, so what is yielded of them is taken before.
 */
#include "passes/lower.h"

/* What a chain of collapsed shapes starts from. */
static MlirValue uncollapsed(MlirValue value)
{
    while (ir_is(ir_owner(value), "tensor.collapse_shape")) {
        value = mlirOperationGetOperand(ir_owner(value), 0);
    }
    return value;
}

static intptr_t first_state(MlirOperation step)
{
    return mlirArrayAttrGetNumElements(ir_get(step, "input_names"));
}

/* The state that value was before the step, of any shape; -1: it is none. */
static intptr_t old_state(MlirOperation step, MlirValue value)
{
    MlirBlock body = ir_body(step, 0);
    for (intptr_t i = first_state(step); i < mlirBlockGetNumArguments(body);
         i++) {
        if (mlirValueEqual(uncollapsed(value), mlirBlockGetArgument(body, i))) {
            return i - first_state(step);
        }
    }
    return -1;
}

bool lower_is_old_state(MlirOperation step, MlirValue value)
{
    return old_state(step, value) >= 0;
}

/* The state whose buffer value is in after operations on it. */
static MlirValue kept_in(MlirValue value)
{
    MlirOperation op = ir_owner(value);
    while (!mlirOperationIsNull(op)) {
        bool second = ir_is(op, "snn.integrate") || ir_is(op, "snn.delay_push");
        if (!second && !ir_is(op, "snn.fire") && !ir_is(op, "snn.reset") &&
            !ir_is(op, "snn.clamp")) {
            break;
        }
        value = mlirOperationGetOperand(op, second ? 1 : 0);
        op = ir_owner(value);
    }
    return value;
}

bool lower_is_overwritten(MlirOperation step, MlirValue value)
{
    MlirBlock body = ir_body(step, 0);
    MlirOperation yield = mlirBlockGetTerminator(body);
    intptr_t n = mlirBlockGetNumArguments(body) - first_state(step);
    intptr_t place = mlirOperationGetNumOperands(yield) - n;
    MlirValue after =
        mlirOperationGetOperand(yield, place + old_state(step, value));
    return !mlirOperationIsNull(ir_owner(after)) &&
           mlirValueEqual(kept_in(after), uncollapsed(value));
}

MlirValue lower_early(lowering *l, MlirValue value)
{
    MlirOperation op = ir_owner(value);
    if (!ir_is(op, "tensor.collapse_shape")) {
        return lower_dense(l, value);
    }
    MlirValue x = lower_early(l, mlirOperationGetOperand(op, 0));
    MlirOperation copy = mlirOperationClone(op);
    mlirOperationSetOperand(copy, 0, x);
    mlirOperationSetLocation(copy, l->b.loc);
    mlirBlockAppendOwnedOperation(l->b.block, copy);
    return mlirOperationGetResult(copy, 0);
}

/* A tensor of its own: an empty one might become where the copy goes later. */
MlirValue lower_copy(lowering *l, MlirValue from)
{
    MlirType type = mlirValueGetType(from);
    ir_attr sizes = {"operandSegmentSizes",
                     ir_parse(&l->b, "array<i32: 0, 1, 0>")};
    return ir_op1(&l->b, "bufferization.alloc_tensor",
                  (ir_parts){.operands = &from,
                             .n_operands = 1,
                             .results = &type,
                             .n_results = 1,
                             .attrs = &sizes,
                             .n_attrs = 1});
}

/* Operations that are computed in one loop with the others of their neuron. */
static bool is_neuron_part(MlirOperation op)
{
    return ir_is(op, "snn.fire") || ir_is(op, "snn.reset") ||
           ir_is(op, "snn.clamp");
}

static bool uses(MlirOperation op, MlirValue value)
{
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
        if (mlirValueEqual(mlirOperationGetOperand(op, i), value)) {
            return true;
        }
    }
    return false;
}

bool lower_outlives(MlirOperation op, MlirValue *state)
{
    if (!ir_is(op, "snn.integrate")) {
        return false;
    }
    *state = mlirOperationGetOperand(op, 1);
    MlirOperation next = mlirOperationGetNextInBlock(op);
    for (; mlirValueIsABlockArgument(*state) && !mlirOperationIsNull(next);
         next = mlirOperationGetNextInBlock(next)) {
        if (uses(next, *state) && !is_neuron_part(next) &&
            !ir_is(next, "snn.yield")) {
            return true;
        }
    }
    return false;
}
