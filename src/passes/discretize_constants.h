/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize_constants.h - the constants of a neuron's operations; for
 * src/passes/discretize_*.c only. A constant that is not finite is an error.
 */
#ifndef SNN_PASSES_DISCRETIZE_CONSTANTS_H
#define SNN_PASSES_DISCRETIZE_CONSTANTS_H

#include "passes/discretize_parts.h"

/* The parameters of element i that constants are computed from. */
profile_numbers constant_numbers(const maker *m, const char *tau,
                                 const char *gain, int64_t i);
/* How many numbers a constant has: 1 if all parameters are one number each. */
int64_t constant_count(const maker *m);
/* n numbers of the node as one where all are equal. */
MlirAttribute constant_attribute(const maker *m, const double *values,
                                 int64_t n);
/* An attribute of the node that it may lack: 0 then. */
MlirAttribute constant_or_zero(const maker *m, const char *name);

/*
 * How many times the usual gain a gain is; one that is used is 1. Where a node
 * has a dt of its own, the exporter may have known that, or the network's.
 */
double constant_times_usual(const maker *m, profile_constant usual,
                            const profile_numbers *at);
/* The constant for all neurons of the node; null where it is. */
MUST_CHECK bool constant_of(const maker *m, profile_constant constant,
                            const char *tau, const char *gain,
                            MlirAttribute *result);
/* The same, times what their gains are of the usual ones; null where both
 * constants are. */
MUST_CHECK bool constant_times(const maker *m, profile_constant constant,
                               profile_constant usual, const char *tau,
                               const char *gain, MlirAttribute *result);
/* A parameter of the node, 0 if it has none, in the unit of the membrane. */
MUST_CHECK bool constant_in_unit(const maker *m, const char *name,
                                 MlirAttribute *result);
/* Fails where a constant needs dt and none is given. */
MUST_CHECK bool constant_check_dt(const maker *m, const char *tau,
                                  const char *gain);

#endif
