// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Each state and output ends up in its own buffer.
// RUN: snn-opt %s --convert-snn-to-linalg --canonicalize --split-input-file | FileCheck %s

// CHECK-LABEL: func.func private @numbers_at_first_init
// CHECK-SAME: (%[[V:.*]]: tensor<2xf32>, %[[W:.*]]: tensor<2xf32>, %[[P:.*]]: tensor<2xi1>)
// CHECK-SAME: arg_names = ["v", "w", "p"], clusters = ["v", "w", "p"]
// CHECK-SAME: n_inputs = 0 : i64, n_states = 3 : i64
// CHECK-DAG: %[[HALF:.*]] = arith.constant 5.000000e-01 : f32
// CHECK-DAG: %[[TRUE:.*]] = arith.constant true
// CHECK: %[[V0:.*]] = linalg.fill ins(%[[HALF]] : f32) outs(%[[V]]
// CHECK: %[[EACH:.*]] = bufferization.to_tensor
// CHECK: %[[W0:.*]] = bufferization.materialize_in_destination %[[EACH]] in %[[W]]
// CHECK: %[[P0:.*]] = linalg.fill ins(%[[TRUE]] : i1) outs(%[[P]]
// CHECK: return %[[V0]], %[[W0]], %[[P0]]
snn.step @numbers_at_first
    states(%v "v" : tensor<2xf32> = 0.5,
           %w "w" : tensor<2xf32> = dense<[1.0, 2.0]> : tensor<2xf64>,
           %p "p" : tensor<2xi1> = 1.0) {
  snn.yield next %v, %w, %p next tensor<2xf32>, tensor<2xf32>, tensor<2xi1>
}

// -----

// CHECK-LABEL: func.func private @a_state_that_stays_step
// CHECK-SAME: (%[[V:.*]]: tensor<1xf32>)
// CHECK-NEXT: return %[[V]]
snn.step @a_state_that_stays states(%v "v" : tensor<1xf32> = 0.0) {
  snn.yield next %v next tensor<1xf32>
}

// -----

// The last one first: it wants the old value of the one before it.
// CHECK-LABEL: func.func private @a_state_takes_anothers_old_value_step
// CHECK-SAME: (%[[X:.*]]: tensor<1xf32>, %[[P:.*]]: tensor<1xf32>, %[[Q:.*]]: tensor<1xf32>)
// CHECK: %[[QN:.*]] = bufferization.materialize_in_destination %[[P]] in %[[Q]]
// CHECK: %[[PN:.*]] = bufferization.materialize_in_destination %[[X]] in %[[P]]
// CHECK: return %[[PN]], %[[QN]]
snn.step @a_state_takes_anothers_old_value inputs(%x "x" : tensor<1xf32>)
    states(%p "p" : tensor<1xf32> = 0.0, %q "q" : tensor<1xf32> = 0.0) {
  snn.yield next %x, %p next tensor<1xf32>, tensor<1xf32>
}

// -----

// A potential that is an output and remembered once more: two copies of it.
// CHECK-LABEL: func.func private @an_output_that_is_a_state_step
// CHECK-SAME: (%{{.*}}: tensor<1xf32>, %[[V:.*]]: tensor<1xf32>, %[[P:.*]]: tensor<1xf32>, %[[Y:.*]]: tensor<1xf32>)
// CHECK: %[[N:.*]] = linalg.generic {{.*}} outs(%[[V]] : tensor<1xf32>)
// CHECK: %[[PN:.*]] = bufferization.materialize_in_destination %[[N]] in %[[P]]
// CHECK: %[[YN:.*]] = bufferization.materialize_in_destination %[[PN]] in %[[Y]]
// CHECK: return %[[N]], %[[PN]], %[[YN]]
snn.step @an_output_that_is_a_state inputs(%x "x" : tensor<1xf32>)
    states(%v "n.v" : tensor<1xf32> = 0.0, %p "n.prev" : tensor<1xf32> = 0.0)
    outputs("y") {
  %n = snn.integrate "n" accumulate %x into %v {gain = 2.0}
    : tensor<1xf32>, tensor<1xf32>
  snn.yield %n next %n, %n : tensor<1xf32> next tensor<1xf32>, tensor<1xf32>
}

// -----

// The spikes of a self loop are made of the state that they go to: they need a
// buffer of their own.
// CHECK-LABEL: func.func private @a_self_loop_step
// CHECK-SAME: (%[[P:.*]]: tensor<1xi1>, %[[V:.*]]: tensor<1xf32>, %{{.*}}: tensor<1xi1>)
// CHECK: %[[N:.*]]:2 = linalg.generic {{.*}} ins(%[[P]], {{.*}} outs(%{{.*}}, %[[V]] :
// CHECK: %[[PN:.*]] = bufferization.materialize_in_destination %[[N]]#0 in %[[P]]
// CHECK: return %[[PN]], %[[N]]#1,
snn.step @a_self_loop
    states(%p "n.prev" : tensor<1xi1> = 0.0, %v "n.v" : tensor<1xf32> = 0.0)
    outputs("y") {
  %i = snn.integrate "n" accumulate %p into %v {gain = 2.0}
    : tensor<1xi1>, tensor<1xf32>
  %s, %n = snn.fire "n" %i {threshold = 1.0, reset = 0.0}
    : tensor<1xf32> -> tensor<1xi1>
  snn.yield %s next %s, %n : tensor<1xi1> next tensor<1xi1>, tensor<1xf32>
}

// -----

// An output that is a state's old value goes out before that is overwritten.
// CHECK-LABEL: func.func private @an_output_that_is_an_old_state_step
// CHECK-SAME: (%[[X:.*]]: tensor<1x2xf32>, %[[P:.*]]: tensor<1x2xf32>, %[[Y:.*]]: tensor<2xf32>)
// CHECK: %[[F:.*]] = tensor.collapse_shape %[[P]]
// CHECK: bufferization.materialize_in_destination %[[F]] in %[[Y]]
// CHECK: bufferization.materialize_in_destination %[[X]] in %[[P]]
snn.step @an_output_that_is_an_old_state inputs(%x "x" : tensor<1x2xf32>)
    states(%p "p" : tensor<1x2xf32> = 0.0) outputs("y") {
  %f = tensor.collapse_shape %p [[0, 1]] : tensor<1x2xf32> into tensor<2xf32>
  snn.yield %f next %x : tensor<2xf32> next tensor<1x2xf32>
}
