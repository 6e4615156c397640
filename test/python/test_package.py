# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The Python package: models, runs, state, reports, pictures, what is optional."""

import contextlib
import copy
import dataclasses
import doctest
import gc
import importlib
import inspect
import io
import json
import os
import pathlib
import pickle
import re
import subprocess
import sys
import textwrap
import threading
import time
import types
import warnings
import xml.etree.ElementTree as ElementTree

import pytest

import snn_mlir
from snn_mlir import _core, _network, _options, _progress, _survey

np = pytest.importorskip("numpy")
nir = pytest.importorskip("nir")

ROOT = pathlib.Path(__file__).parents[2]
DIGITS = ROOT / "examples" / "digits"
MODEL = DIGITS / "model.nir"
HOW = {"semantics": "nir", "dt": 1e-3}


@pytest.fixture(scope="session")
def spikes():
    return np.load(DIGITS / "test_spikes.npy")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def digits(cache):
    return snn_mlir.compile(MODEL, **HOW)


def lif(n, threshold=0.5):
    one = np.ones(n, np.float32)
    return nir.LIF(tau=0.01 * one, r=one, v_leak=0 * one, v_threshold=threshold * one)


def graph(**names):
    """Two Inputs, two Outputs, a loop, and names that no identifier has."""
    rng = np.random.default_rng(0)
    names = {"fc": "a <b> & \"c\"", **names}
    nodes = {
        "left": nir.Input(np.array([8])),
        "right": nir.Input(np.array([5])),
        names["fc"]: nir.Linear(rng.normal(size=(12, 8)).astype(np.float32)),
        "skip": nir.Linear(rng.normal(size=(12, 5)).astype(np.float32)),
        "lif": lif(12, np.linspace(0.1, 0.4, 12, dtype=np.float32)),
        "rec": nir.Linear(rng.normal(size=(12, 12)).astype(np.float32) / 4),
        "li": nir.LI(
            tau=np.full(12, 0.01, np.float32),
            r=np.ones(12, np.float32),
            v_leak=np.zeros(12, np.float32),
        ),
        "spikes": nir.Output(np.array([12])),
        "levels": nir.Output(np.array([12])),
    }
    edges = [
        ("left", names["fc"]),
        (names["fc"], "lif"),
        ("right", "skip"),
        ("skip", "lif"),
        ("lif", "rec"),
        ("rec", "lif"),
        ("lif", "li"),
        ("lif", "spikes"),
        ("li", "levels"),
    ]
    return nir.NIRGraph(nodes=nodes, edges=edges)


@pytest.fixture(scope="session")
def loop(cache):
    return snn_mlir.compile(graph(), **HOW)


def both_inputs(steps=40, samples=()):
    rng = np.random.default_rng(1)
    return {
        "left": rng.integers(0, 2, (*samples, steps, 8)).astype(np.float32),
        "right": rng.integers(0, 2, (*samples, steps, 5)).astype(np.float32),
    }


# ---- models and options --------------------------------------------------------


def test_options_are_those_of_snnc():
    keywords = inspect.signature(snn_mlir.compile).parameters
    ours = {"model", "backend", "cache", "progress"}
    assert set(keywords) - ours == set(_core.options())
    assert set(_options.Options.__annotations__) == set(_core.options())
    for name in keywords:
        assert f"{name}:" in snn_mlir.compile.__doc__


def test_every_kind_of_model_is_the_same_network(tmp_path, digits):
    data = MODEL.read_bytes()
    with open(MODEL, "rb") as file:
        models = [str(MODEL), data, bytearray(data), memoryview(data)]
        models += [file, io.BytesIO(data), nir.read(MODEL)]
        nets = [snn_mlir.compile(m, name="model", **HOW) for m in models]
    for net in nets[:-1]:
        assert net.source == digits.source
    x = np.load(DIGITS / "test_spikes.npy")[:3]
    for net in nets:
        np.testing.assert_array_equal(net.run(x), digits.run(x))


def test_names_of_models(tmp_path):
    data = MODEL.read_bytes()
    with open(MODEL, "rb") as file:
        named = snn_mlir.compile(file, **HOW)
    assert named.name == "model" and named.inspect().file == str(MODEL)
    for model, file in ((data, "<bytes>"), (io.BytesIO(data), "<file>"),
                        (graph(), "<NIRGraph>")):
        net = snn_mlir.compile(model, **HOW)
        assert (net.name, net.inspect().file) == ("network", file)
    assert snn_mlir.compile(data, name="mine", **HOW).name == "mine"


def test_what_is_no_model(tmp_path):
    with pytest.raises(FileNotFoundError):
        snn_mlir.compile(tmp_path / "none.nir")
    with pytest.raises(TypeError, match="not int"):
        snn_mlir.compile(3)
    with pytest.raises(TypeError, match="binary mode"):
        snn_mlir.compile(io.StringIO("text"))
    with pytest.raises(snn_mlir.CompileError) as caught:
        snn_mlir.compile(b"no model")
    (problem,) = caught.value.diagnostics
    assert problem == ("<bytes>", None, "error", "is not an HDF5 file", None)
    with pytest.raises(TypeError, match="check.. got an unexpected .*'colour'"):
        snn_mlir.check(MODEL, colour=1)
    with pytest.raises(ValueError, match="backend is 'gpu'"):
        snn_mlir.compile(MODEL, backend="gpu", **HOW)


