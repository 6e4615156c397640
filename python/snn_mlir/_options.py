# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The options of snnc: their types, and what the extension takes of them."""

from __future__ import annotations

import copy
import difflib
import os
from collections.abc import Iterable, Mapping
from typing import Any, Literal, Optional, TypedDict, Union

from ._arrays import taken

Semantics = Literal[
    "auto",
    "nir",
    "nir-exact",
    "nir-reference",
    "snntorch",
    "snntorch-subtract",
    "norse",
    "norse-lifcell",
    "sinabs",
    "rockpool",
    "spyx",
    "spyx-1.0",
    "spikingjelly",
    "lava",
    "lava-fixed",
    "lava-dl",
    "nengo",
]
Path = Union[str, "os.PathLike[str]"]


class Options(TypedDict, total=False):
    """What `check`, `inspect` and `verify` take; `compile` says what it means."""

    dt: Optional[Union[float, str]]
    semantics: Semantics
    reset: Optional[Literal["zero", "value", "subtract"]]
    reset_delay: bool
    feedback: Optional[Literal["answer", "zero", "no-bias"]]
    strict_nir: bool
    set: Optional[Mapping[str, Any]]
    type: Literal["f32", "f64"]
    input_kind: Literal["real", "spikes"]
    input_events: bool
    fold: Literal["exact", "all", "none"]
    dense: bool
    weights: Literal["auto", "inline", "file"]
    name: Optional[str]
    quantize: Optional[Path]
    data: Any
    state: Optional[Literal[16, 32]]
    granularity: Optional[Literal["channel", "tensor"]]
    scales: Optional[Literal["free", "power-of-two"]]
    rounding: Optional[Literal["nearest", "data"]]
    borders: Optional[Literal["codes", "float"]]
    target_f1: Optional[float]
    max_rom: Optional[int]
    max_ram: Optional[int]
    quantize_out: Optional[Path]


def options_of(
    given: Mapping[str, Any], function: str, others: Iterable[str] = ()
) -> dict[str, Any]:
    """What was given, without defaults, as the extension takes it.

    others: keywords that the function has beside these.
    """
    for name in given:
        if name not in Options.__annotations__:
            raise TypeError(
                f"{function}() got an unexpected keyword argument {name!r}"
                + nearest(name, [*Options.__annotations__, *others])
            )
    options = {k: v for k, v in given.items() if v is not None and v is not False}
    for name in ("quantize", "quantize_out"):
        if isinstance(options.get(name), os.PathLike):
            options[name] = os.fspath(options[name])
    if "data" in options:
        options["data"] = by_name(options["data"], "data")
    if "set" in options:
        if not isinstance(options["set"], Mapping):
            raise TypeError(
                'set is a dict, {"NODE.PARAM": a number, word, array or path}, '
                f"not {type_name(options['set'])}"
            )
        # The network is compiled again for probes: its numbers must not change.
        options["set"] = {
            k: _kept(taken(v, f"set {k!r}"))
            for k, v in options["set"].items()
        }
    return options


def nearest(name: str, known: Iterable[str]) -> str:
    """": did you mean 'semantics'?", or nothing."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f": did you mean {near[0]!r}?" if near else ""


def type_name(thing: object) -> str:
    kind = type(thing)
    module = "" if kind.__module__ == "builtins" else kind.__module__ + "."
    return module + kind.__qualname__


def by_name(arrays: Any, what: str) -> dict[str | None, Any]:
    """An array alone belongs to the only Input or Output: None."""
    if not isinstance(arrays, Mapping):
        arrays = {None: arrays}
    named = {k: what if k is None else f"{what} {k!r}" for k in arrays}
    return {k: taken(_path(v), named[k]) for k, v in arrays.items()}


def _path(value: Any) -> Any:
    return os.fspath(value) if isinstance(value, os.PathLike) else value


def _kept(value: Any) -> Any:
    value = _path(value)
    if isinstance(value, (str, int, float)):
        return value
    try:
        return copy.deepcopy(value)
    except TypeError:  # a memoryview, for example
        return value
