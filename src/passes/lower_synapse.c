/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_synapse.c - what stands between neurons: linear, sum, scale, threshold.
 *
 * Weights are transposed, one row for each source: an event adds one contiguous
 * row, and the dense loop runs over the same rows in the same order, so both
 * give the same bits (docs/spec.md, snn.linear).
 */
#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "ir/raw.h"
#include "passes/lower_integers.h"

/*===- constants ------------------------------------------------------------*/

lower_numbers lower_numbers_of(MlirOperation constant)
{
    MlirAttribute value = ir_get(constant, "value");
    MlirType type = ir_element(mlirOperationGetResult(constant, 0));
    int64_t size;
    const char *data = ir_raw_data(value, &size);
    int64_t element = 1;
    if (ir_is_float(type)) {
        element = mlirTypeIsAF32(type) ? 4 : 8;
    } else if (mlirTypeIsAInteger(type)) {
        element = (mlirIntegerTypeGetWidth(type) + 7) / 8;
    }
    bool splat = mlirAttributeIsADenseElements(value) &&
                 mlirDenseElementsAttrIsSplat(value);
    return (lower_numbers){data, element, splat};
}

/* All elements of a constant in a plain array from lower_data. */
static char *expanded(lowering *l, MlirOperation constant, int64_t *size)
{
    lower_numbers from = lower_numbers_of(constant);
    int64_t n = ir_count(mlirOperationGetResult(constant, 0));
    *size = n * from.element;
    char *all = lower_data(l, *size);
    for (int64_t i = 0; i < n; i++) {
        memcpy(all + i * from.element,
               from.data + (from.splat ? 0 : i * from.element),
               (size_t)from.element);
    }
    return all;
}

/* Is every element +0? */
static bool is_zero(MlirOperation constant)
{
    lower_numbers from = lower_numbers_of(constant);
    int64_t n = from.splat ? 1 : ir_count(mlirOperationGetResult(constant, 0));
    for (int64_t i = 0; i < n * from.element; i++) {
        if (from.data[i] != 0) {
            return false;
        }
    }
    return true;
}

/* Resources can be left out of a file. */
static bool check_data(MlirOperation constant)
{
    lower_numbers from = lower_numbers_of(constant);
    if (!from.data && ir_count(mlirOperationGetResult(constant, 0)) > 0) {
        return ir_error(constant, "the constant's resource has no data");
    }
    return true;
}

/* The constant as a value of its own: what an unfed node gets. */
static bool bind_constant(lowering *l, MlirOperation op)
{
    MlirValue value = mlirOperationGetResult(op, 0);
    if (lower_is_spikes(value)) {
        return ir_error(op, "'snn.constant' of spikes is not lowered yet");
    }
    int64_t size;
    char *data = expanded(l, op, &size);
    const char *node = ir_loc_name(mlirOperationGetLocation(op), l->a);
    const char *name = text_printf(l->a, "%s%s%s", node, *node ? "_" : "",
                                   is_zero(op) ? "zero" : "constant");
    MlirValue dense =
        lower_global_data(l, name, mlirValueGetType(value), data, size);
    lower_bind(l, (lowered){.from = value, .name = name, .dense = dense});
    return true;
}

/* Weights are read where they are used. */
bool lower_constant(lowering *l, MlirOperation op)
{
    if (!check_data(op)) {
        return false;
    }
    MlirValue value = mlirOperationGetResult(op, 0);
    for (MlirOpOperand use = mlirValueGetFirstUse(value);
         !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        MlirOperation user = mlirOpOperandGetOwner(use);
        bool weight = (ir_is(user, "snn.linear") || ir_is(user, "snn.conv")) &&
                      mlirOpOperandGetOperandNumber(use) > 0;
        if (!weight) {
            return bind_constant(l, op);
        }
    }
    return true;
}

/*===- snn.linear -----------------------------------------------------------*/

