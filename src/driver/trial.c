/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * trial.c - a choice of codes, tried on data.
 */
#include "driver/trial.h"

#include <math.h>

#include "driver/engine.h"
#include "driver/generate.h"
#include "driver/quantize.h"
#include "ir/ir.h"

/* Sums over one half of the data, of one Output. */
typedef struct tally {
    double right; /* spikes that are in both; of reals: squares of errors */
    double got;
    double expected; /* of reals: squares */
} tally;

static void count(tally *y, bool real, double got, double expected)
{
    if (real) {
        y->right += (got - expected) * (got - expected);
        y->expected += expected * expected;
    } else {
        y->right += fmin(got, expected);
        y->got += got;
        y->expected += expected;
    }
}

static double fidelity_of(const tally *y, bool real)
{
    if (real) {
        return y->right == 0.0 ? 1.0
                               : fmax(0.0, 1.0 - sqrt(y->right / y->expected));
    }
    double all = y->got + y->expected;
    return all == 0.0 ? 1.0 : 2.0 * y->right / all;
}

/* The data of the floats' Inputs as codes. */
static void feed(runner *r, const recording *rec)
{
    arena *a = &r->c->a;
    for (int64_t i = 0; i < r->n_inputs; i++) {
        port *p = &r->inputs[i];
        const port *from = &rec->r.inputs[i];
        int64_t n = r->samples * r->steps * p->size;
        double *numbers = ARENA_ARRAY(a, double, n);
        for (int64_t k = 0; k < n; k++) {
            numbers[k] = npy_number(from->stored, from->data, k);
        }
        p->data = from->data;
        if (p->codes.scale) {
            p->data = arena_alloc(a, n, (size_t)number_size(p->stored));
            codes_encode(&p->codes, p->stored, numbers, n, p->size, p->data);
        }
    }
}

/* What is filled while the codes run: tallies of each group, by Output. */
typedef struct judge {
    const runner *r;
    const recording *rec;
    tally *tallies;
} judge;

/* Real numbers: codes, or floats at the borders. */
static bool is_real(const port *p)
{
    return p->codes.scale || p->stored == NUMBER_F32 || p->stored == NUMBER_F64;
}

/* Adds what the Outputs gave in step t to the tallies of its group. */
static void compare(const reference *machine, int64_t t, void *user)
{
    judge *j = user;
    const runner *r = j->r;
    MlirOperation yield = mlirBlockGetTerminator(ir_body(r->step, 0));
    int64_t own = r->samples * r->steps / (1 + j->rec->orders);
    int64_t group = t < own ? (t >= own / 2) : 1 + t / own;
    for (int64_t i = 0; i < r->n_outputs; i++) {
        const port *p = &r->outputs[i];
        const double *got =
            reference_numbers(machine, mlirOperationGetOperand(yield, i));
        const double *expected = j->rec->outputs[i] + t * p->size;
        tally *y = &j->tallies[group * r->n_outputs + i];
        for (int64_t k = 0; k < p->size; k++) {
            double scale = p->codes.scale
                               ? p->codes.scale[k / p->codes.inner % p->codes.n]
                               : 1.0;
            count(y, is_real(p), got[k] * scale, expected[k]);
        }
    }
}

static void run(runner *r, reference *machine, const recording *rec,
                trial *result)
{
    int64_t groups = 2 + rec->orders;
    judge j = {r, rec, ARENA_ARRAY(&r->c->a, tally, groups * r->n_outputs)};
    engine_interpret(r, machine, compare, &j);
    for (int64_t g = 0; g < groups; g++) {
        result->fidelity[g] = 1.0;
        for (int64_t i = 0; i < r->n_outputs; i++) {
            double one = fidelity_of(&j.tallies[g * r->n_outputs + i],
                                     is_real(&r->outputs[i]));
            result->fidelity[g] = fmin(result->fidelity[g], one);
        }
    }
}

/* sub has the quantized step. */
static bool measure(compilation *sub, const recording *rec, trial *t)
{
    runner r;
    generated g;
    runner_open_step(&r, sub);
    r.samples = rec->r.samples;
    r.steps = rec->r.steps;
    reference *machine = reference_create(r.step, &sub->a, &sub->d);
    bool good = machine != NULL;
    if (good) {
        feed(&r, rec);
        run(&r, machine, rec, t);
        good = !compile_interrupted(sub) && generate(sub, &g);
    }
    if (good) {
        t->rom = g.report.const_bytes + g.report.weights_bytes;
        t->ram = g.report.state_bytes;
    }
    runner_close(&r);
    return good;
}

bool trial_run(compilation *c, const recording *rec, MlirAttribute plan,
               trial *t)
{
    compilation sub = *c;
    MlirOperation copy = mlirOperationClone(mlirModuleGetOperation(c->module));
    sub.a = (arena){0};
    sub.module = mlirModuleFromOperation(copy);
    quantize_note(compile_find_step(&sub), "plan", plan);
    bool good = compile_take_on(&sub, STAGE_QUANTIZED) && measure(&sub, rec, t);
    mlirModuleDestroy(sub.module);
    arena_free(&sub.a);
    c->d = sub.d;
    return good;
}
