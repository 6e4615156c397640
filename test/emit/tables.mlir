// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mkdir -p %t && emit-tool %s net %t && FileCheck --strict-whitespace %s < %t/net.c
// RUN: FileCheck --check-prefix=HEAD %s < %t/net.h
// RUN: sh %S/compile.sh %t/net
//
// Constants: rows on a line each with their number behind, long ones wrapped
// with the number before; equal elements in full, zeros as {0}; i1 as 0 and 1.

// HEAD: 12 bytes of state owned by the caller, 175 bytes of constants.

// CHECK:      static const float narrow[2U * 3U] = {
// CHECK-NEXT:     1.0F, -2.5F, 0.1F,     /* row 0 */
// CHECK-NEXT:     1e+10F, 3e-05F, -0.0F, /* row 1 */
// CHECK-NEXT: };
// CHECK:      static const float wide[2U * 16U] = {
// CHECK-NEXT:     /* row 0 */
// CHECK-NEXT:     {{(0.25F, ){10}0.25F,$}}
// CHECK-NEXT:     {{^ *(0.25F, ){4}0.25F,$}}
// CHECK-NEXT:     /* row 1 */
// CHECK:      static const double zero[2U * 1U] = {0};
// CHECK:      static const uint8_t bits[3U] = {1U, 0U, 1U};
// CHECK:      static const uint16_t held[2U] = {258U, 772U};

module {
  memref.global "private" constant @narrow : memref<2x3xf32> = dense<[[1.0, -2.5, 0.1], [1.0e10, 3.0e-5, -0.0]]>
  memref.global "private" constant @wide : memref<2x16xf32> = dense<0.25>
  memref.global "private" constant @zero : memref<2x1xf64> = dense<0.0>
  memref.global "private" constant @bits : memref<3xi1> = dense<[true, false, true]>
  memref.global "private" constant @held : memref<2xi16> = dense_resource<held>
  func.func @net_step(%s: memref<3xf32>) attributes {arg_names = ["s"], n_inputs = 0, n_states = 1} {
    %0 = arith.constant 0 : index
    %1 = arith.constant 1 : index
    %narrow = memref.get_global @narrow : memref<2x3xf32>
    %wide = memref.get_global @wide : memref<2x16xf32>
    %zero = memref.get_global @zero : memref<2x1xf64>
    %bits = memref.get_global @bits : memref<3xi1>
    %held = memref.get_global @held : memref<2xi16>
    %a = memref.load %narrow[%0, %1] : memref<2x3xf32>
    %b = memref.load %wide[%1, %0] : memref<2x16xf32>
    %c = memref.load %zero[%1, %0] : memref<2x1xf64>
    %d = memref.load %bits[%1] : memref<3xi1>
    %e = memref.load %held[%1] : memref<2xi16>
    %f = arith.addf %a, %b : f32
    %g = arith.truncf %c : f64 to f32
    %h = arith.addf %f, %g : f32
    %i = arith.uitofp %e : i16 to f32
    %j = arith.addf %h, %i : f32
    %k = arith.select %d, %j, %a : f32
    memref.store %k, %s[%0] : memref<3xf32>
    return
  }
  func.func @net_init(%s: memref<3xf32>) attributes {n_inputs = 0, n_states = 1} {
    return
  }
}
{-#
  dialect_resources: {
    builtin: {
      held: "0x0200000002010403"
    }
  }
#-}
