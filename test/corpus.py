#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs snnc on folders of cases: a network, its inputs, what must come out.

A case is a folder with a case.json and a model.nir. Two forms are known:

  nir          'expect' is ok (the default), error or any; 'profile', 'dt',
               'inputs', 'outputs' with 'atol' and 'rtol'; 'probes' = {node:
               file} must be equal to the cell.
  frameworks   has 'framework'; input.npy, output.npy, node_NAME.npy, and
               voltage_NAME.npy, a membrane. Spikes must be equal, real values
               within 1e-5 of their peak. 'reset',
               'options' and lost_*.npy become options of snnc by the tables
               OPTIONS and LOST; what they lack fails the case. Without a
               profile it is a trace that no rule explains: skipped.

A membrane is compared with the probe NAME.v, row t with step t: nothing is
shifted or scaled, since simulators record what a step leaves behind, in their
own unit, and so does the probe. They store it in f32, and some compute it in
f64 or sum it in another order, so it need not be equal to the bit: 1e-5 of the
peak is some 80 roundings of it, far below what a wrong constant, a reset at
another place or a step too late does.

A case with outputs runs as compiled C, in the interpreter, and in the
interpreter without folds (three roads), in f32 and f64 (two types). Every road
must agree with what is stored, and all roads must write equal bytes. A case
without outputs is only built. A network that is refused because an operation
"is not lowered yet" is skipped, after what other roads make of it was checked.

--rows writes what was measured, an object a case: conformance.py reads it.

