/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * local.c - what values are called that get a name: after what they are and
 * where they come from.
 */
#include <string.h>

#include "base/buf.h"
#include "emit/body.h"
#include "emit/operation.h"
#include "ir/ir.h"

/* "state->v" and "v" as "v". */
static const char *base_of(const char *buffer)
{
    const char *arrow = strstr(buffer, "->");
    return arrow ? arrow + 2 : buffer;
}

static bool is_name(const char *text)
{
    return !text[strcspn(text, "[]()+-*/% ")];
}

/* "v[i]" as "v_i", "v[3U]" as "v_3". */
static const char *element_name(arena *a, const char *text)
{
    int64_t n = (int64_t)strcspn(text, "[");
    const char *name = base_of(arena_text(a, text, n));
    if (text[n] != '[') {
        return name;
    }
    const char *index = text + n + 1;
    int64_t digits = (int64_t)strspn(index, "0123456789");
    bool number = digits > 0 && strcmp(index + digits, "U]") == 0;
    index = arena_text(a, index, number ? digits : (int64_t)strlen(index) - 1);
    return number || is_name(index) ? text_printf(a, "%s_%s", name, index)
                                    : text_printf(a, "%s_at", name);
}

static const char *compare_name(MlirOperation op)
{
    bool is_signed;
    const char *c = operation_compare(op, &is_signed);
    return c[0] == '>'   ? "above"
           : c[0] == '<' ? "below"
           : c[0] == '=' ? "equal"
                         : "differs";
}

static bool is_list_entry(MlirOperation op)
{
    return ir_is(op, "arith.index_castui") &&
           ir_is(ir_owner(mlirOperationGetOperand(op, 0)), "memref.load");
}

/* The store of op's result, or of what a select makes of it; or null. */
static MlirOperation store_of(MlirOperation op)
{
    MlirOperation found = {NULL};
    for (MlirOpOperand use =
             mlirValueGetFirstUse(mlirOperationGetResult(op, 0));
         !mlirOpOperandIsNull(use) && mlirOperationIsNull(found);
         use = mlirOpOperandGetNextUse(use)) {
        MlirOperation user = mlirOpOperandGetOwner(use);
        if (ir_is(user, "memref.store")) {
            found = user;
        } else if (ir_is(user, "arith.select")) {
            found = store_of(user);
        }
    }
    return found;
}

/* "next", or "next_v" if there is another one. */
static const char *next_name(body *b, MlirOperation op)
{
    MlirOperation store = store_of(op);
    if (!names_has(&b->scope, "next") || mlirOperationIsNull(store)) {
        return "next";
    }
    return text_printf(b->p->a, "next_%s", base_of(body_buffer(b, store, 1)));
}

/* A number that was loaded as another type is called as what was loaded. */
static const char *cast_name(body *b, MlirOperation op, term t)
{
    MlirOperation from = ir_owner(mlirOperationGetOperand(op, 0));
    if (is_list_entry(op)) {
        return "source";
    }
    if (t.type->kind == TYPE_UINT) {
        return t.type->bits > 0 ? "bits" : "index";
    }
    return ir_is(from, "memref.load")
               ? element_name(b->p->a, expression_element(b, from))
               : "number";
}

const char *name_of_result(body *b, MlirOperation op, term t)
{
    const char *own = ir_value_name(op, b->p->a);
    if (own[0]) {
        return own;
    }
    switch (operation_of(op)->kind) {
    case OP_LOAD:
        return element_name(b->p->a, t.text);
    case OP_COMPARE:
        return compare_name(op);
    case OP_CHOICE:
        return t.type->kind == TYPE_UINT ? "end" : "limited";
    case OP_SELECT:
        return "chosen";
    case OP_BINARY:
    case OP_NEGATE:
        return t.type->kind == TYPE_BOOL   ? "both"
               : t.type->kind != TYPE_UINT ? next_name(b, op)
               : t.type->bits > 0          ? "bits"
                                           : "at";
    case OP_CAST:
        return cast_name(b, op, t);
    case OP_FREE:
    case OP_STORE:
    case OP_COPY:
    case OP_FOR:
    case OP_IF:
    case OP_END:
        break;
    }
    return "value";
}

const char *name_of_row(body *b, MlirOperation op)
{
    if (!names_has(&b->scope, "row")) {
        return "row";
    }
    const char *buffer = body_buffer(b, op, operation_memref(op));
    return text_printf(b->p->a, "%s_row", base_of(buffer));
}

/* The store that value is an index of, in this loop or one inside; or null. */
static MlirOperation store_at(MlirValue value)
{
    for (MlirOpOperand use = mlirValueGetFirstUse(value);
         !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        MlirOperation op = mlirOpOperandGetOwner(use);
        intptr_t k = mlirOpOperandGetOperandNumber(use);
        MlirOperation found = {NULL};
        if (ir_is(op, "memref.store") && k > 1) {
            found = op;
        } else if (ir_is(op, "scf.for") && k > 2) {
            found = store_at(mlirBlockGetArgument(ir_body(op, 0), k - 2));
        }
        if (!mlirOperationIsNull(found)) {
            return found;
        }
    }
    return (MlirOperation){NULL};
}

const char *name_of_carried(body *b, MlirValue value)
{
    const c_type *type = plan_type(b->p, value);
    MlirOperation owner = ir_owner(value);
    MlirOperation store = store_at(value);
    if (ir_is(owner, "scf.if")) { /* what its first branch counts, perhaps */
        MlirValue inner =
            mlirOperationGetOperand(mlirBlockGetTerminator(ir_body(owner, 0)),
                                    mlirOpResultGetResultNumber(value));
        MlirOperation loop = ir_owner(inner);
        if (ir_is(loop, "scf.for")) {
            store = store_at(mlirBlockGetArgument(
                ir_body(loop, 0), 1 + mlirOpResultGetResultNumber(inner)));
        }
    }
    if (!mlirOperationIsNull(store)) {
        return text_printf(b->p->a, "n_%s", base_of(body_buffer(b, store, 1)));
    }
    return type->kind == TYPE_BOOL   ? "any"
           : type->kind == TYPE_UINT ? "count"
                                     : "sum";
}
