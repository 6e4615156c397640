# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The C extension: a thin face of snn.h. Use the package instead.

A `model` is `(name, file)`: what reports call it, and the path that is read.
`options` are those of `snnc`, with '_' for '-', as `snn_mlir.compile` takes them;
None is the default, True and False are for those without a value, numbers are
allowed where text is a number. `set` and `data` are dicts of names to numbers,
words, paths, or arrays.

An array is anything with the buffer protocol, or with `__dlpack__` on a CPU.
`allocate(shape, format)` makes an array of the caller's kind, C-contiguous and
writable, of native numbers: 'B' uint8, 'i' int32, 'f' float32, 'd' float64.

A call that fails raises `CompileError` with everything that was reported; an
array that does not fit raises ValueError or TypeError; Ctrl-C raises
KeyboardInterrupt.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

__version__: str

class Diagnostic(NamedTuple):
    file: str
    node: str | None
    severity: str  # "error", "warning", "note"
    message: str
    hint: str | None  # the smallest change that would mend it

class CompileError(Exception):
    diagnostics: list[Diagnostic]

class Port(NamedTuple):
    name: str
    format: str
    shape: tuple[int, ...]  # of one step

_Model = tuple[str, str]
_Options = Mapping[str, Any]
_Report = Callable[[Diagnostic], None] | None  # of warnings and notes
_Allocate = Callable[[tuple[int, ...], str], Any]
_Progress = Callable[[int, int], None] | None  # steps done, of how many

def main(arguments: Sequence[str]) -> int:
    """The command line `snnc`; arguments[0] is what it is called."""

def options() -> tuple[str, ...]:
    """The names of all options."""

def spelled(text: str) -> str:
    """A text of the library with its options as they are written in Python."""

def build(model: _Model, options: _Options, directory: str, report: _Report) -> list[str]:
    """Writes the C as `snnc build` does; the paths of the files. Notes come as
    they are made, the rest at the end; report may not use this module."""

def mlir(model: _Model, options: _Options, stage: str, report: _Report) -> str: ...
def check(model: _Model, options: _Options, json: bool) -> tuple[bool, str]: ...
def inspect(model: _Model, options: _Options, json: bool) -> tuple[bool, str]: ...
def verify(
    model: _Model,
    options: _Options,
    inputs: Mapping[str | None, Any],
    expected: Mapping[str | None, Any],
    *,
    reference: bool = False,
    both: bool = False,
    atol: float | None = None,
    rtol: float | None = None,
    min_f1: float | None = None,
    json: bool = True,
    progress: _Progress = None,
    report: _Report = None,
) -> tuple[bool, str]:
    """`snnc verify`; arrays are arrays or paths of .npy files."""

class Network:
    """A network, ready to be run: `snn_network`."""

    def __init__(
        self,
        model: _Model,
        options: _Options,
        *,
        probes: Sequence[str] = (),
        reference: bool = False,
        cache: str | None = None,
        report: _Report = None,
    ) -> None: ...
    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]  # the Outputs alone
    probes: tuple[Port, ...]
    states: tuple[Port, ...]
    header: str
    source: str
    weights: bytes | None
    ram_bytes: int
    rom_bytes: int
    backend: str | None  # None: not started

    def start(self) -> str:
        """Compiles and loads the C, or takes the interpreter: the backend."""

    def run(
        self,
        inputs: Sequence[Any],
        allocate: _Allocate,
        threads: int = 0,
        progress: _Progress = None,
    ) -> list[Any]:
        """The arrays of all Outputs, then of the probes, for arrays of shape
        (steps, *shape) or (samples, steps, *shape) of all Inputs in order."""

    def step(self, inputs: Sequence[Any], allocate: _Allocate) -> list[Any]:
        """One step of the network's own state; arrays have shape (*shape)."""

    def reset(self) -> None: ...
    def get_state(self, index: int, allocate: _Allocate) -> Any: ...
    def set_state(self, index: int, numbers: Any) -> None:
        """numbers of the state's shape, or one number for all."""
