// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics --snn-quantize
// RUN: echo 'module {}' > %t.mlir
// RUN: not snn-opt %t.mlir --snn-quantize=weights=7 2>&1 | FileCheck %s --check-prefix=WEIGHTS
// RUN: not snn-opt %t.mlir --snn-quantize=state=8 2>&1 | FileCheck %s --check-prefix=STATE
// RUN: not snn-opt %t.mlir --snn-quantize=granularity=row 2>&1 | FileCheck %s --check-prefix=ROW
// RUN: not snn-opt %t.mlir --snn-quantize=scales=ten 2>&1 | FileCheck %s --check-prefix=TEN
// RUN: not snn-opt %t.mlir --snn-quantize=borders=none 2>&1 | FileCheck %s --check-prefix=NONE
// WEIGHTS: error: weights is '7', expected 4, 8, 16 or 32
// STATE: error: state is '8', expected 16 or 32
// ROW: error: granularity is 'row', expected tensor or channel
// TEN: error: scales is 'ten', expected free or power-of-two
// NONE: error: borders is 'none', expected codes or float

// expected-error @+1 {{the range of 'x' is not known: real values are quantized by what they are on data, which --data gives}}
snn.step @input inputs(%x "x" : tensor<1xf32>) outputs("y") {
  snn.yield %x : tensor<1xf32>
}

// -----

snn.step @readout inputs(%x "x" : tensor<1xi1>)
    states(%v "li.v" : tensor<1xf32> = 0.0) outputs("y") {
  // expected-error @+1 {{the range of 'li.v' is not known}}
  %v1 = snn.integrate "li" accumulate %x into %v {gain = 1.0}
    : tensor<1xi1>, tensor<1xf32>
  snn.yield %v1 next %v1 : tensor<1xf32> next tensor<1xf32>
}

// -----

snn.step @integers inputs(%x "x" : tensor<1xi1>)
    states(%v "v" : tensor<1xi32> = 0.0) outputs("y") {
  // expected-error @+1 {{states are integers already: this simulator's network is not quantized}}
  %v1 = snn.integrate "n" shift %x into %v {gain = 64.0, decay = 4000.0}
    : tensor<1xi1>, tensor<1xi32>
  snn.yield %v1 next %v1 : tensor<1xi32> next tensor<1xi32>
}

// -----

snn.step @weights inputs(%x "x" : tensor<1xi1>, %w "w" : tensor<1x1xf32>)
    outputs("y") attributes {ranges = {w = array<f64: 1.0, 1.0>}} {
  // expected-error @+1 {{weights and biases are quantized where they are constants of floats}}
  %y = snn.linear "fc" %x weight %w : (tensor<1xi1>, tensor<1x1xf32>) -> tensor<1xf32>
  snn.yield %y : tensor<1xf32>
}

// -----

snn.step @empty inputs(%x "x" : tensor<1xi1>) outputs("y") {
  // expected-error @+1 {{the constant's resource has no data}}
  %w = snn.constant dense_resource<nothing> : tensor<1x1xf32>
  %y = snn.linear "fc" %x weight %w : (tensor<1xi1>, tensor<1x1xf32>) -> tensor<1xf32>
  snn.yield %y : tensor<1xf32>
}

// -----

snn.step @cast inputs(%x "x" : tensor<1xi1>)
    states(%v "v" : tensor<1xf32> = 0.0) outputs("y")
    attributes {ranges = {v = array<f64: 1.0, 0.0>}} {
  // expected-error @+1 {{'tensor.cast' is not quantized yet}}
  %y = tensor.cast %v : tensor<1xf32> to tensor<1xf32>
  snn.yield %y next %v : tensor<1xf32> next tensor<1xf32>
}
