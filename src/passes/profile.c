/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * profile.c - the table of simulators.
 */
#include "passes/profile.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "passes/passes.h"

/*===- constants ------------------------------------------------------------*/

/* dt / tau */
static double rate(const profile_numbers *n) { return n->dt / n->tau; }

/* The same as Norse has it: its inverse, then the product, each rounded. */
static double rate_by_inverse(const profile_numbers *n)
{
    if (!n->f32) {
        return n->dt * (1.0 / n->tau);
    }
    float inverse = (float)(1.0 / (double)(float)n->tau);
    return (double)(float)((double)(float)n->dt * (double)inverse);
}

static double none(const profile_numbers *n)
{
    (void)n;
    return 0.0;
}

static double one(const profile_numbers *n)
{
    (void)n;
    return 1.0;
}

/* 1 - dt / tau, from 0 to 1 */
static double kept(const profile_numbers *n)
{
    return fmin(fmax(1.0 - n->dt / n->tau, 0.0), 1.0);
}

/* exp(-dt / tau) */
double profile_decay(const profile_numbers *n) { return exp(-n->dt / n->tau); }

/* As Sinabs has it: of the decay, after its rounding. */
double profile_norm_input(const profile_numbers *n)
{
    double decay = profile_decay(n);
    return 1.0 - (n->f32 ? (double)(float)decay : decay);
}

/* exp(-dt / tau) - 1 */
static double decay_less_one(const profile_numbers *n)
{
    return expm1(-n->dt / n->tau);
}

/* 1 - exp(-dt / tau): the same with the other sign */
static double one_less_decay(const profile_numbers *n)
{
    return -expm1(-n->dt / n->tau);
}

/* tau / dt: the time constant in steps */
static double steps(const profile_numbers *n) { return n->tau / n->dt; }

/* The r that Rockpool writes. */
static double decayed_steps(const profile_numbers *n)
{
    return steps(n) * profile_decay(n);
}

/* Steps in a second: the r of an IF that SpikingJelly writes. */
static double pace(const profile_numbers *n) { return 1.0 / n->dt; }

/* What snnTorch makes of an IF. */
static double nine_tenths(const profile_numbers *n)
{
    (void)n;
    return 0.9;
}

static double gain(const profile_numbers *n) { return n->gain; }

static double gain_times_dt(const profile_numbers *n)
{
    return n->dt * n->gain;
}

static double gain_of_decay(const profile_numbers *n)
{
    return n->gain * (1.0 - exp(-n->dt / n->tau));
}

static double gain_per_threshold(const profile_numbers *n)
{
    return n->w_in * n->gain / n->threshold;
}

/* The membrane's unit where its gain is left out; 1 within rounding is 1. */
static double gain_by_rate(const profile_numbers *n)
{
    double unit = n->leaks ? n->gain * n->dt / n->tau : 1.0;
    return fabs(unit - 1.0) < 1e-5 ? 1.0 : unit;
}

static double threshold(const profile_numbers *n) { return n->threshold; }

/* Of 12 bits, 4096 is all. */
static double shift_kept(const profile_numbers *n)
{
    return 4096.0 - rint(4096.0 * fmin(n->dt / n->tau, 1.0));
}

static double shift_all(const profile_numbers *n)
{
    (void)n;
    return 4096.0;
}

/* Units of a state: 64 in one of the weights' scale, which is 64 itself. */
static double shift_gain(const profile_numbers *n)
{
    return 64.0 * 64.0 * gain_by_rate(n);
}

static double shift_gain_fine(const profile_numbers *n)
{
    (void)n;
    return 4096.0 * 64.0;
}

/* A membrane's value in its integers. */
static double shift_level(const profile_numbers *n, double value)
{
    double scale = n->leaks ? 64.0 : 4096.0;
    double factor = n->leaks ? 1.0 : n->gain;
    return 64.0 * floor(value * factor * scale);
}

static double shift_threshold(const profile_numbers *n)
{
    return shift_level(n, n->threshold);
}

static double shift_reset(const profile_numbers *n)
{
    return shift_level(n, n->reset);
}

/* Lava's LIF: what its importer makes integers of, and shifts by 6. */
static double fixed_kept(const profile_numbers *n)
{
    return 4096.0 - trunc(4095.0 * fmin(n->dt / n->tau, 1.0));
}

static double fixed_gain(const profile_numbers *n)
{
    return 64.0 * trunc(256.0 * n->dt / n->tau);
}

static double fixed_threshold(const profile_numbers *n)
{
    return 64.0 * floor(trunc(131071.0 * n->threshold) / 512.0);
}

/*===- table ----------------------------------------------------------------*/

