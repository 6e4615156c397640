// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @linear_c1_rank(%x: tensor<3xf32>, %w: tensor<3xf32>) {
  // expected-error @+1 {{'weight' has rank 1, expected at least 2}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<3xf32>, tensor<3xf32>) -> tensor<1xf32>
  return
}

// -----

func.func @linear_c1_x(%x: tensor<4xf32>, %w: tensor<2x3xf32>) {
  // expected-error @+1 {{'x' has shape (4), expected (3)}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<4xf32>, tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @linear_c1_x_lead(%x: tensor<3xf32>, %w: tensor<5x2x3xf32>) {
  // expected-error @+1 {{'x' has shape (3), expected (5, 3)}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<3xf32>, tensor<5x2x3xf32>) -> tensor<5x2xf32>
  return
}

// -----

func.func @linear_c1_y(%x: tensor<3xf32>, %w: tensor<2x3xf32>) {
  // expected-error @+1 {{'y' has shape (3), expected (2)}}
  %y = snn.linear "fc" %x weight %w
    : (tensor<3xf32>, tensor<2x3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @linear_c1_bias(%x: tensor<3xf32>, %w: tensor<2x3xf32>,
    %b: tensor<1xf32>) {
  // expected-error @+1 {{'bias' has shape (1), expected (2)}}
  %y = snn.linear "fc" %x weight %w bias %b
    : (tensor<3xf32>, tensor<2x3xf32>, tensor<1xf32>) -> tensor<2xf32>
  return
}
