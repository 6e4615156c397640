#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""One layer of neurons as each simulator computes it, written down here once
more in numpy, from docs/spec.md: every value of every step, in f32, must come
out of the C, the dense C and the interpreter.

The network is Input -> neurons -> Output; a second one feeds what the neurons
emit back through an Affine. STRICT has what --strict-nir makes of a simulator. The input is drawn so that neurons fire, fall below
zero and fire several times at once.
"""
import subprocess
import sys

import h5py
import numpy as np

F = np.float32
DT = 1e-3
SIZE, STEPS = 6, 200
PARAMETERS = {"tau": 0.01, "tau_mem": 0.02, "tau_syn": 0.005, "r": 2.0,
              "v_leak": 0.0, "v_threshold": 1.25, "v_reset": -0.25,
              "w_in": 4.0}
OF_KIND = {"LIF": ("tau", "r", "v_leak", "v_threshold", "v_reset"),
           "LI": ("tau", "r", "v_leak"),
           "IF": ("r", "v_threshold", "v_reset"),
           "CubaLIF": ("tau_syn", "tau_mem", "r", "v_leak", "v_threshold",
                       "v_reset", "w_in")}


def write(path, kind, feedback, parameters):
    text = h5py.string_dtype()
    with h5py.File(path, "w") as file:
        nodes = file.create_group("node/nodes")
        file["node/type"] = "NIRGraph"

        def add(name, kind, **data):
            group = nodes.create_group(name)
            group["type"] = kind
            for key, value in data.items():
                group[key] = value

        add("input", "Input", shape=np.array([SIZE]))
        add("output", "Output", shape=np.array([SIZE]))
        add("n", kind, **{key: np.full(SIZE, parameters[key])
                          for key in OF_KIND[kind]})
        edges = [("input", "n"), ("n", "output")]
        if feedback:
            add("back", "Affine", weight=weights(), bias=np.full(SIZE, F(0.125)))
            edges += [("n", "back"), ("back", "n")]
        file.create_dataset("node/edges", data=np.array(edges, dtype=object),
                            dtype=text)


def weights():
    return np.random.default_rng(1).normal(0, 0.25, (SIZE, SIZE)).astype(F)


def back(spikes):
    """W s, summed from the first to the last."""
    total = np.zeros(SIZE, F)
    for n in range(SIZE):
        total = total + weights()[:, n] * F(spikes[n])
    return total


# One step of each simulator: (state, x) -> what is emitted. A state is a dict;
# 'v', 'i' and 's' (the spikes of the last step) start at 0.


def above(v, theta):
    return (v > F(theta)).astype(F)


def keep(tau):
    return F(1 - DT / tau)


def decay(tau):
    return F(np.exp(-DT / tau))


# Of --strict-nir: what the file says and the importer leaves out.


def said(p, name, absent):
    """A parameter that counts only where the file is respected."""
    return p[name] if p.get("strict") else absent


def times(p, usual, gain=1.0):
    """The gain, by what r is of the one that the simulator's exporter writes."""
    return F(gain * (p["r"] / usual) if p.get("strict") else gain)


def rest(p, kept, unit=1.0):
    """What keeps a membrane at v_leak."""
    return F((1 - kept) * (said(p, "v_leak", 0.0) / unit))


def current(p, st, x, rule):
    """What drives the membrane: x, or the synaptic current after x."""
    if "tau_syn" not in p:
        return x
    st["i"] = rule(st["i"], x)
    return st["i"]


def nir(p, st, x):
    def relax(v, x, tau, gain):
        return v + F(DT / tau) * ((F(0) - v) + F(gain) * x)
    drive = current(p, st, x, lambda i, x: relax(i, x, p["tau_syn"], p["w_in"]))
    v = relax(st["v"], drive, p.get("tau", p.get("tau_mem")), p["r"])
    s = above(v, p["v_threshold"])
    st["v"] = np.where(s > 0, F(p["v_reset"]), v)
    return s


def snntorch(p, st, x, guard=False):
    drive = current(p, st, x,
                    lambda i, x: keep(p["tau_syn"]) * i + x)
    tau = p.get("tau", p.get("tau_mem"))
    unit = (p["w_in"] * DT / p["tau_syn"] if "tau_syn" in p
            else p["r"] * DT / tau)
    if "tau_syn" in p:
        drive = times(p, tau / DT) * drive
    theta = F(p["v_threshold"] / unit)
    taken = above(st["v"], theta) if guard else np.zeros(SIZE, F)
    v = (keep(tau) * st["v"] + drive) + rest(p, 1 - DT / tau, unit)
    v = v - taken * theta
    s = above(v, theta)
    zero = F(said(p, "v_reset", 0.0) / unit)
    st["v"] = v - (s - taken) * theta if guard else np.where(s > 0, zero, v)
    return s


