// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The bias of feedback, and w_in, which an importer leaves out: both are named,
// and both count where the file is to be respected.
// RUN: snn-opt %s --snn-discretize="semantics=rockpool dt=0.001 strict-nir=true" 2>&1 | FileCheck %s --check-prefixes=ROCKPOOL,NONE
// RUN: snn-opt %s --snn-discretize="semantics=rockpool dt=0.001" 2>&1 | FileCheck %s --check-prefix=LOSES
// NONE-NOT: warning
// ROCKPOOL-LABEL: snn.step @feedback
// ROCKPOOL: snn.linear "rec" %{{.*}} weight %{{.*}} bias
// ROCKPOOL: snn.integrate "a" jump %{{.*}} into %a.i {decay = {{.*}}, gain = 4.0}
// LOSES-DAG: warning: 'rockpool' does not use 'r', which is 1 here; nodes with such a value: 1
// LOSES-DAG: warning: 'rockpool' does not use 'w_in', which is 4 here; nodes with such a value: 1
// LOSES-DAG: warning: 'rockpool' does not use 'bias', which is 3 here; nodes with such a value: 1
// LOSES-LABEL: snn.step @feedback
// LOSES: snn.linear "rec" %{{.*}} weight %{{[^ ]*}} :
// LOSES: snn.integrate "a" jump %{{.*}} into %a.i {decay = {{.*}}, gain = 1.0}
snn.network @feedback {
  %x = snn.input "x" : tensor<2xf32>
  %w = snn.constant dense<2.0> : tensor<2x2xf32>
  %b = snn.constant dense<[0.0, 3.0]> : tensor<2xf32>
  %s = snn.sum "a" %x, %rec : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  %a = snn.cuba_lif "a" %s {tau_syn = 0.005, tau_mem = 0.02, r = 1.0,
    v_leak = 0.0, v_threshold = 1.0, v_reset = 0.0, w_in = 4.0}
    : tensor<2xf32> -> tensor<2xi1>
  %rec = snn.linear "rec" %a weight %w bias %b
    : (tensor<2xi1>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<2xf32>
  snn.output "y" %a : tensor<2xi1>
}
