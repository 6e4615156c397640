// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// quantized.cpp - what holds of quantized states and steps (docs/spec.md,
// section 1, "Integers", and snn.integrate).

#include "ir/expect.h"

using namespace mlir;
using namespace mlir::snn;

//===- snn.integrate -------------------------------------------------------===

/// The parameters of one element, in real numbers; what is not there is 0.
namespace {
struct Factors {
    double decay, gain, leak;
};
/// v' = d v + g x + c
struct Affine {
    double d, g, c;
};
} // namespace

/// The table of docs/spec.md.
static Affine affineOf(Form form, const Factors &p)
{
    switch (form) {
    case Form::Relax:
    case Form::Pull:
        return {1 - p.decay, p.decay * p.gain, p.decay * p.leak};
    case Form::Accumulate:
        return {1, p.gain, 0};
    case Form::Exact:
        return {p.decay, p.gain, p.leak * (1 - p.decay)};
    case Form::Leaky:
        return {p.decay, p.gain, p.leak};
    case Form::Jump:
        return {p.decay, p.gain * p.decay, 0};
    case Form::Divide:
        return {1 - 1 / p.decay, p.gain / p.decay, p.leak / p.decay};
    case Form::LeakDivide:
        return {1 - 1 / p.decay, p.gain, p.leak / p.decay};
    case Form::Approach:
        return {1 + p.decay, -(p.gain * p.decay), 0};
    case Form::Shift:
        break;
    }
    llvm_unreachable("shift has no quantized states");
}

/// Elements of a parameter: one, or as many as a tensor has.
static SmallVector<double> numbersOf(Attribute param)
{
    if (auto one = dyn_cast_or_null<FloatAttr>(param)) {
        return {one.getValueAsDouble()};
    }
    auto each = dyn_cast_or_null<ElementsAttr>(param);
    return each ? SmallVector<double>(each.getValues<double>())
                : SmallVector<double>{0.0};
}

static double at(ArrayRef<double> numbers, size_t i)
{
    return numbers[numbers.size() == 1 ? 0 : i];
}

/// The scale of each element along the first axis, or of all.
static double scaleAt(const Scales &scales, ArrayRef<int64_t> shape, size_t i)
{
    if (scales.axis < 0) {
        return scales.scale[0];
    }
    size_t inner = 1;
    for (int64_t n : shape.drop_front(size_t(scales.axis) + 1)) {
        inner *= size_t(n);
    }
    return scales.scale[i / inner % scales.scale.size()];
}

LogicalResult mlir::snn::expectAffine(IntegrateOp op)
{
    unsigned width = quantOf(op.getState()).getStorageTypeIntegralWidth();
    if (width < 16) {
        return op.emitOpError()
               << "has a state of i" << width << ", expected i16 or i32";
    }
    if (!quantOf(op.getX()) && !isCount(op.getX())) {
        return op.emitOpError() << "has a quantized state, 'x' has elements "
                                << elementOf(op.getX());
    }
    SmallVector<double> decay = numbersOf(op.getDecayAttr());
    SmallVector<double> gain = numbersOf(op.getGain());
    SmallVector<double> leak = numbersOf(op.getLeakAttr());
    ArrayRef<int64_t> shape = shapeOf(op.getState());
    Scales in = scalesOf(op.getX());
    Scales out = scalesOf(op.getState());
    bool each = decay.size() + gain.size() + leak.size() > 3 || in.axis >= 0 ||
                out.axis >= 0;
    size_t n = each ? size_t(ShapedType::getNumElements(shape)) : 1;
    for (size_t i = 0; i < n; i++) {
        double s = scaleAt(out, shape, i);
        Affine a =
            affineOf(op.getForm(), {at(decay, i), at(gain, i), at(leak, i)});
        double g = a.g * (scaleAt(in, shape, i) / s);
        if (std::abs(a.d) <= 1 && std::abs(g) < 0x1p31 &&
            std::abs(a.c / s) < 0x1p31) {
            continue;
        }
        return op.emitOpError()
               << "keeps " << a.d << " of its state, and has a gain of " << g
               << " and a leak of " << a.c / s
               << " codes; expected at most 1, and below 2^31";
    }
    return success();
}

//===- snn.step ------------------------------------------------------------===

/// The first value in the step whose elements fulfil what `is` says.
static Value findValue(StepOp op, llvm::function_ref<bool(Value)> is)
{
    Block &body = op.getBody().front();
    for (Value v : body.getArguments()) {
        if (is(v)) {
            return v;
        }
    }
    for (Operation &o : body) {
        for (Value v : o.getResults()) {
            if (is(v)) {
                return v;
            }
        }
    }
    return {};
}

/// A float where the step meets the world outside: an input that becomes codes
/// and nothing else, or an output that codes become.
static bool isAtBorder(StepOp op, Value v)
{
    if (auto argument = dyn_cast<BlockArgument>(v)) {
        return argument.getArgNumber() < op.getInputNames().size() &&
               !v.use_empty() &&
               llvm::all_of(
                   v.getUsers(),
                   [](Operation *user) { return isa<RescaleOp>(user); });
    }
    return v.getDefiningOp<RescaleOp>() &&
           llvm::all_of(v.getUses(), [&](OpOperand &use) {
               return isa<YieldOp>(use.getOwner()) &&
                      use.getOperandNumber() < op.getOutputNames().size();
           });
}

LogicalResult mlir::snn::expectOneArithmetic(StepOp op)
{
    Value nibbles = findValue(op, [](Value v) {
        auto type = quantOf(v);
        return type && type.getStorageTypeIntegralWidth() < 8 &&
               !v.getDefiningOp<ConstantOp>();
    });
    if (nibbles) {
        return op.emitOpError() << "has values of " << elementOf(nibbles)
                                << ", which weights alone may have (quant_c2)";
    }
    Value quantized = findValue(op, [](Value v) { return bool(quantOf(v)); });
    Value real = findValue(op, [&](Value v) {
        return isa<FloatType>(elementOf(v)) && !isAtBorder(op, v);
    });
    if (!quantized || !real) {
        return success();
    }
    return op.emitOpError()
           << "has values of " << elementOf(quantized) << " and of "
           << elementOf(real) << ", expected one kind (quant_c3)";
}
