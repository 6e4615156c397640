/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * nir.h - a NIR network in memory, and how it is read from a .nir file.
 *
 * A network is flat: nested graphs are inlined while reading. A node inside a
 * nested graph is named by its path, "graph/node"; the ports of a nested graph
 * stay as nodes of kind Input and Output (identities). docs/nir.md describes
 * the file format.
 */
#ifndef SNN_NIR_NIR_H
#define SNN_NIR_NIR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

/* Limits of what is read; a file beyond one of them is refused. */
enum {
    NIR_MAX_RANK = 8,
    NIR_MAX_DEPTH = 64,          /* graphs nested in the top graph */
    NIR_MAX_NODES = 1 << 16,     /* of the flat network */
    NIR_MAX_ELEMENTS = 1 << 28,  /* of a dataset, and of a signal */
    NIR_MAX_TOTAL = 1 << 29,     /* elements of all datasets */
    NIR_MAX_EDGES = 1 << 20,     /* listed in a graph */
    NIR_MAX_NAME_BYTES = 1 << 16 /* a string in the file */
};

/*
 * What a file of that many bytes may make of itself: it can be compressed, and
 * its groups and datasets can have several names.
 */
/* Numbers of all datasets, at most NIR_MAX_TOTAL. */
int64_t nir_most_numbers(int64_t bytes);
/* Bytes of all strings and names, each and its end counted as 16 more. */
int64_t nir_most_text(int64_t bytes);
/* Nodes and graphs in graphs. */
int64_t nir_most_members(int64_t bytes);

/* The 18 kinds of node, in the order of the table in kinds.c. */
typedef enum nir_kind {
    NIR_INPUT,
    NIR_OUTPUT,
    NIR_AFFINE,
    NIR_LINEAR,
    NIR_SCALE,
    NIR_CONV1D,
    NIR_CONV2D,
    NIR_SUM_POOL2D,
    NIR_AVG_POOL2D,
    NIR_FLATTEN,
    NIR_DELAY,
    NIR_THRESHOLD,
    NIR_I,
    NIR_IF,
    NIR_LI,
    NIR_LIF,
    NIR_CUBA_LI,
    NIR_CUBA_LIF,
    NIR_KIND_COUNT,
    NIR_UNKNOWN = NIR_KIND_COUNT /* in partial networks: it could not be read */
} nir_kind;

/* The datasets that nodes have; which node has which: kinds.c. */
typedef enum nir_field {
    NIR_SHAPE,
    NIR_WEIGHT,
    NIR_BIAS,
    NIR_SCALE_FACTOR, /* "scale" */
    NIR_INPUT_SHAPE,
    NIR_STRIDE,
    NIR_PADDING,
    NIR_DILATION,
    NIR_GROUPS,
    NIR_KERNEL_SIZE,
    NIR_START_DIM,
    NIR_END_DIM,
    NIR_INPUT_TYPE,
    NIR_DELAY_TIME,      /* "delay" */
    NIR_THRESHOLD_VALUE, /* "threshold" */
    NIR_TAU,
    NIR_TAU_SYN,
    NIR_TAU_MEM,
    NIR_R,
    NIR_V_LEAK,
    NIR_V_THRESHOLD,
    NIR_V_RESET,
    NIR_W_IN,
    /* not in files: what simulators have, and their exporters lose */
    NIR_FLOOR,        /* the lower bound of a membrane */
    NIR_NO_FLOOR,     /* 1: it has none */
    NIR_NORM_INPUT,   /* 1: its input is multiplied by 1 - exp(-dt / tau) */
    NIR_SINGLE_SPIKE, /* 1: it spikes once in a step at most */
    NIR_DT,           /* the time step of this node */
    NIR_FIELD_COUNT
} nir_field;

typedef enum nir_type { NIR_ABSENT, NIR_F32, NIR_F64, NIR_I64 } nir_type;

typedef struct nir_shape {
    int rank;
    int64_t dim[NIR_MAX_RANK];
} nir_shape;

