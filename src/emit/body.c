/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * body.c - values of a function's body: what they are in C, and which wait.
 */
#include "emit/body.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "emit/layout.h"
#include "emit/operation.h"
#include "emit/table.h"
#include "ir/ir.h"
#include "mlir-c/BuiltinAttributes.h"

body body_begin(plan *p, buf *out, const cluster *c)
{
    body b = {.p = p, .out = out, .indent = 1, .c = c};
    b.scope = (names){.a = p->a, .outer = &p->global};
    b.local_of.a = b.variable_of.a = b.row_of.a = p->a;
    const kernel *k = c ? c->kernel : NULL;
    for (int64_t i = 0; k && i < k->n_order; i++) {
        names_take(&b.scope, k->params[k->order[i]].name);
    }
    for (int64_t i = 0; !k && i < p->arguments.n; i++) {
        names_take(&b.scope, p->arguments.taken[i]);
    }
    return b;
}

void body_line(body *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    layout_line(b->out, b->indent, text_vprintf(b->p->a, format, args));
    va_end(args);
}

/*===- terms ----------------------------------------------------------------*/

term term_atom(const char *text, const c_type *type)
{
    return (term){.text = text, .type = type, .is_atom = true};
}

const char *term_inner(arena *a, term t)
{
    if (t.is_condition) {
        return text_printf(a, "(%s)", term_value(a, t));
    }
    return t.is_atom ? t.text : text_printf(a, "(%s)", t.text);
}

term term_as(arena *a, term t, const c_type *type)
{
    bool differs = (t.type->kind == TYPE_INT && type->kind == TYPE_UINT) ||
                   (t.type->kind == TYPE_UINT && type->kind == TYPE_INT);
    if (!differs || t.type->bits != type->bits) {
        return t;
    }
    return (term){.text =
                      text_printf(a, "(%s)%s", type->name, term_inner(a, t)),
                  .type = type,
                  .is_atom = true,
                  .reads = t.reads};
}

const char *term_value(arena *a, term t)
{
    return t.is_condition ? text_printf(a, "(%s) ? 1U : 0U", t.text) : t.text;
}

const char *term_condition(arena *a, term t)
{
    return t.is_condition ? t.text
                          : text_printf(a, "%s != 0U", term_inner(a, t));
}

const char *term_assigned(arena *a, term t)
{
    return t.bare ? t.bare : term_value(a, t);
}

/*===- values that wait -----------------------------------------------------*/

/* Declares a constant for a local, which waits no longer. */
static void declare(body *b, int64_t i)
{
    term t = b->locals[i].t;
    const char *name = name_of_result(b, ir_owner(b->locals[i].value), t);
    name = names_take(&b->scope, name);
    body_line(b, "const %s %s = %s;", t.type->name, name,
              term_assigned(b->p->a, t));
    b->locals[i].t = term_atom(name, t.type);
    b->locals[i].waits = false;
}

void body_flush(body *b, bool all)
{
    int64_t first = b->n_locals;
    for (int64_t i = b->first_waiting; i < b->n_locals; i++) {
        const local *l = &b->locals[i];
        if (l->waits && (all || l->t.reads)) {
            declare(b, i);
        } else if (l->waits && i < first) {
            first = i;
        }
    }
    b->first_waiting = first;
}

void body_bind(body *b, MlirValue value, term t, bool waits)
{
    b->locals = arena_grow(b->p->a, b->locals, b->n_locals, &b->local_capacity,
                           sizeof *b->locals);
    map_set(&b->local_of, value.ptr, 0, b->n_locals);
    b->locals[b->n_locals++] = (local){value, t, waits};
}

/*===- operands -------------------------------------------------------------*/

/* The parameter that part of op is; null: none. */
static const param *param_of(const body *b, MlirOperation op, int64_t part)
{
    if (!b->c) {
        return NULL;
    }
    int64_t i = map_get(&b->c->leaf_of, op.ptr, part);
    const kernel *k = b->c->kernel;
    return i < 0 ? NULL : &k->params[k->param_of[i]];
}

/* A constant, or an argument that is a number. */
static term outside(const body *b, MlirValue value, const c_type *wanted)
{
    arena *a = b->p->a;
    const c_type *type = plan_type(b->p, value);
    MlirOperation owner = ir_owner(value);
    if (ir_is(owner, "arith.constant")) {
        return term_atom(type_literal(a, ir_get(owner, "value"), wanted),
                         wanted);
    }
    if (!mlirOperationIsNull(owner) && operation_is_number(owner)) {
        const table *t =
            &b->p->tables[plan_table(b->p, mlirOperationGetOperand(owner, 0))];
        return term_atom(table_element(a, t, 0), type);
    }
    const storage *argument = plan_buffer(b->p, value);
    assert(argument && argument->count == 0);
    return term_atom(argument->name, type);
}

static term value_of(body *b, MlirValue value, const c_type *wanted)
{
    int64_t i = map_get(&b->local_of, value.ptr, 0);
    if (i < 0) {
        return outside(b, value, wanted);
    }
    b->locals[i].waits = false;
    return b->locals[i].t;
}

term body_value(body *b, MlirValue value)
{
    return value_of(b, value, plan_type(b->p, value));
}

term body_operand(body *b, MlirOperation op, intptr_t k)
{
    const param *q = param_of(b, op, k);
    const c_type *type = plan_operand_type(b->p, op, k);
    term t = q ? term_atom(q->text, q->type)
               : value_of(b, mlirOperationGetOperand(op, k), type);
    return term_as(b->p->a, t, type);
}

void body_name_operand(body *b, MlirOperation op, intptr_t k)
{
    MlirValue value = mlirOperationGetOperand(op, k);
    int64_t i = map_get(&b->local_of, value.ptr, 0);
    if (i >= 0 && b->locals[i].waits) {
        declare(b, i);
    }
}

const char *body_buffer(body *b, MlirOperation op, intptr_t k)
{
    const param *q = param_of(b, op, k);
    if (q) {
        return q->text;
    }
    MlirValue value = mlirOperationGetOperand(op, k);
    if (!mlirOperationIsNull(operation_global(value))) {
        return b->p->tables[plan_table(b->p, value)].text;
    }
    return plan_buffer_text(b->p, plan_buffer(b->p, value));
}

const char *body_dimension(body *b, MlirOperation op, int64_t part,
                           int64_t value)
{
    const param *q = param_of(b, op, PART_DIMS + part);
    return q ? q->text : text_printf(b->p->a, "%lldU", (long long)value);
}
