// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Cycles, dead nodes, and parameters that are all equal.
// RUN: snn-opt %s --snn-fold=level=all -verify-diagnostics | FileCheck %s
// RUN: not snn-opt %s --snn-fold=level=some 2>&1 \
// RUN:   | FileCheck %s --check-prefix=LEVEL
// LEVEL: error: level is 'some', expected exact, all or none

// A Scale and a Linear on a cycle stay as they are, ...
// CHECK-LABEL: snn.network @nothing_on_a_cycle
// CHECK: snn.scale "s"
// CHECK: snn.linear "l" %s
snn.network @nothing_on_a_cycle {
  %x = snn.input "x" : tensor<1xf32>
  %in = snn.sum "i" %x, %l : tensor<1xf32>, tensor<1xf32> -> tensor<1xf32>
  %i = snn.if "i" %in {r = 1.0, v_threshold = 1.0, v_reset = 0.0} : tensor<1xf32> -> tensor<1xi1>
  %s = snn.scale "s" %i {scale = 2.0} : tensor<1xi1> -> tensor<1xf32>
  %w = snn.constant dense<3.0> : tensor<1x1xf32>
  %l = snn.linear "l" %s weight %w : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1xf32>
  snn.output "y" %i : tensor<1xi1>
}

// ... even a Scale by 1 that loops on itself; between cycles they are folded.
// CHECK-LABEL: snn.network @between_cycles
// CHECK-NOT: snn.scale "s"
// CHECK: snn.constant dense<6.000000e+00>
// CHECK: snn.linear "l" %i
snn.network @between_cycles {
  %x = snn.input "x" : tensor<1xf32>
  %in = snn.sum "i" %x, %i : tensor<1xf32>, tensor<1xi1> -> tensor<1xf32>
  %i = snn.if "i" %in {r = 1.0, v_threshold = 1.0, v_reset = 0.0} : tensor<1xf32> -> tensor<1xi1>
  %s = snn.scale "s" %i {scale = 2.0} : tensor<1xi1> -> tensor<1xf32>
  %w = snn.constant dense<3.0> : tensor<1x1xf32>
  %l = snn.linear "l" %s weight %w : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1xf32>
  %jn = snn.sum "j" %l, %j : tensor<1xf32>, tensor<1xi1> -> tensor<1xf32>
  %j = snn.if "j" %jn {r = 1.0, v_threshold = 1.0, v_reset = 0.0} : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %j : tensor<1xi1>
}

// CHECK-LABEL: snn.network @scale_by_one_on_itself
// CHECK: snn.scale "s" %s
snn.network @scale_by_one_on_itself {
  %s = snn.scale "s" %s {scale = 1.0} : tensor<1xf32> -> tensor<1xf32>
  %i = snn.if "i" %s {r = 1.0, v_threshold = 1.0, v_reset = 0.0} : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %i : tensor<1xi1>
}

// A dead cycle goes as a whole; its sum is part of a node. Inputs stay.
// CHECK-LABEL: snn.network @dead
// CHECK-NEXT: %x = snn.input
// CHECK-NEXT: %z = snn.input
// CHECK-NEXT: snn.output "y" %x
snn.network @dead {
  %x = snn.input "x" : tensor<1xf32>
  %z = snn.input "z" : tensor<1xf32>
  // expected-remark @below {{reaches no Output and is left out}}
  %a = snn.scale "a" %c {scale = 2.0} : tensor<1xf32> -> tensor<1xf32>
  %c = snn.sum "a" %x, %b : tensor<1xf32>, tensor<1xi1> -> tensor<1xf32>
  // expected-remark @below {{reaches no Output and is left out}}
  %b = snn.threshold "b" %a {threshold = 2.0} : tensor<1xf32> -> tensor<1xi1>
  snn.output "y" %x : tensor<1xf32>
}

// CHECK-LABEL: snn.network @uniform
// CHECK: snn.constant dense<2.000000e+00> : tensor<3xf32>
// CHECK: snn.delay "d" %{{.*}} {delay = 1.0}
// CHECK: snn.threshold "t" %{{.*}} {threshold = 3.0}
snn.network @uniform {
  %x = snn.input "x" : tensor<3xf32>
  %w = snn.constant dense_resource<weights> : tensor<3x3xf32>
  %b = snn.constant dense_resource<equal> : tensor<3xf32>
  %l = snn.linear "l" %x weight %w bias %b : (tensor<3xf32>, tensor<3x3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %d = snn.delay "d" %l {delay = dense<[1.0, 1.0, 1.0]> : tensor<3xf64>} : tensor<3xf32> -> tensor<3xf32>
  %t = snn.threshold "t" %d {threshold = dense<3.0> : tensor<3xf64>} : tensor<3xf32> -> tensor<3xi1>
  snn.output "y" %t : tensor<3xi1>
}

{-#
  dialect_resources: {
    builtin: {
      equal: "0x04000000000000400000004000000040",
      weights: "0x040000000000803F0000803F0000803F0000803F0000803F0000803F0000803F0000803F00000040"
    }
  }
#-}
