/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * sign.c - which integers have a sign in C.
 *
 * MLIR's integers are bits; an operation gives them a sign. In C a type does,
 * and from unsigned to signed no conversion of what does not fit is portable.
 * So what is marked never to wrap (nsw) is computed in signed types, and with
 * it all that such numbers are loaded from, stored to, carried and chosen
 * between: those are one class, in one kind of type. What has no such mark
 * stays unsigned, where C defines all that MLIR does. Arguments that the
 * function says are codes ("arg_codes") are signed, too.
 */
#include "emit/operation.h"
#include "emit/plan.h"
#include "ir/ir.h"
#include "mlir-c/BuiltinAttributes.h"

/* Classes of values, buffers and tables. */
struct signs {
    plan *p;
    map class_of; /* value, buffer or table -> class */
    int64_t *parent;
    bool *is_signed; /* of a class that is its own parent */
    int64_t n;
    int64_t capacity;
    int64_t signed_capacity;
};

static int64_t find(const signs *s, int64_t i)
{
    while (s->parent[i] != i) {
        s->parent[i] = s->parent[s->parent[i]];
        i = s->parent[i];
    }
    return i;
}

/* What the class of value goes by: a constant has none, it fits any. */
static const void *key_of(const plan *p, MlirValue value)
{
    if (mlirTypeIsAMemRef(mlirValueGetType(value))) {
        return mlirOperationIsNull(operation_global(value))
                   ? (const void *)plan_buffer(p, value)
                   : (const void *)&p->tables[plan_table(p, value)];
    }
    return ir_is(ir_owner(value), "arith.constant") ? NULL : value.ptr;
}

static const c_type *plain_type(MlirValue value)
{
    MlirType type = mlirValueGetType(value);
    return mlirTypeIsAMemRef(type) ? type_of_elements(value) : type_of(type);
}

/* -1: value is no integer, or a constant. */
static int64_t class_of(signs *s, MlirValue value)
{
    const c_type *type = plain_type(value);
    const void *key = key_of(s->p, value);
    s->p->has_floats = s->p->has_floats || type->kind == TYPE_FLOAT;
    if (!key || type_signed(type) == type) {
        return -1;
    }
    int64_t i = map_get(&s->class_of, key, 0);
    if (i >= 0) {
        return find(s, i);
    }
    arena *a = s->p->a;
    s->parent = arena_grow(a, s->parent, s->n, &s->capacity, sizeof *s->parent);
    s->is_signed = arena_grow(a, s->is_signed, s->n, &s->signed_capacity,
                              sizeof *s->is_signed);
    map_set(&s->class_of, key, 0, s->n);
    s->parent[s->n] = s->n;
    s->is_signed[s->n] = false;
    return s->n++;
}

static void mark(signs *s, MlirValue value)
{
    int64_t i = class_of(s, value);
    if (i >= 0) {
        s->is_signed[i] = true;
    }
}

static void join(signs *s, MlirValue x, MlirValue y)
{
    int64_t i = class_of(s, x);
    int64_t j = class_of(s, y);
    if (i >= 0 && j >= 0) {
        s->parent[j] = i;
        s->is_signed[i] = s->is_signed[i] || s->is_signed[j];
    }
}

static void join_operands(signs *s, MlirOperation op)
{
    for (intptr_t i = 1; i < mlirOperationGetNumOperands(op); i++) {
        join(s, mlirOperationGetOperand(op, 0), mlirOperationGetOperand(op, i));
    }
}

/* Results of a loop or branch, and what its blocks yield as them. */
static void join_yields(signs *s, MlirOperation op)
{
    for (intptr_t r = 0; r < mlirOperationGetNumRegions(op); r++) {
        MlirBlock block = ir_body(op, r);
        for (intptr_t i = 0; i < mlirOperationGetNumResults(op); i++) {
            MlirValue result = mlirOperationGetResult(op, i);
            MlirOperation end = mlirBlockGetTerminator(block);
            join(s, result, mlirOperationGetOperand(end, i));
            if (ir_is(op, "scf.for")) {
                join(s, result, mlirBlockGetArgument(block, i + 1));
                join(s, result, mlirOperationGetOperand(op, i + 3));
            }
        }
    }
}

/* Operands and results have one sign where the operation has. */
static void join_numbers(signs *s, MlirOperation op, const operation *row)
{
    MlirValue result = mlirOperationGetResult(op, 0);
    MlirValue first = mlirOperationGetOperand(op, 0);
    bool never_wraps = operation_never_wraps(op);
    bool extends = ir_is(op, "arith.extsi");
    if (row->kind == OP_CAST ? extends || never_wraps
                             : row->is_signed || never_wraps) {
        join_operands(s, op);
        join(s, result, first);
    }
    if (never_wraps) { /* all else may be a constant */
        mark(s, result);
        mark(s, first);
    }
}

