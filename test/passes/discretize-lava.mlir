// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Lava's neurons keep what arrived, in the type that it has.
// RUN: snn-opt %s --snn-discretize="semantics=lava" | FileCheck %s
// RUN: snn-opt %s --snn-discretize="semantics=lava-fixed" | FileCheck %s --check-prefix=FIXED

// CHECK-LABEL: snn.step @lif
// CHECK: %n.v "n.v" : tensor<2xf32> = 0.0,
// CHECK: %n.x "n.x" : tensor<2xf32> = 0.0,
// CHECK: %m.x "m.x" : tensor<2xi1> = 0.0
// CHECK: snn.integrate "n" leaky %n.x into %n.v {decay = 0.96
// CHECK: snn.integrate "m" leaky %m.x into %m.v
// FIXED-LABEL: snn.step @lif
// FIXED: %n.v "n.v" : tensor<2xi32> = 0.0,
// FIXED: %n.x "n.x" : tensor<2xf32> = 0.0,
// FIXED: snn.integrate "n" shift %n.x into %n.v {decay = 3933.0, gain = 640.0}
// FIXED: snn.fire "n" {{.*}} {threshold = 1600.0, reset = 0.0}
snn.network @lif {
  %x = snn.input "x" : tensor<2xf32>
  %n = snn.lif "n" %x {tau = 0.0025, r = 1.0, v_leak = 0.0, v_threshold = 0.1,
    v_reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
  %m = snn.lif "m" %n {tau = 0.0025, r = 1.0, v_leak = 0.0, v_threshold = 0.1,
    v_reset = 0.0} : tensor<2xi1> -> tensor<2xi1>
  snn.output "y" %m : tensor<2xi1>
}
