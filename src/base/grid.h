/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * grid.h - numbers as multiples of a power of two.
 */
#ifndef SNN_BASE_GRID_H
#define SNN_BASE_GRID_H

/* The largest power of two of which r, finite and not 0, is a multiple. */
double grid_unit(double r);

/* The power of two at or above r, which is above 0. */
double grid_above(double r);

#endif
