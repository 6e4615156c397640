/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * score.c - how much a rounding loses when the whole network runs with it: the
 * float step, with rounded weights in the place of its own, on permutations
 * that nothing was rounded on.
 */
#include <math.h>

#include "tune/tuner.h"

static void watch(record *r, MlirValue *outputs, intptr_t n, arena *a)
{
    for (intptr_t i = 0; i < n; i++) {
        record_add(r, outputs[i], a);
    }
}

static MlirValue *outputs_of(MlirOperation step, intptr_t n, arena *a)
{
    MlirOperation yield = mlirBlockGetTerminator(ir_body(step, 0));
    MlirValue *outputs = ARENA_ARRAY(a, MlirValue, n);
    for (intptr_t i = 0; i < n; i++) {
        outputs[i] = mlirOperationGetOperand(yield, i);
    }
    return outputs;
}

bool judge_create(judge *j, const tuner *t, arena *a)
{
    /* enough to tell two roundings apart, and not those that they are from */
    enum { RUN_STEPS = 30000 };
    int64_t steps = t->data->samples * t->data->steps;
    *j = (judge){.t = t, .seed = ~t->how->seed};
    j->permutations = (RUN_STEPS + steps - 1) / steps;
    j->n = mlirArrayAttrGetNumElements(ir_get(t->step, "output_names"));
    j->outputs = outputs_of(t->step, j->n, a);
    watch(&j->seen, j->outputs, j->n, a);
    return record_run(&j->seen, t->step, t->data, j->permutations, j->seed, a,
                      t->d);
}

/* Operand i of op becomes a constant of floats: these numbers. */
static void replace(MlirOperation op, intptr_t i, const double *numbers,
                    arena *a)
{
    MlirValue old = mlirOperationGetOperand(op, i);
    int64_t n = ir_count(old);
    ir b = ir_before(op);
    MlirType type = mlirValueGetType(old);
    float *narrow = ARENA_ARRAY(a, float, n);
    for (int64_t k = 0; k < n; k++) {
        narrow[k] = (float)numbers[k];
    }
    ir_attr value = {"value",
                     mlirTypeIsAF64(ir_element(old))
                         ? mlirDenseElementsAttrDoubleGet(type, n, numbers)
                         : mlirDenseElementsAttrFloatGet(type, n, narrow)};
    mlirOperationSetOperand(op, i,
                            ir_op1(&b, "snn.constant",
                                   (ir_parts){.results = &type,
                                              .n_results = 1,
                                              .attrs = &value,
                                              .n_attrs = 1}));
}

/* The real weights that codes mean, in a product of a copy of the step; first
 * is where they are in a row. */
static void put_weights(MlirOperation op, const rounded *from, int64_t first,
                        bool has_bias, arena *a)
{
    MlirValue weight = mlirOperationGetOperand(op, 1);
    int64_t rows = ir_dim(weight, 0);
    int64_t n = ir_count(weight) / rows;
    double *numbers = ARENA_ARRAY(a, double, rows *n);
    double *bias = ARENA_ARRAY(a, double, rows);
    for (int64_t m = 0; m < rows; m++) {
        const double *codes = from->codes + m * from->n + first;
        for (int64_t k = 0; k < n; k++) {
            numbers[m * n + k] = codes[k] * from->scales[m];
        }
        bias[m] = has_bias ? codes[n] * from->scales[m] : 0.0;
    }
    replace(op, 1, numbers, a);
    if (has_bias) {
        replace(op, 2, bias, a);
    }
}

/* The operation of the copy that op of the step became. */
static MlirOperation twin(MlirOperation step, MlirOperation copy,
                          MlirOperation op)
{
    MlirOperation x = mlirBlockGetFirstOperation(ir_body(step, 0));
    MlirOperation y = mlirBlockGetFirstOperation(ir_body(copy, 0));
    while (!mlirOperationEqual(x, op)) {
        x = mlirOperationGetNextInBlock(x);
        y = mlirOperationGetNextInBlock(y);
    }
    return y;
}

static void put_layers(const tuner *t, MlirOperation copy,
                       const rounded *layers, arena *a)
{
    int64_t most = 0;
    for (int64_t i = 0; i < t->n; i++) {
        most += t->layers[i].n_products;
    }
    MlirOperation *twins = ARENA_ARRAY(a, MlirOperation, most);
    int64_t n = 0; /* first all twins: replacing adds operations */
    for (int64_t i = 0; i < t->n; i++) {
        for (int64_t k = 0; k < t->layers[i].n_products; k++) {
            twins[n++] = twin(t->step, copy, t->layers[i].products[k]);
        }
    }
    n = 0;
    for (int64_t i = 0; i < t->n; i++) {
        const layer *l = &t->layers[i];
        int64_t first = 0;
        for (int64_t k = 0; k < l->n_products; k++, n++) {
            MlirValue weight = mlirOperationGetOperand(l->products[k], 1);
            bool has_bias = layer_has_bias(l->products[k]);
            if (layers[i].n > 0) {
                put_weights(twins[n], &layers[i], first, has_bias, a);
            }
            first += ir_count(weight) / ir_dim(weight, 0) + has_bias;
        }
    }
}

/* Sums over all outputs of spikes, or of numbers if there are none. */
typedef struct tally {
    double both, one, other; /* spikes */
    double error, power;     /* of numbers */
} tally;

static void count(tally *sum, const track *x, const track *y, int64_t steps)
{
    bool spikes = !ir_is_float(ir_element(x->value));
    for (int64_t i = 0; i < steps * x->size; i++) {
        double p = (double)x->numbers[i];
        double q = (double)y->numbers[i];
        if (spikes) {
            sum->both += fmin(p, q);
            sum->one += p;
            sum->other += q;
        } else {
            sum->error += (p - q) * (p - q);
            sum->power += p * p;
        }
    }
}

static double score_of(const tally *sum)
{
    if (sum->one + sum->other > 0.0) {
        return 2.0 * sum->both / (sum->one + sum->other);
    }
    return sum->power > 0.0 ? 1.0 - sum->error / sum->power : 1.0;
}

bool judge_score(const judge *j, const rounded *layers, double *score)
{
    arena a = {0};
    const tuner *t = j->t;
    MlirOperation copy = mlirOperationClone(t->step);
    put_layers(t, copy, layers, &a);
    record r = {0};
    MlirValue *outputs = outputs_of(copy, j->n, &a);
    watch(&r, outputs, j->n, &a);
    bool good =
        record_run(&r, copy, t->data, j->permutations, j->seed, &a, t->d);
    tally sum = {0};
    for (intptr_t i = 0; i < j->n && good; i++) {
        count(&sum, record_of(&j->seen, j->outputs[i]),
              record_of(&r, outputs[i]), r.runs * r.steps);
    }
    *score = score_of(&sum);
    mlirOperationDestroy(copy);
    arena_free(&a);
    return good;
}
