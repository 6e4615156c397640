/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_window.c - convolutions and pools.
 *
 * A convolution scatters: each element of x (or each event) adds the weights of
 * every tap to the outputs that see it. For one output the terms arrive in the
 * order of the elements, which is the order of channels and taps in
 * docs/spec.md, so events and the dense loop give the same bits. A pool gathers
 * over each window, in the order of its taps.
 */
#include <string.h>

#include "base/buf.h"
#include "passes/lower_integers.h"

enum { MAX_AXES = 2 };

typedef struct windows {
    int axes;
    int64_t kernel[MAX_AXES], stride[MAX_AXES], dilation[MAX_AXES];
    int64_t before[MAX_AXES];
    int64_t in[MAX_AXES], out[MAX_AXES];
} windows;

static int64_t list_item(MlirOperation op, const char *name, int i)
{
    MlirAttribute list = ir_get(op, name);
    return mlirAttributeIsNull(list) ? 1 : mlirDenseI64ArrayGetElement(list, i);
}

static windows windows_of(MlirOperation op, bool pool)
{
    MlirValue x = mlirOperationGetOperand(op, 0);
    MlirValue y = mlirOperationGetResult(op, 0);
    windows w = {.axes = (int)ir_rank(x) - 1};
    for (int i = 0; i < w.axes; i++) {
        w.kernel[i] = pool ? list_item(op, "kernel", i)
                           : ir_dim(mlirOperationGetOperand(op, 1), i + 2);
        w.stride[i] = list_item(op, "stride", i);
        w.dilation[i] = list_item(op, "dilation", i);
        w.before[i] = list_item(op, "pads", 2 * i);
        w.in[i] = ir_dim(x, i + 1);
        w.out[i] = ir_dim(y, i + 1);
    }
    return w;
}

static MlirValue times(ir *b, MlirValue x, int64_t n)
{
    if (n == 1) {
        return x;
    }
    MlirValue factor = ir_index(b, n);
    return ir_binary(b, "arith.muli", x, factor);
}

static MlirValue plus(ir *b, MlirValue x, int64_t n)
{
    if (n == 0) {
        return x;
    }
    MlirValue term = ir_index(b, n);
    return ir_addi(b, x, term);
}

/* x and y; either may be null, which is true. */
static MlirValue both(ir *b, MlirValue x, MlirValue y)
{
    if (mlirValueIsNull(x) || mlirValueIsNull(y)) {
        return mlirValueIsNull(x) ? y : x;
    }
    return ir_binary(b, "arith.andi", x, y);
}

/* x >= y, both unsigned; null where y is 0 for sure: compilers warn of that. */
static MlirValue reaches(ir *b, MlirValue x, MlirValue y, bool is_zero)
{
    return is_zero ? (MlirValue){NULL} : ir_cmpi(b, CMPI_UGE, x, y);
}

/*===- convolutions ---------------------------------------------------------*/

typedef struct conv {
    const char *node;
    windows w;
    MlirValue x;   /* of the step level */
    MlirType real; /* of sums */
    int64_t in_channels, out_channels, groups;
    MlirValue weight; /* (Ci, taps..., Co / groups) */
    bool nibbles;     /* it is packed: half as many bytes in a row */
} conv;

/* (Co, Ci / groups, taps) becomes (Ci, taps, Co / groups). */
static MlirValue scatter_weights(lowering *l, const conv *c, MlirValue weight)
{
    lower_numbers from = lower_numbers_of(ir_owner(weight));
    int64_t element = from.element;
    int64_t taps = 1;
    int64_t dims[LOWER_MAX_RANK] = {c->in_channels};
    for (int i = 0; i < c->w.axes; i++) {
        dims[i + 1] = c->w.kernel[i];
        taps *= c->w.kernel[i];
    }
    int64_t per_out = c->out_channels / c->groups;
    int64_t per_in = c->in_channels / c->groups;
    dims[c->w.axes + 1] = per_out;
    int64_t count = c->in_channels * taps * per_out;
    char *to = c->nibbles ? arena_alloc(l->a, count, 1)
                          : lower_data(l, count * element);
    for (int64_t i = 0; i < count; i++) {
        int64_t o = i % per_out;
        int64_t tap = i / per_out % taps;
        int64_t in = i / per_out / taps;
        int64_t out = in / per_in * per_out + o;
        int64_t source = (out * per_in + in % per_in) * taps + tap;
        memcpy(to + i * element,
               from.data + (from.splat ? 0 : source * element),
               (size_t)element);
    }
    MlirType type = ir_element(weight);
    if (c->nibbles) {
        to = lower_nibble_rows(l, to, count / per_out, per_out);
        dims[c->w.axes + 1] = lower_nibble_bytes(per_out);
        count = count / per_out * dims[c->w.axes + 1];
        type = ir_i(&l->b, 8);
    }
    return lower_global_data(l, text_printf(l->a, "%s_weight", c->node),
                             ir_tensor(type, c->w.axes + 2, dims), to,
                             count * element);
}

