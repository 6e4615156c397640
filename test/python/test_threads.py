# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Threads: separate networks at once, and one network that all share, give what one
thread gives; a long run lets other threads go on; Ctrl-C ends it.
"""

import concurrent.futures
import os
import pathlib
import signal
import sys
import threading
import time
import warnings

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("h5py")

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "test" / name) for name in ("nir", "property", "run")]

import make  # noqa: E402
import networks  # noqa: E402
from draw import Draw  # noqa: E402

import snn_mlir  # noqa: E402

THREADS = 6
OPTIONS = {"semantics": "nir", "dt": 1e-3}


def together(jobs):
    """What jobs return that start at the same moment, a thread each."""
    barrier = threading.Barrier(len(jobs))

    def call(job):
        barrier.wait(60)
        return job()

    with concurrent.futures.ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(call, jobs))


def equal(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(equal(a[k], b[k]) for k in a)
    return a.dtype == b.dtype and a.tobytes() == b.tobytes()


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Random networks: (path, options, inputs by name)."""
    folder = tmp_path_factory.mktemp("models")
    made = []
    for number in range(THREADS):
        net = networks.make(Draw("threads", number))
        path = folder / f"net{number}.nir"
        make.write(path, net.nodes, net.edges)
        options = {k.replace("-", "_"): v for k, v in net.options.items()}
        made.append((path, options, net.inputs))
    return made


def work(model, backend, folder=None):
    """All that can be done with a network, and what comes out."""
    path, options, inputs = model
    net = snn_mlir.compile(path, backend=backend, cache=folder, **options)
    y = net.run(inputs, progress=False)
    many = {name: np.stack([x] * 3) for name, x in inputs.items()}
    batch = net.run(many, threads=2, progress=False)
    first = [net.step({name: x[t] for name, x in inputs.items()}) for t in range(4)]
    state = net.state.copy()
    second = [net.step({name: x[t] for name, x in inputs.items()}) for t in (4, 5)]
    net.state = state
    again = [net.step({name: x[t] for name, x in inputs.items()}) for t in (4, 5)]
    assert all(map(equal, second, again))
    net.reset()
    expected = y if isinstance(y, dict) else {net.outputs[0].name: y}
    assert net.verify(inputs, expected).equal
    return net.source, y, batch, first, second


def same(one, other):
    lists = (one[3] + one[4], other[3] + other[4])
    return (
        one[0] == other[0]
        and equal(one[1], other[1])
        and equal(one[2], other[2])
        and all(map(equal, *lists))
    )


