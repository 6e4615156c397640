// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics --snn-quantize

snn.step @no_array inputs(%x "x" : tensor<3xi1>) outputs("y")
    attributes {plan = {fc = {scale = 0.1}}} {
  %w = snn.constant dense<0.3> : tensor<2x3xf32>
  // expected-error @+1 {{the plan's 'scale' of 'fc' is no array of f64}}
  %y = snn.linear "fc" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

snn.step @rows inputs(%x "x" : tensor<3xi1>) outputs("y")
    attributes {plan = {fc = {scale = array<f64: 1.0, 2.0, 3.0>}}} {
  %w = snn.constant dense<0.3> : tensor<2x3xf32>
  // expected-error @+1 {{the plan's 'scale' of 'fc' has 3 numbers, the weights have 2 rows}}
  %y = snn.linear "fc" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

snn.step @positive inputs(%x "x" : tensor<3xi1>) outputs("y")
    attributes {plan = {fc = {scale = array<f64: 1.0, -2.0>}}} {
  %w = snn.constant dense<0.3> : tensor<2x3xf32>
  // expected-error @+1 {{the plan's 'scale' of 'fc' has -2, expected more than 0}}
  %y = snn.linear "fc" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

snn.step @alone inputs(%x "x" : tensor<3xi1>) outputs("y")
    attributes {plan = {fc = {codes = dense<1> : tensor<2x3xi8>}}} {
  %w = snn.constant dense<0.3> : tensor<2x3xf32>
  // expected-error @+1 {{the plan has codes for 'fc' without a 'scale'}}
  %y = snn.linear "fc" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

snn.step @no_bias inputs(%x "x" : tensor<3xi1>) outputs("y")
    attributes {plan = {fc = {scale = array<f64: 0.1, 0.2>, bias = dense<1> : tensor<2xi32>}}} {
  %w = snn.constant dense<0.3> : tensor<2x3xf32>
  // expected-error @+1 {{the plan has a 'bias' for 'fc', which has none}}
  %y = snn.linear "fc" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

snn.step @shape inputs(%x "x" : tensor<3xi1>) outputs("y")
    attributes {plan = {fc = {scale = array<f64: 0.1, 0.2>, codes = dense<1> : tensor<3x2xi8>}}} {
  %w = snn.constant dense<0.3> : tensor<2x3xf32>
  // expected-error @+1 {{the plan's 'codes' of 'fc' are tensor<3x2xi8>, expected tensor<2x3xi8>}}
  %y = snn.linear "fc" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

snn.step @type inputs(%x "x" : tensor<3xi1>) outputs("y")
    attributes {plan = {fc = {weights = 16 : i64, scale = array<f64: 0.1, 0.2>, codes = dense<1> : tensor<2x3xi8>}}} {
  %w = snn.constant dense<0.3> : tensor<2x3xf32>
  // expected-error @+1 {{the plan's 'codes' of 'fc' are tensor<2x3xi8>, expected tensor<2x3xi16>}}
  %y = snn.linear "fc" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

snn.step @dense inputs(%x "x" : tensor<3xi1>) outputs("y")
    attributes {plan = {fc = {scale = array<f64: 0.1, 0.2>, codes = 3 : i8}}} {
  %w = snn.constant dense<0.3> : tensor<2x3xf32>
  // expected-error @+1 {{the plan's 'codes' of 'fc' are no dense elements}}
  %y = snn.linear "fc" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

snn.step @bits inputs(%x "x" : tensor<3xi1>) outputs("y")
    attributes {plan = {fc = {weights = 4 : i64, scale = array<f64: 0.1, 0.2>, codes = dense<[[1, 7, 2], [-8, 8, 0]]> : tensor<2x3xi8>}}} {
  %w = snn.constant dense<0.3> : tensor<2x3xf32>
  // expected-error @+1 {{the plan's 'codes' of 'fc' have 8, which i4 does not hold}}
  %y = snn.linear "fc" %x weight %w : (tensor<3xi1>, tensor<2x3xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

snn.step @bias inputs(%x "x" : tensor<3xi1>) outputs("y")
    attributes {plan = {fc = {scale = array<f64: 0.1, 0.2>, bias = dense<1> : tensor<2xi16>}}} {
  %w = snn.constant dense<0.3> : tensor<2x3xf32>
  %b = snn.constant dense<0.5> : tensor<2xf32>
  // expected-error @+1 {{the plan's 'bias' of 'fc' are tensor<2xi16>, expected tensor<2xi32>}}
  %y = snn.linear "fc" %x weight %w bias %b : (tensor<3xi1>, tensor<2x3xf32>, tensor<2xf32>) -> tensor<2xf32>
  snn.yield %y : tensor<2xf32>
}

// -----

// expected-error @+1 {{the range of 'x' is neither {least, most, whole} nor array<f64: magnitude, whole>}}
snn.step @neither inputs(%x "x" : tensor<2x3xf32>) outputs("y")
    attributes {ranges = {x = 3 : i64}} {
  snn.yield %x : tensor<2x3xf32>
}

// -----

// expected-error @+1 {{the range of 'x' has no 'least', a number or dense elements of f64}}
snn.step @no_least inputs(%x "x" : tensor<2x3xf32>) outputs("y")
    attributes {ranges = {x = {most = 1.0}}} {
  snn.yield %x : tensor<2x3xf32>
}

// -----

// expected-error @+1 {{the range of 'x' has 5 numbers, expected 1, 2 or 6}}
snn.step @count inputs(%x "x" : tensor<2x3xf32>) outputs("y")
    attributes {ranges = {x = {least = 0.0, most = dense<1.0> : tensor<5xf64>}}} {
  snn.yield %x : tensor<2x3xf32>
}

// -----

// expected-error @+1 {{the range of 'x' has inf}}
snn.step @infinite inputs(%x "x" : tensor<2x3xf32>) outputs("y")
    attributes {ranges = {x = {least = 0.0, most = 0x7FF0000000000000 : f64}}} {
  snn.yield %x : tensor<2x3xf32>
}