/*
 * Which output position tap t of an axis takes the input position i to:
 * (i + before - t dilation) / stride, if that is whole and inside.
 */
typedef struct landing {
    MlirValue place;
    MlirValue hits; /* i1 */
} landing;

/* A position along an axis: "in_row", "in_column"; of one axis "in". */
static MlirValue call_place(ir *b, const windows *w, int axis, const char *name,
                            MlirValue value)
{
    static const char *const names[] = {"row", "column"};
    char text[32] = "";
    strcat(text, name);
    if (w->axes > 1) {
        strcat(strcat(text, "_"), names[axis]);
    }
    return ir_call(b, value, text);
}

static landing land(ir *b, const windows *w, int axis, MlirValue i, MlirValue t)
{
    MlirValue padded = plus(b, i, w->before[axis]);
    if (w->before[axis] > 0) {
        call_place(b, w, axis, "padded", padded);
    }
    MlirValue back = times(b, t, w->dilation[axis]);
    MlirValue reached = reaches(b, padded, back, w->kernel[axis] == 1);
    MlirValue at = ir_binary(b, "arith.subi", padded, back);
    MlirValue size = ir_index(b, w->out[axis]);
    landing on = {.place = at};
    if (!mlirValueEqual(at, padded)) {
        call_place(b, w, axis, w->stride[axis] > 1 ? "shifted" : "out", at);
    }
    if (w->stride[axis] > 1) {
        MlirValue stride = ir_index(b, w->stride[axis]);
        MlirValue zero = ir_index(b, 0);
        MlirValue rest = ir_binary(b, "arith.remui", at, stride);
        MlirValue whole = ir_cmpi(b, CMPI_EQ, rest, zero);
        on.place = call_place(b, w, axis, "out",
                              ir_binary(b, "arith.divui", at, stride));
        reached = both(b, reached, whole);
    }
    MlirValue inside = ir_cmpi(b, CMPI_ULT, on.place, size);
    on.hits = both(b, reached, inside);
    return on;
}

/* Adds one tap's row of weights to the channels at a place of y. */
static MlirValue add_tap(ir *b, const conv *c, const MlirValue *tap,
                         MlirValue channel, const MlirValue *place, MlirValue x,
                         MlirValue y)
{
    int64_t per_out = c->out_channels / c->groups;
    int64_t per_in = c->in_channels / c->groups;
    MlirValue first = {NULL};
    if (c->groups > 1) {
        MlirValue divisor = ir_index(b, per_in);
        MlirValue group = ir_binary(b, "arith.divui", channel, divisor);
        first = times(b, group, per_out);
    }
    if (c->nibbles) {
        lower_nibble_row row = {.table = c->weight,
                                .row = {channel},
                                .n = per_out,
                                .factor = x,
                                .offset = first};
        for (int i = 0; i < c->w.axes; i++) {
            row.row[i + 1] = tap[i];
            row.to[i + 1] = place[i];
        }
        return lower_nibble_add(b, &row, y);
    }
    lower_nest n = lower_nest_open(b, 1, &per_out, y);
    MlirValue from[LOWER_MAX_RANK] = {channel};
    MlirValue to[LOWER_MAX_RANK] = {n.index[0]};
    if (c->groups > 1) {
        to[0] = ir_addi(b, first, n.index[0]);
    }
    for (int i = 0; i < c->w.axes; i++) {
        from[i + 1] = tap[i];
        to[i + 1] = place[i];
    }
    from[c->w.axes + 1] = n.index[0];
    MlirValue stored = ir_extract(b, c->weight, c->w.axes + 2, from);
    MlirValue weight = lower_as(b, stored, c->real);
    MlirValue old = ir_extract(b, n.carried, c->w.axes + 1, to);
    MlirValue term = mlirValueIsNull(x) ? weight : lower_multiply(b, weight, x);
    MlirValue sum = lower_add(b, old, term);
    MlirValue set = ir_insert(b, sum, n.carried, c->w.axes + 1, to);
    return lower_nest_close(b, &n, set);
}

