// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mkdir -p %t && emit-tool %s net %t && FileCheck %s < %t/net.c
// RUN: FileCheck --check-prefix=HEAD %s < %t/net.h
// RUN: sh %S/compile.sh %t/net
//
// Node names are anything: keywords, numbers, other scripts, comments, the names
// of kernels, macros, functions of the C library, equal but for a dot.

// HEAD: #define NET_OUT_PUT_ 1U
// HEAD: float scratch[1];   /* scratch: int, then nächste, then exp, then a_b */
// HEAD: void net_step(net_state *state, const float input[NET_INPUT],
// HEAD: float out_put_[NET_OUT_PUT_]);

// CHECK: static const scale_node int_ = {
// CHECK-NEXT: .w = w,
// CHECK: static const scale_node n2nd = {
// CHECK: static const scale_node n_chste = {
// CHECK: static const scale_node scale_2 = {
// CHECK: static const scale_node exp_ = {
// CHECK: static const scale_node a_b = {
// CHECK: static const scale_node a_b_2 = {
// CHECK: static const scale_node x = {
// A node called x: no kernel's argument may hide it.
// CHECK: static inline void scale(const scale_node *node, const float *x_2, float *y)

module {
  memref.global "private" constant @w : memref<1xf32> = dense<2.0>
  func.func @net_step(%input: memref<1xf32>, %output: memref<1xf32>)
      attributes {arg_names = ["input", "out put*/"], n_inputs = 1, n_states = 0,
                  clusters = ["int", "2nd", "n\C3\A4chste", "scale", "exp", "a.b", "a_b", "x"],
                  kernels = ["scale", "scale", "scale", "scale", "scale", "scale", "scale", "scale"],
                  notes = ["y = x w", "", "", "", "", "", "", ""]} {
    %c0 = arith.constant 0 : index
    %w = memref.get_global @w : memref<1xf32>
    %b1 = memref.alloc() : memref<1xf32> loc("int")
    %b2 = memref.alloc() : memref<1xf32> loc("2nd")
    %b3 = memref.alloc() : memref<1xf32> loc("n\C3\A4chste")
    %b4 = memref.alloc() : memref<1xf32> loc("scale")
    %b5 = memref.alloc() : memref<1xf32> loc("exp")
    %b6 = memref.alloc() : memref<1xf32> loc("a.b")
    %b7 = memref.alloc() : memref<1xf32> loc("a_b")
    %w1 = memref.load %w[%c0] : memref<1xf32> loc("int")
    %x1 = memref.load %input[%c0] : memref<1xf32> loc("int")
    %y1 = arith.mulf %x1, %w1 : f32 loc("int")
    memref.store %y1, %b1[%c0] : memref<1xf32> loc("int")
    %w2 = memref.load %w[%c0] : memref<1xf32> loc("2nd")
    %x2 = memref.load %b1[%c0] : memref<1xf32> loc("2nd")
    %y2 = arith.mulf %x2, %w2 : f32 loc("2nd")
    memref.store %y2, %b2[%c0] : memref<1xf32> loc("2nd")
    %w3 = memref.load %w[%c0] : memref<1xf32> loc("n\C3\A4chste")
    %x3 = memref.load %b2[%c0] : memref<1xf32> loc("n\C3\A4chste")
    %y3 = arith.mulf %x3, %w3 : f32 loc("n\C3\A4chste")
    memref.store %y3, %b3[%c0] : memref<1xf32> loc("n\C3\A4chste")
    %w4 = memref.load %w[%c0] : memref<1xf32> loc("scale")
    %x4 = memref.load %b3[%c0] : memref<1xf32> loc("scale")
    %y4 = arith.mulf %x4, %w4 : f32 loc("scale")
    memref.store %y4, %b4[%c0] : memref<1xf32> loc("scale")
    %w5 = memref.load %w[%c0] : memref<1xf32> loc("exp")
    %x5 = memref.load %b4[%c0] : memref<1xf32> loc("exp")
    %y5 = arith.mulf %x5, %w5 : f32 loc("exp")
    memref.store %y5, %b5[%c0] : memref<1xf32> loc("exp")
    %w6 = memref.load %w[%c0] : memref<1xf32> loc("a.b")
    %x6 = memref.load %b5[%c0] : memref<1xf32> loc("a.b")
    %y6 = arith.mulf %x6, %w6 : f32 loc("a.b")
    memref.store %y6, %b6[%c0] : memref<1xf32> loc("a.b")
    %w7 = memref.load %w[%c0] : memref<1xf32> loc("a_b")
    %x7 = memref.load %b6[%c0] : memref<1xf32> loc("a_b")
    %y7 = arith.mulf %x7, %w7 : f32 loc("a_b")
    memref.store %y7, %b7[%c0] : memref<1xf32> loc("a_b")
    %w8 = memref.load %w[%c0] : memref<1xf32> loc("x")
    %x8 = memref.load %b7[%c0] : memref<1xf32> loc("x")
    %y8 = arith.mulf %x8, %w8 : f32 loc("x")
    memref.store %y8, %output[%c0] : memref<1xf32> loc("x")
    return
  }
  func.func @net_init() attributes {n_inputs = 0, n_states = 0} {
    return
  }
}
