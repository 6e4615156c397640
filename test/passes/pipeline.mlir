// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// A network on the whole road, with the pipeline of src/driver/compile.c.
//
// RUN: snn-opt %s -o %t.linalg --pass-pipeline='builtin.module(snn-discretize{dt=0.001 semantics=nir},convert-snn-to-linalg,canonicalize)'
// RUN: snn-opt %t.linalg -o %t.loops --pass-pipeline='builtin.module(eliminate-empty-tensors,one-shot-bufferize{bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map},drop-equivalent-buffer-results,canonicalize,convert-linalg-to-loops,snn-fold-rows,canonicalize,cse)'
// RUN: FileCheck %s < %t.loops
//
// Every state and output is its argument: nothing is returned, nothing copied.
// CHECK-LABEL: func.func private @net_step(
// CHECK-SAME: %{{.*}}: memref<3xf32>, %{{.*}}: memref<40xi1>, %{{.*}}: memref<40xf32>, %{{.*}}: memref<2xf32>, %{{.*}}: memref<2xf32>, %{{.*}}: memref<2xi1>) attributes
// CHECK-NOT: {{snn\.|tensor<|linalg\.|bufferization\.|memref.copy}}
// CHECK: return{{$}}
// CHECK-LABEL: func.func private @net_init(
// CHECK-NOT: {{snn\.|tensor<|linalg\.|bufferization\.|memref.copy}}
// CHECK: return{{$}}
//
// Upstream alone takes the linalg stage to LLVM.
// RUN: mlir-opt %t.linalg --one-shot-bufferize="bufferize-function-boundaries function-boundary-type-conversion=identity-layout-map" --drop-equivalent-buffer-results --convert-linalg-to-loops --convert-scf-to-cf --expand-strided-metadata --lower-affine --finalize-memref-to-llvm --convert-func-to-llvm --convert-arith-to-llvm --convert-cf-to-llvm --convert-index-to-llvm --reconcile-unrealized-casts | mlir-translate --mlir-to-llvmir | FileCheck %s --check-prefix=LLVM
// LLVM-DAG: @fc1_weight = private constant [3 x [40 x float]]
// LLVM-DAG: define {{.*}}@net_step(
// LLVM-DAG: define {{.*}}@net_init(
// LLVM-NOT: fmuladd
snn.network @net {
  %x = snn.input "x" : tensor<3xf32>
  %w1 = snn.constant dense<0.5> : tensor<40x3xf32>
  %b1 = snn.constant dense<0.25> : tensor<40xf32>
  %wr = snn.constant dense<-0.5> : tensor<40x40xf32>
  %w2 = snn.constant dense<0.5> : tensor<2x40xf32>
  %fc1 = snn.linear "fc1" %x weight %w1 bias %b1
    : (tensor<3xf32>, tensor<40x3xf32>, tensor<40xf32>) -> tensor<40xf32>
  %rec = snn.linear "rec" %lif1 weight %wr
    : (tensor<40xi1>, tensor<40x40xf32>) -> tensor<40xf32>
  %in = snn.sum "lif1" %fc1, %rec
    : tensor<40xf32>, tensor<40xf32> -> tensor<40xf32>
  %lif1 = snn.lif "lif1" %in {tau = 0.01, r = 1.0, v_leak = 0.0,
    v_threshold = 1.0, v_reset = 0.0} : tensor<40xf32> -> tensor<40xi1>
  %fc2 = snn.linear "fc2" %lif1 weight %w2
    : (tensor<40xi1>, tensor<2x40xf32>) -> tensor<2xf32>
  %lif2 = snn.cuba_lif "lif2" %fc2 {tau_syn = 0.005, tau_mem = 0.01, r = 1.0,
    v_leak = 0.0, v_threshold = 1.0, v_reset = 0.0, w_in = 1.0}
    : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %lif2 : tensor<2xi1>
}
