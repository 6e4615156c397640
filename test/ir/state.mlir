// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: snn-opt %s | snn-opt | FileCheck %s

// CHECK-LABEL: @integrate_relax
// CHECK: %n_next = snn.integrate "n" relax %{{.*}} into %{{.*}} {decay = 0.01, gain = 1.0, leak = -0.5} : tensor<2xf32>, tensor<2xf32>
func.func @integrate_relax(%x: tensor<2xf32>, %v: tensor<2xf32>) {
  %n = snn.integrate "n" relax %x into %v
    {leak = -0.5, gain = 1.0, decay = 1.0e-2} : tensor<2xf32>, tensor<2xf32>
  return
}

// CHECK-LABEL: @integrate_accumulate
// CHECK: snn.integrate "n" accumulate %{{.*}} into %{{.*}} {gain = 1.0} : tensor<2xi1>, tensor<2xf64>
func.func @integrate_accumulate(%x: tensor<2xi1>, %v: tensor<2xf64>) {
  %n = snn.integrate "n" accumulate %x into %v {gain = 1.0}
    : tensor<2xi1>, tensor<2xf64>
  return
}

// CHECK-LABEL: @integrate_exact_per_element
// CHECK: snn.integrate "n" exact %{{.*}} into %{{.*}} {decay = dense<[1.000000e-01, 2.000000e-01]> : tensor<2xf64>, gain = 1.0, leak = dense<0.000000e+00> : tensor<2xf64>}
func.func @integrate_exact_per_element(%x: tensor<2xf32>, %v: tensor<2xf32>) {
  %n = snn.integrate "n" exact %x into %v
    {decay = dense<[0.1, 0.2]> : tensor<2xf64>, gain = 1.0,
     leak = dense<0.0> : tensor<2xf64>} : tensor<2xf32>, tensor<2xf32>
  return
}

// CHECK-LABEL: @fire_to_a_value
// CHECK: %n, %n_next = snn.fire "n" %{{.*}} {threshold = 1.0, reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
func.func @fire_to_a_value(%v: tensor<2xf32>) {
  %s, %n = snn.fire "n" %v {reset = 0.0, threshold = 1.0}
    : tensor<2xf32> -> tensor<2xi1>
  return
}

// CHECK-LABEL: @fire_by_subtraction
// CHECK: snn.fire "n" %{{.*}} mode subtract compare ge {threshold = dense<1.000000e+00> : tensor<2xf64>} : tensor<2xf32> -> tensor<2xi1>
func.func @fire_by_subtraction(%v: tensor<2xf32>) {
  %s, %n = snn.fire "n" %v mode subtract compare ge
    {threshold = dense<1.0> : tensor<2xf64>} : tensor<2xf32> -> tensor<2xi1>
  return
}

// CHECK-LABEL: @fire_counts
// CHECK: snn.fire "n" %{{.*}} mode subtract compare count {threshold = 1.0, cap = 65536 : i32} : tensor<2xf32> -> tensor<2xi32>
func.func @fire_counts(%v: tensor<2xf32>) {
  %s, %n = snn.fire "n" %v mode subtract compare count
    {cap = 65536 : i32, threshold = 1.0} : tensor<2xf32> -> tensor<2xi32>
  return
}

// CHECK-LABEL: @fire_guarded
// CHECK: snn.fire "n" %{{.*}} after %{{.*}} mode subtract {threshold = 1.0} : tensor<2xf32>, tensor<2xf32> -> tensor<2xi1>
func.func @fire_guarded(%v: tensor<2xf32>, %p: tensor<2xf32>) {
  %s, %n = snn.fire "n" %v after %p mode subtract {threshold = 1.0}
    : tensor<2xf32>, tensor<2xf32> -> tensor<2xi1>
  return
}

// CHECK-LABEL: @reset_and_clamp
// CHECK: %n_next = snn.reset "n" %{{.*}} by %{{.*}} {reset = 0.0} : tensor<2xf32>, tensor<2xi1>
// CHECK: snn.reset "n" %n_next by %{{.*}} mode subtract {threshold = 1.0} : tensor<2xf32>, tensor<2xi1>
// CHECK: snn.clamp "n" %{{.*}} at relu {low = -1.0} : tensor<2xf32>
func.func @reset_and_clamp(%v: tensor<2xf32>, %s: tensor<2xi1>) {
  %a = snn.reset "n" %v by %s {reset = 0.0} : tensor<2xf32>, tensor<2xi1>
  %b = snn.reset "n" %a by %s mode subtract {threshold = 1.0}
    : tensor<2xf32>, tensor<2xi1>
  %c = snn.clamp "n" %b at relu {low = -1.0} : tensor<2xf32>
  return
}

// The attributes' own names are read as well.
// CHECK-LABEL: @fire_with_attributes
// CHECK: snn.fire "n" %{{.*}} compare ge {threshold = 1.0, reset = -1.0}
func.func @fire_with_attributes(%v: tensor<2xf32>) {
  %s, %n = snn.fire "n" %v {compare = #snn.compare<ge>, threshold = 1.0,
    mode = #snn.reset<value>, reset = -1.0} : tensor<2xf32> -> tensor<2xi1>
  return
}

// CHECK-LABEL: @delay_read
// CHECK: %d = snn.delay_read "d" %{{.*}} {steps = 3} : tensor<3x4xf32> -> tensor<4xf32>
func.func @delay_read(%l: tensor<3x4xf32>) {
  %y = snn.delay_read "d" %l {steps = 3} : tensor<3x4xf32> -> tensor<4xf32>
  return
}

// CHECK-LABEL: @delay_read_per_element
// CHECK: {steps = dense<[1, 2]> : tensor<2xi64>} : tensor<2x2xi1> -> tensor<2xi1>
func.func @delay_read_per_element(%l: tensor<2x2xi1>) {
  %y = snn.delay_read "d" %l {steps = dense<[1, 2]> : tensor<2xi64>}
    : tensor<2x2xi1> -> tensor<2xi1>
  return
}

// CHECK-LABEL: @delay_push
// CHECK: %d_next = snn.delay_push "d" %{{.*}} into %{{.*}} : tensor<2xi32>, tensor<1x2xi32>
func.func @delay_push(%x: tensor<2xi32>, %l: tensor<1x2xi32>) {
  %n = snn.delay_push "d" %x into %l : tensor<2xi32>, tensor<1x2xi32>
  return
}
