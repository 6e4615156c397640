// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @quant_c1_zero_point(%x: tensor<1x!quant.uniform<i8:f32, 0.5:3>>) {
  // expected-error @+1 {{must be static tensor of floats, spikes, counts or quantized values (quant_c1), but got}}
  %y = snn.rescale "n" %x : tensor<1x!quant.uniform<i8:f32, 0.5:3>>
    -> tensor<1x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @quant_c1_zero_point_of_an_axis(%x: tensor<2x!quant.uniform<i8:f32:0, {0.5, 0.5:1}>>) {
  // expected-error @+1 {{(quant_c1), but got}}
  %y = snn.rescale "n" %x : tensor<2x!quant.uniform<i8:f32:0, {0.5, 0.5:1}>>
    -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @quant_c1_any(%x: tensor<1x!quant.any<i8:f32>>) {
  // expected-error @+1 {{(quant_c1), but got}}
  %y = snn.rescale "n" %x : tensor<1x!quant.any<i8:f32>>
    -> tensor<1x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @quant_c1_unsigned(%x: tensor<1x!quant.uniform<u8:f32, 0.5>>) {
  // expected-error @+1 {{(quant_c1), but got}}
  %y = snn.rescale "n" %x : tensor<1x!quant.uniform<u8:f32, 0.5>>
    -> tensor<1x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @quant_c1_of_f64(%x: tensor<1x!quant.uniform<i8:f64, 0.5>>) {
  // expected-error @+1 {{(quant_c1), but got}}
  %y = snn.rescale "n" %x : tensor<1x!quant.uniform<i8:f64, 0.5>>
    -> tensor<1x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @quant_c1_scales_of_another_axis(%x: tensor<3x!quant.uniform<i8:f32:0, {0.5, 0.25}>>) {
  // expected-error @+1 {{(quant_c1), but got}}
  %y = snn.rescale "n" %x : tensor<3x!quant.uniform<i8:f32:0, {0.5, 0.25}>>
    -> tensor<3x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @quant_c1_no_such_axis(%x: tensor<2x!quant.uniform<i8:f32:1, {0.5, 0.25}>>) {
  // expected-error @+1 {{(quant_c1), but got}}
  %y = snn.rescale "n" %x : tensor<2x!quant.uniform<i8:f32:1, {0.5, 0.25}>>
    -> tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}
