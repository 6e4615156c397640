# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""random_programs.py DIR FIRST COUNT: random loops, branches, loads and stores;
their C and what MLIR's own road to LLVM makes of them give the same bits.

A program is a function NAME_step on one buffer of each type. Its seed is its
number: run it alone to see it again.
"""
import random
import subprocess
import sys
from pathlib import Path

BUFFERS = [("f", "f32", (8,)), ("g", "f32", (8,)), ("m", "f32", (4, 4)),
           ("q", "i32", (8,)), ("b", "i1", (8,)), ("h", "i16", (8,)),
           ("d", "f64", (8,)), ("o", "f32", (8,))]  # the last is an output
C_TYPES = {"f32": "float", "f64": "double", "i32": "uint32_t",
           "i16": "uint16_t", "i1": "uint8_t"}
INITIAL = {"f32": "(float)((int)(draw() % 2001U) - 1000) / 64.0F",
           "f64": "(double)((int)(draw() % 2001U) - 1000) / 64.0",
           "i32": "draw() % 21U - 10U", "i16": "(uint16_t)(draw() % 400U)",
           "i1": "(uint8_t)(draw() & 1U)"}
CONSTANTS = {"f32": ["0.5", "1.25", "-2.0", "0.0", "3.0"],
             "f64": ["0.1", "-3.5"], "i32": ["-5", "0", "1", "9"],
             "i16": ["-3", "1", "300"], "i1": ["true", "false"],
             "index": ["0", "1", "2"]}
BINARY = {"f32": ["addf", "subf", "mulf"], "f64": ["addf", "subf", "mulf"],
          "i1": ["andi", "ori", "xori"], "index": ["addi", "minui", "maxui"],
          "i32": ["addi", "subi", "muli", "minui", "maxsi", "andi", "xori"]}
BINARY["i16"] = BINARY["i32"]
CASTS = [("uitofp", "i1", "f32"), ("sitofp", "i32", "f32"),
         ("uitofp", "i16", "f32"), ("sitofp", "i16", "f64"),
         ("extf", "f32", "f64"), ("truncf", "f64", "f32"),
         ("extui", "i16", "i32"), ("extsi", "i16", "i32"),
         ("trunci", "i32", "i16"), ("trunci", "i32", "i1"),
         ("extui", "i1", "i32"), ("extsi", "i1", "i16"),
         ("index_castui", "i16", "index")]
LLVM = ("-convert-scf-to-cf -expand-strided-metadata "
        "-finalize-memref-to-llvm "
        "-convert-func-to-llvm=use-bare-ptr-memref-call-conv=1 "
        "-convert-arith-to-llvm -convert-cf-to-llvm "
        "-reconcile-unrealized-casts").split()
WARNINGS = ("-std=c11 -Werror -Wall -Wextra -Wpedantic -Wconversion -Wshadow "
            "-Wundef -Wno-unused-but-set-variable").split()


def memref(buffer):
    return "memref<%sx%s>" % ("x".join(map(str, buffer[2])), buffer[1])


class Program:
    """Writes operations; values holds those in scope, by type."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.count = 0
        self.results = []  # of loops and branches
        self.carried = []  # by loops

    def new(self):
        self.count += 1
        return "%%v%d" % self.count

    def op(self, text):
        name = self.new()
        self.lines.append("%s = %s" % (name, text))
        return name

    def constant(self, kind, text):
        kind = "" if kind == "i1" else " : " + kind
        return self.op("arith.constant %s%s" % (text, kind))

    def value(self, values, kind):
        own = [name for name, k in self.carried
               if k == kind and name in values[kind]]
        if own and self.random.random() < 0.3:
            return self.random.choice(own)
        if values[kind] and self.random.random() < 0.8:
            recent = 4 if self.random.random() < 0.6 else 100
            return self.random.choice(values[kind][-recent:])
        return self.constant(kind, self.random.choice(CONSTANTS[kind]))

    def index(self, values, size):
        value = self.value(values, "index")
        limit = self.constant("index", str(size))
        return self.op("arith.remui %s, %s : index" % (value, limit))

    def element(self, values, buffer):
        indices = [self.index(values, size) for size in buffer[2]]
        return "%%%s[%s] : %s" % (buffer[0], ", ".join(indices),
                                  memref(buffer))

    def load(self, values):
        buffer = self.random.choice(BUFFERS)
        element = self.element(values, buffer)
        values[buffer[1]].append(self.op("memref.load " + element))

    def store(self, values, buffer=None):
        buffer = buffer or self.random.choice(BUFFERS)
        element = self.element(values, buffer)
        value = self.value(values, buffer[1])
        self.lines.append("memref.store %s, %s" % (value, element))

    def binary(self, values):
        kind = self.random.choice(list(BINARY))
        x, y = self.value(values, kind), self.value(values, kind)
        name = self.random.choice(BINARY[kind])
        result = self.op("arith.%s %s, %s : %s" % (name, x, y, kind))
        if kind == "index":  # indices stay small: C's have 32 bits
            limit = self.constant("index", "1000")
            result = self.op("arith.minui %s, %s : index" % (result, limit))
        values[kind].append(result)

    def compare(self, values):
        kind = self.random.choice(["f32", "i32", "i16"])
        x, y = self.value(values, kind), self.value(values, kind)
        floats = kind == "f32"
        which = self.random.choice(
            ["ogt", "oge", "olt", "ole", "oeq", "une"] if floats else
            ["eq", "ne", "slt", "sge", "ult", "ugt"])
        values["i1"].append(self.op("arith.cmp%s %s, %s, %s : %s" % (
            "f" if floats else "i", which, x, y, kind)))

    def select(self, values):
        kind = self.random.choice(list(C_TYPES))
        parts = [self.value(values, k) for k in ("i1", kind, kind)]
        values[kind].append(
            self.op("arith.select %s, %s, %s : %s" % (*parts, kind)))

    def cast(self, values):
        name, source, target = self.random.choice(CASTS)
        value = self.value(values, source)
        values[target].append(self.op("arith.%s %s : %s to %s" % (
            name, value, source, target)))

    def branch(self, values, kinds, depth):
        condition = self.value(values, "i1")
        types = " -> (%s)" % ", ".join(kinds) if kinds else ""
        start = len(self.lines)
        self.block(values, kinds, depth, [])
        then = self.lines[start:]
        del self.lines[start:]
        self.block(values, kinds, depth, [],
                   empty=self.random.random() < 0.5)
        other = self.lines[start:]
        del self.lines[start:]
        return "scf.if %s%s {\n%s\n} else {\n%s\n}" % (
            condition, types, "\n".join(then), "\n".join(other))

    def loop(self, values, kinds, depth):
        low = self.constant("index", str(self.random.randint(0, 2)))
        high = self.constant("index", str(self.random.randint(0, 8)))
        if self.random.random() < 0.3:
            high = self.index(values, 9)
        step = self.constant("index", self.random.choice("1113"))
        first = [self.value(values, kind) for kind in kinds]
        counter = self.new()
        carried = [self.new() for _ in kinds]
        start = len(self.lines)
        inside = {kind: list(known) for kind, known in values.items()}
        inside["index"].append(counter)
        for kind, name in zip(kinds, carried):
            inside[kind].append(name)
            self.carried.append((name, kind))
        self.block(inside, kinds, depth, carried)
        body = "\n".join(self.lines[start:])
        del self.lines[start:]
        head = "scf.for %s = %s to %s step %s" % (counter, low, high, step)
        if kinds:
            head += " iter_args(%s) -> (%s)" % (
                ", ".join(map(" = ".join, zip(carried, first))),
                ", ".join(kinds))
        return "%s {\n%s\n}" % (head, body)

    def nest(self, values, depth):
        kinds = [self.random.choice(["f32", "i32", "index", "i1", "i16"])
                 for _ in range(self.random.randint(0, 3))]
        make = self.random.choice([self.loop, self.branch])
        text = make(values, kinds, depth + 1)
        name = self.new()
        many = ":%d" % len(kinds) if len(kinds) > 1 else ""
        self.lines.append("%s%s = %s" % (name, many, text) if kinds else text)
        for i, kind in enumerate(kinds):
            result = name + ("#%d" % i if many else "")
            values[kind].append(result)
            self.results.append((result, kind))

    def block(self, outer, kinds, depth, carried, empty=False):
        values = {kind: list(known) for kind, known in outer.items()}
        for _ in range(0 if empty else self.random.randint(2, 9)):
            self.statement(values, depth)
        ends = []
        for kind in kinds:
            own = [name for name, k in zip(carried, kinds) if k == kind]
            own += [name for name, k in self.results[-4:]
                    if k == kind and name in values[kind]]
            swap = own and self.random.random() < 0.6
            ends.append(self.random.choice(own) if swap
                        else self.value(values, kind))
        if kinds:
            self.lines.append("scf.yield %s : %s" % (
                ", ".join(ends), ", ".join(kinds)))

    def statement(self, values, depth):
        simple = [self.load] * 4 + [self.store] * 4 + [self.binary] * 5 + [
            self.compare, self.compare, self.select, self.cast, self.cast]
        if depth < 3 and self.random.random() < 0.3:
            self.nest(values, depth)
        else:
            self.random.choice(simple)(values)

    def module(self):
        values = {kind: [] for kind in CONSTANTS}
        for _ in range(self.random.randint(20, 40)):
            self.statement(values, 0)
        for buffer in BUFFERS:  # or all of it is dead
            self.store(values, buffer)
        states = ", ".join("%%%s: %s" % (b[0], memref(b)) for b in BUFFERS[:-1])
        last = BUFFERS[-1]
        return """
func.func @net_step(%s, %%%s: %s) attributes {arg_names = [%s], n_states = %d} {
%s
return
}
func.func @net_init(%s) { return }
""" % (states, last[0], memref(last),
            ", ".join('"%s"' % b[0] for b in BUFFERS), len(BUFFERS) - 1,
            "\n".join(self.lines), states)


