# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Pictures of a network and of what it does; needs matplotlib.

Each function draws on new axes, or on those that are given, and returns them: save
with `axes.figure.savefig("picture.png")`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ._graph import draw
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

        >>> axes = net.plot.raster(x, sample=3)
        >>> [a.get_title(loc="left") for a in axes]
        ['lif1: 201 spikes of 64 neurons', 'lif2: 18 spikes of 10 neurons']
        """
        asked = nodes is not None
        names = self._names(nodes)
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
        neurons: Sequence[int] | None = None,
        *,
        sample: int = 0,
        ax: Any = None,
    ) -> list[Any]:
        """Draws membranes as steps leave them, thresholds and spikes.

        x, sample and ax: as for `raster`. nodes: names of neurons; None: all, at most
        8. neurons: indices, row-major; None: the first 5. A dashed line is the
        threshold of the node's first neuron, a band the range of all where they
        differ; ticks at the top are spikes. Returns the axes.

        >>> axes = net.plot.voltage(x, "lif1", neurons=[0, 7])
        >>> axes[0].get_title(loc="left")
        'lif1: 2 of 64 neurons'
        """
        names = self._names(nodes)[: MOST_PANELS if nodes is None else None]
        if not names:
            raise ValueError("the network has no neurons")
        probes = [p for n in names for p in (n, f"{n}.v")]
        arrays = self._run(x, probes, sample)
        axes = _axes(ax, names, [2.0] * len(names))
        for name, panel in zip(names, axes):
            v = arrays[f"{name}.v"].reshape(len(arrays[name]), -1)
            y = arrays[name].reshape(len(v), -1)
            _threshold(panel, self._net.nodes[name])
            _curves(panel, name, v, y, _chosen(neurons, v.shape[1], name))
            panel.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
        self._label(axes, len(arrays[names[0]]))
        return axes

    def network(self, ax: Any = None) -> Any:
        """Draws the graph: nodes with kind and shape, feedback dashed.

        Returns the axes.

        >>> axes = net.plot.network()
        >>> {"fc1", "lif1"} <= {text.get_text() for text in axes.texts}
        True
        """
        report = self._net.inspect()
        layers = {layer.name: layer for layer in report.layers}
        drawing = draw(list(layers), report.edges)
        rows = drawing.bottom - drawing.top + 1
        if ax is None:
            size = (1.6 * drawing.columns + 0.2, rows)
            ax = plt.subplots(figsize=size, layout="constrained")[1]
        depth = drawing.bottom + 0.3
        for _, way in drawing.routes:
            _arrow(ax, _forward(way), dashed=False)
        for edge in drawing.feedback:
            depth += 0.16
            ends = drawing.places[edge.source], drawing.places[edge.target]
            _arrow(ax, _back(*ends, depth), dashed=True)
        for name, place in drawing.places.items():
            _box(ax, layers[name], *place)
        ax.set_xlim(-0.5, drawing.columns - 0.5)
        ax.set_ylim(depth + 0.15, drawing.top - 0.45)
        ax.set_axis_off()
        return ax

    # ---- running ---------------------------------------------------------------

    def _names(self, nodes: str | Iterable[str] | None) -> list[str]:
        if isinstance(nodes, str):
            return [nodes]
        if nodes is not None:
            return list(nodes)
        return [n.name for n in self._net.layers if n.neurons > 0]

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
            top.set_xlabel(f"time in the unit of tau, dt = {unit:g}", fontsize="small")
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


def _chosen(neurons: Sequence[int] | None, size: int, name: str) -> list[int]:
    if neurons is None:
        return list(range(min(size, MOST_CURVES)))
    for n in neurons:
        if not 0 <= n < size:
            raise ValueError(f"neuron {n} of {name!r}, which has {size}")
    return list(neurons)


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


def _box(ax: Any, layer: Layer, column: int, row: float) -> None:
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


def _forward(way: list[tuple[int, float]]) -> list[tuple[float, float]]:
    """A cubic curve from column to column: a start, then three points for each."""
    points = [(way[0][0] + _WIDE / 2, way[0][1])]
    for i, (column, row) in enumerate(way[1:], 1):
        x, y = points[-1]
        to = column - _WIDE / 2
        middle = (x + to) / 2
        points += [(middle, y), (middle, row), (to, row)]
        if i < len(way) - 1:  # straight past the column
            points += [(to, row), (column + _WIDE / 2, row), (column + _WIDE / 2, row)]
    return points


def _back(
    source: tuple[int, float], target: tuple[int, float], depth: float
) -> list[tuple[float, float]]:
    """Down behind the source, back below all, and up in front of the target."""
    low = 0.15  # below the middle of a box
    beside = _WIDE / 2 + 0.07
    down, up = source[0] + beside, target[0] - beside
    return [
        (source[0] + _WIDE / 2, source[1] + low),
        (down, source[1] + low),
        (down, depth),
        (up, depth),
        (up, target[1] + low),
        (target[0] - _WIDE / 2, target[1] + low),
    ]


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
