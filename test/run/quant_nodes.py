#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Every type of node and every simulator, quantized: interpreter, C and the
tools of LLVM give the same codes, and with weights of 16 bits and states of 32
those are the float network's numbers, within what such codes can hold.

    quant_nodes.py [--keep DIR] [--only WORD]

A simulator has one network of all neurons that it has, each in two layers, the
first with feedback; one more for each of its options; all other nodes are in
one network. What is refused is refused with the words of REFUSED. The last line is
'N passed, N failed'.
"""
import argparse
import pathlib
import sys
import tempfile
from typing import NamedTuple

import numpy as np

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent.parent / "nir")]
import codes  # noqa: E402
import quant_targets  # noqa: E402
from make import write  # noqa: E402
from quant_roads import command  # noqa: E402

F32 = np.float32
STEPS, SIZE, DT = 60, 6, 0.125
CC = "gcc -O1 -fsanitize=undefined -fno-sanitize-recover=all"
PLAIN = "weights=8 state=16"
FINE = "weights=16 state=32"
ALL = ["LIF", "CubaLIF", "IF", "LI", "CubaLI", "I"]
HAS = {"nir": ALL, "nir-exact": ALL, "nir-reference": ALL,
       "snntorch": ["LIF", "CubaLIF", "IF"],
       "snntorch-subtract": ["LIF", "CubaLIF", "IF"],
       "norse": ALL, "norse-lifcell": ALL,
       "sinabs": ["LIF", "IF", "LI", "I"],
       "rockpool": ["LIF", "CubaLIF", "LI", "CubaLI"],
       "spyx": ALL, "spyx-1.0": ALL, "spikingjelly": ["LIF", "IF", "I"],
       "lava": ["LIF"], "nengo": ALL}
INTEGER = {"lava-fixed": ["LIF"], "lava-dl": ["CubaLIF", "IF"]}
INTEGERS = "states are integers already"
COUNTS = "'snn.threshold' that gives counts is not lowered yet"
REFUSED = {"lava-fixed": INTEGERS, "lava-dl": INTEGERS,
           # with --reset-delay; so is the float network
           "sinabs_3": COUNTS, "rockpool_3": COUNTS}
OPTIONS = [["--reset=zero"], ["--reset=value"], ["--reset=subtract"],
           ["--reset-delay"], ["--strict-nir"], ["--feedback=answer"],
           ["--feedback=zero"], ["--feedback=no-bias"]]
SPIKES = ["--input-kind=spikes"]


def rng():
    return np.random.default_rng(11)


def neuron(kind, r):
    """One whose numbers no simulator refuses with any option."""
    numbers = {"tau": (.6, 1.5), "tau_mem": (.6, 1.5), "tau_syn": (.3, .7),
               "r": (1, 2), "w_in": (1, 2), "v_leak": (0, .1),
               "v_threshold": (.5, .9), "v_reset": (.05, .1)}
    has = {"LIF": "tau r v_leak v_threshold v_reset", "LI": "tau r v_leak",
           "IF": "r v_threshold v_reset", "I": "r",
           "CubaLIF": "tau_mem tau_syn r w_in v_leak v_threshold v_reset",
           "CubaLI": "tau_mem tau_syn r w_in v_leak"}[kind].split()
    return {"type": kind, **{k: r.uniform(*numbers[k], SIZE).astype(F32)
                             for k in has}}


def matrix(r, size=SIZE):
    return r.normal(0, 1.2 / np.sqrt(SIZE), (size, SIZE)).astype(F32)


def port(kind, *shape):
    return {"type": kind, "shape": np.array(shape)}


def neurons(kinds):
    """Two layers of each kind, the first with feedback; outputs of both."""
    r = rng()
    nodes, edges = {"input": port("Input", SIZE)}, []

    def add(name, node, *sources):
        nodes[name] = node
        edges.extend((s, name) for s in sources)
    for kind in kinds:
        bias = r.uniform(0, .3, SIZE).astype(F32)
        add(f"{kind}_fc", {"type": "Affine", "weight": matrix(r),
                           "bias": bias}, "input")
        add(kind, neuron(kind, r), f"{kind}_fc")
        add(f"{kind}_2fc", {"type": "Linear",
                            "weight": 3 * abs(matrix(r))}, kind)
        add(f"{kind}_2", neuron(kind, r), f"{kind}_2fc")
        add(f"{kind}_out", port("Output", SIZE), kind)
        add(f"{kind}_2out", port("Output", SIZE), f"{kind}_2")
        if kind.endswith("IF"):
            add(f"{kind}_back", {"type": "Affine", "weight": -abs(matrix(r)) / 4,
                                 "bias": -bias / 2}, kind)
            edges.append((f"{kind}_back", kind))
    return nodes, edges


def fire(r, shape):
    return {"type": "IF", "r": F32(8), "v_threshold": r.uniform(
        .5, .9, shape).astype(F32)}


def others():
    """All nodes that are no neurons, on inputs of rank 1, 2 and 3, each
    followed by neurons as well, and sums of unlike things."""
    r = rng()
    nodes, edges = {}, []

    def add(name, node, *sources):
        nodes[name] = node
        edges.extend((s, name) for s in sources)
        return name

    def end(source, *shape):
        add(f"{source}_out", port("Output", *shape), source)
        add(f"{source}_if", fire(r, shape), source)
        add(f"{source}_spikes", port("Output", *shape), f"{source}_if")

    def weight(*shape):
        return r.normal(0, .6, shape).astype(F32)
    add("flat", port("Input", SIZE))
    add("line", port("Input", 3, 9))
    add("image", port("Input", 2, 6, 6))
    end(add("linear", {"type": "Linear", "weight": matrix(r)}, "flat"), SIZE)
    end(add("affine", {"type": "Affine", "weight": matrix(r),
                       "bias": weight(SIZE)}, "flat"), SIZE)
    end(add("scale", {"type": "Scale", "scale": r.uniform(
        -1, 2, SIZE).astype(F32)}, "linear"), SIZE)
    end(add("half", {"type": "Scale", "scale": F32(.5)}, "affine"), SIZE)
    end(add("delay", {"type": "Delay", "delay": DT * np.arange(
        1, SIZE + 1)}, "affine"), SIZE)
    end(add("mixed", {"type": "Delay", "delay": DT * np.arange(SIZE)},
            "scale"), SIZE)
    add("threshold", {"type": "Threshold", "threshold": F32(.2)}, "affine")
    end(add("behind", {"type": "Linear", "weight": matrix(r)}, "threshold"),
        SIZE)
    end(add("sum", {"type": "Scale", "scale": F32(1.5)}, "affine", "scale",
            "delay", "threshold", "flat"), SIZE)
    end(add("lead", {"type": "Affine", "weight": weight(3, 4, 9),
                     "bias": weight(4)}, "line"), 3, 4)
    end(add("conv1", {"type": "Conv1d", "weight": weight(4, 3, 3), "stride": 2,
                      "padding": 1, "dilation": 1, "groups": 1,
                      "bias": weight(4), "input_shape": 9}, "line"), 4, 5)
    end(add("conv2", {"type": "Conv2d", "weight": weight(4, 1, 3, 3),
                      "stride": 1, "padding": 1, "dilation": 1, "groups": 2,
                      "bias": weight(4), "input_shape": np.array([6, 6])},
            "image"), 4, 6, 6)
    pool = {"kernel_size": 2, "stride": 2, "padding": 0}
    end(add("sums", {"type": "SumPool2d", **pool}, "conv2"), 4, 3, 3)
    end(add("means", {"type": "AvgPool2d", "kernel_size": 3, "stride": 3,
                      "padding": 0}, "conv2"), 4, 2, 2)
    end(add("counts", {"type": "SumPool2d", **pool}, "conv2_if"), 4, 3, 3)
    end(add("shares", {"type": "AvgPool2d", **pool}, "conv2_if"), 4, 3, 3)
    end(add("late", {"type": "Delay", "delay": 3 * DT}, "conv2"), 4, 6, 6)
    add("flatten", {"type": "Flatten", "start_dim": 0, "end_dim": -1}, "sums")
    end("flatten", 36)
    end(add("dense", {"type": "Linear", "weight": r.normal(
        0, .1, (5, 36)).astype(F32)}, "flatten"), 5)
    return nodes, edges


class Case(NamedTuple):
    name: str
    nodes: dict
    edges: list
    words: list
    options: str  # of --snn-quantize


def cases():
    for semantics, kinds in HAS.items():
        name = semantics.replace("-", "_").replace(".", "_")
        words = [f"--semantics={semantics}"]
        yield Case(name, *neurons(kinds), words, PLAIN)
        yield Case(f"{name}_fine", *neurons(kinds), words + SPIKES, FINE)
        for i, option in enumerate(OPTIONS):
            spiking = [k for k in kinds if k.endswith("IF")]
            yield Case(f"{name}_{i}", *neurons(spiking), words + option,
                       FINE if i % 2 else PLAIN)
    for semantics, kinds in INTEGER.items():
        yield Case(semantics, *neurons(kinds), [f"--semantics={semantics}"],
                   PLAIN)
    for i, options in enumerate([PLAIN, FINE, "weights=4 granularity=tensor "
                                 "scales=power-of-two"]):
        for kind in ([], SPIKES):
            yield Case(f"others{i}{'s' if kind else ''}", *others(),
                       ["--semantics=nir", *kind], options)


def signals(step, spikes):
    r = np.random.default_rng(5)
    for p in step.inputs:
        array = (r.random((STEPS, *p.shape)) < .4).astype(F32)
        if not spikes:
            array *= r.normal(.5, 1, array.shape).astype(F32)
        yield p.name, array


def distance(real, wanted, p):
    """Of spikes and counts: the share that differs; of others: the largest
    error in the largest number."""
    if p.real is None:
        return float(np.mean(real != wanted))
    most = float(np.max(np.abs(wanted), initial=1e-9))
    return float(np.max(np.abs(real - wanted), initial=0.0)) / most


def far(case, text, step, outputs, wanted):
    """Which outputs are far from the float network's."""
    floats = codes.signature(text).outputs
    for p, q in zip(step.outputs, floats, strict=True):
        found = distance(codes.real_of(outputs[p.name], p), wanted[p.name], q)
        if found > (.02 if q.real else .35):
            yield f"{p.name}: {found:.3f}"


