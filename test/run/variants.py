#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes random networks of each simulator as cases for test/corpus.py, with
the spikes that rules.py computes: all options of a simulator together, in
networks with recurrence, nested graphs, skips, and parameters that differ.

usage: variants.py DIR [--seed N] [--count N] [--profile P]
"""
import argparse
import json
import pathlib

import h5py
import numpy as np

from rules import BIAS, RULES

F = np.float32
DT = {"norse": 1e-3, "rockpool": 1e-3, "sinabs": 1.0}  # else 1e-4
SETTINGS = {"delay": False, "reset": "zero", "tau_syn": None, "single": False,
            "norm_input": False, "floor": None, "bias": None}


def product(weight, x):
    """Summed from the first to the last, as all matrices here."""
    total = np.zeros(weight.shape[0], F)
    for n in range(weight.shape[1]):
        total = total + weight[:, n] * F(x[n])
    return total


class Network:
    """A chain of layers; a layer is a Linear and the neurons behind it."""

    def __init__(self, profile, rng):
        self.rng, self.profile = rng, profile
        self.o = dict(SETTINGS, dt=DT.get(profile, 1e-4))
        self.case = {"options": {}, "kind": "imported"}
        self.lost = {}
        self.layers = []
        self.sizes = [int(n) for n in rng.integers(5, 18, 4)]

    def flip(self, odds=0.5):
        return bool(self.rng.random() < odds)

    def each(self, low, high, n, same):
        """One number for all neurons of a layer, or one for each."""
        return self.rng.uniform(low, high, 1 if same else n) * np.ones(n)

    def add(self, kind, params, fires=True):
        index = len(self.layers)
        n, m = self.sizes[index], self.sizes[index + 1]
        stored = {key: value.astype(F).astype(float)
                  for key, value in params.items()}
        layer = {
            "kind": kind, "fires": fires, "params": stored,
            "weight": self.rng.normal(0, 1, (m, n)).astype(F),
            "bias": (self.rng.normal(0, 0.05, m).astype(F) if self.flip()
                     else None),
            "back": None, "skip": None}
        self.layers.append(layer)
        return layer

    def feed_back(self, layer, with_bias=True):
        m = layer["weight"].shape[0]
        back = self.rng.normal(0, 0.4, (m, m)).astype(F)
        if self.profile == "rockpool":
            back = -np.abs(back)  # else counts feed each other and explode
        layer["back"] = np.diag(np.diag(back)) if self.flip(0.3) else back
        layer["back_bias"] = (self.rng.normal(0, 0.1, m).astype(F)
                              if with_bias and self.flip(0.7) else None)
        layer["nested"] = self.flip(0.4)


# What each simulator's files and settings look like. Thresholds are drawn; the
# weights are scaled to them later.


def draw_snntorch(net, n_layers):
    native = net.flip(0.75)
    if native:
        net.case["kind"] = "native"
        net.o["reset"] = "subtract" if net.flip() else "zero"
        net.o["delay"] = net.flip()
    net.case["options"]["reset_delay"] = net.o["delay"]
    # The plain name with reset=subtract means the same.
    if net.o["reset"] == "subtract" and net.flip(0.8):
        net.case["profile"] = "snntorch-subtract"
    dt = net.o["dt"]
    for i in range(n_layers):
        m, same = net.sizes[i + 1], net.flip()
        tau = net.each(2.5 * dt, 25 * dt, m, same)
        if net.flip():
            syn = net.each(1.5 * dt, 8 * dt, m, same)
            params = {"tau_mem": tau, "tau_syn": syn, "r": tau / dt,
                      "w_in": syn / dt}
            if not native:
                params["w_in"] = params["w_in"] * net.rng.uniform(0.5, 2)
        else:
            r = tau / dt if native else np.full(m, net.rng.uniform(0.5, 3))
            params = {"tau": tau, "r": r}
        params.update(v_leak=np.zeros(m), v_reset=np.zeros(m),
                      v_threshold=net.each(0.5, 2, m, native and net.flip()))
        kind = "CubaLIF" if "tau_mem" in params else "LIF"
        layer = net.add(kind, params)
        if net.flip():
            net.feed_back(layer)


def draw_norse(net, n_layers):
    native = net.flip(0.5)
    lifcell = net.o["lifcell"] = native and net.flip(0.4)
    if lifcell:
        net.case["options"]["native_rule"] = "lifcell"
    net.case["kind"] = "native" if native else "imported"
    net.o["reset"] = ("value" if native else
                      "subtract" if net.flip(0.4) else "zero")
    if not native:
        net.case["options"]["reset_method"] = (
            "reset_subtract" if net.o["reset"] == "subtract" else "reset_value")
    for i in range(n_layers):
        m, same = net.sizes[i + 1], net.flip()
        leak = net.each(-0.2, 0.3, m, same)
        last = i == n_layers - 1 and net.flip(0.3)
        kind = "LI" if last else "CubaLIF" if lifcell else str(net.rng.choice(
            ["LIF", "IF"] if native else ["LIF", "IF", "CubaLIF"]))
        params = {"r": np.ones(m) if native else net.each(0.5, 2, m, same)}
        if kind in ("LIF", "LI"):
            params["tau"] = net.each(4e-3, 2e-2, m, same)
        if kind == "CubaLIF":
            params.update(tau_mem=net.each(4e-3, 2e-2, m, same),
                          tau_syn=net.each(2e-3, 1e-2, m, same),
                          w_in=(np.ones(m) if native
                                else net.each(0.5, 3, m, same)))
        if kind != "IF":
            params["v_leak"] = leak
        if kind != "LI":
            params["v_threshold"] = net.each(0.5, 1.5, m, same)
            params["v_reset"] = net.each(-0.4, 0.3, m, same)
        layer = net.add(kind, params, kind != "LI")
        if not native and kind not in ("LI", "IF") and net.flip():
            net.feed_back(layer)
            net.case["options"]["rec_t0"] = "nothing"


def draw_sinabs(net, n_layers):
    options, o = net.case["options"], net.o
    if net.flip(0.25):
        o.update(reset="subtract", floor="-threshold")
        options["min_v_mem"] = "-threshold for IF, none for LIF"
    else:
        net.case["kind"] = "native"
        low = float(-net.rng.uniform(0.2, 1.2))
        o["floor"] = [None, low, -1.0, "-threshold"][net.rng.integers(4)]
        options["min_v_mem"] = o["floor"]
        options["norm_input"] = o["norm_input"] = net.flip()
        o["reset"] = "zero" if net.flip(0.4) else "subtract"
        options["reset_fn"] = o["reset"]
        o["single"] = net.flip(0.4)
        options["spike_fn"] = "single" if o["single"] else "multi"
        if net.flip(0.4):
            options["tau_syn"] = o["tau_syn"] = float(net.rng.uniform(1.5, 8))
    for i in range(n_layers):
        m, same = net.sizes[i + 1], net.flip()
        last = i == n_layers - 1 and net.flip(0.3) and not o["tau_syn"]
        kind = "LI" if last else "LIF" if net.flip(0.7) else "IF"
        if o["tau_syn"]:
            kind = "LIF"
        params = {"r": np.ones(m)}
        if kind != "IF":
            params.update(tau=net.each(3, 30, m, same), v_leak=np.zeros(m))
        if kind != "LI":
            params.update(v_threshold=net.each(0.6, 1.5, m, same),
                          v_reset=np.zeros(m))
        net.add(kind, params, kind != "LI")


def draw_rockpool(net, n_layers):
    net.o["reset"] = "subtract"
    native = net.flip()
    net.case["kind"] = "native" if native else "imported"
    if not native:
        net.case["options"]["dt_per_layer"] = {}
        net.case["options"]["rec_t0"] = "no bias ever"
    with_bias = native and net.flip()
    for i in range(n_layers):
        m, same = net.sizes[i + 1], net.flip()
        kind = "LI" if i == n_layers - 1 and net.flip(0.2) else str(
            net.rng.choice(["LIF", "CubaLIF"]))
        tau = net.each(5e-3, 3e-2, m, same)
        params = {"r": net.each(1, 30, m, same), "v_leak": np.zeros(m)}
        if kind == "CubaLIF":
            params.update(tau_mem=tau, tau_syn=net.each(2e-3, 1e-2, m, same),
                          w_in=net.each(0.5, 3, m, same))
        else:
            params["tau"] = tau
        if kind != "LI":
            params.update(v_threshold=net.each(0.5, 1.5, m, same),
                          v_reset=np.zeros(m))
        layer = net.add(kind, params, kind != "LI")
        if with_bias and kind != "LI":
            layer["lost_bias"] = net.rng.normal(0, 0.1, m).astype(F)
            net.case["options"]["bias"] = "lost"
        if kind == "CubaLIF" and net.flip():
            net.feed_back(layer, with_bias=not native)
            layer["lost_back"] = native
            if native:
                net.case["options"]["w_rec"] = "lost"
        if not native:
            layer["dt"] = net.o["dt"] * float(net.rng.uniform(0.7, 1))


def draw_spikingjelly(net, n_layers):
    net.case["kind"] = "native"
    net.o["reset"] = str(net.rng.choice(["zero", "value", "subtract"]))
    decay = net.case["options"]["decay_input"] = net.flip()
    for i in range(n_layers):
        m = net.sizes[i + 1]
        kind = "LIF" if net.flip(0.8) else "IF"
        rest = net.rng.uniform(-0.3, 0.2) if net.o["reset"] == "value" else 0.0
        params = {"r": np.full(m, 1 / net.o["dt"]),
                  "v_reset": np.full(m, rest),
                  "v_threshold": np.full(m, net.rng.uniform(0.6, 1.5))}
        if kind == "LIF":
            steps = net.rng.uniform(1.5, 12)
            params.update(tau=np.full(m, steps * net.o["dt"]),
                          v_leak=np.full(m, rest),
                          r=np.full(m, 1.0 if decay else steps))
        layer = net.add(kind, params)
        if net.flip(0.3):
            net.feed_back(layer)


def draw_cuba(net, n_layers):
    """Simulators that have published traces of CubaLIF."""
    dt = net.o["dt"]
    net.o["reset"] = "subtract" if net.profile == "spyx" else "zero"
    net.case["options"]["rec_t0"] = ("no bias ever" if net.profile == "lava-dl"
                                     else "bias")
    for i in range(n_layers):
        m = net.sizes[i + 1]
        same = net.flip() or net.profile == "lava-dl"
        tau = net.each(5 * dt, 30 * dt, m, same)
        params = {"tau_mem": tau, "tau_syn": net.each(2 * dt, 9 * dt, m, same)}
        params.update(r=tau / dt, w_in=params["tau_syn"] / dt)
        kind = "CubaLIF"
        if net.profile == "nengo":
            params.update(r=net.each(0.8, 2, m, same),
                          w_in=net.each(1, 4, m, same))
        if net.profile != "lava-dl" and net.flip(0.4):
            kind, params = "LIF", {"tau": tau, "r": np.ones(m)}
        params.update(v_leak=np.zeros(m), v_reset=np.zeros(m),
                      v_threshold=net.each(0.5, 1.5, m, same))
        layer = net.add(kind, params)
        if net.flip():
            net.feed_back(layer)


def draw_lava(net, n_layers):
    dt = net.o["dt"]
    for i in range(n_layers):
        m, same = net.sizes[i + 1], net.flip()
        layer = net.add("LIF", {
            "tau": net.each(3 * dt, 40 * dt, m, same), "r": np.ones(m),
            "v_leak": np.zeros(m), "v_reset": np.zeros(m),
            "v_threshold": net.each(0.1, 1, m, same)})
        if net.flip(0.3):
            net.feed_back(layer)


DRAW = {"snntorch": draw_snntorch, "norse": draw_norse, "sinabs": draw_sinabs,
        "rockpool": draw_rockpool, "spikingjelly": draw_spikingjelly,
        "spyx": draw_cuba, "nengo": draw_cuba, "lava-dl": draw_cuba,
        "lava": draw_lava, "lava-fixed": draw_lava}


def add_skips(net):
    """From the first layer's neurons into the last layer's."""
    if len(net.layers) == 3 and net.flip(0.4):
        m, n = net.sizes[3], net.sizes[1]
        net.layers[2]["skip"] = net.rng.normal(0, 0.5, (m, n)).astype(F)


# Running a network


def feedback(net, layer, spikes, t):
    if layer["back"] is None:
        return None
    y = product(layer["back"], spikes)
    if layer["back_bias"] is not None:
        y = y + layer["back_bias"] * F(BIAS.get(net.profile, (1, 1))[t > 0])
    return y


def run_layer(net, layer, xs, skips):
    """What the layer's neurons emit in all steps."""
    m = layer["weight"].shape[0]
    settings = dict(net.o, dt=layer.get("dt", net.o["dt"]),
                    bias=layer.get("lost_bias"))
    now = net.profile in ("spyx", "lava", "lava-fixed") or (
        net.profile == "nengo" and layer["kind"] == "CubaLIF")
    st, s, out = {}, np.zeros(m, F), []
    for t, x in enumerate(xs):
        y = product(layer["weight"], x)
        y = y if layer["bias"] is None else y + layer["bias"]
        if layer["skip"] is not None:
            y = y + product(layer["skip"], skips[t])
        rec = feedback(net, layer, s, t)
        if now and rec is not None:
            rec = lambda s, t=t: feedback(net, layer, s, t)
        s = RULES[net.profile](layer["params"], st, y, rec, settings)
        out.append(s)
    return np.array(out)


