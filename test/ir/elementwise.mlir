// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s | snn-opt | FileCheck %s

// CHECK-LABEL: @sum_pool
// CHECK: %p = snn.sum_pool "p" %{{.*}} {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>} : tensor<3x4x4xi1> -> tensor<3x2x2xi8>
func.func @sum_pool(%x: tensor<3x4x4xi1>) {
  %y = snn.sum_pool "p" %x
    {kernel = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>,
     stride = array<i64: 2, 2>} : tensor<3x4x4xi1> -> tensor<3x2x2xi8>
  return
}

// CHECK-LABEL: @avg_pool
// CHECK: %p = snn.avg_pool "p" %{{.*}} {kernel = array<i64: 3, 2>, stride = array<i64: 1, 2>, pads = array<i64: 1, 1, 0, 0>} : tensor<3x4x4xi1> -> tensor<3x4x2xf32>
func.func @avg_pool(%x: tensor<3x4x4xi1>) {
  %y = snn.avg_pool "p" %x
    {kernel = array<i64: 3, 2>, stride = array<i64: 1, 2>,
     pads = array<i64: 1, 1, 0, 0>} : tensor<3x4x4xi1> -> tensor<3x4x2xf32>
  return
}

// CHECK-LABEL: @scale
// CHECK: %g = snn.scale "g" %{{.*}} {scale = 2.5} : tensor<4xf32> -> tensor<4xf32>
func.func @scale(%x: tensor<4xf32>) {
  %y = snn.scale "g" %x {scale = 2.5} : tensor<4xf32> -> tensor<4xf32>
  return
}

// CHECK-LABEL: @scale_of_each_element
// CHECK: {scale = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf64>} : tensor<2xi1> -> tensor<2xf32>
func.func @scale_of_each_element(%x: tensor<2xi1>) {
  %y = snn.scale "g" %x {scale = dense<[1.0, 2.0]> : tensor<2xf64>}
    : tensor<2xi1> -> tensor<2xf32>
  return
}

// CHECK-LABEL: @scale_in_a_resource
// CHECK: {scale = dense_resource<gains> : tensor<1xf64>}
func.func @scale_in_a_resource(%x: tensor<1xf32>) {
  %y = snn.scale "g" %x {scale = dense_resource<gains> : tensor<1xf64>}
    : tensor<1xf32> -> tensor<1xf32>
  return
}

// CHECK-LABEL: @sum_of_kinds
// CHECK: %n = snn.sum "n" %{{.*}}, %{{.*}}, %{{.*}} : tensor<4xf32>, tensor<4xi1>, tensor<4xi8> -> tensor<4xf32>
func.func @sum_of_kinds(%x: tensor<4xf32>, %s: tensor<4xi1>, %c: tensor<4xi8>) {
  %y = snn.sum "n" %x, %s, %c : tensor<4xf32>, tensor<4xi1>, tensor<4xi8>
    -> tensor<4xf32>
  return
}

// CHECK-LABEL: @sum_of_counts
// CHECK: snn.sum "n" %{{.*}}, %{{.*}} : tensor<4xi1>, tensor<4xi8> -> tensor<4xi32>
func.func @sum_of_counts(%s: tensor<4xi1>, %c: tensor<4xi8>) {
  %y = snn.sum "n" %s, %c : tensor<4xi1>, tensor<4xi8> -> tensor<4xi32>
  return
}

// CHECK-LABEL: @threshold
// CHECK: %t = snn.threshold "t" %{{.*}} {threshold = 0.1} : tensor<4xf64> -> tensor<4xi1>
func.func @threshold(%x: tensor<4xf64>) {
  %y = snn.threshold "t" %x {threshold = 0.1} : tensor<4xf64> -> tensor<4xi1>
  return
}

{-#
  dialect_resources: { builtin: { gains: "0x08000000000000000000F03F" } }
#-}
