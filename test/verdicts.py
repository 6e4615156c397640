#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Does `snnc check` say of a file what `snnc build` does with it?

verdicts.py --snnc PROGRAM [FOLDER...]

Takes every model.nir below the folders, with the options that corpus.py makes of
its case.json, and every file that test/nir/make.py can write. Both must have the same exit status,
each error of build must be one of check's, and a case that expects an error must
have one. A file that builds must inspect, with RAM and ROM as build prints them.
A case without a profile is skipped, as in corpus.py. The last line is
'N passed, N failed, N skipped'; the exit status is 1 if any failed.
"""
import argparse
import json
import multiprocessing
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "nir"))
import corpus  # noqa: E402
import make  # noqa: E402

MAKE_ONLY = ("type-long", "type-long-fixed", "edge-long", "edges-many")


def run(*words):
    done = subprocess.run([str(w) for w in words], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False, timeout=600)
    return done.returncode, done.stdout, done.stderr


def sizes_differ(snnc, model, options, built):
    ram, rom = map(int, re.search(rb"RAM (\d+) bytes \(state\), ROM (\d+)",
                                  built).groups())
    totals = json.loads(run(snnc, "inspect", model, "--json",
                            *options)[1])["totals"]
    said = totals["ram_bytes"], totals["rom_bytes"], totals["exact"]
    return said != (ram, rom, True) and f"inspect says {said}, {ram} {rom}"


def known(text):
    """A loop may be told from any of its nodes on."""
    return "a loop" if text.startswith("algebraic loop") else text


def judge(snnc, model, options, expect):
    """What is wrong, or an empty text."""
    with tempfile.TemporaryDirectory() as folder:
        status, out, stderr = run(snnc, "build", model, "-o", folder, *options)
    checked, text, _ = run(snnc, "check", model, "--json", *options)
    said = json.loads(text)
    told = {p["text"] for p in said["problems"] if p["severity"] == "error"}
    if checked != status:
        return f"check gives {checked}, build {status}"
    if said["compiles"] is not (status == 0):
        return f"'compiles' is {said['compiles']}, build gives {status}"
    if expect == "error" and status != 1:
        return "an error was expected"
    told = {known(text) for text in told}
    for line in stderr.decode("utf-8", "replace").splitlines():
        _, is_error, text = line.partition(": error: ")
        if is_error and known(text) not in told:
            return f"check does not say: {line}"
    return status == 0 and sizes_differ(snnc, model, options, out) or ""


def judge_case(job):
    """What is wrong; None: skipped."""
    snnc, folder = job
    try:
        case = corpus.read_case(folder)
    except corpus.Skipped:
        return None
    model, *options = corpus.what(case)
    return judge(snnc, model, options, case.expect)


def judge_made(job):
    snnc, name = job
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder) / "x.nir"
        if name in make.NETS:
            make.write(model, *make.NETS[name]())
        else:
            make.edit(model, make.EDITS[name])
        return judge(snnc, model, ["--semantics=nir", "--dt=.1"], None)


def judge_one(job):
    how, *what = job
    try:
        return (judge_case if how == "case" else judge_made)(what)
    except Exception as error:  # a crash, or text that is no JSON
        return f"{type(error).__name__}: {error}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="*", type=pathlib.Path)
    parser.add_argument("--snnc", required=True, type=pathlib.Path)
    args = parser.parse_args()
    snnc = args.snnc.resolve()
    cases = sorted(path.parent for folder in args.folders
                   for path in folder.resolve().rglob("case.json"))
    made = [n for n in [*make.NETS, *make.EDITS] if n not in MAKE_ONLY]
    jobs = ([("case", snnc, c) for c in cases]
            + [("made", snnc, name) for name in made])
    with multiprocessing.Pool() as pool:
        wrong = pool.map(judge_one, jobs, chunksize=1)
    for job, why in zip(jobs, wrong):
        if why:
            print(f"FAIL {job[2]}: {why}")
    failed, skipped = sum(map(bool, wrong)), wrong.count(None)
    print(f"{len(jobs) - failed - skipped} passed, {failed} failed, "
          f"{skipped} skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
