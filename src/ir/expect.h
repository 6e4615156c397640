// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// expect.h - what verifiers ask of several operations; for src/ir only. What
// does not hold is reported at the operation.

#ifndef SNN_IR_EXPECT_H
#define SNN_IR_EXPECT_H

#include "ir/ops.h"

namespace mlir::snn {

/// "(3, 4)"
std::string shapeText(ArrayRef<int64_t> shape);
ArrayRef<int64_t> shapeOf(Value v);
/// Fails unless `has`, the shape of what `name` says, is `expected`.
LogicalResult expectShape(Operation *op, StringRef name, ArrayRef<int64_t> has,
                          ArrayRef<int64_t> expected);
/// A parameter is one number, or elements of the shape of the signal.
LogicalResult expectParam(Operation *op, StringRef name, Attribute param,
                          ArrayRef<int64_t> shape);
/// Elementwise: what `name` says has the shape of x, and so have parameters.
LogicalResult expectElementwise(Operation *op, Value x, StringRef name,
                                Value y);
/// The element type of a tensor, or the type itself.
Type elementOf(Value v);
/// Its quantized element type; null if it has none.
quant::QuantizedType quantOf(Value v);
/// Spikes or counts.
bool isCount(Value v);
/// The scales of a value: one, or one for each index of an axis. Spikes and
/// counts have scale 1.
struct Scales {
    SmallVector<double> scale;
    int axis = -1; /* -1: one scale for all */
};
Scales scalesOf(Value v);
/// The same numbers, up to the rounding of a product, along the same axis.
bool sameScales(const Scales &a, const Scales &b);
/// integrate_c4: the factors of a quantized state.
LogicalResult expectAffine(IntegrateOp op);
/// quant_c3: no float meets a quantized value, but at the borders of a step;
/// quant_c2: the widths of codes that are no weights.
LogicalResult expectOneArithmetic(StepOp op);
/// linear_c2: products. Floats: weight, bias and result are of one float type,
/// x is of that type or an integer. Quantized: x (scale 1 for spikes) times
/// weight gives the scale of bias and result; no float takes part.
LogicalResult expectProduct(Operation *op, Value x, Value weight, Value bias,
                            Value y);
/// same_c1: what `name` says has x's float type, or x's scale, or is a count
/// where x is one. Where x is spikes or counts, a float is right, too.
LogicalResult expectSame(Operation *op, Value x, StringRef name, Value y);
/// As expectElementwise and expectSame.
LogicalResult expectAlike(Operation *op, Value x, StringRef name, Value y);

} // namespace mlir::snn

#endif
