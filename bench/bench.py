# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Nanoseconds per step of event loops, dense loops and the interpreter.

Prints one table from one run: each network and input rate, compiled with gcc
-O2 and -O3; the interpreter; and ratios to the event loops at -O2. All ways of
one network take turns, and the fastest of several rounds counts, so a busy
machine disturbs all alike. Outputs are compared: all ways must agree.

    bench/bench.py --snnc build/release/bin/snnc
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = pathlib.Path(
    os.environ.get("SNN_CORPUS", ROOT / "../shared/corpus")) / "bench"
ROUNDS = 5

HARNESS = r"""
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "net.h"
static net_state state;
int main(int argc, char **argv)
{
    long steps = atol(argv[2]), repeats = atol(argv[3]);
    float *x = malloc((size_t)steps * NET_INPUT * sizeof *x);
    static uint8_t y[NET_OUTPUT];
    FILE *f = fopen(argv[1], "rb");
    if (argc != 4 || !f ||
        fread(x, NET_INPUT * sizeof *x, (size_t)steps, f) != (size_t)steps) {
        return 1;
    }
    unsigned long sum = 0;
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (long r = 0; r < repeats; r++) {
        net_init(&state);
        for (long t = 0; t < steps; t++) {
            net_step(&state, &x[t * NET_INPUT], y);
            for (unsigned k = 0; k < NET_OUTPUT; k++) {
                sum += y[k];
            }
        }
    }
    clock_gettime(CLOCK_MONOTONIC, &b);
    double ns = (double)(b.tv_sec - a.tv_sec) * 1e9 +
                (double)(b.tv_nsec - a.tv_nsec);
    printf("%.1f %lu\n", ns / (double)(steps * repeats), sum / repeats);
    return 0;
}
"""


def write_mlp(path, sizes, seed):
    """A .nir file: fully connected layers of LIF neurons (tau 10 ms)."""
    rng = np.random.default_rng(seed)
    text = h5py.string_dtype()
    with h5py.File(path, "w") as file:
        file["version"] = "1.0.7"
        node = file.create_group("node")
        node.create_dataset("type", data="NIRGraph", dtype=text)
        nodes = node.create_group("nodes")

        def add(name, kind, **data):
            group = nodes.create_group(name)
            group.create_dataset("type", data=kind, dtype=text)
            for key, value in data.items():
                group[key] = value

        names = ["input"]
        add("input", "Input", shape=np.array(sizes[:1]))
        for k, (n, m) in enumerate(zip(sizes, sizes[1:])):
            weight = rng.normal(0.3, 2, (m, n)) / np.sqrt(n)
            add(f"fc{k}", "Linear", weight=weight.astype(np.float32))
            one = np.ones(m, np.float32)
            add(f"lif{k}", "LIF", tau=one * np.float32(0.01), r=one * 10,
                v_leak=one * 0, v_threshold=one)
            names += [f"fc{k}", f"lif{k}"]
        add("output", "Output", shape=np.array(sizes[-1:]))
        edges = list(zip(names, names[1:] + ["output"]))
        node.create_dataset("edges", data=np.array(edges, object), dtype=text)


def networks(work):
    """(name, model, dt, input array (steps, n)) of everything to measure."""
    if (BENCH / "oxford").is_dir():
        case = json.loads((BENCH / "oxford/case.json").read_text())
        yield ("oxford 200-256-200", BENCH / "oxford/model.nir",
               str(case["dt"]), np.load(BENCH / "oxford/input.npy"))
    else:
        print("oxford: skipped: no corpus")
    digits = ROOT / "examples/digits"
    x = np.load(digits / "test_spikes.npy")
    yield ("digits 64-64-10", digits / "model.nir", "1e-3",
           x[:60].reshape(-1, x.shape[-1]))
    model = work / "mlp.nir"
    write_mlp(model, [784, 1024, 10], seed=1)
    for percent in (2, 5, 20):
        rng = np.random.default_rng(percent)
        x = rng.random((300, 784)) < percent / 100
        yield f"784-1024-10 at {percent} %", model, "1e-3", x


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}\n{done.stderr}")
    return done.stdout


def build(snnc, model, dt, where, flags, *options):
    """A program that steps the network; its path."""
    run(snnc, "build", model, "-o", where, "--name=net", "--semantics=nir",
        f"--dt={dt}", *options)
    (where / "main.c").write_text(HARNESS)
    run("gcc", "-std=gnu11", flags, "-o", where / "main", where / "main.c",
        where / "net.c")
    return where / "main"


def interpreter(snnc, model, dt, x, work):
    """Nanoseconds a step of snnc run --reference, start-up taken off."""
    times = []
    for steps in (1, len(x)):
        np.save(work / "x.npy", x[:steps].astype(np.float32))
        start = time.perf_counter()
        run(snnc, "run", model, "--reference", "--semantics=nir", f"--dt={dt}",
            "--in", work / "x.npy", "--out", work / "y.npy")
        times.append(time.perf_counter() - start)
    spikes = int(np.load(work / "y.npy").sum())
    return (times[1] - times[0]) / (len(x) - 1) * 1e9, spikes


def measure(snnc, name, model, dt, x, work):
    x = x.astype(np.float32)
    x.tofile(work / "x.raw")
    programs = {}
    for way, options in (("events", ()), ("dense", ("--dense",))):
        for flags in ("-O2", "-O3"):
            where = work / f"{way}{flags}"
            programs[way, flags] = build(snnc, model, dt, where, flags,
                                         *options)
    best, spikes = {}, set()
    for _ in range(ROUNDS):
        for key, program in programs.items():
            slow = key[0] == "dense"
            out = run(program, work / "x.raw", str(len(x)),
                      "1" if slow else "5").split()
            best[key] = min(float(out[0]), best.get(key, np.inf))
            spikes.add(int(out[1]))
        ns, count = interpreter(snnc, model, dt, x, work)
        best["interpreter"] = min(ns, best.get("interpreter", np.inf))
        spikes.add(count)
    if len(spikes) != 1:
        sys.exit(f"{name}: the ways give different numbers of spikes: {spikes}")
    base = best["events", "-O2"]
    cells = "".join(f"{best[key]:>11.0f} {best[key] / base:>6.1f}x"
                    for key in best)
    print(f"{name:<22}{cells}  {spikes.pop()} spikes", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--snnc", default=ROOT / "build/release/bin/snnc")
    arguments = parser.parse_args()
    snnc = pathlib.Path(arguments.snnc).resolve()
    heads = ("events -O2", "events -O3", "dense -O2", "dense -O3",
             "interpreter")
    print("ns per step, and the ratio to events at gcc -O2; best of "
          f"{ROUNDS} rounds\n{'':<22}"
          + "".join(f"{head:>11} {'':>7}" for head in heads))
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        for name, model, dt, x in networks(work):
            measure(snnc, name, model, dt, x, work)


if __name__ == "__main__":
    main()
