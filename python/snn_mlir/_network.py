# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A compiled network: runs on arrays, shows what is in it."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from . import _core
from ._arrays import DTYPES, allocate, taken
from ._model import Model
from ._options import type_name
from ._progress import NoteLine, Notes, Progress, Reporter
from ._results import Decision, Inspection, Layer, Port, Verification
from ._state import State
from ._survey import (
    BackendWarning,
    CompileWarning,
    announce,
    described,
    inspect_model,
    verify_model,
    warn_of_backend,
)

if TYPE_CHECKING:
    from ._options import Path
    from .plot import Plot

__all__ = ["BackendWarning", "CompileWarning", "Network", "State"]


_STAGES = ("network", "step", "quantized", "linalg", "loops")


class Network:
    """A network that `snn_mlir.compile` made.

    Threads may share it for `run`, `verify` and all that only looks; `step`, `reset`
    and `state` are for one thread at a time: RuntimeError else.

    It can be pickled and copied, for joblib or multiprocessing: the model, the
    options and a choice of integers travel in it, and its own state, if it has been
    started. Files that `set` names do not. It is compiled again where it arrives.

    diagnostics: the warnings and notes of compiling it, a list of Diagnostic.
    """

    def __init__(
        self,
        model: Model,
        options: dict[str, Any],
        backend: Literal["auto", "c", "reference"],
        cache: Path | Literal[False] | None,
        progress: Notes = None,
    ) -> None:
        if backend not in ("auto", "c", "reference"):
            raise ValueError(
                f"backend is {backend!r}, expected 'auto', 'c' or 'reference'"
            )
        self.diagnostics: list[_core.Diagnostic] = []
        self._model = model
        self._wanted = backend
        self._asked_cache = cache
        self._cache = _cache_folder(cache)
        self._given = model.named(options)
        self._options = self._settled(self._given, progress)
        self._thread = threading.local()
        self._why = ""
        with self._collected() as said:
            self._network = self._compiled(())
        if not self.diagnostics:
            self.diagnostics += said
        self._probed: dict[tuple[str, ...], _core.Network] = {}
        self._state = State(self._network)

    # ---- running ---------------------------------------------------------------

    def run(
        self,
        x: Any,
        *,
        probe: str | Iterable[str] = (),
        threads: int | None = None,
        progress: Progress = None,
    ) -> Any:
        """Runs the network from a fresh state; `step` and `state` are not touched.

        x: an array of shape (steps, *shape of the Input), or (samples, steps,
        *shape), each sample from a fresh state; of any numeric type. Real numbers
        are rounded to the network's type, integers have to convert exactly, and
        spikes to be 0 or 1. Where there are several Inputs, a dict of arrays by name. NumPy
        arrays, PyTorch tensors on a CPU, and all with the buffer protocol or DLPack
        will do, without a copy where type and layout are the network's; with NumPy
        lists, too. snnTorch and Norse put time first, then the batch: give
        x.swapaxes(0, 1), or x.transpose(0, 1) of a tensor.

        Returns an array with the same leading axes: uint8 for spikes, int32 for
        counts, float32 or float64 for real numbers. Where there are several Outputs,
        a dict by name. With probe, names of nodes ("lif1") or of what they keep
        behind a step ("lif1.v", "lif1.i"), returns that and a dict of arrays by
        those names. All names of `nodes` can be probed, and the `states` of each. The
        first run with other probes than before compiles again.

        threads: samples at once; None: as many as there are cores. progress: None: a
        bar on a terminal or in a notebook if it takes more than a second; False:
        none; or a function of the steps done and the steps of all.

        Raises ValueError and TypeError for arrays that do not fit, CompileError where
        a probe is not in the network, KeyboardInterrupt on Ctrl-C.

        >>> x.shape, x.dtype
        ((357, 16, 64), dtype('uint8'))
        >>> y = net.run(x)
        >>> y.shape, y.dtype
        ((357, 16, 10), dtype('uint8'))
        >>> y, probes = net.run(x, probe=["lif1", "lif1.v"])
        >>> probes["lif1.v"].shape, probes["lif1.v"].dtype
        ((357, 16, 64), dtype('float32'))
        """
        names = _probe_names(probe)
        network = self._with_probes(names)
        inputs = self._inputs(x)
        self._start(network)
        with Reporter(progress) as call:
            results = network.run(inputs, allocate, threads or 0, call)
        outputs = self._outputs(results[: len(self._network.outputs)])
        if not names:
            return outputs
        probed = dict(zip(_order(names), results[len(self._network.outputs) :]))
        return outputs, {name: probed[name] for name in names}

    def step(self, x: Any) -> Any:
        """Computes one step, from the state that the last one left.

        x: an array of the shape of the Input, or a dict by name; returns one of the
        shape of the Output, or a dict by name. Types and errors as for `run`, and
        RuntimeError while another thread computes a step.

        >>> net.reset()
        >>> int(sum(net.step(x[0, t]) for t in range(16)).argmax())
        8
        """
        inputs = self._inputs(x)
        self._start(self._network)
        return self._outputs(self._network.step(inputs, allocate))

    def reset(self) -> None:
        """Back to the state before the first step.

        Raises RuntimeError while another thread computes a step.
        """
        self._start(self._network)
        self._network.reset()

    @property
    def state(self) -> State:
        """Where the network is between two steps: a mapping by node.

        state["lif1"] is {"v": array}, state["lif1.v"] the array: a copy, read-only.
        All may be assigned: net.state["lif1.v"] = 0.5, net.state["lif1"]["v"] = array,
        and the whole, net.state = saved, of saved = net.state.copy(). `State` says
        what is raised.
        """
        self._start(self._network)
        return self._state

    @state.setter
    def state(self, values: Mapping[str, Any]) -> None:
        self._start(self._network)
        self._state.assign(values)

    @property
    def backend(self) -> str:
        """What computes: "c" or "reference", the interpreter. Starts the network."""
        return self._start(self._network)

    def verify(
        self,
        x: Any,
        expected: Any = None,
        *,
        both: bool = False,
        atol: float | None = None,
        rtol: float | None = None,
        min_f1: float | None = None,
        progress: Progress = None,
    ) -> Verification:
        """Compares the network with what was recorded: `snn_mlir.verify`.

        Raises ValueError and TypeError for arrays that do not fit, CompileError for a
        node that is not there, or a file that does not fit or cannot be read.

        >>> print(net.verify(x, net.run(x)))
        node    kind    cells  differ  expected   got  precision  recall  F1  rate error
        output  spikes  57120       0      5799  5799          1       1   1           0
        equal
        """
        return verify_model(
            self._model,
            self._options,
            x,
            expected,
            progress,
            reference=self.backend == "reference" and not both,
            both=both,
            atol=atol,
            rtol=rtol,
            min_f1=min_f1,
        )

    # ---- what is in it ---------------------------------------------------------

    @property
    def name(self) -> str:
        """What the network is called in C."""
        return self._network.name

    @cached_property
    def inputs(self) -> tuple[Port, ...]:
        """Its Inputs, in the order of the C function."""
        return _ports(self._network.inputs)

    @cached_property
    def outputs(self) -> tuple[Port, ...]:
        """Its Outputs, in the order of the C function."""
        return _ports(self._network.outputs)

    @property
    def layers(self) -> list[Layer]:
        """Its nodes as the file has them, in the order of execution."""
        return list(self._inspection.layers)

    @cached_property
    def nodes(self) -> Mapping[str, Layer]:
        """The layers by name.

        >>> net.nodes["lif1"].formula
        "v' = v + 0.125 (x - v);  spike if v' > 1, then v' = 0"
        """
        return MappingProxyType({n.name: n for n in self._inspection.layers})

    @property
    def decisions(self) -> list[Decision]:
        """What was decided that the file does not say, and why.

        >>> [(d.what, d.value) for d in net.decisions]
        [('semantics', 'nir'), ('dt', '0.001')]
        """
        return list(self._inspection.decisions)

    def inspect(self) -> Inspection:
        """All that is known of the network, as `snn_mlir.inspect` tells it."""
        return self._inspection

    @property
    def header(self) -> str:
        """The text of NAME.h."""
        return self._network.header

    @property
    def source(self) -> str:
        """The text of NAME.c."""
        return self._network.source

    @property
    def weights(self) -> bytes | None:
        """The bytes of NAME.weights; None where the weights are in the source."""
        return self._network.weights

    @property
    def ram_bytes(self) -> int:
        """Bytes of the struct that is all memory that the C needs."""
        return self._network.ram_bytes

    @property
    def rom_bytes(self) -> int:
        """Bytes of its constants."""
        return self._network.rom_bytes

    def save(self, directory: Path) -> list[FilePath]:
        """Writes the C, as `snnc build` does, and returns the paths of the files.

        The directory is made if it is not there. Raises OSError where it cannot be
        made (FileExistsError: it is a file; FileNotFoundError: it has no name),
        CompileError where a file cannot be written.

        >>> [path.name for path in net.save("firmware")]
        ['model.h', 'model.c']
        """
        os.makedirs(directory, exist_ok=True)
        folder = os.fspath(directory)
        options = dict(self._options)
        if "quantize_out" in self._given:
            options["quantize_out"] = self._given["quantize_out"]
        paths = _core.build(self._model.core, options, folder, None)
        return [FilePath(path) for path in paths]

    def mlir(
        self,
        stage: Literal["network", "step", "quantized", "linalg", "loops"] = "step",
    ) -> str:
        """The intermediate representation at a stage, as text.

        Raises ValueError for a stage that there is not, CompileError for one that
        the network does not pass.

        >>> "snn.fire" in net.mlir("step")
        True
        """
        if stage not in _STAGES:
            raise ValueError(f"stage is {stage!r}, expected {', '.join(_STAGES)}")
        return _core.mlir(self._model.core, self._options, stage, None)

    # ---- how it is shown -------------------------------------------------------

    @property
    def plot(self) -> Plot:
        """Pictures; needs matplotlib: `pip install snn-mlir[plot]`."""
        from .plot import Plot

        return Plot(self)

    def __repr__(self) -> str:
        ends = " -> ".join(
            ", ".join(f"{p.name} ({' x '.join(map(str, p.shape))})" for p in ports)
            for ports in (self.inputs, self.outputs)
        )
        return (
            f"<snn_mlir.Network {self.name}: {ends}, "
            f"RAM {self.ram_bytes} bytes, ROM {self.rom_bytes} bytes>"
        )

    def _repr_html_(self) -> str:
        from ._html import network_html

        return network_html(self)

    # ---- inside ----------------------------------------------------------------

    @cached_property
    def _inspection(self) -> Inspection:
        report = inspect_model(self._model, self._options)
        states: dict[str, list[str]] = {}
        for port in self._network.states:
            states.setdefault(port.name.rpartition(".")[0], []).append(port.name)
        layers = tuple(
            dataclasses.replace(layer, states=tuple(states.get(layer.name, ())))
            for layer in report.layers
        )
        return dataclasses.replace(report, layers=layers)

    def __reduce__(self) -> Any:
        options = {k: v for k, v in self._options.items() if k != "quantize"}
        if "quantize_out" in self._given:
            options["quantize_out"] = self._given["quantize_out"]
        words, choice = self._options.get("quantize"), None
        if words is not None and words.endswith(".json"):
            choice = FilePath(words).read_bytes()
        elif words is not None:
            options["quantize"] = words
        rest = (self._wanted, self._asked_cache, self.diagnostics, self._numbers())
        return _restored, (*self._model.parts(), options, choice, *rest)

    def _numbers(self) -> list[bytes] | None:
        """The state as bytes; None: there was no step."""
        if self._network.backend is None:
            return None
        states = range(len(self._network.states))
        return [self._network.get_state(i, allocate).tobytes() for i in states]

    def _set_numbers(self, numbers: list[bytes]) -> None:
        self._start(self._network)
        for i, (port, raw) in enumerate(zip(self._network.states, numbers)):
            if raw:  # a memoryview has no axis of length 0
                flat: Any = memoryview(raw)
                self._network.set_state(i, flat.cast(port.format, port.shape))

    def _settled(self, options: dict[str, Any], progress: Notes) -> dict[str, Any]:
        """Options that compile to the same network whenever they are used.

        A choice of integers that was made on data is kept in a file: it takes long,
        and the data may change.
        """
        if "data" not in options:
            return {k: v for k, v in options.items() if k != "quantize_out"}
        folder = _folder_of(self)
        choice = os.path.join(folder, "choice.json")
        first = {**options, "quantize_out": choice}
        with NoteLine(progress) as tell:

            def hear(d: _core.Diagnostic) -> None:
                self.diagnostics.append(d)
                tell(d.message)

            _core.build(self._model.core, first, folder, hear)
        about_integers = _INTEGERS - {"quantize"}
        rest = {k: v for k, v in options.items() if k not in about_integers}
        return {**rest, "quantize": choice}

    def _compiled(self, probes: tuple[str, ...]) -> _core.Network:
        return _core.Network(
            self._model.core,
            self._options,
            probes=probes,
            reference=self._wanted == "reference",
            cache=self._cache,
            report=self._hear,
        )

    def _with_probes(self, names: tuple[str, ...]) -> _core.Network:
        if not names:
            return self._network
        key = _order(names)
        if key not in self._probed:
            with self._collected():  # what compiling has said before
                self._probed[key] = self._compiled(key)
        return self._probed[key]

    def _start(self, network: _core.Network) -> str:
        backend = network.backend
        if backend is None:
            with self._collected() as said:
                backend = network.start()
            why = [described(d) for d in said if d.severity == "warning"]
            self._why = "; ".join(why) or self._why or "there is no C compiler"
            if backend == "reference" and self._wanted == "auto":
                warn_of_backend(self._why)
        if backend == "reference" and self._wanted == "c":
            raise RuntimeError(f"backend='c', but {self._why}")
        return backend

    def _hear(self, diagnostic: _core.Diagnostic) -> None:
        """What running reports is a warning at once, for whoever runs."""
        said = getattr(self._thread, "said", None)
        if said is None:
            announce([diagnostic])
        else:
            said.append(diagnostic)

    @contextlib.contextmanager
    def _collected(self) -> Iterator[list[_core.Diagnostic]]:
        """A list of what this thread's calls report meanwhile."""
        self._thread.said = []
        try:
            yield self._thread.said
        finally:
            self._thread.said = None

    def _inputs(self, x: Any) -> list[Any]:
        names = [port.name for port in self._network.inputs]
        if not isinstance(x, Mapping):
            if len(names) != 1:
                raise ValueError(
                    f"the network has {len(names)} Inputs, {', '.join(names)}: "
                    "give a dict of arrays by name"
                )
            return [taken(x, f"input {names[0]!r}")]
        if set(x) != set(names):
            given = ", ".join(map(str, x)) or "none"
            raise ValueError(
                f"the Inputs of the network are {', '.join(names)}; given are {given}"
            )
        return [taken(x[name], f"input {name!r}") for name in names]

    def _outputs(self, arrays: list[Any]) -> Any:
        if len(arrays) == 1:
            return arrays[0]
        return dict(zip((port.name for port in self._network.outputs), arrays))


