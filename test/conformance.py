#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares docs/conformance.md with what test/corpus.py --rows measured; with
--write, writes it anew. Every number in it comes from the rows.

The exit status is 1 if the two differ.
"""
import argparse
import difflib
import json
import pathlib
import sys

DOC = pathlib.Path(__file__).resolve().parent.parent / "docs/conformance.md"

HEAD = """\
<!-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception -->
# Do the spikes come out that the framework computed?

Written by `make conformance` from a run of `test/corpus.py`; never by hand. Each row is a `.nir` file and what the framework itself
computed for an input: `native`, the network as it was built there; `imported`, what the framework made of this very file; `published`, with the NIR paper,
as a trace of that framework. The C that `snnc` writes, the interpreter, and the interpreter without folds ran it, in f32 and f64; all three gave equal bits, and
what is compared here is f32.

| column | meaning |
|---|---|
| spikes out, hidden | the spikes that had to come out, of the Output and of the neurons before it |
| cells | steps times elements that were compared, in all |
| wrong | cells that differ: spikes at all, voltages by more than 1e-5 of their peak |
| voltage error | the largest difference of a real value, and the largest value, where an Output is no spikes or a membrane was recorded |
| options | what was told `snnc run`; files are in the case's folder |
"""
COLUMNS = ("case", "kind", "spikes out", "hidden", "cells", "wrong",
           "voltage error", "options")
BENCH = """
## Networks of the NIR paper and of Oxford

What they must give follows from the equations of NIR (`docs/spec.md`, `nir`), and not from a framework.
"""


def arrays_of(row):
    """All, those of Outputs, and those of other nodes; none of them twice: the
    neurons before an Output are often probed, too."""
    once = {name: v for name, v in row.get("compared", {}).items()
            if not v["again"]}
    outputs = [v for name, v in once.items() if name.startswith("out ")]
    hidden = [v for name, v in once.items() if not name.startswith("out ")]
    return outputs + hidden, outputs, hidden


def spikes(arrays):
    known = [v["spikes"] for v in arrays if v["spikes"] is not None]
    return f"{sum(known):,}" if known else ""


def voltage(arrays):
    real = [v for v in arrays if "error" in v]
    worst = max(real, key=lambda v: v["error"], default=None)
    return f"{worst['error']:.2g} of {worst['peak']:.3g}" if worst else ""


def summed(key, rows):
    return sum(v[key] or 0 for row in rows for v in arrays_of(row)[0])


def options(row):
    words = row.get("arguments", [])
    text = " ".join(words).replace("--semantics ", "--semantics=")
    text = text.replace("--dt ", "--dt=")
    return f"`{text}`" if text else ""


def line(cells):
    return f"| {' | '.join(cells)} |\n"


def kind(row):
    published = (row.get("trace_source") or "").startswith("published")
    return "published" if published else row.get("kind") or ""


def line_of(row):
    compared, outputs, hidden = arrays_of(row)
    verdict = {"PASS": "", "SKIP": " (skipped)", "FAIL": " (**failed**)"}
    return line([row["name"].split("/")[-1] + verdict[row["verdict"]],
                 kind(row), spikes(outputs), spikes(hidden),
                 f"{summed('cells', [row]):,}", f"{summed('wrong', [row]):,}",
                 voltage(compared), options(row)])


def table(rows):
    return (line(COLUMNS) + line(["---"] * len(COLUMNS))
            + "".join(line_of(row) for row in rows))


def total(rows):
    passed = sum(row["verdict"] == "PASS" for row in rows)
    return (f"{len(rows)} cases, {passed} passed; "
            f"{summed('spikes', rows):,} spikes, {summed('cells', rows):,} "
            f"cells, {summed('wrong', rows):,} wrong.")


def sections(rows):
    """Rows by folder: that of a framework's files, or of published traces."""
    found = {}
    for row in rows:
        found.setdefault((row["framework"], row["version"]), []).append(row)
    return sorted(found.items())


def document(rows):
    frameworks = [row for row in rows if row.get("framework")]
    bench = [row for row in rows if row["name"].startswith("bench/")]
    text = HEAD + f"\nIn all, {total(frameworks)}\n"
    for (framework, version), group in sections(frameworks):
        text += f"\n## {framework}, {version}\n\n{total(group)}\n\n"
        text += table(group)
    skipped = [row for row in rows
               if row["verdict"] == "SKIP" and row not in frameworks]
    for row in skipped:
        text += f"\nSkipped: {row['name']}: {row['reason']}.\n"
    return text + (BENCH + "\n" + total(bench) + "\n\n" + table(bench)
                   if bench else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    text = document(json.loads(arguments.rows.read_text("utf-8")))
    if arguments.write:
        DOC.write_text(text, encoding="utf-8")
        return 0
    old = DOC.read_text("utf-8") if DOC.exists() else ""
    sys.stdout.writelines(difflib.unified_diff(
        old.splitlines(True), text.splitlines(True), str(DOC), "this run"))
    return 1 if old != text else 0


if __name__ == "__main__":
    sys.exit(main())
