#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Makes what fuzzing starts from: seeds.py OUT

OUT/bytes/    .nir files: every kind of node, every way to store a dataset, one
              of each framework's exporter, and all the damaged ones of
              test/nir/make.py
OUT/tree/     programs for the target fuzz-tree: random bytes of a fixed seed
OUT/hostile/  .nir files that crash the HDF5 library, or take much to refuse
OUT/nir.dict  the words of the format, and the signatures of HDF5

The same on every run.
"""
import pathlib
import random
import sys

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "nir"))
sys.path.append(str(pathlib.Path(__file__).parents[1] / "driver"))
import make  # noqa: E402
import written  # noqa: E402

MOST_BYTES = 64 * 1024  # larger files only make it slower
# Limits that take many members or numbers to reach; test/nir/limits.test has
# them.
TOO_LARGE = {"many-numbers", "many-nodes", "many-members", "many-edges",
             "edges-many", "edge-long", "type-long", "type-long-fixed"}
# What snnc says of those that crash the HDF5 library, or take much to refuse.
HOSTILE = {
    "heap-size": "is damaged: reading it crashes the HDF5 library",
    "heap-cycle": "a group is damaged: memory allocation failed",
    "shared-graphs": "members in all", "long-paths": "bytes in all",
    "many-strings": "bytes in all", "many-pairs": "pairs of nodes"}
WORDS = [
    "NIRGraph", "node", "nodes", "edges", "type", "version", "metadata",
    "Input", "Output", "Affine", "Linear", "Scale", "Conv1d", "Conv2d",
    "SumPool2d", "AvgPool2d", "Flatten", "Delay", "Threshold", "I", "IF", "LI",
    "LIF", "CubaLI", "CubaLIF", "shape", "weight", "bias", "scale",
    "input_shape", "stride", "padding", "dilation", "groups", "kernel_size",
    "start_dim", "end_dim", "input_type", "delay", "threshold", "tau",
    "tau_syn", "tau_mem", "r", "v_leak", "v_threshold", "v_reset", "w_in",
    "same", "valid", "1.0.7", "__type__", "NIRGraphData", "a.b", "..",
]
SIGNATURES = ["\\x89HDF\\x0d\\x0a\\x1a\\x0a", "TREE\\x00", "TREE\\x01", "HEAP",
              "SNOD\\x01", "GCOL\\x01", "OHDR\\x02", "OCHK", "FRHP", "FHDB",
              "FHIB", "BTHD", "BTLF", "BTIN", "FSHD", "FSSE", "FAHD", "FADB",
              "EAHD", "EAIB", "SMTB", "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff",
              "\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x80"]

F32 = np.float32
NEURON = {"I": ("r",), "IF": ("r", "v_threshold", "v_reset"),
          "LI": ("tau", "r", "v_leak"),
          "LIF": ("tau", "r", "v_leak", "v_threshold", "v_reset"),
          "CubaLI": ("tau_syn", "tau_mem", "r", "v_leak", "w_in"),
          "CubaLIF": ("tau_syn", "tau_mem", "r", "v_leak", "v_threshold",
                      "v_reset", "w_in")}


def neurons(kind, shape):
    return {"type": kind, **{n: np.ones(shape, F32) for n in NEURON[kind]}}


def kinds():
    """One network with every kind of node, and one for each neuron."""
    conv1d = {"type": "Conv1d", "input_shape": 9, "stride": 1, "padding": 1,
              "weight": np.ones((4, 2, 3), F32), "bias": np.zeros(4, F32),
              "dilation": 1, "groups": 1}
    yield "all", make.between(make.conv(padding="same"), (2, 6, 6), (4, 6, 6))
    chain = {"input": {"type": "Input", "shape": [2, 8, 8]},
             "a": make.conv(padding=[1, 1]), "b": make.pool(),
             "c": make.pool(type="AvgPool2d"),
             "d": {"type": "Flatten", "start_dim": 0, "end_dim": -1,
                   "input_type": [4, 2, 2]},
             "e": {"type": "Linear", "weight": np.ones((5, 16), F32)},
             "f": {"type": "Delay", "delay": np.ones(5, F32)},
             "g": {"type": "Threshold", "threshold": np.ones(5, F32)},
             "h": {"type": "Scale", "scale": np.ones(5, F32)},
             "output": {"type": "Output", "shape": [5]}}
    yield "chain", (chain, make.chain(*chain))
    yield "conv1d", make.between(conv1d, (2, 9), (4, 9))
    for kind in NEURON:
        yield kind, make.between(neurons(kind, (2, 3)), (2, 3), (2, 3))


def loops():
    """Recurrence, self loops, branches; a graph in a graph in a graph."""
    nodes, edges = make.net()
    nodes["rec"] = {"type": "Linear", "weight": np.eye(4, dtype=F32)}
    yield "recurrent", (nodes, edges + [("lif", "rec"), ("rec", "lif")])
    yield "self", (make.net()[0], edges + [("lif", "lif")])
    yield "branch", (nodes, edges + [("fc", "output"), ("fc", "rec"),
                                     ("rec", "output")])
    yield "deep3", make.one_graph_in_another(3)


def exports():
    for write in (written.snntorch, written.snntorch_synaptic,
                  written.snntorch_recurrent, written.norse,
                  written.norse_lifcell, written.sinabs_or_norse,
                  written.rockpool, written.spyx, written.spikingjelly):
        yield write.__name__, write()


STORAGE = {
    "chunked": {"chunks": (2, 2)}, "gzip": {"chunks": (2, 2), "compression": 9},
    "shuffle": {"chunks": (4, 3), "compression": 1, "shuffle": True},
    "fletcher": {"chunks": (3, 3), "fletcher32": True},
    "szip": {"chunks": (4, 2), "compression": "szip"},
    "scaleoffset": {"chunks": (4, 3), "scaleoffset": 2},
    "growing": {"chunks": (1, 1), "maxshape": (None, None)},
    "growing1": {"chunks": (1, 3), "maxshape": (None, 3)},
    "filled": {"fillvalue": 3},
}
TYPES = ["f2", "f4", "f8", ">f4", ">f8", "i1", "u1", "i2", ">i2", "i4", "i8",
         "u8", ">i8", "?"]


def write_network(path, nodes, edges, **options):
    with h5py.File(path, "w", **options) as f:
        f["version"] = "1.0.7"
        make.put_graph(f.create_group("node"), nodes, edges)


def storage_cases():
    for name, options in STORAGE.items():
        yield name, make.fc(weight=make.storage(**options))
    for i, name in enumerate(TYPES):
        yield f"type{i}", make.fc(weight=np.ones((4, 3), name))


def write_files(out):
    cases = [*kinds(), *loops(), *storage_cases(), *exports()]
    for name, case in cases:
        write_network(out / f"{name}.nir", *case)
        write_network(out / f"{name}-latest.nir", *case, libver="latest")
    for name, options in (("user", {"userblock_size": 512}),
                          ("paged", {"libver": "latest", "fs_strategy": "page"}),
                          ("tracked", {"track_order": True})):
        write_network(out / f"{name}.nir", *make.net(), **options)
    for name in [*make.NETS, *make.EDITS, *make.FILES]:
        if name not in TOO_LARGE and name not in HOSTILE:
            make.make(name, str(out / f"make-{name}.nir"))


def write_programs(out):
    rng = random.Random(1)
    (out / "empty").write_bytes(b"\0")
    for i in range(300):
        length = rng.choice((8, 16, 32, 64, 128, 256))
        zeros = rng.random()  # a zero is what is usual
        (out / f"random{i}").write_bytes(bytes(
            0 if rng.random() < zeros else rng.randrange(256)
            for _ in range(length)))


def main():
    out = pathlib.Path(sys.argv[1])
    for name in ("bytes", "tree", "hostile"):
        (out / name).mkdir(parents=True, exist_ok=True)
    write_files(out / "bytes")
    for path in (out / "bytes").iterdir():
        if path.stat().st_size > MOST_BYTES:
            path.unlink()
    for name in HOSTILE:
        make.make(name, str(out / "hostile" / f"{name}.nir"))
    write_programs(out / "tree")
    (out / "nir.dict").write_text("".join(
        f'"{word}"\n' for word in WORDS + SIGNATURES), encoding="ascii")


if __name__ == "__main__":
    main()
