#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks corpus.py: each kind of wrong result must be seen.

A fake snnc doubles its input. The model of a case is a JSON object that says
where it goes wrong, and how: {"reference f64": "cell"}. A key is the road, the
type, both, or "all".

The last line is 'N passed, N failed'; the exit status is 1 if a check failed.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

CORPUS = pathlib.Path(__file__).resolve().parent / "corpus.py"
SECONDS = 5  # the time limit that a hanging case meets

FAKE = r'''#!PYTHON
import argparse, json, os, signal, sys, time
import numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("verb")
parser.add_argument("model")
parser.add_argument("--in", dest="inputs", action="append", default=[])
parser.add_argument("--out", action="append", default=[])
parser.add_argument("--probe", action="append", default=[])
parser.add_argument("--type", default="f32")
parser.add_argument("--semantics", required=True)
parser.add_argument("--dt", type=float, required=True)
parser.add_argument("--reference", action="store_true")
parser.add_argument("--fold")
parser.add_argument("-o", dest="folder")
a = parser.parse_args()
road = "reference" if a.reference else "compiled"
road = "unfolded" if a.fold == "none" else road
wrong = json.load(open(a.model))
how = next((wrong[key] for key in (road + " " + a.type, road, a.type, "all")
            if key in wrong), "")

def refuse(text):
    sys.exit("model.nir:n: error: " + text)

def write():
    if a.verb == "build":
        text = "int model;" if how != "bad C" else "int model"
        open(a.folder + "/model.c", "w").write(text)
        return
    x = np.load(a.inputs[0].split("=")[-1])
    real = np.float32 if a.type == "f32" else np.float64
    y = (2 * x).astype(real)
    if how == "cell":
        y[3, 1] += 1
    if how == "ulp":
        y[3, 1] = np.nextafter(y[3, 1], real(9))
    if how == "near":
        y += real(1e-5)
    if how == "nan":
        y[0, 0] = np.nan
    if how == "shape":
        y = y[1:]
    if how == "type":
        y = y.astype(np.int64)
    np.save(a.out[0].split("=")[-1], y)
    for probe in a.probe:
        if ".v=" in probe:
            v = (3 * x).astype(real)
            v += real({"membrane near": 3e-5, "membrane off": 6e-5}.get(how, 0))
            v = np.roll(v, how == "membrane late", axis=0)
            np.save(probe.split("=")[1], v)
            continue
        spikes = (x > 0.5).astype(np.uint8)
        spikes[2, 0] ^= how == "probe"
        np.save(probe.split("=")[1], spikes)

if how == "crash":
    os.kill(os.getpid(), signal.SIGSEGV)
if how == "hang":
    time.sleep(60)
if how == "status 3":
    sys.exit(3)
if how == "silent":
    sys.exit(1)
if how == "memory":
    try:
        bytearray(5 << 30)
    except MemoryError:
        os.abort()
if how == "leave":
    write()
if how in ("refuse", "leave"):
    refuse("'r' has 2 elements, 'tau' has 3")
if how.startswith("unlowered"):
    refuse("'" + how.split()[1] + "' is not lowered yet")
write()
'''

# name: (case.json without its arrays, the model, verdict, part of the reason)
OK = {"expect": "ok"}
BENCH = {"probes": {"lif1": "probe.npy"}}
ERROR = {"expect": "error"}
ANY = {"expect": "any"}
RESULT = {"expect": "any", "outputs": True}
MEMBRANE = {"framework": "norse", "profile": "norse",
            "membrane": "voltage_n.npy"}
