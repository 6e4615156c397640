# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Where the nodes of a network stand in a drawing: columns from left to right.

A node stands behind all that feed it in the same step. Edges that pass columns get a
place in each, so that they go between nodes; within a column places are sorted by
those of their neighbours. Feedback does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ._results import Edge

_SWEEPS = 6


@dataclass(frozen=True)
class Drawing:
    """places: (column, row) of each node; rows are centred around 0.

    routes: of each edge that is not feedback, the places that it passes, ends
    included.
    """

    places: dict[str, tuple[int, float]]
    routes: list[tuple[Edge, list[tuple[int, float]]]]
    feedback: list[Edge]
    columns: int
    top: float
    bottom: float


def _columns(names: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The longest way to each node; what stands on a circle is taken as it comes."""
    waiting = {name: 0 for name in names}
    targets: dict[str, list[str]] = {name: [] for name in names}
    for edge in edges:
        waiting[edge.target] += 1
        targets[edge.source].append(edge.target)
    column = {name: 0 for name in names}
    left = dict.fromkeys(names)
    while left:
        ready = [name for name in left if waiting[name] == 0] or [next(iter(left))]
        for name in ready:
            del left[name]
            for target in targets[name]:
                waiting[target] -= 1
                if target in left:
                    column[target] = max(column[target], column[name] + 1)
    return column


def _sorted(
    columns: list[list[str]], before: dict[str, list[str]], after: dict[str, list[str]]
) -> None:
    """Sorts each column by the middle of the neighbours, to and fro."""
    for sweep in range(_SWEEPS):
        neighbours = before if sweep % 2 == 0 else after
        order = columns if sweep % 2 == 0 else columns[::-1]
        rows = {n: r for column in columns for n, r in _centred(column).items()}
        for column in order:
            middle = {}
            for name in column:
                near = [rows[n] for n in neighbours[name]]
                middle[name] = sum(near) / len(near) if near else rows[name]
            column.sort(key=middle.__getitem__)
            rows.update(_centred(column))


def _centred(column: list[str]) -> dict[str, float]:
    return {name: i - (len(column) - 1) / 2 for i, name in enumerate(column)}


def draw(names: Sequence[str], edges: Sequence[Edge]) -> Drawing:
    """Edges that name other nodes are left out."""
    known = set(names)
    edges = [e for e in edges if e.source in known and e.target in known]
    forward = [e for e in edges if not e.feedback and e.source != e.target]
    feedback = [e for e in edges if e.feedback or e.source == e.target]
    column_of = _columns(names, forward)
    count = max(column_of.values(), default=-1) + 1
    columns: list[list[str]] = [[] for _ in range(count)]
    for name in names:
        columns[column_of[name]].append(name)
    before: dict[str, list[str]] = {name: [] for name in names}
    after: dict[str, list[str]] = {name: [] for name in names}
    routes = []
    for i, edge in enumerate(forward):
        first, last = column_of[edge.source], column_of[edge.target]
        way = [edge.source]
        for column in range(first + 1, last):
            # No node has a name like this: names have no NUL.
            way.append(f"\0{i}\0{column}")
            columns[column].append(way[-1])
            before[way[-1]], after[way[-1]] = [], []
        way.append(edge.target)
        for a, b in zip(way, way[1:]):
            after[a].append(b)
            before[b].append(a)
        routes.append((edge, way))
    _sorted(columns, before, after)
    places = {
        name: (i, row)
        for i, column in enumerate(columns)
        for name, row in _centred(column).items()
    }
    rows = [row for _, row in places.values()] or [0.0]
    return Drawing(
        places={name: places[name] for name in names},
        routes=[(edge, [places[n] for n in way]) for edge, way in routes],
        feedback=feedback,
        columns=count,
        top=min(rows),
        bottom=max(rows),
    )
