/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * trial.h - what a choice of codes costs, and what it keeps; for src/driver
 * only.
 */
#ifndef SNN_DRIVER_TRIAL_H
#define SNN_DRIVER_TRIAL_H

#include "driver/quantize_data.h"

enum { TRIAL_GROUPS = 2 + RECORDING_ORDERS };

typedef struct trial {
    /* Of the first and the second half of the data, and of it in each other
     * order; see trial_run. */
    double fidelity[TRIAL_GROUPS];
    int64_t rom; /* bytes of constants */
    int64_t ram; /* bytes of state */
} trial;

/*
 * Quantizes a copy of c's step by a plan, interprets it on the data of rec, and
 * prints its C to know its size. The fidelity is the smallest of all Outputs:
 * of spikes and counts F1 against the floats, of real numbers
 * 1 - rms(error) / rms, or 0.
 */
MUST_CHECK bool trial_run(compilation *c, const recording *rec,
                          MlirAttribute plan, trial *t);

#endif
