// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ops.h - the C++ classes that TableGen makes of dialect.td and ops.td.

#ifndef SNN_IR_OPS_H
#define SNN_IR_OPS_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/RegionKindInterface.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::snn {
/// quant_c1: the shape is static, and quantized elements are signed integers
/// times an f32, with zero point 0 and as many scales as their axis is long.
bool isStaticAndSymmetric(Type tensor);
} // namespace mlir::snn

#include "ir/dialect.h.inc"
#include "ir/enums.h.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/attributes.h.inc"
#define GET_OP_CLASSES
#include "ir/ops.h.inc"

#endif
