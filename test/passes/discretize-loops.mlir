// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-discretize="semantics=nir dt=1" | FileCheck %s

// CHECK-LABEL: snn.step @a_self_loop_carries_the_previous_step
// CHECK: states(%a.prev "a.prev" : tensor<1xi1> = 0.0,
// CHECK: %[[S:.*]] = snn.sum "a" %x, %a.prev
// CHECK: %[[I:.*]] = snn.integrate "a" accumulate %[[S]] into %a.v
// CHECK: %[[A:.*]], %[[V:.*]] = snn.fire "a" %[[I]]
// CHECK: snn.yield %[[A]] next %[[A]], %[[V]]
snn.network @a_self_loop_carries_the_previous_step {
  %x = snn.input "x" : tensor<1xf32>
  %s = snn.sum "a" %x, %a : tensor<1xf32>, tensor<1xi1> -> tensor<1xf32>
  %a = snn.if "a" %s {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %a : tensor<1xi1>
}

// x leads to a only: what b sends back is of the previous step, what a sends
// on is of this one.
// CHECK-LABEL: snn.step @the_way_back_to_the_only_entry_is_cut
// CHECK: snn.sum "a" %x, %b.prev
// CHECK: %[[A:.*]], %{{.*}} = snn.fire "a"
// CHECK: snn.integrate "b" accumulate %[[A]]
snn.network @the_way_back_to_the_only_entry_is_cut {
  %x = snn.input "x" : tensor<1xf32>
  %s = snn.sum "a" %x, %b : tensor<1xf32>, tensor<1xi1> -> tensor<1xf32>
  %a = snn.if "a" %s {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  %b = snn.if "b" %a {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xi1> -> tensor<1xi1>
  snn.output "y" %b : tensor<1xi1>
}

// CHECK-LABEL: snn.step @a_loop_with_two_entries_is_cut_behind_each_neuron
// CHECK-DAG: snn.sum "a" %x, %b.prev
// CHECK-DAG: snn.sum "b" %x, %a.prev
// CHECK: %[[B:.*]], %{{.*}} = snn.fire "b"
// CHECK: snn.integrate "c" accumulate %[[B]]
snn.network @a_loop_with_two_entries_is_cut_behind_each_neuron {
  %x = snn.input "x" : tensor<1xf32>
  %s = snn.sum "a" %x, %b : tensor<1xf32>, tensor<1xi1> -> tensor<1xf32>
  %a = snn.if "a" %s {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  %t = snn.sum "b" %x, %a : tensor<1xf32>, tensor<1xi1> -> tensor<1xf32>
  %b = snn.if "b" %t {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  %c = snn.if "c" %b {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xi1> -> tensor<1xi1>
  snn.output "y" %c : tensor<1xi1>
}

// CHECK-LABEL: snn.step @a_loop_without_entry_is_cut_behind_each_neuron
// CHECK-DAG: snn.integrate "a" accumulate %b.prev
// CHECK-DAG: snn.integrate "b" accumulate %a.prev
snn.network @a_loop_without_entry_is_cut_behind_each_neuron {
  %a = snn.if "a" %b {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xi1> -> tensor<1xi1>
  %b = snn.if "b" %a {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xi1> -> tensor<1xi1>
  snn.output "y" %b : tensor<1xi1>
}
