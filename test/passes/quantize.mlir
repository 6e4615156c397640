// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file --snn-quantize | FileCheck %s
// RUN: snn-opt %s -split-input-file --snn-quantize="weights=16 state=32 granularity=tensor scales=power-of-two" | FileCheck %s --check-prefix=TENSOR
// RUN: snn-opt %s -split-input-file --snn-quantize | snn-opt -split-input-file | FileCheck %s
// RUN: snn-opt %s -split-input-file --snn-quantize=borders=float | FileCheck %s --check-prefix=FLOAT

// Weights of 8 bits, a scale for each row; the state's is 2^-k of that, k such
// that four thresholds fit, and each current goes in whole. Here all are equal.
// CHECK-LABEL: snn.step @channels
// CHECK: "lif.v" : tensor<2x!quant.uniform<i16:f32, 2.44140625E-4>> = 0.0
// CHECK: snn.constant dense<[8, 0]> : tensor<2xi32> as tensor<2x!quant.uniform<i32:f32:0, {1.562500e-02,3.125000e-02}>>
// CHECK: snn.constant dense<{{\[}}[64, -127], [127, 32]]> : tensor<2x2xi8> as tensor<2x2x!quant.uniform<i8:f32:0, {1.562500e-02,3.125000e-02}>>
// CHECK: snn.linear {{.*}} -> tensor<2x!quant.uniform<i32:f32:0, {1.562500e-02,3.125000e-02}>>
// CHECK: snn.integrate "lif" leaky {{.*}} {decay = 0.9, gain = 1.0}
// CHECK: snn.fire {{.*}} -> tensor<2xi1>
// CHECK-NOT: rescale
// TENSOR-LABEL: snn.step @channels
// TENSOR: "lif.v" : tensor<2x!quant.uniform<i32:f32, 1.1920928955078125E-7>> = 0.0
// TENSOR: snn.constant dense<{{\[}}[1024, -2032], [4064, 1025]]> : tensor<2x2xi16> as tensor<2x2x!quant.uniform<i16:f32, 9.765625E-4>>
snn.step @channels inputs(%x "x" : tensor<2xi1>)
    states(%v "lif.v" : tensor<2xf32> = 0.0) outputs("y") {
  %w = snn.constant dense<[[1.0, -1.984375], [3.96875, 1.0009765625]]> : tensor<2x2xf32>
  %b = snn.constant dense<[0.125, 0.0]> : tensor<2xf32>
  %i = snn.linear "fc" %x weight %w bias %b
    : (tensor<2xi1>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %v1 = snn.integrate "lif" leaky %i into %v {decay = 0.9, gain = 1.0}
    : tensor<2xf32>, tensor<2xf32>
  %s, %v2 = snn.fire "lif" %v1 mode subtract {threshold = 1.0}
    : tensor<2xf32> -> tensor<2xi1>
  snn.yield %s next %v2 : tensor<2xi1> next tensor<2xf32>
}

// -----

// Weights that are whole in a power of two keep every bit.
// CHECK-LABEL: snn.step @lossless
// CHECK: snn.constant dense<{{\[}}[1, -3, 100]]> : tensor<1x3xi8> as tensor<1x3x!quant.uniform<i8:f32, 6.250000e-02>>
snn.step @lossless inputs(%x "x" : tensor<3xi1>)
    states(%v "if.v" : tensor<1xf32> = 0.0) outputs("y") {
  %w = snn.constant dense<[[0.0625, -0.1875, 6.25]]> : tensor<1x3xf32>
  %i = snn.linear "fc" %x weight %w
    : (tensor<3xi1>, tensor<1x3xf32>) -> tensor<1xf32>
  %v1 = snn.integrate "if" accumulate %i into %v {gain = 1.0}
    : tensor<1xf32>, tensor<1xf32>
  %s, %v2 = snn.fire "if" %v1 {threshold = 1.0, reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.yield %s next %v2 : tensor<1xi1> next tensor<1xf32>
}

// -----

// What is added up has one scale; nothing is rescaled.
// CHECK-LABEL: snn.step @recurrent
// CHECK: as tensor<1x1x!quant.uniform<i8:f32, [[S:.*]]>>
// CHECK: as tensor<1x1x!quant.uniform<i8:f32, [[S]]>>
// CHECK-NOT: rescale
// CHECK: snn.sum "lif" {{.*}} -> tensor<1x!quant.uniform<i32:f32, [[S]]>>
snn.step @recurrent inputs(%x "x" : tensor<1xi1>)
    states(%v "lif.v" : tensor<1xf32> = 0.0, %z "lif" : tensor<1xi1> = 0.0)
    outputs("y") {
  %w = snn.constant dense<0.3> : tensor<1x1xf32>
  %u = snn.constant dense<-0.1> : tensor<1x1xf32>
  %i = snn.linear "fc" %x weight %w
    : (tensor<1xi1>, tensor<1x1xf32>) -> tensor<1xf32>
  %r = snn.linear "rec" %z weight %u
    : (tensor<1xi1>, tensor<1x1xf32>) -> tensor<1xf32>
  %in = snn.sum "lif" %i, %r : tensor<1xf32>, tensor<1xf32> -> tensor<1xf32>
  %v1 = snn.integrate "lif" relax %in into %v
    {decay = 0.1, gain = 1.0, leak = 0.0} : tensor<1xf32>, tensor<1xf32>
  %s, %v2 = snn.fire "lif" %v1 {threshold = 1.0, reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.yield %s next %v2, %s : tensor<1xi1> next tensor<1xf32>, tensor<1xi1>
}

// -----

// Two scales meet in the sum, so one is rescaled. The Input is real: its scale
// is that of its range; the readout's range says how fine its codes may be.
// CHECK-LABEL: snn.step @rescaled
// CHECK: inputs(%{{.*}} "x" : tensor<1x!quant.uniform<i16:f32, [[IN:.*]]>>)
// CHECK: "li.v" : tensor<1x!quant.uniform<i16:f32,
// CHECK-NOT: ranges
// CHECK: %[[L:.*]] = snn.linear
// CHECK: %[[R:.*]] = snn.rescale "li" %{{.*}} : tensor<1x!quant.uniform<i16:f32, [[IN]]>> -> tensor<1x!quant.uniform<i32:f32, [[S:.*]]>>
// CHECK: snn.sum "li" %[[L]], %[[R]]
// FLOAT-LABEL: snn.step @rescaled
// FLOAT: inputs(%[[X:.*]] "x" : tensor<1xf32>)
// FLOAT: %[[C:.*]] = snn.rescale "x" %[[X]] : tensor<1xf32> -> tensor<1x!quant.uniform<i16:f32, [[IN:.*]]>>
// FLOAT: snn.linear "fc" %[[C]]
// FLOAT: snn.rescale "li" %[[C]] :
// FLOAT: %[[V:.*]] = snn.integrate
// FLOAT: %[[Y:.*]] = snn.rescale "y" %[[V]] : tensor<1x!quant.uniform<i16:f32, {{.*}}>> -> tensor<1xf32>
// FLOAT: snn.yield %[[Y]] next %[[V]] :
// TENSOR-LABEL: snn.step @rescaled
// TENSOR: "li.v" : tensor<1x!quant.uniform<i32:f32,
snn.step @rescaled inputs(%x "x" : tensor<1xf32>)
    states(%v "li.v" : tensor<1xf32> = 0.0) outputs("y")
    attributes {ranges = {x = array<f64: 0.3, 0.0>, li.v = array<f64: 2.0, 0.0>}} {
  %w = snn.constant dense<0.3> : tensor<1x1xf32>
  %i = snn.linear "fc" %x weight %w
    : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1xf32>
  %in = snn.sum "li" %i, %x : tensor<1xf32>, tensor<1xf32> -> tensor<1xf32>
  %v1 = snn.integrate "li" relax %in into %v
    {decay = 0.1, gain = 1.0, leak = 0.0} : tensor<1xf32>, tensor<1xf32>
  snn.yield %v1 next %v1 : tensor<1xf32> next tensor<1xf32>
}

// -----

// A mean of spikes is exact in a scale of its own; a sum of them is a count;
// one factor changes the scale alone; Flatten wants one scale.
// CHECK-LABEL: snn.step @pools
// CHECK: snn.avg_pool {{.*}} -> tensor<2x1x1x!quant.uniform<i8:f32, 2.500000e-01>>
// CHECK: snn.sum_pool {{.*}} -> tensor<2x1x1xi8>
// CHECK: snn.scale "gain" {{.*}} -> tensor<2x1x1x!quant.uniform<i8:f32, 1.250000e-01>>
// CHECK: snn.conv {{.*}} -> tensor<2x1x1x!quant.uniform<i32:f32:0, {
// CHECK: %[[R:.*]] = snn.rescale
// CHECK: tensor.collapse_shape %[[R]]
// CHECK: snn.threshold "t" {{.*}} -> tensor<2xi1>
// CHECK: snn.scale "each" {{.*}} : tensor<2xi1> -> tensor<2x!quant.uniform<i16:f32,
snn.step @pools inputs(%x "x" : tensor<2x2x2xi1>) outputs("a", "b", "c", "d")
    attributes {plan = {conv = {weights = 4 : i64, channels = true}}} {
  %a = snn.avg_pool "avg" %x {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<2x2x2xi1> -> tensor<2x1x1xf32>
  %b = snn.sum_pool "sum" %x {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<2x2x2xi1> -> tensor<2x1x1xf32>
  %g = snn.scale "gain" %a {scale = 0.5} : tensor<2x1x1xf32> -> tensor<2x1x1xf32>
  %w = snn.constant dense<[[[[0.3]], [[0.1]]], [[[0.5]], [[-0.7]]]]> : tensor<2x2x1x1xf32>
  %y = snn.conv "conv" %g weight %w {stride = array<i64: 1, 1>,
    pads = array<i64: 0, 0, 0, 0>, dilation = array<i64: 1, 1>, groups = 1}
    : (tensor<2x1x1xf32>, tensor<2x2x1x1xf32>) -> tensor<2x1x1xf32>
  %f = tensor.collapse_shape %y [[0, 1, 2]] : tensor<2x1x1xf32> into tensor<2xf32>
  %t = snn.threshold "t" %f {threshold = 0.1} : tensor<2xf32> -> tensor<2xi1>
  %e = snn.scale "each" %t {scale = dense<[0.3, -0.7]> : tensor<2xf64>}
    : tensor<2xi1> -> tensor<2xf32>
  snn.yield %b, %y, %t, %e : tensor<2x1x1xf32>, tensor<2x1x1xf32>, tensor<2xi1>, tensor<2xf32>
}

// -----

// A line of floats that counts enter has their scale, 1. A loop of readouts
// alone gets scales from the ranges of its states.
// CHECK-LABEL: snn.step @loops
// CHECK: "d" : tensor<2x1x!quant.uniform<i8:f32, 1.000000e+00>>
// CHECK: "li.v" : tensor<1x!quant.uniform<i16:f32,
// CHECK: snn.delay_push "d" {{.*}} : tensor<1x!quant.uniform<i8:f32, 1.000000e+00>>
snn.step @loops inputs(%x "x" : tensor<1xi1>)
    states(%l "d" : tensor<2x1xf32> = 0.0, %v "li.v" : tensor<1xf32> = 0.0)
    outputs("y", "z")
    attributes {ranges = {li.v = array<f64: 2.0, 0.0>}} {
  %d = snn.delay_read "d" %l {steps = 2} : tensor<2x1xf32> -> tensor<1xf32>
  %v1 = snn.integrate "li" accumulate %v into %v {gain = 0.1}
    : tensor<1xf32>, tensor<1xf32>
  %g = snn.scale "g" %x {scale = 1.0} : tensor<1xi1> -> tensor<1xf32>
  %l1 = snn.delay_push "d" %g into %l : tensor<1xf32>, tensor<2x1xf32>
  snn.yield %d, %v1 next %l1, %v1 : tensor<1xf32>, tensor<1xf32> next tensor<2x1xf32>, tensor<1xf32>
}
