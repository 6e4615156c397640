# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The small networks whose C stands in this folder, and how it is made."""
import pathlib
import sys
from typing import Callable, NamedTuple

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
from make import chain, write  # noqa: E402, F401

F32 = np.float32


class Golden(NamedTuple):
    nodes: Callable  # gives the nodes and the edges
    options: str


def port(kind, size):
    return {"type": kind, "shape": [size]}


def affine(weight, bias):
    return {"type": "Affine", "weight": np.array(weight, F32),
            "bias": np.array(bias, F32)}


def lif(size, tau, **more):
    return {"type": "LIF", "tau": np.full(size, tau, F32),
            "r": np.ones(size, F32), "v_leak": np.zeros(size, F32),
            "v_threshold": np.ones(size, F32), **more}


def ideal_net():
    """The network after which the C is modelled: two layers of LIF."""
    nodes = {
        "input": port("Input", 4),
        "fc1": affine([[4, 3.5, -2, .5], [-1.5, 6, 5.5, 0], [.25, 0, 8, 7.5]],
                      [.1, 0, -.2]),
        "lif1": lif(3, .01),
        "fc2": affine([[15, 9, -6], [-4, 12, 21]], [0, 0]),
        "lif2": lif(2, .02),
        "output": port("Output", 2),
    }
    return nodes, chain(*nodes)


def recurrence():
    """A population that feeds itself; no two neurons are alike."""
    nodes = {
        "input": port("Input", 3),
        "fc": {"type": "Linear", "weight": np.array(
            [[1, 0, -.5], [.1, 2, .3], [0, 0, 1.5], [.7, -.2, .9]], F32)},
        "lif": lif(4, .005, v_leak=np.array([0, .1, -.1, 0], F32),
                   v_threshold=np.array([.5, .6, .7, 1 / 3], F32),
                   v_reset=F32(-.25)),
        "w_rec": {"type": "Linear", "weight": np.array(
            [[0, .5, 0, 0], [-.5, 0, .5, 0], [0, -.5, 0, .5], [1, 0, -1, 0]],
            F32)},
        "output": port("Output", 4),
    }
    return nodes, (chain("input", "fc", "lif", "w_rec", "lif")
                   + [("lif", "output")])


def cuba():
    """Synaptic currents, in double precision."""
    nodes = {
        "input": port("Input", 2),
        "cuba": {"type": "CubaLIF", "tau_syn": F32(.004), "tau_mem":
                 np.array([.008, .016], F32), "r": F32(4), "w_in": F32(2),
                 "v_leak": F32(0), "v_threshold": F32(.5)},
        "fc": affine([[1, -1]], [.5]),
        "li": {"type": "LI", "tau": F32(.01), "r": F32(1), "v_leak": F32(0)},
        "output": port("Output", 1),
    }
    return nodes, chain(*nodes)


def branches():
    """Two Inputs, two Outputs, sums, and kinds without a time constant."""
    nodes = {
        "left": port("Input", 3),
        "right": port("Input", 3),
        "scale": {"type": "Scale", "scale": np.array([.5, 1, 2], F32)},
        "if": {"type": "IF", "r": F32(100), "v_threshold": F32(1)},
        "i": {"type": "I", "r": F32(10)},
        "threshold": {"type": "Threshold", "threshold": F32(.75)},
        "spikes": port("Output", 3),
        "values": port("Output", 3),
    }
    return nodes, (chain("left", "scale", "if", "spikes")
                   + chain("right", "if", "i", "values")
                   + chain("scale", "threshold", "i"))


def names():
    """Names that are no identifiers, or that C, C++ and libc have taken."""
    nodes = {
        "1st input": port("Input", 2),
        "double": affine([[1, 2], [3, 4]], [0, 1]),
        "état": lif(2, .01),
        "a.b": {"type": "Scale", "scale": F32(2)},
        "a_b": {"type": "Scale", "scale": F32(3)},
        "state": lif(2, .01),
        "class": port("Output", 2),
    }
    return nodes, chain(*nodes)


def counts():
    """Neurons that spike several times a step, as in Sinabs, and a pool."""
    nodes = {
        "input": {"type": "Input", "shape": [1, 4, 4]},
        "conv": {"type": "Conv2d", "weight": np.arange(
            -4, 14, dtype=F32).reshape(2, 1, 3, 3) / 8,
            "bias": np.zeros(2, F32), "stride": [1, 1], "padding": [1, 1],
            "dilation": [1, 1], "groups": 1},
        "spike1": {"type": "IF", "r": np.ones((2, 4, 4), F32),
                   "v_threshold": np.ones((2, 4, 4), F32)},
        "pool": {"type": "SumPool2d", "kernel_size": [2, 2], "stride": [2, 2],
                 "padding": [0, 0]},
        "flatten": {"type": "Flatten", "start_dim": 0, "end_dim": -1,
                    "input_type": [2, 2, 2]},
        "fc": {"type": "Linear", "weight": np.arange(
            -8, 16, dtype=F32).reshape(3, 8) / 16},
        "spike2": {"type": "IF", "r": np.ones(3, F32),
                   "v_threshold": np.ones(3, F32)},
        "out": {"type": "Linear", "weight": np.array([[1, -1, 2]], F32)},
        "output": port("Output", 1),
    }
    return nodes, chain(*nodes)


GOLDEN = {
    "ideal_net": Golden(ideal_net, "--semantics=nir --dt=1e-3"),
    "event_net": Golden(ideal_net, "--semantics=nir --dt=1e-3 "
                                   "--input-kind=spikes --input-events"),
    "dense_net": Golden(ideal_net, "--semantics=nir --dt=1e-3 --dense"),
    "file_net": Golden(ideal_net, "--semantics=nir --dt=1e-3 --weights=file"),
    "recurrence": Golden(recurrence, "--semantics=nir --dt=1e-3"),
    "cuba": Golden(cuba, "--semantics=nir-exact --dt=1e-3 --type=f64"),
    "branches": Golden(branches, "--semantics=nir --dt=1e-3"),
    "counts": Golden(counts, "--semantics=sinabs"),
    "names": Golden(names, "--semantics=nir --dt=1e-3"),
}
