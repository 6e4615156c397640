# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Samples per second of the Python package, next to PyTorch's frameworks.

Prints tables in markdown from one run: networks on batches, by net.run and by
the same networks in snnTorch, Norse and Sinabs (bench/frameworks.py), on one
thread and two; what one call costs; and the time to the first result. All take
turns and medians count, so a busy machine disturbs all alike. Spikes are
compared with ours, and ours with recorded ones: a row that differs says so.

    build/bench-venv/bin/python bench/python.py    (scripts/setup.sh bench)
    ... --only torch        without our package; spikes are those of snnc run
    ... --write docs/python-speed.md               replace the tables there
"""
import argparse
import collections
import functools
import importlib.metadata
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

from bench import write_mlp
from report import (BENCH, DIGITS, ROOT, Failed, head, head_commit, line, marks,
                    origin, run, write)

MARKS = marks("python.py")
FRAMEWORKS = ("snnTorch", "Norse", "Sinabs")
PACKAGES = ("torch", "snntorch", "norse", "sinabs", "nirtorch", "nir", "numpy")
THREADS = (1, 2)
OURS = "snn-mlir"
PAUSE = .02  # seconds before each measurement: threads of the last one sleep

# x: samples (n, steps, ...); expected: recorded spikes of the first sample, or
# None; batches: how many samples at once.
Network = collections.namedtuple(
    "Network", "name model dt x expected batches")
# call(threads): what is measured.
Racer = collections.namedtuple("Racer", "who how semantics call")
# seconds: {threads: seconds of a call}; differ: cells that are not as ours.
Result = collections.namedtuple("Result", "racer seconds differ cells")
# How long and how often is measured.
Effort = collections.namedtuple("Effort", "seconds rounds")


def read_digits(quick):
    x = np.load(DIGITS / "test_spikes.npy").astype(np.float32)
    return Network("digits 64-64-10", DIGITS / "model.nir", 1e-3, x[:256], None,
                   (2,) if quick else (1, 32, 256))


def read_corpus(name, folder, quick):
    """Samples are the recorded input, turned in time by equal parts."""
    case = json.loads((BENCH / folder / "case.json").read_text())
    x, y = (np.load(BENCH / folder / case[port][0]["file"])
            for port in ("inputs", "outputs"))
    batches = (2,) if quick else (1, 32)
    if quick:
        x, y = x[:40], y[:40]
    x = np.stack([np.roll(x, -(k * len(x)) // batches[-1], axis=0)
                  for k in range(batches[-1])])
    return Network(name, BENCH / folder / "model.nir", case["dt"],
                   x.astype(np.float32), y, batches)


def networks(quick):
    yield read_digits(quick)
    for name, folder in (("Oxford 200-256-200", "oxford"),
                         ("N-MNIST, convolutions", "nmnist_2pct")):
        if BENCH.is_dir():
            yield read_corpus(name, folder, quick)
        else:
            print(f"{name}: skipped: no corpus", file=sys.stderr)


class Package:
    """Our package."""

    timed = True

    def __init__(self):
        import snn_mlir
        self.package = snn_mlir
        self.version = f"snn_mlir {importlib.metadata.version('snn_mlir')}"
        self.open = functools.cache(self.compile)

    def compile(self, model, semantics, dt):
        return self.package.compile(str(model), semantics=semantics, dt=dt)

    def spikes(self, model, semantics, dt, x, threads=2):
        return np.asarray(self.open(model, semantics, dt).run(
            x, threads=threads, progress=False))


class Command:
    """snnc run, for spikes alone."""

    timed = False

    def __init__(self, snnc, work):
        self.snnc, self.work = snnc, work
        self.version = run(snnc, "--version").strip()

    def spikes(self, model, semantics, dt, x):
        np.save(self.work / "x.npy", x)
        run(self.snnc, "run", model, f"--semantics={semantics}", f"--dt={dt!r}",
            "--in", self.work / "x.npy", "--out", self.work / "y.npy")
        return np.load(self.work / "y.npy")


def racers(ours, network, x):
    """Who runs x (samples, steps, ...), and what each gives: (Racer, spikes)."""
    import frameworks
    import torch
    ways = [way for name in FRAMEWORKS
            for way in frameworks.ways(name, network.model, network.dt)]
    how = network.model, network.dt
    expected = {}
    for semantics in dict.fromkeys(["nir", *(way.semantics for way in ways)]):
        y = expected[semantics] = ours.spikes(how[0], semantics, how[1], x)
        if ours.timed:
            yield Racer(OURS, "net.run", semantics, functools.partial(
                ours.spikes, how[0], semantics, how[1], x)), y, y
    if network.expected is not None:
        wrong = int((expected["nir"][0] != network.expected).sum())
        if wrong:
            sys.exit(f"{network.name}: {wrong} of our cells are not as recorded")
    for way in ways:
        def call(threads, way=way, given=frameworks.tensor(way, x)):
            torch.set_num_threads(threads)
            return way.run(given)
        yield (Racer(way.framework, way.how, way.semantics, call),
               frameworks.array(way, call(THREADS[-1])),
               expected[way.semantics])


def clock(call, count):
    start = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - start) / count


def race(calls, effort):
    """Medians in seconds of {key: call}, which take turns. What a first call
    does once does not count."""
    for call in calls.values():
        call()
    counts = {key: max(1, int(effort.seconds / clock(call, 1)))
              for key, call in calls.items()}
    times = collections.defaultdict(list)
    for _ in range(effort.rounds):
        for key, call in calls.items():
            time.sleep(PAUSE)
            times[key].append(clock(call, counts[key]))
    return {key: statistics.median(each) for key, each in times.items()}


def measure(ours, network, batch, effort):
    """The Results of a network on so many samples."""
    x = np.ascontiguousarray(network.x[:batch])
    found = [(racer, int((got != expected).sum()), got.size)
             for racer, got, expected in racers(ours, network, x)]
    seconds = race({(k, threads): functools.partial(racer.call, threads=threads)
                    for k, (racer, *_) in enumerate(found)
                    for threads in THREADS}, effort)
    return [Result(racer, {n: seconds[k, n] for n in THREADS}, differ, cells)
            for k, (racer, differ, cells) in enumerate(found)]


def rate(samples, seconds):
    per = samples / seconds
    return f"{per:,.0f}" if per >= 100 else f"{per:.3g}"


def ratio(slow, fast):
    return f"{slow / fast:.3g}"


def of_ours(results, result, threads):
    """How many times as long as ours, with the same semantics, on as many
    threads; '-' where ours was not measured."""
    for mine in results:
        if mine.racer.who == OURS and (
                mine.racer.semantics == result.racer.semantics):
            return ratio(result.seconds[threads], mine.seconds[threads])
    return "-"


SPEED = head(
    "network", "samples", "who", "how", "semantics",
    *(f"samples/s, {n} thread{'s' * (n > 1)}" for n in THREADS),
    *(f"ours is times as fast, {n}" for n in THREADS), "cells that differ")


def speed_lines(network, batch, results):
    for result in results:
        racer = result.racer
        same = ("0" if result.differ == 0 else
                f"**not the same: {result.differ:,} of {result.cells:,}**")
        yield line(network.name, batch, racer.who, racer.how, racer.semantics,
                   *(rate(batch, result.seconds[n]) for n in THREADS),
                   *(of_ours(results, result, n) for n in THREADS), same)


FASTEST = head("network", "samples", "threads", "ours: samples/s",
               *(f"times the fastest {name}" for name in FRAMEWORKS))


def fastest_lines(network, batch, results):
    """Ours next to the fastest way of each framework to give the same."""
    for n in THREADS:
        best = []
        for name in FRAMEWORKS:
            theirs = [r for r in results if r.racer.who == name
                      and r.differ == 0]
            result = min(theirs, key=lambda r: r.seconds[n], default=None)
            best.append(of_ours(results, result, n) if result else "none")
        yield line(network.name, batch, str(n), rate(
            batch, results[0].seconds[n]), *best)


def speed(ours, asked, effort):
    """The lines of the tables of samples per second."""
    first, second = [], []
    for network in asked:
        for batch in network.batches:
            results = measure(ours, network, batch, effort)
            first += fastest_lines(network, batch, results)
            second += speed_lines(network, batch, results)
            print(f"{network.name}, {batch} samples: measured",
                  file=sys.stderr)
    return ([*FASTEST, *first, "", "All of it:", ""] if ours.timed else []) + [
        *SPEED, *second, ""]


def overhead(ours, work, effort):
    """The lines of the table of what a call costs: a network of 4 neurons."""
    import frameworks
    import nir
    import torch
    torch.set_num_threads(1)
    model, x = work / "tiny.nir", np.ones((1, 1, 4), np.float32)
    write_mlp(model, [4, 4], seed=1)
    calls = {}
    if ours.timed:
        net = ours.open(model, "nir", 1e-3)
        calls[OURS, "run"] = lambda: net.run(x, threads=1)
        calls[OURS, "step"] = functools.partial(net.step, x[0, 0])
    for name in FRAMEWORKS:
        way = frameworks.by_hand(name, frameworks.LAYERS, model, 1e-3)
        calls[name, "run"] = functools.partial(
            way.run, frameworks.tensor(way, x))
        if name != "Sinabs":  # it has no step
            calls[name, "step"] = functools.partial(frameworks.through(
                frameworks.layers(name, nir.read(model), 1e-3)),
                torch.ones(1, 4))
    micro = {key: f"{1e6 * value:.3g}"
             for key, value in race(calls, effort).items()}
    return [*head("who", "run of one step, us", "step, us"), *(
        line(who, micro[who, "run"], micro.get((who, "step"), "-"))
        for who in dict.fromkeys(who for who, _ in calls)), ""]


def first(who, network):
    """In a process of its own: seconds of the imports, and of one sample from
    the file to its result."""
    x = np.ascontiguousarray(network.x[:1])
    start = time.perf_counter()
    if who == OURS:
        ours = Package()
        begin = time.perf_counter()
        ours.spikes(network.model, "nir", network.dt, x, threads=1)
    else:
        import frameworks
        import torch
        begin = time.perf_counter()
        with torch.no_grad():
            torch.set_num_threads(1)
            way = next(frameworks.ways(who, network.model, network.dt))
            way.run(frameworks.tensor(way, x))
    return begin - start, time.perf_counter() - begin


def child(who, k, quick, cache):
    """What first() gives in a new process with this cache."""
    words = [sys.executable, __file__, f"--first={who}", f"--network={k}"]
    return json.loads(run(*words, *["--quick"] * quick, env=dict(
        os.environ, XDG_CACHE_HOME=str(cache))))


def firsts(ours, asked, rounds, quick, work):
    """The lines of the table of the time to the first result."""
    times = collections.defaultdict(list)
    for k, network in enumerate(asked):
        for turn in range(rounds):
            cache = work / f"cache{k}-{turn}"
            cache.mkdir()
            for how in ("cold", "cached") if ours.timed else ():
                times[network.name, OURS, how].append(
                    child(OURS, k, quick, cache))
                if not any(path.is_file() for path in cache.rglob("*")):
                    raise Failed("nothing was put into the cache")
            for who in FRAMEWORKS:
                times[network.name, who, ""].append(
                    child(who, k, quick, cache))
    return [*head("network", "who", "imports, s", "from file to result, s"), *(
        line(name, f"{who} {how}".strip(),
             *(f"{statistics.median(each):.3g}" for each in zip(*found)))
        for (name, who, how), found in times.items()), ""]


def machine():
    """A line that says what everything runs on, and how busy that is now."""
    done = subprocess.run(["lscpu"], capture_output=True, text=True, check=False)
    model = [text.split(":")[1].strip() for text in done.stdout.splitlines()
             if text.startswith("Model name:")]
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}"
                         for name in PACKAGES)
    return (f"{', '.join(model) or platform.machine()}, {os.cpu_count()} cores, "
            f"load {os.getloadavg()[0]:.1f} before; "
            f"Python {platform.python_version()}, {versions}.")


def tables(ours, asked, effort, quick, commit, work):
    import torch
    with torch.no_grad():
        parts = [origin(ours.version, commit), "", machine(), "",
                 *speed(ours, asked, effort), "What one call costs:", "",
                 *overhead(ours, work, effort), "The first result:", "",
                 *firsts(ours, asked[:1] if quick else asked,
                         min(effort.rounds, 3), quick, work)]
    return "\n".join(parts)


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", choices=["torch"],
                        help="the frameworks alone, without our package")
    parser.add_argument("--snnc", default=ROOT / "build/release/bin/snnc",
                        help="whose spikes count with --only")
    parser.add_argument("--quick", action="store_true",
                        help="few samples, few steps: does it run at all")
    parser.add_argument("--write", type=pathlib.Path, metavar="FILE.md")
    parser.add_argument("--commit", help="what the package was built from; "
                        "default: the one checked out here")
    parser.add_argument("--first", help=argparse.SUPPRESS)
    parser.add_argument("--network", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write and (arguments.quick or arguments.only
                            or not BENCH.is_dir()):
        parser.error("--write needs our package, all data and the corpus")
    return arguments


def main():
    arguments = options()
    asked = list(networks(arguments.quick))
    if arguments.first:
        print(json.dumps(first(arguments.first, asked[arguments.network])))
        return
    effort = Effort(0, 1) if arguments.quick else Effort(.1, 5)
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        try:
            ours = (Command(pathlib.Path(arguments.snnc).resolve(), work)
                    if arguments.only else Package())
            text = tables(ours, asked, effort, arguments.quick,
                          arguments.commit or head_commit(), work)
        except Failed as failed:
            sys.exit(str(failed))
    if arguments.write:
        write(arguments.write, text, MARKS)
    else:
        print(text)


if __name__ == "__main__":
    main()
