/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_scale.c - integers of one type or scale as those of another:
 * snn.rescale, snn.scale on codes, and sums that have to be saturated.
 */
#include <string.h>

#include "base/buf.h"
#include "passes/lower_integers.h"

/* sums, saturated to the type of y where theirs is wider. */
MlirValue lower_narrowed(lowering *l, const char *node, MlirValue sums,
                         MlirValue y)
{
    ir *b = &l->b;
    if (mlirTypeEqual(ir_element(sums), ir_element(y))) {
        return sums;
    }
    lower_begin(l, text_printf(l->a, "%s_saturated", node), "saturate");
    intptr_t rank = ir_rank(y);
    ir_generic g = {.iterators = lower_parallel(rank),
                    .maps = {lower_map(rank), lower_map(rank)},
                    .ins = {sums},
                    .n_ins = 1,
                    .n_outs = 1};
    g.outs[0] = ir_empty(b, mlirValueGetType(y));
    MlirValue e[2];
    ir_scope body = ir_generic_begin(b, &g, e);
    MlirValue number = lower_saturated(b, e[0], ir_element(y), false);
    ir_generic_end(b, &body, &number);
    return ir_result(body, 0);
}

/*===- factors --------------------------------------------------------------*/

/* code_m and code_s of an operation as operands of a linalg.generic. */
typedef struct factors {
    MlirOperation op;
    intptr_t m; /* which operand; -1: none */
    intptr_t s;
} factors;

/* Attribute of op as operand of g; -1: there is none. */
static intptr_t add_factor(lowering *l, MlirOperation op, const char *node,
                           const char *attribute, ir_generic *g)
{
    MlirAttribute value = ir_get(op, attribute);
    bool is_shift = attribute[5] == 's';
    if (mlirAttributeIsNull(value)) {
        return -1;
    }
    MlirType least = ir_i(&l->b, is_shift ? 8 : 32);
    MlirType type = lower_range_type(least, lower_range_param(value));
    MlirValue table =
        lower_row_param(l, node, is_shift ? "shift" : "scale", value, type,
                        mlirOperationGetResult(op, 0));
    g->maps[g->n_ins] = lower_map(ir_rank(table));
    g->ins[g->n_ins] = table;
    return g->n_ins++;
}

static factors factors_of(lowering *l, MlirOperation op, const char *node,
                          ir_generic *g)
{
    factors f = {.op = op};
    f.m = add_factor(l, op, node, "code_m", g);
    f.s = add_factor(l, op, node, "code_s", g);
    return f;
}

/* x, of at most this magnitude, times them: elements are those of the body. */
static MlirValue apply(ir *b, const factors *f, MlirValue x, int64_t most,
                       const MlirValue *elements)
{
    MlirValue none = {NULL};
    MlirType type =
        lower_range_type(ir_i(b, 32), lower_range_factors(f->op, most));
    return lower_times(b, x, f->m < 0 ? none : elements[f->m],
                       f->s < 0 ? none : elements[f->s], type);
}

/* y = x times code_m, shifted by code_s. */
static bool multiply(lowering *l, MlirOperation op, const char *kernel)
{
    ir *b = &l->b;
    const char *node = ir_get_text(op, "node", l->a);
    MlirValue from = mlirOperationGetOperand(op, 0);
    MlirValue y = mlirOperationGetResult(op, 0);
    const char *name = strcmp(kernel, "rescale") == 0
                           ? text_printf(l->a, "%s_rescaled", node)
                           : node;
    MlirValue x = lower_dense(l, from);
    lower_begin(l, name, kernel);
    intptr_t rank = ir_rank(y);
    ir_generic g = {.iterators = lower_parallel(rank),
                    .maps = {lower_map(rank)},
                    .ins = {x},
                    .n_ins = 1,
                    .n_outs = 1};
    factors f = factors_of(l, op, name, &g);
    g.outs[0] = ir_empty(b, mlirValueGetType(y));
    g.maps[g.n_ins] = lower_map(rank);
    MlirValue e[IR_MAX_OPERANDS];
    ir_scope body = ir_generic_begin(b, &g, e);
    MlirValue number = apply(b, &f, e[0], lower_range(from), e);
    bool fits = lower_range_fits(ir_element(y),
                                 lower_range_times(op, lower_range(from)));
    number = lower_saturated(b, number, ir_element(y), fits);
    ir_generic_end(b, &body, &number);
    lower_bind(l,
               (lowered){.from = y, .name = node, .dense = ir_result(body, 0)});
    return true;
}

bool lower_rescale(lowering *l, MlirOperation op)
{
    if (ir_is_float(ir_element(mlirOperationGetOperand(op, 0)))) {
        return lower_encode(l, op);
    }
    if (ir_is_float(ir_element(mlirOperationGetResult(op, 0)))) {
        return lower_decode(l, op);
    }
    return multiply(l, op, "rescale");
}

bool lower_scale_codes(lowering *l, MlirOperation op)
{
    return multiply(l, op, "scale");
}
