/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * response.c - how the membranes of a row answer to each of its weights. The
 * spikes of the float step reset them and are what they see, so they are linear
 * in the weights: what one weight adds is its input through the filter of the
 * neuron's states.
 */
#include <math.h>
#include <string.h>

#include "ir/affine.h"
#include "tune/layer.h"

/* Membranes this near to the threshold, in parts of it, count alike. */
static const double nearness = 0.06;

static MlirValue operand(MlirOperation op, intptr_t i)
{
    return mlirOperationGetOperand(op, i);
}

static MlirAttribute constant_of(MlirValue v)
{
    MlirOperation op = ir_owner(v);
    return ir_is(op, "snn.constant") ? ir_get(op, "value")
                                     : (MlirAttribute){NULL};
}

/*===- rows -----------------------------------------------------------------*/

int64_t layer_rows(const layer *l)
{
    return ir_dim(operand(l->products[0], 1), 0);
}

bool layer_has_bias(MlirOperation product)
{
    if (mlirOperationGetNumOperands(product) < 3) {
        return false;
    }
    MlirAttribute bias = constant_of(operand(product, 2));
    for (int64_t i = 0; i < ir_dim(operand(product, 2), 0); i++) {
        if (ir_float_at(bias, i) != 0.0) {
            return true;
        }
    }
    return false;
}

static int64_t inputs_of(MlirOperation product)
{
    MlirValue weight = operand(product, 1);
    return ir_dim(weight, 0) > 0 ? ir_count(weight) / ir_dim(weight, 0) : 0;
}

int64_t layer_inputs(const layer *l)
{
    int64_t n = 0;
    for (int64_t i = 0; i < l->n_products; i++) {
        n += inputs_of(l->products[i]) + layer_has_bias(l->products[i]);
    }
    return n;
}

static int64_t positions_of(const layer *l)
{
    MlirValue v = mlirOperationGetResult(l->states[0], 0);
    return layer_rows(l) > 0 ? ir_count(v) / layer_rows(l) : 0;
}

double layer_work(const layer *l, int64_t steps)
{
    double n = (double)layer_inputs(l);
    return (double)layer_rows(l) * (double)positions_of(l) * (double)steps * n *
           n / 2.0;
}

weight_row layer_row(const layer *l, int64_t m, const int *bits, arena *a)
{
    weight_row w = {.n = layer_inputs(l)};
    w.weights = ARENA_ARRAY(a, double, w.n);
    w.most = ARENA_ARRAY(a, double, w.n);
    int64_t at = 0;
    for (int64_t i = 0; i < l->n_products; i++) {
        MlirOperation op = l->products[i];
        MlirAttribute weights = constant_of(operand(op, 1));
        int64_t n = inputs_of(op);
        for (int64_t k = 0; k < n; k++) {
            w.most[at] = ldexp(1.0, bits[i] - 1) - 1.0;
            w.weights[at++] = ir_float_at(weights, m * n + k);
        }
        if (layer_has_bias(op)) {
            w.most[at] = INT32_MAX;
            w.weights[at++] = ir_float_at(constant_of(operand(op, 2)), m);
        }
    }
    return w;
}

/*===- inputs ---------------------------------------------------------------*/

/* Which element of a product's x each weight of a row meets at one position;
 * -1: the padding, -2: nothing, it is a bias. */
typedef struct wiring {
    const track *x;
    int64_t n;
    int64_t *from;
} wiring;

static int64_t at_or(MlirAttribute array, intptr_t i, int64_t otherwise)
{
    return i < mlirDenseArrayGetNumElements(array)
               ? mlirDenseI64ArrayGetElement(array, i)
               : otherwise;
}

/* Tap k of a window over one or two axes, at output position p; -1: outside. */
static int64_t seen_by(MlirOperation conv, int64_t p, int64_t k)
{
    MlirValue x = operand(conv, 0);
    MlirValue weight = operand(conv, 1);
    MlirValue y = mlirOperationGetResult(conv, 0);
    int64_t at = 0;
    int64_t inner = 1;
    for (intptr_t axis = ir_rank(x) - 1; axis >= 1; axis--) {
        int64_t taps = ir_dim(weight, axis + 1);
        int64_t out = ir_dim(y, axis);
        int64_t i = p % out * at_or(ir_get(conv, "stride"), axis - 1, 1) +
                    k % taps * at_or(ir_get(conv, "dilation"), axis - 1, 1) -
                    at_or(ir_get(conv, "pads"), 2 * (axis - 1), 0);
        if (i < 0 || i >= ir_dim(x, axis)) {
            return -1;
        }
        at += i * inner;
        inner *= ir_dim(x, axis);
        p /= out;
        k /= taps;
    }
    return at;
}

static void wire_conv(MlirOperation conv, int64_t m, int64_t p, wiring *w)
{
    MlirValue x = operand(conv, 0);
    MlirValue weight = operand(conv, 1);
    int64_t groups = mlirIntegerAttrGetValueInt(ir_get(conv, "groups"));
    int64_t channels = ir_dim(weight, 1);
    int64_t first = m / (ir_dim(weight, 0) / groups) * channels;
    int64_t area = ir_count(x) / ir_dim(x, 0);
    int64_t taps = inputs_of(conv) / channels;
    for (int64_t k = 0; k < channels * taps; k++) {
        int64_t at = seen_by(conv, p, k % taps);
        w->from[w->n++] = at < 0 ? -1 : (first + k / taps) * area + at;
    }
}

