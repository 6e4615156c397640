# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks what bench/quantize.py says of a setting: check_quantize.py TABLE.md

The table is of 20 samples. `snnc verify` on the same data, with ranges from the
same half, gives the same figures; and write() replaces the tables, no more.
"""
import json
import pathlib
import subprocess
import sys

import numpy as np

sys.path.insert(
    0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "bench"))
import quantize as table  # noqa: E402

x = np.load(table.DIGITS / "test_spikes.npy")
np.save("all.npy", x[:20])
np.save("half.npy", x[:10])
for options in table.plain(8, 16):
    done = subprocess.run(
        ["snnc", "verify", table.DIGITS / "model.nir", "--semantics=nir",
         "--dt=1e-3", "--input-kind=spikes", *options, "--data=half.npy",
         "--in=all.npy", "--json"], capture_output=True, text=True, check=False)
    node = next(n for n in json.loads(done.stdout)["nodes"]
                if n["node"] == "output")
    line, = (text for text in pathlib.Path(sys.argv[1]).read_text().split("\n")
             if text.startswith(f"| digits | `{' '.join(options)}`"))
    cells = line.split(" | ")
    assert cells[2].startswith(f"{node['f1']:.4f} / "), (node, line)
    assert cells[3] == str(node["differ"]), (node, line)
    assert cells[4] == f"{node['precision']:.4f}", (node, line)
    assert cells[5] == f"{node['recall']:.4f}", (node, line)

# Of 3 and 4 spikes 2 meet.
score = table.score(np.array([1, 1, 1, 0, 0, 0]), np.array([1, 1, 0, 1, 1, 0]))
assert score[:5] == (3, 6, 2 / 3, 2 / 4, 4 / 7), score

page = pathlib.Path("page.md")
page.write_text("before\n" + table.MARKS[0] + "old\n" + table.MARKS[1]
                + "after\n")
table.write(page, "new", table.MARKS)
assert page.read_text() == (
    f"before\n{table.MARKS[0]}\nnew\n{table.MARKS[1]}after\n")
page.write_text("no marks\n")
try:
    table.write(page, "new", table.MARKS)
    sys.exit("written")
except SystemExit as refused:
    assert "needs each of these lines once" in str(refused)