def test_errors_say_what_to_do(tmp_path, digits, spikes):
    text = tmp_path / "text"
    text.write_bytes(MODEL.read_bytes())
    with open(text) as file, pytest.raises(TypeError, match="open.path, 'rb'"):
        snn_mlir.compile(file, **HOW)
    with pytest.raises(TypeError, match="set is a dict.*not int"):
        snn_mlir.compile(MODEL, set=3, **HOW)
    with pytest.raises(TypeError, match="cache is .*, not True"):
        snn_mlir.compile(MODEL, cache=True, **HOW)
    for call in (snn_mlir.check, snn_mlir.inspect):
        with pytest.raises(TypeError, match="'semantic': did you mean 'semantics'"):
            call(MODEL, semantic="nir")
    with pytest.raises(TypeError, match="did you mean 'min_f1'"):
        snn_mlir.verify(MODEL, spikes, minf1=1, **HOW)
    with pytest.raises(TypeError, match="'colour'$"):
        snn_mlir.check(MODEL, colour=1)
    with pytest.raises(ValueError, match="stage is 'all', expected network, step"):
        digits.mlir("all")
    with pytest.raises(IsADirectoryError):
        snn_mlir.compile(tmp_path, **HOW)
    with pytest.raises(OSError):
        snn_mlir.compile(MODEL, cache=text, **HOW)
    for call in (snn_mlir.check, snn_mlir.inspect):
        with pytest.raises(FileNotFoundError):
            call(tmp_path / "none.nir")
    with pytest.raises(FileExistsError):
        digits.save(text)
    with pytest.raises(FileNotFoundError):
        digits.save("")


def test_stages_are_those_of_snnc(digits):
    for stage in _network._STAGES:
        if stage != "quantized":
            assert digits.mlir(stage)
    with pytest.raises(snn_mlir.CompileError) as caught:
        _core.mlir((str(MODEL), str(MODEL)), HOW, "all", None)
    known = re.findall(r"\w+", str(caught.value).split("expected ")[1])
    assert tuple(word for word in known if word != "or") == _network._STAGES


def test_a_network_does_not_change_with_its_file(tmp_path, spikes):
    path = tmp_path / "m.nir"
    path.write_bytes(MODEL.read_bytes())
    net = snn_mlir.compile(path, **HOW)
    path.write_bytes(b"")
    assert net.run(spikes[0], probe="lif1")[1]["lif1"].shape == (16, 64)


def open_files():
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no /proc")
def test_files_of_networks_are_closed(spikes):
    gc.collect()
    before = open_files()
    for _ in range(5):
        net = snn_mlir.compile(MODEL, backend="reference", **HOW)
        net.run(spikes[0], probe="lif1")
        del net
    gc.collect()
    assert open_files() == before


def test_warnings_and_notes_of_compiling():
    one = np.ones(4, np.float32)
    nodes = {
        "input": nir.Input(np.array([4])),
        "lif": nir.LIF(tau=0.01 * one, r=3 * one, v_leak=0 * one, v_threshold=one),
        "output": nir.Output(np.array([4])),
    }
    model = nir.NIRGraph(nodes=nodes, edges=[("input", "lif"), ("lif", "output")])
    with pytest.warns(snn_mlir.CompileWarning) as caught:
        net = snn_mlir.compile(model, semantics="norse", dt=1e-3)
    assert caught[0].filename == __file__
    said = [d for d in net.diagnostics if d.severity == "warning"]
    assert said and all(d.node == "lif" for d in said)


# ---- running -------------------------------------------------------------------


def test_runs_are_those_of_snnc_run(tmp_path, digits, spikes):
    paths = [str(tmp_path / name) for name in ("y.npy", "h.npy", "v.npy")]
    words = ["run", str(MODEL), "--semantics=nir", "--dt=0.001"]
    words += ["--in", str(DIGITS / "test_spikes.npy"), "--out", paths[0]]
    words += ["--probe", f"lif1={paths[1]}", "--probe", f"lif1.v={paths[2]}"]
    subprocess.run([sys.executable, "-m", "snn_mlir", *words], check=True)
    y, probes = digits.run(spikes, probe=["lif1", "lif1.v"])
    for got, path in zip((y, probes["lif1"], probes["lif1.v"]), paths):
        want = np.load(path)
        assert got.dtype == want.dtype
        np.testing.assert_array_equal(got, want)
    np.testing.assert_array_equal(digits.run(spikes), y)
    np.testing.assert_array_equal(digits.run(spikes, threads=1), y)
    np.testing.assert_array_equal(digits.run({"input": spikes[2]}), y[2])


def test_several_inputs_and_outputs(loop):
    assert {p.name: p.shape for p in loop.inputs} == {"left": (8,), "right": (5,)}
    assert {p.name: p.dtype for p in loop.outputs} == {
        "levels": "float32",
        "spikes": "uint8",
    }
    x = both_inputs(samples=(3,))
    y, probes = loop.run(x, probe="lif")
    assert {k: v.shape for k, v in y.items()} == {
        "levels": (3, 40, 12),
        "spikes": (3, 40, 12),
    }
    np.testing.assert_array_equal(probes["lif"], y["spikes"])
    assert y["spikes"].any()
    with pytest.raises(ValueError, match="2 Inputs, .*: give a dict"):
        loop.run(x["left"])
    with pytest.raises(ValueError, match="left, right; given are left"):
        loop.run({"left": x["left"]})
    with pytest.raises(ValueError, match="given are left, wrong"):
        loop.run({"left": x["left"], "wrong": x["right"]})


