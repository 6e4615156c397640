/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * layer.h - products and the neuron behind them, where its membrane is linear
 * in their weights; and what they do on data. For src/tune only.
 */
#ifndef SNN_TUNE_LAYER_H
#define SNN_TUNE_LAYER_H

#include "base/arena.h"
#include "base/diag.h"
#include "ir/ir.h"
#include "reference/reference.h"
#include "tune/tune.h"

enum { LAYER_PRODUCTS = 8, LAYER_STATES = 4 };

/* What a neuron's states see is one product, or a sum with some. */
typedef struct layer {
    MlirOperation products[LAYER_PRODUCTS];
    int64_t n_products;
    MlirOperation states[LAYER_STATES]; /* snn.integrate, the membrane last */
    int64_t n_states;
    MlirOperation fire; /* null: nothing fires, the membrane is read */
    bool to_value;      /* a spike sets the membrane to a number */
} layer;

/*
 * The layer that op, a snn.linear or snn.conv, is of. Otherwise *why says what
 * is in the way, for a note.
 */
MUST_CHECK bool layer_find(MlirOperation step, MlirOperation op, layer *l,
                           const char **why);

/*===- record.c: float runs -------------------------------------------------*/

/* What a value was in each step: runs x steps x elements. */
typedef struct track {
    MlirValue value;
    int64_t size; /* elements of a step */
    float *numbers;
} track;

typedef struct record {
    track *tracks;
    int64_t n;
    int64_t capacity;
    int64_t runs; /* from the initial state; first those of the data, as is */
    int64_t steps;
} record;

/* Adds a value that is to be seen. */
void record_add(record *r, MlirValue v, arena *a);
const track *record_of(const record *r, MlirValue v);
/* False after a diagnostic. */
MUST_CHECK bool record_has_data(MlirOperation step, const tune_data *data,
                                diag *d);
/*
 * Runs the step on the data and on so many permutations of its steps, as far
 * as memory allows. False after a diagnostic, or if d was interrupted.
 */
MUST_CHECK bool record_run(record *r, MlirOperation step, const tune_data *data,
                           int64_t permutations, uint64_t seed, arena *a,
                           diag *d);

/*
 * Runs the step on the data as it is, and calls visit behind each step: nothing
 * is kept. False after a diagnostic, or if d was interrupted.
 */
MUST_CHECK bool record_visit(MlirOperation step, const tune_data *data,
                             void (*visit)(const reference *machine,
                                           void *user),
                             void *user, arena *a, diag *d);

/* Where a sample begins in the array of input i, or a step of it. */
const void *record_input(MlirValue input, const tune_data *data, int64_t i,
                         int64_t sample, int64_t step);

/*===- response.c: what weights do to membranes -----------------------------*/

/* A row of weights: those of all products of a layer for one output channel,
 * one behind the other, and a bias that is not 0 behind each. */
typedef struct weight_row {
    int64_t n;
    double *weights;
    double *most;   /* the largest code of each */
    int64_t spikes; /* of its neurons */
} weight_row;

int64_t layer_rows(const layer *l);
/* The number of weights in a row. */
int64_t layer_inputs(const layer *l);
/* Multiplications of a response to one run of so many steps. */
double layer_work(const layer *l, int64_t steps);
/* Whether the product has a bias that is not 0. */
bool layer_has_bias(MlirOperation product);
/* Row m; bits are those of each product's weights. */
weight_row layer_row(const layer *l, int64_t m, const int *bits, arena *a);
/*
 * H of row m, n x n, over the first runs of the record: the sum of om phi phi',
 * phi being what a weight of 1 adds to the membrane under the spikes that the
 * float step had, and om large where the membrane was near its threshold. Sets
 * spikes; where there are none, H is not computed.
 */
void layer_response(const layer *l, int64_t m, const record *r, int64_t runs,
                    weight_row *w, double *h, arena *a);

#endif
