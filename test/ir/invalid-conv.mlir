// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @conv_c1_rank(%x: tensor<5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @+1 {{'x' has rank 1, 'weight' 3, expected 2 and 3 or 3 and 4}}
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 1>, pads = array<i64: 0, 0>,
     dilation = array<i64: 1>, groups = 1}
    : (tensor<5xf32>, tensor<3x2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @conv_c1_rank_of_weight(%x: tensor<2x5xf32>, %w: tensor<3x2x3x3xf32>) {
  // expected-error @+1 {{'x' has rank 2, 'weight' 4, expected 2 and 3 or 3 and 4}}
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 1>, pads = array<i64: 0, 0>,
     dilation = array<i64: 1>, groups = 1}
    : (tensor<2x5xf32>, tensor<3x2x3x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @conv_c1_channels(%x: tensor<3x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @+1 {{'x' has 3 channels, 'weight' has (3, 2, 3), groups is 1}}
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 1>, pads = array<i64: 0, 0>,
     dilation = array<i64: 1>, groups = 1}
    : (tensor<3x5xf32>, tensor<3x2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @conv_c1_groups(%x: tensor<4x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @+1 {{'x' has 4 channels, 'weight' has (3, 2, 3), groups is 2}}
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 1>, pads = array<i64: 0, 0>,
     dilation = array<i64: 1>, groups = 2}
    : (tensor<4x5xf32>, tensor<3x2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @conv_c1_no_group(%x: tensor<2x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @+1 {{attribute 'groups' failed to satisfy constraint: 64-bit signless integer attribute whose value is positive}}
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 1>, pads = array<i64: 0, 0>,
     dilation = array<i64: 1>, groups = 0}
    : (tensor<2x5xf32>, tensor<3x2x3xf32>) -> tensor<3x3xf32>
  return
}

// -----

func.func @conv_c1_y(%x: tensor<2x5xf32>, %w: tensor<3x2x3xf32>) {
  // expected-error @+1 {{'y' has shape (3, 4), expected (3, 3)}}
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 1>, pads = array<i64: 0, 0>,
     dilation = array<i64: 1>, groups = 1}
    : (tensor<2x5xf32>, tensor<3x2x3xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @conv_c1_bias(%x: tensor<2x5xf32>, %w: tensor<3x2x3xf32>,
    %b: tensor<2xf32>) {
  // expected-error @+1 {{'bias' has shape (2), expected (3)}}
  %y = snn.conv "c" %x weight %w bias %b
    {stride = array<i64: 1>, pads = array<i64: 0, 0>,
     dilation = array<i64: 1>, groups = 1}
    : (tensor<2x5xf32>, tensor<3x2x3xf32>, tensor<2xf32>) -> tensor<3x3xf32>
  return
}
