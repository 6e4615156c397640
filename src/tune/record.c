/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * record.c - runs the float step by the interpreter and keeps what is asked
 * for. A permutation takes whole steps to other places: each neuron sees inputs
 * as likely as before, in other orders.
 */
#include <inttypes.h>
#include <string.h>

#include "base/random.h"
#include "mlir-c/Dialect/Quant.h"
#include "reference/reference.h"
#include "tune/layer.h"

enum { MEGABYTES = 512 };

void record_add(record *r, MlirValue v, arena *a)
{
    if (!record_of(r, v)) {
        r->tracks =
            arena_grow(a, r->tracks, r->n, &r->capacity, sizeof *r->tracks);
        r->tracks[r->n++] = (track){.value = v, .size = ir_count(v)};
    }
}

const track *record_of(const record *r, MlirValue v)
{
    for (int64_t i = 0; i < r->n; i++) {
        if (mlirValueEqual(r->tracks[i].value, v)) {
            return &r->tracks[i];
        }
    }
    return NULL;
}

static int64_t bytes_of(MlirValue v)
{
    MlirType type = ir_element(v);
    type = mlirTypeIsAQuantizedType(type)
               ? mlirQuantizedTypeGetStorageType(type)
               : type;
    int64_t bits = mlirTypeIsAF64(type)   ? 64
                   : mlirTypeIsAF32(type) ? 32
                                          : mlirIntegerTypeGetWidth(type);
    return (bits + 7) / 8 * ir_count(v);
}

const void *record_input(MlirValue input, const tune_data *data, int64_t i,
                         int64_t sample, int64_t step)
{
    const char *array = data->inputs[i];
    return array + (sample * data->steps + step) * bytes_of(input);
}

/* A machine, and where its outputs go, which nobody reads. */
typedef struct machine {
    reference *r;
    const void **inputs;
    void **outputs;
    MlirBlock body;
    intptr_t n_inputs;
} machine;

static bool start(machine *m, MlirOperation step, arena *a, diag *d)
{
    m->body = ir_body(step, 0);
    MlirOperation yield = mlirBlockGetTerminator(m->body);
    m->n_inputs = mlirArrayAttrGetNumElements(ir_get(step, "input_names"));
    intptr_t outputs =
        mlirArrayAttrGetNumElements(ir_get(step, "output_names"));
    m->inputs = ARENA_ARRAY(a, const void *, m->n_inputs);
    m->outputs = ARENA_ARRAY(a, void *, outputs);
    for (intptr_t i = 0; i < outputs; i++) {
        m->outputs[i] =
            arena_alloc(a, bytes_of(mlirOperationGetOperand(yield, i)), 1);
    }
    m->r = reference_create(step, a, d);
    return m->r != NULL;
}

/* The next step, with the inputs of step t of a run. */
static void take_step(machine *m, const tune_data *data, int64_t run, int64_t t)
{
    for (intptr_t i = 0; i < m->n_inputs; i++) {
        m->inputs[i] = record_input(mlirBlockGetArgument(m->body, i), data, i,
                                    run % data->samples, t);
    }
    reference_step(m->r, m->inputs, m->outputs);
}

static bool run_once(machine *m, record *r, const tune_data *data, int64_t run,
                     const int64_t *order, diag *d)
{
    reference_reset(m->r);
    for (int64_t t = 0; t < data->steps && !diag_interrupted(d); t++) {
        take_step(m, data, run, order[t]);
        for (int64_t i = 0; i < r->n; i++) {
            const track *k = &r->tracks[i];
            const double *from = reference_numbers(m->r, k->value);
            float *to = k->numbers + (run * data->steps + t) * k->size;
            for (int64_t e = 0; e < k->size; e++) {
                to[e] = (float)from[e];
            }
        }
    }
    return !diag_interrupted(d);
}

bool record_visit(MlirOperation step, const tune_data *data,
                  void (*visit)(const reference *machine, void *user),
                  void *user, arena *a, diag *d)
{
    machine m = {0};
    if (!start(&m, step, a, d)) {
        return false;
    }
    for (int64_t i = 0; i < data->samples; i++) {
        reference_reset(m.r);
        for (int64_t t = 0; t < data->steps; t++) {
            if (diag_interrupted(d)) {
                return false;
            }
            take_step(&m, data, i, t);
            visit(m.r, user);
        }
    }
    return true;
}

bool record_has_data(MlirOperation step, const tune_data *data, diag *d)
{
    arena a = {0};
    bool has = data->samples > 0 && data->steps > 0;
    if (!has) {
        diag_error(d, ir_loc_name(mlirOperationGetLocation(step), &a),
                   "tuning wants data: there are %" PRId64
                   " samples of %" PRId64 " steps",
                   data->samples, data->steps);
    }
    arena_free(&a);
    return has;
}

bool record_run(record *r, MlirOperation step, const tune_data *data,
                int64_t permutations, uint64_t seed, arena *a, diag *d)
{
    machine m = {0};
    if (!start(&m, step, a, d)) {
        return false;
    }
    int64_t size = 1;
    for (int64_t i = 0; i < r->n; i++) {
        size += r->tracks[i].size;
    }
    int64_t fit = (INT64_C(1) << 20) * MEGABYTES / 4 / size / data->steps;
    r->steps = data->steps;
    r->runs = data->samples * (permutations + 1);
    r->runs = r->runs > fit && fit >= 1 ? fit : r->runs;
    for (int64_t i = 0; i < r->n; i++) {
        r->tracks[i].numbers =
            ARENA_ARRAY(a, float, r->runs * r->steps * r->tracks[i].size);
    }
    int64_t *order = ARENA_ARRAY(a, int64_t, data->steps);
    for (int64_t t = 0; t < data->steps; t++) {
        order[t] = t;
    }
    for (int64_t i = 0; i < r->runs; i++) {
        if (i >= data->samples) {
            random_shuffle(order, data->steps, &seed);
        }
        if (!run_once(&m, r, data, i, order, d)) {
            return false;
        }
    }
    return true;
}
