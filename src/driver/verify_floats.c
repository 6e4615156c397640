/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * verify_floats.c - a quantized network beside itself in floats, which a second
 * compilation computes.
 */
#include "driver/engine.h"
#include "driver/quantize.h"
#include "driver/verify.h"

/* What would be said a second time. */
static void keep_quiet(snn_severity severity, const char *where,
                       const char *text, void *user)
{
    (void)severity;
    (void)where;
    (void)text;
    (void)user;
}

snn_verify_options *verify_all_nodes(const verification *v)
{
    compilation *c = v->r->c;
    snn_verify_options *how = ARENA_NEW(&c->a, snn_verify_options);
    snn_array *list = ARENA_ARRAY(&c->a, snn_array, c->net.n_nodes);
    *how = *v->how;
    how->expected = list;
    for (int64_t i = 0; i < c->net.n_nodes; i++) {
        const nir_node *node = &c->net.nodes[i];
        bool output = node->kind == NIR_OUTPUT && node->top;
        if (output || nir_is_neuron(node->kind)) {
            list[how->n_expected++] =
                (snn_array){.node = node->name, .path = "floats"};
        }
    }
    return how;
}

/* The numbers of a port of the floats, in the arena of v. */
static const double *numbers_of(const verification *v, const runner *r,
                                const port *p)
{
    int64_t n = r->samples * r->steps * p->size;
    double *numbers = ARENA_ARRAY(&v->r->c->a, double, n);
    for (int64_t i = 0; i < n; i++) {
        numbers[i] = npy_number(p->type, p->data, i);
    }
    return numbers;
}

static void take(verification *v, const runner *floats)
{
    runner *r = v->r;
    v->measures = ARENA_ARRAY(&r->c->a, measure, r->n_outputs);
    for (int64_t i = 0; i < r->n_outputs; i++) {
        const port *p = &r->outputs[i];
        if (p->path) {
            v->measures[v->n_measures++] = (measure){
                .p = p,
                .kind = verify_kind(p),
                .cells = r->samples * r->steps * p->size,
                .expected = numbers_of(v, floats, &floats->outputs[i])};
        }
    }
}

bool verify_run_floats(verification *v)
{
    compilation c;
    runner r = {.c = &c};
    const snn_verify_options *how = v->how;
    snn_options options = *v->r->c->options;
    quantize_not(&options);
    options.report = keep_quiet;
    bool good = compile_open(&c, &options) &&
                runner_open(&r, &c, how->expected, how->n_expected) &&
                runner_bind_shown(&r, how->expected) &&
                runner_read_inputs(&r, how->inputs, how->n_inputs) &&
                engine_run(&r, how->reference, how->progress);
    if (good) {
        take(v, &r);
    }
    runner_close(&r);
    compile_close(&c);
    return good;
}