def snntorch_subtract(p, st, x):
    return snntorch(p, st, x, guard=True)


def norse(p, st, x):
    def rate(tau):
        return F(F(DT) * F(1 / F(tau)))

    def synapse(i, x):
        return i + rate(p["tau_syn"]) * ((F(p["v_leak"]) - i)
                                         + F(p["w_in"]) * x)
    drive = current(p, st, x, synapse)
    drive = F(p["r"] if "tau_syn" in p else said(p, "r", 1.0)) * drive
    tau = p.get("tau", p.get("tau_mem"))
    v = st["v"] + rate(tau) * ((drive + F(p["v_leak"])) - st["v"])
    s = above(v, p["v_threshold"])
    st["v"] = np.where(s > 0, F(said(p, "v_reset", 0.0)), v)
    return s


def counts(p, st, v, cap):
    theta = F(p["v_threshold"])
    s = np.where(v > 0, np.trunc(v / theta), F(0)).astype(F)
    s = np.minimum(s, F(cap))
    st["v"] = v - s * theta
    return s


def sinabs(p, st, x):
    v = decay(p["tau"]) * st["v"] + F(said(p, "r", 1.0)) * x
    return counts(p, st, v + rest(p, np.exp(-DT / p["tau"])), 2 ** 24 - 1)


def rockpool(p, st, x):
    drive = current(p, st, x, lambda i, x: (i + F(said(p, "w_in", 1.0)) * x)
                    * decay(p["tau_syn"]))
    tau = p.get("tau", p.get("tau_mem"))
    drive = times(p, tau / DT * np.exp(-DT / tau)) * drive
    return counts(p, st, (decay(tau) * st["v"] + drive) + F(p["v_leak"]), 65536)


def spyx(p, st, x, gain=1.0):
    s = above(st["v"], p["v_threshold"])
    theta = F(p["v_threshold"])
    tau = p.get("tau", p.get("tau_mem"))
    if "tau_syn" in p:
        v = st["v"] - s * theta
        st["i"] = keep(p["tau_syn"]) * st["i"] + F(said(p, "w_in", 1.0)) * x
        drive = times(p, 1 - DT / tau) * st["i"]
        st["v"] = (keep(tau) * v + drive) + rest(p, 1 - DT / tau)
    else:
        drive = times(p, 1 - DT / tau, gain) * x
        v = (keep(tau) * st["v"] + drive) + rest(p, 1 - DT / tau)
        st["v"] = v - s * theta
    return s


def spyx_0_1(p, st, x):
    return spyx(p, st, x, DT / p["tau"])


def spikingjelly(p, st, x):
    steps, rest = F(p["tau"] / DT), F(0)
    v = (st["v"] - (st["v"] - rest) / steps) + times(p, p["tau"] / DT) * x
    s = (v >= F(p["v_threshold"])).astype(F)
    st["v"] = np.where(s > 0, F(p["v_reset"]), v)
    return s


def lava_dl(p, st, x):
    def shift(v, tau, more):
        kept = np.trunc(v.astype(np.float64) * (4096 - round(4096 * DT / tau))
                        / 4096)
        return kept + more
    unit = F(4096 * (p["w_in"] * DT / p["tau_syn"]))
    st["i"] = shift(st["i"], p["tau_syn"], np.trunc(unit * x))
    st["v"] = shift(st["v"], p["tau_mem"], st["i"])
    s = (st["v"] > 64 * np.floor(64 * p["v_threshold"])).astype(F)
    st["v"] = np.where(s > 0, 64 * np.floor(64 * said(p, "v_reset", 0.0)),
                       st["v"])
    return s


def lava(p, st, x):
    """Its input is that of the last step."""
    before, st["x"] = st.get("x", np.zeros(SIZE, F)), x
    v = ((keep(p["tau"]) * st["v"] + times(p, 1.0, DT / p["tau"]) * before)
         + rest(p, 1 - DT / p["tau"]))
    s = above(v, p["v_threshold"])
    st["v"] = np.where(s > 0, F(said(p, "v_reset", 0.0)), v)
    return s


def nengo(p, st, x):
    drive = F(p["r"] / p["v_threshold"]) * x
    goal = drive + F(said(p, "v_leak", 0.0) / p["v_threshold"])
    v = st["v"] + F(-np.expm1(-DT / p["tau"])) * (goal - st["v"])
    s = above(v, 1)
    zero = F(said(p, "v_reset", 0.0) / p["v_threshold"])
    st["v"] = np.maximum(np.where(s > 0, zero, v), F(0))
    return s


