// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// What a simulator's importer leaves out counts where the file is to be
// respected, and there is no warning.
// DEFINE: %{run} = snn-opt %s --mlir-print-local-scope
// RUN: %{run} --snn-discretize="semantics=norse strict-nir=true" 2>&1 | FileCheck %s --check-prefixes=NORSE,NONE
// RUN: %{run} --snn-discretize="semantics=norse strict-nir=true reset=zero" 2>&1 | FileCheck %s --check-prefixes=ZERO,NONE
// RUN: %{run} --snn-discretize="semantics=snntorch dt=0.001 strict-nir=true" 2>&1 | FileCheck %s --check-prefixes=SNNTORCH,NONE
// RUN: %{run} --snn-discretize="semantics=spyx-1.0 dt=0.001 strict-nir=true" 2>&1 | FileCheck %s --check-prefixes=SPYX,NONE
// RUN: %{run} --snn-discretize="semantics=nengo dt=0.001 strict-nir=true" 2>&1 | FileCheck %s --check-prefixes=NENGO,NONE
// NONE-NOT: warning

// Gains multiply the input, and a spike resets to v_reset.
// NORSE-LABEL: snn.step @gain
// NORSE: snn.integrate "a" pull %x into %a.v {decay = {{.*}}, gain = 2.0, leak = 0.5}
// NORSE: snn.fire "a" %{{.*}} {threshold = 1.0, reset = 0.25}
// NORSE: snn.integrate "b" accumulate %{{.*}} into %b.v {gain = 3.0}
// An option still says more.
// ZERO: snn.fire "a" %{{.*}} {threshold = 1.0, reset = 0.0}
// The membrane rests at v_leak, in its own unit, which is r dt / tau = 0.2.
// SNNTORCH-LABEL: snn.step @gain
// SNNTORCH: snn.integrate "a" leaky %x into %a.v {decay = 0.9, gain = 1.0, leak = 0.24999999{{[0-9]*}}}
// SNNTORCH: snn.fire "a" %{{.*}} {threshold = 5.0, reset = 1.25}
// The r of 2 is 2 / 0.9 of the one that Spyx writes.
// SPYX: snn.integrate "a" leaky %x into %a.v {decay = 0.9, gain = 2.22222{{[0-9]*}}, leak = 0.04999999{{[0-9]*}}}
// The unit is the threshold; pull is approach with a leak.
// NENGO: snn.integrate "a" pull %x into %a.v {decay = 0.09516{{[0-9]*}}, gain = 2.0, leak = 0.5}
// NENGO: snn.fire "a" %{{.*}} {threshold = 1.0, reset = 0.25}
snn.network @gain {
  %x = snn.input "x" : tensor<1xf32>
  %a = snn.lif "a" %x {tau = 0.01, r = 2.0, v_leak = 0.5, v_threshold = 1.0,
    v_reset = 0.25} : tensor<1xf32> -> tensor<1xi1>
  %b = snn.if "b" %a {r = 3.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xi1> -> tensor<1xi1>
  snn.output "y" %b : tensor<1xi1>
}
