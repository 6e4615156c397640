// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

snn.network @i_type {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{'y' has elements 'f64', 'x' has 'f32'}}
  %y = snn.i "n" %x {r = 1.0} : tensor<2xf32> -> tensor<2xf64>
}

// -----

snn.network @i_counts {
  %x = snn.input "x" : tensor<2xi8>
  // expected-error @+1 {{result #0 must be static tensor of floats or quantized values (quant_c1), but got 'tensor<2xi8>'}}
  %y = snn.i "n" %x {r = 1.0} : tensor<2xi8> -> tensor<2xi8>
}

// -----

snn.network @if_shape {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{'y' has shape (1), expected (2)}}
  %y = snn.if "n" %x {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<2xf32> -> tensor<1xi1>
}

// -----

snn.network @if_param {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{'v_threshold' has shape (1), expected (2)}}
  %y = snn.if "n" %x {r = 1.0, v_threshold = dense<1.0> : tensor<1xf64>,
    v_reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
}

// -----

snn.network @li_param {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{'tau' has shape (1), expected (2)}}
  %y = snn.li "n" %x {tau = dense<1.0> : tensor<1xf64>, r = 1.0,
    v_leak = 0.0} : tensor<2xf32> -> tensor<2xf32>
}

// -----

snn.network @lif_emits_no_floats {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{result #0 must be static tensor of spikes or counts (quant_c1), but got 'tensor<2xf32>'}}
  %y = snn.lif "n" %x {tau = 1.0, r = 1.0, v_leak = 0.0, v_threshold = 1.0,
    v_reset = 0.0} : tensor<2xf32> -> tensor<2xf32>
}

// -----

snn.network @lif_without_tau {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{requires attribute 'tau'}}
  %y = snn.lif "n" %x {r = 1.0, v_leak = 0.0, v_threshold = 1.0,
    v_reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
}

// -----

snn.network @cuba_li_param {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{'w_in' has shape (1), expected (2)}}
  %y = snn.cuba_li "n" %x {tau_syn = 1.0, tau_mem = 1.0, r = 1.0,
    v_leak = 0.0, w_in = dense<1.0> : tensor<1xf64>}
    : tensor<2xf32> -> tensor<2xf32>
}

// -----

snn.network @cuba_lif_shape {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{'y' has shape (1), expected (2)}}
  %y = snn.cuba_lif "n" %x {tau_syn = 1.0, tau_mem = 1.0, r = 1.0,
    v_leak = 0.0, v_threshold = 1.0, v_reset = 0.0, w_in = 1.0}
    : tensor<2xf32> -> tensor<1xi1>
}

// -----

func.func @neuron_outside(%x: tensor<1xf32>) {
  // expected-error @+1 {{expects parent op 'snn.network'}}
  %y = snn.i "n" %x {r = 1.0} : tensor<1xf32> -> tensor<1xf32>
  return
}
