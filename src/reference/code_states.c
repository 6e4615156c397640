/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * code_states.c - states of codes: snn.integrate, snn.fire, snn.reset and
 * snn.clamp.
 */
#include "reference/codes.h"

#include <assert.h>
#include <stdbool.h>

#include "reference/integers.h"

static double at(const instruction *in, int64_t which, int64_t k)
{
    const parameter *p = &in->parameters[which];
    return p->numbers ? p->numbers[k * p->every] : 0;
}

/* n within the type of v; counts what was cut. */
static int64_t kept(const instruction *in, const value *v, int64_t n)
{
    int64_t m = within(n, v->bits);
    *in->saturations += m != n;
    return m;
}

/*===- snn.integrate --------------------------------------------------------*/

/* v' = d v + g x + c in real numbers. */
typedef struct affine {
    double d, g, c;
} affine;

static affine affine_of(const instruction *in, int64_t k)
{
    double decay = at(in, DECAY, k);
    double gain = at(in, GAIN, k);
    double leak = at(in, LEAK, k);
    switch (in->choices[0]) {
    case FORM_RELAX:
    case FORM_PULL:
        return (affine){1 - decay, decay * gain, decay * leak};
    case FORM_ACCUMULATE:
        return (affine){1, gain, 0};
    case FORM_EXACT:
        return (affine){decay, gain, leak * (1 - decay)};
    case FORM_LEAKY:
        return (affine){decay, gain, leak};
    case FORM_JUMP:
        return (affine){decay, gain * decay, 0};
    case FORM_DIVIDE:
        return (affine){1 - 1 / decay, gain / decay, leak / decay};
    case FORM_LEAK_DIVIDE:
        return (affine){1 - 1 / decay, gain, leak / decay};
    default:
        assert(in->choices[0] == FORM_APPROACH);
        return (affine){1 + decay, -(gain * decay), 0};
    }
}

void code_integrate(const instruction *in)
{
    const value *x = in->operands[0];
    const value *v = in->operands[1];
    const value *next = in->results[0];
    int bits = next->bits == 16 ? 15 : 30;
    for (int64_t k = 0; k < next->count; k++) {
        affine a = affine_of(in, k);
        double s = scale_at(next, k);
        double g = near(a.g * (scale_at(x, k) / s));
        int64_t d = (int64_t)rint(ldexp(a.d, bits));
        int64_t c = (int64_t)rint(ldexp(a.c / s, bits));
        int64_t leaked = shifted(d * whole(v, k) + c, bits);
        next->numbers[k] =
            (double)kept(in, next, leaked + times(whole(x, k), g));
    }
}

/*===- spikes ---------------------------------------------------------------*/

static double scale_of(const instruction *in, int64_t k)
{
    return scale_at(in->operands[0], k);
}

/* The state after so many spikes; -1: a reset taken back. */
static int64_t after_spikes(const instruction *in, int64_t k, int64_t v,
                            int64_t spikes)
{
    const value *before = in->operands[0];
    if (spikes == 0) {
        return v;
    }
    if (in->choices[MODE] == MODE_VALUE) {
        return within(code(at(in, RESET, k), scale_of(in, k)), before->bits);
    }
    int64_t threshold = code(at(in, THRESHOLD, k), scale_of(in, k));
    return kept(in, before, v - spikes * threshold);
}

static int64_t spikes_of(const instruction *in, int64_t k, int64_t v)
{
    double threshold = at(in, THRESHOLD, k);
    double s = scale_of(in, k);
    if (in->choices[COMPARE] == COMPARE_GT) {
        return v > over(threshold, s);
    }
    if (in->choices[COMPARE] == COMPARE_GE) {
        return v >= from(threshold, s);
    }
    int64_t unit = code(threshold, s);
    int64_t cap = (int64_t)at(in, CAP, k);
    if (v < unit) {
        return 0;
    }
    return v / unit < cap ? v / unit : cap;
}

void code_fire(const instruction *in)
{
    const value *spikes = in->results[0];
    const value *next = in->results[1];
    bool guarded = in->operand_count > 1;
    for (int64_t k = 0; k < spikes->count; k++) {
        int64_t v = whole(in->operands[0], k);
        int64_t taken =
            guarded ? spikes_of(in, k, whole(in->operands[1], k)) : 0;
        v = after_spikes(in, k, v, taken);
        int64_t s = spikes_of(in, k, v);
        spikes->numbers[k] = (double)s;
        next->numbers[k] = (double)after_spikes(in, k, v, s - taken);
    }
}

void code_reset(const instruction *in)
{
    const value *next = in->results[0];
    for (int64_t k = 0; k < next->count; k++) {
        next->numbers[k] = (double)after_spikes(
            in, k, whole(in->operands[0], k), whole(in->operands[1], k));
    }
}

void code_clamp(const instruction *in)
{
    const value *next = in->results[0];
    for (int64_t k = 0; k < next->count; k++) {
        next->numbers[k] =
            fmax(in->operands[0]->numbers[k], code_of(next, k, at(in, 0, k)));
    }
}
