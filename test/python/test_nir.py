# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The nir package from PyPI as a peer: what it writes is what the compiler reads.

Random networks of test/property become nir.NIRGraphs, which nir.write writes.
`inspect` must tell the nodes, kinds, shapes, edges and parameters that nir has, and
the network stage must have their numbers to the bit. The graph in memory, its bytes
and the open file must compile to what the file compiles to. More networks:
--graphs N --seed N.

nir refuses some of them, and some broken files pass it: the lists are printed, and a
reason that REASONS lacks fails.
"""

import collections
import io
import pathlib
import re
import sys
import tempfile
import traceback
import warnings
from typing import NamedTuple
from unittest import mock

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "test" / name) for name in ("nir", "property", "run")]

np = pytest.importorskip("numpy")
h5py = pytest.importorskip("h5py")
nir = pytest.importorskip("nir", reason="the package nir is not installed")

import make  # noqa: E402
import networks  # noqa: E402
import nir_peer  # noqa: E402
from draw import Draw  # noqa: E402
from workers import SECONDS, Results, pool  # noqa: E402

import snn_mlir  # noqa: E402

BATCH = 20  # networks in an item

# Why nir refuses to read what it wrote itself; also graphs inside another, which
# are type-checked even with type_check=False.
REASONS = {
    "an edge between shapes that are not written alike, [3] and [1] or []": (
        "Type inference error: type mismatch|^type mismatch"
    ),
    "a graph of several ports in another": (
        "type length mismatch|multiple input/output types|KeyError: '(in|out)put'|"
        "inhomogeneous shape"
    ),
    "parameters of one neuron in several shapes": "All parameters must have the same",
    "input_shape is absent": "missing 1 required positional argument: 'input_shape'",
    "an edge of a port, GRAPH.PORT": "^KeyError: '.*[.].*'",
    "a node that nothing feeds, in a graph inside another": "Root node",
    "a number where nir wants an array": "has no attribute|not subscriptable",
    "no Input leads anywhere in a graph inside another": "No input nodes found",
}


class Outcome(NamedTuple):
    wrong: list  # texts
    refused: collections.Counter  # by reason, of nir
    counts: collections.Counter


def options_of(net):
    return {name.replace("-", "_"): value for name, value in net.options.items()}


def reason_of(error):
    text = f"{type(error).__name__}: {error}"
    for reason, pattern in REASONS.items():
        if re.search(pattern, text) or re.search(pattern, str(error)):
            return reason
    return text[:120]


def read_by_nir(path, refused, type_check, how):
    try:
        return nir.read(path, type_check=type_check)
    except Exception as error:  # nir raises all kinds
        refused[f"{how}: {reason_of(error)}"] += 1
        return None


def read_unchecked(path):
    """As nir.read with type_check=False, which checks graphs inside others, and
    adds an Input to a node there that nothing feeds, all the same."""
    off = {"infer_types": lambda graph: None, "check_types": lambda graph: True}
    with mock.patch.multiple(nir.NIRGraph, **off):
        return nir.read(path, type_check=False)


def shapes_differ(graph, report):
    """What nir infers, where it infers at all."""
    layers = {layer.name: layer for layer in report.layers}
    for name, node in graph.nodes.items():
        if name not in layers or isinstance(node, (nir.NIRGraph, nir.Output)):
            continue
        shape = tuple(int(n) for n in node.output_type["output"])
        if shape != layers[name].output_shape:
            return f"{name}: shape {layers[name].output_shape}, nir has {shape}"
    return ""


# ---- a network that nir wrote --------------------------------------------------


def compiled(source, options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", snn_mlir.CompileWarning)
        return snn_mlir.compile(source, name="n", backend="reference", **options)


def facts(net):
    """What must not depend on how a model was given."""
    diagnostics = [d._replace(file="") for d in net.diagnostics]
    # It says which file, and the sum of its bytes: nir.write lays them out in
    # another way where it is given a Python file, as for a graph in memory.
    header = re.sub(r"from .*?, crc32 \w+", "from MODEL", net.header, flags=re.S)
    return header, net.source, net.weights, net.decisions, diagnostics


def sources(number, path, graph):
    """The graph in memory, and its file in one of three ways."""
    data = path.read_bytes()
    yield "graph", graph
    yield ["bytes", "BytesIO", "bytearray"][number % 3], [
        data,
        io.BytesIO(data),
        bytearray(data),
    ][number % 3]


def check_written(number, net, folder, outcome):
    options = options_of(net)
    raw, path = folder / "raw.nir", folder / "model.nir"
    make.write(raw, net.nodes, net.edges)
    report = snn_mlir.inspect(raw, **options)
    shapes = {layer.name: layer.input_shape for layer in report.layers}
    full = number % 2 == 0  # parameters of the shape of their node
    graph = nir_peer.as_graph(net.nodes, net.edges, shapes, full)
    nir.write(path, graph)
    report = snn_mlir.inspect(path, **options)
    written = nir_peer.flat_of(graph.to_dict())
    yield "as made", nir_peer.difference(written, report)
    yield "as read", nir_peer.difference(
        nir_peer.flat_of(read_unchecked(path).to_dict()), report
    )
    again = read_by_nir(path, outcome.refused, False, "written by nir")
    if again is not None:
        outcome.counts["of them nir reads with its checks of graphs inside"] += 1
        if nir_peer.flat_of(again.to_dict()).nodes.keys() != written.nodes.keys():
            outcome.refused["written by nir: read, but with nodes added"] += 1
    typed = read_by_nir(path, outcome.refused, True, "written by nir, type_check")
    if typed is not None:
        outcome.counts["of them nir infers all shapes of"] += 1
        yield "shapes", shapes_differ(typed, report)
    by_path = compiled(path, options)
    wrong, count = nir_peer.number_difference(
        written, nir_peer.numbers(by_path.mlir("network"))
    )
    outcome.counts["numbers compared to the bit"] += count
    yield "numbers", wrong
    expected = facts(by_path)
    for how, source in sources(number, path, graph):
        same = facts(compiled(source, options)) == expected
        yield f"as {how}", "" if same else "compiles to something else"
    with open(path, "rb") as file:
        other = snn_mlir.inspect(file, **options)
        same = (other.layers, other.edges) == (report.layers, report.edges)
        yield "as open file", "" if same else "inspects as something else"


def check_raw(number, net, folder, outcome):
    """A file as others write it, where nir reads it."""
    path = folder / "raw.nir"
    graph = read_by_nir(path, outcome.refused, False, "written by others")
    if graph is None:
        return
    outcome.counts["files of others nir reads"] += 1
    flat = nir_peer.flat_of(graph.to_dict())
    report = snn_mlir.inspect(path, **options_of(net))
    if flat.nodes.keys() > {layer.name for layer in report.layers}:
        outcome.refused["written by others: read, but with nodes added"] += 1
        return
    with h5py.File(path) as f:
        given = {name: keys_of(f, name) for name in flat.nodes}
    yield "of others", nir_peer.difference(flat, report, given)


def keys_of(file, path):
    """The members of a node in the file: a name may be '..', too."""
    group = file["node"]
    for name in path.split("/"):
        group = group["nodes"][name]
    return set(group)


def judge(batch):
    seed, first, count = batch
    outcome = Outcome([], collections.Counter(), collections.Counter())
    for number in range(first, first + count):
        net = networks.make(Draw(seed, number))
        outcome.counts["networks"] += 1
        with tempfile.TemporaryDirectory() as folder:
            try:
                for check in (check_written, check_raw):
                    for what, wrong in check(
                        number, net, pathlib.Path(folder), outcome
                    ):
                        if wrong:
                            outcome.wrong.append(f"{number}, {what}: {wrong}")
            except Exception:
                outcome.wrong.append(f"{number}: {traceback.format_exc(limit=-3)}")
    return outcome


def pytest_generate_tests(metafunc):
    if "batch" in metafunc.fixturenames:
        seed = metafunc.config.getoption("--seed", 1)
        count = metafunc.config.getoption("--graphs", 400)
        batches = [
            (seed, first, min(BATCH, count - first)) for first in range(0, count, BATCH)
        ]
        ids = [f"seed{s}-{first}" for s, first, _ in batches]
        metafunc.parametrize("batch", batches, ids=ids)


@pytest.fixture(scope="module")
def results(request, summary):
    made = Results(request, judge, "batch")
    total = Outcome([], collections.Counter(), collections.Counter())
    made.total = total
    yield made
    made.close()
    lines = [f"{n} {what}" for what, n in total.counts.items()]
    lines += [f"nir refuses {n}: {why}" for why, n in sorted(total.refused.items())]
    summary.extend(lines)


def test_random_networks(batch, results):
    outcome = results[batch]
    results.total.counts.update(outcome.counts)
    results.total.refused.update(outcome.refused)
    assert not outcome.wrong, "\n".join(outcome.wrong)
    known = [f": {reason}" for reason in [*REASONS, "read, but with nodes added"]]
    strange = [why for why in outcome.refused if not why.endswith(tuple(known))]
    assert not strange


# ---- broken files --------------------------------------------------------------


def judge_broken(folder):
    """{(read by us, read by nir): names of files}."""
    verdicts = collections.defaultdict(list)
    # Files of make.FILES make nir take all memory that there is.
    for name in sorted({*make.NETS, *make.EDITS}):
        path = pathlib.Path(folder) / f"{name}.nir"
        make.make(name, path)
        report = snn_mlir.check(path, semantics="nir", dt=0.1)
        if not report.ok:
            assert any(p.severity == "error" for p in report.problems), name
        try:
            nir.read(path, type_check=False)
            theirs = True
        except Exception:
            theirs = False
        verdicts[report.ok, theirs].append(name)
        path.unlink()
    return dict(verdicts)


def test_broken_files(tmp_path, summary):
    """Who reads what test/nir/make.py writes: no crash, and a diagnostic each."""
    with pool(1) as worker:
        verdicts = worker.submit(judge_broken, tmp_path).result(timeout=SECONDS)
    assert verdicts[False, False] and verdicts[True, True]
    for (ours, theirs), names in verdicts.items():
        who = {True: "read", False: "refused"}
        text = f"files of test/nir/make.py {who[ours]} by us, {who[theirs]} by nir"
        listed = "" if ours == theirs else ": " + " ".join(sorted(names))
        summary.append(f"{len(names)} {text}{listed}")


# ---- graphs by hand ------------------------------------------------------------


def neuron(n):
    one = np.ones(n, np.float32)
    return nir.LIF(tau=0.002 * one, r=one, v_leak=0 * one, v_threshold=0.5 * one)


def by_hand(nodes, edges):
    shape = np.array([3])
    nodes = {"in": nir.Input(shape), **nodes, "out": nir.Output(shape)}
    return nir.NIRGraph(nodes=nodes, edges=edges, type_check=False)


def recurrent():
    weight = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], np.float32)
    nodes = {"lif": neuron(3), "rec": nir.Linear(weight)}
    edges = [("in", "lif"), ("lif", "rec"), ("rec", "lif"), ("lif", "out")]
    return by_hand(nodes, edges)


def nested():
    inside = by_hand({"lif": neuron(3)}, [("in", "lif"), ("lif", "out")])
    return by_hand({"sub": inside}, [("in", "sub"), ("sub", "out")])


def nested_recurrent():
    return by_hand({"sub": recurrent()}, [("in", "sub"), ("sub", "out")])


@pytest.mark.parametrize("make_graph", [recurrent, nested, nested_recurrent])
def test_graph_runs_as_its_file(make_graph, tmp_path):
    graph, path = make_graph(), tmp_path / "model.nir"
    nir.write(path, graph)
    options = {"semantics": "nir", "dt": 1e-3}
    x = (np.random.default_rng(1).random((40, 3)) < 0.6).astype(np.float32)
    by_path, by_graph = compiled(path, options), compiled(graph, options)
    y = by_path.run(x)
    assert y.any() and not y.all()
    np.testing.assert_array_equal(y, by_graph.run(x))
    assert facts(by_path) == facts(by_graph)
    assert any(e.feedback for e in by_graph.inspect().edges) == (
        make_graph is not nested
    )


def test_graph_is_copied():
    graph = recurrent()
    net = compiled(graph, {"semantics": "nir", "dt": 1e-3})
    before = net.mlir("network")
    graph.nodes["rec"].weight[:] = 0
    assert net.mlir("network") == before


def test_graph_that_nir_cannot_write():
    graph = by_hand({"what": object()}, [("in", "what"), ("what", "out")])
    with pytest.raises(AttributeError, match="to_dict"):
        snn_mlir.inspect(graph)
