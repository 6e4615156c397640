# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs every command of docs/frameworks.md on a file of that framework.

usage: frameworks.py docs/frameworks.md CORPUS; run in an empty folder
"""
import pathlib
import re
import shutil
import subprocess
import sys

import numpy as np

DOC, CORPUS = (pathlib.Path(path) for path in sys.argv[1:])
CASES = {"snnTorch": "snntorch/ff3_leaky_zero_delay_a",
         "Norse": "norse/cuba2_lifcell_14", "Sinabs": "sinabs/ff3_lif_4",
         "Rockpool": "rockpool/rec_liftorch_10", "Spyx": "paper/lif_spyx",
         "SpikingJelly": "spikingjelly/ff2_lif_soft_6",
         "Lava and lava-dl": "paper/lif_lava_cpu_float",
         "Nengo": "paper/lif_nengo", "A file of your own": "paper/lif_norse"}
OTHER = {"lava-dl": "paper/braille_noDelay_bias_zero_lava"}


def commands(text):
    """What stands after snnc, and each --set or --reset of a table alone."""
    for line in re.findall(r"^    snnc (.*)$", text.replace("\\\n", " "), re.M):
        yield line.split("#")[0]
    profile = re.search(r"--semantics=\S+", text).group()
    dt = (re.findall(r" --dt=\S+", text) or [""])[0]
    for words in re.findall(r"`(--(?:set |reset=)[^`]+)`", text):
        yield f"build model.nir {profile}{dt} {words} -o out"


def main():
    sections = DOC.read_text("utf-8").split("\n## ")[1:]
    assert [s.split("\n")[0] for s in sections] == list(CASES)
    count = 0
    np.save("bias.npy", np.full(32, 0.125))
    np.save("w_rec.npy", np.full((32, 32), 0.125))
    for section in sections:
        for command in commands(section):
            case = next((OTHER[k] for k in OTHER if f"={k} " in command),
                        CASES[section.split("\n")[0]])
            shutil.copy(CORPUS / case / "model.nir", "model.nir")
            subprocess.run(f"snnc {command}", shell=True, check=True,
                           stdout=subprocess.DEVNULL)
            count += 1
    print(count, "commands")


main()
