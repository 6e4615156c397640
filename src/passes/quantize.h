/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize.h - what the parts of --snn-quantize share; for src/passes only.
 *
 * The types of the IR are the only record: a value that is not float any more
 * has its type.
 */
#ifndef SNN_PASSES_QUANTIZE_H
#define SNN_PASSES_QUANTIZE_H

#include "base/diag.h"
#include "base/map.h"
#include "ir/ir.h"

/* How a node is to be quantized. */
typedef struct quantize_choice {
    int weights;       /* bits */
    int state;         /* bits */
    bool channels;     /* a scale for each output channel */
    bool power_of_two; /* scales are powers of two */
} quantize_choice;

/* The scales of a value: one, or one for each index of an axis. */
typedef struct scales {
    int64_t n;
    double *at;
    int axis; /* -1: one for all */
} scales;

typedef struct quantizer {
    arena *a;
    MlirOperation step;
    MlirBlock body;
    quantize_choice common;
    MlirAttribute plan;   /* dictionary by node; null: none */
    MlirAttribute ranges; /* dictionary by node, input or state; null: none */
    MlirValue *values;    /* arguments and results */
    int64_t *parent;      /* values of one type: a forest */
    int64_t n_values;
    map places;  /* value -> its place in values */
    map reaches; /* value -> its place in reach: the results of products */
    double *reach;
    int64_t n_reach;
    int64_t reach_capacity;
    MlirType real; /* the float type of the step */
    bool floats;   /* at its borders */
    bool forced;   /* nothing goes on otherwise: take scales from ranges */
} quantizer;

typedef enum quantize_outcome {
    QUANTIZE_DONE,
    QUANTIZE_WAIT,  /* for the type of an operand */
    QUANTIZE_FAILED /* after a diagnostic */
} quantize_outcome;

/*===- quantize_groups.c: values of one type --------------------------------*/

void groups_find(quantizer *q);
/* The numbers of a float of this element type may become those of a group. */
bool quantize_is_typed(MlirValue v);
/* Gives all values of v's group this width and these scales. */
void group_set(quantizer *q, MlirValue v, int bits, scales s);
/* Gives all values of v's group the element type of like, which is not float.
 */
void group_adopt(quantizer *q, MlirValue v, MlirValue like);
/* The name of the state that is in v's group; NULL: none is. */
const char *group_state(const quantizer *q, MlirValue v);
/* The name of the input or state that is in v's group; NULL: none is. */
const char *group_range_name(const quantizer *q, MlirValue v);
bool group_has(const quantizer *q, MlirValue v, MlirValue member);
/* The input and state names, by argument. */
const char *quantize_argument_name(const quantizer *q, intptr_t i);

/*===- quantize_types.c: types and scales -----------------------------------*/

MlirType quantize_type(const quantizer *q, MlirValue like, int bits, scales s);
void quantize_set(const quantizer *q, MlirValue v, int bits, scales s);
scales quantize_one(const quantizer *q, double scale);
/* Those of a quantized value; 1 of spikes and counts. */
scales quantize_scales(const quantizer *q, MlirValue v);
bool quantize_same(scales x, scales y);
scales quantize_times(const quantizer *q, scales s, double factor);
/* The bits of an integer or of a code; the largest magnitude of one. */
int quantize_bits(MlirValue v);
double quantize_most(MlirValue v);
/* The largest code of weights: those of 32 bits have 24, as floats have, so
 * that sums of many of them fit into i32 as well. */
double quantize_largest_code(int bits);
/* The least number of bits, 8, 16 or 32, whose codes reach most. */
int quantize_width(double most);
/* The power of two at or above r; r itself unless the choice wants one. */
double quantize_round_up(const quantize_choice *c, double r);
/* x as what like is, by a snn.rescale before op if it is anything else. */
MlirValue quantize_rescaled(const quantizer *q, MlirValue x, int bits, scales s,
                            MlirOperation before);

/* The same in these very bits. */
MlirValue quantize_converted(const quantizer *q, MlirValue x, int bits,
                             scales s, MlirOperation before);
