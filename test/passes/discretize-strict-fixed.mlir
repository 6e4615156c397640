// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lava's fixed point has no place for a leak or a reset but 0, and none for r.
// RUN: split-file %s %t
// RUN: not snn-opt %t/leak.mlir --snn-discretize="semantics=lava-fixed strict-nir=true" -o /dev/null 2>&1 | FileCheck %s --check-prefix=LEAK
// LEAK: error: 'lava-fixed' cannot respect 'v_leak', which is 0.5 here: its integers have none
// RUN: not snn-opt %t/reset.mlir --snn-discretize="semantics=lava-fixed strict-nir=true" -o /dev/null 2>&1 | FileCheck %s --check-prefix=RESET
// RESET: error: 'lava-fixed' cannot respect 'v_reset', which is -0.25 here: its integers have none
// RUN: not snn-opt %t/gain.mlir --snn-discretize="semantics=lava-fixed strict-nir=true" -o /dev/null 2>&1 | FileCheck %s --check-prefix=GAIN
// GAIN: error: 'lava-fixed' cannot respect 'r', which is 3 here: its integers have none
// RUN: snn-opt %t/zero.mlir --snn-discretize="semantics=lava-fixed strict-nir=true" | FileCheck %s
// CHECK: reset = "zero"

//--- leak.mlir
snn.network @net {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.lif "a" %x {tau = 0.02, r = 1.0, v_leak = 0.5, v_threshold = 1.0,
    v_reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %a : tensor<2xi1>
}

//--- reset.mlir
snn.network @net {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.lif "a" %x {tau = 0.02, r = 1.0, v_leak = 0.0, v_threshold = 1.0,
    v_reset = -0.25} : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %a : tensor<2xi1>
}

//--- zero.mlir
snn.network @net {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.lif "a" %x {tau = 0.02, r = 1.0, v_leak = 0.0, v_threshold = 1.0,
    v_reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %a : tensor<2xi1>
}

//--- gain.mlir
snn.network @net {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.lif "a" %x {tau = 0.02, r = 3.0, v_leak = 0.0, v_threshold = 1.0,
    v_reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %a : tensor<2xi1>
}
