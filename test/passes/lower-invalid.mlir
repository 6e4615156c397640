// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --convert-snn-to-linalg --split-input-file --verify-diagnostics

snn.step @other inputs(%x "x" : tensor<1xf32>) outputs("y") {
  // expected-error @+1 {{'arith.addf' is not lowered yet}}
  %y = arith.addf %x, %x : tensor<1xf32>
  snn.yield %y : tensor<1xf32>
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
  // expected-error @+1 {{'snn.constant' of spikes is not lowered yet}}
  %y = snn.constant dense<true> : tensor<9xi1>
  snn.yield %y : tensor<9xi1>
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

snn.step @kernels_that_enter
    inputs(%x "x" : tensor<1x3xi1>, %w "w" : tensor<1x1x2xf32>) outputs("y") {
  // expected-error @+1 {{'snn.conv' with weights that are not constant is not lowered yet}}
  %y = snn.conv "c" %x weight %w {stride = array<i64: 1>,
    pads = array<i64: 0, 0>, dilation = array<i64: 1>, groups = 1 : i64}
    : (tensor<1x3xi1>, tensor<1x1x2xf32>) -> tensor<1x2xf32>
  snn.yield %y : tensor<1x2xf32>
}
