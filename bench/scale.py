# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""How the time and memory of `snnc build` grow with a network's parameters.

Prints one table from one run: networks of two hidden layers with about so many
million weights, the seconds and the processor's seconds that a build takes, the
most memory it holds, and both by what the file holds.

    bench/scale.py --snnc build/release/bin/snnc [MILLIONS...]
"""
import argparse
import os
import pathlib
import sys
import tempfile
import time

from bench import ROOT, write_mlp

INPUTS, OUTPUTS = 784, 10


def sizes(parameters):
    """Layers 784-h-h-10 with this many weights."""
    fixed = INPUTS + OUTPUTS
    hidden = ((fixed ** 2 + 4 * parameters) ** .5 - fixed) / 2
    return [INPUTS, int(hidden), int(hidden), OUTPUTS]


def measure(*words):
    """Seconds, processor seconds, and bytes of memory of a command."""
    start = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os.execv(words[0], [str(w) for w in words])
    _, status, used = os.wait4(pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(map(str, words))}: status {status}")
    return (time.perf_counter() - start, used.ru_utime + used.ru_stime,
            used.ru_maxrss * 1024)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--snnc", default=ROOT / "build/release/bin/snnc")
    parser.add_argument("millions", nargs="*", type=float, default=[1, 10])
    arguments = parser.parse_args()
    snnc = pathlib.Path(arguments.snnc).resolve()
    print(f"{'parameters':>12}{'file MB':>9}{'s':>8}{'CPU s':>8}"
          f"{'MB':>7}{'MB/MB':>7}{'CPU ns each':>13}")
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "net.nir"
        for millions in arguments.millions or [1, 10]:
            layers = sizes(millions * 1e6)
            write_mlp(model, layers, seed=1)
            count = sum(n * m for n, m in zip(layers, layers[1:]))
            wall, cpu, memory = measure(
                snnc, "build", model, "-o", folder, "--semantics=nir",
                "--dt=1e-3", "--weights=file")
            size = model.stat().st_size
            print(f"{count:>12}{size / 1e6:>9.1f}{wall:>8.2f}{cpu:>8.2f}"
                  f"{memory / 1e6:>7.0f}{memory / size:>7.2f}"
                  f"{cpu / count * 1e9:>13.1f}", flush=True)


if __name__ == "__main__":
    main()
