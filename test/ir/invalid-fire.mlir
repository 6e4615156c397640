// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @fire_c1_shape(%v: tensor<2xf32>) {
  // expected-error @+1 {{'spikes' has shape (1), expected (2)}}
  %s, %n = snn.fire "n" %v {threshold = 1.0, reset = 0.0}
    : tensor<2xf32> -> tensor<1xi1>
  return
}

// -----

func.func @fire_c1_param(%v: tensor<2xf32>) {
  // expected-error @+1 {{'reset' has shape (1), expected (2)}}
  %s, %n = snn.fire "n" %v
    {threshold = 1.0, reset = dense<0.0> : tensor<1xf64>}
    : tensor<2xf32> -> tensor<2xi1>
  return
}

// -----

func.func @fire_c1_state(%v: tensor<2xf32>) {
  // expected-error @+1 {{failed to verify that all of {state, next} have same type}}
  %s, %n = "snn.fire"(%v) {node = "n", threshold = 1.0, reset = 0.0}
    : (tensor<2xf32>) -> (tensor<2xi1>, tensor<2xf64>)
  return
}

// -----

func.func @fire_c2_value(%v: tensor<2xf32>) {
  // expected-error @+1 {{mode value needs 'reset'}}
  %s, %n = snn.fire "n" %v {threshold = 1.0} : tensor<2xf32> -> tensor<2xi1>
  return
}

// -----

func.func @fire_c2_subtract(%v: tensor<2xf32>) {
  // expected-error @+1 {{mode subtract has no 'reset'}}
  %s, %n = snn.fire "n" %v mode subtract {threshold = 1.0, reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>
  return
}

// -----

func.func @fire_c3_no_cap(%v: tensor<2xf32>) {
  // expected-error @+1 {{compare count needs 'cap'}}
  %s, %n = snn.fire "n" %v compare count {threshold = 1.0, reset = 0.0}
    : tensor<2xf32> -> tensor<2xi32>
  return
}

// -----

func.func @fire_c3_cap_of_spikes(%v: tensor<2xf32>) {
  // expected-error @+1 {{compare gt has no 'cap'}}
  %s, %n = snn.fire "n" %v {cap = 3 : i32, threshold = 1.0, reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>
  return
}

// -----

func.func @fire_c3_counts(%v: tensor<2xf32>) {
  // expected-error @+1 {{compare count gives counts, 'spikes' has elements 'i1'}}
  %s, %n = snn.fire "n" %v compare count
    {cap = 3 : i32, threshold = 1.0, reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>
  return
}

// -----

func.func @fire_c3_spikes(%v: tensor<2xf32>) {
  // expected-error @+1 {{compare ge gives i1, 'spikes' has elements 'i8'}}
  %s, %n = snn.fire "n" %v compare ge {threshold = 1.0, reset = 0.0}
    : tensor<2xf32> -> tensor<2xi8>
  return
}

// -----

func.func @fire_c3_type(%v: tensor<2xf32>) {
  // expected-error @+1 {{'cap' is 128, expected at most 127}}
  %s, %n = snn.fire "n" %v compare count
    {cap = 128 : i32, threshold = 1.0, reset = 0.0}
    : tensor<2xf32> -> tensor<2xi8>
  return
}

// -----

func.func @fire_c3_floats(%v: tensor<2xf32>) {
  // expected-error @+1 {{'cap' is 16777216, expected at most 16777215}}
  %s, %n = snn.fire "n" %v compare count
    {cap = 16777216 : i32, threshold = 1.0, reset = 0.0}
    : tensor<2xf32> -> tensor<2xi32>
  return
}

// -----

func.func @fire_c4_mode(%v: tensor<2xf32>) {
  // expected-error @+1 {{with 'after' has mode subtract and compare gt}}
  %s, %n = snn.fire "n" %v after %v {threshold = 1.0, reset = 0.0}
    : tensor<2xf32>, tensor<2xf32> -> tensor<2xi1>
  return
}

// -----

func.func @fire_c4_type(%v: tensor<2xf32>, %p: tensor<3xf32>) {
  // expected-error @+1 {{'after' has type 'tensor<3xf32>', 'state' has 'tensor<2xf32>'}}
  %s, %n = snn.fire "n" %v after %p mode subtract {threshold = 1.0}
    : tensor<2xf32>, tensor<3xf32> -> tensor<2xi1>
  return
}

// -----

func.func @reset_c1(%v: tensor<2xf32>, %s: tensor<3xi1>) {
  // expected-error @+1 {{'spikes' has shape (3), expected (2)}}
  %n = snn.reset "n" %v by %s {reset = 0.0} : tensor<2xf32>, tensor<3xi1>
  return
}

// -----

func.func @reset_c2_value(%v: tensor<2xf32>, %s: tensor<2xi1>) {
  // expected-error @+1 {{mode value has no 'threshold'}}
  %n = snn.reset "n" %v by %s {threshold = 1.0, reset = 0.0}
    : tensor<2xf32>, tensor<2xi1>
  return
}

// -----

func.func @reset_c2_subtract(%v: tensor<2xf32>, %s: tensor<2xi1>) {
  // expected-error @+1 {{mode subtract needs 'threshold'}}
  %n = snn.reset "n" %v by %s mode subtract : tensor<2xf32>, tensor<2xi1>
  return
}

// -----

func.func @clamp_c1(%v: tensor<2xf32>) {
  // expected-error @+1 {{'low' has shape (3), expected (2)}}
  %n = snn.clamp "n" %v at max {low = dense<0.0> : tensor<3xf64>}
    : tensor<2xf32>
  return
}

// -----

func.func @fire_c5(%v: tensor<2xi32>) {
  // expected-error @+1 {{on integers has a state of i32, a whole 'threshold' and 'reset', and one spike at most}}
  %s, %n = snn.fire "n" %v {threshold = 0.5, reset = 0.0}
    : tensor<2xi32> -> tensor<2xi1>
  return
}
