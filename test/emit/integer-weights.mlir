// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s
!w1 = !quant.uniform<i8:f32, 0.25>
!y1 = !quant.uniform<i32:f32, 0.25>
!w2 = !quant.uniform<i16:f32, 0.5>
!y2 = !quant.uniform<i32:f32, 0.125>
snn.step @net inputs(%x "x" : tensor<3xi1>) outputs("y") {
  %w1 = snn.constant dense<[[1, -3, 100], [2, 4, 5], [6, 7, -128]]> : tensor<3x3xi8> as tensor<3x3x!w1>
  %b1 = snn.constant dense<[1, -2, 70000]> : tensor<3xi32> as tensor<3x!y1>
  %w2 = snn.constant dense<[[300, 400, 0], [-7, 1000, 0]]> : tensor<2x3xi16> as tensor<2x3x!w2>
  %y1 = snn.linear "fc1" %x weight %w1 bias %b1 : (tensor<3xi1>, tensor<3x3x!w1>, tensor<3x!y1>) -> tensor<3x!y1>
  %y2 = snn.linear "fc2" %y1 weight %w2 : (tensor<3x!y1>, tensor<2x3x!w2>) -> tensor<2x!y2>
  snn.yield %y2 : tensor<2x!y2>
}
