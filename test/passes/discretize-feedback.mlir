// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What stands between a neuron and the node that its loop returns to is built
// from the previous step.
// RUN: snn-opt %s --snn-discretize="semantics=nir dt=1" | FileCheck %s

// CHECK-LABEL: snn.step @stateless_nodes_answer_to_the_previous_step
// CHECK: states(%a.prev "a.prev" : tensor<1xi1> = 0.0,
// CHECK-NEXT: %a.v
// CHECK: %[[W:.*]] = snn.constant
// CHECK: %[[REC:.*]] = snn.linear "rec" %a.prev weight %[[W]] bias %{{.*}}
// CHECK: %[[G:.*]] = snn.scale "g" %[[REC]]
// CHECK: snn.sum "a" %x, %[[G]]
// CHECK-NOT: snn.linear
// CHECK: snn.yield
snn.network @stateless_nodes_answer_to_the_previous_step {
  %x = snn.input "x" : tensor<1xf32>
  %w = snn.constant dense<2.0> : tensor<1x1xf32>
  %b = snn.constant dense<3.0> : tensor<1xf32>
  %s = snn.sum "a" %x, %g : tensor<1xf32>, tensor<1xf32> -> tensor<1xf32>
  %a = snn.if "a" %s {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  %rec = snn.linear "rec" %a weight %w bias %b
    : (tensor<1xi1>, tensor<1x1xf32>, tensor<1xf32>) -> tensor<1xf32>
  %g = snn.scale "g" %rec {scale = 0.5} : tensor<1xf32> -> tensor<1xf32>
  snn.output "y" %a : tensor<1xi1>
}

// Its value of this step is wanted, too.
// CHECK-LABEL: snn.step @a_node_is_built_once_for_each_step_that_is_wanted
// CHECK: %[[BEFORE:.*]] = snn.scale "g" %a.prev
// CHECK: snn.sum "a" %x, %[[BEFORE]]
// CHECK: %[[A:.*]], %{{.*}} = snn.fire "a"
// CHECK: %[[NOW:.*]] = snn.scale "g" %[[A]]
// CHECK: snn.yield %[[NOW]] next %[[A]],
snn.network @a_node_is_built_once_for_each_step_that_is_wanted {
  %x = snn.input "x" : tensor<1xf32>
  %s = snn.sum "a" %x, %g : tensor<1xf32>, tensor<1xf32> -> tensor<1xf32>
  %a = snn.if "a" %s {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  %g = snn.scale "g" %a {scale = 0.5} : tensor<1xi1> -> tensor<1xf32>
  snn.output "y" %g : tensor<1xf32>
}

// p of the step before is wanted, and b then counts of the step before that.
// CHECK-LABEL: snn.step @a_loop_within_a_loop_reaches_two_steps_back
// CHECK-NEXT: inputs(
// CHECK-NEXT: states(%c.prev "c.prev" : tensor<1xi1> = 0.0,
// CHECK-NEXT:        %b.prev "b.prev" : tensor<1xi1> = 0.0,
// CHECK-NEXT:        %b.prev2 "b.prev2" : tensor<1xi1> = 0.0,
// CHECK: %[[P:.*]] = snn.sum "p" %c.prev, %b.prev2
// CHECK: snn.sum "q" %x, %[[P]]
// CHECK: %[[C:.*]], %{{.*}} = snn.fire "c"
// CHECK: snn.sum "p" %[[C]], %b.prev :
// CHECK: %[[B:.*]], %{{.*}} = snn.fire "b"
// CHECK: snn.yield %[[B]] next %[[C]], %[[B]], %b.prev,
snn.network @a_loop_within_a_loop_reaches_two_steps_back {
  %x = snn.input "x" : tensor<1xf32>
  %q = snn.sum "q" %x, %p : tensor<1xf32>, tensor<1xf32> -> tensor<1xf32>
  %c = snn.if "c" %q {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  %p = snn.sum "p" %c, %b : tensor<1xi1>, tensor<1xi1> -> tensor<1xf32>
  %b = snn.if "b" %p {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %b : tensor<1xi1>
}
