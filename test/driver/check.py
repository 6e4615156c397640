#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""`check` and `inspect`: writes models into the working directory and compares
what the two say, as JSON, with what is known of the models."""
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys

import h5py
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
import make  # noqa: E402
from make import F32, chain, conv, net, pool, write  # noqa: E402

OPTIONS = ["--semantics=nir", "--dt=.1"]


def snnc(command, model, *options):
    """The exit status, standard output, standard error."""
    done = subprocess.run(["snnc", command, model, *options],
                          stdin=subprocess.DEVNULL, capture_output=True,
                          check=False)
    assert done.returncode in (0, 1), (command, model, done)
    return done.returncode, done.stdout, done.stderr


def as_json(command, model, *options):
    status, out, said = snnc(command, model, "--json", *options)
    assert said == b"", said
    return status, json.loads(out)


def problems(model, *options):
    status, said = as_json("check", model, *options)
    errors = [p for p in said["problems"] if p["severity"] == "error"]
    assert status == (1 if errors else 0) and said["errors"] == len(errors)
    return [(p["node"], p["text"]) for p in errors]


def put(model, nodes, edges):
    write(model, nodes, edges)
    return model


def port(kind, *shape):
    return {"type": kind, "shape": list(shape)}


def several():
    """Everything wrong is reported, and nothing that follows from it."""
    nodes, edges = net()
    nodes["lif"]["tau"] = F32(-1)
    nodes["lif"]["r"] = None
    del nodes["lif"]["r"]
    nodes["strange"] = {"type": "linear", "weight": np.ones((2, 4), F32)}
    nodes["behind"] = nodes["fc"]  # fed by what is unknown
    nodes["wrong"] = {"type": "Linear", "weight": np.ones((2, 9), F32)}
    nodes["a"] = {"type": "Scale", "scale": F32(1)}
    nodes["b"] = {"type": "Scale", "scale": F32(1)}
    edges += [("lif", "strange"), ("strange", "behind"), ("fc", "wrong"),
              ("fc", "a"), ("a", "b"), ("b", "a"), ("fx", "output")]
    model = put("several.nir", nodes, edges)
    found = problems(model)
    assert sorted(found, key=str) == sorted([
        ("lif", "'r' is missing"),
        ("strange", "unknown type 'linear'"),
        (None, "edge 'fx' -> 'output' names 'fx', which is not a node"),
        ("wrong", "'weight' takes shape (9), the input has (4)"),
        ("a", "algebraic loop: no neuron, and no delay of at least one step, "
              "in 'a' -> 'b' -> 'a'"),
    ], key=str), found
    # what is known of it all the same
    status, said = as_json("inspect", model)
    nodes = {n["name"]: n for n in said["nodes"]}
    assert status == 0 and said["partial"]
    assert nodes["lif"]["broken"] and nodes["lif"]["output_shape"] == [4]
    assert nodes["strange"]["kind"] is None
    assert nodes["strange"]["type"] == "linear"
    assert nodes["strange"]["input_shape"] == [4]
    assert nodes["strange"]["output_shape"] is None
    assert nodes["behind"]["output_shape"] == [4]
    assert nodes["wrong"]["macs"] == 18
    assert not said["totals"]["exact"] and len(said["problems"]) == 5


def loops():
    """All loops, whether the time step is known or not."""
    nodes, edges = net()
    for name in "abcd":
        nodes[name] = {"type": "Scale", "scale": F32(1)}
    nodes["late"] = {"type": "Delay", "delay": F32(.3)}
    edges += [("fc", "a"), ("a", "b"), ("b", "a"), ("c", "c"), ("fc", "c"),
              ("fc", "d"), ("d", "late"), ("late", "d")]
    model = put("loops.nir", nodes, edges)
    two = [f"algebraic loop: no neuron, and no delay of at least one step, in "
           f"{way}" for way in ("'a' -> 'b' -> 'a'", "'c' -> 'c'")]
    more = two + [two[0].replace("'a' -> 'b' -> 'a'",
                                 "'d' -> 'late' -> 'd'")]
    for options, expected in (([], two), (OPTIONS, two),
                              (["--semantics=nir", "--dt=9"], more)):
        found = sorted(text for _, text in problems(model, *options))
        assert found == sorted(expected), (options, found)
    said = as_json("check", model)[1]["problems"][0]
    assert said["help"] == (
        "a Delay of one time step or more in the loop cuts it")


def delay_without_dt():
    """A loop through a delay is one that time cuts, before dt is known."""
    nodes, edges = net()
    nodes["d"] = {"type": "Delay", "delay": F32(.3)}
    nodes["s"] = {"type": "Scale", "scale": F32(.5)}
    edges += [("fc", "s"), ("s", "d"), ("d", "s"), ("d", "lif")]
    model = put("delay.nir", nodes, edges)
    status, said = as_json("check", model, "--semantics=nir")
    assert status == 0 and said["compiles"] is None
    assert [n["option"] for n in said["needs"]] == ["--dt"]
    assert "'delay' of 'd' is 0.3" in said["needs"][0]["why"], said
    assert as_json("check", model, *OPTIONS)[1]["compiles"] is True
    _, _, build = snnc("build", model, "--semantics=nir", "-o", "out")
    assert b"algebraic loop" not in build and b"no dt is given" in build
    # the line holds 3 steps of 4 numbers; feedback is marked
    _, said = as_json("inspect", model, *OPTIONS)
    sizes = {n["name"]: n["state_bytes"] for n in said["nodes"]}
    assert sizes["d"] == 3 * 4 * 4 and sizes["lif"] == 4 * 4, sizes


HELP = {
    "shape": "add 'shape', one integer for each axis of the signal, without "
             "batch and time",
    "bias": "add 'bias'; zeros, one for each output, change nothing",
    "stride": "add 'stride'; of a convolution it usually is 1, of a pool its "
              "'kernel_size'",
    "padding": "add 'padding'; 0 is none",
    "dilation": "add 'dilation'; 1 is none",
    "groups": "add 'groups'; 1 connects all channels",
    "tau": "add 'tau', the time constant in seconds",
    "tau_syn": "add 'tau_syn', the time constant of the current in seconds",
    "tau_mem": "add 'tau_mem', the time constant of the voltage in seconds",
    "r": "add 'r'; 1 is usual",
    "v_leak": "add 'v_leak'; 0 is usual",
    "v_threshold": "add 'v_threshold'; 1 is usual",
}


def missing():
    """A dataset less, for all that are required: what to add."""
    nodes = {"fc": net()[0]["fc"], "lif": net()[0]["lif"], "conv": conv(),
             "pool": pool(), "in": port("Input", 3),
             "cuba": {"type": "CubaLIF", "tau_syn": 1., "tau_mem": 2.,
                      "r": 1., "v_leak": 0., "v_threshold": 1.}}
    told = set()
    for kind, node in nodes.items():
        for field in node:
            if field == "type":
                continue
            less = {k: v for k, v in node.items() if k != field}
            put("less.nir", {"x": less, "input": port("Input", 3),
                             "output": port("Output", 3)}, [])
            said = as_json("check", "less.nir")[1]["problems"]
            assert len(said) == 1 and said[0]["node"] == "x", said
            assert said[0]["text"] == f"'{field}' is missing"
            expected = HELP.get(field)
            if (kind, field) == ("fc", "bias"):
                expected = "without 'bias' the type is Linear; or add zeros"
            assert said[0]["help"] == expected, (field, said)
            told.add(field)
    assert told >= HELP.keys()


def helps():
    """The rest of what helps, with the file that it is about."""
    fc = net()[0]["fc"]
    cases = {
        "without its axes of one element it fits":
            make.fc(bias=np.zeros((1, 4), F32)),
        "a Flatten before it would make the input (3)":
            ({"input": port("Input", 3, 1), "fc": fc,
              "output": port("Output", 4)}, chain("input", "fc", "output")),
        "'groups' 2 would fit": make.between(conv(), (4, 6, 6)),
    }
    for text, case in cases.items():
        said = as_json("check", put("help.nir", *case))[1]["problems"]
        assert [p["help"] for p in said] == [text], (text, said)
    # a time step beyond tau
    model = put("step.nir", *net())
    for dt, what in (("0.5", None), ("0.75", "overshoots"), ("2", "diverges")):
        said = as_json("check", model, "--semantics=nir", f"--dt={dt}")[1]
        assert said["compiles"] is True and said["errors"] == 0
        expected = [{"severity": "warning", "node": "lif", "text":
                     f"the time step {dt} is above 'tau', which is 0.5: "
                     f"forward Euler {what}", "help":
                     "--dt=0.5 or less does not, nor does --semantics=nir-exact"}] if what else []
        assert said["problems"] == expected, said
    assert not as_json("check", model, "--semantics=nir-exact",
                       "--dt=2")[1]["problems"]


def names():
    """Names of nodes and files that JSON and terminals must survive."""
    odd = ['a"b', "a\\b", "näme", "日本", "a b", "{}", "a.b", "🧠", "'", "$"]
    nodes = {"input": port("Input", 3), "output": port("Output", 3)}
    nodes.update({n: {"type": "Scale", "scale": F32(1)} for n in odd})
    put("names.nir", nodes, chain("input", *odd, "output"))
    _, said = as_json("inspect", "names.nir", *OPTIONS)
    assert {n["name"] for n in said["nodes"]} == {"input", "output", *odd}
    assert {(e["source"], e["target"]) for e in said["edges"]} == set(
        chain("input", *odd, "output"))
    assert as_json("check", "names.nir", *OPTIONS)[1]["compiles"] is True
    for name in (b'q"\\\n\x01\x7f.nir', b"\xff\xc3\x28.nir", b"a:b:lif.nir"):
        os.link("missing.nir", name)
        said = as_json("check", name)[1]
        expected = name.decode("utf-8", "replace")
        assert said["file"] == expected, said["file"]
        assert [p["node"] for p in said["problems"]] == ["lif"] * 2, said


def nothing():
    """Files with nothing to be read."""
    pathlib.Path("text.nir").write_text("no network")
    pathlib.Path("empty.nir").write_bytes(b"")
    put("none.nir", {}, [])
    for model, text in (("absent.nir", "cannot be opened: No such file or "
                                       "directory"),
                        ("text.nir", "is not an HDF5 file"),
                        ("empty.nir", "is empty"), (".", "is not a regular "
                                                         "file")):
        assert problems(model) == [(None, text)], model
        status, said = as_json("inspect", model)
        assert status == 1 and said["nodes"] == [] and said["partial"]
        status, out, said = snnc("inspect", model)
        assert (status, out) == (1, b"")
        assert said.decode() == f"{model}: error: {text}\n"
    assert len(problems("none.nir")) == 2
    assert as_json("inspect", "none.nir")[0] == 1


def taps(n, k, stride, before, after, dilation):
    """How many taps of a window meet each element of an axis."""
    out = (n + before + after - dilation * (k - 1) - 1) // stride + 1
    meets = np.zeros(n, int)
    for p, t in itertools.product(range(out), range(k)):
        i = p * stride + t * dilation - before
        if 0 <= i < n:
            meets[i] += 1
    return meets, out


def windows():
    """Work and fan-out of windows, counted tap by tap."""
    for n, k, stride, pad, dilation, groups in (
            (7, 3, 2, 4, 2, 1), (7, 1, 5, 0, 1, 4), (12, 3, 5, 1, 2, 2)):
        weight = np.ones((4, 4 // groups, k, 2), F32)
        model = put("conv.nir", *make.between(
            conv(weight=weight, stride=[stride, 1], padding=[pad, 0],
                 dilation=[dilation, 3], groups=groups), (4, n, 9)))
        _, said = as_json("inspect", model)
        node = next(x for x in said["nodes"] if x["name"] == "x")
        rows, out_rows = taps(n, k, stride, pad, pad, dilation)
        columns, out_columns = taps(9, 2, 1, 0, 0, 3)
        each = 4 // groups * np.outer(rows, columns)
        assert node["macs"] == out_rows * out_columns * weight.size
        assert node["fan_out"]["max"] == each.max(), (node, each)
        assert np.isclose(node["fan_out"]["mean"], each.mean(), rtol=1e-12)
        assert node["output_shape"] == [4, out_rows, out_columns]
    _, said = as_json("inspect", put("pool.nir", *make.between(
        pool(kernel_size=3, stride=2, padding=1))))
    node = next(x for x in said["nodes"] if x["name"] == "x")
    each = np.outer(*[taps(6, 3, 2, 1, 1, 1)[0]] * 2)
    assert (node["macs"], node["adds"]) == (0, 2 * 3 * 3 * 9)
    assert node["fan_out"] == {"mean": each.mean(), "max": each.max()}


def totals():
    """RAM and ROM are those of build, and only called exact where they are."""
    for name, *options in (("base",), ("kinds", "--type=f64")):
        model = put(f"{name}.nir", *make.NETS[name]())
        _, out, _ = snnc("build", model, *OPTIONS, *options, "-o", "out")
        ram, rom = map(int, re.search(rb"RAM (\d+) bytes \(state\), "
                                      rb"ROM (\d+)", out).groups())
        all_of = as_json("inspect", model, *OPTIONS, *options)[1]["totals"]
        assert all_of["exact"] is True
        assert (all_of["ram_bytes"], all_of["rom_bytes"]) == (ram, rom)
        said = as_json("inspect", model, *options)[1]
        assert said["totals"]["exact"] is False
        for key, part in (("ram_bytes", "state_bytes"),
                          ("rom_bytes", "rom_bytes")):
            assert said["totals"][key] == sum(n[part] for n in said["nodes"])
        assert said["totals"]["ram_bytes"] <= ram


def integers():
    """Of a quantized network the bytes are those of the codes in the C."""
    nodes, edges = net()
    nodes["fc"]["weight"] = np.cos(np.arange(12, dtype=F32)).reshape(4, 3)
    nodes["fc"]["bias"] = np.sin(np.arange(4, dtype=F32))
    model = put("integers.nir", nodes, edges)
    np.save("integers.npy", np.linspace(0, 1, 60, dtype="f4").reshape(20, 3))
    data = ["--data", "integers.npy"]
    for bits, state, granularity in ((8, 32, "channel"), (16, 16, "tensor"),
                                     (4, 32, "channel")):
        how = [*OPTIONS, f"--quantize=int{bits}", f"--state={state}",
               f"--granularity={granularity}", *data]
        said = as_json("inspect", model, *how)[1]
        of = {n["name"]: n for n in said["nodes"]}
        totals = said["totals"]
        assert totals["exact"] is True
        assert totals["rom_bytes"] == sum(n["rom_bytes"] for n in of.values())
        count = int(np.prod(of["lif"]["output_shape"]))
        assert of["lif"]["state_bytes"] == count * state // 8
        assert of["input"]["state_bytes"] == of["input"]["rom_bytes"] == 0
        chosen = [d for d in said["decisions"] if d["what"] == "quantize"]
        synapses = [n["name"] for n in said["nodes"]
                    if n["kind"] in ("Linear", "Affine")]
        assert chosen == [{
            "what": "quantize", "guessed": False, "candidates": [],
            "value": ", ".join(f"{n} int{bits} by {granularity}"
                               for n in synapses) + f"; states int{state}",
            "evidence": "given by the user"}], chosen
        for name in synapses:
            weights = np.prod(of[name]["parameters"]["weight"]["shape"])
            biases = of[name]["parameters"].get("bias", {"shape": [0]})["shape"]
            own = -(-int(weights) * bits // 8)
            rest = 4 * int(np.prod(biases)) + 8
            assert own <= of[name]["rom_bytes"] <= own + rest + 4, of[name]
    text = snnc("inspect", model, *how)[1].decode().splitlines()
    row = next(line.split() for line in text if line.startswith("lif "))
    assert str(of["lif"]["rom_bytes"]) in row

    def evidence(*more):
        said = as_json("inspect", model, *OPTIONS, *more)[1]["decisions"]
        return [d["evidence"] for d in said if d["what"] == "quantize"]
    assert evidence("--quantize=int8", "--rounding=data", *data) == [
        "chosen on data"]
    assert evidence("--quantize=auto", "--target-f1=0", *data) == [
        "chosen on data"]
    snnc("build", model, *OPTIONS, "--quantize=auto", "--target-f1=0", *data,
         "--quantize-out=choice.json", "-o", "out")
    assert evidence("--quantize=choice.json") == ["a saved choice"]
    assert evidence() == []
    # Without data it is not compiled, and the bytes of floats are not said.
    said = as_json("inspect", model, "--quantize=int8", *OPTIONS[:1])[1]
    assert said["totals"]["exact"] is False
    assert {n["rom_bytes"] for n in said["nodes"]} == {None}


def parameters():
    """Values, types and shapes; what is no number in JSON."""
    nodes, edges = net()
    nodes["lif"].update(tau=np.array([.1, .2, .1, .3]),
                        v_threshold=F32(np.nan))
    _, said = as_json("inspect", put("values.nir", nodes, edges))
    lif = next(n for n in said["nodes"] if n["name"] == "lif")["parameters"]
    assert lif["tau"] == {"type": "f64", "shape": [4], "min": .1, "max": .3,
                          "uniform": False}
    assert lif["r"] == {"type": "f32", "shape": [4], "min": 1, "max": 1,
                        "uniform": True}
    assert lif["v_threshold"]["min"] is None
    shape = next(n for n in said["nodes"] if n["name"] == "input")
    assert shape["parameters"]["shape"]["values"] == [3]


def feedback():
    """An edge that carries the step before."""
    nodes, edges = net()
    nodes["rec"] = {"type": "Linear", "weight": np.ones((4, 4), F32)}
    edges += [("lif", "rec"), ("rec", "lif")]
    _, said = as_json("inspect", put("feedback.nir", nodes, edges))
    back = [(e["source"], e["target"]) for e in said["edges"]
            if e["feedback"]]
    assert back == [("rec", "lif")], back


def options():
    """An option that is wrong is a problem like others."""
    assert problems("base.nir", "--dt=no") == [
        (None, "dt is 'no', expected a positive number")]
    assert problems("base.nir", "--type=f16") == [
        (None, "type is 'f16', expected f32 or f64")]


def large():
    """Many nodes: a graph of 256 nodes, 15 times in a row."""
    inner = {f"s{i:03}": {"type": "Scale", "scale": F32(1)}
             for i in range(254)}
    inner |= {"a": port("Input", 1), "z": port("Output", 1)}
    loops = [(f"s{i + 1:03}", f"s{i:03}") for i in range(0, 254, 2)]
    graphs = [f"g{i:03}" for i in range(15)]
    for more in ([], loops):
        with h5py.File("large.nir", "w") as f:
            top = {"input": port("Input", 1), "output": port("Output", 1)}
            make.put_graph(f.create_group("node"), top,
                           chain("input", *graphs, "output"))
            nodes = f["node/nodes"]
            make.put_graph(nodes.create_group(graphs[0]), inner,
                           chain(*sorted(inner)) + more)
            for name in graphs[1:]:
                nodes[name] = nodes[graphs[0]]
        status, said = as_json("inspect", "large.nir")
        assert status == 0 and len(said["nodes"]) == 15 * 256 + 2
        assert len(said["problems"]) == (20 if more else 0)


def main():
    put("missing.nir", *make.NETS["missing"]())
    put("base.nir", *net())
    for test in sys.argv[1:]:
        globals()[test]()


main()
