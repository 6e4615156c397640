#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random networks along three roads: the interpreter, the C, and the linalg
stage by the tools of LLVM alone give the same bytes, in f32 and f64.

    property.py [--seed N] [--count N] [--first K] [--keep DIR]
                [--coverage FILE [--write]]

Each is computed as a simulator that has all its neurons does, with some of its
options. Network K of a seed is always the same. What fails is told with its seed and its
number, and its .nir stays in the folder of --keep. With --coverage, every
option has to be seen, and the table of how often has to be the one in FILE;
with --write it becomes that.

The last line is 'N passed, N failed'; the exit status is 1 if one failed.
"""
import argparse
import collections
import pathlib
import shutil
import sys
import tempfile

import numpy as np

import coverage
import networks
import roads
import simulators
from draw import Draw
from harness import Failed, command

BATCH = 25  # networks in one program
GROUPS = {**networks.GROUPS, "Semantics": list(simulators.LACKS),
          "Option": simulators.OPTIONS}


class Tally:
    """What failed, and how often each option was seen to work."""

    def __init__(self, seed, keep):
        self.seed, self.keep = seed, keep
        self.failed, self.networks, self.skipped = set(), 0, 0
        self.shown = collections.Counter()  # (group, option, road, type)

    def fail(self, case, what):
        number = int(case.name.split("_")[0][3:])
        self.failed.add(number)
        self.keep.mkdir(parents=True, exist_ok=True)
        kept = self.keep / f"seed{self.seed}-{number}.nir"
        shutil.copy(case.model, kept)
        print(f"seed {self.seed}, network {number}, {kept}, "
              f"{' '.join(case.words())}: {what[-600:]}", flush=True)

    def show(self, case, road, alive):
        for group, option in {(g, o) for g, o, path in case.net.seen
                              if path in alive}:
            self.shown[group, option, road, case.type] += 1


def changes(array):
    """A signal that stays what it is shows nothing."""
    return len(np.unique(array, axis=0)) > 1


def interpret(case, tally):
    """The Outputs, or None, and which nodes have a signal that changes."""
    probes = sorted({path for _, _, path in case.net.seen}
                    - set(case.net.outputs) - set(case.net.inputs))
    try:
        arrays = roads.interpret(case, probes)
        linalg = command("snnc", "mlir", case.model, "--stage=linalg",
                         *case.words()).decode()
    except Failed as failed:
        tally.fail(case, str(failed))
        return None
    alive = {n for n, a in {**arrays, **case.net.inputs}.items() if changes(a)}
    # What IEEE 754 leaves open is the sign of a NaN.
    if any(np.isnan(a).any() for a in arrays.values()):
        tally.skipped += 1
        return None
    return arrays, alive, linalg


def check_batch(seed, numbers, tally):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        batch, expected, alive = [], {}, {}
        for number in numbers:
            draw = Draw(seed, number)
            net = simulators.simulated(draw, networks.make(draw))
            tally.networks += 1
            for case in roads.cases_of(f"net{number}", net, folder):
                found = interpret(case, tally)
                if found:
                    expected[case.name], alive[case.name], linalg = found
                    batch.append((case, linalg))
                    tally.show(case, "interpreter", alive[case.name])
        for road, case, wrong in (roads.travel(batch, expected, folder)
                                  if batch else []):
            if wrong:
                tally.fail(case, wrong)
            else:
                tally.show(case, road, alive[case.name])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=160)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path, default="failed")
    parser.add_argument("--coverage", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    tally = Tally(args.seed, args.keep)
    numbers = range(args.first, args.first + args.count)
    for at in range(0, args.count, BATCH):
        check_batch(args.seed, numbers[at:at + BATCH], tally)
    print(f"{tally.networks} networks in f32 and f64, {tally.skipped} of these "
          "cases skipped: they give NaN")
    failed = len(tally.failed)
    passed = tally.networks - failed
    if args.coverage:
        good = coverage.check(args.coverage, tally.shown, GROUPS,
                              args.write)
        passed, failed = passed + good, failed + (not good)
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
