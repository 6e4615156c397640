// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mkdir -p %t && emit-tool %s net %t && FileCheck %s < %t/net.c
// RUN: sh %S/compile.sh %t/net
//
// What reads the first element alone needs no dimension, and takes none.

// CHECK: static inline void first(const float *x, float *y)
// CHECK: y[0U] = -x[0U];

module {
  func.func @net_step(%x: memref<1x1x2xf32>, %y: memref<1x1x2xf32>)
      attributes {arg_names = ["x", "y"], n_inputs = 1, n_states = 0,
                  clusters = ["first"], kernels = ["first"], notes = [""]} {
    %c0 = arith.constant 0 : index
    %0 = memref.load %x[%c0, %c0, %c0] : memref<1x1x2xf32> loc("first")
    %1 = arith.negf %0 : f32 loc("first")
    memref.store %1, %y[%c0, %c0, %c0] : memref<1x1x2xf32> loc("first")
    return
  }
  func.func @net_init() attributes {arg_names = [], n_inputs = 0, n_states = 0,
                                    clusters = [], kernels = [], notes = []} {
    return
  }
}
