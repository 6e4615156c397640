// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a simulator leaves out is said once for each parameter.
// RUN: snn-opt %s --snn-discretize="semantics=norse" -o /dev/null 2>&1 | FileCheck %s --check-prefix=NORSE
// RUN: snn-opt %s --snn-discretize="semantics=nir dt=0.001" -o /dev/null 2>&1 | FileCheck %s --check-prefix=NIR --allow-empty
// RUN: snn-opt %s --snn-discretize="semantics=norse reset=value" -o /dev/null 2>&1 | FileCheck %s --check-prefix=VALUE
// NORSE: warning: 'norse' does not use 'r', which is 2 here; nodes with such a value: 2
// NORSE-NEXT: %a = snn.lif
// NORSE: warning: 'norse' does not use 'v_reset', which is -0.5 here; nodes with such a value: 1
// NIR-NOT: does not use
// VALUE: does not use 'r'
// VALUE-NOT: does not use 'v_reset'

snn.network @net {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.lif "a" %x {tau = 0.01, r = 2.0, v_leak = 0.5, v_threshold = 1.0,
    v_reset = dense<[0.0, -0.5]> : tensor<2xf64>}
    : tensor<2xf32> -> tensor<2xi1>
  %b = snn.if "b" %a {r = 3.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<2xi1> -> tensor<2xi1>
  %c = snn.cuba_lif "c" %b {tau_syn = 0.01, tau_mem = 0.02, r = 2.0,
    v_leak = 0.0, v_threshold = 1.0, v_reset = 0.0, w_in = 3.0}
    : tensor<2xi1> -> tensor<2xi1>
  snn.output "y" %c : tensor<2xi1>
}
