/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_data.c - interprets the floats of a network on data, and keeps how
 * far values went, and what came out.
 */
#include "driver/quantize_data.h"

#include <math.h>
#include <string.h>

#include "base/random.h"
#include "driver/engine.h"
#include "ir/ir.h"

/* A product, and how large its results were. */
typedef struct seen {
    MlirValue value;
    const char *node;
    double most;
} seen;

static seen *find_products(runner *r, int64_t *n)
{
    int64_t n_ops;
    MlirOperation *ops = ir_list(ir_body(r->step, 0), &r->c->a, &n_ops);
    seen *list = ARENA_ARRAY(&r->c->a, seen, n_ops);
    *n = 0;
    for (int64_t i = 0; i < n_ops; i++) {
        if (ir_is(ops[i], "snn.linear") || ir_is(ops[i], "snn.conv")) {
            list[(*n)++] =
                (seen){.value = mlirOperationGetResult(ops[i], 0),
                       .node = ir_get_text(ops[i], "node", &r->c->a)};
        }
    }
    return list;
}

static void look(seen *s, const reference *machine)
{
    const double *numbers = reference_numbers(machine, s->value);
    for (int64_t i = 0; i < ir_count(s->value); i++) {
        s->most = fmax(s->most, fabs(numbers[i]));
    }
}

/* What is filled while the floats run. */
typedef struct watcher {
    recording *rec;
    seen *products;
    int64_t n_products;
} watcher;

/* Keeps what the Outputs gave in step t, and how far products went. */
static void watch(const reference *machine, int64_t t, void *user)
{
    watcher *w = user;
    const runner *r = &w->rec->r;
    MlirOperation yield = mlirBlockGetTerminator(ir_body(r->step, 0));
    for (int64_t i = 0; i < r->n_outputs; i++) {
        int64_t size = r->outputs[i].size;
        const double *numbers =
            reference_numbers(machine, mlirOperationGetOperand(yield, i));
        memcpy(w->rec->outputs[i] + t * size, numbers,
               (size_t)size * sizeof *numbers);
    }
    for (int64_t i = 0; i < w->n_products; i++) {
        look(&w->products[i], machine);
    }
}

static void run(recording *rec, reference *machine, seen *list, int64_t n)
{
    const runner *r = &rec->r;
    arena *a = &r->c->a;
    rec->outputs = ARENA_ARRAY(a, double *, r->n_outputs);
    for (int64_t i = 0; i < r->n_outputs; i++) {
        rec->outputs[i] =
            ARENA_ARRAY(a, double, r->samples * r->steps * r->outputs[i].size);
    }
    watcher w = {rec, list, n};
    engine_interpret(r, machine, watch, &w);
}

/* The ranges of Inputs and states, with those of products. */
static MlirAttribute with_products(MlirAttribute ranges, const seen *list,
                                   int64_t n, MlirContext ctx, arena *a)
{
    intptr_t m = mlirDictionaryAttrGetNumElements(ranges);
    MlirNamedAttribute *all = ARENA_ARRAY(a, MlirNamedAttribute, m + n);
    for (intptr_t i = 0; i < m; i++) {
        all[i] = mlirDictionaryAttrGetElement(ranges, i);
    }
    for (int64_t i = 0; i < n; i++) {
        double range[] = {list[i].most, 0.0};
        MlirStringRef name = mlirStringRefCreateFromCString(list[i].node);
        all[m + i] = mlirNamedAttributeGet(mlirIdentifierGet(ctx, name),
                                           mlirDenseF64ArrayGet(ctx, 2, range));
    }
    return mlirDictionaryAttrGet(ctx, (intptr_t)(m + n), all);
}

static tune_data data_of(const runner *r)
{
    const void **inputs = ARENA_ARRAY(&r->c->a, const void *, r->n_inputs + 1);
    for (int64_t i = 0; i < r->n_inputs; i++) {
        inputs[i] = r->inputs[i].data;
    }
    return (tune_data){inputs, r->samples, r->steps};
}

