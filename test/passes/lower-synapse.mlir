// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --convert-snn-to-linalg --canonicalize --split-input-file | FileCheck %s

// CHECK-LABEL: func.func private @sum_from_the_first_to_the_last_step
// CHECK: ^bb0(%[[A:.*]]: i1, %[[B:.*]]: f32, %[[C:.*]]: i8, %{{.*}}: f32):
// CHECK-NEXT: %[[AF:.*]] = arith.uitofp %[[A]] : i1 to f32
// CHECK-NEXT: %[[AB:.*]] = arith.addf %[[AF]], %[[B]] : f32
// CHECK-NEXT: %[[CF:.*]] = arith.sitofp %[[C]] : i8 to f32
// CHECK-NEXT: %[[Y:.*]] = arith.addf %[[AB]], %[[CF]] : f32
// CHECK-NEXT: linalg.yield %[[Y]]
snn.step @sum_from_the_first_to_the_last
    inputs(%a "a" : tensor<3xi1>, %b "b" : tensor<3xf32>, %c "c" : tensor<3xi8>)
    outputs("y") {
  %y = snn.sum "n" %a, %b, %c : tensor<3xi1>, tensor<3xf32>, tensor<3xi8>
    -> tensor<3xf32>
  snn.yield %y : tensor<3xf32>
}

// -----

// CHECK-LABEL: func.func private @a_value_that_arrives_twice_is_one_operand_step
// CHECK: linalg.generic {{.*}} ins(%[[X:[a-z0-9]+]] : tensor<1xf32>)
// CHECK: ^bb0(%[[X:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: arith.addf %[[X]], %[[X]] : f32
snn.step @a_value_that_arrives_twice_is_one_operand inputs(%x "x" : tensor<1xf32>)
    outputs("y") {
  %y = snn.sum "n" %x, %x : tensor<1xf32>, tensor<1xf32> -> tensor<1xf32>
  snn.yield %y : tensor<1xf32>
}

// -----

// CHECK-LABEL: func.func private @a_long_sum_goes_on_from_its_beginning_step
// CHECK: %[[S:.*]] = linalg.generic
// CHECK-COUNT-14: arith.addf
// CHECK: linalg.generic {{.*}} ins(%[[S]], %{{[a-z0-9]+}} : tensor<1xf32>, tensor<1xf32>)
// CHECK-COUNT-2: arith.addf
snn.step @a_long_sum_goes_on_from_its_beginning inputs(%a "a" : tensor<1xf32>)
    outputs("y") {
  %y = snn.sum "n" %a, %a, %a, %a, %a, %a, %a, %a, %a, %a, %a, %a, %a, %a, %a,
    %a, %a : tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>,
    tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>,
    tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>, tensor<1xf32>,
    tensor<1xf32>, tensor<1xf32>, tensor<1xf32> -> tensor<1xf32>
  snn.yield %y : tensor<1xf32>
}

// -----

// CHECK: memref.global "private" constant @g_scale : memref<2xf32> = dense<[1.000000e-01, 2.000000e+00]>
// CHECK-LABEL: func.func private @scale_step
// CHECK: ^bb0(%[[X:.*]]: f32, %[[S:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT: arith.mulf %[[X]], %[[S]] : f32
snn.step @scale inputs(%x "x" : tensor<2xf32>) outputs("y") {
  %y = snn.scale "g" %x {scale = dense<[0.1, 2.0]> : tensor<2xf64>}
    : tensor<2xf32> -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

// CHECK: memref.global "private" constant @t_threshold : memref<f32> = dense<1.000000e-01>
// CHECK-LABEL: func.func private @threshold_step
// CHECK: ^bb0(%[[X:.*]]: f32, %[[T:.*]]: f32, %{{.*}}: i1):
// CHECK-NEXT: arith.cmpf ogt, %[[X]], %[[T]] : f32
snn.step @threshold inputs(%x "x" : tensor<2x2xf32>) outputs("y") {
  %y = snn.threshold "t" %x {threshold = 0.1}
    : tensor<2x2xf32> -> tensor<2x2xi1>
  snn.yield %y : tensor<2x2xi1>
}

// -----

// The threshold has the network's type, which z tells.
// CHECK: memref.global "private" constant @t_threshold : memref<f64>
snn.step @threshold_of_spikes_in_f64
    inputs(%x "x" : tensor<2xi1>, %z "z" : tensor<2xf64>) outputs("y") {
  %y = snn.threshold "t" %x {threshold = 0.99999999999}
    : tensor<2xi1> -> tensor<2xi1>
  snn.yield %y : tensor<2xi1>
}

// -----

// CHECK: memref.global "private" constant @fc_bias : memref<f32> = dense<2.0
// CHECK-LABEL: func.func private @a_bias_that_is_one_number_step
snn.step @a_bias_that_is_one_number inputs(%x "x" : tensor<3xi1>)
    outputs("y") {
  %w = snn.constant dense<1.0> : tensor<2x3xf32>
  %b = snn.constant dense<2.0> : tensor<2xf32>
  %y = snn.linear "fc" %x weight %w bias %b
    : (tensor<3xi1>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}
