/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize.h - what the parts of --snn-discretize share; for src/passes only.
 */
#ifndef SNN_PASSES_DISCRETIZE_H
#define SNN_PASSES_DISCRETIZE_H

#include "base/diag.h"
#include "base/schedule.h"
#include "ir/ir.h"
#include "passes/profile.h"

/* What a simulator computes, and the time step. */
typedef struct time_rule {
    const char *semantics;
    profile profile;
    bool has_dt;
    double dt; /* in the unit of tau */
} time_rule;

/* Reads the options of the pass, in the order of passes.c. */
MUST_CHECK bool rule_read(MlirOperation module, const char *const *options,
                          arena *a, time_rule *rule);

/* The attribute `knobs` of the step. */
MlirAttribute rule_knobs(const time_rule *rule, ir *b);

typedef struct state {
    const char *name;   /* "lif1.v" */
    MlirAttribute init; /* one number, or elements */
    MlirValue before;   /* the block's argument */
    MlirValue after;    /* null: of age 0, before with what enters the delay
                           node; else the value of node of age - 1 steps ago */
    int64_t node;
    int64_t age;
} state;

/* The step under construction. */
typedef struct stepper {
    const time_rule *rule;
    arena *a;
    MlirBlock body;
    state *states;
    int64_t n_states;
    int64_t capacity;
} stepper;

/* A new state; its argument is the last one of the block so far. */
MlirValue stepper_state(stepper *s, ir *b, state what, MlirType type);
/* Says what a state is after the step. */
void stepper_after(stepper *s, MlirValue before, MlirValue after);

/* Where an operation stands among the nodes. */
typedef struct place {
    MlirOperation op;
    int64_t node;
} place;

/* A network as a graph of operations with a result. */
typedef struct wiring {
    MlirOperation *ops; /* in the order of the block */
    place *places;      /* sorted by address */
    int64_t n;
    bool *late; /* emit only what earlier steps left */
    schedule_graph edges;
    int64_t *first_edge; /* into each node; n + 1 entries */
} wiring;

wiring wiring_make(MlirBlock body, const time_rule *rule, arena *a);
/* The place of op among the nodes; -1: it is none of them. */
int64_t wiring_find(const wiring *g, MlirOperation op);
/* Which nodes outputs need, by edges of any age. */
bool *wiring_needed(const wiring *g, MlirBlock body, arena *a);
/* The node that made value. */
int64_t wiring_node_of(const wiring *g, MlirValue value);
bool wiring_is_constant(const wiring *g, int64_t node);
/* Whether an edge carries the value of the step before. */
bool wiring_is_previous(const wiring *g, int64_t source, int64_t target);
/* Says which loop, of n nodes, has no neuron. Returns false. */
bool wiring_report_loop(const wiring *g, const int64_t *cycle, int64_t n,
                        arena *a);

/* Whether op is a neuron of the network level. */
bool neuron_is(MlirOperation op);
/*
 * Whether a neuron has a parameter that matters and that the simulator leaves
 * out; *value is one such number.
 */
bool neuron_loses(stepper *s, ir *b, MlirOperation op, MlirType real,
                  const char *param, double *value);
/* Emits counts of spikes. */
bool neuron_counts(const time_rule *rule, MlirOperation op);
/* The type that a value has at the step level: a neuron that does not fire
 * emits its membrane, which has integers in some simulators. */
MlirType neuron_step_type(const time_rule *rule, MlirValue value);
/* Emits what earlier steps left alone, as a delay does. */
bool neuron_is_late(const time_rule *rule, MlirOperation op);

/* A neuron whose input of the step is not taken yet. */
typedef struct neuron_half {
    MlirValue i, v;  /* its states before the step; null: it has none */
    MlirValue x;     /* the input of the last step; null: not kept */
    MlirValue start; /* the membrane that it integrates from */
    MlirValue early; /* spikes that will reset it; null: none */
    MlirValue y;     /* what it emits; null: its input decides */
    bool done;       /* the membrane is through */
} neuron_half;

/*
 * Builds the step of a neuron with states of type real, in two halves: the
 * second one takes the input x. What it emits is known in h->y behind the first
 * one if it is late, else behind the second. in_loop: its input hangs on what
 * it emitted. Fail where dt is missing, where the simulator has no such neuron,
 * or a constant is not finite.
 */
MUST_CHECK bool neuron_begin(stepper *s, ir *b, MlirOperation op, MlirType real,
                             bool in_loop, neuron_half *h);
MUST_CHECK bool neuron_end(stepper *s, ir *b, MlirOperation op, MlirType real,
                           MlirValue x, neuron_half *h);

/* A delay whose elements all have at least one step. */
bool delay_is_late(const time_rule *rule, MlirOperation op);
/* Reports a delay in time without dt, or one that is too long. */
MUST_CHECK bool delay_check(const time_rule *rule, MlirOperation op);
/* What a late delay emits, from its line alone. node is its place in states. */
MlirValue delay_late(stepper *s, ir *b, MlirOperation op, int64_t node);
/* What a delay with elements of no step emits in this step, of x. */
MlirValue delay_through(stepper *s, ir *b, MlirOperation op, MlirValue x);
/* The same age steps ago; x is what entered it then. */
MlirValue delay_before(stepper *s, ir *b, MlirOperation op, int64_t node,
                       MlirValue x, int64_t age);
/* line with x at its end. */
MlirValue delay_push(ir *b, MlirOperation op, MlirValue x, MlirValue line);

#endif
