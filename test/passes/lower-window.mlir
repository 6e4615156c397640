// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --convert-snn-to-linalg --canonicalize --split-input-file | FileCheck %s

// A place of the padded input is inside if it is not before it, nor behind it.
// CHECK-LABEL: func.func private @a_window_with_padding_step
// CHECK: arith.cmpi uge
// CHECK: arith.cmpi ult
// CHECK: arith.cmpi uge
// CHECK: arith.cmpi ult
// CHECK: scf.if
snn.step @a_window_with_padding inputs(%x "x" : tensor<1x4x4xf32>) outputs("y") {
  %y = snn.sum_pool "p" %x {kernel = array<i64: 3, 3>, stride = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>}
    : tensor<1x4x4xf32> -> tensor<1x4x4xf32>
  snn.yield %y : tensor<1x4x4xf32>
}

// -----

// Where nothing is before it, nothing is compared: a number without a sign is
// never below 0, and compilers warn of the question.
// CHECK-LABEL: func.func private @a_window_without_padding_step
// CHECK-NOT: arith.cmpi uge
// CHECK-COUNT-2: arith.cmpi ult
// CHECK: scf.if
snn.step @a_window_without_padding inputs(%x "x" : tensor<1x4x4xf32>) outputs("y") {
  %y = snn.avg_pool "p" %x {kernel = array<i64: 3, 3>, stride = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x4xf32> -> tensor<1x2x2xf32>
  snn.yield %y : tensor<1x2x2xf32>
}

// -----

// CHECK-LABEL: func.func private @a_kernel_of_one_tap_on_an_axis_step
// CHECK: arith.cmpi uge
// CHECK-NOT: arith.cmpi uge
// CHECK: scf.if
snn.step @a_kernel_of_one_tap_on_an_axis inputs(%x "x" : tensor<1x4x4xf32>) outputs("y") {
  %w = snn.constant dense<1.0> : tensor<2x1x1x3xf32>
  %y = snn.conv "c" %x weight %w {stride = array<i64: 1, 1>, pads = array<i64: 0, 0, 1, 1>, dilation = array<i64: 1, 1>, groups = 1}
    : (tensor<1x4x4xf32>, tensor<2x1x1x3xf32>) -> tensor<2x4x4xf32>
  snn.yield %y : tensor<2x4x4xf32>
}
