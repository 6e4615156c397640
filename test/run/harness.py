#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles the C of a network with a small main, runs it, and compares what it
gives with the interpreter, byte for byte.

As a program:

    harness.py MODEL --in [NAME=]X.npy [--cc "gcc -O2"] [--runner COMMAND]
               [--folder DIR] [options of snnc]

exits with status 1 and says where, if a byte differs. With --folder the C that
stands there is taken, and not made anew. Scripts beside this one import it.
"""
import argparse
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
from typing import NamedTuple

import numpy as np

C_TYPES = {"i1": "uint8_t", "i8": "int8_t", "i16": "int16_t",
           "i32": "int32_t", "f32": "float", "f64": "double"}
NUMPY_TYPES = {"i1": "u1", "i8": "i1", "i16": "<i2", "i32": "<i4",
               "f32": "<f4", "f64": "<f8"}

MAIN = """\
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
{declarations}
static void get(void *to, size_t size)
{{
    if (fread(to, 1, size, stdin) != size) {{
        abort();
    }}
}}

int main(int count, char **words)
{{
    if (count != 3) {{
        abort();
    }}
    for (long sample = atol(words[1]); sample > 0; sample--) {{
        {init}
        for (long step = atol(words[2]); step > 0; step--) {{
            {get}
            {step}
            {put}
        }}
    }}
    return 0;
}}
"""


class Failed(Exception):
    """The C does not do what it should."""


class Port(NamedTuple):
    """An Input or Output of the step function."""
    name: str
    type: str  # of an element, in the IR: f32
    shape: tuple

    @property
    def size(self):
        return int(np.prod(self.shape, dtype=int))


class Network(NamedTuple):
    name: str
    inputs: list
    outputs: list


class Model(NamedTuple):
    """A file, the options that compile it, and the arrays it runs on."""
    path: pathlib.Path
    options: tuple
    inputs: dict  # name of the Input: array (steps, *) or (samples, steps, *)


def command(*words, **options):
    """Runs a command; returns its standard output."""
    done = subprocess.run([str(w) for w in words], capture_output=True,
                          check=False, **options)
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace")[-2000:]
        raise Failed(f"{shlex.join(map(str, words))}: status "
                     f"{done.returncode}: {said}")
    return done.stdout


def mlir(model, stage):
    return command("snnc", "mlir", model.path, f"--stage={stage}",
                   *model.options).decode()


def port(name, tensor):
    *shape, element = tensor.split("x")
    return Port(name, element, tuple(map(int, shape)))


def network(model):
    """The Network, read from the IR of the step level."""
    text = mlir(model, "step")
    ports = r'"((?:[^"\\]|\\.)*)"(?: : tensor<([^>]*)>)?'
    section = {word: re.findall(ports, re.search(
        rf"^ +{word}\((.*?)\)$", text, re.S | re.M).group(1))
        for word in ("inputs", "outputs")}
    types = re.search(r"snn\.yield .* : (.*)", text).group(1).split(" next ")[0]
    types = re.findall(r"tensor<([^>]*)>", types)
    return Network(re.search(r"snn\.step @(\S+)", text).group(1),
                   [port(*p) for p in section["inputs"]],
                   [port(p[0], t) for p, t in zip(section["outputs"], types)])


# C


def arrays_of(ports, prefix):
    return [f"static {C_TYPES[p.type]} {prefix}{i}[{p.size}];"
            for i, p in enumerate(ports)]


def moves(ports, prefix, form):
    return [form.format(f"{prefix}{i}") for i in range(len(ports))]


def main_text(net, declarations, init, step):
    """A main that runs samples x steps from standard input to output; step is
    a C statement on in0, in1, ..., out0, ..."""
    return MAIN.format(
        declarations="\n".join([*declarations, *arrays_of(net.inputs, "in"),
                                *arrays_of(net.outputs, "out")]),
        init=init, step=step,
        get=" ".join(moves(net.inputs, "in", "get({0}, sizeof {0});")),
        put=" ".join(moves(net.outputs, "out",
                           "fwrite({0}, 1, sizeof {0}, stdout);")))


def generated_main(net, events=False):
    """The main for generated C."""
    declarations = [f'#include "{net.name}.h"',
                    f"static {net.name}_state state;"]
    words, before = ["&state"], ""
    for i, p in enumerate(net.inputs):
        if not events:
            words.append(f"in{i}")
            continue
        kind = "uint16_t" if p.size <= 65536 else "uint32_t"
        declarations.append(f"static {kind} list{i}[{p.size}];")
        before += (f"uint32_t n{i} = 0; "
                   f"for (uint32_t k = 0; k < {p.size}; k++) "
                   f"{{ if (in{i}[k]) {{ list{i}[n{i}++] = ({kind})k; }} }} ")
        words += [f"list{i}", f"n{i}"]
    words += [f"out{i}" for i in range(len(net.outputs))]
    return main_text(net, declarations, f"{net.name}_init(&state);",
                     f"{before}{net.name}_step({', '.join(words)});")


def build(model, folder):
    command("snnc", "build", model.path, "-o", folder, *model.options)


def compile_c(net, folder, compiler, program, events=False):
    """compiler: a command with its flags. Returns the program."""
    main = pathlib.Path(f"{program}_main.c")
    main.write_text(generated_main(net, events), encoding="utf-8")
    command(*shlex.split(compiler), "-I", folder, main,
            pathlib.Path(folder) / f"{net.name}.c", "-o", program)
    return pathlib.Path(program).resolve()


# Running


def named(name, path):
    """NAME=FILE, as snnc takes it."""
    return f"{str(name).replace('=', '==')}={path}"


def leading(net, inputs):
    """The axes in front of those of the Inputs: steps, or samples and steps."""
    first = net.inputs[0]
    array = inputs[first.name]
    return array.shape[:array.ndim - len(first.shape)]


def record(ports):
    """What one step reads or writes."""
    return np.dtype([(f"{i}", NUMPY_TYPES[p.type], p.shape)
                     for i, p in enumerate(ports)])


def run(program, net, inputs, runner=""):
    """Runs a compiled program; returns {name of the Output: array}."""
    lead = leading(net, inputs)
    data = np.zeros(lead, record(net.inputs))
    for i, p in enumerate(net.inputs):
        data[f"{i}"] = inputs[p.name]
    *samples, steps = lead
    out = command(*shlex.split(runner), program, *(samples or [1]), steps,
                  input=data.tobytes())
    kind = record(net.outputs)
    if len(out) != kind.itemsize * int(np.prod(lead)):
        raise Failed(f"{program} wrote {len(out)} bytes")
    out = np.frombuffer(out, kind).reshape(lead)
    return {p.name: out[f"{i}"] for i, p in enumerate(net.outputs)}


def snnc_run(model, net, *more):
    """What `snnc run` writes: {name of the Output: array}."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        words = []
        for i, (name, array) in enumerate(model.inputs.items()):
            np.save(folder / f"in{i}.npy", array)
            words += ["--in", named(name, folder / f"in{i}.npy")]
        for i, p in enumerate(net.outputs):
            words += ["--out", named(p.name, folder / f"out{i}.npy")]
        command("snnc", "run", model.path, *model.options, *words, *more)
        return {p.name: np.load(folder / f"out{i}.npy")
                for i, p in enumerate(net.outputs)}


