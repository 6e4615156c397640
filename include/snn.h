/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * snn.h - the public C API of snn-mlir: compiles NIR networks to C.
 *
 * Every function returns false after it has reported why through the report
 * function of its options, or written it; then no output file has been touched.
 * Several threads may call any function at once; they read files one after the
 * other. The functions of the caller's that are passed are called on the thread
 * that called, and must not call this library.
 */
#ifndef SNN_H
#define SNN_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SNN_API __attribute__((visibility("default")))

/* Help follows what it helps with: the smallest change that would mend it. */
typedef enum snn_severity {
    SNN_ERROR,
    SNN_WARNING,
    SNN_NOTE,
    SNN_HELP
} snn_severity;

/* Numbers in memory. */
typedef struct snn_tensor {
    char kind;    /* 'b' (bool), 'i', 'u', 'f', as in numpy */
    int itemsize; /* bytes of an element: 1, 2, 4, 8 */
    int rank;
    const int64_t *dim;
    const void *data; /* row-major, in this machine's byte order */
} snn_tensor;

/* An array: the node it belongs to, and the .npy file or the numbers. */
typedef struct snn_array {
    const char *node;         /* NULL: the only Input or Output */
    const char *path;         /* with a tensor: what reports call it */
    const snn_tensor *tensor; /* of what is read, in the place of the file */
} snn_array;

/* What to compile, and how. A null pointer or false is the default. */
typedef struct snn_options {
    const char *model;     /* path of the .nir file */
    const char *file;      /* where it is read instead; reports say model */
    const char *name;      /* of the network in C; default: the file's stem */
    const char *dt;        /* time step as text, in the file's unit of tau */
    const char *semantics; /* the simulator: "nir", "snntorch", ...; "auto",
                            * the default: of the framework that wrote it */
    const char *reset;     /* "zero", "value", "subtract"; default: its own */
    bool reset_delay;      /* a spike resets in the step behind it */
    const char *feedback;  /* "answer", "zero", "no-bias"; default: its own */
    bool strict_nir;       /* what the simulator's importer ignores counts */
    /* What the file lost: node is "NODE.PARAM" or, for all nodes that have it,
     * "*.PARAM"; path is a number, "none", or a .npy file. */
    const snn_array *settings;
    int64_t n_settings;
    const char *type;        /* "f32" (default) or "f64" */
    const char *input_kind;  /* "real" (default) or "spikes" */
    const char *fold;        /* "exact" (default), "all" or "none" */
    const char *weights;     /* "auto" (default), "inline" or "file" */
    const char *quantize;    /* "int4", "int8", "int16", "int32", "auto", or a
                              * path of a choice, FILE.json; default: floats */
    const char *state_bits;  /* of quantized states: "32" (default) or "16" */
    const char *granularity; /* a scale for each "channel" (default) of a
                              * weight, or for the "tensor" */
    const char *scales;      /* "free" (default) or "power-of-two" */
    const char *rounding;    /* of weights: "nearest" (default), or "data": so
                              * that membranes move least near thresholds */
    const char *borders;     /* of a quantized network, what real Inputs and
                              * Outputs are in C: "codes" (default), or "float" */
    const char *target_f1;   /* of "auto", a number as text; default 0.999 */
    const char *max_rom;     /* of "auto", bytes as text; default: any */
    const char *max_ram;
    const char *quantize_out; /* path that snn_build writes the choice to */
    const snn_array *data;    /* of Inputs, to find ranges on */
    int64_t n_data;
    bool dense;        /* no event loops */
    bool input_events; /* Inputs are lists of indices; needs "spikes" */
    /* where is "file" or "file:node"; text ends without a full stop. */
    void (*report)(snn_severity severity, const char *where, const char *text,
                   void *user);
    /* Asked from time to time, as often as for each step, so it should be fast;
     * true: give up. Then the call returns false, reports nothing more, leaves
     * no files and ends the compiler that it has started. */
    bool (*interrupted)(void *user);
    void *user;
} snn_options;

/* One line for each node: a table for people. */
typedef struct snn_layer {
    const char *node;
    const char *kind;
    const char *size;
    const char *parameters;
} snn_layer;

typedef struct snn_summary {
    const char *header; /* paths of the files written */
    const char *source;
    const char *weights; /* NULL: they are in the source */
    const snn_layer *layers;
    int64_t n_layers;
    int64_t ram_bytes;     /* of the state struct that the caller owns */
    int64_t rom_bytes;     /* of constant data in the source */
    int64_t weights_bytes; /* of the weights file */
} snn_summary;

