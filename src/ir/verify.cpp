// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// verify.cpp - what TableGen cannot say about the operations. The constraints
// are those of docs/spec.md, cited by their names there (linear_c1).

#include "ir/expect.h"
#include "ir/knobs.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace mlir::snn;

/// Names that become those of arguments and fields in C.
static LogicalResult expectNew(Operation *op, StringRef what, StringRef name,
                               llvm::StringSet<> &known)
{
    return known.insert(name).second ? success()
                                     : op->emitOpError()
                                           << "has two " << what << "s '"
                                           << name << "'";
}

//===- both levels ---------------------------------------------------------===

LogicalResult ConstantOp::verify()
{
    // constant_c1
    auto type = cast<RankedTensorType>(getType());
    if (auto quantized = quantOf(getResult())) {
        type = type.clone(quantized.getStorageType());
    }
    return getValue().getType() == type
               ? success()
               : emitOpError() << "'value' has type " << getValue().getType()
                               << ", expected " << type;
}

LogicalResult LinearOp::verify()
{
    ArrayRef<int64_t> w = shapeOf(getWeight());
    if (w.size() < 2) {
        return emitOpError()
               << "'weight' has rank " << w.size() << ", expected at least 2";
    }
    // linear_c1
    SmallVector<int64_t> in(w.drop_back(2));
    in.push_back(w.back());
    ArrayRef<int64_t> out = w.drop_back(1);
    if (failed(expectShape(*this, "x", shapeOf(getX()), in)) ||
        failed(expectShape(*this, "y", shapeOf(getY()), out))) {
        return failure();
    }
    if (getBias() && shapeOf(getBias()) != out.take_back(1) &&
        failed(expectShape(*this, "bias", shapeOf(getBias()), out))) {
        return failure();
    }
    return expectProduct(*this, getX(), getWeight(), getBias(), getY());
}

/// The windows of a convolution or pool: lengths of the lists, and the result's
/// axes behind its first.
static LogicalResult
expectWindows(Operation *op, ArrayRef<int64_t> x, ArrayRef<int64_t> kernel,
              ArrayRef<int64_t> stride, ArrayRef<int64_t> pads,
              ArrayRef<int64_t> dilation, SmallVectorImpl<int64_t> &out)
{
    size_t axes = x.size() - 1;
    if (kernel.size() != axes || stride.size() != axes ||
        dilation.size() != axes || pads.size() != 2 * axes) {
        return op->emitOpError() << "expected windows of " << axes << " axes";
    }
    /* Not above 2^31, so that no sum or product of them overflows. */
    auto in = [](ArrayRef<int64_t> list, int64_t least) {
        return llvm::all_of(
            list, [=](int64_t n) { return n >= least && n <= INT32_MAX; });
    };
    if (!in(kernel, 1) || !in(stride, 1) || !in(dilation, 1) || !in(pads, 0)) {
        return op->emitOpError("expected positive kernel, stride and dilation, "
                               "and pads that are not negative");
    }
    for (size_t i = 0; i < axes; i++) {
        uint64_t span = dilation[i] * (kernel[i] - 1) + 1;
        uint64_t padded = uint64_t(x[i + 1]) + pads[2 * i] + pads[2 * i + 1];
        if (padded < span) {
            return op->emitOpError()
                   << "axis " << i << " has " << padded
                   << " elements with its padding, the kernel spans " << span;
        }
        out.push_back((padded - span) / stride[i] + 1);
    }
    return success();
}

LogicalResult ConvOp::verify()
{
    ArrayRef<int64_t> x = shapeOf(getX());
    ArrayRef<int64_t> w = shapeOf(getWeight());
    if ((x.size() != 2 && x.size() != 3) || w.size() != x.size() + 1) {
        return emitOpError() << "'x' has rank " << x.size() << ", 'weight' "
                             << w.size() << ", expected 2 and 3 or 3 and 4";
    }
    int64_t groups = getGroups();
    if (w[0] % groups || x[0] % groups || w[1] != x[0] / groups) {
        return emitOpError() << "'x' has " << x[0] << " channels, 'weight' has "
                             << shapeText(w) << ", groups is " << groups;
    }
    // conv_c1
    SmallVector<int64_t> out{w[0]};
    if (failed(expectWindows(*this, x, w.drop_front(2), getStride(), getPads(),
                             getDilation(), out)) ||
        failed(expectShape(*this, "y", shapeOf(getY()), out))) {
        return failure();
    }
    if (getBias() &&
        failed(expectShape(*this, "bias", shapeOf(getBias()), {w[0]}))) {
        return failure();
    }
    return expectProduct(*this, getX(), getWeight(), getBias(), getY());
}

