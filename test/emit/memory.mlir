// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mkdir -p %t && emit-tool %s net %t && FileCheck %s < %t/net.h
// RUN: FileCheck --check-prefix=STEP %s < %t/net.c
// RUN: sh %S/compile.sh %t/net
//
// Scratch whose lives do not touch shares memory; large elements come first,
// so that nothing pads; the size is exact.

// CHECK: Memory: 40 bytes of state owned by the caller, 0 bytes of constants.
// CHECK:      typedef struct net_state {
// CHECK-NEXT:     double s[1];
// CHECK-NEXT:     float a[2];       /* scratch */
// CHECK-NEXT:     float scratch[4]; /* scratch: b, then c */
// CHECK-NEXT:     uint8_t t_1[2];   /* t.1 */
// CHECK-NEXT: } net_state;

// STEP: _Static_assert(sizeof(net_state) <= 40U, "state size in the header");
// STEP: state->a[0U] = input[0U];
// STEP: const float a_0 = state->a[0U];
// STEP: state->scratch[0U] = a_0;
// STEP: const float scratch_0 = state->scratch[0U];
// STEP: state->a[1U] = scratch_0 + a_0;
// STEP: state->scratch[0U] = scratch_0;
// STEP: state->s[0U] = (double)state->scratch[0U];
// STEP: state->t_1[1U] = (state->s[0U] > 0.5) ? 1U : 0U;

module {
  func.func @net_step(%input: memref<2xf32>, %s: memref<f64>, %t: memref<2xi1>)
      attributes {arg_names = ["input", "s", "t.1"], n_inputs = 1, n_states = 2} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %half = arith.constant 0.5 : f64
    %a = memref.alloc() : memref<2xf32> loc("a")
    %b = memref.alloc() : memref<3xf32> loc("b")
    %c = memref.alloc() : memref<4xf32> loc("c")
    %0 = memref.load %input[%c0] : memref<2xf32>
    memref.store %0, %a[%c0] : memref<2xf32>
    %1 = memref.load %a[%c0] : memref<2xf32>
    memref.store %1, %b[%c0] : memref<3xf32>
    %2 = memref.load %b[%c0] : memref<3xf32>
    %sum = arith.addf %2, %1 : f32
    memref.store %sum, %a[%c1] : memref<2xf32>
    memref.store %2, %c[%c0] : memref<4xf32>
    %3 = memref.load %c[%c0] : memref<4xf32>
    %4 = arith.extf %3 : f32 to f64
    memref.store %4, %s[] : memref<f64>
    %5 = memref.load %s[] : memref<f64>
    %6 = arith.cmpf ogt, %5, %half : f64
    memref.store %6, %t[%c1] : memref<2xi1>
    memref.dealloc %a : memref<2xf32>
    return
  }
  func.func @net_init(%s: memref<f64>, %t: memref<2xi1>) attributes {n_inputs = 0, n_states = 2} {
    return
  }
}
