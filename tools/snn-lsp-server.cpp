// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// snn-lsp-server.cpp - tells editors about .mlir files that hold snn.

#include "mlir/CAPI/IR.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "passes/passes.h"
#include "llvm/Support/CommandLine.h"

int main(int argc, char **argv)
{
    mlir::DialectRegistry dialects;
    passes_register_dialects(wrap(&dialects));
    llvm::cl::AddExtraVersionPrinter(
        [](llvm::raw_ostream &out) { out << "snn-mlir " SNN_VERSION "\n"; });
    return mlir::failed(mlir::MlirLspServerMain(argc, argv, dialects));
}
