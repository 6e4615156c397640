# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A network in a notebook: its graph, its nodes, what was decided.

Colours are the text's own, and some that are readable on light and dark.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from ._graph import Drawing, draw
from ._results import Edge, Inspection, Layer

if TYPE_CHECKING:
    from ._network import Network

COLOURS = {
    "neuron": "#d9822b",
    "weight": "#4c8dd6",
    "end": "#3fa66b",
    "other": "#8a8f98",
}

_HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 38, 36, 16, 6
_LOW, _TURN = 11, 12  # of feedback: below the middle of a box; beside the box


def escape(text: str) -> str:
    """Names may hold anything; XML has no control characters."""
    return html.escape("".join(c if c.isprintable() else "\ufffd" for c in text))


def group(layer: Layer) -> str:
    """Which colour a node has."""
    if layer.kind in ("Input", "Output"):
        return "end"
    if layer.neurons > 0 or layer.kind == "Threshold":
        return "neuron"
    return "weight" if "weight" in layer.parameters else "other"


def shape_text(shape: tuple[int, ...] | None) -> str:
    return "?" if shape is None else "×".join(map(str, shape)) or "1"


def short(text: str, most: int = 22) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def bytes_text(count: int) -> str:
    """With a unit in which it is short."""
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB"):
        if size >= 10000:
            size, unit = size / 1000, larger
    return f"{count:,} {unit}" if unit == "B" else f"{size:,.0f} {unit}"


# ---- graph ---------------------------------------------------------------------


class _Svg:
    """The drawing in pixels."""

    def __init__(self, drawing: Drawing, layers: dict[str, Layer]) -> None:
        self.drawing = drawing
        self.layers = layers
        self.parts: list[str] = []
        widths = [60.0] * drawing.columns
        for name, (column, _) in drawing.places.items():
            longest = max(len(short(name)), len(self._below(layers[name])) * 0.86)
            widths[column] = max(widths[column], 20 + 7.0 * longest)
        beside = 2 * _TURN if drawing.feedback else 0
        self.left = [float(_MARGIN + beside)]
        for width in widths:
            self.left.append(self.left[-1] + width + _GAP_X)
        self.widths = widths

    def _below(self, layer: Layer) -> str:
        kind = layer.kind or layer.type or "?"
        return f"{short(kind, 12)} {shape_text(layer.output_shape)}"

    def y(self, row: float) -> float:
        """The middle of a row."""
        step = _HEIGHT + _GAP_Y
        return _MARGIN + (row - self.drawing.top) * step + _HEIGHT / 2

    def _box(self, name: str) -> None:
        layer = self.layers[name]
        column, row = self.drawing.places[name]
        x, y, width = self.left[column], self.y(row), self.widths[column]
        colour = COLOURS[group(layer)]
        title = name if not layer.formula else f"{name}: {layer.formula}"
        text = f'text-anchor="middle" x="{x + width / 2:.1f}" fill="currentColor"'
        self.parts.append(
            f'<g class="node"><title>{escape(title)}</title>'
            f'<rect x="{x:.1f}" y="{y - _HEIGHT / 2:.1f}" width="{width:.1f}" '
            f'height="{_HEIGHT}" rx="5" fill="{colour}" fill-opacity="0.18" '
            f'stroke="{colour}" stroke-width="1.5"/>'
            f'<text {text} y="{y - 3:.1f}" font-size="12" font-weight="600">'
            f"{escape(short(name))}</text>"
            f'<text {text} y="{y + 12:.1f}" font-size="10.5" opacity="0.8">'
            f"{escape(self._below(layer))}</text></g>"
        )

    def _arrow(self, path: str, tip: tuple[float, float], kind: str) -> None:
        x, y = tip
        dashed = ' stroke-dasharray="5 3"' if kind == "feedback" else ""
        head = f"{x:.1f} {y:.1f} {x - 7:.1f} {y - 4:.1f} {x - 7:.1f} {y + 4:.1f}"
        self.parts.append(
            f'<g class="{kind}"><path d="{path}" fill="none" stroke="currentColor" '
            f'stroke-opacity="0.65" stroke-width="1.2"{dashed}/>'
            f'<polygon points="{head}" fill="currentColor" fill-opacity="0.65"/></g>'
        )

    def _edge(self, way: list[tuple[int, float]]) -> None:
        column, row = way[0]
        x, y = self.left[column] + self.widths[column], self.y(row)
        path = f"M{x:.1f} {y:.1f}"
        for i, (column, row) in enumerate(way[1:], 1):
            to_x, to_y, last = self.left[column], self.y(row), i == len(way) - 1
            end = to_x - 6 if last else to_x
            middle = (x + to_x) / 2
            path += (
                f" C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {end:.1f} {to_y:.1f}"
            )
            x, y = end, to_y
            if not last:  # past the column
                x = to_x + self.widths[column]
                path += f" H{x:.1f}"
        self._arrow(path, (self.left[way[-1][0]], y), "edge")

    def _feedback(self, edge: Edge, lane: float) -> None:
        """Down behind the source, back below all, and up in front of the target."""
        column, row = self.drawing.places[edge.source]
        x, y = self.left[column] + self.widths[column], self.y(row) + _LOW
        column, row = self.drawing.places[edge.target]
        to_x, to_y = self.left[column], self.y(row) + _LOW
        down, up = x + _TURN, to_x - _TURN - 3
        self._arrow(
            f"M{x:.1f} {y:.1f} Q{down:.1f} {y:.1f} {down:.1f} {y + 8:.1f} "
            f"V{lane - 8:.1f} Q{down:.1f} {lane:.1f} {down - 8:.1f} {lane:.1f} "
            f"H{up + 8:.1f} Q{up:.1f} {lane:.1f} {up:.1f} {lane - 8:.1f} "
            f"V{to_y + 8:.1f} Q{up:.1f} {to_y:.1f} {to_x - 6:.1f} {to_y:.1f}",
            (to_x, to_y),
            "feedback",
        )

    def text(self) -> str:
        lane = self.y(self.drawing.bottom) + _HEIGHT / 2 + 4
        for _, way in self.drawing.routes:
            self._edge(way)
        for edge in self.drawing.feedback:
            lane += 12
            self._feedback(edge, lane)
        for name in self.drawing.places:
            self._box(name)
        width, height = self.left[-1] - _GAP_X + self.left[0], lane + _MARGIN
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.0f} {height:.0f}" '
            'font-family="system-ui, sans-serif">'
            f"<title>graph of the network</title>{''.join(self.parts)}</svg>"
        )


