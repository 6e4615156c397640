// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --snn-discretize="semantics=nir" -split-input-file -verify-diagnostics | FileCheck %s

// CHECK-LABEL: snn.step @no_time_is_needed
// CHECK-NOT: dt =
// CHECK: snn.scale
snn.network @no_time_is_needed {
  %x = snn.input "x" : tensor<1xf32>
  %d = snn.delay "d" %x {delay = 0.0} : tensor<1xf32> -> tensor<1xf32>
  %y = snn.scale "g" %d {scale = 2.0} : tensor<1xf32> -> tensor<1xf32>
  %dead = snn.i "dead" %d {r = 2.0} : tensor<1xf32> -> tensor<1xf32>
  snn.output "y" %y : tensor<1xf32>
}

// -----

snn.network @tau_needs_dt {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{'tau' is 4 in the file's unit of time, and no dt is given; say --dt=T in the same unit (snnTorch, SpikingJelly and Lava use 1e-4, Norse 1e-3, Spyx 1)}}
  %n = snn.li "n" %x {tau = dense<[4.0, 2.0]> : tensor<2xf64>, r = 2.0,
    v_leak = 0.0} : tensor<2xf32> -> tensor<2xf32>
  snn.output "y" %n : tensor<2xf32>
}

// -----

snn.network @tau_syn_needs_dt {
  %x = snn.input "x" : tensor<1xf32>
  // expected-error @+1 {{'tau_syn' is 2 in the file's unit of time, and no dt is given}}
  %n = snn.cuba_li "n" %x {tau_syn = 2.0, tau_mem = 4.0, r = 2.0,
    v_leak = 0.25, w_in = 3.0} : tensor<1xf32> -> tensor<1xf32>
  snn.output "y" %n : tensor<1xf32>
}

// -----

snn.network @r_of_an_integrator_needs_dt {
  %x = snn.input "x" : tensor<1xf32>
  // expected-error @+1 {{'r' is 2 in the file's unit of time, and no dt is given}}
  %n = snn.i "n" %x {r = 2.0} : tensor<1xf32> -> tensor<1xf32>
  snn.output "y" %n : tensor<1xf32>
}

// -----

snn.network @a_delay_needs_dt {
  %x = snn.input "x" : tensor<2xf32>
  // expected-error @+1 {{'delay' is 0.5 in the file's unit of time, and no dt is given; say --dt=T in the same unit}}
  %d = snn.delay "d" %x {delay = dense<[0.0, 0.5]> : tensor<2xf64>}
    : tensor<2xf32> -> tensor<2xf32>
  snn.output "y" %d : tensor<2xf32>
}
