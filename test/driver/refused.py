#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Sees a command refuse its work: refused.py TEXT COMMAND...

The exit status must be 1, standard error be TEXT and nothing else, standard
output be empty, and the working directory with all its files be what it was.
"""
import pathlib
import subprocess
import sys


def contents():
    return {path: path.read_bytes() if path.is_file() else None
            for path in pathlib.Path(".").rglob("*")}


def main():
    text, *command = sys.argv[1:]
    before = contents()
    done = subprocess.run(command, stdin=subprocess.DEVNULL,
                          capture_output=True, check=False)
    after = contents()
    said = done.stderr.decode("utf-8", "replace")
    problems = []
    if done.returncode != 1:
        problems.append(f"exit status is {done.returncode}, not 1")
    if said != text + "\n":
        problems.append(f"standard error is\n{said}not\n{text}")
    if done.stdout:
        problems.append(f"standard output has {len(done.stdout)} bytes")
    for path in sorted(before.keys() | after.keys()):
        if path not in before:
            problems.append(f"{path} is new")
        elif before[path] != after.get(path):
            problems.append(f"{path} has changed")
    for problem in problems:
        print(f"{' '.join(command)}: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
