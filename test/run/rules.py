# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What a neuron of each simulator computes in a step, in numpy and float32.

Written from the simulators' own sources, one after the other in their own
terms, and not from docs/spec.md: it is what variants.py judges snnc by.

A rule takes the node's parameters p (float64 arrays, by NIR's names), its state
st (a dict that begins empty), the input x, the feedback rec (None: not in a
loop) and the settings o of the case. It returns what the neuron emits.
"""
import numpy as np

F = np.float32


def above(x):
    return (x > 0).astype(F)


def plus(x, rec):
    return x if rec is None else x + rec


def keep(o, tau):
    return np.clip(F(1 - o["dt"] / tau), F(0), F(1))


def decay(o, tau):
    return F(np.exp(-o["dt"] / tau))


def begin(st, x, **starts):
    for name, value in starts.items():
        if name not in st:
            st[name] = np.zeros(x.shape, F) + F(value)


def snntorch(p, st, x, rec, o):
    begin(st, x, v=0, i=0)
    cuba = "tau_syn" in p
    tau = p["tau_mem"] if cuba else p["tau"]
    unit = (p["w_in"] * o["dt"] / p["tau_syn"] if cuba
            else p["r"] * o["dt"] / tau)
    unit = np.min(np.where(np.abs(unit - 1) < 1e-5, 1, unit))
    theta, beta = F(p["v_threshold"] / unit), keep(o, tau)
    subtract = o["reset"] == "subtract"
    r = above(st["v"] - theta)
    if cuba:
        st["i"] = plus(keep(o, p["tau_syn"]) * st["i"] + x, rec)
        u = beta * st["v"] + st["i"]
    elif rec is None and not subtract:
        u = beta * ((F(1) - r) * st["v"]) + x
    else:
        u = plus(beta * st["v"] + x, rec)
    if subtract:
        u = u - r * theta
    elif cuba or rec is not None:
        u = u - r * u
    s = above(u - theta)
    if o["delay"]:
        st["v"] = u
    else:
        d = s - r if subtract or cuba or rec is not None else s
        st["v"] = u - d * (theta if subtract else u)
    return s


def norse(p, st, x, rec, o):
    x = plus(x, rec)

    def rate(tau):
        return F(F(o["dt"]) * F(F(1) / F(tau)))
    leak = F(p.get("v_leak", 0.0))
    if "v_threshold" not in p:  # LI
        begin(st, x, v=leak)
        st["v"] = st["v"] + rate(p["tau"]) * ((leak - st["v"]) + x)
        return st["v"]
    back = F(p["v_reset"]) if o["reset"] == "value" else F(0)
    if "tau_mem" in p and o["lifcell"]:
        begin(st, x, v=leak, i=0)
        jumped = st["i"] + x
        v = st["v"] + rate(p["tau_mem"]) * ((leak - st["v"]) + jumped)
        st["i"] = jumped - rate(p["tau_syn"]) * jumped
    elif "tau_mem" in p:
        begin(st, x, v=leak, i=leak)
        st["i"] = st["i"] + rate(p["tau_syn"]) * ((leak - st["i"])
                                                  + F(p["w_in"]) * x)
        drive = F(p["r"]) * st["i"]
        v = st["v"] + rate(p["tau_mem"]) * ((drive + leak) - st["v"])
    elif "tau" in p:
        begin(st, x, v=leak)
        v = st["v"] + rate(p["tau"]) * ((x + leak) - st["v"])
    else:
        begin(st, x, v=back)
        v = st["v"] + x
    theta = F(p["v_threshold"])
    s = above(v - theta)
    to = v - theta if o["reset"] == "subtract" else back
    st["v"] = (F(1) - s) * v + s * to
    return s


def sinabs(p, st, x, rec, o):
    begin(st, x, v=0, i=0)
    beta = decay(o, p["tau"]) if "tau" in p else F(1)
    fires = "v_threshold" in p
    if o["tau_syn"] and fires:
        alpha = F(np.exp(-1.0 / o["tau_syn"]))
        st["i"] = alpha * (st["i"] + x)
        x = st["i"]
    if o["norm_input"] and "tau" in p:
        x = (F(1) - beta) * x
    v = beta * st["v"] + x
    if not fires:
        st["v"] = v
        return v
    theta = F(p["v_threshold"])
    if o["single"]:
        s = (v - theta >= 0).astype(F)
    else:
        s = (v > 0) * np.trunc(v / theta)
    v = v * (s == 0) if o["reset"] == "zero" else v - s * theta
    low = o["floor"]
    if low == "-threshold":
        low = None if "tau" in p else -theta
    if low is not None:
        v = np.maximum(v - F(low), F(0)) + F(low)
    st["v"] = v
    return s


def rockpool(p, st, x, rec, o):
    begin(st, x, v=0, i=0)
    if "v_threshold" not in p:
        st["i"] = (st["i"] + x) * decay(o, p["tau"])
        return st["i"]
    bias = F(o["bias"]) if o["bias"] is not None else F(0)
    if "tau_syn" in p:
        st["i"] = plus(st["i"] + x, rec) * decay(o, p["tau_syn"])
        v = (st["v"] * decay(o, p["tau_mem"]) + st["i"]) + bias
    else:
        v = (st["v"] * decay(o, p["tau"]) + plus(x, rec)) + bias
    theta = F(p["v_threshold"])
    s = (v >= theta) * np.minimum(np.floor(v / theta), F(65536))
    st["v"] = v - s * theta
    return s.astype(F)


def spikingjelly(p, st, x, rec, o):
    rest, theta = F(p["v_reset"]), F(p["v_threshold"])
    begin(st, x, v=rest)
    x = plus(x, rec)
    if "tau" not in p:
        v = st["v"] + x
    elif np.all(p["r"] == 1.0):
        v = st["v"] + (x - (st["v"] - rest)) / F(p["tau"] / o["dt"])
    else:
        v = (st["v"] - (st["v"] - rest) / F(p["tau"] / o["dt"])) + x
    s = (v - theta >= 0).astype(F)
    to = v - theta if o["reset"] == "subtract" else rest
    st["v"] = (F(1) - s) * v + s * to
    return s


def spyx(p, st, x, rec, o):
    """0.1: rec is what comes of the spikes that are emitted now."""
    begin(st, x, v=0, i=0)
    theta = F(p["v_threshold"])
    s = above(st["v"] - theta)
    x = plus(x, rec(s) if rec else None)
    if "tau_syn" in p:
        scale = p["w_in"] * o["dt"] / p["tau_syn"]
        st["i"] = keep(o, p["tau_syn"]) * st["i"] + F(scale) * x
        st["v"] = keep(o, p["tau_mem"]) * (st["v"] - s * theta) + st["i"]
    else:
        scale = F(o["dt"] / p["tau"])
        st["v"] = (keep(o, p["tau"]) * st["v"] + scale * x) - s * theta
    return s


def nengo(p, st, x, rec, o):
    begin(st, x, v=0, i=0)
    theta = p["v_threshold"]
    if "tau_syn" in p:
        tau, drive = p["tau_mem"], F(p["w_in"] * p["r"] / theta) * st["i"]
    else:
        tau, drive = p["tau"], F(p["r"] / theta) * plus(x, rec)
    v = st["v"] - (drive - st["v"]) * F(np.expm1(-o["dt"] / tau))
    s = above(v - F(1))
    st["v"] = np.where(s > 0, F(0), np.maximum(v, F(0)))
    if "tau_syn" in p:
        x = plus(x, rec(s) if rec else None)
        st["i"] = (keep(o, p["tau_syn"]) * st["i"]
                   + F(o["dt"] / p["tau_syn"]) * x)
    return s


def lava_dl(p, st, x, rec, o):
    begin(st, x, v=0, i=0)

    def shrunk(v, tau):
        kept = 4096 - round(4096 * o["dt"] / float(tau.flat[0]))
        return np.trunc(v.astype(np.float64) * kept / 4096)
    gain = F(4096 * np.float64(p["w_in"] * o["dt"] / p["tau_syn"]))
    st["i"] = shrunk(st["i"], p["tau_syn"]) + np.trunc(gain * plus(x, rec))
    st["v"] = shrunk(st["v"], p["tau_mem"]) + st["i"]
    s = (st["v"] > 64 * np.floor(64 * p["v_threshold"])).astype(F)
    st["v"] = np.where(s > 0, 0, st["v"])
    return s


def lava(p, st, x, rec, o):
    """Sees what arrived in the step before."""
    begin(st, x, v=0, a=0)
    st["v"] = keep(o, p["tau"]) * st["v"] + F(o["dt"] / p["tau"]) * st["a"]
    s = above(st["v"] - F(p["v_threshold"]))
    st["v"] = np.where(s > 0, F(0), st["v"])
    st["a"] = plus(x, rec(s) if rec else None)
    return s


def lava_fixed(p, st, x, rec, o):
    begin(st, x, v=0, a=0)
    kept = 4096 - np.trunc(o["dt"] / p["tau"] * 4095)
    weight = np.trunc(o["dt"] / p["tau"] * 256)
    v = np.trunc(st["v"].astype(np.float64) * kept / 4096)
    v = v + np.trunc(F(64 * weight) * st["a"])
    theta = np.floor(np.trunc(p["v_threshold"] * 131071) / 512)
    s = (v > 64 * theta).astype(F)
    st["v"] = np.where(s > 0, 0, v)
    st["a"] = plus(x, rec(s) if rec else None)
    return s


RULES = {"snntorch": snntorch, "snntorch-subtract": snntorch, "norse": norse,
         "sinabs": sinabs, "rockpool": rockpool, "spikingjelly": spikingjelly,
         "spyx": spyx, "nengo": nengo, "lava-dl": lava_dl,
         "lava": lava, "lava-fixed": lava_fixed}
# What feedback adds before the first spike, and later: the bias of W s + b.
BIAS = {"norse": (0, 1), "rockpool": (0, 0), "lava-dl": (0, 0)}
