# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Is `python -m snn_mlir` the same command line as the program snnc?

    command.py --snnc PROGRAM [--wheel WHEEL]

Status, both streams, files, Ctrl-C, a closed pipe, a full disk, the C locale;
and h5py in the same process, with its own HDF5.
"""
import argparse
import array
import fcntl
import io
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import termios
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = str(ROOT / "examples/digits/model.nir")
SPIKES = str(ROOT / "examples/digits/test_spikes.npy")
DIGITS = [MODEL, "--semantics=spikingjelly"]

CASES = [
    [],
    ["--version"],
    ["run", "-h"],
    ["frob"],
    ["build", MODEL],
    ["build", *DIGITS, "-o", "out"],
    ["build", "nosuch.nir", "-o", "out"],
    ["build", os.fsdecode(b"\xff.nir"), "-o", "out"],
    ["check", SPIKES, "--json"],
    ["inspect", *DIGITS],
    ["mlir", *DIGITS, "--stage=step"],
    ["run", *DIGITS, "--in", SPIKES, "--out", "y.npy", "--reference"],
    ["plot", *DIGITS, "--in", SPIKES, "--sample=3", "--reference"],
]
ENVIRONMENTS = [{}, {"LC_ALL": "C"}, {"LANG": "C.UTF-8"}, {"LC_CTYPE": "C"}]

TOGETHER = """
import sys
import h5py, numpy
try:
    import torch  # brings an LLVM; the tests' own environment has none
except ImportError:
    pass
from snn_mlir import _core
with h5py.File(sys.argv[1]) as file:
    tau = file["node/nodes/lif1/tau"]
    assert tau[0] == 0.008
    for turn in range(3):
        assert _core.main(["snnc", "build", sys.argv[1], "--semantics=spikingjelly",
                           "-o", "out"]) == 0
        assert _core.main(["snnc", "check", "/dev/null"]) == 1
        assert tau[-1] == 0.008
    try:
        h5py.File("/dev/null")
    except OSError as error:
        assert "file signature not found" in str(error), error
    else:
        raise AssertionError
"""


def waiting(pipe: io.BufferedReader) -> int:
    """Bytes that have been written and not read."""
    number = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, number)
    return number[0]


class Tester:
    def __init__(self, programs: dict[str, list[str]], path: str) -> None:
        self.programs = programs
        self.path = path
        self.passed = self.failed = 0

    def environment(self, extra: dict[str, str]) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "PYTHONPATH": self.path, **extra}

    def count(self, what: str, good: bool, text: object = "") -> None:
        self.passed += good
        self.failed += not good
        if not good:
            print(f"FAIL: {what}: {text}")

    def run(self, command: list[str], extra: dict[str, str]) -> tuple:
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(command, cwd=folder, env=self.environment(extra),
                                  stdin=subprocess.DEVNULL, capture_output=True)
            files = {str(path.relative_to(folder)): path.read_bytes()
                     for path in sorted(pathlib.Path(folder).rglob("*"))
                     if path.is_file()}
        return done.returncode, done.stdout, done.stderr, files

    def same(self, words: list[str], extra: dict[str, str]) -> None:
        given = {name: self.run([*program, *words], extra)
                 for name, program in self.programs.items()}
        expected = given.pop("snnc")
        for name, result in given.items():
            text = [value[:3] for value in (expected, result)]
            self.count(f"{name} {words} {extra}", result == expected, text)

    def interrupted(self, number: signal.Signals) -> None:
        """What waits to write, since nobody reads, ends by the signal, which a
        shell without jobs may have left ignored."""
        for name, program in self.programs.items():
            process = subprocess.Popen(
                [*program, "mlir", *DIGITS, "--stage=step"],
                env=self.environment({}), stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                preexec_fn=lambda: signal.signal(number, signal.SIG_DFL))
            size = fcntl.fcntl(process.stdout, fcntl.F_SETPIPE_SZ, 4096)
            while process.poll() is None and waiting(process.stdout) < size:
                time.sleep(0.01)
            process.send_signal(number)
            _, text = process.communicate(timeout=60)
            self.count(f"{name}: {number.name}",
                       (process.returncode, text) == (-number, b""),
                       (process.returncode, text))

    def closed_pipe(self) -> None:
        for name, program in self.programs.items():
            reader, writer = os.pipe()
            os.close(reader)
            done = subprocess.run([*program, "--help"], stdout=writer,
                                  stderr=subprocess.PIPE, env=self.environment({}))
            os.close(writer)
            self.count(f"{name}: a closed pipe",
                       (done.returncode, done.stderr) == (-signal.SIGPIPE, b""), done)

    def full_disk(self) -> None:
        for name, program in self.programs.items():
            with open("/dev/full", "wb") as full:
                done = subprocess.run([*program, "--help"], stdout=full,
                                      stderr=subprocess.PIPE,
                                      env=self.environment({}))
            self.count(f"{name}: a full disk", done.returncode == 1 and
                       done.stderr == b"snnc: error: standard output cannot be "
                       b"written: No space left on device\n", done)

    def together(self) -> None:
        result = self.run([sys.executable, "-c", TOGETHER, MODEL], {})
        self.count("h5py in the same process", result[0] == 0, result[:3])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--snnc", required=True)
    parser.add_argument("--wheel", help="test this, not what is installed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = ""
        if arguments.wheel:
            zipfile.ZipFile(arguments.wheel).extractall(folder)
            path = folder
        tester = Tester({"snnc": [os.path.abspath(arguments.snnc)],
                         "python -m": [sys.executable, "-m", "snn_mlir"]}, path)
        for extra in ENVIRONMENTS:
            for words in CASES if extra == {} else CASES[-1:]:
                tester.same(words, extra)
        tester.interrupted(signal.SIGINT)
        tester.interrupted(signal.SIGTERM)
        tester.closed_pipe()
        tester.full_disk()
        tester.together()
    print(f"{tester.passed} passed, {tester.failed} failed")
    return tester.failed != 0


if __name__ == "__main__":
    sys.exit(main())
