// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics
//
// One mistake each in what quantized values are used for; for scales that do
// not fit see invalid-scales.mlir.

func.func @integrate_c4_width(%x: tensor<2xi1>, %v: tensor<2x!quant.uniform<i8:f32, 0.25>>) {
  // expected-error @+1 {{has a state of i8, expected i16 or i32}}
  %n = snn.integrate "n" accumulate %x into %v {gain = 1.0}
    : tensor<2xi1>, tensor<2x!quant.uniform<i8:f32, 0.25>>
  return
}

// -----

func.func @integrate_c4_float(%x: tensor<2xf32>, %v: tensor<2x!quant.uniform<i16:f32, 0.25>>) {
  // expected-error @+1 {{has a quantized state, 'x' has elements 'f32'}}
  %n = snn.integrate "n" accumulate %x into %v {gain = 1.0}
    : tensor<2xf32>, tensor<2x!quant.uniform<i16:f32, 0.25>>
  return
}

// -----

func.func @integrate_c4_grows(%x: tensor<2x!quant.uniform<i32:f32, 0.5>>, %v: tensor<2x!quant.uniform<i16:f32, 0.25>>) {
  // expected-error @+1 {{keeps 1.500000e+00 of its state, and has a gain of 2.000000e+00 and a leak of 0.000000e+00 codes; expected at most 1, and below 2^31}}
  %n = snn.integrate "n" leaky %x into %v {gain = 1.0, decay = 1.5}
    : tensor<2x!quant.uniform<i32:f32, 0.5>>, tensor<2x!quant.uniform<i16:f32, 0.25>>
  return
}

// -----

func.func @integrate_c4_gain(%x: tensor<2x!quant.uniform<i32:f32, 0.5>>, %v: tensor<2x!quant.uniform<i16:f32, 0.25>>) {
  // expected-error @+1 {{has a gain of 4.000000e+09}}
  %n = snn.integrate "n" accumulate %x into %v {gain = dense<[1.0, 2.0e9]> : tensor<2xf64>}
    : tensor<2x!quant.uniform<i32:f32, 0.5>>, tensor<2x!quant.uniform<i16:f32, 0.25>>
  return
}

// -----

func.func @integrate_c4_leak(%x: tensor<2x!quant.uniform<i32:f32, 0.5>>, %v: tensor<2x!quant.uniform<i16:f32, 0.25>>) {
  // expected-error @+1 {{and a leak of 8.000000e+09 codes}}
  %n = snn.integrate "n" leaky %x into %v {gain = 1.0, decay = 0.5, leak = 2.0e9}
    : tensor<2x!quant.uniform<i32:f32, 0.5>>, tensor<2x!quant.uniform<i16:f32, 0.25>>
  return
}

// -----

func.func @fire_c6(%v: tensor<2x!quant.uniform<i16:f32, 0.25>>) {
  // expected-error @+1 {{with compare count has a 'threshold' of less than one code of the state}}
  %s, %n = snn.fire "n" %v mode subtract compare count
    {cap = 15 : i32, threshold = 0.1} : tensor<2x!quant.uniform<i16:f32, 0.25>> -> tensor<2xi8>
  return
}

// -----

