// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @constant_c1_shape() {
  // expected-error @+1 {{'value' has type 'tensor<2xf32>', expected 'tensor<3xf32>'}}
  %w = snn.constant dense<1.0> : tensor<2xf32> as tensor<3xf32>
  return
}

// -----

func.func @constant_c1_element() {
  // expected-error @+1 {{'value' has type 'tensor<2xf64>', expected 'tensor<2xf32>'}}
  %w = snn.constant dense<1.0> : tensor<2xf64> as tensor<2xf32>
  return
}

// -----

func.func @constant_c1_storage() {
  // expected-error @+1 {{'value' has type 'tensor<2xi16>', expected 'tensor<2xi8>'}}
  %w = snn.constant dense<1> : tensor<2xi16>
    as tensor<2x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @constant_c1_vector() {
  // expected-error @+1 {{'value' has type 'vector<2xf32>', expected 'tensor<2xf32>'}}
  %w = snn.constant dense<1.0> : vector<2xf32> as tensor<2xf32>
  return
}
