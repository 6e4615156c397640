// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mkdir -p %t && emit-tool %s net %t && FileCheck %s < %t/net.c
// RUN: FileCheck %s --check-prefix=HEADER < %t/net.h
// RUN: sh %S/compile.sh %t/net
//
// What is marked never to wrap has a sign in C, and so has all that it is
// loaded from, stored to, and chosen between; the rest stays unsigned, with a
// cast where they meet. A network without floats says nothing of them.

// CHECK-NOT: float
// CHECK: static const int16_t t[2U] = {-32768, 3};
// CHECK-LABEL: void net_step(
// CHECK: q[0U] = q_0 - 5;
// CHECK: q[1U] = (int32_t)t[0U] * q_1;
// CHECK: h[0U] = (int16_t)(h_0 + h_1);
// CHECK: h[1U] =
// CHECK-NEXT: (int16_t)((q_0 > (-2147483647 - 1)) ? q_0 : (-2147483647 - 1));
// CHECK: q[2U] = (int32_t)(((uint32_t)q_0 + 2147483648U) >> 3U) - 268435456;
// CHECK: q[3U] = (q_0 < q_1) ? q_1 : -1;
// CHECK: w[0U] = (int64_t)q_1 * -4294967296LL;
// CHECK: u[0U] = u_0 + 4294967295U;
// HEADER: int64_t w[1];
// HEADER: int32_t q[4];
// HEADER: uint32_t u[1];
// HEADER: int16_t h[2];
// HEADER: c: receives 3 values; each is a code of the number code * 0.5.
// HEADER: int8_t c[NET_C]

module {
  memref.global "private" constant @t : memref<2xi16> = dense<[-32768, 3]>
  func.func @net_step(%h: memref<2xi16>, %q: memref<4xi32>, %w: memref<1xi64>, %u: memref<1xi32>, %c: memref<3xi8>)
      attributes {arg_codes = ["", "", "", "", "a code of the number code * 0.5"], arg_names = ["h", "q", "w", "u", "c"], n_inputs = 0, n_states = 4} {
    %0 = arith.constant 0 : index
    %1 = arith.constant 1 : index
    %2 = arith.constant 2 : index
    %3 = arith.constant 3 : index
    %five = arith.constant 5 : i32
    %least = arith.constant -2147483648 : i32
    %bits = arith.constant 3 : i32
    %offset = arith.constant 268435456 : i32
    %minus = arith.constant -1 : i32
    %wide = arith.constant -4294967296 : i64
    %t = memref.get_global @t : memref<2xi16>
    %t0 = memref.load %t[%0] : memref<2xi16>
    %t0w = arith.extsi %t0 : i16 to i32
    %h0 = memref.load %h[%0] : memref<2xi16>
    %h1 = memref.load %h[%1] : memref<2xi16>
    %q0 = memref.load %q[%0] : memref<4xi32>
    %q1 = memref.load %q[%1] : memref<4xi32>
    %u0 = memref.load %u[%0] : memref<1xi32>
    %a = arith.subi %q0, %five overflow<nsw> : i32
    memref.store %a, %q[%0] : memref<4xi32>
    %b = arith.muli %t0w, %q1 overflow<nsw> : i32
    memref.store %b, %q[%1] : memref<4xi32>
    %d = arith.addi %h0, %h1 overflow<nsw> : i16
    memref.store %d, %h[%0] : memref<2xi16>
    %e = arith.maxsi %q0, %least : i32
    %f = arith.trunci %e overflow<nsw> : i32 to i16
    memref.store %f, %h[%1] : memref<2xi16>
    %raised = arith.addi %q0, %least : i32
    %down = arith.shrui %raised, %bits : i32
    %g = arith.subi %down, %offset overflow<nsw> : i32
    memref.store %g, %q[%2] : memref<4xi32>
    %less = arith.cmpi slt, %q0, %q1 : i32
    %i = arith.select %less, %q1, %minus : i32
    memref.store %i, %q[%3] : memref<4xi32>
    %qw = arith.extsi %q1 : i32 to i64
    %j = arith.muli %qw, %wide overflow<nsw> : i64
    memref.store %j, %w[%0] : memref<1xi64>
    %k = arith.addi %u0, %minus : i32
    memref.store %k, %u[%0] : memref<1xi32>
    return
  }
  func.func @net_init(%h: memref<2xi16>, %q: memref<4xi32>, %w: memref<1xi64>, %u: memref<1xi32>)
      attributes {arg_names = ["h", "q", "w", "u"], n_inputs = 0, n_states = 4} {
    return
  }
}
