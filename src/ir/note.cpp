// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// note.cpp - emits remarks and warnings. In C++ because the C API emits errors
// only.

#include "ir/note.h"

#include "mlir/CAPI/IR.h"
#include "mlir/IR/Diagnostics.h"

void ir_note(MlirOperation op, const char *text)
{
    mlir::emitRemark(unwrap(op)->getLoc()) << text;
}

void ir_warning(MlirOperation op, const char *text)
{
    mlir::emitWarning(unwrap(op)->getLoc()) << text;
}
