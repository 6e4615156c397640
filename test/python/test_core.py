# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The C extension: every function, every error, references, signals, threads."""

import array
import collections
import ctypes
import gc
import json
import math
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import threading
import time
import weakref

import pytest

from snn_mlir import _core

np = pytest.importorskip("numpy")
nir = pytest.importorskip("nir")

DIGITS = pathlib.Path(__file__).parents[2] / "examples" / "digits"
OPTIONS = {"semantics": "nir", "dt": 1e-3}


def allocate(shape, format):
    return np.empty(shape, format)


def lif(n, tau=2e-3, threshold=0.5):
    one = np.ones(n, np.float32)
    return nir.LIF(
        tau=tau * one, r=one, v_leak=0 * one, v_threshold=threshold * one
    )


def write(path, nodes, edges):
    nir.write(str(path), nir.NIRGraph(nodes=nodes, edges=edges))
    return (path.name, str(path))


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def model(folder):
    """3 inputs, a weight, 4 neurons."""
    weight = np.arange(12, dtype=np.float32).reshape(4, 3) / 8
    nodes = {
        "input": nir.Input(np.array([3])),
        "fc": nir.Linear(weight),
        "lif": lif(4),
        "output": nir.Output(np.array([4])),
    }
    edges = [("input", "fc"), ("fc", "lif"), ("lif", "output")]
    return write(folder / "net.nir", nodes, edges)


@pytest.fixture(scope="session")
def joined(folder):
    """Two Inputs into one neuron layer, and two Outputs."""
    nodes = {
        "left": nir.Input(np.array([3])),
        "right": nir.Input(np.array([3])),
        "lif": lif(3),
        "spikes": nir.Output(np.array([3])),
        "sum": nir.Output(np.array([3])),
    }
    edges = [
        ("left", "lif"),
        ("right", "lif"),
        ("lif", "spikes"),
        ("left", "sum"),
        ("right", "sum"),
    ]
    return write(folder / "joined.nir", nodes, edges)


@pytest.fixture(scope="session")
def broken(folder):
    """Two errors."""
    one = np.ones(3, np.float32)
    nodes = {
        "input": nir.Input(np.array([3])),
        "a": nir.LIF(tau=one, r=one, v_leak=one, v_threshold=one),
        "b": nir.LIF(tau=one, r=one, v_leak=one, v_threshold=one),
        "output": nir.Output(np.array([3])),
    }
    edges = [("input", "a"), ("a", "b"), ("b", "output")]
    made = write(folder / "broken.nir", nodes, edges)
    h5py = pytest.importorskip("h5py")
    with h5py.File(made[1], "r+") as f:
        for name in "ab":
            del f[f"node/nodes/{name}/tau"]
    return made


@pytest.fixture
def net(model):
    return _core.Network(model, OPTIONS, probes=["lif.v"], reference=True)


def expected(x, weight, steps):
    """The spikes and membranes of `model`, in float32, by hand."""
    v = np.zeros(4, np.float32)
    spikes, membranes = [], []
    for t in range(steps):
        current = np.zeros(4, np.float32)
        for k in range(3):
            current += weight[:, k] * x[t, k]
        v = v + np.float32(0.5) * (current - v)
        fired = v > np.float32(0.5)
        v = np.where(fired, np.float32(0), v)
        spikes.append(fired)
        membranes.append(v)
    return np.array(spikes, np.uint8), np.array(membranes, np.float32)


# --- the module -----------------------------------------------------------------


def test_version():
    assert _core.__version__.count(".") == 2


def test_options_are_those_of_the_command_line(capfd):
    assert _core.main(["snnc", "--help"]) == 0
    usage = capfd.readouterr().out
    for name in _core.options():
        assert "--" + name.replace("_", "-") in usage, name


def test_signatures():
    import inspect

    for function in ("main", "options", "build", "mlir", "check", "inspect", "verify"):
        assert inspect.signature(getattr(_core, function)) is not None
        assert getattr(_core, function).__doc__
    for method in ("start", "run", "step", "reset", "get_state", "set_state"):
        assert inspect.signature(getattr(_core.Network, method)) is not None
    assert "probes" in inspect.signature(_core.Network).parameters


def test_stub_declares_what_there_is():
    import ast

    stub = pathlib.Path(__file__).parents[2] / "python/snn_mlir/_core.pyi"
    tree = ast.parse(stub.read_text())
    for item in tree.body:
        if isinstance(item, (ast.FunctionDef, ast.ClassDef)):
            assert hasattr(_core, item.name), item.name
        if isinstance(item, ast.ClassDef) and item.name == "Network":
            for member in item.body:
                if isinstance(member, ast.FunctionDef):
                    assert hasattr(_core.Network, member.name)
                if isinstance(member, ast.AnnAssign):
                    assert hasattr(_core.Network, member.target.id)


def test_tuples():
    d = _core.Diagnostic("f", None, "error", "m", None)
    assert d._replace(node="n").node == "n"
    assert pickle.loads(pickle.dumps(d)) == d
    assert _core.Port._fields == ("name", "format", "shape")


# --- functions ------------------------------------------------------------------


def test_build(model, tmp_path):
    files = _core.build(model, OPTIONS, str(tmp_path), None)
    assert [pathlib.Path(f).name for f in files] == ["net.h", "net.c"]
    assert all(os.path.getsize(f) > 0 for f in files)


def test_build_with_weights_file_and_path(model, tmp_path):
    options = {**OPTIONS, "weights": "file", "name": "other"}
    files = _core.build(model, options, tmp_path, None)
    assert [pathlib.Path(f).suffix for f in files] == [".h", ".c", ".weights"]
    assert pathlib.Path(files[0]).stem == "other"


def test_build_that_cannot_write(model):
    with pytest.raises(_core.CompileError, match="net.nir/folder"):
        _core.build(model, OPTIONS, model[1] + "/folder", None)


@pytest.mark.parametrize("stage", ["network", "step", "linalg", "loops"])
def test_mlir(model, stage):
    assert "module" in _core.mlir(model, OPTIONS, stage, None)


def test_mlir_of_no_stage(model):
    with pytest.raises(_core.CompileError, match="nowhere"):
        _core.mlir(model, OPTIONS, "nowhere", None)


def test_check(model, broken):
    assert _core.check(model, OPTIONS, False)[0] is True
    good, text = _core.check(broken, OPTIONS, True)
    assert good is False
    assert json.loads(text)["errors"] == 2


def test_check_of_no_file():
    good, text = _core.check(("x.nir", "/nonexistent"), {}, False)
    assert good is False
    assert "x.nir: error: cannot be opened" in text


def test_inspect(model, broken):
    good, text = _core.inspect(model, OPTIONS, True)
    assert good is True
    assert [n["name"] for n in json.loads(text)["nodes"]]
    good, text = _core.inspect(broken, OPTIONS, False)
    assert good is True
    assert "broken.nir:a: error: 'tau' is missing" in text


def test_verify(model, net):
    x = np.ones((5, 3), np.float32)
    spikes, v = net.run([x], allocate)
    good, text = _core.verify(model, OPTIONS, {None: x}, {None: spikes})
    assert good is True
    assert json.loads(text)
    wrong = 1 - spikes
    good, text = _core.verify(
        model, OPTIONS, {"input": x}, {"output": wrong}, reference=True, json=False
    )
    assert good is False
    assert "output" in text
    near = v + np.float32(1e-3)
    args = (model, OPTIONS, {None: x}, {"lif.v": near})
    assert _core.verify(*args, both=True)[0] is False
    assert _core.verify(*args, atol=0.01, rtol=np.float32(0))[0] is True


def test_verify_of_files(model, net, tmp_path):
    x = np.ones((5, 3), np.float32)
    np.save(tmp_path / "x.npy", x)
    spikes = net.run([x], allocate)[0]
    good, _ = _core.verify(
        model, OPTIONS, {None: tmp_path / "x.npy"}, {None: spikes}, reference=True
    )
    assert good is True


