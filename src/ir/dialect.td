// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// dialect.td - the snn dialect, its attributes and its constraints on types.
// docs/spec.md defines what each operation computes; the numbers (linear_c1)
// that descriptions and verifiers cite are those of the spec.

#ifndef SNN_IR_DIALECT
#define SNN_IR_DIALECT

include "mlir/Dialect/Quant/IR/QuantBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/CommonAttrConstraints.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"

def Snn_Dialect : Dialect {
  let name = "snn";
  let cppNamespace = "::mlir::snn";
  let summary = "spiking neural networks, from NIR graphs to one time step";
  let description = [{
    The dialect has two levels.

    The *network level* says what a NIR file says: a `snn.network` holds a graph
    region with one operation for one node, edges may form cycles, neuron
    parameters are continuous, and nothing knows a time step.

    The *step level* says what one time step computes: a `snn.step` holds plain
    SSA with explicit state. Two operations make every neuron: `snn.integrate`
    and `snn.fire`. Synapses (`snn.linear`, `snn.conv`, pools, `snn.scale`,
    `snn.sum`) are the same operations at both levels.

    Numbers are ranked tensors of static shape without batch and time axes. The
    element type says how a number is represented: `f32`, `f64`, `i1` for
    spikes, `iN` for spike counts, `!quant.uniform` for quantized values.
    Attributes are real numbers (f64), whatever the element type.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
}

//===- types ---------------------------------------------------------------===

def Snn_Float : AnyTypeOf<[F32, F64]>;
def Snn_Count : AnyTypeOf<[I8, I16, I32]>;

/// Of static shape; quantized elements are as quant_c1 says.
class Snn_Tensor<list<Type> elements, string what>
    : Type<And<[RankedTensorOf<elements>.predicate,
                CPred<"::mlir::snn::isStaticAndSymmetric($_self)">]>,
           "static tensor of " # what # " (quant_c1)",
           "::mlir::RankedTensorType">;

/// What an edge carries.
def Snn_Signal
    : Snn_Tensor<[Snn_Float, I1, Snn_Count, quant_QuantizedType],
                 "floats, spikes, counts or quantized values">;
/// What adds up: currents and potentials.
def Snn_Value : Snn_Tensor<[Snn_Float, Snn_Count, quant_QuantizedType],
                           "floats, counts or quantized values">;
/// Weights and states, and what they make: of the type of computation, or
/// quantized.
def Snn_Real : Snn_Tensor<[Snn_Float, quant_QuantizedType],
                          "floats or quantized values">;
/// What a neuron emits when it fires: i1, or a count.
def Snn_Spikes : Snn_Tensor<[I1, Snn_Count], "spikes or counts">;

//===- attributes ----------------------------------------------------------===

/// A parameter of a node: one real number for all elements, or one for each.
def Snn_Param
    : Attr<Or<[CPred<"::llvm::isa<::mlir::FloatAttr>($_self) && "
                     "::llvm::cast<::mlir::FloatAttr>($_self).getType()"
                     ".isF64()">,
               CPred<"::llvm::isa<::mlir::ElementsAttr>($_self) && "
                     "::llvm::cast<::mlir::ElementsAttr>($_self)"
                     ".getElementType().isF64()">]>,
           "f64 number or f64 elements"> {
  let storageType = "::mlir::Attribute";
  let returnType = "::mlir::Attribute";
  let convertFromStorage = "$_self";
}
def Snn_ParamArray
    : TypedArrayAttrBase<Snn_Param, "array of f64 numbers or f64 elements">;

def Snn_Form : I32EnumAttr<"Form", "formula of snn.integrate", [
    I32EnumAttrCase<"Relax", 0, "relax">,
    I32EnumAttrCase<"Accumulate", 1, "accumulate">,
    I32EnumAttrCase<"Exact", 2, "exact">,
    I32EnumAttrCase<"Leaky", 3, "leaky">,
    I32EnumAttrCase<"Pull", 4, "pull">,
    I32EnumAttrCase<"Jump", 5, "jump">,
    I32EnumAttrCase<"Divide", 6, "divide">,
    I32EnumAttrCase<"LeakDivide", 7, "leak_divide">,
    I32EnumAttrCase<"Approach", 8, "approach">,
    I32EnumAttrCase<"Shift", 9, "shift">]> {
  let cppNamespace = "::mlir::snn";
  let genSpecializedAttr = 0;
}
def Snn_FormAttr : EnumAttr<Snn_Dialect, Snn_Form, "form"> {
  let assemblyFormat = "`<` $value `>`";
}

def Snn_Reset : I32EnumAttr<"Reset", "what a spike does to the state", [
    I32EnumAttrCase<"Value", 0, "value">,
    I32EnumAttrCase<"Subtract", 1, "subtract">]> {
  let cppNamespace = "::mlir::snn";
  let genSpecializedAttr = 0;
}
def Snn_ResetAttr : EnumAttr<Snn_Dialect, Snn_Reset, "reset"> {
  let assemblyFormat = "`<` $value `>`";
}

def Snn_Compare : I32EnumAttr<"Compare", "when a neuron fires", [
    I32EnumAttrCase<"Gt", 0, "gt">, I32EnumAttrCase<"Ge", 1, "ge">,
    I32EnumAttrCase<"Count", 2, "count">]> {
  let cppNamespace = "::mlir::snn";
  let genSpecializedAttr = 0;
}
def Snn_CompareAttr : EnumAttr<Snn_Dialect, Snn_Compare, "compare"> {
  let assemblyFormat = "`<` $value `>`";
}

def Snn_Floor : I32EnumAttr<"Floor", "how snn.clamp is computed", [
    I32EnumAttrCase<"Max", 0, "max">, I32EnumAttrCase<"Relu", 1, "relu">]> {
  let cppNamespace = "::mlir::snn";
  let genSpecializedAttr = 0;
}
def Snn_FloorAttr : EnumAttr<Snn_Dialect, Snn_Floor, "floor"> {
  let assemblyFormat = "`<` $value `>`";
}

#endif
