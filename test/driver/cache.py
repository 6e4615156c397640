#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The cache of compiled networks: who runs the compiler, and when. Expects
base.nir and f4.npy in the working directory."""
import os
import pathlib
import shutil
import subprocess

CACHE = pathlib.Path("cache")
CALLS = pathlib.Path("calls")
pathlib.Path("count.sh").write_text('echo >> calls\nexec cc "$@"\n')


def run(*words, cache=CACHE, fails=None, unused=None, model="base.nir", **env):
    """Runs base in C; how often that called the compiler. unused: why the cache
    is not taken."""
    CALLS.write_text("")
    done = subprocess.run(
        ["network-run", model, "semantics=nir", "dt=.01", "how=advance",
         "in=input:f4.npy", "out=output:y.npy", f"cache={cache}", *words],
        env={"CC": "sh count.sh", **{k: v for k, v in os.environ.items()
                                     if k not in ("CC", "CFLAGS")}, **env},
        capture_output=True, text=True)
    if fails:
        assert done.returncode == 1 and fails in done.stderr, done
    else:
        note = (f"{cache}: note: is not used to keep compiled networks: "
                f"{unused}\n" if unused else "")
        assert done.returncode == 0 and done.stderr == note, done
        expected = "f64.npy" if "type=f64" in words else "f32.npy"
        if not pathlib.Path(expected).exists():
            shutil.copy("y.npy", expected)
        assert (pathlib.Path("y.npy").read_bytes()
                == pathlib.Path(expected).read_bytes())
    return CALLS.read_text().count("\n")


def entries():
    return sorted(CACHE.iterdir())


def only():
    (entry,) = entries()
    return entry


def hits():
    """The second open compiles nothing, and whatever differs is another."""
    assert run(cache=CACHE / "deep" / "er") == 1
    assert run(cache=CACHE / "deep" / "er") == 0
    assert (CACHE / "deep").stat().st_mode & 0o777 == 0o700
    shutil.rmtree(CACHE)
    assert run() == 1 and run() == 0
    assert only().stat().st_mode & 0o777 == 0o700
    os.utime(only(), (1, 1))
    assert run() == 0 and only().stat().st_mtime > 1  # it was used
    others = [("type=f64",), ("weights=file",), ("name=other",)]
    for n, words in enumerate(others):
        assert run(*words) == 1 and run(*words) == 0 and len(entries()) == n + 2
    assert run(CFLAGS="-O1") == 1 and run(CFLAGS="-O1") == 0 and run() == 0
    # A compiler that is not the one it was.
    pathlib.Path("my-cc").write_text('#!/bin/sh\necho >> calls\nexec cc "$@"\n')
    os.chmod("my-cc", 0o755)
    assert run(CC="./my-cc") == 1 and run(CC="./my-cc") == 0
    os.utime("my-cc", (1, 1))
    assert run(CC="./my-cc") == 1


def damage():
    """Whatever is wrong with an entry, it is compiled anew and mended."""
    shutil.rmtree(CACHE)
    words = ["weights=file"]
    run(*words)
    names = sorted(p.name for p in only().iterdir())
    assert len(names) == 7, names
    (library,) = (n for n in names if n.endswith(".so"))
    ways = [(name, "changed") for name in names]
    ways += [(name, how) for name in ("base.weights", library)
             for how in ("cut", "longer", "gone", "folder")]
    for name, how in ways:
        path = only() / name
        data = bytearray(path.read_bytes())
        path.unlink()
        if how == "folder":
            path.mkdir()
        elif how != "gone":
            data[len(data) // 2] ^= 1 if how == "changed" else 0
            path.write_bytes(data[:-1] if how == "cut" else
                             data + b"x" if how == "longer" else data)
        assert run(*words) == 1, (name, how)
        for old in CACHE.glob("*-old"):  # no folder of the cache has folders
            assert how == "folder"
            shutil.rmtree(old)
        assert run(*words) == 0 and len(entries()) == 1, (name, how)
    # A library with the right sum that is none.
    entry = only()
    (library,) = entry.glob("*.so")
    library.unlink()
    (entry / "network-352441c2.so").write_bytes(b"abc")  # CRC-32 of abc
    (entry / "library").write_text("network-352441c2.so")
    assert run(*words) == 1 and run(*words) == 0
    (only() / "library").write_text("../../network.so")
    assert run(*words) == 1 and run(*words) == 0
    # An entry, or the cache, that others may write to.
    only().chmod(0o777)
    assert run(*words) == 1 and run(*words) == 0
    for mode in (0o777, 0o775):
        CACHE.chmod(mode)
        for _ in range(2):
            assert run(*words, unused="other users may write to it") == 1
    CACHE.chmod(0o700)
    assert run(*words) == 0
    if os.geteuid() == 0:
        os.chown(CACHE, 12345, -1)
        assert run(*words, unused="it belongs to another user") == 1
        os.chown(CACHE, 0, -1)
    # A file in the place of the entry, and of the cache; and no place at all.
    entry = only()
    shutil.rmtree(entry)
    entry.write_text("")
    assert run(*words) == 1 and run(*words) == 0 and only() == entry
    assert run(*words, cache="f4.npy", unused="it is not a folder") == 1
    for place in ("f4.npy/x", "/proc/none", ""):
        assert run(*words, cache=place) == 1, place


def limits():
    """What was used last stays; what is not the cache's own stays, too."""
    shutil.rmtree(CACHE)
    CACHE.mkdir(mode=0o700)
    (CACHE / "mine").mkdir()
    for i in range(210):
        entry = CACHE / f"snn-{i:08x}-1"
        entry.mkdir()
        (entry / "made-by").write_text("")
        os.utime(entry, (1000 + i, 1000 + i))
    assert run() == 1
    left = {p.name for p in entries()}
    assert "mine" in left and len(left) == 201
    kept = {f"snn-{i:08x}-1" for i in range(11, 210)}
    assert kept < left
    large = CACHE / "snn-000000d0-1" / "large"
    with open(large, "wb") as f:
        f.truncate(2**30)  # takes no place
    os.utime(large.parent, (1208, 1208))
    assert run("type=f64") == 1
    left = {p.name for p in entries()}
    # The two that ran, the one that is younger than the large one, and mine.
    assert len(left) == 4 and "snn-000000d1-1" in left, left
    assert run() == 0 and run("type=f64") == 0


def failures():
    """What does not compile is not kept."""
    shutil.rmtree(CACHE)
    run(CC="false", fails="the C compiler 'false' failed with status 1")
    assert not CACHE.exists() or not entries()


def together():
    """Several at once make one entry."""
    shutil.rmtree(CACHE, ignore_errors=True)
    words = ["network-run", "base.nir", "semantics=nir", "dt=.01",
             "how=advance", "in=input:f4.npy", f"cache={CACHE}"]
    for _ in range(2):
        all_ = [subprocess.Popen([*words, f"out=output:y{i}.npy"])
                for i in range(4)]
        assert all(p.wait() == 0 for p in all_)
        assert len(entries()) == 1
        for i in range(4):
            assert (pathlib.Path(f"y{i}.npy").read_bytes()
                    == pathlib.Path("f32.npy").read_bytes())
    assert run() == 1 and run() == 0  # count.sh is another compiler


hits()
damage()
limits()
failures()
together()
