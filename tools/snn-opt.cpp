// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// snn-opt.cpp - mlir-opt with the snn dialect and its passes.

#include "mlir/CAPI/IR.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "passes/passes.h"
#include "llvm/Support/CommandLine.h"

static const char overview[] =
    "snn-opt: mlir-opt with the snn dialect and its passes\n\n"
    "  snn-opt net.mlir --snn-discretize=\"dt=1e-4 semantics=nir\"\n"
    "      the network level becomes the step level\n"
    "  snn-opt step.mlir --convert-snn-to-linalg\n"
    "      a step becomes functions on tensors, for mlir-opt to go on with\n\n"
    "snnc mlir MODEL.nir --stage=network prints networks to start from.\n";

int main(int argc, char **argv)
{
    mlir::DialectRegistry dialects;
    passes_register_dialects(wrap(&dialects));
    passes_register();
    llvm::cl::AddExtraVersionPrinter(
        [](llvm::raw_ostream &out) { out << "snn-mlir " SNN_VERSION "\n"; });
    return mlir::asMainReturnCode(
        mlir::MlirOptMain(argc, argv, overview, dialects));
}