CASES = {
    "right": (OK, {}, "PASS", ""),
    "right with a probe": (BENCH, {}, "PASS", ""),
    "within tolerance": (OK, {"all": "near"}, "PASS", ""),
    "wrong cell": (OK, {"all": "cell"}, "FAIL", "differs in 1 of 12 cells"),
    "wrong cell in f64": (OK, {"f64": "cell"}, "FAIL", "f64: out differs"),
    "wrong cell of a probe": (BENCH, {"all": "probe"}, "FAIL", "lif1 differs"),
    "equal to the cell": (BENCH, {"all": "near"}, "FAIL", "12 of 12 cells"),
    "not a number": (OK, {"all": "nan"}, "FAIL", "differs in 1 of 12"),
    "wrong shape": (OK, {"all": "shape"}, "FAIL", "has shape (5, 2)"),
    "wrong type": (OK, {"all": "type"}, "FAIL", "has type int64"),
    "one bit between roads": (OK, {"compiled f32": "ulp"}, "FAIL",
                              "f32: out is not bit-identical"),
    "one bit between roads in f64": (OK, {"reference f64": "ulp"}, "FAIL",
                                     "f64: out is not bit-identical"),
    "one bit by folding": (OK, {"unfolded f32": "ulp"}, "FAIL",
                           "bit-identical in compiled f32 and unfolded f32"),
    "one bit of a probe": (BENCH, {"reference f64": "probe"}, "FAIL", "lif1"),
    "crash": (OK, {"compiled": "crash"}, "FAIL", "SIGSEGV"),
    "hang": (OK, {"compiled": "hang"}, "FAIL", f"no end after {SECONDS} s"),
    "status above 1": (OK, {"all": "status 3"}, "FAIL", "exit status 3"),
    "refused": (OK, {"all": "refuse"}, "FAIL", "'r' has 2 elements"),
    "refused by one road": (OK, {"reference": "refuse"}, "FAIL",
                            "reference f32 refuses it"),
    "not lowered": (OK, {"all": "unlowered snn.conv"}, "SKIP", "snn.conv is"),
    "not lowered in C": (OK, {"compiled": "unlowered snn.conv"}, "SKIP",
                         "right in reference"),
    "not interpreted": (OK, {"reference": "unlowered snn.conv"}, "FAIL",
                        "refuses it"),
    "not lowered, two operations": (OK, {"compiled": "unlowered snn.conv",
                                         "reference": "unlowered snn.delay",
                                         "unfolded": "unlowered snn.delay"},
                                    "FAIL", "refuse different operations"),
    "error": (ERROR, {"all": "refuse"}, "PASS", "'r' has 2 elements"),
    "error accepted": (ERROR, {}, "FAIL", "accepted, but must be refused"),
    "error by a crash": (ERROR, {"all": "crash"}, "FAIL", "SIGSEGV"),
    "error by memory": (ERROR, {"all": "memory"}, "FAIL", "SIGABRT"),
    "error by status 3": (ERROR, {"all": "status 3"}, "FAIL", "exit status 3"),
    "error without a word": (ERROR, {"all": "silent"}, "FAIL", "diagnostic"),
    "error with a file left": (ERROR, {"all": "leave"}, "FAIL", "model.c"),
    "error not reached": (ERROR, {"all": "unlowered snn.conv"}, "SKIP", "conv"),
    "any accepted": (ANY, {}, "PASS", "accepted"),
    "any refused": (ANY, {"all": "refuse"}, "PASS", "refused"),
    "any with a crash": (ANY, {"all": "crash"}, "FAIL", "SIGSEGV"),
    "any with bad C": (ANY, {"all": "bad C"}, "FAIL", "does not compile"),
    "any with a result": (RESULT, {}, "PASS", ""),
    "any with a result, refused": (RESULT, {"all": "refuse"}, "PASS", "refuse"),
    "any with a wrong result": (RESULT, {"all": "cell"}, "FAIL", "differs"),
    "any, refused by one road": (RESULT, {"compiled": "refuse"}, "FAIL",
                                 "refuses it"),
    "membrane": (MEMBRANE, {}, "PASS", ""),
    "membrane within a few roundings": (MEMBRANE, {"all": "membrane near"},
                                        "PASS", ""),
    "membrane beyond them": (MEMBRANE, {"all": "membrane off"}, "FAIL",
                             "n.v differs in 12 of 12 cells"),
    "membrane a step late": (MEMBRANE, {"all": "membrane late"}, "FAIL",
                             "n.v differs in 12 of 12 cells"),
    "no rule": ({"framework": "sinabs", "profile": None}, {}, "SKIP",
                "a published trace that has no rule"),
    "unknown option": ({"framework": "sinabs", "profile": "sinabs", "dt": 1,
                        "reset": "zero", "options": {"spike_fn": "odd"}}, {},
                       "FAIL", "no rule for spike_fn = 'odd'"),
    "unknown lost file": ({"framework": "sinabs", "profile": "sinabs", "dt": 1,
                           "lost": "lost_mass_n.npy"}, {}, "FAIL",
                          "no rule for lost_mass_n.npy"),
    "file is missing": ({"probes": {"lif1": "gone.npy"}}, {}, "FAIL",
                        "FileNotFoundError"),
}


