#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The bits do not depend on the compiler: flags.py ROOT CORPUS

Real networks, in f32 and f64, compiled at several levels, by compilers that
may fuse multiply and add, for this machine and for aarch64.
"""
import multiprocessing.pool
import pathlib
import sys
import tempfile

import numpy as np

import harness
from harness import Failed, Model

HOST = ["gcc -O0", "gcc -O2", "clang-22 -O0", "clang-22 -O2"]
FUSED = ["gcc -O3 -mfma", "clang-22 -O3 -mfma"]
AARCH64 = "aarch64-linux-gnu-gcc-12 -static -O3"
RUNNER = "qemu-aarch64-static"


def compilers():
    flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    if "fma" in flags:
        return HOST + FUSED
    print("skipped: this machine has no FMA:", ", ".join(FUSED))
    return HOST


def cases(root, corpus):
    """Yields (name, path, dt, array)."""
    digits = root / "examples" / "digits"
    yield ("digits", digits / "model.nir", "1e-3",
           np.load(digits / "test_spikes.npy")[:40])
    for name in ("oxford", "braille_bias_zero", "braille_nobias",
                 "braille_random"):
        case = corpus / "bench" / name
        yield name, case / "model.nir", "1e-4", np.load(case / "input.npy")


def check(job):
    name, model, folder = job
    try:
        net = harness.network(model)
        model = model._replace(
            inputs={net.inputs[0].name: model.inputs["input"]})
        expected = harness.reference(model, net)
        if not harness.alive(expected):
            raise Failed("the reference is silent: nothing is shown")
        harness.build(model, folder)
        for number, compiler in enumerate(compilers() + [AARCH64]):
            program = harness.compile_c(net, folder, compiler,
                                        folder / f"program{number}")
            runner = RUNNER if compiler == AARCH64 else ""
            harness.compare(harness.run(program, net, model.inputs, runner),
                            expected, compiler)
        return f"{name}: same bits", True
    except Failed as failed:
        return f"{name}: error: {failed}", False


def main():
    root, corpus = map(pathlib.Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as place:
        jobs = []
        for name, path, dt, array in cases(root, corpus):
            for number in ("f32", "f64"):
                options = ("--semantics=nir", f"--dt={dt}", f"--type={number}")
                folder = pathlib.Path(place) / f"{name}-{number}"
                jobs.append((f"{name} {number}",
                             Model(path, options, {"input": array}), folder))
        with multiprocessing.pool.ThreadPool(2) as pool:
            results = list(pool.imap(check, jobs))
    print(*(text for text, _ in results), sep="\n")
    sys.exit(not all(good for _, good in results))


main()
