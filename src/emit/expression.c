/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * expression.c - operations that only compute their result, as C expressions.
 *
 * C computes integers below 32 bits as int: their operations are done in
 * uint32_t and cut. Operands that are operators themselves stand in
 * parentheses, so that no reader needs to know C's precedence.
 */
#include <assert.h>
#include <string.h>

#include "emit/body.h"
#include "emit/operation.h"
#include "ir/ir.h"

/*===- elements -------------------------------------------------------------*/

/* "(at * size) + next" */
static term step_into(arena *a, term at, const char *size, term next)
{
    const char *row = text_printf(a, "%s * %s", term_inner(a, at), size);
    bool first = strcmp(next.text, "0U") == 0;
    return (term){
        .text =
            first ? row : text_printf(a, "(%s) + %s", row, term_inner(a, next)),
        .type = at.type};
}

/* "((i * n2) + j)": the row-major position; first is the first index's. */
static term position(body *b, MlirOperation op, intptr_t first, intptr_t rank,
                     MlirValue buffer)
{
    arena *a = b->p->a;
    const c_type *index =
        type_of(mlirIndexTypeGet(mlirOperationGetContext(op)));
    term at = term_atom("0U", index);
    for (intptr_t i = 0; i < rank; i++) {
        term next = body_operand(b, op, first + i);
        bool reads = at.reads || next.reads;
        const char *size = body_dimension(b, op, i, ir_dim(buffer, i));
        if (strcmp(at.text, "0U") == 0) {
            at = next;
        } else if (strcmp(size, "1U") != 0) { /* else next is 0 */
            at = step_into(a, at, size, next);
        }
        at.reads = reads;
    }
    return at;
}

const char *expression_element(body *b, MlirOperation op)
{
    intptr_t memref = operation_memref(op);
    MlirValue buffer = mlirOperationGetOperand(op, memref);
    intptr_t rank = ir_rank(buffer);
    int64_t row = map_get(&b->row_of, op.ptr, 0);
    if (row >= 0) {
        term last = body_operand(b, op, memref + rank);
        return text_printf(b->p->a, "%s[%s]", b->rows[row].name, last.text);
    }
    const char *name = body_buffer(b, op, memref);
    term at = position(b, op, memref + 1, rank, buffer);
    return text_printf(b->p->a, "%s[%s]", name, at.text);
}

const char *expression_row(body *b, MlirOperation op)
{
    arena *a = b->p->a;
    intptr_t memref = operation_memref(op);
    MlirValue buffer = mlirOperationGetOperand(op, memref);
    intptr_t last = ir_rank(buffer) - 1;
    const char *name = body_buffer(b, op, memref);
    term at = position(b, op, memref + 1, last, buffer);
    if (strcmp(at.text, "0U") == 0) {
        return text_printf(a, "%s[0]", name);
    }
    return text_printf(a, "%s[%s * %s]", name, term_inner(a, at),
                       body_dimension(b, op, last, ir_dim(buffer, last)));
}

static bool is_constant(const body *b, MlirOperation load)
{
    MlirValue value = mlirOperationGetOperand(load, 0);
    const storage *from = plan_buffer(b->p, value);
    return !from || from->role == BUFFER_INPUT;
}

static term load(body *b, MlirOperation op)
{
    term t = term_atom(expression_element(b, op),
                       plan_type(b->p, mlirOperationGetResult(op, 0)));
    t.reads = !is_constant(b, op);
    return t;
}

/*===- operators ------------------------------------------------------------*/

/* "(int32_t)x": an integer as the signed number with its bits. */
static const char *as_signed(arena *a, term t)
{
    return t.type->kind == TYPE_INT
               ? term_inner(a, t)
               : text_printf(a, "(%s)%s", t.type->signed_name,
                             term_inner(a, t));
}

static bool is_narrow(const c_type *type)
{
    return type->kind == TYPE_UINT && type->size < 4;
}