CASES = [
    ("nir", "LIF", nir), ("nir", "CubaLIF", nir),
    ("snntorch", "LIF", snntorch), ("snntorch", "CubaLIF", snntorch),
    ("snntorch-subtract", "LIF", snntorch_subtract),
    ("snntorch-subtract", "CubaLIF", snntorch_subtract),
    ("norse", "LIF", norse), ("norse", "CubaLIF", norse),
    ("sinabs", "LIF", sinabs), ("rockpool", "LIF", rockpool),
    ("rockpool", "CubaLIF", rockpool), ("spyx", "LIF", spyx_0_1),
    ("spyx-1.0", "LIF", spyx),
    ("spyx-1.0", "CubaLIF", spyx), ("spikingjelly", "LIF", spikingjelly),
    ("lava-dl", "CubaLIF", lava_dl), ("nengo", "LIF", nengo),
]
STRICT = [
    ("snntorch", "LIF", snntorch), ("snntorch", "CubaLIF", snntorch),
    ("snntorch-subtract", "CubaLIF", snntorch_subtract),
    ("norse", "LIF", norse), ("norse", "CubaLIF", norse),
    ("sinabs", "LIF", sinabs), ("rockpool", "LIF", rockpool),
    ("rockpool", "CubaLIF", rockpool), ("spyx", "LIF", spyx_0_1),
    ("spyx-1.0", "LIF", spyx), ("spyx-1.0", "CubaLIF", spyx),
    ("spikingjelly", "LIF", spikingjelly),
    ("lava-dl", "CubaLIF", lava_dl), ("nengo", "LIF", nengo),
    ("lava", "LIF", lava),
]
SAID = {"v_leak": 0.375, "v_reset": -0.125}
SAID_OF = {"nengo": {"v_leak": 0.375, "v_reset": 0.25},
           "lava-dl": {"v_leak": 0.0, "v_reset": -0.125, "r": 20.0},
           "spikingjelly": {}}
BIAS = {"norse": (0, 1), "rockpool": (0, 0), "lava-dl": (0, 0),
        "spyx-1.0": (1, 1)}  # of the feedback, in the first step and later


def expected(semantics, step, feedback, x, p):
    st = {"v": np.zeros(SIZE, F), "i": np.zeros(SIZE, F)}
    if semantics == "norse":
        st = {key: np.full(SIZE, F(p["v_leak"])) for key in st}
    if semantics == "spikingjelly":
        st["v"] = np.full(SIZE, F(p["v_reset"]))
    spikes, out = np.zeros(SIZE), []
    for t in range(STEPS):
        drive = x[t]
        if feedback:
            late = semantics.startswith("spyx")  # feeds back what it emits now
            s = above(st["v"], p["v_threshold"]) if late else spikes
            counted = BIAS.get(semantics, (1, 1))[t > 0]
            if p.get("strict") and semantics != "norse":
                counted = 1
            bias = F(0.125 * counted)
            drive = x[t] + (back(s) + bias)
        spikes = step(p, st, drive)
        out.append(spikes)
    return np.array(out)


def run(semantics, *options):
    subprocess.run(["snnc", "run", "n.nir", "--in", "x.npy", "--out", "y.npy",
                    f"--semantics={semantics}", f"--dt={DT}", *options],
                   check=True)
    return np.load("y.npy")


def check(semantics, kind, step, p, x, roads):
    """How many roads give what is not expected."""
    wrong = 0
    for feedback in (False,) if semantics == "lava" else (False, True):
        write("n.nir", kind, feedback, p)
        want = expected(semantics, step, feedback, x, p)
        assert 0 < np.count_nonzero(want) < want.size, (semantics, kind)
        strict = ["--strict-nir"] if p.get("strict") else []
        for road in roads:
            got = run(semantics, *strict, *road)
            cells = np.argwhere(got != want)
            if len(cells):
                wrong += 1
                t, n = cells[0]
                print(f"{semantics} {kind} feedback={feedback} {strict + road}: "
                      f"{len(cells)} of {got.size} differ, first at step "
                      f"{t}, neuron {n}: {got[t, n]}, expected {want[t, n]}")
    return wrong


def main():
    wrong = 0
    x = np.random.default_rng(0).normal(1, 6, (STEPS, SIZE)).astype(F)
    np.save("x.npy", x)
    for semantics, kind, step in CASES:
        p = {key: PARAMETERS[key] for key in OF_KIND[kind]}
        wrong += check(semantics, kind, step, p, x,
                       ([], ["--dense"], ["--reference"]))
    for semantics, kind, step in STRICT:
        p = {key: PARAMETERS[key] for key in OF_KIND[kind]}
        p.update(SAID_OF.get(semantics, SAID), strict=True)
        wrong += check(semantics, kind, step, p, x, ([], ["--reference"]))
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main())
