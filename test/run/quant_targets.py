#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random quantized steps on other machines: the C gives what the model in
quant_model.py gives, code for code, by gcc and clang, without optimization and
with, of 64 and 32 bits, little and big endian, with sanitizers.

    quant_targets.py [--seed N] [--count N] [--first K] [--keep DIR]
                     [--only WORD]

Each target has one program of all steps, in event loops and dense ones; it is
one test. The text of the C is one more: it has no floats but at its borders,
and shifts to the right only what has no sign. The last line is 'N passed, N failed'.
"""
import argparse
import concurrent.futures
import pathlib
import re
import shlex
import shutil
import sys
import tempfile
from typing import NamedTuple

import numpy as np

from quant_random import STEPS, Step
from quant_roads import (C_TYPES, HERE, WARNINGS, bytes_of, command,
                         floats_in)

SANITIZERS = ("-fsanitize=undefined,implicit-conversion,float-cast-overflow "
              "-fno-sanitize-recover=all")
HOST = [("gcc", "", "<"), ("clang-22", "", "<")]
# The x87 rounds to 64 bits first, so floats at a border need SSE2.
CROSS = [("i686-linux-gnu-gcc-12 -msse2 -mfpmath=sse", "qemu-i386-static", "<"),
         ("aarch64-linux-gnu-gcc-12", "qemu-aarch64-static", "<"),
         ("arm-linux-gnueabihf-gcc-12", "qemu-arm-static", "<"),
         ("riscv64-linux-gnu-gcc-12", "qemu-riscv64-static", "<"),
         ("s390x-linux-gnu-gcc-12", "qemu-s390x-static", ">")]
TARGETS = ([(f"{cc} {level}", run, order) for cc, run, order in HOST
            for level in ("-O0", "-O3")]
           + [(f"{cc} -static {level}", run, order) for cc, run, order in CROSS
              for level in ("-O0", "-O3")]
           + [(f"clang-22 -O1 {SANITIZERS}", "", "<")])

MAIN = """\
#include <stdio.h>
{includes}
{cases}
int main(void)
{{
    {calls}
    return 0;
}}
"""
CASE = """
{arrays}
static {name}_state state_{name};
static void run_{name}(void)
{{
    {name}_init(&state_{name});
    for (int step = 0; step < {steps} && {reads}; step++) {{
        {name}_step(&state_{name}, {words});
        {writes}
    }}
}}
"""


class Case(NamedTuple):
    """A step in one kind of loops, what it is given, and what it gives."""
    number: int
    name: str
    step: Step
    inputs: list
    outputs: list


def case_text(case):
    ports = [(f"{case.name}_in{i}", v) for i, v in enumerate(case.step.inputs)]
    outs = [(f"{case.name}_out{i}", v) for i, v in enumerate(case.step.outputs)]
    return CASE.format(
        name=case.name, steps=len(case.inputs),
        arrays="\n".join(
            f"static {C_TYPES[v.bits]} {n}[{int(np.prod(v.shape))}];"
            for n, v in ports + outs),
        reads=" && ".join(f"fread({n}, sizeof {n}, 1, stdin) == 1"
                          for n, _ in ports),
        words=", ".join(n for n, _ in ports + outs),
        writes=" ".join(f"fwrite({n}, sizeof {n}, 1, stdout);"
                        for n, _ in outs))


def emit(source, name, dense, folder):
    """The C of a step."""
    loops = folder / f"{name}.loops"
    loops.write_bytes(
        command("sh", str(HERE.parent / "emit" / "loops.sh"), str(source),
                f"dense={'true' if dense else 'false'}"))
    command("emit-tool", str(loops), name, str(folder))


def write_main(cases, folder):
    (folder / "main.c").write_text(MAIN.format(
        includes="\n".join(f'#include "{c.name}.h"' for c in cases),
        cases="".join(case_text(c) for c in cases),
        calls="\n    ".join(f"run_{c.name}();" for c in cases)))


def make(seed, number, folder):
    """The C of a step in both kinds of loops, in folder."""
    step = Step(f"{seed} {number}")
    step.build()
    inputs = [[step.draw(x) for x in step.inputs] for _ in range(STEPS)]
    outputs = list(step.simulate(inputs))
    for dense in (False, True):
        name = f"net{number}{'dense' if dense else 'events'}"
        source = folder / f"{name}.mlir"
        source.write_text(step.mlir().replace("@net", f"@{name}"))
        emit(source, name, dense, folder)
        yield Case(number, name, step, inputs, outputs)


def check_text(cases, folder):
    """What no C of a quantized network has; what a compiler reads in it says
    of each shift to the right what it shifts."""
    for case in cases:
        for end in (".c", ".h"):
            text = (folder / (case.name + end)).read_text()
            if found := floats_in(text):
                raise RuntimeError(f"{case.name}{end} has '{found}'")
        tree = command("clang-22", "-std=c11", "-fsyntax-only", "-Xclang",
                       "-ast-dump", str(folder / f"{case.name}.c")).decode()
        for line in tree.splitlines():
            if re.search(r"'>>=?'", line) and not re.search(
                    r"'(unsigned|uint\d+_t)", line):
                raise RuntimeError(f"{case.name}: shifts a sign: {line}")


def check_target(target, cases, folder):
    compiler, runner, order = target
    program = folder / re.sub(r"\W+", "_", compiler)
    command(*shlex.split(compiler), "-std=c11", *WARNINGS, "-I", str(folder),
            str(folder / "main.c"),
            *(str(folder / f"{c.name}.c") for c in cases), "-o", str(program))
    given = b"".join(b"".join(bytes_of(c.step.inputs, c.inputs, order))
                     for c in cases)
    got = command(*shlex.split(runner), str(program), input=given)
    for c in cases:
        for k, wanted in enumerate(bytes_of(c.step.outputs, c.outputs, order)):
            part, got = got[:len(wanted)], got[len(wanted):]
            if part != wanted:
                raise RuntimeError(f"{c.name} differs in step {k}")
    if got:
        raise RuntimeError(f"{len(got)} bytes too many")


def failure(check, *words):
    """What a check says; None: it passed."""
    try:
        check(*words)
    except RuntimeError as error:
        return str(error)
    return None


def report(title, wrong):
    print(f"{title}: {wrong or 'same bits'}", flush=True)
    return wrong is not None


def run(options, folder):
    numbers = range(options.first, options.first + options.count)
    cases = [case for number in numbers
             for case in make(options.seed, number, folder)]
    write_main(cases, folder)
    targets = [t for t in TARGETS if options.only in t[0]]
    wrong = failure(check_text, cases, folder)
    print(f"text: {wrong or 'no floats inside, no shifts of signs'}",
          flush=True)
    failed = [wrong is not None]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        checks = [(t[0], pool.submit(failure, check_target, t, cases, folder))
                  for t in targets]
        failed += [report(title, check.result()) for title, check in checks]
    if any(failed):
        shutil.rmtree(options.keep, ignore_errors=True)
        shutil.copytree(folder, options.keep)
        print(f"seed {options.seed}: the C is kept in {options.keep}")
    return len(failed) - sum(failed), sum(failed)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=16)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", default="", help="targets with this word")
    parser.add_argument("--keep", type=pathlib.Path,
                        default=pathlib.Path("failed"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        passed, failed = run(options, pathlib.Path(folder))
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