def reference(model, net):
    return snnc_run(model, net, "--reference")


def compare(actual, expected, what):
    """Fails at the first byte that differs."""
    for name, array in expected.items():
        other = actual[name].astype(array.dtype)  # counts are written as int32
        if other.shape != array.shape:
            raise Failed(f"{what}: '{name}' has shape {other.shape}, the "
                         f"reference has {array.shape}")
        bits = f"u{array.dtype.itemsize}"
        wrong = np.argwhere(np.ascontiguousarray(other).view(bits) !=
                            np.ascontiguousarray(array).view(bits))
        if len(wrong):
            at = tuple(int(i) for i in wrong[0])
            raise Failed(f"{what}: '{name}' differs in {len(wrong)} of "
                         f"{array.size} cells, first at {at}: {other[at]!r}, "
                         f"the reference has {array[at]!r}")


def alive(expected):
    """A network in which nothing ever happens proves nothing."""
    return all(array.any() and len(np.unique(array)) > 1
               for array in expected.values())


def load_inputs(net_inputs, words):
    """{name: array} of [NAME=]FILE words."""
    inputs = {}
    for word in words:
        name, _, path = word.rpartition("=")
        inputs[name or net_inputs[0].name] = np.load(path)
    return inputs


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--in", dest="inputs", action="append", required=True)
    parser.add_argument("--cc", default="gcc -O2")
    parser.add_argument("--runner", default="")
    parser.add_argument("--folder", type=pathlib.Path)
    args, options = parser.parse_known_args()
    model = Model(args.model, tuple(options), {})
    net = network(model)
    model = model._replace(inputs=load_inputs(net.inputs, args.inputs))
    with tempfile.TemporaryDirectory() as place:
        folder = args.folder or pathlib.Path(place) / "c"
        if not args.folder:
            build(model, folder)
        program = compile_c(net, folder, args.cc, f"{place}/program",
                            "--input-events" in options)
        expected = reference(model, net)
        if not alive(expected):
            raise Failed("the reference is silent: nothing is shown")
        compare(run(program, net, model.inputs, args.runner), expected, args.cc)


if __name__ == "__main__":
    try:
        main()
    except Failed as failed:
        sys.exit(f"error: {failed}")
