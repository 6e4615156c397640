// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-discretize="semantics=nir dt=1" | FileCheck %s

// CHECK-LABEL: snn.step @feed_forward
// CHECK-NEXT: inputs(%x "x" : tensor<1xf32>)
// CHECK-NEXT: states(%a.v "a.v" : tensor<1xf32> = 0.0,
// CHECK-NEXT:        %b.v "b.v" : tensor<1xf32> = 0.0)
// CHECK-NEXT: outputs("y")
// CHECK-NEXT: attributes {dt = 1.0, semantics = "nir", knobs = {
// CHECK-NEXT: %[[AI:.*]] = snn.integrate "a" accumulate %x into %a.v {gain = 1.0}
// CHECK-NEXT: %[[A:.*]], %[[AV:.*]] = snn.fire "a" %[[AI]] {threshold = 1.0, reset = 0.0}
// CHECK-NEXT: %[[BI:.*]] = snn.integrate "b" accumulate %[[A]] into %b.v
// CHECK-NEXT: %[[B:.*]], %[[BV:.*]] = snn.fire "b" %[[BI]]
// CHECK-NEXT: snn.yield %[[B]] next %[[AV]], %[[BV]]
snn.network @feed_forward {
  %x = snn.input "x" : tensor<1xf32>
  %b = snn.if "b" %a {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xi1> -> tensor<1xi1>
  %a = snn.if "a" %x {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %b : tensor<1xi1>
}

// CHECK-LABEL: snn.step @a_branch_around_a_neuron_is_of_this_step
// CHECK-NOT: prev
// CHECK: %[[A:.*]], %{{.*}} = snn.fire "a"
// CHECK: %[[S:.*]] = snn.sum "b" %x, %[[A]]
// CHECK: snn.integrate "b" accumulate %[[S]]
snn.network @a_branch_around_a_neuron_is_of_this_step {
  %x = snn.input "x" : tensor<1xf32>
  %a = snn.if "a" %x {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  %s = snn.sum "b" %x, %a : tensor<1xf32>, tensor<1xi1> -> tensor<1xf32>
  %b = snn.if "b" %s {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %b : tensor<1xi1>
}

// CHECK-LABEL: snn.step @sums_keep_their_order
// CHECK: snn.sum "y" %b, %a, %b
snn.network @sums_keep_their_order {
  %a = snn.input "a" : tensor<1xf32>
  %b = snn.input "b" : tensor<1xf32>
  %s = snn.sum "y" %b, %a, %b : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>
    -> tensor<1xf32>
  snn.output "y" %s : tensor<1xf32>
}

// CHECK-LABEL: snn.step @nodes_that_reach_no_output_go
// CHECK-NOT: states
// CHECK: snn.scale "a"
// CHECK-NEXT: snn.yield
snn.network @nodes_that_reach_no_output_go {
  %x = snn.input "x" : tensor<1xf32>
  %a = snn.scale "a" %x {scale = 2.0} : tensor<1xf32> -> tensor<1xf32>
  %b = snn.scale "b" %a {scale = 2.0} : tensor<1xf32> -> tensor<1xf32>
  %c = snn.if "c" %b {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %a : tensor<1xf32>
}

// CHECK-LABEL: snn.step @an_unfed_node_gets_zeros
// CHECK: %[[ZERO:.*]] = snn.constant dense<0.000000e+00>
// CHECK: snn.integrate "a" accumulate %[[ZERO]]
snn.network @an_unfed_node_gets_zeros {
  %zero = snn.constant dense<0.0> : tensor<1xf32>
  %a = snn.if "a" %zero {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %a : tensor<1xi1>
}

// An input stays that nothing reads.
// CHECK-LABEL: snn.step @inputs_and_outputs_keep_their_order
// CHECK-NEXT: inputs(%a "a" : tensor<1xf32>,
// CHECK-NEXT:        %c "c" : tensor<1xi1>,
// CHECK-NEXT:        %b "b" : tensor<2xf32>)
// CHECK-NEXT: outputs("z", "y", "w")
// CHECK: snn.yield %b, %a, %b : tensor<2xf32>, tensor<1xf32>, tensor<2xf32>
snn.network @inputs_and_outputs_keep_their_order {
  %a = snn.input "a" : tensor<1xf32>
  %c = snn.input "c" : tensor<1xi1>
  snn.output "z" %b : tensor<2xf32>
  snn.output "y" %a : tensor<1xf32>
  snn.output "w" %b : tensor<2xf32>
  %b = snn.input "b" : tensor<2xf32>
}

// CHECK-LABEL: snn.step @nothing
// CHECK-NEXT: attributes
// CHECK-NEXT: snn.yield
snn.network @nothing {
}
