// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Ten steps of three spikes each.
// RUN: printf '\1\0\1\0\1\0\1\1\0\0\0\1\1\0\0\1\0\1\0\1\0\1\1\0\0\0\1\1\0\0' > %t.in
// RUN: tune-run %s 2 5 8 1 -1 cr 1 < %t.in 2> %t.err | FileCheck %s
// RUN: FileCheck %s --check-prefix=NOTE < %t.err
// RUN: tune-run %s 2 5 8 1 -1 cr 1 < %t.in 2> %t.err | snn-opt --snn-quantize | FileCheck %s --check-prefix=CODES
// RUN: not tune-run %s 2 5 5 1 -1 c 1 < %t.in 2>&1 | FileCheck %s --check-prefix=BITS
// RUN: not tune-run %s 2 0 8 1 -1 c 1 < %t.in 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not tune-run %s 2 0 8 1 -1 r 1 < %t.in 2>&1 | FileCheck %s --check-prefix=NONE
// BITS: error: weights of 5 bits, expected 4, 8 or 16
// NONE: error: tuning wants data: there are 2 samples of 0 steps

// What nothing fires behind is read, so every step counts alike; a row whose
// neuron never fires is rounded plainly; weights that are whole in a power of
// two keep every bit, so the plan says nothing of them.
// CHECK: plan = {
// CHECK-SAME: fires = {codes = dense<{{.*}}> : tensor<2x3xi8>, scale = array<f64: {{[0-9.e-]+}}, 0.0099999998{{[0-9]*}}>}
// CHECK-NOT: whole =
// CHECK-SAME: reads = {bias = dense<{{.*}}> : tensor<1xi32>, codes = dense<{{.*}}> : tensor<1x3xi8>, scale = array<f64: {{[0-9.e-]+}}>}
// CHECK-NOT: twice =
// Of each element: its least and most, before and after firing.
// CHECK: ranges = {
// CHECK-SAME: reads.v = {least = dense<0.000000e+00> : tensor<1xf64>, most = dense<{{.*}}> : tensor<1xf64>, whole = false}
// CHECK-SAME: whole.v = {least = dense<[0.000000e+00, -7.000000e+00]> : tensor<2xf64>, most = dense<[3.000000e+00, 0.000000e+00]> : tensor<2xf64>, whole = true}
// NOTE-DAG: note: the weights of 'twice' are rounded plainly: what it gives is used more than once
// NOTE-DAG: note: the weights of 'alone' are rounded plainly: no neuron is behind it
// NOTE-DAG: note: the weights of 'kept' are rounded plainly: its neuron changes its state in other ways, too
// NOTE-DAG: note: the weights of 'counts' are rounded plainly: its neuron counts spikes
// NOTE-NOT: 'fires'
// CODES: dense<{{\[}}[103, 56, 126], [-127, -100, -50]]> : tensor<2x3xi8>
snn.step @layers inputs(%x "x" : tensor<3xi1>)
    states(%v "fires.v" : tensor<2xf32> = 0.0, %r "reads.v" : tensor<1xf32> = 0.0,
           %k "whole.v" : tensor<2xf32> = 0.0, %c "kept.v" : tensor<2xf32> = 0.0,
           %n "counts.v" : tensor<2xf32> = 0.0)
    outputs("y", "z", "a", "b") {
  %w = snn.constant dense<[[0.713, 0.39, 0.877], [-1.27, -1.0, -0.5]]> : tensor<2x3xf32>
  %i = snn.linear "fires" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  %v1 = snn.integrate "fires" leaky %i into %v {decay = 0.9, gain = 1.0}
    : tensor<2xf32>, tensor<2xf32>
  %s, %v2 = snn.fire "fires" %v1 {threshold = 1.0, reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>

  %w1 = snn.constant dense<[[0.313, 0.59, 0.177]]> : tensor<1x3xf32>
  %b1 = snn.constant dense<0.021> : tensor<1xf32>
  %i1 = snn.linear "reads" %x weight %w1 bias %b1
    : (tensor<3xi1>, tensor<1x3xf32>, tensor<1xf32>) -> tensor<1xf32>
  %r1 = snn.integrate "reads" leaky %i1 into %r {decay = 0.9, gain = 1.0}
    : tensor<1xf32>, tensor<1xf32>

  %w2 = snn.constant dense<[[1.0, 1.0, 1.0], [-1.0, -1.0, -1.0]]> : tensor<2x3xf32>
  %i2 = snn.linear "whole" %x weight %w2 : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  %k1 = snn.integrate "whole" accumulate %i2 into %k {gain = 1.0}
    : tensor<2xf32>, tensor<2xf32>
  %s2, %k2 = snn.fire "whole" %k1 {threshold = 2.0, reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>

  %i3 = snn.linear "twice" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  %i4 = snn.linear "alone" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>

  %i5 = snn.linear "kept" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  %c1 = snn.integrate "kept" leaky %i5 into %c {decay = 0.9, gain = 1.0}
    : tensor<2xf32>, tensor<2xf32>
  %c2 = snn.clamp "kept" %c1 at max {low = 0.0} : tensor<2xf32>

  %i6 = snn.linear "counts" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  %n1 = snn.integrate "counts" leaky %i6 into %n {decay = 0.9, gain = 1.0}
    : tensor<2xf32>, tensor<2xf32>
  %s6, %n2 = snn.fire "counts" %n1 mode subtract compare count {threshold = 1.0, cap = 3 : i32}
    : tensor<2xf32> -> tensor<2xi8>
  snn.yield %i3, %i3, %i4, %s next %v2, %r1, %k2, %c2, %n2
    : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xi1> next tensor<2xf32>, tensor<1xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}
