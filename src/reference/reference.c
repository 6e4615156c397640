/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * reference.c - runs the machine that compile.c makes: inputs, instructions in
 * order, outputs, and then all states at once. States wait with that for the
 * next step, so that what a step started from can be read behind it.
 */
#include "reference/reference.h"

#include <assert.h>
#include <string.h>

#include "reference/compile.h"
#include "reference/machine.h"
#include "reference/numbers.h"

reference *reference_create(MlirOperation step, arena *a, diag *d)
{
    reference *r = ARENA_NEW(a, reference);
    if (!compile_step(step, a, d, r)) {
        return NULL;
    }
    reference_reset(r);
    return r;
}

static void copy_numbers(const value *v, double *to, const double *from)
{
    if (v->count > 0) { /* an empty array may be no array at all */
        memcpy(to, from, (size_t)v->count * sizeof *to);
    }
}

void reference_reset(reference *r)
{
    for (int64_t i = 0; i < r->state_count; i++) {
        const state *s = &r->states[i];
        copy_numbers(s->before, s->before->numbers, s->start);
    }
    r->stepped = false;
}

/* A step may yield the old value of a state as the new value of another. */
static void advance(const reference *r)
{
    for (int64_t i = 0; i < r->state_count; i++) {
        const state *s = &r->states[i];
        copy_numbers(s->before, s->next, s->after->numbers);
    }
    for (int64_t i = 0; i < r->state_count; i++) {
        const state *s = &r->states[i];
        copy_numbers(s->before, s->before->numbers, s->next);
    }
}

void reference_step(reference *r, const void *const *inputs,
                    void *const *outputs)
{
    if (r->stepped) {
        advance(r);
    }
    for (int64_t i = 0; i < r->input_count; i++) {
        numbers_load(r->inputs[i], inputs[i]);
    }
    for (int64_t i = 0; i < r->instruction_count; i++) {
        r->instructions[i].run(&r->instructions[i]);
    }
    for (int64_t i = 0; i < r->output_count; i++) {
        numbers_store(r->outputs[i], outputs[i]);
    }
    r->stepped = true;
}

void reference_get(const reference *r, int64_t i, void *numbers)
{
    const state *s = &r->states[i];
    numbers_store(r->stepped ? s->after : s->before, numbers);
}

void reference_set(reference *r, int64_t i, const void *numbers)
{
    if (r->stepped) {
        advance(r);
        r->stepped = false;
    }
    numbers_load(r->states[i].before, numbers);
}

const double *reference_numbers(const reference *r, MlirValue v)
{
    int64_t i = map_get(&r->value_of, v.ptr, 0);
    assert(i >= 0 && "a value of the step");
    return r->values[i]->numbers;
}

int64_t reference_saturations(const reference *r, const char *node)
{
    int64_t sum = 0;
    for (int64_t i = 0; i < r->instruction_count; i++) {
        const instruction *in = &r->instructions[i];
        if (in->node && strcmp(in->node, node) == 0) {
            sum += *in->saturations;
        }
    }
    return sum;
}
