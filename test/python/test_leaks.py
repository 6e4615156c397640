# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""10,000 compiles and runs leave nothing behind.

A process of its own goes round and round through ROUNDS, which compile, run, step,
fail and are interrupted. Behind two tenths nothing may grow: not the memory that
it occupies, nor its files, threads and mapped files. More: --rounds N.

What a round counts: a compile is a model made into C, or refused; a run is a call
that computes steps. The C compiler itself runs once for each network, and the cache
gives its library to all later rounds, which load it anew; the third of the rounds
that runs in the interpreter needs none.
"""

import gc
import io
import itertools
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import warnings

import pytest

np = pytest.importorskip("numpy")
h5py = pytest.importorskip("h5py")

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "test" / "nir")]

import make  # noqa: E402

import snn_mlir  # noqa: E402

GROWTH = 1 << 20  # bytes that may be added behind two tenths
OPTIONS = {"semantics": "nir", "dt": 0.1}
X = (np.arange(8 * 3).reshape(8, 3) % 5 < 2).astype(np.float32)


class DLPack:
    """An array that has nothing but DLPack."""

    def __init__(self, array):
        self.array = array

    def __dlpack__(self, **how):
        return self.array.__dlpack__(**how)

    def __dlpack_device__(self):
        return self.array.__dlpack_device__()


# ---- the rounds: each returns (compiles, runs) ---------------------------------


def compiled(model, **options):
    return snn_mlir.compile(model, **{**OPTIONS, **options})


def run_c(model):
    net = compiled(model, backend="c")
    net.run(X)
    return 1, 1


def run_reference(model):
    net = compiled(model, backend="reference", type="f64")
    net.run(X)
    return 1, 1


def batch_with_probes(model):
    net = compiled(model, backend="c")
    net.run(np.stack([X] * 4), probe=["lif", "lif.v"], threads=2)
    return 2, 1  # the probes are another compile


def step_and_state(model):
    net = compiled(model.read_bytes(), backend="reference")
    net.step(X[0])
    before = net.state.copy()
    net.state["lif.v"] = 0.25
    net.step(DLPack(X[1]))
    net.state = before
    net.reset()
    return 1, 2


def quantized(model):
    net = compiled(model, backend="reference", quantize="int8", data=X)
    net.run(X)
    return 2, 1  # the choice of codes is another compile


def looked_at(model):
    net = compiled(io.BytesIO(model.read_bytes()), backend="reference")
    net.layers, net.decisions, net.mlir("loops"), repr(net), net._repr_html_()
    snn_mlir.check(model, **OPTIONS)
    str(snn_mlir.inspect(model, **OPTIONS))
    return 3, 0


def verified(model):
    net = compiled(model, backend="reference")
    assert net.verify(X, net.run(X)).equal
    return 2, 2


def refused(model):
    for source, options, error in (
        (model, {"semantics": "nir", "dt": -1}, snn_mlir.CompileError),
        (model.with_name("broken.nir"), OPTIONS, snn_mlir.CompileError),
        (b"no network", OPTIONS, snn_mlir.CompileError),
        (model, {**OPTIONS, "set": {"nobody.tau": 1}}, snn_mlir.CompileError),
    ):
        with pytest.raises(error):
            snn_mlir.compile(source, **options)
    return 4, 0


def arrays_refused(model):
    net = compiled(model, backend="reference")
    for wrong, error in (
        (X[:, :2], ValueError),
        (X.astype(complex), TypeError),
        ("text", TypeError),
        (DLPack(X[:, :2]), ValueError),
    ):
        with pytest.raises(error):
            net.run(wrong)
    with pytest.raises(snn_mlir.CompileError):
        net.run(X, probe="nobody")
    with pytest.raises(ValueError):
        net.state["lif.v"] = np.zeros(9)
    return 2, 4


def interrupted(model):
    """By Ctrl-C, which a progress function of the caller's stands for."""
    net = compiled(model, backend="reference")

    def progress(done, steps):
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        net.run(np.stack([np.tile(X, (50, 1))] * 4), threads=2, progress=progress)
    return 1, 1


ROUNDS = [
    run_c,
    run_reference,
    batch_with_probes,
    step_and_state,
    quantized,
    looked_at,
    verified,
    refused,
    arrays_refused,
    interrupted,
]


# ---- the process ---------------------------------------------------------------


def measure():
    gc.collect()
    pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
    maps = pathlib.Path("/proc/self/maps").read_text().splitlines()
    return {
        "memory": pages * os.sysconf("SC_PAGE_SIZE"),
        "files": len(os.listdir("/proc/self/fd")),
        "threads": len(os.listdir("/proc/self/task")),
        "mapped files": sum("/" in line for line in maps),
        "references": [sys.getrefcount(x) for x in (X, OPTIONS, DLPack, np.float32)],
    }


def write_models(folder):
    for name, changes in (("one", {}), ("two", {"lif": {"r": np.float32(2)}})):
        nodes, edges = make.net()
        for node, change in changes.items():
            nodes[node].update(change)
        make.write(folder / f"{name}.nir", nodes, edges)
        yield folder / f"{name}.nir"
    broken, edges = make.net()
    broken["lif"]["tau"] = np.ones(3, np.float32)
    del broken["fc"]["weight"]
    make.write(folder / "broken.nir", broken, edges)


def main(folder, least):
    """Prints what was counted, and what was measured at each tenth."""
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGINT, signal.default_int_handler)
    models = list(write_models(pathlib.Path(folder)))
    counts, seen, start = [0, 0], [], time.process_time()
    for number in itertools.count():
        if sum(counts) >= (len(seen) + 1) * least // 10:
            seen.append(measure())
            if len(seen) == 10:
                break
        compiles, runs = ROUNDS[number % len(ROUNDS)](models[number // 10 % 2])
        counts[0] += compiles
        counts[1] += runs
    print(
        json.dumps(
            {
                "rounds": number,
                "compiles": counts[0],
                "runs": counts[1],
                "seconds": round(time.process_time() - start, 1),
                "measured": seen,
            }
        )
    )


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs /proc")
def test_nothing_grows(request, environment, tmp_path, summary):
    least = request.config.getoption("--rounds", 10000)
    done = subprocess.run(
        [sys.executable, __file__, tmp_path, str(least)],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    first, last = said["measured"][1], said["measured"][-1]
    growth = last["memory"] - first["memory"]
    summary.append(
        f"{said['compiles']} compiles and {said['runs']} runs in "
        f"{said['seconds']} s of processor: {growth / 1024:.0f} KiB of "
        f"{last['memory'] / 1024:.0f} added behind two tenths, "
        f"{last['files']} files, {last['threads']} threads"
    )
    assert growth < GROWTH, said["measured"]
    for what in ("files", "threads", "mapped files", "references"):
        assert first[what] == last[what], (what, said["measured"])


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