_INTEGERS = {
    "quantize",
    "quantize_out",
    "data",
    "state",
    "granularity",
    "scales",
    "rounding",
    "target_f1",
    "max_rom",
    "max_ram",
}


def _ports(ports: tuple[_core.Port, ...]) -> tuple[Port, ...]:
    return tuple(Port(p.name, tuple(p.shape), DTYPES[p.format]) for p in ports)


def _order(names: tuple[str, ...]) -> tuple[str, ...]:
    """In which a network is compiled with probes, as they are spelled: "a.lif" is
    the node "a/lif"."""
    return tuple(sorted(set(names)))


def _probe_names(probe: str | Iterable[str]) -> tuple[str, ...]:
    names = probe
    if isinstance(probe, str):
        return (probe,)
    if isinstance(probe, Iterable):
        names = tuple(probe)
        wrong = next((name for name in names if not isinstance(name, str)), None)
        if wrong is None:
            return names
        names = wrong
    raise TypeError(
        "probe is a name, or a list of names, of nodes ('lif1') or their states "
        f"('lif1.v'), not {type_name(names)}"
    )


def _folder_of(owner: object) -> str:
    """A new folder, which goes with its owner, in the process that made it."""
    folder = tempfile.mkdtemp(prefix="snn_mlir")
    weakref.finalize(owner, _remove, folder, os.getpid())
    return folder


