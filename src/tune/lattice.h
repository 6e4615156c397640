/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lattice.h - the whole numbers nearest to real ones, where "near" is a
 * quadratic form. For src/tune only.
 */
#ifndef SNN_TUNE_LATTICE_H
#define SNN_TUNE_LATTICE_H

#include <stdint.h>

#include "base/arena.h"

/*
 * Find codes c and a scale s with which d' H d is least, d = s c - w.
 */
typedef struct lattice {
    int64_t n;
    const double *h;    /* n x n, symmetric */
    const double *w;    /* n */
    const double *most; /* n: |c[k]| <= most[k] */
} lattice;

/*
 * Tries these scales; *scale and codes (n whole numbers) are the best that was
 * found: not the best there is, but none that differs by 1 in one or two codes
 * is better. Returns d' H d. Equal arguments give equal results.
 */
double lattice_nearest(const lattice *l, const double *scales, int64_t n_scales,
                       arena *a, double *codes, double *scale);

#endif
