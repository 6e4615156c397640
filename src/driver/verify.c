/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * verify.c - snn_verify: reads what was recorded, runs the network, compares.
 */
#include "driver/verify.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "driver/engine.h"
#include "driver/formula.h"

/*===- options --------------------------------------------------------------*/

/* A number from 0 on, up to most. */
MUST_CHECK static bool read_number(verification *v, const char *name,
                                   const char *text, double most,
                                   double *number)
{
    char *end;
    if (!text) {
        return true;
    }
    *number = text_read_number(text, &end);
    if (end != text && *end == '\0' && *number >= 0.0 && *number <= most) {
        return true;
    }
    return diag_error(&v->r->c->d, v->r->c->options->model,
                      "%s is '%s', expected a number from 0 %s", name, text,
                      most == 1.0 ? "to 1" : "on");
}

MUST_CHECK static bool read_options(verification *v)
{
    const snn_verify_options *how = v->how;
    v->min_f1 = 2.0;
    return read_number(v, "atol", how->atol, HUGE_VAL, &v->atol) &&
           read_number(v, "rtol", how->rtol, HUGE_VAL, &v->rtol) &&
           read_number(v, "min-f1", how->min_f1, 1.0, &v->min_f1);
}

/*===- what was recorded ----------------------------------------------------*/

MUST_CHECK static bool check_shape(runner *r, const port *p, const npy *file)
{
    int64_t dim[PORT_MAX_DIMS];
    int rank = runner_dims(r, p, dim);
    int lead = rank - p->rank;
    diag *d = &r->c->d;
    bool fits = file->rank == rank;
    for (int i = lead; i < rank && fits; i++) {
        fits = file->dim[i] == dim[i];
    }
    if (!fits) {
        return diag_error(d, file->path, "has shape %s, '%s' gives %s",
                          npy_shape_text(file->rank, file->dim, &r->c->a),
                          p->name, npy_shape_text(rank, dim, &r->c->a));
    }
    int64_t samples = lead == 2 ? file->dim[0] : 1;
    if (samples != r->samples || file->dim[lead - 1] != r->steps) {
        return diag_error(d, file->path,
                          "has %lld samples of %lld steps, '%s' has %lld of "
                          "%lld",
                          (long long)samples, (long long)file->dim[lead - 1],
                          r->inputs[0].path, (long long)r->samples,
                          (long long)r->steps);
    }
    return true;
}

/* States are reals, though those of some simulators are whole numbers. */
measure_kind verify_kind(const port *p)
{
    bool real = p->state || p->type == NUMBER_F32 || p->type == NUMBER_F64;
    return real                   ? MEASURE_REAL
           : p->type == NUMBER_I1 ? MEASURE_SPIKES
                                  : MEASURE_COUNTS;
}

MUST_CHECK static bool read_expected(verification *v, const port *p, measure *m)
{
    npy file;
    runner *r = v->r;
    arena *a = &r->c->a;
    diag *d = &r->c->d;
    const void *data;
    if (!npy_open(&(snn_array){p->name, p->path, p->tensor}, a, d, &file) ||
        !check_shape(r, p, &file)) {
        return false;
    }
    *m = (measure){.p = p, .kind = verify_kind(p), .cells = file.count};
    if (m->kind != MEASURE_REAL && !npy_convert(&file, p->type, a, d, &data)) {
        return false; /* 2 is no spike: it cannot have come from this node */
    }
    bool good = npy_convert(&file, NUMBER_F64, a, d, &data);
    m->expected = data;
    return good;
}

MUST_CHECK static bool read_all(verification *v)
{
    runner *r = v->r;
    bool good = true;
    v->measures = ARENA_ARRAY(&r->c->a, measure, r->n_outputs);
    for (int64_t i = 0; i < r->n_outputs; i++) {
        const port *p = &r->outputs[i];
        if (p->path) {
            good = read_expected(v, p, &v->measures[v->n_measures++]) && good;
        }
    }
    return good;
}

/*===- running --------------------------------------------------------------*/