def harness(seed):
    """Runs both on the same random buffers, and compares every byte."""
    text = '#include <stdio.h>\n#include <string.h>\n#include "net.h"\n'
    text += "void ref_step(%s);\n" % ", ".join(
        C_TYPES[kind] + " *" + name for name, kind, _ in BUFFERS)
    text += """static uint32_t seed = %dU;
static uint32_t draw(void) { return (seed = seed * 1664525U + 1013904223U) >> 9; }
static net_state s;
static float o[8];
""" % (seed + 1)
    for name, kind, _ in BUFFERS:
        text += "static %s ref_%s[16];\n" % (C_TYPES[kind], name)
    text += "int main(void)\n{\nfor (int t = 0; t < 40; t++) {\n"
    for name, kind, dims in BUFFERS:
        mine = name if name == "o" else "s." + name
        size = 16 if len(dims) == 2 else 8
        text += "for (int i = 0; i < %d; i++) { ref_%s[i] = %s[i] = %s; }\n" % (
            size, name, mine, INITIAL[kind])
    text += "net_step(&s, o);\nref_step(%s);\n" % ", ".join(
        "ref_" + name for name, _, _ in BUFFERS)
    for name, kind, dims in BUFFERS:
        mine = name if name == "o" else "s." + name
        text += ('if (memcmp(%s, ref_%s, sizeof %s)) { puts("%s differs"); '
                 "return 1; }\n" % (mine, name, mine, name))
    return text + "}\nreturn 0;\n}\n"


