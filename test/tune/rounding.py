#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Rounding on data, judged on data that it never saw.

    rounding.py KIND TRIES

Makes a small random network (KIND: linear, recurrent, conv), rounds its weights
to 4 bits on the first half of random spikes, and runs it on the second half, by
the interpreter: float, rounded plainly, rounded on data. Prints the F1 of the
spikes of both, and whether rounding again gives the same text.
"""
import random
import subprocess
import sys
import tempfile

STEPS = 400
HEAD = """\
snn.step @net inputs(%x "x" : tensor<{x}xi1>)
    states(%i "lif.i" : tensor<{n}xf32> = 0.0,
           %v "lif.v" : tensor<{n}xf32> = 0.0{more}) outputs("y") {{
  %w = snn.constant dense<{w}> : tensor<{shape}xf32>
{synapses}
  %i1 = snn.integrate "lif" leaky %in into %i {{decay = 0.5, gain = 1.0}}
    : tensor<{n}xf32>, tensor<{n}xf32>
  %v1 = snn.integrate "lif" relax %i1 into %v
    {{decay = 0.3, gain = 1.0, leak = 0.0}} : tensor<{n}xf32>, tensor<{n}xf32>
  %s, %v2 = snn.fire "lif" %v1 {{threshold = 1.0, reset = 0.0}}
    : tensor<{n}xf32> -> tensor<{n}xi1>
  snn.yield %s next %i1, %v2{last} : tensor<{n}xi1>
    next tensor<{n}xf32>, tensor<{n}xf32>{last_type}
}}
"""
LINEAR = """\
  %b = snn.constant dense<{b}> : tensor<{n}xf32>
  %in = snn.linear "fc" %x weight %w bias %b
    : (tensor<{x}xi1>, tensor<{shape}xf32>, tensor<{n}xf32>) -> tensor<{n}xf32>"""
RECURRENT = """\
  %u = snn.constant dense<{u}> : tensor<{n}x{n}xf32>
  %a = snn.linear "fc" %x weight %w
    : (tensor<{x}xi1>, tensor<{shape}xf32>) -> tensor<{n}xf32>
  %c = snn.linear "rec" %z weight %u
    : (tensor<{n}xi1>, tensor<{n}x{n}xf32>) -> tensor<{n}xf32>
  %in = snn.sum "lif" %a, %c
    : tensor<{n}xf32>, tensor<{n}xf32> -> tensor<{n}xf32>"""
CONV = """\
  %in = snn.conv "fc" %x weight %w {{stride = array<i64: 1, 1>,
    pads = array<i64: 1, 0, 0, 1>, dilation = array<i64: 1, 1>, groups = 1}}
    : (tensor<{x}xi1>, tensor<{shape}xf32>) -> tensor<{n}xf32>"""
KINDS = {"linear": (LINEAR, "24", "6", "6x24"),
         "recurrent": (RECURRENT, "16", "8", "8x16"),
         "conv": (CONV, "2x5x5", "3x4x4", "3x2x3x3")}


def numbers(shape, draw):
    if not shape:
        return draw()
    return [numbers(shape[1:], draw) for _ in range(shape[0])]


def size(dims):
    product = 1
    for n in dims.split("x"):
        product *= int(n)
    return product


def network(kind, r):
    synapses, x, n, shape = KINDS[kind]
    dims = [int(k) for k in shape.split("x")]
    words = {"x": x, "n": n, "shape": shape, "more": "", "last": "",
             "last_type": ""}
    words["w"] = numbers(dims, lambda: round(r.gauss(0.15, 0.5), 4))
    if kind == "linear":
        words["b"] = numbers([int(n)], lambda: round(r.gauss(0, 0.1), 4))
    if kind == "recurrent":
        words["u"] = numbers([int(n), int(n)],
                             lambda: round(r.gauss(0, 0.4), 4))
        words["more"] = f', %z "lif" : tensor<{n}xi1> = 0.0'
        words["last"], words["last_type"] = ", %s", f", tensor<{n}xi1>"
    return HEAD.format(synapses=synapses.format(**words), **words), size(x)


def command(words, data=b""):
    done = subprocess.run(words, input=data, stdout=subprocess.PIPE,
                          check=False)
    if done.returncode:
        sys.exit(f"{words[0]} failed")
    return done.stdout


def run(folder, text, options, data):
    """The spikes of the step, quantized if there are options."""
    path = f"{folder}/step.mlir"
    with open(path, "wb") as f:
        f.write(text)
    if options:
        text = command(["snn-opt", path, f"--snn-quantize={options}"])
        with open(path, "wb") as f:
            f.write(text)
    return command(["reference-run", path], data)


def f1(a, b):
    both = sum(p & q for p, q in zip(a, b))
    return 2 * both / max(1, sum(a) + sum(b))


def main():
    kind = sys.argv[1]
    r = random.Random(7)
    text, inputs = network(kind, r)
    data = bytes(r.random() < 0.25 for _ in range(2 * STEPS * inputs))
    seen, unseen = data[:len(data) // 2], data[len(data) // 2:]
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/float.mlir"
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        tune = ["tune-run", path, "1", str(STEPS), "4", "1", "7", "c",
                sys.argv[2]]
        rounded = command(tune, seen)
        options = "weights=4 state=32"
        expected = run(folder, text.encode(), "", unseen)
        plain = f1(run(folder, text.encode(), options, unseen), expected)
        tuned = f1(run(folder, rounded, options, unseen), expected)
        print(f"{kind}: {sum(expected)} spikes, F1 plain {plain:.3f}, "
              f"on data {tuned:.3f}")
        print("better" if tuned > plain + 0.01 else "no better")
        print("same" if command(tune, seen) == rounded else "different")


if __name__ == "__main__":
    main()
