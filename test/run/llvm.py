#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Takes the linalg stage to machine code with the tools of LLVM alone, and
compares it with the interpreter: llvm.py MODEL X.npy [options of snnc]

mlir-opt does not know the snn dialect: what `snnc mlir --stage=linalg` prints
must stand on its own.
"""
import pathlib
import re
import sys

import numpy as np

import harness
from harness import Failed, command

LOOPS = ["--canonicalize", "--eliminate-empty-tensors",
         "--one-shot-bufferize=bufferize-function-boundaries "
         "function-boundary-type-conversion=identity-layout-map",
         "--canonicalize",  # it sees through loops that return a state
         "--drop-equivalent-buffer-results", "--canonicalize",
         "--convert-linalg-to-loops", "--fold-memref-alias-ops"]
LLVM = ["--expand-strided-metadata", "--lower-affine", "--convert-scf-to-cf",
        "--convert-cf-to-llvm", "--convert-arith-to-llvm",
        "--convert-index-to-llvm", "--finalize-memref-to-llvm",
        "--convert-func-to-llvm=use-bare-ptr-memref-call-conv=1",
        "--reconcile-unrealized-casts"]


def function(text, name):
    """The types of the arguments of a function of the loops stage."""
    arguments = re.search(rf"func\.func .*?@{name}\((.*?)\)", text).group(1)
    return [harness.port(f"a{i}", kind) for i, kind in enumerate(
        re.findall(r"memref<([^,>]*)[^>]*>", arguments))]


def main_text(net, loops):
    """A main that owns each state as an array."""
    step = function(loops, f"{net.name}_step")
    init = function(loops, f"{net.name}_init")
    n, m = len(net.inputs), len(init)
    if len(step) != n + m + len(net.outputs):
        raise Failed(f"the step function has {len(step)} arguments")
    states = step[n:n + m]
    pointers = {f"{net.name}_step": len(step), f"{net.name}_init": m}
    declarations = [f"void {name}({', '.join(['void *'] * k) or 'void'});"
                    for name, k in pointers.items()]
    declarations += harness.arrays_of(states, "state")
    names = [f"state{i}" for i in range(m)]
    words = ([f"in{i}" for i in range(n)] + names
             + [f"out{i}" for i in range(len(net.outputs))])
    return harness.main_text(net, declarations,
                             f"{net.name}_init({', '.join(names)});",
                             f"{net.name}_step({', '.join(words)});")


def main():
    path, array, *options = sys.argv[1:]
    model = harness.Model(pathlib.Path(path), tuple(options), {})
    net = harness.network(model)
    model = model._replace(inputs={net.inputs[0].name: np.load(array)})
    linalg = harness.mlir(model, "linalg").encode()
    loops = command("mlir-opt", *LOOPS, input=linalg)
    llvm = command("mlir-opt", *LLVM, input=loops)
    pathlib.Path("net.ll").write_bytes(
        command("mlir-translate", "--mlir-to-llvmir", input=llvm))
    pathlib.Path("main.c").write_text(main_text(net, loops.decode()),
                                      encoding="utf-8")
    command("clang-22", "-Wno-override-module", "-O2", "net.ll", "main.c", "-o",
            "program")
    expected = harness.reference(model, net)
    if not harness.alive(expected):
        raise Failed("the reference is silent: nothing is shown")
    actual = harness.run(pathlib.Path("program").resolve(), net, model.inputs)
    harness.compare(actual, expected, "mlir-opt")


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(f"error: {failed}")
