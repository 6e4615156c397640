/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * tuner.h - what the parts of tune_round share; for src/tune only.
 */
#ifndef SNN_TUNE_TUNER_H
#define SNN_TUNE_TUNER_H

#include "tune/layer.h"

typedef struct tuner {
    MlirOperation step;
    const tune_data *data;
    const tune_options *how;
    arena *a; /* of all of it */
    diag *d;
    MlirAttribute plan;
    layer *layers;
    int64_t n;
} tuner;

/* What comes out: scales by row, and codes row behind row. */
typedef struct rounded {
    double *scales;
    double *codes;
    int64_t n;       /* codes of a row; 0: the layer is not rounded */
    int64_t *spikes; /* of each row, in the float runs */
} rounded;

/*===- plan.c ---------------------------------------------------------------*/

/* How the weights of a product are to be quantized. */
typedef struct choice {
    int bits;
    bool tensor;
    bool power_of_two;
} choice;

/* What the plan says of a node, and the options of what it does not. */
choice plan_choice(const tuner *t, const char *node);
/* Writes what came out for a layer into the plan. */
void plan_write(tuner *t, const layer *l, const rounded *out, arena *a);

/*===- score.c: what is lost ------------------------------------------------*/

/* Runs of the float step that nothing was rounded on. */
typedef struct judge {
    const tuner *t;
    record seen; /* outputs of the float step */
    MlirValue *outputs;
    intptr_t n;
    int64_t permutations;
    uint64_t seed;
} judge;

MUST_CHECK bool judge_create(judge *j, const tuner *t, arena *a);
/*
 * How near the step comes to the float one with the weights of these layers
 * rounded so, one rounded for each layer (n is 0: not rounded): the F1 of the
 * spikes of its outputs, or, where no output is spikes, what the squared error
 * leaves of 1. False after a diagnostic.
 */
MUST_CHECK bool judge_score(const judge *j, const rounded *layers,
                            double *score);

#endif
