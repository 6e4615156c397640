#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""neurons.py FILE SIZE KIND[:PARAM=NUMBER,...] ...: an Input that feeds one
neuron node of each kind, which is called as its kind and has an Output of its
own. A parameter of PARAM=A..B rises from A to B over the elements.
"""
import sys

import h5py
import numpy as np

NUMBERS = {"tau": 0.01, "tau_mem": 0.02, "tau_syn": 0.005, "r": 2.0,
           "v_leak": 0.0, "v_threshold": 1.25, "v_reset": -0.25, "w_in": 4.0}
PARAMETERS = {"I": "r", "IF": "r v_threshold v_reset", "LI": "tau r v_leak",
              "LIF": "tau r v_leak v_threshold v_reset",
              "CubaLI": "tau_syn tau_mem r v_leak w_in",
              "CubaLIF": "tau_syn tau_mem r v_leak v_threshold v_reset w_in"}


def numbers(text, size):
    first, _, last = text.partition("..")
    return np.linspace(float(first), float(last or first), size)


def main(path, size, *kinds):
    size = int(size)
    with h5py.File(path, "w") as file:
        nodes = file.create_group("node/nodes")
        file["node/type"] = "NIRGraph"

        def add(name, kind, **data):
            group = nodes.create_group(name)
            group["type"] = kind
            for key, value in data.items():
                group[key] = value

        add("input", "Input", shape=np.array([size]))
        edges = []
        for text in kinds:
            kind, _, rest = text.partition(":")
            data = {key: np.full(size, NUMBERS[key])
                    for key in PARAMETERS[kind].split()}
            for change in filter(None, rest.split(",")):
                key, value = change.split("=")
                data[key] = numbers(value, size)
            add(kind, kind, **data)
            add(f"{kind}_out", "Output", shape=np.array([size]))
            edges += [("input", kind), (kind, f"{kind}_out")]
        file.create_dataset("node/edges", data=np.array(edges, dtype=object),
                            dtype=h5py.string_dtype())


if __name__ == "__main__":
    main(*sys.argv[1:])