template <typename Op> static LogicalResult verifyPool(Op op, Value in, Value y)
{
    ArrayRef<int64_t> x = shapeOf(in);
    if (x.size() != 3) {
        return op.emitOpError()
               << "'x' has rank " << x.size() << ", expected 3";
    }
    SmallVector<int64_t> out{x[0]};
    SmallVector<int64_t> ones(x.size() - 1, 1);
    if (failed(expectWindows(op, x, op.getKernel(), op.getStride(),
                             op.getPads(), ones, out))) {
        return failure();
    }
    return expectShape(op, "y", shapeOf(y), out);
}

/// avg_pool_c2: a mean in the scale of x, or the sum in the scale of a mean.
static LogicalResult expectMean(AvgPoolOp op)
{
    Scales mean = scalesOf(op.getX());
    if (sameScales(scalesOf(op.getY()), mean)) {
        return success();
    }
    for (double &scale : mean.scale) {
        for (int64_t n : op.getKernel()) {
            scale /= double(n);
        }
    }
    return sameScales(scalesOf(op.getY()), mean)
               ? success()
               : op.emitOpError("has a scale of y that is neither that of x "
                                "nor that divided by the window's size");
}

LogicalResult SumPoolOp::verify()
{
    // sum_pool_c1
    return success(succeeded(verifyPool(*this, getX(), getY())) &&
                   succeeded(expectSame(*this, getX(), "y", getY())));
}

LogicalResult AvgPoolOp::verify()
{
    // avg_pool_c1
    if (failed(verifyPool(*this, getX(), getY()))) {
        return failure();
    }
    if (isCount(getY())) {
        return emitOpError("has a mean of counts for 'y'; it is quantized, or "
                           "of floats");
    }
    return quantOf(getY()) && (quantOf(getX()) || isCount(getX()))
               ? expectMean(*this)
               : expectSame(*this, getX(), "y", getY());
}

LogicalResult ScaleOp::verify()
{
    // scale_c1
    return quantOf(getY()) && (quantOf(getX()) || isCount(getX()))
               ? expectElementwise(*this, getX(), "y", getY())
               : expectAlike(*this, getX(), "y", getY());
}

LogicalResult SumOp::verify()
{
    // sum_c1
    if (getX().size() < 2) {
        return emitOpError()
               << "has " << getX().size() << " operands, expected at least 2";
    }
    for (Value x : getX()) {
        if (failed(expectAlike(*this, x, "y", getY()))) {
            return failure();
        }
    }
    return success();
}

LogicalResult ThresholdOp::verify()
{
    return expectElementwise(*this, getX(), "y", getY()); // threshold_c1
}

//===- network level -------------------------------------------------------===

LogicalResult NetworkOp::verifyRegions()
{
    if (getBody().getNumArguments()) {
        return emitOpError()
               << "has a region with " << getBody().getNumArguments()
               << " arguments, expected none";
    }
    llvm::StringSet<> inputs, outputs;
    for (Operation &op : getBody().front()) {
        auto input = dyn_cast<InputOp>(op);
        auto output = dyn_cast<OutputOp>(op);
        if ((input &&
             failed(expectNew(*this, "input", input.getNode(), inputs))) ||
            (output &&
             failed(expectNew(*this, "output", output.getNode(), outputs)))) {
            return failure();
        }
    }
    return success();
}

LogicalResult DelayOp::verify()
{
    return expectAlike(*this, getX(), "y", getY()); // delay_c1
}

LogicalResult IOp::verify() { return expectAlike(*this, getX(), "y", getY()); }
LogicalResult LiOp::verify() { return expectAlike(*this, getX(), "y", getY()); }
LogicalResult CubaLiOp::verify()
{
    return expectAlike(*this, getX(), "y", getY());
}
LogicalResult IfOp::verify()
{
    return expectElementwise(*this, getX(), "y", getY());
}
LogicalResult LifOp::verify()
{
    return expectElementwise(*this, getX(), "y", getY());
}
LogicalResult CubaLifOp::verify()
{
    return expectElementwise(*this, getX(), "y", getY());
}

//===- step level ----------------------------------------------------------===

