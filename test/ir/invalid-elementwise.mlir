// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @scale_c1_shape(%x: tensor<2xf32>) {
  // expected-error @+1 {{'y' has shape (3), expected (2)}}
  %y = snn.scale "n" %x {scale = 2.0} : tensor<2xf32> -> tensor<3xf32>
  return
}

// -----

func.func @scale_c1_param(%x: tensor<2xf32>) {
  // expected-error @+1 {{'scale' has shape (3), expected (2)}}
  %y = snn.scale "n" %x {scale = dense<2.0> : tensor<3xf64>}
    : tensor<2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @scale_c1_type(%x: tensor<2xf32>) {
  // expected-error @+1 {{'y' has elements 'f64', 'x' has 'f32'}}
  %y = snn.scale "n" %x {scale = 2.0} : tensor<2xf32> -> tensor<2xf64>
  return
}

// -----

func.func @sum_c1_one_operand(%x: tensor<2xf32>) {
  // expected-error @+1 {{has 1 operands, expected at least 2}}
  %y = snn.sum "n" %x : tensor<2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @sum_c1_shape(%x: tensor<2xf32>, %z: tensor<1xf32>) {
  // expected-error @+1 {{'y' has shape (2), expected (1)}}
  %y = snn.sum "n" %x, %z : tensor<2xf32>, tensor<1xf32> -> tensor<2xf32>
  return
}

// -----

func.func @sum_c1_scale(%x: tensor<2x!quant.uniform<i8:f32, 0.5>>,
    %z: tensor<2x!quant.uniform<i8:f32, 0.25>>) {
  // expected-error @+1 {{'y' has scale 5.000000e-01, expected 2.500000e-01}}
  %y = snn.sum "n" %x, %z : tensor<2x!quant.uniform<i8:f32, 0.5>>,
    tensor<2x!quant.uniform<i8:f32, 0.25>> -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @threshold_c1_shape(%x: tensor<2xf32>) {
  // expected-error @+1 {{'y' has shape (1), expected (2)}}
  %y = snn.threshold "n" %x {threshold = 1.0} : tensor<2xf32> -> tensor<1xi1>
  return
}

// -----

func.func @threshold_c1_param(%x: tensor<2xf32>) {
  // expected-error @+1 {{'threshold' has shape (1), expected (2)}}
  %y = snn.threshold "n" %x {threshold = dense<1.0> : tensor<1xf64>}
    : tensor<2xf32> -> tensor<2xi1>
  return
}
