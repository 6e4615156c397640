#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Weights files: weights.py FOLDER_OF_THIS

A network with every kind of constant, in f32 and f64, whose C reads the weights
file, or has it linked in, by compilers for this machine and for aarch64: the
bits of the interpreter. Then NAME_init sees files that do not fit.
"""
import pathlib
import shlex
import sys

import numpy as np

import harness
from harness import Model

COMPILERS = [("gcc -O2", ""), ("clang-22 -O2", ""),
             ("aarch64-linux-gnu-gcc-12 -static -O2", "qemu-aarch64-static")]
LINKED = "-DKINDS_LINK_WEIGHTS -Wa,-I{}"

READ = """\
static kinds_weights file;
static kinds_status start(void)
{
    FILE *f = fopen("%s/kinds.weights", "rb");
    if (!f || fread(&file, 1, sizeof file, f) != sizeof file) {
        abort();
    }
    fclose(f);
    return kinds_init(&state, &file, sizeof file);
}"""
LINK = """\
static kinds_status start(void)
{
    return kinds_init(&state, &kinds_weights_data, sizeof kinds_weights_data);
}"""


def program(net, folder, way, compiler):
    """The network with a main; way is "read" or "link"."""
    words = [f"in{i}" for i in range(len(net.inputs))]
    words += [f"out{i}" for i in range(len(net.outputs))]
    main = folder / f"{way}_main.c"
    main.write_text(harness.main_text(
        net, ['#include "kinds.h"', "static kinds_state state;",
              LINK if way == "link" else READ % folder],
        "if (start() != KINDS_READY) { abort(); }",
        f"kinds_step(&state, {', '.join(words)});"), encoding="utf-8")
    flags = LINKED.format(folder) if way == "link" else ""
    harness.command(*shlex.split(f"{compiler} {flags}"), "-I", folder, main,
                    folder / "kinds.c", "-o", folder / way)
    return (folder / way).resolve()


def same_bits(number):
    options = ("--semantics=nir", "--dt=.1", f"--type={number}")
    model = Model(pathlib.Path("kinds.nir"), options,
                  {"input": np.load("signal.npy")})
    net = harness.network(model)
    expected = harness.reference(model, net)
    if not harness.alive(expected):
        raise harness.Failed("the reference is silent: nothing is shown")
    folder = pathlib.Path(number).resolve()
    harness.build(model._replace(options=options + ("--weights=file",)), folder)
    for way in ("read", "link"):
        for compiler, runner in COMPILERS:
            made = program(net, folder, way, compiler)
            harness.compare(harness.run(made, net, model.inputs, runner),
                            expected, f"{compiler}, {way}")
        print(f"{number} {way}: same bits")


def refusals(here):
    """Builds weights.c twice: with the CRC-32, and trusting."""
    folder = pathlib.Path("f32")
    for macro in ("", "-DKINDS_TRUST_WEIGHTS"):
        made = folder / f"refuse{macro}"
        harness.command(*shlex.split(
            "gcc -std=c11 -Wall -Wextra -Werror -fsanitize=address,undefined "
            f"-O1 {macro}"), "-I", folder, here / "weights.c",
            folder / "kinds.c", "-o", made)
        print(harness.command(made.resolve(),
                              folder / "kinds.weights").decode(), end="")


def main():
    here = pathlib.Path(sys.argv[1])
    harness.command(sys.executable, here / "nets.py", "kinds.nir", "signal.npy")
    for number in ("f32", "f64"):
        same_bits(number)
    refusals(here)


main()
