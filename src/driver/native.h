/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * native.h - generated C, compiled with the machine's compiler and loaded; for
 * src/driver only.
 */
#ifndef SNN_DRIVER_NATIVE_H
#define SNN_DRIVER_NATIVE_H

#include "base/arena.h"
#include "base/diag.h"
#include "driver/files.h"
#include "emit/emit.h"

typedef struct native {
    char *folder; /* temporary; NULL: none was made */
    void *library;
    void *state;
    int64_t state_size;
    void *fresh;   /* a state before the first step; NULL: init makes one */
    void *weights; /* the mapped weights file; NULL: there is none */
    int64_t weights_size;
    int (*init)(void *state, const void *weights, size_t size);
    void (*step)(void *state, const void *const *inputs, void *const *outputs);
} native;

/* An argument of the step function, as the adapter passes it. */
typedef struct native_argument {
    const char *type; /* of an element, in C: "float" */
    int64_t size;     /* elements */
} native_argument;

typedef struct native_network {
    const char *name;
    const char *header; /* text of NAME.h */
    int64_t header_size;
    const char *source;
    int64_t source_size;
    const emit_report *report; /* of the source */
    file_text weights;         /* without a path; no parts: there is none */
    const native_argument *inputs;
    int64_t n_inputs;
    const native_argument *outputs;
    int64_t n_outputs;
    bool input_events; /* Inputs are passed as lists of indices */
} native_network;

/*
 * Compiles with $CC (default cc) and $CFLAGS (default -O2), and loads. Fails
 * with the compiler's own words. native_close is needed in any case.
 */
MUST_CHECK bool native_open(native *n, const native_network *network, arena *a,
                            diag *d);
/* Puts the state to what it is before the first step. */
void native_reset(native *n);
void native_close(native *n, arena *a);

#endif
