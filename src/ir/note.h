/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * note.h - tells users what is good to know of an operation.
 */
#ifndef SNN_IR_NOTE_H
#define SNN_IR_NOTE_H

#include "mlir-c/IR.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Emits a remark at op's location: it is neither an error nor a warning. */
void ir_note(MlirOperation op, const char *text);
/* Emits a warning there. */
void ir_warning(MlirOperation op, const char *text);

#ifdef __cplusplus
}
#endif

#endif