def graph_svg(report: Inspection) -> str:
    layers = {layer.name: layer for layer in report.layers}
    return _Svg(draw(list(layers), report.edges), layers).text()


# ---- table ---------------------------------------------------------------------

_HEAD = ("node", "kind", "shape", "parameters", "neurons", "synapses", "RAM", "ROM")
_STYLE = (
    ".snn-mlir table{border-collapse:collapse;font-size:0.9em}"
    ".snn-mlir th,.snn-mlir td{padding:2px 9px;text-align:left;vertical-align:top}"
    ".snn-mlir .n{text-align:right;font-variant-numeric:tabular-nums}"
    ".snn-mlir thead th,.snn-mlir tfoot td{border-color:currentColor}"
    ".snn-mlir thead th{border-bottom:1px solid}"
    ".snn-mlir tfoot td{border-top:1px solid;font-weight:600}"
    ".snn-mlir .graph{overflow-x:auto;margin:6px 0}"
    ".snn-mlir .u{opacity:0.75}"
)


def _shapes(layer: Layer) -> str:
    before, after = layer.input_shape, layer.output_shape
    if before == after:
        return shape_text(after)
    return f"{shape_text(before)} → {shape_text(after)}"


def _count(count: int | None) -> str:
    return "?" if count is None else f"{count:,}" if count else ""


def _bytes(count: int | None) -> str:
    return "?" if count is None else bytes_text(count) if count else ""


def _row(cells: list[str], cell: str = "td") -> str:
    row = []
    for i, text in enumerate(cells):
        number = ' class="n"' if i >= 4 else ""
        row.append(f"<{cell}{number}>{text}</{cell}>")
    return f"<tr>{''.join(row)}</tr>"


def _layer_row(layer: Layer) -> str:
    ends = ("Input", "Output")  # their parameter is their shape
    parameters = ", ".join(
        str(p) for p in layer.parameters.values() if layer.kind not in ends
    )
    cell = escape(parameters)
    if layer.formula:
        cell += f'<div class="u">{escape(layer.formula)}</div>'
    return _row(
        [
            escape(layer.name),
            escape(layer.kind or layer.type or "?"),
            _shapes(layer),
            cell,
            _count(layer.neurons),
            _count(layer.synapses),
            _bytes(layer.state_bytes),
            _bytes(layer.rom_bytes),
        ]
    )


def _totals_row(report: Inspection) -> str:
    more = "" if report.totals.exact else "≥ "
    return _row(
        [
            "total",
            "",
            "",
            "",
            _count(sum(layer.neurons for layer in report.layers)),
            _count(sum(layer.synapses for layer in report.layers)),
            more + bytes_text(report.totals.ram_bytes),
            more + bytes_text(report.totals.rom_bytes),
        ]
    )


def network_html(net: Network) -> str:
    report = net.inspect()
    decided = "".join(
        f"<li><b>{escape(d.what)}</b>: {escape(d.value or 'open')}"
        f'{" (recognized)" if d.guessed else ""}'
        f'<span class="u"> – {escape(d.evidence or "")}</span></li>'
        for d in report.decisions
    )
    rows = "".join(map(_layer_row, report.layers))
    return (
        f'<div class="snn-mlir"><style>{_STYLE}</style>'
        f"<b>{escape(net.name)}</b>"
        f'<div class="graph">{graph_svg(report)}</div>'
        f"<table><thead>{_row(list(_HEAD), 'th')}</thead><tbody>{rows}</tbody>"
        f"<tfoot>{_totals_row(report)}</tfoot></table>"
        f"<ul>{decided}</ul></div>"
    )
