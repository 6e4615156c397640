// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-discretize="semantics=nir dt=0.5" -split-input-file -verify-diagnostics

snn.network @decay_is_not_finite {
  %x = snn.input "x" : tensor<1xf32>
  // expected-error @+1 {{with dt 0.5, tau 1e-300 and r 2 a constant is not finite}}
  %n = snn.li "n" %x {tau = 1.0e-300, r = 2.0, v_leak = 0.0}
    : tensor<1xf32> -> tensor<1xf32>
  snn.output "y" %n : tensor<1xf32>
}

// -----

snn.network @gain_is_not_finite_in_f32 {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{with dt 0.5 and r 1e+300 a constant is not finite}}
  %n = snn.i "n" %x {r = dense<[1.0, 1.0e300]> : tensor<2xf64>}
    : tensor<2xf32> -> tensor<2xf32>
  snn.output "y" %n : tensor<2xf32>
}

// -----

snn.network @too_many_steps {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{a delay of 1e+07 is 2e+07 steps, at most 16777216 are supported}}
  %d = snn.delay "d" %x {delay = dense<[0.0, 1.0e7]> : tensor<2xf64>}
    : tensor<2xf32> -> tensor<2xf32>
  snn.output "y" %d : tensor<2xf32>
}

// -----

snn.network @too_large_a_line {
  %x = snn.input "x" : tensor<100xf32>
  // expected-error @+1 {{10000000 steps of 100 elements are more than 268435456}}
  %d = snn.delay "d" %x {delay = 5.0e6} : tensor<100xf32> -> tensor<100xf32>
  snn.output "y" %d : tensor<100xf32>
}

// -----

snn.network @a_loop_of_one {
  // expected-error @+1 {{algebraic loop: no neuron, and no delay of at least one step, in 'g' -> 'g'}}
  %y = snn.scale "g" %y {scale = 2.0} : tensor<1xf32> -> tensor<1xf32>
  snn.output "y" %y : tensor<1xf32>
}

// -----

snn.network @a_loop_of_a_node_and_its_sum {
  %x = snn.input "x" : tensor<1xf32>
  %s = snn.sum "g" %x, %g : tensor<1xf32>, tensor<1xf32> -> tensor<1xf32>
  // expected-error @+1 {{in 'g' -> 'g'}}
  %g = snn.scale "g" %s {scale = 2.0} : tensor<1xf32> -> tensor<1xf32>
  snn.output "y" %g : tensor<1xf32>
}

// -----

// The way to the loop is no part of it, a neuron beside it no help, and a delay
// with an element of no step no way out.
snn.network @a_loop_without_neuron {
  %x = snn.input "x" : tensor<2xf32>
  %g = snn.scale "g" %x {scale = 2.0} : tensor<2xf32> -> tensor<2xf32>
  %s = snn.sum "h" %g, %d, %n : tensor<2xf32>, tensor<2xf32>, tensor<2xi1> -> tensor<2xf32>
  %h = snn.scale "h" %s {scale = 2.0} : tensor<2xf32> -> tensor<2xf32>
  // expected-error @+1 {{in 'd' -> 'h' -> 'd'}}
  %d = snn.delay "d" %h {delay = dense<[0.0, 5.0]> : tensor<2xf64>}
    : tensor<2xf32> -> tensor<2xf32>
  %n = snn.if "n" %h {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %n : tensor<2xi1>
}
