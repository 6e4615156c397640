/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * compile.h - from a snn.step to the machine. For src/reference only.
 */
#ifndef SNN_REFERENCE_COMPILE_H
#define SNN_REFERENCE_COMPILE_H

#include "base/diag.h"
#include "mlir-c/IR.h"
#include "reference/machine.h"
#include "reference/reference.h"

/* A step on its way to a machine. */
typedef struct compiler {
    arena *a;
    diag *d;
    MlirOperation step;
    MlirBlock body;
    reference *r;
    int64_t value_count;
    int64_t value_capacity;
    bool has_type;
    element type; /* the network's float type, T; f32 if it has no floats */
} compiler;

/*
 * Fills r, which is zero, from a verified snn.step. False after a diagnostic at
 * an operation that the machine cannot run.
 */
MUST_CHECK bool compile_step(MlirOperation step, arena *a, diag *d,
                             reference *r);

/* instructions.c */

/* The machine knows what the operation computes. */
bool compile_knows(const compiler *c, MlirOperation op);
/* Adds the instruction of an operation that the machine knows. */
MUST_CHECK bool compile_operation(compiler *c, MlirOperation op);

/* compile.c */

const char *compile_name(arena *a, MlirOperation op);
/* An attribute of the operation's definition, or null. */
MlirAttribute compile_attribute(MlirOperation op, const char *name);
/*
 * For diagnostics: "file:node" of a name location, "file:line:column" of a
 * place in a text.
 */
const char *compile_where(arena *a, MlirOperation op);
value *compile_find(const compiler *c, MlirValue ir);

#endif