def run(net, x):
    """Scales each layer until it is active; returns what all layers emit."""
    emitted = []
    for layer in net.layers:
        xs = emitted[-1] if emitted else x
        drawn, scale = layer["weight"], 0.3
        low, high = 0.0, np.inf
        for _ in range(14):
            layer["weight"] = (drawn * F(scale)).astype(F)
            y = run_layer(net, layer, xs, emitted[0] if emitted else None)
            rate = np.count_nonzero(y) / y.size
            if not layer["fires"] or 0.04 < rate < 0.4:
                break
            low, high = (scale, high) if rate <= 0.04 else (low, scale)
            scale = 2 * scale if high == np.inf else (low + high) / 2
        emitted.append(y)
    return emitted


# Writing a case


def write_node(group, kind, **data):
    group["type"] = kind
    for key, value in data.items():
        group[key] = value


def write_edges(graph, edges):
    graph.create_dataset("edges", data=np.array(edges, dtype=object),
                         dtype=h5py.string_dtype())


def write_linear(group, weight, bias):
    if bias is None:
        write_node(group, "Linear", weight=weight)
    else:
        write_node(group, "Affine", weight=weight, bias=bias)


def write_layer(nodes, index, layer, edges):
    """Returns the layer's name in the graph, and that of its neurons."""
    name, back = f"n{index}", layer["back"] is not None
    params = {key: value.astype(F) for key, value in layer["params"].items()}
    if not back or layer.get("lost_back"):
        write_node(nodes.create_group(name), layer["kind"], **params)
        return name, name
    inner, where, prefix = nodes, edges, name + "."
    if layer["nested"]:
        group = nodes.create_group(name)
        group["type"] = "NIRGraph"
        inner, where, prefix = group.create_group("nodes"), [], ""
    lif, rec = prefix + "lif", prefix + "w_rec"
    write_node(inner.create_group(lif), layer["kind"], **params)
    write_linear(inner.create_group(rec), layer["back"], layer["back_bias"])
    where += [(lif, rec), (rec, lif)]
    if layer["nested"]:
        shape = np.array([len(layer["back"])])
        write_node(inner.create_group("input"), "Input", shape=shape)
        write_node(inner.create_group("output"), "Output", shape=shape)
        where += [("input", lif), (lif, "output")]
        write_edges(group, where)
        return name, name + ".lif"
    return lif, lif