The last line is 'N passed, N failed, N skipped'; the exit status is 1 if a case
failed.
"""
import argparse
import json
import multiprocessing
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tempfile
from typing import NamedTuple, Optional

import numpy as np

UNSTATED = {"profile": "nir", "dt": 0.001}  # for cases that store no result
ROADS = {"compiled": [], "reference": ["--reference"],
         "unfolded": ["--reference", "--fold=none"]}
NOT_LOWERED = "is not lowered yet"
MEMORY_LIMIT = 4 << 30  # bytes of address space, for each command
REFUSAL_SECONDS = 10  # a broken file must be refused within
VOLTAGE_RTOL = 1e-5  # of the peak, for a framework's voltages
# A sanitizer's finding must not look like a refusal, whose status is 1.
SANITIZERS = {"ASAN_OPTIONS": "exitcode=99", "LSAN_OPTIONS": "exitcode=99",
              "UBSAN_OPTIONS": "halt_on_error=1:exitcode=99"}


class Options(NamedTuple):
    snnc: str
    roads: tuple
    types: tuple
    seconds: float
    limit_memory: bool
    verbose: bool


class Result(NamedTuple):
    name: str
    verdict: str  # PASS, FAIL or SKIP
    reason: str
    about: dict  # what --rows writes


class Stored(NamedTuple):
    """An array that must come out: of an Output, or of a probed node."""
    name: Optional[str]  # None: the only one
    file: pathlib.Path
    atol: float
    rtol: float
    membrane: bool = False  # values, even where they are whole


class Case(NamedTuple):
    expect: str
    profile: str
    dt: Optional[float]
    model: pathlib.Path
    inputs: list  # of (name or None, file)
    outputs: list  # of Stored
    probes: list  # of Stored
    f64_same_spikes: bool
    about: dict  # of the framework; judging adds what it measures
    options: list = []  # more arguments of snnc


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


# Reading a case

# What an exporter lost, by the key in 'options': the arguments that say it.


def setting(param):
    """For all neurons that have the parameter; false: as without it."""
    return lambda value: ["--set", f"*.{param}={value:g}"] if value else []


def floor(value):
    if isinstance(value, str):  # what the importer does: the default
        return [] if value.startswith("-threshold") else [None]
    return ["--set", f"*.floor={'none' if value is None else repr(value)}"]


def steps(by_node):
    return [word for node, dt in by_node.items()
            for word in ("--set", f"{node.replace('=', '==')}.dt={dt!r}")]


def word(table):
    """The arguments of a value; one that the table lacks fails the case."""
    return lambda value: table.get(value if isinstance(value, (str, bool))
                                   else None, [None])


def in_the_file(_):
    return []


OPTIONS = {
    "reset_delay": lambda value: ["--reset-delay"] if value else [],
    "reset_method": word({"reset_value": [],  # 'reset' says which
                          "reset_subtract": ["--reset=subtract"]}),
    "reset_fn": word({"zero": ["--reset=zero"], "subtract":
                      ["--reset=subtract"]}),
    "spike_fn": word({"multi": [], "single": ["--set", "*.single_spike=1"]}),
    "rec_t0": word({"bias": ["--feedback=answer"],
                    "nothing": ["--feedback=zero"],
                    "no bias ever": ["--feedback=no-bias"]}),
    "native_rule": word({"lifcell": ["--semantics=norse-lifcell"]}),
    "min_v_mem": floor,
    "norm_input": setting("norm_input"),
    "tau_syn": setting("tau_syn"),
    "dt_per_layer": steps,
    "decay_input": in_the_file,  # r
    "plif": in_the_file,
    "bias": in_the_file,  # lost_bias_NODE.npy
    "w_rec": in_the_file,  # lost_w_rec_NODE.npy
    "input_prescaled": in_the_file,  # input.npy is what enters
    "strict_importer_threshold": word({True: []}),  # snntorch does it
}
# lost_KEY_NODE.npy: the parameter that the file gives a node.
LOST = {"bias": "v_leak", "w_rec": "w_rec", "v_leak": "v_leak",
        "v_reset": "v_reset", "v_threshold": "v_threshold", "r": "r",
        "w_in": "w_in", "tau_syn": "tau_syn", "tau_mem": "tau_mem",
        "tau": "tau", "min_v_mem": "floor"}


def options_of(folder, data):
    """The arguments of snnc that say what model.nir does not."""
    words = ["--reset=" + data["reset"]] if data.get("reset") else []
    for key, value in (data.get("options") or {}).items():
        found = OPTIONS.get(key, lambda _: [None])(value)
        if None in found:
            raise Failed(f"options: no rule for {key} = {value!r}")
        if found[:1] != ["--set"]:  # 'reset' may have said it
            found = [word for word in found if word not in words]
        words += found
    for file in sorted(folder.glob("lost_*.npy")):
        keys = [k for k in LOST if file.stem.startswith(f"lost_{k}_")]
        if not keys:
            raise Failed(f"no rule for {file.name}")
        key = max(keys, key=len)  # tau_syn, not tau of a node syn_...
        node = file.stem[len(f"lost_{key}_"):].replace("=", "==")
        words += ["--set", f"{node}.{LOST[key]}={file}"]
    return words


def of_nir_form(folder, data):
    outputs = [Stored(o["name"], folder / o["file"], o["atol"], o["rtol"])
               for o in data.get("outputs", [])]
    probes = [Stored(node, folder / file, 0, 0)
              for node, file in data.get("probes", {}).items()]
    return Case(expect=data.get("expect", "ok"),
                profile=data.get("profile", UNSTATED["profile"]),
                dt=data.get("dt", UNSTATED["dt"]),
                model=folder / "model.nir",
                inputs=[(i["name"], folder / i["file"])
                        for i in data.get("inputs", [])],
                outputs=outputs, probes=probes,
                f64_same_spikes=data.get("f64_same_spikes", False),
                about={"why": data.get("why", "")})


def of_framework_form(folder, data):
    def stored(name, file, membrane=False):
        values = np.load(file)
        exact = np.issubdtype(values.dtype, np.integer) and not membrane
        peak = 0 if exact else float(np.abs(values).max(initial=0))
        return Stored(name, file, VOLTAGE_RTOL * peak, 0, membrane)

    probes = [stored(file.stem[len("node_"):], file)
              for file in sorted(folder.glob("node_*.npy"))]
    probes += [stored(file.stem[len("voltage_"):] + ".v", file, True)
               for file in sorted(folder.glob("voltage_*.npy"))]
    about = {key: data.get(key) for key in ("framework", "version", "kind",
                                            "trace_source")}
    return Case(expect="ok", profile=data["profile"], dt=data.get("dt"),
                model=folder / "model.nir",
                inputs=[(None, folder / "input.npy")],
                outputs=[stored(None, folder / "output.npy")], probes=probes,
                f64_same_spikes=False, options=options_of(folder, data),
                about=about)


def read_case(folder):
    data = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    by_framework = "framework" in data
    if data.get("profile", None if by_framework else "nir") is None:
        raise Skipped("a published trace that has no rule")
    case = (of_framework_form if by_framework else of_nir_form)(folder, data)
    case.about["arguments"] = [word.replace(f"{folder}{os.sep}", "")
                               for word in what(case)[1:]]
    return case


# Running a command


def run(command, seconds, options):
    """Returns (exit status, stderr); fails on a crash or at the time limit."""
    environment = dict(os.environ)
    for name, value in SANITIZERS.items():
        environment[name] = ":".join(filter(None, [environment.get(name),
                                                   value]))
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, env=environment,
                               start_new_session=True)
    try:
        stderr = process.communicate(timeout=seconds)[1]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # its compiler, too
        process.communicate()
        raise Failed(f"no end after {seconds:g} s") from None
    text = stderr.decode("utf-8", "replace")
    if options.verbose:
        print("+", *command, "->", process.returncode, file=sys.stderr)
        print(text, end="", file=sys.stderr, flush=True)
    if process.returncode < 0:
        name = signal.Signals(-process.returncode).name
        raise Failed(f"crashed: {name} {first_line(text)}")
    if process.returncode > 1:
        raise Failed(f"exit status {process.returncode}: {first_line(text)}")
    return process.returncode, text


def first_line(text):
    lines = text.strip().splitlines() or [""]
    return next((line for line in lines if "error:" in line), lines[0])[:200]


def not_lowered(stderr):
    """The operations named as not lowered, if nothing else is wrong."""
    errors = [line for line in stderr.splitlines() if "error:" in line]
    if not errors or not all(NOT_LOWERED in line for line in errors):
        return frozenset()
    subjects = [line.split("error:", 1)[1].split(NOT_LOWERED)[0]
                for line in errors]
    names = [re.findall(r"snn\.\w+", subject) or [subject.strip()]
             for subject in subjects]
    return frozenset(name for found in names for name in found)


def check_refusal(stderr, folder):
    """A refusal says why and leaves no file."""
    if "error:" not in stderr:
        raise Failed("refused without a diagnostic on stderr")
    left = [path.name for path in folder.rglob("*") if not path.is_dir()]
    if left:
        raise Failed(f"refused, but left {', '.join(sorted(left))}")


def what(case):
    """The arguments that say what to compile."""
    step = [] if case.dt is None else ["--dt", repr(case.dt)]
    chosen = any(word.startswith("--semantics=") for word in case.options)
    semantics = [] if chosen else ["--semantics", case.profile]
    return [str(case.model), *semantics, *step, *case.options]


# A case whose result is stored: run


def named(name, file):
    if name is None:
        return str(file)
    return f"{name.replace('=', '==')}={file}"  # as snnc takes it


def run_road(case, road, number, folder, options):
    """Runs one road in folder. Returns (refused, stderr)."""
    folder.mkdir()
    command = [options.snnc, "run", *what(case), "--type", number]
    command += ROADS[road]
    for name, file in case.inputs:
        command += ["--in", named(name, file)]
    for index, stored in enumerate(case.outputs):
        command += ["--out", named(stored.name, folder / f"out{index}.npy")]
    for index, stored in enumerate(case.probes):
        command += ["--probe", named(stored.name, folder / f"probe{index}.npy")]
    status, stderr = run(command, options.seconds, options)
    if status:
        check_refusal(stderr, folder)
    return status != 0, stderr


def difference(actual, expected, number, atol, rtol):
    """How many cells of an array are wrong, and what is."""
    real = {"f32": np.float32, "f64": np.float64}[number]
    if actual.dtype not in (np.uint8, np.int32, real):
        return expected.size, f"has type {actual.dtype} in {number}"
    if actual.shape != expected.shape:
        return expected.size, f"has shape {actual.shape}, not {expected.shape}"
    if actual.dtype != real:
        atol = rtol = 0
    a, b = actual.astype(np.float64), expected.astype(np.float64)
    with np.errstate(invalid="ignore"):
        right = (a == b) | (np.abs(a - b) <= atol + rtol * np.abs(b))
    if right.all():
        return 0, ""
    wrong = np.argwhere(~right)
    at = tuple(int(index) for index in wrong[0])
    return len(wrong), (f"differs in {len(wrong)} of {a.size} cells, first at "
                        f"{at}: {a[at]:.9g}, not {b[at]:.9g}")


def measure(stored, actual, expected, wrong, again):
    """What a row of docs/conformance.md says of an array; again: it is that of
    an Output, too."""
    exact = np.issubdtype(expected.dtype, np.integer) and not stored.membrane
    values = {"cells": int(expected.size), "wrong": wrong, "again": again,
              "spikes": int(expected.sum()) if exact else None}
    if not exact and actual.shape == expected.shape:
        apart = actual.astype(np.float64) - expected
        values["error"] = float(np.abs(apart).max(initial=0))
        values["peak"] = float(np.abs(expected).max(initial=0))
    return values


def stored_arrays(case):
    """(kind, number among those of its kind, Stored) of all."""
    return ([("out", i, s) for i, s in enumerate(case.outputs)] +
            [("probe", i, s) for i, s in enumerate(case.probes)])


def compare_arrays(case, number, road, arrays):
    """Measures all arrays, by kind and number; fails with what is wrong with
    the first one. number: their type, road: what made them."""
    reasons = []
    compared = case.about.setdefault("compared", {})
    outputs = [np.load(stored.file) for stored in case.outputs]
    for kind, index, stored in stored_arrays(case):
        actual, expected = arrays[kind, index], np.load(stored.file)
        wrong, reason = difference(actual, expected, number, stored.atol,
                                   stored.rtol)
        again = (kind == "probe" and not stored.membrane and
                 any(np.array_equal(expected, output) for output in outputs))
        compared.setdefault(f"{kind} {stored.name or index}",
                            measure(stored, actual, expected, wrong, again))
        if wrong:
            reasons.append(f"{road}: {stored.name or kind} {reason}")
    if reasons:
        raise Failed(reasons[0])


def compare_with_stored(case, number, folder):
    """compare_arrays, of what one road wrote."""
    arrays = {(kind, index): np.load(folder / f"{kind}{index}.npy")
              for kind, index, _ in stored_arrays(case)}
    compare_arrays(case, number, folder.name, arrays)


def compare_roads(case, number, first, second):
    for kind, index, stored in stored_arrays(case):
        file = f"{kind}{index}.npy"
        if (first / file).read_bytes() != (second / file).read_bytes():
            raise Failed(f"{number}: {stored.name or file} is not bit-identical"
                         f" in {first.name} and {second.name}")


def judge_refused(case, refusals):
    """All roads refused. Passes, or raises."""
    reason = first_line(next(iter(refusals.values())))
    if case.expect == "any":
        return f"refused: {reason}"
    operations = {not_lowered(stderr) for stderr in refusals.values()}
    if frozenset() in operations:
        raise Failed(f"refused: {reason}")
    if len(operations) > 1:
        raise Failed("the roads refuse different operations: " + " / ".join(
            sorted(" ".join(sorted(names)) for names in operations)))
    raise Skipped(f"{', '.join(sorted(operations.pop()))} {NOT_LOWERED}")


def judge_run(case, folder, options):
    refusals, accepted = {}, []
    for number in options.types:
        for road in options.roads:
            place = folder / f"{road} {number}"
            refused, stderr = run_road(case, road, number, place, options)
            if refused:
                refusals[place.name] = stderr
            else:
                accepted.append(place.name)
    if not accepted:
        return judge_refused(case, refusals)
    for name, stderr in refusals.items():
        # The interpreter may know an operation before the lowering does.
        if not name.startswith("compiled") or not not_lowered(stderr):
            raise Failed(f"{accepted[0]} accepts it, {name} refuses it: "
                         f"{first_line(stderr)}")
    for number in options.types:
        places = [folder / f"{road} {number}" for road in options.roads
                  if f"{road} {number}" in accepted]
        if number == "f32" or case.f64_same_spikes:
            for place in places:
                compare_with_stored(case, number, place)
        for other in places[1:]:
            compare_roads(case, number, places[0], other)
    if refusals:
        names = {name for stderr in refusals.values()
                 for name in not_lowered(stderr)}
        raise Skipped(f"{', '.join(sorted(names))} {NOT_LOWERED}; "
                      f"right in {', '.join(accepted)}")
    return ""


# A case without a result: build


def judge_build(case, folder, options):
    command = [options.snnc, "build", *what(case), "-o", str(folder)]
    seconds = options.seconds
    if case.expect == "error":
        seconds = min(seconds, REFUSAL_SECONDS)
    status, stderr = run(command, seconds, options)
    if status:
        return judge_build_refused(case, stderr, folder)
    if case.expect == "error":
        raise Failed("accepted, but must be refused")
    for source in folder.rglob("*.c"):
        compiler = os.environ.get("CC", "cc").split()
        status, stderr = run(compiler + ["-std=c11", "-fsyntax-only",
                                         str(source)], seconds, options)
        if status:
            raise Failed(f"its C does not compile: {first_line(stderr)}")
    return "accepted"


def judge_build_refused(case, stderr, folder):
    check_refusal(stderr, folder)
    if case.expect == "ok" and not not_lowered(stderr):
        raise Failed(f"refused: {first_line(stderr)}")
    if case.expect != "any" and not_lowered(stderr):
        # The file's own fault was not reached: nothing is shown.
        raise Skipped(f"{', '.join(sorted(not_lowered(stderr)))} {NOT_LOWERED}")
    return f"refused: {first_line(stderr)}"


# All cases


def judge(job):
    name, folder, options = job

    def how(case, place):
        place.mkdir()
        return (judge_run if has_result(case) else judge_build)(case, place,
                                                                options)

    return judge_by(how, name, folder)


def has_result(case):
    return bool(case.outputs) and case.expect != "error"


def judge_by(how, name, folder):
    """how(case, a path for files) returns what to say of a case that is right,
    or raises Failed or Skipped."""
    about = {}
    try:
        case = read_case(folder)
        about = case.about
        with tempfile.TemporaryDirectory(prefix="snn-corpus-") as place:
            return Result(name, "PASS", how(case, pathlib.Path(place) / "out"),
                          about)
    except Skipped as skipped:
        return Result(name, "SKIP", str(skipped), about)
    except Failed as failed:
        return Result(name, "FAIL", str(failed), about)
    except Exception as error:  # a missing array, a broken case.json
        return Result(name, "FAIL", f"{type(error).__name__}: {error}", about)


def limit_memory(limited):
    """In each worker: its commands inherit the limit."""
    if limited:
        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def find_cases(folders):
    """Returns sorted (name, folder); a name starts with the given folder's."""
    found = []
    for top in folders:
        top = top.resolve()
        for file in top.rglob("case.json"):
            name = pathlib.PurePath(top.name) / file.parent.relative_to(top)
            found.append((str(name), file.parent))
    return sorted(found)


