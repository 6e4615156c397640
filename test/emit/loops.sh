#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# loops.sh FILE.mlir OPTIONS: from the step level to loops; prints the module
# with its locations.
set -eu
buffers='bufferize-function-boundaries '\
'function-boundary-type-conversion=identity-layout-map'
snn-opt "$1" --mlir-print-debuginfo --pass-pipeline="builtin.module(\
convert-snn-to-linalg{$2},eliminate-empty-tensors,\
one-shot-bufferize{$buffers},drop-equivalent-buffer-results,canonicalize,\
convert-linalg-to-loops,snn-fold-rows,canonicalize,cse)"
