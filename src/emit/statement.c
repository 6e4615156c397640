/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * statement.c - operations that do something: stores, loops, branches.
 */
#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "emit/body.h"
#include "emit/operation.h"
#include "ir/ir.h"

/*===- values ---------------------------------------------------------------*/

/* Is value used once, by an operation of op's own block? */
static bool is_used_here(MlirOperation op, MlirValue value)
{
    MlirOpOperand use = mlirValueGetFirstUse(value);
    return mlirOpOperandIsNull(mlirOpOperandGetNextUse(use)) &&
           mlirBlockEqual(mlirOperationGetBlock(op),
                          mlirOperationGetBlock(mlirOpOperandGetOwner(use)));
}

/* Declares a constant that is op's result. */
static void bind_name(body *b, MlirOperation op, term t)
{
    const char *name = names_take(&b->scope, name_of_result(b, op, t));
    body_line(b, "const %s %s = %s;", t.type->name, name,
              term_assigned(b->p->a, t));
    body_bind(b, mlirOperationGetResult(op, 0), term_atom(name, t.type), false);
}

void body_name_result(body *b, MlirOperation op)
{
    bind_name(b, op, expression_of(b, op));
}

static void compute(body *b, MlirOperation op)
{
    MlirValue value = mlirOperationGetResult(op, 0);
    if (map_get(&b->local_of, value.ptr, 0) >= 0) {
        return; /* it came before its loop */
    }
    if (mlirOpOperandIsNull(mlirValueGetFirstUse(value))) {
        return; /* it has no effect */
    }
    term t = expression_of(b, op);
    if (is_used_here(op, value)) {
        body_bind(b, value, t, true);
        return;
    }
    bind_name(b, op, t);
}

/*===- memory ---------------------------------------------------------------*/

static void store(body *b, MlirOperation op)
{
    const char *to = expression_element(b, op);
    term value = body_operand(b, op, 0);
    body_flush(b, false);
    variable_assign(b, to, value);
}

/* A name for a loop's counter: i, j, k, ... */
static const char *take_counter(body *b, const char *wanted)
{
    static const char *const letters[] = {"i", "j", "k", "l", "m", "p", "q"};
    if (wanted) {
        return names_take(&b->scope, wanted);
    }
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        if (!names_has(&b->scope, letters[i])) {
            return names_take(&b->scope, letters[i]);
        }
    }
    return names_take(&b->scope, "i");
}

static void copy(body *b, MlirOperation op)
{
    body_flush(b, true);
    const char *from = body_buffer(b, op, 0);
    const char *to = body_buffer(b, op, 1);
    const char *size =
        body_dimension(b, op, 0, ir_count(mlirOperationGetOperand(op, 0)));
    if (strcmp(size, "1U") == 0) {
        body_line(b, "%s[0U] = %s[0U];", to, from);
        return;
    }
    int64_t mark = b->scope.n;
    const char *i = take_counter(b, NULL);
    body_line(b, "for (uint32_t %s = 0U; %s < %s; %s++) {", i, i, size, i);
    b->indent++;
    body_line(b, "%s[%s] = %s[%s];", to, i, from, i);
    b->indent--;
    body_line(b, "}");
    names_release(&b->scope, mark);
}

/*===- blocks ---------------------------------------------------------------*/

/* Prints a block whose terminator's operands go to these variables. */
static void print_block(body *b, MlirBlock block, const variable *to,
                        intptr_t n)
{
    int64_t mark = b->scope.n;
    b->indent++;
    variable_place(b, block, to);
    MlirOperation end = mlirBlockGetTerminator(block);
    for (MlirOperation op = mlirBlockGetFirstOperation(block);
         !mlirOperationEqual(op, end); op = mlirOperationGetNextInBlock(op)) {
        body_op(b, op);
    }
    variable_yield(b, end, 0, to, n);
    b->indent--;
    names_release(&b->scope, mark);
}

/* The variable of each result of op; those not placed are yet to declare. */
static variable *result_variables(body *b, MlirOperation op)
{
    intptr_t n = mlirOperationGetNumResults(op);
    variable *v = ARENA_ARRAY(b->p->a, variable, n);
    for (intptr_t i = 0; i < n; i++) {
        const variable *placed =
            variable_find(b, mlirOperationGetResult(op, i));
        v[i] = placed ? *placed : (variable){0};
    }
    return v;
}

