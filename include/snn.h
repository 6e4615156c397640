/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * snn.h - the public C API of snn-mlir: compiles NIR networks to C.
 *
 * Every function returns false after it has reported why through the report
 * function of its options, or written it; then no output file has been touched.
 * Nothing is global: several threads may compile at once.
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

/* An array of `run`: the node it belongs to and the .npy file. */
typedef struct snn_array {
    const char *node; /* NULL: the only Input or Output */
    const char *path;
} snn_array;

/* What to compile, and how. A null pointer or false is the default. */
typedef struct snn_options {
    const char *model;     /* path of the .nir file */
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
 * steps, *shape), each sample from a fresh state, and any numeric type that
 * converts without loss. Outputs have the same leading axes: uint8 for spikes,
 * int32 for counts, float32 or float64 for real numbers.
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
 * The IR at a stage ("network", "step", "linalg" or "loops") as text, in pieces
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

SNN_API const char *snn_version(void);

#ifdef __cplusplus
}
#endif

#endif
