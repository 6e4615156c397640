# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random nodes of every type, with every option.

A maker takes a Draw and the shape that arrives, and returns a Made: the node as
test/nir/make.py writes it, the shape that leaves, and which options it has.
What each type can show stands in OPTIONS: a name that is not there is refused.
"""
from typing import NamedTuple

import numpy as np

DT = .125  # an exact fraction, so that delays are whole steps or clearly not


class Made(NamedTuple):
    node: dict
    shape: tuple
    options: list


PARAMETERS = ["one number", "one for each, all equal", "one for each",
              "stored as float64", "stored as integers"]
RANKS = [f"rank {n}" for n in range(5)]
FED = ["fed real numbers", "fed spikes"]
WINDOW = ["stride 1", "stride above 1", "padding by numbers", "no padding"]
CONV = WINDOW + ["padding 'same'", "padding 'valid'", "dilation", "one group",
                 "groups", "depthwise", "bias", "bias of one number",
                 "input_shape stated", "input_shape absent"] + FED
PAIRS = ["stride of two numbers", "padding of two numbers"]
POOL = WINDOW + PAIRS + ["kernel of one number", "kernel of two numbers",
                         "windows that overlap"] + FED
RESET = ["v_reset absent", "v_reset"]
W_IN = ["w_in absent", "w_in"]
NEURON = PARAMETERS + RANKS + ["above 32 neurons"] + FED
LINEAR = ["no leading axes", "one leading axis", "two leading axes"] + FED
OPTIONS = {
    "Input": RANKS + ["real numbers", "spikes"],
    "Output": RANKS + ["shape stated wrong"],
    "Linear": LINEAR,
    "Affine": LINEAR + ["bias for each row", "bias for each output",
                        "bias of one number"],
    "Scale": PARAMETERS + RANKS + FED,
    "Threshold": PARAMETERS + RANKS + FED,
    "Delay": PARAMETERS[:-1] + RANKS + FED + [
        "no step", "one step", "many steps", "mixed, some of no step",
        "mixed, all of one step or more"],
    "Flatten": FED + ["start_dim and end_dim absent", "all axes",
                      "an inner range", "one axis", "negative axes",
                      "input_type stated"],
    "Conv1d": CONV,
    "Conv2d": CONV + PAIRS + ["dilation of two numbers", "kernel not square"],
    "SumPool2d": POOL,
    "AvgPool2d": POOL,
    "I": NEURON,
    "IF": NEURON + RESET,
    "LI": NEURON + ["v_leak not 0"],
    "LIF": NEURON + RESET + ["v_leak not 0"],
    "CubaLI": NEURON + W_IN + ["v_leak not 0"],
    "CubaLIF": NEURON + W_IN + RESET + ["v_leak not 0"],
}
SPIKING = ("IF", "LIF", "CubaLIF")
NEURONS = SPIKING + ("I", "LI", "CubaLI")

# Parameters of the elementwise types: the range in which something happens.
TAU, CURRENT, LEAK = (.2, 2), (.5, 2), (-.3, .3)
RANGES = {
    "Scale": {"scale": (-1.5, 1.5)},
    "Threshold": {"threshold": (-.5, .75)},
    "I": {"r": (-1, 2)},
    "IF": {"r": (1, 6), "v_threshold": (.1, .6)},
    "LI": {"tau": TAU, "r": CURRENT, "v_leak": LEAK},
    "LIF": {"tau": TAU, "r": (.5, 3), "v_leak": LEAK,
            "v_threshold": (.05, .5)},
    "CubaLI": {"tau_syn": TAU, "tau_mem": TAU, "r": CURRENT, "v_leak": LEAK},
    "CubaLIF": {"tau_syn": TAU, "tau_mem": TAU, "r": (.5, 3), "v_leak": LEAK,
                "v_threshold": (.03, .3)},
}


# Parameters


def parameter(draw, shape, low, high):
    """Returns an array and the name of its form."""
    form = draw.pick(PARAMETERS[:3])
    if form == "one number":
        value = np.array(draw.real(low, high))
        # of no axes: with one, a loop that nothing feeds would state a shape
        plain = draw.chance(.5) or not shape
        return (value if plain else value.reshape([1])), form
    if form == "one for each":
        return draw.reals(low, high, shape), form
    return np.full(shape, draw.real(low, high)), form


def stored(draw, array, options):
    """The same parameter in another type of the file."""
    how = draw.below(8)
    if how == 0:  # digits that f32 does not have
        options.append("stored as float64")
        return np.array(array, np.float64) * (1 + 2.0 ** -40)
    if how == 1:
        options.append("stored as integers")
        away = np.where(array < 0, np.floor(array), np.ceil(array))
        return away.astype(draw.pick(["<i4", ">i2", "i8", "i1"]))
    return array.astype(">f4") if how == 2 else array


def elementwise(kind):
    def make(draw, shape):
        node, options = {"type": kind}, [f"rank {len(shape)}"]
        for name, (low, high) in RANGES[kind].items():
            value, form = parameter(draw, shape, low, high)
            if name == "v_leak" and draw.chance(.4):
                value = value * 0
            node[name] = stored(draw, value, options)
            options.append(form)
        more_parameters(draw, kind, shape, node, options)
        if "v_leak" in node and np.any(node["v_leak"]):
            options.append("v_leak not 0")
        if kind in NEURONS and np.prod(shape, dtype=int) > 32:
            options.append("above 32 neurons")
        return Made(node, shape, options)
    return make


def more_parameters(draw, kind, shape, node, options):
    """Those that may be absent."""
    for name, kinds, low, high in (("v_reset", SPIKING, -.3, .1),
                                   ("w_in", ("CubaLI", "CubaLIF"), .5, 2)):
        if kind not in kinds:
            continue
        if draw.chance(.4):
            options.append(f"{name} absent")
            continue
        value, form = parameter(draw, shape, low, high)
        node[name] = value
        options += [name, form]


def delay(draw, shape):
    most = draw.pick([0, 1, 1, 2, 5])
    least = draw.below(2) if most else 0
    uniform = draw.chance(.4)
    count = 1 if uniform else int(np.prod(shape, dtype=int))
    steps = [draw.between(least, most) for _ in range(count)]
    # a time within half a step of the steps, but for none
    times = [s * DT + (float(draw.real(-.4, .4)) * DT if s else 0)
             for s in steps]
    options = [f"rank {len(shape)}", delay_option(steps)]
    options.append("one number" if uniform else
                   "one for each" if len(set(steps)) > 1 else
                   "one for each, all equal")
    value = np.array(times, np.float64).reshape([] if uniform else shape)
    if draw.chance(.5):
        value = value.astype(np.float32)
    else:
        options.append("stored as float64")
    return Made({"type": "Delay", "delay": value}, shape, options)


def delay_option(steps):
    if min(steps) != max(steps):
        return ("mixed, some of no step" if min(steps) == 0 else
                "mixed, all of one step or more")
    return ("no step", "one step", "many steps")[min(max(steps), 2)]


# Weights


def weights(draw, shape, inside):
    """Of a size that keeps sums of `inside` products near 1."""
    w = draw.reals(-1, 1, shape) * np.float32(2.5 / np.sqrt(inside))
    w[draw.bits(.2, shape) > 0] = 0  # a zero weight, of either sign
    w[draw.bits(.05, shape) > 0] = -0.
    return w


def linear(draw, shape, out=None):
    """out: how many rows; the type and the form of the bias are free."""
    *lead, inside = shape
    if out is None:
        out = draw.between(1, 70) if draw.chance(.15) else draw.between(1, 8)
    made = tuple(lead) + (out,)
    node = {"type": "Linear", "weight": weights(draw, made + (inside,), inside)}
    options = [("no leading axes", "one leading axis",
                "two leading axes")[min(len(lead), 2)]]
    form = draw.below(4)
    if form:
        bias = draw.reals(-.3, .5, [(out,), made, ()][form - 1])
        node.update(type="Affine", bias=bias)
        options.append(["bias for each row", "bias for each output",
                        "bias of one number"][form - 1])
    return Made(node, made, options)


# Windows


def axis_windows(draw, sizes, word):
    """(kernels, strides, paddings, dilations) that fit axes of these sizes."""
    padded = not word and draw.chance(.6)
    strided = word != "same" and draw.chance(.6)
    axes = []
    for size in sizes:
        padding = draw.between(0, 2) if padded else 0
        room = size if word == "same" else size + 2 * padding
        kernel = draw.between(1, min(4, room))
        dilation = 1
        if kernel > 1 and draw.chance(.6):
            dilation = draw.between(1, max(1, (room - 1) // (kernel - 1)))
        stride = draw.between(1, 3) if strided else 1
        axes.append((kernel, stride, padding, dilation))
    return map(list, zip(*axes))


def out_size(size, kernel, stride, padding, dilation, word=None):
    if word == "same":
        return size
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def as_stored(draw, values):
    """One number where all axes agree, or else one for each."""
    if len(set(values)) == 1 and draw.chance(.6):
        return values[0]
    return np.array(values)


def window_options(strides, paddings, word=None):
    options = ["stride above 1" if max(strides) > 1 else "stride 1"]
    if not word:
        options.append("padding by numbers" if max(paddings) else "no padding")
    if len(set(strides)) > 1:
        options.append("stride of two numbers")
    if len(set(paddings)) > 1:
        options.append("padding of two numbers")
    return options


def grouping(draw, channels):
    """(groups, channels that come out, options)."""
    groups = draw.pick([g for g in range(1, channels + 1) if channels % g == 0])
    out = groups * draw.between(1, 3 if groups == 1 else 2)
    if groups == 1:
        return groups, out, ["one group"]
    return groups, out, ["depthwise" if groups == channels else "groups"]


def conv(axes):
    def make(draw, shape, keep=False):
        """keep: the shape that leaves is the one that arrives."""
        channels, *sizes = shape
        word = "same" if keep else draw.pick([None, None, "same", "valid"])
        groups, out, options = grouping(draw, channels)
        out = channels if keep else out
        kernels, strides, paddings, dilations = axis_windows(draw, sizes, word)
        weight = (out, channels // groups, *kernels)
        node = {"type": f"Conv{axes}d",
                "weight": weights(draw, weight, int(np.prod(weight[1:]))),
                "bias": draw.reals(-.3, .5, out), "groups": groups,
                "stride": as_stored(draw, strides),
                "padding": word or as_stored(draw, paddings),
                "dilation": as_stored(draw, dilations)}
        options += conv_options(draw, node, sizes, dilations)
        options += window_options(strides, paddings, word)
        options += [f"padding '{word}'"] if word else []
        if len(set(kernels)) > 1:
            options.append("kernel not square")
        made = [out_size(*axis, word) for axis in
                zip(sizes, kernels, strides, paddings, dilations)]
        return Made(node, (out, *made), options)
    return make


def conv_options(draw, node, sizes, dilations):
    options = []
    if draw.chance(.25):
        node["bias"] = draw.real(-.3, .5)
        options.append("bias of one number")
    else:
        options.append("bias")
    if draw.chance(.5):
        node["input_shape"] = np.array(sizes)
        options.append("input_shape stated")
    else:
        options.append("input_shape absent")
    if max(dilations) > 1:
        options.append("dilation")
    if len(set(dilations)) > 1:
        options.append("dilation of two numbers")
    return options


def pool(kind):
    def make(draw, shape):
        kernels, strides, paddings, _ = axis_windows(draw, shape[1:], None)
        node = {"type": kind, "kernel_size": as_stored(draw, kernels),
                "stride": as_stored(draw, strides),
                "padding": as_stored(draw, paddings)}
        options = window_options(strides, paddings)
        options.append("kernel of one number" if np.ndim(node["kernel_size"])
                       == 0 else "kernel of two numbers")
        if any(k > s for k, s in zip(kernels, strides)):
            options.append("windows that overlap")
        made = [out_size(*axis, 1) for axis in
                zip(shape[1:], kernels, strides, paddings)]
        return Made(node, (shape[0], *made), options)
    return make


def flatten(draw, shape):
    rank = len(shape)
    first = 0 if draw.chance(.5) else draw.below(rank)
    last = rank - 1 if draw.chance(.5) else draw.between(first, rank - 1)
    node, options = {"type": "Flatten"}, []
    if rank > 1 and draw.chance(.25):
        first, last = 1, rank - 1
        options.append("start_dim and end_dim absent")
    elif draw.chance(.5):
        node.update(start_dim=first - rank, end_dim=last - rank)
        options.append("negative axes")
    else:
        node.update(start_dim=first, end_dim=last)
    options.append("one axis" if first == last else
                   "all axes" if last - first == rank - 1 else "an inner range")
    if draw.chance(.4):
        node["input_type"] = np.array(shape)
        options.append("input_type stated")
    size = int(np.prod(shape[first:last + 1]))
    return Made(node, shape[:first] + (size,) + shape[last + 1:], options)


# All


MAKERS = {**{k: elementwise(k) for k in RANGES}, "Delay": delay,
          "Linear": linear, "Flatten": flatten, "Conv1d": conv(1),
          "Conv2d": conv(2), "SumPool2d": pool("SumPool2d"),
          "AvgPool2d": pool("AvgPool2d")}


def fitting(shape):
    """The makers that a signal of this shape can go into, and their weights."""
    rank = len(shape)
    kinds = dict.fromkeys(RANGES, 2)
    kinds["Delay"] = 4
    if rank >= 1:
        kinds.update(Linear=5, Flatten=2)
    if rank == 2:
        kinds["Conv1d"] = 14
    if rank == 3:
        kinds.update(Conv2d=18, SumPool2d=12, AvgPool2d=12, Flatten=4)
    return kinds


def make(draw, shape, kinds=None):
    """A random node on a signal of this shape; kinds: of these types only."""
    weighted = [k for k, n in fitting(shape).items() for _ in range(n)
                if kinds is None or k in kinds]
    made = MAKERS[draw.pick(weighted)](draw, shape)
    unknown = set(made.options) - set(OPTIONS[made.node["type"]])
    assert not unknown, (made.node["type"], unknown)
    return made