def test_verify_progress_and_report(model, net):
    seen = []
    x = np.ones((5, 3), np.float32)
    spikes = net.run([x], allocate)[0]
    _core.verify(
        model,
        OPTIONS,
        {None: x},
        {None: spikes},
        reference=True,
        progress=lambda done, steps: seen.append((done, steps)),
    )
    assert seen[-1] == (5, 5)


def test_verify_of_wrong_shape(model):
    x = np.ones((5, 2), np.float32)
    good = np.ones((5, 3), np.float32)
    with pytest.raises(ValueError, match=r"inputs: has shape \(5, 2\), Input"):
        _core.verify(model, OPTIONS, {None: x}, {None: x}, reference=True)
    with pytest.raises(ValueError, match=r"expected: has shape \(5, 2\), '.*' gives"):
        _core.verify(model, OPTIONS, {None: good}, {None: x}, reference=True)
    with pytest.raises(ValueError, match=r"inputs\['input'\]: element \(0, 0\) is nan"):
        nan = {"input": good * np.float32("nan")}
        _core.verify(model, OPTIONS, nan, {None: x}, reference=True)


# --- options --------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, text",
    [
        ({"semantic": "nir"}, "unknown option 'semantic'; did you mean 'semantics'?"),
        ({"qqq": 1}, "unknown option 'qqq'"),
        ({3: 1}, "the name of an option is a str, not 3"),
        ({"dt": []}, "option 'dt' must be a number or a str, not <class 'list'>"),
        ({"dt": True}, "option 'dt' must be a number or a str, not <class 'bool'>"),
        ({"dense": 1}, "option 'dense' must be a bool, not <class 'int'>"),
        ({"type": 32}, "option 'type' must be a str, not <class 'int'>"),
        ({"quantize": 4}, "option 'quantize' must be a str or a path, not"),
        ({"set": 3}, "set must be a dict of names, not <class 'int'>"),
        ({"set": {None: 3}}, "set has a key that is no str: None"),
        ({"set": {"lif.tau": {}}}, "set['lif.tau'] must be a number, a str, a path "),
        ({"data": {"input": 3.0}}, "data['input'] must be an array or the path of a"),
        ({"data": {3: "x.npy"}}, "data has a key that is no str: 3"),
        ({"data": [1]}, "data must be a dict of names, not <class 'list'>"),
        ([], "options are a dict, not <class 'list'>"),
    ],
)
def test_wrong_options(model, options, text):
    with pytest.raises(TypeError) as e:
        _core.mlir(model, options, "step", None)
    assert text in str(e.value)


def test_null_characters(model):
    with pytest.raises(ValueError, match="option 'type' has a null character"):
        _core.mlir(model, {"type": "f\0"}, "step", None)
    with pytest.raises(ValueError, match="null"):
        _core.mlir(("x", "a\0b"), {}, "step", None)


@pytest.mark.parametrize("bad", ["net.nir", ("net.nir",), ["a", "b"], None])
def test_wrong_model(bad):
    with pytest.raises(TypeError, match=r"a model is a tuple \(name, file\)"):
        _core.mlir(bad, {}, "step", None)


def test_wrong_callables(model):
    with pytest.raises(TypeError, match="'report' must be callable or None"):
        _core.mlir(model, OPTIONS, "step", 3)
    with pytest.raises(TypeError, match="'progress' must be callable or None"):
        _core.verify(model, OPTIONS, {}, {}, progress=3)


def test_none_is_the_default(model):
    options = dict.fromkeys(_core.options())
    plain = _core.mlir(model, OPTIONS, "step", None)
    assert _core.mlir(model, {**options, **OPTIONS}, "step", None) == plain


@pytest.mark.parametrize(
    "dt", [1e-3, "1e-3", np.float64(1e-3), 0.001, "0.001"]
)
def test_numbers(model, dt):
    plain = _core.mlir(model, OPTIONS, "step", None)
    assert _core.mlir(model, {"semantics": "nir", "dt": dt}, "step", None) == plain


def test_numbers_keep_every_bit(model):
    dt = math.nextafter(1e-3, 1)
    text = _core.mlir(model, {"semantics": "nir", "dt": dt}, "network", None)
    step = _core.mlir(model, {"semantics": "nir", "dt": repr(dt)}, "step", None)
    assert step == _core.mlir(model, {"semantics": "nir", "dt": dt}, "step", None)
    assert text


@pytest.mark.parametrize(
    "value",
    [
        4e-3,
        np.float64(4e-3),
        "4e-3",
        np.full(4, 4e-3),
        np.full((8,), 4e-3)[::2],
        np.full(4, 4e-3).astype(">f8"),
        np.array(4e-3),
        memoryview(array.array("d", [4e-3] * 4)),
    ],
    ids=lambda v: type(v).__name__,
)
def test_set(model, value):
    options = {**OPTIONS, "set": {"lif.tau": value}}
    one = {**OPTIONS, "set": {"*.tau": 4e-3}}
    a = _core.Network(model, options, reference=True)
    b = _core.Network(model, one, reference=True)
    assert a.source == b.source
    assert a.source != _core.Network(model, OPTIONS, reference=True).source


def test_set_of_a_file(model, tmp_path):
    np.save(tmp_path / "tau.npy", np.full(4, 4e-3))
    options = {**OPTIONS, "set": {"lif.tau": tmp_path / "tau.npy"}}
    one = {**OPTIONS, "set": {"lif.tau": 4e-3}}
    a = _core.mlir(model, options, "step", None)
    assert a == _core.mlir(model, one, "step", None)


def test_set_of_wrong_shape(model):
    options = {**OPTIONS, "set": {"lif.tau": np.ones(3)}}
    with pytest.raises(_core.CompileError, match="tau"):
        _core.mlir(model, options, "step", None)


@pytest.mark.parametrize(
    "data, text",
    [
        ({None: np.ones((5, 2), "f")}, r"data: has shape \(5, 2\), Input 'input' has"),
        ({"input": np.full((5, 3), np.nan)}, r"data\['input'\]: element \(0, 0\) is"),
    ],
)
def test_data_that_does_not_fit(model, data, text):
    options = {**OPTIONS, "quantize": "int8", "data": data}
    for function in (
        lambda: _core.Network(model, options),
        lambda: _core.mlir(model, options, "loops", None),
    ):
        with pytest.raises(ValueError, match=text):
            function()


def test_data(model, tmp_path):
    x = np.linspace(0, 1, 60, dtype=np.float32).reshape(20, 3)
    np.save(tmp_path / "x.npy", x)
    texts = set()
    for data in (
        {None: x},
        {"input": x},
        {None: tmp_path / "x.npy"},
        {"input": str(tmp_path / "x.npy")},
        {None: np.asfortranarray(x)},
    ):
        options = {**OPTIONS, "quantize": "int8", "data": data, "state": 16}
        texts.add(_core.mlir(model, options, "quantized", None))
    assert len(texts) == 1


def test_options_of_another_mapping(model):
    import types

    options = types.MappingProxyType(OPTIONS)
    assert _core.mlir(model, options, "step", None)


# --- reports --------------------------------------------------------------------


def test_compile_error(broken):
    with pytest.raises(_core.CompileError) as e:
        _core.build(broken, OPTIONS, broken[1] + "/folder", None)
    error = e.value
    assert str(error).startswith("broken.nir:a: 'tau' is missing")
    assert str(error).endswith("(and 1 more error)")
    first, second = error.diagnostics
    assert first[:3] == ("broken.nir", "a", "error")
    assert first.message == "'tau' is missing"
    assert (second.file, second.node) == ("broken.nir", "b")


