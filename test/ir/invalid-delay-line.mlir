// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @delay_line_c1_rank(%x: tensor<2xf32>, %l: tensor<f32>) {
  // expected-error @+1 {{'line' has rank 0, expected at least 1}}
  %y, %n = snn.delay_line "d" %x through %l {steps = 1}
    : tensor<2xf32>, tensor<f32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_line_c1_line(%x: tensor<2xf32>, %l: tensor<4x3xf32>) {
  // expected-error @+1 {{'line' has shape (3), expected (2)}}
  %y, %n = snn.delay_line "d" %x through %l {steps = 1}
    : tensor<2xf32>, tensor<4x3xf32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_line_c1_y(%x: tensor<2xf32>, %l: tensor<4x2xf32>) {
  // expected-error @+1 {{'y' has shape (3), expected (2)}}
  %y, %n = snn.delay_line "d" %x through %l {steps = 1}
    : tensor<2xf32>, tensor<4x2xf32> -> tensor<3xf32>
  return
}

// -----

func.func @delay_line_c1_type(%x: tensor<2xf32>, %l: tensor<4x2xf64>) {
  // expected-error @+1 {{'x' has elements 'f32', 'line' 'f64', 'y' 'f32'}}
  %y, %n = snn.delay_line "d" %x through %l {steps = 1}
    : tensor<2xf32>, tensor<4x2xf64> -> tensor<2xf32>
  return
}

// -----

func.func @delay_line_c2_above(%x: tensor<2xf32>, %l: tensor<4x2xf32>) {
  // expected-error @+1 {{'steps' is 5, 'line' has 4}}
  %y, %n = snn.delay_line "d" %x through %l {steps = 5}
    : tensor<2xf32>, tensor<4x2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_line_c2_below(%x: tensor<2xf32>, %l: tensor<4x2xf32>) {
  // expected-error @+1 {{'steps' is -1, 'line' has 4}}
  %y, %n = snn.delay_line "d" %x through %l {steps = -1}
    : tensor<2xf32>, tensor<4x2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_line_c2_shape(%x: tensor<2xf32>, %l: tensor<4x2xf32>) {
  // expected-error @+1 {{'steps' has shape (1), expected (2)}}
  %y, %n = snn.delay_line "d" %x through %l {steps = dense<1> : tensor<1xi64>}
    : tensor<2xf32>, tensor<4x2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_line_c2_element(%x: tensor<2xf32>, %l: tensor<4x2xf32>) {
  // expected-error @+1 {{'steps' has 5, 'line' has 4}}
  %y, %n = snn.delay_line "d" %x through %l {steps = dense<[1, 5]> : tensor<2xi64>}
    : tensor<2xf32>, tensor<4x2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_line_c2_real(%x: tensor<2xf32>, %l: tensor<4x2xf32>) {
  // expected-error @+1 {{attribute 'steps' failed to satisfy constraint}}
  %y, %n = snn.delay_line "d" %x through %l {steps = 1.0}
    : tensor<2xf32>, tensor<4x2xf32> -> tensor<2xf32>
  return
}

// -----

func.func @delay_line_c1_type_of_y(%x: tensor<2xi1>, %l: tensor<4x2xi1>) {
  // expected-error @+1 {{'x' has elements 'i1', 'line' 'i1', 'y' 'f32'}}
  %y, %n = snn.delay_line "d" %x through %l {steps = 1}
    : tensor<2xi1>, tensor<4x2xi1> -> tensor<2xf32>
  return
}
