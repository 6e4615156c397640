/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_integers.h - the arithmetic on codes (docs/spec.md, Integers): what is
 * computed of real numbers beforehand, what each operation becomes, and how
 * wide sums have to be; for src/passes/lower*.c only.
 */
#ifndef SNN_PASSES_LOWER_INTEGERS_H
#define SNN_PASSES_LOWER_INTEGERS_H

#include "passes/lower.h"

/*===- what becomes of real numbers: lower_codes.c --------------------------*/

/*
 * Makes a step of quantized values one of integers, in place: values get their
 * storage types, real attributes become the integers that the specification
 * makes of them, and where an operation has other ones, it gets new attributes:
 *
 *   codes      integrate, fire, reset, clamp, threshold: they compute on codes
 *   code_m, code_s   x times a number is (x code_m) shifted by code_s; without
 *              code_s there is no shift, without code_m the factor is 1
 *   code_shift integrate: the shift behind decay and leak; without, there is
 *              none
 *   code_scale rescale of floats: the scale of the codes
 *   loss       fire, reset: what a spike subtracts, where it is not the
 *              threshold that is compared with
 *
 * A step without quantized values stays.
 */
void lower_codes(lowering *l, MlirOperation step);
/* Whether op is marked to compute on codes. */
bool lower_has_codes(MlirOperation op);

/*===- how large numbers get: lower_range.c ---------------------------------*/

/*
 * The largest magnitude of an element of x, of spikes, counts or codes. What it
 * finds stays as code_range at the operation that makes x.
 */
int64_t lower_range(MlirValue x);
/* Of the parameter's elements. */
int64_t lower_range_param(MlirAttribute param);
/* x + y and x * y of magnitudes; INT64_MAX if that is more. */
int64_t lower_range_add(int64_t x, int64_t y);
int64_t lower_range_multiply(int64_t x, int64_t y);
/* The largest magnitude of (x code_m) shifted by code_s of op. */
int64_t lower_range_times(MlirOperation op, int64_t x);
/* That of the product in it, and what rounding adds. */
int64_t lower_range_factors(MlirOperation op, int64_t x);
/* That of any partial sum of a snn.linear or snn.conv, with its bias. */
int64_t lower_range_product(MlirOperation op, MlirValue x);
/* That of the sum of op's operands. */
int64_t lower_range_sum(MlirOperation op);
/* The narrowest of type and i32 and i64 that holds numbers of a magnitude. */
MlirType lower_range_type(MlirType type, int64_t magnitude);
/* Whether each number of this magnitude is one of type. */
bool lower_range_fits(MlirType type, int64_t magnitude);
/* Element i of an integer constant, with its sign. */
int64_t lower_integer(lower_numbers from, MlirType type, int64_t i);

/*===- operations: lower_integers.c -----------------------------------------*/

/* x as the integers of type that are nearest to it; nothing if all fit. */
MlirValue lower_saturated(ir *b, MlirValue x, MlirType type, bool fits);
/* q shifted by s, of q's type, of at least 1 and at most its bits less 2. */
MlirValue lower_shifted(ir *b, MlirValue q, MlirValue s);
/* The type of the sums of snn.linear and snn.conv: y's, or a wider one. */
MlirType lower_sum_type(MlirOperation op);
/* sums in the type of y, of the same shape: saturated where theirs is wider. */
MlirValue lower_narrowed(lowering *l, const char *node, MlirValue sums,
                         MlirValue y);

/* snn.rescale where x, or y, is a float: lower_border.c */
MUST_CHECK bool lower_encode(lowering *l, MlirOperation op);
MUST_CHECK bool lower_decode(lowering *l, MlirOperation op);
/* snn.scale on codes. */
MUST_CHECK bool lower_scale_codes(lowering *l, MlirOperation op);
/* (x m) shifted by s, as a number of type; m and s may be null. */
MlirValue lower_times(ir *b, MlirValue x, MlirValue m, MlirValue s,
                      MlirType type);

/*===- weights of four bits: lower_nibbles.c --------------------------------*/

bool lower_is_nibbles(MlirValue weight);
/* How many bytes a row of n of them takes. */
int64_t lower_nibble_bytes(int64_t n);
/* Rows of n codes, a byte each, packed; the result is one of lower_data. */
char *lower_nibble_rows(lowering *l, const char *codes, int64_t rows,
                        int64_t n);

/* A row of packed weights, and where in y its n products go. */
typedef struct lower_nibble_row {
    MlirValue table;
    MlirValue row[LOWER_MAX_RANK]; /* its index: all axes but the last */
    int64_t n;
    MlirValue factor;             /* null: 1 */
    MlirValue to[LOWER_MAX_RANK]; /* index in y, but for this axis: */
    intptr_t axis;
    MlirValue offset; /* of the first along the axis; null: 0 */
} lower_nibble_row;

/* y with the row's products added. */
MlirValue lower_nibble_add(ir *b, const lower_nibble_row *r, MlirValue y);

#endif
