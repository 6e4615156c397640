// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --convert-snn-to-linalg --split-input-file --verify-diagnostics

snn.step @rescale inputs(%x "x" : tensor<1xf32>) outputs("y") {
  // expected-error @+1 {{'snn.rescale' is not lowered yet}}
  %y = snn.rescale "r" %x : tensor<1xf32>
    -> tensor<1x!quant.uniform<i8:f32, 0.5>>
  snn.yield %y : tensor<1x!quant.uniform<i8:f32, 0.5>>
}

// -----

snn.step @quantized inputs(%x "x" : tensor<1xi1>) outputs("y") {
  %w = snn.constant dense<1> : tensor<1x1xi8>
    as tensor<1x1x!quant.uniform<i8:f32, 0.5>>
  // expected-error @+1 {{'snn.linear' on quantized values is not lowered yet}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<1xi1>, tensor<1x1x!quant.uniform<i8:f32, 0.5>>)
    -> tensor<1x!quant.uniform<i32:f32, 0.5>>
  snn.yield %y : tensor<1x!quant.uniform<i32:f32, 0.5>>
}

// -----

snn.step @weights_that_enter
    inputs(%x "x" : tensor<1xi1>, %w "w" : tensor<1x1xf32>) outputs("y") {
  // expected-error @+1 {{'snn.linear' with weights that are not constant is not lowered yet}}
  %y = snn.linear "fc" %x weight %w : (tensor<1xi1>, tensor<1x1xf32>)
    -> tensor<1xf32>
  snn.yield %y : tensor<1xf32>
}

// -----

snn.step @weights_left_out inputs(%x "x" : tensor<1xi1>) outputs("y") {
  // expected-error @+1 {{the constant's resource has no data}}
  %w = snn.constant dense_resource<nothing> : tensor<1x1xf32>
  %y = snn.linear "fc" %x weight %w : (tensor<1xi1>, tensor<1x1xf32>)
    -> tensor<1xf32>
  snn.yield %y : tensor<1xf32>
}

// -----

snn.step @spikes_that_are_constant outputs("y") {
  // expected-error @+1 {{'snn.constant' of other than floats is not lowered yet}}
  %y = snn.constant dense<true> : tensor<9xi1>
  snn.yield %y : tensor<9xi1>
}

// -----

snn.step @sum_of_counts inputs(%x "x" : tensor<1xi8>) outputs("y") {
  // expected-error @+1 {{'snn.sum' of integers is not lowered yet}}
  %y = snn.sum "n" %x, %x : tensor<1xi8>, tensor<1xi8> -> tensor<1xi8>
  snn.yield %y : tensor<1xi8>
}

// -----

snn.step @scaled_counts inputs(%x "x" : tensor<1xi8>) outputs("y") {
  // expected-error @+1 {{'snn.scale' on integers is not lowered yet}}
  %y = snn.scale "g" %x {scale = 2.0} : tensor<1xi8> -> tensor<1xi8>
  snn.yield %y : tensor<1xi8>
}

// -----

snn.step @threshold_of_counts inputs(%x "x" : tensor<1xf32>) outputs("y") {
  // expected-error @+1 {{'snn.threshold' that gives counts is not lowered yet}}
  %y = snn.threshold "t" %x {threshold = 2.0} : tensor<1xf32> -> tensor<1xi8>
  snn.yield %y : tensor<1xi8>
}

// -----

snn.step @quantized_conv inputs(%x "x" : tensor<1x3xi1>) outputs("y") {
  %w = snn.constant dense<1> : tensor<1x1x2xi8>
    as tensor<1x1x2x!quant.uniform<i8:f32, 0.5>>
  // expected-error @+1 {{'snn.conv' on quantized values is not lowered yet}}
  %y = snn.conv "c" %x weight %w {stride = array<i64: 1>,
    pads = array<i64: 0, 0>, dilation = array<i64: 1>, groups = 1 : i64}
    : (tensor<1x3xi1>, tensor<1x1x2x!quant.uniform<i8:f32, 0.5>>)
      -> tensor<1x2x!quant.uniform<i32:f32, 0.5>>
  snn.yield %y : tensor<1x2x!quant.uniform<i32:f32, 0.5>>
}

// -----

snn.step @kernels_that_enter
    inputs(%x "x" : tensor<1x3xi1>, %w "w" : tensor<1x1x2xf32>) outputs("y") {
  // expected-error @+1 {{'snn.conv' with weights that are not constant is not lowered yet}}
  %y = snn.conv "c" %x weight %w {stride = array<i64: 1>,
    pads = array<i64: 0, 0>, dilation = array<i64: 1>, groups = 1 : i64}
    : (tensor<1x3xi1>, tensor<1x1x2xf32>) -> tensor<1x2xf32>
  snn.yield %y : tensor<1x2xf32>
}
