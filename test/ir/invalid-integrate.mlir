// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @integrate_c1_shape(%x: tensor<2xf32>,
    %v: tensor<3xf32>) {
  // expected-error @+1 {{'state' has shape (3), expected (2)}}
  %n = snn.integrate "n" accumulate %x into %v {gain = 1.0}
    : tensor<2xf32>, tensor<3xf32>
  return
}

// -----

func.func @integrate_c1_param(%x: tensor<2xf32>,
    %v: tensor<2xf32>) {
  // expected-error @+1 {{'gain' has shape (3), expected (2)}}
  %n = snn.integrate "n" accumulate %x into %v {gain = dense<1.0> : tensor<3xf64>}
    : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func @integrate_c1_type(%x: tensor<2xf64>,
    %v: tensor<2xf32>) {
  // expected-error @+1 {{'state' has elements 'f32', 'x' has 'f64'}}
  %n = snn.integrate "n" accumulate %x into %v {gain = 1.0}
    : tensor<2xf64>, tensor<2xf32>
  return
}

// -----

func.func @integrate_c1_elements(%x: tensor<2xi8>, %v: tensor<2xi8>) {
  // expected-error @+1 {{form accumulate has a state of elements 'i8'}}
  %n = snn.integrate "n" accumulate %x into %v {gain = 1.0}
    : tensor<2xi8>, tensor<2xi8>
  return
}

// -----

func.func @integrate_c2_relax(%x: tensor<2xf32>,
    %v: tensor<2xf32>) {
  // expected-error @+1 {{form relax needs 'decay'}}
  %n = snn.integrate "n" relax %x into %v {gain = 1.0, leak = 0.0}
    : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func @integrate_c2_exact(%x: tensor<2xf32>,
    %v: tensor<2xf32>) {
  // expected-error @+1 {{form exact needs 'leak'}}
  %n = snn.integrate "n" exact %x into %v {gain = 1.0, decay = 0.5}
    : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func @integrate_c2_accumulate(%x: tensor<2xf32>,
    %v: tensor<2xf32>) {
  // expected-error @+1 {{form accumulate has no 'decay'}}
  %n = snn.integrate "n" accumulate %x into %v {gain = 1.0, decay = 0.5}
    : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func @integrate_form(%x: tensor<2xf32>,
    %v: tensor<2xf32>) {
  // expected-error @+1 {{expected one of [relax, accumulate, exact, leaky, pull, jump, divide, leak_divide, approach, shift]}}
  %n = snn.integrate "n" leap %x into %v {gain = 1.0}
    : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func @integrate_c2_jump(%x: tensor<2xf32>, %v: tensor<2xf32>) {
  // expected-error @+1 {{form jump has no 'leak'}}
  %n = snn.integrate "n" jump %x into %v {gain = 1.0, decay = 0.5, leak = 0.0}
    : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func @integrate_c3_floats(%x: tensor<2xf32>, %v: tensor<2xf32>) {
  // expected-error @+1 {{form shift has a state of elements 'f32'}}
  %n = snn.integrate "n" shift %x into %v {gain = 1.0, decay = 4.0}
    : tensor<2xf32>, tensor<2xf32>
  return
}

// -----

func.func @integrate_c3_integers(%x: tensor<2xi32>, %v: tensor<2xi32>) {
  // expected-error @+1 {{form leaky has a state of elements 'i32'}}
  %n = snn.integrate "n" leaky %x into %v {gain = 1.0, decay = 0.5}
    : tensor<2xi32>, tensor<2xi32>
  return
}

// -----

func.func @integrate_c3_decay(%x: tensor<2xf32>, %v: tensor<2xi32>) {
  // expected-error @+1 {{form shift has a 'decay' that is not whole}}
  %n = snn.integrate "n" shift %x into %v {gain = 1.0, decay = 0.5}
    : tensor<2xf32>, tensor<2xi32>
  return
}
