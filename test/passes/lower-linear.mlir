// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --convert-snn-to-linalg --canonicalize --split-input-file | FileCheck %s
// RUN: snn-opt %s --convert-snn-to-linalg=dense=true --canonicalize --split-input-file | FileCheck %s --check-prefix=DENSE

// Rows of the weights stand for sources: transposed. A spike adds its row.
// CHECK: memref.global "private" constant @fc_weight : memref<3x2xf32> = dense<{{\[}}[1.{{0*}}e+00, 4.{{0*}}e+00], [2.{{0*}}e+00, 5.{{0*}}e+00], [3.{{0*}}e+00, 6.{{0*}}e+00]]>
// CHECK-LABEL: func.func private @spikes_add_rows_step
// CHECK-SAME: %[[X:.*]]: tensor<3xi1>, %[[Y:.*]]: tensor<2xf32>)
// CHECK-SAME: clusters = ["x_events", "fc", "y"], kernels = ["list_events", "linear_events", "copy"]
// CHECK: %[[LIST:.*]]:2 = scf.for
// CHECK: %[[W:.*]] = bufferization.to_tensor %{{.*}} restrict
// CHECK: %[[ZERO:.*]] = linalg.fill ins(%{{.*}} : f32)
// CHECK: scf.for %[[I:.*]] = %{{.*}} to %[[LIST]]#1 step %{{.*}} iter_args(%[[ACC:.*]] = %[[ZERO]])
// CHECK: %[[E:.*]] = tensor.extract %[[LIST]]#0[%[[I]]]
// CHECK: %[[S:.*]] = arith.index_castui %[[E]] : i16 to index
// CHECK: %[[ROW:.*]] = tensor.extract_slice %[[W]][%[[S]], 0] [1, 2] [1, 1]
// CHECK: linalg.generic {{.*}} ins(%[[ROW]] : tensor<2xf32>) outs(%[[ACC]] : tensor<2xf32>)
// CHECK: ^bb0(%[[R:.*]]: f32, %[[A:.*]]: f32):
// CHECK-NEXT: arith.addf %[[A]], %[[R]] : f32
// DENSE-LABEL: @spikes_add_rows_step
// DENSE-SAME: kernels = ["linear_dense", "copy"]
// DENSE: linalg.generic {{.*}}iterator_types = ["reduction", "parallel"]
// DENSE: ^bb0(%[[IN:.*]]: i1, %[[W:.*]]: f32, %[[A:.*]]: f32):
// DENSE-NEXT: %[[F:.*]] = arith.uitofp %[[IN]] : i1 to f32
// DENSE-NEXT: %[[T:.*]] = arith.mulf %[[W]], %[[F]] : f32
// DENSE-NEXT: arith.addf %[[A]], %[[T]] : f32
snn.step @spikes_add_rows inputs(%x "x" : tensor<3xi1>) outputs("y") {
  %w = snn.constant dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>
  %y = snn.linear "fc" %x weight %w
    : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

// CHECK-LABEL: func.func private @real_events_weigh_their_rows_step
// CHECK-SAME: %[[X:.*]]: tensor<3xf64>
// CHECK-SAME: kernels = ["list_events", "affine_graded", "copy"]
// CHECK: %[[E:.*]] = tensor.extract %[[X]]
// CHECK: arith.cmpf une, %[[E]], %{{.*}} : f64
// CHECK: %[[V:.*]] = tensor.extract %[[X]]
// CHECK: tensor.extract_slice
// CHECK: %[[T:.*]] = arith.mulf %{{.*}}, %[[V]] : f64
// CHECK: arith.addf %{{.*}}, %[[T]] : f64
// CHECK: bufferization.to_tensor
// CHECK: linalg.generic
// CHECK: ^bb0(%[[B:.*]]: f64, %[[SUM:.*]]: f64):
// CHECK-NEXT: arith.addf %[[SUM]], %[[B]] : f64
snn.step @real_events_weigh_their_rows inputs(%x "x" : tensor<3xf64>) outputs("y") {
  %w = snn.constant dense<1.0> : tensor<2x3xf64>
  %b = snn.constant dense<[1.0, 0.0]> : tensor<2xf64>
  %y = snn.linear "fc" %x weight %w bias %b
    : (tensor<3xf64>, tensor<2x3xf64>, tensor<2xf64>) -> tensor<2xf64>
  snn.yield %y : tensor<2xf64>
}

// -----

// CHECK-LABEL: func.func private @a_bias_of_zeros_is_dropped_step
// CHECK-SAME: kernels = ["list_events", "linear_events", "copy"]
snn.step @a_bias_of_zeros_is_dropped inputs(%x "x" : tensor<3xi1>) outputs("y") {
  %w = snn.constant dense<1.0> : tensor<2x3xf32>
  %b = snn.constant dense<0.0> : tensor<2xf32>
  %y = snn.linear "fc" %x weight %w bias %b
    : (tensor<3xi1>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

// What is not mostly zero: sums and potentials.
// CHECK-LABEL: func.func private @reals_take_all_rows_step
// CHECK-SAME: kernels = ["list_events", "linear_events", "linear_dense", "copy"]
snn.step @reals_take_all_rows inputs(%x "x" : tensor<2xi1>) outputs("y") {
  %w = snn.constant dense<1.0> : tensor<2x2xf32>
  %a = snn.linear "a" %x weight %w
    : (tensor<2xi1>, tensor<2x2xf32>) -> tensor<2xf32>
  %b = snn.linear "b" %a weight %w
    : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2xf32>
  snn.yield %b : tensor<2xf32>
}

// -----

// CHECK: memref.global "private" constant @fc_weight : memref<2x3x4xf32>
// CHECK-LABEL: func.func private @leading_axes_step
// CHECK-SAME: kernels = ["affine_dense", "copy"]
// CHECK: linalg.generic {indexing_maps = [#[[X:.*]], #[[W:.*]], #[[Y:.*]]], iterator_types = ["parallel", "reduction", "parallel"]}
snn.step @leading_axes inputs(%x "x" : tensor<2x3xi1>) outputs("y") {
  %w = snn.constant dense<1.0> : tensor<2x4x3xf32>
  %b = snn.constant dense<1.0> : tensor<4xf32>
  %y = snn.linear "fc" %x weight %w bias %b
    : (tensor<2x3xi1>, tensor<2x4x3xf32>, tensor<4xf32>) -> tensor<2x4xf32>
  snn.yield %y : tensor<2x4xf32>
}
