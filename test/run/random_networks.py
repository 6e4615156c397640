#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random networks on random inputs: compiled C, its dense form and the
interpreter, with and without folds, write the same bytes, in f32 and f64.

    random_networks.py [--seed N] [--count N] [--only K]

The seed is new in each run and is printed; with --only, network K alone is made
again and stays in the working directory.
"""
import argparse
import multiprocessing.pool
import pathlib
import secrets
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
from make import write  # noqa: E402

F32 = np.float32
STEPS = 40


class Sketch:
    """A network that grows: nodes, edges, and the shape of what each emits."""

    def __init__(self, rng):
        self.rng = rng
        self.nodes, self.edges, self.shape = {}, [], {}

    def add(self, node, sources, shape):
        name = f"{node['type'].lower()}{len(self.nodes)}"
        self.nodes[name] = node
        self.shape[name] = shape
        self.edges += [(s, name) for s in sources]
        return name

    def some(self, shape, low, high):
        """A parameter: one number, or one for each neuron."""
        if self.rng.random() < .5:
            return F32(self.rng.uniform(low, high))
        return self.rng.uniform(low, high, shape).astype(F32)

    def maybe(self, **parameters):
        return {k: v for k, v in parameters.items() if self.rng.random() < .6}

    def sources(self):
        """One node or more of one shape: several are fan-in."""
        names = list(self.shape)
        first = names[self.rng.integers(len(names))]
        alike = [n for n in names if self.shape[n] == self.shape[first]]
        count = min(len(alike), 1 + self.rng.integers(3) // 2)
        more = self.rng.choice(alike, count, replace=False)
        return sorted({first, *map(str, more)}), self.shape[first]


# A node on a signal of a shape, by type.
def neuron(**of):
    return lambda s, shape: {k: s.some(shape, *v) for k, v in of.items()}


LEAKY = {"tau": (.15, 2), "r": (.5, 2), "v_leak": (-.2, .2)}
CUBA = {"tau_syn": (.15, 2), "tau_mem": (.15, 2), "r": (.5, 2),
        "v_leak": (-.2, .2)}
KINDS = {
    "Scale": neuron(scale=(-2, 2)),
    "Threshold": neuron(threshold=(-.5, 1)),
    "I": neuron(r=(-1, 1)),
    "IF": neuron(r=(1, 6), v_threshold=(.1, .6)),
    "LI": neuron(**LEAKY),
    "LIF": neuron(**LEAKY, v_threshold=(.1, .6)),
    "CubaLI": neuron(**CUBA),
    "CubaLIF": neuron(**CUBA, v_threshold=(.05, .4)),
}
SPIKING = ("IF", "LIF", "CubaLIF")  # and a loop of Thresholds has no meaning


def weights(s, out, inside):
    w = s.rng.normal(0, 1.5 / np.sqrt(inside), (out, inside)).astype(F32)
    w[s.rng.random(w.shape) < .2] = 0
    return w


def add_linear(s, sources, inside, out):
    node = {"type": "Linear", "weight": weights(s, out, inside)}
    if s.rng.random() < .6:
        node.update(type="Affine",
                    bias=s.rng.normal(.2, .3, out).astype(F32))
    return s.add(node, sources, (out,))


def add_neuron(s, sources, shape):
    kind = str(s.rng.choice(list(KINDS)))
    node = {"type": kind, **KINDS[kind](s, shape)}
    if kind in SPIKING:
        node.update(s.maybe(v_reset=s.some(shape, -.2, .1)))
    if kind.startswith("Cuba"):
        node.update(s.maybe(w_in=s.some(shape, .5, 2)))
    name = s.add(node, sources, shape)
    if kind in SPIKING and s.rng.random() < .4:  # what it feeds back are spikes
        if len(shape) == 1 and s.rng.random() < .7:
            recurrent = add_linear(s, [name], shape[0], shape[0])
            s.edges.append((recurrent, name))
        else:
            s.edges.append((name, name))


def sketch(rng):
    s = Sketch(rng)
    for i in range(rng.integers(1, 3)):
        shape = tuple(map(int, rng.integers(1, 9, 1 + (rng.random() < .2))))
        s.nodes[f"in{i}"] = {"type": "Input", "shape": list(shape)}
        s.shape[f"in{i}"] = shape
    for _ in range(rng.integers(3, 9)):
        sources, shape = s.sources()
        if len(shape) == 1 and rng.random() < .45:
            add_linear(s, sources, shape[0], int(rng.integers(1, 70 if
                       rng.random() < .2 else 9)))
        else:
            add_neuron(s, sources, shape)
    inner = [n for n in s.shape if not n.startswith("in")]
    ends = [n for n in inner if all(a != n or a == b for a, b in s.edges)]
    for i, end in enumerate(ends or inner[-1:]):
        s.nodes[f"out{i}"] = {"type": "Output", "shape": list(s.shape[end])}
        s.edges.append((end, f"out{i}"))
    return s


def signal(rng, shape):
    """Spikes, real numbers, or both, with silence between."""
    kind = rng.integers(3)
    spikes = (rng.random((STEPS, *shape)) < .3).astype(F32)
    reals = rng.normal(0, 1, (STEPS, *shape)).astype(F32)
    reals[rng.random(reals.shape) < .4] = F32(-0.)
    return (spikes, reals, spikes * reals)[kind]


def make(seed, number, folder):
    """Writes a network with its inputs; returns the words for snnc run."""
    rng = np.random.default_rng([seed, number])
    s = sketch(rng)
    write(folder / "net.nir", s.nodes, s.edges)
    semantics = ("nir", "nir-exact")[rng.integers(2)]
    words = [folder / "net.nir", f"--semantics={semantics}", "--dt=0.1"]
    for name, node in s.nodes.items():
        if node["type"] == "Input":
            np.save(folder / f"{name}.npy", signal(rng, node["shape"]))
            words += ["--in", f"{name}={folder / name}.npy"]
    outs = [("--out", n) for n in s.nodes if n.startswith("out")]
    if rng.random() < .5:
        outs += [("--probe", n) for n in s.shape]
    return words, outs


def road(words, outs, folder, *more):
    """Runs snnc; returns an error, or None, and the files."""
    folder.mkdir()
    named = [w for option, n in outs for w in (option, f"{n}={folder / n}.npy")]
    command = [str(w) for w in ["snnc", "run", *words, *named, *more]]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        return f"{' '.join(command)}: {done.stderr.decode()}", None
    return None, {n: (folder / f"{n}.npy").read_bytes() for _, n in outs}


def check(job):
    """Returns (errors, outputs that were not all zero)."""
    seed, number, folder = job
    folder.mkdir(exist_ok=True)
    words, outs = make(seed, number, folder)
    errors, alive = [], 0
    for kind in ("f32", "f64"):
        results = {}
        for name, more in (("reference", ["--reference"]), ("events", []),
                           ("dense", ["--dense"]),
                           ("unfolded", ["--reference", "--fold=none"])):
            error, results[name] = road(
                words, outs, folder / f"{name}-{kind}", f"--type={kind}", *more)
            if error:
                return [error], 0
        for name in ("events", "dense", "unfolded"):
            errors += [f"{kind}: '{node}' differs in {name} and reference"
                       for node, data in results[name].items()
                       if data != results["reference"][node]]
        alive += sum(bool(np.load(folder / f"events-{kind}" / f"{n}.npy").any())
                     for _, n in outs)
    return [f"network {number}: {e}" for e in errors], alive / (2 * len(outs))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10 ** 6))
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--only", type=int)
    args = parser.parse_args()
    print(f"seed {args.seed}", flush=True)
    numbers = range(args.count) if args.only is None else [args.only]
    jobs = [(args.seed, k, pathlib.Path(f"net{k}")) for k in numbers]
    with multiprocessing.pool.ThreadPool(2) as pool:
        results = list(pool.imap(check, jobs))
    errors = [e for found, _ in results for e in found]
    print(*errors, sep="\n", end="\n" if errors else "")
    share = np.mean([alive for _, alive in results])
    print(f"{len(results)} networks, {len(errors)} errors, {share:.0%} of the "
          "outputs are not silent")
    sys.exit(bool(errors or (share < .5 and args.only is None)))


main()
