// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @conv_c1_axes(%x: tensor<2x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @+1 {{expected windows of 1 axes}}
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 1, 1>, pads = array<i64: 0, 0>,
     dilation = array<i64: 1>, groups = 1}
    : (tensor<2x5xf32>, tensor<3x2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @conv_c1_pads(%x: tensor<2x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @+1 {{expected windows of 1 axes}}
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 1>, pads = array<i64: 0>,
     dilation = array<i64: 1>, groups = 1}
    : (tensor<2x5xf32>, tensor<3x2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @conv_c1_stride(%x: tensor<2x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @+1 {{expected positive kernel, stride and dilation, and pads that are not negative}}
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 0>, pads = array<i64: 0, 0>,
     dilation = array<i64: 1>, groups = 1}
    : (tensor<2x5xf32>, tensor<3x2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @conv_c1_dilation(%x: tensor<2x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @+1 {{expected positive kernel, stride and dilation, and pads that are not negative}}
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 1>, pads = array<i64: 0, 0>,
     dilation = array<i64: 4294967296>, groups = 1}
    : (tensor<2x5xf32>, tensor<3x2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @conv_c1_negative_pads(%x: tensor<2x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @+1 {{expected positive kernel, stride and dilation, and pads that are not negative}}
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 1>, pads = array<i64: -1, 0>,
     dilation = array<i64: 1>, groups = 1}
    : (tensor<2x5xf32>, tensor<3x2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @conv_c1_kernel_above_x(%x: tensor<2x5xf32>, %w: tensor<3x2x7xf32>) {
  // expected-error @+1 {{axis 0 has 6 elements with its padding, the kernel spans 7}}
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 1>, pads = array<i64: 1, 0>,
     dilation = array<i64: 1>, groups = 1}
    : (tensor<2x5xf32>, tensor<3x2x7xf32>) -> tensor<3x3xf32>
  return
}
