/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * integers.h - the arithmetic of codes, docs/spec.md, section 1, "Integers", by
 * its names there. For src/reference only.
 *
 * Codes are held as doubles, exactly; they are computed in 64 bits, which hold
 * every sum and product.
 */
#ifndef SNN_REFERENCE_INTEGERS_H
#define SNN_REFERENCE_INTEGERS_H

#include <math.h>
#include <stdint.h>

#include "reference/machine.h"

static inline double scale_at(const value *v, int64_t k)
{
    return v->scales[k / v->inner % v->scale_count];
}

static inline int64_t whole(const value *v, int64_t k)
{
    return (int64_t)v->numbers[k];
}

/* n within a signed type of so many bits. */
static inline int64_t within(int64_t n, int bits)
{
    int64_t most = (INT64_C(1) << (bits - 1)) - 1;
    int64_t least = -most - 1;
    return n > most ? most : n < least ? least : n;
}

/* A real number, saturated to i32. */
static inline int64_t within32(double r)
{
    return (int64_t)fmin(fmax(r, INT32_MIN), INT32_MAX);
}

static inline double near(double r)
{
    double n = rint(r);
    return fabs(n - r) <= fabs(r) * 0x1p-40 ? n : r;
}

static inline int64_t code(double r, double s) { return within32(rint(r / s)); }

static inline int64_t over(double r, double s)
{
    return within32(floor(near(r / s)));
}

static inline int64_t from(double r, double s)
{
    return within32(ceil(near(r / s)));
}

/* The integer nearest to q / 2^bits, ties to even. */
static inline int64_t shifted(int64_t q, int bits)
{
    int64_t unit = INT64_C(1) << bits;
    int64_t n = q / unit;
    int64_t rest = q % unit;
    if (rest < 0) {
        n--;
        rest += unit;
    }
    int64_t back = unit - rest;
    return rest > back || (rest == back && n % 2 != 0) ? n + 1 : n;
}

/* q times m, rounded to an integer; |m| < 2^31. */
static inline int64_t times(int64_t q, double m)
{
    int exponent; /* |m| is in [2^(exponent - 1), 2^exponent) */
    frexp(m, &exponent);
    int bits = exponent < -31 ? 62 : 31 - exponent;
    bits -= fabs(rint(ldexp(m, bits))) >= 0x1p31;
    bits = bits < 0 ? 0 : bits;
    return shifted(q * (int64_t)rint(ldexp(m, bits)), bits);
}

#endif
