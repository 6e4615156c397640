/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * emit.h - prints func, scf, memref and arith as C11: one header, one source.
 *
 * It knows nothing of snn. What the functions of a module mean to it stands in
 * their attributes (see emit_module) and in the options.
 */
#ifndef SNN_EMIT_EMIT_H
#define SNN_EMIT_EMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "mlir-c/IR.h"

/* A line of the header's table. */
typedef struct emit_row {
    const char *node; /* as in the file */
    const char *kind;
    const char *size;
    const char *parameters;
} emit_row;

/* Where the arrays of weights are. */
typedef enum emit_weights {
    EMIT_WEIGHTS_AUTO, /* in a file, if they are more than a million numbers */
    EMIT_WEIGHTS_INLINE, /* in the source */
    EMIT_WEIGHTS_FILE,   /* in a file of their own, NAME.weights */
    EMIT_WEIGHTS_COUNT
} emit_weights;

typedef struct emit_options {
    const char *name;    /* a C identifier: prefix of everything external */
    const char *title;   /* "4 inputs, 2 outputs, time step 0.001" */
    const char *origin;  /* "net.nir, crc32 5c2e71a0" */
    const char *version; /* of snn-mlir */
    const emit_row *rows;
    int64_t n_rows;
    emit_weights weights;
} emit_options;

/* Bytes of the weights file. They are the module's, or in the arena. */
typedef struct emit_part {
    const void *data;
    int64_t size;
} emit_part;

/* A state of the module, as a member of the state struct. */
typedef struct emit_state {
    const char *label;  /* its name in the module: "lif.v" */
    const char *member; /* "lif_v" */
    int64_t count;      /* of elements */
    int64_t bytes;      /* of an element */
} emit_state;

/* What the constants of a computation take, wherever they are. */
typedef struct emit_constants {
    const char *label; /* its name among clusters: the node's */
    int64_t bytes;
} emit_constants;

typedef struct emit_report {
    int64_t state_bytes;      /* of the struct that the caller owns: RAM */
    int64_t const_bytes;      /* of all static const data: ROM */
    const emit_part *weights; /* the parts of NAME.weights, in order */
    int64_t n_weights;        /* 0: there is no such file */
    int64_t weights_bytes;
    const char *weights_link; /* the macro that links the file, */
    const char *weights_data; /* and the variable that it is then */
    const emit_state *states; /* in the order of the arguments */
    int64_t n_states;
    const emit_constants *constants; /* a label may come twice */
    int64_t n_constants;
} emit_report;

/*
 * Prints the functions NAME_step and NAME_init of a module at the loops stage,
 * with these attributes:
 *   arg_names   a name for each argument: inputs, states, outputs
 *   arg_codes   for each argument "", or what its integers stand for, "code *
 *               0.5"; those have a sign
 *   n_inputs, n_states   how many of the arguments are which
 *   clusters    names of locations: operations of the body with this name
 *               are one computation
 *   kernels     what each of them calls the code that it may share
 *   notes       a comment for that code
 * Fails with a diagnostic at an operation that has no C form.
 */
MUST_CHECK bool emit_module(MlirOperation module, const emit_options *options,
                            arena *a, buf *header, buf *source,
                            emit_report *report);

#endif
