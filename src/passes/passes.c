/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * passes.c - the table of passes. A new pass is a row here and a function in a
 * file of its own.
 */
#include "passes/passes.h"

#include "ir/dialect.h"
#include "mlir-c/Dialect/Arith.h"
#include "mlir-c/Dialect/Bufferization.h"
#include "mlir-c/Dialect/Func.h"
#include "mlir-c/Dialect/Linalg.h"
#include "mlir-c/Dialect/MemRef.h"
#include "mlir-c/Dialect/Quant.h"
#include "mlir-c/Dialect/SCF.h"
#include "mlir-c/Dialect/Tensor.h"
#include "passes/pass_list.h"

const pass passes[] = {
    {"snn-fold",
     "fold nodes of snn.network into each other, but none on a cycle",
     {mlirGetDialectHandle__snn__},
     {{"level",
       "exact: what changes no bit of a result; all: what changes how floats "
       "are rounded, too; none: only what reaches no Output goes",
       "exact"}},
     fold_run},
    {"snn-discretize",
     "turn snn.network into snn.step: time steps, order and state",
     {mlirGetDialectHandle__snn__, mlirGetDialectHandle__tensor__},
     {{"dt", "time step, in the unit of tau", ""},
      {"semantics", "the simulator whose time step it is: nir, snntorch, ...",
       ""},
      {"reset", "zero, value or subtract; default: the simulator's", ""},
      {"reset-delay", "true: a spike resets in the step behind it", "false"},
      {"feedback",
       "answer, zero or no-bias: what loops give; default: the simulator's",
       ""},
      {"strict-nir",
       "true: what the simulator's importer leaves out of a file counts",
       "false"}},
     discretize_run},
    {"snn-quantize",
     "turn a snn.step of floats into one of codes: quantized types with scales "
     "that fit",
     {mlirGetDialectHandle__quant__, mlirGetDialectHandle__snn__},
     {{"weights", "bits of a weight: 4, 8, 16 or 32", "8"},
      {"state", "bits of a state: 16 or 32", "16"},
      {"granularity", "channel: a scale for each output channel; tensor: one",
       "channel"},
      {"scales", "free, or power-of-two", "free"},
      {"borders",
       "codes, or float: real inputs and outputs stay floats, and snn.rescale "
       "makes codes of them, and them of codes",
       "codes"}},
     quantize_run},
    {"convert-snn-to-linalg",
     "turn snn.step into functions on tensors: linalg, tensor, scf, arith",
     {mlirGetDialectHandle__arith__, mlirGetDialectHandle__bufferization__,
      mlirGetDialectHandle__func__, mlirGetDialectHandle__linalg__,
      mlirGetDialectHandle__memref__, mlirGetDialectHandle__scf__,
      mlirGetDialectHandle__tensor__},
     {{"dense", "true: no event loops", "false"},
      {"input-events", "true: Inputs are lists of the indices that spike",
       "false"}},
     lower_run},
    {"snn-fold-rows",
     "turn loads from rows of matrices into loads from the matrices",
     {mlirGetDialectHandle__memref__},
     {{0}},
     fold_rows_run},
};

const int64_t pass_count = sizeof passes / sizeof *passes;