static void bind_results(body *b, MlirOperation op, const variable *v)
{
    for (intptr_t i = 0; i < mlirOperationGetNumResults(op); i++) {
        MlirValue result = mlirOperationGetResult(op, i);
        body_bind(b, result, term_atom(v[i].name, plan_type(b->p, result)),
                  false);
    }
}

/*===- loops ----------------------------------------------------------------*/

/* Is the counter only there to walk along a list of indices? */
static bool walks_list(MlirValue counter)
{
    MlirOpOperand use = mlirValueGetFirstUse(counter);
    if (mlirOpOperandIsNull(use) ||
        !mlirOpOperandIsNull(mlirOpOperandGetNextUse(use))) {
        return false;
    }
    MlirOperation load = mlirOpOperandGetOwner(use);
    if (!ir_is(load, "memref.load")) {
        return false;
    }
    use = mlirValueGetFirstUse(mlirOperationGetResult(load, 0));
    return !mlirOpOperandIsNull(use) &&
           ir_is(mlirOpOperandGetOwner(use), "arith.index_castui");
}

static const char *counter_name(MlirOperation op, const char *step)
{
    MlirValue counter = mlirBlockGetArgument(ir_body(op, 0), 0);
    return walks_list(counter)                ? "e"
           : strcmp(step, "1U") == 0          ? NULL
           : strcmp(step, "UINT64_C(1)") == 0 ? NULL
                                              : "block";
}

/* Declares or sets the variables that the loop carries. */
static void begin_carried(body *b, MlirOperation op, variable *v)
{
    intptr_t n = mlirOperationGetNumResults(op);
    MlirBlock block = ir_body(op, 0);
    for (intptr_t i = 0; i < n; i++) {
        if (!v[i].name) {
            term init = body_operand(b, op, 3 + i);
            const char *name =
                name_of_carried(b, mlirBlockGetArgument(block, 1 + i));
            v[i].name = names_take(&b->scope, name);
            v[i].holder = mlirOperationGetOperand(op, 3 + i);
            body_line(b, "%s %s = %s;", init.type->name, v[i].name,
                      term_value(b->p->a, init));
        }
    }
    variable_yield(b, op, 3, v, n);
    for (intptr_t i = 0; i < n; i++) {
        v[i].holder = mlirBlockGetArgument(block, 1 + i);
        body_bind(b, v[i].holder,
                  term_atom(v[i].name, plan_type(b->p, v[i].holder)), false);
    }
}

/* A buffer that the loop's counter is the only index of; null: none. */
static const storage *counted_buffer(const body *b, MlirOperation op)
{
    MlirValue counter = mlirBlockGetArgument(ir_body(op, 0), 0);
    for (MlirOpOperand use = mlirValueGetFirstUse(counter);
         !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        MlirOperation user = mlirOpOperandGetOwner(use);
        operation_kind kind = operation_of(user)->kind;
        if (kind != OP_LOAD && kind != OP_STORE) {
            continue;
        }
        MlirValue memref =
            mlirOperationGetOperand(user, operation_memref(user));
        const storage *of = plan_buffer(b->p, memref);
        if (of && ir_rank(memref) == 1) {
            return of;
        }
    }
    return NULL;
}

/* Where a loop ends; outside kernels the name of the size that it is. */
static term end_of(body *b, MlirOperation op)
{
    term hi = body_operand(b, op, 1);
    const storage *of = b->c ? NULL : counted_buffer(b, op);
    const char *size =
        of ? text_printf(b->p->a, "%lldU", (long long)of->count) : "";
    if (strcmp(size, hi.text) == 0) {
        hi.text = plan_buffer_size(b->p, of);
    }
    return hi;
}

