// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-fold=level=all | FileCheck %s

// New constants have 2^20 numbers more than the network's, not twice as many.
// CHECK-LABEL: snn.network @of_numbers
// CHECK: snn.scale "a"
// CHECK-NOT: snn.scale "b"
snn.network @of_numbers {
  %x = snn.input "x" : tensor<1024xi1>
  %a = snn.scale "a" %x {scale = 2.0} : tensor<1024xi1> -> tensor<1024xf32>
  %b = snn.scale "b" %a {scale = 2.0} : tensor<1024xf32> -> tensor<1024xf32>
  %w = snn.constant dense<1.0> : tensor<1024x1024xf32>
  %l = snn.linear "l" %b weight %w : (tensor<1024xf32>, tensor<1024x1024xf32>) -> tensor<1024xf32>
  snn.output "y" %l : tensor<1024xf32>
}

// 2^35 products are too many.
// CHECK-LABEL: snn.network @of_products
// CHECK: snn.linear "l"
// CHECK: snn.linear "m"
snn.network @of_products {
  %x = snn.input "x" : tensor<2048xf32>
  %w = snn.constant dense<1.0> : tensor<8192x2048xf32>
  %l = snn.linear "l" %x weight %w : (tensor<2048xf32>, tensor<8192x2048xf32>) -> tensor<8192xf32>
  %v = snn.constant dense<1.0> : tensor<2048x8192xf32>
  %m = snn.linear "m" %l weight %v : (tensor<8192xf32>, tensor<2048x8192xf32>) -> tensor<2048xf32>
  snn.output "y" %m : tensor<2048xf32>
}

// Weights that two Linears share are left to the other one.
// CHECK-LABEL: snn.network @of_one_user
// CHECK-DAG: dense<2.000000e+00> : tensor<1x1xf32>
// CHECK-DAG: dense<4.000000e+00> : tensor<1x1xf32>
snn.network @of_one_user {
  %x = snn.input "x" : tensor<1xi1>
  %w = snn.constant dense<2.0> : tensor<1x1xf32>
  %a = snn.scale "a" %x {scale = 2.0} : tensor<1xi1> -> tensor<1xf32>
  %l = snn.linear "l" %a weight %w : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1xf32>
  %m = snn.linear "m" %x weight %w : (tensor<1xi1>, tensor<1x1xf32>) -> tensor<1xf32>
  snn.output "y" %l : tensor<1xf32>
  snn.output "z" %m : tensor<1xf32>
}

// CHECK-LABEL: snn.network @of_one_matrix_twice
// CHECK: snn.constant dense<4.000000e+00>
// CHECK-NEXT: snn.linear "m" %x
snn.network @of_one_matrix_twice {
  %x = snn.input "x" : tensor<1xf32>
  %w = snn.constant dense<2.0> : tensor<1x1xf32>
  %l = snn.linear "l" %x weight %w : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1xf32>
  %m = snn.linear "m" %l weight %w : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1xf32>
  snn.output "y" %m : tensor<1xf32>
}