typedef struct linear {
    const char *node;
    MlirValue x;
    MlirOperation weight;
    MlirOperation bias; /* null: none, or zero */
    MlirType out; /* of the sums: a float, or an integer that holds them */
    int64_t n_in;
    int64_t n_out;
    int64_t lead; /* product of the leading axes */
} linear;

MlirType lower_sum_type(MlirOperation op)
{
    MlirValue y = mlirOperationGetResult(op, 0);
    MlirType type = mlirValueGetType(y);
    if (ir_is_float(ir_element(y))) {
        return type;
    }
    int64_t most = lower_range_product(op, mlirOperationGetOperand(op, 0));
    return ir_tensor_like(type, lower_range_type(ir_element(y), most));
}

static linear linear_of(lowering *l, MlirOperation op)
{
    MlirValue weight = mlirOperationGetOperand(op, 1);
    intptr_t rank = ir_rank(weight);
    linear n = {.node = ir_get_text(op, "node", l->a),
                .x = mlirOperationGetOperand(op, 0),
                .weight = ir_owner(weight),
                .bias = lower_bias_of(op),
                .out = lower_sum_type(op),
                .n_in = ir_dim(weight, rank - 1),
                .n_out = ir_dim(weight, rank - 2),
                .lead = 1};
    for (intptr_t i = 0; i < rank - 2; i++) {
        n.lead *= ir_dim(weight, i);
    }
    return n;
}

enum { TILE = 32 }; /* rows and columns that fit into the nearest cache */

/* The part of matrix g, n_out x n_in, that begins at row m and column k. */
static void transpose_tile(const linear *n, lower_numbers from, int64_t g,
                           int64_t m, int64_t k, char *to)
{
    int64_t size = from.element;
    int64_t last_m = m + TILE < n->n_out ? m + TILE : n->n_out;
    int64_t last_k = k + TILE < n->n_in ? k + TILE : n->n_in;
    for (int64_t j = k; j < last_k; j++) {
        for (int64_t i = m; i < last_m; i++) {
            int64_t source = (g * n->n_out + i) * n->n_in + j;
            int64_t target = (g * n->n_in + j) * n->n_out + i;
            memcpy(to + target * size,
                   from.data + (from.splat ? 0 : source * size), (size_t)size);
        }
    }
}

/* The weights with the last two axes exchanged: (lead..., N, M). */
static MlirValue transposed(lowering *l, const linear *n)
{
    lower_numbers from = lower_numbers_of(n->weight);
    int64_t size = from.element;
    int64_t count = n->lead * n->n_in * n->n_out;
    MlirValue weight = mlirOperationGetResult(n->weight, 0);
    bool nibbles = lower_is_nibbles(weight);
    char *to =
        nibbles ? arena_alloc(l->a, count, 1) : lower_data(l, count * size);
    for (int64_t g = 0; g < n->lead; g++) {
        for (int64_t k = 0; k < n->n_in; k += TILE) {
            for (int64_t m = 0; m < n->n_out; m += TILE) {
                transpose_tile(n, from, g, m, k, to);
            }
        }
    }
    int64_t dims[IR_MAX_OPERANDS];
    intptr_t rank = ir_rank(weight);
    for (intptr_t i = 0; i < rank; i++) {
        dims[i] = ir_dim(weight, i);
    }
    dims[rank - 2] = n->n_in;
    dims[rank - 1] = n->n_out;
    MlirType element = ir_element(weight);
    if (nibbles) {
        int64_t rows = n->lead * n->n_in;
        to = lower_nibble_rows(l, to, rows, n->n_out);
        dims[rank - 1] = lower_nibble_bytes(n->n_out);
        element = ir_i(&l->b, 8);
        count = rows * dims[rank - 1];
    }
    return lower_global_data(l, text_printf(l->a, "%s_weight", n->node),
                             ir_tensor(element, rank, dims), to, count * size);
}

