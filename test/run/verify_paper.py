#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`snnc verify` on the published cases: verify_paper.py FOLDER

All recorded spikes come out, and the membranes of the single neuron: those of
lava and nengo, which compute in double, within a rounding of f32. One cell
changed is found.
"""
import pathlib
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import corpus  # noqa: E402

ROUNDED = {"lif_lava_cpu_float": "1e-8", "lif_nengo": "1e-7"}


def verify(case, folder, output, *more):
    command = ["snnc", "verify", *corpus.what(case), "--both",
               "--in", str(folder / "input.npy"), "--expect", str(output),
               *more]
    for probe in case.probes:
        command += ["--expect", f"{probe.name}={probe.file}"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main():
    names = set()
    for folder in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        case = corpus.read_case(folder)
        more = ["--atol", ROUNDED[folder.name]] if folder.name in ROUNDED else []
        done = verify(case, folder, folder / "output.npy", *more)
        assert done.returncode == 0, (folder.name, done.stdout, done.stderr)
        assert done.stdout.endswith("\nequal\n")
        changed = np.load(folder / "output.npy")
        changed[100, 0] ^= 1
        np.save("changed.npy", changed)
        done = verify(case, folder, "changed.npy", *more)
        assert done.returncode == 1, folder.name
        assert ("first divergence: step 100, node output, neuron 0: expected "
                in done.stdout), (folder.name, done.stdout)
        names.add(folder.name)
    assert ROUNDED.keys() < names, names


main()
