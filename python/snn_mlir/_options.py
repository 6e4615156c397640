# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The options of snnc: their types, and what the extension takes of them."""

from __future__ import annotations

import copy
import os
from collections.abc import Mapping
from typing import Any, Literal, Optional, TypedDict, Union

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


def options_of(given: Mapping[str, Any], function: str) -> dict[str, Any]:
    """What was given, without defaults, as the extension takes it."""
    for name in given:
        if name not in Options.__annotations__:
            raise TypeError(
                f"{function}() got an unexpected keyword argument {name!r}"
            )
    options = {k: v for k, v in given.items() if v is not None and v is not False}
    for name in ("quantize", "quantize_out"):
        if isinstance(options.get(name), os.PathLike):
            options[name] = os.fspath(options[name])
    if "data" in options:
        options["data"] = by_name(options["data"])
    if "set" in options:
        # The network is compiled again for probes: its numbers must not change.
        options["set"] = {k: _kept(v) for k, v in options["set"].items()}
    return options


def by_name(arrays: Any) -> dict[str | None, Any]:
    """An array alone belongs to the only Input or Output: None."""
    if not isinstance(arrays, Mapping):
        arrays = {None: arrays}
    return {k: _path(v) for k, v in arrays.items()}


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
