# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What quantized networks keep of their spikes, and what they cost.

Prints tables in markdown from one run: each network under each constraint, the
setting that its first half of the data chooses, and how that does on all data
and on either half; next to it what plain int8 with fixed Q12 and floor
(bench/q12.py) does on the same data; then every setting tried, with the F1 of
each layer. Networks run as C. Their spikes are compared here with those that
the corpus records, those of digits with those of the floats.

    bench/quantize.py --snnc build/release/bin/snnc
    bench/quantize.py --write docs/quantization.md   replace the tables there
"""
import argparse
import collections
import json
import pathlib
import re
import sys
import tempfile

import numpy as np

import q12
from report import (BENCH, DIGITS, ROOT, Failed, head, head_commit, line,
                    marks, origin, run, write)

MARKS = marks("quantize.py")

# expected: {node: spikes}; labels: None, or the class of each sample.
Network = collections.namedtuple(
    "Network", "name model dt x expected output labels")
# right: samples of the right class, None without labels; count: samples.
Score = collections.namedtuple(
    "Score", "differ cells precision recall f1 right count")
# options: none for floats, None for Q12; scores: of the Output on all, first
# half, second half; layers: {node: F1}; memory: weights, ROM, RAM in bytes, or
# None; plan: what auto chose for each layer; error: why there is none of it.
Result = collections.namedtuple(
    "Result", "options scores layers memory plan error")
# must: what the table says; holds(score, floats): whether it does; smallest:
# the least memory that holds on the first half, not the best fidelity there.
Row = collections.namedtuple(
    "Row", "network constraint must holds settings smallest")


def plain(bits, *states):
    """All plain settings with so many bits of weights."""
    return [(f"--quantize=int{bits}", f"--state={state}",
             f"--granularity={granularity}", f"--scales={scales}")
            for state in states for granularity in ("channel", "tensor")
            for scales in ("free", "power-of-two")]


def rounded(bits, state):
    """Weights rounded on the data, and scales of 16-bit states chosen there."""
    return [(f"--quantize=int{bits}", f"--state={state}", "--rounding=data")]


def auto(target, *more):
    return [("--quantize=auto", f"--target-f1={target}", *more)]


def reaches(f1):
    return lambda score, _: score.f1 >= f1


def same_cells(score, _):
    return score.differ == 0


def loses(points):
    """At most so many points of accuracy below the floats'."""
    return lambda score, floats: (
        100 * (floats.right - score.right) <= points * score.count + 1e-9)


def rows():
    every = [s for bits in (4, 8, 16) for s in plain(bits, 16, 32)]
    yield Row("oxford", "int8 weights, 32-bit state", "0 cells differ",
              same_cells, plain(8, 32), False)
    yield Row("oxford", "int8 weights, 16-bit state", "F1 .999",
              reaches(.999), plain(8, 16) + rounded(8, 16), False)
    yield Row("oxford", "smallest, auto", "F1 1", reaches(1), auto(1), True)
    yield Row("braille_random", "2,360 bytes of weights", "F1 .88, aim .95",
              reaches(.88), plain(8, 16, 32) + rounded(8, 32), False)
    yield Row("braille_random", "4,720 bytes of weights", "F1 1", reaches(1),
              plain(16, 16, 32), False)
    yield Row("braille_random", "smallest, auto", "F1 1", reaches(1), auto(1),
              True)
    for name in ("nmnist_2pct", "nmnist_10pct"):
        yield Row(name, "int8 weights, 16-bit state", "F1 .95", reaches(.95),
                  plain(8, 16), False)
        yield Row(name, "int16 weights, 32-bit state", "-", None,
                  plain(16, 32), False)
        yield Row(name, "int32 weights, 32-bit state", "-", None,
                  plain(32, 32), False)
        yield Row(name, "smallest, auto", "F1 .999", reaches(.999), auto(.999),
                  True)
    yield Row("digits", "int8 weights, 16-bit state", "0.5 points lost",
              loses(.5), plain(8, 16), False)
    yield Row("digits", "the same, rounded on data", "0.5 points lost",
              loses(.5), rounded(8, 16), False)
    yield Row("digits", "smallest, plain options", "no point lost", loses(0),
              every, True)
    yield Row("digits", "smallest, auto", "F1 1", reaches(1), auto(1), True)


def read_corpus(name, limit):
    case = json.loads((BENCH / name / "case.json").read_text())
    files = dict(case["probes"], output=case["outputs"][0]["file"])
    return Network(
        name, BENCH / name / "model.nir", case["dt"],
        np.load(BENCH / name / case["inputs"][0]["file"])[:limit],
        {node: np.load(BENCH / name / file)[:limit]
         for node, file in files.items()}, "output", None)


def read_digits(limit):
    """The example; what it recorded is classes, so floats give the spikes."""
    return Network(
        "digits", DIGITS / "model.nir", 1e-3,
        np.load(DIGITS / "test_spikes.npy")[:limit], {"lif1": None,
        "output": None}, "output", np.load(DIGITS / "test_labels.npy")[:limit])