def run(*command, stdin=None):
    result = subprocess.run(command, input=stdin, capture_output=True,
                            text=True)
    if result.returncode != 0:
        sys.exit("%s\n%s%s" % (" ".join(map(str, command)), result.stdout,
                               result.stderr))
    return result.stdout


def check(folder, seed):
    folder.mkdir(parents=True, exist_ok=True)
    source = Program(seed).module()
    (folder / "net.mlir").write_text(
        run("mlir-opt", "-canonicalize", "-cse", stdin=source))
    run("emit-tool", folder / "net.mlir", "net", folder)
    lowered = run("mlir-opt", *LLVM, stdin=source.replace("@net_", "@ref_"))
    (folder / "ref.ll").write_text(
        run("mlir-translate", "--mlir-to-llvmir", stdin=lowered))
    (folder / "main.c").write_text(harness(seed))
    run("clang", "-O0", "-Wno-override-module", "-c", folder / "ref.ll", "-o",
        folder / "ref.o")
    for cc in (["gcc", "-O2"],
               ["clang", "-O1", "-fsanitize=undefined",
                "-fno-sanitize-recover=all"]):
        run(*cc, *WARNINGS, "-c", folder / "net.c", "-o", folder / "net.o")
        run(*cc, "-w", folder / "main.c", folder / "net.o", folder / "ref.o",
            "-o", folder / "main")
        run(folder / "main")


def main():
    folder, first, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    for seed in range(first, first + count):
        print("seed", seed, flush=True)
        check(folder / str(seed), seed)


main()
