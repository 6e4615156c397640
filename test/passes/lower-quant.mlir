// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --convert-snn-to-linalg --canonicalize --split-input-file | FileCheck %s

!w = !quant.uniform<i8:f32, 0.25>
!y = !quant.uniform<i32:f32, 0.25>
// A spike adds a row; arguments are integers, and say what they stand for.
// CHECK: memref.global "private" constant @fc_weight : memref<3x2xi8> = dense<{{.*}}1, 2], [-3, 4], [100, 5
// CHECK-LABEL: func.func private @weights_of_spikes_step(
// CHECK-SAME: %{{.*}}: tensor<3xi1>, %{{.*}}: tensor<2xi32>)
// CHECK-SAME: arg_codes = ["", "a code of the number code * 0.25"]
// CHECK-NOT: arith.muli
// CHECK: %[[W:.*]] = arith.extsi %{{.*}} : i8 to i32
// CHECK: arith.addi %{{.*}}, %[[W]] overflow<nsw> : i32
snn.step @weights_of_spikes inputs(%x "x" : tensor<3xi1>) outputs("y") {
  %w = snn.constant dense<[[1, -3, 100], [2, 4, 5]]> : tensor<2x3xi8> as tensor<2x3x!w>
  %y = snn.linear "fc" %x weight %w : (tensor<3xi1>, tensor<2x3x!w>) -> tensor<2x!y>
  snn.yield %y : tensor<2x!y>
}

// -----

!x = !quant.uniform<i16:f32, 0.5>
!w = !quant.uniform<i16:f32, 0.25>
!y = !quant.uniform<i32:f32, 0.125>
// 3 * 2^15 * 2^15 does not fit 32 bits: the sum has 64, and is saturated.
// CHECK-LABEL: func.func private @a_sum_that_could_wrap_step(
// CHECK: arith.muli %{{.*}} overflow<nsw> : i64
// CHECK: arith.maxsi %{{.*}} : i64
// CHECK: arith.minsi %{{.*}} : i64
// CHECK: arith.trunci %{{.*}} overflow<nsw> : i64 to i32
snn.step @a_sum_that_could_wrap inputs(%x "x" : tensor<3x!x>) outputs("y") {
  %w = snn.constant dense<-32768> : tensor<2x3xi16> as tensor<2x3x!w>
  %y = snn.linear "fc" %x weight %w : (tensor<3x!x>, tensor<2x3x!w>) -> tensor<2x!y>
  snn.yield %y : tensor<2x!y>
}

// -----

