#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random networks, quantized: the interpreter, the C in event loops or dense
ones, and the linalg stage by the tools of LLVM alone give the same codes.

    quantized.py [--seed N] [--count N] [--first K] [--keep DIR] [--cc CC]

Bits, granularity, kind of scale, borders and simulator are drawn for each
network; all networks quantize. What fails is told with its number, and its step stays in the
folder of --keep. The last line is 'N passed, N failed'.
"""
import argparse
import collections
import pathlib
import sys
import tempfile
from typing import NamedTuple

import numpy as np

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / d)
                for d in ("run", "nir")]
import codes  # noqa: E402
import networks  # noqa: E402
import quant_targets  # noqa: E402
from draw import Draw  # noqa: E402
from make import write  # noqa: E402
from quant_roads import command  # noqa: E402

BATCH = 20  # networks in one program
SIMULATORS = ["nir", "nir-exact", "nir-reference", "snntorch",
              "snntorch-subtract", "norse", "norse-lifcell", "sinabs",
              "rockpool", "spyx", "spyx-1.0", "spikingjelly", "lava", "nengo"]


class Made(NamedTuple):
    """A network on its way: number, name, text of the quantized step, its
    codes.Step, inputs and outputs as rows of codes."""
    number: int
    name: str
    text: str
    step: codes.Step
    inputs: list
    outputs: list


def step_of(model, net, draw):
    """The float step: of a simulator that has all its neurons, else of NIR."""
    words = ["--name=net", "--dt=0.125", "--type=" + draw.pick(["f32", "f64"])]
    if "input-kind" in net.options:
        words.append(f"--input-kind={net.options['input-kind']}")
    for semantics in (draw.pick(SIMULATORS), "nir"):
        try:
            return semantics, command("snnc", "mlir", str(model), "--stage=step",
                                      f"--semantics={semantics}",
                                      *words).decode()
        except RuntimeError as error:
            refused = error
    raise refused


def options_of(draw):
    return (f"weights={draw.pick([4, 8, 8, 16])} state={draw.pick([16, 32])} "
            f"granularity={draw.pick(['channel', 'tensor'])} "
            f"scales={draw.pick(['free', 'power-of-two'])} "
            f"borders={draw.pick(['codes', 'codes', 'float'])}")


def escaped(inputs, step):
    """Inputs by the names that the text has, in the same order."""
    names = {codes.unescaped(p.name): p.name for p in step.inputs}
    return {names[n]: a for n, a in inputs.items() if n in names}


def make(seed, number, folder, seen):
    draw = Draw(seed, number)
    net = networks.make(draw)
    model = folder / f"net{number}.nir"
    write(model, net.nodes, net.edges)
    semantics, text = step_of(model, net, draw)
    options = options_of(draw)
    path = folder / f"net{number}.mlir"
    path.write_text(text, encoding="utf-8")
    inputs = escaped(net.inputs, codes.signature(text))
    text, _ = codes.ranged(path, text, inputs)
    path.write_text(f"// {semantics}, {options}\n{text}", encoding="utf-8")
    text = codes.quantized(path, options)
    step = codes.signature(text)
    given = {p.name: codes.codes_of(inputs[p.name], p) for p in step.inputs}
    outputs = codes.interpreted(folder / "q.mlir", text, given)
    seen[semantics] += 1
    seen["alive"] += any(len(np.unique(a, axis=0)) > 1
                         for a in outputs.values())
    return Made(number, f"net{number}", text.replace("@net", f"@net{number}"),
                step, codes.rows_of(step.inputs, given),
                codes.rows_of(step.outputs, outputs))


def run_c(made, folder, cc):
    """All in one program, odd ones dense."""
    cases = []
    for m in made:
        source = folder / f"{m.name}.q.mlir"
        source.write_text(m.text, encoding="utf-8")
        quant_targets.emit(source, m.name, m.number % 2 == 1, folder)
        cases.append(quant_targets.Case(m.number, m.name, m.step, m.inputs,
                                        m.outputs))
    quant_targets.write_main(cases, folder)
    quant_targets.check_target((cc, "", "<"), cases, folder)


def run_llvm(made, folder):
    library = codes.llvm_library([m.text for m in made], folder)
    for m in made:
        got = codes.run_llvm(library, m.name, m.step, m.inputs)
        try:
            codes.same("LLVM", m.step, m.outputs, got)
        except RuntimeError as error:
            raise RuntimeError(f"{m.name}: {error}") from None


class Tally:
    def __init__(self, seed, keep):
        self.seed, self.keep = seed, keep
        self.failed, self.seen = set(), collections.Counter()

    def fail(self, number, what, folder):
        self.failed.add(number)
        self.keep.mkdir(parents=True, exist_ok=True)
        kept = self.keep / f"seed{self.seed}-{number}.mlir"
        source = folder / f"net{number}.mlir"
        if source.exists():
            kept.write_bytes(source.read_bytes())
        print(f"seed {self.seed}, network {number}, {kept}: {what[-600:]}",
              flush=True)


def roads(made, folder, cc):
    yield "C", lambda some: run_c(some, folder, cc)
    yield "LLVM", lambda some: run_llvm(some, folder)


def check_batch(numbers, tally, cc):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        made = []
        for number in numbers:
            try:
                made.append(make(tally.seed, number, folder, tally.seen))
            except (RuntimeError, codes.Refused) as error:
                tally.fail(number, str(error), folder)
        for road, run in roads(made, folder, cc):
            try:
                if made:
                    run(made)
            except RuntimeError:
                for m in made:  # which of them is it?
                    try:
                        run([m])
                    except RuntimeError as error:
                        tally.fail(m.number, f"{road}: {error}", folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path, default="failed")
    parser.add_argument("--cc", default="gcc -O1 -fsanitize=undefined "
                                        "-fno-sanitize-recover=all")
    args = parser.parse_args()
    tally = Tally(args.seed, args.keep)
    numbers = range(args.first, args.first + args.count)
    for at in range(0, args.count, BATCH):
        check_batch(numbers[at:at + BATCH], tally, args.cc)
    alive = tally.seen.pop("alive", 0)
    print(", ".join(f"{k}: {n}" for k, n in sorted(tally.seen.items())))
    failed = len(tally.failed)
    print(f"{alive} of {args.count} networks give more than one output")
    print(f"{args.count - failed} passed, {failed} failed")
    sys.exit(failed > 0 or 2 * alive < args.count)


if __name__ == "__main__":
    main()
