# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""bench/frameworks.py on networks of every kind that it knows.

A chain of LIF, of IF behind a convolution and a pool, and of CubaLIF gives the
spikes of `snnc run` in every way; with one weight changed it does not.
"""
import pathlib
import sys

import h5py
import numpy as np
import torch

TEST = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TEST / "nir"), str(TEST.parent / "bench")]
import frameworks  # noqa: E402
import python as table  # noqa: E402
from make import chain, write  # noqa: E402

rng = np.random.default_rng(1)


def draw(*shape):
    """Multiples of 1/64: sums are exact in any order."""
    return (np.round(rng.normal(.2, 1, shape) * 64) / 64).astype(np.float32)


def neurons(kind, shape, theta, **more):
    more = {key: np.full(shape, value) for key, value in more.items()}
    return {"type": kind, "v_threshold": np.full(shape, theta),
            "v_reset": np.zeros(shape), **more}


LIF = {"input": {"type": "Input", "shape": [12]},
       "w": {"type": "Affine", "weight": draw(7, 12), "bias": draw(7)},
       "n": neurons("LIF", 7, .3, tau=.004, r=1., v_leak=0.),
       "output": {"type": "Output", "shape": [7]}}
CUBA = {"input": {"type": "Input", "shape": [12]},
        "w": {"type": "Linear", "weight": draw(7, 12)},
        "n": neurons("CubaLIF", 7, 2., tau_syn=1e-3, tau_mem=4e-3, r=4.,
                     v_leak=0., w_in=1.),
        "output": {"type": "Output", "shape": [7]}}
IF = {"input": {"type": "Input", "shape": [2, 6, 6]},
      "w": {"type": "Conv2d", "input_shape": [6, 6],
            "weight": draw(3, 2, 3, 3), "stride": [1, 1], "padding": [1, 1],
            "dilation": [1, 1], "groups": 1, "bias": draw(3)},
      "n": neurons("IF", (3, 6, 6), 3., r=1.),
      "pool": {"type": "SumPool2d", "kernel_size": [2, 2], "stride": [2, 2],
               "padding": [0, 0]},
      "flat": {"type": "Flatten", "start_dim": 0, "end_dim": -1},
      "fc": {"type": "Affine", "weight": draw(5, 27), "bias": draw(5)},
      "m": neurons("IF", 5, 4., r=1.),
      "output": {"type": "Output", "shape": [5]}}


def spoil(path):
    with h5py.File(path, "r+") as file:
        file["node/nodes/w/weight"][(0,) * file["node/nodes/w/weight"].ndim] += 9


class Recorded(table.Command):
    """Gives the spikes that the file had before it was spoiled."""

    def __init__(self):
        super().__init__("snnc", pathlib.Path("."))
        self.before = {}

    def spikes(self, model, semantics, dt, x):
        if semantics not in self.before:
            self.before[semantics] = super().spikes(model, semantics, dt, x)
        return self.before[semantics]


ways = {"lif.nir": (LIF, 1e-3, 5), "cuba.nir": (CUBA, 1e-3, 5),
        "if.nir": (IF, 1., 6)}
for path, (nodes, dt, count) in ways.items():
    write(path, nodes, chain(*nodes))
    shape = nodes["input"]["shape"]
    x = (rng.random((3, 30, *shape)) < .3).astype(np.float32)
    network = table.Network(path, path, dt, x, None, (3,))
    ours = Recorded()
    with torch.no_grad():
        for spoiled in (False, True):
            found = list(table.racers(ours, network, x))
            assert len(found) == count, (path, found)
            for racer, got, expected in found:
                wrong = int((got != expected).sum())
                assert got.shape == expected.shape and got.sum() > 30, racer
                assert (wrong > 0) == spoiled, (path, racer, wrong)
                again = racer.call(1), racer.call(2)  # each from a fresh state
                assert torch.equal(*again), (path, racer)
                assert int(again[0].sum()) == int(got.sum()), (path, racer)
            spoil(path)
