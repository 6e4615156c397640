# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Pictures of a network and of what it does; needs matplotlib.

Each function draws on new axes, or on those that are given, and returns them: save
with `axes.figure.savefig("picture.png")`.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ._graph import Drawing, draw
from ._html import COLOURS, group, shape_text, short
from ._results import Layer

if TYPE_CHECKING:
    from ._network import Network

try:
    import matplotlib.pyplot as plt
    import numpy as np
    from matplotlib.patches import FancyBboxPatch, PathPatch
    from matplotlib.path import Path
except ImportError as error:
    raise ImportError(
        "pictures need matplotlib: pip install snn-mlir[plot]"
    ) from error

MOST_PANELS = 8
MOST_CURVES = 5
MOST_COLUMNS = 8  # of the graph beside each other
_SPIKE = "#33415c"
_NUMBER = r"-?[\d.]+(?:e[-+]?\d+)?"
_STRIP = 0.045  # of a panel's height, for the spikes of a neuron
_COUNTS = "viridis"


class Plot:
    """net.plot: raster, voltage and network."""

    def __init__(self, net: Network) -> None:
        self._net = net

    # ---- what to draw ----------------------------------------------------------

    def raster(
        self,
        x: Any,
        nodes: str | Iterable[str] | None = None,
        *,
        sample: int = 0,
        ax: Any = None,
    ) -> list[Any]:
        """Draws when neurons spike: a panel for each node, steps against neurons.

        x: as for `Network.run`; of a batch, sample is drawn. nodes: names; None: all
        neurons that spike, at most 8. Counts beyond 1 are coloured. ax: axes, as many
        as nodes. Returns the axes.

        Raises ValueError for a node that is not there or emits real numbers, for a
        sample that is not in x, and for axes that are not as many as nodes; and as
        `Network.run` does.

        >>> axes = net.plot.raster(x, sample=3)
        >>> [a.get_title(loc="left") for a in axes]
        ['lif1: 201 spikes of 64 neurons', 'lif2: 18 spikes of 10 neurons']
        """
        asked = nodes is not None
        names = self._names(nodes, list(self._net.nodes), "nodes")
        arrays = self._run(x, names, sample)
        if not asked:
            names = [n for n in names if arrays[n].dtype.kind != "f"][:MOST_PANELS]
        for name in names:
            if arrays[name].dtype.kind == "f":
                raise ValueError(f"{name!r} emits real numbers, no spikes")
        if not names:
            raise ValueError("no neuron of the network spikes: use voltage")
        heights = [min(3.0, 0.9 + 0.02 * arrays[n][0].size) for n in names]
        axes = _axes(ax, names, heights)
        for name, panel in zip(names, axes):
            _raster(panel, name, arrays[name])
        self._label(axes, len(arrays[names[0]]))
        return axes

    def voltage(
        self,
        x: Any,
        nodes: str | Iterable[str] | None = None,
        neurons: int | Sequence[int] | None = None,
        *,
        sample: int = 0,
        ax: Any = None,
    ) -> list[Any]:
        """Draws membranes as steps leave them, thresholds and spikes.

        x, sample and ax: as for `raster`. nodes: names of neurons, "lif1" or
        "lif1.v"; None: all, at most 8. neurons: an index, or several, row-major; None:
        the 5 that spike most, or whose membranes move most where none can spike. A
        dashed line is the threshold of the node's first neuron, a band the range of
        all where they differ; ticks at the top are spikes. Returns the axes.

        Raises ValueError as `raster` does, and for a neuron that the node has not.

        >>> axes = net.plot.voltage(x, "lif1", neurons=[0, 7])
        >>> axes[0].get_title(loc="left")
        'lif1: 2 of 64 neurons'
        """
        known = [n.name for n in self._net.layers if n.neurons > 0]
        names = self._names(nodes, known, "neurons")
        names = names[: MOST_PANELS if nodes is None else None]
        if not names:
            raise ValueError("the network has no neurons")
        probes = [p for n in names for p in (n, f"{n}.v")]
        arrays = self._run(x, probes, sample)
        axes = _axes(ax, names, [2.0] * len(names))
        for name, panel in zip(names, axes):
            v = arrays[f"{name}.v"].reshape(len(arrays[name]), -1)
            y = arrays[name].reshape(len(v), -1)
            _threshold(panel, self._net.nodes[name])
            _curves(panel, name, v, y, _chosen(neurons, v, y, name))
            panel.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
        self._label(axes, len(arrays[names[0]]))
        return axes

    def network(self, ax: Any = None) -> Any:
        """Draws the graph: nodes with kind and shape, feedback dashed.

        A long one goes on below, as text does, behind 8 columns.

        Returns the axes.

        >>> axes = net.plot.network()
        >>> {"fc1", "lif1"} <= {text.get_text() for text in axes.texts}
        True
        """
        report = self._net.inspect()
        layers = {layer.name: layer for layer in report.layers}
        drawing = draw(list(layers), report.edges)
        lines = _Lines(drawing)
        if ax is None:
            size = (1.6 * lines.columns + 0.2, lines.bottom + 0.7)
            ax = plt.subplots(figsize=size, layout="constrained")[1]
        for _, way in drawing.routes:
            _arrow(ax, lines.forward(way), dashed=False)
        for edge in drawing.feedback:
            ends = drawing.places[edge.source], drawing.places[edge.target]
            _arrow(ax, lines.back(*ends), dashed=True)
        for name, place in drawing.places.items():
            _box(ax, layers[name], *lines.place(place))
        ax.set_xlim(-0.5, lines.columns - 0.5)
        ax.set_ylim(lines.bottom, -0.55)
        ax.set_axis_off()
        return ax

    # ---- running ---------------------------------------------------------------

    def _names(
        self, nodes: str | Iterable[str] | None, known: list[str], what: str
    ) -> list[str]:
        """Of nodes; a neuron may be called by its membrane, "lif1.v"."""
        if nodes is None:
            return [n.name for n in self._net.layers if n.neurons > 0]
        names = []
        for name in [nodes] if isinstance(nodes, str) else nodes:
            of_membrane = name not in known and name.endswith(".v")
            names.append(name[:-2] if of_membrane else name)
            if names[-1] not in known:
                there = ", ".join(known) or "none"
                raise ValueError(f"{name!r} is none of the {what}, which are: {there}")
        return names

    def _run(self, x: Any, probes: list[str], sample: int) -> dict[str, Any]:
        shapes = {port.name: port.shape for port in self._net.inputs}
        if isinstance(x, Mapping):
            x = {k: _sample(v, shapes.get(k, ()), sample) for k, v in x.items()}
        else:
            x = _sample(x, next(iter(shapes.values())), sample)
        _, arrays = self._net.run(x, probe=probes, progress=False)
        return {name: np.asarray(array) for name, array in arrays.items()}

    def _label(self, axes: list[Any], steps: int) -> None:
        """Steps below the last panel, and time above the first if dt is known."""
        for panel in axes:
            panel.set_xlim(-0.5, max(steps, 1) - 0.5)
            panel.xaxis.get_major_locator().set_params(integer=True)
        axes[-1].set_xlabel("step")
        dt = next((d.value for d in self._net.decisions if d.what == "dt"), None)
        if dt is not None and float(dt) != 1.0:
            unit = float(dt)
            top = axes[0].secondary_xaxis(
                "top", functions=(lambda t: t * unit, lambda t: t / unit)
            )
            text = f"time (s, where tau is in s), dt = {unit:g}"
            top.set_xlabel(text, fontsize="small")
            top.tick_params(labelsize="small")


