// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file --snn-quantize | FileCheck %s

// Codes and scales of the plan are taken as they are: the nearest codes here
// would be 3 and -4, and 2 and 1. Products of one sum may differ in their
// scales: the coarser one is rescaled.
// CHECK-LABEL: snn.step @given
// CHECK-DAG: snn.constant dense<{{\[}}[2, -128], [2, 1]]> : tensor<2x2xi8> as tensor<2x2x!quant.uniform<i8:f32:0, {1.250000e-01,5.000000e-01}>>
// CHECK-DAG: snn.constant dense<[7, -9]> : tensor<2xi32> as tensor<2x!quant.uniform<i32:f32:0, {1.250000e-01,5.000000e-01}>>
// CHECK-DAG: snn.constant dense<{{\[}}[-1], [1]]> : tensor<2x1xi4> as tensor<2x1x!quant.uniform<i4:f32, 2.500000e-01>>
// CHECK: %[[R:.*]] = snn.rescale "lif" {{.*}} -> tensor<2x!quant.uniform<i32:f32:0, {1.250000e-01,2.500000e-01}>>
// CHECK: snn.sum "lif" {{.*}} -> tensor<2x!quant.uniform<i32:f32:0, {1.250000e-01,2.500000e-01}>>
snn.step @given inputs(%x "x" : tensor<2xi1>)
    states(%v "lif.v" : tensor<2xf32> = 0.0, %z "lif" : tensor<1xi1> = 0.0)
    outputs("y") attributes {plan = {
      fc = {scale = array<f64: 0.125, 0.5>, codes = dense<[[2, -128], [2, 1]]> : tensor<2x2xi8>,
            bias = dense<[7, -9]> : tensor<2xi32>},
      rec = {weights = 4 : i64, scale = array<f64: 0.25>, codes = dense<[[-1], [1]]> : tensor<2x1xi8>}}} {
  %w = snn.constant dense<[[0.3, -0.5], [0.9, 0.4]]> : tensor<2x2xf32>
  %b = snn.constant dense<[0.1, 0.2]> : tensor<2xf32>
  %u = snn.constant dense<[[-0.3], [0.2]]> : tensor<2x1xf32>
  %i = snn.linear "fc" %x weight %w bias %b
    : (tensor<2xi1>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %r = snn.linear "rec" %z weight %u : (tensor<1xi1>, tensor<2x1xf32>) -> tensor<2xf32>
  %in = snn.sum "lif" %i, %r : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %v1 = snn.integrate "lif" leaky %in into %v {decay = 0.9, gain = 1.0}
    : tensor<2xf32>, tensor<2xf32>
  %s, %v2 = snn.fire "lif" %v1 {threshold = 1.0, reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>
  snn.yield %s next %v2, %z : tensor<2xi1> next tensor<2xf32>, tensor<1xi1>
}

// -----

// A scale alone: its nearest codes.
// CHECK-LABEL: snn.step @scale
// CHECK: dense<{{\[}}[3, -5]]> : tensor<1x2xi8> as tensor<1x2x!quant.uniform<i8:f32, 1.000000e-01>>
snn.step @scale inputs(%x "x" : tensor<2xi1>) outputs("y")
    attributes {plan = {fc = {scale = array<f64: 0.1>}}} {
  %w = snn.constant dense<[[0.3, -0.5]]> : tensor<1x2xf32>
  %i = snn.linear "fc" %x weight %w
    : (tensor<2xi1>, tensor<1x2xf32>) -> tensor<1xf32>
  snn.yield %i : tensor<1xf32>
}
