// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ops.td - the operations of the snn dialect: those of both levels, those of
// the network level, those of the step level.

#ifndef SNN_IR_OPS
#define SNN_IR_OPS

include "dialect.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Snn_Op<string mnemonic, list<Trait> traits = []>
    : Op<Snn_Dialect, mnemonic, traits>;

/// An operation that stands for a node of the file, or for a part of one. Its
/// first attribute is the node's path, which keeps equal nodes apart under CSE
/// and names its result.
class Snn_NodeOp<string mnemonic, list<Trait> traits = [Pure]>
    : Snn_Op<mnemonic,
             !listconcat(traits, [DeclareOpInterfaceMethods<
                                      OpAsmOpInterface,
                                      ["getAsmResultNames"]>])> {
  let extraClassDefinition = [{
    void $cppClass::getAsmResultNames(
        ::mlir::OpAsmSetValueNameFn setName)
    {
        setName((*this)->getResult(0), getNode());
    }
  }];
  let hasVerifier = 1;
}

/// A node operation of the step level whose last result, `next`, is a state.
class Snn_StateOp<string mnemonic, list<Trait> traits>
    : Snn_NodeOp<mnemonic, !listconcat([Pure], traits)> {
  let extraClassDefinition = [{
    void $cppClass::getAsmResultNames(
        ::mlir::OpAsmSetValueNameFn setName)
    {
        if ((*this)->getNumResults() > 1) {
            setName((*this)->getResult(0), getNode());
        }
        setName(getNext(), getNode().str() + "_next");
    }
  }];
}

/// The text of an operation on `x` that gives `y`.
defvar unary = [{
  $node $x `` custom<Params>(attr-dict) `:` type($x) `->` type($y)
}];
/// The text of an operation on `x` and weights.
defvar synapse = [{
  $node $x `weight` $weight (`bias` $bias^)? `` custom<Params>(attr-dict)
  `:` functional-type(operands, results)
}];

//===- both levels ---------------------------------------------------------===