static const char *operand_text(arena *a, term t, bool is_signed)
{
    if (is_signed) {
        return as_signed(a, t);
    }
    return is_narrow(t.type) ? text_printf(a, "(uint32_t)%s", term_inner(a, t))
                             : term_inner(a, t);
}

/* And, or, exclusive or of truth values; x + y is the last of them. */
static term logic(arena *a, const char *op, term x, term y)
{
    bool all = op[0] == '&' || op[0] == '*';
    const char *c = all ? "&&" : op[0] == '|' ? "||" : "!=";
    x.text = term_condition(a, x);
    y.text = term_condition(a, y);
    return (term){.text = text_printf(a, "(%s) %s (%s)", x.text, c, y.text),
                  .type = x.type,
                  .is_condition = true,
                  .reads = x.reads || y.reads};
}

static term binary(body *b, MlirOperation op, const operation *row)
{
    arena *a = b->p->a;
    term x = body_operand(b, op, 0);
    term y = body_operand(b, op, 1);
    if (x.type->kind == TYPE_BOOL) {
        return logic(a, row->c, x, y);
    }
    const char *left = operand_text(a, x, row->is_signed);
    const char *right = operand_text(a, y, row->is_signed);
    const char *text = text_printf(a, "%s %s %s", left, row->c, right);
    term t = {.text = text, .type = x.type, .reads = x.reads || y.reads};
    bool cut = row->is_signed && x.type->kind != TYPE_INT;
    if (cut || x.type->size < 4) {
        t.text = text_printf(a, "(%s)(%s)", x.type->name, text);
        t.is_atom = true;
    } else if (x.is_atom) {
        t.left = left;
        t.op = row->c;
        t.right = y.text;
    }
    return t;
}

static term choice(body *b, MlirOperation op, const operation *row)
{
    arena *a = b->p->a;
    body_name_operand(b, op, 0); /* both are written twice */
    body_name_operand(b, op, 1);
    term x = body_operand(b, op, 0);
    term y = body_operand(b, op, 1);
    return (term){.text =
                      text_printf(a, "(%s %s %s) ? %s : %s",
                                  operand_text(a, x, row->is_signed), row->c,
                                  operand_text(a, y, row->is_signed),
                                  term_inner(a, x), term_inner(a, y)),
                  .type = x.type,
                  .reads = x.reads || y.reads};
}

static term compare(body *b, MlirOperation op)
{
    arena *a = b->p->a;
    bool is_signed;
    const char *c = operation_compare(op, &is_signed);
    term x = body_operand(b, op, 0);
    term y = body_operand(b, op, 1);
    MlirType type = mlirValueGetType(mlirOperationGetResult(op, 0));
    const char *left = is_signed ? as_signed(a, x) : term_inner(a, x);
    const char *right = is_signed ? as_signed(a, y) : term_inner(a, y);
    return (term){.text = text_printf(a, "%s %s %s", left, c, right),
                  .type = type_of(type),
                  .is_condition = true,
                  .reads = x.reads || y.reads};
}

/*
 * c ? x + k : x is x + (c ? k : 0) for integers: a variable can be increased
 * by it.
 */
static void split_select(arena *a, term *t, const char *which, term yes,
                         term no)
{
    bool adds = yes.left && strcmp(yes.op, "+") == 0 &&
                t->type->kind == TYPE_UINT && no.is_atom &&
                strcmp(yes.left, no.text) == 0;
    if (adds) {
        t->left = yes.left;
        t->op = "+";
        t->right = text_printf(a, "(%s) ? %s : %s", which, yes.right,
                               type_integer(a, t->type, 0));
    }
}