static void join_op(signs *s, MlirOperation op)
{
    const operation *row = operation_of(op);
    bool is_signed;
    switch (row->kind) {
    case OP_BINARY:
    case OP_CHOICE:
    case OP_CAST:
        join_numbers(s, op, row);
        break;
    case OP_COMPARE:
        operation_compare(op, &is_signed);
        if (is_signed) {
            join_operands(s, op);
        }
        break;
    case OP_SELECT:
        join(s, mlirOperationGetResult(op, 0), mlirOperationGetOperand(op, 1));
        join(s, mlirOperationGetResult(op, 0), mlirOperationGetOperand(op, 2));
        break;
    case OP_LOAD:
        join(s, mlirOperationGetResult(op, 0), mlirOperationGetOperand(op, 0));
        break;
    case OP_STORE:
    case OP_COPY:
        join(s, mlirOperationGetOperand(op, 0), mlirOperationGetOperand(op, 1));
        break;
    case OP_FOR:
    case OP_IF:
        join_yields(s, op);
        break;
    case OP_FREE:
    case OP_NEGATE:
    case OP_END:
        break;
    }
}

static void join_block(signs *s, MlirBlock block)
{
    if (mlirBlockIsNull(block)) {
        return;
    }
    for (MlirOperation op = mlirBlockGetFirstOperation(block);
         !mlirOperationIsNull(op); op = mlirOperationGetNextInBlock(op)) {
        join_op(s, op);
        for (intptr_t i = 0; i < mlirOperationGetNumRegions(op); i++) {
            join_block(s, ir_body(op, i));
        }
    }
}

/* What the function says of argument i: "code * 0.5"; "": nothing. */
static const char *codes_of(const plan *p, intptr_t i)
{
    MlirAttribute all = ir_get(p->step, "arg_codes");
    if (mlirAttributeIsNull(all) || i >= mlirArrayAttrGetNumElements(all)) {
        return "";
    }
    MlirStringRef s = mlirStringAttrGetValue(mlirArrayAttrGetElement(all, i));
    return arena_text(p->a, s.data, (int64_t)s.length);
}

static bool is_signed(const signs *s, const void *key)
{
    int64_t i = map_get(&s->class_of, key, 0);
    return i >= 0 && s->is_signed[find(s, i)];
}

void plan_signs(plan *p)
{
    signs *s = ARENA_NEW(p->a, signs);
    *s = (signs){.p = p, .class_of = {.a = p->a}};
    p->signs = s;
    for (int64_t i = 0; i < p->n_buffers; i++) {
        storage *b = &p->buffers[i];
        class_of(s, b->value);
        bool is_argument = b->role != BUFFER_SCRATCH;
        b->codes = is_argument ? codes_of(p, (intptr_t)i) : "";
        if (b->codes[0]) {
            mark(s, b->value);
        }
    }
    join_block(s, ir_body(p->step, 0));
    join_block(s, ir_body(p->init, 0));
    for (int64_t i = 0; i < p->n_buffers; i++) {
        storage *b = &p->buffers[i];
        b->type = is_signed(s, b) ? type_signed(b->type) : b->type;
    }
    for (int64_t i = 0; i < p->n_tables; i++) {
        table *t = &p->tables[i];
        t->element = is_signed(s, t) ? type_signed(t->element) : t->element;
    }
}

const c_type *plan_type(const plan *p, MlirValue value)
{
    const void *key = key_of(p, value);
    const c_type *type = plain_type(value);
    return key && is_signed(p->signs, key) ? type_signed(type) : type;
}

/* That of operands that are compared: signed where one of them is. */
static const c_type *compared_type(const plan *p, MlirOperation op)
{
    MlirValue x = mlirOperationGetOperand(op, 0);
    MlirValue y = mlirOperationGetOperand(op, 1);
    bool is_signed_compare;
    operation_compare(op, &is_signed_compare);
    const c_type *type = plan_type(p, x);
    type = type->kind == TYPE_INT ? type : plan_type(p, y);
    int64_t which = mlirIntegerAttrGetValueInt(ir_get(op, "predicate"));
    bool keeps = is_signed_compare || which <= 1; /* ==, != */
    return keeps ? type : type_unsigned(type);
}

const c_type *plan_operand_type(const plan *p, MlirOperation op, intptr_t k)
{
    const operation *row = operation_of(op);
    MlirValue value = mlirOperationGetOperand(op, k);
    const c_type *type = plain_type(value);
    switch (row->kind) {
    case OP_BINARY:
    case OP_CHOICE:
        return row->is_signed || operation_never_wraps(op)
                   ? plan_type(p, mlirOperationGetResult(op, 0))
                   : type;
    case OP_CAST:
        return row->is_signed || operation_never_wraps(op) ? plan_type(p, value)
                                                           : type;
    case OP_COMPARE:
        return ir_is(op, "arith.cmpi") ? compared_type(p, op) : type;
    case OP_SELECT:
        return k > 0 ? plan_type(p, mlirOperationGetResult(op, 0)) : type;
    case OP_STORE:
        return k == 0 ? plan_type(p, mlirOperationGetOperand(op, 1)) : type;
    case OP_FOR:
        return k > 2 ? plan_type(p, mlirOperationGetResult(op, k - 3)) : type;
    case OP_END:
        return ir_is(op, "scf.yield")
                   ? plan_type(p, mlirOperationGetResult(
                                      mlirOperationGetParentOperation(op), k))
                   : type;
    case OP_FREE:
    case OP_NEGATE:
    case OP_LOAD:
    case OP_COPY:
    case OP_IF:
        break;
    }
    return type;
}
