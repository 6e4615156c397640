// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file --snn-quantize | FileCheck %s
// RUN: snn-opt %s -split-input-file --snn-quantize=scales=power-of-two | FileCheck %s --check-prefix=TWO

// A state of 16 bits has the scale of its input, by its gain, divided by what
// its range allows, for each channel. The membrane is reset to a value, so it is
// not stored above its threshold: of the first one 1.25 times -8 has to fit, of
// the second two thresholds. A current of weights 2^-6:
//   32767 0.5 2^-6 / 10 = 25, 32767 0.5 2^-6 / 2 = 127
// CHECK-LABEL: snn.step @channels
// CHECK: "lif.v" : tensor<2x!quant.uniform<i16:f32:0, {3.125000e-04,6.1515748031496062E-5}>>
// TWO-LABEL: snn.step @channels
// TWO: "lif.v" : tensor<2x!quant.uniform<i16:f32, 4.8828125E-4>>
snn.step @channels inputs(%x "x" : tensor<2xi1>)
    states(%v "lif.v" : tensor<2xf32> = 0.0) outputs("y")
    attributes {ranges = {lif.v = {least = dense<[-8.0, -0.5]> : tensor<2xf64>, most = 3.0, whole = false}}} {
  %w = snn.constant dense<[[1.0, -1.984375], [1.5, 0.015625]]> : tensor<2x2xf32>
  %i = snn.linear "fc" %x weight %w
    : (tensor<2xi1>, tensor<2x2xf32>) -> tensor<2xf32>
  %v1 = snn.integrate "lif" leaky %i into %v {decay = 0.9, gain = 0.5}
    : tensor<2xf32>, tensor<2xf32>
  %s, %v2 = snn.fire "lif" %v1 {threshold = 1.0, reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>
  snn.yield %s next %v2 : tensor<2xi1> next tensor<2xf32>
}

// -----

// A reset by subtraction stores what was seen above; elements count for their
// channel. One that keeps nothing has its input's own scale.
// CHECK-LABEL: snn.step @subtract
// CHECK: "if.i" : tensor<1x2x!quant.uniform<i16:f32, 1.562500e-02>>
// CHECK: "if.v" : tensor<1x2x!quant.uniform<i16:f32, 2.8935185185185184E-4>>
snn.step @subtract inputs(%x "x" : tensor<1x2xi1>)
    states(%i "if.i" : tensor<1x2xf32> = 0.0, %v "if.v" : tensor<1x2xf32> = 0.0)
    outputs("y")
    attributes {ranges = {if.i = array<f64: 2.0, 0.0>,
      if.v = {least = dense<[[-1.0, -2.0]]> : tensor<1x2xf64>,
              most = dense<[[7.5, 5.0]]> : tensor<1x2xf64>}}} {
  %w = snn.constant dense<[[[1.0, 0.0], [0.015625, 1.984375]]]> : tensor<1x2x2xf32>
  %c = snn.linear "fc" %x weight %w
    : (tensor<1x2xi1>, tensor<1x2x2xf32>) -> tensor<1x2xf32>
  %i1 = snn.integrate "if" leaky %c into %i {decay = 0.0, gain = 1.0}
    : tensor<1x2xf32>, tensor<1x2xf32>
  %v1 = snn.integrate "if" accumulate %i1 into %v {gain = 1.0}
    : tensor<1x2xf32>, tensor<1x2xf32>
  %s, %v2 = snn.fire "if" %v1 mode subtract {threshold = 1.0}
    : tensor<1x2xf32> -> tensor<1x2xi1>
  snn.yield %s next %i1, %v2 : tensor<1x2xi1> next tensor<1x2xf32>, tensor<1x2xf32>
}
