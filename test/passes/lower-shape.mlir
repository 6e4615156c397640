// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What computes nothing: shapes and constants.
// RUN: snn-opt %s --convert-snn-to-linalg --canonicalize --split-input-file | FileCheck %s

// CHECK-LABEL: func.func private @flatten_moves_nothing_step
// CHECK: %[[F:.*]] = tensor.collapse_shape %{{.*}} {{\[}}[0, 1]]
// CHECK: bufferization.materialize_in_destination %[[F]]
snn.step @flatten_moves_nothing inputs(%x "x" : tensor<2x3xf32>) outputs("y") {
  %y = tensor.collapse_shape %x [[0, 1]] : tensor<2x3xf32> into tensor<6xf32>
  snn.yield %y : tensor<6xf32>
}

// -----

// CHECK: memref.global "private" constant @n_zero : memref<2xf32> = dense<0.0
// CHECK-LABEL: func.func private @what_an_unfed_node_gets_step
// CHECK: memref.get_global @n_zero
snn.step @what_an_unfed_node_gets outputs("y") {
  %zero = snn.constant dense<0.0> : tensor<2xf32> loc("n")
  %y = snn.scale "n" %zero {scale = 2.0} : tensor<2xf32> -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}
