// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @linear_c2_scale_of_y(%x: tensor<3x!quant.uniform<i8:f32, 0.5>>, %w: tensor<2x3x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @+1 {{'y' has scale 5.000000e-01, expected 2.500000e-01}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<3x!quant.uniform<i8:f32, 0.5>>, tensor<2x3x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x!quant.uniform<i32:f32, 0.5>>
  return
}

// -----

func.func @linear_c2_scale_of_bias(%x: tensor<3x!quant.uniform<i8:f32, 0.5>>, %w: tensor<2x3x!quant.uniform<i8:f32, 0.5>>,
    %b: tensor<2x!quant.uniform<i32:f32, 0.5>>) {
  // expected-error @+1 {{'bias' has scale 5.000000e-01, expected 2.500000e-01}}
  %y = snn.linear "fc" %x weight %w bias %b
    : (tensor<3x!quant.uniform<i8:f32, 0.5>>, tensor<2x3x!quant.uniform<i8:f32, 0.5>>, tensor<2x!quant.uniform<i32:f32, 0.5>>) -> tensor<2x!quant.uniform<i32:f32, 0.25>>
  return
}

// -----

func.func @linear_c2_axis_of_x(%x: tensor<3x!quant.uniform<i8:f32:0, {0.5,0.5,0.5}>>, %w: tensor<2x3x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @+1 {{'x' has a scale for each index of an axis, expected one scale}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<3x!quant.uniform<i8:f32:0, {0.5,0.5,0.5}>>, tensor<2x3x!quant.uniform<i8:f32, 0.5>>) -> tensor<2x!quant.uniform<i32:f32, 0.25>>
  return
}

// -----

func.func @linear_c2_axis_of_weight(%x: tensor<3x!quant.uniform<i8:f32, 0.5>>, %w: tensor<2x3x!quant.uniform<i8:f32:1, {0.5,0.5,0.5}>>) {
  // expected-error @+1 {{'weight' has scales along axis 1, expected axis 0}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<3x!quant.uniform<i8:f32, 0.5>>, tensor<2x3x!quant.uniform<i8:f32:1, {0.5,0.5,0.5}>>) -> tensor<2x!quant.uniform<i32:f32, 0.25>>
  return
}

// -----

func.func @linear_c2_y_has_one_scale(%x: tensor<3x!quant.uniform<i8:f32, 0.5>>, %w: tensor<2x3x!quant.uniform<i8:f32:0, {0.5,1.0}>>) {
  // expected-error @+1 {{'y' has scale 2.500000e-01, expected 2.500000e-01, 5.000000e-01 along axis 0}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<3x!quant.uniform<i8:f32, 0.5>>, tensor<2x3x!quant.uniform<i8:f32:0, {0.5,1.0}>>) -> tensor<2x!quant.uniform<i32:f32, 0.25>>
  return
}

// -----

func.func @linear_c2_scales_of_y(%x: tensor<3x!quant.uniform<i8:f32, 0.5>>, %w: tensor<2x3x!quant.uniform<i8:f32:0, {0.5,1.0}>>) {
  // expected-error @+1 {{'y' has scale 2.500000e-01, 2.500000e-01 along axis 0, expected 2.500000e-01, 5.000000e-01 along axis 0}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<3x!quant.uniform<i8:f32, 0.5>>, tensor<2x3x!quant.uniform<i8:f32:0, {0.5,1.0}>>) -> tensor<2x!quant.uniform<i32:f32:0, {0.25,0.25}>>
  return
}

// -----

func.func @linear_c2_of_a_conv(%x: tensor<1x3xi1>, %w: tensor<1x1x3x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @+1 {{'y' has scale 2.500000e-01, expected 5.000000e-01}}
  %y = snn.conv "c" %x weight %w {stride = array<i64: 1>,
    pads = array<i64: 0, 0>, dilation = array<i64: 1>, groups = 1}
    : (tensor<1x3xi1>, tensor<1x1x3x!quant.uniform<i8:f32, 0.5>>)
    -> tensor<1x1x!quant.uniform<i32:f32, 0.25>>
  return
}

// -----

func.func @same_c1_axis(%x: tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 1.0}>>) {
  // expected-error @+1 {{'y' has scale 5.000000e-01, 1.000000e+00 along axis 1, expected 5.000000e-01, 1.000000e+00 along axis 0}}
  %y = snn.sum "n" %x, %x : tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 1.0}>>,
    tensor<2x2x!quant.uniform<i8:f32:0, {0.5, 1.0}>>
    -> tensor<2x2x!quant.uniform<i8:f32:1, {0.5, 1.0}>>
  return
}