/*
 * The numbers of a dataset, row-major. Integer fields (shape, stride, ...) are
 * NIR_I64. Parameters are NIR_F32 where the file's type fits into it without
 * loss (float16, float32, bool, integers of at most 16 bits), else NIR_F64.
 */
typedef struct nir_array {
    nir_type type; /* NIR_ABSENT: the node does not have the field */
    nir_shape shape;
    int64_t count; /* product of the dims; 1 for a scalar */
    union {
        const float *f32;
        const double *f64;
        const int64_t *i64;
        const void *data;
    };
} nir_array;

typedef enum nir_padding_word {
    NIR_PAD_NUMBERS, /* field NIR_PADDING holds them */
    NIR_PAD_SAME,
    NIR_PAD_VALID
} nir_padding_word;

typedef struct nir_node {
    nir_kind kind;
    const char *type; /* of NIR_UNKNOWN: as in the file, any bytes; or NULL */
    const char *name; /* path, UTF-8 */
    nir_array field[NIR_FIELD_COUNT];
    nir_padding_word padding_word; /* convolutions only */
    bool top;                      /* stands in the top graph */
    bool
        broken; /* an error of it was reported: fields may be absent or wrong */
    /* set by nir_infer_shapes; without batch and time axes */
    nir_shape in;
    nir_shape out;
    bool in_known; /* always, unless an error was reported */
    bool out_known;
} nir_node;

typedef struct nir_edge {
    int64_t source; /* index of a node */
    int64_t target;
    bool feedback; /* carries the previous step; set by nir_find_loops */
} nir_edge;

typedef struct nir_net {
    const char *file;    /* as given, for diagnostics */
    const char *version; /* "/version" of the file, "" if it has none */
    nir_node *nodes;     /* sorted by name, bytewise */
    int64_t n_nodes;
    nir_edge *edges; /* sorted by (source, target), each pair once */
    int64_t n_edges;
    bool partial; /* nir_read has failed: this is what it could read */
} nir_net;

/*
 * Reads the network in a .nir file (HDF5) at path; diagnostics call it file.
 * One thread at a time: HDF5 has state of its own. All it returns lives in the
 * arena. Reports every problem that it finds, then returns false: a file that
 * is not there, not HDF5 or damaged; a node without type, of unknown type,
 * without a required dataset, or with one of wrong type, rank or size; numbers
 * that are not finite or out of range; an edge to a node that is not there;
 * links out of the file. Unknown datasets and groups are warnings.
 *
 * After a failure net is partial: it has the nodes and edges that could be
 * read, and each node with an error is broken. Only nir_infer_shapes,
 * nir_find_loops, nir_cost_of and the functions below them take such a network.
 */
MUST_CHECK bool nir_read(const char *path, const char *file, arena *a, diag *d,
                         nir_net *net);

/*
 * Sets in and out of every node: from the Inputs along the edges, by the rules
 * of docs/nir.md. Reports every node whose parameters and input do not fit, and
 * warns where an Output states another shape than its signal has. Of a partial
 * network it reports what does not follow from what was reported before.
 */
MUST_CHECK bool nir_infer_shapes(nir_net *net, arena *a, diag *d);

/*
 * Sets feedback of every edge, by the rule of docs/spec.md, section 5. dt is
 * the time step; 0: not known, then every delay of more than 0 takes a step.
 * Reports loops without neuron and delay, at most NIR_TOLD_LOOPS; then no edge
 * is set.
 */
enum { NIR_TOLD_LOOPS = 20 };
MUST_CHECK bool nir_find_loops(nir_net *net, double dt, arena *a, diag *d);

/* What a node costs; -1: not known, since a shape, a weight or dt is not. */
typedef struct nir_cost {
    int64_t macs; /* of a step if nothing is skipped; padding counts */
    int64_t adds; /* of a step, for pools: the elements of all windows */
    bool has_fan_out;
    int64_t fan_out_max; /* weights (of a pool: windows) that a spike meets */
    double fan_out_mean; /* over the elements of the input */
    int64_t states;      /* numbers kept from step to step */
    int64_t constants;   /* weights, and parameters that elements differ in */
} nir_cost;

