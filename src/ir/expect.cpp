// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// expect.cpp - what verifiers ask of several operations: shapes and element
// types that fit each other.

#include "ir/expect.h"

using namespace mlir;
using namespace mlir::snn;

//===- shapes --------------------------------------------------------------===

std::string mlir::snn::shapeText(ArrayRef<int64_t> shape)
{
    std::string s = "(";
    llvm::raw_string_ostream os(s);
    llvm::interleaveComma(shape, os);
    return s + ")";
}

ArrayRef<int64_t> mlir::snn::shapeOf(Value v)
{
    return cast<ShapedType>(v.getType()).getShape();
}

LogicalResult mlir::snn::expectShape(Operation *op, StringRef name,
                                     ArrayRef<int64_t> has,
                                     ArrayRef<int64_t> expected)
{
    if (has == expected) {
        return success();
    }
    return op->emitOpError() << "'" << name << "' has shape " << shapeText(has)
                             << ", expected " << shapeText(expected);
}

LogicalResult mlir::snn::expectParam(Operation *op, StringRef name,
                                     Attribute param, ArrayRef<int64_t> shape)
{
    auto elements = dyn_cast_or_null<ElementsAttr>(param);
    return elements ? expectShape(op, name, elements.getShapedType().getShape(),
                                  shape)
                    : success();
}

LogicalResult mlir::snn::expectElementwise(Operation *op, Value x,
                                           StringRef name, Value y)
{
    if (failed(expectShape(op, name, shapeOf(y), shapeOf(x)))) {
        return failure();
    }
    for (StringAttr param : op->getName().getAttributeNames()) {
        if (failed(expectParam(op, param, op->getAttr(param), shapeOf(x)))) {
            return failure();
        }
    }
    return success();
}

//===- element types -------------------------------------------------------===

Type mlir::snn::elementOf(Value v) { return getElementTypeOrSelf(v.getType()); }

quant::QuantizedType mlir::snn::quantOf(Value v)
{
    return dyn_cast<quant::QuantizedType>(elementOf(v));
}

Scales mlir::snn::scalesOf(Value v)
{
    Type type = elementOf(v);
    if (auto uniform = dyn_cast<quant::UniformQuantizedType>(type)) {
        return {{uniform.getScale()}, -1};
    }
    if (auto axis = dyn_cast<quant::UniformQuantizedPerAxisType>(type)) {
        return {SmallVector<double>(axis.getScales()),
                axis.getQuantizedDimension()};
    }
    return {{1.0}, -1};
}

bool mlir::snn::isStaticAndSymmetric(Type type)
{
    auto tensor = cast<RankedTensorType>(type);
    auto quantized = dyn_cast<quant::QuantizedType>(tensor.getElementType());
    if (!tensor.hasStaticShape() || !quantized) {
        return tensor.hasStaticShape();
    }
    unsigned width = quantized.getStorageTypeIntegralWidth();
    if (!quantized.isSigned() || !quantized.getExpressedType().isF32() ||
        (width != 4 && width != 8 && width != 16 && width != 32) ||
        quantized.hasStorageTypeBounds()) {
        return false;
    }
    if (auto uniform = dyn_cast<quant::UniformQuantizedType>(quantized)) {
        return uniform.getZeroPoint() == 0;
    }
    auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(quantized);
    if (!perAxis || perAxis.getQuantizedDimension() >= tensor.getRank()) {
        return false;
    }
    int64_t length = tensor.getDimSize(perAxis.getQuantizedDimension());
    return length == int64_t(perAxis.getScales().size()) &&
           llvm::all_of(perAxis.getZeroPoints(),
                        [](int64_t zero) { return zero == 0; });
}

/// Two scales are the same number, up to the rounding of a product.
static bool sameScale(double a, double b)
{
    return std::abs(a - b) <= 1e-12 * std::max(std::abs(a), std::abs(b));
}

bool mlir::snn::sameScales(const Scales &a, const Scales &b)
{
    return a.axis == b.axis && a.scale.size() == b.scale.size() &&
           llvm::all_of(llvm::zip(a.scale, b.scale), [](auto p) {
               return sameScale(std::get<0>(p), std::get<1>(p));
           });
}

static LogicalResult expectScales(Operation *op, StringRef what,
                                  const Scales &has, const Scales &expected)
{
    if (sameScales(has, expected)) {
        return success();
    }
    auto print = [](const Scales &s) {
        std::string t;
        llvm::raw_string_ostream os(t);
        llvm::interleaveComma(s.scale, os);
        os << (s.axis < 0 ? "" : " along axis ");
        return s.axis < 0 ? t : t + std::to_string(s.axis);
    };
    return op->emitOpError() << "'" << what << "' has scale " << print(has)
                             << ", expected " << print(expected);
}

bool mlir::snn::isCount(Value v) { return isa<IntegerType>(elementOf(v)); }

/// quant_c2: what a product reads and gives has integers of the right width.
static LogicalResult expectWidths(Operation *op, Value bias, Value y)
{
    auto widthOf = [](Value v) {
        return quantOf(v).getStorageTypeIntegralWidth();
    };
    if (bias && widthOf(bias) != 32) {
        return op->emitOpError()
               << "'bias' has codes of i" << widthOf(bias) << ", expected i32";
    }
    return widthOf(y) == 32 ? success()
                            : op->emitOpError()
                                  << "'y' has codes of i" << widthOf(y)
                                  << ", expected i32";
}

LogicalResult mlir::snn::expectProduct(Operation *op, Value x, Value weight,
                                       Value bias, Value y)
{
    if (isa<FloatType>(elementOf(weight))) {
        for (Value v : {x, bias, y}) {
            if (v && !(v == x && isCount(v)) &&
                elementOf(v) != elementOf(weight)) {
                return op->emitOpError()
                       << "'weight' has elements " << elementOf(weight)
                       << ", another operand or result has " << elementOf(v);
            }
        }
        return success();
    }
    if (!quantOf(weight) || !quantOf(y) || !(quantOf(x) || isCount(x)) ||
        (bias && !quantOf(bias))) {
        return op->emitOpError("expected all floats or all quantized");
    }
    if (failed(expectWidths(op, bias, y))) {
        return failure();
    }
    Scales product = scalesOf(weight);
    Scales in = scalesOf(x);
    if (in.axis >= 0) {
        return op->emitOpError("'x' has a scale for each index of an axis, "
                               "expected one scale");
    }
    if (product.axis > 0) {
        return op->emitOpError() << "'weight' has scales along axis "
                                 << product.axis << ", expected axis 0";
    }
    for (double &s : product.scale) {
        s *= in.scale[0];
    }
    if (bias && failed(expectScales(op, "bias", scalesOf(bias), product))) {
        return failure();
    }
    return expectScales(op, "y", scalesOf(y), product);
}

LogicalResult mlir::snn::expectSame(Operation *op, Value x, StringRef name,
                                    Value y)
{
    if (quantOf(x) && quantOf(y)) {
        return expectScales(op, name, scalesOf(y), scalesOf(x));
    }
    if (elementOf(x) == elementOf(y) || (isCount(x) && !quantOf(y))) {
        return success();
    }
    return op->emitOpError() << "'" << name << "' has elements " << elementOf(y)
                             << ", 'x' has " << elementOf(x);
}

LogicalResult mlir::snn::expectAlike(Operation *op, Value x, StringRef name,
                                     Value y)
{
    return success(succeeded(expectElementwise(op, x, name, y)) &&
                   succeeded(expectSame(op, x, name, y)));
}
