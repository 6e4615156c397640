/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * machine.h - what a snn.step is compiled into: values, and instructions that
 * compute them, in the order of the operations. For src/reference only.
 *
 * Every number is held as a double, whatever its element type: f32, spikes and
 * counts are exact in it. arithmetic.h says how f32 gets its own rounding.
 */
#ifndef SNN_REFERENCE_MACHINE_H
#define SNN_REFERENCE_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/map.h"

typedef enum element {
    ELEMENT_F32,
    ELEMENT_F64,
    ELEMENT_I1,
    ELEMENT_I8,
    ELEMENT_I16,
    ELEMENT_I32,
    ELEMENT_I64 /* of attributes only */
} element;

/* An SSA value: its numbers are those of the step that is being computed. */
typedef struct value {
    element element;
    int64_t rank;
    const int64_t *shape;
    int64_t count; /* product of shape */
    double *numbers;
} value;

/* An attribute that is one number (every is 0), or one for each element. */
typedef struct parameter {
    const double *numbers;
    int64_t every; /* distance of the numbers of two neighbours: 0 or 1 */
} parameter;

/* Windows over two axes. With one axis, the first has size 1 throughout. */
enum { AXES = 2 };

typedef struct window {
    int64_t kernel[AXES];
    int64_t stride[AXES];
    int64_t before[AXES]; /* padding */
    int64_t dilation[AXES];
    int64_t in[AXES];  /* sizes of a channel of x */
    int64_t out[AXES]; /* sizes of a channel of y */
    int64_t groups;
} window;

/* Places of an operation's attributes in its instruction. */
enum { DECAY, GAIN, LEAK }; /* snn.integrate */
enum {
    FORM_RELAX,
    FORM_ACCUMULATE,
    FORM_EXACT,
    FORM_LEAKY,
    FORM_PULL,
    FORM_JUMP,
    FORM_DIVIDE,
    FORM_LEAK_DIVIDE,
    FORM_APPROACH,
    FORM_SHIFT
}; /* choices[0] */
enum { THRESHOLD, RESET, CAP };                 /* snn.fire, snn.reset */
enum { MODE, COMPARE };                         /* choices */
enum { MODE_VALUE, MODE_SUBTRACT };             /* choices[MODE] */
enum { COMPARE_GT, COMPARE_GE, COMPARE_COUNT }; /* choices[COMPARE] */
enum { AT_MAX, AT_RELU };                       /* snn.clamp: choices[0] */
enum { MAX_PARAMETERS = 3, MAX_CHOICES = 2, MAX_RESULTS = 2 };

typedef struct instruction {
    void (*run)(const struct instruction *in);
    /* What results of arithmetic are rounded to: the last result's element. */
    element type;
    const value **operands;
    int64_t operand_count;
    value *results[MAX_RESULTS];
    parameter parameters[MAX_PARAMETERS];
    int64_t choices[MAX_CHOICES]; /* index of the case of an enum attribute */
    window window;
} instruction;

typedef struct state {
    value *before;       /* the region's argument */
    const value *after;  /* what is yielded */
    double *next;        /* after, while other states still read before */
    const double *start; /* initial numbers */
} state;

struct reference {
    value **inputs;
    int64_t input_count;
    const value **outputs;
    int64_t output_count;
    state *states;
    int64_t state_count;
    instruction *instructions;
    int64_t instruction_count;
    int64_t instruction_capacity;
    value **values; /* one for each SSA value */
    map value_of;   /* SSA value -> place in values */
    bool stepped;   /* states have not taken what the last step gave them */
};

#endif
