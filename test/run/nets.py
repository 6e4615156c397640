#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the models and the input of a test: nets.py NAME...

    recurrent.nir  input (5) -> fc -> lif (20) -> out -> output (3); lif feeds
                   itself through rec; trace, an Output, shows what lif is fed
    kinds.nir      each kind of node that is lowered, on input (5)
    million.nir    input (1000) -> fc -> lif -> output, of a million weights
    above.nir      the same with a thousand more
    signal.npy     200 steps for the first two: spikes, numbers and silence
    above.npy      20 steps of spikes for the others
"""
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
from make import chain, write  # noqa: E402

F32 = np.float32


def rng():
    return np.random.default_rng(7)


def matrix(r, out, inside):
    return r.normal(0, 1.5 / np.sqrt(inside), (out, inside)).astype(F32)


def port(kind, size):
    return {"type": kind, "shape": [size]}


def recurrent():
    r = rng()
    nodes = {
        "input": port("Input", 5),
        "fc": {"type": "Affine", "weight": matrix(r, 20, 5),
               "bias": np.full(20, .1, F32)},
        "lif": {"type": "LIF", "tau": np.full(20, .3, F32), "r": F32(1),
                "v_leak": F32(0),
                "v_threshold": r.uniform(.2, .6, 20).astype(F32)},
        "rec": {"type": "Linear", "weight": matrix(r, 20, 20)},
        "out": {"type": "Linear", "weight": matrix(r, 3, 20)},
        "output": port("Output", 3),
        "li": {"type": "LI", "tau": F32(.7), "r": F32(1), "v_leak": F32(0)},
        "trace": port("Output", 20),
    }
    return nodes, (chain("input", "fc", "lif", "out", "output")
                   + [("lif", "rec"), ("rec", "lif"), ("fc", "li"),
                      ("rec", "li"), ("li", "trace")])


def kinds():
    r = rng()
    leaky = {"tau": F32(.4), "r": F32(1),
             "v_leak": np.linspace(0, .1, 5, dtype=F32)}
    cuba = {"tau_syn": F32(.3), "tau_mem": np.linspace(.2, .6, 5, dtype=F32),
            "r": F32(2), "v_leak": F32(0), "w_in": F32(1.5)}
    nodes = {
        "input": port("Input", 5),
        "linear": {"type": "Linear", "weight": matrix(r, 5, 5)},
        "scale": {"type": "Scale", "scale": np.linspace(.5, 2, 5, dtype=F32)},
        "if": {"type": "IF", "r": F32(3), "v_threshold": F32(.2),
               "v_reset": F32(-.1)},
        "lif": {"type": "LIF", **leaky, "v_threshold": F32(.2)},
        "cuba": {"type": "CubaLIF", **cuba, "v_threshold": F32(.2)},
        "affine": {"type": "Affine", "weight": matrix(r, 5, 5),
                   "bias": np.full(5, .2, F32)},
        "threshold": {"type": "Threshold", "threshold": F32(.1)},
        "i": {"type": "I", "r": F32(2)},
        "li": {"type": "LI", **leaky},
        "cuba_li": {"type": "CubaLI", **cuba},
        "output": port("Output", 5),
        "spikes": port("Output", 5),
    }
    ends = ["i", "li", "cuba_li"]
    return nodes, (chain("input", "linear", "scale", "if", "affine",
                         "threshold", "i", "output")
                   + chain("scale", "lif", "affine") + chain("lif", "spikes")
                   + chain("scale", "cuba", "affine")
                   + [("threshold", e) for e in ends[1:]]
                   + [(e, "output") for e in ends[1:]])


def layer(size):
    """1000 inputs to a layer of this size: a thousand times it in weights."""
    nodes = {"input": port("Input", 1000),
             "fc": {"type": "Linear", "weight": matrix(rng(), size, 1000)},
             "lif": {"type": "LIF", "tau": F32(.01), "r": F32(1),
                     "v_leak": F32(0), "v_threshold": F32(.4)},
             "output": port("Output", size)}
    return nodes, chain(*nodes)


def signal():
    r = rng()
    spikes = (r.random((200, 5)) < .4).astype(F32)
    spikes[20:120] *= r.normal(0, 2, (100, 5)).astype(F32)
    spikes[120:140] = 0
    return spikes


MODELS = {"recurrent": recurrent, "kinds": kinds,
          "million": lambda: layer(1000), "above": lambda: layer(1001)}
ARRAYS = {"signal": signal,
          "above": lambda: (rng().random((20, 1000)) < .1).astype(F32)}

for path in sys.argv[1:]:
    name, end = path.split(".")
    if end == "npy":
        np.save(path, ARRAYS[name]())
    else:
        write(path, *MODELS[name]())