def test_hint(folder):
    nodes = {
        "input": nir.Input(np.array([3])),
        "fc": nir.Affine(np.ones((2, 3), "f"), np.ones(2, "f")),
        "output": nir.Output(np.array([2])),
    }
    made = write(folder / "hint.nir", nodes, [("input", "fc"), ("fc", "output")])
    h5py = pytest.importorskip("h5py")
    with h5py.File(made[1], "r+") as f:
        del f["node/nodes/fc/bias"]
    with pytest.raises(_core.CompileError) as e:
        _core.mlir(made, OPTIONS, "step", None)
    (error,) = e.value.diagnostics
    assert error[:4] == ("hint.nir", "fc", "error", "'bias' is missing")
    assert error.hint == "without 'bias' the type is Linear; or add zeros"
    assert str(e.value) == f"hint.nir:fc: 'bias' is missing\nhelp: {error.hint}"


def said(model, options):
    with pytest.raises(_core.CompileError) as e:
        _core.mlir(model, options, "loops", None)
    return e.value


def test_notes_are_in_the_traceback(model):
    error = said(model, {})
    first, *notes = error.diagnostics
    assert first.severity == "error" and len(notes) == 3
    assert {d.severity for d in notes} == {"note"}
    lines = str(error).splitlines()
    assert lines[0] == f"net.nir: {first.message}"
    assert lines[1:] == [f"note: {d.message}" for d in notes]
    assert notes[1].message.startswith('semantics="nir": forward Euler')
    assert "--" not in str(error)


@pytest.mark.parametrize(
    "options, text",
    [
        ({"state": 16}, "state, granularity, scales, rounding, borders, target_f1, "),
        ({"state": 16}, "max_rom, max_ram, quantize_out and data need quantize"),
        ({"quantize": "auto"}, 'quantize="auto" compares with floats on data: give'),
        ({"quantize": "int8", "rounding": "data"}, 'rounding="data" needs some: give'),
        ({"semantics": "nir", "dt": None}, "no dt is given; say dt=T in the same unit"),
        ({"input_events": True}, 'input events need input_kind="spikes" and'),
    ],
)
def test_options_in_messages_are_keywords(model, options, text):
    error = said(model, {**OPTIONS, **options})
    assert text in error.diagnostics[0].message
    assert text in str(error) and "--" not in str(error)


@pytest.mark.parametrize(
    "name, text",
    [
        ("snntorch", 'semantics="snntorch-subtract", reset_delay=True: reset_mech'),
        ("sinabs", 'semantics="sinabs", set={"*.norm_input": 1}'),
        ("sinabs_or_norse", 'semantics="sinabs", set={"*.floor": "none"}'),
    ],
)
def test_candidates_are_keywords(name, text, tmp_path):
    writer = pathlib.Path(__file__).parents[1] / "driver" / "written.py"
    subprocess.run([sys.executable, writer, name], cwd=tmp_path, check=True)
    error = said((f"{name}.nir", str(tmp_path / f"{name}.nir")), {"dt": 1e-4})
    assert any(d.message.startswith(text) for d in error.diagnostics[1:])
    assert f"\nnote: {text}" in str(error) and "--" not in str(error)


def test_arrays_in_messages_are_arguments(model, joined):
    x = np.ones((5, 3), "f")
    with pytest.raises(_core.CompileError, match="give expected, or quantize to com"):
        _core.verify(model, OPTIONS, {None: x}, {}, reference=True)
    y = {"lif": np.ones((5, 4), "f")}
    with pytest.raises(_core.CompileError, match='give inputs={"[a-z]+": "FILE.npy"}'):
        _core.verify(joined, OPTIONS, {}, y, reference=True)


def test_name_with_colons_and_bytes(model):
    name = os.fsdecode(b"a:b\xff.nir")
    with pytest.raises(_core.CompileError) as e:
        _core.mlir((name, model[1]), {**OPTIONS, "set": {"x.y": 1}}, "step", None)
    assert e.value.diagnostics[0].file == name
    assert e.value.diagnostics[0].node is None


def noisy(model):
    """Options that a warning is given for: numbers beyond the data's."""
    return {**OPTIONS, "quantize": "int8", "data": {None: np.full((9, 3), 0.5)}}


def test_warnings_are_reported(model):
    seen = []
    net = _core.Network(model, noisy(model), reference=True, report=seen.append)
    before = len(seen)
    net.run([np.full((4, 3), 100.0, np.float32)], allocate)
    assert [d.severity for d in seen[before:]] == ["warning"]
    assert "beyond the codes" in seen[-1].message


def test_report_that_raises(model):
    x = np.full((4, 3), 100.0, np.float32)

    def report(diagnostic):
        if diagnostic.severity == "warning":
            raise LookupError(diagnostic.message)

    net = _core.Network(model, noisy(model), reference=True, report=report)
    with pytest.raises(LookupError, match="beyond the codes"):
        net.run([x], allocate)
    with pytest.raises(ZeroDivisionError):
        _core.Network(model, noisy(model), report=lambda diagnostic: 1 / 0)


# --- the network ----------------------------------------------------------------


def test_what_is_known(model):
    net = _core.Network(model, OPTIONS, probes=("fc", "lif.v"))
    assert net.name == "net"
    assert net.inputs == (("input", "f", (3,)),)
    assert net.outputs == (("output", "B", (4,)),)
    assert net.probes == (("fc", "f", (4,)), ("lif.v", "f", (4,)))
    assert net.states[0] == _core.Port("lif.v", "f", (4,))
    assert "net_step" in net.header and "net_step" in net.source
    assert net.weights is None
    assert net.ram_bytes >= 16
    assert net.rom_bytes > 0
    assert net.backend is None
    assert "net" in repr(net)
    with pytest.raises(AttributeError):
        net.name = "x"


def test_weights(model):
    net = _core.Network(model, {**OPTIONS, "weights": "file"})
    assert isinstance(net.weights, bytes) and len(net.weights) >= 48


def test_files_are_those_of_build(model, tmp_path):
    net = _core.Network(model, OPTIONS)
    header, source = _core.build(model, OPTIONS, str(tmp_path), None)
    assert net.header == pathlib.Path(header).read_text()
    assert net.source == pathlib.Path(source).read_text()


@pytest.mark.parametrize("reference", [True, False])
def test_backend(model, reference, tmp_path):
    net = _core.Network(
        model, OPTIONS, reference=reference, cache=str(tmp_path / "cache")
    )
    assert net.start() == ("reference" if reference else "c")
    assert net.start() == net.backend


def test_no_compiler(model, monkeypatch):
    monkeypatch.setenv("CC", "/nonexistent/cc")
    seen = []
    net = _core.Network(model, OPTIONS, report=seen.append)
    assert net.start() == "reference"
    assert seen[0].severity == "warning" and "no C compiler" in seen[0].message
    net.run([np.ones((2, 3), np.float32)], allocate)
    assert len(seen) == 1


def test_compiler_that_fails(model, monkeypatch):
    monkeypatch.setenv("CC", "false")
    net = _core.Network(model, OPTIONS)
    for _ in range(2):
        with pytest.raises(_core.CompileError):
            net.run([np.ones((2, 3), np.float32)], allocate)
        with pytest.raises(_core.CompileError):
            net.step([np.ones(3, np.float32)], allocate)
        with pytest.raises(_core.CompileError):
            net.set_state(0, 0.0)


def test_wrong_arguments(model):
    with pytest.raises(TypeError, match="probes must be a list"):
        _core.Network(model, OPTIONS, probes="lif")
    with pytest.raises(TypeError, match="probes must be a str"):
        _core.Network(model, OPTIONS, probes=[3])
    with pytest.raises(TypeError):
        _core.Network(model, OPTIONS, probes=3)
    with pytest.raises(TypeError, match="'report' must be"):
        _core.Network(model, OPTIONS, report=3)
    with pytest.raises(TypeError):
        _core.Network(model, OPTIONS, cache=3)
    with pytest.raises(_core.CompileError, match="nobody"):
        _core.Network(model, OPTIONS, probes=["nobody"])
    with pytest.raises(TypeError):
        type("Sub", (_core.Network,), {})