!w = !quant.uniform<i4:f32, 0.25>
!y = !quant.uniform<i32:f32, 0.25>
// Two weights in a byte, the first one low; each row begins with a byte.
// CHECK: memref.global "private" constant @fc_weight : memref<2x2xi8> = dense<{{.*}}33, 6], [-41, 8
// CHECK-LABEL: func.func private @nibbles_step(
// CHECK: arith.andi
// CHECK: arith.xori
// CHECK: arith.subi %{{.*}} overflow<nsw> : i32
// CHECK: arith.shrui
snn.step @nibbles inputs(%x "x" : tensor<2xi1>) outputs("y") {
  %w = snn.constant dense<[[1, 7], [2, -3], [6, -8]]> : tensor<3x2xi4> as tensor<3x2x!w>
  %y = snn.linear "fc" %x weight %w : (tensor<2xi1>, tensor<3x2x!w>) -> tensor<3x!y>
  snn.yield %y : tensor<3x!y>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!s = !quant.uniform<i16:f32, 0.25>
// A current whose gain is whole is multiplied, and nothing else; 1 - 0.5 of
// 2^15 is 16384. 1.3 / 0.25 is 5.2: above 5 is above it, and 5 is taken off.
// CHECK: memref.global "private" constant @lif_decay : memref<i32> = dense<16384>
// CHECK: memref.global "private" constant @lif_gain : memref<i32> = dense<400>
// CHECK: memref.global "private" constant @lif_threshold : memref<i16> = dense<5>
// CHECK-NOT: @lif_loss
// CHECK-LABEL: func.func private @a_neuron_of_16_bits_step(
// CHECK-NOT: to i64
// CHECK: %[[Q:.*]] = arith.muli %{{.*}} overflow<nsw> : i32
// CHECK-NOT: arith.shrsi
// CHECK: arith.shrui %{{.*}} : i32
// CHECK: arith.maxsi %{{.*}} : i32
// CHECK: %[[V:.*]] = arith.trunci %{{.*}} overflow<nsw> : i32 to i16
// CHECK: %[[S:.*]] = arith.cmpi sgt, %[[V]], %[[T:.*]] : i16
// CHECK: %[[L:.*]] = arith.select %[[S]], %[[T]], %{{.*}} : i16
// CHECK: arith.subi %[[V]], %[[L]] overflow<nsw> : i16
// CHECK-LABEL: func.func private @a_neuron_of_16_bits_init(
// CHECK: arith.constant 4 : i16
snn.step @a_neuron_of_16_bits inputs(%x "x" : tensor<3x!x>) states(%v "lif.v" : tensor<3x!s> = 1.0) outputs("y") {
  %n = snn.integrate "lif" leaky %x into %v {decay = 0.5, gain = 200.0} : tensor<3x!x>, tensor<3x!s>
  %s, %m = snn.fire "lif" %n mode subtract {threshold = 1.3} : tensor<3x!s> -> tensor<3xi1>
  snn.yield %s next %m : tensor<3xi1> next tensor<3x!s>
}

// -----

!s = !quant.uniform<i32:f32, 0.25>
// The product of a state of 32 bits has 64.
// CHECK-LABEL: func.func private @a_neuron_of_32_bits_step(
// CHECK: arith.muli %{{.*}} overflow<nsw> : i64
// CHECK: arith.shrui %{{.*}} : i64
// CHECK: arith.trunci %{{.*}} overflow<nsw> : i64 to i32
snn.step @a_neuron_of_32_bits inputs(%x "x" : tensor<3xi1>) states(%v "lif.v" : tensor<3x!s> = 0.0) outputs("y") {
  %n = snn.integrate "lif" leaky %x into %v {decay = 0.9, gain = 1.0} : tensor<3xi1>, tensor<3x!s>
  %s, %m = snn.fire "lif" %n mode subtract compare ge {threshold = 1.3} : tensor<3x!s> -> tensor<3xi1>
  snn.yield %s next %m : tensor<3xi1> next tensor<3x!s>
}

// -----

!x = !quant.uniform<i32:f32:0, {0.25, 0.75}>
!y = !quant.uniform<i16:f32, 0.5>
// One factor and shift for each channel. Half is one shifted by one; 1.5 is 3.
// CHECK: memref.global "private" constant @r_rescaled_scale : memref<2xi32> = dense<[1, 3]>
// CHECK: memref.global "private" constant @r_rescaled_shift : memref<i8> = dense<1>
// CHECK-LABEL: func.func private @scales_of_channels_step(
// CHECK: arith.extui %{{.*}} : i8 to i64
snn.step @scales_of_channels inputs(%x "x" : tensor<2x3x4x!x>) outputs("y") {
  %y = snn.rescale "r" %x : tensor<2x3x4x!x> -> tensor<2x3x4x!y>
  snn.yield %y : tensor<2x3x4x!y>
}

// -----

!y = !quant.uniform<i8:f32, 0.25>
// Four spikes at most: eight bits hold their sum, and no saturation is there.
// CHECK-LABEL: func.func private @a_pool_of_spikes_step(
// CHECK: %[[X:.*]] = arith.extui %{{.*}} : i1 to i8
// CHECK: arith.addi %{{.*}}, %[[X]] overflow<nsw> : i8
// CHECK-NOT: arith.minsi
snn.step @a_pool_of_spikes inputs(%x "x" : tensor<1x4x4xi1>) outputs("y") {
  %y = snn.avg_pool "p" %x {kernel = array<i64: 2, 2>, stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x4xi1> -> tensor<1x2x2x!y>
  snn.yield %y : tensor<1x2x2x!y>
}

// -----

!x = !quant.uniform<i8:f32, 0.25>
// CHECK-LABEL: func.func private @a_sum_of_codes_step(
// CHECK: arith.addi %{{.*}} overflow<nsw> : i32
// CHECK: arith.minsi %{{.*}} : i32
// CHECK: arith.trunci %{{.*}} overflow<nsw> : i32 to i8
snn.step @a_sum_of_codes inputs(%x "x" : tensor<4x!x>, %z "z" : tensor<4x!x>) outputs("y") {
  %y = snn.sum "s" %x, %z : tensor<4x!x>, tensor<4x!x> -> tensor<4x!x>
  snn.yield %y : tensor<4x!x>
}

// -----

!x = !quant.uniform<i8:f32, 0.25>
!y = !quant.uniform<i8:f32:0, {0.25, 0.75}>
// A float is divided in f64, kept within the codes before it converts, and
// rounded by what is behind its point. A code of each channel goes out.
// CHECK: memref.global "private" constant @y_decoded_scale : memref<2xf64> = dense<[2.500000e-01, 7.500000e-01]>
// CHECK-LABEL: func.func private @floats_at_borders_step(
// CHECK-SAME: tensor<2xf32>
// CHECK-SAME: tensor<2xf32>
// CHECK-SAME: arg_codes = ["rounded to a multiple of 0.25 from -32 to 31.75, NaN to 0", "a multiple of the scale of its channel"]
// CHECK: %[[X:.*]] = arith.extf %{{.*}} : f32 to f64
// CHECK: %[[Q:.*]] = arith.divf %[[X]]
// CHECK: arith.cmpf une, %[[Q]], %[[Q]] : f64
// CHECK: arith.fptosi %{{.*}} : f64 to i32
// CHECK: arith.trunci %{{.*}} : i32 to i8
// CHECK: %[[R:.*]] = arith.mulf %{{.*}} : f64
// CHECK: arith.truncf %[[R]] : f64 to f32
snn.step @floats_at_borders inputs(%x "x" : tensor<2xf32>) outputs("y") {
  %c = snn.rescale "x" %x : tensor<2xf32> -> tensor<2x!x>
  %d = snn.rescale "r" %c : tensor<2x!x> -> tensor<2x!y>
  %y = snn.rescale "y" %d : tensor<2x!y> -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

!x = !quant.uniform<i16:f32, 0.25>
!y = !quant.uniform<i16:f32, 0.125>
// Half of x has its codes. What goes out and into a state is handed on from
// one place to the other, so each is written.
// CHECK-LABEL: func.func private @the_same_codes_step(
// CHECK-SAME: %[[X:.*]]: tensor<2xi16>, %[[S:.*]]: tensor<2xi16>, %[[Y:.*]]: tensor<2xi16>)
// CHECK-NOT: linalg.generic
// CHECK: %[[N:.*]] = bufferization.materialize_in_destination %[[X]] in %[[S]]
// CHECK: %[[O:.*]] = bufferization.materialize_in_destination %[[N]] in %[[Y]]
// CHECK: return %[[N]], %[[O]]
snn.step @the_same_codes inputs(%x "x" : tensor<2x!x>) states(%v "x.prev" : tensor<2x!x> = 0.0) outputs("y") {
  %y = snn.scale "half" %x {scale = 0.5} : tensor<2x!x> -> tensor<2x!y>
  snn.yield %y next %x : tensor<2x!y> next tensor<2x!x>
}