def write_case(folder, data, model):
    folder.mkdir()
    (folder / "model.nir").write_text(json.dumps(model))
    data = dict(data)
    if "lost" in data:
        np.save(folder / data.pop("lost"), 1)
    if data.pop("outputs", data.get("expect", "ok") == "ok"):
        x = np.arange(12, dtype=np.float32).reshape(6, 2) / 8
        np.save(folder / "input.npy", x)
        np.save(folder / "output.npy", 2 * x)
        np.save(folder / "probe.npy", (x > 0.5).astype(np.uint8))
        if "membrane" in data:
            np.save(folder / data.pop("membrane"), 3 * x)
        atol = 0 if "probes" in data else 1e-4
        data.update(
            profile=data.get("profile", "nir"), dt=0.001, f64_same_spikes=True,
            inputs=[{"name": "in", "file": "input.npy", "shape": [2]}],
            outputs=[{"name": "out", "file": "output.npy", "shape": [2],
                      "atol": atol, "rtol": 0}])
    (folder / "case.json").write_text(json.dumps(data))


def run_corpus(*arguments):
    result = subprocess.run(
        [sys.executable, CORPUS, "--time-limit", str(SECONDS), *arguments],
        capture_output=True, text=True, check=False)
    return result.returncode, result.stdout.splitlines(), result.stderr


def check_rows(top, snnc):
    """Yields (what, whether it held, what was seen) for each case."""
    status, lines, _ = run_corpus("--snnc", snnc, top)
    rows = {line.split("  ")[0].split("/")[1]: line for line in lines[:-1]}
    for name, (_, _, verdict, reason) in CASES.items():
        row = rows.get(name, "no row")
        yield name, f"  {verdict}" in row and reason in row, row
    verdicts = [case[2] for case in CASES.values()]
    last = ", ".join(f"{verdicts.count(verdict)} {word}" for verdict, word in (
        ("PASS", "passed"), ("FAIL", "failed"), ("SKIP", "skipped")))
    yield "last line", lines[-1:] == [last], lines[-1:]
    yield "rows are sorted", list(rows) == sorted(rows), list(rows)
    yield "exit status 1 after a failure", status == 1, status


def check_calls(top, snnc):
    """Yields the same for what the arguments do."""
    def call(name, *arguments):
        return run_corpus("--snnc", snnc, top / name, *arguments)

    status, lines, _ = call("right")
    seen = status, lines
    yield "exit status 0", seen == (
        0, ["right  PASS", "1 passed, 0 failed, 0 skipped"]), seen
    for name, arguments, good in (
            ("hang", ["--reference"], True),
            ("refused by one road", ["--compiled"], True),
            ("refused by one road", ["--reference"], False),
            ("wrong cell in f64", ["--type", "f32"], True),
            ("wrong cell in f64", ["--type", "f64"], False)):
        status, lines, _ = call(name, *arguments)
        what = f"{name} {' '.join(arguments)}"
        yield what, status == (0 if good else 1), lines
    rows = snnc.parent / "rows.json"
    call("wrong cell", "--rows", rows)
    seen = json.loads(rows.read_text())[0]["compared"]
    yield "rows of what was measured", seen["out out"]["wrong"] == 1, seen
    call("membrane within a few roundings", "--rows", rows)
    seen = json.loads(rows.read_text())[0]["compared"]["probe n.v"]
    yield ("error and peak of a membrane", seen["peak"] == 4.125 and
           2.9e-5 < seen["error"] < 3.1e-5, seen)
    status, _, stderr = run_corpus("--snnc", snnc, snnc.parent / "nowhere")
    yield "no case", status == 1 and "no case.json below" in stderr, stderr
    status, _, stderr = run_corpus("--snnc", top / "gone", top)
    yield "no snnc", status == 1 and "no program" in stderr, stderr


def main():
    failed = passed = 0
    with tempfile.TemporaryDirectory(prefix="snn-selftest-") as folder:
        folder = pathlib.Path(folder)
        snnc = folder / "snnc"
        snnc.write_text(FAKE.replace("PYTHON", sys.executable))
        snnc.chmod(0o755)
        top = folder / "cases"
        top.mkdir()
        for name, (data, model, _, _) in CASES.items():
            write_case(top / name, data, model)
        os.environ["OPENBLAS_NUM_THREADS"] = "1"
        for check in (check_rows, check_calls):
            for name, held, seen in check(top, snnc):
                passed, failed = passed + held, failed + (not held)
                if not held:
                    print(f"corpus_selftest: {name}: failed, saw: {seen}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
