/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * cost.c - what a node costs: work of a step, work of a spike, memory.
 *
 * All of it follows from shapes, windows and datasets; what the compiler makes
 * of it is counted where it is made.
 */
#include "nir/nir.h"

#include <math.h>

#include "nir/check.h"
#include "nir/kinds.h"

/* How many taps of a window meet one element of its axis. */
typedef struct reach {
    int64_t most;
    double mean;
} reach;

/*
 * Tap t of output p meets element p stride + t dilation - pad_before. For one
 * tap these are a range with a stride: it is added at its first element, taken
 * away behind its last, and sums over the stride give what meets each.
 */
static reach reach_of(const nir_window *w, int64_t n)
{
    arena a = {0};
    int32_t *meets = ARENA_ARRAY(&a, int32_t, n);
    for (int64_t t = 0; t < w->kernel; t++) {
        int64_t first = t * w->dilation - w->pad_before;
        int64_t behind = first + w->out * w->stride;
        if (first < 0) { /* the first output at which the tap is inside */
            first += (-first + w->stride - 1) / w->stride * w->stride;
        }
        if (first < n && first < behind) {
            meets[first]++;
            if (behind < n) {
                meets[behind]--;
            }
        }
    }
    reach r = {0};
    int64_t sum = 0;
    for (int64_t i = 0; i < n; i++) {
        meets[i] += i >= w->stride ? meets[i - w->stride] : 0;
        r.most = meets[i] > r.most ? meets[i] : r.most;
        sum += meets[i];
    }
    r.mean = (double)sum / (double)n;
    arena_free(&a);
    return r;
}

/* x times y, or -1 where a factor is not known or the product is too large. */
static int64_t times(int64_t x, int64_t y)
{
    return x < 0 || y < 0 || (y > 0 && x > INT64_MAX / y) ? -1 : x * y;
}

static int64_t size_of(const nir_shape *shape)
{
    int64_t size = 1;
    for (int i = 0; i < shape->rank; i++) {
        size = times(size, shape->dim[i]);
    }
    return size;
}

/* Convolutions: each channel of a group feeds all outputs of the group. */
static void count_window(const nir_node *node, nir_cost *cost)
{
    bool conv = nir_is_conv(node->kind);
    const nir_shape *weight = &node->field[NIR_WEIGHT].shape;
    nir_window window[2];
    int axes = nir_windows(node, window);
    int64_t taps = 1;
    int64_t each =
        conv ? weight->dim[0] / nir_per_axis(node, NIR_GROUPS, 0) : 1;
    cost->has_fan_out = true;
    cost->fan_out_max = each;
    cost->fan_out_mean = (double)each;
    for (int i = 0; i < axes; i++) {
        reach r = reach_of(&window[i], node->in.dim[i + 1]);
        cost->fan_out_max = times(cost->fan_out_max, r.most);
        cost->fan_out_mean *= r.mean;
        taps = times(taps, window[i].kernel);
    }
    int64_t work = times(size_of(&node->out), taps);
    cost->macs = conv ? times(work, weight->dim[1]) : 0;
    cost->adds = conv ? 0 : work;
}

static void count_linear(const nir_node *node, nir_cost *cost)
{
    const nir_shape *weight = &node->field[NIR_WEIGHT].shape;
    cost->macs = size_of(weight);
    cost->has_fan_out = true;
    cost->fan_out_max = weight->dim[weight->rank - 2];
    cost->fan_out_mean = (double)cost->fan_out_max;
}

/* Numbers on their way: rows of the delay's line. */
static int64_t line_of(const nir_node *node, double dt)
{
    const nir_array *delay = &node->field[NIR_DELAY_TIME];
    double least = INFINITY;
    double most = 0;
    for (int64_t i = 0; i < delay->count; i++) {
        double time = nir_number(delay, i);
        double steps = time == 0 ? 0 : floor(time / dt + 0.5);
        least = steps < least ? steps : least;
        most = steps > most ? steps : most;
    }
    if (most == 0) {
        return 0;
    }
    double rows = least >= 1 ? most : most + 1; /* the newest is read, too */
    return rows < 1e9 ? times((int64_t)rows, size_of(&node->out)) : -1;
}

static int64_t states_of(const nir_node *node, double dt)
{
    bool cuba = node->kind == NIR_CUBA_LI || node->kind == NIR_CUBA_LIF;
    if (node->kind == NIR_DELAY) {
        return node->broken || !node->out_known ? -1 : line_of(node, dt);
    }
    if (!nir_is_neuron(node->kind)) {
        return node->kind == NIR_UNKNOWN ? -1 : 0;
    }
    return node->out_known ? times(cuba ? 2 : 1, size_of(&node->out)) : -1;
}

static bool elements_differ(const nir_array *x)
{
    for (int64_t i = 1; i < x->count; i++) {
        if (nir_number(x, i) != nir_number(x, 0)) {
            return true;
        }
    }
    return false;
}

static int64_t constants_of(const nir_node *node)
{
    int64_t n = 0;
    for (int f = 0; f < NIR_FIELD_COUNT; f++) {
        const nir_array *x = &node->field[f];
        bool parameter = x->type == NIR_F32 || x->type == NIR_F64;
        bool table = f == NIR_WEIGHT || f == NIR_BIAS;
        if (parameter && node->kind != NIR_DELAY &&
            (table || elements_differ(x))) {
            n += x->count;
        }
    }
    return node->kind == NIR_UNKNOWN ? -1 : n;
}

nir_cost nir_cost_of(const nir_node *node, double dt)
{
    nir_cost cost = {.states = states_of(node, dt),
                     .constants = constants_of(node)};
    bool window = nir_window_axes(node->kind) > 0;
    bool linear = node->kind == NIR_LINEAR || node->kind == NIR_AFFINE;
    bool known = node->out_known && !node->broken;
    if (node->kind == NIR_UNKNOWN || (window && !known) ||
        (linear && node->field[NIR_WEIGHT].shape.rank < 2)) {
        cost.macs = cost.adds = -1;
    } else if (window) {
        count_window(node, &cost);
    } else if (linear) {
        count_linear(node, &cost);
    } else if (node->kind == NIR_SCALE) {
        cost.macs = node->out_known ? size_of(&node->out) : -1;
        cost.has_fan_out = true;
        cost.fan_out_max = 1;
        cost.fan_out_mean = 1;
    }
    return cost;
}
