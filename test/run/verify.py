#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Records a network that numpy computes, changes the network in one place, and
checks what `snnc verify` says against what numpy says.

The network is input (4) -> fc1 -> lif1 (6) -> d -> fc2 -> lif2 (3) -> output,
where d delays each of its elements by other steps. Semantics are nir.
"""
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
from make import chain, write  # noqa: E402

F = np.float32
DT, SAMPLES, STEPS = 1e-3, 3, 40
HOW = ["--semantics=nir", f"--dt={DT}", "--in", "x.npy"]
ENGINES = {"c": [], "reference": ["--reference"], "both": ["--both"]}
ORDER = ["fc1", "lif1", "lif1.v", "d", "lif2", "output"]  # of execution
REAL = {"fc1", "lif1.v"}


def parameters():
    """What the network is made of; tests change a copy."""
    draw = np.random.default_rng(4)
    return {"fc1.weight": draw.normal(0, 3, (6, 4)).astype(F),
            "lif1.v_threshold": np.full(6, 1, F),
            "d.delay": np.array([0, 1, 2, 3, 1, 2]) * DT,
            "fc2.weight": draw.normal(1, 3, (3, 6)).astype(F),
            "lif2.v_threshold": np.full(3, 1, F)}


def network(p):
    def lif(name, size):
        return {"type": "LIF", "tau": np.full(size, F(5e-3)),
                "r": np.ones(size, F), "v_leak": np.zeros(size, F),
                "v_threshold": p[f"{name}.v_threshold"]}

    nodes = {"input": {"type": "Input", "shape": [4]},
             "fc1": {"type": "Linear", "weight": p["fc1.weight"]},
             "lif1": lif("lif1", 6),
             "d": {"type": "Delay", "delay": p["d.delay"]},
             "fc2": {"type": "Linear", "weight": p["fc2.weight"]},
             "lif2": lif("lif2", 3),
             "output": {"type": "Output", "shape": [3]}}
    return nodes, chain(*nodes)


def linear(weight, x):
    """Summed from the first to the last."""
    y = np.zeros(len(weight), F)
    for n in range(len(x)):
        y = y + weight[:, n] * F(x[n])
    return y


def lif(v, x, threshold):
    """What the membrane is before and behind the reset, and the spikes."""
    u = v + F(DT / F(5e-3).astype(float)) * ((F(0) - v) + x)
    spikes = (u > threshold).astype(F)
    return u, np.where(spikes > 0, F(0), u), spikes


def simulate(p, x):
    """{name: (samples, steps, size)} of what is recorded, and lif1's and lif2's
    membranes before each step, as '.before'."""
    delay = np.rint(p["d.delay"] / DT).astype(int)
    out = {}
    for sample in x:
        v1, v2, line, rows = np.zeros(6, F), np.zeros(3, F), [], []
        for t in range(STEPS):
            row = {"lif1.before": v1, "lif2.before": v2}
            row["fc1"] = linear(p["fc1.weight"], sample[t])
            _, v1, row["lif1"] = lif(v1, row["fc1"], p["lif1.v_threshold"])
            line.append(row["lif1"])
            row["d"] = np.array([line[t - n][k] if t >= n else 0
                                 for k, n in enumerate(delay)], F)
            _, v2, row["lif2"] = lif(v2, linear(p["fc2.weight"], row["d"]),
                                     p["lif2.v_threshold"])
            row["lif1.v"], row["output"] = v1, row["lif2"]
            rows.append(row)
        for key in rows[0]:
            out.setdefault(key, []).append(np.stack([r[key] for r in rows]))
    return {key: np.stack(value) for key, value in out.items()}


def snnc(*words, env=None):
    done = subprocess.run(["snnc", *words], capture_output=True, text=True,
                          check=False, env=env)
    return done.returncode, done.stdout, done.stderr


def expect(names):
    return [word for name in names
            for word in ("--expect", f"{name}={name}.npy")]


def verify(model, names, *more):
    """(exit status, the JSON), after a look at the text, which must agree."""
    words = ["verify", model, *HOW, *expect(names), *more]
    status, text, errors = snnc(*words)
    status2, out, _ = snnc(*words, "--json")
    assert not errors and status == status2 and status in (0, 1), errors
    result = json.loads(out)
    assert result["passed"] == (status == 0)
    last = text.splitlines()[-1]
    if result["equal"]:
        assert last == "equal" and result["first"] is None
        assert "divergence" not in text
        return status, result
    first = result["first"]
    k, = first["neuron"]
    assert (f"first divergence: step {first['step']} of sample "
            f"{first['sample']}, node {first['node']}, neuron {k}: expected "
            ) in text, text
    assert last == ("differs" if status else "differs, within the tolerance")
    return status, result


def first_of(recorded, now, names):
    """(step, node, sample, neuron) by numpy: the least in this order."""
    found = []
    for name in names:
        for b, t, k in np.argwhere(recorded[name] != now[name]):
            found.append((int(t), ORDER.index(name), int(b), int(k)))
    t, name, b, k = min(found)
    return t, ORDER[name], b, k


def check_measures(result, recorded, now):
    for m in result["nodes"]:
        a, b = (r[m["node"]].astype(float) for r in (recorded, now))
        assert m["shape"] == list(a.shape) and m["cells"] == a.size
        assert m["differ"] == (a != b).sum(), m
        if m["node"] in REAL:
            assert m["kind"] == "real"
            assert m["largest_error"] == np.abs(a - b).max()
            continue
        right = np.minimum(a, b).sum()
        assert m["kind"] == "spikes"
        assert m["spikes_expected"] == a.sum() and m["spikes_got"] == b.sum()
        assert np.isclose(m["precision"], right / b.sum(), rtol=1e-12)
        assert np.isclose(m["recall"], right / a.sum(), rtol=1e-12)
        assert np.isclose(m["f1"], 2 * right / (a.sum() + b.sum()), rtol=1e-12)
        assert np.isclose(m["rate_error"], abs(b.sum() - a.sum()) / a.sum(),
                          rtol=1e-12)


def numbers(cause, of):
    return {t["name"]: t["value"] for t in cause[of]}


def check_causes(first, now, p):
    """The operands are those that numpy had."""
    node, at = first["node"], (first["sample"], first["step"])
    k, = first["neuron"]
    causes = {(c["node"], c["operation"]): c for c in first["causes"]}
    if node == "fc1":
        have = numbers(causes["fc1", "linear"], "operands")
        x = np.load("x.npy")[at]
        want = {}
        for n in np.flatnonzero(x):
            want[f"input[{n}]"] = x[n]
            want[f"weight[{k}, {n}]"] = p["fc1.weight"][k, n]
        assert have.keys() == want.keys()
        assert all(F(have[name]) == want[name] for name in want)
        return
    if node not in ("lif1", "lif2"):
        return
    fc = {"lif1": "fc1", "lif2": "fc2"}[node]
    fed = np.load("x.npy")[at] if node == "lif1" else now["d"][at]
    x = linear(p[f"{fc}.weight"], fed)[k]
    before = now[f"{node}.before"][at][k]
    threshold = p[f"{node}.v_threshold"][k]
    u, v, spike = lif(before, x, threshold)
    drive, fire = causes[node, "integrate"], causes[node, "fire"]
    have = numbers(drive, "operands")
    assert F(have["x"]) == x and F(have["v"]) == before, (have, x, before)
    assert F(numbers(drive, "results")["v'"]) == u
    assert F(numbers(drive, "parameters")["decay"]) == F(.2)
    assert F(numbers(fire, "parameters")["threshold"]) == threshold
    have = numbers(fire, "results")
    assert have["spikes"] == spike and F(have["v''"]) == v
    assert F(numbers(causes[fc, "linear"], "results")["y"]) == x
    assert first["formula"].startswith("v' = ")


def check_change(recorded, p, x, names, model, more, engines):
    """One change: what verify finds is what numpy finds."""
    now = simulate(p, x)
    t, node, sample, neuron = first_of(recorded, now, names)
    for engine in engines:
        status, result = verify(model, names, *more, *ENGINES[engine])
        first = result["first"]
        assert status == 1 and not result["equal"]
        assert result["engine"] == engine
        found = (first["step"], first["node"], first["sample"],
                 first["neuron"])
        assert found == (t, node, sample, [neuron]), (found, t, node, neuron)
        assert F(first["expected"]) == recorded[node][sample, t, neuron]
        assert F(first["got"]) == now[node][sample, t, neuron]
        check_measures(result, recorded, now)
        check_causes(first, now, p)
    return node


def one_change(recorded, x):
    """A weight, a threshold, a delay; by --set and in another file."""
    changes = [("fc1.weight", (2, 1), .25), ("fc1.weight", (0, 0), 1),
               ("fc2.weight", (1, 0), .5), ("lif1.v_threshold", 3, .125),
               ("lif2.v_threshold", 2, .25), ("d.delay", 3, DT),
               ("d.delay", 0, DT)]
    nodes = set()
    spikes = ["lif1", "lif2", "output"]
    for what, place, by in changes:
        p = {key: value.copy() for key, value in parameters().items()}
        p[what][place] += by
        np.save("changed.npy", p[what])
        write("changed.nir", *network(p))
        nodes.add(check_change(recorded, p, x, spikes, "net.nir",
                               ["--set", f"{what}=changed.npy"], ["c"]))
        nodes.add(check_change(recorded, p, x, ORDER, "changed.nir", [],
                               ["both", "reference"]))
    assert nodes == {"fc1", "lif1", "d", "lif2"}, nodes


def earliest_step(recorded):
    """The step comes before the order of execution, that before the sample."""
    for name, cells in (("output", [(2, 5, 1), (0, 30, 0)]),
                        ("lif1", [(1, 20, 4), (0, 21, 0)]),
                        ("fc1", [(2, 20, 3)])):
        array = recorded[name].copy()
        for cell in cells:
            array[cell] = 1 - array[cell]
        np.save(f"late-{name}.npy", array)
    late = [word for name in ("lif1", "fc1", "output")
            for word in ("--expect", f"{name}=late-{name}.npy")]
    for words, found in ((late, ("output", 5, 2, [1])),
                         (late[:4], ("fc1", 20, 2, [3])),
                         (late[:2], ("lif1", 20, 1, [4]))):
        first = verify("net.nir", [], *words)[1]["first"]
        assert (first["node"], first["step"], first["sample"],
                first["neuron"]) == found, first


def tolerances(recorded):
    """Voltages within atol and rtol, spikes down to an F1."""
    v = recorded["lif1.v"].astype(float)
    np.save("v.npy", v + 1e-6)
    expected = ["--expect", "lif1.v=v.npy"]
    for more, status in ([], 1), (["--atol=9e-7"], 1), (["--atol=2e-6"], 0):
        assert verify("net.nir", [], *expected, *more)[0] == status
    np.save("v.npy", v * (1 + 1e-6))
    for more, status in ((["--rtol=9e-7"], 1), (["--rtol=2e-6"], 0),
                         (["--rtol=2e-6", "--min-f1=.5"], 0)):
        assert verify("net.nir", [], *expected, *more)[0] == status
    spikes = recorded["lif2"].copy()
    spikes[1, 7, 2] = 1 - spikes[1, 7, 2]
    np.save("s.npy", spikes)
    right = float(np.minimum(spikes, recorded["lif2"]).sum())
    f1 = 2 * right / float(spikes.sum() + recorded["lif2"].sum())
    expected = ["--expect", "lif2=s.npy"]
    for least, status in (f1 - 1e-9, 0), (f1 + 1e-9, 1), (1, 1), (0, 0):
        got, result = verify("net.nir", [], *expected, f"--min-f1={least!r}")
        assert got == status and not result["equal"]
        assert (result["first"]["sample"], result["first"]["step"],
                result["first"]["neuron"]) == (1, 7, [2])
    # the tolerance is for spikes or for voltages, not for both
    assert verify("net.nir", [], *expected, "--atol=2")[0] == 1


def nothing(recorded):
    """Silence: precision, recall and F1 are 1; a rate has no error or all."""
    np.save("z.npy", np.zeros_like(recorded["lif2"]))
    silent = ["--set", "lif2.v_threshold=1e9", "--expect", "lif2=z.npy"]
    status, result = verify("net.nir", [], *silent)
    m, = result["nodes"]
    assert status == 0 and m["rate_error"] == 0
    assert m["precision"] == m["recall"] == m["f1"] == 1
    status, result = verify("net.nir", [], *silent[2:])
    m, = result["nodes"]
    assert status == 1 and m["rate_error"] is None
    assert m["precision"] == m["f1"] == 0 and m["recall"] == 1


def wrong_compiler():
    """C that does not compute what it should: an error of ours, told as one."""
    script = pathlib.Path("wrong-cc")
    script.write_text(
        "#!/bin/sh\n"
        "for word; do case $word in *.c) sed -i 's/ > / < /' $word;; esac; done\n"
        "exec cc \"$@\"\n")
    script.chmod(0o755)

    env = {**os.environ, "CC": "./wrong-cc"}
    snnc("run", "net.nir", *HOW, "--probe", "lif1=wrong.npy", env=env)
    wrong = ["--expect", "lif1=wrong.npy"]
    status, out, errors = snnc("verify", "net.nir", *HOW, *wrong, env=env)
    assert status == 0 and out.endswith("\nequal\n") and not errors
    for words in expect(["lif1"]), [*expect(["lif1"]), "--both"], [
            *wrong, "--both"]:
        status, out, errors = snnc("verify", "net.nir", *HOW, *words, env=env)
        assert status == 1 and not out, (status, out)
        assert "net.nir:lif1: error: in step 0 of sample 0, neuron " in errors
        assert (" in the interpreter: this is an error of the compiler, please "
                "report it\n") in errors, errors


def other_nodes():
    """Counts, integers as voltages, convolutions, late neurons: recorded by
    run, then changed in one place."""
    nodes, edges = network(parameters())
    del nodes["d"]
    nodes["conv"] = {"type": "Conv2d", "weight": np.ones((2, 1, 2, 2), F),
                     "bias": np.zeros(2, F), "stride": [1, 1],
                     "padding": [0, 0], "dilation": [1, 1], "groups": 1}
    nodes["n"] = {"type": "IF", "r": np.ones((2, 2, 3), F),
                  "v_threshold": np.ones((2, 2, 3), F)}
    nodes["input"]["shape"], nodes["output"]["shape"] = [1, 3, 4], [2, 2, 3]
    nodes = {name: nodes[name] for name in ("input", "conv", "n", "output")}
    write("grid.nir", nodes, chain(*nodes))
    x = np.random.default_rng(2).normal(.5, 1, (STEPS, 1, 3, 4)).astype(F)
    np.save("grid.npy", x)
    for semantics, kind in (("sinabs", "counts"), ("spyx", "spikes"),
                            ("lava-dl", "spikes"), ("nengo", "spikes"),
                            ("snntorch", "spikes"), ("nir", "spikes")):
        how = [f"--semantics={semantics}", "--dt=1", "--in", "grid.npy"]
        out = ["--probe", "n=n.npy", "--probe", "n.v=v.npy", "--out", "o.npy"]
        status, _, errors = snnc("run", "grid.nir", *how, *out)
        if status:  # this simulator has no IF
            assert "has no neuron of this kind" in errors, errors
            continue
        expected = ["--expect", "n=n.npy", "--expect", "n.v=v.npy",
                    "--expect", "o.npy", "--both", "--json"]
        status, out, errors = snnc("verify", "grid.nir", *how, *expected)
        assert status == 0, (semantics, errors, out)
        assert [m["kind"] for m in json.loads(out)["nodes"]] == [
            kind, kind, "real"]
        for file, node in ("n.npy", "n"), ("v.npy", "n.v"), ("o.npy", "output"):
            good = np.load(file)
            bad = good.copy()
            bad[9, 1, 0, 2] = 1 - bad[9, 1, 0, 2]
            bad[10] = 1 - bad[10]
            np.save(file, bad)
            status, out, errors = snnc("verify", "grid.nir", *how, *expected)
            first = json.loads(out)["first"]
            assert status == 1
            assert (first["step"], first["node"], first["neuron"]) == (
                9, node, [1, 0, 2]), (semantics, first)
            assert first["got"] == good[9, 1, 0, 2]
            assert any(numbers(c, "results") for c in first["causes"])
            np.save(file, good)


def main():
    x = (np.random.default_rng(3).random((SAMPLES, STEPS, 4)) < .3).astype(F)
    np.save("x.npy", x)
    write("net.nir", *network(parameters()))
    recorded = simulate(parameters(), x)
    for name in ORDER:
        np.save(f"{name}.npy", recorded[name])
    for name in "lif1", "lif2", "d":
        assert .05 < recorded[name].mean() < .7, recorded[name].mean()
    for flags in ENGINES.values():
        assert verify("net.nir", ORDER, *flags)[0] == 0
    one_change(recorded, x)
    earliest_step(recorded)
    tolerances(recorded)
    nothing(recorded)
    wrong_compiler()
    other_nodes()


main()