#define COUNTS 16777215.0 /* all integers up to here are floats */

static const profile rows[] = {
    {.name = "nir",
     .lif = {"relax", rate, gain, true, NULL},
     .li = {"relax", rate, gain, true, NULL},
     .integrator = {"accumulate", NULL, gain_times_dt, false, NULL},
     .current = {"relax", rate, gain, false, NULL},
     .membrane = {"relax", rate, gain, true, NULL},
     .start = START_LEAK,
     .reset = RESET_VALUE},
    {.name = "nir-exact",
     .lif = {"exact", profile_decay, gain_of_decay, true, NULL},
     .li = {"exact", profile_decay, gain_of_decay, true, NULL},
     .integrator = {"accumulate", NULL, gain_times_dt, false, NULL},
     .current = {"exact", profile_decay, gain_of_decay, false, NULL},
     .membrane = {"exact", profile_decay, gain_of_decay, true, NULL},
     .start = START_LEAK,
     .reset = RESET_VALUE},
    {.name = "nir-reference",
     .lif = {"relax", rate, gain, true, NULL},
     .li = {"relax", rate, gain, true, NULL},
     .integrator = {"accumulate", NULL, gain_times_dt, false, NULL},
     .current = {"relax", rate, gain, false, NULL},
     .membrane = {"relax", rate, gain, true, NULL},
     .reset = RESET_SUBTRACT,
     .old_current = true},
    {.name = "snntorch",
     .dt = "1e-4",
     .lif = {"leaky", kept, NULL, false, NULL},
     .integrator = {"leaky", nine_tenths, NULL, false, one},
     .current = {"leaky", kept, NULL, false, NULL},
     .membrane = {"leaky", kept, NULL, false, steps},
     .guards = true,
     .unit = gain_by_rate,
     .smallest = true,
     .ignores = {"v_leak", "v_reset"}},
    {.name = "snntorch-subtract",
     .dt = "1e-4",
     .lif = {"leaky", kept, NULL, false, NULL},
     .integrator = {"leaky", nine_tenths, NULL, false, one},
     .current = {"leaky", kept, NULL, false, NULL},
     .membrane = {"leaky", kept, NULL, false, steps},
     .reset = RESET_GUARD,
     .guards = true,
     .unit = gain_by_rate,
     .smallest = true,
     .ignores = {"v_leak", "v_reset"}},
    {.name = "norse",
     .dt = "1e-3",
     .lif = {"pull", rate_by_inverse, NULL, true, one},
     .li = {"relax", rate_by_inverse, NULL, true, one},
     .integrator = {"accumulate", NULL, NULL, false, one},
     .current = {"relax", rate_by_inverse, gain, true, NULL},
     .membrane = {"pull", rate_by_inverse, gain, true, NULL},
     .start = START_LEAK,
     .feedback = FEEDBACK_ZERO,
     .reset_start = true,
     .current_start = true,
     .ignores = {"v_reset"}},
    {.name = "norse-lifcell", /* whose export looks like a LIFBoxCell's */
     .dt = "1e-3",
     .lif = {"pull", rate_by_inverse, NULL, true, one},
     .li = {"relax", rate_by_inverse, NULL, true, one},
     .integrator = {"accumulate", NULL, NULL, false, one},
     .current = {"accumulate", NULL, NULL, false, one},
     .current_decay = {"relax", rate_by_inverse, none, false, NULL},
     .membrane = {"relax", rate_by_inverse, NULL, true, one},
     .start = START_LEAK,
     .feedback = FEEDBACK_ZERO,
     .reset_start = true,
     .ignores = {"v_reset"}},
    {.name = "sinabs",
     .dt = "1",
     .lif = {"leaky", profile_decay, NULL, false, one},
     .li = {"leaky", profile_decay, NULL, false, one},
     .integrator = {"accumulate", NULL, NULL, false, one},
     .compare = COMPARE_COUNT,
     .reset = RESET_SUBTRACT,
     .floor = FLOOR_THRESHOLD,
     .cap = COUNTS,
     .ignores = {"v_leak", "v_reset"}},
    {.name = "rockpool",
     .lif = {"leaky", profile_decay, NULL, true, decayed_steps},
     .li = {"jump", profile_decay, NULL, false, decayed_steps},
     .current = {"jump", profile_decay, NULL, false, one},
     .membrane = {"leaky", profile_decay, NULL, true, decayed_steps},
     .compare = COMPARE_COUNT,
     .reset = RESET_SUBTRACT,
     .feedback = FEEDBACK_NO_BIAS,
     .cap = 65536,
     .ignores = {"v_reset", "bias"}},
    {.name = "spyx", /* 0.1, whose importer scales weights */
     .dt = "1",
     .lif = {"leaky", kept, rate, false, kept},
     .li = {"leaky", kept, rate, false, kept},
     .integrator = {"accumulate", NULL, NULL, false, one},
     .current = {"leaky", kept, gain_by_rate, false, NULL},
     .membrane = {"leaky", kept, NULL, false, kept},
     .reset = RESET_SUBTRACT,
     .timing = TIMING_BOTH,
     .ignores = {"v_leak", "v_reset"}},
    {.name = "spyx-1.0",
     .dt = "1",
     .lif = {"leaky", kept, NULL, false, kept},
     .li = {"leaky", kept, NULL, false, kept},
     .integrator = {"accumulate", NULL, NULL, false, one},
     .current = {"leaky", kept, NULL, false, one},
     .membrane = {"leaky", kept, NULL, false, kept},
     .reset = RESET_SUBTRACT,
     .timing = TIMING_BOTH,
     .feedback = FEEDBACK_NO_BIAS,
     .ignores = {"v_leak", "v_reset", "bias"}},
    {.name = "spikingjelly",
     .dt = "1e-4",
     .lif = {"leak_divide", steps, NULL, true, steps},
     .lif_unit = {"divide", steps, NULL, true, NULL},
     .integrator = {"accumulate", NULL, NULL, false, pace},
     .start = START_RESET,
     .compare = COMPARE_GE,
     .reset = RESET_VALUE},
    {.name = "lava",
     .dt = "1e-4",
     .lif = {"leaky", kept, rate, false, one},
     .old_input = true,
     .ignores = {"v_leak", "v_reset"}},
    {.name = "lava-fixed",
     .dt = "1e-4",
     .lif = {"shift", fixed_kept, fixed_gain, false, one},
     .threshold = fixed_threshold,
     .integers = true,
     .old_input = true,
     .ignores = {"v_leak", "v_reset"}},
    {.name = "lava-dl",
     .dt = "1e-4",
     .integrator = {"shift", shift_all, shift_gain_fine, false, NULL},
     .current = {"shift", shift_kept, shift_gain, false, NULL},
     .membrane = {"shift", shift_kept, NULL, false, steps},
     .feedback = FEEDBACK_NO_BIAS,
     .threshold = shift_threshold,
     .reset_at = shift_reset,
     .integers = true,
     .ignores = {"v_leak", "v_reset", "bias"}},
    {.name = "nengo",
     .lif = {"approach", decay_less_one, gain_per_threshold, false, NULL},
     .li = {"leaky", kept, rate, false, one},
     .integrator = {"accumulate", NULL, gain_per_threshold, false, NULL},
     .current = {"leaky", kept, rate, false, NULL},
     .membrane = {"approach", decay_less_one, gain_per_threshold, false, NULL},
     .unit = threshold,
     .old_current = true,
     .old_readout = true,
     .floor = FLOOR_ZERO,
     .ignores = {"v_leak", "v_reset"}},
};

