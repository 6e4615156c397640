// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s | snn-opt | FileCheck %s

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32, 0.25>
!wc = !quant.uniform<i8:f32:0, {0.25, 0.5}>
!y = !quant.uniform<i32:f32, 0.125>
!yc = !quant.uniform<i32:f32:0, {0.125, 0.25}>
!s = !quant.uniform<i16:f32, 0.125>

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
     groups = 1} : (tensor<1x4xi1>, tensor<2x1x3x!w>) -> tensor<2x2x!w>
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
