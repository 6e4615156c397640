/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * windows.c - convolution and pooling.
 *
 * The loop over output positions is the innermost: every result still gets its
 * terms in the order of the spec, channel by channel and tap by tap. A pool is
 * a convolution of each channel alone with weights 1: 1 * x is x.
 */
#include "reference/operations.h"

#include "reference/arithmetic.h"

/* A channel of x and what it adds to: a channel of y. */
typedef struct plane {
    element type;
    const window *w;
    const double *x;
    double *y;
} plane;

/* Adds weight * x at tap (t0, t1) of every window whose tap is inside x. */
static void add_tap(const plane *p, int64_t t0, int64_t t1, double weight)
{
    const window *w = p->w;
    int64_t first0 = t0 * w->dilation[0] - w->before[0];
    int64_t first1 = t1 * w->dilation[1] - w->before[1];
    for (int64_t p0 = 0; p0 < w->out[0]; p0++) {
        int64_t i0 = p0 * w->stride[0] + first0;
        if (i0 < 0 || i0 >= w->in[0]) {
            continue;
        }
        for (int64_t p1 = 0; p1 < w->out[1]; p1++) {
            int64_t i1 = p1 * w->stride[1] + first1;
            if (i1 >= 0 && i1 < w->in[1]) {
                double *y = &p->y[p0 * w->out[1] + p1];
                double x = p->x[i0 * w->in[1] + i1];
                *y = add(p->type, *y, multiply(p->type, weight, x));
            }
        }
    }
}

/* weights: those of all taps, or NULL for ones. */
static void add_taps(const plane *p, const double *weights)
{
    for (int64_t t0 = 0; t0 < p->w->kernel[0]; t0++) {
        for (int64_t t1 = 0; t1 < p->w->kernel[1]; t1++) {
            int64_t tap = t0 * p->w->kernel[1] + t1;
            add_tap(p, t0, t1, weights ? weights[tap] : 1);
        }
    }
}

static int64_t area(const int64_t sizes[AXES]) { return sizes[0] * sizes[1]; }

static void clear(const value *y)
{
    for (int64_t k = 0; k < y->count; k++) {
        y->numbers[k] = 0;
    }
}

void operation_conv(const instruction *in)
{
    const window *w = &in->window;
    const value *x = in->operands[0];
    const value *weight = in->operands[1];
    const value *y = in->results[0];
    int64_t channels = weight->shape[1]; /* C / groups */
    int64_t outputs = weight->shape[0];  /* Co */
    clear(y);
    for (int64_t o = 0; o < outputs; o++) {
        int64_t group = o / (outputs / w->groups);
        for (int64_t c = 0; c < channels; c++) {
            int64_t seen = group * channels + c;
            plane p = {in->type, w, x->numbers + seen * area(w->in),
                       y->numbers + o * area(w->out)};
            add_taps(&p,
                     weight->numbers + (o * channels + c) * area(w->kernel));
        }
    }
    for (int64_t k = 0; in->operand_count > 2 && k < y->count; k++) {
        double bias = in->operands[2]->numbers[k / area(w->out)];
        y->numbers[k] = add(in->type, y->numbers[k], bias);
    }
}

void operation_sum_pool(const instruction *in)
{
    const window *w = &in->window;
    const value *y = in->results[0];
    clear(y);
    for (int64_t c = 0; c < y->shape[0]; c++) {
        plane p = {in->type, w, in->operands[0]->numbers + c * area(w->in),
                   y->numbers + c * area(w->out)};
        add_taps(&p, NULL);
    }
}

void operation_avg_pool(const instruction *in)
{
    const value *y = in->results[0];
    double taps = rounded(in->type, (double)area(in->window.kernel));
    operation_sum_pool(in);
    for (int64_t k = 0; k < y->count; k++) {
        y->numbers[k] = divide(in->type, y->numbers[k], taps);
    }
}
