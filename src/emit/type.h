/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * type.h - the C types of MLIR types, and literals of them; for src/emit only.
 */
#ifndef SNN_EMIT_TYPE_H
#define SNN_EMIT_TYPE_H

#include <stdbool.h>

#include "base/arena.h"
#include "mlir-c/IR.h"

typedef enum type_kind {
    TYPE_BOOL,
    TYPE_UINT,
    TYPE_INT, /* see sign.c */
    TYPE_FLOAT
} type_kind;

typedef struct c_type {
    type_kind kind;
    int64_t bits; /* of MLIR's type; 0 for index */
    int64_t size; /* in bytes */
    const char *name;
    const char *signed_name;
    const char *suffix; /* of literals */
} c_type;

/* Null if type has no C form. i1 is 0 or 1 in a byte. Integers are unsigned.
 */
const c_type *type_of(MlirType type);
/* The signed, or unsigned, integer type of as many bits; others stay. */
const c_type *type_signed(const c_type *type);
const c_type *type_unsigned(const c_type *type);
/* That of a memref's or tensor's elements. */
const c_type *type_of_elements(MlirValue buffer);
/* An integer, cut to the type's bits. */
const char *type_integer(arena *a, const c_type *type, int64_t value);
/*
 * The value of arith.constant, of this type: its own, or that with the other
 * sign. Null if it is infinite or not a number.
 */
const char *type_literal(arena *a, MlirAttribute value, const c_type *type);
/* Row-major without gaps? */
bool type_is_contiguous(MlirType memref);

#endif
