/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_data.h - the floats of a network on the user's data; for src/driver
 * only.
 */
#ifndef SNN_DRIVER_QUANTIZE_DATA_H
#define SNN_DRIVER_QUANTIZE_DATA_H

#include "driver/ports.h"
#include "tune/tune.h"

typedef struct recording {
    runner r;         /* of the floats; its Inputs have the data */
    double **outputs; /* what each Output gave, as verify counts cells */
    tune_data data;   /* the same Inputs, as the tuner takes them */
    MlirAttribute
        ranges; /* of Inputs, states and products, for --snn-quantize */
} recording;

/*
 * Interprets the floats of c, which is at STAGE_STEP, on --data.
 * recording_close is needed in any case.
 */
MUST_CHECK bool recording_make(recording *rec, compilation *c);
void recording_close(recording *rec);

#endif
