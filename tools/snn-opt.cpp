// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// snn-opt.cpp - mlir-opt with the snn dialect and its passes.

#include "mlir/CAPI/IR.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/passes.h"

int main(int argc, char **argv)
{
    mlir::DialectRegistry dialects;
    passes_register_dialects(wrap(&dialects));
    passes_register();
    return mlir::asMainReturnCode(mlir::MlirOptMain(
        argc, argv, "snn-opt: mlir-opt with the snn dialect\n", dialects));
}
