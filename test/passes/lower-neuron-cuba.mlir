// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Two integrations and a fire of one node are one computation.
// RUN: snn-opt %s --convert-snn-to-linalg --canonicalize --split-input-file | FileCheck %s

// CHECK-DAG: memref.global "private" constant @n_decay_syn : memref<2xf32> = dense<[1.000000e-01, 3.000000e-01]>
// CHECK-DAG: memref.global "private" constant @n_gain_syn : memref<f32> = dense<3.0
// CHECK-DAG: memref.global "private" constant @n_leak_syn : memref<f32> = dense<0.0
// CHECK-DAG: memref.global "private" constant @n_decay : memref<f32> = dense<2.0
// CHECK-DAG: memref.global "private" constant @n_leak : memref<f32> = dense<5.0
// CHECK-LABEL: func.func private @cuba_lif_step
// CHECK-SAME: %[[X:.*]]: tensor<2xf32>, %[[I:.*]]: tensor<2xf32>, %[[V:.*]]: tensor<2xf32>, %{{.*}}: tensor<2xi1>)
// CHECK-SAME: kernels = ["cuba_lif", "copy"]
// CHECK: %[[N:.*]]:3 = linalg.generic {{.*}} outs(%{{.*}}, %[[I]], %[[V]] : tensor<2xi1>, tensor<2xf32>, tensor<2xf32>)
// CHECK: ^bb0({{.*}}: i1, %[[I0:.*]]: f32, %[[V0:.*]]: f32):
// CHECK: %[[I1:.*]] = arith.addf %[[I0]],
// CHECK: %[[L:.*]] = arith.subf %{{.*}}, %[[V0]]
// CHECK-NEXT: arith.addf %[[L]], %[[I1]]
// CHECK: %[[V1:.*]] = arith.addf %[[V0]],
// CHECK: %[[S:.*]] = arith.cmpf ogt, %[[V1]],
// CHECK: %[[V2:.*]] = arith.select %[[S]], %{{.*}}, %[[V1]]
// CHECK: linalg.yield %[[S]], %[[I1]], %[[V2]]
// CHECK: return %[[N]]#1, %[[N]]#2,
snn.step @cuba_lif inputs(%x "x" : tensor<2xf32>)
    states(%i "n.i" : tensor<2xf32> = 0.0, %v "n.v" : tensor<2xf32> = 0.0)
    outputs("y") {
  %j = snn.integrate "n" relax %x into %i {
    decay = dense<[0.1, 0.3]> : tensor<2xf64>, gain = 3.0, leak = 0.0}
    : tensor<2xf32>, tensor<2xf32>
  %w = snn.integrate "n" relax %j into %v {decay = 0.2, gain = 1.0, leak = 0.5}
    : tensor<2xf32>, tensor<2xf32>
  %y, %n = snn.fire "n" %w {threshold = 1.0, reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>
  snn.yield %y next %j, %n : tensor<2xi1> next tensor<2xf32>, tensor<2xf32>
}

// -----

// CHECK-LABEL: func.func private @cuba_li_step
// CHECK-SAME: kernels = ["cuba_li", "copy"]
// CHECK: linalg.generic {{.*}} outs(%{{.*}}, %{{.*}} : tensor<1xf32>, tensor<1xf32>)
// CHECK-NOT: linalg.generic
// CHECK: return
snn.step @cuba_li inputs(%x "x" : tensor<1xf32>)
    states(%i "n.i" : tensor<1xf32> = 0.0, %v "n.v" : tensor<1xf32> = 0.0)
    outputs("y") {
  %j = snn.integrate "n" exact %x into %i {decay = 0.1, gain = 3.0, leak = 0.0}
    : tensor<1xf32>, tensor<1xf32>
  %w = snn.integrate "n" exact %j into %v {decay = 0.2, gain = 1.0, leak = 0.5}
    : tensor<1xf32>, tensor<1xf32>
  snn.yield %w next %j, %w : tensor<1xf32> next tensor<1xf32>, tensor<1xf32>
}

// -----

// A neuron and the one that it feeds stay two.
// CHECK-LABEL: func.func private @neurons_of_two_nodes_step
// CHECK-SAME: kernels = ["integrator", "integrator", "copy"]
snn.step @neurons_of_two_nodes inputs(%x "x" : tensor<1xf32>)
    states(%v "a.v" : tensor<1xf32> = 0.0, %w "b.v" : tensor<1xf32> = 0.0)
    outputs("y") {
  %a = snn.integrate "a" accumulate %x into %v {gain = 3.0}
    : tensor<1xf32>, tensor<1xf32>
  %b = snn.integrate "b" accumulate %a into %w {gain = 3.0}
    : tensor<1xf32>, tensor<1xf32>
  snn.yield %b next %a, %b : tensor<1xf32> next tensor<1xf32>, tensor<1xf32>
}
