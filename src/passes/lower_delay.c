/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_delay.c - lines of values on their way: snn.delay_read and
 * snn.delay_push as loops over the elements of a line.
 */
#include "base/buf.h"
#include "passes/lower.h"

static void dims_of(MlirValue tensor, int64_t *dims)
{
    for (intptr_t i = 0; i < ir_rank(tensor); i++) {
        dims[i] = ir_dim(tensor, i);
    }
}

/* The line's row for a number of steps, the same for all or one for each. */
static MlirValue row_of(lowering *l, const char *node, MlirAttribute steps,
                        MlirValue line, const MlirValue *index)
{
    ir *b = &l->b;
    MlirValue length = ir_index(b, ir_dim(line, 0));
    if (mlirAttributeIsAInteger(steps)) {
        MlirValue back = ir_index(b, mlirIntegerAttrGetValueInt(steps));
        return ir_binary(b, "arith.subi", length, back);
    }
    int64_t count = mlirElementsAttrGetNumElements(steps);
    int32_t *data = ARENA_ARRAY(l->a, int32_t, count);
    for (int64_t i = 0; i < count; i++) {
        data[i] =
            (int32_t)mlirDenseElementsAttrGetInt64Value(steps, (intptr_t)i);
    }
    MlirType type = ir_tensor_like(mlirAttributeGetType(steps), ir_i(b, 32));
    MlirValue table = lower_global(l, text_printf(l->a, "%s_steps", node), type,
                                   data, count * (int64_t)sizeof *data);
    MlirValue entry = ir_extract(b, table, ir_rank(table), index);
    MlirValue back =
        ir_cast(b, "arith.index_castui", entry, mlirIndexTypeGet(b->ctx));
    return ir_binary(b, "arith.subi", length, back);
}

bool lower_delay_read(lowering *l, MlirOperation op)
{
    ir *b = &l->b;
    const char *node = ir_get_text(op, "node", l->a);
    MlirValue y = mlirOperationGetResult(op, 0);
    MlirValue line = lower_dense(l, mlirOperationGetOperand(op, 0));
    intptr_t rank = ir_rank(y);
    lower_begin(l, node, "delay");
    lower_gather g = lower_gather_open(b, mlirValueGetType(y));
    MlirValue at[LOWER_MAX_RANK + 1] = {
        row_of(l, node, ir_get(op, "steps"), line, g.index)};
    for (intptr_t i = 0; i < rank; i++) {
        at[i + 1] = g.index[i];
    }
    MlirValue value = ir_extract(b, line, rank + 1, at);
    lower_bind(l, (lowered){.from = y,
                            .name = node,
                            .dense = lower_gather_close(b, &g, value)});
    return true;
}

/* Row i takes over from row i + 1, and the last one from x. */
bool lower_delay_push(lowering *l, MlirOperation op)
{
    ir *b = &l->b;
    const char *node = ir_get_text(op, "node", l->a);
    MlirValue x = lower_dense(l, mlirOperationGetOperand(op, 0));
    MlirValue line = lower_dense(l, mlirOperationGetOperand(op, 1));
    int64_t dims[LOWER_MAX_RANK + 1];
    dims_of(line, dims);
    lower_begin(l, text_printf(l->a, "%s_push", node), "push");
    int64_t last = --dims[0];
    if (last > 0) {
        lower_nest n = lower_nest_open(b, ir_rank(line), dims, line);
        MlirValue one = ir_index(b, 1);
        MlirValue from[LOWER_MAX_RANK + 1];
        for (intptr_t i = 0; i < n.rank; i++) {
            from[i] = n.index[i];
        }
        from[0] = ir_addi(b, n.index[0], one);
        MlirValue value = ir_extract(b, n.carried, n.rank, from);
        MlirValue set = ir_insert(b, value, n.carried, n.rank, n.index);
        line = lower_nest_close(b, &n, set);
    }
    lower_nest n = lower_nest_open(b, ir_rank(x), dims + 1, line);
    MlirValue at[LOWER_MAX_RANK + 1] = {ir_index(b, last)};
    for (intptr_t i = 0; i < n.rank; i++) {
        at[i + 1] = n.index[i];
    }
    MlirValue value = ir_extract(b, x, n.rank, n.index);
    MlirValue set = ir_insert(b, value, n.carried, n.rank + 1, at);
    lower_bind(l, (lowered){.from = mlirOperationGetResult(op, 0),
                            .name = node,
                            .dense = lower_nest_close(b, &n, set)});
    return true;
}