/* weight * x, or weight where x is just 1, as a number of a type. */
static MlirValue term_of(ir *b, MlirValue weight, MlirValue x, MlirType type)
{
    MlirValue w = lower_as(b, weight, type);
    return mlirValueIsNull(x) ? w : lower_multiply(b, w, x);
}

/* acc + row, or acc + row * x where x is not just 1. */
static MlirValue add_row(ir *b, MlirValue acc, MlirValue row, MlirValue x)
{
    ir_generic g = {.iterators = "p",
                    .maps = {"a", "a"},
                    .ins = {row},
                    .n_ins = 1,
                    .outs = {acc},
                    .n_outs = 1};
    MlirValue e[2];
    ir_scope body = ir_generic_begin(b, &g, e);
    MlirValue term = term_of(b, e[0], x, ir_element(acc));
    MlirValue sum = lower_add(b, e[1], term);
    ir_generic_end(b, &body, &sum);
    return ir_result(body, 0);
}

/* One row of the weights for each event. */
static MlirValue sum_events(lowering *l, const linear *n, lowered x,
                            MlirValue weight, MlirValue zeros)
{
    ir *b = &l->b;
    MlirType real = mlirShapedTypeGetElementType(n->out);
    MlirValue lo = ir_index(b, 0);
    MlirValue step = ir_index(b, 1);
    ir_scope loop = ir_for(b, lo, x.count, step, 1, &zeros);
    MlirValue source = lower_source(b, x.events, loop.index);
    MlirValue factor = {NULL};
    if (!lower_is_spikes(n->x)) {
        MlirValue element = ir_extract(b, x.dense, 1, &source);
        factor = lower_as(b, element, real);
    }
    MlirValue sum;
    if (lower_is_nibbles(mlirOperationGetResult(n->weight, 0))) {
        lower_nibble_row row = {
            .table = weight, .row = {source}, .n = n->n_out, .factor = factor};
        sum = lower_nibble_add(b, &row, loop.carried[0]);
    } else {
        MlirValue row = ir_row(b, weight, source);
        sum = add_row(b, loop.carried[0], row, factor);
    }
    ir_end(b, &loop, &sum);
    return ir_result(loop, 0);
}

/* All rows of packed weights: loops over lead..., source. */
static MlirValue sum_nibbles(lowering *l, const linear *n, MlirValue x,
                             MlirValue weight, MlirValue zeros)
{
    ir *b = &l->b;
    int64_t dims[LOWER_MAX_RANK];
    intptr_t rank = ir_rank(x);
    for (intptr_t i = 0; i < rank; i++) {
        dims[i] = ir_dim(x, i);
    }
    lower_nest nest = lower_nest_open(b, rank, dims, zeros);
    MlirValue element = ir_extract(b, x, rank, nest.index);
    lower_nibble_row row = {.table = weight, .n = n->n_out, .axis = rank - 1};
    row.factor = lower_as(b, element, mlirShapedTypeGetElementType(n->out));
    for (intptr_t i = 0; i < rank; i++) {
        row.row[i] = row.to[i] = nest.index[i];
    }
    MlirValue sum = lower_nibble_add(b, &row, nest.carried);
    return lower_nest_close(b, &nest, sum);
}

