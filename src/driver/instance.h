/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * instance.h - a network where it is between two steps; for src/driver only.
 */
#ifndef SNN_DRIVER_INSTANCE_H
#define SNN_DRIVER_INSTANCE_H

#include "driver/native.h"
#include "driver/ports.h"
#include "reference/reference.h"

/* What computes steps: compiled C, or the interpreter. Threads share it. */
typedef struct engine {
    bool interpret;
    native native;      /* of !interpret */
    MlirOperation step; /* what is interpreted */
    const port *inputs; /* of the step */
    int64_t n_inputs;
    const port *outputs;
    int64_t n_outputs;
    const port *states;
    int64_t n_states;
    const int64_t *shown; /* outputs of the step that the caller gets, in his */
    int64_t n_shown;      /* order; one may be there twice */
} engine;

typedef struct instance {
    const engine *e;
    reference *machine; /* NULL: native */
    void *memory;       /* of native */
    const void **in;    /* arrays of a step, as the engine has them */
    void **out;
    void **room_in; /* for what converts; NULL: the caller's is taken */
    void **room_out;
    void *room;   /* for a state */
    int64_t *cut; /* of each Input, numbers that no code reached */
} instance;

/*
 * A network before its first step, in the arena. The engine must live as long.
 * Not for two threads at once: the interpreter reads IR to be made. NULL after
 * a diagnostic.
 */
instance *instance_create(const engine *e, arena *a, diag *d);
void instance_reset(instance *i);
/*
 * Computes steps; inputs and shown outputs as for snn_advance. behind is called
 * behind each step with their number so far, unless it is NULL; false: no more
 * steps, and false is returned.
 */
bool instance_advance(instance *i, int64_t steps, const void *const *inputs,
                      void *const *outputs,
                      bool (*behind)(int64_t done, void *user), void *user);
/* State k, in the type of its port. What is set must fit that. */
void instance_get(const instance *i, int64_t k, void *numbers);
void instance_set(instance *i, int64_t k, const void *numbers);

#endif
