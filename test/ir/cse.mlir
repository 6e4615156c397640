// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s --cse | FileCheck %s

// CHECK-LABEL: @equal_neurons_of_different_nodes_stay
// CHECK-COUNT-2: snn.lif
snn.network @equal_neurons_of_different_nodes_stay {
  %x = snn.input "x" : tensor<1xf32>
  %a = snn.lif "a" %x {tau = 0.01, r = 1.0, v_leak = 0.0, v_threshold = 1.0,
    v_reset = 0.0} : tensor<1xf32> -> tensor<1xi1>
  %b = snn.lif "b" %x {tau = 0.01, r = 1.0, v_leak = 0.0, v_threshold = 1.0,
    v_reset = 0.0} : tensor<1xf32> -> tensor<1xi1>
  snn.output "ya" %a : tensor<1xi1>
  snn.output "yb" %b : tensor<1xi1>
}

// CHECK-LABEL: @equal_operations_of_one_node_merge
// CHECK: %[[W:.*]] = snn.constant
// CHECK-NOT: snn.constant
// CHECK: %[[Y:.*]] = snn.linear "fc" %{{.*}} weight %[[W]]
// CHECK-NOT: snn.linear
// CHECK: snn.yield %[[Y]], %[[Y]]
snn.step @equal_operations_of_one_node_merge
    inputs(%x "x" : tensor<1xf32>) outputs("a", "b") {
  %v = snn.constant dense<2.0> : tensor<1x1xf32>
  %w = snn.constant dense<2.0> : tensor<1x1xf32>
  %a = snn.linear "fc" %x weight %v
    : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1xf32>
  %b = snn.linear "fc" %x weight %w
    : (tensor<1xf32>, tensor<1x1xf32>) -> tensor<1xf32>
  snn.yield %a, %b : tensor<1xf32>, tensor<1xf32>
}

// CHECK-LABEL: @equal_operations_of_two_nodes_stay
// CHECK: snn.scale "a"
// CHECK: snn.scale "b"
snn.step @equal_operations_of_two_nodes_stay
    inputs(%x "x" : tensor<1xf32>) outputs("a", "b") {
  %a = snn.scale "a" %x {scale = 2.0} : tensor<1xf32> -> tensor<1xf32>
  %b = snn.scale "b" %x {scale = 2.0} : tensor<1xf32> -> tensor<1xf32>
  snn.yield %a, %b : tensor<1xf32>, tensor<1xf32>
}
