# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""docs/spec.md, the paragraphs on integers, once more: in Python's integers,
which have no width, and f64. Arrays are of objects; scales are arrays of floats
of the value's shape."""
import math

import numpy as np

I32 = (-2**31, 2**31 - 1)


def bounds(bits):
    return -2**(bits - 1), 2**(bits - 1) - 1


def sat(n, bits):
    low, high = bounds(bits)
    return min(max(int(n), low), high)


def near(r):
    n = round(r)  # ties to even
    return float(n) if abs(n - r) <= abs(r) * 2.0**-40 else r


def sat32(r):
    return I32[0] if r < I32[0] else I32[1] if r > I32[1] else int(r)


def code(r, s):
    return sat32(round(r / s))


def encode(r, s, bits):
    """A float as a code."""
    if math.isnan(r):
        return 0
    q = float(r) / s
    return sat(round(q), bits) if math.isfinite(q) else bounds(bits)[q > 0]


def over(r, s):
    return sat32(math.floor(near(r / s)))


def from_(r, s):
    return sat32(math.ceil(near(r / s)))


def shifted(q, bits):
    unit = 1 << bits
    n, rest = divmod(q, unit)
    return n + (2 * rest > unit or (2 * rest == unit and n % 2 == 1))


def times(q, m):
    bits = 62
    while bits > 0 and abs(round(math.ldexp(m, bits))) >= 2**31:
        bits -= 1
    return shifted(q * round(math.ldexp(m, bits)), bits)


def each(function, *arrays):
    """function, for each element."""
    out = np.empty(np.shape(arrays[0]), dtype=object)
    for i in np.ndindex(out.shape):
        out[i] = function(*(a[i] for a in arrays))
    return out


def linear(weight, x, bias, bits):
    y = (weight * x[..., None, :]).sum(axis=-1)
    return each(lambda n: sat(n, bits), y + bias)


def windows(x, kernel, stride, pads, dilation):
    """(C, out..., taps...): what each output of a channel sees."""
    axes = len(kernel)
    before = [(pads[2 * i], pads[2 * i + 1]) for i in range(axes)]
    x = np.pad(x, [(0, 0)] + before, constant_values=0)
    out = [(x.shape[i + 1] - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1
           for i in range(axes)]
    y = np.empty([x.shape[0]] + out + list(kernel), dtype=object)
    for p in np.ndindex(*out):
        for t in np.ndindex(*kernel):
            at = tuple(p[i] * stride[i] + t[i] * dilation[i]
                       for i in range(axes))
            y[(slice(None), *p, *t)] = x[(slice(None), *at)]
    return y


def conv(weight, x, bias, stride, pads, dilation, groups, bits):
    seen = windows(x, weight.shape[2:], stride, pads, dilation)
    per_out, per_in = weight.shape[0] // groups, x.shape[0] // groups
    rows = []
    for o in range(weight.shape[0]):
        g = o // per_out
        part = seen[g * per_in:(g + 1) * per_in]
        w = weight[o].reshape([per_in] + [1] * (x.ndim - 1)
                              + list(weight.shape[2:]))
        axes = (0, *range(x.ndim, part.ndim))
        rows.append((part * w).sum(axis=axes) + bias[o])
    return each(lambda n: sat(n, bits), np.array(rows, dtype=object))


def sum_pool(x, kernel, stride, pads):
    seen = windows(x, kernel, stride, pads, [1] * len(kernel))
    return seen.sum(axis=tuple(range(x.ndim, seen.ndim)))


def affine(form, decay, gain, leak):
    """D, G and C of snn.integrate."""
    return {
        "relax": lambda: (1 - decay, decay * gain, decay * leak),
        "pull": lambda: (1 - decay, decay * gain, decay * leak),
        "accumulate": lambda: (1.0, gain, 0.0),
        "exact": lambda: (decay, gain, leak * (1 - decay)),
        "leaky": lambda: (decay, gain, leak),
        "jump": lambda: (decay, gain * decay, 0.0),
        "divide": lambda: (1 - 1 / decay, gain / decay, leak / decay),
        "leak_divide": lambda: (1 - 1 / decay, gain, leak / decay),
        "approach": lambda: (1 + decay, -(gain * decay), 0.0),
    }[form]()


def integrate(form, x, v, scale_x, s, decay, gain, leak, bits):
    d, g, c = affine(form, decay, gain, leak)
    g = near(g * (scale_x / s))
    c = c / s
    shift = 15 if bits == 16 else 30
    kept = shifted(round(math.ldexp(d, shift)) * v
                   + round(math.ldexp(c, shift)), shift)
    return sat(kept + times(x, g), bits)


def after(v, n, s, bits, threshold, reset):
    """The state after n spikes; reset is None where they subtract."""
    if n == 0:
        return v
    if reset is not None:
        return sat(code(reset, s), bits)
    return sat(v - n * code(threshold, s), bits)


def spikes(v, s, compare, threshold, cap):
    if compare == "gt":
        return int(v > over(threshold, s))
    if compare == "ge":
        return int(v >= from_(threshold, s))
    unit = code(threshold, s)
    return 0 if v < unit else min(cap, v // unit)


def fire(v, s, bits, compare, threshold, reset, cap=None, before=None):
    taken = 0 if before is None else spikes(before, s, "gt", threshold, None)
    u = after(v, taken, s, bits, threshold, reset)
    n = spikes(u, s, compare, threshold, cap)
    return n, after(u, n - taken, s, bits, threshold, reset)
