/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * verify.h - a network's results beside recorded ones: what verify*.c share.
 */
#ifndef SNN_DRIVER_VERIFY_H
#define SNN_DRIVER_VERIFY_H

#include "base/buf.h"
#include "driver/ports.h"

typedef enum measure_kind {
    MEASURE_SPIKES,
    MEASURE_COUNTS,
    MEASURE_REAL
} measure_kind;

/* One recorded array beside what came out. */
typedef struct measure {
    const port *p;
    measure_kind kind;
    const double *expected;  /* as many as cells */
    int64_t cells;           /* samples x steps x elements */
    int64_t differ;          /* cells beyond the tolerance */
    int64_t spikes_expected; /* spikes and counts: sums */
    int64_t spikes_got;
    double precision;
    double recall;
    double f1;
    int64_t dead_expected; /* spikes and counts: elements that never emit */
    int64_t dead_got;
    double rate_error;    /* may be infinite */
    double largest_error; /* reals; may be infinite */
    bool passed;
    int64_t step; /* of the first cell that differs; there is one: */
    int64_t sample;
    int64_t element;
} measure;

typedef enum term_kind {
    TERM_NUMBER, /* finite */
    TERM_WORD,   /* "relax", or "inf" */
    TERM_MANY    /* not one number: no text */
} term_kind;

/* Something of an operation, and its value. */
typedef struct term {
    const char *name;
    term_kind kind;
    const char *text;
} term;

typedef struct terms {
    term *list;
    int64_t n;
    int64_t capacity;
} terms;

/* An operation on the way to a value. */
typedef struct cause {
    const char *node;
    const char *operation; /* "integrate" */
    terms parameters;
    terms operands;
    int64_t left_out; /* operands that are not listed: they matter least */
    terms results;
} cause;

/* Where results leave what was recorded, and what they were computed from. */
typedef struct divergence {
    const measure *m; /* NULL: nowhere */
    double expected;
    double got;
    const char *formula; /* of the neuron's node; NULL: it is none */
    cause *causes;
    int64_t n_causes;
    int64_t capacity;
} divergence;

typedef struct verification {
    runner *r;
    const snn_verify_options *how;
    double atol;
    double rtol;
    double min_f1;         /* above 1: spikes and counts must be equal */
    const char **formulas; /* by node; NULL: no neuron */
    measure *measures;
    int64_t n_measures;
    divergence first;
    bool both;           /* interpreted and compiled */
    bool against_floats; /* nothing was recorded */
    bool quantized; /* what was measured is, and its saturations are known */
    bool equal;     /* no cell differs */
    bool passed;    /* every array is good enough */
} verification;

/*
 * verify_floats.c: what to compare where nothing was recorded: all neurons and
 * Outputs, as the network computes them that is not quantized.
 */
snn_verify_options *verify_all_nodes(const verification *v);
MUST_CHECK bool verify_run_floats(verification *v);
/* How the numbers of a port are compared. */
measure_kind verify_kind(const port *p);

/* verify_measure.c: fills what follows from p, kind, expected and cells. */
void verify_measure(const verification *v, measure *m);

/*
 * verify_cause.c: finds the first divergence, and interprets the network up to
 * it to learn its causes. Fails if the interpreter gives another value than
 * came out.
 */
MUST_CHECK bool verify_explain(verification *v);
/* "2", "(2, 0, 1)": which element of a port. */
const char *verify_index(const port *p, int64_t element, arena *a);
/* A number in its type, by the fewest digits. */
const char *verify_number(number_type type, double number, arena *a);
/* Reports that the C and the interpreter differ. Returns false. */
bool verify_disagree(verification *v, const port *p, int64_t cell, double c,
                     double interpreted);

/* verify_print.c */
void verify_print(const verification *v, buf *out);
void verify_print_json(const verification *v, buf *out);

#endif
