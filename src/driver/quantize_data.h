/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_data.h - the floats of a network on the user's data; for src/driver
 * only.
 */
#ifndef SNN_DRIVER_QUANTIZE_DATA_H
#define SNN_DRIVER_QUANTIZE_DATA_H

#include "driver/ports.h"
#include "tune/tune.h"

/* In so many other orders is data looked at, at most. */
enum { RECORDING_ORDERS = 3 };

typedef struct recording {
    /* Of the floats. Its Inputs have the data, and behind it, as more samples,
     * the data with its steps in other orders. */
    runner r;
    int64_t orders;       /* how many others there are */
    double **outputs;     /* what each Output gave, in all samples */
    tune_data data;       /* the data alone, as the tuner takes it */
    MlirAttribute ranges; /* of Inputs, states and products on it, as
                           * --snn-quantize takes them */
} recording;

/*
 * Interprets the floats of c, which is at STAGE_STEP, on --data, and on it in
 * so many other orders: what keeps a few spikes may keep them alone.
 * recording_close is needed in any case.
 */
MUST_CHECK bool recording_make(recording *rec, compilation *c, int64_t orders);
void recording_close(recording *rec);

#endif
