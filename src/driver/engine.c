/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * engine.c - computes all steps: natively, or as the interpreter.
 */
#include "driver/engine.h"

#include "driver/batch.h"

static const char *c_type(number_type type)
{
    static const char *const names[] = {"uint8_t", "int8_t", "int16_t",
                                        "int32_t", "float",  "double"};
    return names[type];
}

static native_argument *arguments_of(runner *r, const port *ports, int64_t n)
{
    native_argument *list = ARENA_ARRAY(&r->c->a, native_argument, n);
    for (int64_t i = 0; i < n; i++) {
        list[i] = (native_argument){c_type(ports[i].stored), ports[i].size};
    }
    return list;
}

static bool compile_native(engine *e, runner *r, const generated *g,
                           const char *cache)
{
    compilation *c = r->c;
    const snn_options *o = c->options;
    native_network net = {
        .name = c->name,
        .header = g->header.text,
        .header_size = g->header.size,
        .source = g->source.text,
        .source_size = g->source.size,
        .report = &g->report,
        .weights = generate_weights(c, g, NULL),
        .inputs = arguments_of(r, r->inputs, r->n_inputs),
        .n_inputs = r->n_inputs,
        .outputs = arguments_of(r, r->outputs, r->n_outputs),
        .n_outputs = r->n_outputs,
        .input_events = o->input_events,
    };
    return native_open(&e->native, &net, cache, &c->a, &c->d);
}

bool engine_open(engine *e, runner *r, const generated *g, const char *cache)
{
    *e = (engine){.interpret = !g,
                  .step = r->step,
                  .inputs = r->inputs,
                  .n_inputs = r->n_inputs,
                  .outputs = r->outputs,
                  .n_outputs = r->n_outputs,
                  .states = r->states,
                  .n_states = r->n_states};
    return !g || compile_native(e, r, g, cache);
}

void engine_close(engine *e) { native_close(&e->native); }

/*===- all steps ------------------------------------------------------------*/

/* Ports whose numbers are given as they are stored: as the runner has them. */
static const port *stored_ports(runner *r, const port *ports, int64_t n)
{
    port *list = ARENA_ARRAY(&r->c->a, port, n);
    for (int64_t i = 0; i < n; i++) {
        list[i] = ports[i];
        list[i].type = ports[i].stored;
        list[i].codes = (codes){0};
    }
    return list;
}

static const int64_t *all_of(runner *r, int64_t n)
{
    int64_t *list = ARENA_ARRAY(&r->c->a, int64_t, n);
    for (int64_t i = 0; i < n; i++) {
        list[i] = i;
    }
    return list;
}

static bool run_all(runner *r, const engine *e,
                    void (*progress)(int64_t done, int64_t steps, void *user))
{
    arena *a = &r->c->a;
    const void **in = ARENA_ARRAY(a, const void *, r->n_inputs + 1);
    void **out = ARENA_ARRAY(a, void *, r->n_outputs + 1);
    for (int64_t i = 0; i < r->n_inputs; i++) {
        in[i] = r->inputs[i].data;
    }
    for (int64_t i = 0; i < r->n_outputs; i++) {
        port *p = &r->outputs[i];
        if (p->path) {
            p->data = arena_alloc(a, r->samples * r->steps * p->size,
                                  (size_t)number_size(p->type));
        }
        out[i] = p->path ? p->data : NULL;
    }
    snn_batch all = {.samples = r->samples,
                     .steps = r->steps,
                     .inputs = in,
                     .outputs = out,
                     .progress = progress};
    instance *one = instance_create(e, a, &r->c->d);
    if (one && one->machine) { /* else that of an earlier run is kept */
        r->machine = one->machine;
    }
    return one && batch_run(&one, 1, &all, &r->c->d, r->c->options->user, true);
}

bool engine_run(runner *r, bool interpret,
                void (*progress)(int64_t done, int64_t steps, void *user))
{
    engine e;
    generated g;
    if (!interpret && !generate(r->c, &g)) {
        return false;
    }
    bool good = engine_open(&e, r, interpret ? NULL : &g, NULL);
    e.inputs = stored_ports(r, r->inputs, r->n_inputs);
    e.shown = all_of(r, r->n_outputs);
    e.n_shown = r->n_outputs;
    good = good && run_all(r, &e, progress);
    engine_close(&e);
    return good;
}

/*===- a step at a time -----------------------------------------------------*/

void engine_interpret(const runner *r, reference *machine,
                      void (*visit)(const reference *machine, int64_t t,
                                    void *user),
                      void *user)
{
    arena *a = &r->c->a;
    const void **in = ARENA_ARRAY(a, const void *, r->n_inputs + 1);
    void **out = ARENA_ARRAY(a, void *, r->n_outputs + 1);
    for (int64_t i = 0; i < r->n_outputs; i++) {
        const port *p = &r->outputs[i];
        out[i] = arena_alloc(a, p->size, (size_t)number_size(p->stored));
    }
    int64_t total = r->samples * r->steps;
    for (int64_t t = 0; t < total && !compile_interrupted(r->c); t++) {
        for (int64_t i = 0; i < r->n_inputs; i++) {
            const port *p = &r->inputs[i];
            in[i] = p->data + t * p->size * number_size(p->stored);
        }
        if (t % r->steps == 0) {
            reference_reset(machine);
        }
        reference_step(machine, in, out);
        visit(machine, t, user);
    }
}

reference *engine_interpret_to(runner *r, int64_t sample, int64_t step)
{
    arena *a = &r->c->a;
    reference *machine = reference_create(r->step, a, &r->c->d);
    const void **in = ARENA_ARRAY(a, const void *, r->n_inputs + 1);
    void **out = ARENA_ARRAY(a, void *, r->n_outputs + 1);
    if (!machine) {
        return NULL;
    }
    for (int64_t i = 0; i < r->n_outputs; i++) {
        const port *p = &r->outputs[i];
        out[i] = arena_alloc(a, p->size, (size_t)number_size(p->stored));
    }
    for (int64_t t = 0; t <= step && !compile_interrupted(r->c); t++) {
        for (int64_t i = 0; i < r->n_inputs; i++) {
            const port *p = &r->inputs[i];
            in[i] = p->data +
                    (sample * r->steps + t) * p->size * number_size(p->stored);
        }
        reference_step(machine, in, out);
    }
    return compile_interrupted(r->c) ? NULL : machine;
}