def test_steps_are_a_run(loop):
    x = both_inputs()
    y = loop.run(x)
    loop.reset()
    for t in range(40):
        got = loop.step({k: v[t] for k, v in x.items()})
        for name, array in got.items():
            np.testing.assert_array_equal(array, y[name][t])


def test_state(loop):
    loop.reset()
    state = loop.state
    assert {"lif", "li"} <= set(state) and len(state) == len(list(state))
    assert "lif.v" in state and "lif" in state and "none" not in state
    state["lif.v"] = 0.25
    np.testing.assert_array_equal(state["lif"]["v"], np.full(12, 0.25, np.float32))
    state["lif"] = {"v": np.arange(12, dtype=np.float32)}
    np.testing.assert_array_equal(state["lif.v"], np.arange(12))
    state["li"] = 0.5
    assert (state["li.v"] == 0.5).all()
    assert "lif.v: float32 (12,)" in repr(state)


def test_state_comes_back(loop):
    x = {k: v[0] for k, v in both_inputs().items()}
    loop.reset()
    for _ in range(5):
        loop.step(x)
    saved = loop.state.copy()
    assert type(saved) is dict
    first = [loop.step(x)["levels"] for _ in range(5)]
    loop.state = saved
    again = [loop.step(x)["levels"] for _ in range(5)]
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[0], first[4])


def test_states_that_do_not_fit(loop):
    loop.state["lif.v"] = 0.125
    saved = loop.state.copy()
    with pytest.raises(KeyError, match="no state 'none'.*lif.v"):
        loop.state["none"]
    with pytest.raises(KeyError, match="no state 'lif.w'"):
        loop.state["lif"] = {"w": 1}
    with pytest.raises((ValueError, TypeError)):
        loop.state["lif.v"] = np.zeros(5, np.float32)
    with pytest.raises(ValueError, match="lacks .*lif.v"):
        loop.state = {k: v for k, v in saved.items() if k != "lif"}
    with pytest.raises(TypeError, match="mapping"):
        loop.state = 3
    with pytest.raises((ValueError, TypeError)):
        loop.state = {**saved, "lif": {"v": 1.0}, "li": {"v": np.zeros(3, "f")}}
    assert (loop.state["lif.v"] == 0.125).all()


def test_probes_are_compiled_once(digits, spikes):
    digits.run(spikes[0], probe="lif1")
    kept = dict(digits._probed)
    digits.run(spikes[1], probe="lif1")
    assert digits._probed == kept
    with pytest.raises(snn_mlir.CompileError, match="nothing"):
        digits.run(spikes[0], probe="nothing")


def test_state_of_a_node_writes_through(loop):
    loop.reset()
    node = loop.state["lif"]
    node["v"] = 3
    assert (loop.state["lif.v"] == 3).all()
    assert list(node) == ["prev", "v"] and len(node) == 2
    three = {"prev": np.zeros(12), "v": np.full(12, 3, np.float32)}
    assert node == three and three == node and node != {**three, "v": np.zeros(12)}
    assert node != {} and node != 3 and repr(node) == repr(dict(node))
    for array in (node["v"], loop.state["lif.v"]):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0.5
    with pytest.raises(KeyError, match="no state 'lif.w'"):
        node["w"] = 1
    with pytest.raises(TypeError, match="keeps its states"):
        del node["v"]
    saved = loop.state.copy()
    assert loop.state == saved
    saved["lif"]["v"][:] = 0.5  # the user's own
    assert loop.state != saved
    loop.state = saved
    assert (loop.state["lif"]["v"] == 0.5).all()


def test_lists_are_arrays(digits, spikes):
    class Series:
        """As that of a data frame."""

        def __init__(self, array):
            self.array = array

        def __array__(self, dtype=None, copy=None):
            return self.array

    one = spikes[0]
    for x in (one.tolist(), [row for row in one], Series(one), {"input": Series(one)}):
        np.testing.assert_array_equal(digits.run(x), digits.run(one))
    y = digits.run(one)
    assert digits.verify(one.tolist(), {"output": y.tolist()}).equal
    assert snn_mlir.verify(MODEL, Series(one), y.tolist(), **HOW).equal
    with pytest.raises(ValueError, match="^input 'input' is no array: "):
        digits.run([[1, 2], [3]])
    digits.reset()
    first = digits.step(one[0].tolist())
    digits.reset()
    np.testing.assert_array_equal(digits.step(one[0]), first)
    digits.state["lif2"]["v"] = [0.1] * 10  # rounded, as 0.1 alone is
    assert (digits.state["lif2.v"] == np.float32(0.1)).all()
    leak = [0.1] * 64
    changed = snn_mlir.compile(MODEL, set={"lif1.v_leak": leak}, **HOW)
    same = {"lif1.v_leak": np.array(leak, np.float32)}
    assert changed.source == snn_mlir.compile(MODEL, set=same, **HOW).source
    few = spikes[:4]
    chosen = [
        snn_mlir.compile(MODEL, quantize="int8", data=data, **HOW).source
        for data in (few, few.tolist(), {"input": Series(few)})
    ]
    assert chosen[0] == chosen[1] == chosen[2]


