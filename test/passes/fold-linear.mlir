// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-fold=level=all | FileCheck %s
// RUN: snn-opt %s --snn-fold | FileCheck %s --check-prefix=EXACT

// EXACT-COUNT-8: snn.linear

// CHECK-LABEL: snn.network @one_matrix
// CHECK-DAG: %[[W:.*]] = snn.constant dense<{{\[\[}}9.000000e+00, 1.200000e+01]]>
// CHECK-DAG: %[[B:.*]] = snn.constant dense<1.500000e+01> : tensor<1xf32>
// CHECK: snn.linear "m" %x weight %[[W]] bias %[[B]]
// CHECK-NOT: snn.linear
snn.network @one_matrix {
  %x = snn.input "x" : tensor<2xf32>
  %w = snn.constant dense<[[1.0, 2.0], [4.0, 5.0]]> : tensor<2x2xf32>
  %b = snn.constant dense<[1.0, 6.0]> : tensor<2xf32>
  %l = snn.linear "l" %x weight %w bias %b : (tensor<2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %v = snn.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %c = snn.constant dense<[2.0]> : tensor<1xf32>
  %m = snn.linear "m" %l weight %v bias %c : (tensor<2xf32>, tensor<1x2xf32>, tensor<1xf32>) -> tensor<1xf32>
  snn.output "y" %m : tensor<1xf32>
}

// CHECK-LABEL: snn.network @without_bias
// CHECK: %[[W:.*]] = snn.constant dense<{{\[\[}}9.000000e+00, 1.200000e+01]]>
// CHECK-NEXT: snn.linear "m" %x weight %[[W]] :
snn.network @without_bias {
  %x = snn.input "x" : tensor<2xf32>
  %w = snn.constant dense<[[1.0, 2.0], [4.0, 5.0]]> : tensor<2x2xf32>
  %l = snn.linear "l" %x weight %w : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2xf32>
  %v = snn.constant dense<[[1.0, 2.0]]> : tensor<1x2xf32>
  %m = snn.linear "m" %l weight %v : (tensor<2xf32>, tensor<1x2xf32>) -> tensor<1xf32>
  snn.output "y" %m : tensor<1xf32>
}

// 3 x 3 weights are more than 1 x 3 and 3 x 1.
// CHECK-LABEL: snn.network @not_a_bottleneck
// CHECK: snn.linear "l"
// CHECK: snn.linear "m" %l
snn.network @not_a_bottleneck {
  %x = snn.input "x" : tensor<3xf32>
  %w = snn.constant dense<1.0> : tensor<1x3xf32>
  %l = snn.linear "l" %x weight %w : (tensor<3xf32>, tensor<1x3xf32>) -> tensor<1xf32>
  %v = snn.constant dense<1.0> : tensor<3x1xf32>
  %m = snn.linear "m" %l weight %v : (tensor<1xf32>, tensor<3x1xf32>) -> tensor<3xf32>
  snn.output "y" %m : tensor<3xf32>
}

// CHECK-LABEL: snn.network @not_what_is_probed
// CHECK: snn.linear "l"
// CHECK: snn.linear "m" %l
snn.network @not_what_is_probed {
  %x = snn.input "x" : tensor<2xf32>
  %w = snn.constant dense<1.0> : tensor<2x2xf32>
  %l = snn.linear "l" %x weight %w : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2xf32>
  %v = snn.constant dense<1.0> : tensor<1x2xf32>
  %m = snn.linear "m" %l weight %v : (tensor<2xf32>, tensor<1x2xf32>) -> tensor<1xf32>
  snn.output "y" %m : tensor<1xf32>
  snn.output "l" %l : tensor<2xf32>
}
