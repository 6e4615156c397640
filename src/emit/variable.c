/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * variable.c - variables for what loops and branches yield.
 *
 * In MLIR every value is new; in C a loop updates a variable. A loop's results,
 * its values in the body and what the body yields share one variable wherever
 * none of them is needed again after the next has taken its place.
 */
#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "emit/body.h"
#include "ir/ir.h"

/*===- assignment -----------------------------------------------------------*/

void variable_assign(body *b, const char *to, term value)
{
    if (!value.left || strcmp(value.left, to) != 0) {
        body_line(b, "%s = %s;", to, term_assigned(b->p->a, value));
    } else if (strcmp(value.op, "+") == 0 && strcmp(value.right, "1U") == 0 &&
               !strchr(to, '[')) {
        body_line(b, "%s++;", to);
    } else {
        body_line(b, "%s %s= %s;", to, value.op, value.right);
    }
}

/* Gives a value a constant, so that it outlives the variable it comes from. */
static term keep(body *b, term value)
{
    const char *name = names_take(&b->scope, "kept");
    body_line(b, "const %s %s = %s;", value.type->name, name,
              term_value(b->p->a, value));
    return term_atom(name, value.type);
}

static bool is_literal(term t)
{
    return t.is_atom && strchr("0123456789-", t.text[0]);
}

void variable_yield(body *b, MlirOperation end, intptr_t first,
                    const variable *to, intptr_t n)
{
    term *values = ARENA_ARRAY(b->p->a, term, n);
    bool *moves = ARENA_ARRAY(b->p->a, bool, n);
    intptr_t n_moves = 0;
    for (intptr_t i = 0; i < n; i++) {
        MlirValue from = mlirOperationGetOperand(end, first + i);
        if (mlirValueEqual(from, to[i].holder)) {
            continue;
        }
        values[i] = body_operand(b, end, first + i);
        moves[i] = strcmp(values[i].text, to[i].name) != 0;
        n_moves += moves[i];
    }
    for (intptr_t i = 0; i < n && n_moves > 1; i++) {
        if (moves[i] && !is_literal(values[i])) {
            values[i] = keep(b, values[i]);
        }
    }
    for (intptr_t i = 0; i < n; i++) {
        if (moves[i]) {
            variable_assign(b, to[i].name, values[i]);
        }
    }
}

/*===- places ---------------------------------------------------------------*/

const variable *variable_find(const body *b, MlirValue value)
{
    int64_t i = map_get(&b->variable_of, value.ptr, 0);
    return i < 0 ? NULL : &b->variables[i];
}

/* The operation of block that is op or contains it; null: none. */
static MlirOperation ancestor(MlirOperation op, MlirBlock block)
{
    while (!mlirOperationIsNull(op) &&
           !mlirBlockEqual(mlirOperationGetBlock(op), block)) {
        op = mlirOperationGetParentOperation(op);
    }
    return op;
}

/* May use, of what a variable holds, still be made once op has set it anew? */
static bool is_in_the_way(MlirOpOperand use, MlirOperation op, bool is_loop)
{
    MlirOperation user = mlirOpOperandGetOwner(use);
    MlirOperation at = ancestor(user, mlirOperationGetBlock(op));
    if (mlirOperationIsNull(at)) {
        return false; /* further out: op's own place was checked there */
    }
    if (!mlirOperationEqual(at, op)) {
        return !mlirOperationIsBeforeInBlock(at, op);
    }
    bool starts = mlirOperationEqual(user, op) &&
                  mlirOpOperandGetOperandNumber(use) != 1 &&
                  mlirOpOperandGetOperandNumber(use) != 2;
    return is_loop && !starts;
}

/* Is what the variable holds needed once op has set it anew? */
static bool is_needed(body *b, const variable *v, MlirOperation op)
{
    int64_t i = mlirValueIsNull(v->holder)
                    ? -1
                    : map_get(&b->local_of, v->holder.ptr, 0);
    if (i < 0 || strcmp(b->locals[i].t.text, v->name) != 0) {
        return false; /* it lives elsewhere, too */
    }
    for (MlirOpOperand use = mlirValueGetFirstUse(v->holder);
         !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        if (is_in_the_way(use, op, ir_is(op, "scf.for"))) {
            return true;
        }
    }
    return false;
}

void variable_place(body *b, MlirBlock block, const variable *to)
{
    MlirOperation end = mlirBlockGetTerminator(block);
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(end); i++) {
        MlirValue value = mlirOperationGetOperand(end, i);
        MlirOperation op = ir_owner(value);
        bool yields = ir_is(op, "scf.for") || ir_is(op, "scf.if");
        if (!yields || !mlirBlockEqual(mlirOperationGetBlock(op), block) ||
            variable_find(b, value) || is_needed(b, &to[i], op)) {
            continue;
        }
        b->variables = arena_grow(b->p->a, b->variables, b->n_variables,
                                  &b->variable_capacity, sizeof *b->variables);
        map_set(&b->variable_of, value.ptr, 0, b->n_variables);
        b->variables[b->n_variables++] = to[i];
    }
}