bool verify_disagree(verification *v, const port *p, int64_t cell, double c,
                     double interpreted)
{
    runner *r = v->r;
    arena *a = &r->c->a;
    int64_t time = cell / p->size;
    return diag_error(
        &r->c->d, text_printf(a, "%s:%s", r->c->options->model, p->name),
        "in step %lld of sample %lld, neuron %s is %s in C and %s in the "
        "interpreter: this is an error of the compiler, please report it",
        (long long)(time % r->steps), (long long)(time / r->steps),
        verify_index(p, cell % p->size, a), verify_number(p->type, c, a),
        verify_number(p->type, interpreted, a));
}

/* The same bits; all that are no numbers count as one. */
MUST_CHECK static bool compare(verification *v, const port *p,
                               const char *interpreted)
{
    int64_t size = number_size(p->type);
    int64_t cells = v->r->samples * v->r->steps * p->size;
    for (int64_t i = 0; i < cells; i++) {
        double x = npy_number(p->type, p->data, i);
        double y = npy_number(p->type, interpreted, i);
        bool same = memcmp(p->data + i * size, interpreted + i * size,
                           (size_t)size) == 0;
        if (!same && !(isnan(x) && isnan(y))) {
            return verify_disagree(v, p, i, x, y);
        }
    }
    return true;
}

/* Interpreted, then in C, which has to give the same. Quantized networks are
 * always: the interpreter counts what saturates. */
MUST_CHECK static bool run_both(verification *v)
{
    runner *r = v->r;
    char **data = ARENA_ARRAY(&r->c->a, char *, r->n_outputs);
    if (!engine_run(r, true, v->how->progress)) {
        return false;
    }
    for (int64_t i = 0; i < r->n_outputs; i++) {
        data[i] = r->outputs[i].data;
    }
    bool good = engine_run(r, false, v->how->progress);
    for (int64_t i = 0; i < r->n_outputs && good; i++) {
        good = !r->outputs[i].path || compare(v, &r->outputs[i], data[i]);
    }
    return good;
}

MUST_CHECK static bool run(verification *v)
{
    v->both = v->how->both || (v->quantized && !v->how->reference);
    return v->both ? run_both(v)
                   : engine_run(v->r, v->how->reference, v->how->progress);
}

static void judge(verification *v)
{
    v->equal = true;
    v->passed = true;
    for (int64_t i = 0; i < v->n_measures; i++) {
        measure *m = &v->measures[i];
        verify_measure(v, m);
        v->equal = v->equal && m->differ == 0;
        v->passed = v->passed && m->passed;
    }
}

MUST_CHECK static bool expect(verification *v)
{
    return v->against_floats ? verify_run_floats(v) : read_all(v);
}

MUST_CHECK static bool verify(verification *v)
{
    runner *r = v->r;
    v->quantized = r->c->options->quantize != NULL;
    v->against_floats = v->how->n_expected == 0;
    if (v->against_floats && !v->quantized) {
        return diag_error(&r->c->d, r->c->options->model,
                          "nothing to compare with: give --expect, or "
                          "--quantize to compare with floats");
    }
    if (v->against_floats) {
        v->how = verify_all_nodes(v);
    }
    const snn_verify_options *how = v->how;
    if (!runner_open(r, r->c, how->expected, how->n_expected)) {
        return false;
    }
    v->formulas = formulas_of(r->c); /* before the step level is lowered */
    bool good = runner_bind_shown(r, how->expected) &&
                runner_read_inputs(r, how->inputs, how->n_inputs) &&
                expect(v) && run(v);
    if (!good) {
        return false;
    }
    judge(v);
    return verify_explain(v);
}

bool snn_verify(const snn_options *options, const snn_verify_options *how,
                void (*write)(const char *text, int64_t size, void *user))
{
    compilation c;
    runner r = {.c = &c};
    verification v = {.r = &r, .how = how};
    bool good = compile_open(&c, options) && read_options(&v) && verify(&v);
    if (good) {
        buf out = {.a = &c.a};
        (how->json ? verify_print_json : verify_print)(&v, &out);
        write(out.text, out.size, options->user);
    }
    runner_close(&r);
    compile_close(&c);
    return good && v.passed;
}
