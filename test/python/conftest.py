# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the tests of the Python package share.

The last line that pytest prints here is 'N passed, N failed, N skipped', as
scripts/test.sh reads it.
"""

import os
import pathlib
import signal
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "test"), str(ROOT / "test" / "property")]

OPTIONS = {"semantics": "nir", "dt": 1e-3}


def pytest_addoption(parser):
    group = parser.getgroup("snn-mlir")
    group.addoption("--graphs", type=int, default=400, help="of test_nir.py")
    group.addoption("--seed", type=int, default=1, help="of test_nir.py")
    group.addoption("--rounds", type=int, default=10000, help="of test_leaks.py")


SUMMARY = pytest.StashKey()


def pytest_configure(config):
    config.stash[SUMMARY] = []


@pytest.fixture(scope="session")
def summary(request):
    """Lines to print behind the tests: what was counted."""
    return request.config.stash[SUMMARY]


def pytest_terminal_summary(terminalreporter, config):
    for line in config.stash[SUMMARY]:
        terminalreporter.write_line(line)


def pytest_unconfigure(config):
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return
    counts = {k: len(v) for k, v in reporter.stats.items()}
    passed = counts.get("passed", 0) + counts.get("xfailed", 0)
    failed = sum(counts.get(k, 0) for k in ("failed", "error", "xpassed"))
    print(f"{passed} passed, {failed} failed, {counts.get('skipped', 0)} skipped")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """Where compiled C is kept: empty at first, and never the user's."""
    folder = tmp_path_factory.mktemp("cache")
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(folder)
    yield folder
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture(scope="session")
def digits():
    """A trained network of two layers, and spikes (samples, steps, 64)."""
    numpy = pytest.importorskip("numpy")
    folder = ROOT / "examples" / "digits"
    return folder / "model.nir", numpy.load(folder / "test_spikes.npy")


@pytest.fixture(scope="session")
def environment():
    """That of a process that finds what this one does."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


@pytest.fixture
def ctrl_c():
    """Python's own handler, whatever called the tests."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
