// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// register.cpp - makes MLIR passes of the table in passes.c. In C++ because
// passes made through the C API can have no options, and because upstream's
// bufferization cannot be registered from C.

#include "passes/passes.h"

#include "ir/dialect.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Pass.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/FuncBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Linalg/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Linalg/Transforms/SubsetInsertionOpInterfaceImpl.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/IR/TensorTilingInterfaceImpl.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/Transforms/SubsetInsertionOpInterfaceImpl.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

namespace {
/// A row of the table as an MLIR pass.
class TablePass : public OperationPass<ModuleOp> {
  public:
    explicit TablePass(const pass &row)
        : OperationPass(TypeID::getFromOpaquePointer(&row)), row(row)
    {
        for (const pass_option &option : row.options) {
            if (option.name) {
                options.push_back(std::make_unique<Option<std::string>>(
                    *this, option.name, llvm::cl::desc(option.summary),
                    llvm::cl::init(std::string(option.initial))));
            }
        }
    }
    TablePass(const TablePass &other) : TablePass(other.row)
    {
        copyOptionValuesFrom(&other);
    }

    StringRef getName() const override { return row.name; }
    StringRef getArgument() const override { return row.name; }
    StringRef getDescription() const override { return row.summary; }
    std::unique_ptr<Pass> clonePass() const override
    {
        return std::make_unique<TablePass>(*this);
    }
    void getDependentDialects(DialectRegistry &registry) const override
    {
        for (auto handle : row.makes) {
            if (handle) {
                mlirDialectHandleInsertDialect(handle(), wrap(&registry));
            }
        }
    }
    void runOnOperation() override
    {
        SmallVector<const char *> values;
        for (const auto &option : options) {
            values.push_back(option->getValue().c_str());
        }
        if (!row.run(wrap(getOperation().getOperation()), values.data())) {
            signalPassFailure();
        }
    }

  private:
    const pass &row;
    std::vector<std::unique_ptr<Option<std::string>>> options;
};
} // namespace

void passes_register(void)
{
    for (int64_t i = 0; i < pass_count; i++) {
        registerPass([i] { return std::make_unique<TablePass>(passes[i]); });
    }
    registerCanonicalizerPass();
    registerCSEPass();
    registerSymbolDCEPass();
    registerConvertLinalgToLoopsPass();
    bufferization::registerOneShotBufferizePass();
    bufferization::registerEmptyTensorEliminationPass();
    bufferization::registerDropEquivalentBufferResultsPass();
}

void passes_register_dialects(MlirDialectRegistry c_registry)
{
    DialectRegistry &registry = *unwrap(c_registry);
    mlirDialectHandleInsertDialect(mlirGetDialectHandle__snn__(), c_registry);
    registry
        .insert<arith::ArithDialect, bufferization::BufferizationDialect,
                func::FuncDialect, linalg::LinalgDialect, memref::MemRefDialect,
                quant::QuantDialect, scf::SCFDialect, tensor::TensorDialect>();
    arith::registerBufferizableOpInterfaceExternalModels(registry);
    bufferization::func_ext::registerBufferizableOpInterfaceExternalModels(
        registry);
    linalg::registerBufferizableOpInterfaceExternalModels(registry);
    linalg::registerSubsetOpInterfaceExternalModels(registry);
    scf::registerBufferizableOpInterfaceExternalModels(registry);
    tensor::registerBufferizableOpInterfaceExternalModels(registry);
    tensor::registerSubsetOpInterfaceExternalModels(registry);
}