/// step_c1: names and what they name are as many, and names of a kind differ.
static LogicalResult verifyCounts(StepOp op, YieldOp yield)
{
    size_t inputs = op.getInputNames().size();
    size_t states = op.getStateNames().size();
    if (op.getBody().getNumArguments() != inputs + states) {
        return op.emitOpError()
               << "has " << inputs << " inputs and " << states
               << " states, the region has " << op.getBody().getNumArguments()
               << " arguments";
    }
    if (op.getStateInit().size() != states) {
        return op.emitOpError()
               << "has " << states << " states, " << op.getStateInit().size()
               << " initial values";
    }
    if (yield.getOutputs().size() != op.getOutputNames().size()) {
        return op.emitOpError()
               << "names " << op.getOutputNames().size() << " outputs, yields "
               << yield.getOutputs().size();
    }
    if (yield.getStates().size() != states) {
        return op.emitOpError() << "has " << states << " states, yields "
                                << yield.getStates().size();
    }
    return success();
}

static LogicalResult verifyNames(StepOp op, StringRef what, ArrayAttr names)
{
    llvm::StringSet<> known;
    for (StringRef name : names.getAsValueRange<StringAttr>()) {
        if (failed(expectNew(op, what, name, known))) {
            return failure();
        }
    }
    return success();
}

/// What TableGen says of operands and results, for a step's inputs: they have
/// the type of a Snn_Signal.
static LogicalResult verifyInput(StepOp op, size_t i)
{
    Type type = op.getBody().getArgument(i).getType();
    auto tensor = dyn_cast<RankedTensorType>(type);
    Type element = tensor ? tensor.getElementType() : type;
    bool known = element.isF32() || element.isF64() ||
                 isa<quant::QuantizedType>(element) ||
                 llvm::any_of(ArrayRef{1, 8, 16, 32}, [&](unsigned bits) {
                     return element.isSignlessInteger(bits);
                 });
    if (tensor && known && isStaticAndSymmetric(tensor)) {
        return success();
    }
    return op.emitOpError() << "input " << op.getInputNames()[i] << " has type "
                            << type << ", which no signal has";
}

/// step_c2: a state is of one type throughout, and its initial value fits.
static LogicalResult verifyState(StepOp op, size_t i, Value after)
{
    Value before = op.getBody().getArgument(op.getInputNames().size() + i);
    auto name = cast<StringAttr>(op.getStateNames()[i]).getValue();
    if (before.getType() != after.getType()) {
        return op.emitOpError()
               << "state '" << name << "' has type " << before.getType()
               << ", yielded is " << after.getType();
    }
    return expectParam(op, name, op.getStateInit()[i], shapeOf(before));
}

static std::string knobNames()
{
    std::string names;
    for (const knob_row &row : knob_rows) {
        names += (names.empty() ? "" : ", ") + std::string(row.name);
    }
    return names;
}

/// step_c3: a knob is one of the table, and so is its word.
static LogicalResult verifyKnob(StepOp op, NamedAttribute knob)
{
    StringRef name = knob.getName();
    const knob_row *row = llvm::find_if(
        knob_rows, [&](const knob_row &r) { return name == r.name; });
    if (row == std::end(knob_rows)) {
        return op.emitOpError()
               << "has a knob '" << name << "', expected " << knobNames();
    }
    auto word = dyn_cast<StringAttr>(knob.getValue());
    std::string expected;
    for (const char *const *w = row->words; *w; w++) {
        if (word && word.getValue() == *w) {
            return success();
        }
        expected += (w == row->words ? "" : " or ") + std::string(*w);
    }
    return op.emitOpError() << "knob '" << name << "' is " << knob.getValue()
                            << ", expected " << expected;
}

LogicalResult StepOp::verifyRegions()
{
    for (NamedAttribute knob :
         getKnobs().value_or(DictionaryAttr::get(getContext()))) {
        if (failed(verifyKnob(*this, knob))) {
            return failure();
        }
    }
    auto yield = cast<YieldOp>(getBody().front().getTerminator());
    if (failed(verifyCounts(*this, yield)) ||
        failed(verifyNames(*this, "input", getInputNames())) ||
        failed(verifyNames(*this, "state", getStateNames())) ||
        failed(verifyNames(*this, "output", getOutputNames()))) {
        return failure();
    }
    for (size_t i = 0; i < getInputNames().size(); i++) {
        if (failed(verifyInput(*this, i))) {
            return failure();
        }
    }
    for (auto [i, after] : llvm::enumerate(yield.getStates())) {
        if (failed(verifyState(*this, i, after))) {
            return failure();
        }
    }
    return expectOneArithmetic(*this);
}

