// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// dialect.cpp - registers the snn dialect, and the text that TableGen cannot
// say: numbers in attributes, snn.constant and snn.step.

#include "ir/dialect.h"

#include "ir/ops.h"
#include "mlir/CAPI/Registration.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/TypeSwitch.h"
#include <charconv>

using namespace mlir;
using namespace mlir::snn;

//===- attributes in the text of operations --------------------------------===

/// The fewest digits that read back to the same number, as MLIR spells floats:
/// with a point.
static void printNumber(OpAsmPrinter &p, double number)
{
    char buffer[32];
    char *end = std::to_chars(buffer, std::end(buffer), number).ptr;
    StringRef text(buffer, end - buffer);
    StringRef digits = text.take_until([](char c) { return c == 'e'; });
    p << digits << (digits.contains('.') ? "" : ".0")
      << text.drop_front(digits.size());
}

/// An f64 or i64 number without its type: the parser takes these by default.
static void printValue(OpAsmPrinter &p, Attribute value)
{
    auto real = dyn_cast<FloatAttr>(value);
    auto integer = dyn_cast<IntegerAttr>(value);
    if (real && real.getType().isF64() && real.getValue().isFinite()) {
        printNumber(p, real.getValueAsDouble());
    } else if (integer && integer.getType().isSignlessInteger(64)) {
        p.printAttributeWithoutType(value);
    } else {
        p.printAttribute(value);
    }
}

/// The place of an attribute in the text: the order of ops.td, not the
/// alphabet.
static size_t rank(NamedAttribute attribute)
{
    static constexpr StringLiteral order[] = {
        "scale",     "threshold", "reset",  "delay",       "tau",     "tau_syn",
        "tau_mem",   "r",         "v_leak", "v_threshold", "v_reset", "w_in",
        "kernel",    "stride",    "pads",   "dilation",    "groups",  "dt",
        "semantics", "decay",     "gain",   "leak",        "steps"};
    return llvm::find(order, attribute.getName().getValue()) - order;
}

/// `{a = 1.0, ...}`, behind what `before` prints, if anything is to be said.
static void printDict(OpAsmPrinter &p, ArrayRef<NamedAttribute> attributes,
                      ArrayRef<StringRef> elsewhere,
                      function_ref<void()> before)
{
    SmallVector<NamedAttribute> shown;
    llvm::copy_if(attributes, std::back_inserter(shown), [&](auto attribute) {
        return !llvm::is_contained(elsewhere, attribute.getName().getValue());
    });
    if (shown.empty()) {
        return;
    }
    llvm::stable_sort(shown, [](auto a, auto b) { return rank(a) < rank(b); });
    before();
    p << '{';
    llvm::interleaveComma(shown, p, [&](NamedAttribute attribute) {
        p.printKeywordOrString(attribute.getName().getValue());
        if (!isa<UnitAttr>(attribute.getValue())) {
            p << " = ";
            printValue(p, attribute.getValue());
        }
    });
    p << '}';
}

static ParseResult parseParams(OpAsmParser &parser, NamedAttrList &attributes)
{
    return parser.parseOptionalAttrDict(attributes);
}

static void printParams(OpAsmPrinter &p, Operation *op,
                        DictionaryAttr attributes)
{
    SmallVector<StringRef> elsewhere;
    for (StringAttr name : op->getName().getAttributeNames()) {
        if (llvm::is_contained({"node", "form", "mode", "compare", "at"},
                               name)) {
            elsewhere.push_back(name);
        }
    }
    printDict(p, attributes.getValue(), elsewhere, [&] { p << ' '; });
}

/// The word of an enumeration: `relax`.
template <typename Attr>
static ParseResult parseWord(OpAsmParser &parser, Attr &attribute)
{
    auto value = FieldParser<decltype(attribute.getValue())>::parse(parser);
    if (failed(value)) {
        return failure();
    }
    attribute = Attr::get(parser.getContext(), *value);
    return success();
}

template <typename Attr>
static void printWord(OpAsmPrinter &p, Operation *, Attr attribute)
{
    p << stringifyEnum(attribute.getValue());
}

#include "ir/dialect.cpp.inc"
#include "ir/enums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "ir/attributes.cpp.inc"
#define GET_OP_CLASSES
#include "ir/ops.cpp.inc"

MLIR_DEFINE_CAPI_DIALECT_REGISTRATION(SNN, snn, mlir::snn::SnnDialect)

void SnnDialect::initialize()
{
    addAttributes<
#define GET_ATTRDEF_LIST
#include "ir/attributes.cpp.inc"
        >();
    addOperations<
#define GET_OP_LIST
#include "ir/ops.cpp.inc"
        >();
}

Operation *SnnDialect::materializeConstant(OpBuilder &builder, Attribute value,
                                           Type type, Location loc)
{
    auto elements = dyn_cast<ElementsAttr>(value);
    return elements ? ConstantOp::create(builder, loc, type, elements)
                    : nullptr;
}

//===- snn.constant --------------------------------------------------------===

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

ParseResult ConstantOp::parse(OpAsmParser &parser, OperationState &result)
{
    ElementsAttr value;
    if (parser.parseOptionalAttrDict(result.attributes) ||
        parser.parseAttribute(value, "value", result.attributes)) {
        return failure();
    }
    Type type = value.getType();
    if (succeeded(parser.parseOptionalKeyword("as")) &&
        parser.parseType(type)) {
        return failure();
    }
    result.addTypes(type);
    return success();
}

