// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-fold | FileCheck %s
// RUN: snn-opt %s --snn-fold --snn-discretize="semantics=nir dt=1" \
// RUN:   --convert-snn-to-linalg | FileCheck %s --check-prefix=EVENTS
// RUN: snn-opt %s --snn-discretize="semantics=nir dt=1" --convert-snn-to-linalg \
// RUN:   | FileCheck %s --check-prefix=SEARCH

// The neurons list their spikes, and nobody looks for them.
// EVENTS-LABEL: func.func private @before_a_neuron_step
// EVENTS-NOT: i_spikes_events
// SEARCH-LABEL: func.func private @before_a_neuron_step
// SEARCH: clusters = [{{.*}}"f_events"

// CHECK-LABEL: snn.network @before_a_neuron
// CHECK: %[[F:.*]] = tensor.collapse_shape %x {{\[\[}}0, 1]] : tensor<2x2xf32> into tensor<4xf32>
// CHECK: %i = snn.if "i" %[[F]] {r = dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]> : tensor<4xf64>
// CHECK-SAME: tensor<4xf32> -> tensor<4xi1>
// CHECK: snn.linear "l" %i
snn.network @before_a_neuron {
  %x = snn.input "x" : tensor<2x2xf32>
  %i = snn.if "i" %x {r = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf64>, v_threshold = 1.0, v_reset = 0.0} : tensor<2x2xf32> -> tensor<2x2xi1>
  %f = tensor.collapse_shape %i [[0, 1]] : tensor<2x2xi1> into tensor<4xi1> loc("f")
  %w = snn.constant dense<1.0> : tensor<1x4xf32>
  %l = snn.linear "l" %f weight %w : (tensor<4xi1>, tensor<1x4xf32>) -> tensor<1xf32>
  snn.output "y" %l : tensor<1xf32>
}

// Through a Scale, which then goes into the weights.
// CHECK-LABEL: snn.network @before_a_scale
// CHECK: snn.constant dense<{{\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]]>
// CHECK: snn.linear "l" %i
snn.network @before_a_scale {
  %x = snn.input "x" : tensor<2x2xf32>
  %i = snn.if "i" %x {r = 1.0, v_threshold = 1.0, v_reset = 0.0} : tensor<2x2xf32> -> tensor<2x2xi1>
  %s = snn.scale "s" %i {scale = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf64>} : tensor<2x2xi1> -> tensor<2x2xf32>
  %f = tensor.collapse_shape %s [[0, 1]] : tensor<2x2xf32> into tensor<4xf32>
  %w = snn.constant dense<1.0> : tensor<1x4xf32>
  %l = snn.linear "l" %f weight %w : (tensor<4xf32>, tensor<1x4xf32>) -> tensor<1xf32>
  snn.output "y" %l : tensor<1xf32>
}

// What a neuron emits is shown in its own shape.
// CHECK-LABEL: snn.network @not_before_what_is_shown
// CHECK: snn.if "i" %x
// CHECK: tensor.collapse_shape %i
snn.network @not_before_what_is_shown {
  %x = snn.input "x" : tensor<2x2xf32>
  %i = snn.if "i" %x {r = 1.0, v_threshold = 1.0, v_reset = 0.0} : tensor<2x2xf32> -> tensor<2x2xi1>
  %f = tensor.collapse_shape %i [[0, 1]] : tensor<2x2xi1> into tensor<4xi1>
  %w = snn.constant dense<1.0> : tensor<1x4xf32>
  %l = snn.linear "l" %f weight %w : (tensor<4xi1>, tensor<1x4xf32>) -> tensor<1xf32>
  snn.output "y" %l : tensor<1xf32>
  snn.output "i" %i : tensor<2x2xi1>
}

// CHECK-LABEL: snn.network @not_where_no_linear_follows
// CHECK: snn.if "i" %x
snn.network @not_where_no_linear_follows {
  %x = snn.input "x" : tensor<2x2xf32>
  %i = snn.if "i" %x {r = 1.0, v_threshold = 1.0, v_reset = 0.0} : tensor<2x2xf32> -> tensor<2x2xi1>
  %f = tensor.collapse_shape %i [[0, 1]] : tensor<2x2xi1> into tensor<4xi1>
  snn.output "y" %f : tensor<4xi1>
}