/// What the formula of a form needs: 'decay', 'leak', and whether a leak may be
/// left out.
namespace {
struct FormNeeds {
    Form form;
    bool decay;
    bool leak;
    bool optional;
};
} // namespace

static const FormNeeds formNeeds[] = {
    {Form::Relax, true, true, false},
    {Form::Accumulate, false, false, false},
    {Form::Exact, true, true, false},
    {Form::Leaky, true, true, true},
    {Form::Pull, true, true, false},
    {Form::Jump, true, false, false},
    {Form::Divide, true, true, false},
    {Form::LeakDivide, true, true, false},
    {Form::Approach, true, false, false},
    {Form::Shift, true, false, false},
};

/// Whether all numbers of a parameter are whole, and few enough for an i32.
static bool isWhole(Attribute param)
{
    auto whole = [](double x) {
        return std::abs(x) <= 2147483647.0 && x == std::floor(x);
    };
    if (auto one = dyn_cast_or_null<FloatAttr>(param)) {
        return whole(one.getValueAsDouble());
    }
    auto each = dyn_cast_or_null<ElementsAttr>(param);
    return !each || llvm::all_of(each.getValues<double>(), whole);
}

/// integrate_c3
static LogicalResult expectIntegers(IntegrateOp op)
{
    bool shift = op.getForm() == Form::Shift;
    bool integer = elementOf(op.getState()).isSignlessInteger(32);
    if (shift ? !integer : isa<IntegerType>(elementOf(op.getState()))) {
        return op.emitOpError()
               << "form " << stringifyForm(op.getForm())
               << " has a state of elements " << elementOf(op.getState());
    }
    if (shift && !isWhole(op.getDecayAttr())) {
        return op.emitOpError("form shift has a 'decay' that is not whole");
    }
    return success();
}

LogicalResult IntegrateOp::verify()
{
    // integrate_c1
    bool free = getForm() == Form::Shift || quantOf(getState());
    if (failed(expectIntegers(*this)) ||
        failed(free ? expectElementwise(*this, getX(), "state", getState())
                    : expectAlike(*this, getX(), "state", getState()))) {
        return failure();
    }
    // integrate_c2
    const FormNeeds &needs = formNeeds[unsigned(getForm())];
    assert(needs.form == getForm() && "the table has the order of the enum");
    if (getDecay().has_value() != needs.decay) {
        return emitOpError()
               << "form " << stringifyForm(getForm())
               << (needs.decay ? " needs" : " has no") << " 'decay'";
    }
    if (getLeak().has_value() != needs.leak && !needs.optional) {
        return emitOpError()
               << "form " << stringifyForm(getForm())
               << (needs.leak ? " needs" : " has no") << " 'leak'";
    }
    return quantOf(getState()) ? expectAffine(*this) : success();
}

/// fire_c2, reset_c2: a reset to a value has one.
template <typename Op> static LogicalResult expectReset(Op op)
{
    bool value = op.getMode() == Reset::Value;
    if (value == op.getReset().has_value()) {
        return success();
    }
    return op.emitOpError() << "mode " << stringifyReset(op.getMode())
                            << (value ? " needs 'reset'" : " has no 'reset'");
}

/// fire_c3: counts have a cap that their type holds.
static LogicalResult expectCap(FireOp op)
{
    bool counts = op.getCompare() == Compare::Count;
    if (counts != op.getCap().has_value()) {
        return op.emitOpError()
               << "compare " << stringifyCompare(op.getCompare())
               << (counts ? " needs 'cap'" : " has no 'cap'");
    }
    unsigned bits = elementOf(op.getSpikes()).getIntOrFloatBitWidth();
    if (counts == (bits == 1)) {
        return op.emitOpError()
               << "compare " << stringifyCompare(op.getCompare()) << " gives "
               << (counts ? "counts" : "i1") << ", 'spikes' has elements "
               << elementOf(op.getSpikes());
    }
    // Every float type holds all integers up to 2^24.
    int64_t most = std::min(int64_t(1) << (bits - 1), int64_t(1) << 24) - 1;
    if (counts && *op.getCap() > most) {
        return op.emitOpError()
               << "'cap' is " << *op.getCap() << ", expected at most " << most;
    }
    return success();
}

/// Whether the threshold's code is at least 1 everywhere.
static bool hasStepOfOne(FireOp op)
{
    double most = 0.0;
    for (double scale : scalesOf(op.getState()).scale) {
        most = std::max(most, scale);
    }
    auto large = [=](double threshold) { return threshold / most > 0.5; };
    if (auto one = dyn_cast<FloatAttr>(op.getThreshold())) {
        return large(one.getValueAsDouble());
    }
    auto each = cast<ElementsAttr>(op.getThreshold());
    return llvm::all_of(each.getValues<double>(), large);
}

