#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""written.py CASE...: CASE.nir, as the exporter of a framework writes it, or as
none does. With --decisions: compares what check and inspect decide, as JSON."""
import json
import pathlib
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
from make import F32, chain, write  # noqa: E402

F64 = np.float64


def full(values, dtype=F32):
    """Four equal numbers of each parameter."""
    return {key: np.full(4, value, dtype) for key, value in values.items()}


def lif(tau, r, dtype=F32, **more):
    return {"type": "LIF", **full({"tau": tau, "r": r, "v_leak": 0,
                                   "v_threshold": 1, "v_reset": 0, **more},
                                  dtype)}


def cuba(tau, tau_syn, r, w_in, dtype=F32):
    return {"type": "CubaLIF",
            **full({"tau_mem": tau, "tau_syn": tau_syn, "r": r, "w_in": w_in,
                    "v_leak": 0, "v_threshold": 1, "v_reset": 0}, dtype)}


def spiking(r, dtype=F32, v_reset=0):
    return {"type": "IF", **full({"r": r, "v_threshold": 1,
                                  "v_reset": v_reset}, dtype)}


def affine():
    return {"type": "Affine", "weight": np.eye(4, dtype=F32),
            "bias": np.zeros(4, F32)}


def network(neurons, names, source="input", shape=(4,)):
    """source -> a weight and a neuron, as often as there are -> output"""
    nodes = {source: {"type": "Input", "shape": list(shape)},
             "output": {"type": "Output", "shape": list(shape)}}
    for neuron, weight, name in zip(neurons, names[::2], names[1::2]):
        nodes[weight] = affine()
        nodes[name] = neuron
    return nodes, chain(source, *names, "output")


NUMBERS = ["0", "1", "2", "3"]
TRACED = ["_0", "_1", "_2", "_3"]
OWN = ["fc1", "lif1", "fc2", "lif2"]


def snntorch(names=OWN):
    """beta is 0.95 and 0.9."""
    return network([lif(2e-3, 20), lif(1e-3, 10)], names)


def near_snntorch():
    """One gain is 1 % off."""
    nodes, edges = snntorch()
    nodes["lif2"]["r"][3] *= F32(1.01)
    return nodes, edges


def snntorch_synaptic():
    return network([cuba(2e-3, 5e-4, 20, 5)], OWN[:2])


def snntorch_recurrent():
    nodes, edges = network([lif(2e-3, 20, F64)], ["0", "1.lif"])
    nodes["1.w_rec"] = affine()
    return nodes, edges + [("1.lif", "1.w_rec"), ("1.w_rec", "1.lif")]


def snntorch_1ms():
    """Another time step than snnTorch's own."""
    return network([lif(2e-2, 20), lif(1e-2, 10)], NUMBERS)


def norse(**more):
    return network([lif(1e-2, 1, **more), lif(2e-2, 1, **more)], TRACED,
                   "input_tensor")


def norse_v_reset():
    return norse(v_reset=-.5)


def norse_lifcell():
    return network([cuba(1e-2, 5e-3, 1, 1)], TRACED[:2], "input_tensor")


def sinabs():
    """tau counts steps."""
    return network([lif(20, 1), lif(10, 1)], NUMBERS)


def sinabs_or_norse():
    return network([spiking(1), spiking(1)], NUMBERS)


def rockpool(names=("0_LinearTorch", "1_LIFTorch"), dt=1e-3):
    tau = 1e-2
    neuron = cuba(tau, 5e-3, tau * np.exp(-dt / tau) / dt, 1)
    return network([neuron], list(names), shape=(1, 4))


def rockpool_named():
    """Other names, no batch, and a gain that only says some dt."""
    nodes, edges = network([lif(1e-2, 7.3)], OWN[:2])
    return nodes, edges


def spyx():
    """tau in steps of 1, r is the decay."""
    return network([lif(20, .95), lif(10, .9)], OWN)


def spikingjelly():
    return network([lif(1e-3, 1, F64, v_reset=-.25, v_leak=-.25),
                    spiking(1e4, F64, -.25)], TRACED, "input_1")


def spikingjelly_zero():
    return network([lif(1e-3, 10, F64)], TRACED[:2], "input_1")


def by_hand():
    """What a user of the nir package would write."""
    return network([lif(1e-2, 2, F64)], OWN[:2])


def no_neuron():
    nodes, edges = network([{"type": "Threshold", **full({"threshold": .5})}],
                           ["fc", "threshold"])
    return nodes, edges


def decisions(case):
    """Of semantics, then of dt: (value, evidence, guessed, options of
    candidates)."""
    found = []
    for command in ("check", "inspect"):
        done = subprocess.run(["snnc", command, f"{case}.nir", "--json"],
                              capture_output=True, check=True)
        found.append(json.loads(done.stdout)["decisions"])
    assert found[0] == found[1], found
    assert [d["what"] for d in found[0]] == ["semantics", "dt"], found
    for d in found[0]:
        for c in d["candidates"]:
            assert c["meaning"] and c["node"] == "lif1" and "v'" in c["formula"]
    return [(d["value"], (d["evidence"] or "").split(":")[0], d["guessed"],
             [c["options"] for c in d["candidates"]]) for d in found[0]]


DECISIONS = {
    "norse": [("norse", "written by Norse", True, []),
              ("1e-3", "the default of norse; the file does not say it", True,
               [])],
    "spyx": [(None, "written by Spyx", False,
              ["--semantics=spyx-1.0", "--semantics=spyx"]),
             (None, "", False, [])],
    "no_neuron": [("nir", "no neuron", False, []), (None, "", False, [])],
}


def main():
    if sys.argv[1] == "--decisions":
        for case in sys.argv[2:]:
            assert decisions(case) == DECISIONS[case], decisions(case)
        return
    for case in sys.argv[1:]:
        write(f"{case}.nir", *globals()[case]())


if __name__ == "__main__":
    main()