const profile *profile_find(const char *name)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

bool profile_ignores(const profile *p, const char *parameter)
{
    for (int i = 0; p->ignores[i]; i++) {
        if (strcmp(p->ignores[i], parameter) == 0) {
            return true;
        }
    }
    return false;
}

/* `approach` has no leak; `pull` is the same, to the bit, and has one. */
static void respect_leak(profile_dynamics *d)
{
    if (d->form && strcmp(d->form, "approach") == 0) {
        d->form = "pull";
        d->decay = one_less_decay;
        d->leak = true;
    }
}

void profile_be_strict(profile *p)
{
    if (profile_ignores(p, "v_leak") && !p->integers) {
        respect_leak(&p->lif);
        respect_leak(&p->membrane);
        p->rests = true;
    }
    bool resets = !p->integers || p->reset_at;
    if (profile_ignores(p, "v_reset") && p->reset == RESET_ZERO && resets) {
        p->reset = RESET_VALUE;
    }
    if (profile_ignores(p, "bias")) {
        p->feedback = FEEDBACK_ANSWER;
    }
    p->strict = true;
}

const char *passes_semantics(arena *a)
{
    enum { N = sizeof rows / sizeof *rows };
    buf text = {.a = a};
    for (size_t i = 0; i < N; i++) {
        buf_printf(&text, "%s%s",
                   i == 0       ? ""
                   : i == N - 1 ? " or "
                                : ", ",
                   rows[i].name);
    }
    return text.text;
}

bool passes_knows_semantics(const char *name)
{
    return profile_find(name) != NULL;
}

const char *passes_default_dt(const char *semantics)
{
    const profile *p = profile_find(semantics);
    return p ? p->dt : NULL;
}