/* All rows: loops over lead..., source, target. */
static MlirValue sum_all(lowering *l, const linear *n, MlirValue x,
                         MlirValue weight, MlirValue zeros)
{
    ir *b = &l->b;
    MlirType real = mlirShapedTypeGetElementType(n->out);
    if (lower_is_nibbles(mlirOperationGetResult(n->weight, 0))) {
        return sum_nibbles(l, n, x, weight, zeros);
    }
    intptr_t lead = ir_rank(x) - 1;
    buf maps[4] = {{.a = l->a}, {.a = l->a}, {.a = l->a}, {.a = l->a}};
    for (intptr_t i = 0; i < lead; i++) {
        for (int m = 0; m < 3; m++) {
            buf_printf(&maps[m], "%c", (char)('a' + i));
        }
        buf_text(&maps[3], "p");
    }
    buf_printf(&maps[0], "%c", (char)('a' + lead));
    buf_printf(&maps[1], "%c%c", (char)('a' + lead), (char)('b' + lead));
    buf_printf(&maps[2], "%c", (char)('b' + lead));
    buf_text(&maps[3], "rp");
    ir_generic g = {.iterators = maps[3].text,
                    .maps = {maps[0].text, maps[1].text, maps[2].text},
                    .ins = {x, weight},
                    .n_ins = 2,
                    .outs = {zeros},
                    .n_outs = 1};
    MlirValue e[3];
    ir_scope body = ir_generic_begin(b, &g, e);
    MlirValue factor = lower_as(b, e[0], real);
    MlirValue term = term_of(b, e[1], factor, real);
    MlirValue sum = lower_add(b, e[2], term);
    ir_generic_end(b, &body, &sum);
    return ir_result(body, 0);
}

/* The integers of a constant, as those of a wider type or one that holds them.
 */
static char *widened(lowering *l, MlirOperation constant, MlirType type,
                     int64_t n, int64_t *size)
{
    lower_numbers from = lower_numbers_of(constant);
    MlirType old = ir_element(mlirOperationGetResult(constant, 0));
    int64_t bytes = mlirIntegerTypeGetWidth(type) / 8;
    *size = n * bytes;
    char *all = lower_data(l, *size);
    for (int64_t i = 0; i < n; i++) {
        int64_t value = lower_integer(from, old, i);
        memcpy(all + i * bytes, &value, (size_t)bytes);
    }
    return all;
}

/* A bias as a tensor: of rank 0 where one number is all. */
static MlirValue bias_tensor(lowering *l, const char *node, MlirOperation bias,
                             MlirType element)
{
    lower_numbers from = lower_numbers_of(bias);
    MlirValue value = mlirOperationGetResult(bias, 0);
    const char *name = text_printf(l->a, "%s_bias", node);
    if (mlirTypeIsAInteger(element)) {
        MlirType type = from.splat
                            ? ir_tensor(element, 0, NULL)
                            : ir_tensor_like(mlirValueGetType(value), element);
        int64_t bytes;
        char *codes =
            widened(l, bias, element, from.splat ? 1 : ir_count(value), &bytes);
        return lower_global_data(l, name, type, codes, bytes);
    }
    if (from.splat) {
        MlirType one = ir_tensor(ir_element(value), 0, NULL);
        return lower_global(l, name, one, from.data, from.element);
    }
    int64_t size;
    char *data = expanded(l, bias, &size);
    return lower_global_data(l, name, mlirValueGetType(value), data, size);
}

MlirValue lower_add_bias(lowering *l, const char *node, MlirOperation bias,
                         const char *map, MlirValue sum)
{
    MlirValue numbers = bias_tensor(l, node, bias, ir_element(sum));
    intptr_t rank = ir_rank(sum);
    ir_generic g = {.iterators = lower_parallel(rank),
                    .maps = {ir_rank(numbers) == 0 ? "" : map, lower_map(rank)},
                    .ins = {numbers},
                    .n_ins = 1,
                    .outs = {sum},
                    .n_outs = 1};
    MlirValue e[2];
    ir_scope body = ir_generic_begin(&l->b, &g, e);
    MlirValue y = lower_add(&l->b, e[1], e[0]);
    ir_generic_end(&l->b, &body, &y);
    return ir_result(body, 0);
}

MlirOperation lower_bias_of(MlirOperation op)
{
    if (mlirOperationGetNumOperands(op) < 3) {
        return (MlirOperation){NULL};
    }
    MlirOperation bias = ir_owner(mlirOperationGetOperand(op, 2));
    /* A sum is never -0, so adding +0 changes nothing. */
    return is_zero(bias) ? (MlirOperation){NULL} : bias;
}