def row_of(result):
    return {"name": result.name, "verdict": result.verdict,
            "reason": result.reason, **result.about}


def run_all(cases, options, jobs, rows):
    counts = {"PASS": 0, "FAIL": 0, "SKIP": 0}
    work = [(name, folder, options) for name, folder in cases]
    width = max(len(name) for name, _ in cases)
    with multiprocessing.Pool(jobs, limit_memory,
                              (options.limit_memory,)) as pool:
        for result in pool.imap(judge, work):
            counts[result.verdict] += 1
            rows.append(row_of(result))
            row = f"{result.name:{width}}  {result.verdict}  {result.reason}"
            print(" ".join(row.splitlines()).rstrip(), flush=True)
    print(f"{counts['PASS']} passed, {counts['FAIL']} failed, "
          f"{counts['SKIP']} skipped")
    return 1 if counts["FAIL"] else 0


def parse_arguments():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folders", nargs="+", type=pathlib.Path, metavar="DIR",
                        help="searched for case.json, at any depth")
    parser.add_argument("--snnc", type=pathlib.Path, metavar="PATH",
                        default=root / "build/release/bin/snnc")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N")
    road = parser.add_mutually_exclusive_group()
    for name, roads in (("reference", ("reference",)),
                        ("compiled", ("compiled",)),
                        ("both", ("compiled", "reference")),
                        ("all", tuple(ROADS))):
        road.add_argument(f"--{name}", dest="roads", action="store_const",
                          const=roads)
    parser.set_defaults(roads=tuple(ROADS))
    parser.add_argument("--type", choices=("f32", "f64", "both"),
                        default="both")
    parser.add_argument("--time-limit", type=float, default=60,
                        metavar="SECONDS", help="of each command")
    parser.add_argument("--no-limit", action="store_true",
                        help="no memory limit (a sanitizer needs none)")
    parser.add_argument("--rows", type=pathlib.Path, metavar="FILE",
                        help="write what was measured, as JSON")
    parser.add_argument("-v", "--verbose", action="store_true",
                        help="print each command and what it said")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    if not os.access(arguments.snnc, os.X_OK):
        sys.exit(f"corpus.py: error: no program '{arguments.snnc}'")
    missing = [str(top) for top in arguments.folders if not top.is_dir()]
    cases = find_cases(arguments.folders)
    if missing or not cases:
        where = ", ".join(missing or map(str, arguments.folders))
        sys.exit(f"corpus.py: error: no case.json below {where}")
    types = {"both": ("f32", "f64")}.get(arguments.type, (arguments.type,))
    options = Options(snnc=str(arguments.snnc.resolve()),
                      roads=arguments.roads, types=types,
                      seconds=arguments.time_limit,
                      limit_memory=not arguments.no_limit,
                      verbose=arguments.verbose)
    rows = []
    status = run_all(cases, options, arguments.jobs, rows)
    if arguments.rows:
        arguments.rows.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
