# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""From a .nir file to a quantized step, and along its roads: for
quant_nodes.py and test/property/quantized.py.

The ranges that --snn-quantize needs are those of the float step on the same
inputs, as the interpreter runs it, with its states as outputs.
"""
import ctypes
import re
from typing import NamedTuple

import numpy as np

import llvm
from quant_roads import DTYPES, bytes_of, command

SPLIT = "// -----\n"
FLOATS = {"f32": np.float32, "f64": np.float64}
STRING = r'"((?:[^"\\]|\\.)*)"'
TENSOR = (r"tensor<((?:\d+x)*)(?:(f32|f64)|i(\d+)|!quant\.uniform<i(\d+):f32"
          r"(?::(\d+), \{([^}]*)\}|, ([^>]*))>)>")


class Refused(Exception):
    """What a pass says of a network that it does not take."""


class Port(NamedTuple):
    """An input, output or state."""
    name: str   # as it is escaped in the text
    shape: tuple
    real: str   # f32, f64, or None: codes, spikes or counts
    bits: int   # of a float: less than 0
    scale: object  # of each element; 1 of spikes and counts

    @property
    def quantized(self):
        return self.scale is not None


class Step(NamedTuple):
    inputs: list
    outputs: list
    states: list


def unescaped(text):
    """A string of MLIR's text."""
    raw = re.sub(rb'\\([0-9A-F]{2}|["\\])', lambda m: m[1] if len(m[1]) == 1
                 else bytes([int(m[1], 16)]), text.encode())
    return raw.decode()


def port(name, parts):
    dims, real, count, bits, axis, scales, scale = parts
    shape = tuple(int(n) for n in dims.split("x")[:-1])
    if scales:
        wide = [-1 if i == int(axis) else 1 for i in range(len(shape))]
        numbers = [float(s) for s in scales.split(",")]
        each = np.broadcast_to(np.reshape(numbers, wide), shape)
    else:
        each = np.full(shape, float(scale)) if scale else None
    width = -int(real[1:]) if real else int(count or bits)
    return Port(name, shape, real or None, width, each)


def section(text, word):
    """What stands between the parentheses of inputs(...) and so on."""
    found = re.search(rf"^ *(?:snn\.step @\S+ )?{word}\((.*?)\)$", text,
                      re.M | re.S)
    return found[1] if found else ""


def signature(text):
    """The Step of a text."""
    def ports(word):
        return [port(found[0], found[1:]) for found in
                re.findall(rf"{STRING} : {TENSOR}", section(text, word))]
    names = re.findall(STRING, section(text, "outputs"))
    types = re.search(r"snn\.yield .*? : (.*)", text)[1].split(" next ")[0]
    outputs = [port(n, parts) for n, parts in
               zip(names, re.findall(TENSOR, types), strict=True)]
    return Step(ports("inputs"), outputs, ports("states"))


def with_states(text):
    """The same step, whose outputs are its states as well."""
    names = re.findall(rf"{STRING} : tensor", section(text, "states"))
    line = re.search(r"snn\.yield (.*) next (.*) : (.*) next (.*)", text)
    if not line:
        return text
    both = [f"{line[1]}, {line[2]} next {line[2]}",
            f"{line[3]}, {line[4]} next {line[4]}"]
    text = text.replace(line[0], "snn.yield " + " : ".join(both))
    outputs = section(text, "outputs")
    more = ", ".join(f'"state {n}"' for n in names)
    return text.replace(f"outputs({outputs})", f"outputs({outputs}, {more})")


def interpreted(path, text, inputs):
    """{name: array} of the outputs of a step."""
    path.write_text(text, encoding="utf-8")
    step = signature(text)
    kinds = [np.dtype(FLOATS[p.real] if p.real else DTYPES[p.bits])
             for p in step.inputs + step.outputs]
    record = np.dtype([(f"{i}", k, p.shape) for i, (k, p) in
                       enumerate(zip(kinds, step.inputs))])
    steps = len(next(iter(inputs.values())))
    data = np.zeros(steps, record)
    for i, p in enumerate(step.inputs):
        data[f"{i}"] = inputs[p.name]
    got = command("reference-run", str(path), input=data.tobytes())
    kinds = kinds[len(step.inputs):]
    record = np.dtype([(f"{i}", k, p.shape) for i, (k, p) in
                       enumerate(zip(kinds, step.outputs))])
    found = np.frombuffer(got, record)
    return {p.name: found[f"{i}"] for i, p in enumerate(step.outputs)}


