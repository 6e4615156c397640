// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s -split-input-file -verify-diagnostics

// expected-error @+1 {{has 2 inputs and 0 states, the region has 1 arguments}}
"snn.step"() <{sym_name = "step_c1_arguments", input_names = ["a", "b"], state_names = [],
               state_init = [], output_names = []}> ({
^bb0(%a: tensor<1xf32>):
  snn.yield
}) : () -> ()

// -----

// expected-error @+1 {{has 1 states, 0 initial values}}
"snn.step"() <{sym_name = "step_c1_initial", input_names = [], state_names = ["v"],
               state_init = [], output_names = []}> ({
^bb0(%v: tensor<1xf32>):
  snn.yield next %v next tensor<1xf32>
}) : () -> ()

// -----

// expected-error @+1 {{names 2 outputs, yields 1}}
snn.step @step_c1_outputs inputs(%x "x" : tensor<1xf32>) outputs("a", "b") {
  snn.yield %x : tensor<1xf32>
}

// -----

// expected-error @+1 {{has 1 states, yields 0}}
snn.step @step_c1_states states(%v "v" : tensor<1xf32> = 0.0) {
  snn.yield
}

// -----

// expected-error @+1 {{has two inputs 'x'}}
snn.step @step_c1_same_input inputs(%x "x" : tensor<1xf32>, %y "x" : tensor<1xf32>) {
  snn.yield
}

// -----

// expected-error @+1 {{has two states 'v'}}
snn.step @step_c1_same_state states(%v "v" : tensor<1xf32> = 0.0,
    %w "v" : tensor<1xf32> = 0.0) {
  snn.yield next %v, %w next tensor<1xf32>, tensor<1xf32>
}

// -----

// expected-error @+1 {{has two outputs 'y'}}
snn.step @step_c1_same_output inputs(%x "x" : tensor<1xf32>) outputs("y", "y") {
  snn.yield %x, %x : tensor<1xf32>, tensor<1xf32>
}