@pytest.mark.parametrize("backend", ["c", "reference"])
def test_separate_networks(models, backend, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", snn_mlir.CompileWarning)
        alone = [work(m, backend, tmp_path / "alone") for m in models]
        jobs = [lambda m=m: work(m, backend, tmp_path / "all") for m in models]
        for one, other in zip(alone, together(jobs)):
            assert same(one, other)


def test_same_model_and_cache(models, tmp_path):
    """Threads that compile one network into one empty cache."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", snn_mlir.CompileWarning)
        jobs = [lambda: work(models[0], "c", tmp_path / "cache")] * THREADS
        results = together(jobs)
    assert all(same(results[0], other) for other in results[1:])


@pytest.mark.parametrize("backend", ["c", "reference"])
def test_shared_network(digits, backend):
    """Runs of one object, that nobody has started, do not disturb each other."""
    path, x = digits
    parts = [x[k : k + 4] for k in range(THREADS)]
    alone = [snn_mlir.compile(path, **OPTIONS).run(part) for part in parts]
    net = snn_mlir.compile(path, backend=backend, **OPTIONS)

    def job(k):
        y, probes = net.run(parts[k], probe="lif1.v", threads=1 + k % 2)
        return y, probes["lif1.v"], net.run(parts[k])

    found = together([lambda k=k: job(k) for k in range(THREADS)])
    _, probes = net.run(x[: THREADS + 3], probe="lif1.v")
    for k, (y, v, y_again) in enumerate(found):
        assert equal(y, alone[k]) and equal(y_again, alone[k])
        assert v.tobytes() == probes["lif1.v"][k : k + 4].tobytes()


def test_steps_of_a_shared_network(digits):
    """A state is one thread's at a time; a step of another is refused whole."""
    path, x = digits
    net = snn_mlir.compile(path, **OPTIONS)
    steps, refused = 200, []

    def job():
        done = 0
        while done < steps:
            try:
                net.step(x[0, 0])
                done += 1
            except RuntimeError as error:
                refused.append(str(error))

    together([job] * THREADS)
    assert set(refused) <= {"the state of 'model' is in use by another thread"}
    threaded = net.state.copy()
    net.reset()
    for _ in range(steps * THREADS):
        net.step(x[0, 0])
    assert all(equal(threaded[node], net.state[node]) for node in threaded)


def test_errors_stay_in_their_thread(models, tmp_path):
    """Each gets the diagnostics of its own model."""
    paths = []
    for number in range(THREADS):
        nodes, edges = make.net()
        nodes[f"lif{number}"] = nodes.pop("lif")
        nodes[f"lif{number}"]["tau"] = np.ones(3 + number % 2 * 2, np.float32)
        edges = [
            tuple(n.replace("lif", f"lif{number}") for n in edge) for edge in edges
        ]
        paths.append(tmp_path / f"broken{number}.nir")
        make.write(paths[-1], nodes, edges)

    def job(path):
        found = []
        for _ in range(10):
            with pytest.raises(snn_mlir.CompileError) as error:
                snn_mlir.compile(path, **OPTIONS)
            found.append(error.value.diagnostics)
        return found

    for number, found in enumerate(together([lambda p=p: job(p) for p in paths])):
        for diagnostics in found:
            assert {d.file for d in diagnostics} == {str(paths[number])}
            assert {d.node for d in diagnostics} == {f"lif{number}"}


# ---- other threads while one computes ------------------------------------------


@pytest.fixture
def long_run(digits):
    """A call that takes some seconds in one thread, and the network."""
    path, x = digits
    net = snn_mlir.compile(path, backend="reference", **OPTIONS)
    start = time.perf_counter()
    net.run(x[:2], threads=1)
    each = (time.perf_counter() - start) / 2
    many = np.concatenate([x] * (1 + int(3 / each) // len(x)))[: int(3 / each) + 1]
    return net, many


def test_others_go_on(long_run):
    """A Python thread counts while the interpreter of networks computes.

    It shares the core if there is but one; with the lock of Python held it would
    count for some milliseconds before and behind, and no more."""
    net, x = long_run
    gaps, stop = [], threading.Event()

    def count():
        last = time.perf_counter()
        while not stop.is_set():
            time.sleep(0.001)
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    counter = threading.Thread(target=count)
    counter.start()
    start = time.perf_counter()
    net.run(x, threads=1, progress=False)
    seconds = time.perf_counter() - start
    stop.set()
    counter.join()
    assert seconds > 0.5
    assert max(gaps) < seconds / 2
    assert len(gaps) > 20 * seconds  # of a thousand that are possible


@pytest.mark.parametrize("threads", [1, 2])
def test_ctrl_c_ends_a_batch(long_run, threads, ctrl_c):
    net, x = long_run
    x = np.concatenate([x] * 4)
    before = net.run(x[:3])
    timer = threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    start = time.perf_counter()
    with pytest.raises(KeyboardInterrupt):
        net.run(x, threads=threads, progress=False)
    seconds = time.perf_counter() - start
    timer.join()
    assert seconds < 5
    assert equal(net.run(x[:3]), before)


def test_ctrl_c_leaves_other_threads_alone(long_run, ctrl_c):
    """It ends the call of the main thread; that of another one computes on."""
    net, x = long_run
    expected = net.run(x, progress=False)
    with concurrent.futures.ThreadPoolExecutor(1) as other:
        future = other.submit(net.run, x, threads=1, progress=False)
        timer = threading.Timer(0.3, os.kill, [os.getpid(), signal.SIGINT])
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            net.run(np.concatenate([x] * 4), threads=1, progress=False)
        timer.join()
        assert equal(future.result(timeout=120), expected)
