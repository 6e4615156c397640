// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s | snn-opt | FileCheck %s

// CHECK-LABEL: snn.network @every_neuron {
snn.network @every_neuron {
  // CHECK: %[[X:.*]] = snn.input "x" : tensor<2xf32>
  %x = snn.input "x" : tensor<2xf32>
  // CHECK: %i = snn.i "i" %[[X]] {r = 1.0} : tensor<2xf32> -> tensor<2xf32>
  %i = snn.i "i" %x {r = 1.0} : tensor<2xf32> -> tensor<2xf32>
  // CHECK: %if = snn.if "if" %[[X]] {r = 1.0, v_threshold = 1.0, v_reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
  %if = snn.if "if" %x {r = 1.0, v_reset = 0.0, v_threshold = 1.0}
    : tensor<2xf32> -> tensor<2xi1>
  // CHECK: %li = snn.li "li" %[[X]] {tau = 0.01, r = 1.0, v_leak = 0.0} : tensor<2xf32> -> tensor<2xf32>
  %li = snn.li "li" %x {tau = 0.01, r = 1.0, v_leak = 0.0}
    : tensor<2xf32> -> tensor<2xf32>
  // CHECK: %a.lif = snn.lif "a.lif" %[[X]] {tau = 0.01, r = 1.0, v_leak = 0.0, v_threshold = 1.0, v_reset = 0.0} : tensor<2xf32> -> tensor<2xi8>
  %lif = snn.lif "a.lif" %x {v_threshold = 1.0, v_reset = 0.0, v_leak = 0.0,
    tau = 0.01, r = 1.0} : tensor<2xf32> -> tensor<2xi8>
  // CHECK: snn.cuba_li "cli" %[[X]] {tau_syn = 0.005, tau_mem = 0.01, r = 1.0, v_leak = 0.0, w_in = 1.0} : tensor<2xf32> -> tensor<2xf32>
  %cli = snn.cuba_li "cli" %x {tau_syn = 0.005, tau_mem = 0.01, r = 1.0,
    v_leak = 0.0, w_in = 1.0} : tensor<2xf32> -> tensor<2xf32>
  // CHECK: snn.cuba_lif "clif" %[[X]] {tau_syn = 0.005, tau_mem = 0.01, r = 1.0, v_leak = 0.0, v_threshold = 1.0, v_reset = 0.0, w_in = 1.0} : tensor<2xf32> -> tensor<2xi1>
  %clif = snn.cuba_lif "clif" %x {tau_syn = 0.005, tau_mem = 0.01, r = 1.0,
    v_leak = 0.0, v_reset = 0.0, v_threshold = 1.0, w_in = 1.0}
    : tensor<2xf32> -> tensor<2xi1>
  // CHECK: %d = snn.delay "d" %clif {delay = dense<[0.000000e+00, 5.000000e-01]> : tensor<2xf64>} : tensor<2xi1> -> tensor<2xi1>
  %d = snn.delay "d" %clif {delay = dense<[0.0, 0.5]> : tensor<2xf64>}
    : tensor<2xi1> -> tensor<2xi1>
  // CHECK: snn.output "y" %d : tensor<2xi1>
  snn.output "y" %d : tensor<2xi1>
}

// CHECK-LABEL: snn.network @parameters_of_each_neuron {
// CHECK: {tau = dense<[1.000000e-02, 2.000000e-02]> : tensor<2xf64>, r = 1.0, v_leak = dense<0.000000e+00> : tensor<2xf64>}
snn.network @parameters_of_each_neuron {
  %x = snn.input "x" : tensor<2xf32>
  %y = snn.li "li" %x {tau = dense<[0.01, 0.02]> : tensor<2xf64>, r = 1.0,
    v_leak = dense<0.0> : tensor<2xf64>} : tensor<2xf32> -> tensor<2xf32>
}

// CHECK-LABEL: snn.network @cycle attributes {origin = "a.nir"} {
snn.network @cycle attributes {origin = "a.nir"} {
  // CHECK: snn.output "y" %[[LIF:.*]] : tensor<2xi1>
  snn.output "y" %lif : tensor<2xi1>
  // CHECK: %[[REC:.*]] = snn.linear "rec" %[[LIF]] weight %[[W:.*]] :
  %rec = snn.linear "rec" %lif weight %w
    : (tensor<2xi1>, tensor<2x2xf32>) -> tensor<2xf32>
  // CHECK: %[[W]] = snn.constant
  %w = snn.constant dense<1.0> : tensor<2x2xf32>
  // CHECK: %[[SUM:.*]] = snn.sum "lif" %[[FLAT:.*]], %[[REC]]
  %in = snn.sum "lif" %flat, %rec : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  // CHECK: %[[LIF]] = snn.if "lif" %[[SUM]]
  %lif = snn.if "lif" %in {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>
  // CHECK: %[[FLAT]] = tensor.collapse_shape %x
  %flat = tensor.collapse_shape %x [[0, 1]] : tensor<1x2xf32> into tensor<2xf32>
  %x = snn.input "x" : tensor<1x2xf32>
}
