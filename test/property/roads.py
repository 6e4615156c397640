# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Three roads from a network to its outputs, and their comparison.

The interpreter runs each case by itself; the C of a batch of cases becomes one
program, and so does their linalg stage, by the tools of LLVM alone. A case that
breaks its batch is found by taking each case alone.
"""
import pathlib
import re
import sys
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "run"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
import harness  # noqa: E402
import llvm  # noqa: E402
from make import write  # noqa: E402

SPLIT = "// -----\n"
WARNINGS = ("-Werror -Wall -Wextra -Wpedantic -Wconversion -Wshadow "
            "-Wstrict-prototypes -Wmissing-prototypes -Wundef").split()
MAIN = """\
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
{declarations}
static void get(void *to, size_t size)
{{
    if (fread(to, 1, size, stdin) != size) {{
        abort();
    }}
}}
{cases}
int main(int count, char **words)
{{
    static void (*const cases[])(long) = {{{names}}};
    if (count != 3) {{
        abort();
    }}
    cases[atol(words[1])](atol(words[2]));
    return 0;
}}
"""
CASE = """
static void case{k}(long steps)
{{
    {init}
    for (; steps > 0; steps--) {{
        {get}
        {step}
        {put}
    }}
}}
"""


class Case(NamedTuple):
    """A network, in f32 or f64."""
    name: str
    net: object  # a networks.Network
    type: str
    folder: pathlib.Path

    @property
    def model(self):
        return self.folder / f"{self.name}.nir"

    def words(self):
        """The options of snnc."""
        given = {**self.net.options, "type": self.type, "name": self.name}
        return [f"--{k}" if v is True else f"--{k}={v}"
                for k, v in given.items()]


class Signature(NamedTuple):
    """What a step function takes."""
    inputs: list   # harness.Port
    is_list: list  # for each Input
    states: list
    outputs: list


def cases_of(name, net, folder):
    for kind in ("f32", "f64"):
        case = Case(f"{name}_{kind}", net, kind, folder)
        write(case.model, net.nodes, net.edges)
        yield case


# The interpreter


def interpret(case, probes):
    """{name: array} of all Outputs, and of the nodes to probe."""
    words, files = [], {}
    for i, (name, array) in enumerate(case.net.inputs.items()):
        path = case.folder / f"{case.name}_in{i}.npy"
        np.save(path, array)
        words += ["--in", harness.named(name, path)]
    for option, names in (("--out", case.net.outputs), ("--probe", probes)):
        for name in names:
            files[name] = case.folder / f"{case.name}_{len(files)}.npy"
            words += [option, harness.named(name, files[name])]
    harness.command("snnc", "run", case.model, "--reference", *case.words(),
                    *words)
    return {n: np.load(path) for n, path in files.items()}


# The linalg stage


def unescaped(text):
    """A string of MLIR's text."""
    raw = re.sub(rb'\\([0-9A-F]{2}|["\\])', lambda m: m[1] if len(m[1]) == 1
                 else bytes([int(m[1], 16)]), text.encode())
    return raw.decode()


def signature(case, linalg):
    """Read from the linalg stage, with the names of the Inputs and Outputs."""
    head = re.search(rf"^ *func\.func .*@{case.name}_step\((.*?)\) -> .*$",
                     linalg, re.M)
    names = re.search(r"arg_names = \[(.*?)\], clusters = ", head[0])[1]
    names = [unescaped(n) for n in
             re.findall(r'"((?:[^"\\]|\\[0-9A-F]{2}|\\.)*)"', names)]
    inputs = int(re.search(r"n_inputs = (\d+)", head[0])[1])
    states = int(re.search(r"n_states = (\d+)", head[0])[1])
    types = re.findall(r"%arg\d+: (?:tensor<(.*?)>|(index))", head[1])
    ports = [None if index else harness.port(name, tensor)
             for name, (tensor, index) in zip(names, types)]
    lists = [i + 1 < inputs and ports[i + 1] is None
             for i in range(inputs) if ports[i]]
    return Signature([p for p in ports[:inputs] if p], lists,
                     ports[inputs:inputs + states], ports[inputs + states:])


# The program of a batch: `program CASE STEPS` reads the Inputs, writes the
# Outputs.


def input_text(sig, k):
    """(declarations, C that reads a step, arguments) of the Inputs."""
    declarations, reads, words = [], [], []
    for i, (port, is_list) in enumerate(zip(sig.inputs, sig.is_list)):
        kind = "uint8_t" if is_list else harness.C_TYPES[port.type]
        declarations.append(f"static {kind} in{k}_{i}[{port.size}];")
        reads.append(f"get(in{k}_{i}, sizeof in{k}_{i});")
        if not is_list:
            words.append(f"in{k}_{i}")
            continue
        declarations += [f"static uint16_t list{k}_{i}[{port.size}];",
                         f"static uint32_t n{k}_{i};"]
        reads.append(
            f"n{k}_{i} = 0; for (uint16_t j = 0; j < {port.size}; j++) "
            f"{{ if (in{k}_{i}[j]) {{ list{k}_{i}[n{k}_{i}++] = j; }} }}")
        words += [f"list{k}_{i}", f"n{k}_{i}"]
    return declarations, reads, words


