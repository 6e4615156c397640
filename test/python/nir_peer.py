# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random networks as nir.NIRGraphs, and what nir and the compiler say of them, in
one form: for test_nir.py.
"""

import graphlib
import json
import re
from typing import NamedTuple

import nir
import numpy as np
from roads import unescaped

PLAIN = ("type", "metadata")  # what is no parameter
INTEGERS = (
    "shape start_dim end_dim input_type input_shape stride padding dilation groups "
    "kernel_size"
).split()
NEURONS = ("I", "IF", "LI", "LIF", "CubaLI", "CubaLIF")

# ---- graphs in memory ----------------------------------------------------------


def as_graph(nodes, edges, shapes, full, prefix=""):
    """nir's own objects; shapes: of what enters each node, by its path; full:
    parameters of neurons get the shape of their node."""
    made = {}
    for name, node in nodes.items():
        path = prefix + name
        if "graph" in node:
            made[name] = as_graph(*node["graph"], shapes, full, path + "/")
        else:
            made[name] = as_node(node, shapes[path], full)
    return nir.NIRGraph(nodes=made, edges=list(edges), type_check=False)


def as_node(node, shape, full):
    """What nir insists on is added: parameters of one shape, stated shapes."""
    given = {k: v for k, v in node.items() if k != "type"}
    kind = node["type"]
    if kind in ("Input", "Output"):
        return getattr(nir, kind)(np.asarray(given["shape"]))
    if kind == "Flatten":
        given["input_type"] = {"input": np.array(shape)}
    if kind == "Conv1d":
        given["input_shape"] = int(shape[1])
    if kind == "Conv2d":
        given["input_shape"] = np.array(shape[1:])
    if kind in NEURONS or (full and kind in ("Scale", "Threshold", "Delay")):
        shapes = [np.shape(v) for v in given.values()]
        shape = np.broadcast_shapes(*shapes, *([shape] if full else []))
        given = {k: np.broadcast_to(v, shape).copy() for k, v in given.items()}
    return getattr(nir, kind)(**given)


# ---- what nir says -------------------------------------------------------------


class Flat(NamedTuple):
    """A network without graphs inside: nodes by path, and edges of these."""

    nodes: dict  # path: (type, {parameter: array or text})
    edges: set


def flat_of(graph):
    """Flat of what NIRGraph.to_dict gives."""
    flat = Flat({}, set())
    add_graph(flat, graph, "")
    return flat


def add_graph(flat, graph, prefix):
    nodes = graph["nodes"]
    for name, node in nodes.items():
        if node["type"] == "NIRGraph":
            add_graph(flat, node, f"{prefix}{name}/")
            continue
        params = {k: v for k, v in node.items() if k not in PLAIN and v is not None}
        flat.nodes[prefix + name] = node["type"], params
    for source, target in graph["edges"]:
        for a in ends(nodes, source, "Output"):
            flat.edges.update((prefix + a, prefix + b) for b in ends(nodes, target))


def ends(nodes, word, kind="Input"):
    """The paths that a word of an edge means: those of the ports of a graph."""
    name, port = word, None
    if name not in nodes:
        name = max((n for n in nodes if word.startswith(n + ".")), key=len)
        port = word[len(name) + 1 :]
    if nodes[name]["type"] != "NIRGraph":
        return [name]
    inside = nodes[name]["nodes"]
    ports = [n for n, node in inside.items() if node["type"] == kind]
    return [f"{name}/{p}" for p in ports if port in (None, p)]


# ---- what the compiler says ----------------------------------------------------


def difference(flat, report, given=None):
    """What inspect says that nir does not, or an empty text. given: parameters
    of each node that the file has; None: all of them."""
    layers = {layer.name: layer for layer in report.layers}
    if layers.keys() != flat.nodes.keys():
        return f"nodes {sorted(layers.keys() ^ flat.nodes.keys())}"
    if {(e.source, e.target) for e in report.edges} != flat.edges:
        return "edges"
    before = {name: set() for name in layers}
    for edge in report.edges:
        # what a delay emits is of an earlier step, too
        if not edge.feedback and layers[edge.source].kind != "Delay":
            before[edge.target].add(edge.source)
    list(graphlib.TopologicalSorter(before).static_order())  # raises on a cycle
    for path, (kind, params) in flat.nodes.items():
        wrong = layer_difference(
            layers[path], kind, params, None if given is None else given[path]
        )
        if wrong:
            return f"{path} ({kind}): {wrong}"
    return ""


def layer_difference(layer, kind, params, given):
    if (layer.kind, layer.type, layer.broken) != (kind, kind, False):
        return f"kind {layer.kind}, type {layer.type}, broken {layer.broken}"
    arrays = {}
    for name, value in params.items():
        if given is not None and name not in given:
            continue
        if isinstance(value, str):
            if layer.padding != value:
                return f"padding {layer.padding!r}, not {value!r}"
        else:
            arrays[name] = np.asarray(value)
    missing = arrays.keys() - layer.parameters.keys()
    if missing:
        return f"lacks {missing}"
    if given is None and arrays.keys() != layer.parameters.keys():
        return f"has {set(layer.parameters)}, not {set(arrays)}"
    for name, array in arrays.items():
        wrong = parameter_difference(name, layer.parameters[name], array)
        if wrong:
            return f"{name}: {wrong}"
    return ""


def type_of(name, array):
    """Real numbers that are stored as integers are read as floats that can hold
    all integers of the type, if there is one."""
    if array.dtype.kind in "iub":
        if name in INTEGERS:
            return "i64"
        return "f32" if array.dtype.itemsize <= 2 else "f64"
    return {4: "f32", 8: "f64"}[array.dtype.itemsize]


def parameter_difference(name, said, array):
    single = array.astype(np.float32) if name == "w_in" else array
    if said.type == "f32" and (single == array).all():
        array = single  # nir multiplies it by ones, of another parameter's type
    some = array.size > 0
    expected = {
        "type": type_of(name, array),
        "shape": array.shape,
        "min": array.min().item() if some else None,
        "max": array.max().item() if some else None,
        "uniform": bool((array == array.flat[0]).all()) if some else True,
    }
    if expected["type"] == "i64":
        expected["values"] = tuple(array.ravel().tolist())
    got = {key: getattr(said, key) for key in expected}
    if expected["type"] == "f32" and some:  # printed with the digits of a float
        for key in ("min", "max"):
            got[key] = float(np.float32(got[key]))
    return "" if got == expected else f"{got}, not {expected}"


# ---- the numbers of the network stage ------------------------------------------

_OPERATION = re.compile(
    r' snn\.(?!constant|network|sum\b)\w+ "((?:[^"\\]|\\.)*)"(.*)$', re.M
)
_CONSTANT = re.compile(
    r"^ *(%\S+) = snn\.constant (dense.*>) : tensor<([0-9x]*)f32>$", re.M
)


def numbers(mlir):
    """{path: {parameter: array of float64 or, of weights, float32}}."""
    blobs = dict(re.findall(r'^ *"?(.*?)"?: "0x([0-9A-F]*)",?$', mlir, re.M))
    constants = {}
    for name, text, shape in _CONSTANT.findall(mlir):
        shape = tuple(map(int, shape.split("x")[:-1]))
        constants[name] = np.broadcast_to(dense(text, blobs, shape, "<f4"), shape)
    found = {}
    for path, rest in _OPERATION.findall(mlir):
        node = found.setdefault(unescaped(path), {})
        for word in ("weight", "bias"):
            operand = re.search(rf" {word} (%[^\s:]+)", rest)
            if operand:
                node[word] = constants[operand[1]]
        for name, text, shape in re.findall(
            r"(\w+) = (dense.*?>|-?[0-9.]+(?:e[+-]?[0-9]+)?)"
            r"(?: : tensor<([0-9x]*)f64>)?(?=[,}])",
            rest,
        ):
            shape = tuple(map(int, shape.split("x")[:-1]))
            node[name] = dense(text, blobs, shape, "<f8")
    return found


def dense(text, blobs, shape, kind):
    """The array of an attribute: of one number, a nested list, or bytes."""
    if text.startswith("dense_resource<"):
        raw = bytes.fromhex(blobs[text[15:-1].strip('"')])[4:]  # its alignment
        return np.frombuffer(raw, kind).reshape(shape)
    inside = text[6:-1] if text.startswith("dense<") else text
    if inside.startswith('"0x'):
        raw = np.frombuffer(bytes.fromhex(inside[3:-1]), kind)
        return raw.reshape(shape) if raw.size > 1 else raw[0]
    return np.array(json.loads(inside)).astype(kind)


def number_difference(flat, found):
    """Which numbers are not those of nir, bit for bit. Returns (text, how many
    were compared)."""
    count = 0
    for path, (kind, params) in flat.nodes.items():
        for name, value in params.items():
            got = found.get(path, {}).get(name)
            if got is None or kind in ("Input", "Output"):
                continue
            expected = np.asarray(value).astype(got.dtype)
            full = np.broadcast_shapes(got.shape, expected.shape)
            got, expected = (np.broadcast_to(a, full) for a in (got, expected))
            if got.tobytes() != expected.tobytes():
                return f"{path}.{name}: {got}, not {expected}", count
            count += expected.size
    return "", count
