# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the benchmarks share: where data lies, commands, tables in markdown."""
import datetime
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS = pathlib.Path(os.environ.get("SNN_CORPUS", ROOT / "../shared/corpus"))
BENCH = CORPUS / "bench"
DIGITS = ROOT / "examples/digits"


class Failed(Exception):
    """A command that gave an error; its text is what it said."""


def run(*words, env=None):
    """What a command prints."""
    done = subprocess.run([str(w) for w in words], capture_output=True,
                          text=True, check=False, env=env)
    if done.returncode != 0:
        lines = [line.split("error: ", 1)[1]
                 for line in done.stderr.splitlines() if "error: " in line]
        raise Failed(" ".join(lines) or done.stderr.strip()
                     or f"status {done.returncode}")
    return done.stdout


def line(*cells):
    return "| " + " | ".join(
        f"{c:,}" if isinstance(c, int) else c for c in cells) + " |"


def head(*names):
    return [line(*names), "|" + "---|" * len(names)]


def head_commit():
    return run("git", "-C", ROOT, "rev-parse", "--short", "HEAD").strip()


def origin(version, commit):
    """A line that says what was measured, and when."""
    return (f"Measured on {datetime.date.today()} with {version}, commit "
            f"{commit}.")


def marks(script):
    """The lines of a page between which a script's tables stand."""
    return f"<!-- tables of bench/{script} -->\n", "<!-- end of tables -->\n"


def write(path, text, around):
    """Puts text between the two marks of a file."""
    old = path.read_text()
    if any(old.count(mark) != 1 for mark in around):
        sys.exit(f"{path}: needs each of these lines once: "
                 + " ".join(mark.strip() for mark in around))
    before, after = old.split(around[0])[0], old.split(around[1])[1]
    path.write_text(f"{before}{around[0]}\n{text}\n{around[1]}{after}")
