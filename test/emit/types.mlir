// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mkdir -p %t && emit-tool %s net %t && FileCheck %s < %t/net.c
// RUN: sh %S/compile.sh %t/net
//
// Integers below 32 bits are computed in uint32_t and cut, signed operations
// say so, truth values are 0 or 1 in memory, literals carry their type.

// CHECK-LABEL: void net_step(
// CHECK: h[0U] = (uint16_t)((uint32_t)h_0 + (uint32_t)h_1);
// CHECK: h[1U] = (uint16_t)((uint32_t)h_0 * (uint32_t)65533U);
// CHECK: q[0U] = (uint32_t)((int32_t)q_0 >> (int32_t)1U);
// CHECK: q[1U] = ((int32_t)q_0 < (int32_t)q_1) ? q_0 : q_1;
// CHECK: q[2U] = h_0;
// CHECK: q[3U] = (uint32_t)(int16_t)h_1;
// CHECK: q[4U] = 4294967294U;
// CHECK: b[0U] = ((q_0 == q_1) && (b_1 != 0U)) ? 1U : 0U;
// CHECK: b[1U] = ((q_0 & 1U) != 0U) ? 1U : 0U;
// CHECK: f[0U] = (float)b_1;
// CHECK: f[1U] = (float)(int16_t)h_0;
// CHECK: f[2U] = (q_0 == q_1) ? 1.0F : 0.0F;
// CHECK: f[3U] = -f_0;
// CHECK: f[4U] = 1e-07F;
// CHECK: f[5U] = (float)d_0;
// CHECK: d[0U] = (double)f_0 * 0.1;
// CHECK: d[1U] = 100.0;

module {
  func.func @net_step(%h: memref<2xi16>, %q: memref<5xi32>, %b: memref<2xi1>, %f: memref<6xf32>, %d: memref<2xf64>)
      attributes {arg_names = ["h", "q", "b", "f", "d"], n_inputs = 0, n_states = 5} {
    %0 = arith.constant 0 : index
    %1 = arith.constant 1 : index
    %2 = arith.constant 2 : index
    %3 = arith.constant 3 : index
    %4 = arith.constant 4 : index
    %5 = arith.constant 5 : index
    %m3 = arith.constant -3 : i16
    %m2 = arith.constant -2 : i32
    %one = arith.constant 1 : i32
    %tiny = arith.constant 1.0e-7 : f32
    %tenth = arith.constant 0.1 : f64
    %hundred = arith.constant 100.0 : f64
    %h0 = memref.load %h[%0] : memref<2xi16>
    %h1 = memref.load %h[%1] : memref<2xi16>
    %q0 = memref.load %q[%0] : memref<5xi32>
    %q1 = memref.load %q[%1] : memref<5xi32>
    %b1 = memref.load %b[%1] : memref<2xi1>
    %f0 = memref.load %f[%0] : memref<6xf32>
    %d0 = memref.load %d[%0] : memref<2xf64>
    %a1 = arith.addi %h0, %h1 : i16
    memref.store %a1, %h[%0] : memref<2xi16>
    %a2 = arith.muli %h0, %m3 : i16
    memref.store %a2, %h[%1] : memref<2xi16>
    %a3 = arith.shrsi %q0, %one : i32
    memref.store %a3, %q[%0] : memref<5xi32>
    %a4 = arith.minsi %q0, %q1 : i32
    memref.store %a4, %q[%1] : memref<5xi32>
    %a5 = arith.extui %h0 : i16 to i32
    memref.store %a5, %q[%2] : memref<5xi32>
    %a6 = arith.extsi %h1 : i16 to i32
    memref.store %a6, %q[%3] : memref<5xi32>
    memref.store %m2, %q[%4] : memref<5xi32>
    %c1 = arith.cmpi eq, %q0, %q1 : i32
    %c2 = arith.andi %c1, %b1 : i1
    memref.store %c2, %b[%0] : memref<2xi1>
    %c3 = arith.trunci %q0 : i32 to i1
    memref.store %c3, %b[%1] : memref<2xi1>
    %f1 = arith.uitofp %b1 : i1 to f32
    memref.store %f1, %f[%0] : memref<6xf32>
    %f2 = arith.sitofp %h0 : i16 to f32
    memref.store %f2, %f[%1] : memref<6xf32>
    %c4 = arith.cmpi eq, %q0, %q1 : i32
    %f3 = arith.uitofp %c4 : i1 to f32
    memref.store %f3, %f[%2] : memref<6xf32>
    %f4 = arith.negf %f0 : f32
    memref.store %f4, %f[%3] : memref<6xf32>
    memref.store %tiny, %f[%4] : memref<6xf32>
    %f5 = arith.truncf %d0 : f64 to f32
    memref.store %f5, %f[%5] : memref<6xf32>
    %d1 = arith.extf %f0 : f32 to f64
    %d2 = arith.mulf %d1, %tenth : f64
    memref.store %d2, %d[%0] : memref<2xf64>
    memref.store %hundred, %d[%1] : memref<2xf64>
    return
  }
  func.func @net_init(%h: memref<2xi16>, %q: memref<5xi32>, %b: memref<2xi1>, %f: memref<6xf32>, %d: memref<2xf64>)
      attributes {n_inputs = 0, n_states = 5} {
    return
  }
}
