// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-fold | FileCheck %s --check-prefixes=CHECK,EXACT
// RUN: snn-opt %s --snn-fold=level=all | FileCheck %s --check-prefixes=CHECK,ALL

// A quarter of a count goes into the weights, through a Flatten.
// CHECK-LABEL: snn.network @mean_into_linear
// CHECK: %p = snn.sum_pool "p" %x
// CHECK: snn.constant dense<{{\[\[}}2.500000e-01, 5.000000e-01]]>
snn.network @mean_into_linear {
  %x = snn.input "x" : tensor<2x2x2xi1>
  %p = snn.avg_pool "p" %x {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>} : tensor<2x2x2xi1> -> tensor<2x1x1xf32>
  %f = tensor.collapse_shape %p [[0, 1, 2]] : tensor<2x1x1xf32> into tensor<2xf32>
  %w = snn.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %l = snn.linear "l" %f weight %w : (tensor<2xf32>, tensor<1x2xf32>) -> tensor<1xf32>
  snn.output "y" %l : tensor<1xf32>
}

// Thirds are not exact, and neither are sums of real numbers over four.
// CHECK-LABEL: snn.network @mean_of_three
// EXACT: snn.avg_pool
// ALL: snn.sum_pool
snn.network @mean_of_three {
  %x = snn.input "x" : tensor<1x1x3xi1>
  %p = snn.avg_pool "p" %x {kernel = array<i64: 1, 3>, stride = array<i64: 1, 3>, pads = array<i64: 0, 0, 0, 0>} : tensor<1x1x3xi1> -> tensor<1x1x1xf32>
  %f = tensor.collapse_shape %p [[0, 1, 2]] : tensor<1x1x1xf32> into tensor<1xf32>
  %w = snn.constant dense<1.0> : tensor<1x1xf32>
  %l = snn.linear "l" %f weight %w : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1xf32>
  snn.output "y" %l : tensor<1xf32>
}

// CHECK-LABEL: snn.network @mean_of_reals
// EXACT: snn.avg_pool
// ALL: snn.sum_pool
snn.network @mean_of_reals {
  %x = snn.input "x" : tensor<1x2x2xf32>
  %p = snn.avg_pool "p" %x {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>} : tensor<1x2x2xf32> -> tensor<1x1x1xf32>
  %f = tensor.collapse_shape %p [[0, 1, 2]] : tensor<1x1x1xf32> into tensor<1xf32>
  %w = snn.constant dense<1.0> : tensor<1x1xf32>
  %l = snn.linear "l" %f weight %w : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1xf32>
  snn.output "y" %l : tensor<1xf32>
}

// The windows stay: events of sums are fewer than events of spikes.
// CHECK-LABEL: snn.network @sums_stay
// CHECK: %p = snn.sum_pool
// CHECK: snn.conv "c" %p
snn.network @sums_stay {
  %x = snn.input "x" : tensor<1x8x8xi1>
  %p = snn.sum_pool "p" %x {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>} : tensor<1x8x8xi1> -> tensor<1x4x4xf32>
  %w = snn.constant dense<[[[[1.0, 2.0], [3.0, 4.0]]]]> : tensor<1x1x2x2xf32>
  %c = snn.conv "c" %p weight %w {stride = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilation = array<i64: 1, 1>, groups = 1} : (tensor<1x4x4xf32>, tensor<1x1x2x2xf32>) -> tensor<1x3x3xf32>
  snn.output "y" %c : tensor<1x3x3xf32>
}
