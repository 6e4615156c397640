// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @sum_pool_c1_rank(%x: tensor<4x4xf32>) {
  // expected-error @+1 {{'x' has rank 2, expected 3}}
  %y = snn.sum_pool "p" %x {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<4x4xf32> -> tensor<2x2xf32>
  return
}

// -----

func.func @sum_pool_c1_axes(%x: tensor<1x4x4xf32>) {
  // expected-error @+1 {{expected windows of 2 axes}}
  %y = snn.sum_pool "p" %x {kernel = array<i64: 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x4xf32> -> tensor<1x2x2xf32>
  return
}

// -----

func.func @sum_pool_c1_kernel(%x: tensor<1x4x4xf32>) {
  // expected-error @+1 {{expected positive kernel, stride and dilation, and pads that are not negative}}
  %y = snn.sum_pool "p" %x {kernel = array<i64: 2, 0>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x4xf32> -> tensor<1x2x2xf32>
  return
}

// -----

func.func @sum_pool_c1_too_small(%x: tensor<1x4x1xf32>) {
  // expected-error @+1 {{axis 1 has 1 elements with its padding, the kernel spans 2}}
  %y = snn.sum_pool "p" %x {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x1xf32> -> tensor<1x2x0xf32>
  return
}

// -----

func.func @avg_pool_c1_y(%x: tensor<1x4x4xf32>) {
  // expected-error @+1 {{'y' has shape (1, 3, 3), expected (1, 2, 2)}}
  %y = snn.avg_pool "p" %x {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x4xf32> -> tensor<1x3x3xf32>
  return
}

// -----

func.func @same_c1_type(%x: tensor<1x4x4xf32>) {
  // expected-error @+1 {{'y' has elements 'f64', 'x' has 'f32'}}
  %y = snn.avg_pool "p" %x {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x4xf32> -> tensor<1x2x2xf64>
  return
}

// -----

func.func @same_c1_floats_become_no_counts(%x: tensor<1x4x4xf32>) {
  // expected-error @+1 {{'y' has elements 'i8', 'x' has 'f32'}}
  %y = snn.sum_pool "p" %x {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x4xf32> -> tensor<1x2x2xi8>
  return
}

// -----

func.func @same_c1_scale(%x: tensor<1x4x4x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @+1 {{'y' has scale 2.500000e-01, expected 5.000000e-01}}
  %y = snn.sum_pool "p" %x {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x4x!quant.uniform<i8:f32, 0.5>> -> tensor<1x2x2x!quant.uniform<i16:f32, 0.25>>
  return
}

// -----

func.func @same_c1_spikes_have_no_scale(%x: tensor<1x4x4xi1>) {
  // expected-error @+1 {{'y' has elements '!quant.uniform<i8:f32, 1.000000e+00>', 'x' has 'i1'}}
  %y = snn.sum_pool "p" %x {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x4xi1> -> tensor<1x2x2x!quant.uniform<i8:f32, 1.0>>
  return
}
