/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower.h - what the parts of --convert-snn-to-linalg share; for src/passes
 * only.
 */
#ifndef SNN_PASSES_LOWER_H
#define SNN_PASSES_LOWER_H

#include "base/diag.h"
#include "ir/ir.h"

/*
 * A value of the step level after lowering. A spike train, or a value that is
 * mostly zero, is a tensor, or a list of the indices that are not zero, or
 * both: each is made when the first user asks for it.
 */
typedef struct lowered {
    MlirValue from;   /* the value of the step level */
    const char *name; /* its node, input or state; events are named for it */
    MlirValue dense;  /* null: not made */
    MlirValue events; /* tensor<Nxi16 or i32>, the indices; null: not made */
    MlirValue count;  /* index, how many of them are valid */
} lowered;

/* A constant of the module that has been made. */
typedef struct lower_constant_data {
    const char *name;
    MlirType type;
    void *data;
    int64_t size;
} lower_constant_data;

/* A computation at the top of a function. */
typedef struct lower_cluster {
    MlirAttribute name;   /* of its location, "fc1" */
    MlirAttribute kernel; /* what it calls the code that it shares */
    MlirAttribute note;   /* a comment for that code */
} lower_cluster;

typedef struct lowering {
    arena *a;
    ir top;                      /* before the step: globals go there */
    ir b;                        /* the step function's end */
    MlirType real;               /* the float type of the network */
    bool codes;                  /* it has none: it was quantized */
    const char **argument_codes; /* of the step's arguments: what a code is */
    const char **output_codes;
    bool dense;        /* no event loops */
    bool input_events; /* inputs are lists of indices */
    lowered *values;
    int64_t n_values;
    int64_t capacity;
    int64_t *slots; /* of a hash table: place in values, from 1; 0: free */
    int64_t n_slots;
    lower_cluster *clusters; /* of the function under construction */
    int64_t n_clusters;
    int64_t cluster_capacity;
    struct map *cluster_names; /* the text attributes in use */
    lower_constant_data *globals;
    int64_t n_globals;
    int64_t global_capacity;
    struct map *global_names; /* text attribute -> global */
} lowering;

/* The record of a value that has been lowered. */
lowered *lower_find(lowering *l, MlirValue value);
void lower_bind(lowering *l, lowered what);
bool lower_has(const lowering *l, MlirValue value);
/* The value as a tensor; as a list of events. */
MlirValue lower_dense(lowering *l, MlirValue value);
lowered lower_events(lowering *l, MlirValue value);
/* Whether a value is spikes: i1. */
bool lower_is_spikes(MlirValue value);
/* Whether a value is spikes, or mostly zero. */
bool lower_is_sparse(MlirValue value);
/* Whether all users of a value take it as a list of events. */
bool lower_only_events(const lowering *l, MlirValue value);
/*
 * Names what is built from here on: cluster is the name of this computation
 * ("fc1"; a second one of this name is "fc1_2"), kernel what nodes of its kind
 * share ("linear").
 */
void lower_begin(lowering *l, const char *cluster, const char *kernel);

/* The same number in another type: a float stays, an integer becomes a float or
 * an integer that holds it. */
MlirValue lower_as(ir *b, MlirValue x, MlirType type);
/* 0; x + y; x * y, of one type: floats, or integers that hold the result. */
MlirValue lower_zero(ir *b, MlirType type);
MlirValue lower_add(ir *b, MlirValue x, MlirValue y);
MlirValue lower_multiply(ir *b, MlirValue x, MlirValue y);
/* Map text of a tensor of this rank: "abc". */
const char *lower_map(intptr_t rank);
/* Iterators of an elementwise operation of this rank: "ppp". */
const char *lower_parallel(intptr_t rank);

/*
 * A constant of the module as a tensor. data has the type's elements and lives
 * as long as the arena. What has this name and data already is taken again;
 * another one of this name is called name_2.
 */
MlirValue lower_global(lowering *l, const char *name, MlirType type,
                       const void *data, int64_t size);
/*
 * The same for data from lower_data, of any size: they are not copied, but
 * belong to the module from here on.
 */
