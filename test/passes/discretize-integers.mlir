// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-discretize="semantics=lava-dl dt=0.5" | FileCheck %s

// What emits its membrane emits integers; so do a delay and a Flatten of it.
// CHECK-LABEL: snn.step @a_delay_of_a_membrane
// CHECK: "d.line" : tensor<3x2x2xi32> = 0.0
// CHECK: %[[D:.*]] = snn.delay_read "d" %d.line {steps = 3} : tensor<3x2x2xi32> -> tensor<2x2xi32>
// CHECK: %[[V:.*]] = snn.integrate "i" shift
// CHECK: %[[Y:.*]] = tensor.collapse_shape %[[D]] {{.*}} : tensor<2x2xi32> into tensor<4xi32>
// CHECK: snn.delay_push "d" %[[V]] into %d.line
snn.network @a_delay_of_a_membrane {
  %x = snn.input "x" : tensor<2x2xf32>
  %i = snn.i "i" %x {r = 1.0} : tensor<2x2xf32> -> tensor<2x2xf32>
  %d = snn.delay "d" %i {delay = 1.5} : tensor<2x2xf32> -> tensor<2x2xf32>
  %y = tensor.collapse_shape %d [[0, 1]] : tensor<2x2xf32> into tensor<4xf32>
  snn.output "y" %y : tensor<4xf32>
}

// A loop keeps the membrane of the last step as it is.
// CHECK-LABEL: snn.step @a_loop_of_membranes
// CHECK: "i.prev" : tensor<2xi32> = 0.0
// CHECK: %[[W:.*]] = snn.scale "g" %i.prev {scale = 0.5} : tensor<2xi32> -> tensor<2xf32>
snn.network @a_loop_of_membranes {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.sum "i" %x, %g : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %i = snn.i "i" %a {r = 1.0} : tensor<2xf32> -> tensor<2xf32>
  %g = snn.scale "g" %i {scale = 0.5} : tensor<2xf32> -> tensor<2xf32>
  snn.output "y" %i : tensor<2xf32>
}