@pytest.mark.parametrize("reference", [True, False])
def test_run(model, reference):
    net = _core.Network(model, OPTIONS, probes=["lif.v"], reference=reference)
    weight = np.arange(12, dtype=np.float32).reshape(4, 3) / 8
    x = np.random.default_rng(0).random((20, 3), np.float32)
    spikes, v = net.run([x], allocate)
    s, m = expected(x, weight, 20)
    assert spikes.dtype == np.uint8 and v.dtype == np.float32
    assert (spikes == s).all() and s.any() and not s.all()
    np.testing.assert_allclose(v, m, atol=1e-6)


@pytest.mark.parametrize("threads", [0, 1, 2, 7])
def test_run_of_samples(net, threads):
    x = np.random.default_rng(0).random((5, 20, 3), np.float32)
    spikes, v = net.run([x], allocate, threads)
    assert spikes.shape == (5, 20, 4) and v.shape == (5, 20, 4)
    for i in range(5):
        one, two = net.run([x[i]], allocate, threads=threads)
        assert (one == spikes[i]).all() and (two == v[i]).all()


@pytest.mark.parametrize("shape", [(0, 3), (2, 0, 3), (0, 5, 3), (0, 0, 3)])
@pytest.mark.parametrize("reference", [True, False])
def test_nothing(model, shape, reference):
    net = _core.Network(model, OPTIONS, reference=reference)
    (spikes,) = net.run([np.empty(shape, np.float32)], allocate)
    assert spikes.shape == (*shape[:-1], 4)


def test_two_inputs_and_outputs(joined):
    net = _core.Network(joined, OPTIONS)
    names = [p.name for p in net.inputs]
    assert sorted(names) == ["left", "right"]
    x = {"left": np.ones((4, 3), np.float32), "right": np.full((4, 3), 2.0, "f")}
    out = net.run([x[n] for n in names], allocate)
    got = dict(zip([p.name for p in net.outputs], out))
    assert (got["sum"] == 3).all()
    assert got["spikes"].shape == (4, 3)


def test_step_is_run(net):
    x = np.random.default_rng(1).random((9, 3), np.float32)
    spikes, v = net.run([x], allocate)
    for repeat in range(2):
        for t in range(9):
            s, m = net.step([x[t]], allocate)
            assert s.shape == (4,)
            assert (s == spikes[t]).all() and (m == v[t]).all()
        net.reset()


def test_reset_before_the_first_step(net):
    net.reset()
    assert net.backend is None


def test_run_leaves_the_own_state(net):
    x = np.full(3, 0.1, np.float32)
    net.step([x], allocate)
    before = net.get_state(0, allocate)
    net.run([np.ones((5, 3), np.float32)], allocate)
    assert (net.get_state(0, allocate) == before).all() and before.any()


@pytest.mark.parametrize(
    "numbers, text",
    [
        ((3, 10, 2), "(3, 10, 2), expected (steps, 3) or (samples, steps, 3)"),
        ((3,), "(3,), expected (steps, 3) or (samples, steps, 3)"),
        ((), "(), expected (steps, 3) or (samples, steps, 3)"),
        ((1, 1, 1, 3), "(1, 1, 1, 3), expected (steps, 3) or"),
    ],
)
def test_wrong_shapes(net, numbers, text):
    with pytest.raises(ValueError) as e:
        net.run([np.zeros(numbers, np.float32)], allocate)
    assert str(e.value).startswith("input 'input' has shape " + text)


def test_wrong_shape_of_a_step(net):
    with pytest.raises(ValueError) as e:
        net.step([np.zeros((1, 3), np.float32)], allocate)
    assert str(e.value) == "input 'input' has shape (1, 3), expected (3,)"


def test_inputs_that_disagree(joined):
    net = _core.Network(joined, OPTIONS, reference=True)
    for a, b in [((4, 3), (5, 3)), ((2, 4, 3), (3, 4, 3)), ((4, 3), (1, 4, 3))]:
        with pytest.raises(ValueError) as e:
            net.run([np.zeros(a, "f"), np.zeros(b, "f")], allocate)
        assert f"input '{net.inputs[1].name}' has" in str(e.value)
        assert f"'{net.inputs[0].name}' has" in str(e.value)


def test_wrong_count(net):
    with pytest.raises(ValueError, match="'net' has 1 inputs, 2 arrays are given"):
        net.run([np.zeros((1, 3), "f")] * 2, allocate)
    with pytest.raises(ValueError, match="'net' has 1 inputs, 0 arrays are given"):
        net.step([], allocate)


def test_wrong_threads(net):
    with pytest.raises(ValueError, match="'threads' is -1"):
        net.run([np.zeros((1, 3), "f")], allocate, threads=-1)


# --- arrays ---------------------------------------------------------------------


@pytest.fixture
def shown(folder):
    """A network whose Output is its Input."""
    nodes = {
        "input": nir.Input(np.array([3])),
        "fc": nir.Linear(np.eye(3, dtype=np.float32)),
        "output": nir.Output(np.array([3])),
    }
    edges = [("input", "fc"), ("fc", "output")]
    made = write(folder / "same.nir", nodes, edges)
    return _core.Network(made, OPTIONS, reference=True)


NUMBERS = [[0, 1, 2], [3, 4, 5]]


class Capsule:
    """An object with DLPack alone, as other frameworks have them."""

    def __init__(self, numbers, device=(1, 0)):
        self.numbers, self.device = numbers, device

    def __dlpack_device__(self):
        return self.device

    def __dlpack__(self):
        return self.numbers.__dlpack__()


@pytest.mark.parametrize("dtype", ["b1", *"bBhHiIlLqQefd"])
@pytest.mark.parametrize("order", "<>=")
def test_types(shown, dtype, order):
    numbers = np.array(NUMBERS)
    numbers = (numbers % 2 if dtype == "b1" else numbers).astype(dtype)
    x = numbers.astype(numbers.dtype.newbyteorder(order))
    (y,) = shown.run([x], allocate)
    assert (y == numbers).all() and y.dtype == np.float32


@pytest.mark.parametrize(
    "x",
    [
        np.array(NUMBERS * 2, "f")[:2],
        np.array(NUMBERS, "f")[::-1][::-1],
        np.asfortranarray(np.array(NUMBERS, "f")),
        np.array([[0, 9, 1, 9, 2], [3, 9, 4, 9, 5]], "f")[:, ::2],
        np.array([[3, 4, 5], [0, 1, 2]], "f")[::-1],
        np.frombuffer(b"\0" + np.array(NUMBERS, "f").tobytes(), "f", 6, 1).reshape(
            2, 3
        ),
        memoryview(array.array("f", range(6))).cast("B").cast("f", (2, 3)),
        memoryview(bytes(range(6))).cast("B", (2, 3)),
        memoryview(bytearray(range(6))).cast("b", (2, 3)),
        (ctypes.c_float * 3 * 2)((0, 1, 2), (3, 4, 5)),
        (ctypes.c_int16.__ctype_be__ * 3 * 2)((0, 1, 2), (3, 4, 5)),
        Capsule(np.array(NUMBERS, "f")),
        Capsule(np.array(NUMBERS, "i8")),
        Capsule(np.array(NUMBERS, "e")),
        Capsule(np.array(NUMBERS, "u2").T.copy().T),
        Capsule(np.array(NUMBERS, "d")[::-1].copy()[::-1]),
    ],
    ids=lambda x: type(x).__name__,
)
def test_layouts(shown, x):
    (y,) = shown.run([x], allocate)
    assert y.tolist() == NUMBERS


