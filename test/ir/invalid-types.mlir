// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @dynamic_shape(%x: tensor<?xf32>) {
  // expected-error @+1 {{must be static tensor of floats}}
  %y = snn.scale "n" %x {scale = 2.0} : tensor<?xf32> -> tensor<?xf32>
  return
}

// -----

func.func @index(%x: tensor<1xindex>) {
  // expected-error @+1 {{must be static tensor of floats}}
  %y = snn.scale "n" %x {scale = 2.0} : tensor<1xindex> -> tensor<1xf32>
  return
}

// -----

func.func @half(%x: tensor<1xf16>) {
  // expected-error @+1 {{must be static tensor of floats}}
  %y = snn.scale "n" %x {scale = 2.0} : tensor<1xf16> -> tensor<1xf16>
  return
}

// -----

func.func @spikes_do_not_add_up(%x: tensor<1xi1>) {
  // expected-error @+1 {{result #0 must be static tensor of floats, counts or quantized values (quant_c1), but got 'tensor<1xi1>'}}
  %y = snn.sum "n" %x, %x : tensor<1xi1>, tensor<1xi1> -> tensor<1xi1>
  return
}

// -----

func.func @state_of_counts(%x: tensor<1xi8>) {
  // expected-error @+1 {{form accumulate has a state of elements 'i8'}}
  %y = snn.integrate "n" accumulate %x into %x {gain = 1.0}
    : tensor<1xi8>, tensor<1xi8>
  return
}

// -----

func.func @floats_are_no_spikes(%x: tensor<1xf32>) {
  // expected-error @+1 {{result #0 must be static tensor of spikes or counts (quant_c1), but got 'tensor<1xf32>'}}
  %y = snn.threshold "n" %x {threshold = 1.0}
    : tensor<1xf32> -> tensor<1xf32>
  return
}

// -----

func.func @param_of_an_integer(%x: tensor<1xf32>) {
  // expected-error @+1 {{attribute 'scale' failed to satisfy constraint: f64 number or f64 elements}}
  %y = snn.scale "n" %x {scale = 2} : tensor<1xf32> -> tensor<1xf32>
  return
}

// -----

func.func @param_of_f32(%x: tensor<1xf32>) {
  // expected-error @+1 {{attribute 'scale' failed to satisfy constraint: f64 number or f64 elements}}
  %y = snn.scale "n" %x {scale = dense<2.0> : tensor<1xf32>}
    : tensor<1xf32> -> tensor<1xf32>
  return
}

// -----

func.func @no_param(%x: tensor<1xf32>) {
  // expected-error @+1 {{requires attribute 'scale'}}
  %y = snn.scale "n" %x : tensor<1xf32> -> tensor<1xf32>
  return
}