static term select_one(body *b, MlirOperation op)
{
    arena *a = b->p->a;
    term c = body_operand(b, op, 0);
    term yes = body_operand(b, op, 1);
    term no = body_operand(b, op, 2);
    const char *which = term_condition(a, c);
    term t = {.text = text_printf(a, "(%s) ? %s : %s", which,
                                  term_inner(a, yes), term_inner(a, no)),
              .type = yes.type,
              .reads = c.reads || yes.reads || no.reads};
    split_select(a, &t, which, yes, no);
    return t;
}

static term negate(body *b, MlirOperation op)
{
    term x = body_operand(b, op, 0);
    return (term){.text = text_printf(b->p->a, "-%s", term_inner(b->p->a, x)),
                  .type = x.type,
                  .reads = x.reads};
}

/*===- casts ----------------------------------------------------------------*/

/* A truth value or spike as a number of another type. */
static const char *cast_bool(arena *a, term x, const c_type *to, bool is_signed)
{
    bool is_float = to->kind == TYPE_FLOAT;
    const char *one =
        is_float ? text_printf(a, "1.0%s", to->suffix) : type_integer(a, to, 1);
    const char *zero =
        is_float ? text_printf(a, "0.0%s", to->suffix) : type_integer(a, to, 0);
    if (is_signed) {
        one = is_float ? text_printf(a, "-%s", one) : type_integer(a, to, -1);
    }
    return text_printf(a, "(%s) ? %s : %s", term_condition(a, x), one, zero);
}

/* What is printed between the type and the operand. */
static const char *cast_through(const c_type *from, const c_type *to,
                                bool is_signed)
{
    if (!is_signed) {
        return NULL;
    }
    bool widens = from->kind == TYPE_UINT &&
                  (to->kind == TYPE_FLOAT || to->size > from->size);
    if (widens) {
        return from->signed_name;
    }
    return from->kind == TYPE_FLOAT && to->kind == TYPE_UINT ? to->signed_name
                                                             : NULL;
}

static term cast(body *b, MlirOperation op, const operation *row)
{
    arena *a = b->p->a;
    term x = body_operand(b, op, 0);
    const c_type *to = plan_type(b->p, mlirOperationGetResult(op, 0));
    term t = {.type = to, .is_atom = true, .reads = x.reads};
    if (x.type->kind == TYPE_BOOL && (x.is_condition || row->is_signed)) {
        t.text = cast_bool(a, x, to, row->is_signed);
        t.is_atom = false;
        return t;
    }
    if (to->kind == TYPE_BOOL && x.type->kind != TYPE_FLOAT) {
        x = term_as(a, x, type_unsigned(x.type));
        t.text = text_printf(a, "(%s & 1U) != 0U", term_inner(a, x));
        t.is_condition = true;
        t.is_atom = false;
        return t;
    }
    if (strcmp(x.type->name, to->name) == 0) {
        x.type = to;
        return x;
    }
    const char *through = cast_through(x.type, to, row->is_signed);
    t.text = through ? text_printf(a, "(%s)(%s)%s", to->name, through,
                                   term_inner(a, x))
                     : text_printf(a, "(%s)%s", to->name, term_inner(a, x));
    bool widens = x.type->kind == to->kind && to->kind != TYPE_FLOAT &&
                  to->size > x.type->size && !through;
    t.bare = widens ? x.text : NULL;
    return t;
}

term expression_of(body *b, MlirOperation op)
{
    const operation *row = operation_of(op);
    switch (row->kind) {
    case OP_BINARY:
        return binary(b, op, row);
    case OP_CHOICE:
        return choice(b, op, row);
    case OP_COMPARE:
        return compare(b, op);
    case OP_SELECT:
        return select_one(b, op);
    case OP_NEGATE:
        return negate(b, op);
    case OP_CAST:
        return cast(b, op, row);
    case OP_LOAD:
        return load(b, op);
    case OP_FREE:
    case OP_STORE:
    case OP_COPY:
    case OP_FOR:
    case OP_IF:
    case OP_END:
        break;
    }
    assert(false && "a statement, not an expression");
    return (term){0};
}
