# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The fixed scheme that quantized networks are compared with: int8, Q12, floor.

This is what code for spiking networks on small processors does today, whatever
the network:

    weights   int8 codes; one scale per tensor, a power of two, the finest that
              clips no weight (max / 127 as a scale does worse: on the Oxford
              network, whose weights are multiples of 1/32, far worse)
    values    currents, membranes, thresholds and biases are int32 in Q12: a
              number x is round(4096 x)
    decays    alpha = round(dt / tau * 4096), gain = round(r dt / tau * 4096)
    update    every product is shifted right by 12, which rounds down (floor):
                  i = ((4096 - alpha) i >> 12) + (gain x >> 12)   CubaLIF
                  v = ((4096 - alpha) v >> 12) + (gain i >> 12)   CubaLIF, LIF
                  v = v + (gain x >> 12)                          IF
              a neuron fires if v > threshold, then v = v_reset

It reads a .nir file itself and shares no code with the compiler. It knows
chains of Linear, Affine, Conv2d, SumPool2d and Flatten with IF, LIF and CubaLIF
neurons, where a neuron may have a recurrent Linear; anything else is refused.
"""
import h5py
import numpy as np

BITS = 12
ONE = 1 << BITS
LIMITS = (-(1 << 31), (1 << 31) - 1)
NEURONS = ("IF", "LIF", "CubaLIF")


def read(path):
    """(nodes, edges) of a flat .nir file: {name: {parameter: array}}, pairs."""
    with h5py.File(path) as file:
        group = file["node"]
        nodes = {name: {key: value[()] for key, value in node.items()}
                 for name, node in group["nodes"].items()}
        edges = [tuple(name.decode() for name in edge)
                 for edge in group["edges"][()]]
    for node in nodes.values():
        node["type"] = node["type"].decode()
    return nodes, edges


def chain(nodes, edges):
    """Names between Input and Output; {neuron: its recurrent Linear}."""
    follow = {}
    for source, target in edges:
        follow.setdefault(source, []).append(target)
    loops = {name: back for name in nodes for back in follow.get(name, ())
             if nodes[name]["type"] in NEURONS
             and nodes[back]["type"] == "Linear" and follow.get(back) == [name]}
    name, = (n for n in nodes if nodes[n]["type"] == "Input")
    names = []
    while True:
        after = [n for n in follow.get(name, ()) if n != loops.get(name)]
        if len(after) != 1 or after[0] in names:
            raise ValueError(f"{name}: not a chain: its edges go to {after}")
        name = after[0]
        if nodes[name]["type"] == "Output":
            return names, {n: nodes[b] for n, b in loops.items()}
        names.append(name)


def codes(weight):
    """(int8 codes, the scale's exponent): weight = code * 2 ** exponent."""
    peak = np.abs(weight).max()
    if peak == 0:
        return np.zeros(weight.shape, np.int64), 0
    exponent = int(np.floor(np.log2(peak))) - 6
    while np.round(peak / 2.0 ** exponent) > 127:
        exponent += 1
    return np.round(weight / 2.0 ** exponent).astype(np.int64), exponent


def fixed(x):
    """Numbers in Q12."""
    return np.round(np.asarray(x, float) * ONE).astype(np.int64)


def product(x, weight):
    """x (..., K) times weight (M, K): the exact sum of codes, in Q12."""
    code, exponent = codes(weight)
    # float64 holds these sums exactly, and multiplies faster than int64.
    total = np.rint(x.astype(float) @ code.T.astype(float)).astype(np.int64)
    shift = BITS + exponent
    return total << shift if shift >= 0 else total >> -shift


def pair(value):
    """(rows, columns) of a parameter that may be one number for both."""
    value = np.ravel(value)
    return int(value[0]), int(value[-1])


def windows(x, kernel, stride, padding):
    """x (..., C, H, W) as (..., C, rows, columns, *kernel)."""
    pads = [(0, 0)] * (x.ndim - 2) + [(p, p) for p in padding]
    view = np.lib.stride_tricks.sliding_window_view(
        np.pad(x, pads), kernel, axis=(-2, -1))
    return view[..., ::stride[0], ::stride[1], :, :]


def conv2d(node, x):
    if np.any(node["dilation"] != 1) or node["groups"] != 1:
        raise ValueError("Conv2d with dilation or groups")
    weight = node["weight"]
    view = windows(x, weight.shape[2:], pair(node["stride"]),
                   pair(node["padding"]))
    view = np.moveaxis(view, -5, -3)  # (..., rows, columns, C, *kernel)
    flat = view.reshape(*view.shape[:-3], -1)
    y = product(flat, weight.reshape(len(weight), -1)) + fixed(node["bias"])
    return np.moveaxis(y, -1, -3)


def sum_pool(node, x):
    return windows(x, pair(node["kernel_size"]), pair(node["stride"]),
                   pair(node["padding"])).sum((-2, -1))


def synapse(node, x, rank):
    """What a node without state gives; rank: leading axes of x, no features."""
    kind = node["type"]
    if kind in ("Linear", "Affine"):
        return product(x, node["weight"]) + fixed(node.get("bias", 0))
    if kind == "Conv2d":
        return conv2d(node, x)
    if kind == "SumPool2d":
        return sum_pool(node, x)
    if kind == "Flatten" and x.ndim - rank == len(node["input_type"]):
        return x.reshape(*x.shape[:rank], -1)
    raise ValueError(f"{kind} is not one of those that this scheme knows")


def update(value, x, rates):
    """A state after one step; rates: (what leaks, gain of x), in Q12."""
    leak, gain = rates
    value = ((ONE - leak) * value >> BITS) + (gain * x >> BITS)
    return np.clip(value, *LIMITS)


def rates(gain, dt, tau=None):
    """What a state loses in a step, and the gain of its input, in Q12."""
    rate = dt if tau is None else dt / tau
    return 0 if tau is None else fixed(rate), fixed(gain * rate)


def neuron(node, x, dt, back):
    """Spikes of neurons on currents x (steps, ...); back: recurrent weights."""
    kind = node["type"]
    if np.any(node.get("v_leak", 0) != 0):
        raise ValueError(f"{kind} with v_leak")
    membrane = rates(node["r"], dt, node.get("tau", node.get("tau_mem")))
    current = None
    if kind == "CubaLIF":
        current = rates(node["w_in"], dt, node["tau_syn"])
    theta = fixed(node["v_threshold"])
    reset = fixed(node.get("v_reset", 0))
    spikes = np.zeros(x.shape, np.uint8)
    i = v = np.zeros(x.shape[1:], np.int64)
    for t, now in enumerate(x):
        if back is not None and t:
            now = now + product(spikes[t - 1], back["weight"])
        if current:
            now = i = update(i, now, current)
        v = update(v, now, membrane)
        spikes[t] = v > theta
        v = np.where(spikes[t], reset, v)
    return spikes


def run(path, x, dt):
    """{neuron: spikes} of a model on x (steps, *shape), or (samples, steps,
    *shape); spikes have the same leading axes, uint8."""
    nodes, edges = read(path)
    names, loops = chain(nodes, edges)
    shape = next(n["shape"] for n in nodes.values() if n["type"] == "Input")
    rank = x.ndim - len(shape)
    x = np.moveaxis(x, rank - 1, 0)  # steps first
    spikes = {}
    for name in names:
        node = nodes[name]
        if node["type"] in NEURONS:
            x = neuron(node, x, dt, loops.get(name))
            spikes[name] = np.moveaxis(x, 0, rank - 1)
        else:
            x = synapse(node, x, rank)
    return spikes