def _remove(folder: str, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def _restored(
    content: bytes,
    names: tuple[str, str | None],
    options: dict[str, Any],
    choice: bytes | None,
    backend: Literal["auto", "c", "reference"],
    cache: Path | Literal[False] | None,
    diagnostics: list[_core.Diagnostic],
    numbers: list[bytes] | None,
) -> Network:
    """What Network.__reduce__ took apart."""
    model = Model(content)
    model.rename(*names)
    if choice is not None:
        path = os.path.join(_folder_of(model), "choice.json")
        FilePath(path).write_bytes(choice)
        options = {**options, "quantize": path}
    net = Network(model, options, backend, cache)
    net.diagnostics[:] = diagnostics
    if numbers is not None:
        net._set_numbers(numbers)
    return net


def _cache_folder(cache: Path | Literal[False] | None) -> str | None:
    """The folder where compiled C is kept, made for this user alone."""
    if cache is False:
        return None
    if cache is not None and not isinstance(cache, (str, os.PathLike)):
        raise TypeError(
            f"cache is the path of a folder, None or False, not {cache!r}"
        )
    if cache is not None:
        os.makedirs(cache, mode=0o700, exist_ok=True)
        return os.path.abspath(os.fspath(cache))
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(home, "snn-mlir")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError:
        return None  # no home, or a read-only one
    return folder
