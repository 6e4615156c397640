/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * batch.h - samples in turn, or in several threads; for src/driver only.
 */
#ifndef SNN_DRIVER_BATCH_H
#define SNN_DRIVER_BATCH_H

#include "driver/instance.h"
#include "snn.h"

/* When to look at something: seldom where steps are quick, always where they
 * are slow. {0} is a start. */
typedef struct pace {
    int64_t stride; /* steps between two looks */
    int64_t steps;
    int64_t last; /* nanoseconds */
} pace;

/* Called in every step; true: look now. */
bool pace_due(pace *p);

/*
 * Computes all samples, with as many threads as there are instances; with one,
 * on this thread. every_step: progress is called behind each step, else from
 * time to time, with user. False if d, which only this thread asks, says
 * interrupted.
 */
MUST_CHECK bool batch_run(instance *const *instances, int64_t n,
                          const snn_batch *b, diag *d, void *user,
                          bool every_step);

#endif
