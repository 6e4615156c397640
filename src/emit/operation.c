/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * operation.c - what each operation is in C, and the refusal of those that are
 * nothing in C. Whatever passes operation_check can be printed.
 */
#include "emit/operation.h"

#include <string.h>

#include "base/buf.h"
#include "emit/type.h"
#include "ir/ir.h"

static const operation operations[] = {
    {"arith.constant", OP_FREE, NULL, false},
    {"memref.alloc", OP_FREE, NULL, false},
    {"memref.dealloc", OP_FREE, NULL, false},
    {"memref.get_global", OP_FREE, NULL, false},
    {"memref.cast", OP_FREE, NULL, false},
    {"memref.collapse_shape", OP_FREE, NULL, false},
    {"memref.expand_shape", OP_FREE, NULL, false},
    {"arith.addf", OP_BINARY, "+", false},
    {"arith.subf", OP_BINARY, "-", false},
    {"arith.mulf", OP_BINARY, "*", false},
    {"arith.divf", OP_BINARY, "/", false},
    {"arith.addi", OP_BINARY, "+", false},
    {"arith.subi", OP_BINARY, "-", false},
    {"arith.muli", OP_BINARY, "*", false},
    {"arith.divui", OP_BINARY, "/", false},
    {"arith.remui", OP_BINARY, "%", false},
    {"arith.divsi", OP_BINARY, "/", true},
    {"arith.remsi", OP_BINARY, "%", true},
    {"arith.andi", OP_BINARY, "&", false},
    {"arith.ori", OP_BINARY, "|", false},
    {"arith.xori", OP_BINARY, "^", false},
    {"arith.shli", OP_BINARY, "<<", false},
    {"arith.shrui", OP_BINARY, ">>", false},
    {"arith.shrsi", OP_BINARY, ">>", true},
    {"arith.minui", OP_CHOICE, "<", false},
    {"arith.maxui", OP_CHOICE, ">", false},
    {"arith.minsi", OP_CHOICE, "<", true},
    {"arith.maxsi", OP_CHOICE, ">", true},
    {"arith.cmpi", OP_COMPARE, NULL, false},
    {"arith.cmpf", OP_COMPARE, NULL, false},
    {"arith.select", OP_SELECT, NULL, false},
    {"arith.negf", OP_NEGATE, "-", false},
    {"arith.index_cast", OP_CAST, NULL, true},
    {"arith.index_castui", OP_CAST, NULL, false},
    {"arith.extui", OP_CAST, NULL, false},
    {"arith.extsi", OP_CAST, NULL, true},
    {"arith.trunci", OP_CAST, NULL, false},
    {"arith.uitofp", OP_CAST, NULL, false},
    {"arith.sitofp", OP_CAST, NULL, true},
    {"arith.fptoui", OP_CAST, NULL, false},
    {"arith.fptosi", OP_CAST, NULL, true},
    {"arith.extf", OP_CAST, NULL, false},
    {"arith.truncf", OP_CAST, NULL, false},
    {"memref.load", OP_LOAD, NULL, false},
    {"memref.store", OP_STORE, NULL, false},
    {"memref.copy", OP_COPY, NULL, false},
    {"scf.for", OP_FOR, NULL, false},
    {"scf.if", OP_IF, NULL, false},
    {"scf.yield", OP_END, NULL, false},
    {"func.return", OP_END, NULL, false},
};

const operation *operation_of(MlirOperation op)
{
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (ir_is(op, operations[i].name)) {
            return &operations[i];
        }
    }
    return NULL;
}

/* By MLIR's number of the predicate; null: not one operator of C. */
static const char *const compare_float[16] = {
    [1] = "==", [2] = ">", [3] = ">=", [4] = "<", [5] = "<=", [13] = "!="};
static const char *const compare_integer[10] = {"==", "!=", "<",  "<=", ">",
                                                ">=", "<",  "<=", ">",  ">="};

const char *operation_compare(MlirOperation op, bool *is_signed)
{
    int64_t which = mlirIntegerAttrGetValueInt(ir_get(op, "predicate"));
    if (ir_is(op, "arith.cmpf")) {
        *is_signed = false;
        return compare_float[which];
    }
    *is_signed = which >= 2 && which <= 5;
    return compare_integer[which];
}

/* Flags without a number of their own in the C API: by their text. */
bool operation_never_wraps(MlirOperation op)
{
    MlirAttribute flags = ir_get(op, "overflowFlags");
    static const char *const texts[] = {"#arith.overflow<nsw>",
                                        "#arith.overflow<nsw, nuw>"};
    for (size_t i = 0; !mlirAttributeIsNull(flags) && i < 2; i++) {
        MlirAttribute with =
            mlirAttributeParseGet(mlirOperationGetContext(op),
                                  mlirStringRefCreateFromCString(texts[i]));
        if (mlirAttributeEqual(flags, with)) {
            return true;
        }
    }
    return false;
}

/*===- buffers --------------------------------------------------------------*/

static bool is_view(MlirOperation op)
{
    return ir_is(op, "memref.cast") || ir_is(op, "memref.collapse_shape") ||
           ir_is(op, "memref.expand_shape");
}

MlirValue operation_root(MlirValue value)
{
    for (MlirOperation op = ir_owner(value); is_view(op);
         op = ir_owner(value)) {
        value = mlirOperationGetOperand(op, 0);
    }
    return value;
}

