/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * fold_rows.c - --snn-fold-rows: a load from a row of a matrix becomes a load
 * from the matrix.
 *
 * requires: bufferized functions; rows are memref.subview of one row, all of it
 * ensures:  no such subview is left
 *
 * Upstream's fold-memref-alias-ops would do this, but it folds the other views,
 * too: a memref.collapse_shape, which costs nothing, would become divisions.
 */
#include "ir/ir.h"
#include "passes/pass_list.h"

/* All memref.load of row subviews, in the order of the module. */
typedef struct loads {
    MlirOperation *ops; /* NULL: they are only counted */
    int64_t n;
} loads;

static bool is_row(MlirOperation op)
{
    if (!ir_is(op, "memref.subview") || mlirOperationGetNumOperands(op) != 2) {
        return false;
    }
    MlirAttribute offsets = ir_get(op, "static_offsets");
    MlirAttribute sizes = ir_get(op, "static_sizes");
    MlirValue matrix = mlirOperationGetOperand(op, 0);
    return ir_rank(matrix) == 2 &&
           ir_rank(mlirOperationGetResult(op, 0)) == 1 &&
           mlirDenseI64ArrayGetElement(offsets, 1) == 0 &&
           mlirDenseI64ArrayGetElement(sizes, 0) == 1 &&
           mlirDenseI64ArrayGetElement(sizes, 1) == ir_dim(matrix, 1);
}

static MlirWalkResult count(MlirOperation op, void *user)
{
    loads *all = user;
    if (ir_is(op, "memref.load") &&
        is_row(ir_owner(mlirOperationGetOperand(op, 0)))) {
        if (all->ops) {
            all->ops[all->n] = op;
        }
        all->n++;
    }
    return MlirWalkResultAdvance;
}

static void fold(MlirOperation load)
{
    MlirOperation row = ir_owner(mlirOperationGetOperand(load, 0));
    ir b = ir_before(load);
    MlirValue operands[3] = {mlirOperationGetOperand(row, 0),
                             mlirOperationGetOperand(row, 1),
                             mlirOperationGetOperand(load, 1)};
    MlirValue old = mlirOperationGetResult(load, 0);
    MlirType type = mlirValueGetType(old);
    MlirValue value = ir_op1(&b, "memref.load",
                             (ir_parts){.operands = operands,
                                        .n_operands = 3,
                                        .results = &type,
                                        .n_results = 1});
    mlirValueReplaceAllUsesOfWith(old, value);
    mlirOperationDestroy(load);
    if (mlirOpOperandIsNull(
            mlirValueGetFirstUse(mlirOperationGetResult(row, 0)))) {
        mlirOperationDestroy(row);
    }
}

bool fold_rows_run(MlirOperation module, const char *const *options)
{
    (void)options;
    arena a = {0};
    loads all = {0};
    mlirOperationWalk(module, count, &all, MlirWalkPreOrder);
    all.ops = ARENA_ARRAY(&a, MlirOperation, all.n);
    all.n = 0;
    mlirOperationWalk(module, count, &all, MlirWalkPreOrder);
    for (int64_t i = 0; i < all.n; i++) {
        fold(all.ops[i]);
    }
    arena_free(&a);
    return true;
}