def Snn_ConstantOp : Snn_Op<"constant", [
    Pure, ConstantLike,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "weights or biases";
  let description = [{
    The numbers of a weight or bias tensor. `value` holds them in their storage
    type; the result has the same shape and either the same element type or a
    quantized type with that storage type (constant_c1).

    ```mlir
    %w = snn.constant dense_resource<fc1_weight> : tensor<38x12xf32>
    %q = snn.constant dense<[[1, -3]]> : tensor<1x2xi8>
      as tensor<1x2x!quant.uniform<i8:f32, 0.5>>
    ```
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Snn_Signal:$result);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Snn_LinearOp : Snn_NodeOp<"linear"> {
  let summary = "matrix product, with an optional bias";
  let description = [{
    `y[..., m] = sum over n of weight[..., m, n] * x[..., n]`, plus
    `bias[..., m]`, summed from n = 0 up, the bias last. NIR's Linear and
    Affine. `weight` has shape (lead..., M, N), `x` (lead..., N), the result
    (lead..., M), `bias` (M) or (lead..., M) (linear_c1). For element types see
    (linear_c2).

    ```mlir
    %fc1 = snn.linear "fc1" %x weight %w bias %b
      : (tensor<12xf32>, tensor<38x12xf32>, tensor<38xf32>) -> tensor<38xf32>
    ```
  }];
  let arguments = (ins StrAttr:$node, Snn_Signal:$x, Snn_Real:$weight,
                       Optional<Snn_Real>:$bias);
  let results = (outs Snn_Real:$y);
  let assemblyFormat = synapse;
}

def Snn_ConvOp : Snn_NodeOp<"conv"> {
  let summary = "cross-correlation in one or two dimensions";
  let description = [{
    NIR's Conv1d and Conv2d. `x` is (C, L) or (C, H, W), `weight`
    (Co, C/groups, K...), the result (Co, out...), `bias` (Co). `pads` holds the
    zeros before and after each axis. An axis of length n with kernel k has
    `floor((n + before + after - dilation (k - 1) - 1) / stride) + 1` results
    (conv_c1).

    ```mlir
    %c = snn.conv "conv1" %x weight %w bias %b
      {stride = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>,
       dilation = array<i64: 1, 1>, groups = 1}
      : (tensor<2x34x34xf32>, tensor<16x2x5x5xf32>, tensor<16xf32>)
        -> tensor<16x16x16xf32>
    ```
  }];
  let arguments = (ins StrAttr:$node, Snn_Signal:$x, Snn_Real:$weight,
                       Optional<Snn_Real>:$bias,
                       DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$pads,
                       DenseI64ArrayAttr:$dilation,
                       ConfinedAttr<I64Attr, [IntPositive]>:$groups);
  let results = (outs Snn_Real:$y);
  let assemblyFormat = synapse;
}

class Snn_PoolOp<string mnemonic> : Snn_NodeOp<mnemonic> {
  let arguments = (ins StrAttr:$node, Snn_Signal:$x,
                       DenseI64ArrayAttr:$kernel, DenseI64ArrayAttr:$stride,
                       DenseI64ArrayAttr:$pads);
  let results = (outs Snn_Value:$y);
  let assemblyFormat = unary;
}

def Snn_SumPoolOp : Snn_PoolOp<"sum_pool"> {
  let summary = "sum over windows";
  let description = [{
    NIR's SumPool2d: windows as those of a convolution without dilation
    (sum_pool_c1). `pads` holds the zeros before and after each axis.

    ```mlir
    %p = snn.sum_pool "pool" %x {kernel = array<i64: 2, 2>,
      stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
      : tensor<16x16x16xf32> -> tensor<16x8x8xf32>
    ```
  }];
}

def Snn_AvgPoolOp : Snn_PoolOp<"avg_pool"> {
  let summary = "mean over windows, padding counted";
  let description = [{
    NIR's AvgPool2d: `snn.sum_pool` divided by the number of elements of the
    window, zeros of the padding counted (avg_pool_c1).
  }];
}

def Snn_ScaleOp : Snn_NodeOp<"scale"> {
  let summary = "elementwise product with a parameter";
  let description = [{
    `y = x * scale`. NIR's Scale (scale_c1: the shapes of x and y are equal, and
    that of `scale` if it has elements).

    ```mlir
    %y = snn.scale "gain" %x {scale = 2.5} : tensor<4xf32> -> tensor<4xf32>
    ```
  }];
  let arguments = (ins StrAttr:$node, Snn_Signal:$x, Snn_Param:$scale);
  let results = (outs Snn_Value:$y);
  let assemblyFormat = unary;
}

def Snn_SumOp : Snn_NodeOp<"sum"> {
  let summary = "sum of all values that arrive at a node";
  let description = [{
    Elementwise sum of the operands, from the first to the last (sum_c1: at
    least two, all shapes equal). Several edges into one node.

    ```mlir
    %in = snn.sum "lif1" %fc1, %w_rec : tensor<38xf32>, tensor<38xf32>
      -> tensor<38xf32>
    ```
  }];
  let arguments = (ins StrAttr:$node, Variadic<Snn_Signal>:$x);
  let results = (outs Snn_Value:$y);
  let assemblyFormat = unary;
}

def Snn_ThresholdOp : Snn_NodeOp<"threshold"> {
  let summary = "one where the input is above a threshold";
  let description = [{
    `y = 1 if x > threshold, else 0`. NIR's Threshold, without state
    (threshold_c1: as scale_c1).
  }];
  let arguments = (ins StrAttr:$node, Snn_Signal:$x, Snn_Param:$threshold);
  let results = (outs Snn_Spikes:$y);
  let assemblyFormat = unary;
}

//===- network level -------------------------------------------------------===

def Snn_NetworkOp : Snn_Op<"network", [
    IsolatedFromAbove, NoTerminator, SingleBlock, Symbol,
    DeclareOpInterfaceMethods<RegionKindInterface>]> {
  let summary = "a network as a NIR file describes it";
  let description = [{
    Holds a graph region: an operation for each node, in any order; values are
    edges and may form cycles. Two inputs have two names, and so have outputs.

    ```mlir
    snn.network @net {
      %x = snn.input "input" : tensor<1xf32>
      %lif = snn.lif "lif" %x {tau = 0.01, r = 1.0, v_leak = 0.0,
        v_threshold = 1.0, v_reset = 0.0} : tensor<1xf32> -> tensor<1xi1>
      snn.output "output" %lif : tensor<1xi1>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       OptionalAttr<TypeAttrOf<Snn_Float>>:$real);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
  let hasRegionVerifier = 1;
}

/// Not Pure: an input that is not used is part of the network all the same.
def Snn_InputOp : Snn_NodeOp<"input", [HasParent<"NetworkOp">]> {
  let summary = "what enters the network";
  let hasVerifier = 0;
  let arguments = (ins StrAttr:$node);
  let results = (outs Snn_Signal:$y);
  let assemblyFormat = "$node `` custom<Params>(attr-dict) `:` type($y)";
}

def Snn_OutputOp : Snn_Op<"output", [HasParent<"NetworkOp">]> {
  let summary = "what leaves the network";
  let arguments = (ins StrAttr:$node, Snn_Signal:$x);
  let assemblyFormat = "$node $x `` custom<Params>(attr-dict) `:` type($x)";
}

def Snn_DelayOp : Snn_NodeOp<"delay", [Pure, HasParent<"NetworkOp">]> {
  let summary = "delay by a time";
  let description = [{
    `y(t) = x(t - delay)`, in the file's unit of time, for each element
    (delay_c1: as scale_c1). NIR's Delay.
  }];
  let arguments = (ins StrAttr:$node, Snn_Signal:$x, Snn_Param:$delay);
  let results = (outs Snn_Signal:$y);
  let assemblyFormat = unary;
}

class Snn_NeuronOp<string mnemonic, dag parameters, Type emits>
    : Snn_NodeOp<mnemonic, [Pure, HasParent<"NetworkOp">]> {
  let arguments = !con((ins StrAttr:$node, Snn_Signal:$x), parameters);
  let results = (outs emits:$y);
  let assemblyFormat = unary;
}

def Snn_IOp : Snn_NeuronOp<"i", (ins Snn_Param:$r), Snn_Real> {
  let summary = "integrator: dv/dt = r x";
}
def Snn_IfOp
    : Snn_NeuronOp<"if",
                   (ins Snn_Param:$r, Snn_Param:$v_threshold,
                        Snn_Param:$v_reset),
                   Snn_Spikes> {
  let summary = "integrate and fire: dv/dt = r x";
}
def Snn_LiOp : Snn_NeuronOp<"li",
                            (ins Snn_Param:$tau, Snn_Param:$r,
                                 Snn_Param:$v_leak),
                            Snn_Real> {
  let summary = "leaky integrator: tau dv/dt = (v_leak - v) + r x";
}
def Snn_LifOp : Snn_NeuronOp<"lif",
                             (ins Snn_Param:$tau, Snn_Param:$r,
                                  Snn_Param:$v_leak, Snn_Param:$v_threshold,
                                  Snn_Param:$v_reset),
                             Snn_Spikes> {
  let summary = "leaky integrate and fire: tau dv/dt = (v_leak - v) + r x";
}
def Snn_CubaLiOp : Snn_NeuronOp<"cuba_li",
                                (ins Snn_Param:$tau_syn, Snn_Param:$tau_mem,
                                     Snn_Param:$r, Snn_Param:$v_leak,
                                     Snn_Param:$w_in),
                                Snn_Real> {
  let summary = "leaky integrator of a synaptic current: tau_syn di/dt = -i + "
                "w_in x, tau_mem dv/dt = (v_leak - v) + r i";
}
def Snn_CubaLifOp : Snn_NeuronOp<"cuba_lif",
                                 (ins Snn_Param:$tau_syn, Snn_Param:$tau_mem,
                                      Snn_Param:$r, Snn_Param:$v_leak,
                                      Snn_Param:$v_threshold,
                                      Snn_Param:$v_reset, Snn_Param:$w_in),
                                 Snn_Spikes> {
  let summary = "leaky integrate and fire on a synaptic current: tau_syn di/dt "
                "= -i + w_in x, tau_mem dv/dt = (v_leak - v) + r i";
}

//===- step level ----------------------------------------------------------===

def Snn_StepOp : Snn_Op<"step", [
    IsolatedFromAbove, Symbol,
    SingleBlockImplicitTerminator<"YieldOp">,
    DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmBlockArgumentNames"]>
    ]> {
  let summary = "what a network computes in one time step";
  let description = [{
    The region's arguments are the inputs of this step and then the states
    before it; `snn.yield` gives the outputs and the states after it. Each state
    has a name and a value that it starts from (step_c1, step_c2). Two inputs
    have two names, and so have states and outputs.

    `semantics` is the simulator whose step it is, `dt` the time step, and
    `knobs` what the simulator does with all neurons, after all options, in
    the words of docs/spec.md, section 5 (step_c3).

    ```mlir
    snn.step @net
        inputs(%x "input" : tensor<1xf32>)
        states(%v "lif.v" : tensor<1xf32> = 0.0)
        outputs("output")
        attributes {dt = 1.0e-4, knobs = {compare = "gt", reset = "value"},
                    semantics = "nir"} {
      %v1 = snn.integrate "lif" relax %x into %v {decay = 0.01, gain = 1.0,
        leak = 0.0} : tensor<1xf32>, tensor<1xf32>
      %s, %v2 = snn.fire "lif" %v1 {threshold = 1.0, reset = 0.0}
        : tensor<1xf32> -> tensor<1xi1>
      snn.yield %s next %v2 : tensor<1xi1> next tensor<1xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrArrayAttr:$input_names,
                       StrArrayAttr:$state_names, Snn_ParamArray:$state_init,
                       StrArrayAttr:$output_names, OptionalAttr<F64Attr>:$dt,
                       OptionalAttr<StrAttr>:$semantics,
                       OptionalAttr<DictionaryAttr>:$knobs);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasRegionVerifier = 1;
}

def Snn_YieldOp : Snn_Op<"yield", [
    Pure, Terminator, HasParent<"StepOp">, AttrSizedOperandSegments]> {
  let summary = "the outputs of a step, and the states after it";
  let arguments = (ins Variadic<Snn_Signal>:$outputs,
                       Variadic<Snn_Signal>:$states);
  let builders = [OpBuilder<(ins), [{
    build($_builder, $_state, ::mlir::ValueRange(), ::mlir::ValueRange());
  }]>];
  let assemblyFormat = [{
    ($outputs^)? (`next` $states^)? attr-dict
    (`:` type($outputs)^)? (`next` type($states)^)?
  }];
}

def Snn_IntegrateOp : Snn_StateOp<"integrate", [
    AllTypesMatch<["state", "next"]>]> {
  let summary = "a state after one step of leak and input";
  let description = [{
    With v the state before, x the input, and `form`:

    | form          | v' =                                       |
    |---------------|--------------------------------------------|
    | `relax`       | `v + decay * ((leak - v) + gain * x)`      |
    | `pull`        | `v + decay * ((gain * x + leak) - v)`      |
    | `accumulate`  | `v + gain * x`                             |
    | `exact`       | `(leak + (v - leak) * decay) + gain * x`   |
    | `leaky`       | `(decay * v + gain * x) + leak`            |
    | `jump`        | `(v + gain * x) * decay`                   |
    | `divide`      | `v + (gain * x - (v - leak)) / decay`      |
    | `leak_divide` | `(v - (v - leak) / decay) + gain * x`      |
    | `approach`    | `v - (gain * x - v) * decay`               |
    | `shift`       | `v * decay / 4096 + gain * x`, integers    |

    in exactly this order (integrate_c1: shapes are equal; integrate_c2: the
    parameters in the formula are there, and no others; without a `leak`,
    `leaky` ends before it; integrate_c3: exactly `shift` has states of i32, and
    whole numbers as decay).

    ```mlir
    %v1 = snn.integrate "lif1" relax %x into %v {decay = 0.04, gain = 1.0,
      leak = 0.0} : tensor<38xf32>, tensor<38xf32>
    ```
  }];
  let arguments = (ins StrAttr:$node, Snn_FormAttr:$form, Snn_Signal:$x,
                       Snn_Value:$state, OptionalAttr<Snn_Param>:$decay,
                       Snn_Param:$gain, OptionalAttr<Snn_Param>:$leak);
  let results = (outs Snn_Value:$next);
  let assemblyFormat = [{
    $node custom<Word>($form) $x `into` $state `` custom<Params>(attr-dict)
    `:` type($x) `,` type($state)
  }];
}

def Snn_FireOp : Snn_StateOp<"fire", [AllTypesMatch<["state", "next"]>]> {
  let summary = "spikes, and the state after the reset";
  let description = [{
    An element fires if `state > threshold` (`compare = gt`) or
    `state >= threshold` (`ge`); with `count` it emits
    `trunc(state / threshold)` spikes at once, at most `cap`. Where it fires,
    the state becomes `reset` (`mode = value`) or `state - spikes * threshold`
    (`subtract`); elsewhere it stays (fire_c1: shapes are equal; fire_c2:
    `reset` is there exactly when the mode is `value`; fire_c3: `cap`, at least
    1, is there exactly when `compare` is `count`, and `spikes` are counts of a
    type that holds it, else i1).

    With `after`, the state before the step, it is the guarded reset of
    snnTorch: a state that was above the threshold has to exceed it twice
    (fire_c4: `subtract` and `gt` only; the state's type).

    ```mlir
    %s, %v2 = snn.fire "lif1" %v1 {threshold = 1.0, reset = 0.0}
      : tensor<38xf32> -> tensor<38xi1>
    %t, %u2 = snn.fire "lif2" %u1 mode subtract compare ge {threshold = 1.0}
      : tensor<38xf32> -> tensor<38xi1>
    %n, %w2 = snn.fire "lif3" %w1 mode subtract compare count
      {cap = 65536 : i32, threshold = 1.0} : tensor<38xf32> -> tensor<38xi32>
    ```
  }];
  let arguments = (ins
      StrAttr:$node, Snn_Value:$state, Optional<Snn_Real>:$previous,
      Snn_Param:$threshold, OptionalAttr<Snn_Param>:$reset,
      DefaultValuedAttr<Snn_ResetAttr, "::mlir::snn::Reset::Value">:$mode,
      DefaultValuedAttr<Snn_CompareAttr, "::mlir::snn::Compare::Gt">:$compare,
      OptionalAttr<ConfinedAttr<I32Attr, [IntPositive]>>:$cap);
  let results = (outs Snn_Spikes:$spikes, Snn_Value:$next);
  let assemblyFormat = [{
    $node $state (`after` $previous^)? (`mode` custom<Word>($mode)^)?
    (`compare` custom<Word>($compare)^)? `` custom<Params>(attr-dict)
    `:` type($state) (`,` type($previous)^)? `->` type($spikes)
  }];
}

def Snn_ResetOp : Snn_StateOp<"reset", [AllTypesMatch<["state", "next"]>]> {
  let summary = "a state that earlier spikes reset";
  let description = [{
    Where `spikes` is not 0, the state becomes `reset` (`mode = value`) or
    `state - spikes * threshold` (`subtract`); elsewhere it stays. The reset
    that a simulator takes in the step after the spike (reset_c1: shapes are
    equal; reset_c2: `reset` is there exactly when the mode is `value`,
    `threshold` exactly when it is `subtract`).

    ```mlir
    %v2 = snn.reset "lif1" %v1 by %r mode subtract {threshold = 1.0}
      : tensor<38xf32>, tensor<38xi1>
    ```
  }];
  let arguments = (ins
      StrAttr:$node, Snn_Real:$state, Snn_Spikes:$spikes,
      OptionalAttr<Snn_Param>:$threshold, OptionalAttr<Snn_Param>:$reset,
      DefaultValuedAttr<Snn_ResetAttr, "::mlir::snn::Reset::Value">:$mode);
  let results = (outs Snn_Real:$next);
  let assemblyFormat = [{
    $node $state `by` $spikes (`mode` custom<Word>($mode)^)? ``
    custom<Params>(attr-dict) `:` type($state) `,` type($spikes)
  }];
}

def Snn_ClampOp : Snn_StateOp<"clamp", [AllTypesMatch<["state", "next"]>]> {
  let summary = "a state with a lower bound";
  let description = [{
    `max`: `low` where `state < low`, else the state. `relu`, which rounds:
    `(state - low) + low` where `state - low > 0`, else `0 + low` (clamp_c1:
    `low` is one number or has the state's shape).

    ```mlir
    %v2 = snn.clamp "if1" %v1 at relu {low = -1.0} : tensor<38xf32>
    ```
  }];
  let arguments = (ins
      StrAttr:$node, Snn_Real:$state, Snn_FloorAttr:$at, Snn_Param:$low);
  let results = (outs Snn_Real:$next);
  let assemblyFormat = [{
    $node $state `at` custom<Word>($at) `` custom<Params>(attr-dict)
    `:` type($state)
  }];
}

def Snn_DelayReadOp : Snn_NodeOp<"delay_read"> {
  let summary = "what a delay emits, from its line";
  let description = [{
    `line` has shape (L, shape of y) and holds the values of L steps, the oldest
    first. Element k of the result is `line[L - steps[k], k]` (delay_read_c1:
    shapes; delay_read_c2: `steps` is one number or one for each element, 1 to
    L).

    A delay of one step or more is read before its input of the step exists, so
    that loops lead through it. One with elements of no step is pushed first,
    and read one step less far.

    ```mlir
    %y = snn.delay_read "delay" %line {steps = 3}
      : tensor<3x4xf32> -> tensor<4xf32>
    ```
  }];
  let arguments = (ins StrAttr:$node, Snn_Signal:$line,
                       AnyAttrOf<[I64Attr, I64ElementsAttr]>:$steps);
  let results = (outs Snn_Signal:$y);
  let assemblyFormat = [{
    $node $line `` custom<Params>(attr-dict) `:` type($line) `->` type($y)
  }];
}

def Snn_DelayPushOp : Snn_StateOp<"delay_push", [
    AllTypesMatch<["line", "next"]>]> {
  let summary = "a delay's line after a step";
  let description = [{
    `next` is `line` without its oldest row, with `x` at its end
    (delay_push_c1: shapes and element types).

    ```mlir
    %line1 = snn.delay_push "delay" %x into %line
      : tensor<4xf32>, tensor<3x4xf32>
    ```
  }];
  let arguments = (ins StrAttr:$node, Snn_Signal:$x, Snn_Signal:$line);
  let results = (outs Snn_Signal:$next);
  let assemblyFormat = [{
    $node $x `into` $line `` custom<Params>(attr-dict)
    `:` type($x) `,` type($line)
  }];
}

def Snn_RescaleOp : Snn_NodeOp<"rescale"> {
  let summary = "the same real numbers in another quantized type";
  let description = [{
    Stands wherever two scales meet. Operand or result, or both, are quantized
    (rescale_c1); shapes are equal (rescale_c2). At the borders of a step the
    other may be a float (quant_c3).

    ```mlir
    %y = snn.rescale "fc1" %x : tensor<4x!quant.uniform<i32:f32, 0.001>>
      -> tensor<4x!quant.uniform<i16:f32, 0.01>>
    ```
  }];
  let arguments = (ins StrAttr:$node, Snn_Signal:$x);
  let results = (outs Snn_Value:$y);
  let assemblyFormat = unary;
}

#endif
