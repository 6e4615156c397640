#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads plots back, and compares them with the arrays that they show:
plot.py CHECK...

A check is a function below. It makes its network and arrays in the working
directory. What a mark means follows from what a reader sees: the numbers at the
axes, their places, the legend and the notes.
"""
import os
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
from make import chain, write  # noqa: E402

F32 = np.float32
SVG = "{http://www.w3.org/2000/svg}"
STRANGE = 'l<&>"i\u00e9'  # a node's name
NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def snnc(*words):
    done = subprocess.run(["snnc", *words], capture_output=True, check=False,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def numbers(text):
    return [float(n) for n in NUMBER.findall(text)]


def straight(ticks):
    """From places to the numbers that stand there; they are on a line."""
    places, values = np.array(sorted(ticks)).T
    slope = (values[-1] - values[0]) / (places[-1] - places[0])
    line = values[0] + slope * (places - places[0])
    assert np.allclose(line, values, atol=abs(slope) * .02), ticks
    return lambda place: values[0] + slope * (np.asarray(place) - places[0])


def moves(path):
    """The pieces of a path: letter and numbers."""
    return [(letter, numbers(rest)) for letter, rest
            in re.findall(r"([a-zA-Z])([^a-zA-Z]*)", path.get("d"))]


class Panel:
    def __init__(self, element):
        name = element.find(f"{SVG}text/{SVG}tspan")
        self.name, self.facts = name.text, name.tail
        texts = [t for t in element.findall(f"{SVG}text") if t.get("x")]
        # The numbers at the axis stand 4 below the place that they mean.
        self.value = [(float(t.get("y")) - 4, float(t.text)) for t in texts
                      if t.get("text-anchor") == "end"
                      and float(t.get("x")) < 100]
        self.paths = element.findall(f"{SVG}path")
        self.cells = element.find(f"{SVG}g")
        self.keys = [t.text for t in texts if not t.get("text-anchor")
                     and t.text]

    def marks(self):
        """(class, x from, x to, y) of each mark, in pixels."""
        x0, y0, sx, sy = numbers(self.cells.get("transform"))
        for path in self.cells:
            for letter, at in moves(path):
                if letter == "M":
                    x, y = at
                else:
                    assert letter == "h"
                    yield (path.get("class"), x0 + x * sx,
                           x0 + (x + at[0]) * sx, y0 + y * sy)


class Plot:
    def __init__(self, path):
        root = ET.parse(path).getroot()
        self.panels = [Panel(g) for g in root.findall(f"{SVG}g")]
        texts = [t for t in root.findall(f"{SVG}text") if t.get("x")]
        middle = [t for t in texts if t.get("text-anchor") == "middle"]
        rows = sorted({float(t.get("y")) for t in middle})
        self.axes = [[(float(t.get("x")), float(t.text)) for t in middle
                      if float(t.get("y")) == y and NUMBER.fullmatch(t.text)]
                     for y in rows]
        self.names = [t.text for t in middle if not NUMBER.fullmatch(t.text)]
        self.step = straight(self.axes[0])
        self.notes = [t.text for t in texts if not t.get("text-anchor")]


def raster(plot, panel):
    """{(step, neuron): class}"""
    neuron = straight(panel.value)
    seen = {}
    for kind, left, right, y in panel.marks():
        k = float(neuron(y))
        steps = np.arange(np.ceil(plot.step(left) - .01),
                          np.floor(plot.step(right) + .01) + 1)
        assert abs(k - round(k)) < .02 and len(steps) > 0
        for t in steps:
            assert (int(t), round(k)) not in seen
            seen[int(t), round(k)] = kind
    return seen


def spikes_in(array):
    return {(int(t), int(k)) for t, k in zip(*np.nonzero(array))}


def network(name="lif"):
    """input (3) -> fc (4) -> name -> output; another Output has fc."""
    weight = np.array([[9, 0, 4], [5, 7, 0], [0, 3, 2], [6, 1, 8]], F32)
    size = np.zeros(4, F32)
    nodes = {"input": {"type": "Input", "shape": [3]},
             "fc": {"type": "Linear", "weight": weight},
             name: {"type": "LIF", "tau": size + F32(.2), "r": size + 1,
                    "v_leak": size, "v_threshold": size + 1},
             "output": {"type": "Output", "shape": [4]},
             "sums": {"type": "Output", "shape": [4]}}
    write("net.nir", nodes,
          chain("input", "fc", name, "output") + [("fc", "sums")])
    rng = np.random.default_rng(5)
    np.save("x.npy", (rng.random((40, 3)) < .4).astype(F32))


NET = ["net.nir", "--semantics=nir", "--dt=.05", "--reference", "--in",
       "x.npy"]


def spikes():
    """Each mark is a spike; names are escaped; the second axis is time."""
    network(STRANGE)
    snnc("run", *NET, "--probe", f"{STRANGE}=y.npy")
    snnc("plot", *NET, "--probe", STRANGE, "--probe=input", "-o", "y.svg")
    y = np.load("y.npy")
    plot = Plot("y.svg")
    first, second = plot.panels
    assert (first.name, second.name) == (STRANGE, "input")
    assert set(raster(plot, first)) == spikes_in(y)
    assert set(raster(plot, second)) == spikes_in(np.load("x.npy"))
    assert first.facts == (f" LIF (4,), {y.sum()} spikes, "
                           f"{round(y.mean(), 4):g} per neuron and step")
    for (x, step), (there, time) in zip(*plot.axes):
        assert x == there and abs(time - step * .05) < 1e-9
    assert plot.names == ["step", "time in the unit of tau, dt = 0.05"]


def chosen():
    """Steps and neurons that were asked for, under their own numbers."""
    network()
    snnc("run", *NET, "--probe", "lif=y.npy")
    snnc("plot", *NET, "--probe=lif", "--steps=10:31", "--neurons=1:3", "-o",
         "y.svg")
    plot = Plot("y.svg")
    want = np.load("y.npy")
    want[:10] = want[31:] = 0
    want[:, [0, 3]] = 0
    assert set(raster(plot, plot.panels[0])) == spikes_in(want)


def default():
    """Neurons and Outputs; no Output that shows a neuron again."""
    network()
    snnc("plot", *NET, "-o", "y.svg")
    names = [p.name for p in Plot("y.svg").panels]
    assert sorted(names) == ["lif", "sums"], names


def counts():
    """The colour of a mark says how many spikes it is, as the legend has it."""
    rng = np.random.default_rng(1)
    c = rng.poisson(.8, (30, 5)).astype("i4")
    c[0, 0], c[1, 1] = 7, 4
    np.save("c.npy", c)
    snnc("plot", "--data", "c=c.npy", "-o", "c.svg")
    plot = Plot("c.svg")
    panel, = plot.panels
    ranges = {}
    keys = [p.get("class") for p in panel.paths if p.get("stroke-width")]
    for kind, text in zip(keys, panel.keys):
        ends = text.split("-")
        ranges[kind] = int(ends[0]), int(ends[-1])
    seen = raster(plot, panel)
    assert set(seen) == spikes_in(c)
    for at, kind in seen.items():
        least, most = ranges[kind]
        assert least <= c[at] <= most, (at, c[at], kind)
    assert len(ranges) == 4


def curves():
    """Points of a curve are the values."""
    rng = np.random.default_rng(2)
    v = np.cumsum(rng.normal(size=(50, 3)), 0).astype(F32)
    np.save("v.npy", v)
    snnc("plot", "--data", "v=v.npy", "--neurons=2,0", "-o", "v.svg")
    plot = Plot("v.svg")
    panel, = plot.panels
    value = straight(panel.value)
    drawn = [p for p in panel.paths if "curve" in p.get("class")]
    assert panel.keys == ["0", "2"]  # from the right end
    for path, k in zip(drawn, (2, 0)):
        points = np.array([at for _, at in moves(path)])
        assert np.allclose(plot.step(points[:, 0]), range(50), atol=.02)
        step = abs(value(0) - value(1))
        assert np.allclose(value(points[:, 1]), v[:, k], atol=.02 * step)


def many_curves():
    """Of 12 neurons the first 8; of many steps the extremes; both are said."""
    v = np.random.default_rng(2).normal(size=(10000, 12)).astype(F32)
    np.save("v.npy", v)
    snnc("plot", "--data", "v=v.npy", "--style=curves", "-o", "v.svg")
    plot = Plot("v.svg")
    drawn = [p for p in plot.panels[0].paths if "curve" in p.get("class")]
    value = straight(plot.panels[0].value)
    assert len(drawn) == 8
    assert "v: the first 8 of 12 neurons" in plot.notes
    each = int(numbers(plot.notes[0])[-1])
    assert plot.notes[0] == f"v: least and most of {each} steps"
    for k, path in enumerate(drawn):
        y = value(np.array([at[1] for _, at in moves(path)]))
        blocks = v[:, k].reshape(-1, each)
        want = np.sort(np.stack([blocks.min(1), blocks.max(1)]), 0)
        assert np.allclose(np.sort(y.reshape(-1, 2).T, 0), want, atol=.002)


def colours():
    """A map has a colour for each value, from least to most."""
    v = np.random.default_rng(3).normal(size=(24, 11)).astype(F32)
    np.save("v.npy", v)
    snnc("plot", "--data", "v=v.npy", "-o", "v.svg")
    plot = Plot("v.svg")
    seen = {}
    neuron = straight(plot.panels[0].value)
    for kind, left, right, y in plot.panels[0].marks():
        for t in np.arange(round(float(plot.step(left)) + .5),
                           round(float(plot.step(right)) + .5)):
            seen[int(t), round(float(neuron(y)))] = int(kind[1:])
    part = (v.astype(float) - v.min()) / (v.max() - v.min())
    want = np.minimum(1 + (part * 9).astype(int), 9)
    assert len(seen) == v.size
    for at, level in seen.items():
        assert level == want[at], at


def large():
    """Cells of steps and neurons: what the note says; no large file."""
    rng = np.random.default_rng(4)
    s = (rng.random((9000, 1000)) < .002).astype("u1")
    s[:4000, :500] = 0
    np.save("s.npy", s)
    snnc("plot", "--data", "s=s.npy", "-o", "s.svg")
    assert pathlib.Path("s.svg").stat().st_size < 250_000
    plot = Plot("s.svg")
    note, = plot.notes
    steps, neurons = map(int, numbers(note))
    assert note == (f"s: a mark is what spikes in {steps} steps of {neurons} "
                    "neurons")
    x0, y0, sx, sy = numbers(plot.panels[0].cells.get("transform"))
    want = np.add.reduceat(np.add.reduceat(
        s.astype(int), range(0, 9000, steps)), range(0, 1000, neurons), 1)
    seen = np.zeros_like(want)
    for path in plot.panels[0].cells:
        level = int(path.get("class")[1:])
        for letter, at in moves(path):
            if letter == "M":
                x, y = map(int, at)
            else:
                n = max(1, int(np.ceil(at[0] - .3)))
                seen[x:x + n, y] = level
    most = want.max()
    bounds = [max(k, -(-most * k // 4)) for k in (1, 2, 3)]
    levels = np.where(want > 0, 1 + sum(want > b for b in bounds), 0)
    assert (seen == levels).all(), (seen != levels).sum()


def dots():
    """Braille back to spikes: one step, or two, by four neurons."""
    for steps, wide in ((30, 1), (90, 2)):
        rng = np.random.default_rng(steps)
        s = (rng.random((steps, 10)) < .3).astype("u1")
        np.save("s.npy", s)
        rows = [line.split("\u2502")[1] for line in snnc(
            "plot", "--data", "s=s.npy").splitlines() if "\u2502" in line]
        seen = set()
        order = [0, 1, 2, 6, 3, 4, 5, 7]
        for row, text in enumerate(reversed(rows)):
            for column, letter in enumerate(text):
                code = 0 if letter == " " else ord(letter) - 0x2800
                for i in range(8):
                    if code >> order[i] & 1:
                        seen.add((column * wide + i // 4, row * 4 + 3 - i % 4))
        assert seen == spikes_in(s)


def same():
    """The same bytes again; from C as from the interpreter."""
    network()
    snnc("plot", *NET, "-o", "a.svg")
    snnc("plot", *[w for w in NET if w != "--reference"], "-o", "b.svg")
    assert pathlib.Path("a.svg").read_bytes() == pathlib.Path(
        "b.svg").read_bytes()


def batch():
    """A sample of several, alone."""
    network()
    x = np.load("x.npy")
    np.save("two.npy", np.stack([x * 0, x]))
    words = [w if w != "x.npy" else "two.npy" for w in NET]
    snnc("plot", *words, "--probe=lif", "--sample=1", "-o", "two.svg")
    snnc("run", *NET, "--probe", "lif=y.npy")
    plot = Plot("two.svg")
    assert set(raster(plot, plot.panels[0])) == spikes_in(np.load("y.npy"))
    assert plot.notes == ["net", "sample 1 of 2"]


def states():
    """The membrane of a neuron, by its own name."""
    network()
    snnc("run", *NET, "--probe", "lif.v=v.npy")
    snnc("plot", *NET, "--probe=lif.v", "-o", "v.svg")
    plot = Plot("v.svg")
    panel, = plot.panels
    value = straight(panel.value)
    drawn = [p for p in panel.paths if "curve" in p.get("class")]
    for path, want in zip(drawn, np.load("v.npy").T):
        y = value(np.array([at[1] for _, at in moves(path)]))
        assert np.allclose(y, want, atol=.002)
    assert panel.name == "lif.v" and len(drawn) == 4


def first():
    """Of more nodes than fit the first 8, which is said."""
    nodes = {"input": {"type": "Input", "shape": [3]}}
    one = np.ones(3, F32)
    for i in range(10):
        nodes[f"lif{i}"] = {"type": "LIF", "tau": one, "r": one * 99,
                            "v_leak": one * 0, "v_threshold": one}
    nodes["output"] = {"type": "Output", "shape": [3]}
    write("net.nir", nodes, chain(*nodes))
    np.save("x.npy", np.ones((5, 3), F32))
    snnc("plot", *NET, "-o", "y.svg")
    plot = Plot("y.svg")
    assert [p.name for p in plot.panels] == [f"lif{i}" for i in range(8)]
    assert plot.notes == ["net", "the first 8 of 10 neurons and Outputs; "
                          "--probe shows others"]


def main():
    for name in sys.argv[1:]:
        globals()[name]()
        print(f"{name}: good")


if __name__ == "__main__":
    main()