def make(case, folder):
    """A quant_targets.Case and its text, or None if it is refused."""
    model, path = folder / f"{case.name}.nir", folder / f"{case.name}.mlir"
    write(model, case.nodes, case.edges)
    text = command("snnc", "mlir", str(model), "--stage=step", "--name=net",
                   f"--dt={DT}", *case.words).decode()
    inputs = dict(signals(codes.signature(text), SPIKES[0] in case.words))
    text, wanted = codes.ranged(path, text, inputs)
    path.write_text(text, encoding="utf-8")
    quantized = codes.quantized(path, case.options)
    step = codes.signature(quantized)
    given = {p.name: codes.codes_of(inputs[p.name], p) for p in step.inputs}
    outputs = codes.interpreted(folder / "q.mlir", quantized, given)
    wrong = list(far(case, text, step, outputs, wanted))
    if wrong and case.options == FINE:
        raise RuntimeError("far from the float network: " + ", ".join(wrong))
    silent = [n for n, a in wanted.items()
              if len(np.unique(a)) < 2 and "_2out" not in n]
    if silent:
        raise RuntimeError(f"silent: {', '.join(silent)}")
    quantized = quantized.replace("@net", f"@{case.name}")
    source = folder / f"{case.name}.q.mlir"
    source.write_text(quantized, encoding="utf-8")
    quant_targets.emit(source, case.name, "fine" in case.name, folder)
    return quant_targets.Case(0, case.name, step,
                              codes.rows_of(step.inputs, given),
                              codes.rows_of(step.outputs, outputs)), quantized