def test_one_thread_steps_at_a_time():
    n = 600
    nodes = {
        "input": nir.Input(np.array([n])),
        "fc": nir.Linear(np.ones((n, n), np.float32)),
        "lif": lif(n),
        "output": nir.Output(np.array([n])),
    }
    edges = [("input", "fc"), ("fc", "lif"), ("lif", "output")]
    model = nir.NIRGraph(nodes=nodes, edges=edges)
    net = snn_mlir.compile(model, backend="reference", **HOW)  # its steps are slow
    x = np.ones(n, np.float32)
    net.reset()
    done = threading.Event()
    acts = [
        lambda: net.step(x),
        net.reset,
        lambda: net.state["lif"]["v"],
        lambda: net.state["lif"].update(v=1),
    ]

    def disturb():
        """The acts that met a step: all, at last."""
        while acts and not done.wait(0.001):
            try:
                acts[0]()
            except RuntimeError as error:
                assert "in use by another thread" in str(error)
                acts.pop(0)

    thread = threading.Thread(target=disturb)
    thread.start()
    for _ in range(2000):
        if not acts:
            break
        with contextlib.suppress(RuntimeError):  # the other one may be first
            net.step(x)
    done.set()
    thread.join()
    assert acts == []


def test_pickled_networks(digits, spikes):
    few = spikes[:5]
    quantized = snn_mlir.compile(MODEL, quantize="int8", data=few, **HOW)
    digits.run(few[0], probe="lif1")
    digits.reset()
    digits.step(few[0, 3])
    for net in (digits, quantized):
        for make in (copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))):
            again = make(net)
            assert again.source == net.source and again.name == net.name
            assert again.inspect().file == str(MODEL)
            assert again.diagnostics == net.diagnostics
            np.testing.assert_array_equal(again.run(few), net.run(few))
            assert again.state == net.state
    again = copy.deepcopy(digits)
    assert again.state["lif1"]["v"].any()
    again.reset()  # its own state
    assert not again.state["lif1"]["v"].any() and digits.state["lif1"]["v"].any()
    fresh = pickle.loads(pickle.dumps(snn_mlir.compile(graph(), name="mine", **HOW)))
    assert fresh.name == "mine" and not fresh.state["lif"]["v"].any()


def test_pickled_networks_go_to_other_processes(tmp_path, spikes):
    net = snn_mlir.compile(MODEL, quantize="int8", data=spikes[:5], **HOW)
    (tmp_path / "net").write_bytes(pickle.dumps(net))
    want = net.run(spikes).sum()
    del net
    code = f"""
        import pickle
        import numpy
        net = pickle.load(open({str(tmp_path / "net")!r}, "rb"))
        print(net.run(numpy.load("examples/digits/test_spikes.npy")).sum())
        """
    assert int(without([], code, tmp_path)) == want


def test_probes_by_name(loop):
    x = both_inputs()
    kept = len(loop._probed)
    y, first = loop.run(x, probe=["li.v", "lif.v", "lif"])
    _, again = loop.run(x, probe=("lif", "li.v", "lif.v", "lif"))
    assert len(loop._probed) == kept + 1
    assert list(first) == ["li.v", "lif.v", "lif"]
    assert list(again) == ["lif", "li.v", "lif.v"]
    for name, array in first.items():
        np.testing.assert_array_equal(array, again[name])
    np.testing.assert_array_equal(first["lif"], y["spikes"])
    assert not np.array_equal(first["lif.v"], first["li.v"])
    for wrong, kind in ((3, "int"), (["lif", 3], "int"), (None, "NoneType")):
        with pytest.raises(TypeError, match=f"probe is a name, .*not {kind}"):
            loop.run(x, probe=wrong)


def test_layers_say_what_can_be_probed(loop):
    states = [name for layer in loop.layers for name in layer.states]
    assert loop.nodes["li"].states == ("li.v",)
    assert loop.nodes["lif"].states == ("lif.prev", "lif.v")
    assert loop.nodes["skip"].states == ()
    assert set(states) <= {port.name for port in loop._network.states}
    everything = [layer.name for layer in loop.layers] + states
    _, arrays = loop.run(both_inputs(), probe=everything)
    assert list(arrays) == everything
    assert loop.inspect().layers[0].states == ()
    assert snn_mlir.inspect(MODEL).layers[0].states is None  # not compiled