/* All taps of one element of x, at in of its channel. */
static MlirValue scatter(ir *b, const conv *c, MlirValue channel,
                         const MlirValue *in, MlirValue x, MlirValue y)
{
    MlirType type = mlirValueGetType(y);
    lower_nest n = lower_nest_open(b, c->w.axes, c->w.kernel, y);
    MlirValue place[MAX_AXES];
    MlirValue hits = {NULL};
    for (int i = 0; i < c->w.axes; i++) {
        landing on = land(b, &c->w, i, in[i], n.index[i]);
        place[i] = on.place;
        hits = both(b, hits, on.hits);
    }
    ir_scope branch = ir_if(b, hits, 1, &type);
    MlirValue added = add_tap(b, c, n.index, channel, place, x, n.carried);
    ir_else(b, &branch, &added);
    ir_end(b, &branch, &n.carried);
    return lower_nest_close(b, &n, ir_result(branch, 0));
}

/* Every element of x, whatever it is. */
static MlirValue scatter_all(lowering *l, const conv *c, MlirValue x,
                             MlirValue zeros)
{
    ir *b = &l->b;
    int64_t dims[LOWER_MAX_RANK] = {c->in_channels};
    for (int i = 0; i < c->w.axes; i++) {
        dims[i + 1] = c->w.in[i];
    }
    lower_nest n = lower_nest_open(b, c->w.axes + 1, dims, zeros);
    MlirValue element = ir_extract(b, x, n.rank, n.index);
    MlirValue factor = lower_as(b, element, c->real);
    MlirValue sum = scatter(b, c, n.index[0], n.index + 1, factor, n.carried);
    return lower_nest_close(b, &n, sum);
}

/* Channel and position of the element that a flat index means. */
static void unfold(ir *b, const conv *c, MlirValue flat, MlirValue *index)
{
    for (int i = c->w.axes - 1; i >= 0; i--) {
        MlirValue size = ir_index(b, c->w.in[i]);
        index[i + 1] = call_place(b, &c->w, i, "in",
                                  ir_binary(b, "arith.remui", flat, size));
        flat = ir_call(b, ir_binary(b, "arith.divui", flat, size),
                       i == 0 ? "channel" : "rest");
    }
    index[0] = flat;
}

static MlirValue scatter_events(lowering *l, const conv *c, lowered x,
                                MlirValue zeros)
{
    ir *b = &l->b;
    MlirValue lo = ir_index(b, 0);
    MlirValue step = ir_index(b, 1);
    ir_scope loop = ir_for(b, lo, x.count, step, 1, &zeros);
    MlirValue flat = lower_source(b, x.events, loop.index);
    MlirValue index[LOWER_MAX_RANK];
    unfold(b, c, flat, index);
    MlirValue factor = {NULL};
    if (!lower_is_spikes(c->x)) {
        MlirValue element = ir_extract(b, x.dense, c->w.axes + 1, index);
        factor = lower_as(b, element, c->real);
    }
    MlirValue sum = scatter(b, c, index[0], index + 1, factor, loop.carried[0]);
    ir_end(b, &loop, &sum);
    return ir_result(loop, 0);
}

bool lower_conv(lowering *l, MlirOperation op)
{
    if (!lower_check_weights(l, op)) {
        return false;
    }
    MlirValue weight = mlirOperationGetOperand(op, 1);
    MlirValue y = mlirOperationGetResult(op, 0);
    MlirType sums = lower_sum_type(op);
    conv c = {.node = ir_get_text(op, "node", l->a),
              .w = windows_of(op, false),
              .x = mlirOperationGetOperand(op, 0),
              .real = mlirShapedTypeGetElementType(sums),
              .in_channels = ir_dim(mlirOperationGetOperand(op, 0), 0),
              .out_channels = ir_dim(weight, 0),
              .nibbles = lower_is_nibbles(weight),
              .groups = mlirIntegerAttrGetValueInt(ir_get(op, "groups"))};
    bool events = !l->dense && lower_is_sparse(c.x);
    lowered x = events ? lower_events(l, c.x) : *lower_find(l, c.x);
    lower_begin(l, c.node, events ? "conv_events" : "conv");
    c.weight = scatter_weights(l, &c, weight);
    MlirValue zero = lower_zero(&l->b, c.real);
    MlirValue empty = ir_empty(&l->b, sums);
    MlirValue zeros = ir_fill(&l->b, zero, empty);
    MlirValue sum = events ? scatter_events(l, &c, x, zeros)
                           : scatter_all(l, &c, x.dense, zeros);
    MlirOperation bias = lower_bias_of(op);
    if (!mlirOperationIsNull(bias)) {
        sum = lower_add_bias(l, c.node, bias, "a", sum);
    }
    sum = lower_narrowed(l, c.node, sum, y);
    lower_bind(l, (lowered){.from = y, .name = c.node, .dense = sum});
    return true;
}

