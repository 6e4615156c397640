// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --canonicalize | FileCheck %s
// RUN: snn-opt %s --symbol-dce | FileCheck %s --check-prefix=DCE

// CHECK-LABEL: @dead_operations_go
// CHECK-NOT: snn.scale
// CHECK-NOT: snn.constant
// CHECK: snn.yield %x
// DCE-LABEL: snn.step @dead_operations_go
snn.step @dead_operations_go inputs(%x "x" : tensor<1xf32>) outputs("y") {
  %w = snn.constant dense<2.0> : tensor<1x1xf32>
  %a = snn.scale "a" %x {scale = 2.0} : tensor<1xf32> -> tensor<1xf32>
  snn.yield %x : tensor<1xf32>
}

// CHECK-LABEL: @an_input_stays
// CHECK-NEXT: snn.input "x"
// DCE-LABEL: snn.network @an_input_stays
snn.network @an_input_stays {
  %x = snn.input "x" : tensor<1xf32>
}

// The passes end, and change nothing.
// CHECK-LABEL: @cycles_stay
// CHECK: %[[SUM:.*]] = snn.sum "a" %{{.*}}, %[[B:.*]] :
// CHECK: %[[A:.*]] = snn.if "a" %[[SUM]]
// CHECK: %[[B]] = snn.if "b" %[[A]]
// DCE-LABEL: snn.network @cycles_stay
snn.network @cycles_stay {
  %x = snn.input "x" : tensor<1xf32>
  %s = snn.sum "a" %x, %b : tensor<1xf32>, tensor<1xi1> -> tensor<1xf32>
  %a = snn.if "a" %s {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  %b = snn.if "b" %a {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<1xi1> -> tensor<1xi1>
  snn.output "y" %b : tensor<1xi1>
}

// Constants are found in the type that they are used in.
// CHECK-LABEL: @constants_of_two_types_stay
// CHECK-DAG: snn.constant dense<1> : tensor<1xi8> as tensor<1x!quant.uniform<i8:f32, 5.000000e-01>>
// CHECK-DAG: snn.constant dense<1> : tensor<1xi8>{{$}}
snn.step @constants_of_two_types_stay outputs("a", "b", "c") {
  %a = snn.constant dense<1> : tensor<1xi8>
  %b = snn.constant dense<1> : tensor<1xi8>
    as tensor<1x!quant.uniform<i8:f32, 0.5>>
  snn.yield %a, %b, %b : tensor<1xi8>,
    tensor<1x!quant.uniform<i8:f32, 0.5>>, tensor<1x!quant.uniform<i8:f32, 0.5>>
}