def test_warnings_of_runs(spikes):
    """Numbers beyond the data's: each run says so, and nothing is kept."""
    net = snn_mlir.compile(
        MODEL, quantize="int8", data=np.full((9, 64), 0.5), backend="reference", **HOW
    )
    before = list(net.diagnostics)
    for call in (net.run, lambda x: net.step(x[0])):
        with pytest.warns(snn_mlir.CompileWarning, match="beyond the codes") as said:
            call(np.full((4, 64), 100.0))
        assert said[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.run(np.full((4, 64), 0.25))
    assert net.diagnostics == before


def test_options_are_spelled_as_in_python():
    check = snn_mlir.check(MODEL)
    assert [need.option for need in check.needs] == ["semantics", "dt"]
    candidates = [c.options for c in check.decisions[0].candidates]
    assert 'semantics="spikingjelly", reset="subtract"' in candidates
    assert "--" not in str(check) and 'semantics="nir"' in str(check)
    assert snn_mlir.inspect(MODEL).decisions == check.decisions


# ---- backends ------------------------------------------------------------------


def test_backends_give_the_same_bits(digits, spikes):
    reference = snn_mlir.compile(MODEL, backend="reference", **HOW)
    assert (digits.backend, reference.backend) == ("c", "reference")
    np.testing.assert_array_equal(reference.run(spikes[:9]), digits.run(spikes[:9]))


def test_without_a_compiler(monkeypatch, spikes, digits):
    monkeypatch.setenv("CC", "no-such-compiler")
    monkeypatch.setattr(_survey, "_warned_of_backend", False)
    with pytest.warns(snn_mlir.BackendWarning, match="no-such-compiler") as caught:
        net = snn_mlir.compile(MODEL, cache=False, **HOW)
        assert net.backend == "reference"
    assert caught[0].filename == __file__
    np.testing.assert_array_equal(net.run(spikes[0]), digits.run(spikes[0]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # once is enough
        snn_mlir.compile(MODEL, cache=False, **HOW).run(spikes[0])
    with pytest.raises(RuntimeError, match="backend='c', but .*no-such-compiler"):
        snn_mlir.compile(MODEL, backend="c", cache=False, **HOW).run(spikes[0])
    net = snn_mlir.compile(MODEL, backend="c", cache=False, **HOW)
    for _ in range(2):  # the second time, too
        with pytest.raises(RuntimeError, match="no-such-compiler"):
            net.run(spikes[0])


def test_cache(tmp_path, spikes):
    folder = tmp_path / "deep" / "cache"
    snn_mlir.compile(MODEL, cache=folder, **HOW).run(spikes[0])
    assert any(folder.rglob("*"))
    assert folder.stat().st_mode & 0o77 == 0


def test_verify_without_a_compiler(monkeypatch, spikes, digits):
    y = digits.run(spikes[0])
    monkeypatch.setenv("CC", "no-such-compiler -m32")
    monkeypatch.setattr(_survey, "_warned_of_backend", False)
    with pytest.warns(snn_mlir.BackendWarning, match="'no-such-compiler'") as caught:
        result = snn_mlir.verify(MODEL, spikes[0], y, **HOW)
    assert caught[0].filename == __file__
    assert result.equal and result.engine == "reference"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert snn_mlir.verify(MODEL, spikes[0], y, reference=True, **HOW).equal


def test_folders_of_choices_are_removed(tmp_path):
    code = """
        import gc
        import os
        import tempfile
        import numpy
        import snn_mlir
        x = numpy.load("examples/digits/test_spikes.npy")[:5]
        def compile(**how):
            return snn_mlir.compile("examples/digits/model.nir", semantics="nir",
                                    dt=1e-3, quantize="int8", **how)
        folder = tempfile.gettempdir()
        net = compile(data=x)
        assert len(os.listdir(folder)) == 1
        if os.fork() == 0:
            del net  # the parent still needs it
            gc.collect()
            os._exit(0)
        os.wait()
        assert net.run(x, probe="lif1.v")
        try:
            compile(data=x, granularity="wrong")
        except snn_mlir.CompileError:
            pass
        gc.collect()
        assert len(os.listdir(folder)) == 1
        """
    folder = tmp_path / "temporary"
    folder.mkdir()
    said = without([], code, tmp_path, words=["-W", "error"], TMPDIR=str(folder))
    assert said == "" and list(folder.iterdir()) == []


# ---- what is told --------------------------------------------------------------


def test_saved_c_is_that_of_snnc_build(tmp_path, digits):
    words = ["build", str(MODEL), "--semantics=nir", "--dt=0.001"]
    command = [sys.executable, "-m", "snn_mlir", *words, "-o", str(tmp_path / "a")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    paths = digits.save(tmp_path / "b")
    assert [p.name for p in paths] == ["model.h", "model.c"]
    for path in paths:
        assert path.read_bytes() == (tmp_path / "a" / path.name).read_bytes()
    assert paths[0].read_text() == digits.header
    assert paths[1].read_text() == digits.source
    assert digits.weights is None
    apart = snn_mlir.compile(MODEL, weights="file", **HOW)
    assert apart.save(tmp_path / "c")[2].read_bytes() == apart.weights


def test_saved_integers_are_those_of_snnc_build(tmp_path, spikes):
    words = ["build", str(MODEL), "--semantics=nir", "--dt=0.001", "--quantize=int8"]
    words += ["--data", str(DIGITS / "test_spikes.npy")]
    command = [sys.executable, "-m", "snn_mlir", *words, "-o", str(tmp_path / "a")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    data = spikes.copy()
    choice = tmp_path / "q.json"
    net = snn_mlir.compile(
        MODEL, quantize="int8", data=data, quantize_out=choice, **HOW
    )
    data[:] = 0  # what it was compiled with counts
    for path in net.save(tmp_path / "b"):
        assert path.read_bytes() == (tmp_path / "a" / path.name).read_bytes()
    assert json.loads(choice.read_text())["weights"] == 8
    y, probes = net.run(spikes[:5], probe="lif2")
    np.testing.assert_array_equal(probes["lif2"], y)


def test_layers_are_what_inspect_tells(digits):
    ok, text = _core.inspect((str(MODEL), str(MODEL)), HOW, True)
    nodes = json.loads(text)["nodes"]
    assert ok and [n["name"] for n in nodes] == [n.name for n in digits.layers]
    for node, layer in zip(nodes, digits.layers):
        assert layer.formula == node["update"]
        assert layer.kind == node["kind"]
        assert list(layer.output_shape) == node["output_shape"]
        assert layer.macs == node["macs"]
        assert layer.rom_bytes == node["rom_bytes"]
        assert set(layer.parameters) == set(node["parameters"])
        for name, p in layer.parameters.items():
            assert p.min == node["parameters"][name]["min"]
    assert digits.nodes["lif1"].neurons == 64 and digits.nodes["fc1"].synapses == 4096
    assert str(digits.nodes["lif1"].parameters["tau"]) == "tau 0.008"
    with pytest.raises(dataclasses.FrozenInstanceError):
        digits.layers[0].name = "other"
    totals = digits.inspect().totals
    assert (digits.ram_bytes, digits.rom_bytes) == (totals.ram_bytes, totals.rom_bytes)
    assert "RAM 680 bytes" in repr(digits)


def test_texts_are_those_of_snnc(digits, spikes, tmp_path):
    def said(*words):
        command = [sys.executable, "-m", "snn_mlir", words[0], str(MODEL), *words[1:]]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return snn_mlir._core.spelled(done.stdout).rstrip("\n")

    options = ["--semantics=nir", "--dt=0.001"]
    assert str(snn_mlir.check(MODEL)) == said("check")
    assert str(snn_mlir.check(MODEL, **HOW)) == said("check", *options)
    assert str(snn_mlir.inspect(MODEL, **HOW)) == said("inspect", *options)
    _, probes = digits.run(spikes, probe=["lif1", "lif1.v"])
    for name in ("lif1", "lif1.v"):
        right = probes[name]
        wrong = right.copy()
        wrong[3, 2, 5] = 1 - wrong[3, 2, 5]
        for array in (right, wrong):
            np.save(tmp_path / "y.npy", array)
            compared = digits.verify(spikes, {name: array})
            assert bool(compared) == compared.equal == (array is right)
            want = said("verify", *options, "--in", str(DIGITS / "test_spikes.npy"),
                        "--expect", f"{name}={tmp_path / 'y.npy'}")
            assert str(compared) == want


def test_decisions():
    found = snn_mlir.check(MODEL)
    assert found.ok and found.compiles is None
    semantics, dt = found.decisions
    assert semantics.value is None and len(semantics.candidates) == 4
    assert semantics.candidates[0].options == 'semantics="spikingjelly"'
    given = snn_mlir.check(MODEL, **HOW).decisions
    assert [(d.value, d.guessed) for d in given] == [("nir", False), ("0.001", False)]


def test_problems():
    report = snn_mlir.check(b"no model")
    assert (report.ok, report.compiles, report.errors) == (False, False, 1)
    assert report.problems[0].message == "is not an HDF5 file"
    nothing = snn_mlir.inspect(b"no model")
    assert nothing.layers == () and nothing.problems == report.problems
    assert "is not an HDF5 file" in str(nothing)


def test_mlir(digits):
    assert "snn.lif" in digits.mlir("network")
    assert "linalg." in digits.mlir("linalg")
    assert digits.mlir() == digits.mlir("step")


# ---- progress ------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_called(digits, spikes):
    calls = []
    digits.run(spikes, progress=lambda *call: calls.append(call))
    assert calls[-1][0] == calls[-1][1] > 0
    assert calls == sorted(calls)
    with pytest.raises(TypeError, match="progress is"):
        digits.run(spikes, progress=3)


@pytest.mark.parametrize("tqdm", [True, False])
def test_progress_on_a_terminal(monkeypatch, tqdm):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    if tqdm:
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setitem(sys.modules, "tqdm", None)
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with _progress.Reporter(None) as call:
        call(1, 100)  # too early
        assert screen.getvalue() == ""
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + 2)
        call(50, 100)
        monkeypatch.setattr(time, "monotonic", lambda: now + 4)
        call(100, 100)
    assert ("/100 [" if tqdm else "step 100 of 100\n") in screen.getvalue()


def test_no_progress_elsewhere(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with _progress.Reporter(None) as call:
        assert call is None
    monkeypatch.setattr(sys, "stderr", Terminal())
    with _progress.Reporter(False) as call:
        assert call is None
    kernel = types.SimpleNamespace(kernel=1)
    notebook = types.SimpleNamespace(get_ipython=lambda: kernel)
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with _progress.Reporter(None) as call:
        assert call is not None


def test_notes_of_a_choice_are_called(spikes):
    calls = []
    how = {"quantize": "auto", "data": spikes[:20], "target_f1": 0.5, **HOW}
    net = snn_mlir.compile(MODEL, progress=calls.append, **how)
    assert any(text.startswith("try 1: ") for text in calls)
    assert calls == [d.message for d in net.diagnostics][: len(calls)]
    with pytest.raises(TypeError, match="progress is"):
        snn_mlir.compile(MODEL, progress=3, **how)


def test_notes_on_a_terminal(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "20")
    with _progress.NoteLine(None) as tell:
        tell("too early")
        assert screen.getvalue() == ""
        now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: now + 2)
        tell("a text of more than 20 letters")
        assert screen.getvalue() == "\ra text of more tha…"
        tell("short")
        assert screen.getvalue().endswith("\rshort" + 14 * " ")
    assert screen.getvalue().endswith("\r     \r")  # gone
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    for quiet in (None, False):
        with _progress.NoteLine(quiet) as tell:
            tell("nothing")
    assert sys.stderr.getvalue() == ""


# ---- pictures ------------------------------------------------------------------


@pytest.fixture
def plt():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    pyplot = importlib.import_module("matplotlib.pyplot")
    yield pyplot
    pyplot.close("all")


def marks(collection):
    """(step, neuron) of vertical marks."""
    return {(int(s[0, 0]), round(s[:, 1].mean())) for s in collection.get_segments()}


def test_raster(plt, digits, spikes):
    axes = digits.plot.raster(spikes, sample=3)
    _, probes = digits.run(spikes[3], probe=["lif1", "lif2"])
    for name, panel in zip(probes, axes, strict=True):
        want = set(zip(*(n.tolist() for n in np.nonzero(probes[name]))))
        assert want and marks(panel.collections[0]) == want
        assert panel.get_ylabel() == "neuron" and name in panel.get_title(loc="left")
    assert axes[-1].get_xlabel() == "step"
    own = plt.subplots()[1]
    assert digits.plot.raster(spikes[3], "lif2", ax=own) == [own]
    with pytest.raises(ValueError, match="1 axes are given for 2 nodes"):
        digits.plot.raster(spikes[3], ax=own)
    with pytest.raises(ValueError, match="sample is 400, of 357"):
        digits.plot.raster(spikes, sample=400)
    with pytest.raises(ValueError, match="'fc1' emits real numbers"):
        digits.plot.raster(spikes, "fc1")


def test_voltage(plt, loop):
    x = both_inputs()
    axes = loop.plot.voltage(x, neurons=[2, 7])
    names = [p.get_title(loc="left").split(":")[0] for p in axes]
    assert sorted(names) == ["li", "lif"]
    _, probes = loop.run(x, probe=["lif", "lif.v", "li.v"])
    for name, panel in zip(names, axes):
        lines = {line.get_label(): line for line in panel.lines}
        for n in (2, 7):
            drawn = lines[f"neuron {n}"].get_ydata()
            np.testing.assert_array_equal(drawn, probes[f"{name}.v"][:, n])
    lif = axes[names.index("lif")]
    levels = [line for line in lif.lines if line.get_label() == "threshold"]
    assert levels[0].get_ydata()[0] == pytest.approx(0.1)
    ticks = [{step for step, _ in marks(c)} for c in lif.collections]
    want = [set(np.nonzero(probes["lif"][:, n])[0].tolist()) for n in (2, 7)]
    assert ticks == [steps for steps in want if steps] != []
    with pytest.raises(ValueError, match="neuron 12 of 'lif', which has 12"):
        loop.plot.voltage(x, "lif", [12])


@pytest.mark.parametrize("threshold", [1, 2])
def test_counts(plt, threshold):
    """Sinabs' neurons emit several spikes a step."""
    one = np.ones(4, np.float32)
    nodes = {
        "input": nir.Input(np.array([4])),
        "if": nir.IF(r=one, v_threshold=threshold * one, v_reset=0 * one),
        "output": nir.Output(np.array([4])),
    }
    model = nir.NIRGraph(nodes=nodes, edges=[("input", "if"), ("if", "output")])
    net = snn_mlir.compile(model, semantics="sinabs", dt=1)
    x = np.arange(40, dtype=np.float32).reshape(10, 4)
    counts = net.run(x)
    assert counts.dtype == np.int32 and counts.max() > 1
    (panel,) = net.plot.raster(x)
    drawn = panel.collections[0]
    assert drawn.get_array().tolist() == counts[np.nonzero(counts)].tolist()
    (panel,) = net.plot.voltage(x)
    levels = [n for n in panel.lines if n.get_label() == "threshold"]
    assert levels[0].get_ydata()[0] == threshold


def test_voltage_takes_what_is_meant(plt, digits, spikes):
    (panel,) = digits.plot.voltage(spikes, "lif1.v", neurons=3)
    assert panel.get_title(loc="left") == "lif1: 1 of 64 neurons"
    (panel,) = digits.plot.voltage(spikes, "lif1", sample=3)
    _, probes = digits.run(spikes[3], probe="lif1")
    counts = probes["lif1"].sum(axis=0)
    drawn = [line.get_label() for line in panel.lines]
    drawn = [int(text[7:]) for text in drawn if text.startswith("neuron ")]
    assert len(drawn) == 5 and drawn == sorted(drawn) != [0, 1, 2, 3, 4]
    assert min(counts[drawn]) >= max(np.delete(counts, drawn))
    known = "'lif3' is none of the neurons, which are: lif1, lif2$"
    with pytest.raises(ValueError, match=known):
        digits.plot.voltage(spikes, ["lif1", "lif3"])
    with pytest.raises(ValueError, match="'fc1' is none of the neurons"):
        digits.plot.voltage(spikes, "fc1")
    with pytest.raises(ValueError, match="'lif3' is none of the nodes.* fc1, lif1"):
        digits.plot.raster(spikes, "lif3")


def test_long_graphs_go_on_below(plt):
    nodes, edges, last = {"input": nir.Input(np.array([4]))}, [], "input"
    for i in range(10):
        nodes[f"fc{i}"] = nir.Linear(np.eye(4, dtype=np.float32))
        nodes[f"lif{i}"] = lif(4)
        edges += [(last, f"fc{i}"), (f"fc{i}", f"lif{i}")]
        last = f"lif{i}"
    nodes["output"] = nir.Output(np.array([4]))
    edges += [(last, "output"), ("lif1", "fc8"), ("lif9", "fc0"), ("lif9", "fc9")]
    net = snn_mlir.compile(nir.NIRGraph(nodes=nodes, edges=edges), **HOW)
    axes = net.plot.network()
    place = {t.get_text(): t.get_position() for t in axes.texts}
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    assert right - left == 8  # 22 columns on 3 lines
    assert place["input"][0] == place["fc7"][0] - 2 or place["input"][0] == 0
    assert place["lif3"][0] == 0 and place["lif3"][1] > place["fc3"][1] + 0.9
    assert len({place[name] for name in nodes}) == len(nodes)
    for patch in axes.patches:  # all is inside
        points = patch.get_path().vertices
        assert left <= points[:, 0].min() and points[:, 0].max() <= right
        assert top <= points[:, 1].min() and points[:, 1].max() <= bottom


def test_time_axis(plt, digits, spikes):
    (axis,) = digits.plot.raster(spikes, "lif1")[0].child_axes
    assert "dt = 0.001" in axis.get_xlabel()
    axis.figure.canvas.draw()
    assert axis.get_xlim() == pytest.approx((-0.0005, 0.0155))


def test_drawing_of_the_graph(plt, loop):
    texts = {text.get_text() for text in loop.plot.network().texts}
    assert {layer.name for layer in loop.layers} <= texts


def test_html(loop):
    page = ElementTree.fromstring(loop._repr_html_())
    rows = [
        ["".join(cell.itertext()) for cell in row] for row in page.iter("tr")
    ]
    assert [row[0] for row in rows[1:-1]] == [n.name for n in loop.layers]
    assert rows[0][0] == "node" and rows[-1][-1] == f"{loop.rom_bytes:,} B"
    svg = "{http://www.w3.org/2000/svg}"
    groups = [g.get("class") for g in page.iter(f"{svg}g")]
    edges = loop.inspect().edges
    assert groups.count("node") == len(loop.layers)
    assert groups.count("feedback") == sum(e.feedback for e in edges) == 1
    assert groups.count("edge") == len(edges) - 1
    text = "".join(page.itertext())
    assert "given by the user" in text and 'a <b> & "c"' in text


def test_names_in_html():
    net = snn_mlir.compile(graph(fc="<script>\u200b\u00e9"), **HOW)
    page = net._repr_html_()
    assert "<script>" not in page
    assert "<script>\ufffd\u00e9" in "".join(ElementTree.fromstring(page).itertext())


# ---- what is optional, and the examples ----------------------------------------


def without(modules, code, tmp_path, words=(), **variables):
    """Runs code in a Python that lacks some modules."""
    (tmp_path / "sitecustomize.py").write_text(
        f"import sys\nfor name in {modules!r}:\n    sys.modules[name] = None\n"
    )
    package = pathlib.Path(snn_mlir.__file__).parents[1]
    path = os.pathsep.join([str(tmp_path), str(package)])
    done = subprocess.run(
        [sys.executable, *words, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": path, **variables},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_without_anything(tmp_path, digits, spikes):
    said = without(
        ["numpy", "nir", "h5py", "matplotlib", "tqdm"],
        """
        import snn_mlir
        net = snn_mlir.compile("examples/digits/model.nir", semantics="nir", dt=1e-3)
        raw = open("examples/digits/test_spikes.npy", "rb").read()[-357 * 16 * 64:]
        x = memoryview(raw).cast("B", (357, 16, 64))
        y, probes = net.run(x, probe="lif1.v")
        assert type(y) is memoryview and y.shape == (357, 16, 10) and y.format == "B"
        assert probes["lif1.v"].format == "f"
        net.step(x.cast("B")[:64])
        assert net.state["lif1.v"].shape == (64,)
        saved = net.state.copy()
        saved["lif1"]["v"][0] = 0.5
        assert net.state["lif1.v"].readonly and net.state["lif1"] != saved["lif1"]
        net.state = saved
        assert net.state["lif1"] == saved["lif1"]
        for call in (net.run, net.step, lambda x: net.state.__setitem__("lif1", x)):
            try:
                call([0] * 64)
            except TypeError as error:
                assert "is a list, which needs NumPy" in str(error), error
            else:
                raise AssertionError
        import copy
        assert copy.deepcopy(net).state == net.state
        assert "fc1" in net._repr_html_()
        try:
            net.plot
        except ImportError as error:
            assert "pip install snn-mlir[plot]" in str(error)
        else:
            raise AssertionError
        print(sum(y.tobytes()))
        """,
        tmp_path,
    )
    assert int(said) == digits.run(spikes).sum()


def test_nothing_optional_is_imported(tmp_path):
    without(
        [],
        """
        import sys
        import snn_mlir
        snn_mlir.compile("examples/digits/model.nir", semantics="nir", dt=1e-3)
        for name in ("nir", "h5py", "matplotlib", "tqdm"):
            assert name not in sys.modules, name
        """,
        tmp_path,
    )


MODULES = ["", "._compile", "._network", "._state", ".plot"]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name, monkeypatch, tmp_path, digits, spikes):
    if name == ".plot":
        pytest.importorskip("matplotlib").use("Agg")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(f"snn_mlir{name}")
    digits.reset()
    names = {"net": digits, "x": spikes, "snn_mlir": snn_mlir}
    failed, tried = doctest.testmod(module, extraglobs=names)
    assert tried > 0 and failed == 0


def test_examples_of_the_guide(monkeypatch, tmp_path):
    pytest.importorskip("matplotlib").use("Agg")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    guide = str(ROOT / "docs" / "python.md")
    failed, tried = doctest.testfile(guide, module_relative=False)
    assert tried > 0 and failed == 0
