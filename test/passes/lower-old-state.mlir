// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// RUN: split-file %s %t
// RUN: snn-opt %t/yielded.mlir --convert-snn-to-linalg | FileCheck %t/yielded.mlir
// RUN: for net in yielded read; do \
// RUN:   sh %S/../emit/loops.sh %t/$net.mlir dense=false > %t/net.loops && \
// RUN:   emit-tool %t/net.loops net %t && \
// RUN:   FileCheck %t/$net.mlir --check-prefix=C < %t/net.c || exit 1; \
// RUN: done

//--- yielded.mlir

// An output that is a state before the step is stored before the state is
// overwritten, in its own shape or another, and so is one that another state
// takes: what is returned are the states' own buffers.
// CHECK-LABEL: func.func private @net_step(
// CHECK-SAME: %[[X:[^:]*]]: tensor<1x2xf32>, %[[V:[^:]*]]: tensor<1x2xf32>, %[[W:[^:]*]]: tensor<1x2xf32>, %[[Y:[^:]*]]: tensor<1x2xf32>, %[[Z:[^:]*]]: tensor<2xf32>)
// CHECK: %[[Y1:.*]] = bufferization.materialize_in_destination %[[V]] in %[[Y]]
// CHECK: %[[FLAT:.*]] = tensor.collapse_shape %[[V]]
// CHECK: %[[Z1:.*]] = bufferization.materialize_in_destination %[[FLAT]] in %[[Z]]
// CHECK: %[[OLD:.*]] = bufferization.alloc_tensor() copy(%[[V]])
// CHECK: %[[V1:.*]] = linalg.generic {{.*}} outs(%[[V]] :
// CHECK: %[[W1:.*]] = bufferization.materialize_in_destination %[[OLD]] in %[[W]]
// CHECK: return %[[V1]], %[[W1]], %[[Y1]], %[[Z1]]
// C-LABEL: void net_step(
// C: copy(NET_Y, state->v, y);
// C: copy(NET_Z, state->v, z);
// C: state->v, state->w_old);
// C: li({{.*}}, x, state->v);
// C: copy({{.*}}, state->w_old, state->w);
snn.step @net inputs(%x "x" : tensor<1x2xf32>)
    states(%v "v" : tensor<1x2xf32> = 0.0, %w "w" : tensor<1x2xf32> = 0.0)
    outputs("y", "z") {
  %flat = tensor.collapse_shape %v [[0, 1]] : tensor<1x2xf32> into tensor<2xf32>
  %v1 = snn.integrate "li" leaky %x into %v {decay = 0.5, gain = 1.0}
    : tensor<1x2xf32>, tensor<1x2xf32>
  snn.yield %v, %flat next %v1, %v : tensor<1x2xf32>, tensor<2xf32> next tensor<1x2xf32>, tensor<1x2xf32>
}

//--- read.mlir
// An operation behind reads what the state was.
// C-LABEL: void net_step(
// C: copy({{.*}}, state->v, state->v_old);
// C: li({{.*}}, x, state->v);
// C: scale({{.*}}, state->v_old, y);
snn.step @net inputs(%x "x" : tensor<2xf32>)
    states(%v "v" : tensor<2xf32> = 0.0) outputs("y") {
  %v1 = snn.integrate "li" leaky %x into %v {decay = 0.5, gain = 1.0}
    : tensor<2xf32>, tensor<2xf32>
  %y = snn.scale "twice" %v {scale = 2.0} : tensor<2xf32> -> tensor<2xf32>
  snn.yield %y next %v1 : tensor<2xf32> next tensor<2xf32>
}
