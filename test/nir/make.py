#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes the .nir file of a test: make.py CASE OUT

A case is a function below that changes a network, or the open HDF5 file. Most
start from `net`: input (3) -> fc (4) -> lif -> output.
"""
import os
import struct
import sys
import zlib

import h5py
import numpy as np

F32 = np.float32


def net():
    """The nodes of the base network, and its edges."""
    nodes = {
        "input": {"type": "Input", "shape": [3]},
        "fc": {"type": "Affine", "weight": np.arange(12, dtype=F32).reshape(4, 3),
               "bias": np.zeros(4, F32)},
        "lif": {"type": "LIF", "tau": np.full(4, .5, F32), "r": np.ones(4, F32),
                "v_leak": np.zeros(4, F32), "v_threshold": np.ones(4, F32)},
        "output": {"type": "Output", "shape": [4]},
    }
    return nodes, chain("input", "fc", "lif", "output")


def chain(*names):
    return list(zip(names, names[1:]))


def put_node(group, node):
    """Writes a node; a dataset that is a function writes itself."""
    for key, value in node.items():
        if callable(value):
            value(group, key)
        elif isinstance(value, dict):
            group.create_group(key)
        else:
            group.create_dataset(key, data=value)


def put_graph(group, nodes, edges):
    group["type"] = "NIRGraph"
    members = group.create_group("nodes")
    for name, node in nodes.items():
        member = members.create_group(name)
        if "graph" in node:
            put_graph(member, *node["graph"])
        else:
            put_node(member, node)
    if edges is not None:
        group.create_dataset("edges", data=np.array(edges, object),
                             dtype=h5py.string_dtype())


def write(out, nodes, edges):
    """Writes a network; returns nothing and leaves the file closed."""
    with h5py.File(out, "w") as f:
        f["version"] = "1.0.7"
        put_graph(f.create_group("node"), nodes, edges)


def between(node, shape=(2, 6, 6), out=(1,)):
    """input -> x -> output around one node."""
    return ({"input": {"type": "Input", "shape": list(shape)}, "x": node,
             "output": {"type": "Output", "shape": list(out)}},
            chain("input", "x", "output"))


def conv(**change):
    node = {"type": "Conv2d", "weight": np.ones((4, 2, 3, 3), F32),
            "bias": np.zeros(4, F32), "stride": [1, 1], "padding": [0, 0],
            "dilation": [1, 1], "groups": 1}
    return {**node, **change}


def pool(**change):
    return {"type": "SumPool2d", "kernel_size": [2, 2], "stride": [2, 2],
            "padding": [0, 0], **change}


def lif(**change):
    """The base network with other datasets of lif; None leaves one out."""
    nodes, edges = net()
    nodes["lif"].update(change)
    nodes["lif"] = {k: v for k, v in nodes["lif"].items() if v is not None}
    return nodes, edges


def fc(**change):
    nodes, edges = net()
    nodes["fc"].update(change)
    return nodes, edges


def lacks(case, *names):
    nodes, edges = case
    return nodes, [e for e in edges if not set(e) & set(names)]


def storage(**options):
    """A dataset written with these options of h5py."""
    data = np.arange(12, dtype=F32).reshape(4, 3)
    return lambda g, key: g.create_dataset(key, data=data, **options)


def unwritten(shape, dtype="f4", **options):
    return lambda g, key: g.create_dataset(key, shape, dtype, **options)


def low_level(shape, plist=None, dtype=h5py.h5t.IEEE_F32LE):
    """A dataset that is declared, with what h5py itself would not do."""
    def make(g, key):
        space = (h5py.h5s.create(h5py.h5s.NULL) if shape is None
                 else h5py.h5s.create_simple(shape))
        h5py.h5d.create(g.id, key.encode(), dtype, space, dcpl=plist)
    return make


def short_chunk(**options):
    """A chunk of 16 bytes and one of 32, where both should have 24."""
    def make(g, key):
        d = g.create_dataset(key, (4, 3), "f4", chunks=(2, 3), **options)
        for row, count in ((0, 4), (2, 8)):
            data = np.ones(count, F32).tobytes()
            d.id.write_direct_chunk(
                (row, 0), zlib.compress(data) if options else data)
    return make


def wide_integer():
    wide = h5py.h5t.STD_I32LE.copy()
    wide.set_size(32)
    wide.set_precision(256)
    return low_level((4,), None, wide)


def missing_filter(number):
    p = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    p.set_chunk((4, 3))
    p.set_filter(number, h5py.h5z.FLAG_OPTIONAL)
    return low_level((4, 3), p)


def virtual(g, key):
    layout = h5py.VirtualLayout((4,), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (4,))
    g.create_virtual_dataset(key, layout)


def external(g, key):
    g.create_dataset(key, (4,), "f4", external=[("other.raw", 0, 16)])


def other_file(name, first):
    """An entry in a list of external files, as the header of a dataset has it."""
    return struct.pack("<3Q", name, first, 16)


def text(value, **options):
    return lambda g, key: g.create_dataset(key, data=value, **options)


def nested(inner_edges, outer_edges, inputs=("in",), outputs=("out",)):
    """input -> g -> output; g is a graph with a Scale s."""
    inner = {"s": {"type": "Scale", "scale": F32(2)}}
    inner.update({n: {"type": "Input", "shape": [3]} for n in inputs})
    inner.update({n: {"type": "Output", "shape": [3]} for n in outputs})
    nodes = {"input": {"type": "Input", "shape": [3]},
             "output": {"type": "Output", "shape": [3]},
             "g": {"graph": (inner, inner_edges)}}
    return nodes, outer_edges


INNER, OUTER = chain("in", "s", "out"), chain("input", "g", "output")


def one_graph_in_another(depth):
    nodes, edges = nested(INNER, OUTER)
    for _ in range(depth):
        nodes, edges = nested(INNER, OUTER)[0] | {"g": {"graph": (nodes, edges)}}, OUTER
    return nodes, edges


# The cases, by the network that they write.
NETS = {
    "base": net,
    "kinds": lambda: ({
        "input": {"type": "Input", "shape": [2, 6, 6]},
        "conv": conv(padding="same"),
        "pool": pool(type="AvgPool2d", kernel_size=3, stride=2, padding=1),
        "flat": {"type": "Flatten", "start_dim": 0, "end_dim": -1},
        "cuba": {"type": "CubaLIF", "tau_syn": 1., "tau_mem": 2., "r": 1.,
                 "v_leak": 0., "v_threshold": 1.},
        "if": {"type": "IF", "r": F32(1), "v_threshold": F32(1)},
        "output": {"type": "Output", "shape": [36]},
    }, chain("input", "conv", "pool", "flat", "cuba", "if", "output")),
    "conv1d": lambda: between(
        {"type": "Conv1d", "input_shape": 9, "weight": np.ones((4, 1, 4), F32),
         "bias": np.zeros(4, F32), "stride": 2, "padding": "valid",
         "dilation": [2], "groups": 2}, (2, 9), (4, 2)),
    "nested": lambda: nested(INNER, OUTER),
    "dotted": lambda: nested(INNER, [("input", "g.in"), ("g.out", "output")]),
    "two-ports": lambda: nested(
        chain("in", "s", "out") + [("in2", "s")], OUTER, ("in", "in2")),
    "unfed": lambda: (lambda n, e: ({**n, "u": {"type": "LI", "tau": F32(1),
                                                "r": F32(1), "v_leak": F32(0)}},
                                    e + [("u", "lif")]))(*net()),
    "unfed-branch": lambda: (lambda n, e: (
        {**n, "u": {"type": "Scale", "scale": F32(1)}, "a": n["fc"]},
        e + [("u", "fc"), ("u", "a")]))(*net()),
    "unfed-alone": lambda: (lambda n, e: (
        {**n, "u": {"type": "LI", "tau": np.ones((1, 1), F32),
                    "r": F32(1), "v_leak": F32(0)}, "o": n["output"],
         "p": n["output"]}, e + [("u", "o"), ("u", "p")]))(*net()),
    "unfed-nested": lambda: (lambda n, e: (
        {**n, "u": {"type": "Threshold", "threshold": np.ones(1, F32)}},
        [("input", "output"), ("u", "g")]))(*nested(INNER, OUTER)),
    "rockpool": lambda: (lambda n, e: (
        {**n, "input": {"type": "Input", "shape": [1, 50, 3]}}, e))(*net()),
    "output-shape": lambda: (lambda n, e: (
        {**n, "output": {"type": "Output", "shape": [1, 4]}}, e))(*net()),
    "twice": lambda: (lambda n, e: (n, e + e))(*net()),
    "extra": lambda: lif(comment=1.5, metadata={}),
    # numbers
    "half": lambda: fc(weight=np.ones((4, 3), np.float16)),
    "double": lambda: fc(weight=np.full((4, 3), .1)),
    "int16-big": lambda: fc(weight=np.full((4, 3), -7, ">i2")),
    "int32": lambda: fc(weight=np.full((4, 3), 7, "i4")),
    "bool": lambda: fc(weight=np.ones((4, 3), bool)),
    "gzip": lambda: fc(weight=storage(chunks=(2, 3), compression="gzip",
                                      shuffle=True, fletcher32=True)),
    "fixed-text": lambda: lif(type=text(np.bytes_("LIF"))),
    "lzf": lambda: fc(weight=storage(compression="lzf")),
    "scaleoffset": lambda: fc(weight=storage(scaleoffset=2)),
    "szip": lambda: fc(weight=storage(chunks=(4, 2), compression="szip")),
    "many-chunks": lambda: fc(weight=text(np.ones((91, 91), F32), chunks=(1, 1))),
    "short-chunk": lambda: fc(weight=short_chunk()),
    "short-deflate": lambda: fc(weight=short_chunk(compression=1)),
    "filter": lambda: fc(weight=missing_filter(32999)),
    "unwritten": lambda: fc(weight=unwritten((4, 3))),
    "few-chunks": lambda: fc(weight=unwritten((4, 3), chunks=(2, 3))),
    "huge-chunks": lambda: fc(weight=unwritten(
        (4, 3), "i1", chunks=(1 << 15, 1 << 16), maxshape=(None, None))),
    "huge": lambda: fc(weight=unwritten((1 << 20, 1 << 20))),
    "rank9": lambda: fc(weight=np.ones((1,) * 9, F32)),
    "virtual": lambda: lif(tau=virtual),
    "external": lambda: lif(tau=external),
    "null": lambda: lif(tau=low_level(None)),
    "empty": lambda: lif(tau=np.ones(0, F32)),
    "compound": lambda: fc(weight=np.ones((4, 3), np.complex64)),
    "opaque": lambda: lif(tau=np.zeros(4, "V4")),
    "array-type": lambda: lif(tau=lambda g, k: g.create_dataset(
        k, (4,), np.dtype(("f4", (2,))))),
    "wide-integer": lambda: lif(tau=wide_integer()),
    "group": lambda: lif(tau={}),
    "nan": lambda: lif(tau=np.array([1, np.nan, 1, 1], F32)),
    "infinite": lambda: lif(r=F32(np.inf)),
    # fields that do not fit each other
    "missing": lambda: lif(r=None, v_leak=None),
    "tau": lambda: lif(tau=np.array([1, 1, -1, 1], F32)),
    "tau-zero": lambda: lif(tau=F32(0)),
    "lengths": lambda: lif(r=np.ones(3, F32)),
    "shapes": lambda: lif(r=np.ones((2, 2), F32)),
    "weight-rank": lambda: fc(weight=np.ones(3, F32)),
    "bias": lambda: fc(bias=np.zeros(5, F32)),
    "delay": lambda: between({"type": "Delay", "delay": F32(-1)}, (3,)),
    "conv-weight": lambda: between(conv(weight=np.ones((4, 2, 3), F32))),
    "conv-groups": lambda: between(conv(groups=3)),
    "conv-bias": lambda: between(conv(bias=np.zeros(3, F32))),
    "conv-stride": lambda: between(conv(stride=[1, 2, 3], groups=[1, 1])),
    "conv-half-stride": lambda: between(conv(stride=1.5)),
    "conv-padding": lambda: between(conv(padding=[-1, 0])),
    "conv-word": lambda: between(conv(padding="full")),
    "conv-same": lambda: between(conv(padding="same", stride=2)),
    "pool-word": lambda: between(pool(padding="same")),
    "flatten-rank": lambda: between(
        {"type": "Flatten", "input_type": [[2, 6, 6]]}),
    "many-strides": lambda: between(conv(stride=[1] * 9)),
    "input-rank": lambda: (lambda n, e: (
        {**n, "input": {"type": "Input", "shape": 3}}, e))(*net()),
    "input-zero": lambda: (lambda n, e: (
        {**n, "input": {"type": "Input", "shape": [3, 0]}}, e))(*net()),
    "input-huge": lambda: between(
        {"type": "Scale", "scale": F32(1)}, (1 << 20, 1 << 20)),
    # fields that do not fit the signal
    "signal-weight": lambda: (lambda n, e: (
        {**n, "input": {"type": "Input", "shape": [5]}}, e))(*net()),
    "signal-lif": lambda: lif(tau=np.ones(5, F32), r=F32(1), v_leak=F32(0),
                              v_threshold=F32(1)),
    "signal-rank": lambda: between(conv(), (2, 6)),
    "signal-channels": lambda: between(conv(), (3, 6, 6)),
    "signal-input-shape": lambda: between(conv(input_shape=[6, 7])),
    "signal-kernel": lambda: between(pool(kernel_size=7)),
    "signal-huge": lambda: between(conv(padding=1 << 30)),
    "signal-flatten": lambda: between(
        {"type": "Flatten", "start_dim": 2, "end_dim": 1}),
    "signal-flatten-input": lambda: between(
        {"type": "Flatten", "start_dim": 0, "end_dim": -1, "input_type": [2, 6]}),
    "signal-nested": lambda: (
        {**nested(INNER, OUTER)[0], "input": {"type": "Input", "shape": [4]}},
        OUTER),
    "unfed-two": lambda: (lambda n, e: (
        {**n, "u": {"type": "Scale", "scale": F32(1)}},
        e + [("u", "fc"), ("u", "lif")]))(*net()),
    "unfed-conflict": lambda: (lambda n, e: (
        {**n, "u": {"type": "Scale", "scale": F32(1)}, "a": n["fc"],
         "b": {"type": "Linear", "weight": np.ones((2, 4), F32)}},
        e + [("u", "a"), ("u", "b")]))(*net()),
    "fan-in": lambda: (
        {"a": {"type": "Input", "shape": [3]}, "b": {"type": "Input", "shape": [4]},
         "output": {"type": "Output", "shape": [3]}},
        [("a", "output"), ("b", "output")]),
    "unreached": lambda: lacks(net(), "output"),
    # graphs
    "unknown-type": lambda: lif(type="lif"),
    "no-type": lambda: lif(type=None),
    "type-array": lambda: lif(type=text(["LIF"])),
    "type-number": lambda: lif(type=7),
    "type-long": lambda: lif(type="x" * (1 << 21)),
    "type-long-fixed": lambda: lif(type=text(np.bytes_(b"x" * (1 << 21)))),
    "edge-long": lambda: (lambda n, e: (n, e + [("x" * (1 << 21), "lif")]))(*net()),
    "edge-name": lambda: (lambda n, e: (
        n, e + [("lif1", "output"), ("fc", "a\nb\x1b")]))(*net()),
    "edge-names-many": lambda: (lambda n, e: (
        n, e + [(f"x{i}", "output") for i in range(30)]))(*net()),
    "edge-no-input": lambda: nested(chain("s", "out"), OUTER, inputs=()),
    "edge-no-output": lambda: nested(chain("in", "s"), OUTER, outputs=()),
    "edge-into-input": lambda: (lambda n, e: (n, e + [("lif", "input")]))(*net()),
    "no-ports": lambda: ({"lif": net()[0]["lif"]}, [("lif", "lif")]),
    "no-edges": lambda: (net()[0], None),
    "name": lambda: (lambda n, e: ({**n, "a\nb": n["lif"]}, e))(*net()),
    "deep": lambda: one_graph_in_another(65),
}


def edit(out, change, case=net):
    write(out, *case())
    with h5py.File(out, "r+") as f:
        change(f, f["node"])


def set_edges(value):
    def change(f, node):
        del node["edges"]
        node["edges"] = value
    return change


def set_key(path, value):
    def change(f, node):
        if path in f:
            del f[path]
        f[path] = value
    return change


def remove(path):
    def change(f, node):
        del f[path]
    return change


def bare(node):
    """A file with a node and no graph."""
    def change(f, top):
        del f["node"]
        put_node(f.create_group("node"), node)
    return change


def data_file(f, node):
    del f["node"]
    f.attrs["__type__"] = "NIRGraphData"
    f.create_group("nodes")


def attributes(f, node):
    node["nodes/lif"].attrs["note"] = 1


def hard_cycle(f, node):
    node["nodes/again"] = node


def many_edges(f, node):
    edges = np.array([(b"input", b"fc")] * ((1 << 20) + 1), "S5")
    set_edges(edges)(f, node)


def chunked_edges(f, node):
    pairs = node["edges"][()]
    del node["edges"]
    node.create_dataset("edges", data=pairs, chunks=(1, 2), compression="gzip",
                        dtype=h5py.string_dtype())


def datatype(f, node):
    del node["nodes/lif"]
    node["nodes/lif"] = np.dtype("f4")


def committed(f, node):
    del node["nodes/lif/tau"]
    node["nodes/lif/tau"] = np.dtype("f4")


# The cases, by what they change in the file of the base network.
EDITS = {
    "version-number": set_key("version", 7),
    "version-missing": remove("version"),
    "version-control": set_key("version", "1\x1b[31m"),
    "no-node": remove("node"),
    "data": data_file,
    "root-extra": set_key("more", 1),
    "attributes": attributes,
    "no-nodes": remove("node/nodes"),
    "nodes-number": set_key("node/nodes", 1),
    "node-number": set_key("node/nodes/lif", 1),
    "node-datatype": datatype,
    "field-datatype": committed,
    "edges-none": set_edges(np.zeros(0)),
    "edges-numbers": set_edges(np.zeros((3, 2))),
    "edges-rank": set_edges(["input", "fc"]),
    "edges-many": many_edges,
    "edges-fixed": set_edges(np.array(net()[1], "S6")),
    "edges-chunked": chunked_edges,
    "edges-group": lambda f, node: (remove("node/edges")(f, node),
                                    node.create_group("edges")),
    "link-external": set_key("node/nodes/lif/tau", h5py.ExternalLink("o.h5", "/x")),
    "link-soft": set_key("node/nodes/lif/tau", h5py.SoftLink("/nowhere")),
    "link-inside": set_key("node/nodes/lif/tau", h5py.SoftLink("/node/nodes/lif/r")),
    "link-through": lambda f, node: (
        set_key("x", h5py.ExternalLink("o.h5", "/x"))(f, node),
        set_key("node/nodes/lif/tau", h5py.SoftLink("/x/tau"))(f, node)),
    "cycle": hard_cycle,
    "bare": bare(net()[0]["fc"]),
    "bare-lif": bare(net()[0]["lif"]),
    "bare-pool": bare(pool()),
    "bare-unknown": bare({"type": "Graph"}),
}


def patched(old, new, case=net, **options):
    """The file with bytes replaced."""
    def make(out):
        write(out, *case(**options))
        with open(out, "r+b") as f:
            data = f.read()
            assert old in data
            f.seek(0)
            f.write(data.replace(old, new))
    return make


def heap_size(out):
    """A local heap says that it has 2^64 - 1 bytes; HDF5 crashes on it."""
    write(out, *net())
    with open(out, "r+b") as f:
        data = f.read()
        at = -1
        for _ in range(3):
            at = data.index(b"HEAP", at + 1)
        f.seek(at + 8)
        f.write(b"\xff" * 8)


def heap_cycle(out):
    """The list of what is free in a local heap leads back to where it starts;
    HDF5 follows it for ever, and allocates something at each step."""
    write(out, *net())
    with open(out, "r+b") as f:
        data = f.read()
        at = -1
        for _ in range(3):
            at = data.index(b"HEAP", at + 1)
        free, block = struct.unpack_from("<2Q", data, at + 16)
        f.seek(block + free)
        f.write(struct.pack("<Q", free))


def broken_members(out):
    """The table of the members of /node/nodes is not one."""
    write(out, *net())
    with open(out, "r+b") as f:
        data = f.read()
        at = -1
        for _ in range(3):
            at = data.index(b"SNOD", at + 1)
        f.seek(at)
        f.write(b"SNOX")


def cut(out):
    write(out, *net())
    os.truncate(out, os.path.getsize(out) - 1)


def many_numbers(out):
    """Nine names for one weight, all in all above the limit of numbers."""
    weight = text(np.zeros((1 << 12, 1 << 11), np.int8), compression="gzip")
    nodes, edges = fc(weight=weight, bias=F32(0))
    write(out, nodes, edges)
    with h5py.File(out, "r+") as f:
        for i in range(8):
            f[f"node/nodes/fc{i}"] = f["node/nodes/fc"]


def many_nodes(out):
    """Two graphs whose nodes have 33000 names each, in a file large enough."""
    write(out, *net())
    with h5py.File(out, "r+") as f:
        f["pad"] = np.zeros(1 << 20)
        for g in "ab":
            graph = f.create_group(f"node/nodes/{g}")
            put_graph(graph, {}, [])
            for i in range(33000):
                graph["nodes"][str(i)] = f["node/nodes/lif"]


def hold_twice(out, levels, name, innermost):
    """Graphs that hold the next one twice: 2^levels ways to the last."""
    write(out, *net())
    with h5py.File(out, "r+") as f:
        inner = innermost(f)
        for i in range(levels):
            outer = f.create_group(f"g{i}")
            put_graph(outer, {}, [])
            outer["nodes/a" + name] = outer["nodes/b" + name] = inner
            inner = outer
        f["node/nodes/g"] = inner


def empty_graph(f):
    put_graph(f.create_group("empty"), {}, [])
    return f["empty"]


def long_edge_graph(f):
    put_graph(f.create_group("long"), {}, [("x" * 70000, "y")])
    return f["long"]


def many_members(out):
    write(out, *net())
    with h5py.File(out, "r+") as f:
        group = f["node/nodes/lif"]
        for i in range((1 << 16) + 1):
            group[f"x{i}"] = h5py.SoftLink("x")


def cross(out, n=1100, times=1):
    """A graph of n Outputs feeds one of n Inputs: too many edges."""
    port = lambda kind: {"type": kind, "shape": [3]}
    nodes, edges = net()
    nodes["a"] = {"graph": ({f"o{i}": port("Output") for i in range(n)}, [])}
    nodes["b"] = {"graph": ({f"i{i}": port("Input") for i in range(n)}, [])}
    write(out, nodes, edges + [("a", "b")] * times)


def shapes_met(out):
    """31 edges that bring 31 shapes into their node."""
    nodes, edges = net()
    more = {f"x{i}": {"type": "Input", "shape": [5 + i]} for i in range(30)}
    write(out, {**nodes, **more}, edges + [(x, "output") for x in more])


def inputs_fed(out):
    """30 edges into the Input of the network."""
    nodes, edges = net()
    write(out, {**nodes, **{f"lif{i}": nodes["lif"] for i in range(30)}},
          edges + [(f"lif{i}", "input") for i in range(30)])


def compressed_edges(f, node):
    """A million pairs of names, in a few kilobytes."""
    del node["edges"]
    node.create_dataset("edges", data=np.array(
        [(b"input", b"fc")] * (1 << 20), "S5"), compression=9)


def text_file(out):
    with open(out, "w", encoding="ascii") as f:
        f.write("this is not HDF5\n")


# The cases that write the file on their own.
FILES = {
    "nothing": lambda out: open(out, "w", encoding="ascii").close(),
    "text": text_file,
    "cut": cut,
    "heap-magic": patched(b"GCOL", b"GCOM"),
    "heap-object": patched(b"\x08" + b"\0" * 7 + b"NIRGraph",
                           b"NIRGraph".join([b"\xff" * 7 + b"\0", b""])),
    "heap-size": heap_size,
    "heap-cycle": heap_cycle,
    "external-name": patched(b"other.raw\0", b"\0" * 10, NETS["external"]),
    "external-offset": patched(other_file(8, 0), other_file(1 << 20, 0),
                               NETS["external"]),
    "members": broken_members,
    "same-name": patched(b"lix\0", b"lif\0", lambda: (
        {**net()[0], "lix": net()[0]["lif"]}, net()[1])),
    "symbols": patched(b"SNOD", b"SNOX"),
    "many-numbers": many_numbers,
    "many-nodes": many_nodes,
    "many-members": many_members,
    "many-edges": cross,
    "many-pairs": lambda out: cross(out, 1000, 5),
    "many-shapes": shapes_met,
    "many-into-input": inputs_fed,
    "many-strings": lambda out: edit(out, compressed_edges),
    "shared-graphs": lambda out: hold_twice(out, 63, "", empty_graph),
    "collections": lambda out: hold_twice(out, 12, "", long_edge_graph),
    "long-paths": lambda out: hold_twice(
        out, 30, "x" * 3000, lambda f: f["node/nodes/lif"]),
}


def make(case, out):
    if case in NETS:
        write(out, *NETS[case]())
    elif case in EDITS:
        edit(out, EDITS[case])
    else:
        FILES[case](out)


if __name__ == "__main__":
    make(*sys.argv[1:])
