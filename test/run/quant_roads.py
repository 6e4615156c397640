# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What quant_random.py compares: a step as C, and as LLVM's own tools make it.
"""
import ctypes
import pathlib
import re
import subprocess

import numpy as np

import llvm

HERE = pathlib.Path(__file__).resolve().parent
# By the bits of a value; those of a float are below 0.
DTYPES = {1: np.uint8, 8: np.int8, 16: np.int16, 32: np.int32,
          -32: np.float32, -64: np.float64}
C_TYPES = {1: "uint8_t", 8: "int8_t", 16: "int16_t", 32: "int32_t",
           -32: "float", -64: "double"}


def as_bytes(values, arrays, order="<"):
    return b"".join(
        np.ascontiguousarray(a.astype(DTYPES[v.bits])).astype(
            np.dtype(DTYPES[v.bits]).newbyteorder(order)).tobytes()
        for v, a in zip(values, arrays))


def command(*words, **options):
    done = subprocess.run(words, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}:\n"
                           + done.stderr.decode(errors="replace")[-3000:])
    return done.stdout


WARNINGS = ("-Werror -Wall -Wextra -Wpedantic -Wconversion -Wshadow "
            "-Wstrict-prototypes -Wmissing-prototypes -Wundef").split()


MAIN = """\
#include <stdio.h>
#include "net.h"
{arrays}
static net_state state;
int main(void)
{{
    net_init(&state);
    while ({reads}) {{
        net_step(&state, {words});
        {writes}
    }}
    return 0;
}}
"""


def main_text(step):
    """A program that computes what comes in, until no more does."""
    ports = [(f"in{i}", x) for i, x in enumerate(step.inputs)]
    outs = [(f"out{i}", y) for i, y in enumerate(step.outputs)]
    kinds = {n: C_TYPES[v.bits] for n, v in ports + outs}
    return MAIN.format(
        arrays="\n".join(f"static {kinds[n]} {n}[{int(np.prod(v.shape))}];"
                         for n, v in ports + outs),
        reads=" && ".join(f"fread({n}, sizeof {n}, 1, stdin) == 1"
                          for n, _ in ports),
        words=", ".join(n for n, _ in ports + outs),
        writes=" ".join(f"fwrite({n}, sizeof {n}, 1, stdout);"
                        for n, _ in outs))


# What may have floats: the borders' kernels, structs, tables and scales, the
# function that the caller gives floats to, and what is said of it.
BORDERS = [r"/\*.*?\*/", r"typedef struct (encode|decode)\w* \{.*?\} \w+;",
           r"static const double \w+_(en|de)coded_scale\[\w+\] = \{.*?\};",
           r"static const (encode|decode)\w* \w+ = \{.*?\};",
           r"static inline void (encode|decode)\w*\(.*?\n\}",
           r"_Static_assert\(sizeof\((float|double)\).*?;",
           r"void \w+_step\(.*?\)", r'"float is .*?"']


def floats_in(text):
    """A float that C has where no border is; None: it has none."""
    for part in BORDERS:
        text = re.sub(part, "", text, flags=re.S)
    found = re.search(r"float|double|\d\.\d", text)
    return found and found[0]


def compiled(folder, step, dense, cc):
    """The step as a program; its C has floats at its borders, if any."""
    road = folder / ("dense" if dense else "events")
    road.mkdir()
    loops = command("sh", str(HERE.parent / "emit" / "loops.sh"),
                    str(folder / "net.mlir"),
                    "dense=" + ("true" if dense else "false"))
    (road / "net.loops").write_bytes(loops)
    command("emit-tool", str(road / "net.loops"), "net", str(road))
    text = (road / "net.c").read_text() + (road / "net.h").read_text()
    if word := floats_in(text):
        raise RuntimeError(f"'{word}' in the C")
    (road / "main.c").write_text(main_text(step))
    program = road / "program"
    command(*cc.split(), "-std=c11", *WARNINGS, str(road / "main.c"),
            str(road / "net.c"), "-o", str(program))
    return program


def split(data, size):
    return [data[i:i + size] for i in range(0, len(data), size)]


def bytes_of(values, steps, order):
    return [as_bytes(values, arrays, order) for arrays in steps]


def run_c(step, program, options, inputs, expected):
    """Compares the program's outputs, in the byte order of its machine."""
    order = ">" if options.big_endian else "<"
    given = b"".join(bytes_of(step.inputs, inputs, order))
    wanted = bytes_of(step.outputs, expected, order)
    got = command(*options.run.split(), str(program), input=given)
    return wanted, split(got, len(wanted[0]))


def lowered(folder):
    """The linalg stage as a library, without our C."""
    text = command("snn-opt", str(folder / "net.mlir"),
                   "--convert-snn-to-linalg")
    loops = command("mlir-opt", *llvm.LOOPS, input=text)
    text = command("mlir-opt", *llvm.LLVM, input=loops)
    (folder / "net.ll").write_bytes(
        command("mlir-translate", "--mlir-to-llvmir", input=text))
    command("clang-22", "-Wno-override-module", "-O2", "-shared", "-fPIC",
            str(folder / "net.ll"), "-o", str(folder / "llvm.so"))
    return ctypes.CDLL(str(folder / "llvm.so"))


def run_llvm(step, library, inputs):
    states = [np.zeros(v.shape, DTYPES[v.bits]) for v, *_ in step.states]

    def pointers(arrays):
        return [ctypes.c_void_p(a.ctypes.data) for a in arrays]
    library.net_init(*pointers(states))
    for arrays in inputs:
        given = [np.ascontiguousarray(a.astype(DTYPES[x.bits]))
                 for x, a in zip(step.inputs, arrays)]
        outs = [np.zeros(y.shape, DTYPES[y.bits]) for y in step.outputs]
        library.net_step(*pointers(given + states + outs))
        yield b"".join(a.tobytes() for a in outs)


def compare(what, expected, got):
    for k, (a, b) in enumerate(zip(expected, got, strict=True)):
        if a != b:
            raise RuntimeError(f"{what} differs in step {k}")
