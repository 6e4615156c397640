/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize_parts.h - the operations that neurons are made of; for
 * src/passes/discretize_*.c only. All fail where dt is missing, or where a
 * constant is not finite.
 */
#ifndef SNN_PASSES_DISCRETIZE_PARTS_H
#define SNN_PASSES_DISCRETIZE_PARTS_H

#include "passes/discretize.h"

/* A kind of neuron. */
typedef struct neuron_row {
    const char *op;
    bool current;    /* has a synaptic current */
    const char *tau; /* of the membrane; NULL: it does not leak */
    bool fires;
} neuron_row;

/* A neuron under construction. */
typedef struct maker {
    stepper *s;
    ir *b;
    MlirOperation op;
    const neuron_row *row;
    profile p;     /* the simulator, with what the node says otherwise */
    MlirType real; /* the network's float type */
    MlirType type; /* of its states */
} maker;

/* Whether a node says `name`, and not 0. */
bool part_says(MlirOperation op, const char *name);
/* A neuron to be made; its attributes refine the simulator's row. */
maker part_maker(stepper *s, ir *b, MlirOperation op, const neuron_row *row,
                 MlirType real);
/* A state of the node, "lif.v", that starts from init. */
MlirValue part_state(const maker *m, const char *suffix, MlirAttribute init);
/* One that holds what arrived in the last step, at first 0. */
MlirValue part_input_state(const maker *m, const char *suffix);
/*
 * Whether r, or w_in, is left out and is not the one that stands for the gain;
 * *value is one such number.
 */
bool part_loses_gain(const maker *m, const char *param, double *value);
/* Whether the membrane has no place for v_leak, strictly taken or not. */
bool part_has_no_leak(const maker *m);
/* Fails where the node says what its states cannot do. */
MUST_CHECK bool part_check(const maker *m);
/* What the membrane starts from. */
MlirAttribute part_start(const maker *m);
MlirAttribute part_zero(const maker *m);
/* The membrane after what drives it; the current after what arrives. */
MUST_CHECK bool part_drive(const maker *m, MlirValue x, MlirValue before,
                           MlirValue *after);
MUST_CHECK bool part_feed(const maker *m, MlirValue x, MlirValue before,
                          MlirValue *after);
/* The current after a decay that the membrane does not see in this step. */
MUST_CHECK bool part_decay(const maker *m, MlirValue x, MlirValue before,
                           MlirValue *after);
/* Fires; *next is the membrane after the reset. before: the last step's. */
MUST_CHECK bool part_fire(const maker *m, MlirValue v, MlirValue before,
                          MlirValue *spikes, MlirValue *next);
/* The spikes of v alone, without a reset. */
MUST_CHECK bool part_cross(const maker *m, MlirValue v, MlirValue *spikes);
/* v after the reset that earlier spikes cause. */
MUST_CHECK bool part_reset(const maker *m, MlirValue v, MlirValue spikes,
                           MlirValue *next);
/* An operation of the node on states; its last result is a state, the first
 * one spikes, if there is a type for them. */
MlirOperation part_op(const maker *m, const char *name,
                      const MlirValue *operands, intptr_t n_operands,
                      MlirType spikes, const ir_attr *attrs, intptr_t n_attrs);
MlirType part_no_type(void);
/* #snn.name<word> */
MlirAttribute part_word(const maker *m, const char *name, const char *word);
/* v with the lower bound that the simulator has, if it has one. */
MlirValue part_floor(const maker *m, MlirValue v);

#endif
