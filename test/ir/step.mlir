// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s | snn-opt | FileCheck %s --strict-whitespace --match-full-lines

snn.step @small
    inputs(%a "x" : tensor<2xf32>, %b "z" : tensor<2xi1>)
    states(%v "n.v" : tensor<2xf32> = 0.5,
           %w "m.v" : tensor<2xf32> = dense<[1.0, 2.0]> : tensor<2xf64>)
    outputs("s", "t") attributes {knobs = {timing = "late-spike", reset = "guard"}, semantics = "nir", dt = 1.0e-4} {
  %n = snn.integrate "n" accumulate %a into %v {gain = 1.0} : tensor<2xf32>, tensor<2xf32>
  %s, %m = snn.fire "n" %n {threshold = 1.0, reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
  snn.yield %s, %b next %m, %w : tensor<2xi1>, tensor<2xi1> next tensor<2xf32>, tensor<2xf32>
}
//      CHECK:module {
// CHECK-NEXT:  snn.step @small
// CHECK-NEXT:      inputs(%x "x" : tensor<2xf32>,
// CHECK-NEXT:             %z "z" : tensor<2xi1>)
// CHECK-NEXT:      states(%n.v "n.v" : tensor<2xf32> = 0.5,
// CHECK-NEXT:             %m.v "m.v" : tensor<2xf32> = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf64>)
// CHECK-NEXT:      outputs("s", "t")
// CHECK-NEXT:      attributes {dt = 1.0e-04, semantics = "nir", knobs = {reset = "guard", timing = "late-spike"}} {
// CHECK-NEXT:    %n_next = snn.integrate "n" accumulate %x into %n.v {gain = 1.0} : tensor<2xf32>, tensor<2xf32>
// CHECK-NEXT:    %n, %n_next_0 = snn.fire "n" %n_next {threshold = 1.0, reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
// CHECK-NEXT:    snn.yield %n, %z next %n_next_0, %m.v : tensor<2xi1>, tensor<2xi1> next tensor<2xf32>, tensor<2xf32>
// CHECK-NEXT:  }

snn.step @nothing {
}
// CHECK-NEXT:  snn.step @nothing {
// CHECK-NEXT:    snn.yield
// CHECK-NEXT:  }

snn.step @no_state inputs(%x "x" : tensor<1xf32>) outputs("y") {
  snn.yield %x : tensor<1xf32>
}
// CHECK-NEXT:  snn.step @no_state
// CHECK-NEXT:      inputs(%x "x" : tensor<1xf32>)
// CHECK-NEXT:      outputs("y") {
// CHECK-NEXT:    snn.yield %x : tensor<1xf32>
// CHECK-NEXT:  }

snn.step @no_output states(%v "v" : tensor<1xf32> = 0.0) {
  snn.yield next %v next tensor<1xf32>
}
// CHECK-NEXT:  snn.step @no_output
// CHECK-NEXT:      states(%v "v" : tensor<1xf32> = 0.0) {
// CHECK-NEXT:    snn.yield next %v next tensor<1xf32>
// CHECK-NEXT:  }
