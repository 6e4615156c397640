// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

func.func @rescale_c1(%x: tensor<2xf32>) {
  // expected-error @+1 {{makes quantized values of numbers, or floats of quantized values, got 'f32' and 'i8'}}
  %y = snn.rescale "n" %x : tensor<2xf32> -> tensor<2xi8>
  return
}

// -----

func.func @rescale_c2(%x: tensor<2xi8>) {
  // expected-error @+1 {{'y' has shape (3), expected (2)}}
  %y = snn.rescale "n" %x : tensor<2xi8> -> tensor<3x!quant.uniform<i8:f32, 0.5>>
  return
}
