#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the models and arrays of a test into the working directory:
make.py NAME...

A name ends in .nir or .npy and stands in one of the tables below. `base` is
the network of test/nir: input (3) -> fc (4) -> lif -> output.
"""
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
from make import chain, net, write  # noqa: E402

F32 = np.float32
STEPS = 12


def lif(size):
    return {"type": "LIF", "tau": F32(.5), "r": F32(1),
            "v_leak": np.zeros(size, F32), "v_threshold": F32(1)}


def port(kind, size):
    return {"type": kind, "shape": [size]}


def two():
    """Inputs a (3) and b (4), Outputs spikes and sums."""
    nodes = {"a": port("Input", 3), "b": port("Input", 4),
             "fc": net()[0]["fc"], "lif": lif(4),
             "spikes": port("Output", 4), "sums": port("Output", 4)}
    return nodes, (chain("a", "fc", "lif", "spikes")
                   + [("b", "lif"), ("fc", "sums")])


def equals():
    """Input a=b, Output =c=."""
    nodes = {"a=b": port("Input", 3), "lif": lif(3), "=c=": port("Output", 3)}
    return nodes, chain("a=b", "lif", "=c=")


def nested():
    """input -> g -> output; g is in -> lif -> s -> out."""
    inner = {"in": port("Input", 3), "lif": {**lif(3), "r": F32(3)},
             "s": {"type": "Scale", "scale": np.array([.5, 2, 3], F32)},
             "out": port("Output", 3)}
    nodes = {"input": port("Input", 3), "output": port("Output", 3),
             "g": {"graph": (inner, chain("in", "lif", "s", "out"))}}
    return nodes, chain("input", "g", "output")


def many():
    """More nodes than a diagnostic lists."""
    nodes = {"input": port("Input", 3), "output": port("Output", 3)}
    names = [f"s{i:02}" for i in range(30)]
    nodes.update({n: {"type": "Scale", "scale": F32(1)} for n in names})
    return nodes, chain("input", *names, "output")


def dead():
    """Two nodes reach no Output: a neuron, and a Scale on the way to it."""
    nodes, edges = net()
    nodes.update(s={"type": "Scale", "scale": F32(2)}, **{"end.of-it": lif(4)})
    return nodes, edges + chain("fc", "s", "end.of-it")


def many_dead():
    nodes, edges = many()
    edges.remove(("s29", "output"))
    return nodes, edges + [("input", "output")]


def timeless():
    """Nothing that needs a time step."""
    nodes, _ = net()
    del nodes["lif"]
    return nodes, chain("input", "fc", "output")


def wide():
    """Files far beyond a kilobyte."""
    nodes = {"input": port("Input", 100), "lif": lif(100),
             "output": port("Output", 100)}
    return nodes, chain("input", "lif", "output")


def digits():
    """For digits of all lengths: no two neurons are alike."""
    nodes, edges = net()
    nodes["lif"]["tau"] = np.array([.1, 2.5, 1 / 3, 1e-3], F32)
    return nodes, edges


MODELS = {"base": net, "two": two, "equals": equals, "nested": nested,
          "many": many, "dead": dead, "many_dead": many_dead,
          "timeless": timeless, "wide": wide, "2-digits": digits}


def spikes(*shape):
    """Zeros and ones, the same in every run."""
    index = np.arange(int(np.prod(shape)))
    return (index * index % 7 < 3).astype(F32).reshape(shape)


def change(value, dtype=F32, at=(3, 1)):
    array = spikes(STEPS, 3).astype(dtype)
    array[at] = value
    return array


def saved(array, path, **options):
    with open(path, "wb") as f:
        np.lib.format.write_array(f, array, **options)


def raw(data):
    return lambda path: pathlib.Path(path).write_bytes(data)


def header(text, data=b"", version=1):
    text = text.encode()
    length = len(text).to_bytes(2 if version == 1 else 4, "little")
    return raw(b"\x93NUMPY" + bytes([version, 0]) + length + text + data)


def cut(path):
    saved(spikes(STEPS, 3), path)
    data = pathlib.Path(path).read_bytes()
    pathlib.Path(path).write_bytes(data[:-1])


# Arrays, or functions that write a file.
ARRAYS = {
    # Input of base, in the types that hold it
    "f4": spikes(STEPS, 3),
    "f8": spikes(STEPS, 3).astype("f8"),
    "f2": spikes(STEPS, 3).astype("f2"),
    "f4-big": spikes(STEPS, 3).astype(">f4"),
    "f8-big": spikes(STEPS, 3).astype(">f8"),
    "bool": spikes(STEPS, 3).astype(bool),
    "u1": spikes(STEPS, 3).astype("u1"),
    "i1": spikes(STEPS, 3).astype("i1"),
    "i2-big": spikes(STEPS, 3).astype(">i2"),
    "u4": spikes(STEPS, 3).astype("u4"),
    "i8": spikes(STEPS, 3).astype("i8"),
    "u8-big": spikes(STEPS, 3).astype(">u8"),
    "fortran": np.asfortranarray(spikes(STEPS, 3)),
    "version2": lambda path: saved(spikes(STEPS, 3), path, version=(2, 0)),
    "version3": lambda path: saved(spikes(STEPS, 3), path, version=(3, 0)),
    "spaces": header("{ 'shape' : (1, 3 ), 'descr': \"|i1\", "
                     "'fortran_order': False}", b"\1\0\1"),
    # numbers, and the same in other types
    "reals": np.array([[.5, -2, 1e-3], [65504, 2 ** -24, -0.]], "f2"),
    "reals-f8": np.array([[.5, -2, 1e-3], [65504, 2 ** -24, -0.]],
                         "f2").astype("f8"),
    "whole": np.array([[-128, 127, -1], [0, 1, -77]], "i1"),
    "whole-i8": np.array([[-128, 127, -1], [0, 1, -77]], ">i8"),
    "whole-f8": np.array([[-128, 127, -1], [0, 1, -77]], "f8"),
    "large": np.array([[2 ** 62, -2 ** 63, 3 * 2 ** 40]], "i8"),
    "large-f8": np.array([[2 ** 62, -2 ** 63, 3 * 2 ** 40]], "f8"),
    # other shapes
    "batch": np.stack([spikes(STEPS, 3), 1 - spikes(STEPS, 3),
                       np.zeros((STEPS, 3), F32)]),
    "batch-fortran": np.asfortranarray(np.stack(
        [spikes(STEPS, 3), 1 - spikes(STEPS, 3),
         np.zeros((STEPS, 3), F32)])),
    "sample1": 1 - spikes(STEPS, 3),
    "no-steps": np.zeros((0, 3), F32),
    "no-samples": np.zeros((0, STEPS, 3), F32),
    "four": spikes(STEPS, 4),
    "four-short": spikes(STEPS - 1, 4),
    "four-batch": spikes(1, STEPS, 4),
    "flat": spikes(STEPS),
    "one-more": spikes(2, 2, STEPS, 3),
    "scalar": F32(1),
    "hundred": spikes(STEPS, 100),
    # values that are refused
    "nan": change(np.nan),
    "inf": change(np.inf, at=(0, 2)),
    "half-inf": change(-np.inf, "f2"),
    "tenth": change(.1, "f8"),
    "beyond": change(1e300, "f8"),
    "big": change(2 ** 24 + 1, "i4"),
    "bigger": change(2 ** 53 + 1, "i8"),
    "biggest": change(2 ** 64 - 1, "u8"),
    "two": change(2, "u1"),
    "half": change(.5),
    # files that are refused
    "text": raw(b"1 0 1\n0 1 1\n"),
    "empty": raw(b""),
    "cut": cut,
    "cut-header": raw(b"\x93NUMPY\1\0\xff\0{'descr'"),
    "version9": header("{}", version=9),
    "object": np.array([[1, None, 2]], object),
    "complex": spikes(STEPS, 3).astype("c8"),
    "words": np.array([["a", "b", "c"]]),
    "fields": np.zeros((STEPS, 3), [("x", "f4")]),
    "long-double": spikes(STEPS, 3).astype(np.longdouble),
    "no-descr": header("{'fortran_order': False, 'shape': (1, 3)}", b"123"),
    "half-descr": header("{'descr': '<"),
    "no-shape": header("{'descr': '|u1', 'fortran_order': False}"),
    "no-order": header("{'descr': '|u1', 'shape': (1, 3)}", b"123"),
    "negative": header("{'descr': '|u1', 'fortran_order': False, "
                       "'shape': (-1, 3)}", b"123"),
    "huge": header("{'descr': '<f8', 'fortran_order': False, 'shape': "
                   "(4611686018427387904, 4611686018427387904)}"),
    "open": header("{'descr': '|u1', 'fortran_order': False, 'shape': (1, 3",
                   b"123"),
    "axes": header("{'descr': '|u1', 'fortran_order': False, 'shape': ("
                   + "1, " * 17 + ")}", b"1"),
}


def main():
    for path in sys.argv[1:]:
        name, kind = path.rsplit(".", 1)
        if kind == "nir":
            write(path, *MODELS[name]())
        elif callable(ARRAYS[name]):
            ARRAYS[name](path)
        else:
            np.save(path, ARRAYS[name])


if __name__ == "__main__":
    main()
