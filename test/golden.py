#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compares the C of the networks of test/golden with the files that stand
there, byte for byte; with --write, writes them anew. The difference is then
reviewed as code.

The last line is 'N passed, N failed'; the exit status is 1 if one failed.
"""
import argparse
import difflib
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "golden"))
from nets import GOLDEN, write  # noqa: E402


def generate(snnc, name, folder):
    """Returns {file name: text}; raises if snnc fails."""
    golden = GOLDEN[name]
    model = folder / f"{name}.nir"
    write(model, *golden.nodes())
    subprocess.run([snnc, "build", model, "-o", folder,
                    *golden.options.split()], check=True,
                   stdout=subprocess.DEVNULL)
    return {f"{name}.{end}": (folder / f"{name}.{end}").read_text("utf-8")
            for end in ("h", "c")}


def difference(path, text):
    """The lines of a diff, none if the file is what it should be."""
    stored = path.read_text("utf-8") if path.exists() else ""
    return list(difflib.unified_diff(
        stored.splitlines(True), text.splitlines(True),
        f"stored/{path.name}", f"generated/{path.name}"))


def check(files, write_them):
    bad = False
    for file, text in files.items():
        lines = difference(HERE / "golden" / file, text)
        bad |= bool(lines)
        if lines and write_them:
            (HERE / "golden" / file).write_text(text, "utf-8")
            print(f"wrote test/golden/{file}")
        elif lines:
            sys.stdout.writelines(lines)
    return not bad or write_them


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--snnc", default="snnc")
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    passed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in GOLDEN:
            passed += check(generate(args.snnc, name, pathlib.Path(folder)),
                            args.write)
    print(f"{passed} passed, {len(GOLDEN) - passed} failed")
    sys.exit(passed < len(GOLDEN))


if __name__ == "__main__":
    main()
