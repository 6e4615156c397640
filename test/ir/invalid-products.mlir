// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @linear_c2_float_x(%x: tensor<3xf64>, %w: tensor<2x3xf32>) {
  // expected-error @+1 {{'weight' has elements 'f32', another operand or result has 'f64'}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<3xf64>, tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @linear_c2_float_y(%x: tensor<3xi1>, %w: tensor<2x3xf32>) {
  // expected-error @+1 {{'weight' has elements 'f32', another operand or result has 'f64'}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf64>
  return
}

// -----

func.func @linear_c2_float_bias(%x: tensor<3xi1>, %w: tensor<2x3xf32>,
    %b: tensor<2xf64>) {
  // expected-error @+1 {{'weight' has elements 'f32', another operand or result has 'f64'}}
  %y = snn.linear "fc" %x weight %w bias %b
    : (tensor<3xi1>, tensor<2x3xf32>, tensor<2xf64>) -> tensor<2xf32>
  return
}

// -----

func.func @linear_c2_x_is_float(%x: tensor<3xf32>, %w: tensor<2x3x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @+1 {{expected all floats or all quantized}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<3xf32>, tensor<2x3x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @linear_c2_y_is_float(%x: tensor<3xi1>, %w: tensor<2x3x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @+1 {{expected all floats or all quantized}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<3xi1>, tensor<2x3x!quant.uniform<i8:f32, 0.5>>) -> tensor<2xf32>
  return
}

// -----

func.func @linear_c2_bias_is_float(%x: tensor<3xi1>, %w: tensor<2x3x!quant.uniform<i8:f32, 0.5>>,
    %b: tensor<2xf32>) {
  // expected-error @+1 {{expected all floats or all quantized}}
  %y = snn.linear "fc" %x weight %w bias %b
    : (tensor<3xi1>, tensor<2x3x!quant.uniform<i8:f32, 0.5>>, tensor<2xf32>) -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}
