// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --convert-snn-to-linalg=input-events=true --split-input-file --verify-diagnostics | FileCheck %s

// Indices that are not below the size are left out, and so are those beyond
// the list's end.
// CHECK-LABEL: func.func private @indices_are_checked_step
// CHECK-SAME: (%[[LIST:.*]]: tensor<3xi16>, %[[N:.*]]: index, %{{.*}}: tensor<2xf32>)
// CHECK-SAME: arg_names = ["x", "n_x", "y"]
// CHECK-SAME: kernels = ["checked_events", "linear_events", "copy"], n_inputs = 2
// CHECK: %[[SIZE:.*]] = arith.constant 3 : index
// CHECK: %[[END:.*]] = arith.minui %[[N]], %[[SIZE]]
// CHECK: %[[OK:.*]]:2 = scf.for %[[I:.*]] = %{{.*}} to %[[END]]
// CHECK: %[[E:.*]] = tensor.extract %[[LIST]][%[[I]]]
// CHECK: %[[S:.*]] = arith.index_castui %[[E]]
// CHECK: %[[IN:.*]] = arith.cmpi ult, %[[S]], %[[SIZE]]
// CHECK: scf.if %[[IN]]
// CHECK: scf.for %{{.*}} to %[[OK]]#1
snn.step @indices_are_checked inputs(%x "x" : tensor<3xi1>) outputs("y") {
  %w = snn.constant dense<1.0> : tensor<2x3xf32>
  %y = snn.linear "fc" %x weight %w
    : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

// CHECK-LABEL: func.func private @events_are_spread_for_other_users_step
// CHECK-SAME: clusters = ["x_events", "x_spikes", "fc", "g", "y", "z"]
// CHECK-SAME: kernels = ["checked_events", "spread_events", "linear_events", "scale",
// CHECK: %[[OK:.*]]:2 = scf.for
// CHECK: %[[NONE:.*]] = linalg.fill ins(%false{{.*}} : i1)
// CHECK: %[[X:.*]] = scf.for %{{.*}} to %[[OK]]#1 step %{{.*}} iter_args(%[[S:.*]] = %[[NONE]])
// CHECK: tensor.insert %true{{.*}} into %[[S]]
// CHECK: linalg.generic {{.*}} ins(%[[X]], %{{.*}} : tensor<3xi1>, tensor<f32>)
snn.step @events_are_spread_for_other_users inputs(%x "x" : tensor<3xi1>)
    outputs("y", "z") {
  %w = snn.constant dense<1.0> : tensor<2x3xf32>
  %y = snn.linear "fc" %x weight %w
    : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  %z = snn.scale "g" %x {scale = 2.0} : tensor<3xi1> -> tensor<3xf32>
  snn.yield %y, %z : tensor<2xf32>, tensor<3xf32>
}

// -----

// expected-error @+1 {{input events need --input-kind=spikes and Inputs with one axis}}
snn.step @reals_are_no_events inputs(%x "x" : tensor<3xf32>) outputs("y") {
  snn.yield %x : tensor<3xf32>
}

// -----

// expected-error @+1 {{input events need --input-kind=spikes and Inputs with one axis}}
snn.step @two_axes_have_no_index inputs(%x "x" : tensor<3x1xi1>) outputs("y") {
  snn.yield %x : tensor<3x1xi1>
}
