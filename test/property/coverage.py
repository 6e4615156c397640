# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The table of what random networks have shown: docs/coverage.md."""
import difflib
import sys

COLUMNS = [(road, kind) for road in ("interpreter", "C", "LLVM")
           for kind in ("f32", "f64")]
HEAD = """\
<!-- SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception -->
# What random networks have shown

Written by `make golden`; `make test` makes the same networks and fails if a number differs, or if one is 0.

Each network of `test/property` takes three roads, in f32 and in f64: the interpreter, the generated C, and the `linalg` stage
by `mlir-opt`, `mlir-translate` and `clang` alone. A number says in how many networks a node with the option, or in the
place, emitted a signal that changes, and all Outputs of the network were the interpreter's to the bit. Dead nodes and what
feeds them are looked at in the interpreter alone.
"""


def table(shown, groups):
    lines = [HEAD]
    for group, options in groups.items():
        lines.append(f"## {group}\n")
        lines.append("| option | " + " | ".join(
            f"{road} {kind}" for road, kind in COLUMNS) + " |")
        lines.append("|---" * (1 + len(COLUMNS)) + "|")
        for option in options:
            counts = [shown[group, option, *column] for column in COLUMNS]
            lines.append(f"| {option} | " + " | ".join(map(str, counts)) + " |")
        lines.append("")
    return "\n".join(lines)


def check(path, shown, groups, write):
    """Is every option there, and is path this table? Or makes it that."""
    missing = [f"{group}: {option}, {road}, {kind}"
               for group, options in groups.items() for option in options
               for road, kind in COLUMNS
               if shown[group, option, road, kind] == 0]
    if missing:
        print("never shown:", *missing, sep="\n  ")
    text = table(shown, groups)
    stored = path.read_text("utf-8") if path.exists() else ""
    if write:
        path.write_text(text, "utf-8")
        print(f"wrote {path}")
    elif text != stored:
        sys.stdout.writelines(difflib.unified_diff(
            stored.splitlines(True), text.splitlines(True), str(path),
            "this run", n=0))
    return not missing and (write or text == stored)
