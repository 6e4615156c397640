/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * compile.h - a compilation: the file's network, and its IR at a stage; for
 * src/driver only.
 */
#ifndef SNN_DRIVER_COMPILE_H
#define SNN_DRIVER_COMPILE_H

#include "base/arena.h"
#include "base/diag.h"
#include "emit/emit.h"
#include "mlir-c/IR.h"
#include "nir/nir.h"
#include "snn.h"

typedef enum stage {
    STAGE_NETWORK,
    STAGE_STEP,
    STAGE_QUANTIZED, /* the same stage where nothing is to be quantized */
    STAGE_LINALG,
    STAGE_LOOPS,
    STAGE_COUNT
} stage;

/* A way to read what a file leaves open. */
typedef struct candidate {
    const char *options; /* that choose it: "--semantics=norse" */
    const char *meaning;
    bool untimed;        /* a time step is needed to know more */
    const char *node;    /* the first neuron, ... */
    const char *formula; /* ... and its update; NULL: not known */
} candidate;

/* What was decided, or is to be, of something that a file does not say. */
typedef struct decision {
    const char *what;     /* "semantics"; NULL: not looked at */
    const char *value;    /* NULL: open */
    const char *evidence; /* NULL: there is none */
    bool guessed;         /* neither the user nor the default says it */
    candidate *candidates;
    int64_t n_candidates;
} decision;

enum { DECIDED_SEMANTICS, DECIDED_DT, DECIDED_QUANTIZE, DECIDED_COUNT };

/* All that --snn-quantize goes by. */
typedef struct quantization {
    int weights;             /* bits */
    int state;               /* bits */
    const char *granularity; /* "channel", "tensor" */
    const char *borders;     /* "codes", "float" */
    const char *scales;      /* "free", "power-of-two" */
    MlirAttribute plan;      /* null: none */
    MlirAttribute ranges;    /* null: none */
} quantization;

typedef struct compilation {
    const snn_options *options; /* given, from STAGE_STEP on chosen */
    const snn_options *given;
    snn_options chosen;
    nir_writer writer; /* of the file; NIR_WRITER_COUNT: not known */
    nir_suspect suspects[NIR_WRITER_COUNT];
    decision decisions[DECIDED_COUNT];
    arena a;
    diag d;
    nir_net net;
    const char *name; /* of the network, a C identifier */
    MlirContext ctx;
    MlirModule module; /* null: not made yet */
    stage reached;
    quantization quantization; /* set on the way to STAGE_QUANTIZED */
    bool *probed;              /* by node; set before compile_to */
} compilation;

/* The path that the network is read from. */
const char *compile_file(const snn_options *options);

/* What is reported goes to the options' own report. */
diag compile_diag(const snn_options *options);

/* Zeroed, for free(); NULL after a diagnostic. */
void *compile_memory(const snn_options *options, const char *where,
                     int64_t bytes);

/* Does the caller want to give up? Then return false without a diagnostic. */
bool compile_interrupted(compilation *c);

/* Reads and checks the file. compile_close is needed in any case. */
MUST_CHECK bool compile_open(compilation *c, const snn_options *options);
/*
 * The same, with diagnostics to d; but goes on after a problem, so that c->net
 * is what could be read, with the shapes that are known.
 */
MUST_CHECK bool compile_survey(compilation *c, const snn_options *options,
                               diag d);
/* Makes the IR, or takes it on, to the stage; decides what options leave open.
 */
MUST_CHECK bool compile_to(compilation *c, stage last);
/* The passes of compile_to alone, from a stage that c has reached on. */
MUST_CHECK bool compile_take_on(compilation *c, stage last);
/* The only snn.step, at STAGE_STEP. */
MlirOperation compile_find_step(compilation *c);
void compile_close(compilation *c);

/* Where weights go; NULL is "auto". EMIT_WEIGHTS_COUNT if it is no such word.
 */
emit_weights compile_weights(const char *name);

/* "network", "step", ...; STAGE_COUNT if there is no such stage. */
stage compile_stage(const char *name);

/* The time step as text: given, or that of the simulator; NULL: none. */
const char *compile_dt(const snn_options *options);

/*
 * The node that a user's name means: its path in the file, or the same with
 * dots for slashes. -1, with a diagnostic that lists what there is, if none.
 */
int64_t compile_find_node(compilation *c, const char *name);
/* The same without a diagnostic. */
int64_t compile_seek_node(compilation *c, const char *name);

#endif
