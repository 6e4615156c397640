// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The generic form, which the C API builds, reads back to the same module.
//
// RUN: snn-opt %s -mlir-print-op-generic | FileCheck %s
// RUN: snn-opt %s -o %t.1
// RUN: snn-opt %s -mlir-print-op-generic | snn-opt -o %t.2
// RUN: diff %t.1 %t.2
// RUN: snn-opt %s -emit-bytecode | snn-opt -o %t.3
// RUN: diff %t.1 %t.3

// CHECK: "snn.step"() <{dt = 1.000000e-04 : f64, input_names = ["x"], knobs = {compare = "gt", reset = "subtract"}, output_names = ["s", "w"], semantics = "nir", state_init = [0.000000e+00, 0.000000e+00], state_names = ["n.v", "d.line"], sym_name = "net"}>
snn.step @net
    inputs(%x "x" : tensor<2xf32>)
    states(%v "n.v" : tensor<2xf32> = 0.0, %l "d.line" : tensor<1x2xf32> = 0.0)
    outputs("s", "w")
    attributes {dt = 1.0e-4, semantics = "nir", knobs = {compare = "gt", reset = "subtract"}} {
  // CHECK: "snn.constant"() <{value = dense<1.000000e+00> : tensor<2x2xf32>}>
  %w = snn.constant dense<1.0> : tensor<2x2xf32>
  // CHECK: "snn.linear"(%{{.*}}, %{{.*}}) <{node = "fc"}>
  %i = snn.linear "fc" %x weight %w
    : (tensor<2xf32>, tensor<2x2xf32>) -> tensor<2xf32>
  // CHECK: "snn.delay_read"(%{{.*}}) <{node = "d", steps = 1 : i64}>
  %d = snn.delay_read "d" %l {steps = 1} : tensor<1x2xf32> -> tensor<2xf32>
  // CHECK: "snn.delay_push"(%{{.*}}, %{{.*}}) <{node = "d"}>
  %m = snn.delay_push "d" %i into %l : tensor<2xf32>, tensor<1x2xf32>
  // CHECK: "snn.integrate"(%{{.*}}, %{{.*}}) <{decay = 1.000000e-01 : f64, form = #snn.form<relax>, gain = 1.000000e+00 : f64, leak = 0.000000e+00 : f64, node = "n"}>
  %n = snn.integrate "n" relax %d into %v {decay = 0.1, gain = 1.0, leak = 0.0}
    : tensor<2xf32>, tensor<2xf32>
  // CHECK: "snn.fire"(%{{.*}}) <{compare = #snn.compare<ge>, mode = #snn.reset<subtract>, node = "n", threshold = 1.000000e+00 : f64}>
  %s, %o = snn.fire "n" %n mode subtract compare ge {threshold = 1.0}
    : tensor<2xf32> -> tensor<2xi1>
  // CHECK: "snn.yield"(%{{.*}}) <{operandSegmentSizes = array<i32: 2, 2>}>
  snn.yield %s, %d next %o, %m : tensor<2xi1>, tensor<2xf32> next tensor<2xf32>, tensor<1x2xf32>
}

// CHECK: "snn.network"() <{sym_name = "net0"}>
snn.network @net0 {
  %x = snn.input "x" : tensor<2xf32>
  %i = snn.i "n" %x {r = 1.0} : tensor<2xf32> -> tensor<2xf32>
  snn.output "y" %i : tensor<2xf32>
}

// Without mode and compare: value and gt.
// CHECK: "snn.fire"(%{{.*}}) <{compare = #snn.compare<gt>, mode = #snn.reset<value>, node = "n", reset = 0.000000e+00 : f64, threshold = 1.000000e+00 : f64}>
func.func @defaults(%v: tensor<1xf32>) {
  %s, %n = "snn.fire"(%v) {node = "n", threshold = 1.0, reset = 0.0}
    : (tensor<1xf32>) -> (tensor<1xi1>, tensor<1xf32>)
  return
}
