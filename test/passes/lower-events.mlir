// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Who makes and who shares lists of events.
// RUN: snn-opt %s --convert-snn-to-linalg --split-input-file | FileCheck %s

// CHECK-LABEL: func.func private @users_share_a_list_step
// CHECK-SAME: clusters = ["x_events", "a", "b", "ya", "yb"]
snn.step @users_share_a_list inputs(%x "x" : tensor<3xi1>) outputs("ya", "yb") {
  %w = snn.constant dense<1.0> : tensor<2x3xf32>
  %a = snn.linear "a" %x weight %w
    : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  %b = snn.linear "b" %x weight %w
    : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %a, %b : tensor<2xf32>, tensor<2xf32>
}

// -----

// CHECK-LABEL: func.func private @a_list_of_more_than_i16_counts_step
// CHECK: tensor.empty() : tensor<65537xi32>
snn.step @a_list_of_more_than_i16_counts inputs(%x "x" : tensor<65537xi1>)
    outputs("y") {
  %w = snn.constant dense<1.0> : tensor<1x65537xf32>
  %y = snn.linear "a" %x weight %w
    : (tensor<65537xi1>, tensor<1x65537xf32>) -> tensor<1xf32>
  snn.yield %y : tensor<1xf32>
}

// -----

// Scaled spikes are mostly zero, too, and so is what was flattened.
// CHECK-LABEL: func.func private @scaled_spikes_are_events_step
// CHECK-SAME: kernels = ["scale", "list_events", "linear_graded", "copy"]
snn.step @scaled_spikes_are_events inputs(%x "x" : tensor<1x3xi1>) outputs("y") {
  %w = snn.constant dense<1.0> : tensor<2x3xf32>
  %s = snn.scale "g" %x {scale = 0.5} : tensor<1x3xi1> -> tensor<1x3xf32>
  %f = tensor.collapse_shape %s [[0, 1]] : tensor<1x3xf32> into tensor<3xf32>
  %y = snn.linear "a" %f weight %w
    : (tensor<3xf32>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

// A node that is built twice has its weights once.
// CHECK: memref.global "private" constant @rec_weight :
// CHECK-NOT: @rec_weight_2
// CHECK-LABEL: func.func private @one_node_of_two_steps_step
// CHECK-SAME: clusters = ["before_events", "rec", "now_events", "rec_2", "y", "z"]
snn.step @one_node_of_two_steps
    inputs(%b "before" : tensor<3xi1>, %n "now" : tensor<3xi1>)
    outputs("y", "z") {
  %w = snn.constant dense<1.0> : tensor<2x3xf32>
  %y = snn.linear "rec" %b weight %w
    : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  %z = snn.linear "rec" %n weight %w
    : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y, %z : tensor<2xf32>, tensor<2xf32>
}

// -----

// Two constants of one name.
// CHECK: memref.global "private" constant @n_weight : memref<1x1xf32> = dense<1.0
// CHECK: memref.global "private" constant @n_weight_2 : memref<1x1xf32> = dense<2.0
// CHECK: memref.get_global @n_weight_2
snn.step @two_constants_of_one_name inputs(%x "x" : tensor<1xi1>)
    outputs("y", "z") {
  %v = snn.constant dense<1.0> : tensor<1x1xf32>
  %w = snn.constant dense<2.0> : tensor<1x1xf32>
  %y = snn.linear "n" %x weight %v
    : (tensor<1xi1>, tensor<1x1xf32>) -> tensor<1xf32>
  %z = snn.linear "n" %x weight %w
    : (tensor<1xi1>, tensor<1x1xf32>) -> tensor<1xf32>
  snn.yield %y, %z : tensor<1xf32>, tensor<1xf32>
}

// -----

// Where few spike, few sums are not zero.
// CHECK-LABEL: func.func private @sums_over_windows_are_few_step
// CHECK-SAME: kernels = ["sum_pool", "list_events", "conv_events", "copy"]
snn.step @sums_over_windows_are_few inputs(%x "x" : tensor<1x4x4xi1>) outputs("y") {
  %w = snn.constant dense<1.0> : tensor<1x1x2x2xf32>
  %p = snn.sum_pool "p" %x {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x4xi1> -> tensor<1x2x2xf32>
  %c = snn.conv "c" %p weight %w {stride = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilation = array<i64: 1, 1>, groups = 1}
    : (tensor<1x2x2xf32>, tensor<1x1x2x2xf32>) -> tensor<1x1x1xf32>
  snn.yield %c : tensor<1x1x1xf32>
}
