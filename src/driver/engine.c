/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * engine.c - computes all steps: natively, or as the interpreter.
 */
#include "driver/engine.h"

#include "driver/generate.h"
#include "driver/native.h"

/* What computes a step, and puts states at their start. */
typedef struct engine {
    reference *reference; /* NULL: native */
    native native;
} engine;

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

static bool open_engine(runner *r, bool interpret, engine *e)
{
    generated g;
    compilation *c = r->c;
    *e = (engine){0};
    if (interpret) {
        e->reference = reference_create(r->step, &c->a, &c->d);
        r->machine = e->reference;
        return e->reference != NULL;
    }
    if (!generate(c, &g)) {
        return false;
    }
    native_network net = {
        .name = c->name,
        .header = g.header.text,
        .header_size = g.header.size,
        .source = g.source.text,
        .source_size = g.source.size,
        .report = &g.report,
        .weights = generate_weights(c, &g, NULL),
        .inputs = arguments_of(r, r->inputs, r->n_inputs),
        .n_inputs = r->n_inputs,
        .outputs = arguments_of(r, r->outputs, r->n_outputs),
        .n_outputs = r->n_outputs,
        .input_events = c->options->input_events,
    };
    return native_open(&e->native, &net, &c->a, &c->d);
}

static void reset(engine *e)
{
    if (e->reference) {
        reference_reset(e->reference);
    } else {
        native_reset(&e->native);
    }
}

static void *at(const port *p, int64_t time)
{
    return p->data +
           (p->path ? time * p->size * number_size(p->stored) : (int64_t)0);
}

/* Where outputs go: into their arrays, or, not asked for, into one element. */
static void make_outputs(runner *r)
{
    for (int64_t i = 0; i < r->n_outputs; i++) {
        port *p = &r->outputs[i];
        int64_t times = p->path ? r->samples * r->steps : 1;
        p->data = arena_alloc(&r->c->a, times * p->size,
                              (size_t)number_size(p->stored));
    }
}

/* Codes that came out become the numbers that they mean. */
static void decode_outputs(runner *r)
{
    for (int64_t i = 0; i < r->n_outputs; i++) {
        port *p = &r->outputs[i];
        if (p->path && p->codes.scale) {
            int64_t n = r->samples * r->steps * p->size;
            p->data = (char *)codes_decode(&p->codes, p->stored, p->data, n,
                                           p->size, &r->c->a);
        }
    }
}

MUST_CHECK static bool run_all(runner *r, engine *e,
                               void (*progress)(int64_t done, int64_t steps,
                                                void *user))
{
    const void **in = ARENA_ARRAY(&r->c->a, const void *, r->n_inputs + 1);
    void **out = ARENA_ARRAY(&r->c->a, void *, r->n_outputs + 1);
    int64_t total = r->samples * r->steps;
    for (int64_t t = 0; t < total && !compile_interrupted(r->c); t++) {
        for (int64_t i = 0; i < r->n_inputs; i++) {
            in[i] = at(&r->inputs[i], t);
        }
        for (int64_t i = 0; i < r->n_outputs; i++) {
            out[i] = at(&r->outputs[i], t);
        }
        if (t % r->steps == 0) {
            reset(e);
        }
        if (e->reference) {
            reference_step(e->reference, in, out);
        } else {
            e->native.step(e->native.state, in, out);
        }
        if (progress) {
            progress(t + 1, total, r->c->options->user);
        }
    }
    return !compile_interrupted(r->c);
}

bool engine_run(runner *r, bool interpret,
                void (*progress)(int64_t done, int64_t steps, void *user))
{
    engine e;
    bool good = open_engine(r, interpret, &e);
    if (good) {
        make_outputs(r);
        good = run_all(r, &e, progress);
    }
    if (good) {
        decode_outputs(r);
    }
    if (!e.reference) {
        native_close(&e.native, &r->c->a);
    }
    return good;
}

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
            in[i] = at(&r->inputs[i], sample * r->steps + t);
        }
        reference_step(machine, in, out);
    }
    return compile_interrupted(r->c) ? NULL : machine;
}