/*===- pools ----------------------------------------------------------------*/

/* The sum of x over the window of one output. */
static MlirValue gather(ir *b, const windows *w, MlirValue x, MlirValue channel,
                        const MlirValue *out, MlirType real)
{
    MlirValue zero = lower_zero(b, real);
    lower_nest n = lower_nest_open(b, w->axes, w->kernel, zero);
    MlirValue at[LOWER_MAX_RANK] = {channel};
    MlirValue inside = {NULL};
    for (int i = 0; i < w->axes; i++) {
        MlirValue first = times(b, out[i], w->stride[i]);
        MlirValue padded = ir_addi(b, first, n.index[i]);
        call_place(b, w, i, w->before[i] > 0 ? "padded" : "in", padded);
        MlirValue before = ir_index(b, w->before[i]);
        MlirValue size = ir_index(b, w->in[i]);
        MlirValue enough = reaches(b, padded, before, w->before[i] == 0);
        at[i + 1] = call_place(b, w, i, "in",
                               ir_binary(b, "arith.subi", padded, before));
        MlirValue below = ir_cmpi(b, CMPI_ULT, at[i + 1], size);
        MlirValue good = both(b, enough, below);
        inside = both(b, inside, good);
    }
    ir_scope branch = ir_if(b, inside, 1, &real);
    MlirValue element = ir_extract(b, x, w->axes + 1, at);
    MlirValue term = lower_as(b, element, real);
    MlirValue sum = lower_add(b, n.carried, term);
    ir_else(b, &branch, &sum);
    ir_end(b, &branch, &n.carried);
    return lower_nest_close(b, &n, ir_result(branch, 0));
}

/* The sum over a window, or its mean, of integers, saturated to y's type. */
static MlirValue integer_window(lowering *l, MlirOperation op, const windows *w,
                                MlirValue x, const lower_gather *g,
                                int64_t taps)
{
    ir *b = &l->b;
    MlirValue from = mlirOperationGetOperand(op, 0);
    MlirType to = ir_element(mlirOperationGetResult(op, 0));
    int64_t most = lower_range_multiply(taps, lower_range(from));
    MlirType type = lower_range_type(to, most);
    MlirValue sum = gather(b, w, x, g->index[0], g->index + 1, type);
    MlirAttribute m = ir_get(op, "code_m");
    MlirAttribute s = ir_get(op, "code_s");
    if (mlirAttributeIsNull(m) && mlirAttributeIsNull(s)) {
        return lower_saturated(b, sum, to, lower_range_fits(to, most));
    }
    MlirType middle = ir_i(b, 32);
    if (!lower_range_fits(middle, most)) {
        sum = lower_saturated(b, sum, middle, false);
        most = INT64_C(1) << 31;
    }
    /* one factor for all elements: numbers, not tables */
    type = lower_range_type(middle, lower_range_factors(op, most));
    MlirValue factor = {NULL};
    MlirValue shift = {NULL};
    if (!mlirAttributeIsNull(m)) {
        factor = ir_int(b, type, (int64_t)ir_param(m, 0));
    }
    if (!mlirAttributeIsNull(s)) {
        shift = ir_int(b, type, (int64_t)ir_param(s, 0));
    }
    MlirValue mean = lower_times(b, sum, factor, shift, type);
    most = lower_range_times(op, most);
    return lower_saturated(b, mean, to, lower_range_fits(to, most));
}

bool lower_pool(lowering *l, MlirOperation op)
{
    ir *b = &l->b;
    const char *node = ir_get_text(op, "node", l->a);
    MlirValue y = mlirOperationGetResult(op, 0);
    MlirType real = ir_element(y);
    windows w = windows_of(op, true);
    bool mean = ir_is(op, "snn.avg_pool");
    MlirValue from = mlirOperationGetOperand(op, 0);
    MlirValue x = lower_dense(l, from);
    lower_begin(l, node, mean ? "avg_pool" : "sum_pool");
    int64_t taps = 1;
    for (int i = 0; i < w.axes; i++) {
        taps *= w.kernel[i];
    }
    lower_gather g = lower_gather_open(b, mlirValueGetType(y));
    MlirValue sum;
    if (!ir_is_float(real)) {
        sum = integer_window(l, op, &w, x, &g, taps);
    } else {
        sum = gather(b, &w, x, g.index[0], g.index + 1, real);
    }
    if (mean && ir_is_float(real)) {
        MlirValue area = ir_float(b, real, (double)taps);
        sum = ir_binary(b, "arith.divf", sum, area);
    }
    lower_bind(l, (lowered){.from = y,
                            .name = node,
                            .dense = lower_gather_close(b, &g, sum)});
    return true;
}
