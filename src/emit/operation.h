/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * operation.h - the operations that have a C form; for src/emit only.
 */
#ifndef SNN_EMIT_OPERATION_H
#define SNN_EMIT_OPERATION_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "mlir-c/IR.h"

typedef enum operation_kind {
    OP_FREE,    /* constants, buffers and views: no code where they stand */
    OP_BINARY,  /* x op y */
    OP_CHOICE,  /* (x op y) ? x : y */
    OP_COMPARE, /* x op y, a truth value */
    OP_SELECT,  /* c ? x : y */
    OP_CAST,    /* (type)x */
    OP_NEGATE,  /* -x */
    OP_LOAD,
    OP_STORE,
    OP_COPY,
    OP_FOR,
    OP_IF,
    OP_END /* of a block: scf.yield, func.return */
} operation_kind;

typedef struct operation {
    const char *name;
    operation_kind kind;
    const char *c;  /* its operator */
    bool is_signed; /* its integer operands are */
} operation;

/* Null if op has no C form. */
const operation *operation_of(MlirOperation op);
/* The C operator of a comparison; null if it has none. */
const char *operation_compare(MlirOperation op, bool *is_signed);
/* Is op marked nsw: as signed numbers, its operands and result never wrap? */
bool operation_never_wraps(MlirOperation op);
/* Checks that all of function has a C form. */
MUST_CHECK bool operation_check(MlirOperation function, arena *a);

/* The buffer that value is or is a view of. */
MlirValue operation_root(MlirValue value);
/* memref.get_global of what value is or is a view of; null: something else. */
MlirOperation operation_global(MlirValue value);
/* A load of a number: from a constant of rank 0. */
bool operation_is_number(MlirOperation op);
/* Does op stand for a value only, with no code where it is? */
bool operation_is_free(MlirOperation op);
/* The memref operand of a load or store, and the first index operand. */
intptr_t operation_memref(MlirOperation op);

#endif