void *lower_data(lowering *l, int64_t size);
MlirValue lower_global_data(lowering *l, const char *name, MlirType type,
                            void *data, int64_t size);
/*
 * A parameter as a tensor of elements (floats, i8 to i64): of rank 0 if it is
 * one number, else of like's shape. It is called node_name.
 */
MlirValue lower_param(lowering *l, const char *node, const char *name,
                      MlirAttribute param, MlirType element, MlirValue like);
/* The same, of the first axis alone where the others change nothing. */
MlirValue lower_row_param(lowering *l, const char *node, const char *name,
                          MlirAttribute param, MlirType element,
                          MlirValue like);

enum { LOWER_MAX_RANK = 9 };

/* Loops over all indices of a shape, which carry one tensor. */
typedef struct lower_nest {
    ir_scope loop[LOWER_MAX_RANK];
    MlirValue index[LOWER_MAX_RANK];
    MlirValue carried; /* in the innermost body */
    intptr_t rank;
} lower_nest;

/* Building goes on in the innermost body; then after all loops. */
lower_nest lower_nest_open(ir *b, intptr_t rank, const int64_t *dims,
                           MlirValue init);
MlirValue lower_nest_close(ir *b, lower_nest *n, MlirValue value);

/* A tensor whose elements are computed one by one, from their indices. */
typedef struct lower_gather {
    ir_scope body;
    MlirValue index[LOWER_MAX_RANK];
} lower_gather;

/* Building goes on where an element is computed; then after the tensor. */
lower_gather lower_gather_open(ir *b, MlirType type);
MlirValue lower_gather_close(ir *b, lower_gather *g, MlirValue element);

/* The constant that makes an optional bias; null if there is none, or zeros. */
MlirOperation lower_bias_of(MlirOperation op);
/* sum + bias; map names the axes of sum that the bias has: "c". */
MlirValue lower_add_bias(lowering *l, const char *node, MlirOperation bias,
                         const char *map, MlirValue sum);

/* The type of a list of indices of n elements: the narrowest integer. */
MlirType lower_list_type(ir *b, int64_t n);
/* Entry i of a list of events, as an index. */
MlirValue lower_source(ir *b, MlirValue events, MlirValue i);

/* The numbers of a snn.constant. */
typedef struct lower_numbers {
    const char *data;
    int64_t element; /* bytes of one */
    bool splat;      /* data has one for all */
} lower_numbers;

lower_numbers lower_numbers_of(MlirOperation constant);
/* Fails unless weight and bias are constant. */
MUST_CHECK bool lower_check_weights(lowering *l, MlirOperation op);

/* One function for each kind of operation; false after a diagnostic. */
MUST_CHECK bool lower_constant(lowering *l, MlirOperation op);
MUST_CHECK bool lower_linear(lowering *l, MlirOperation op);
MUST_CHECK bool lower_sum(lowering *l, MlirOperation op);
MUST_CHECK bool lower_scale(lowering *l, MlirOperation op);
MUST_CHECK bool lower_rescale(lowering *l, MlirOperation op);
MUST_CHECK bool lower_collapse(lowering *l, MlirOperation op);
MUST_CHECK bool lower_conv(lowering *l, MlirOperation op);
MUST_CHECK bool lower_pool(lowering *l, MlirOperation op);
MUST_CHECK bool lower_delay_read(lowering *l, MlirOperation op);
MUST_CHECK bool lower_delay_push(lowering *l, MlirOperation op);
/* The operations of a neuron on its states; see lower_neuron.c. */
MUST_CHECK bool lower_neuron(lowering *l, MlirOperation op);

/*===- lower_old.c: states before the step ----------------------------------*/

/* Whether value is what a state was before the step, of any shape. */
bool lower_is_old_state(MlirOperation step, MlirValue value);
/* Whether an operation writes its result into that state. */
bool lower_is_overwritten(MlirOperation step, MlirValue value);
/* Whether an operation overwrites a state that others behind it still read. */
bool lower_outlives(MlirOperation op, MlirValue *state);
/* What from holds, for good. */
MlirValue lower_copy(lowering *l, MlirValue from);
/* An old state in the shape of value; before any operation is lowered. */
MlirValue lower_early(lowering *l, MlirValue value);

#endif
