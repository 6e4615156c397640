// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @delay_read_c1_rank(%l: tensor<f32>) {
  // expected-error @+1 {{'line' has shape (), expected at least one row}}
  %y = snn.delay_read "d" %l {steps = 1} : tensor<f32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_read_c1_rows(%l: tensor<0x2xf32>) {
  // expected-error @+1 {{'line' has shape (0, 2), expected at least one row}}
  %y = snn.delay_read "d" %l {steps = 1} : tensor<0x2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_read_c1_shape(%l: tensor<4x2xf32>) {
  // expected-error @+1 {{'y' has shape (3), expected (2)}}
  %y = snn.delay_read "d" %l {steps = 1} : tensor<4x2xf32> -> tensor<3xf32>
  return
}

// -----

func.func @delay_read_c1_type(%l: tensor<4x2xi1>) {
  // expected-error @+1 {{'y' has elements 'f32', 'line' has 'i1'}}
  %y = snn.delay_read "d" %l {steps = 1} : tensor<4x2xi1> -> tensor<2xf32>
  return
}

// -----

func.func @delay_read_c2_above(%l: tensor<4x2xf32>) {
  // expected-error @+1 {{'steps' has 5, 'line' has 4 rows}}
  %y = snn.delay_read "d" %l {steps = 5} : tensor<4x2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_read_c2_below(%l: tensor<4x2xf32>) {
  // expected-error @+1 {{'steps' has 0, 'line' has 4 rows}}
  %y = snn.delay_read "d" %l {steps = 0} : tensor<4x2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_read_c2_shape(%l: tensor<4x2xf32>) {
  // expected-error @+1 {{'steps' has shape (1), expected (2)}}
  %y = snn.delay_read "d" %l {steps = dense<1> : tensor<1xi64>} : tensor<4x2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_read_c2_element(%l: tensor<4x2xf32>) {
  // expected-error @+1 {{'steps' has 5, 'line' has 4 rows}}
  %y = snn.delay_read "d" %l {steps = dense<[1, 5]> : tensor<2xi64>} : tensor<4x2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_read_c2_real(%l: tensor<4x2xf32>) {
  // expected-error @+1 {{attribute 'steps' failed to satisfy constraint}}
  %y = snn.delay_read "d" %l {steps = 1.0} : tensor<4x2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_push_c1_rows(%x: tensor<2xf32>, %l: tensor<0x2xf32>) {
  // expected-error @+1 {{'line' has shape (0, 2), expected at least one row}}
  %n = snn.delay_push "d" %x into %l : tensor<2xf32>, tensor<0x2xf32>
  return
}

// -----

func.func @delay_push_c1_shape(%x: tensor<3xf32>, %l: tensor<4x2xf32>) {
  // expected-error @+1 {{'x' has shape (3), expected (2)}}
  %n = snn.delay_push "d" %x into %l : tensor<3xf32>, tensor<4x2xf32>
  return
}

// -----

func.func @delay_push_c1_type(%x: tensor<2xf32>, %l: tensor<4x2xf64>) {
  // expected-error @+1 {{'x' has elements 'f32', 'line' has 'f64'}}
  %n = snn.delay_push "d" %x into %l : tensor<2xf32>, tensor<4x2xf64>
  return
}
