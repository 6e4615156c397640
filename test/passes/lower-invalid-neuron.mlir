// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --convert-snn-to-linalg --split-input-file --verify-diagnostics

snn.step @quantized inputs(%x "x" : tensor<1x!quant.uniform<i8:f32, 0.5>>)
    outputs("y") {
  // expected-error @+1 {{'snn.integrate' on quantized values is not lowered yet}}
  %y = snn.integrate "n" accumulate %x into %x {gain = 1.0}
    : tensor<1x!quant.uniform<i8:f32, 0.5>>, tensor<1x!quant.uniform<i8:f32, 0.5>>
  snn.yield %y : tensor<1x!quant.uniform<i8:f32, 0.5>>
}

// -----

// expected-error @+1 {{the state 'v' of quantized values is not lowered yet}}
snn.step @quantized_state
    states(%v "v" : tensor<1x!quant.uniform<i8:f32, 0.5>> = 0.0) outputs("y") {
  snn.yield %v next %v : tensor<1x!quant.uniform<i8:f32, 0.5>> next tensor<1x!quant.uniform<i8:f32, 0.5>>
}

// -----

snn.step @counts inputs(%x "x" : tensor<1xf32>) outputs("y") {
  // expected-error @+1 {{'snn.threshold' that gives counts is not lowered yet}}
  %y = snn.threshold "n" %x {threshold = 1.0} : tensor<1xf32> -> tensor<1xi8>
  snn.yield %y : tensor<1xi8>
}

// -----

// expected-error @+1 {{the state 'v' of integers that starts from elements is not lowered yet}}
snn.step @integers_from_elements
    states(%v "v" : tensor<2xi1> = dense<[0.0, 1.0]> : tensor<2xf64>)
    outputs("y") {
  snn.yield %v next %v : tensor<2xi1> next tensor<2xi1>
}
