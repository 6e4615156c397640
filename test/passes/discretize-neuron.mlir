// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-discretize="semantics=nir dt=0.5" | FileCheck %s

// CHECK-LABEL: snn.step @parameters_per_neuron
// CHECK: %n.v "n.v" : tensor<2xf32> = dense<[2.500000e-01, 5.000000e-01]> : tensor<2xf64>
// CHECK: snn.integrate "n" relax %x into %n.v {decay = dense<[1.250000e-01, 2.500000e-01]> : tensor<2xf64>, gain = 2.0, leak = dense<[2.500000e-01, 5.000000e-01]> : tensor<2xf64>}
// CHECK: snn.fire "n" %{{.*}} {threshold = dense<[3.000000e+00, 4.000000e+00]> : tensor<2xf64>, reset = -1.0}
snn.network @parameters_per_neuron {
  %x = snn.input "x" : tensor<2xf32>
  %n = snn.lif "n" %x {tau = dense<[4.0, 2.0]> : tensor<2xf64>, r = 2.0,
    v_leak = dense<[0.25, 0.5]> : tensor<2xf64>,
    v_threshold = dense<[3.0, 4.0]> : tensor<2xf64>, v_reset = -1.0}
    : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %n : tensor<2xi1>
}

// CHECK-LABEL: snn.step @states_are_of_the_type_of_weights
// CHECK: states(%n.v "n.v" : tensor<1xf64> = 0.0,
// CHECK-NEXT: %m.v "m.v" : tensor<1xf64> = 0.0)
// CHECK: snn.integrate "n" accumulate %{{.*}} into %n.v {gain = 0.5} : tensor<1xf64>, tensor<1xf64>
// CHECK: snn.integrate "m" accumulate %{{.*}} into %m.v {gain = 0.5} : tensor<1xi1>, tensor<1xf64>
snn.network @states_are_of_the_type_of_weights {
  %x = snn.input "x" : tensor<1xi1>
  %w = snn.constant dense<2.0> : tensor<1x1xf64>
  %fc = snn.linear "fc" %x weight %w : (tensor<1xi1>, tensor<1x1xf64>)
    -> tensor<1xf64>
  %n = snn.if "n" %fc {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf64> -> tensor<1xi1>
  %m = snn.if "m" %n {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xi1> -> tensor<1xi1>
  snn.output "y" %m : tensor<1xi1>
}

// A constant that f32 does not hold.
// CHECK-LABEL: snn.step @f64_holds_more
// CHECK: {gain = 5.0e+299}
snn.network @f64_holds_more {
  %x = snn.input "x" : tensor<1xf64>
  %n = snn.i "n" %x {r = 1.0e300} : tensor<1xf64> -> tensor<1xf64>
  snn.output "y" %n : tensor<1xf64>
}

// CHECK-LABEL: snn.step @neurons_of_any_rank
// CHECK: states(%n.v "n.v" : tensor<2x1x3xf32> = 0.0)
snn.network @neurons_of_any_rank {
  %x = snn.input "x" : tensor<2x1x3xf32>
  %n = snn.i "n" %x {r = 1.0} : tensor<2x1x3xf32> -> tensor<2x1x3xf32>
  snn.output "y" %n : tensor<2x1x3xf32>
}
