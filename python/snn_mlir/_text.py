# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A comparison as text: the table that snnc verify prints, from its JSON.

The numbers of a comparison cannot be had again without running it again.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._results import Cause, Divergence, Measure, Value, Verification

_HEAD = (
    "node",
    "kind",
    "cells",
    "differ",
    "expected",
    "got",
    "precision",
    "recall",
    "F1",
    "rate error",
    "dead",
    "largest error",
)


def _share(share: float | None) -> str:
    return "inf" if share is None else f"{share:.4g}"


def _row(m: Measure) -> list[str]:
    row = [m.node, m.kind, str(m.cells), str(m.differ)]
    if m.kind == "real":
        return row + [""] * 7 + [_share(m.largest_error)]
    row += [str(m.spikes_expected), str(m.spikes_got)]
    row += [_share(x) for x in (m.precision, m.recall, m.f1, m.rate_error)]
    dead = ""
    if m.dead_got or m.dead_expected:
        same = m.dead_got == m.dead_expected
        dead = f"{m.dead_got}" if same else f"{m.dead_got}, not {m.dead_expected}"
    return [*row, dead, ""]


def _table(measures: tuple[Measure, ...]) -> list[str]:
    """A column that is empty below its head is left out; text is on the left."""
    rows = [_row(m) for m in measures]
    columns = []
    for i, head in enumerate(_HEAD):
        cells = [row[i] for row in rows]
        if any(cells):
            width = max(map(len, [head, *cells]))
            left = i < 2
            columns.append(
                [c.ljust(width) if left else c.rjust(width) for c in [head, *cells]]
            )
    return ["  ".join(line).rstrip() for line in zip(*columns)]


def _number(x: Value) -> str:
    if x is None:
        return "?"
    whole = isinstance(x, float) and math.isfinite(x) and x == int(x)
    if whole and abs(float(x)) < 1e15:
        return str(int(x))
    return str(x).replace("e-0", "e-")


def _recorded(x: float | None) -> str:
    """A number of an array with the digits that float32 needs, if it is one."""
    if x is None or not math.isfinite(x):
        return _number(x)
    try:
        single = struct.unpack("f", struct.pack("f", x))[0] == x
    except OverflowError:
        single = False
    digits = (f"{x:.{n}g}" for n in range(1, 9))
    fits = (d for d in digits if struct.pack("f", float(d)) == struct.pack("f", x))
    return _number(float(next(fits, x))) if single else _number(x)


def _terms(terms: Mapping[str, Value]) -> str:
    return ", ".join(f"{name} {_number(value)}" for name, value in terms.items())


def _cause(c: Cause) -> str:
    parameters = f" ({_terms(c.parameters)})" if c.parameters else ""
    operands = _terms(c.operands)
    if c.left_out > 0:
        operands += f", and {c.left_out} smaller products"
    arrow = " -> " if c.operands else ""
    return f"  {c.node} {c.operation}{parameters}: {operands}{arrow}{_terms(c.results)}"


def _first(d: Divergence, batched: bool) -> list[str]:
    sample = f" of sample {d.sample}" if batched else ""
    neuron = str(d.neuron) if len(d.neuron) > 1 else "".join(map(str, d.neuron))
    lines = [
        f"first divergence: step {d.step}{sample}, node {d.node}, neuron {neuron}: "
        f"expected {_recorded(d.expected)}, got {_recorded(d.got)}"
    ]
    if d.formula:
        lines.append(f"  {d.formula}")
    return lines + [_cause(c) for c in d.causes]


def _is_batch(v: Verification, d: Divergence) -> bool:
    """Arrays have an axis of samples, be it of length 1, and one of steps."""
    shapes = [m.shape for m in v.measures if m.node == d.node]
    return len(shapes[0]) - len(d.neuron) == 2


def measures_text(v: Verification) -> str:
    lines = _table(v.measures)
    if v.saturations is not None:
        cut = ", ".join(f"{node} {n}" for node, n in v.saturations.items())
        lines.append(f"saturations: {cut or 'none'}")
    if v.first is not None:
        lines += _first(v.first, _is_batch(v, v.first))
    within = "differs, within the tolerance" if v.ok else "differs"
    lines.append("equal" if v.equal else within)
    return "\n".join(lines)
