// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Exponential: decay is e = exp(-dt/tau), gains are times 1 - e.
// RUN: snn-opt %s --snn-discretize="semantics=nir-exact dt=0.5" | FileCheck %s

// CHECK-LABEL: snn.step @i
// CHECK: states(%n.v "n.v" : tensor<1xf32> = 0.0)
// CHECK: %[[V:.*]] = snn.integrate "n" accumulate %x into %n.v {gain = 1.0}
// CHECK: snn.yield %[[V]] next %[[V]]
snn.network @i {
  %x = snn.input "x" : tensor<1xf32>
  %n = snn.i "n" %x {r = 2.0} : tensor<1xf32> -> tensor<1xf32>
  snn.output "y" %n : tensor<1xf32>
}

// CHECK-LABEL: snn.step @if
// CHECK: states(%n.v "n.v" : tensor<1xf32> = 0.0)
// CHECK: %[[V:.*]] = snn.integrate "n" accumulate %x into %n.v {gain = 1.0}
// CHECK: %[[S:.*]], %[[R:.*]] = snn.fire "n" %[[V]] {threshold = 3.0, reset = -1.0}
// CHECK: snn.yield %[[S]] next %[[R]]
snn.network @if {
  %x = snn.input "x" : tensor<1xf32>
  %n = snn.if "n" %x {r = 2.0, v_threshold = 3.0, v_reset = -1.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %n : tensor<1xi1>
}

// CHECK-LABEL: snn.step @li
// CHECK: states(%n.v "n.v" : tensor<1xf32> = 0.25)
// CHECK: %[[V:.*]] = snn.integrate "n" exact %x into %n.v {decay = 0.8824969025845955, gain = 0.2350061948308091, leak = 0.25}
// CHECK: snn.yield %[[V]] next %[[V]]
snn.network @li {
  %x = snn.input "x" : tensor<1xf32>
  %n = snn.li "n" %x {tau = 4.0, r = 2.0, v_leak = 0.25}
    : tensor<1xf32> -> tensor<1xf32>
  snn.output "y" %n : tensor<1xf32>
}

// CHECK-LABEL: snn.step @lif
// CHECK: states(%n.v "n.v" : tensor<1xf32> = 0.25)
// CHECK: %[[V:.*]] = snn.integrate "n" exact %x into %n.v {decay = 0.8824969025845955, gain = 0.2350061948308091, leak = 0.25}
// CHECK: %[[S:.*]], %[[R:.*]] = snn.fire "n" %[[V]] {threshold = 3.0, reset = -1.0}
// CHECK: snn.yield %[[S]] next %[[R]]
snn.network @lif {
  %x = snn.input "x" : tensor<1xf32>
  %n = snn.lif "n" %x {tau = 4.0, r = 2.0, v_leak = 0.25, v_threshold = 3.0,
    v_reset = -1.0} : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %n : tensor<1xi1>
}

// The membrane takes the new current.
// CHECK-LABEL: snn.step @cuba_li
// CHECK: states(%n.i "n.i" : tensor<1xf32> = 0.0,
// CHECK-NEXT: %n.v "n.v" : tensor<1xf32> = 0.25)
// CHECK: %[[I:.*]] = snn.integrate "n" exact %x into %n.i {decay = 0.7788007830714049, gain = 0.6635976507857854, leak = 0.0}
// CHECK: %[[V:.*]] = snn.integrate "n" exact %[[I]] into %n.v {decay = 0.8824969025845955, gain = 0.2350061948308091, leak = 0.25}
// CHECK: snn.yield %[[V]] next %[[I]], %[[V]]
snn.network @cuba_li {
  %x = snn.input "x" : tensor<1xf32>
  %n = snn.cuba_li "n" %x {tau_syn = 2.0, tau_mem = 4.0, r = 2.0,
    v_leak = 0.25, w_in = 3.0} : tensor<1xf32> -> tensor<1xf32>
  snn.output "y" %n : tensor<1xf32>
}

// CHECK-LABEL: snn.step @cuba_lif
// CHECK: states(%n.i "n.i" : tensor<1xf32> = 0.0,
// CHECK-NEXT: %n.v "n.v" : tensor<1xf32> = 0.25)
// CHECK: %[[I:.*]] = snn.integrate "n" exact %x into %n.i {decay = 0.7788007830714049, gain = 0.6635976507857854, leak = 0.0}
// CHECK: %[[V:.*]] = snn.integrate "n" exact %[[I]] into %n.v {decay = 0.8824969025845955, gain = 0.2350061948308091, leak = 0.25}
// CHECK: %[[S:.*]], %[[R:.*]] = snn.fire "n" %[[V]] {threshold = 3.0, reset = -1.0}
// CHECK: snn.yield %[[S]] next %[[I]], %[[R]]
snn.network @cuba_lif {
  %x = snn.input "x" : tensor<1xf32>
  %n = snn.cuba_lif "n" %x {tau_syn = 2.0, tau_mem = 4.0, r = 2.0,
    v_leak = 0.25, v_threshold = 3.0, v_reset = -1.0, w_in = 3.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %n : tensor<1xi1>
}