/* The steps in another order: blocks of so many change places. */
static int64_t *order_of(int64_t steps, int64_t block, uint64_t *random,
                         arena *a)
{
    int64_t n = steps / block;
    int64_t *blocks = ARENA_ARRAY(a, int64_t, n + 1);
    int64_t *order = ARENA_ARRAY(a, int64_t, steps);
    for (int64_t i = 0; i < n; i++) {
        blocks[i] = i;
    }
    random_shuffle(blocks, n, random);
    for (int64_t t = 0; t < steps; t++) {
        order[t] = t < n * block ? blocks[t / block] * block + t % block : t;
    }
    return order;
}

/* Puts the data in other orders behind it: blocks of 1, 4, 16, ... steps. */
static void add_orders(recording *rec, int64_t orders)
{
    runner *r = &rec->r;
    arena *a = &r->c->a;
    uint64_t random = 1;
    int64_t **order = ARENA_ARRAY(a, int64_t *, orders);
    for (int64_t k = 0, block = 1; k < orders; k++, block *= 4) {
        order[k] = order_of(r->steps, block, &random, a);
    }
    for (int64_t i = 0; i < r->n_inputs; i++) {
        port *p = &r->inputs[i];
        int64_t row = p->size * number_size(p->stored);
        int64_t all = r->samples * r->steps;
        char *data = arena_alloc(a, (1 + orders) * all, (size_t)row);
        memcpy(data, p->data, (size_t)(all * row));
        for (int64_t t = 0; t < orders * all; t++) {
            int64_t from =
                t % all / r->steps * r->steps + order[t / all][t % r->steps];
            memcpy(data + (all + t) * row, p->data + from * row, (size_t)row);
        }
        p->data = data;
    }
    rec->orders = orders;
    r->samples *= 1 + orders;
}

/* Says how far real numbers of a port went, which sets its scale. */
static void tell_range(const runner *r, const port *p, const double *numbers,
                       int64_t n)
{
    double least = INFINITY;
    double most = -INFINITY;
    for (int64_t i = 0; i < n; i++) {
        least = fmin(least, numbers[i]);
        most = fmax(most, numbers[i]);
    }
    compilation *c = r->c;
    if (n > 0 && (p->type == NUMBER_F32 || p->type == NUMBER_F64)) {
        diag_note(&c->d,
                  text_printf(&c->a, "%s:%s", c->options->model, p->name),
                  "on the data from %.6g to %.6g", least, most);
    }
}

/* Of all Inputs and Outputs, on the data as it is. */
static void tell_ranges(const recording *rec)
{
    const runner *r = &rec->r;
    int64_t times = r->samples * r->steps / (1 + rec->orders);
    for (int64_t i = 0; i < r->n_inputs; i++) {
        const port *p = &r->inputs[i];
        int64_t n = times * p->size;
        double *numbers = ARENA_ARRAY(&r->c->a, double, n);
        for (int64_t k = 0; k < n; k++) {
            numbers[k] = npy_number(p->stored, p->data, k);
        }
        tell_range(r, p, numbers, n);
    }
    for (int64_t i = 0; i < r->n_outputs; i++) {
        const port *p = &r->outputs[i];
        tell_range(r, p, rec->outputs[i], times * p->size);
    }
}

bool recording_make(recording *rec, compilation *c, int64_t orders)
{
    runner *r = &rec->r;
    runner_open_step(r, c);
    bool good = runner_read_inputs(r, c->options->data, c->options->n_data);
    reference *machine = good ? reference_create(r->step, &c->a, &c->d) : NULL;
    if (!machine) {
        return false;
    }
    int64_t n;
    seen *list = find_products(r, &n);
    rec->data = data_of(r);
    add_orders(rec, orders);
    run(rec, machine, list, n);
    if (!tune_ranges(r->step, &rec->data, &c->d, &rec->ranges)) {
        return false;
    }
    tell_ranges(rec);
    rec->ranges = with_products(rec->ranges, list, n, c->ctx, &c->a);
    return true;
}

void recording_close(recording *rec) { runner_close(&rec->r); }
