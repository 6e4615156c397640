/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize.c - from --quantize and data to what --snn-quantize is to know.
 *
 * Ranges are those of the float network: the interpreter runs it on the data,
 * and the largest magnitude of each Input and state is kept.
 */
#include "driver/quantize.h"

#include <math.h>
#include <string.h>

#include "driver/ports.h"
#include "ir/ir.h"
#include "reference/reference.h"

/*===- options --------------------------------------------------------------*/

static const struct {
    const char *name;
    const char *bits;
} plain[] = {{"int4", "4"}, {"int8", "8"}, {"int16", "16"}};

/* The bits of "int8"; NULL: it is no such word. */
static const char *bits_of(const char *quantize)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strcmp(plain[i].name, quantize) == 0) {
            return plain[i].bits;
        }
    }
    return NULL;
}

static bool is_one(const char *value, const char *first, const char *second)
{
    return !value || strcmp(value, first) == 0 || strcmp(value, second) == 0;
}

bool quantize_check(compilation *c)
{
    const snn_options *o = c->options;
    if (o->quantize && !bits_of(o->quantize)) {
        return diag_error(&c->d, o->model,
                          "quantize is '%s', expected int4, int8 or int16",
                          o->quantize);
    }
    if (!is_one(o->state_bits, "16", "32")) {
        return diag_error(&c->d, o->model, "state is '%s', expected 16 or 32",
                          o->state_bits);
    }
    if (!is_one(o->granularity, "channel", "tensor")) {
        return diag_error(&c->d, o->model,
                          "granularity is '%s', expected channel or tensor",
                          o->granularity);
    }
    if (!is_one(o->scales, "free", "power-of-two")) {
        return diag_error(&c->d, o->model,
                          "scales is '%s', expected free or power-of-two",
                          o->scales);
    }
    bool more = o->state_bits || o->granularity || o->scales || o->n_data > 0;
    if (!o->quantize && more) {
        return diag_error(&c->d, o->model,
                          "--state, --granularity, --scales and --data are "
                          "for networks that --quantize makes integers of");
    }
    return true;
}

static const char *state_of(const snn_options *o)
{
    return o->state_bits ? o->state_bits : "32";
}

void quantize_title(const compilation *c, buf *text)
{
    const snn_options *o = c->options;
    if (o->quantize) {
        buf_printf(text, ", weights of %s bits, states of %s",
                   bits_of(o->quantize), state_of(o));
    }
}

void quantize_pass(const snn_options *o, buf *pipeline)
{
    buf_printf(pipeline,
               "snn-quantize{weights=%s state=%s granularity=%s scales=%s}",
               bits_of(o->quantize), state_of(o),
               o->granularity ? o->granularity : "channel",
               o->scales ? o->scales : "free");
}

/*===- ranges ---------------------------------------------------------------*/

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

static void run(runner *r, reference *machine, seen *list, int64_t n)
{
    arena *a = &r->c->a;
    const void **in = ARENA_ARRAY(a, const void *, r->n_inputs + 1);
    void **out = ARENA_ARRAY(a, void *, r->n_outputs + 1);
    for (int64_t i = 0; i < r->n_outputs; i++) {
        const port *p = &r->outputs[i];
        out[i] = arena_alloc(a, p->size, (size_t)number_size(p->stored));
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

/* Runs the floats on the data, and notes the ranges. */
static bool measure(compilation *c)
{
    runner r;
    bool good = runner_open_step(&r, c) &&
                runner_read_inputs(&r, c->options->data, c->options->n_data);
    reference *machine = good ? reference_create(r.step, &c->a, &c->d) : NULL;
    if (machine) {
        int64_t n;
        seen *list = arguments_of(&r, &n);
        run(&r, machine, list, n);
        MlirOperation step = compile_find_step(c);
        ir b = ir_before(step);
        mlirOperationSetDiscardableAttributeByName(
            step, mlirStringRefCreateFromCString("ranges"),
            ranges_of(&b, list, n, &c->a));
    }
    runner_close(&r);
    return machine != NULL;
}

bool quantize_prepare(compilation *c)
{
    return c->options->n_data == 0 || measure(c);
}
