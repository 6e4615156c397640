// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --convert-snn-to-linalg --split-input-file --verify-diagnostics

snn.step @counts inputs(%x "x" : tensor<1xf32>) outputs("y") {
  // expected-error @+1 {{'snn.threshold' that gives counts is not lowered yet}}
  %y = snn.threshold "n" %x {threshold = 1.0} : tensor<1xf32> -> tensor<1xi8>
  snn.yield %y : tensor<1xi8>
}

// -----

// expected-error @+1 {{the state 'v' of spikes that starts from elements is not lowered yet}}
snn.step @spikes_from_elements
    states(%v "v" : tensor<2xi1> = dense<[0.0, 1.0]> : tensor<2xf64>)
    outputs("y") {
  snn.yield %v next %v : tensor<2xi1> next tensor<2xi1>
}