# ---- runs ----------------------------------------------------------------------


def _sample(x: Any, shape: tuple[int, ...], sample: int) -> Any:
    array = np.asarray(x)
    if array.ndim != len(shape) + 2:
        return array
    if not -len(array) <= sample < len(array):
        raise ValueError(f"sample is {sample}, of {len(array)} samples")
    return array[sample]


def _axes(ax: Any, names: list[str], heights: list[float]) -> list[Any]:
    if ax is None:
        panels = plt.subplots(
            len(names),
            1,
            sharex=True,
            squeeze=False,
            figsize=(8, sum(heights) + 0.9),
            gridspec_kw={"height_ratios": heights},
            layout="constrained",
        )[1]
        return list(panels[:, 0])
    axes: list[Any] = list(np.ravel(ax))
    if len(axes) != len(names):
        raise ValueError(
            f"{len(axes)} axes are given for {len(names)} nodes: {', '.join(names)}"
        )
    return axes


def _plural(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _raster(panel: Any, name: str, array: Any) -> None:
    flat = array.reshape(len(array), -1)
    step, neuron = np.nonzero(flat)
    values = flat[step, neuron]
    counts = values.size > 0 and values.max() > 1
    # A mark is as high as a row of neurons, where that can be seen.
    half = max(0.42, flat.shape[1] / 350)
    marks = panel.vlines(
        step,
        neuron - half,
        neuron + half,
        linewidths=float(np.clip(180 / len(flat), 1.0, 5.0)),
        colors=None if counts else _SPIKE,
        array=values if counts else None,
        cmap=_COUNTS if counts else None,
    )
    if counts:
        panel.figure.colorbar(marks, ax=panel, label="spikes", pad=0.01)
    panel.set_ylim(flat.shape[1] - 0.5, -0.5)
    panel.yaxis.get_major_locator().set_params(integer=True)
    panel.set_ylabel("neuron")
    title = (
        f"{name}: {_plural(int(values.sum()), 'spike')} of "
        f"{_plural(flat.shape[1], 'neuron')}"
    )
    panel.set_title(title, loc="left", fontsize="medium")


def _chosen(
    neurons: int | Sequence[int] | None, v: Any, y: Any, name: str
) -> list[int]:
    """Those asked for, or the most active, in the order of their indices."""
    size = v.shape[1]
    if neurons is None:
        activity = y.sum(axis=0) if y.dtype.kind != "f" else _range(v)
        most = np.argsort(-activity.astype(float), kind="stable")[:MOST_CURVES]
        return sorted(most.tolist())
    several = [neurons] if isinstance(neurons, (int, np.integer)) else neurons
    chosen = [operator.index(n) for n in several]
    for n in chosen:
        if not 0 <= n < size:
            raise ValueError(f"neuron {n} of {name!r}, which has {size}")
    return chosen


def _range(v: Any) -> Any:
    return v.max(axis=0) - v.min(axis=0) if len(v) > 0 else np.zeros(v.shape[1])


def _curves(panel: Any, name: str, v: Any, y: Any, neurons: list[int]) -> None:
    """Membranes, and above them when each neuron spikes, in its colour."""
    spiking = y.dtype.kind != "f"
    top = 1.0
    for n in neurons:
        (line,) = panel.plot(v[:, n], linewidth=1.3, label=f"neuron {n}")
        when = np.nonzero(y[:, n])[0]
        if spiking and len(when) > 0:
            top -= _STRIP
            panel.vlines(
                when,
                top,
                top + 0.8 * _STRIP,
                colors=line.get_color(),
                linewidths=float(np.clip(180 / len(v), 1.0, 4.0)),
                transform=panel.get_xaxis_transform(),
            )
    if top < 1.0:
        panel.plot([], [], "|", markersize=7, color="0.45", label="spike")
    panel.margins(y=0.08)
    low, high = panel.get_ylim()
    panel.set_ylim(low, low + (high - low) / (top - 0.02))
    panel.set_ylabel("membrane")
    title = f"{name}: {len(neurons)} of {_plural(v.shape[1], 'neuron')}"
    panel.set_title(title, loc="left", fontsize="medium")


def _threshold(panel: Any, layer: Layer) -> None:
    """From the formula, which has the number that the network computes with."""
    formula = layer.formula or ""
    found = re.search(rf"if [vx]'* >=? ({_NUMBER})", formula)
    counts = re.search(rf"s = trunc\([vx]'*(?: / ({_NUMBER}))?\)", formula)
    if found or counts:
        level = found[1] if found else (counts[1] or 1.0) if counts else 0.0
        panel.axhline(
            float(level),
            color="0.45",
            linestyle="--",
            linewidth=1,
            label="threshold",
        )
    given = layer.parameters.get("v_threshold")
    if given is not None and not given.uniform:
        panel.axhspan(given.min, given.max, color="0.45", alpha=0.12, linewidth=0)


# ---- the graph -----------------------------------------------------------------

_WIDE, _HIGH = 0.76, 0.56  # of a box, in columns and rows


def _box(ax: Any, layer: Layer, column: float, row: float) -> None:
    colour = COLOURS[group(layer)]
    ax.add_patch(
        FancyBboxPatch(
            (column - _WIDE / 2, row - _HIGH / 2),
            _WIDE,
            _HIGH,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor=colour + "30",
            edgecolor=colour,
            linewidth=1.4,
        )
    )
    middle = {"ha": "center", "va": "center"}
    ax.text(column, row - 0.12, short(layer.name, 15), weight="bold", size=9, **middle)
    kind = short(layer.kind or layer.type or "?", 10)
    text = f"{kind} {shape_text(layer.output_shape)}"
    ax.text(column, row + 0.12, text, size=8, alpha=0.85, **middle)


class _Lines:
    """Where the places of a drawing go: on several lines if it is long.

    columns: of a line. bottom: below all lines. A line has its feedback below it.
    """

    def __init__(self, drawing: Drawing) -> None:
        count = max(1, -(-drawing.columns // MOST_COLUMNS))
        self.columns = max(1, -(-drawing.columns // count))
        self._top = drawing.top
        feedback = [0] * count
        for edge in drawing.feedback:
            ends = (drawing.places[edge.source], drawing.places[edge.target])
            feedback[max(map(self._line, ends))] += 1
        self._starts, self._depths = [], []
        self.bottom = 0.0
        for n in feedback:
            self._starts.append(self.bottom)
            self._depths.append(self.bottom + drawing.bottom - drawing.top + 0.3)
            self.bottom = self._depths[-1] + 0.16 * n + 0.15
            if count > 1:  # what goes on is drawn between lines
                self.bottom += 0.45
        self.bottom -= 0.45 if count > 1 else 0.0

    def _line(self, place: tuple[int, float]) -> int:
        return place[0] // self.columns

    def place(self, place: tuple[int, float]) -> tuple[float, float]:
        start = self._starts[self._line(place)]
        return place[0] % self.columns, start + place[1] - self._top

    def forward(self, way: list[tuple[int, float]]) -> list[tuple[float, float]]:
        """A cubic curve from column to column: a start, then three points for each."""
        x, y = self.place(way[0])
        points = [(x + _WIDE / 2, y)]
        for i, here in enumerate(way[1:], 1):
            x, y = self.place(here)
            to = (x - _WIDE / 2, y)
            if self._line(here) != self._line(way[i - 1]):
                points += self._below(points[-1], to, self._starts[self._line(here)])
            else:
                middle = (points[-1][0] + to[0]) / 2
                points += [(middle, points[-1][1]), (middle, y), to]
            if i < len(way) - 1:  # straight past the column
                points += _straight(to, (x + _WIDE / 2, y))
        return points

    def _below(
        self, source: tuple[float, float], target: tuple[float, float], start: float
    ) -> list[tuple[float, float]]:
        """From the end of a line to the beginning of the next, above its boxes."""
        right, left, between = source[0] + 0.07, target[0] - 0.07, start - 0.45
        corners = [source, (right, source[1]), (right, between), (left, between)]
        corners += [(left, target[1]), target]
        return [p for a, b in zip(corners, corners[1:]) for p in _straight(a, b)]

    def back(
        self, source: tuple[int, float], target: tuple[int, float]
    ) -> list[tuple[float, float]]:
        """Down behind the source, back below all, and up in front of the target."""
        line = max(self._line(source), self._line(target))
        self._depths[line] += 0.16
        depth = self._depths[line]
        low = 0.15  # below the middle of a box
        (x, y), (to, row) = self.place(source), self.place(target)
        down, up = x + _WIDE / 2 + 0.07, to - _WIDE / 2 - 0.07
        return [
            (x + _WIDE / 2, y + low),
            (down, y + low),
            (down, depth),
            (up, depth),
            (up, row + low),
            (to - _WIDE / 2, row + low),
        ]


def _straight(
    a: tuple[float, float], b: tuple[float, float]
) -> list[tuple[float, float]]:
    """Three points of a cubic curve that is a line."""
    return [a, b, b]


def _arrow(ax: Any, points: list[tuple[float, float]], dashed: bool) -> None:
    code = Path.LINETO if dashed else Path.CURVE4
    ax.add_patch(
        PathPatch(
            Path(points, [Path.MOVETO] + [code] * (len(points) - 1)),
            facecolor="none",
            edgecolor="0.45",
            linewidth=1.2,
            linestyle="--" if dashed else "-",
            joinstyle="round",
        )
    )
    x, y = points[-1]  # all lines end flat
    head = {"arrowstyle": "-|>", "color": "0.45", "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", xy=(x, y), xytext=(x - 0.02, y), arrowprops=head)
