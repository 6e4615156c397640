// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-discretize="semantics=nir dt=0.5" | FileCheck %s

// CHECK-LABEL: snn.step @a_delay_is_read_first_and_pushed_last
// CHECK: states(%d.line "d.line" : tensor<3x2xf32> = 0.0)
// CHECK: %[[D:.*]] = snn.delay_read "d" %d.line {steps = 3} : tensor<3x2xf32> -> tensor<2xf32>
// CHECK: %[[Y:.*]] = snn.scale "g" %[[D]]
// CHECK: %[[LINE:.*]] = snn.delay_push "d" %x into %d.line
// CHECK: snn.yield %[[Y]] next %[[LINE]]
snn.network @a_delay_is_read_first_and_pushed_last {
  %x = snn.input "x" : tensor<2xf32>
  %d = snn.delay "d" %x {delay = 1.5} : tensor<2xf32> -> tensor<2xf32>
  %y = snn.scale "g" %d {scale = 2.0} : tensor<2xf32> -> tensor<2xf32>
  snn.output "y" %y : tensor<2xf32>
}

// No state but its line: no edge is cut.
// CHECK-LABEL: snn.step @a_loop_through_a_delay_needs_nothing_else
// CHECK-NOT: prev
// CHECK: %[[D:.*]] = snn.delay_read "d" %d.line {steps = 1}
// CHECK: %[[S:.*]] = snn.sum "a" %x, %[[D]]
// CHECK: %[[A:.*]], %{{.*}} = snn.fire "a"
// CHECK: snn.delay_push "d" %[[A]] into %d.line
snn.network @a_loop_through_a_delay_needs_nothing_else {
  %x = snn.input "x" : tensor<1xf32>
  %s = snn.sum "a" %x, %d : tensor<1xf32>, tensor<1xi1> -> tensor<1xf32>
  %a = snn.if "a" %s {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  %d = snn.delay "d" %a {delay = 0.5} : tensor<1xi1> -> tensor<1xi1>
  snn.output "y" %a : tensor<1xi1>
}

// CHECK-LABEL: snn.step @a_loop_through_a_delay_needs_no_neuron
// CHECK: %[[D:.*]] = snn.delay_read "d" %d.line {steps = 2}
// CHECK: %[[S:.*]] = snn.sum "d" %x, %[[D]]
// CHECK: snn.delay_push "d" %[[S]] into %d.line
snn.network @a_loop_through_a_delay_needs_no_neuron {
  %x = snn.input "x" : tensor<1xf32>
  %s = snn.sum "d" %x, %d : tensor<1xf32>, tensor<1xf32> -> tensor<1xf32>
  %d = snn.delay "d" %s {delay = 1.0} : tensor<1xf32> -> tensor<1xf32>
  snn.output "y" %d : tensor<1xf32>
}

// 0.25 / 0.5 + 1/2 is 1 step, what is below it none.
// CHECK-LABEL: snn.step @steps_are_rounded_half_up
// CHECK: states(%d.line "d.line" : tensor<3x3xf32> = 0.0)
// CHECK: %[[LINE:.*]] = snn.delay_push "d" %x into %d.line
// CHECK: %[[D:.*]] = snn.delay_read "d" %[[LINE]] {steps = dense<[2, 1, 3]> : tensor<3xi64>}
// CHECK: snn.yield %[[D]] next %[[LINE]]
snn.network @steps_are_rounded_half_up {
  %x = snn.input "x" : tensor<3xf32>
  %d = snn.delay "d" %x {delay = dense<[0.25, 0.2499, 1.2]> : tensor<3xf64>}
    : tensor<3xf32> -> tensor<3xf32>
  snn.output "y" %d : tensor<3xf32>
}

// CHECK-LABEL: snn.step @a_delay_of_no_step_is_its_input
// CHECK-NOT: states
// CHECK: snn.yield %x
snn.network @a_delay_of_no_step_is_its_input {
  %x = snn.input "x" : tensor<1xf32>
  %d = snn.delay "d" %x {delay = 0.1} : tensor<1xf32> -> tensor<1xf32>
  snn.output "y" %d : tensor<1xf32>
}

// The neuron is fed with d of the previous step: element 0, of no step, is the
// neuron's answer then, element 1 what entered two steps before that.
// CHECK-LABEL: snn.step @feedback_from_a_delay_with_elements_of_no_step
// CHECK-DAG: %a.prev "a.prev" : tensor<2xi1>
// CHECK-DAG: %d.line.prev "d.line.prev" : tensor<4x2xi1>
// CHECK-DAG: %d.line "d.line" : tensor<3x2xi1>
// CHECK: %[[P:.*]] = snn.delay_push "d" %a.prev into %d.line.prev
// CHECK: %[[B:.*]] = snn.delay_read "d" %[[P]] {steps = dense<[1, 4]> : tensor<2xi64>}
// CHECK: snn.sum "a" %x, %[[B]]
// CHECK: %[[A:.*]], %{{.*}} = snn.fire "a"
// CHECK: %[[N:.*]] = snn.delay_push "d" %[[A]] into %d.line :
// CHECK: snn.delay_read "d" %[[N]] {steps = dense<[1, 3]> : tensor<2xi64>}
// CHECK: snn.delay_push "d" %[[A]] into %d.line.prev
snn.network @feedback_from_a_delay_with_elements_of_no_step {
  %x = snn.input "x" : tensor<2xf32>
  %s = snn.sum "a" %x, %d : tensor<2xf32>, tensor<2xi1> -> tensor<2xf32>
  %a = snn.if "a" %s {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>
  %d = snn.delay "d" %a {delay = dense<[0.0, 1.0]> : tensor<2xf64>}
    : tensor<2xi1> -> tensor<2xi1>
  snn.output "y" %d : tensor<2xi1>
}
