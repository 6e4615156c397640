#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random quantized steps: the C, with event loops and without, the interpreter,
and the linalg stage by the tools of LLVM alone give what the model in
quant_model.py gives, code for code. Some have floats at their borders.

    quant_random.py [--seed N] [--count N] [--first K] [--keep DIR] [--cc CC]
                    [--run QEMU [--big-endian]]

What differs is told with its number and the step's text, which stays in DIR.
"""
import argparse
import pathlib
import random
import sys
import tempfile

import numpy as np

import quant_model as model
from quant_roads import (DTYPES, bytes_of, command, compare, compiled, lowered, run_c,
                         run_llvm, split)

STEPS = 12


class Value:
    """A value of the step: how its type is spelled, and its scales."""

    def __init__(self, name, shape, bits, scale=None, axis=None):
        self.name, self.shape, self.bits = name, tuple(shape), bits
        self.quantized = scale is not None
        self.axis = axis
        self.given = scale
        if scale is None:
            self.scale = np.full(self.shape, 1.0)
        elif axis is None:
            self.scale = np.full(self.shape, scale)
        else:
            wide = [-1 if i == axis else 1 for i in range(len(shape))]
            self.scale = np.broadcast_to(
                np.reshape(scale, wide), self.shape)

    def element(self):
        if self.bits < 0:
            return f"f{-self.bits}"
        if not self.quantized:
            return f"i{self.bits}"
        if self.axis is None:
            return f"!quant.uniform<i{self.bits}:f32, {self.given!r}>"
        scales = ",".join(repr(float(s)) for s in self.given)
        return f"!quant.uniform<i{self.bits}:f32:{self.axis}, {{{scales}}}>"

    def type(self):
        dims = "".join(f"{n}x" for n in self.shape)
        return f"tensor<{dims}{self.element()}>"


class Step:
    """Operations in text, and what they compute."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.at_borders = random.Random(f"{seed} borders")
        self.n = 0
        self.text, self.run = [], []
        self.inputs, self.outputs, self.states = [], [], []
        self.scale_of = {}  # of the codes that floats at a border become

    # values

    def new(self, shape, bits, scale=None, axis=None):
        self.n += 1
        return Value(f"%v{self.n}", shape, bits, scale, axis)

    def scale(self):
        r = self.r
        return (2.0**r.randint(-12, 2) if r.random() < 0.4
                else r.uniform(0.5, 2.0) * 10.0**r.randint(-4, 0))

    def scales(self, n):
        return [self.scale() for _ in range(n)]

    def input(self, shape, kinds=("spikes", "count", "code")):
        kind = self.r.choice(kinds)
        if kind == "spikes":
            x = self.new(shape, 1)
        elif kind == "count":
            x = self.new(shape, self.r.choice([8, 16]))
        else:
            x = self.new(shape, self.r.choice([8, 16]), self.scale())
        self.inputs.append(x)
        return x

    def output(self, x):
        self.outputs.append(x)

    def add(self, text, *results):
        names = ", ".join(r.name for r in results)
        self.text.append(f"  {names} = {text}")

    def codes(self, n, bits):
        low, high = model.bounds(bits)
        small = self.r.random() < 0.4
        return np.array([self.r.randint(-3, 3) if small
                         else self.r.choice([low, high, 0])
                         if self.r.random() < 0.1
                         else self.r.randint(low, high)
                         for _ in range(n)], dtype=object)

    def constant(self, value, codes):
        plain = np.array(codes, dtype=object).reshape(value.shape).tolist()
        dims = "".join(f"{n}x" for n in value.shape)
        self.add(f"snn.constant dense<{plain}> : tensor<{dims}i{value.bits}>"
                 f" as {value.type()}", value)

    def param(self, shape, draw):
        """A number, or one for each element: its text, and all of them."""
        if self.r.random() < 0.5:
            one = float(draw())
            return repr(one), np.full(shape, one)
        each = np.array([float(draw()) for _ in range(int(np.prod(shape)))])
        each = each.reshape(shape)
        dims = "".join(f"{n}x" for n in shape)
        return f"dense<{each.tolist()}> : tensor<{dims}f64>", each

    # operations

    def weights(self, shape, x):
        r = self.r
        bits = r.choice([4, 8, 8, 16])
        if r.random() < 0.5:
            w = self.new(shape, bits, self.scale())
            product, axis = w.given * x.scale.flat[0], None
        else:
            scales = self.scales(shape[0])
            w = self.new(shape, bits, scales, 0)
            product, axis = [s * x.scale.flat[0] for s in scales], 0
        codes = self.codes(int(np.prod(shape)), bits)
        self.constant(w, codes)
        return w, codes.reshape(shape), product, axis

    def bias(self, shape, product, axis):
        if self.r.random() < 0.5:
            return None, np.zeros(shape, dtype=object)
        b = self.new(shape, 32, product, axis)
        bits = self.r.choice([8, 16, 32])
        codes = self.codes(int(np.prod(shape)), bits)
        self.constant(b, codes)
        return b, codes.reshape(shape)

    def synapse(self, op, x, w, b, y, options=""):
        types = ", ".join(v.type() for v in (x, w, b) if v)
        text = f'snn.{op} "{op}{self.n}" {x.name} weight {w.name}'
        text += f" bias {b.name}" if b else ""
        self.add(f"{text} {options} : ({types}) -> {y.type()}", y)

    def linear(self, x):
        m = self.r.randint(1, 7)
        w, codes, product, axis = self.weights((m, x.shape[0]), x)
        b, bias = self.bias((m,), product, axis)
        y = self.new((m,), 32, product, axis)
        self.synapse("linear", x, w, b, y)
        self.run.append(lambda e: e.update({
            y.name: model.linear(codes, e[x.name], bias, 32)}))
        return y

    def windows(self, pool):
        r = self.r
        kernel = [r.randint(1, 3), r.randint(1, 3)]
        stride = [r.randint(1, 2), r.randint(1, 2)]
        pads = [r.randint(0, 1) for _ in range(4)]
        dilation = [1, 1] if pool else [r.randint(1, 2), r.randint(1, 2)]
        return kernel, stride, pads, dilation

    @staticmethod
    def out_dims(x, kernel, stride, pads, dilation):
        return [(x.shape[i + 1] + pads[2 * i] + pads[2 * i + 1]
                 - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1
                for i in range(2)]

    def conv(self, x):
        kernel, stride, pads, dilation = self.windows(False)
        if min(self.out_dims(x, kernel, stride, pads, dilation)) < 1:
            return x
        groups = x.shape[0] if self.r.random() < 0.3 else 1
        out = groups * self.r.randint(1, 2)
        shape = (out, x.shape[0] // groups, *kernel)
        w, codes, product, axis = self.weights(shape, x)
        b, bias = self.bias((out,), product, axis)
        dims = self.out_dims(x, kernel, stride, pads, dilation)
        y = self.new((out, *dims), 32, product, axis)

        def array(numbers):
            return f"array<i64: {', '.join(map(str, numbers))}>"
        self.synapse("conv", x, w, b, y,
                     f"{{stride = {array(stride)}, pads = {array(pads)}, "
                     f"dilation = {array(dilation)}, groups = {groups} : i64}}")
        self.run.append(lambda e: e.update({
            y.name: model.conv(codes, e[x.name], bias, stride, pads, dilation,
                               groups, 32)}))
        return y

    def pool(self, x):
        kernel, stride, pads, dilation = self.windows(True)
        dims = self.out_dims(x, kernel, stride, pads, dilation)
        if min(dims) < 1:
            return x
        shape = (x.shape[0], *dims)
        mean = self.r.random() < 0.5
        bits = self.r.choice([8, 16, 32])
        taps = kernel[0] * kernel[1]
        divides = mean and self.r.random() < 0.5
        s = x.scale.flat[0]
        if mean:
            y = self.new(shape, bits, float(s if divides else s / taps))
        elif x.quantized:
            y = self.new(shape, bits, float(s))
        else:
            y = self.new(shape, max(bits, x.bits, 8))
            y.bits = x.bits if x.bits > 1 else y.bits

        def array(numbers):
            return f"array<i64: {', '.join(map(str, numbers))}>"
        name = "avg_pool" if mean else "sum_pool"
        self.add(f'snn.{name} "p{self.n}" {x.name} {{kernel = {array(kernel)}, '
                 f"stride = {array(stride)}, pads = {array(pads)}}} : "
                 f"{x.type()} -> {y.type()}", y)
        divides = divides or (mean and taps == 1)

        def compute(e):
            n = model.sum_pool(e[x.name], kernel, stride, pads)
            if divides:
                n = model.each(
                    lambda k: model.times(model.sat(k, 32), 1 / taps), n)
            e[y.name] = model.each(lambda k: model.sat(k, y.bits), n)
        self.run.append(compute)
        return y

    def rescale(self, x):
        bits = self.r.choice([8, 16, 32])
        y = self.new(x.shape, bits, self.scale()
                     * self.r.choice([1, 1, 100]))
        factor = np.ones(x.shape)
        if self.r.random() < 0.5:
            self.add(f'snn.rescale "r{self.n}" {x.name} : {x.type()} -> '
                     f"{y.type()}", y)
        else:
            text, factor = self.param(x.shape,
                                      lambda: self.r.uniform(-2, 2))
            self.add(f'snn.scale "r{self.n}" {x.name} {{scale = {text}}} : '
                     f"{x.type()} -> {y.type()}", y)
        self.run.append(lambda e: e.update({y.name: model.each(
            lambda n, f, s, t: model.sat(model.times(n, f * s / t), bits),
            e[x.name], factor, x.scale, y.scale)}))
        return y

    def sum(self, x):
        y = self.new(x.shape, self.r.choice([8, 16, 32]), x.given, x.axis)
        if not x.quantized:
            return x
        n = self.r.randint(2, 4)
        names = ", ".join([x.name] * n)
        types = ", ".join([x.type()] * n)
        self.add(f'snn.sum "s{self.n}" {names} : {types} -> {y.type()}', y)
        self.run.append(lambda e: e.update({y.name: model.each(
            lambda k: model.sat(n * k, y.bits), e[x.name])}))
        return y

    def threshold(self, x):
        y = self.new(x.shape, 1)
        text, each = self.param(x.shape, lambda: self.level(x))
        self.add(f'snn.threshold "t{self.n}" {x.name} {{threshold = {text}}} : '
                 f"{x.type()} -> {y.type()}", y)
        self.run.append(lambda e: e.update({y.name: model.each(
            lambda n, t, s: int(n > model.over(t, s)),
            e[x.name], each, x.scale)}))
        return y

    def level(self, v):
        """A real number that a state may meet: of some code, or near it."""
        r = self.r
        s = float(r.choice(list(v.scale.flat)))
        n = r.choice([1, 5, 100, 20000, 40000])
        return s * r.choice([n, n + 0.5, r.uniform(0, n)])

    def state(self, shape, bits):
        r = self.r
        each = r.random() < 0.4
        v = self.new(shape, bits,
                     self.scales(shape[0]) if each else self.scale(),
                     0 if each else None)
        text, start = self.param(
            shape, lambda: r.choice([0, 0, self.level(v), -self.level(v)]))
        self.states.append((v, None, text, model.each(
            lambda x, s: model.sat(model.code(x, s), bits), start, v.scale)))
        return v

    def delay(self, x):
        """The value of some steps ago, on a line that starts from its scale."""
        r = self.r
        length = r.randint(1, 3)
        axis = None if x.axis is None else x.axis + 1
        line = self.new((length, *x.shape), x.bits, x.given, axis)
        self.states.append([line, None, "0.0",
                            np.zeros(line.shape, dtype=object)])
        place = len(self.states) - 1
        y = self.new(x.shape, x.bits, x.given, x.axis)
        steps = r.randint(1, length)
        self.add(f'snn.delay_read "d{self.n}" {line.name} {{steps = {steps}}} '
                 f": {line.type()} -> {y.type()}", y)
        pushed = self.new(line.shape, x.bits, x.given, axis)
        self.add(f'snn.delay_push "d{self.n}" {x.name} into {line.name} : '
                 f"{x.type()}, {line.type()}", pushed)

        def compute(e):
            e[y.name] = e[line.name][length - steps]
            e[pushed.name] = np.concatenate(
                [e[line.name][1:], e[x.name][None]])
        self.run.append(compute)
        self.states[place] = (line, pushed, *self.states[place][2:])
        return y

    def neuron(self, x):
        r = self.r
        bits = r.choice([16, 16, 32])
        v = self.state(x.shape, bits)
        place = len(self.states) - 1
        form = r.choice(["relax", "pull", "accumulate", "exact", "leaky",
                         "jump", "divide", "leak_divide", "approach"])
        ratio = float(v.scale.min() / x.scale.max())
        draw_gain = (lambda: r.choice([1.0, 2.0, r.uniform(-1.5, 1.5)])) \
            if r.random() < 0.7 else (lambda: ratio * r.randint(-3, 3))
        params = {"gain": self.param(x.shape, draw_gain)}
        if form != "accumulate":
            low, high = {"divide": (1, 40), "leak_divide": (1, 40),
                         "approach": (-0.99, -0.01)}.get(form, (0, 0.99))
            params["decay"] = self.param(x.shape,
                                         lambda: r.uniform(low, high))
        if form in ("relax", "pull", "exact", "divide", "leak_divide") or \
                form == "leaky" and r.random() < 0.5:
            leak = r.random() < 0.5
            params["leak"] = self.param(
                x.shape, lambda: r.uniform(-3, 3) * self.level(v) if leak
                else 0.0)
        numbers = {k: p[1] for k, p in params.items()}
        zero = np.zeros(x.shape)
        decay, leak = numbers.get("decay", zero + 1), numbers.get("leak", zero)
        gain = numbers["gain"]
        d, g, c = np.vectorize(lambda *a: model.affine(form, *a))(
            decay, gain, leak)
        if np.any(abs(g * (x.scale / v.scale)) >= 2**31 - 1) or \
                np.any(abs(c / v.scale) >= 2**31):
            self.states.pop()
            return x
        node = f"n{self.n}"
        u = self.new(x.shape, bits, v.given, v.axis)
        text = ", ".join(f"{k} = {p[0]}" for k, p in sorted(params.items()))
        self.add(f'snn.integrate "{node}" {form} {x.name} into {v.name} '
                 f"{{{text}}} : {x.type()}, {v.type()}", u)
        self.run.append(lambda e: e.update({u.name: model.each(
            lambda *a: model.integrate(form, *a, bits), e[x.name], e[v.name],
            x.scale, v.scale, decay, gain, leak)}))
        last, result = self.fire(node, u, v)
        if r.random() < 0.3:
            last = self.clamp(node, last)
        self.states[place] = (v, last, *self.states[place][2:])
        if r.random() < 0.3:
            self.output(last)
        return result

    def clamp(self, node, v):
        w = self.new(v.shape, v.bits, v.given, v.axis)
        text, low = self.param(v.shape, lambda: -self.level(v))
        at = self.r.choice(["max", "relu"])
        self.add(f'snn.clamp "{node}" {v.name} at {at} {{low = {text}}} : '
                 f"{v.type()}", w)
        self.run.append(lambda e: e.update({w.name: model.each(
            lambda n, b, s: max(n, model.sat(model.code(b, s), v.bits)),
            e[v.name], low, v.scale)}))
        return w

    def fire(self, node, u, v):
        r = self.r
        compare = r.choice(["gt", "gt", "ge"] + ["count"] * (u.bits == 16))
        guarded = compare == "gt" and r.random() < 0.2
        subtract = guarded or r.random() < 0.5
        cap = r.choice([1, 3, 100]) if compare == "count" else None
        bits = {1: 8, 3: 8, 100: 16}[cap] if cap else 1
        s = self.new(u.shape, bits)
        w = self.new(u.shape, u.bits, u.given, u.axis)
        unit = float(u.scale.max()) if compare == "count" else 0
        text, threshold = self.param(
            u.shape, lambda: unit + self.level(u)
            * (1 if compare == "count" or r.random() < 0.8 else -1))
        attributes = f"threshold = {text}"
        reset = np.full(u.shape, None, dtype=object)
        if not subtract:
            text, reset = self.param(
                u.shape, lambda: r.choice([0, 0, self.level(u),
                                           -self.level(u)]))
            attributes += f", reset = {text}"
        if cap:
            attributes += f", cap = {cap} : i32"
        if r.random() < 0.2 and not guarded and compare != "count":
            return self.late(node, u, v, threshold, reset, attributes, subtract)
        words = f" after {v.name}" if guarded else ""
        words += " mode subtract" if subtract else ""
        words += f" compare {compare}" if compare != "gt" else ""
        before = f", {v.type()}" if guarded else ""
        self.add(f'snn.fire "{node}" {u.name}{words} {{{attributes}}} : '
                 f"{u.type()}{before} -> {s.type()}", s, w)

        def compute(e):
            both = model.each(
                lambda n, k, t, z, p: model.fire(
                    n, k, u.bits, compare, t, z, cap, p),
                e[u.name], u.scale, threshold, reset,
                e[v.name] if guarded
                else np.full(u.shape, None, dtype=object))
            e[s.name] = model.each(lambda p: p[0], both)
            e[w.name] = model.each(lambda p: p[1], both)
        self.run.append(compute)
        return w, s

    def late(self, node, u, v, threshold, reset, attributes, subtract):
        """Spikes of a threshold, and the reset as an operation of its own."""
        s = self.new(u.shape, 1)
        w = self.new(u.shape, u.bits, u.given, u.axis)
        parts = dict(p.split(" = ", 1) for p in
                     attributes.replace(", reset", "\nreset").split("\n"))
        self.add(f'snn.threshold "{node}" {u.name} '
                 f"{{threshold = {parts['threshold']}}} : {u.type()} -> "
                 f"{s.type()}", s)
        mode, name = (" mode subtract", "threshold") if subtract \
            else ("", "reset")
        self.add(f'snn.reset "{node}" {u.name} by {s.name}{mode} '
                 f"{{{name} = {parts[name]}}} : {u.type()}, {s.type()}", w)

        def compute(e):
            e[s.name] = model.each(
                lambda n, t, k: int(n > model.over(t, k)), e[u.name],
                threshold, u.scale)
            e[w.name] = model.each(
                lambda n, k, q, t, z: model.after(n, k, q, u.bits, t, z),
                e[u.name], e[s.name], u.scale, threshold, reset)
        self.run.append(compute)
        return w, s

    def collapse(self, x):
        if x.axis is not None:
            return x
        y = self.new((int(np.prod(x.shape)),), x.bits, x.given)
        self.add(f"tensor.collapse_shape {x.name} [[0, 1, 2]] : {x.type()} "
                 f"into {y.type()}", y)
        self.run.append(lambda e: e.update(
            {y.name: e[x.name].reshape(y.shape)}))
        return y

    # the whole

    def build(self):
        r = self.r
        image = r.random() < 0.5
        x = self.input((r.randint(1, 3), r.randint(3, 5), r.randint(3, 5))
                       if image else (r.randint(1, 40),))
        first = x
        for _ in range(r.randint(2, 5)):
            kinds = [self.neuron, self.neuron, self.rescale, self.sum]
            if x.axis is None:  # delay_read_c1: one element type
                kinds.append(self.delay)
            if x.axis is None and len(x.shape) == 1:
                kinds += [self.linear] * 3
            if x.axis is None and len(x.shape) == 3:
                kinds += [self.conv, self.conv, self.pool]
            if r.random() < 0.1:
                kinds = [self.threshold]
            elif len(x.shape) == 3 and r.random() < 0.2:
                kinds = [self.collapse]
            x = r.choice(kinds)(x)
            if r.random() < 0.3 and x.name != first.name:
                self.output(x)
        self.output(self.rescale(x))
        if self.at_borders.random() < 0.4:
            self.open_borders(self.at_borders.choice([-32, -64]))

    def open_borders(self, bits):
        """Floats, of -bits, in the place of all codes that go in or out."""
        run, text = self.run, self.text
        self.run, self.text = [], []
        for i, x in enumerate(self.inputs):
            if x.quantized:
                self.inputs[i] = self.border(x, self.new(x.shape, bits), False)
        self.run, self.text = self.run + run, self.text + text
        for i, y in enumerate(self.outputs):
            if y.quantized:
                self.outputs[i] = self.border(y, self.new(y.shape, bits), True)

    def border(self, codes, real, leaves):
        """Crosses from real to codes, or the other way; returns real."""
        x, y = (codes, real) if leaves else (real, codes)
        self.add(f'snn.rescale "b{self.n}" {x.name} : {x.type()} -> '
                 f"{y.type()}", y)
        kind = DTYPES[real.bits]
        self.run.append(lambda e: e.update({y.name: model.each(
            (lambda n, s: kind(n * s)) if leaves else
            (lambda r, s: model.encode(r, s, codes.bits)),
            e[x.name], codes.scale)}))
        self.scale_of[real.name] = codes.scale
        return real

    def mlir(self):
        ins = ", ".join(f'{x.name} "x{i}" : {x.type()}'
                        for i, x in enumerate(self.inputs))
        states = ", ".join(f'{v.name} "s{i}.v" : {v.type()} = {text}'
                           for i, (v, _, text, _) in enumerate(self.states))
        outs = ", ".join(f'"y{i}"' for i in range(len(self.outputs)))
        ends = ", ".join(y.name for y in self.outputs)
        types = ", ".join(y.type() for y in self.outputs)
        if self.states:
            nexts = [s[1] for s in self.states]
            ends += " next " + ", ".join(v.name for v in nexts)
            types += " next " + ", ".join(v.type() for v in nexts)
        head = f"snn.step @net inputs({ins})"
        head += f" states({states})" if states else ""
        return "\n".join([f"{head} outputs({outs}) {{", *self.text,
                          f"  snn.yield {ends} : {types}", "}", ""])

    def draw_real(self, x):
        """Codes, ties between two of them, what is near, what is odd."""
        r, kind = self.at_borders, DTYPES[x.bits]
        odd = [np.nan, np.inf, -np.inf, 0., -0., 1e-45, 3e38, -3e38]
        drawn = np.empty(x.shape, object)
        for i in np.ndindex(x.shape):
            n = r.choice([0, r.randint(-9, 9), r.randint(-40000, 40000)])
            n += r.choice([0, 0.5, r.uniform(0, 1)])
            real = kind(n * self.scale_of[x.name][i])
            drawn[i] = (kind(r.choice(odd)) if r.random() < 0.05 else
                        np.nextafter(real, kind(0)) if r.random() < 0.2
                        else real)
        return drawn

    def draw(self, x):
        if x.bits < 0:
            return self.draw_real(x)
        r = self.r
        low, high = (0, 1) if x.bits == 1 else model.bounds(x.bits)
        few = r.random() < 0.5
        count = int(np.prod(x.shape))
        numbers = [r.randint(low, high) if not few or r.random() < 0.2 else 0
                   for _ in range(count)]
        return np.array(numbers, dtype=object).reshape(x.shape)

    def simulate(self, inputs):
        """The outputs of each step."""
        state = {v.name: start for v, _, _, start in self.states}
        for step in inputs:
            e = dict(state)
            e.update({x.name: a for x, a in zip(self.inputs, step)})
            for compute in self.run:
                compute(e)
            state = {v.name: e[after.name] for v, after, _, _ in self.states}
            yield [e[y.name] for y in self.outputs]


def check(number, options, folder):
    step = Step(f"{options.seed} {number}")
    step.build()
    (folder / "net.mlir").write_text(step.mlir())
    inputs = [[step.draw(x) for x in step.inputs] for _ in range(STEPS)]
    outputs = list(step.simulate(inputs))
    expected = bytes_of(step.outputs, outputs, "<")
    given = b"".join(bytes_of(step.inputs, inputs, "<"))
    got = command("reference-run", str(folder / "net.mlir"), input=given)
    compare("the interpreter", expected, split(got, len(expected[0])))
    for dense in (False, True):
        program = compiled(folder, step, dense, options.cc)
        compare("the C of " + ("dense" if dense else "event") + " loops",
                *run_c(step, program, options, inputs, outputs))
    compare("the LLVM road", expected,
            list(run_llvm(step, lowered(folder), inputs)))
    return len(set(expected)) > 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--keep", type=pathlib.Path,
                        default=pathlib.Path("failed"))
    parser.add_argument("--cc", default="gcc -O2 -fsanitize=undefined "
                                        "-fno-sanitize-recover=all")
    parser.add_argument("--run", default="", help="runs what CC makes: qemu")
    parser.add_argument("--big-endian", action="store_true")
    options = parser.parse_args()
    failed = alive = 0
    for number in range(options.first, options.first + options.count):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            try:
                alive += check(number, options, folder)
            except RuntimeError as error:
                failed += 1
                options.keep.mkdir(parents=True, exist_ok=True)
                kept = options.keep / f"seed{options.seed}-{number}.mlir"
                kept.write_text((folder / "net.mlir").read_text())
                print(f"seed {options.seed}, step {number}, {kept}: {error}",
                      flush=True)
    print(f"{options.count - failed} passed, {failed} failed, {alive} change")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
