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

double profile_norm_gain(const profile_numbers *n)
{
    return n->gain * profile_norm_input(n);
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
     .lif = {"relax", rate, gain, true},
     .li = {"relax", rate, gain, true},
     .integrator = {"accumulate", NULL, gain_times_dt, false},
     .current = {"relax", rate, gain, false},
     .membrane = {"relax", rate, gain, true},
     .start = START_LEAK,
     .reset = RESET_VALUE},
    {.name = "nir-exact",
     .lif = {"exact", profile_decay, gain_of_decay, true},
     .li = {"exact", profile_decay, gain_of_decay, true},
     .integrator = {"accumulate", NULL, gain_times_dt, false},
     .current = {"exact", profile_decay, gain_of_decay, false},
     .membrane = {"exact", profile_decay, gain_of_decay, true},
     .start = START_LEAK,
     .reset = RESET_VALUE},
    {.name = "nir-reference",
     .lif = {"relax", rate, gain, true},
     .li = {"relax", rate, gain, true},
     .integrator = {"accumulate", NULL, gain_times_dt, false},
     .current = {"relax", rate, gain, false},
     .membrane = {"relax", rate, gain, true},
     .reset = RESET_SUBTRACT,
     .old_current = true},
    {.name = "snntorch",
     .dt = "1e-4",
     .lif = {"leaky", kept, NULL, false},
     .integrator = {"leaky", nine_tenths, NULL, false},
     .current = {"leaky", kept, NULL, false},
     .membrane = {"leaky", kept, NULL, false},
     .guards = true,
     .unit = gain_by_rate,
     .smallest = true,
     .ignores = {"v_leak", "v_reset"}},
    {.name = "snntorch-subtract",
     .dt = "1e-4",
     .lif = {"leaky", kept, NULL, false},
     .integrator = {"leaky", nine_tenths, NULL, false},
     .current = {"leaky", kept, NULL, false},
     .membrane = {"leaky", kept, NULL, false},
     .reset = RESET_GUARD,
     .guards = true,
     .unit = gain_by_rate,
     .smallest = true,
     .ignores = {"v_leak", "v_reset"}},
    {.name = "norse",
     .dt = "1e-3",
     .lif = {"pull", rate_by_inverse, NULL, true},
     .li = {"relax", rate_by_inverse, NULL, true},
     .integrator = {"accumulate", NULL, NULL, false},
     .current = {"relax", rate_by_inverse, gain, true},
     .membrane = {"pull", rate_by_inverse, gain, true},
     .start = START_LEAK,
     .feedback = FEEDBACK_ZERO,
     .reset_start = true,
     .current_start = true,
     .ignores = {"r", "v_reset"}},
    {.name = "norse-lifcell", /* whose export looks like a LIFBoxCell's */
     .dt = "1e-3",
     .lif = {"pull", rate_by_inverse, NULL, true},
     .li = {"relax", rate_by_inverse, NULL, true},
     .integrator = {"accumulate", NULL, NULL, false},
     .current = {"accumulate", NULL, NULL, false},
     .current_decay = {"relax", rate_by_inverse, none, false},
     .membrane = {"relax", rate_by_inverse, NULL, true},
     .start = START_LEAK,
     .feedback = FEEDBACK_ZERO,
     .reset_start = true,
     .ignores = {"r", "w_in", "v_reset"}},
    {.name = "sinabs",
     .dt = "1",
     .lif = {"leaky", profile_decay, NULL, false},
     .li = {"leaky", profile_decay, NULL, false},
     .integrator = {"accumulate", NULL, NULL, false},
     .compare = COMPARE_COUNT,
     .reset = RESET_SUBTRACT,
     .floor = FLOOR_THRESHOLD,
     .cap = COUNTS,
     .ignores = {"r", "v_leak", "v_reset"}},
    {.name = "rockpool",
     .lif = {"leaky", profile_decay, NULL, true},
     .li = {"jump", profile_decay, NULL, false},
     .current = {"jump", profile_decay, NULL, false},
     .membrane = {"leaky", profile_decay, NULL, true},
     .compare = COMPARE_COUNT,
     .reset = RESET_SUBTRACT,
     .feedback = FEEDBACK_NO_BIAS,
     .cap = 65536,
     .ignores = {"w_in", "v_reset", "bias"}},
    {.name = "spyx", /* 0.1, whose importer scales weights */
     .dt = "1",
     .lif = {"leaky", kept, rate, false},
     .li = {"leaky", kept, rate, false},
     .integrator = {"accumulate", NULL, NULL, false},
     .current = {"leaky", kept, gain_by_rate, false},
     .membrane = {"leaky", kept, NULL, false},
     .reset = RESET_SUBTRACT,
     .timing = TIMING_BOTH,
     .ignores = {"v_leak", "v_reset"}},
    {.name = "spyx-1.0",
     .dt = "1",
     .lif = {"leaky", kept, NULL, false},
     .li = {"leaky", kept, NULL, false},
     .integrator = {"accumulate", NULL, NULL, false},
     .current = {"leaky", kept, NULL, false},
     .membrane = {"leaky", kept, NULL, false},
     .reset = RESET_SUBTRACT,
     .timing = TIMING_BOTH,
     .feedback = FEEDBACK_NO_BIAS,
     .ignores = {"w_in", "v_leak", "v_reset", "bias"}},
    {.name = "spikingjelly",
     .dt = "1e-4",
     .lif = {"leak_divide", steps, NULL, true},
     .lif_unit = {"divide", steps, NULL, true},
     .integrator = {"accumulate", NULL, NULL, false},
     .start = START_RESET,
     .compare = COMPARE_GE,
     .reset = RESET_VALUE},
    {.name = "lava",
     .dt = "1e-4",
     .lif = {"leaky", kept, rate, false},
     .old_input = true,
     .ignores = {"v_leak", "v_reset"}},
    {.name = "lava-fixed",
     .dt = "1e-4",
     .lif = {"shift", fixed_kept, fixed_gain, false},
     .threshold = fixed_threshold,
     .integers = true,
     .old_input = true,
     .ignores = {"v_leak", "v_reset"}},
    {.name = "lava-dl",
     .dt = "1e-4",
     .integrator = {"shift", shift_all, shift_gain_fine, false},
     .current = {"shift", shift_kept, shift_gain, false},
     .membrane = {"shift", shift_kept, NULL, false},
     .feedback = FEEDBACK_NO_BIAS,
     .threshold = shift_threshold,
     .reset_at = shift_reset,
     .integers = true,
     .ignores = {"v_leak", "v_reset", "bias"}},
    {.name = "nengo",
     .lif = {"approach", decay_less_one, gain_per_threshold, false},
     .li = {"leaky", kept, rate, false},
     .integrator = {"accumulate", NULL, gain_per_threshold, false},
     .current = {"leaky", kept, rate, false},
     .membrane = {"approach", decay_less_one, gain_per_threshold, false},
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

static bool ignores(const profile *p, const char *parameter)
{
    for (int i = 0; p->ignores[i]; i++) {
        if (strcmp(p->ignores[i], parameter) == 0) {
            return true;
        }
    }
    return false;
}

/* r or w_in multiplies what had no gain. */
static void respect_gain(profile_dynamics *d)
{
    d->gain = d->gain ? d->gain : gain;
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
    if (ignores(p, "r")) {
        respect_gain(&p->lif);
        respect_gain(&p->li);
        respect_gain(&p->integrator);
        respect_gain(&p->membrane);
    }
    if (ignores(p, "w_in")) {
        respect_gain(&p->current);
    }
    if (ignores(p, "v_leak") && !p->integers) {
        respect_leak(&p->lif);
        respect_leak(&p->membrane);
        p->rests = true;
    }
    bool resets = !p->integers || p->reset_at;
    if (ignores(p, "v_reset") && p->reset == RESET_ZERO && resets) {
        p->reset = RESET_VALUE;
    }
    if (ignores(p, "bias")) {
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
