// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Neurons as one linalg.generic: states in place, formulas in spec.md's order.
// RUN: snn-opt %s --convert-snn-to-linalg --canonicalize --split-input-file | FileCheck %s

// CHECK-LABEL: func.func private @li_step
// CHECK-SAME: %{{.*}}: tensor<2x1xf32>, %[[V:.*]]: tensor<2x1xf32>, %{{.*}}: tensor<2x1xf32>)
// CHECK-SAME: kernels = ["li", "copy"]
// CHECK: %[[N:.*]] = linalg.generic {{.*}} outs(%[[V]] : tensor<2x1xf32>)
// CHECK: ^bb0(%[[X:.*]]: f32, %[[D:.*]]: f32, %[[G:.*]]: f32, %[[L:.*]]: f32, %[[S:.*]]: f32):
// CHECK-NEXT: %[[GX:.*]] = arith.mulf %[[G]], %[[X]]
// CHECK-NEXT: %[[LS:.*]] = arith.subf %[[L]], %[[S]]
// CHECK-NEXT: %[[SUM:.*]] = arith.addf %[[LS]], %[[GX]]
// CHECK-NEXT: %[[DS:.*]] = arith.mulf %[[D]], %[[SUM]]
// CHECK-NEXT: arith.addf %[[S]], %[[DS]]
// CHECK: return %[[N]],
snn.step @li inputs(%x "x" : tensor<2x1xf32>)
    states(%v "n.v" : tensor<2x1xf32> = 0.0) outputs("y") {
  %n = snn.integrate "n" relax %x into %v {decay = 0.1, gain = 2.0, leak = 0.5}
    : tensor<2x1xf32>, tensor<2x1xf32>
  snn.yield %n next %n : tensor<2x1xf32> next tensor<2x1xf32>
}

// -----

// CHECK-LABEL: func.func private @exact_step
// CHECK: ^bb0(%[[X:.*]]: f64, %[[D:.*]]: f64, %[[G:.*]]: f64, %[[L:.*]]: f64, %[[S:.*]]: f64):
// CHECK-NEXT: %[[GX:.*]] = arith.mulf %[[G]], %[[X]]
// CHECK-NEXT: %[[SL:.*]] = arith.subf %[[S]], %[[L]]
// CHECK-NEXT: %[[DS:.*]] = arith.mulf %[[SL]], %[[D]]
// CHECK-NEXT: %[[REST:.*]] = arith.addf %[[L]], %[[DS]]
// CHECK-NEXT: arith.addf %[[REST]], %[[GX]]
snn.step @exact inputs(%x "x" : tensor<1xf64>)
    states(%v "n.v" : tensor<1xf64> = 0.0) outputs("y") {
  %n = snn.integrate "n" exact %x into %v {decay = 0.1, gain = 2.0, leak = 0.5}
    : tensor<1xf64>, tensor<1xf64>
  snn.yield %n next %n : tensor<1xf64> next tensor<1xf64>
}

// -----

// 1 * x is x, and a spike is a float of 0 or 1.
// CHECK-LABEL: func.func private @a_gain_of_one_is_no_product_step
// CHECK-SAME: kernels = ["integrator", "copy"]
// CHECK: ^bb0(%[[X:.*]]: i1, %[[S:.*]]: f32):
// CHECK-NEXT: %[[F:.*]] = arith.uitofp %[[X]] : i1 to f32
// CHECK-NEXT: arith.addf %[[S]], %[[F]]
snn.step @a_gain_of_one_is_no_product inputs(%x "x" : tensor<1xi1>)
    states(%v "n.v" : tensor<1xf32> = 0.0) outputs("y") {
  %n = snn.integrate "n" accumulate %x into %v {gain = 1.0}
    : tensor<1xi1>, tensor<1xf32>
  snn.yield %n next %n : tensor<1xf32> next tensor<1xf32>
}

// -----

// CHECK-LABEL: func.func private @fire_to_a_value_step
// CHECK-SAME: kernels = ["if", "copy"]
// CHECK: ^bb0(%{{.*}}: f32, %[[T:.*]]: f32, %[[R:.*]]: f32, %{{.*}}: i1, %{{.*}}: f32):
// CHECK: %[[V:.*]] = arith.addf
// CHECK-NEXT: %[[S:.*]] = arith.cmpf ogt, %[[V]], %[[T]]
// CHECK-NEXT: %[[N:.*]] = arith.select %[[S]], %[[R]], %[[V]]
// CHECK-NEXT: linalg.yield %[[S]], %[[N]]
snn.step @fire_to_a_value inputs(%x "x" : tensor<1xf32>)
    states(%v "n.v" : tensor<1xf32> = 0.0) outputs("y") {
  %i = snn.integrate "n" accumulate %x into %v {gain = 1.0}
    : tensor<1xf32>, tensor<1xf32>
  %y, %n = snn.fire "n" %i {threshold = 1.0, reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.yield %y next %n : tensor<1xi1> next tensor<1xf32>
}

// -----

// CHECK-LABEL: func.func private @fire_by_subtraction_step
// CHECK: %[[V:.*]] = arith.addf
// CHECK-NEXT: %[[S:.*]] = arith.cmpf oge, %[[V]], %[[T:.*]] : f32
// CHECK-NEXT: %[[R:.*]] = arith.subf %[[V]], %[[T]]
// CHECK-NEXT: arith.select %[[S]], %[[R]], %[[V]]
snn.step @fire_by_subtraction inputs(%x "x" : tensor<1xf32>)
    states(%v "n.v" : tensor<1xf32> = 0.0) outputs("y") {
  %i = snn.integrate "n" accumulate %x into %v {gain = 1.0}
    : tensor<1xf32>, tensor<1xf32>
  %y, %n = snn.fire "n" %i mode subtract compare ge {threshold = 1.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.yield %y next %n : tensor<1xi1> next tensor<1xf32>
}
