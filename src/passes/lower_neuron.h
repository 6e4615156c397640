/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_neuron.h - the operations of one node on its states, which become one
 * loop over its neurons; for src/passes/lower_neuron*.c only.
 */
#ifndef SNN_PASSES_LOWER_NEURON_H
#define SNN_PASSES_LOWER_NEURON_H

#include "passes/lower.h"

enum { NEURON_MAX_PARTS = 8, NEURON_MAX_SIGNALS = 8, NEURON_MAX_PARAMS = 12 };

/* Places of a part's parameters. */
enum {
    NEURON_DECAY,
    NEURON_GAIN,
    NEURON_LEAK,
    NEURON_GAIN_SHIFT, /* of codes */
    NEURON_PART_PARAMS
};
enum { NEURON_THRESHOLD, NEURON_RESET, NEURON_LOSS /* of codes */ };
enum { NEURON_LOW };

/* A parameter: its tensor, and how a loop gets at its elements. */
typedef struct neuron_param {
    MlirValue tensor; /* rank 0: one number; null: there is none, or it is 1 */
    MlirValue number; /* inside a loop: the element */
} neuron_param;

typedef struct neuron_part {
    MlirOperation op;
    int choice; /* the row of the operation's enum that computes */
    bool subtract;
    double cap; /* of counts; 0: spikes */
    neuron_param params[NEURON_PART_PARAMS];
} neuron_part;

/* A value of the step level, and what stands for it. */
typedef struct neuron_signal {
    MlirValue from;
    MlirValue tensor; /* of outs: the state whose place it takes, or null */
    MlirValue number; /* inside a loop: the element */
    int out;          /* of ins: the place in outs that takes its; -1: none */
} neuron_signal;

typedef struct neuron {
    const char *node;
    MlirType real;
    neuron_part parts[NEURON_MAX_PARTS];
    int n_parts;
    neuron_signal ins[NEURON_MAX_SIGNALS]; /* what others made */
    int n_ins;
    neuron_signal outs[NEURON_MAX_SIGNALS]; /* what others use: spikes first */
    int n_outs;
    neuron_param *params[NEURON_MAX_PARAMS]; /* those of all parts */
    int n_params;
    neuron_signal numbers[NEURON_MAX_SIGNALS + 2 * NEURON_MAX_PARTS];
    int n_numbers; /* of elements known in the loop under construction */
} neuron;

/* The element that stands for a value of the step level in a loop. */
void neuron_know(neuron *n, MlirValue from, MlirValue number);
MlirValue neuron_number(const neuron *n, MlirValue from);
/* The same of operand and result i of a part. */
MlirValue neuron_operand(const neuron *n, const neuron_part *part, intptr_t i);
void neuron_know_result(neuron *n, const neuron_part *part, intptr_t i,
                        MlirValue number);
/* Whether a part has a parameter, and its element in the loop. */
bool neuron_has(const neuron_part *part, int param);
MlirValue neuron_param_number(const neuron_part *part, int param);
/* Whether this kind of operation is a part of neurons. */
bool neuron_is_part(MlirOperation op);
/* Reads what decides how a part computes; params are the caller's. */
void neuron_read_part(neuron_part *part);
/* Names of the attributes that are parameters; NULL behind the last. */
const char *const *neuron_param_names(MlirOperation op);
/* The part's formula (docs/spec.md), on known elements; makes its results
 * known.
 */
void neuron_compute(ir *b, neuron *n, const neuron_part *part);
/* Where spikes of v, an element, begin: v > threshold, or >=. */
MlirValue neuron_crosses(ir *b, const neuron_part *fire, MlirValue v);
/* v after a spike. */
MlirValue neuron_reset(ir *b, const neuron_part *fire, MlirValue v);

/* The same three on codes: lower_neuron_codes.c. */
void neuron_compute_codes(ir *b, neuron *n, const neuron_part *part);
MlirValue neuron_crosses_codes(ir *b, const neuron_part *fire, MlirValue v);
MlirValue neuron_reset_codes(ir *b, const neuron_part *fire, MlirValue v);
/* The integer type that holds a parameter of an operation on codes. */
MlirType neuron_code_type(MlirOperation op, const char *name);

/* Whether loops over blocks of neurons can list the spikes: lower_blocks.c. */
bool neuron_has_blocks(const lowering *l, const neuron *n);
void neuron_build_blocks(lowering *l, neuron *n);

#endif