typedef struct snn_run_options {
    const snn_array *inputs;
    int64_t n_inputs;
    const snn_array *outputs;
    int64_t n_outputs;
    /* What a node emitted in each step; "NODE.v", "NODE.i": the membrane, the
     * synaptic current that it kept behind the step. */
    const snn_array *probes;
    int64_t n_probes;
    bool reference; /* interpret instead of compiling C */
    void (*progress)(int64_t done, int64_t steps, void *user); /* or NULL */
} snn_run_options;

/*
 * Writes directory/NAME.h and directory/NAME.c, and directory/NAME.weights if
 * the weights go to a file: "auto" says so beyond a million numbers. show, if
 * not null, is called with what was made; the summary is gone when it returns.
 */
SNN_API bool snn_build(const snn_options *options, const char *directory,
                       void (*show)(const snn_summary *summary, void *user));

/*
 * Runs the network: as C that is compiled with $CC (default cc) and $CFLAGS
 * (default -O2), or interpreted. Inputs have shape (steps, *shape) or (samples,
 * steps, *shape), each sample from a fresh state, and any numeric type: real
 * numbers are rounded to the port's type, to nearest, ties to even, and have to
 * be finite before and after; integers have to convert exactly, and spikes to
 * be 0 or 1. Outputs have the same leading axes: uint8 for spikes, int32 for
 * counts, float32 or float64 for real numbers.
 */
SNN_API bool snn_run(const snn_options *options, const snn_run_options *run);

typedef struct snn_verify_options {
    const snn_array *inputs;
    int64_t n_inputs;
    const snn_array *expected; /* what was recorded; node: as for probes */
    int64_t n_expected;
    bool reference;     /* interpret instead of compiling C */
    bool both;          /* do both, and compare them to the bit */
    const char *atol;   /* real numbers may differ by atol + rtol |expected|: */
    const char *rtol;   /* numbers as text; default 0 */
    const char *min_f1; /* spikes may differ down to it; default: not at all */
    bool json;
    void (*progress)(int64_t done, int64_t steps, void *user); /* or NULL */
} snn_verify_options;

/*
 * Runs the network and compares it with what was recorded; the result, as text
 * or as JSON, comes through write, in pieces. Arrays have the shapes that run
 * gives them. docs/guide.md says what is measured; what it says of the JSON is
 * stable. False if an array differs by more than allowed, or after a report;
 * then nothing is written.
 */
SNN_API bool
snn_verify(const snn_options *options, const snn_verify_options *verify,
           void (*write)(const char *text, int64_t size, void *user));

/* What to plot, and how. A null pointer, 0 or false is the default. */
typedef struct snn_plot_options {
    const snn_array *inputs; /* as in snn_run_options */
    int64_t n_inputs;
    const char *const *nodes; /* default: neurons and Outputs, at most 8 */
    int64_t n_nodes;
    const snn_array *data; /* recorded arrays; node is what they are called */
    int64_t n_data;
    const char *steps;   /* "A:B", from A up to but not B; default: all */
    const char *neurons; /* "0,3,8:12", row-major; default: all */
    const char *sample;  /* counted from 0; default: 0 */
    const char *style;   /* "auto", "raster", "curves", "map" */
    const char *path;    /* of the SVG; default: text, to write */
    int columns;         /* width of the text; default: 80 */
    bool ascii;          /* no other characters in the text */
    bool reference;      /* interpret instead of compiling C */
    void (*progress)(int64_t done, int64_t steps, void *user); /* or NULL */
    void (*write)(const char *text, int64_t size, void *user);
} snn_plot_options;

/*
 * Runs the network and draws what nodes emit, a panel each, under each other:
 * spikes and counts as a raster, real numbers as curves, of more than 8 neurons
 * as colours. Below them, recorded arrays of shape (steps, *shape), or with a
 * sample (samples, steps, *shape); options->model may be null if there are any.
 */
SNN_API bool snn_plot(const snn_options *options, const snn_plot_options *plot);

/*
 * The IR at a stage ("network", "step", "quantized", "linalg" or "loops") as
 * text, in pieces
 * through write.
 */
SNN_API bool snn_mlir(const snn_options *options, const char *stage,
                      void (*write)(const char *text, int64_t size,
                                    void *user));

/*
 * Every problem of a file, as text or as JSON through write, in pieces; report
 * is not called. What docs/guide.md says of the JSON is stable. Without dt or
 * semantics, where the file does not tell them, it says which of them building
 * needs, and checks what does not depend on them. False if there is an error;
 * true if the file compiles, or would once it has those options.
 */
SNN_API bool snn_check(const snn_options *options, bool json,
                       void (*write)(const char *text, int64_t size,
                                     void *user));

/*
 * What is in a file, in the same way: nodes, edges, costs; problems go to
 * report (with json, into the JSON). True if a node could be read, be there
 * errors or not. RAM and ROM are exact where the options suffice to compile.
 */
