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
