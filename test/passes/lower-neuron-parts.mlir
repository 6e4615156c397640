// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Which operations on states become one loop.
// RUN: snn-opt %s --convert-snn-to-linalg --canonicalize --split-input-file | FileCheck %s

// As many as one loop has room for.
// CHECK-LABEL: func.func private @many_step
// CHECK-SAME: clusters = ["n", "n_2", "n_3", "o"]
// CHECK-COUNT-3: linalg.generic
// CHECK-NOT: linalg.generic
// CHECK: return
snn.step @many inputs(%x "x" : tensor<3xf32>, %y "y" : tensor<3xf32>, %z "z" : tensor<3xf32>, %w "w" : tensor<3xf32>, %u "u" : tensor<3xf32>)
    states(%a "n.a" : tensor<3xf32> = 0.0, %b "n.b" : tensor<3xf32> = 0.0, %c "n.c" : tensor<3xf32> = 0.0, %d "n.d" : tensor<3xf32> = 0.0, %e "n.e" : tensor<3xf32> = 0.0) outputs("o") {
  %1 = snn.integrate "n" exact %x into %a {decay = 0.1, gain = 2.0, leak = 0.5} : tensor<3xf32>, tensor<3xf32>
  %2 = snn.integrate "n" exact %y into %b {decay = 0.1, gain = 2.0, leak = 0.5} : tensor<3xf32>, tensor<3xf32>
  %3 = snn.integrate "n" exact %z into %c {decay = 0.1, gain = 2.0, leak = 0.5} : tensor<3xf32>, tensor<3xf32>
  %4 = snn.integrate "n" exact %w into %d {decay = 0.1, gain = 2.0, leak = 0.5} : tensor<3xf32>, tensor<3xf32>
  %5 = snn.integrate "n" exact %u into %e {decay = 0.1, gain = 2.0, leak = 0.5} : tensor<3xf32>, tensor<3xf32>
  %s, %6 = snn.fire "n" %5 {threshold = 1.0, reset = 0.0} : tensor<3xf32> -> tensor<3xi1>
  snn.yield %s next %1, %2, %3, %4, %6 : tensor<3xi1> next tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----

// CHECK-LABEL: func.func private @a_lone_fire_step
// CHECK-SAME: kernels = ["threshold", "copy"]
// CHECK: linalg.generic
// CHECK: %[[S:.*]] = arith.cmpf ogt
// CHECK-NEXT: linalg.yield %[[S]] : i1
snn.step @a_lone_fire inputs(%x "x" : tensor<1xf32>) outputs("y") {
  %y, %v = snn.fire "n" %x {threshold = 1.0, reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.yield %y : tensor<1xi1>
}

// -----

// A value between two parts ends the first loop.
// CHECK-LABEL: func.func private @apart_step
// CHECK-SAME: clusters = ["n", "k", "n_2", "n.v", "y", "z"]
snn.step @apart inputs(%x "x" : tensor<1xf32>)
    states(%v "n.v" : tensor<1xf32> = 0.0) outputs("y", "z") {
  %u = snn.integrate "n" accumulate %x into %v {gain = 1.0}
    : tensor<1xf32>, tensor<1xf32>
  %z = snn.scale "k" %u {scale = 2.0} : tensor<1xf32> -> tensor<1xf32>
  %y, %w = snn.fire "n" %u {threshold = 1.0, reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.yield %y, %z next %w : tensor<1xi1>, tensor<1xf32> next tensor<1xf32>
}

// -----

// Integers: products of 64 bits, and both ends of 32.
// CHECK-LABEL: func.func private @integers_step
// CHECK: %[[P:.*]] = arith.muli %{{.*}}, %{{.*}} : i64
// CHECK: %[[K:.*]] = arith.divsi %[[P]], %{{.*}} : i64
// CHECK: %[[S:.*]] = arith.addi %[[K]], %{{.*}} : i64
// CHECK: %[[A:.*]] = arith.maxsi %[[S]], %{{.*}} : i64
// CHECK: %[[B:.*]] = arith.minsi %[[A]], %{{.*}} : i64
// CHECK: %[[V:.*]] = arith.trunci %[[B]] : i64 to i32
// CHECK: arith.cmpi sgt, %[[V]], %{{.*}} : i32
snn.step @integers inputs(%x "x" : tensor<1xf32>)
    states(%v "n.v" : tensor<1xi32> = 0.0) outputs("y") {
  %u = snn.integrate "n" shift %x into %v {decay = 4000.0, gain = 64.0}
    : tensor<1xf32>, tensor<1xi32>
  %y, %w = snn.fire "n" %u {threshold = 640.0, reset = 0.0}
    : tensor<1xi32> -> tensor<1xi1>
  snn.yield %y next %w : tensor<1xi1> next tensor<1xi32>
}