def predict(spikes):
    """Classes: most spikes, the lowest where several have as many."""
    sys.path.insert(0, str(DIGITS))
    import encode  # needs scikit-learn, which the corpus does not
    return encode.predict(spikes)


class Bench:
    """Runs the settings of one network; each once, however many rows ask."""

    def __init__(self, snnc, network, work):
        self.snnc, self.network, self.work = snnc, network, work
        self.results = {}
        np.save(work / "all.npy", network.x)
        np.save(work / "half.npy", network.x[:len(network.x) // 2])
        self.how = (network.model, "--semantics=nir", f"--dt={network.dt!r}",
                    "--input-kind=spikes")
        nodes, edges = q12.read(network.model)
        names, _ = q12.chain(nodes, edges)
        self.last = [n for n in names if nodes[n]["type"] in q12.NEURONS][-1]
        self.counts = {name: node["weight"].size
                       for name, node in nodes.items() if "weight" in node}
        spikes = self.spikes()
        if network.labels is not None:  # no spikes were recorded
            self.network = network._replace(expected=spikes)
        self.floats = self.result((), spikes, (
            4 * sum(self.counts.values()), *self.build()))

    def build(self, *options):
        """(ROM, RAM) in bytes, as the compiler says."""
        text = run(self.snnc, "build", *self.how, *options, "--name=net",
                   "-o", self.work / "out")
        found = re.search(r"RAM (\d+) bytes.*ROM (\d+) bytes", text)
        return int(found[2]), int(found[1])

    def spikes(self, *options):
        """{node: spikes} of the compiled network on all data."""
        files = {node: self.work / f"y{k}.npy"
                 for k, node in enumerate(self.network.expected)}
        words = ["--out=" + str(file) if node == self.network.output
                 else f"--probe={node}={file}" for node, file in files.items()]
        run(self.snnc, "run", *self.how, *options, "--in",
            self.work / "all.npy", *words)
        return {node: np.load(file) for node, file in files.items()}

    def weights(self, choice):
        """Bytes of the weights' codes."""
        plan = choice.get("plan", {})
        bits = [count * plan.get(name, {}).get("weights", choice["weights"])
                for name, count in self.counts.items()]
        return (sum(bits) + 7) // 8

    def measure(self, options):
        """The Result of a setting."""
        if options not in self.results:
            result = self.results[options] = self.attempt(options)
            print(f"{self.network.name}: {' '.join(options)}: "
                  f"{result.error or kept(result)}", file=sys.stderr)
        return self.results[options]

    def attempt(self, options):
        choice = self.work / "choice.json"
        try:
            memory = self.build(*options, "--data", self.work / "half.npy",
                                f"--quantize-out={choice}")
            spikes = self.spikes(f"--quantize={choice}")
        except Failed as failed:
            return Result(options, None, None, None, {}, str(failed))
        chosen = json.loads(choice.read_text())
        return self.result(options, spikes, (self.weights(chosen), *memory),
                           chosen.get("plan", {}))

    def fixed(self):
        """The Result of int8, Q12 and floor."""
        spikes = q12.run(self.network.model, self.network.x, self.network.dt)
        spikes[self.network.output] = spikes[self.last]
        return self.result(None, spikes, None)

    def result(self, options, spikes, memory, plan=None):
        got, half = spikes[self.network.output], len(self.network.x) // 2
        parts = (slice(None), slice(half), slice(half, None))
        of_nodes = {node: score(spikes[node], expected).f1
                    for node, expected in self.network.expected.items()}
        return Result(options, [self.score(got, part) for part in parts],
                      of_nodes, memory, plan or {}, None)

    def score(self, got, part):
        network = self.network
        compared = score(got[part], network.expected[network.output][part])
        if network.labels is None:
            return compared
        right = predict(got[part]) == network.labels[part]
        return compared._replace(right=int(right.sum()), count=len(right))

    def best(self, row):
        """What the first half chooses: the least memory that holds there, or
        what is nearest to the floats, by classes (more right than theirs is
        luck) and then F1; an error's Result where all settings are refused."""
        results = [self.measure(options) for options in row.settings]
        able = [r for r in results if not r.error]
        fit = [r for r in able if row.smallest
               and row.holds(r.scores[1], self.floats.scores[1])]
        if fit:
            return min(fit, key=lambda r: sum(r.memory[1:]))
        most = self.floats.scores[1].right or 0
        return max(able, default=results[0], key=lambda r: (
            min(r.scores[1].right or 0, most), r.scores[1].f1,
            -sum(r.memory[1:])))


def score(got, expected):
    """The Score of spikes, 0 or 1."""
    got, expected = got > 0, expected > 0
    both = int((got & expected).sum())
    a, b = int(got.sum()), int(expected.sum())
    return Score(int((got != expected).sum()), got.size, both / a if a else 1.,
                 both / b if b else 1., 2 * both / (a + b) if a + b else 1.,
                 None, None)


def verdict(row, result, floats):
    """Whether a row's figure holds on all data and on either half."""
    if row.holds is None:
        return "-"
    if result.error:
        return "no"
    whole, seen, unseen = (
        row.holds(*pair) for pair in zip(result.scores, floats.scores))
    if seen and not unseen:
        return "not on the unseen half"
    return "yes" if whole and seen else "no"


def kept(result):
    """F1 on all and either half, and how many classes are right."""
    text = " / ".join(f"{s.f1:.4f}" for s in result.scores)
    if result.scores[0].right is not None:
        text += "; right " + " / ".join(
            f"{s.right} of {s.count}" for s in result.scores)
    return text


def given(result):
    """Options as a reader types them, and the bits that auto chose."""
    if not result.options:
        return "Q12" if result.options is None else "floats"
    bits = [f"{name} {bits.get('weights', bits.get('state'))}"
            for name, bits in result.plan.items()
            if "weights" in bits or "state" in bits]
    return f"`{' '.join(result.options)}`" + (
        f" (bits: {', '.join(bits)})" if bits else "")


ANSWERS = head(
    "network", "constraint", "must reach", "reached",
    "F1 on all / 1st / 2nd half", "cells differ", "weights B", "ROM B",
    "RAM B", "Q12: F1 on all / 1st / 2nd half", "Q12: cells differ",
    "floats: ROM B", "floats: RAM B", "setting")
DETAILS = head(
    "network", "setting", "F1 on all / 1st / 2nd half", "cells differ",
    "precision", "recall", "F1 of each layer", "weights B",
    "scales, constants B", "ROM B", "RAM B")


def answer(row, bench, fixed):
    """The line of a row in the first table."""
    result = bench.best(row)
    found = (result.error, "", "", "", "") if result.error else (
        kept(result), result.scores[0].differ, *result.memory)
    return line(row.network, row.constraint, row.must,
                verdict(row, result, bench.floats), *found, kept(fixed),
                fixed.scores[0].differ, *bench.floats.memory[1:],
                given(result))


def detail(name, result):
    """The line of a setting in the second table."""
    if result.error:
        return line(name, given(result), result.error, *[""] * 8)
    memory = [""] * 4
    if result.memory:
        weights, rom, ram = result.memory
        memory = weights, rom - weights, rom, ram
    whole = result.scores[0]
    layers = ", ".join(f"{node} {f1:.4f}"
                       for node, f1 in result.layers.items())
    return line(name, given(result), kept(result), whole.differ,
                f"{whole.precision:.4f}", f"{whole.recall:.4f}", layers,
                *memory)


def measure(snnc, network, asked):
    """Lines for both tables of one network."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(snnc, network, pathlib.Path(folder))
        fixed = bench.fixed()
        answers = [answer(row, bench, fixed) for row in asked]
    tried = [bench.floats, fixed, *bench.results.values()]
    return answers, [detail(network.name, result) for result in tried]


def tables(snnc, asked, limit):
    """The lines of the two tables; asked: Rows."""
    first, second, skipped = [*ANSWERS], [*DETAILS], []
    for name in dict.fromkeys(row.network for row in asked):
        if name != "digits" and not BENCH.is_dir():
            skipped.append(f"{name}: skipped: no corpus\n")
            continue
        network = (read_digits(limit) if name == "digits"
                   else read_corpus(name, limit))
        answers, details = measure(
            snnc, network, [row for row in asked if row.network == name])
        first += answers
        second += details
    return [*first, "", *skipped, "All that was tried:", "", *second, ""]


def main():
    known = list(dict.fromkeys(row.network for row in rows()))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--snnc", default=ROOT / "build/release/bin/snnc")
    parser.add_argument("--network", nargs="+", choices=known, default=known)
    parser.add_argument("--constraint", default="", metavar="TEXT",
                        help="only the rows with this in their constraint")
    parser.add_argument("--limit", type=int, metavar="N",
                        help="only the first N steps, or samples")
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE.md")
    parser.add_argument("--commit", help="what the compiler was built from; "
                        "default: the one checked out here")
    arguments = parser.parse_args()
    asked = [row for row in rows() if row.network in arguments.network
             and arguments.constraint in row.constraint]
    if arguments.write and (len(asked) < len(list(rows())) or arguments.limit
                            or not BENCH.is_dir()):
        parser.error("--write needs all rows, all data and the corpus")
    snnc = pathlib.Path(arguments.snnc).resolve()
    try:
        version = run(snnc, "--version").strip()
        text = "\n".join([origin(version, arguments.commit or head_commit()), "",
                          *tables(snnc, asked, arguments.limit)])
    except Failed as failed:
        sys.exit(str(failed))
    if arguments.write:
        write(arguments.write, text, MARKS)
    else:
        print(text)


if __name__ == "__main__":
    main()