SNN_API bool snn_inspect(const snn_options *options, bool json,
                         void (*write)(const char *text, int64_t size,
                                       void *user));

/*
 * A network in memory, to be run many times: compiled C, or the interpreter.
 * Threads may share it. The options that it was opened with, and all they point
 * to, must live as long.
 */
typedef struct snn_network snn_network;

/* Where a network is between two steps. Of one thread at a time. */
typedef struct snn_state snn_state;

/* What goes in or comes out in a step, or is kept behind it. */
typedef struct snn_port {
    const char *name; /* "lif"; of a state "lif.v" */
    char kind;        /* of the numbers, as in snn_tensor: 'u' 1: 0 or 1 */
    int itemsize;     /* (spikes), 'i' 4: counts, 'f' 4 or 8: real numbers */
    int rank;
    const int64_t *dim;
    int64_t size; /* numbers in a step */
} snn_port;

typedef struct snn_open_options {
    const char *const *probes; /* "NODE", "NODE.v", "NODE.i": what comes out */
    int64_t n_probes;          /* beside the Outputs, as for snn_run */
    bool reference;            /* interpret instead of compiling C */
    /* Folder where compiled C is kept; NULL: it is not. One that others may
     * write to is not used: a note says so. */
    const char *cache;
} snn_open_options;

/* Lives as long as the network. */
typedef struct snn_network_info {
    const char *name; /* of the network in C */
    const snn_port *inputs;
    int64_t n_inputs;
    const snn_port *outputs; /* the Outputs, then the probes in their order */
    int64_t n_outputs;
    int64_t n_probes; /* how many of the outputs are probes */
    const snn_port *states;
    int64_t n_states;
    const char *header; /* text of NAME.h, as snn_build writes it */
    int64_t header_size;
    const char *source;
    int64_t source_size;
    const void *weights; /* bytes of NAME.weights; NULL: there is none */
    int64_t weights_size;
    int64_t ram_bytes; /* as in snn_summary */
    int64_t rom_bytes;
} snn_network_info;

/* Reads the file and makes the C; NULL after a report. */
SNN_API snn_network *snn_open(const snn_options *options,
                              const snn_open_options *how);
/* Its states are to be destroyed before. */
SNN_API void snn_close(snn_network *network);
SNN_API const snn_network_info *snn_info(const snn_network *network);

/*
 * Compiles and loads the C, if that has not been done: with $CC and $CFLAGS, as
 * snn_run, or from the cache. Where there is no such compiler, the network is
 * interpreted from here on, and a warning says so. What follows does this first
 * if it is needed; reports go to the options' report.
 */
SNN_API bool snn_start(snn_network *network);
/* What snn_start has chosen: "c" or "reference". NULL: not started. */
SNN_API const char *snn_backend(const snn_network *network);

/* A state before the first step. NULL after a report. */
SNN_API snn_state *snn_state_create(snn_network *network);
SNN_API void snn_state_destroy(snn_state *state);
SNN_API void snn_state_reset(snn_state *state);
/*
 * The numbers of state i, in the order and type of info->states. Setting fails
 * where one is not finite, or not a number that the state can have; codes take
 * the nearest.
 */
SNN_API bool snn_state_get(const snn_state *state, int64_t i, void *numbers);
SNN_API bool snn_state_set(snn_state *state, int64_t i, const void *numbers);
/*
 * Computes steps: inputs[i] and outputs[i] hold steps times the numbers of a
 * step, one after the other, in the types of info. Null outputs are not stored.
 * False, behind the step that it came in, if the options say interrupted.
 */
SNN_API bool snn_advance(snn_state *state, int64_t steps,
                         const void *const *inputs, void *const *outputs);

/* Samples of a batch, each from a fresh state. */
typedef struct snn_batch {
    int64_t samples;
    int64_t steps;             /* of each */
    const void *const *inputs; /* samples after samples, as for snn_advance */
    void *const *outputs;
    int threads; /* at most so many at once; 0: as many as there are cores */
    /* Called on the thread that called, as interrupted is. */
    void (*progress)(int64_t done, int64_t steps, void *user); /* or NULL */
} snn_batch;

SNN_API bool snn_run_batch(snn_network *network, const snn_batch *batch);

/*
 * Converts to the kind and size of a port, as snn_run does with files. numbers
 * gets tensor->data itself where nothing is to be converted, else what is
 * allocated with malloc and belongs to the caller. Fails where a number cannot
 * be converted by the rule of snn_run; reports call the array name.
 */
SNN_API bool snn_convert(const snn_options *options, const char *name,
                         const snn_tensor *tensor, const snn_port *port,
                         void **numbers);

SNN_API const char *snn_version(void);

#ifdef __cplusplus
}
#endif

#endif
