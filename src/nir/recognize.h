/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * recognize.h - facts of a network that tell exporters apart; for src/nir only.
 */
#ifndef SNN_NIR_RECOGNIZE_H
#define SNN_NIR_RECOGNIZE_H

#include "nir/nir.h"

/* A relation between parameters that gives a time step. */
typedef struct relation {
    bool holds;   /* in all elements of all nodes that it is about: one dt */
    bool several; /* ... with time constants more than 1 % apart */
    int64_t n;    /* nodes that it is about */
    double dt;    /* of the first element */
    double tau;   /* of the first element */
} relation;

typedef struct facts {
    int64_t count[NIR_KIND_COUNT]; /* nodes of each kind */
    int64_t neurons;
    bool f32;      /* r, v_leak and v_threshold of all neurons have the type */
    bool f64;      /* the same, and v_reset, and none is a scalar */
    bool no_leak;  /* v_leak is 0 or absent */
    bool no_reset; /* v_reset is 0 or absent */
    bool leak_is_reset; /* v_leak = v_reset, where both are */
    bool uniform;       /* one number for all elements of a parameter */
    bool unit_r;
    bool unit_w_in;
    double least_tau;    /* infinity where there is none; of a current, too */
    double most_tau;     /* 0 where there is none */
    relation by_tau;     /* r = tau / dt, not 1 everywhere: LIF, CubaLIF */
    relation by_tau_syn; /* w_in = tau_syn / dt: CubaLIF */
    relation by_decay;   /* r = tau exp(-dt / tau) / dt: LI, LIF, CubaLIF */
    relation by_beta;    /* r = 1 - dt / tau: LIF, CubaLIF */
    relation if_r;       /* r = 1 / dt: IF */
    relation jelly;      /* r = 1, or tau / dt, or of an IF 1 / dt */
    bool loop;           /* edges form a cycle */
    /* names of all nodes but Inputs and Outputs, of which there is one */
    bool numbered;    /* "0", "1", "2.lif" */
    bool underscored; /* "_0", "_1" */
    bool class_names; /* "0_LinearTorch", "1_LIFTorch" */
    bool flattened;   /* there is "X.lif" and "X.w_rec" */
    bool input_tensor;
    bool input_1;
    bool batch; /* an Input or Output has an axis of 1 beyond its signal */
} facts;

facts facts_of_net(const nir_net *net, arena *a);

/* A number near a decimal of three digits is that decimal. */
double facts_round(double number);
/* A number that is, but for rounding, a decimal of two digits. */
bool facts_is_plain(double number);

#endif
