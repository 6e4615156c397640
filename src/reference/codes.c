/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * codes.c - synapses on codes. Sums are exact, so their order is free; every
 * result is saturated, last, to its storage type.
 */
#include "reference/codes.h"

#include <stddef.h>

#include "reference/integers.h"
#include "reference/numbers.h"

/* Element k of y becomes n, or the nearest that its type holds. */
static void put(const instruction *in, const value *y, int64_t k, int64_t n)
{
    int64_t kept = within(n, y->bits);
    *in->saturations += kept != n;
    y->numbers[k] = (double)kept;
}

static double at(const instruction *in, int64_t which, int64_t k)
{
    const parameter *p = &in->parameters[which];
    return p->numbers ? p->numbers[k * p->every] : 0;
}

double code_of(const value *v, int64_t k, double real)
{
    return (double)within(code(real, scale_at(v, k)), v->bits);
}

void code_linear(const instruction *in)
{
    const value *x = in->operands[0];
    const value *weight = in->operands[1];
    const value *bias = in->operand_count > 2 ? in->operands[2] : NULL;
    const value *y = in->results[0];
    int64_t rows = weight->shape[weight->rank - 2];
    int64_t terms = weight->shape[weight->rank - 1];
    for (int64_t k = 0; k < y->count; k++) {
        const double *w = weight->numbers + k * terms;
        const double *seen = x->numbers + k / rows * terms;
        int64_t sum = 0;
        for (int64_t n = 0; n < terms; n++) {
            sum += (int64_t)w[n] * (int64_t)seen[n];
        }
        if (bias) { /* linear_c1: (M) or (lead..., M) */
            sum += whole(bias, bias->rank == 1 ? k % rows : k);
        }
        put(in, y, k, sum);
    }
}

/*===- windows --------------------------------------------------------------*/

/* An output position: place[0], place[1] of a channel. */
typedef struct place {
    int64_t at[AXES];
} place;

static place place_of(const window *w, int64_t k)
{
    int64_t inside = k % (w->out[0] * w->out[1]);
    return (place){{inside / w->out[1], inside % w->out[1]}};
}

/* Where tap t of the window at p is in a channel of x; -1: in the padding. */
static int64_t seen_by(const window *w, place p, int64_t t)
{
    int64_t taps[AXES] = {t / w->kernel[1], t % w->kernel[1]};
    int64_t i[AXES];
    for (int a = 0; a < AXES; a++) {
        i[a] = p.at[a] * w->stride[a] + taps[a] * w->dilation[a] - w->before[a];
        if (i[a] < 0 || i[a] >= w->in[a]) {
            return -1;
        }
    }
    return i[0] * w->in[1] + i[1];
}

/* The sum of the taps of the window at p, times weights unless they are NULL.
 */
static int64_t sum_taps(const window *w, place p, const double *weights,
                        const double *x)
{
    int64_t sum = 0;
    for (int64_t t = 0; t < w->kernel[0] * w->kernel[1]; t++) {
        int64_t i = seen_by(w, p, t);
        if (i >= 0) {
            sum += (weights ? (int64_t)weights[t] : 1) * (int64_t)x[i];
        }
    }
    return sum;
}

void code_conv(const instruction *in)
{
    const window *w = &in->window;
    const value *x = in->operands[0];
    const value *weight = in->operands[1];
    const value *y = in->results[0];
    int64_t channels = weight->shape[1];
    int64_t per_group = weight->shape[0] / w->groups;
    int64_t taps = w->kernel[0] * w->kernel[1];
    int64_t area = w->in[0] * w->in[1];
    for (int64_t k = 0; k < y->count; k++) {
        int64_t o = k / (w->out[0] * w->out[1]);
        int64_t first = o / per_group * channels;
        int64_t sum = 0;
        for (int64_t c = 0; c < channels; c++) {
            sum += sum_taps(w, place_of(w, k),
                            weight->numbers + (o * channels + c) * taps,
                            x->numbers + (first + c) * area);
        }
        put(in, y, k,
            sum + (in->operand_count > 2 ? whole(in->operands[2], o) : 0));
    }
}

static int64_t pooled(const instruction *in, int64_t k)
{
    const window *w = &in->window;
    int64_t channel = k / (w->out[0] * w->out[1]);
    return sum_taps(w, place_of(w, k), NULL,
                    in->operands[0]->numbers + channel * w->in[0] * w->in[1]);
}

void code_sum_pool(const instruction *in)
{
    const value *y = in->results[0];
    for (int64_t k = 0; k < y->count; k++) {
        put(in, y, k, pooled(in, k));
    }
}

void code_avg_pool(const instruction *in)
{
    const value *x = in->operands[0];
    const value *y = in->results[0];
    double taps = (double)(in->window.kernel[0] * in->window.kernel[1]);
    /* avg_pool_c2: y has the scale of x, or that of its mean */
    double ratio = y->scales[0] / x->scales[0];
    bool scaled = fabs(ratio * taps - 1) < fabs(ratio - 1);
    for (int64_t k = 0; k < y->count; k++) {
        int64_t sum = pooled(in, k);
        put(in, y, k, scaled ? sum : times(within(sum, 32), 1 / taps));
    }
}

/*===- elementwise ----------------------------------------------------------*/

void code_scale(const instruction *in)
{
    const value *x = in->operands[0];
    const value *y = in->results[0];
    for (int64_t k = 0; k < y->count; k++) {
        double m = at(in, 0, k) * scale_at(x, k) / scale_at(y, k);
        put(in, y, k, times(whole(x, k), m));
    }
}

/* A float as a code: what no code reaches is cut, and NaN is 0. */
static void encode(const instruction *in, const value *x, const value *y,
                   int64_t k)
{
    double real = x->numbers[k];
    put(in, y, k, isnan(real) ? 0 : code(real, scale_at(y, k)));
}

/* A code as a float. */
static double decoded(const value *x, const value *y, int64_t k)
{
    double real = scale_at(x, k) * x->numbers[k];
    return y->element == ELEMENT_F32 ? (double)(float)real : real;
}

void code_rescale(const instruction *in)
{
    const value *x = in->operands[0];
    const value *y = in->results[0];
    for (int64_t k = 0; k < y->count; k++) {
        if (numbers_is_float(x->element)) {
            encode(in, x, y, k);
        } else if (numbers_is_float(y->element)) {
            y->numbers[k] = decoded(x, y, k);
        } else {
            put(in, y, k, times(whole(x, k), scale_at(x, k) / scale_at(y, k)));
        }
    }
}

void code_sum(const instruction *in)
{
    const value *y = in->results[0];
    for (int64_t k = 0; k < y->count; k++) {
        int64_t sum = 0;
        for (int64_t i = 0; i < in->operand_count; i++) {
            sum += whole(in->operands[i], k);
        }
        put(in, y, k, sum);
    }
}

void code_threshold(const instruction *in)
{
    const value *x = in->operands[0];
    const value *y = in->results[0];
    for (int64_t k = 0; k < y->count; k++) {
        y->numbers[k] = whole(x, k) > over(at(in, 0, k), scale_at(x, k));
    }
}
