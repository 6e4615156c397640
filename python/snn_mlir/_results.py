# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the compiler tells, as dataclasses: the JSON of snnc, member by member.

docs/guide.md says what each number counts. None stands for what is not known.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Union

from . import _core
from ._core import Diagnostic
from ._text import measures_text

Value = Union[int, float, str, None]

_NEURONS = ("I", "IF", "LI", "LIF", "CubaLI", "CubaLIF")


@dataclass(frozen=True)
class Port:
    """What goes in or comes out in a step.

    dtype is that of the arrays: "uint8" for spikes (0 or 1), "int32" for counts,
    "float32" or "float64" for real numbers.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str


@dataclass(frozen=True)
class Parameter:
    """An array of a node, as the file has it.

    type: "f32", "f64" or "i64". values: of integers only. uniform: all are equal.
    """

    name: str
    type: str
    shape: tuple[int, ...]
    min: int | float | None
    max: int | float | None
    uniform: bool
    values: tuple[int, ...] | None

    def __str__(self) -> str:
        if self.values is not None:
            return " ".join([self.name, *map(str, self.values)])
        if self.uniform or self.min is None or self.max is None:
            value = "?" if self.min is None else f"{self.min:.6g}"
            return f"{self.name} {value}"
        return f"{self.name} {self.min:.4g} to {self.max:.4g}"


@dataclass(frozen=True)
class Layer:
    """A node of the network, and what it costs in a step.

    macs: multiplications if nothing is skipped. adds: of pools. fan_out_mean and
    fan_out_max: the weights that one spike meets. state_bytes: what a neuron or
    delay keeps. rom_bytes: its constants. formula: of a neuron, the update that
    runs. type: the word in the file, where kind is None: it is unknown. top: not
    inside another graph. broken: has errors. states: what it keeps behind a step, of
    a compiled network: names for probe= and `State`, as "lif1.v".
    """

    name: str
    kind: str | None
    type: str | None
    top: bool
    broken: bool
    input_shape: tuple[int, ...] | None
    output_shape: tuple[int, ...] | None
    macs: int | None
    adds: int | None
    fan_out_mean: float | None
    fan_out_max: int | None
    state_bytes: int | None
    rom_bytes: int | None
    formula: str | None
    parameters: Mapping[str, Parameter]
    padding: Literal["same", "valid"] | None
    states: tuple[str, ...] | None = None

    @property
    def neurons(self) -> int:
        """How many neurons the node has: 0 for what is none."""
        known = self.kind in _NEURONS and self.output_shape is not None
        return math.prod(self.output_shape or ()) if known else 0

    @property
    def synapses(self) -> int:
        """How many connections its weights make, as macs counts them."""
        return (self.macs or 0) if "weight" in self.parameters else 0


@dataclass(frozen=True)
class Edge:
    """From node to node; feedback: it carries the value of the step before."""

    source: str
    target: str
    feedback: bool


@dataclass(frozen=True)
class Totals:
    """Of a whole network; exact: the bytes are what the C takes."""

    macs: int
    adds: int
    ram_bytes: int
    rom_bytes: int
    exact: bool


@dataclass(frozen=True)
class Need:
    """An option that building needs, and why."""

    option: str
    why: str


@dataclass(frozen=True)
class Candidate:
    """What a file may mean: the options that say it, and what they do.

    formula is what the neuron `node` then computes.
    """

    options: str
    meaning: str
    node: str | None
    formula: str | None


@dataclass(frozen=True)
class Decision:
    """What was decided that the file does not say: "semantics" or "dt".

    value, as text: the word of `semantics`, or a positive number, in the file's unit
    of tau. None where it is open; then candidates says what it could be. evidence:
    why. guessed: it was read from marks of the framework that wrote the file.
    """

    what: str
    value: str | None
    evidence: str | None
    guessed: bool
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Check:
    """All problems of a model; str() is what `snnc check` prints, with
    options as they are written in Python.

    ok: there is no error. compiles: None where an option is missing, see needs.
    """

    file: str
    ok: bool
    compiles: bool | None
    errors: int
    warnings: int
    problems: tuple[Diagnostic, ...]
    needs: tuple[Need, ...]
    decisions: tuple[Decision, ...]
    _text: Callable[[], str] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return self._text()


@dataclass(frozen=True)
class Inspection:
    """What is in a model, be there errors or not; str() is what `snnc inspect`
    prints, with options as they are written in Python.

    partial: reading found errors. version: of the nir package that wrote it.
    """

    file: str
    version: str | None
    partial: bool
    layers: tuple[Layer, ...]
    edges: tuple[Edge, ...]
    totals: Totals
    problems: tuple[Diagnostic, ...]
    decisions: tuple[Decision, ...]
    _text: Callable[[], str] = field(repr=False, compare=False)

    def __str__(self) -> str:
        return self._text()


@dataclass(frozen=True)
class Measure:
    """How far a node is from what was expected.

    Of kind "spikes" and "counts" largest_error is None, of "real" all behind it.
    rate_error is None where spikes come and none was expected.
    """

    node: str
    kind: str
    file: str | None
    shape: tuple[int, ...]
    cells: int
    differ: int
    passed: bool
    largest_error: float | None = None
    spikes_expected: int | None = None
    spikes_got: int | None = None
    dead_expected: int | None = None
    dead_got: int | None = None
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    rate_error: float | None = None


@dataclass(frozen=True)
class Cause:
    """An operation of the node that differs first, with the numbers that it had."""

    node: str
    operation: str
    parameters: Mapping[str, Value]
    operands: Mapping[str, Value]
    left_out: int
    results: Mapping[str, Value]


@dataclass(frozen=True)
class Divergence:
    """The first number that differs, and how it was computed."""

    sample: int
    step: int
    node: str
    neuron: tuple[int, ...]
    expected: float | None
    got: float | None
    formula: str | None
    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Verification:
    """A comparison; str() is the table that `snnc verify` prints.

    ok: everything is equal, or within the tolerance. equal: to the bit.
    saturations: of a quantized network, how often a node cut a code to its type.
    """

    ok: bool
    file: str
    engine: str
    equal: bool
    samples: int
    steps: int
    atol: float
    rtol: float
    min_f1: float | None
    measures: tuple[Measure, ...]
    saturations: Mapping[str, int] | None
    first: Divergence | None

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return measures_text(self)


# ---- from JSON -----------------------------------------------------------------


def _tuple(values: Sequence[Any] | None) -> tuple[Any, ...] | None:
    return None if values is None else tuple(values)


def _problems(root: dict[str, Any]) -> tuple[Diagnostic, ...]:
    return tuple(
        Diagnostic(
            root["file"],
            p["node"],
            p["severity"],
            _core.spelled(p["text"]),
            None if p["help"] is None else _core.spelled(p["help"]),
        )
        for p in root["problems"]
    )


def _decisions(root: dict[str, Any]) -> tuple[Decision, ...]:
    return tuple(
        Decision(
            d["what"],
            d["value"],
            d["evidence"],
            d["guessed"],
            tuple(
                Candidate(**{**c, "options": _core.spelled(c["options"])})
                for c in d["candidates"]
            ),
        )
        for d in root["decisions"]
    )


def _parameter(name: str, p: dict[str, Any]) -> Parameter:
    return Parameter(
        name,
        p["type"],
        tuple(p["shape"]),
        p.get("min"),
        p.get("max"),
        p.get("uniform", True),
        _tuple(p.get("values")),
    )


def _layer(n: dict[str, Any]) -> Layer:
    parameters = {k: _parameter(k, v) for k, v in n["parameters"].items()}
    fan_out = n["fan_out"] or {"mean": None, "max": None}
    return Layer(
        name=n["name"],
        kind=n["kind"],
        type=n["type"],
        top=n["top"],
        broken=n["broken"],
        input_shape=_tuple(n["input_shape"]),
        output_shape=_tuple(n["output_shape"]),
        macs=n["macs"],
        adds=n["adds"],
        fan_out_mean=fan_out["mean"],
        fan_out_max=fan_out["max"],
        state_bytes=n["state_bytes"],
        rom_bytes=n["rom_bytes"],
        formula=n["update"],
        parameters=MappingProxyType(parameters),
        padding=n.get("padding"),
    )


def check_of(ok: bool, text: str, show: Callable[[], str]) -> Check:
    """show gives the text for people."""
    root = json.loads(text)
    return Check(
        file=root["file"],
        ok=ok,
        compiles=root["compiles"],
        errors=root["errors"],
        warnings=root["warnings"],
        problems=_problems(root),
        needs=tuple(
            Need(_core.spelled(n["option"]), _core.spelled(n["why"]))
            for n in root["needs"]
        ),
        decisions=_decisions(root),
        _text=show,
    )


def inspection_of(text: str, show: Callable[[], str]) -> Inspection:
    root = json.loads(text)
    return Inspection(
        file=root["file"],
        version=root["version"],
        partial=root["partial"],
        layers=tuple(_layer(n) for n in root["nodes"]),
        edges=tuple(Edge(**e) for e in root["edges"]),
        totals=Totals(**root["totals"]),
        problems=_problems(root),
        decisions=_decisions(root),
        _text=show,
    )


def _terms(terms: list[dict[str, Any]]) -> Mapping[str, Value]:
    return MappingProxyType({t["name"]: t["value"] for t in terms})


def _divergence(first: dict[str, Any]) -> Divergence:
    causes = tuple(
        Cause(
            c["node"],
            c["operation"],
            _terms(c["parameters"]),
            _terms(c["operands"]),
            c["left_out"],
            _terms(c["results"]),
        )
        for c in first.pop("causes")
    )
    first["neuron"] = tuple(first["neuron"])
    return Divergence(**first, causes=causes)


def verification_of(ok: bool, text: str) -> Verification:
    root = json.loads(text)
    measures = [{**n, "shape": tuple(n["shape"])} for n in root.pop("nodes")]
    first = root.pop("first")
    saturations = root.pop("saturations")
    del root["passed"]
    return Verification(
        ok=ok,
        measures=tuple(Measure(**m) for m in measures),
        saturations=None if saturations is None else MappingProxyType(saturations),
        first=None if first is None else _divergence(first),
        **root,
    )
