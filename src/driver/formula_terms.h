/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * formula_terms.h - the terms of a formula as text; for src/driver/formula*.c
 * only.
 *
 * All texts live in the arena. What is left out of a formula (a factor of 1, a
 * leak of 0) changes no number, except the sign of a zero.
 */
#ifndef SNN_DRIVER_FORMULA_TERMS_H
#define SNN_DRIVER_FORMULA_TERMS_H

#include "base/buf.h"
#include "mlir-c/IR.h"

typedef struct terms {
    arena *a;
    buf differ; /* "decay of v 0.9 to 0.98, threshold 1 to 2" */
} terms;

/*
 * A parameter for the first element, as a number of the type of like; NULL: the
 * parameter is null. Where elements differ, t->differ says so of what: "decay
 * of v".
 */
const char *terms_number(terms *t, MlirAttribute param, MlirValue like,
                         const char *what);
/* "0.5 x"; x where the number is 1. */
const char *terms_times(arena *a, const char *number, const char *x);
/* "y + z" and "y - z"; a sign of z goes into that between them. */
const char *terms_plus(arena *a, const char *y, const char *z);
const char *terms_minus(arena *a, const char *y, const char *z);
/* What a snn.integrate makes of `state` by `x`. */
const char *terms_update(terms *t, MlirOperation integrate, const char *x,
                         const char *state);

#endif
