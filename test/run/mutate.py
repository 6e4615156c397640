#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Breaks the C of a network on purpose, and sees the comparison with the
interpreter fail: mutate.py MODEL X.npy [options of snnc]

The C as it is generated passes. Then each row of MUTATIONS changes one thing.
"""
import pathlib
import re
import sys

import numpy as np

import harness
from harness import Failed

FLAGS = "gcc -std=c11 -O2"
FUSED = "aarch64-linux-gnu-gcc-12 -static -O3"  # fuses, unless it is told not to
RUNNER = "qemu-aarch64-static"


def other_digit(match):
    """A number with its first digit that is not 0 changed."""
    return match.group(1) + re.sub(
        "[1-9]", lambda d: str(int(d.group()) % 9 + 1), match.group(2), count=1)


NUMBER = r"([-0-9.]+(?:e[-+]\d+)?F)"
# What is broken, the place in the C, what it becomes.
MUTATIONS = [
    ("a threshold", r"(_threshold\[\w+\] = \{\s*)" + NUMBER, other_digit),
    ("a weight", r"(fc_weight\[[^]]*\] = \{\s*(?:/\*.*?\*/\s*)?)" + NUMBER,
     other_digit),
    ("a recurrent weight", r"(rec_weight\[[^]]*\] = \{\s*(?:/\*.*?\*/\s*)?)"
     + NUMBER, other_digit),
    ("a bias", r"(\.bias = )" + NUMBER, other_digit),
    ("the decay", r"(\.decay = )" + NUMBER, other_digit),
    ("the reset", r"(\.reset = )0\.0F", r"\g<1>0.125F"),
    ("the row of an event", r"(weight\[source)( \*)", r"\1 * 0U\2"),
    ("the index of an event", r"events\[e\]", "events[0]"),
    ("the end of the events", r"e < n_events;", "(e + 1U) < n_events;"),
    ("the end of the neurons",
     r"(lif\(const lif_node [^{]*\{\s*for \([^;]*; )i <", r"\1(i + 1U) <"),
    ("the comparison", r"next > node->threshold", "next < node->threshold"),
    ("the initial state", r"(->lif_v\[\w+\] = )0\.0F", r"\g<1>0.125F"),
]


class Bench:
    """The network, what must come out, and a place to break its C in."""

    def __init__(self, model):
        self.net = harness.network(model)
        self.inputs = {self.net.inputs[0].name: model.inputs["input"]}
        self.expected = harness.reference(
            model._replace(inputs=self.inputs), self.net)
        self.folder = pathlib.Path("c")
        harness.build(model, self.folder)
        self.source = self.folder / f"{self.net.name}.c"
        self.text = self.source.read_text(encoding="utf-8")

    def agrees(self, text, compiler=FLAGS, runner=""):
        self.source.write_text(text, encoding="utf-8")
        program = harness.compile_c(self.net, self.folder, compiler, "program")
        actual = harness.run(program, self.net, self.inputs, runner)
        try:
            harness.compare(actual, self.expected, "broken")
        except Failed as failed:
            return False, str(failed)
        return True, "equal bytes"


def main():
    path, array, *options = sys.argv[1:]
    bench = Bench(harness.Model(pathlib.Path(path), tuple(options),
                                {"input": np.load(array)}))
    bad = 0

    def see(what, agreed, wanted):
        nonlocal bad
        bad += agreed[0] != wanted
        print(f"{'as wanted' if agreed[0] == wanted else 'WRONG'}: {what}: "
              f"{agreed[1]}")

    see("unbroken", bench.agrees(bench.text), True)
    see("unbroken", bench.agrees(bench.text, FUSED, RUNNER), True)
    for what, pattern, becomes in MUTATIONS:
        text, count = re.subn(pattern, becomes, bench.text, count=1,
                              flags=re.S)
        if count == 0 or text == bench.text:
            see(what, (True, "no such place in the C"), False)
        else:
            see(what, bench.agrees(text), False)
    fused, count = re.subn(r"^#pragma .*$", "", bench.text, flags=re.M)
    assert count >= 2, "no pragma"
    see("without the pragmas", bench.agrees(fused, FUSED, RUNNER), False)
    sys.exit(bad > 0)


main()