def test_all_halves(folder):
    every = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
    every = every[np.isfinite(every)].reshape(1, -1)
    nodes = {
        "input": nir.Input(np.array([every.size])),
        "scale": nir.Scale(np.ones(every.size, np.float32)),
        "output": nir.Output(np.array([every.size])),
    }
    edges = [("input", "scale"), ("scale", "output")]
    made = write(folder / "halves.nir", nodes, edges)
    net = _core.Network(made, OPTIONS, reference=True)
    (y,) = net.run([every], allocate)
    assert (y == every.astype(np.float32)).all()


def test_no_copies(net):
    """What fits is read in place, and written in place."""
    given = []

    def make(shape, format):
        given.append((shape, format))
        return memoryview(bytearray(math.prod(shape) * struct_size(format))).cast(
            "B"
        ).cast(format, shape)

    def struct_size(format):
        return {"B": 1, "f": 4}[format]

    x = array.array("f", [1.0] * 6)
    spikes, v = net.run([memoryview(x).cast("B").cast("f", (2, 3))], make)
    assert given == [((2, 4), "B"), ((2, 4), "f")]
    assert isinstance(spikes, memoryview)
    want = net.run([np.ones((2, 3), "f")], allocate)
    assert spikes.tolist() == want[0].tolist()
    assert v.tolist() == want[1].tolist()


@pytest.mark.parametrize(
    "x, text",
    [
        (np.zeros((2, 3), "c8"), "format 'Zf', expected integers, bools or floats"),
        (np.zeros((2, 3), "c16"), "format 'Zd'"),
        (np.zeros((2, 3), "g"), "format 'g'"),
        (np.zeros((2, 3), "M8[s]"), "cannot be read: cannot include dtype 'M'"),
        (np.zeros((2, 3), "U1"), "format '1w'"),
        (np.zeros((2, 3), "i4,i4"), "format 'T{"),
        (np.zeros((2, 3), "O"), "format 'O'"),
        (memoryview(b"abcdef").cast("c", (2, 3)), "format 'c'"),
        ([[1.0, 2, 3]], "must be an array, with the buffer protocol or __dlpack__"),
        (3.0, "must be an array"),
        (None, "must be an array"),
        (Capsule(np.zeros((2, 3), "c8")), "DLPack type (code 5, bits 64, lanes 1)"),
        (Capsule(np.zeros((2, 3)), device=None), "__dlpack_device__ that gives no"),
        (Capsule(np.zeros((2, 3)), device=("cpu", 0)), "__dlpack_device__ that gives"),
    ],
    ids=lambda x: type(x).__name__,
)
def test_no_arrays(net, x, text):
    with pytest.raises(TypeError) as e:
        net.run([x], allocate)
    assert str(e.value).startswith("input 'input' ") and text in str(e.value)


@pytest.mark.parametrize(
    "x, text",
    [
        (Capsule(np.zeros((2, 3), "f"), (2, 1)), "is on device 2:1 (cuda), expected "),
        (Capsule(np.zeros((2, 3), "f"), (99, 0)), "is on device 99:0 (unknown)"),
        (memoryview(bytes(3)).cast("B", [1] * 39 + [3]), "has 40 axes, at most 32"),
    ],
)
def test_arrays_that_do_not_fit(net, x, text):
    with pytest.raises(ValueError) as e:
        net.run([x], allocate)
    assert str(e.value).startswith("input 'input' ") and text in str(e.value)


@pytest.mark.parametrize("byteorder", "<>")
def test_real_numbers_are_rounded(net, byteorder):
    rng = np.random.default_rng(5)
    x = rng.normal(size=(7, 5, 3)) * 10.0 ** rng.integers(-45, 3, (7, 5, 3))
    x[0, 0] = 0.1, 1 + 2**-24, 1 + 3 * 2**-24  # ties go to even
    want = net.run([x.astype("f")], allocate)
    for given in (x.astype(byteorder + "f8"), np.asfortranarray(x)):
        got = net.run([given], allocate)
        assert all((a == b).all() for a, b in zip(got, want))
    assert (net.step([x[0, 0]], allocate)[0] == want[0][0, 0]).all()


@pytest.mark.parametrize("dtype", ["?", "B", "b", "h", "i", "q", "Q", "e", "f"])
def test_other_types_are_exact(net, dtype):
    x = (np.arange(60).reshape(4, 5, 3) % 7 % 3).astype(dtype)
    want = net.run([x.astype("d")], allocate)
    for given in (x, x[::-1][::-1], np.asfortranarray(x), x[:, ::2], x[..., ::-1]):
        expected_here = net.run([np.ascontiguousarray(given).astype("f")], allocate)
        got = net.run([given], allocate)
        assert all((a == b).all() for a, b in zip(got, expected_here))
    assert (net.run([x], allocate)[1] == want[1]).all()


def test_conversion_that_loses(net):
    x = np.zeros((2, 3))
    x[1, 2] = 1e39
    with pytest.raises(ValueError) as e:
        net.run([x], allocate)
    assert (
        str(e.value)
        == "input 'input': element (1, 2) is 1e+39, which float32 cannot hold"
    )
    whole = np.zeros((2, 3), "q")
    whole[1, 0] = 2**24 + 1
    with pytest.raises(ValueError, match=r"\(1, 0\) is 16777217, which float32"):
        net.run([whole], allocate)
    whole[1, 0] = 2**60
    net.run([whole], allocate)
    with pytest.raises(ValueError, match=r"element \(0, 0\) is nan"):
        net.run([np.full((1, 3), -np.float64(np.nan))], allocate)
    x[1, 2] = np.nan
    with pytest.raises(ValueError, match=r"input 'input': element \(1, 2\) is nan"):
        net.run([x.astype("f")], allocate)
    with pytest.raises(ValueError, match=r"element \(0\) is inf"):
        net.step([np.array([np.inf, 0, 0], "f")], allocate)


def test_spikes_are_0_or_1(model):
    net = _core.Network(model, {**OPTIONS, "input_kind": "spikes"}, reference=True)
    assert net.inputs[0].format == "B"
    a = net.run([np.array([[0, 1, 1]], bool)], allocate)[0]
    b = net.run([np.array([[0, 1, 1]], "f")], allocate)[0]
    assert (a == b).all()
    with pytest.raises(ValueError, match=r"element \(0, 1\) is 2"):
        net.run([np.array([[0, 2, 1]], "B")], allocate)
    for dtype in "iqfd":
        c = net.run([np.array([[0, 1, 1]], dtype)], allocate)[0]
        assert (a == c).all()
        with pytest.raises(ValueError, match=r"element \(0, 1\) is -1, which a spike"):
            net.run([np.array([[0, -1, 1]], dtype)], allocate)
    with pytest.raises(ValueError, match=r"element \(0, 0\) is 0.5, which a spike"):
        net.run([np.array([[0.5, 1, 1]])], allocate)


# --- DLPack, by hand ------------------------------------------------------------


class DLTensor(ctypes.Structure):
    _fields_ = [
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
    ]


DELETER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Managed(ctypes.Structure):
    _fields_ = [
        ("tensor", DLTensor),
        ("context", ctypes.c_void_p),
        ("deleter", DELETER),
    ]


class Versioned(ctypes.Structure):
    _fields_ = [
        ("major", ctypes.c_uint32),
        ("minor", ctypes.c_uint32),
        ("context", ctypes.c_void_p),
        ("deleter", DELETER),
        ("flags", ctypes.c_uint64),
        ("tensor", DLTensor),
    ]


capsule_new = ctypes.pythonapi.PyCapsule_New
capsule_new.restype = ctypes.py_object
capsule_new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]