static const char *kernel_of(const linear *n, bool events)
{
    bool biased = !mlirOperationIsNull(n->bias);
    if (!events) {
        return biased ? "affine_dense" : "linear_dense";
    }
    if (lower_is_spikes(n->x)) {
        return biased ? "affine_events" : "linear_events";
    }
    return biased ? "affine_graded" : "linear_graded";
}

bool lower_check_weights(lowering *l, MlirOperation op)
{
    for (intptr_t i = 1; i < mlirOperationGetNumOperands(op); i++) {
        if (!ir_is(ir_owner(mlirOperationGetOperand(op, i)), "snn.constant")) {
            return ir_error(op,
                            "'%s' with weights that are not constant is not "
                            "lowered yet",
                            ir_op_name(op, l->a));
        }
    }
    return true;
}

bool lower_linear(lowering *l, MlirOperation op)
{
    if (!lower_check_weights(l, op)) {
        return false;
    }
    linear n = linear_of(l, op);
    MlirType real = mlirShapedTypeGetElementType(n.out);
    bool events = !l->dense && ir_rank(n.x) == 1 && lower_is_sparse(n.x);
    lowered x = events ? lower_events(l, n.x) : *lower_find(l, n.x);
    lower_begin(l, n.node, kernel_of(&n, events));
    MlirValue weight = transposed(l, &n);
    MlirValue zero = lower_zero(&l->b, real);
    MlirValue empty = ir_empty(&l->b, n.out);
    MlirValue zeros = ir_fill(&l->b, zero, empty);
    MlirValue y = events ? sum_events(l, &n, x, weight, zeros)
                         : sum_all(l, &n, x.dense, weight, zeros);
    if (!mlirOperationIsNull(n.bias)) {
        MlirValue bias = mlirOperationGetResult(n.bias, 0);
        const char *all = lower_map(ir_rank(y));
        y = lower_add_bias(l, n.node, n.bias,
                           all + (ir_rank(y) - ir_rank(bias)), y);
    }
    y = lower_narrowed(l, n.node, y, mlirOperationGetResult(op, 0));
    lower_bind(l, (lowered){.from = mlirOperationGetResult(op, 0),
                            .name = n.node,
                            .dense = y});
    return true;
}

/*===- elementwise ----------------------------------------------------------*/

/* An elementwise operation on n tensors and a parameter (or none). */
typedef struct pointwise {
    MlirValue ins[IR_MAX_OPERANDS - 1];
    intptr_t n;
    MlirType out;
    MlirValue (*element)(ir *b, const MlirValue *x, intptr_t n, MlirType real);
    MlirType real;
} pointwise;

/* The place of x among the operands of g: where it stands already, or the next.
 */
static intptr_t operand_of(ir_generic *g, MlirValue x)
{
    intptr_t i = 0;
    while (i < g->n_ins && !mlirValueEqual(g->ins[i], x)) {
        i++;
    }
    if (i == g->n_ins) {
        g->ins[g->n_ins++] = x;
        g->maps[i] = lower_map(ir_rank(x));
    }
    return i;
}

/* A tensor that arrives twice is one operand. */
static MlirValue build_pointwise(lowering *l, const pointwise *p)
{
    ir *b = &l->b;
    intptr_t rank = mlirShapedTypeGetRank(p->out);
    ir_generic g = {.iterators = lower_parallel(rank), .n_outs = 1};
    intptr_t places[IR_MAX_OPERANDS];
    for (intptr_t i = 0; i < p->n; i++) {
        places[i] = operand_of(&g, p->ins[i]);
    }
    g.outs[0] = ir_empty(b, p->out);
    g.maps[g.n_ins] = lower_map(rank);
    MlirValue e[IR_MAX_OPERANDS];
    MlirValue x[IR_MAX_OPERANDS];
    ir_scope body = ir_generic_begin(b, &g, e);
    for (intptr_t i = 0; i < p->n; i++) {
        x[i] = e[places[i]];
    }
    MlirValue y = p->element(b, x, p->n, p->real);
    ir_generic_end(b, &body, &y);
    return ir_result(body, 0);
}

