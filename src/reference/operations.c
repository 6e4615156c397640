/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * operations.c - what the operations without windows compute.
 *
 * Every sum and formula stands in the order of the spec. Nothing is skipped and
 * nothing is clever, but for linear: it adds to several results in turn.
 */
#include "reference/operations.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "reference/arithmetic.h"

static bool has(const instruction *in, int64_t which)
{
    return in->parameters[which].numbers;
}

/* Element k of a parameter; 0 if the operation does not have it. */
static double at(const instruction *in, int64_t which, int64_t k)
{
    const parameter *p = &in->parameters[which];
    return p->numbers ? p->numbers[k * p->every] : 0;
}

static void copy(double *to, const double *from, int64_t count)
{
    if (count > 0) { /* an empty array may be no array at all */
        memcpy(to, from, (size_t)count * sizeof *to);
    }
}

/* Results that take their terms in turn: a sum has to wait for its last one. */
enum { ROWS = 8 };

/* y[r] = weight[r, 0] x[0] + weight[r, 1] x[1] + ..., for at most ROWS rows. */
static inline void add_rows(element t, const double *weight, const double *x,
                            int64_t terms, double *y, int64_t rows)
{
    double a[ROWS] = {0};
    for (int64_t n = 0; n < terms; n++) {
        for (int64_t r = 0; r < rows; r++) {
            a[r] = add(t, a[r], multiply(t, weight[r * terms + n], x[n]));
        }
    }
    copy(y, a, rows);
}

/* y = weight x, all of one index l of the leading axes. */
static void multiply_matrix(element t, const double *weight, const double *x,
                            int64_t terms, double *y, int64_t rows)
{
    for (int64_t m = 0; m < rows; m += ROWS) {
        int64_t left = rows - m < ROWS ? rows - m : ROWS;
        add_rows(t, weight + m * terms, x, terms, y + m, left);
    }
}

void operation_linear(const instruction *in)
{
    const value *x = in->operands[0];
    const value *weight = in->operands[1];
    const value *bias = in->operand_count > 2 ? in->operands[2] : NULL;
    const value *y = in->results[0];
    int64_t rows = weight->shape[weight->rank - 2];
    int64_t terms = weight->shape[weight->rank - 1];
    for (int64_t first = 0, l = 0; first < y->count; first += rows, l++) {
        multiply_matrix(in->type, weight->numbers + first * terms,
                        x->numbers + l * terms, terms, y->numbers + first,
                        rows);
    }
    for (int64_t k = 0; bias && k < y->count; k++) {
        /* linear_c1: (M) or (lead..., M) */
        int64_t b = bias->rank == 1 ? k % rows : k;
        y->numbers[k] = add(in->type, y->numbers[k], bias->numbers[b]);
    }
}

void operation_scale(const instruction *in)
{
    const value *y = in->results[0];
    for (int64_t k = 0; k < y->count; k++) {
        y->numbers[k] =
            multiply(in->type, in->operands[0]->numbers[k], at(in, 0, k));
    }
}

void operation_sum(const instruction *in)
{
    const value *y = in->results[0];
    for (int64_t k = 0; k < y->count; k++) {
        double sum = in->operands[0]->numbers[k];
        for (int64_t i = 1; i < in->operand_count; i++) {
            sum = add(in->type, sum, in->operands[i]->numbers[k]);
        }
        y->numbers[k] = sum;
    }
}

void operation_threshold(const instruction *in)
{
    const value *y = in->results[0];
    for (int64_t k = 0; k < y->count; k++) {
        y->numbers[k] = in->operands[0]->numbers[k] > at(in, 0, k) ? 1 : 0;
    }
}

void operation_reshape(const instruction *in)
{
    const value *y = in->results[0];
    copy(y->numbers, in->operands[0]->numbers, y->count);
}

static double saturated(double x)
{
    return fmin(fmax(x, INT32_MIN), INT32_MAX);
}

/* Integers: exact in a double. x may be a float. */
static double shift(const instruction *in, int64_t k, double x, double v)
{
    double drive = multiply(in->operands[0]->element, at(in, GAIN, k), x);
    double kept = trunc(v * at(in, DECAY, k) / 4096);
    return saturated(kept + saturated(trunc(drive)));
}