/* dt is the time step, for delays; 0: not known. */
nir_cost nir_cost_of(const nir_node *node, double dt);

/*
 * Amendments, before shapes are inferred: what the user of a file says of a
 * node instead of the file, or beyond it.
 */

/* The field that a name means; false if there is none. */
bool nir_find_field(const char *name, nir_field *field);
/* A node of this kind can be told the field. */
bool nir_can_amend(nir_kind kind, nir_field field);
/* Gives node n the numbers; fails, after reports, where they do not fit. */
MUST_CHECK bool nir_amend(nir_net *net, int64_t n, nir_field field,
                          const nir_array *numbers, arena *a, diag *d);
/*
 * A Linear "NODE.w_rec" from node n to itself, with weights of shape (from,
 * to); node numbers change.
 */
MUST_CHECK bool nir_add_recurrence(nir_net *net, int64_t n,
                                   const nir_array *weights, arena *a, diag *d);

/*
 * What a file says of the framework that wrote it; recognize.c has the table
 * of fingerprints, docs/recognition.md shows it.
 */
typedef enum nir_writer {
    NIR_BY_SNNTORCH,
    NIR_BY_NORSE,
    NIR_BY_SINABS,
    NIR_BY_ROCKPOOL,
    NIR_BY_SPYX,
    NIR_BY_SPIKINGJELLY,
    NIR_WRITER_COUNT
} nir_writer;

typedef struct nir_suspect {
    const char *framework; /* "snnTorch" */
    const char *against;   /* what it never writes; NULL: it may have written */
    int marks;             /* of its own, found in the file */
    const char *evidence;  /* these marks, for people; "" for none */
    double dt;             /* the time step that the parameters say; 0: none */
    const char *dt_evidence;
} nir_suspect;

/*
 * Looks for the fingerprint of each framework in a network as it was read
 * without an error, before amendments. The writer is the one that may have
 * written the file and has more marks than any other that may have, at least
 * one; NIR_WRITER_COUNT: the file does not say.
 */
nir_writer nir_recognize(const nir_net *net, arena *a,
                         nir_suspect suspects[NIR_WRITER_COUNT]);

/* "LIF", "Conv2d", ...: the type as the file spells it. */
const char *nir_kind_name(nir_kind kind);
/* "tau", "weight", ...: the dataset's name in the file. */
const char *nir_field_name(nir_field field);
/* A neuron has a state that it emits or that fires: I, IF, LI, LIF, Cuba*. */
bool nir_is_neuron(nir_kind kind);
/* Its output is spikes: IF, LIF, CubaLIF, Threshold. */
bool nir_is_spiking(nir_kind kind);
/* Element i of an array, of any type; element 0 if it has one element only. */
double nir_number(const nir_array *array, int64_t i);
/* The same as text, as short as its type allows: 0.0025, not 0.00249999. */
const char *nir_number_text(const nir_array *array, int64_t i, arena *a);
/* "(2, 34, 34)", for diagnostics. */
const char *nir_shape_text(const nir_shape *shape, arena *a);
bool nir_shape_equal(const nir_shape *x, const nir_shape *y);
/* "file:node", for diagnostics. */
const char *nir_where(const nir_net *net, const nir_node *node, arena *a);

/*
 * The window of a convolution or pooling along one axis. For Conv1d there is
 * one axis, else two.
 */
typedef struct nir_window {
    int64_t kernel;
    int64_t stride;
    int64_t dilation;
    int64_t pad_before;
    int64_t pad_after;
    int64_t out; /* length of the output axis */
} nir_window;

/* The windows of a node whose shapes are known; returns their number. */
int nir_windows(const nir_node *node, nir_window window[2]);
/* The axes that a Flatten makes one, both inclusive, not negative. */
void nir_flatten_axes(const nir_node *node, int *first, int *last);

#endif
