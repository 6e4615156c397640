# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""bench/q12.py on networks so small that every number is computed by hand."""
import pathlib
import sys

import numpy as np

TEST = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TEST / "nir"), str(TEST.parent / "bench")]
import q12  # noqa: E402
from make import chain, conv, write  # noqa: E402


def ends(shape):
    return {"input": {"type": "Input", "shape": shape},
            "output": {"type": "Output", "shape": [1]}}


def linear(*rows):
    return {"type": "Linear", "weight": np.array(rows, np.float32)}


def neuron(kind, theta, **more):
    more = {key: np.array([value]) for key, value in more.items()}
    return {"type": kind, "r": np.ones(1), "v_threshold": np.array([theta]),
            **more}


def spikes(nodes, edges, x, dt=1.0):
    write("net.nir", nodes, edges)
    return q12.run("net.nir", np.array(x), dt)


def leak(theta):
    """Spikes of a LIF with tau 3 on +1 behind -1 and nothing.

    1 is 4096, 1 / 3 is 1365. v: -1365; 2731 * -1365 >> 12 = -911, where -910.1
    would be near; 2731 * -911 >> 12 = -608, where -607.4 would be; + 1365 = 757.
    """
    nodes = {**ends([1]), "w": linear([1]), "lif": neuron(
        "LIF", theta, tau=3., v_leak=0.)}
    return spikes(nodes, chain("input", "w", "lif", "output"),
                  [[-1], [0], [1]])["lif"].ravel().tolist()


assert leak(756 / 4096) == [0, 0, 1]
assert leak(757 / 4096) == [0, 0, 0]

# Two states. The current: 4096 * 2 / 4 = 2048, then 3072 * 2048 >> 12 = 1536.
# The membrane: 1024 of 2048 are 1024, then 512 + 768 = 1280.
cuba = {**ends([1]), "w": linear([1]), "cuba": neuron(
    "CubaLIF", 1279 / 4096, tau_mem=2., tau_syn=4., w_in=2., v_leak=0.)}
road = chain("input", "w", "cuba", "output")
assert spikes(cuba, road, [[1], [0]])["cuba"].ravel().tolist() == [0, 1]
cuba["cuba"]["v_threshold"] += 1 / 4096
assert spikes(cuba, road, [[1], [0]])["cuba"].ravel().tolist() == [0, 0]

# It inhibits itself: v is 0.75 and fires; -0.25; 0.5, which is not above; 1.25.
loop = {**ends([1]), "w": linear([.75]), "if": neuron("IF", .5),
        "rec": linear([-1])}
assert spikes(loop, chain("input", "w", "if", "output")
              + chain("if", "rec", "if"), [[1]] * 6
              )["if"].ravel().tolist() == [1, 0, 0, 1, 0, 0]

# int8: 0.1 is 102 / 1024 (205 / 2048 is too much), so 4 of them are 1632 / 4096,
# which is not above 0.3985. One convolution gives 0.5 + 0.25 + 0.25 + 0.5 + 0.125
# at each of four places, which is above 1.6247 and not above 1.625.
for one, two, expected in ((1.6247, .3983, 1), (1.6247, .3985, 0),
                           (1.625, .3983, 0)):
    nodes = {
        **ends([1, 3, 3]),
        "conv": conv(weight=np.array([[[[.5, .25], [.25, .5]]]], np.float32),
                     bias=np.array([.125], np.float32)),
        "a": neuron("IF", one),
        "pool": {"type": "SumPool2d", "kernel_size": [2, 2],
                 "stride": [2, 2], "padding": [0, 0]},
        "flat": {"type": "Flatten", "start_dim": 0, "end_dim": -1,
                 "input_type": [1, 1, 1]},
        "w": linear([.1]), "b": neuron("IF", two)}
    found = spikes(nodes, chain("input", "conv", "a", "pool", "flat", "w", "b",
                                "output"), np.ones((2, 1, 1, 3, 3)))
    assert found["a"].shape == (2, 1, 1, 2, 2)  # two samples
    assert found["b"].ravel().tolist() == [expected] * 2, (one, two)

code, exponent = q12.codes(np.array([127 / 32, -1 / 32]))
assert code.tolist() == [127, -1] and exponent == -5
code, exponent = q12.codes(np.array([255 / 256]))  # 127.5 would be 128
assert code.tolist() == [64] and exponent == -6
assert q12.codes(np.zeros(2))[0].tolist() == [0, 0]

for bad in ({"type": "Scale", "scale": np.ones(1)},
            {**neuron("LIF", 1., tau=3.), "v_leak": np.ones(1)}):
    try:
        spikes({**ends([1]), "x": bad}, chain("input", "x", "output"), [[1]])
    except ValueError as refused:
        print(refused)
    else:
        sys.exit(f"{bad['type']}: not refused")