static bool finish_pointwise(lowering *l, MlirOperation op, pointwise *p)
{
    p->out = mlirValueGetType(mlirOperationGetResult(op, 0));
    MlirValue y = build_pointwise(l, p);
    lower_bind(l, (lowered){.from = mlirOperationGetResult(op, 0),
                            .name = ir_get_text(op, "node", l->a),
                            .dense = y});
    return true;
}

/* ((x0 + x1) + x2) + ... */
static MlirValue add_all(ir *b, const MlirValue *x, intptr_t n, MlirType real)
{
    MlirValue sum = lower_as(b, x[0], real);
    for (intptr_t i = 1; i < n; i++) {
        MlirValue term = lower_as(b, x[i], real);
        sum = lower_add(b, sum, term);
    }
    return sum;
}

/* Of the sums: y's, or one that holds them. */
static MlirType type_of_sum(MlirOperation op)
{
    MlirType type = ir_element(mlirOperationGetResult(op, 0));
    if (ir_is_float(type)) {
        return type;
    }
    int64_t most = lower_range_sum(op);
    return lower_range_type(type, most);
}

/* A sum of more operands than one operation takes goes on from the last. */
bool lower_sum(lowering *l, MlirOperation op)
{
    enum { AT_ONCE = IR_MAX_OPERANDS - 1 };
    MlirValue result = mlirOperationGetResult(op, 0);
    MlirType type = type_of_sum(op);
    pointwise p = {.element = add_all,
                   .real = type,
                   .out = ir_tensor_like(mlirValueGetType(result), type)};
    const char *node = ir_get_text(op, "node", l->a);
    lower_begin(l, text_printf(l->a, "%s_sum", node), "sum");
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
        if (p.n == AT_ONCE) {
            p.ins[0] = build_pointwise(l, &p);
            p.n = 1;
        }
        p.ins[p.n++] = lower_dense(l, mlirOperationGetOperand(op, i));
    }
    MlirValue sums = build_pointwise(l, &p);
    const char *name = text_printf(l->a, "%s_sum", node);
    lower_bind(l, (lowered){.from = result,
                            .name = node,
                            .dense = lower_narrowed(l, name, sums, result)});
    return true;
}

static MlirValue multiply(ir *b, const MlirValue *x, intptr_t n, MlirType real)
{
    (void)n;
    MlirValue value = lower_as(b, x[0], real);
    return ir_mulf(b, value, x[1]);
}

bool lower_scale(lowering *l, MlirOperation op)
{
    const char *node = ir_get_text(op, "node", l->a);
    MlirValue y = mlirOperationGetResult(op, 0);
    pointwise p = {.n = 2, .element = multiply, .real = ir_element(y)};
    if (l->codes) {
        return lower_scale_codes(l, op);
    }
    if (!ir_is_float(p.real)) {
        return ir_error(op, "'snn.scale' on integers is not lowered yet");
    }
    lower_begin(l, node, "scale");
    p.ins[0] = lower_dense(l, mlirOperationGetOperand(op, 0));
    p.ins[1] = lower_param(l, node, "scale", ir_get(op, "scale"), p.real, y);
    return finish_pointwise(l, op, &p);
}

/* tensor.collapse_shape goes on as it is: it moves nothing. */
bool lower_collapse(lowering *l, MlirOperation op)
{
    MlirValue x = lower_dense(l, mlirOperationGetOperand(op, 0));
    MlirOperation copy = mlirOperationClone(op);
    mlirOperationSetOperand(copy, 0, x);
    mlirOperationSetLocation(copy, l->b.loc);
    mlirBlockAppendOwnedOperation(l->b.block, copy);
    const char *name = ir_loc_name(mlirOperationGetLocation(op), l->a);
    lower_bind(l, (lowered){.from = mlirOperationGetResult(op, 0),
                            .name = name,
                            .dense = mlirOperationGetResult(copy, 0)});
    return true;
}
