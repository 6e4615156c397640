// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// The step says what the simulator does, after all options.
// RUN: snn-opt %s --snn-discretize="semantics=nir dt=0.001" | FileCheck %s --check-prefix=NIR
// RUN: snn-opt %s --snn-discretize="semantics=nir-reference dt=0.001" | FileCheck %s --check-prefix=REFERENCE
// RUN: snn-opt %s --snn-discretize="semantics=snntorch-subtract" | FileCheck %s --check-prefix=SNNTORCH
// RUN: snn-opt %s --snn-discretize="semantics=sinabs" | FileCheck %s --check-prefix=SINABS
// RUN: snn-opt %s --snn-discretize="semantics=spyx" | FileCheck %s --check-prefix=SPYX
// RUN: snn-opt %s --snn-discretize="semantics=spikingjelly" | FileCheck %s --check-prefix=JELLY
// RUN: snn-opt %s --snn-discretize="semantics=lava-dl" | FileCheck %s --check-prefix=LAVA
// RUN: snn-opt %s --snn-discretize="semantics=nengo dt=0.001" | FileCheck %s --check-prefix=NENGO
// RUN: snn-opt %s --snn-discretize="semantics=norse reset=subtract reset-delay=true feedback=no-bias" | FileCheck %s --check-prefix=OPTIONS
// RUN: snn-opt %s --snn-discretize="semantics=norse strict-nir=true" | FileCheck %s --check-prefix=STRICT
// NIR: knobs = {compare = "gt", current = "new", feedback = "answer", floor = "none", input = "new", numbers = "float", readout = "new", reset = "value", start = "leak", strict = "no", timing = "same"}
// REFERENCE: knobs = {compare = "gt", current = "old", feedback = "answer", floor = "none", input = "new", numbers = "float", readout = "new", reset = "subtract", start = "zero", strict = "no", timing = "same"}
// SNNTORCH: knobs = {{.*}} reset = "guard", start = "zero"
// SINABS: knobs = {compare = "count", {{.*}} floor = "threshold", {{.*}} reset = "subtract"
// SPYX: knobs = {{.*}} timing = "late-spike"}
// JELLY: knobs = {compare = "ge", {{.*}} reset = "value", start = "reset"
// LAVA: knobs = {{.*}} feedback = "no-bias", {{.*}} numbers = "integer"
// NENGO: knobs = {{.*}} current = "old", {{.*}} floor = "zero", {{.*}} readout = "old", reset = "zero"
// OPTIONS: knobs = {{.*}} feedback = "no-bias", {{.*}} reset = "subtract", {{.*}} timing = "late-reset"}
// STRICT: knobs = {{.*}} feedback = "zero", {{.*}} reset = "value", start = "leak", strict = "yes"

snn.network @net {
  %x = snn.input "x" : tensor<2xf32>
  %a = snn.if "a" %x {r = 1.0, v_threshold = 1.0, v_reset = 0.0}
    : tensor<2xf32> -> tensor<2xi1>
  snn.output "y" %a : tensor<2xi1>
}