LogicalResult FireOp::verify()
{
    // fire_c1
    if (failed(expectElementwise(*this, getState(), "spikes", getSpikes())) ||
        failed(expectReset(*this)) || failed(expectCap(*this))) {
        return failure();
    }
    // fire_c5
    if (isa<IntegerType>(elementOf(getState())) &&
        (!elementOf(getState()).isSignlessInteger(32) || getPrevious() ||
         getCompare() == Compare::Count || !isWhole(getThreshold()) ||
         !isWhole(getResetAttr()))) {
        return emitOpError("on integers has a state of i32, a whole "
                           "'threshold' and 'reset', and one spike at most");
    }
    // fire_c6
    if (quantOf(getState()) && getCompare() == Compare::Count &&
        !hasStepOfOne(*this)) {
        return emitOpError("with compare count has a 'threshold' of less than "
                           "one code of the state");
    }
    // fire_c4
    if (!getPrevious()) {
        return success();
    }
    if (getMode() != Reset::Subtract || getCompare() != Compare::Gt) {
        return emitOpError("with 'after' has mode subtract and compare gt");
    }
    return getPrevious().getType() == getState().getType()
               ? success()
               : emitOpError() << "'after' has type " << getPrevious().getType()
                               << ", 'state' has " << getState().getType();
}

LogicalResult ResetOp::verify()
{
    // reset_c1
    if (failed(expectElementwise(*this, getState(), "spikes", getSpikes())) ||
        failed(expectReset(*this))) {
        return failure();
    }
    // reset_c2
    bool subtract = getMode() == Reset::Subtract;
    return subtract == getThreshold().has_value()
               ? success()
               : emitOpError()
                     << "mode " << stringifyReset(getMode())
                     << (subtract ? " needs" : " has no") << " 'threshold'";
}

LogicalResult ClampOp::verify()
{
    return expectElementwise(*this, getState(), "next", getNext()); // clamp_c1
}

/// The rows of a delay's line have the shape and elements of what `name` says.
static LogicalResult expectRows(Operation *op, Value line, StringRef name,
                                Value value)
{
    ArrayRef<int64_t> shape = shapeOf(line);
    if (shape.empty() || shape[0] == 0) {
        return op->emitOpError() << "'line' has shape " << shapeText(shape)
                                 << ", expected at least one row";
    }
    if (failed(expectShape(op, name, shapeOf(value), shape.drop_front()))) {
        return failure();
    }
    return elementOf(line) == elementOf(value)
               ? success()
               : op->emitOpError()
                     << "'" << name << "' has elements " << elementOf(value)
                     << ", 'line' has " << elementOf(line);
}

LogicalResult DelayReadOp::verify()
{
    // delay_read_c1
    if (failed(expectRows(*this, getLine(), "y", getY()))) {
        return failure();
    }
    // delay_read_c2
    int64_t rows = shapeOf(getLine())[0];
    auto expectSteps = [&](int64_t n) -> LogicalResult {
        return n >= 1 && n <= rows ? success()
                                   : emitOpError()
                                         << "'steps' has " << n
                                         << ", 'line' has " << rows << " rows";
    };
    if (auto one = dyn_cast<IntegerAttr>(getSteps())) {
        return expectSteps(one.getInt());
    }
    auto each = cast<ElementsAttr>(getSteps());
    if (failed(expectShape(*this, "steps", each.getShapedType().getShape(),
                           shapeOf(getY())))) {
        return failure();
    }
    for (int64_t n : each.getValues<int64_t>()) {
        if (failed(expectSteps(n))) {
            return failure();
        }
    }
    return success();
}

LogicalResult DelayPushOp::verify()
{
    return expectRows(*this, getLine(), "x", getX()); // delay_push_c1
}

LogicalResult RescaleOp::verify()
{
    // rescale_c1
    bool takes =
        quantOf(getX()) || isCount(getX()) || isa<FloatType>(elementOf(getX()));
    bool gives = quantOf(getX()) && isa<FloatType>(elementOf(getY()));
    if (!(quantOf(getY()) && takes) && !gives) {
        return emitOpError()
               << "makes quantized values of numbers, or floats of quantized "
                  "values, got "
               << elementOf(getX()) << " and " << elementOf(getY());
    }
    // rescale_c2
    return expectElementwise(*this, getX(), "y", getY());
}
