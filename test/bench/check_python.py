# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What bench/python.py says of times and spikes that are known."""
import pathlib
import sys

TEST = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TEST.parent / "bench"))
import python as table  # noqa: E402


def result(who, semantics, seconds, differ=0):
    return table.Result(table.Racer(who, "how", semantics, None),
                        dict(zip(table.THREADS, seconds)), differ, 60)


# Ours, two semantics; a framework's two ways, the faster of which is wrong.
results = [result(table.OURS, "nir", (.1, .05)),
           result(table.OURS, "sinabs", (.5, .5)),
           result("Sinabs", "sinabs", (1, 2)),
           result("Sinabs", "nir", (.4, .5)),
           result("Norse", "nir", (.2, .3), differ=7),
           result("Norse", "nir", (.3, .4))]
network = table.Network("net", None, None, None, None, (10,))

lines = list(table.speed_lines(network, 10, results))
assert lines[2] == (
    "| net | 10 | Sinabs | how | sinabs | 10 | 5 | 2 | 4 | 0 |"), lines[2]
assert lines[4].endswith("| 2 | 6 | **not the same: 7 of 60** |"), lines[4]
assert lines[0].endswith("| 100 | 200 | 1 | 1 | 0 |"), lines[0]

# snnTorch has no row; Norse's wrong one does not count.
lines = list(table.fastest_lines(network, 10, results))
assert lines == ["| net | 10 | 1 | 100 | none | 3 | 4 |",
                 "| net | 10 | 2 | 200 | none | 8 | 10 |"], lines
assert table.of_ours(results[2:], results[2], 1) == "-"

# Slow calls run once a round, and so does what takes as long as asked.
calls = []
table.race({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")},
           table.Effort(0, 3))
assert calls == list("ab" * 5), calls  # the first, one timed, three rounds
medians = table.race({"slow": lambda: table.time.sleep(.02), "fast": int},
                     table.Effort(.001, 3))
assert .02 <= medians["slow"] < 2 and medians["fast"] < 1e-3, medians