def write_model(net, path):
    """Returns the names of the neurons."""
    names, edges, before, first = [], [], "input", None
    with h5py.File(path, "w") as file:
        file["node/type"] = "NIRGraph"
        nodes = file.create_group("node/nodes")
        ends = (np.array([net.sizes[0]]),
                np.array([net.sizes[len(net.layers)]]))
        write_node(nodes.create_group("input"), "Input", shape=ends[0])
        write_node(nodes.create_group("output"), "Output", shape=ends[1])
        for i, layer in enumerate(net.layers):
            write_linear(nodes.create_group(f"w{i}"), layer["weight"],
                         layer["bias"])
            name, neuron = write_layer(nodes, i, layer, edges)
            edges += [(before, f"w{i}"), (f"w{i}", name)]
            if layer["skip"] is not None:
                write_linear(nodes.create_group("skip"), layer["skip"], None)
                edges += [(first, "skip"), ("skip", name)]
            first = first or name
            before = name
            names.append(neuron)
        edges.append((before, "output"))
        write_edges(file["node"], edges)
    return names


def write_case(net, folder, seed):
    folder.mkdir(parents=True)
    x = (net.rng.random((120, net.sizes[0])) < 0.2).astype(F)
    emitted = run(net, x)
    names = write_model(net, folder / "model.nir")
    np.save(folder / "input.npy", x)
    for name, layer, y in zip(names, net.layers, emitted):
        y = y if not layer["fires"] else y.astype(np.int32)
        np.save(folder / f"node_{name}.npy", y)
        np.save(folder / "output.npy", y)  # the last one stays
        if "lost_bias" in layer:
            np.save(folder / f"lost_bias_{name}.npy", layer["lost_bias"])
        if layer.get("lost_back"):
            np.save(folder / f"lost_w_rec_{name}.npy", layer["back"].T)
        if "dt" in layer:
            net.case["options"]["dt_per_layer"][name] = layer["dt"]
    dt = None if net.profile == "sinabs" else net.o["dt"]
    case = {"framework": net.profile, "version": "rules.py",
            "profile": net.profile, "dt": dt, "reset": net.o["reset"],
            "seed": seed, **net.case}
    (folder / "case.json").write_text(json.dumps(case, indent=1))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=len(DRAW))
    parser.add_argument("--profile", choices=DRAW)
    a = parser.parse_args()
    for seed in range(a.seed, a.seed + a.count):
        profile = a.profile or list(DRAW)[seed % len(DRAW)]
        net = Network(profile, np.random.default_rng(seed))
        DRAW[profile](net, int(net.rng.integers(1, 4)))
        add_skips(net)
        write_case(net, a.folder / f"{profile}_{seed}", seed)


if __name__ == "__main__":
    main()
