/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * codes.h - the codes of a quantized port, and the real numbers that they
 * mean; for src/driver only.
 */
#ifndef SNN_DRIVER_CODES_H
#define SNN_DRIVER_CODES_H

#include "base/arena.h"
#include "driver/npy.h"
#include "mlir-c/IR.h"

/* Code q of element k means scale[k / inner % n] * q. */
typedef struct codes {
    const double *scale; /* NULL: numbers are what they are */
    int64_t n;
    int64_t inner;
} codes;

/* The codes of a value's type; those of an element of n axes. */
codes codes_of(MlirValue v, arena *a);
/* How numbers of an element type are kept in memory; of codes, their own. */
number_type codes_type(MlirType element);

/*
 * The codes of n real numbers, into data, size of them one value: to nearest,
 * ties to even, saturated, in type. Returns how many were beyond the type.
 */
int64_t codes_encode(const codes *c, number_type type, const double *numbers,
                     int64_t n, int64_t size, void *data);
/* And back: n numbers. */
void codes_decode(const codes *c, number_type type, const void *data, int64_t n,
                  int64_t size, double *numbers);

#endif
