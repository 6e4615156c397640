#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the .nir file of an import test: make.py CASE OUT"""
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
from make import between, chain, conv, write  # noqa: E402

F32 = np.float32


def port(kind, *shape):
    return {"type": kind, "shape": list(shape)}


def neuron(kind, size=4, **change):
    data = {"LIF": dict(tau=.5, r=1, v_leak=0, v_threshold=1, v_reset=.25),
            "LI": dict(tau=.5, r=2, v_leak=.5), "I": dict(r=3),
            "IF": dict(r=1, v_threshold=2),
            "CubaLI": dict(tau_syn=.25, tau_mem=.5, r=1, v_leak=0, w_in=2),
            "CubaLIF": dict(tau_syn=.25, tau_mem=.5, r=1, v_leak=0,
                            v_threshold=1)}[kind]
    return {"type": kind, **{key: np.full(size, value, F32)
                             for key, value in data.items()}, **change}


def neurons():
    nodes = {kind: neuron(kind) for kind in
             ("LIF", "LI", "I", "IF", "CubaLI", "CubaLIF")}
    nodes["delay"] = {"type": "Delay", "delay": np.full(4, 2, F32)}
    nodes["scale"] = {"type": "Scale", "scale": np.arange(4, dtype=F32)}
    nodes["above"] = {"type": "Threshold", "threshold": np.ones(4, F32)}
    names = list(nodes)
    nodes.update(input=port("Input", 4), output=port("Output", 4))
    return nodes, chain("input", *names, "output")


def windows():
    nodes = {"input": port("Input", 2, 6, 6),
             "conv": conv(padding="same"),
             "avg": {"type": "AvgPool2d", "kernel_size": 3, "stride": 2,
                     "padding": 1},
             "sum": {"type": "SumPool2d", "kernel_size": [2, 1],
                     "stride": [1, 1], "padding": [0, 0]},
             "flat": {"type": "Flatten", "start_dim": 0, "end_dim": -1},
             "output": port("Output", 24)}
    return nodes, chain("input", "conv", "avg", "sum", "flat", "output")


def recurrent():
    """fc and w_rec into lif; lif into w_rec and the output."""
    weight = np.arange(12, dtype=F32).reshape(4, 3)
    nodes = {"input": port("Input", 3), "output": port("Output", 4),
             "fc": {"type": "Linear", "weight": weight},
             "lif": neuron("LIF"),
             "w_rec": {"type": "Affine", "weight": np.eye(4, dtype=F32),
                       "bias": np.zeros(4, F32)}}
    return nodes, (chain("input", "fc", "lif", "output")
                   + chain("lif", "w_rec", "lif"))


def nested():
    inner = {"in": port("Input", 4), "lif": neuron("LIF"),
             "out": port("Output", 4)}
    nodes = {"input": port("Input", 4), "output": port("Output", 4),
             "sub": {"graph": (inner, chain("in", "lif", "out"))}}
    return nodes, chain("input", "sub", "output")


def two_entries():
    nodes = nested()[0]
    nodes["b"] = neuron("IF")
    return nodes, [("input", "sub"), ("input", "b"), ("sub", "b"),
                   ("b", "sub"), ("sub", "output")]


def round_trip():
    """A neuron that no Input reaches hears itself through a graph of ports."""
    inner = {"in": port("Input", 4), "out": port("Output", 4)}
    nodes = {"input": port("Input", 4), "output": port("Output", 4),
             "a": {"graph": (inner, chain("in", "out"))}, "lif": neuron("LIF")}
    return nodes, chain("input", "output") + chain("lif", "a", "lif")


def ports_alone():
    """The same without the neuron."""
    nodes, _ = round_trip()
    return nodes, chain("input", "output") + chain("a", "a", "output")


def unfed():
    nodes = {"input": port("Input", 4), "lif": neuron("LIF"),
             "alone": neuron("LI"), "output": port("Output", 4)}
    return nodes, chain("input", "lif", "output") + [("alone", "output")]


def weights():
    """Weights inline, uniform, and as a resource; a bias of one element."""
    many = np.arange(24, dtype=np.float64).reshape(6, 4) / 8
    nodes = {"input": port("Input", 4), "output": port("Output", 2),
             "many": {"type": "Affine", "weight": many, "bias": [.5]},
             "same": {"type": "Linear", "weight": np.full((3, 6), .5, F32)},
             "few": {"type": "Linear",
                     "weight": np.arange(6, dtype=F32).reshape(2, 3)}}
    return nodes, chain("input", "many", "same", "few", "output")


def too_large():
    return between({"type": "Scale", "scale": np.array([1, 1e39])}, (2,), (2,))


def signs():
    """0 and -0 are two numbers."""
    return between({"type": "Scale", "scale": np.array([0., -0.])}, (2,), (2,))


CASES = {f.__name__: f for f in (neurons, windows, recurrent, nested,
                                 two_entries, round_trip, ports_alone,
                                 unfed, weights, too_large, signs)}

if __name__ == "__main__":
    write(sys.argv[2], *CASES[sys.argv[1]]())