func.func @quant_c2_bias(%x: tensor<2xi1>, %w: tensor<1x2x!quant.uniform<i8:f32, 0.5>>, %b: tensor<1x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @+1 {{'bias' has codes of i8, expected i32}}
  %y = snn.linear "n" %x weight %w bias %b
    : (tensor<2xi1>, tensor<1x2x!quant.uniform<i8:f32, 0.5>>, tensor<1x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x!quant.uniform<i32:f32, 0.5>>
  return
}

// -----

func.func @quant_c2_product(%x: tensor<2xi1>, %w: tensor<1x2x!quant.uniform<i8:f32, 0.5>>) {
  // expected-error @+1 {{'y' has codes of i8, expected i32}}
  %y = snn.linear "n" %x weight %w
    : (tensor<2xi1>, tensor<1x2x!quant.uniform<i8:f32, 0.5>>) -> tensor<1x!quant.uniform<i8:f32, 0.5>>
  return
}

// -----

func.func @quant_c1_range(%x: tensor<2x!quant.uniform<i8<-7:7>:f32, 0.5>>) {
  // expected-error @+1 {{(quant_c1), but got}}
  %y = snn.rescale "n" %x : tensor<2x!quant.uniform<i8<-7:7>:f32, 0.5>>
    -> tensor<2x!quant.uniform<i16:f32, 0.25>>
  return
}

// -----

func.func @quant_c1_width(%x: tensor<2x!quant.uniform<i24:f32, 0.5>>) {
  // expected-error @+1 {{(quant_c1), but got}}
  %y = snn.rescale "n" %x : tensor<2x!quant.uniform<i24:f32, 0.5>>
    -> tensor<2x!quant.uniform<i16:f32, 0.25>>
  return
}

// -----

func.func @avg_pool_c2(%x: tensor<1x2x2x!quant.uniform<i16:f32, 0.25>>) {
  // expected-error @+1 {{has a scale of y that is neither that of x nor that divided by the window's size}}
  %y = snn.avg_pool "p" %x {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x2x2x!quant.uniform<i16:f32, 0.25>> -> tensor<1x1x1x!quant.uniform<i16:f32, 0.125>>
  return
}

// -----

func.func @avg_pool_c2_counts(%x: tensor<1x2x2xi8>) {
  // expected-error @+1 {{has a mean of counts for 'y'; it is quantized, or of floats}}
  %y = snn.avg_pool "p" %x {kernel = array<i64: 2, 2>,
    stride = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>}
    : tensor<1x2x2xi8> -> tensor<1x1x1xi8>
  return
}

// -----

// expected-error @+1 {{has values of '!quant.uniform<i16:f32, 2.500000e-01>' and of 'f32', expected one kind (quant_c3)}}
snn.step @quant_c3 inputs(%x "x" : tensor<2x!quant.uniform<i16:f32, 0.25>>, %z "z" : tensor<2xf32>)
    outputs("y") {
  snn.yield %x : tensor<2x!quant.uniform<i16:f32, 0.25>>
}

// -----

// A float may stand at a border, but not go on from there.
// expected-error @+1 {{has values of '!quant.uniform<i16:f32, 2.500000e-01>' and of 'f32', expected one kind (quant_c3)}}
snn.step @quant_c3_input_that_goes_on inputs(%x "x" : tensor<2xf32>)
    outputs("y", "z") {
  %y = snn.rescale "x" %x : tensor<2xf32> -> tensor<2x!quant.uniform<i16:f32, 0.25>>
  snn.yield %y, %x : tensor<2x!quant.uniform<i16:f32, 0.25>>, tensor<2xf32>
}

// -----

// expected-error @+1 {{has values of '!quant.uniform<i16:f32, 2.500000e-01>' and of 'f32', expected one kind (quant_c3)}}
snn.step @quant_c3_state inputs(%x "x" : tensor<2x!quant.uniform<i16:f32, 0.25>>)
    states(%v "v" : tensor<2xf32> = 0.0) outputs("y") {
  %y = snn.rescale "x" %x : tensor<2x!quant.uniform<i16:f32, 0.25>> -> tensor<2xf32>
  snn.yield %y next %y : tensor<2xf32> next tensor<2xf32>
}

// -----

// expected-error @+1 {{has values of '!quant.uniform<i4:f32, 2.500000e-01>', which weights alone may have (quant_c2)}}
snn.step @quant_c2_input inputs(%x "x" : tensor<2x!quant.uniform<i4:f32, 0.25>>)
    outputs("y") {
  snn.yield %x : tensor<2x!quant.uniform<i4:f32, 0.25>>
}
