// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Neurons whose spikes are wanted as a list: blocks of 32, a first pass that
// integrates and counts, a second that resets and lists where any crossed.
// RUN: snn-opt %s --convert-snn-to-linalg --canonicalize | FileCheck %s
// RUN: snn-opt %s --convert-snn-to-linalg=dense=true | FileCheck %s --check-prefix=DENSE

// CHECK-LABEL: func.func private @lif_step
// CHECK-SAME: %[[X:.*]]: tensor<40xf32>, %[[V:.*]]: tensor<40xf32>, %{{.*}}: tensor<1xf32>)
// CHECK-SAME: clusters = ["n", "fc", "y"], kernels = ["lif_events", "linear_events", "copy"]
// CHECK-DAG: %[[SIZE:.*]] = arith.constant 40 : index
// CHECK-DAG: %[[WIDTH:.*]] = arith.constant 32 : index
// CHECK: %[[DECAY:.*]] = tensor.extract %{{.*}}[] : tensor<f32>
// CHECK: %[[EMPTY:.*]] = tensor.empty() : tensor<40xi16>
// CHECK: %[[R:.*]]:3 = scf.for %[[LO:.*]] = %c0 to %[[SIZE]] step %[[WIDTH]] iter_args(%[[VB:.*]] = %[[V]], %[[LB:.*]] = %[[EMPTY]], %[[NB:.*]] = %c0)
// CHECK: %[[END:.*]] = arith.addi %[[LO]], %[[WIDTH]]
// CHECK: %[[HI:.*]] = arith.minui %[[END]], %[[SIZE]]
// CHECK: %[[P:.*]]:2 = scf.for %[[I:.*]] = %[[LO]] to %[[HI]] step %c1 iter_args(%[[V1:.*]] = %[[VB]], %[[C:.*]] = %c0)
// CHECK: tensor.extract %[[X]][%[[I]]]
// CHECK: tensor.extract %[[V1]][%[[I]]]
// CHECK: tensor.insert %[[NEW:.*]] into %[[V1]][%[[I]]]
// CHECK: %[[UP:.*]] = arith.cmpf ogt, %[[NEW]], %[[T:.*]] : f32
// CHECK: %[[MORE:.*]] = arith.addi %[[C]], %c1
// CHECK: arith.select %[[UP]], %[[MORE]], %[[C]]
// CHECK: %[[ANY:.*]] = arith.cmpi ne, %[[P]]#1, %c0
// CHECK: scf.if %[[ANY]]
// CHECK: scf.for %[[K:.*]] = %[[LO]] to %[[HI]] step %c1 iter_args(%[[V2:.*]] = %[[P]]#0, %[[L2:.*]] = %[[LB]], %[[N2:.*]] = %[[NB]])
// CHECK: %[[E:.*]] = tensor.extract %[[V2]][%[[K]]]
// CHECK: %[[UP2:.*]] = arith.cmpf ogt, %[[E]], %[[T]]
// CHECK: scf.if %[[UP2]]
// CHECK: %[[ENTRY:.*]] = arith.index_castui %[[K]] : index to i16
// CHECK: tensor.insert %{{.*}} into %[[V2]][%[[K]]]
// CHECK: tensor.insert %[[ENTRY]] into %[[L2]][%[[N2]]]
// CHECK: arith.addi %[[N2]], %c1
// CHECK: scf.for %{{.*}} to %[[R]]#2
// CHECK: return %[[R]]#0,
// DENSE: kernels = ["lif", "linear_dense", "copy"]
snn.step @lif inputs(%x "x" : tensor<40xf32>)
    states(%v "n.v" : tensor<40xf32> = 0.0) outputs("y") {
  %i = snn.integrate "n" relax %x into %v {decay = 0.1, gain = 1.0, leak = 0.0}
    : tensor<40xf32>, tensor<40xf32>
  %s, %n = snn.fire "n" %i {threshold = 1.0, reset = 0.0}
    : tensor<40xf32> -> tensor<40xi1>
  %w = snn.constant dense<1.0> : tensor<1x40xf32>
  %y = snn.linear "fc" %s weight %w : (tensor<40xi1>, tensor<1x40xf32>)
    -> tensor<1xf32>
  snn.yield %y next %n : tensor<1xf32> next tensor<40xf32>
}

// Parameters with elements are fetched in the loops, both states are carried.
// CHECK-LABEL: func.func private @cuba_per_neuron_step
// CHECK: scf.for %[[I:[a-z0-9]+]] = {{.*}} -> (tensor<2xf32>, tensor<2xf32>, index)
// CHECK: tensor.extract %{{.*}}[%[[I]]] : tensor<2xf32>
// CHECK: scf.if
// CHECK: scf.for %[[K:[a-z0-9]+]] = {{.*}} -> (tensor<2xf32>, tensor<2xi16>, index)
// CHECK: tensor.extract %{{.*}}[%[[K]]] : tensor<2xf32>
snn.step @cuba_per_neuron inputs(%x "x" : tensor<2xf32>)
    states(%i "n.i" : tensor<2xf32> = 0.0, %v "n.v" : tensor<2xf32> = 0.0)
    outputs("y") {
  %j = snn.integrate "n" relax %x into %i {decay = 0.1, gain = 3.0, leak = 0.0}
    : tensor<2xf32>, tensor<2xf32>
  %u = snn.integrate "n" relax %j into %v {decay = 0.2, gain = 1.0, leak = 0.5}
    : tensor<2xf32>, tensor<2xf32>
  %s, %n = snn.fire "n" %u {threshold = dense<[1.0, 2.0]> : tensor<2xf64>,
    reset = 0.0} : tensor<2xf32> -> tensor<2xi1>
  %w = snn.constant dense<1.0> : tensor<1x2xf32>
  %y = snn.linear "fc" %s weight %w : (tensor<2xi1>, tensor<1x2xf32>)
    -> tensor<1xf32>
  snn.yield %y next %j, %n : tensor<1xf32> next tensor<2xf32>, tensor<2xf32>
}
