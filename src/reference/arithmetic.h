/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * arithmetic.h - the arithmetic of spec section 1: every operation of the float
 * type is rounded once, to nearest, ties to even.
 *
 * Floats are computed in double and rounded to float after each operation. This
 * gives the bits of float arithmetic: a double has 53 bits, more than the 2 *
 * 24
 * + 1 at which a second rounding of + - * / could differ from the only one. The
 * sum of two floats below the normal range is exact, and so is every product.
 *
 * No multiplication is ever fused with an addition: each operation is an
 * expression of its own, the most that ISO C lets a compiler contract, and gcc
 * contracts nothing with -std=c11. Sums of counts are not rounded: counts are
 * small, so a double holds them exactly. Where an integer meets floats it
 * becomes one first: membranes of integers may be large.
 */
#ifndef SNN_REFERENCE_ARITHMETIC_H
#define SNN_REFERENCE_ARITHMETIC_H

#include <float.h>

#include "reference/machine.h"

_Static_assert(FLT_EVAL_METHOD == 0, "double has no excess precision");
_Static_assert(FLT_MANT_DIG == 24 && DBL_MANT_DIG == 53, "IEEE 754");

static inline double rounded(element t, double x)
{
    return t == ELEMENT_F32 ? (double)(float)x : x;
}

static inline double add(element t, double a, double b)
{
    return rounded(t, rounded(t, a) + rounded(t, b));
}

static inline double subtract(element t, double a, double b)
{
    return rounded(t, rounded(t, a) - rounded(t, b));
}

static inline double multiply(element t, double a, double b)
{
    return rounded(t, rounded(t, a) * rounded(t, b));
}

static inline double divide(element t, double a, double b)
{
    return rounded(t, rounded(t, a) / rounded(t, b));
}

#endif