MlirOperation operation_global(MlirValue value)
{
    MlirOperation op = ir_owner(operation_root(value));
    return ir_is(op, "memref.get_global") ? op : (MlirOperation){NULL};
}

bool operation_is_number(MlirOperation op)
{
    return ir_is(op, "memref.load") &&
           ir_rank(mlirOperationGetOperand(op, 0)) == 0 &&
           !mlirOperationIsNull(
               operation_global(mlirOperationGetOperand(op, 0)));
}

bool operation_is_free(MlirOperation op)
{
    return operation_of(op)->kind == OP_FREE || operation_is_number(op);
}

intptr_t operation_memref(MlirOperation op)
{
    return ir_is(op, "memref.store") ? 1 : 0;
}

/*===- checks ---------------------------------------------------------------*/

static bool check_type(MlirOperation op, MlirType type)
{
    if (!mlirTypeIsAMemRef(type)) {
        return type_of(type) || ir_error(op, "a type here has no C form");
    }
    if (!type_is_contiguous(type)) {
        return ir_error(op, "a memref that is not static and contiguous has "
                            "no C form");
    }
    uint64_t count = 1;
    for (intptr_t i = 0; i < mlirShapedTypeGetRank(type); i++) {
        count *= (uint64_t)mlirShapedTypeGetDimSize(type, i);
        if (count == 0 || count > UINT32_MAX) {
            return ir_error(op, "a memref of no elements, or more than "
                                "2^32 - 1, has no C form");
        }
    }
    return type_of(mlirShapedTypeGetElementType(type)) ||
           ir_error(op, "a memref's element type has no C form");
}

static bool check_types(MlirOperation op)
{
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
        if (!check_type(op, mlirValueGetType(mlirOperationGetOperand(op, i)))) {
            return false;
        }
    }
    for (intptr_t i = 0; i < mlirOperationGetNumResults(op); i++) {
        if (!check_type(op, mlirValueGetType(mlirOperationGetResult(op, i)))) {
            return false;
        }
    }
    return true;
}

/* An i1 is 0 or 1 in C, never -1, and has no quotients and shifts. */
static bool is_bad_bool(MlirOperation op, const operation *row)
{
    bool computes = row->kind == OP_BINARY || row->kind == OP_CHOICE ||
                    row->kind == OP_COMPARE;
    if (!computes) {
        return false;
    }
    bool is_signed = row->is_signed;
    if (row->kind == OP_COMPARE) {
        operation_compare(op, &is_signed);
    }
    const c_type *type =
        type_of(mlirValueGetType(mlirOperationGetOperand(op, 0)));
    bool divides = row->c && strpbrk(row->c, "/%<>");
    return type->kind == TYPE_BOOL &&
           (is_signed || (row->kind == OP_BINARY && divides));
}

/* What a kind of operation asks beyond its types. */
static bool check_kind(MlirOperation op, const operation *row, arena *a,
                       bool nested)
{
    bool is_signed;
    if (ir_is(op, "arith.constant") &&
        !type_literal(
            a, ir_get(op, "value"),
            type_of(mlirValueGetType(mlirOperationGetResult(op, 0))))) {
        return ir_error(op, "a constant that is not a finite number has no C "
                            "form");
    }
    if (row->kind == OP_COMPARE && !operation_compare(op, &is_signed)) {
        return ir_error(op, "'arith.cmpf' that is not ogt, oge, olt, ole, oeq "
                            "or une has no C form");
    }
    if (row->kind != OP_CAST && is_bad_bool(op, row)) {
        return ir_error(op, "'%s' of i1 has no C form", row->name);
    }
    if (ir_is(op, "memref.store") && !mlirOperationIsNull(operation_global(
                                         mlirOperationGetOperand(op, 1)))) {
        return ir_error(op, "a store to a constant has no C form");
    }
    if (nested && ir_is(op, "memref.alloc")) {
        return ir_error(op, "'memref.alloc' in a loop or branch has no C form");
    }
    return true;
}

static bool check_block(MlirBlock block, arena *a, bool nested)
{
    for (MlirOperation op = mlirBlockGetFirstOperation(block);
         !mlirOperationIsNull(op); op = mlirOperationGetNextInBlock(op)) {
        const operation *row = operation_of(op);
        if (!row) {
            return ir_error(op, "'%s' has no C form", ir_op_name(op, a));
        }
        if (!check_types(op) || !check_kind(op, row, a, nested)) {
            return false;
        }
        for (intptr_t i = 0; i < mlirOperationGetNumRegions(op); i++) {
            MlirBlock body = ir_body(op, i);
            if (!mlirBlockIsNull(body) && !check_block(body, a, true)) {
                return false;
            }
        }
    }
    return true;
}

bool operation_check(MlirOperation function, arena *a)
{
    MlirBlock body = ir_body(function, 0);
    if (mlirBlockIsNull(body)) {
        return ir_error(function, "a function without a body has no C form");
    }
    for (intptr_t i = 0; i < mlirBlockGetNumArguments(body); i++) {
        MlirValue argument = mlirBlockGetArgument(body, i);
        if (!check_type(function, mlirValueGetType(argument))) {
            return false;
        }
    }
    /* bufferization returns what it could not put where it belongs */
    MlirOperation end = mlirBlockGetTerminator(body);
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(end); i++) {
        if (mlirValueIsAOpResult(mlirOperationGetOperand(end, i))) {
            return ir_error(function, "a function that returns a buffer of its "
                                      "own has no C form");
        }
    }
    return check_block(body, a, false);
}