void ConstantOp::print(OpAsmPrinter &p)
{
    p.printOptionalAttrDict((*this)->getAttrs(), {"value"});
    p << ' ' << getValue();
    if (getType() != getValue().getType()) {
        p << " as " << getType();
    }
}

void ConstantOp::getAsmResultNames(OpAsmSetValueNameFn setName)
{
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(getValue())) {
        setName(getResult(), resource.getRawHandle().getKey());
    }
}

//===- snn.network ---------------------------------------------------------===

RegionKind NetworkOp::getRegionKind(unsigned) { return RegionKind::Graph; }

//===- snn.step ------------------------------------------------------------===

namespace {
/// The parts of a snn.step's header, as its attributes hold them.
struct Header {
    SmallVector<OpAsmParser::Argument> arguments;
    SmallVector<Attribute> inputs, states, inits, outputs;
};
} // namespace

/// `%x "name" : type`, and `%v "name" : type = init` for states.
static ParseResult parseArgument(OpAsmParser &parser, Header &header,
                                 bool state)
{
    OpAsmParser::Argument argument;
    std::string name;
    Attribute init;
    if (parser.parseArgument(argument) || parser.parseString(&name) ||
        parser.parseColonType(argument.type) ||
        (state && (parser.parseEqual() || parser.parseAttribute(init)))) {
        return failure();
    }
    header.arguments.push_back(argument);
    (state ? header.states : header.inputs)
        .push_back(parser.getBuilder().getStringAttr(name));
    if (state) {
        header.inits.push_back(init);
    }
    return success();
}

static ParseResult parseHeader(OpAsmParser &parser, Header &header)
{
    auto list = [&](StringRef keyword, function_ref<ParseResult()> one) {
        if (failed(parser.parseOptionalKeyword(keyword))) {
            return ParseResult(success());
        }
        return parser.parseCommaSeparatedList(OpAsmParser::Delimiter::Paren,
                                              one);
    };
    auto output = [&]() -> ParseResult {
        std::string name;
        if (parser.parseString(&name)) {
            return failure();
        }
        header.outputs.push_back(parser.getBuilder().getStringAttr(name));
        return success();
    };
    return failure(
        list("inputs", [&] { return parseArgument(parser, header, false); }) ||
        list("states", [&] { return parseArgument(parser, header, true); }) ||
        list("outputs", output));
}

ParseResult StepOp::parse(OpAsmParser &parser, OperationState &result)
{
    StringAttr name;
    Header header;
    auto at = parser.getCurrentLocation();
    auto emitError = [&] { return parser.emitError(at) << "'snn.step' op "; };
    if (parser.parseSymbolName(name, "sym_name", result.attributes) ||
        parseHeader(parser, header) ||
        parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
        failed(verifyInherentAttrs(result.name, result.attributes,
                                   emitError)) || // else they are dropped
        parser.parseRegion(*result.addRegion(), header.arguments)) {
        return failure();
    }
    Builder &b = parser.getBuilder();
    ensureTerminator(*result.regions.front(), b, result.location);
    result.addAttribute("input_names", b.getArrayAttr(header.inputs));
    result.addAttribute("state_names", b.getArrayAttr(header.states));
    result.addAttribute("state_init", b.getArrayAttr(header.inits));
    result.addAttribute("output_names", b.getArrayAttr(header.outputs));
    return success();
}

/// One line of the header, `keyword(...)`: its items below each other.
static void printList(OpAsmPrinter &p, StringRef keyword, size_t n,
                      function_ref<void(size_t)> item)
{
    if (n == 0) {
        return;
    }
    p.printNewline();
    p << keyword << '(';
    for (size_t i = 0; i < n; i++) {
        if (i) {
            p << ',';
            p.printNewline();
            p.getStream().indent(keyword.size() + 1);
        }
        item(i);
    }
    p << ')';
}

void StepOp::print(OpAsmPrinter &p)
{
    size_t inputs = getInputNames().size();
    auto argument = [&](size_t i, Attribute name) {
        BlockArgument value = getBody().getArgument(i);
        p << value << ' ' << name << " : " << value.getType();
    };
    p << ' ';
    p.printSymbolName(getSymName());
    p.increaseIndent();
    p.increaseIndent();
    printList(p, "inputs", inputs,
              [&](size_t i) { argument(i, getInputNames()[i]); });
    printList(p, "states", getStateNames().size(), [&](size_t i) {
        argument(inputs + i, getStateNames()[i]);
        p << " = ";
        printValue(p, getStateInit()[i]);
    });
    printList(p, "outputs", !getOutputNames().empty(),
              [&](size_t) { llvm::interleaveComma(getOutputNames(), p); });
    printDict(p, (*this)->getAttrs(),
              {"sym_name", "input_names", "state_names", "state_init",
               "output_names"},
              [&] {
                  p.printNewline();
                  p << "attributes ";
              });
    p.decreaseIndent();
    p.decreaseIndent();
    p << ' ';
    p.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

void StepOp::getAsmBlockArgumentNames(Region &region,
                                      OpAsmSetValueNameFn setName)
{
    auto inputs = getInputNames().getAsValueRange<StringAttr>();
    auto states = getStateNames().getAsValueRange<StringAttr>();
    SmallVector<StringRef> names(inputs.begin(), inputs.end());
    names.append(states.begin(), states.end());
    for (auto [argument, name] : llvm::zip(region.getArguments(), names)) {
        setName(argument, name);
    }
}