def case_text(sig, k, name, states, state_arguments, in_front):
    """(declarations, function) of case k: what is called, and with what."""
    declarations, reads, words = input_text(sig, k)
    words = (state_arguments + words if in_front else words + state_arguments)
    # counts have no sign in C, and the interpreter's arrays have one
    words += [f"(void *)out{k}_{i}" for i in range(len(sig.outputs))]
    puts = harness.moves(sig.outputs, f"out{k}_",
                         "fwrite({0}, 1, sizeof {0}, stdout);")
    text = CASE.format(
        k=k, init=f"{name}_init({', '.join(state_arguments)});",
        get=" ".join(reads), step=f"{name}_step({', '.join(words)});",
        put=" ".join(puts))
    return (states + declarations
            + harness.arrays_of(sig.outputs, f"out{k}_")), text


def write_main(path, parts):
    path.write_text(MAIN.format(
        declarations="\n".join(line for part, _ in parts for line in part),
        cases="".join(text for _, text in parts),
        names=", ".join(f"case{k}" for k in range(len(parts)))), "utf-8")


def c_program(batch, folder):
    """The C of every case, with one main. batch: [(case, its linalg)]"""
    (folder / "c").mkdir(exist_ok=True)
    parts, sources = [], []
    for k, (case, linalg) in enumerate(batch):
        harness.command("snnc", "build", case.model, "-o", folder / "c",
                        *case.words())
        state = [f'#include "{case.name}.h"',
                 f"static {case.name}_state state{k};"]
        parts.append(case_text(signature(case, linalg), k, case.name, state,
                               [f"&state{k}"], in_front=True))
        sources.append(folder / "c" / f"{case.name}.c")
    write_main(folder / "c" / "main.c", parts)
    harness.command("gcc", "-std=c11", "-O1", *WARNINGS, "-I", folder / "c",
                    folder / "c" / "main.c", *sources, "-o",
                    folder / "c" / "program")
    return folder / "c" / "program"


def prototypes(case, sig):
    step = ["void *"] * (len(sig.states) + len(sig.outputs))
    for is_list in sig.is_list:
        step = ["void *", "int64_t"][:1 + is_list] + step
    init = ["void *"] * len(sig.states) or ["void"]
    return [f"void {case.name}_init({', '.join(init)});",
            f"void {case.name}_step({', '.join(step)});"]


def llvm_program(batch, folder):
    """The linalg stage of every case: one module each, linked by llvm-link."""
    folder = folder / "llvm"
    folder.mkdir(exist_ok=True)
    parts = []
    for k, (case, linalg) in enumerate(batch):
        sig = signature(case, linalg)
        state = prototypes(case, sig) + harness.arrays_of(sig.states,
                                                          f"state{k}_")
        parts.append(case_text(sig, k, case.name, state, [
            f"state{k}_{i}" for i in range(len(sig.states))], in_front=False))
    write_main(folder / "main.c", parts)
    text = SPLIT.join(linalg for _, linalg in batch).encode()
    for passes in (llvm.LOOPS, llvm.LLVM):
        text = harness.command("mlir-opt", "--split-input-file", *passes,
                               input=text)
    text = harness.command("mlir-translate", "--split-input-file",
                           f"--output-split-marker={SPLIT.strip()}",
                           "--mlir-to-llvmir", input=text)
    files = []
    for k, module in enumerate(text.split(SPLIT.encode())):
        files.append(folder / f"{k}.ll")
        files[-1].write_bytes(module)
    assert len(files) == len(batch)
    harness.command("llvm-link", *files, "-o", folder / "all.bc")
    harness.command("clang-22", "-Wno-override-module", "-O1",
                    folder / "all.bc", folder / "main.c", "-o",
                    folder / "program")
    return folder / "program"


def run(program, k, case, sig):
    """{name of the Output: array}, of case k of a program."""
    steps = len(next(iter(case.net.inputs.values())))
    ports = [p._replace(type="i1") if is_list else p
             for p, is_list in zip(sig.inputs, sig.is_list)]
    data = np.zeros(steps, harness.record(ports))
    for i, port in enumerate(ports):
        data[f"{i}"] = case.net.inputs[port.name]
    out = harness.command(program, k, steps, input=data.tobytes())
    kind = harness.record(sig.outputs)
    if len(out) != kind.itemsize * steps:
        raise harness.Failed(f"{program} wrote {len(out)} bytes")
    out = np.frombuffer(out, kind)
    return {p.name: out[f"{i}"] for i, p in enumerate(sig.outputs)}


ROADS = {"C": c_program, "LLVM": llvm_program}


def travel(batch, expected, folder):
    """Takes a batch [(case, linalg)] along both roads. Yields (road, case,
    what is wrong, or None)."""
    for road, build in ROADS.items():
        try:
            program = build(batch, folder)
        except harness.Failed as failed:
            if len(batch) == 1:
                yield road, batch[0][0], str(failed)
                continue
            for one in batch:  # which of them is it?
                yield from (found for found in
                            travel([one], expected, folder)
                            if found[0] == road)
            continue
        for k, (case, linalg) in enumerate(batch):
            yield road, case, compared(program, k, case, linalg, expected, road)


def compared(program, k, case, linalg, expected, road):
    try:
        actual = run(program, k, case, signature(case, linalg))
        harness.compare(actual, {n: expected[case.name][n]
                                 for n in case.net.outputs}, road)
    except harness.Failed as failed:
        return str(failed)
    return None
