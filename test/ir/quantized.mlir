// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s | snn-opt | FileCheck %s

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32, 0.25>
!wc = !quant.uniform<i8:f32:0, {0.25, 0.5}>
!y = !quant.uniform<i32:f32, 0.125>
!yc = !quant.uniform<i32:f32:0, {0.125, 0.25}>
!s = !quant.uniform<i16:f32, 0.125>
!v = !quant.uniform<i32:f32, 0.25>
!w4 = !quant.uniform<i4:f32, 0.5>
!mean = !quant.uniform<i32:f32, 0.25>

// CHECK-LABEL: @constant_per_tensor
// CHECK: snn.constant dense<{{.*}}1, -3{{.*}}> : tensor<1x2xi8> as tensor<1x2x!quant.uniform<i8:f32, 2.500000e-01>>
func.func @constant_per_tensor() {
  %w = snn.constant dense<[[1, -3]]> : tensor<1x2xi8> as tensor<1x2x!w>
  return
}

// CHECK-LABEL: @constant_per_axis
// CHECK: as tensor<2x1x!quant.uniform<i8:f32:0, {2.500000e-01,5.000000e-01}>>
func.func @constant_per_axis() {
  %w = snn.constant dense<[[1], [-3]]> : tensor<2x1xi8> as tensor<2x1x!wc>
  return
}

// CHECK-LABEL: @linear_of_quantized
// CHECK: snn.linear "fc" %{{.*}} weight %{{.*}} bias
func.func @linear_of_quantized(%x: tensor<3x!x>, %w: tensor<2x3x!w>,
                               %b: tensor<2x!y>) {
  %y = snn.linear "fc" %x weight %w bias %b
    : (tensor<3x!x>, tensor<2x3x!w>, tensor<2x!y>) -> tensor<2x!y>
  return
}

// CHECK-LABEL: @linear_per_axis
// CHECK: -> tensor<2x!quant.uniform<i32:f32:0, {1.250000e-01,2.500000e-01}>>
func.func @linear_per_axis(%x: tensor<3x!x>, %w: tensor<2x3x!wc>,
                           %b: tensor<2x!yc>) {
  %y = snn.linear "fc" %x weight %w bias %b
    : (tensor<3x!x>, tensor<2x3x!wc>, tensor<2x!yc>) -> tensor<2x!yc>
  return
}

// CHECK-LABEL: @conv_of_spikes
// CHECK: snn.conv "c" {{.*}} : (tensor<1x4xi1>, tensor<2x1x3x!quant.uniform<i8:f32, 2.500000e-01>>)
func.func @conv_of_spikes(%x: tensor<1x4xi1>, %w: tensor<2x1x3x!w>) {
  %y = snn.conv "c" %x weight %w
    {stride = array<i64: 1>, pads = array<i64: 0, 0>, dilation = array<i64: 1>,
     groups = 1} : (tensor<1x4xi1>, tensor<2x1x3x!w>) -> tensor<2x2x!v>
  return
}

// CHECK-LABEL: @sum_of_one_scale
// CHECK: snn.sum "n" %{{.*}}, %{{.*}} : tensor<2x!quant.uniform<i32:f32, 1.250000e-01>>
func.func @sum_of_one_scale(%x: tensor<2x!y>, %z: tensor<2x!s>) {
  %y = snn.sum "n" %x, %z : tensor<2x!y>, tensor<2x!s> -> tensor<2x!y>
  return
}

// CHECK-LABEL: @rescale
// CHECK: %fc = snn.rescale "fc" %{{.*}} : tensor<2x!quant.uniform<i32:f32:0, {{.*}}>> -> tensor<2x!quant.uniform<i16:f32, 1.250000e-01>>
func.func @rescale(%x: tensor<2x!yc>) {
  %y = snn.rescale "fc" %x : tensor<2x!yc> -> tensor<2x!s>
  return
}

// CHECK-LABEL: snn.step @borders
// CHECK: %x_0 = snn.rescale "x" %x : tensor<2xf32> -> tensor<2x!quant.uniform<i16:f32, 1.250000e-01>>
// CHECK: %y = snn.rescale "y" %x_0 : tensor<2x!quant.uniform<i16:f32, 1.250000e-01>> -> tensor<2xf32>
snn.step @borders inputs(%x "x" : tensor<2xf32>) outputs("y") {
  %c = snn.rescale "x" %x : tensor<2xf32> -> tensor<2x!s>
  %y = snn.rescale "y" %c : tensor<2x!s> -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// CHECK-LABEL: @integrate_and_fire
// CHECK: snn.integrate "n" relax %{{.*}} into %{{.*}} {decay = 0.1, gain = 1.0, leak = 0.0}
// CHECK: snn.fire "n" %{{.*}} : tensor<2x!quant.uniform<i16:f32, 1.250000e-01>> -> tensor<2xi1>
func.func @integrate_and_fire(%x: tensor<2x!s>, %v: tensor<2x!s>) {
  %n = snn.integrate "n" relax %x into %v {decay = 0.1, gain = 1.0, leak = 0.0}
    : tensor<2x!s>, tensor<2x!s>
  %s, %m = snn.fire "n" %n {threshold = 1.0, reset = 0.0}
    : tensor<2x!s> -> tensor<2xi1>
  return
}

// CHECK-LABEL: snn.step @neuron
// CHECK: as tensor<2x2x!quant.uniform<i4:f32, 5.000000e-01>>
// CHECK: snn.integrate "lif" leaky %{{.*}} into %{{.*}} {decay = 0.9, gain = 1.0} : tensor<2x!quant.uniform<i32:f32, 5.000000e-01>>, tensor<2x!quant.uniform<i16:f32, 1.250000e-01>>
// CHECK: snn.fire "lif" %{{.*}} mode subtract {{{.*}}} : tensor<2x!quant.uniform<i16:f32, 1.250000e-01>> -> tensor<2xi1>
snn.step @neuron inputs(%x "x" : tensor<2xi1>)
    states(%v "lif.v" : tensor<2x!s> = 0.0) outputs("y") {
  %w = snn.constant dense<[[1, -3], [7, -8]]> : tensor<2x2xi4> as tensor<2x2x!w4>
  %i = snn.linear "fc" %x weight %w
    : (tensor<2xi1>, tensor<2x2x!w4>) -> tensor<2x!quant.uniform<i32:f32, 0.5>>
  %v1 = snn.integrate "lif" leaky %i into %v {decay = 0.9, gain = 1.0}
    : tensor<2x!quant.uniform<i32:f32, 0.5>>, tensor<2x!s>
  %z, %v2 = snn.fire "lif" %v1 mode subtract {threshold = 1.0}
    : tensor<2x!s> -> tensor<2xi1>
  snn.yield %z next %v2 : tensor<2xi1> next tensor<2x!s>
}

// CHECK-LABEL: @means
// CHECK: snn.avg_pool "p" {{.*}} tensor<1x4x4xi1> -> tensor<1x2x2x!quant.uniform<i32:f32, 2.500000e-01>>
// CHECK: snn.avg_pool "p" {{.*}} -> tensor<1x2x2x!quant.uniform<i16:f32, 1.250000e-01>>
func.func @means(%x: tensor<1x4x4xi1>, %q: tensor<1x4x4x!s>) {
  %y = snn.avg_pool "p" %x {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x4xi1> -> tensor<1x2x2x!mean>
  %z = snn.avg_pool "p" %q {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x4x4x!s> -> tensor<1x2x2x!s>
  return
}
