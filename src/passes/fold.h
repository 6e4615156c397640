/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * fold.h - what the parts of --snn-fold share; for src/passes only.
 *
 * Operations are changed in place: a rule folds one node into another, which
 * keeps its name, and erases it. What docs/spec.md, section 6, says of each
 * fold is cited at its rule.
 */
#ifndef SNN_PASSES_FOLD_H
#define SNN_PASSES_FOLD_H

#include "passes/discretize.h"

/* A network that is being folded. */
typedef struct folder {
    arena *a;
    wiring g;     /* as it was before the first fold */
    bool *cyclic; /* each node: a way leads from it back to it */
    bool *gone;   /* each node: it has been erased */
    bool all;     /* folds that change float results are asked for */
    /* What may be made yet: a file cannot ask for more than a few times what
     * is in it. */
    double numbers;  /* of new constants */
    double products; /* of matrices */
} folder;

/*===- fold.c: the graph ----------------------------------------------------*/

/* Whether op is a node of the network as it was, and lies on no cycle. */
bool fold_is_free(const folder *f, MlirOperation op);
/* The operation that alone uses value, and uses it once; null: there is none.
 */
MlirOperation fold_only_user(MlirValue value);
/* Erases a node whose value is not used. */
void fold_erase(folder *f, MlirOperation op);

/*===- fold_numbers.c: weights ----------------------------------------------*/

/* The numbers of a constant, or of a parameter, in f32 or f64. */
typedef struct fold_numbers {
    const char *data;
    bool f64;
    bool splat; /* data has one for all */
    int64_t n;
} fold_numbers;

/* Fails where value is no snn.constant of floats, or its data are missing. */
MUST_CHECK bool fold_read(MlirValue value, fold_numbers *numbers);
double fold_number(const fold_numbers *numbers, int64_t i);
/* number as the constant's type holds it. */
double fold_round(double number, bool f64);

/* Numbers under construction; they become a constant, or are dropped. */
typedef struct fold_new {
    char *data; /* from malloc */
    bool f64;
    int64_t n;
    bool infinite; /* one of them is */
} fold_new;

fold_new fold_new_make(int64_t n, bool f64);
/* Rounds number once. */
void fold_set(fold_new *numbers, int64_t i, double number);
void fold_drop(fold_new *numbers);
/*
 * A snn.constant of type for an operand of op, named op's node_name. It takes
 * the numbers over: one for each element, or one for all.
 */
MlirValue fold_constant(folder *f, MlirOperation op, const char *name,
                        MlirType type, fold_new *numbers);
/* Makes value operand i of op, and erases the constant that was, if unused. */
void fold_replace_operand(folder *f, MlirOperation op, intptr_t i,
                          MlirValue value);
/* Makes constants and parameters with equal elements one number. */
void fold_uniform(MlirOperation op);

/*===- the rules ------------------------------------------------------------*/

/* What a value can be: multiples of 2^step of a magnitude up to bound. */
typedef struct fold_grid {
    bool known;
    int step;
    double bound;
} fold_grid;

/* fold_grid.c */
fold_grid fold_grid_of(MlirValue value);
/* Whether number is 2^k, |k| <= 60, or the same below zero. */
bool fold_is_power(double number);

/* Each folds what it can at op, and says whether it did; op may be gone then.
 */
bool fold_scale_one(folder *f, MlirOperation scale);
bool fold_scale_before(folder *f, MlirOperation synapse);
bool fold_scale_after(folder *f, MlirOperation synapse);
bool fold_mean(folder *f, MlirOperation pool);
bool fold_flatten(folder *f, MlirOperation collapse);
bool fold_linear(folder *f, MlirOperation linear);

#endif
