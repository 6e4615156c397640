// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{has two inputs 'x'}}
snn.network @inputs_of_one_name {
  %x = snn.input "x" : tensor<1xf32>
  %y = snn.input "x" : tensor<1xf32>
}

// -----

// expected-error @+1 {{has two outputs 'y'}}
snn.network @outputs_of_one_name {
  %x = snn.input "x" : tensor<1xf32>
  snn.output "y" %x : tensor<1xf32>
  snn.output "y" %x : tensor<1xf32>
}

// -----

// expected-error @+1 {{has a region with 1 arguments, expected none}}
snn.network @arguments {
^bb0(%x: tensor<1xf32>):
  snn.output "y" %x : tensor<1xf32>
}

// -----

snn.network @delay_c1_shape {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{'y' has shape (3), expected (2)}}
  %y = snn.delay "d" %x {delay = 1.0} : tensor<2xf32> -> tensor<3xf32>
}

// -----

snn.network @delay_c1_param {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{'delay' has shape (3), expected (2)}}
  %y = snn.delay "d" %x {delay = dense<1.0> : tensor<3xf64>}
    : tensor<2xf32> -> tensor<2xf32>
}

// -----

snn.network @delay_c1_type {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{'y' has elements 'i1', 'x' has 'f32'}}
  %y = snn.delay "d" %x {delay = 1.0} : tensor<2xf32> -> tensor<2xi1>
}
