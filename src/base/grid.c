/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * grid.c - numbers as multiples of a power of two.
 */
#include "base/grid.h"

#include <math.h>
#include <stdint.h>

double grid_unit(double r)
{
    int exponent;
    int64_t whole = (int64_t)ldexp(frexp(fabs(r), &exponent), 53);
    int64_t lowest = whole & -whole;
    return ldexp((double)lowest, exponent - 53);
}

double grid_above(double r)
{
    int exponent;
    return ldexp(1.0, frexp(r, &exponent) == 0.5 ? exponent - 1 : exponent);
}
