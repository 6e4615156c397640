/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * invariant.c - takes out of a loop what is the same in each of its turns:
 * where a row of a table begins, and elements of buffers that the loop does not
 * write.
 */
#include <string.h>

#include "base/buf.h"
#include "emit/body.h"
#include "emit/operation.h"
#include "ir/ir.h"
#include "mlir-c/BuiltinAttributes.h"

/*===- rows -----------------------------------------------------------------*/

static bool is_inside(MlirValue value, MlirOperation loop)
{
    MlirBlock block = ir_body(loop, 0);
    if (mlirValueIsABlockArgument(value)) {
        return mlirBlockEqual(mlirBlockArgumentGetOwner(value), block);
    }
    return mlirBlockEqual(mlirOperationGetBlock(ir_owner(value)), block) &&
           !operation_is_free(ir_owner(value));
}

/* Does op, in the loop, go along one row of several? */
static bool goes_along(MlirOperation op, MlirOperation loop)
{
    intptr_t memref = operation_memref(op);
    intptr_t rank = ir_rank(mlirOperationGetOperand(op, memref));
    if (rank < 2) {
        return false;
    }
    for (intptr_t i = 1; i < rank; i++) {
        if (is_inside(mlirOperationGetOperand(op, memref + i), loop)) {
            return false;
        }
    }
    MlirValue last = mlirOperationGetOperand(op, memref + rank);
    return mlirValueEqual(last, mlirBlockGetArgument(ir_body(loop, 0), 0));
}

static bool is_written(MlirValue root, MlirOperation loop)
{
    for (MlirOperation op = mlirBlockGetFirstOperation(ir_body(loop, 0));
         !mlirOperationIsNull(op); op = mlirOperationGetNextInBlock(op)) {
        if (ir_is(op, "memref.store") &&
            mlirValueEqual(operation_root(mlirOperationGetOperand(op, 1)),
                           root)) {
            return true;
        }
    }
    return false;
}

static void add_row(body *b, MlirOperation op, MlirOperation loop,
                    const char *start)
{
    MlirValue buffer = mlirOperationGetOperand(op, operation_memref(op));
    const char *name = names_take(&b->scope, name_of_row(b, op));
    const char *is_const =
        is_written(operation_root(buffer), loop) ? "" : "const ";
    body_line(b, "%s%s *%s = &%s;", is_const, plan_type(b->p, buffer)->name,
              name, start);
    b->rows = arena_grow(b->p->a, b->rows, b->n_rows, &b->row_capacity,
                         sizeof *b->rows);
    b->rows[b->n_rows++] = (row_pointer){name, start};
}

static int64_t find_row(const body *b, int64_t first, const char *start)
{
    for (int64_t i = first; i < b->n_rows; i++) {
        if (strcmp(b->rows[i].start, start) == 0) {
            return i;
        }
    }
    return -1;
}

static void declare_row(body *b, MlirOperation op, MlirOperation loop,
                        int64_t first)
{
    const char *start = expression_row(b, op);
    if (find_row(b, first, start) < 0) {
        add_row(b, op, loop, start);
    }
    map_set(&b->row_of, op.ptr, 0, find_row(b, first, start));
}

/*===- elements -------------------------------------------------------------*/

/* Does the loop surely take a turn? Then its loads can come before it. */
static bool turns(MlirOperation loop)
{
    MlirOperation lo = ir_owner(mlirOperationGetOperand(loop, 0));
    MlirOperation hi = ir_owner(mlirOperationGetOperand(loop, 1));
    return ir_is(lo, "arith.constant") && ir_is(hi, "arith.constant") &&
           mlirIntegerAttrGetValueInt(ir_get(lo, "value")) <
               mlirIntegerAttrGetValueInt(ir_get(hi, "value"));
}

/* Do a load and a store meet, in any of the clusters that share the code? */
static bool meet(const body *b, MlirOperation load, MlirOperation store)
{
    intptr_t to = 1; /* of memref.store and memref.copy */
    if (!b->c) {
        return mlirValueEqual(
            operation_root(mlirOperationGetOperand(load, 0)),
            operation_root(mlirOperationGetOperand(store, to)));
    }
    int64_t from_leaf = map_get(&b->c->leaf_of, load.ptr, 0);
    int64_t to_leaf = map_get(&b->c->leaf_of, store.ptr, to);
    const kernel *k = b->c->kernel;
    for (int64_t i = 0; i < k->n_clusters; i++) {
        const leaf *leaves = k->clusters[i]->leaves;
        if (leaves[from_leaf].kind == LEAF_BUFFER &&
            leaves[from_leaf].number == leaves[to_leaf].number) {
            return true;
        }
    }
    return false;
}

/* Does block write what load reads? */
static bool writes(const body *b, MlirBlock block, MlirOperation load)
{
    for (MlirOperation op = mlirBlockGetFirstOperation(block);
         !mlirOperationIsNull(op); op = mlirOperationGetNextInBlock(op)) {
        operation_kind kind = operation_of(op)->kind;
        if ((kind == OP_STORE || kind == OP_COPY) && meet(b, load, op)) {
            return true;
        }
        for (intptr_t i = 0; i < mlirOperationGetNumRegions(op); i++) {
            MlirBlock inner = ir_body(op, i);
            if (!mlirBlockIsNull(inner) && writes(b, inner, load)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_same_each_turn(const body *b, MlirOperation load,
                              MlirOperation loop)
{
    for (intptr_t i = 1; i < mlirOperationGetNumOperands(load); i++) {
        if (is_inside(mlirOperationGetOperand(load, i), loop)) {
            return false;
        }
    }
    return turns(loop) && !writes(b, ir_body(loop, 0), load);
}

/*===- loops ----------------------------------------------------------------*/

void invariant_declare(body *b, MlirOperation loop)
{
    int64_t first = b->n_rows;
    for (MlirOperation op = mlirBlockGetFirstOperation(ir_body(loop, 0));
         !mlirOperationIsNull(op); op = mlirOperationGetNextInBlock(op)) {
        operation_kind kind = operation_of(op)->kind;
        bool accesses = kind == OP_LOAD || kind == OP_STORE;
        if (!accesses || operation_is_free(op)) {
            continue;
        }
        if (goes_along(op, loop)) {
            declare_row(b, op, loop, first);
        } else if (kind == OP_LOAD && is_same_each_turn(b, op, loop)) {
            body_name_result(b, op);
        }
    }
}
