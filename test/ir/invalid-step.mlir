// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{state 'v' has type 'tensor<1xf32>', yielded is 'tensor<1xi1>'}}
snn.step @step_c2_type inputs(%x "x" : tensor<1xi1>)
    states(%v "v" : tensor<1xf32> = 0.0) {
  snn.yield next %x next tensor<1xi1>
}

// -----

// expected-error @+1 {{'v' has shape (2), expected (1)}}
snn.step @step_c2_initial_shape states(%v "v" : tensor<1xf32> = dense<0.0> : tensor<2xf64>) {
  snn.yield next %v next tensor<1xf32>
}

// -----

// expected-error @+1 {{attribute 'state_init' failed to satisfy constraint: array of f64 numbers or f64 elements}}
snn.step @step_c2_initial_f32 states(%v "v" : tensor<1xf32> = 0.0 : f32) {
  snn.yield next %v next tensor<1xf32>
}

// -----

// expected-error @+1 {{attribute 'state_init' failed to satisfy constraint: array of f64 numbers or f64 elements}}
snn.step @step_c2_initial_text states(%v "v" : tensor<1xf32> = "zero") {
  snn.yield next %v next tensor<1xf32>
}

// -----

// expected-error @+1 {{input "x" has type 'tensor<1xi64>', which no signal has}}
snn.step @input_of_integers inputs(%x "x" : tensor<1xi64>) {
  snn.yield
}

// -----

// expected-error @+1 {{input "x" has type 'f32', which no signal has}}
snn.step @input_of_no_tensor inputs(%x "x" : f32) {
  snn.yield
}

// -----

// expected-error @+1 {{which no signal has}}
snn.step @input_quant_c1 inputs(%x "x" : tensor<1x!quant.uniform<i8:f32, 0.5:1>>) {
  snn.yield
}

// -----

func.func @yield_outside() {
  // expected-error @+1 {{expects parent op 'snn.step'}}
  snn.yield
  return
}