class Exporter:
    """Gives a DLPack struct, and counts how often it is given back."""

    def __init__(self, numbers, shape, *, versioned=False, strides=None, **more):
        self.deleted = 0
        self.buffer = (ctypes.c_float * max(1, len(numbers)))(*numbers)
        self.shape = (ctypes.c_int64 * max(1, len(shape)))(*shape)
        self.strides = strides and (ctypes.c_int64 * len(strides))(*strides)
        self.deleter = DELETER(self.delete)
        self.name = b"dltensor_versioned" if versioned else b"dltensor"
        self.struct = (Versioned if versioned else Managed)(deleter=self.deleter)
        tensor = self.struct.tensor
        tensor.data = ctypes.addressof(self.buffer)
        tensor.device_type, tensor.ndim = 1, len(shape)
        tensor.code, tensor.bits, tensor.lanes = 2, 32, 1
        tensor.shape = self.shape
        if strides:
            tensor.strides = self.strides
        for name, value in more.items():
            target = self.struct if hasattr(self.struct, name) else tensor
            setattr(target, name, value)
        if versioned and "major" not in more:
            self.struct.major = 1
        self.asked = []

    def delete(self, pointer):
        assert pointer == ctypes.addressof(self.struct)
        self.deleted += 1

    def __dlpack_device__(self):
        return (1, 0)

    def __dlpack__(self, **words):
        self.asked.append(words)
        self.capsule = capsule_new(ctypes.addressof(self.struct), self.name, None)
        return self.capsule


@pytest.mark.parametrize("versioned", [False, True])
def test_dlpack(shown, versioned):
    x = Exporter(range(6), (2, 3), versioned=versioned)
    (y,) = shown.run([x], allocate)
    assert y.tolist() == NUMBERS
    assert x.deleted == 1
    assert x.asked == [{"max_version": (1, 0)}]
    assert "used_dltensor" in repr(x.capsule)


@pytest.mark.parametrize("versioned", [False, True])
def test_dlpack_strides_and_offset(shown, versioned):
    x = Exporter(
        [9, 0, 3, 1, 4, 2, 5],
        (2, 3),
        strides=(1, 2),
        byte_offset=4,
        versioned=versioned,
    )
    (y,) = shown.run([x], allocate)
    assert y.tolist() == NUMBERS and x.deleted == 1


@pytest.mark.parametrize(
    "more, error, text",
    [
        ({"code": 4, "bits": 16}, TypeError, "DLPack type (code 4, bits 16, lanes 1)"),
        ({"lanes": 4}, TypeError, "lanes 4"),
        ({"bits": 24}, TypeError, "bits 24"),
        ({"bits": 8}, TypeError, "code 2, bits 8"),
        ({"ndim": 33}, ValueError, "has 33 axes, at most 32 are supported"),
        ({"ndim": -1}, ValueError, "has -1 axes"),
    ],
)
@pytest.mark.parametrize("versioned", [False, True])
def test_dlpack_refused(shown, more, error, text, versioned):
    x = Exporter(range(6), (2, 3), versioned=versioned, **more)
    with pytest.raises(error) as e:
        shown.run([x], allocate)
    assert text in str(e.value) and x.deleted == 1


@pytest.mark.parametrize("shape", [(2, -3), (1 << 62, 1 << 62)])
def test_dlpack_damaged_shape(shown, shape):
    x = Exporter(range(6), shape)
    with pytest.raises(ValueError, match="has a damaged shape"):
        shown.run([x], allocate)
    assert x.deleted == 1


def test_dlpack_of_another_version(shown):
    x = Exporter(range(6), (2, 3), versioned=True, major=2)
    with pytest.raises(ValueError, match="has DLPack version 2.0, expected 1"):
        shown.run([x], allocate)
    assert x.deleted == 0  # the capsule owns it still


class Raises:
    """Cannot be exported, as a tensor of torch that requires a gradient."""

    def __init__(self, error, device=False):
        self.error, self.device = error, device

    def __dlpack_device__(self):
        if self.device:
            raise self.error
        return (1, 0)

    def __dlpack__(self, **words):
        raise self.error


@pytest.mark.parametrize("device", [False, True])
@pytest.mark.parametrize("error", [BufferError, RuntimeError, TypeError])
def test_dlpack_that_raises(shown, error, device):
    cause = error("requires grad; use detach()")
    with pytest.raises(TypeError) as e:
        shown.run([Raises(cause, device)], allocate)
    assert (
        str(e.value)
        == "input 'input' cannot be read: requires grad; use detach()"
    )
    assert e.value.__cause__ is cause and cause.__traceback__ is not None


def test_dlpack_that_is_interrupted(shown):
    with pytest.raises(KeyboardInterrupt):
        shown.run([Raises(KeyboardInterrupt())], allocate)


def test_dlpack_no_capsule(shown):
    x = Exporter(range(6), (2, 3))
    x.name = b"something"
    with pytest.raises(TypeError, match="gives no capsule 'dltensor'"):
        shown.run([x], allocate)

    class Raises(Capsule):
        def __dlpack__(self):
            raise BufferError("requires a gradient")

    with pytest.raises(TypeError, match="requires a gradient"):
        shown.run([Raises(None)], allocate)


def test_dlpack_output(shown):
    made = []

    def make(shape, format):
        made.append(Exporter([0] * 6, shape))
        return made[-1]

    out = shown.run([np.array(NUMBERS, "f")], make)
    assert out == made and list(made[0].buffer) == [0, 1, 2, 3, 4, 5]
    assert made[0].deleted == 1


# --- allocate -------------------------------------------------------------------


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda s, f: np.empty(s, "d"), "it has 6 elements of type f8, expected 6 of"),
        (lambda s, f: np.empty(5, f), "it has 5 elements of type f4, expected 6 of f4"),
        (lambda s, f: np.empty(s, f).T, "it is not C-contiguous"),
        (lambda s, f: np.empty(s, ">f4"), "it is not C-contiguous, aligned and native"),
        (lambda s, f: np.frombuffer(bytearray(25), "f", 6, 1), "aligned"),
        (lambda s, f: memoryview(bytes(24)).cast("f"), "it is read-only"),
        (lambda s, f: Exporter([0] * 6, s, versioned=True, flags=1), "it is read-only"),
    ],
)
def test_allocate(shown, make, text):
    with pytest.raises(ValueError) as e:
        shown.run([np.zeros((2, 3), "f")], make)
    assert str(e.value).startswith("output 'output' cannot be written to the array")
    assert text in str(e.value)


def test_allocate_that_is_none(shown):
    x = [np.zeros((2, 3), "f")]
    with pytest.raises(TypeError, match="output 'output' must be an array"):
        shown.run(x, lambda s, f: None)
    with pytest.raises(TypeError, match="not callable"):
        shown.run(x, None)
    with pytest.raises(KeyError):
        shown.run(x, lambda s, f: {}[s])


# --- states ---------------------------------------------------------------------


@pytest.mark.parametrize("reference", [True, False])
def test_state(model, reference):
    net = _core.Network(model, OPTIONS, probes=["lif.v"], reference=reference)
    x = np.full(3, 0.1, np.float32)
    for value in (
        np.array([0.25, 0, -1, 2], "f"),
        np.array([0.25, 0, -1, 2], ">d"),
        array.array("f", [0.25, 0, -1, 2]),
        0.25,
        np.float32(0.25),
        np.array(0.25),
        1,
        0.1,
    ):
        net.set_state(0, value)
        got = net.get_state(0, allocate)
        assert got.dtype == np.float32 and got.shape == (4,)
        assert (got == np.asarray(value).astype("f")).all()
        assert net.step([x], allocate)[1] is not None
        assert (net.get_state(0, allocate) != got).any()
    net.reset()
    assert not net.get_state(0, allocate).any()


def test_saved_state_goes_on(net):
    x = np.random.default_rng(1).random((9, 3), np.float32)
    net.step([x[0]], allocate)
    saved = net.get_state(0, allocate)
    a = [net.step([t], allocate)[1] for t in x]
    net.set_state(0, saved)
    b = [net.step([t], allocate)[1] for t in x]
    assert (np.array(a) == np.array(b)).all()