/* x, a float or codes, in another type, by a snn.rescale of this node. */
MlirValue quantize_across(ir *b, MlirAttribute node, MlirValue x,
                          MlirType type);

/*===- quantize_plan.c: what is told of nodes -------------------------------*/

/* What the plan says of a node, and the common choice of what it does not. */
quantize_choice quantize_choice_of(const quantizer *q, const char *node);

/* Weights that were rounded elsewhere. */
typedef struct quantize_given {
    scales scale;        /* of the weights; n is 0: nothing is given */
    MlirAttribute codes; /* of the weights; null: the nearest ones */
    MlirAttribute bias;  /* its codes; null: the nearest ones */
} quantize_given;

/* What the plan says of a product's weights; false after a diagnostic. */
MUST_CHECK bool quantize_given_of(const quantizer *q, MlirOperation op,
                                  quantize_given *given);
/* Element i of dense elements of i8, i16 or i32. */
int32_t quantize_code_at(MlirAttribute codes, int64_t i);

/* How far the values of an input or state went, for each of n channels. */
typedef struct quantize_seen {
    int64_t n; /* 0: it is not known */
    double *least;
    double *most;
    bool whole; /* all values were whole */
} quantize_seen;

/*
 * Of v, which has this name, for each index of axis; -1: of all together.
 * False after a diagnostic.
 */
MUST_CHECK bool quantize_seen_of(const quantizer *q, const char *name,
                                 MlirValue v, int axis, quantize_seen *seen);

/*===- quantize_numbers.c: weights and biases -------------------------------*/

/* The numbers of a constant of floats. */
typedef struct quantize_numbers {
    const void *data;
    bool splat;
    bool wide; /* f64 */
    int64_t n;
} quantize_numbers;

/* False, after a diagnostic at user, if v is no constant of floats. */
MUST_CHECK bool quantize_numbers_of(MlirValue v, MlirOperation user,
                                    quantize_numbers *out);
double quantize_number(const quantize_numbers *x, int64_t i);
/* The largest power of two of which all numbers are multiples; 0: all are 0. */
double quantize_grid(const quantize_numbers *x);
/*
 * Of a product that has still floats: the largest magnitude in operand i, for
 * each of n channels; 0 where there is no such operand.
 */
double *quantize_largest(const quantizer *q, MlirOperation op, intptr_t i,
                         int64_t n);
/*
 * The same of its result: by the weights and the largest codes of x, or, if
 * there was less, four times what "ranges" says of the node. 0: not known,
 * since x is counts.
 */
double *quantize_product_reach(const quantizer *q, MlirOperation op, int64_t n);

/*===- quantize_reach.c: how large values may get ---------------------------*/

/* Room above what was seen. */
extern const double quantize_seen_room;
/* The largest magnitude of a typed value, in real numbers, from ranges and
 * types; what is known of a product was noted. */
double quantize_reach(const quantizer *q, MlirValue v);
void quantize_note_reach(quantizer *q, MlirValue v, double most);
/* scale, or the least power of two of it in whose i32 codes most fits. */
double quantize_coarser(double scale, double most);
/*
 * x with one scale, such that sums of codes of x up to so many times its
 * largest fit into i32: x itself, or a snn.rescale of it before an operation.
 */
MlirValue quantize_with_room(const quantizer *q, MlirValue x, double times,
                             MlirOperation before);

/*===- quantize_weights.c ---------------------------------------------------*/

quantize_outcome quantize_product(quantizer *q, MlirOperation op);
/* Gives codes to constants that are values, not weights or biases. */
MUST_CHECK bool quantize_constants(const quantizer *q);

/*===- quantize_states.c ----------------------------------------------------*/

quantize_outcome quantize_integrate(quantizer *q, MlirOperation op);
/* Gives a group its scales from its range alone. */
MUST_CHECK bool quantize_by_range(quantizer *q, MlirValue v, const char *name);

/*===- quantize_ops.c: all other operations ---------------------------------*/

/* The number of elements in a pool's window. */
double quantize_taps(MlirOperation pool);

quantize_outcome quantize_op(quantizer *q, MlirOperation op);
MUST_CHECK bool quantize_inputs(quantizer *q);

#endif
