/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_border.c - snn.rescale of floats, at the borders of a quantized step:
 * floats to codes, and codes to floats, computed in f64 (docs/spec.md).
 */
#include "base/buf.h"
#include "passes/lower_integers.h"

/* The elementwise body of a border, open. */
typedef struct border {
    ir_scope body;
    MlirValue x;
    MlirValue scale; /* f64 */
} border;

static border open(lowering *l, MlirOperation op, const char *kernel)
{
    ir *b = &l->b;
    const char *node = ir_get_text(op, "node", l->a);
    MlirValue y = mlirOperationGetResult(op, 0);
    MlirValue x = lower_dense(l, mlirOperationGetOperand(op, 0));
    const char *name = text_printf(l->a, "%s_%sd", node, kernel);
    lower_begin(l, name, kernel);
    MlirValue scale = lower_row_param(
        l, name, "scale", ir_get(op, "code_scale"), mlirF64TypeGet(b->ctx), y);
    intptr_t rank = ir_rank(y);
    ir_generic g = {
        .iterators = lower_parallel(rank),
        .maps = {lower_map(rank), lower_map(ir_rank(scale)), lower_map(rank)},
        .ins = {x, scale},
        .n_ins = 2,
        .n_outs = 1};
    g.outs[0] = ir_empty(b, mlirValueGetType(y));
    MlirValue e[IR_MAX_OPERANDS];
    ir_scope body = ir_generic_begin(b, &g, e);
    return (border){body, e[0], e[1]};
}

static void close(lowering *l, MlirOperation op, border *at, MlirValue number)
{
    ir_generic_end(&l->b, &at->body, &number);
    lower_bind(l, (lowered){.from = mlirOperationGetResult(op, 0),
                            .name = ir_get_text(op, "node", l->a),
                            .dense = ir_result(at->body, 0)});
}

/* q within the numbers of type, so that it converts; 0 if it is NaN. */
static MlirValue within(ir *b, MlirValue q, MlirType type)
{
    MlirType f64 = mlirValueGetType(q);
    int64_t most = (INT64_C(1) << (mlirIntegerTypeGetWidth(type) - 1)) - 1;
    MlirValue low = ir_float(b, f64, (double)(-most - 1));
    MlirValue high = ir_float(b, f64, (double)most);
    MlirValue zero = ir_float(b, f64, 0.0);
    MlirValue below = ir_cmpf(b, CMPF_OGT, low, q);
    MlirValue above = ir_cmpf(b, CMPF_OGT, q, high);
    MlirValue nan = ir_cmpf(b, CMPF_UNE, q, q);
    MlirValue least = ir_select(b, below, low, q);
    MlirValue kept = ir_select(b, above, high, least);
    return ir_call(b, ir_select(b, nan, zero, kept), "kept");
}

/*
 * The integer nearest to q, ties to even, as one of i32. What is behind the
 * point of q is exact, so it tells which of the two neighbours is nearer.
 */
static MlirValue nearest(ir *b, MlirValue q)
{
    MlirType f64 = mlirValueGetType(q);
    MlirType i32 = ir_i(b, 32);
    MlirValue zero = ir_int(b, i32, 0);
    MlirValue one = ir_int(b, i32, 1);
    MlirValue half = ir_float(b, f64, 0.5);
    MlirValue minus_half = ir_float(b, f64, -0.5);
    MlirValue whole = ir_call(b, ir_cast(b, "arith.fptosi", q, i32), "whole");
    MlirValue back = ir_cast(b, "arith.sitofp", whole, f64);
    MlirValue rest = ir_call(b, ir_subf(b, q, back), "rest");
    MlirValue bit = ir_binary(b, "arith.andi", whole, one);
    MlirValue odd = ir_call(b, ir_cmpi(b, CMPI_NE, bit, zero), "odd");
    MlirValue over = ir_cmpf(b, CMPF_OGT, rest, half);
    MlirValue under = ir_cmpf(b, CMPF_OGT, minus_half, rest);
    MlirValue at_least = ir_cmpf(b, CMPF_OGE, rest, half);
    MlirValue at_most = ir_cmpf(b, CMPF_OGE, minus_half, rest);
    MlirValue up = ir_select(b, odd, at_least, over);
    MlirValue down = ir_select(b, odd, at_most, under);
    MlirValue more = ir_select(b, up, one, zero);
    MlirValue less = ir_select(b, down, one, zero);
    MlirValue raised = ir_exact(b, "arith.addi", whole, more);
    return ir_exact(b, "arith.subi", raised, less);
}

bool lower_encode(lowering *l, MlirOperation op)
{
    ir *b = &l->b;
    border at = open(l, op, "encode");
    MlirType f64 = mlirF64TypeGet(b->ctx);
    MlirType type = ir_element(mlirOperationGetResult(op, 0));
    MlirValue x = mlirTypeEqual(mlirValueGetType(at.x), f64)
                      ? at.x
                      : ir_cast(b, "arith.extf", at.x, f64);
    MlirValue q =
        ir_call(b, ir_binary(b, "arith.divf", x, at.scale), "quotient");
    MlirValue code = nearest(b, within(b, q, type));
    close(l, op, &at, lower_as(b, code, type));
    return true;
}

bool lower_decode(lowering *l, MlirOperation op)
{
    ir *b = &l->b;
    border at = open(l, op, "decode");
    MlirType f64 = mlirF64TypeGet(b->ctx);
    MlirType type = ir_element(mlirOperationGetResult(op, 0));
    MlirValue code = ir_cast(b, "arith.sitofp", at.x, f64);
    MlirValue real = ir_call(b, ir_mulf(b, code, at.scale), "real");
    close(l, op, &at,
          mlirTypeEqual(type, f64) ? real
                                   : ir_cast(b, "arith.truncf", real, type));
    return true;
}
