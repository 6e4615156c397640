// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Where a parameter has no place in a simulator's formula.
// RUN: not snn-opt %s --snn-discretize="semantics=lava-dl strict-nir=true" -o /dev/null 2>&1 | FileCheck %s --check-prefix=LAVA
// RUN: not snn-opt %s --snn-discretize="semantics=nengo dt=1e-3 strict-nir=true" -o /dev/null 2>&1 | FileCheck %s --check-prefix=NENGO
// LAVA: error: 'lava-dl' cannot respect 'v_leak', which is 0.5 here: its integers have none
// LAVA-NEXT: %b = snn.cuba_lif
// LAVA-NOT: error:
// NENGO: error: 'nengo' cannot respect 'v_reset', which is -0.5 here: its membrane is never below 0
// NENGO-NEXT: %a = snn.cuba_lif
// NENGO-NOT: error:

snn.network @net {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.cuba_lif "a" %x {tau_syn = 0.005, tau_mem = 0.02, r = 200.0,
    v_leak = 0.0, v_threshold = 1.0, w_in = 4.0,
    v_reset = dense<[0.0, -0.5]> : tensor<2xf64>} : tensor<2xf32> -> tensor<2xi1>
  %b = snn.cuba_lif "b" %a {tau_syn = 0.005, tau_mem = 0.02, r = 200.0,
    v_leak = 0.5, v_threshold = 1.0, v_reset = 0.25, w_in = 4.0}
    : tensor<2xi1> -> tensor<2xi1>
  %c = snn.if "c" %b {r = 3.0, v_threshold = 1.0, v_reset = -1.0}
    : tensor<2xi1> -> tensor<2xi1>
  snn.output "y" %c : tensor<2xi1>
}
