#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Quantizes a network with real Inputs, a recurrent layer and a readout by
`snnc`, and checks in numpy what it says and writes.

The network is x (5, real) -> fc1 -> lif1 (24, CubaLIF, recurrent) -> fc2 ->
lif2 (6) -> spikes, and lif2 -> fc3 -> li (3) -> volts.
"""
import json
import pathlib
import re
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "nir"))
from make import write  # noqa: E402
from quant_roads import floats_in  # noqa: E402

F = np.float32
STEPS = 400
HOW = ["--semantics=nir", "--dt=1e-3"]
SMALLEST = (
    "no codes are within the bounds: the smallest that were found take ROM")
NEURONS = ["lif1", "lif2", "spikes"]


def make(path):
    draw = np.random.default_rng(7)

    def full(size, value):
        return np.full(size, value, F)

    def dense(rows, columns, scale):
        return {"type": "Linear",
                "weight": draw.normal(0, scale, (rows, columns)).astype(F)}

    nodes = {
        "x": {"type": "Input", "shape": [5]},
        "fc1": dense(24, 5, 1),
        "lif1": {"type": "CubaLIF", "tau_syn": full(24, 2e-3),
                 "tau_mem": full(24, 8e-3), "r": full(24, 1),
                 "v_leak": full(24, 0), "v_threshold": full(24, 0.5),
                 "w_in": full(24, 2)},
        "back": dense(24, 24, 0.4),
        "fc2": dense(6, 24, 1),
        "lif2": {"type": "LIF", "tau": full(6, 5e-3), "r": full(6, 1),
                 "v_leak": full(6, 0), "v_threshold": full(6, 0.4)},
        "spikes": {"type": "Output", "shape": [6]},
        "fc3": dense(3, 6, 1),
        "li": {"type": "LI", "tau": full(3, 2e-2), "r": full(3, 1),
               "v_leak": full(3, 0)},
        "volts": {"type": "Output", "shape": [3]}}
    edges = [("x", "fc1"), ("fc1", "lif1"), ("lif1", "back"), ("back", "lif1"),
             ("lif1", "fc2"), ("fc2", "lif2"), ("lif2", "spikes"),
             ("lif2", "fc3"), ("fc3", "li"), ("li", "volts")]
    write(path, nodes, edges)
    x = draw.normal(0, 1, (STEPS, 5)).astype(F)
    np.save("x.npy", x)
    np.save("half.npy", x[: STEPS // 2])
    np.save("loud.npy", 10 * x)


def snnc(*words, status=0):
    done = subprocess.run(["snnc", *words], capture_output=True, text=True)
    assert done.returncode == status, (words, done.stdout, done.stderr)
    return done.stdout, done.stderr


def run(*options, x="x.npy"):
    """{name: array} of the neurons and the readout."""
    names = ["lif1", "lif2", "volts", "lif1.v"]
    words = [w for n in names for w in ("--probe", f"{n}={n}.npy")]
    _, errors = snnc("run", "net.nir", *HOW, "--in", x, *words, *options)
    return {n: np.load(f"{n}.npy") for n in names}, errors


def f1(got, expected):
    got, expected = got.astype(int), expected.astype(int)
    both = np.minimum(got, expected).sum()
    return 2 * both / (got.sum() + expected.sum())


def quantized(*options):
    return ["--data=half.npy", *options]


def verify(*options, status=1):
    out, _ = snnc("verify", "net.nir", *HOW, "--in", "x.npy", "--json",
                  *options, status=status)
    return json.loads(out)


def check_verify(floats):
    """verify says of each node what numpy does."""
    for options in (["--quantize=int8"], ["--quantize=int4"],
                    ["--quantize=int8", "--state=16", "--granularity=tensor",
                     "--scales=power-of-two"]):
        options = quantized(*options)
        got, _ = run(*options)
        said = verify(*options)
        assert said["engine"] == "both" and not said["equal"], options
        rows = {row["node"]: row for row in said["nodes"]}
        assert set(rows) == {"lif1", "lif2", "li", "spikes", "volts"}
        for name in ("lif1", "lif2"):
            row = rows[name]
            assert abs(row["f1"] - f1(got[name], floats[name])) < 1e-12
            assert row["differ"] == (got[name] != floats[name]).sum()
            assert row["dead_got"] == (got[name].sum(0) == 0).sum()
            assert row["dead_expected"] == (floats[name].sum(0) == 0).sum()
        error = np.abs(got["volts"] - floats["volts"].astype(float)).max()
        assert rows["volts"]["largest_error"] == error > 0
        step = said["first"]["step"]
        differs = [(got[n][:step] != floats[n][:step]).any()
                   for n in ("lif1", "lif2")]
        assert not any(differs), (step, differs)
        reference = verify("--reference", *options)
        assert reference["nodes"] == said["nodes"]


def check_codes():
    """Real Outputs are whole multiples of the scale in the header."""
    options = quantized("--quantize=int8")
    got, _ = run(*options)
    interpreted, _ = run("--reference", *options)
    assert all(np.array_equal(got[n], interpreted[n]) for n in got)
    assert got["volts"].dtype == np.float64
    out, _ = snnc("mlir", "net.nir", *HOW, "--stage=quantized", *options)
    assert "!quant.uniform<i8:f32" in out
    assert "tensor<5x!quant.uniform<i16:f32, " in out  # x, real numbers
    snnc("build", "net.nir", *HOW, *options, "-o", "out")
    source = pathlib.Path("out/net.c").read_text()
    header = pathlib.Path("out/net.h").read_text()
    assert "float" not in source + header and "double" not in source + header
    assert "weights of 8 bits, states of 32" in header.replace("\n *", "")
    _, errors = run(*options, x="loud.npy")
    half = np.load("half.npy")
    for name, x in (("x", half), ("volts", run(x="half.npy")[0]["volts"])):
        said = f"net.nir:{name}: note: on the data from {x.min():.6g} to "
        assert said + f"{x.max():.6g}\n" in errors, (said, errors)
    assert "numbers are beyond the codes of 'x'" in errors


def check_borders():
    """With floats at the borders what comes out is the nearest float to what
    comes out of codes, of inputs beyond the codes, too; nothing else has any.
    """
    options = quantized("--quantize=int8")
    for x in ("x.npy", "loud.npy"):
        codes, _ = run(*options, x=x)
        for more in ([], ["--reference"], ["--dense"]):
            got, _ = run("--borders=float", *more, *options, x=x)
            for name, array in codes.items():
                kind = array.dtype if array.dtype == np.uint8 else F
                assert got[name].dtype == kind, name
                assert np.array_equal(got[name], array.astype(kind)), name
        wide, _ = run("--borders=float", "--type=f64", *options, x=x)
        same, _ = run("--type=f64", *options, x=x)
        assert all(wide[n].dtype == a.dtype and np.array_equal(wide[n], a)
                   for n, a in same.items())
    snnc("build", "net.nir", *HOW, *options, "--borders=float", "-o", "float")
    source = pathlib.Path("float/net.c").read_text()
    header = " ".join(pathlib.Path("float/net.h").read_text().split())
    assert floats_in(source) is None and floats_in(header) is None
    assert "const float x[NET_X], uint8_t spikes[NET_SPIKES], float" in header
    assert "floats at the borders" in header.replace(" * ", " ")
    assert "NaN to 0" in header.replace(" * ", " ")
    snnc("build", "net.nir", *HOW, *quantized("--quantize=auto"), "-o", "float",
         "--borders=float", "--target-f1=0.5", "--quantize-out=f.json")
    out, _ = snnc("build", "net.nir", *HOW, "--quantize=f.json",
                  "--borders=float", "-o", "again")
    for end in ("h", "c"):
        assert (pathlib.Path(f"float/net.{end}").read_bytes()
                == pathlib.Path(f"again/net.{end}").read_bytes()), end


def check_saved(*options):
    """A choice that was saved builds the same C."""
    snnc("build", "net.nir", *HOW, *quantized(*options), "-o", "auto",
         "--quantize-out=q.json")
    snnc("build", "net.nir", *HOW, "--quantize=q.json", "-o", "again")
    source = [pathlib.Path(f"{d}/net.c").read_text() for d in ("auto", "again")]
    assert source[0] == source[1], options


def check_bound(rom):
    """Bounds that the target does not fit into: a target that was asked for is
    an error, which says what there is; the default gives way."""
    auto = quantized("--quantize=auto", f"--max-rom={rom * 9 // 10}")
    _, errors = snnc("build", "net.nir", *HOW, *auto, "--target-f1=0.97",
                     "-o", "none", status=1)
    best = re.search(r"error: within the bounds the best fidelity found is "
                     r"([\d.]+), --target-f1 is 0.97, which takes ROM (\d+) and "
                     r"RAM", errors)
    assert int(best[2]) == rom and 0 < float(best[1]) < .97, best
    assert "help: without --target-f1, the best that fits is built" in errors
    assert not pathlib.Path("none").exists()
    out, errors = snnc("build", "net.nir", *HOW, *auto, "-o", "bound")
    assert "which is beyond the bounds: going below it" in errors
    missed = re.search(r"warning: the target is missed: within the bounds the "
                       r"best fidelity found is ([\d.]+), not 0.999\n", errors)
    found = re.search(r"chosen after .* fidelity ([\d.]+), ROM (\d+)", errors)
    assert missed[1] == found[1] and int(found[2]) <= rom * 9 // 10
    assert f"ROM {found[2]} bytes" in out
    # of the tries that fit, none that the search came by was better by much
    fits = [float(f) for f, r in re.findall(
        r"fidelity ([\d.]+), ROM (\d+)", errors) if int(r) <= rom * 9 // 10]
    assert float(found[1]) >= max(fits) - .1, (found, fits)


def check_auto(floats):
    """The choice reaches the target on the data, and can be given back."""
    goal = quantized("--quantize=auto", "--target-f1=0.97")
    _, errors = snnc("build", "net.nir", *HOW, *goal, "-o", "auto",
                     "--quantize-out=q.json")
    said = errors
    chosen = json.loads(pathlib.Path("q.json").read_text())
    bits = {name: row.get("weights") for name, row in chosen["plan"].items()}
    assert {"fc1", "back", "fc2", "fc3"} <= set(bits), bits
    assert min(b for b in bits.values() if b) < 16, "something got smaller"
    assert "chosen after" in errors and "; weights of" in errors
    snnc("build", "net.nir", *HOW, "--quantize=q.json", "-o", "again")
    for end in "h", "c":
        a, b = (pathlib.Path(f"{d}/net.{end}").read_text()
                for d in ("auto", "again"))
        assert a == b
    np.save("whole.npy", np.load("x.npy"))
    np.save("x.npy", np.load("half.npy"))
    got, _ = run("--quantize=q.json")
    np.save("x.npy", np.load("whole.npy"))
    half = STEPS // 2
    for part in slice(0, half // 2), slice(half // 2, half):
        assert f1(got["lif2"][part], floats["lif2"][part]) >= 0.97
        error = got["volts"][part] - floats["volts"][part]
        rms = np.sqrt((error ** 2).mean() / (floats["volts"][part] ** 2).mean())
        assert 1 - rms >= 0.97
    check_saved("--quantize=int8", "--rounding=data", "--state=16")
    check_saved("--quantize=int16", "--rounding=data", "--scales=power-of-two")
    _, errors = snnc("build", "net.nir", *HOW, *goal, "--max-rom=100",
                     "-o", "none", status=1)
    assert SMALLEST in errors
    assert not pathlib.Path("none").exists()
    check_bound(int(re.search(r"chosen after .* ROM (\d+) bytes", said)[1]))
    _, errors = snnc("build", "net.nir", *HOW, "--data=half.npy", "-o", "none",
                     "--quantize=auto", "--target-f1=1", status=1)
    assert "with the most precise codes, --target-f1 is 1" in errors
    assert not pathlib.Path("none").exists()


def main():
    make("net.nir")
    floats, _ = run()
    assert 0.02 < floats["lif1"].mean() < 0.5, floats["lif1"].mean()
    check_verify(floats)
    check_codes()
    check_borders()
    check_auto(floats)
    print("quantize: ok")


main()
