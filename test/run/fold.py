#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Each fold computes what the network computes without it.

    fold.py [--seed N]

Random networks of a kind that a fold meets, on random inputs. With
--fold=exact, compiled C and the interpreter write the bytes that both write
with --fold=none; with --fold=all they write equal bytes, close to those. That
the fold is made at all is seen in the IR: the operations named in the table
are gone, or are there. The seed is new in each run and is printed.
"""
import argparse
import pathlib
import re
import secrets
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
from make import chain, write  # noqa: E402

F32 = np.float32
STEPS = 60


def port(kind, *shape):
    return {"type": kind, "shape": list(shape)}


def line(first, last, **nodes):
    """input -> nodes -> output."""
    names = ("input", *nodes, "output")
    return {"input": port("Input", *first), **nodes,
            "output": port("Output", *last)}, chain(*names)


def population(rng, *shape):
    return {"type": "IF", "r": rng.uniform(1, 3, shape).astype(F32),
            "v_threshold": rng.uniform(.3, .9, shape).astype(F32)}


def leaky(rng, *shape):
    return {"type": "LIF", "tau": rng.uniform(.2, 2, shape).astype(F32),
            "r": rng.uniform(1, 3, shape).astype(F32),
            "v_leak": rng.uniform(-.2, .2, shape).astype(F32),
            "v_threshold": rng.uniform(.3, .9, shape).astype(F32),
            "v_reset": rng.uniform(-.2, .1, shape).astype(F32)}


def affine(rng, out, inside):
    return {"type": "Affine", "weight": rng.normal(0, 1, (out, inside)
                                                   ).astype(F32),
            "bias": rng.normal(0, .3, out).astype(F32)}


def linear(rng, out, inside):
    node = affine(rng, out, inside)
    del node["bias"]
    return {**node, "type": "Linear"}


def conv(rng, out, inside, *kernel, **more):
    return {"type": "Conv2d", "bias": rng.normal(0, .3, out).astype(F32),
            "weight": rng.normal(0, .5, (out, inside, *kernel)).astype(F32),
            "stride": 1, "padding": 0, "dilation": 1, "groups": 1, **more}


def pool(kind, size, **more):
    return {"type": kind, "kernel_size": np.array([size, size]),
            "stride": np.array([size, size]), "padding": np.array([0, 0]),
            **more}


def scale(factor):
    return {"type": "Scale", "scale": np.asarray(factor, F32)}


def powers(rng, *shape):
    return F32(2) ** rng.integers(-4, 5, shape).astype(F32)


FLATTEN = {"type": "Flatten", "start_dim": 0}


def scale_before(rng):
    return line((9,), (6,), pop=population(rng, 9),
                s=scale(rng.normal(0, 1, 9)), fc=affine(rng, 6, 9))


def scale_before_conv(rng):
    factors = np.repeat(rng.normal(0, 1, 2), 36).reshape(2, 6, 6)
    return line((2, 6, 6), (3, 4, 4), pop=population(rng, 2, 6, 6),
                s=scale(factors), c=conv(rng, 3, 2, 3, 3))


def scale_after(rng):
    return line((9,), (6,), pop=population(rng, 9),
                fc=affine(rng, 6, 9), s=scale(powers(rng, 6)))


def scale_after_pool(rng):
    factors = np.repeat(powers(rng, 3), 4).reshape(3, 2, 2)
    return line((2, 8, 8), (3, 2, 2), pop=population(rng, 2, 8, 8),
                p=pool("SumPool2d", 2), c=conv(rng, 3, 2, 3, 3),
                s=scale(factors))


def scale_one(rng):
    return line((9,), (9,), s=scale(1), pop=leaky(rng, 9))


def scale_real(rng):
    return line((9,), (6,), s=scale(rng.normal(0, 1, 9)),
                fc=affine(rng, 6, 9), t=scale(rng.normal(0, 1, 6)))


def mean_into_linear(rng):
    return line((2, 8, 8), (5,), pop=population(rng, 2, 8, 8),
                p=pool("AvgPool2d", 4), f=FLATTEN, fc=affine(rng, 5, 8))


def mean_into_conv(rng):
    return line((2, 9, 9), (3, 3, 3), pop=population(rng, 2, 9, 9),
                p=pool("AvgPool2d", 2, padding=np.array([1, 0])),
                c=conv(rng, 3, 2, 3, 2))


def mean_of_nine(rng):
    return line((1, 9, 9), (5,), pop=population(rng, 1, 9, 9),
                p=pool("AvgPool2d", 3), f=FLATTEN, fc=affine(rng, 5, 9))


def flatten(rng):
    return line((3, 4, 5), (6,), pop=leaky(rng, 3, 4, 5), f=FLATTEN,
                fc=affine(rng, 6, 60))


def flatten_scale(rng):
    return line((3, 4, 5), (6,), pop=leaky(rng, 3, 4, 5),
                s=scale(rng.normal(0, 1, (3, 4, 5))), f=FLATTEN,
                fc=linear(rng, 6, 60))


def two_linears(rng):
    return line((9,), (4,), fc1=affine(rng, 7, 9), fc2=linear(rng, 4, 7))


def three_linears(rng):
    return line((9,), (2,), pop=population(rng, 9),
                fc1=linear(rng, 9, 9), fc2=affine(rng, 4, 9),
                fc3=affine(rng, 2, 4))


def dead(rng):
    nodes, edges = line((9,), (9,), pop=leaky(rng, 9))
    nodes.update(d=linear(rng, 3, 9), e=leaky(rng, 3))
    return nodes, edges + chain("pop", "d", "e")


# How many operations of a kind are left with none, exact and all.
TABLE = [
    (scale_before, "snn.scale", (1, 0, 0)),
    (scale_before_conv, "snn.scale", (1, 0, 0)),
    (scale_after, "snn.scale", (1, 0, 0)),
    (scale_after_pool, "snn.scale", (1, 0, 0)),
    (scale_one, "snn.scale", (1, 0, 0)),
    (scale_real, "snn.scale", (2, 2, 0)),
    (mean_into_linear, "snn.avg_pool", (1, 0, 0)),
    (mean_into_conv, "snn.avg_pool", (1, 0, 0)),
    (mean_of_nine, "snn.avg_pool", (1, 1, 0)),
    (flatten, "tensor<3x4x5xi1>", None),
    (flatten_scale, "snn.scale", (1, 0, 0)),
    (two_linears, "snn.linear", (2, 2, 1)),
    (three_linears, "snn.linear", (3, 3, 1)),
    (dead, "snn.linear", (0, 0, 0)),
]
LEVELS = ("none", "exact", "all")


def snnc(*words):
    done = subprocess.run(["snnc", *map(str, words)], capture_output=True,
                          check=False)
    if done.returncode != 0:
        sys.exit(f"{words}: {done.stderr.decode()}")
    return done.stdout.decode()


def outputs(folder, number, kind):
    """The arrays, by (level, road)."""
    what = [folder / "net.nir", "--semantics=nir", "--dt=0.1",
            f"--type={number}"]
    if kind == "spikes":
        what.append("--input-kind=spikes")
    made = {}
    for level in LEVELS:
        for road in ([], ["--reference"]):
            out = folder / f"{level}{len(road)}.npy"
            snnc("run", *what, f"--fold={level}", "--in",
                 folder / f"{kind}.npy", "--out", out, *road)
            made[level, bool(road)] = out
    return made


def errors_of(folder, number, kind):
    made = outputs(folder, number, kind)
    data = {key: path.read_bytes() for key, path in made.items()}
    for level in LEVELS:
        if data[level, False] != data[level, True]:
            yield f"{level}: C and the interpreter differ"
    if data["exact", False] != data["none", False]:
        yield "exact changes bits"
    a, b = (np.load(made[level, False]).astype(float)
            for level in ("none", "all"))
    if not np.allclose(a, b, rtol=1e-4, atol=1e-4 * np.abs(a).max()):
        yield "all is not close"
    if not a.any():
        yield "nothing but silence"


def counts(folder, operation):
    for level in LEVELS:
        text = snnc("mlir", folder / "net.nir", "--semantics=nir", "--dt=0.1",
                    f"--fold={level}", "--stage=step")
        yield len(re.findall(re.escape(operation), text))


def check(rng, make, operation, expected):
    folder = pathlib.Path(make.__name__)
    folder.mkdir()
    nodes, edges = make(rng)
    write(folder / "net.nir", nodes, edges)
    shape = (STEPS, *nodes["input"]["shape"])
    spikes = (rng.random(shape) < .3).astype(F32)
    np.save(folder / "spikes.npy", spikes)
    np.save(folder / "real.npy", rng.normal(.3, .5, shape).astype(F32))
    errors = [f"{number}, {kind}: {error}" for number, kind in
              (("f32", "real"), ("f64", "spikes"))
              for error in errors_of(folder, number, kind)]
    found = tuple(counts(folder, operation))
    if expected is None:  # a kind of tensor that must go
        right = found[0] > 0 and found[1] == found[2] == 0
    else:
        right = found == expected
    if not right:
        errors.append(f"has {found} of {operation}, expected {expected}")
    return errors


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10 ** 6))
    seed = parser.parse_args().seed
    print(f"seed {seed}", flush=True)
    bad = 0
    for number, row in enumerate(TABLE):
        found = check(np.random.default_rng([seed, number]), *row)
        for error in found:
            print(f"{row[0].__name__}: {error}")
        bad += bool(found)
    print(f"{len(TABLE)} networks, {bad} with errors")
    sys.exit(bad > 0)


main()
