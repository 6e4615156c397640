#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks in memory against snnc run: network.py same | set | interrupt."""
import pathlib
import re
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
from make import chain, write  # noqa: E402

F = np.float32
RNG = np.random.default_rng(6)


def port(kind, *shape):
    return {"type": kind, "shape": list(shape)}


def lif(size):
    return {"type": "LIF", "tau": RNG.uniform(.02, .1, size).astype(F),
            "r": F(1), "v_leak": np.zeros(size, F), "v_threshold": F(.3)}


def weights(out, n):
    return {"type": "Linear", "weight": RNG.normal(0, .6, (out, n)).astype(F)}


def plain():
    nodes = {"input": port("Input", 3), "fc": weights(5, 3), "lif": lif(5),
             "fc2": weights(2, 5), "li": {
                 "type": "LI", "tau": F(.05), "r": F(1), "v_leak": F(0)},
             "output": port("Output", 2)}
    nodes["li"] = {k: np.full(2, v) if k != "type" else v
                   for k, v in nodes["li"].items()}
    return nodes, chain("input", "fc", "lif", "fc2", "li", "output")


def delays():
    """Values on their way: two lines, of spikes and of real numbers."""
    nodes = {"input": port("Input", 3), "wait": {
                 "type": "Delay", "delay": np.array([.01, .03, .02], F)},
             "fc": weights(4, 3), "lif": lif(4), "later": {
                 "type": "Delay", "delay": np.full(4, .02, F)},
             "output": port("Output", 4)}
    return nodes, chain("input", "wait", "fc", "lif", "later", "output")


def recurrent():
    nodes = {"input": port("Input", 3), "fc": weights(4, 3), "lif": lif(4),
             "back": weights(4, 4), "output": port("Output", 4)}
    return nodes, (chain("input", "fc", "lif", "output")
                   + chain("lif", "back", "lif"))


def current():
    """A neuron with two states."""
    nodes = {"input": port("Input", 3), "fc": weights(4, 3), "cuba": {
                 "type": "CubaLIF", "tau_syn": np.full(4, .03, F),
                 "tau_mem": np.full(4, .05, F), "r": np.ones(4, F),
                 "w_in": np.ones(4, F), "v_leak": np.zeros(4, F),
                 "v_threshold": np.full(4, .1, F)},
             "output": port("Output", 4)}
    return nodes, chain("input", "fc", "cuba", "output")


def slow():
    """A step that the interpreter needs long for."""
    nodes = {"input": port("Input", 8, 160, 160), "conv": {
                 "type": "Conv2d", "input_shape": np.array([160, 160]),
                 "weight": RNG.normal(0, 1, (8, 8, 5, 5)).astype(F),
                 "stride": np.array([1, 1]), "padding": np.array([2, 2]),
                 "dilation": np.array([1, 1]), "groups": 1,
                 "bias": np.zeros(8, F)},
             "output": port("Output", 8, 160, 160)}
    return nodes, chain("input", "conv", "output")


MODELS = {m.__name__: m() for m in (plain, delays, recurrent, current)}
REAL = RNG.normal(.5, 1, (3, 20, 3)).astype(F)
SPIKES = (RNG.random((3, 20, 3)) < .5).astype(F)
QUANT = ["quantize=int8", "data=real.npy"]
WAYS = [  # model, data, options
    ("plain", "real", []),
    ("plain", "real", ["type=f64"]),
    ("plain", "spikes", ["input-kind=spikes"]),
    ("plain", "spikes", ["input-kind=spikes", "input-events=1"]),
    ("plain", "real", ["weights=file"]),
    ("plain", "real", QUANT),
    ("delays", "real", []),
    ("delays", "real", QUANT),
    ("recurrent", "real", []),
    ("recurrent", "far", QUANT),
    ("current", "real", []),
    ("current", "real", QUANT),
]
PROBES = {"plain": ["lif", "lif.v", "li.v"], "delays": ["lif.v", "wait"],
          "recurrent": ["lif.v"], "current": ["cuba.v", "cuba.i"]}
STATES = {"plain": ["lif.v", "li.v"], "delays": ["lif.v"],
          "recurrent": ["lif.v"], "current": ["cuba.v", "cuba.i"]}


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, (words, done.stderr)
    return done


def network(model, *words):
    return run("network-run", f"{model}.nir", "semantics=nir", "dt=.01",
               *words)


def make():
    for name, (nodes, edges) in MODELS.items():
        write(f"{name}.nir", nodes, edges)
    np.save("real", REAL)
    np.save("spikes", SPIKES)
    np.save("far", 3 * REAL)


def by_snnc(model, data, options):
    """What snnc run gives, in the folder's y.npy and NAME.npy of probes."""
    words = [("--" + w).removesuffix("=1") for w in options]
    probes = [f"--probe={p}={p}.npy" for p in PROBES[model]]
    done = run("snnc", "run", f"{model}.nir", "--semantics=nir", "--dt=.01",
               f"--in={data}.npy", "--out=y.npy", *probes, *words)
    return done.stderr


def same(a, b):
    return pathlib.Path(a).read_bytes() == pathlib.Path(b).read_bytes()


