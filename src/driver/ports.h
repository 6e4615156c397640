/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ports.h - the Inputs and Outputs of a step, with the arrays that they read
 * and fill; for src/driver only.
 */
#ifndef SNN_DRIVER_PORTS_H
#define SNN_DRIVER_PORTS_H

#include "driver/codes.h"
#include "driver/compile.h"
#include "driver/npy.h"

enum {
    PORT_MAX_RANK = NIR_MAX_RANK + 1, /* the line of a delay has one more */
    PORT_MAX_DIMS = PORT_MAX_RANK + 2 /* with samples and steps */
};

/* An Input or Output of the step, and the array that it reads or fills. */
typedef struct port {
    const char *name;
    number_type type;   /* of the array that is read or written */
    number_type stored; /* in the engine: the same, or that of codes */
    codes codes;        /* of a quantized port, whose array has f64 */
    int rank;
    int64_t dim[PORT_MAX_RANK];
    int64_t size;     /* elements */
    MlirValue value;  /* in runner.step: what is fed, or comes out */
    bool state;       /* a state behind the step, else what a node emits */
    char *data;       /* samples x steps x size elements, an Input's as stored;
                       * NULL: not asked for */
    const char *path; /* NULL: not asked for; what reports call the array */
    const snn_tensor *tensor; /* that is read; NULL: the file is */
} port;

/* What beside the Outputs is to come out of the step. */
typedef struct shown {
    const char *name;  /* "lif", "lif.v"; NULL: the only Output */
    const char *node;  /* "lif" */
    const char *state; /* "v"; NULL: what the node emits */
} shown;

typedef struct runner {
    compilation *c;
    MlirOperation step; /* a copy: the compilation's is lowered on the way */
    shown *shown;
    int64_t n_shown;
    port *inputs;
    int64_t n_inputs;
    port *outputs; /* the Outputs, the nodes that are shown, their states */
    int64_t n_outputs;
    int64_t n_named; /* the Outputs alone */
    port *states;    /* all of the step, in its order */
    int64_t n_states;
    struct reference *machine; /* that engine_run has interpreted with */
    bool batched;
    int64_t samples;
    int64_t steps;
} runner;

/*
 * Takes the compilation to the step level, quantized if it is to be, where what
 * the n arrays name comes out beside the Outputs: NODE is what a node emits,
 * NODE.STATE its state behind each step; no name is the only Output. Paths are
 * not looked at. Fails where there is no such node or state. runner_close is
 * needed in any case.
 */
MUST_CHECK bool runner_open(runner *r, compilation *c, const snn_array *arrays,
                            int64_t n);
/* A runner of the floats of a compilation that is at STAGE_STEP. */
void runner_open_step(runner *r, compilation *c);
void runner_close(runner *r);

/* Gives Outputs their paths; fails where a name is wrong or comes twice. */
MUST_CHECK bool runner_bind_outputs(runner *r, const snn_array *outputs,
                                    int64_t n);
/* The same for the arrays that runner_open got. */
MUST_CHECK bool runner_bind_shown(runner *r, const snn_array *arrays);
/* The port of what array i of runner_open named; NULL after a diagnostic. */
port *runner_find_shown(runner *r, int64_t i);
/*
 * Reads the arrays of all Inputs, and from them how many samples and steps
 * there are. Fails where one is missing or does not fit.
 */
MUST_CHECK bool runner_read_inputs(runner *r, const snn_array *inputs,
                                   int64_t n);

/* Are the numbers outside not as stored? */
bool port_converts(const port *p);
/*
 * Takes the numbers of one step, from outside (type), as stored; what does not
 * convert must fit. Returns how many had no code, and got the nearest.
 */
int64_t port_enter(const port *p, const void *outer, void *stored);
/* Says how many of n numbers that were. */
void port_warn(const port *p, const char *where, int64_t cut, int64_t n,
               diag *d);
/* And back. */
void port_leave(const port *p, const void *stored, void *outer);

/* The shape of a port's whole array. Returns its rank. */
int runner_dims(const runner *r, const port *p, int64_t dim[PORT_MAX_DIMS]);

#endif