/* What drives the state towards, and what it leaks to, as the form has it. */
static double integrate(const instruction *in, int64_t k, double x, double v)
{
    element t = in->type;
    if (in->choices[0] == FORM_SHIFT) {
        return shift(in, k, x, v);
    }
    double drive = multiply(t, at(in, GAIN, k), x);
    double decay = at(in, DECAY, k);
    double leak = at(in, LEAK, k);
    double way;
    switch (in->choices[0]) {
    case FORM_RELAX:
        way = add(t, subtract(t, leak, v), drive);
        return add(t, v, multiply(t, decay, way));
    case FORM_PULL:
        way = subtract(t, add(t, drive, leak), v);
        return add(t, v, multiply(t, decay, way));
    case FORM_ACCUMULATE:
        return add(t, v, drive);
    case FORM_EXACT:
        way = multiply(t, subtract(t, v, leak), decay);
        return add(t, add(t, leak, way), drive);
    case FORM_LEAKY:
        way = add(t, multiply(t, decay, v), drive);
        return has(in, LEAK) ? add(t, way, leak) : way;
    case FORM_JUMP:
        return multiply(t, add(t, v, drive), decay);
    case FORM_DIVIDE:
        way = subtract(t, drive, subtract(t, v, leak));
        return add(t, v, divide(t, way, decay));
    case FORM_LEAK_DIVIDE:
        way = divide(t, subtract(t, v, leak), decay);
        return add(t, subtract(t, v, way), drive);
    default:
        assert(in->choices[0] == FORM_APPROACH);
        way = multiply(t, subtract(t, drive, v), decay);
        return subtract(t, v, way);
    }
}

void operation_integrate(const instruction *in)
{
    const value *x = in->operands[0];
    const value *v = in->operands[1];
    const value *next = in->results[0];
    for (int64_t k = 0; k < next->count; k++) {
        next->numbers[k] = integrate(in, k, x->numbers[k], v->numbers[k]);
    }
}

/* The state after so many spikes; spikes may be -1: a reset taken back. */
static double after_spikes(const instruction *in, int64_t k, double v,
                           double spikes)
{
    if (spikes == 0) {
        return v;
    }
    if (in->choices[MODE] == MODE_VALUE) {
        return at(in, RESET, k);
    }
    element t = in->type;
    return subtract(t, v, multiply(t, spikes, at(in, THRESHOLD, k)));
}

/* How many spikes a state of v gives. */
static double spikes_of(const instruction *in, int64_t k, double v)
{
    double threshold = at(in, THRESHOLD, k);
    if (in->choices[COMPARE] == COMPARE_GT) {
        return v > threshold ? 1 : 0;
    }
    if (in->choices[COMPARE] == COMPARE_GE) {
        return v >= threshold ? 1 : 0;
    }
    double ratio = divide(in->type, v, threshold);
    double cap = at(in, CAP, k);
    if (!(v > 0 && ratio >= 1)) {
        return 0;
    }
    return ratio < cap ? floor(ratio) : cap;
}

void operation_fire(const instruction *in)
{
    const value *spikes = in->results[0];
    const value *next = in->results[1];
    bool guarded = in->operand_count > 1;
    for (int64_t k = 0; k < spikes->count; k++) {
        double v = in->operands[0]->numbers[k];
        double taken =
            guarded ? spikes_of(in, k, in->operands[1]->numbers[k]) : 0;
        v = after_spikes(in, k, v, taken);
        spikes->numbers[k] = spikes_of(in, k, v);
        next->numbers[k] = after_spikes(in, k, v, spikes->numbers[k] - taken);
    }
}

void operation_reset(const instruction *in)
{
    const value *next = in->results[0];
    for (int64_t k = 0; k < next->count; k++) {
        double v = in->operands[0]->numbers[k];
        next->numbers[k] = after_spikes(in, k, v, in->operands[1]->numbers[k]);
    }
}

void operation_clamp(const instruction *in)
{
    element t = in->type;
    const value *next = in->results[0];
    for (int64_t k = 0; k < next->count; k++) {
        double v = in->operands[0]->numbers[k];
        double low = at(in, 0, k);
        double above = subtract(t, v, low);
        if (in->choices[0] == AT_MAX) {
            next->numbers[k] = v < low ? low : v;
        } else {
            next->numbers[k] = add(t, above > 0 ? above : 0, low);
        }
    }
}

void operation_delay_read(const instruction *in)
{
    const value *line = in->operands[0];
    const value *y = in->results[0];
    int64_t rows = line->shape[0]; /* L */
    for (int64_t k = 0; k < y->count; k++) {
        int64_t n = (int64_t)at(in, 0, k);
        y->numbers[k] = line->numbers[(rows - n) * y->count + k];
    }
}

void operation_delay_push(const instruction *in)
{
    const value *x = in->operands[0];
    const value *line = in->operands[1];
    const value *next = in->results[0];
    int64_t kept = line->count - x->count;
    copy(next->numbers, line->numbers + x->count, kept);
    copy(next->numbers + kept, x->numbers, x->count);
}
