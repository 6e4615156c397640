// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s | snn-opt | FileCheck %s

// CHECK-LABEL: @constant_dense
// CHECK: snn.constant dense<[1.000000e+00, -2.500000e+00]> : tensor<2xf32>
func.func @constant_dense() {
  %w = snn.constant dense<[1.0, -2.5]> : tensor<2xf32>
  return
}

// CHECK-LABEL: @constant_resource
// CHECK: %fc1_weight = snn.constant dense_resource<fc1_weight> : tensor<1x2xf32>
func.func @constant_resource() {
  %w = snn.constant dense_resource<fc1_weight> : tensor<1x2xf32>
  return
}

// CHECK-LABEL: @constant_attributes
// CHECK: snn.constant {origin = "file"} dense<1> : tensor<2xi8>
func.func @constant_attributes() {
  %w = snn.constant {origin = "file"} dense<1> : tensor<2xi8>
  return
}

// CHECK-LABEL: @linear
// CHECK: %fc1 = snn.linear "fc1" %{{.*}} weight %{{.*}} : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
func.func @linear(%x: tensor<3xi1>, %w: tensor<2x3xf32>) {
  %y = snn.linear "fc1" %x weight %w
    : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  return
}

// CHECK-LABEL: @linear_bias
// CHECK: snn.linear "fc1" %{{.*}} weight %{{.*}} bias %{{.*}} {note = 1} : (tensor<3xf64>, tensor<2x3xf64>, tensor<2xf64>) -> tensor<2xf64>
func.func @linear_bias(%x: tensor<3xf64>, %w: tensor<2x3xf64>,
                       %b: tensor<2xf64>) {
  %y = snn.linear "fc1" %x weight %w bias %b {note = 1}
    : (tensor<3xf64>, tensor<2x3xf64>, tensor<2xf64>) -> tensor<2xf64>
  return
}

// CHECK-LABEL: @linear_leading_axes
// CHECK: (tensor<4x3xi32>, tensor<4x2x3xf32>, tensor<4x2xf32>) -> tensor<4x2xf32>
func.func @linear_leading_axes(%x: tensor<4x3xi32>, %w: tensor<4x2x3xf32>,
                               %b: tensor<4x2xf32>) {
  %y = snn.linear "fc1" %x weight %w bias %b
    : (tensor<4x3xi32>, tensor<4x2x3xf32>, tensor<4x2xf32>) -> tensor<4x2xf32>
  return
}

// CHECK-LABEL: @conv_1d
// CHECK: %c = snn.conv "c" %{{.*}} weight %{{.*}} {stride = array<i64: 2>, pads = array<i64: 1, 0>, dilation = array<i64: 2>, groups = 1} : (tensor<2x9xi8>, tensor<3x2x3xf32>) -> tensor<3x3xf32>
func.func @conv_1d(%x: tensor<2x9xi8>, %w: tensor<3x2x3xf32>) {
  %y = snn.conv "c" %x weight %w
    {groups = 1, stride = array<i64: 2>, pads = array<i64: 1, 0>,
     dilation = array<i64: 2>}
    : (tensor<2x9xi8>, tensor<3x2x3xf32>) -> tensor<3x3xf32>
  return
}

// CHECK-LABEL: @conv_2d_bias_groups
// CHECK: bias %{{.*}} {stride = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilation = array<i64: 1, 1>, groups = 2}
func.func @conv_2d_bias_groups(%x: tensor<4x5x5xf32>, %w: tensor<6x2x3x3xf32>,
                               %b: tensor<6xf32>) {
  %y = snn.conv "c" %x weight %w bias %b
    {stride = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>,
     dilation = array<i64: 1, 1>, groups = 2}
    : (tensor<4x5x5xf32>, tensor<6x2x3x3xf32>, tensor<6xf32>)
      -> tensor<6x3x3xf32>
  return
}

{-#
  dialect_resources: { builtin: { fc1_weight: "0x040000000000803F00000040" } }
#-}
