// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-discretize="semantics=snntorch" --verify-diagnostics

snn.network @no_gain {
  %x = snn.input "x" : tensor<1xf32>
  // expected-error @+1 {{v_threshold is 1 and its unit 0: their quotient is not finite}}
  %n = snn.lif "n" %x {tau = 0.001, r = 0.0, v_leak = 0.0, v_threshold = 1.0,
    v_reset = 0.0} : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %n : tensor<1xi1>
}
