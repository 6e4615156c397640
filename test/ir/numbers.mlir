// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The numbers of attributes are printed with the fewest digits that read back
// to the same bits: the generic form tells.
//
// RUN: snn-opt %s | FileCheck %s
// RUN: snn-opt %s -mlir-print-op-generic -o %t.1
// RUN: snn-opt %s | snn-opt -mlir-print-op-generic -o %t.2
// RUN: diff %t.1 %t.2

// CHECK-LABEL: @numbers
func.func @numbers(%x: tensor<1xf32>) {
  // CHECK: {scale = 0.01} :
  %a = snn.scale "n" %x {scale = 1.0e-2} : tensor<1xf32> -> tensor<1xf32>
  // CHECK: {scale = 0.30000000000000004} :
  %b = snn.scale "n" %x {scale = 0.30000000000000004} : tensor<1xf32> -> tensor<1xf32>
  // CHECK: {scale = 1.0} :
  %c = snn.scale "n" %x {scale = 1.0 : f64} : tensor<1xf32> -> tensor<1xf32>
  // CHECK: {scale = -0.0} :
  %d = snn.scale "n" %x {scale = -0.0} : tensor<1xf32> -> tensor<1xf32>
  // CHECK: {scale = 1.0e-05} :
  %e = snn.scale "n" %x {scale = 0.00001} : tensor<1xf32> -> tensor<1xf32>
  // CHECK: {scale = 1.0e+22} :
  %f = snn.scale "n" %x {scale = 1.0e22} : tensor<1xf32> -> tensor<1xf32>
  // CHECK: {scale = 5.0e-324} :
  %g = snn.scale "n" %x {scale = 0x0000000000000001 : f64} : tensor<1xf32> -> tensor<1xf32>
  // CHECK: {scale = -1.7976931348623157e+308} :
  %h = snn.scale "n" %x {scale = -1.7976931348623157e308} : tensor<1xf32> -> tensor<1xf32>
  // CHECK: {scale = 0x7FF0000000000000 : f64} :
  %i = snn.scale "n" %x {scale = 0x7FF0000000000000 : f64} : tensor<1xf32> -> tensor<1xf32>
  // CHECK: {scale = 0x7FF8000000000001 : f64} :
  %j = snn.scale "n" %x {scale = 0x7FF8000000000001 : f64} : tensor<1xf32> -> tensor<1xf32>
  // CHECK: {scale = 123456.789} :
  %k = snn.scale "n" %x {scale = 123456.789} : tensor<1xf32> -> tensor<1xf32>
  return
}

// CHECK-LABEL: @other_attributes
// CHECK: {scale = 1.0, "a b" = 2, f = 5.000000e-01 : f32, g, i = 1 : i32, mode = 0.5, s = "text"}
func.func @other_attributes(%x: tensor<1xf32>) {
  %y = snn.scale "n" %x {g, "a b" = 2, f = 0.5 : f32, i = 1 : i32,
    mode = 0.5, s = "text", scale = 1.0} : tensor<1xf32> -> tensor<1xf32>
  return
}
