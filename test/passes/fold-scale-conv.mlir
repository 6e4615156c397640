// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-fold | FileCheck %s

// A factor for each channel meets the weights of that channel, in its group.
// CHECK-LABEL: snn.network @of_channels
// CHECK: snn.constant dense<{{\[\[\[}}2.000000e+00, 4.000000e+00]], {{\[\[}}9.000000e+00, 1.200000e+01]]]>
// CHECK-NEXT: snn.conv "c" %x
snn.network @of_channels {
  %x = snn.input "x" : tensor<2x3xi1>
  %a = snn.scale "a" %x {scale = dense<[[2.0, 2.0, 2.0], [3.0, 3.0, 3.0]]> : tensor<2x3xf64>} : tensor<2x3xi1> -> tensor<2x3xf32>
  %w = snn.constant dense<[[[1.0, 2.0]], [[3.0, 4.0]]]> : tensor<2x1x2xf32>
  %c = snn.conv "c" %a weight %w {stride = array<i64: 1>, pads = array<i64: 0, 0>, dilation = array<i64: 1>, groups = 2} : (tensor<2x3xf32>, tensor<2x1x2xf32>) -> tensor<2x2xf32>
  snn.output "y" %c : tensor<2x2xf32>
}

// CHECK-LABEL: snn.network @of_positions
// CHECK: snn.scale "a"
snn.network @of_positions {
  %x = snn.input "x" : tensor<1x3xi1>
  %a = snn.scale "a" %x {scale = dense<[[2.0, 4.0, 2.0]]> : tensor<1x3xf64>} : tensor<1x3xi1> -> tensor<1x3xf32>
  %w = snn.constant dense<[[[1.0, 2.0]]]> : tensor<1x1x2xf32>
  %c = snn.conv "c" %a weight %w {stride = array<i64: 1>, pads = array<i64: 0, 0>, dilation = array<i64: 1>, groups = 1} : (tensor<1x3xf32>, tensor<1x1x2xf32>) -> tensor<1x2xf32>
  snn.output "y" %c : tensor<1x2xf32>
}

// CHECK-LABEL: snn.network @after_by_channel
// CHECK-DAG: snn.constant dense<{{\[\[\[}}2.000000e+00, 4.000000e+00]], {{\[\[}}1.500000e+00, 2.000000e+00]]]>
// CHECK-DAG: snn.constant dense<[2.000000e+00, 5.000000e-01]>
// CHECK-NOT: snn.scale
snn.network @after_by_channel {
  %x = snn.input "x" : tensor<1x3xi1>
  %w = snn.constant dense<[[[1.0, 2.0]], [[3.0, 4.0]]]> : tensor<2x1x2xf32>
  %b = snn.constant dense<1.0> : tensor<2xf32>
  %c = snn.conv "c" %x weight %w bias %b {stride = array<i64: 1>, pads = array<i64: 0, 0>, dilation = array<i64: 1>, groups = 1} : (tensor<1x3xi1>, tensor<2x1x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %a = snn.scale "a" %c {scale = dense<[[2.0, 2.0], [0.5, 0.5]]> : tensor<2x2xf64>} : tensor<2x2xf32> -> tensor<2x2xf32>
  snn.output "y" %a : tensor<2x2xf32>
}

// What is read in two places, or shown, stays.
// CHECK-LABEL: snn.network @two_users
// CHECK: snn.scale "a"
// CHECK: snn.linear "l" %a
snn.network @two_users {
  %x = snn.input "x" : tensor<1xi1>
  %a = snn.scale "a" %x {scale = 2.0} : tensor<1xi1> -> tensor<1xf32>
  %w = snn.constant dense<1.0> : tensor<1x1xf32>
  %l = snn.linear "l" %a weight %w : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1xf32>
  snn.output "a" %a : tensor<1xf32>
  snn.output "y" %l : tensor<1xf32>
}

// Spikes times 2^50 are no sum of spikes: products may go beyond f32.
// CHECK-LABEL: snn.network @far_from_overflow
// CHECK: snn.scale "a"
// CHECK: snn.scale "b"
snn.network @far_from_overflow {
  %x = snn.input "x" : tensor<1xi1>
  %a = snn.scale "a" %x {scale = 0x4310000000000000 : f64} : tensor<1xi1> -> tensor<1xf32>
  %b = snn.scale "b" %a {scale = 2.0} : tensor<1xf32> -> tensor<1xf32>
  %w = snn.constant dense<1.0> : tensor<1x1xf32>
  %l = snn.linear "l" %b weight %w : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1xf32>
  snn.output "y" %l : tensor<1xf32>
}