/* "for (uint32_t i = 0U; i < n; i++) {" */
static void print_head(body *b, MlirOperation op, term lo)
{
    term hi = end_of(b, op);
    term step = body_operand(b, op, 2);
    MlirValue counter = mlirBlockGetArgument(ir_body(op, 0), 0);
    const char *i = take_counter(b, counter_name(op, step.text));
    bool one =
        strcmp(step.text, "1U") == 0 || strcmp(step.text, "UINT64_C(1)") == 0;
    const char *next = one ? text_printf(b->p->a, "%s++", i)
                           : text_printf(b->p->a, "%s += %s", i, step.text);
    body_line(b, "for (%s %s = %s; %s < %s; %s) {", lo.type->name, i, lo.text,
              i, hi.text, next);
    body_bind(b, counter, term_atom(i, lo.type), false);
}

static void loop(body *b, MlirOperation op)
{
    variable *v = result_variables(b, op);
    body_name_operand(b, op, 1); /* C asks for the end again each time */
    body_name_operand(b, op, 2);
    term lo = body_operand(b, op, 0);
    for (intptr_t i = 3; i < mlirOperationGetNumOperands(op); i++) {
        body_name_operand(b, op, i);
    }
    body_flush(b, true);
    begin_carried(b, op, v);
    invariant_declare(b, op);
    int64_t mark = b->scope.n;
    print_head(b, op, lo);
    print_block(b, ir_body(op, 0), v, mlirOperationGetNumResults(op));
    names_release(&b->scope, mark);
    body_line(b, "}");
    bind_results(b, op, v);
}

/*===- branches -------------------------------------------------------------*/

/* Does the second branch only yield? Its values can come first, then. */
static bool only_yields(MlirOperation op)
{
    MlirBlock other = ir_body(op, 1);
    return mlirBlockIsNull(other) ||
           mlirOperationEqual(mlirBlockGetFirstOperation(other),
                              mlirBlockGetTerminator(other));
}

/* Declares the variables of results that were not placed. */
static void declare_results(body *b, MlirOperation op, variable *v)
{
    for (intptr_t i = 0; i < mlirOperationGetNumResults(op); i++) {
        if (v[i].name) {
            continue;
        }
        MlirValue result = mlirOperationGetResult(op, i);
        const c_type *type = plan_type(b->p, result);
        v[i].name = names_take(&b->scope, name_of_carried(b, result));
        if (!only_yields(op)) {
            body_line(b, "%s %s;", type->name, v[i].name);
            continue;
        }
        MlirOperation end = mlirBlockGetTerminator(ir_body(op, 1));
        term other = body_operand(b, end, i);
        v[i].holder = mlirOperationGetOperand(end, i);
        body_line(b, "%s %s = %s;", type->name, v[i].name,
                  term_value(b->p->a, other));
    }
}

static void branch(body *b, MlirOperation op)
{
    intptr_t n = mlirOperationGetNumResults(op);
    variable *v = result_variables(b, op);
    term condition = body_operand(b, op, 0);
    body_flush(b, true);
    declare_results(b, op, v);
    body_line(b, "if (%s) {", term_condition(b->p->a, condition));
    print_block(b, ir_body(op, 0), v, n);
    MlirBlock other = ir_body(op, 1);
    if (!mlirBlockIsNull(other)) {
        buf *out = b->out;
        buf inside = {.a = b->p->a};
        b->out = &inside;
        print_block(b, other, v, n);
        b->out = out;
        if (inside.size > 0) {
            body_line(b, "} else {");
            buf_bytes(out, inside.text, inside.size);
        }
    }
    body_line(b, "}");
    bind_results(b, op, v);
}

/*===- any operation --------------------------------------------------------*/

void body_op(body *b, MlirOperation op)
{
    if (operation_is_free(op)) {
        return; /* printed where it is used */
    }
    switch (operation_of(op)->kind) {
    case OP_STORE:
        store(b, op);
        break;
    case OP_COPY:
        copy(b, op);
        break;
    case OP_FOR:
        loop(b, op);
        break;
    case OP_IF:
        branch(b, op);
        break;
    case OP_FREE:
    case OP_END:
        break;
    case OP_BINARY:
    case OP_CHOICE:
    case OP_COMPARE:
    case OP_SELECT:
    case OP_CAST:
    case OP_NEGATE:
    case OP_LOAD:
        compute(b, op);
        break;
    }
}