def made_of(case, folder, failed):
    try:
        made = make(case, folder)
    except (RuntimeError, codes.Refused) as error:
        if REFUSED.get(case.name, "another") not in str(error):
            failed[case.name] = str(error)
        return None
    if case.name in REFUSED:
        failed[case.name] = "not refused"
    return made


def check_roads(made, folder, failed):
    runs = [case for case, _ in made]
    quant_targets.write_main(runs, folder)
    wrong = quant_targets.failure(quant_targets.check_target, (CC, "", "<"),
                                  runs, folder)
    wrong = wrong or quant_targets.failure(quant_targets.check_text, runs,
                                           folder)
    if wrong:
        failed["C"] = wrong
    library = codes.llvm_library([text for _, text in made], folder)
    for case, _ in made:
        got = codes.run_llvm(library, case.name, case.step, case.inputs)
        wrong = quant_targets.failure(codes.same, "LLVM", case.step,
                                      case.outputs, got)
        if wrong:
            failed[case.name] = wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=pathlib.Path, default="failed")
    parser.add_argument("--only", default="", help="cases with this word")
    args = parser.parse_args()
    chosen = [c for c in cases() if args.only in c.name]
    failed = {}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        found = {c.name: made_of(c, folder, failed) for c in chosen}
        check_roads([m for m in found.values() if m], folder, failed)
        for name, what in failed.items():
            print(f"{name}: {what[-1500:]}", flush=True)
            args.keep.mkdir(parents=True, exist_ok=True)
            for path in folder.glob(f"{name}.*"):
                (args.keep / path.name).write_bytes(path.read_bytes())
    count = len(chosen) + 1
    print(f"{count - len(failed)} passed, {len(failed)} failed")
    sys.exit(len(failed) > 0)


if __name__ == "__main__":
    main()
