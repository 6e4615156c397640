/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_data.c - interprets the floats of a network on data, and keeps the
 * largest magnitude of each Input and state, and what came out.
 */
#include "driver/quantize_data.h"

#include <math.h>
#include <string.h>

#include "ir/ir.h"
#include "reference/reference.h"

/* Something of a step that has a range. */
typedef struct seen {
    const char *name;
    double most;
    bool whole;
} seen;

static void look(seen *s, const double *numbers, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        s->most = fmax(s->most, fabs(numbers[i]));
        s->whole = s->whole && numbers[i] == rint(numbers[i]);
    }
}

/* The Inputs and states: all arguments of the region. */
static seen *arguments_of(runner *r, int64_t *n)
{
    MlirAttribute names[] = {ir_get(r->step, "input_names"),
                             ir_get(r->step, "state_names")};
    int64_t inputs = mlirArrayAttrGetNumElements(names[0]);
    *n = inputs + mlirArrayAttrGetNumElements(names[1]);
    seen *list = ARENA_ARRAY(&r->c->a, seen, *n);
    for (int64_t i = 0; i < *n; i++) {
        MlirStringRef s = mlirStringAttrGetValue(
            i < inputs ? mlirArrayAttrGetElement(names[0], i)
                       : mlirArrayAttrGetElement(names[1], i - inputs));
        list[i].name = arena_text(&r->c->a, s.data, (int64_t)s.length);
        list[i].whole = true;
    }
    return list;
}

/* What an argument is in a step: an Input, or the state behind the step. */
static MlirValue value_of(const runner *r, int64_t i)
{
    MlirBlock body = ir_body(r->step, 0);
    MlirOperation yield = mlirBlockGetTerminator(body);
    return i < r->n_inputs
               ? mlirBlockGetArgument(body, i)
               : mlirOperationGetOperand(yield, r->n_outputs + i - r->n_inputs);
}

/* Keeps what the Outputs gave in step t. */
static void keep(recording *rec, const reference *machine, int64_t t)
{
    runner *r = &rec->r;
    MlirOperation yield = mlirBlockGetTerminator(ir_body(r->step, 0));
    for (int64_t i = 0; i < r->n_outputs; i++) {
        int64_t size = r->outputs[i].size;
        const double *numbers =
            reference_numbers(machine, mlirOperationGetOperand(yield, i));
        memcpy(rec->outputs[i] + t * size, numbers,
               (size_t)size * sizeof *numbers);
    }
}

static void run(recording *rec, reference *machine, seen *list, int64_t n)
{
    runner *r = &rec->r;
    arena *a = &r->c->a;
    const void **in = ARENA_ARRAY(a, const void *, r->n_inputs + 1);
    void **out = ARENA_ARRAY(a, void *, r->n_outputs + 1);
    rec->outputs = ARENA_ARRAY(a, double *, r->n_outputs);
    for (int64_t i = 0; i < r->n_outputs; i++) {
        const port *p = &r->outputs[i];
        out[i] = arena_alloc(a, p->size, (size_t)number_size(p->stored));
        rec->outputs[i] =
            ARENA_ARRAY(a, double, r->samples * r->steps * p->size);
    }
    for (int64_t t = 0; t < r->samples * r->steps; t++) {
        for (int64_t i = 0; i < r->n_inputs; i++) {
            const port *p = &r->inputs[i];
            in[i] = p->data + t * p->size * number_size(p->stored);
        }
        if (t % r->steps == 0) {
            reference_reset(machine);
        }
        reference_step(machine, in, out);
        keep(rec, machine, t);
        for (int64_t i = 0; i < n; i++) {
            MlirValue v = value_of(r, i);
            look(&list[i], reference_numbers(machine, v), ir_count(v));
        }
    }
}

static MlirAttribute ranges_of(ir *b, const seen *list, int64_t n, arena *a)
{
    ir_attr *ranges = ARENA_ARRAY(a, ir_attr, n);
    for (int64_t i = 0; i < n; i++) {
        double range[] = {list[i].most, list[i].whole};
        ranges[i] =
            (ir_attr){list[i].name, mlirDenseF64ArrayGet(b->ctx, 2, range)};
    }
    return ir_dictionary(b, (intptr_t)n, ranges);
}

bool recording_make(recording *rec, compilation *c)
{
    runner *r = &rec->r;
    bool good = runner_open_step(r, c) &&
                runner_read_inputs(r, c->options->data, c->options->n_data);
    reference *machine = good ? reference_create(r->step, &c->a, &c->d) : NULL;
    if (machine) {
        int64_t n;
        seen *list = arguments_of(r, &n);
        run(rec, machine, list, n);
        ir b = ir_before(compile_find_step(c));
        rec->ranges = ranges_of(&b, list, n, &c->a);
    }
    return machine != NULL;
}

void recording_close(recording *rec) { runner_close(&rec->r); }