@pytest.mark.parametrize(
    "value, error, text",
    [
        (np.zeros(3, "f"), ValueError, "state 'lif.v' has shape (3,), expected (4,) or"),
        (np.array([0, 0, 1e39, 0]), ValueError, "state 'lif.v': element (2) is 1e+39"),
        (float("nan"), ValueError, "number 0 is nan, which this state cannot have"),
        (1e300, ValueError, "number 0 is inf"),
        ("0.5", TypeError, "state 'lif.v' must be an array"),
        (None, TypeError, "state 'lif.v' must be an array"),
        (10**400, OverflowError, "too large"),
        (np.array(1j), TypeError, "format 'Zd'"),
    ],
)
def test_wrong_state(net, value, error, text):
    with pytest.raises(error) as e:
        net.set_state(0, value)
    assert text in str(e.value)


@pytest.mark.parametrize("index", [-1, 1, 10**6])
def test_no_such_state(net, index):
    with pytest.raises(IndexError, match=f"state {index} of 'net', which has 1"):
        net.get_state(index, allocate)
    with pytest.raises(IndexError):
        net.set_state(index, 0.0)


def test_state_allocate(net):
    with pytest.raises(ValueError, match="state 'lif.v' cannot be written"):
        net.get_state(0, lambda s, f: np.empty(3, f))


# --- progress and signals -------------------------------------------------------


@pytest.fixture(scope="session")
def slow_model(folder):
    """Some seconds for a million steps."""
    nodes = {
        "input": nir.Input(np.array([3])),
        "fc": nir.Linear(np.ones((200, 3), np.float32)),
        "lif": lif(200),
        "out": nir.Linear(np.ones((1, 200), np.float32)),
        "last": lif(1),
        "output": nir.Output(np.array([1])),
    }
    edges = [
        ("input", "fc"),
        ("fc", "lif"),
        ("lif", "out"),
        ("out", "last"),
        ("last", "output"),
    ]
    return write(folder / "slow.nir", nodes, edges)


@pytest.fixture(scope="session")
def slow(slow_model):
    net = _core.Network(slow_model, OPTIONS, reference=True)
    net.start()
    return net


