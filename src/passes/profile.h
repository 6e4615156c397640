/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * profile.h - what a simulator computes in a time step, as a row of knobs.
 * docs/spec.md, section 5, shows the table and says what each knob means.
 */
#ifndef SNN_PASSES_PROFILE_H
#define SNN_PASSES_PROFILE_H

#include <stdbool.h>

/* The numbers of one neuron of a node; absent ones have their neutral value. */
typedef struct profile_numbers {
    double dt;
    double tau;  /* of the state that is integrated */
    double gain; /* r, or w_in of a synaptic current */
    double w_in; /* of the node; 1 if it has none */
    double threshold;
    double reset; /* v_reset */
    bool leaks;   /* the node has a tau */
    bool f32;     /* the network's float type, for intermediate roundings */
} profile_numbers;

/* A constant of a neuron, computed in f64. */
typedef double (*profile_constant)(const profile_numbers *n);

/* One snn.integrate: its form, and where its parameters come from. */
typedef struct profile_dynamics {
    const char *form;       /* NULL: the simulator has no such neuron */
    profile_constant decay; /* NULL: the form has none */
    profile_constant gain;  /* NULL: 1 */
    bool leak;              /* v_leak; else 0, or none where that may be */
    profile_constant usual; /* the r, or w_in of a current, that stands for the
                               gain where that is without it: what the
                               simulator's exporter writes, else what its
                               importer asks for, else 1. NULL: the gain, or
                               the unit, has it */
} profile_dynamics;

typedef enum profile_start {
    START_ZERO,
    START_LEAK,
    START_RESET
} profile_start;
typedef enum profile_compare {
    COMPARE_GT,
    COMPARE_GE,
    COMPARE_COUNT
} profile_compare;
typedef enum profile_reset {
    RESET_ZERO,
    RESET_VALUE, /* v_reset */
    RESET_SUBTRACT,
    RESET_GUARD /* subtract, but twice the threshold where the state is above it
                   already; docs/spec.md, snn.fire with `after` */
} profile_reset;
/* When a spike is emitted, and when it resets. */
typedef enum profile_timing {
    TIMING_SAME,  /* both in the step that crosses the threshold */
    TIMING_RESET, /* the reset in the step behind it */
    TIMING_BOTH   /* both in the step behind it */
} profile_timing;
/* What a stateless node on a loop gives before the first step; in the order of
 * the words of --feedback. */
typedef enum profile_feedback {
    FEEDBACK_ANSWER, /* its answer to zeros: a bias counts */
    FEEDBACK_ZERO,
    FEEDBACK_NO_BIAS /* its bias never counts */
} profile_feedback;

/* The lower bound of a membrane. */
typedef enum profile_floor {
    FLOOR_NONE,
    FLOOR_ZERO,      /* 0, by snn.clamp max; an if has none */
    FLOOR_THRESHOLD, /* -v_threshold, by snn.clamp relu; of an if only */
    FLOOR_GIVEN      /* what the node says, by snn.clamp relu */
} profile_floor;

typedef struct profile {
    const char *name;
    const char *dt; /* what the simulator takes by default; NULL: none */
    profile_dynamics lif, li, integrator, current, membrane;
    profile_dynamics lif_unit;      /* of a lif with r = 1, if it has a form */
    profile_dynamics current_decay; /* behind what the membrane sees of it */
    profile_start start;
    profile_compare compare;
    profile_reset reset;
    bool guards; /* it subtracts as RESET_GUARD says */
    profile_timing timing;
    profile_feedback feedback;
    profile_constant threshold; /* NULL: v_threshold */
    profile_constant reset_at;  /* NULL: v_reset */
    profile_constant unit; /* of the membrane: thresholds, v_reset and where it
                              rests are divided by it */
    bool smallest;         /* all of a node by its smallest unit */
    bool reset_start;      /* an if starts where a spike leads */
    bool current_start;    /* a current starts as the membrane does */
    bool old_current;      /* the membrane sees the current of the last step */
    bool old_readout;      /* li and cuba_li emit the last step's state */
    bool old_input;        /* neurons see what arrived in the last step */
    profile_floor floor;
    bool has_current;       /* of one node: it has a synaptic current */
    bool integers;          /* states are i32 */
    bool rests;             /* the membrane's leak, where the table has none, is
                               (1 - decay) v_leak: it rests at v_leak */
    bool strict;            /* what its importer leaves out counts */
    double cap;             /* most spikes of a neuron in a step */
    const char *ignores[4]; /* parameters that its importer leaves out, besides
                               gains; "bias" is that of a node on a loop */
} profile;

/* Whether it leaves out the parameter of a node; not for r and w_in, of which
 * the dynamics say it. */
bool profile_ignores(const profile *p, const char *parameter);
/* What the importer leaves out counts after all: docs/spec.md, section 5. */
void profile_be_strict(profile *p);

/* The gain where an input is normalized (Sinabs): 1 - exp(-dt / tau). */
double profile_norm_input(const profile_numbers *n);
/* exp(-dt / tau) */
double profile_decay(const profile_numbers *n);

/* The row of this name; NULL: there is none. */
const profile *profile_find(const char *name);

#endif