def same_as_snnc():
    """All ways to run, which the tool compares with each other, and states
    behind the first sample, beside what the probes say."""
    for model, data, options in WAYS:
        said = by_snnc(model, data, options)
        assert ("beyond the codes" in said) == (data == "far"), said
        probes = [f"probe={p}:got-{p}.npy" for p in PROBES[model]]
        for reference in (0, 1):
            done = network(model, "how=all", f"reference={reference}",
                           f"in=input:{data}.npy", "out=output:got-y.npy",
                           *probes, *options,
                           *[f"get={s}:end-{s}.npy" for s in STATES[model]])
            for line in said.splitlines():
                # One warning of each call, about the network not the file.
                assert line.replace(f"{data}.npy:", f"{model}.nir:") in (
                    done.stderr.splitlines()), (line, done.stderr)
            for cut, of in re.findall(r"(\d+) of (\d+) n", done.stderr):
                assert int(cut) <= int(of), done.stderr  # of that call alone
            for name in ["y.npy"] + [f"{p}.npy" for p in PROBES[model]]:
                assert same(name, f"got-{name}"), (model, options, name)
            for s in STATES[model]:
                last = np.load(f"{s}.npy")[0, -1]
                end = np.load(f"end-{s}.npy")
                assert end.dtype == last.dtype and (end == last).all(), s
        assert np.load("y.npy").any()


def step(v, x):
    """A step of plain's first neuron in f32, as in docs/spec.md."""
    nodes = MODELS["plain"][0]
    node = nodes["lif"]
    sums = np.zeros(5, F)
    for k in range(3):
        sums = sums + nodes["fc"]["weight"][:, k] * x[k]
    decay = (F(.01) / node["tau"]).astype(F)
    v = v + decay * ((F(0) - v) + sums)
    spikes = v > node["v_threshold"]
    return np.where(spikes, F(0), v), spikes


def set_states():
    """A membrane that is set decides the next spikes; a state of codes takes
    the nearest; what a state cannot have is refused."""
    for reference in (0, 1):
        words = ["how=advance", f"reference={reference}", "in=input:one.npy",
                 "out=output:y.npy", "probe=lif:s.npy"]
        np.save("one", REAL[0, :1])
        for v in (np.zeros(5, F), np.linspace(-1, 1, 5).astype(F)):
            np.save("v", v)
            network("plain", *words, "set=lif.v:v.npy", "get=lif.v:u.npy")
            u, spikes = step(v, REAL[0, 0])
            assert np.allclose(np.load("u.npy"), u, atol=1e-6)
            assert (np.load("s.npy")[0] == spikes).all()
        assert spikes.any() and not spikes.all()
        np.save("none", REAL[0, :0])
        for wish in (0.25, -0.5, 1e9, -1e9):
            np.save("v", np.full(5, wish))
            network("plain", "how=advance", f"reference={reference}", *QUANT,
                    "in=input:none.npy", "set=lif.v:v.npy", "get=lif.v:u.npy")
            u = np.load("u.npy")
            assert u.dtype == np.float64
            near = np.isclose(u, wish, atol=1e-3)
            assert near.all() if abs(wish) < 1 else not near.any(), u
            assert (np.sign(u) == np.sign(wish)).all()


def interrupt():
    """The thread that called is asked, and told how far the others are, also
    while they are in a step."""
    write("slow.nir", *slow())
    np.save("step", RNG.normal(0, 1, (2, 1, 8, 160, 160)).astype(F))
    np.save("steps", np.zeros((2, 30, 8, 160, 160), F))
    words = ["how=batch", "reference=1", "in=input:step.npy", "progress=1"]
    for threads in (1, 2):
        network("slow", *words, f"threads={threads}", "out=output:y.npy")
        pathlib.Path("y.npy").rename(f"y{threads}.npy")
    assert same("y1.npy", "y2.npy")
    assert network("slow", *words, "threads=2").stdout == (
        "2 steps, said often\n")
    assert network("slow", *words, "threads=1").stdout == (
        "2 steps, said seldom\n")
    words[2] = "in=input:steps.npy"
    for how in (["threads=1", "stop=2"], ["threads=2", "stop=3"],
                ["how=advance", "stop=2"]):
        done = subprocess.run(
            ["network-run", "slow.nir", "semantics=nir", "dt=.01", *words,
             *how, "out=output:stopped.npy"], capture_output=True, text=True)
        assert done.returncode == 1 and done.stderr == "stopped\n", done
        assert not done.stdout
        assert not pathlib.Path("stopped.npy").exists()
    # Nothing is said of numbers that no code reaches, either.
    np.save("high", np.full((2, 20, 3), 100, F))
    for how in ("how=batch", "how=advance"):
        words = ["network-run", "plain.nir", "semantics=nir", "dt=.01", *QUANT,
                 "threads=1", "reference=1", "in=input:high.npy", how]
        done = subprocess.run(words, capture_output=True, text=True)
        assert "beyond the codes" in done.stderr, done
        done = subprocess.run([*words, "stop=1"], capture_output=True,
                              text=True)
        assert done.returncode == 1 and done.stderr.endswith("stopped\n"), done
        assert "beyond the codes" not in done.stderr, done


make()
{"interrupt": interrupt, "same": same_as_snnc, "set": set_states}[sys.argv[1]]()
