// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: mkdir -p %t && emit-tool %s net %t && FileCheck %s < %t/net.c
// RUN: sh %S/compile.sh %t/net
//
// What loops carry and branches yield becomes one variable where that is right.

// CHECK-LABEL: static inline uint32_t list_events(
// CHECK-NEXT: {
// CHECK-NEXT:     uint32_t n_events = 0U;
// CHECK-NEXT:     for (uint32_t i = 0U; i < n; i++) {
// CHECK-NEXT:         if (x[i] != 0.0F) {
// CHECK-NEXT:             events[n_events] = (uint16_t)i;
// CHECK-NEXT:             n_events++;
// CHECK-NEXT:         }
// CHECK-NEXT:     }
// CHECK-NEXT:     return n_events;
// CHECK-NEXT: }

// CHECK-LABEL: void net_step(
// The count of a kernel is a constant in the step.
// CHECK:          const uint32_t n_input_events =
// CHECK-NEXT:         list_events(NET_INPUT, input, state->input_events);
// A list's walk; a condition that only adds.
// CHECK-NEXT:     uint32_t count = 0U;
// CHECK-NEXT:     for (uint32_t e = 0U; e < n_input_events; e++) {
// CHECK-NEXT:         count += (input[(uint32_t)state->input_events[e]] > 1.0F) ? 1U : 0U;
// CHECK-NEXT:     }
// A value that is needed after the branch keeps its own variable.
// CHECK-NEXT:     float sum = 0.0F;
// CHECK-NEXT:     float sum_2 = 1.0F;
// CHECK-NEXT:     for (uint32_t i = 0U; i < NET_INPUT; i++) {
// CHECK-NEXT:         const float kept = sum_2;
// CHECK-NEXT:         const float kept_2 = sum + input[i];
// CHECK-NEXT:         sum = kept;
// CHECK-NEXT:         sum_2 = kept_2;
// CHECK-NEXT:     }
// CHECK-NEXT:     float sum_3 = sum;
// CHECK-NEXT:     if (count > 2U) {
// CHECK-NEXT:         sum_3 = sum_2 * 2.0F;
// CHECK-NEXT:     }
// CHECK-NEXT:     output[0U] = sum_3;
// Two branches that both compute.
// CHECK-NEXT:     float sum_4;
// CHECK-NEXT:     if (sum_3 < sum) {
// CHECK-NEXT:         sum_4 = sum_3 + sum;
// CHECK-NEXT:     } else {
// CHECK-NEXT:         sum_4 = sum_3 - sum;
// CHECK-NEXT:     }
// CHECK-NEXT:     output[1U] = sum_4;
// The inner loop may not update what is needed behind it or inside it.
// CHECK-NEXT:     float sum_5 = sum_4;
// CHECK-NEXT:     for (uint32_t i = 0U; i < NET_OUTPUT; i++) {
// CHECK-NEXT:         float sum_6 = sum_5;
// CHECK-NEXT:         for (uint32_t j = 0U; j < NET_INPUT; j++) {
// CHECK-NEXT:             sum_6 += input[j];
// CHECK-NEXT:         }
// CHECK-NEXT:         output[i] = sum_5;
// CHECK-NEXT:         sum_5 = sum_6;
// CHECK-NEXT:     }
// CHECK-NEXT:     float sum_6 = sum_5;
// CHECK-NEXT:     for (uint32_t i = 0U; i < 2U; i++) {
// CHECK-NEXT:         float sum_7 = 0.0F;
// CHECK-NEXT:         for (uint32_t j = 0U; j < 8U; j++) {
// CHECK-NEXT:             sum_7 += sum_6;
// CHECK-NEXT:         }
// CHECK-NEXT:         sum_6 = sum_7;
// CHECK-NEXT:     }
// Here it may: the same variable all along.
// CHECK-NEXT:     float sum_7 = sum_6;
// CHECK-NEXT:     for (uint32_t i = 0U; i < 2U; i++) {
// CHECK-NEXT:         for (uint32_t j = 0U; j < NET_INPUT; j++) {
// CHECK-NEXT:             sum_7 += input[j];
// CHECK-NEXT:         }
// CHECK-NEXT:     }
// CHECK-NEXT:     output[0U] = sum_7;
// CHECK-NEXT: }

