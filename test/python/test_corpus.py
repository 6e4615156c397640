# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The corpus through Python, by the rules of test/corpus.py: an item a case.

Each case that has a result is compiled for both backends in f32 and f64. What
they give must be what is stored, equal in both to the bit, and equal to the
bytes that `snnc run` writes. A case that has none is compiled, its C too; one
that must be refused must raise CompileError, with the diagnostics of the command
line, of file and node.

Cases are judged by as many processes as there are cores, each case with an empty
cache of its own.
"""

import os
import pathlib
import re
import time
import warnings

import pytest

np = pytest.importorskip("numpy")

import corpus  # noqa: E402
from workers import Results  # noqa: E402

import snn_mlir  # noqa: E402
from snn_mlir import _core  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
CORPUS = pathlib.Path(os.environ.get("SNN_CORPUS", ROOT / ".." / "shared" / "corpus"))
PARTS = [CORPUS / part for part in ("nir/dev", "bench", "frameworks/dev")]
CASES = dict(corpus.find_cases([part for part in PARTS if part.is_dir()]))


def keywords(words):
    """The keywords of compile() for arguments of snnc."""
    options, words = {}, list(words)
    while words:
        name, equals, value = words.pop(0)[2:].partition("=")
        name = name.replace("-", "_")
        if name == "set":
            # NODE.PARAM=VALUE, where '==' in the name of a node stands for '='
            param, value = words.pop(0).replace("==", "\0").split("=", 1)
            param, value = param.replace("\0", "="), value.replace("\0", "==")
            options.setdefault("set", {})[param] = value
        elif name == "dt":
            options["dt"] = float(value if equals else words.pop(0))
        elif equals:
            options[name] = value
        else:
            takes = words and not words[0].startswith("--")
            options[name] = words.pop(0) if takes else True
    return options


def command(place, *words):
    """`snnc` in this process: its status, and what it wrote to stderr."""
    saved = os.dup(2)
    with open(place / "stderr", "wb+") as file:
        os.dup2(file.fileno(), 2)
        try:
            status = _core.main(["snnc", *map(str, words)])
        finally:
            os.dup2(saved, 2)
            os.close(saved)
        file.seek(0)
        return status, file.read().decode("utf-8", "surrogateescape")


def compiled(case, place, **more):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", snn_mlir.CompileWarning)
        return snn_mlir.compile(
            case.model, **keywords(corpus.what(case)[1:]), cache=place / "cache", **more
        )


# ---- a case with a result ------------------------------------------------------


def python_road(case, place, backend, number):
    """{(kind, number): array} of all Outputs and probes."""
    net = compiled(case, place, type=number, backend=backend)
    inputs = {name: np.load(file) for name, file in case.inputs}
    y = net.run(
        inputs[None] if None in inputs else inputs,
        probe=[stored.name for stored in case.probes],
        progress=False,
    )
    y, probes = y if case.probes else (y, {})
    if backend != net.backend:
        raise corpus.Failed(f"asked for {backend}, ran in {net.backend}")
    if not isinstance(y, dict):
        y = {port.name: y for port in net.outputs}
        y[None] = next(iter(y.values()))
    return {
        (kind, index): (y if kind == "out" else probes)[stored.name]
        for kind, index, stored in corpus.stored_arrays(case)
    }


def command_road(case, place, number):
    """The same from `snnc run --reference`."""
    words = ["run", *corpus.what(case), "--type", number, "--reference"]
    for name, file in case.inputs:
        words += ["--in", corpus.named(name, file)]
    for kind, index, stored in corpus.stored_arrays(case):
        file = place / f"{kind}{index}.npy"
        words += [f"--{kind}", corpus.named(stored.name, file)]
    status, stderr = command(place, *words)
    if status:
        raise corpus.Failed(f"snnc run: {corpus.first_line(stderr)}")
    return {
        (kind, index): np.load(place / f"{kind}{index}.npy")
        for kind, index, _ in corpus.stored_arrays(case)
    }


def judge_run(case, place):
    for number in ("f32", "f64"):
        roads = {
            backend: python_road(case, place, backend, number)
            for backend in ("c", "reference")
        }
        if number == "f32" or case.f64_same_spikes:
            for backend, arrays in roads.items():
                corpus.compare_arrays(case, number, f"{backend} {number}", arrays)
        roads["snnc run"] = command_road(case, place, number)
        for road, arrays in roads.items():
            for key, array in arrays.items():
                first = roads["c"][key]
                if array.dtype != first.dtype or array.tobytes() != first.tobytes():
                    raise corpus.Failed(f"{number}: {key} differs in c and {road}")
    return "right"


# ---- a case without one --------------------------------------------------------


def keyword(match):
    """--dt=T as dt=T, --type=f64 as type="f64"; of what errors name."""
    name, value = match[1].replace("-", "_"), match[2]
    return f"{name}={value}" if value.isupper() else f'{name}="{value}"'


def told(text):
    """The errors of the command line, without what would mend them."""
    lines = [line for line in text.splitlines() if ": error: " in line]
    return sorted(re.sub(r"--([a-z-]+)=(\w+)", keyword, line) for line in lines)


def judge_refused(case, place, error):
    if case.expect == "ok":
        raise corpus.Failed(f"refused: {error}")
    errors = [d for d in error.diagnostics if d.severity == "error"]
    if not errors or any(d.file != str(case.model) for d in errors):
        raise corpus.Failed(f"its errors do not name the file: {errors}")
    status, stderr = command(place, "build", *corpus.what(case), "-o", place)
    lines = sorted(
        f"{d.file}:{d.node}: error: {d.message}"
        if d.node is not None
        else f"{d.file}: error: {d.message}"
        for d in errors
    )
    # Of a damaged file HDF5 tells another thing where it reads a copy in memory.
    damaged = f"{case.model}: error: is damaged: " in stderr
    if status != 1 or (lines != told(stderr) and not damaged):
        raise corpus.Failed(f"Python says {lines}, snnc {told(stderr)}")
    return "refused: " + lines[0].removeprefix(str(case.model))


def judge_build(case, place):
    start = time.monotonic()
    try:
        net = compiled(case, place, backend="c")
    except snn_mlir.CompileError as error:
        if time.monotonic() - start > corpus.REFUSAL_SECONDS:
            raise corpus.Failed("refused too late") from None
        return judge_refused(case, place, error)
    if case.expect == "error":
        raise corpus.Failed("accepted, but must be refused")
    assert net.backend == "c"  # which compiles it
    return "accepted"


def judge_case(case, place):
    place.mkdir()
    if not corpus.has_result(case):
        return judge_build(case, place)
    try:
        return judge_run(case, place)
    except snn_mlir.CompileError as error:
        return judge_refused(case, place, error)


def judge(name):
    return corpus.judge_by(judge_case, name, CASES[name])


# ---- all -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def results(request):
    made = Results(request, judge, "name")
    yield made
    made.close()


if CASES:

    @pytest.mark.parametrize("name", sorted(CASES))
    def test_case(name, results):
        result = results[name]
        if result.verdict == "SKIP":
            pytest.skip(result.reason)
        assert result.verdict == "PASS", result.reason

else:

    def test_corpus():
        pytest.skip("no corpus")
