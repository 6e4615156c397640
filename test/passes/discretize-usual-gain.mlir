// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The r that a simulator's exporter writes says no more than tau and dt: it is
// not missed, and does not count where the file is to be respected. Any other
// one is named, and counts by what it is of the exporter's.
// RUN: split-file %s %t
// DEFINE: %{mode} =
// DEFINE: %{file} = spyx
// DEFINE: %{run} = snn-opt %t/%{file}.mlir --snn-discretize="dt=0.001 %{mode}" 2>&1 | FileCheck %t/%{file}.mlir
// REDEFINE: %{mode} = semantics=spyx
// REDEFINE: %{file} = spyx
// RUN: %{run} --check-prefixes=SILENT,OWN
// REDEFINE: %{mode} = semantics=spyx strict-nir=true
// RUN: %{run} --check-prefixes=SILENT,OWN
// REDEFINE: %{mode} = semantics=rockpool
// RUN: %{run} --check-prefix=OTHER
// REDEFINE: %{mode} = semantics=rockpool strict-nir=true
// RUN: %{run} --check-prefixes=SILENT,STRICT
// REDEFINE: %{file} = rockpool
// RUN: %{run} --check-prefixes=SILENT,OWN
// REDEFINE: %{mode} = semantics=spyx
// RUN: %{run} --check-prefix=OTHER
// REDEFINE: %{mode} = semantics=spyx strict-nir=true
// RUN: %{run} --check-prefixes=SILENT,STRICT
// REDEFINE: %{file} = snntorch
// REDEFINE: %{mode} = semantics=snntorch strict-nir=true
// RUN: %{run} --check-prefixes=SILENT,OWN
// REDEFINE: %{mode} = semantics=lava-dl strict-nir=true
// RUN: %{run} --check-prefixes=SILENT,DL
// REDEFINE: %{file} = spikingjelly
// REDEFINE: %{mode} = semantics=spikingjelly
// RUN: %{run} --check-prefixes=SILENT,OWN
// REDEFINE: %{mode} = semantics=spikingjelly strict-nir=true
// RUN: %{run} --check-prefixes=SILENT,OWN
// REDEFINE: %{mode} = semantics=sinabs
// RUN: %{run} --check-prefix=OTHER
// REDEFINE: %{file} = readout
// REDEFINE: %{mode} = semantics=nengo
// RUN: %{run} --check-prefix=OTHER
// REDEFINE: %{mode} = semantics=nengo strict-nir=true
// RUN: %{run} --check-prefixes=SILENT,STRICT
// REDEFINE: %{mode} = semantics=rockpool
// RUN: %{run} --check-prefix=LEAK
// RUN: not snn-opt %t/readout.mlir --snn-discretize="dt=0.001 semantics=rockpool strict-nir=true" -o /dev/null 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: 'rockpool' cannot respect 'v_leak', which is 0.5 here: its formula has none

//--- spyx.mlir
// 1 - dt / tau, in f32, which has another last digit
// SILENT-NOT: warning
// OWN: snn.integrate "a" leaky {{.*}}gain = 0.25}
// OTHER: warning: 'rockpool' does not use 'r', which is 0.750001 here; nodes with such a value: 1
// OTHER: snn.integrate "a" leaky {{.*}}gain = 1.0
// 0.75 / (4 exp(-1/4))
// STRICT: snn.integrate "a" leaky {{.*}}gain = 0.24075{{[0-9]*}}
snn.network @spyx {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.lif "a" %x {tau = 0.004, r = 0.750001, v_leak = 0.0,
    v_threshold = 1.0, v_reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %a : tensor<2xi1>
}

//--- rockpool.mlir
// tau exp(-dt / tau) / dt
// SILENT-NOT: warning
// OWN: snn.integrate "a" leaky {{.*}}gain = 1.0
// OTHER: warning: 'spyx' does not use 'r', which is 3.1152 here; nodes with such a value: 1
// OTHER: snn.integrate "a" leaky {{.*}}gain = 0.25
// STRICT: snn.integrate "a" leaky {{.*}}gain = 1.0384{{[0-9]*}}
snn.network @rockpool {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.lif "a" %x {tau = 0.004, r = 3.1152031, v_leak = 0.0,
    v_threshold = 1.0, v_reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %a : tensor<2xi1>
}

//--- snntorch.mlir
// tau_mem / dt, which snnTorch and lava-dl ask for
// SILENT-NOT: warning
// OWN: snn.integrate "a" leaky {{.*}} into %a.v {decay = 0.75, gain = 1.0}
// DL: snn.integrate "a" shift {{.*}} into %a.v {{.*}}gain = 1.0}
snn.network @snntorch {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.cuba_lif "a" %x {tau_syn = 0.002, tau_mem = 0.004, r = 4.0,
    v_leak = 0.0, v_threshold = 1.0, v_reset = 0.0, w_in = 2.0}
    : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %a : tensor<2xi1>
}

//--- spikingjelly.mlir
// 1 / dt of an IF
// SILENT-NOT: warning
// OWN: snn.integrate "a" accumulate {{.*}}gain = 1.0}
// OTHER: warning: 'sinabs' does not use 'r', which is 1000 here; nodes with such a value: 1
snn.network @spikingjelly {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.if "a" %x {r = 1000.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %a : tensor<2xi1>
}

//--- readout.mlir
// Nengo's has a place for v_leak, Rockpool's has none.
// SILENT-NOT: warning
// OTHER: warning: 'nengo' does not use 'r', which is 3 here; nodes with such a value: 1
// OTHER: warning: 'nengo' does not use 'v_leak', which is 0.5 here; nodes with such a value: 1
// OTHER: snn.integrate "a" leaky {{.*}}gain = 0.25}
// STRICT: snn.integrate "a" leaky {{.*}}gain = 0.75, leak = 0.125}
// LEAK: warning: 'rockpool' does not use 'v_leak', which is 0.5 here; nodes with such a value: 1
snn.network @readout {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.li "a" %x {tau = 0.004, r = 3.0, v_leak = 0.5}
    : tensor<2xf32> -> tensor<2xf32>
  snn.output "y" %a : tensor<2xf32>
}