def add_ranges(text, seen):
    rows = []
    for name, array in seen.items():
        most = float(np.max(np.abs(array.astype(float)), initial=0.0))
        whole = float(np.all(array == np.rint(array)))
        rows.append(f'"{name}" = array<f64: {most!r}, {whole}>')
    return re.sub(r"^( +attributes \{)", r"\g<1>ranges = {"
                  + ", ".join(rows).replace("\\", r"\\") + "}, ", text, 1, re.M)


def ranged(path, text, inputs):
    """(the text with the ranges of its inputs and states, {name: array} of
    the float outputs)"""
    found = interpreted(path, with_states(text), inputs)
    step = signature(text)
    outputs = {p.name: found[p.name] for p in step.outputs}
    if any(not np.isfinite(a.astype(float)).all() for a in found.values()):
        raise Refused("the float network is not finite")
    seen = {p.name: inputs[p.name] for p in step.inputs if p.real}
    seen |= {p.name: found[f"state {p.name}"] for p in step.states if p.real}
    return add_ranges(text, seen), outputs


def quantized(path, options):
    try:
        return command("snn-opt", str(path),
                       f"--snn-quantize={options}").decode()
    except RuntimeError as error:
        raise Refused(str(error)) from None


def codes_of(array, p):
    """Real numbers as the codes of an input."""
    if not p.quantized:
        return array.astype(DTYPES[p.bits])
    most = 2**(p.bits - 1) - 1
    codes = np.clip(np.rint(array.astype(float) / p.scale), -most - 1, most)
    return codes.astype(DTYPES[p.bits])


def real_of(array, p):
    return array * p.scale if p.quantized else array


def rows_of(step, arrays):
    """One list of arrays for each time step."""
    ports = [arrays[p.name] for p in step]
    return [list(row) for row in zip(*ports)]


# LLVM's own tools, on many steps at once


def llvm_library(texts, folder):
    """The linalg stage of steps as one library."""
    text = SPLIT.join(texts).encode()
    text = command("snn-opt", "--split-input-file", "--convert-snn-to-linalg",
                   input=text)
    for passes in (llvm.LOOPS, llvm.LLVM):
        text = command("mlir-opt", "--split-input-file", *passes, input=text)
    text = command("mlir-translate", "--split-input-file",
                   f"--output-split-marker={SPLIT.strip()}",
                   "--mlir-to-llvmir", input=text)
    files = []
    for k, module in enumerate(text.split(SPLIT.encode())):
        files.append(folder / f"{k}.ll")
        files[-1].write_bytes(module)
    assert len(files) == len(texts)
    command("clang-22", "-Wno-override-module", "-O1", "-shared", "-fPIC",
            *map(str, files), "-o", str(folder / "llvm.so"))
    return ctypes.CDLL(str(folder / "llvm.so"))


def run_llvm(library, name, step, rows):
    """The bytes of the outputs of each time step."""
    def pointers(arrays):
        return [ctypes.c_void_p(a.ctypes.data) for a in arrays]
    states = [np.zeros(v.shape, DTYPES[v.bits]) for v in step.states]
    getattr(library, f"{name}_init")(*pointers(states))
    for row in rows:
        given = [np.ascontiguousarray(a) for a in row]
        outs = [np.zeros(y.shape, DTYPES[y.bits]) for y in step.outputs]
        getattr(library, f"{name}_step")(*pointers(given + states + outs))
        yield b"".join(a.tobytes() for a in outs)


def same(what, step, expected, got):
    for k, (a, b) in enumerate(zip(bytes_of(step.outputs, expected, "<"), got,
                                   strict=True)):
        if a != b:
            raise RuntimeError(f"{what} differs in step {k}")