@pytest.mark.parametrize("samples", [1, 4])
def test_progress(slow, samples):
    seen = []
    x = np.ones((samples, 40_000 // samples, 3), "f")
    started = time.monotonic()
    slow.run([x], allocate, progress=lambda done, of: seen.append((done, of)))
    took = time.monotonic() - started
    assert seen[-1] == (40_000, 40_000)
    assert seen == sorted(seen)
    assert len(seen) <= took / 0.1 + 1
    assert took < 0.3 or len(seen) > 1


@pytest.mark.parametrize("samples", [1, 4])
def test_progress_that_raises(slow, samples):
    def progress(done, of):
        raise LookupError(done)

    x = np.ones((samples, 2_000_000 // samples, 3), "f")
    started = time.monotonic()
    with pytest.raises(LookupError) as e:
        slow.run([x], allocate, progress=progress)
    assert time.monotonic() - started < 3
    assert e.value.args[0] < 2_000_000


def test_progress_that_raises_at_the_end(net):
    with pytest.raises(LookupError):
        net.run([np.ones((2, 3), "f")], allocate, progress=lambda d, s: {}[d])


def test_progress_that_runs(slow, net):
    seen = []

    def progress(done, of):
        seen.append(net.run([np.ones((2, 3), "f")], allocate)[0])

    slow.run([np.ones((40_000, 3), "f")], allocate, progress=progress)
    assert seen


class Alarm:
    """Sends SIGINT after a while, and says how long until it was raised."""

    def __enter__(self):
        self.handler = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
        self.started = time.monotonic()
        self.timer.start()

    def __exit__(self, kind, value, trace):
        took = time.monotonic() - self.started
        self.timer.cancel()
        signal.signal(signal.SIGINT, self.handler)
        if kind is KeyboardInterrupt:
            assert took < 2.5, took


@pytest.mark.parametrize("samples", [1, 4])
def test_interrupt_of_a_run(slow, samples):
    x = np.ones((samples, 8_000_000 // samples, 3), "f")
    with pytest.raises(KeyboardInterrupt), Alarm():
        slow.run([x], allocate)
    slow.run([x[:, :2]], allocate)


def test_interrupt_of_compiled_code(slow_model):
    net = _core.Network(slow_model, OPTIONS)
    net.start()
    x = np.ones((6_000_000, 3), "f")
    with pytest.raises(KeyboardInterrupt), Alarm():
        net.run([x], allocate)


def digits(**more):
    spikes = np.load(DIGITS / "test_spikes.npy")
    return ("digits.nir", str(DIGITS / "model.nir")), {
        "semantics": "nir",
        "dt": 1e-3,
        "data": {None: spikes},
        **more,
    }


def test_interrupt_of_a_compile():
    model, options = digits(quantize="auto", input_kind="spikes")
    with pytest.raises(KeyboardInterrupt), Alarm():
        _core.mlir(model, options, "quantized", None)  # else some seconds


def test_interrupt_of_a_compiler(model, tmp_path, monkeypatch):
    cc = tmp_path / "cc"
    cc.write_text("#!/bin/sh\nsleep 30\n")
    cc.chmod(0o755)
    monkeypatch.setenv("CC", str(cc))
    net = _core.Network(model, OPTIONS)
    with pytest.raises(KeyboardInterrupt), Alarm():
        net.start()
    assert net.backend is None
    monkeypatch.setenv("CC", "cc")
    assert net.start() == "c"


def test_handler_that_does_not_raise(slow):
    seen = []
    before = signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
        out = slow.run([np.ones((100_000, 3), "f")], allocate)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert seen and out[0].shape == (100_000, 1)


def test_handler_that_calls_us(model, tmp_path, monkeypatch):
    """It would wait for what the call that it interrupts holds."""
    cc = tmp_path / "cc"
    cc.write_text('#!/bin/sh\nsleep 1\nexec gcc "$@"\n')
    cc.chmod(0o755)
    monkeypatch.setenv("CC", str(cc))
    net = _core.Network(model, OPTIONS)
    seen = []

    def handler(*_):
        seen.append(net.backend)
        for use in (net.start, lambda: _core.check(model, OPTIONS, True),
                    lambda: net.step([np.ones(3, "f")], allocate)):
            with pytest.raises(RuntimeError, match="a signal handler or"):
                use()
            seen.append(use)

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        assert net.start() == "c"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert len(seen) == 4 and seen[0] is None


def test_notes_come_as_they_are_made(tmp_path):
    model, options = digits(quantize="auto", input_kind="spikes")
    notes = []
    _core.build(model, options, str(tmp_path), notes.append)
    assert len(notes) > 3 and len(set(notes)) == len(notes)

    def second(note):
        heard.append(note)
        with pytest.raises(RuntimeError, match="or report function used"):
            _core.check(model, OPTIONS, True)
        if len(heard) == 2:
            raise LookupError(note.message)

    heard = []
    with pytest.raises(LookupError):
        _core.build(model, options, str(tmp_path), second)
    assert heard == notes[:2]


def test_one_number_of_numpy_for_spikes(folder):
    nodes = {
        "input": nir.Input(np.array([3])),
        "wait": nir.Delay(np.full(3, 2e-3)),
        "output": nir.Output(np.array([3])),
    }
    path = write(folder / "wait.nir", nodes, [("input", "wait"), ("wait", "output")])
    net = _core.Network(path, {**OPTIONS, "input_kind": "spikes"}, reference=True)
    assert net.states[0].format == "B"
    for value in (np.True_, np.array(True), True, 1, np.uint8(1)):
        net.set_state(0, 0)
        net.set_state(0, value)
        assert net.get_state(0, allocate).all()


# --- threads --------------------------------------------------------------------


def in_threads(*functions):
    """Runs all at once; what they raised, or None."""
    raised = [None] * len(functions)

    def run(i):
        try:
            functions[i]()
        except BaseException as e:  # the test looks at it
            raised[i] = e

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(functions))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return raised


@pytest.mark.parametrize("reference", [True, False])
def test_threads_share_a_network(model, reference):
    net = _core.Network(model, OPTIONS, reference=reference)
    x = np.random.default_rng(3).random((4, 500, 3), np.float32)
    want = net.run([x], allocate, 1)[0]

    def work():
        for _ in range(50):
            assert (net.run([x], allocate, 2)[0] == want).all()

    assert in_threads(work, work, work) == [None] * 3


def test_threads_start_a_network(model):
    net = _core.Network(model, OPTIONS)
    assert in_threads(*[net.start] * 4) == [None] * 4
    assert net.backend == "c"


def test_backend_while_it_starts(model, tmp_path, monkeypatch):
    """The getter must not hold the GIL while it waits for the one that starts."""
    cc = tmp_path / "cc"
    cc.write_text("#!/bin/sh\nsleep 1\nexec cc \"$@\"\n")
    cc.chmod(0o755)
    monkeypatch.setenv("CC", str(cc))
    net = _core.Network(model, OPTIONS)
    t = threading.Thread(target=lambda: (time.sleep(0.3), net.backend))
    t.start()
    assert net.start() == "c"
    t.join()


def test_threads_compile(model):
    want = _core.mlir(model, OPTIONS, "loops", None)

    def work():
        for _ in range(10):
            assert _core.mlir(model, OPTIONS, "loops", None) == want

    assert in_threads(work, work) == [None, None]


def test_a_state_is_of_one_thread(model, tmp_path, monkeypatch):
    cc = tmp_path / "cc"
    cc.write_text("#!/bin/sh\nsleep 1\nexec cc \"$@\"\n")
    cc.chmod(0o755)
    monkeypatch.setenv("CC", str(cc))
    net = _core.Network(model, OPTIONS)
    x = np.zeros(3, "f")
    errors = []

    def disturb():
        time.sleep(0.4)
        for act in (
            lambda: net.step([x], allocate),
            net.reset,
            lambda: net.get_state(0, allocate),
            lambda: net.set_state(0, 0.0),
        ):
            with pytest.raises(RuntimeError, match="in use by another thread") as e:
                act()
            errors.append(e.value)

    t = threading.Thread(target=disturb)
    t.start()
    net.step([x], allocate)  # compiles first, which takes a second
    t.join()
    assert len(errors) == 4
    net.step([x], allocate)


def test_the_gil_is_let_go(slow):
    """Another thread goes on while a network runs."""
    counted = 0
    done = False

    def count():
        nonlocal counted
        while not done:
            counted += 1
            time.sleep(0.001)

    t = threading.Thread(target=count)
    t.start()
    slow.run([np.ones((100_000, 3), "f")], allocate, 1)
    done = True
    t.join()
    assert counted > 20


# --- references -----------------------------------------------------------------


def same_counts(objects, function, times=1000):
    for _ in range(5):  # fills caches
        function()
    gc.collect()
    before = [sys.getrefcount(o) for o in objects]
    blocks = sys.getallocatedblocks()
    for _ in range(times):
        function()
    gc.collect()
    assert [sys.getrefcount(o) for o in objects] == before
    left = sys.getallocatedblocks() - blocks  # dicts and floats of CPython's own
    assert left < max(300, times // 2), "objects are left"


def quiet(error, function, *args, **words):
    try:
        function(*args, **words)
    except error:
        return
    raise AssertionError("nothing was raised")


def test_references_of_runs(net):
    x = np.ones((4, 3), "f")
    y = np.ones((4, 3), ">f8")
    one = np.ones(3, "f")
    progress = lambda done, of: None  # noqa: E731
    make = lambda s, f: np.empty(s, f)  # noqa: E731
    held = [x, y, one, progress, make, net, None, _core.CompileError]
    same_counts(held, lambda: net.run([x], make, 1, progress))
    same_counts(held, lambda: net.run([y], make, 1, progress=progress))
    same_counts(held, lambda: net.step([one], make))
    same_counts(held, lambda: net.set_state(0, net.get_state(0, make)))
    same_counts(held, lambda: net.set_state(0, 0.5))
    same_counts([net], lambda: (net.inputs, net.states, net.source, net.weights))


def test_references_of_errors(net):
    x = np.ones((4, 2), "f")
    z = np.full((4, 3), 1e39)
    c = np.ones((4, 3), "c8")
    good = np.ones((4, 3), "f")
    make = lambda s, f: np.empty(s, f)  # noqa: E731
    wrong = np.empty(1, "f")
    capsule = Exporter(range(6), (2, 3), lanes=2)
    capsule.asked = collections.deque(maxlen=1)
    bad = lambda s, f: wrong  # noqa: E731
    held = [x, z, c, good, make, wrong, bad, capsule, net]
    for function in (
        lambda: quiet(ValueError, net.run, [x], make),
        lambda: quiet(ValueError, net.run, [z], make),
        lambda: quiet(TypeError, net.run, [Raises(BufferError)], make),
        lambda: quiet(TypeError, net.run, [c], make),
        lambda: quiet(TypeError, net.run, [capsule], make),
        lambda: quiet(ValueError, net.run, [good, x], make),
        lambda: quiet(ValueError, net.run, [good], bad),
        lambda: quiet(ValueError, net.step, [good], make),
        lambda: quiet(ValueError, net.set_state, 0, x),
        lambda: quiet(ValueError, net.set_state, 0, math.nan),
        lambda: quiet(ValueError, net.get_state, 0, bad),
        lambda: quiet(KeyError, net.run, [good], make, progress=lambda d, s: {}[d]),
    ):
        same_counts(held, function)


def test_references_of_compiles(model):
    tau = np.full(8, 4e-3)[::2]
    seen = []
    name = "4e" + "-3"
    inner = {"lif.tau": tau, "lif.r": name}
    options = {**OPTIONS, "set": inner}
    wrong = {**options, "dt": object()}
    unknown = {**options, "tipe": "f32"}
    held = [tau, inner, options, seen, name, model, model[1], wrong["dt"]]
    same_counts(held, lambda: _core.check(model, options, True), 20)
    same_counts(held, lambda: _core.mlir(model, options, "step", seen.append), 20)
    same_counts(held, lambda: quiet(TypeError, _core.mlir, model, wrong, "step", None))
    same_counts(
        held, lambda: quiet(TypeError, _core.mlir, model, unknown, "step", None)
    )
    same_counts(
        held,
        lambda: quiet(_core.CompileError, _core.mlir, model, options, "no", None),
        20,
    )
    same_counts(
        held, lambda: _core.Network(model, options, probes=["lif"], reference=True), 100
    )


def test_a_network_keeps_its_options(model):
    tau = np.full(4, 4e-3)
    before = sys.getrefcount(tau)
    net = _core.Network(model, {**OPTIONS, "set": {"lif.tau": tau}})
    assert sys.getrefcount(tau) > before
    net.start()
    del net
    assert sys.getrefcount(tau) == before


def test_cycles_are_collected(model):
    class Listener:
        def __call__(self, diagnostic):
            pass

    listener = Listener()
    listener.net = _core.Network(model, OPTIONS, reference=True, report=listener)
    gone = weakref.ref(listener)
    del listener
    gc.collect()
    assert gone() is None


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="no /proc")
def test_memory_is_flat(net):
    x = np.ones((64, 50, 3), ">f4")
    bad = np.full((64, 50, 3), 1e39)
    for _ in range(200):
        net.run([x], allocate, 1)
        quiet(ValueError, net.run, [bad], allocate, 1)
    before = resident()
    for _ in range(2000):
        net.run([x], allocate, 1)
        quiet(ValueError, net.run, [bad], allocate, 1)
    assert resident() - before < 4 << 20
