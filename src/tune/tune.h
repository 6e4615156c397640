/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * tune.h - what is chosen on data before a step is quantized: how each weight
 * is rounded, and how far values go. The results are attributes that
 * --snn-quantize reads.
 */
#ifndef SNN_TUNE_TUNE_H
#define SNN_TUNE_TUNE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "mlir-c/IR.h"

/*
 * Recordings of the inputs of a step. inputs[i] is an array (samples, steps,
 * shape of input i), row-major, in the element type that the IR gives the
 * input, as reference_step takes it.
 */
typedef struct tune_data {
    const void *const *inputs;
    int64_t samples;
    int64_t steps;
} tune_data;

/* {0} is a good choice of all but weights. */
typedef struct tune_options {
    int weights;          /* bits, where the plan says none: 4, 8 or 16 */
    bool tensor;          /* one scale for all rows, where the plan says none */
    bool power_of_two;    /* scales are, where the plan says none */
    uint64_t seed;        /* of the permutations */
    int64_t permutations; /* of the steps; 0: until there are some 40000 steps;
                             below 0: none */
    int64_t tries;       /* roundings, each on permutations of its own, of which
                            the one is taken with which the network loses least
                            on others; 0: one */
    int64_t most_inputs; /* rows with more are rounded plainly; 0: 2048 */
    double most_work;    /* multiplications for a layer; 0: 2e10. With more, it
                            sees less data; rounded plainly if with none */
    /*
     * For tune_states: quantizes a copy of a step of floats that has "plan" and
     * "ranges". A module that the caller destroys, whose first operation is the
     * quantized step; null after a diagnostic.
     */
    MlirModule (*quantize)(MlirOperation step, void *user);
    /* Called before each row of a layer; may be NULL. */
    void (*progress)(const char *node, int64_t row, int64_t rows, void *user);
    /* Whether to round the weights of this node; NULL: of all. */
    bool (*wants)(const char *node, void *user);
    void *user;
} tune_options;

/*
 * Rounds the weights of snn.linear and snn.conv in a snn.step of floats so that
 * the membrane behind them moves least where it is near its threshold, on the
 * data and on permutations of its steps. *plan, a dictionary by node or null,
 * gets "scale" and "codes" (and "bias") in the rows of the nodes that were
 * rounded, as --snn-quantize takes them; notes tell of those that were not, and
 * why. The same arguments give the same plan. False after a diagnostic.
 */
MUST_CHECK bool tune_round(MlirOperation step, const tune_data *data,
                           const tune_options *how, diag *d,
                           MlirAttribute *plan);

/*
 * How far the inputs and states of floats of a snn.step go on the data, each
 * element for itself: *ranges is a dictionary as --snn-quantize takes it. False
 * after a diagnostic.
 */
MUST_CHECK bool tune_ranges(MlirOperation step, const tune_data *data, diag *d,
                            MlirAttribute *ranges);

/*
 * Chooses on the data how much room the scales of membranes leave that snn.fire
 * sets to a value, for each channel: the room with which quantized membranes,
 * near their thresholds, are most like those of floats. *ranges, as from
 * tune_ranges, gets other rows for them. Nothing changes where Inputs are real.
 * The data is taken as it is, and so many permutations of its steps; of several
 * tries, the one with the fewest wrong spikes on other permutations. Wants 16
 * bits for states. False after a diagnostic.
 */
MUST_CHECK bool tune_states(MlirOperation step, const tune_data *data,
                            const tune_options *how, diag *d,
                            MlirAttribute plan, MlirAttribute *ranges);

#endif
