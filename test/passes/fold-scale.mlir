// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-fold | FileCheck %s --check-prefixes=CHECK,EXACT
// RUN: snn-opt %s --snn-fold=level=all | FileCheck %s --check-prefixes=CHECK,ALL
// RUN: snn-opt %s --snn-fold=level=none | FileCheck %s --check-prefix=NONE

// NONE-COUNT-8: snn.scale

// Over spikes any factor does: w s is rounded once, as it was.
// CHECK-LABEL: snn.network @before_over_spikes
// CHECK: %[[W:.*]] = snn.constant dense<{{\[\[}}1.500000e-01, 0.699999988], [0.450000018, 1.400000e+00]]>
// CHECK-NEXT: snn.linear "l" %x weight %[[W]]
snn.network @before_over_spikes {
  %x = snn.input "x" : tensor<2xi1>
  %a = snn.scale "a" %x {scale = dense<[0.3, 0.7]> : tensor<2xf64>} : tensor<2xi1> -> tensor<2xf32>
  %w = snn.constant dense<[[0.5, 1.0], [1.5, 2.0]]> : tensor<2x2xf32>
  %l = snn.linear "l" %a weight %w : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2xf32>
  snn.output "y" %l : tensor<2xf32>
}

// 0.25 x may be subnormal.
// CHECK-LABEL: snn.network @before_over_reals
// EXACT: snn.scale "a"
// ALL-NOT: snn.scale
// ALL: snn.constant dense<{{\[\[}}1.250000e-01, 2.500000e-01]]>
snn.network @before_over_reals {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.scale "a" %x {scale = 0.25} : tensor<2xf32> -> tensor<2xf32>
  %w = snn.constant dense<[[0.5, 1.0]]> : tensor<1x2xf32>
  %l = snn.linear "l" %a weight %w : (tensor<2xf32>, tensor<1x2xf32>) -> tensor<1xf32>
  snn.output "y" %l : tensor<1xf32>
}

// CHECK-LABEL: snn.network @after_by_powers_of_two
// CHECK-DAG: snn.constant dense<{{\[\[}}1.000000e+00], [3.750000e-01]]>
// CHECK-DAG: snn.constant dense<[4.000000e+00, -7.500000e-01]>
// CHECK-NOT: snn.scale
snn.network @after_by_powers_of_two {
  %x = snn.input "x" : tensor<1xi1>
  %w = snn.constant dense<[[0.25], [1.5]]> : tensor<2x1xf32>
  %b = snn.constant dense<[1.0, -3.0]> : tensor<2xf32>
  %l = snn.linear "l" %x weight %w bias %b : (tensor<1xi1>, tensor<2x1xf32>, tensor<2xf32>) -> tensor<2xf32>
  %a = snn.scale "a" %l {scale = dense<[4.0, 0.25]> : tensor<2xf64>} : tensor<2xf32> -> tensor<2xf32>
  snn.output "y" %a : tensor<2xf32>
}

// CHECK-LABEL: snn.network @after_by_others
// EXACT: snn.scale "a"
// ALL: snn.constant dense<{{\[\[}}7.500000e-01], [4.500000e+00]]>
snn.network @after_by_others {
  %x = snn.input "x" : tensor<1xi1>
  %w = snn.constant dense<[[0.25], [1.5]]> : tensor<2x1xf32>
  %l = snn.linear "l" %x weight %w : (tensor<1xi1>, tensor<2x1xf32>) -> tensor<2xf32>
  %a = snn.scale "a" %l {scale = 3.0} : tensor<2xf32> -> tensor<2xf32>
  snn.output "y" %a : tensor<2xf32>
}

// A sum of nothing is +0, and -1 times that is -0.
// CHECK-LABEL: snn.network @after_by_negative_powers
// EXACT: snn.scale "a"
// ALL-NOT: snn.scale
snn.network @after_by_negative_powers {
  %x = snn.input "x" : tensor<1xi1>
  %w = snn.constant dense<[[0.25], [1.5]]> : tensor<2x1xf32>
  %l = snn.linear "l" %x weight %w : (tensor<1xi1>, tensor<2x1xf32>) -> tensor<2xf32>
  %a = snn.scale "a" %l {scale = -1.0} : tensor<2xf32> -> tensor<2xf32>
  snn.output "y" %a : tensor<2xf32>
}

// 1e-38 / 4 is subnormal and loses digits.
// CHECK-LABEL: snn.network @after_a_weight_that_becomes_subnormal
// EXACT: snn.scale "a"
snn.network @after_a_weight_that_becomes_subnormal {
  %x = snn.input "x" : tensor<1xi1>
  %w = snn.constant dense<[[1.2e-38], [1.5]]> : tensor<2x1xf32>
  %l = snn.linear "l" %x weight %w : (tensor<1xi1>, tensor<2x1xf32>) -> tensor<2xf32>
  %a = snn.scale "a" %l {scale = 0.25} : tensor<2xf32> -> tensor<2xf32>
  snn.output "y" %a : tensor<2xf32>
}

// 1e38 times 8 is infinite: no fold in any case.
// CHECK-LABEL: snn.network @never_to_infinity
// CHECK: snn.scale "a"
snn.network @never_to_infinity {
  %x = snn.input "x" : tensor<1xi1>
  %a = snn.scale "a" %x {scale = 8.0} : tensor<1xi1> -> tensor<1xf32>
  %w = snn.constant dense<[[1.0e38], [1.5]]> : tensor<2x1xf32>
  %l = snn.linear "l" %a weight %w : (tensor<1xf32>, tensor<2x1xf32>) -> tensor<2xf32>
  snn.output "y" %l : tensor<2xf32>
}

// CHECK-LABEL: snn.network @by_one
// CHECK: snn.if "i" %x
snn.network @by_one {
  %x = snn.input "x" : tensor<1xi1>
  %a = snn.scale "a" %x {scale = 1.0} : tensor<1xi1> -> tensor<1xf32>
  %i = snn.if "i" %a {r = 1.0, v_threshold = 1.0, v_reset = 0.0} : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %i : tensor<1xi1>
}