module {
  func.func @net_step(%input: memref<8xf32>, %output: memref<2xf32>)
      attributes {arg_names = ["input", "output"], n_inputs = 1, n_states = 0,
                  clusters = ["input_events"], kernels = ["list_events"], notes = ["Lists."]} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    %c8 = arith.constant 8 : index
    %f0 = arith.constant 0.0 : f32
    %f1 = arith.constant 1.0 : f32
    %f2 = arith.constant 2.0 : f32
    %list = memref.alloc() : memref<8xi16> loc("input_events")
    %n = scf.for %i = %c0 to %c8 step %c1 iter_args(%k = %c0) -> (index) {
      %x = memref.load %input[%i] : memref<8xf32>
      %c = arith.cmpf une, %x, %f0 : f32
      %m = scf.if %c -> (index) {
        %e = arith.index_castui %i : index to i16
        memref.store %e, %list[%k] : memref<8xi16>
        %next = arith.addi %k, %c1 : index
        scf.yield %next : index
      } else {
        scf.yield %k : index
      }
      scf.yield %m : index
    } loc("input_events")
    %big = scf.for %i = %c0 to %n step %c1 iter_args(%k = %c0) -> (index) {
      %e = memref.load %list[%i] : memref<8xi16>
      %s = arith.index_castui %e : i16 to index
      %x = memref.load %input[%s] : memref<8xf32>
      %c = arith.cmpf ogt, %x, %f1 : f32
      %next = arith.addi %k, %c1 : index
      %m = arith.select %c, %next, %k : index
      scf.yield %m : index
    }
    %r:2 = scf.for %i = %c0 to %c8 step %c1 iter_args(%a = %f0, %b = %f1) -> (f32, f32) {
      %x = memref.load %input[%i] : memref<8xf32>
      %y = arith.addf %a, %x : f32
      scf.yield %b, %y : f32, f32
    }
    %many = arith.cmpi ugt, %big, %c2 : index
    %p = scf.if %many -> (f32) {
      %y = arith.mulf %r#1, %f2 : f32
      scf.yield %y : f32
    } else {
      scf.yield %r#0 : f32
    }
    memref.store %p, %output[%c0] : memref<2xf32>
    %less = arith.cmpf olt, %p, %r#0 : f32
    %q = scf.if %less -> (f32) {
      %y = arith.addf %p, %r#0 : f32
      scf.yield %y : f32
    } else {
      %y = arith.subf %p, %r#0 : f32
      scf.yield %y : f32
    }
    memref.store %q, %output[%c1] : memref<2xf32>
    %t = scf.for %i = %c0 to %c2 step %c1 iter_args(%a = %q) -> (f32) {
      %u = scf.for %j = %c0 to %c8 step %c1 iter_args(%b = %a) -> (f32) {
        %x = memref.load %input[%j] : memref<8xf32>
        %y = arith.addf %b, %x : f32
        scf.yield %y : f32
      }
      memref.store %a, %output[%i] : memref<2xf32>
      scf.yield %u : f32
    }
    %v = scf.for %i = %c0 to %c2 step %c1 iter_args(%a = %t) -> (f32) {
      %u = scf.for %j = %c0 to %c8 step %c1 iter_args(%b = %f0) -> (f32) {
        %y = arith.addf %b, %a : f32
        scf.yield %y : f32
      }
      scf.yield %u : f32
    }
    %w = scf.for %i = %c0 to %c2 step %c1 iter_args(%a = %v) -> (f32) {
      %u = scf.for %j = %c0 to %c8 step %c1 iter_args(%b = %a) -> (f32) {
        %x = memref.load %input[%j] : memref<8xf32>
        %y = arith.addf %b, %x : f32
        scf.yield %y : f32
      }
      scf.yield %u : f32
    }
    memref.store %w, %output[%c0] : memref<2xf32>
    return
  }
  func.func @net_init() attributes {n_inputs = 0, n_states = 0} {
    return
  }
}
