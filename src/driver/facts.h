/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * facts.h - what `inspect` says of a network, as numbers; for src/driver only.
 */
#ifndef SNN_DRIVER_FACTS_H
#define SNN_DRIVER_FACTS_H

#include "driver/survey.h"

/* Of a node. -1: not known. */
typedef struct node_facts {
    const nir_node *node;
    nir_cost cost;
    int64_t
        state_bytes; /* its own states; feedback and scratch are no node's */
    int64_t const_bytes; /* its own constants; of integers those in the C */
    const char *update;  /* a neuron's, see formula.h; NULL: not known */
} node_facts;

/* Of the network. Sums leave out what is not known of a node. */
typedef struct facts {
    node_facts *nodes; /* in the order of the signals, where there is one */
    int64_t n_nodes;
    int64_t macs;
    int64_t adds;
    int64_t state_bytes;
    int64_t const_bytes;
    bool exact; /* else the two are estimates: the sums over the nodes */
    int64_t ram_bytes;
    int64_t rom_bytes;
} facts;

facts facts_of(survey *s);

/* Least and greatest number of an array that is not empty. */
typedef struct range {
    int64_t least; /* their places */
    int64_t most;
    bool uniform; /* all numbers are equal */
} range;

range range_of(const nir_array *array);

#endif