/* The wiring of all products, in the order of a row. */
static wiring *wire(const layer *l, const record *r, int64_t m, int64_t p,
                    arena *a)
{
    wiring *all = ARENA_ARRAY(a, wiring, l->n_products);
    for (int64_t i = 0; i < l->n_products; i++) {
        MlirOperation op = l->products[i];
        wiring *w = &all[i];
        w->x = record_of(r, operand(op, 0));
        w->from = ARENA_ARRAY(a, int64_t, inputs_of(op) + 1);
        if (ir_is(op, "snn.conv")) {
            wire_conv(op, m, p, w);
        }
        for (int64_t k = 0; !ir_is(op, "snn.conv") && k < inputs_of(op); k++) {
            w->from[w->n++] = k;
        }
        if (layer_has_bias(op)) {
            w->from[w->n++] = -2;
        }
    }
    return all;
}

/* The inputs of a row in one step. */
static void gather(const wiring *all, int64_t n_products, int64_t step,
                   double *x)
{
    for (int64_t i = 0; i < n_products; i++) {
        const wiring *w = &all[i];
        const float *numbers = w->x->numbers + step * w->x->size;
        for (int64_t k = 0; k < w->n; k++) {
            *x++ = w->from[k] >= 0 ? (double)numbers[w->from[k]]
                                   : (double)(w->from[k] == -2);
        }
    }
}

/*===- membranes ------------------------------------------------------------*/

/* One neuron of the row. */
typedef struct neuron {
    int64_t element; /* of its states */
    ir_affine states[LAYER_STATES];
    const track *membrane;
    const track *spikes; /* NULL: it does not fire */
    double threshold;
    double width; /* how near to it is near */
} neuron;

static double real_at(MlirOperation op, const char *name, int64_t i)
{
    MlirAttribute p = ir_get(op, name);
    return mlirAttributeIsNull(p) ? 0.0 : ir_param(p, i);
}

static neuron neuron_of(const layer *l, const record *r, int64_t element,
                        arena *a)
{
    neuron u = {.element = element};
    for (int64_t i = 0; i < l->n_states; i++) {
        MlirOperation op = l->states[i];
        u.states[i] = ir_affine_of(op, ir_get_word(op, "form", a), element);
        u.membrane = record_of(r, mlirOperationGetResult(op, 0));
    }
    if (!mlirOperationIsNull(l->fire)) {
        u.spikes = record_of(r, mlirOperationGetResult(l->fire, 0));
        u.threshold = real_at(l->fire, "threshold", element);
        double reset = real_at(l->fire, "reset", element);
        u.width = nearness * fabs(u.threshold - reset);
        u.width = u.width > 0.0 ? u.width : nearness;
    }
    return u;
}

static double importance(const neuron *u, int64_t step)
{
    if (!u->spikes) {
        return 1.0;
    }
    double v =
        (double)u->membrane->numbers[step * u->membrane->size + u->element] -
        u->threshold;
    return 1.0 / (v * v + u->width * u->width);
}

static bool fired(const neuron *u, int64_t step)
{
    return u->spikes &&
           u->spikes->numbers[step * u->spikes->size + u->element] > 0.0F;
}

/* Adds om phi phi' to the upper half. */
static void add_square(double *h, int64_t n, double om, const double *phi)
{
    for (int64_t i = 0; i < n; i++) {
        double x = om * phi[i];
        if (x == 0.0) {
            continue;
        }
        double *to = h + i * n;
        for (int64_t k = i; k < n; k++) {
            to[k] += x * phi[k];
        }
    }
}

/* phi holds one vector of n for each state. */
static void advance(const neuron *u, int64_t n_states, int64_t n,
                    const double *x, double *phi)
{
    for (int64_t i = 0; i < n_states; i++) {
        double *state = phi + i * n;
        ir_affine f = u->states[i];
        for (int64_t k = 0; k < n; k++) {
            state[k] = f.d * state[k] + f.g * x[k];
        }
        x = state;
    }
}

static int64_t count_spikes(const layer *l, const record *r, int64_t m,
                            int64_t runs)
{
    const track *z = mlirOperationIsNull(l->fire)
                         ? NULL
                         : record_of(r, mlirOperationGetResult(l->fire, 0));
    int64_t positions = positions_of(l);
    int64_t sum = 0;
    for (int64_t t = 0; z && t < runs * r->steps; t++) {
        for (int64_t p = 0; p < positions; p++) {
            sum += z->numbers[t * z->size + m * positions + p] > 0.0F;
        }
    }
    return sum;
}

void layer_response(const layer *l, int64_t m, const record *r, int64_t runs,
                    weight_row *w, double *h, arena *a)
{
    int64_t n = w->n;
    double *x = ARENA_ARRAY(a, double, n);
    double *phi = ARENA_ARRAY(a, double, n * l->n_states);
    double *membrane = phi + (l->n_states - 1) * n;
    memset(h, 0, (size_t)(n * n) * sizeof *h);
    w->spikes = count_spikes(l, r, m, runs);
    bool silent = !mlirOperationIsNull(l->fire) && w->spikes == 0;
    for (int64_t p = 0; p < positions_of(l) && !silent; p++) {
        neuron u = neuron_of(l, r, m * positions_of(l) + p, a);
        wiring *from = wire(l, r, m, p, a);
        for (int64_t t = 0; t < runs * r->steps; t++) {
            if (t % r->steps == 0) {
                memset(phi, 0, (size_t)(n * l->n_states) * sizeof *phi);
            }
            gather(from, l->n_products, t, x);
            advance(&u, l->n_states, n, x, phi);
            add_square(h, n, importance(&u, t), membrane);
            if (l->to_value && fired(&u, t)) {
                memset(membrane, 0, (size_t)n * sizeof *membrane);
            }
        }
    }
    for (int64_t i = 0; i < n; i++) {
        for (int64_t k = 0; k < i; k++) {
            h[i * n + k] = h[k * n + i];
        }
    }
}
