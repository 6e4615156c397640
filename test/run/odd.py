#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Networks at the edges of what names and wiring may be: odd.py NAME.nir ...

`names` has a node for each name that might break C, `ports` Inputs and Outputs
of that kind, `deep` graphs in graphs, 64 deep.
"""
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
from make import F32, chain, write  # noqa: E402

# Names that C, its library, a compiler or the generated code has taken; that
# differ in what C drops; that are no identifiers; in two normal forms of
# Unicode; and of 1000 bytes.
NAMES = """int main state input output _x __x _X x x_2 errno I complex EOF NULL node
stdin assert INT32_MAX uint8_t float NAMES_H names_init names_step names_state
names scratch lif lif_node lif_v LIF LIF_SIZE affine affine_events scale events
n n_events n_in n_out y i j k kept row a.b a_b a-b a__b a_b_ _ __ .. ... 0 1 2nd
static_assert true bool and or xor linux unix far near min max small I_ EOF_
operator this new class namespace template typename alignas co_await restrict
memcpy memset printf exp exp1 index main_ count value number table weight bias
names_state_2 events_2 y_2 decay threshold reset leak gain PORTB""".split() + [
    "a b", "a=b", "%s", "%d%n", "\"", "'", "\\", "a\\", "??'", "*", "$",
    "#define x", "**", "\u00e9tat", "e\u0301tat", "神经元",
    "🧠", "\u202eabc", "\ufeffx", " ", "  ", "x" * 1000, "x" * 999 + "y",
    "é" * 500]


def port(kind, size=2):
    return {"type": kind, "shape": [size]}


def node(i):
    """Of every kind of code in turn: a struct of constants, tables, states."""
    each = np.array([.25, .5], F32) + F32(i % 7) / 8
    one = F32(1)
    return [
        {"type": "LIF", "tau": each, "r": one, "v_leak": F32(0),
         "v_threshold": each / 8},
        {"type": "Affine", "weight": np.array([[1, .5], [-.25, 2]], F32),
         "bias": each},
        {"type": "Scale", "scale": each},
        {"type": "LI", "tau": each, "r": one, "v_leak": F32(.5)},
        {"type": "Delay", "delay": each},
    ][i % 5]


def names():
    """One chain, with an Output behind each tenth node, and the last."""
    ends = {f"out{i}": port("Output")
            for i in [*range(0, len(NAMES), 10), len(NAMES) - 1]}
    nodes = {"in": port("Input"),
             **{n: node(i) for i, n in enumerate(NAMES)}, **ends}
    edges = chain("in", *NAMES)
    return nodes, edges + [(NAMES[int(n[3:])], n) for n in ends]


def ports():
    """Inputs and Outputs of all names: NAME to NAME with a '>' behind it."""
    nodes = {n: port("Input") for n in NAMES}
    nodes.update({f"{n}>": port("Output") for n in NAMES})
    return nodes, [(n, f"{n}>") for n in NAMES]


def deep(levels=63):
    """A neuron that is in a graph in a graph; each has a loop around it."""
    nodes, edges = {"lif": node(0)}, []
    inner = "lif"
    for _ in range(levels):
        nodes = {"in": port("Input"), "out": port("Output"), **nodes,
                 "s": {"type": "Scale", "scale": F32(.125)}}
        edges = edges + chain("in", inner, "out") + chain(inner, "s", inner)
        nodes, edges, inner = {"g": {"graph": (nodes, edges)}}, [], "g"
    nodes.update({"in": port("Input"), "out": port("Output")})
    return nodes, chain("in", "g", "out")


def main():
    for name in sys.argv[1:]:
        write(name, *globals()[pathlib.Path(name).stem]())


if __name__ == "__main__":
    main()
