// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What simulators do beyond an integration and a fire, and what they lack.
// RUN: snn-opt %s --snn-discretize="semantics=snntorch reset-delay=true" --split-input-file | FileCheck %s --check-prefix=DELAY
// RUN: snn-opt %s --snn-discretize="semantics=snntorch-subtract" --split-input-file | FileCheck %s --check-prefix=GUARD
// RUN: snn-opt %s --snn-discretize="semantics=snntorch reset=subtract" --split-input-file | FileCheck %s --check-prefix=GUARD
// RUN: snn-opt %s --snn-discretize="semantics=norse reset=value" --split-input-file | FileCheck %s --check-prefix=VALUE
// RUN: snn-opt %s --snn-discretize="semantics=norse" --split-input-file | FileCheck %s --check-prefix=ZERO
// RUN: snn-opt %s --snn-discretize="semantics=spyx" --split-input-file | FileCheck %s --check-prefix=SPYX
// RUN: not snn-opt %s --snn-discretize="semantics=sinabs" --split-input-file 2>&1 | FileCheck %s --check-prefix=SINABS

// DELAY-LABEL: snn.step @lif
// DELAY: %[[S:.*]], %[[V:.*]] = snn.fire "n" %n.v {threshold = 10.0, reset = 0.0}
// DELAY: %[[U:.*]] = snn.integrate "n" leaky %x into %[[V]] {decay = 0.9
// DELAY: %[[Y:.*]] = snn.threshold "n" %[[U]]
// DELAY: snn.yield %[[Y]] next %[[U]]
// GUARD-LABEL: snn.step @lif
// GUARD: %[[U:.*]] = snn.integrate
// GUARD: snn.fire "n" %[[U]] after %n.v mode subtract
// SPYX-LABEL: snn.step @lif
// SPYX: %[[Y:.*]] = snn.threshold "n" %n.v
// SPYX: %[[U:.*]] = snn.integrate
// SPYX: %[[V:.*]] = snn.reset "n" %[[U]] by %[[Y]] mode subtract
// SPYX: snn.yield %[[Y]] next %[[V]]
snn.network @lif {
  %x = snn.input "x" : tensor<2xf32>
  %n = snn.lif "n" %x {tau = 0.001, r = 1.0, v_leak = 0.0, v_threshold = 1.0,
    v_reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %n : tensor<2xi1>
}

// -----

// DELAY-LABEL: snn.step @cuba
// DELAY: %[[R:.*]] = snn.threshold "n" %n.v
// DELAY: %[[I:.*]] = snn.integrate "n" leaky %x into %n.i
// DELAY: %[[U:.*]] = snn.integrate "n" leaky %[[I]] into %n.v
// DELAY: snn.reset "n" %[[U]] by %[[R]]
// SINABS: error: 'sinabs' has no neuron of this kind
snn.network @cuba {
  %x = snn.input "x" : tensor<2xf32>
  %n = snn.cuba_lif "n" %x {tau_syn = 0.001, tau_mem = 0.001, r = 1.0,
    v_leak = 0.0, v_threshold = 1.0, v_reset = 0.0, w_in = 1.0}
    : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %n : tensor<2xi1>
}

// -----

// VALUE-LABEL: snn.step @if
// VALUE: (%n.v "n.v" : tensor<2xf32> = -0.5
// ZERO-LABEL: snn.step @if
// ZERO: (%n.v "n.v" : tensor<2xf32> = 0.0
snn.network @if {
  %x = snn.input "x" : tensor<2xf32>
  %n = snn.if "n" %x {r = 1.0, v_threshold = 1.0, v_reset = -0.5}
    : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %n : tensor<2xi1>
}
