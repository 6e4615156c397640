// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mkdir -p %t && emit-tool %s net %t && FileCheck %s < %t/net.c
// RUN: sh %S/compile.sh %t/net
//
// Layers of one structure share a kernel, whatever their sizes; what they do
// not agree on is in a struct for each.

// CHECK: #define FC1_SIZE 3U
// CHECK: #define FC2_SIZE 2U

// CHECK:      typedef struct linear_node {
// CHECK-NEXT:     const float *weight;
// CHECK-NEXT:     uint32_t n_in;
// CHECK-NEXT:     uint32_t n_out;
// CHECK-NEXT:     float gain;
// CHECK-NEXT: } linear_node;

// CHECK:      static const float fc1_weight[NET_INPUT * FC1_SIZE] = {
// CHECK-NEXT:     1.0F, 2.0F, 3.0F, /* input 0 */
// CHECK-NEXT:     4.0F, 5.0F, 6.0F, /* input 1 */
// CHECK-NEXT: };
// CHECK-NEXT: static const linear_node fc1 = {
// CHECK-NEXT:     .weight = fc1_weight,
// CHECK-NEXT:     .n_in = NET_INPUT,
// CHECK-NEXT:     .n_out = FC1_SIZE,
// CHECK-NEXT:     .gain = 0.5F,
// CHECK-NEXT: };
// CHECK:      static const linear_node fc2 = {
// CHECK-NEXT:     .weight = fc2_weight,
// CHECK-NEXT:     .n_in = FC1_SIZE,
// CHECK-NEXT:     .n_out = FC2_SIZE,
// CHECK-NEXT:     .gain = 0.25F,

// CHECK:      /* y = weight x gain */
// CHECK-NEXT: static inline void linear(const linear_node *node, const float *x, float *y)
// CHECK-NEXT: {
// CHECK-NEXT:     for (uint32_t i = 0U; i < node->n_in; i++) {
// CHECK-NEXT:         const float x_i = x[i];
// CHECK-NEXT:         const float *row = &node->weight[i * node->n_out];
// CHECK-NEXT:         for (uint32_t j = 0U; j < node->n_out; j++) {
// CHECK-NEXT:             y[j] += (row[j] * x_i) * node->gain;

// One size and no constants: a plain argument. Another structure: a new name.
// CHECK: static inline void square(uint32_t n, const float *x, float *y)
// CHECK:     y[i] = x_i * x_i;
// CHECK: static inline void square_2(uint32_t n, float *v)
// CHECK:     v[i] = v_i + v_i;

// CHECK:      void net_step(
// CHECK:          linear(&fc1, input, state->fc1);
// CHECK-NEXT:     linear(&fc2, state->fc1, state->fc2);
// CHECK-NEXT:     square(NET_OUTPUT, state->fc2, output);
// CHECK-NEXT:     square_2(STATE_SIZE, state->state_v);
// CHECK-NEXT: }

module {
  memref.global "private" constant @fc1_weight : memref<2x3xf32> = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]>
  memref.global "private" constant @fc1_gain : memref<f32> = dense<0.5>
  memref.global "private" constant @fc2_weight : memref<3x2xf32> = dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]>
  memref.global "private" constant @fc2_gain : memref<f32> = dense<0.25>
  func.func @net_step(%input: memref<2xf32>, %state: memref<4xf32>, %output: memref<2xf32>)
      attributes {arg_names = ["input", "state.v", "output"], n_inputs = 1, n_states = 1,
                  clusters = ["fc1", "fc2", "output", "state"], kernels = ["linear", "linear", "square", "square"],
                  notes = ["y = weight x gain", "y = weight x gain", "y = x * x", "v = v + v"]} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c3 = arith.constant 3 : index
    %c4 = arith.constant 4 : index
    %w1 = memref.get_global @fc1_weight : memref<2x3xf32>
    %g1 = memref.get_global @fc1_gain : memref<f32>
    %fc1 = memref.alloc() : memref<3xf32> loc("fc1")
    scf.for %i = %c0 to %c2 step %c1 {
      scf.for %j = %c0 to %c3 step %c1 {
        %x = memref.load %input[%i] : memref<2xf32>
        %w = memref.load %w1[%i, %j] : memref<2x3xf32>
        %g = memref.load %g1[] : memref<f32>
        %y = memref.load %fc1[%j] : memref<3xf32>
        %p = arith.mulf %w, %x : f32
        %q = arith.mulf %p, %g : f32
        %s = arith.addf %y, %q : f32
        memref.store %s, %fc1[%j] : memref<3xf32>
      }
    } loc("fc1")
    %w2 = memref.get_global @fc2_weight : memref<3x2xf32>
    %g2 = memref.get_global @fc2_gain : memref<f32>
    %fc2 = memref.alloc() : memref<2xf32> loc("fc2")
    scf.for %i = %c0 to %c3 step %c1 {
      scf.for %j = %c0 to %c2 step %c1 {
        %x = memref.load %fc1[%i] : memref<3xf32>
        %w = memref.load %w2[%i, %j] : memref<3x2xf32>
        %g = memref.load %g2[] : memref<f32>
        %y = memref.load %fc2[%j] : memref<2xf32>
        %p = arith.mulf %w, %x : f32
        %q = arith.mulf %p, %g : f32
        %s = arith.addf %y, %q : f32
        memref.store %s, %fc2[%j] : memref<2xf32>
      }
    } loc("fc2")
    scf.for %i = %c0 to %c2 step %c1 {
      %x = memref.load %fc2[%i] : memref<2xf32>
      %y = arith.mulf %x, %x : f32
      memref.store %y, %output[%i] : memref<2xf32>
    } loc("output")
    scf.for %i = %c0 to %c4 step %c1 {
      %x = memref.load %state[%i] : memref<4xf32>
      %y = arith.addf %x, %x : f32
      memref.store %y, %state[%i] : memref<4xf32>
    } loc("state")
    return
  }
  func.func @net_init(%state: memref<4xf32>) attributes {n_inputs = 0, n_states = 1} {
    return
  }
}
