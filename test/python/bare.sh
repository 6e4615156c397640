#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Does the wheel of build/wheel work where there is neither LLVM nor HDF5 nor a C
# compiler? Makes a Debian 12 with Python and nothing else (build/bare, once: that
# needs root and a network), installs the wheel there into an empty environment,
# and compares what its command line does with build/release/bin/snnc.
#
#   test/python/bare.sh
set -eu
cd "$(dirname "$0")/../.."

ROOT=build/bare
SNNC=$PWD/build/release/bin/snnc
DIGITS=$PWD/examples/digits
LOG=$PWD/build/bare.log
# "yes": the module runs a network as well, not the command line alone.
RUN_MODULE=yes

passed=0
failed=0

skip() {
    echo "skipped: $*"
    echo '0 passed, 0 failed, 1 skipped'
    exit 0
}

# expect TITLE COMMAND...
expect() {
    title=$1
    shift
    if "$@" >"$LOG" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL: $title"
        cat "$LOG"
    fi
}

make_root() {
    [ -e "$ROOT/made" ] && return
    command -v debootstrap >/dev/null || skip 'no debootstrap'
    rm -rf "$ROOT"
    debootstrap --variant=minbase --include=python3,python3-venv bookworm "$ROOT" \
        http://deb.debian.org/debian >"$LOG" 2>&1 ||
        skip "no bare Debian could be made: $(tail -n 1 "$LOG")"
    touch "$ROOT/made"
}

# Runs a command in the root, in /work, with /proc as every machine has it.
inside() {
    # shellcheck disable=SC2016 # for the inner shell
    unshare --mount sh -c 'mount -t proc proc "$0/proc" && exec chroot "$0" \
        /usr/bin/env -i PATH=/work/venv/bin:/usr/bin:/bin LC_ALL=C.UTF-8 \
        HOME=/work sh -c "cd /work && exec \"\$@\"" sh "$@"' "$ROOT" "$@"
}

nothing_there() {
    ! inside sh -c 'command -v cc gcc clang; find / -xdev -path /work -prune -o \
        \( -iname "*llvm*" -o -iname "*mlir*" -o -iname "*hdf5*" \) -print' |
        grep .
}

install_wheel() {
    inside python3 -m venv /work/venv &&
        inside pip install --no-index --find-links /work snn-mlir
}

# What is written and said by both is the same: same NAME ARGUMENTS...
same() {
    name=$1
    shift
    mkdir "$ROOT/work/$name" "$OUT/$name"
    inside sh -c 'cd "$0" && "$@" >stdout 2>stderr; echo $? >status' "$name" \
        python -m snn_mlir "$@"
    (cd "$OUT/$name" && { "$SNNC" "$@" >stdout 2>stderr; echo $? >status; })
    diff -r "$ROOT/work/$name" "$OUT/$name"
}

# The module, interpreting: there is no C compiler, and no numpy.
run_module() {
    inside python - <<'END'
import snn_mlir

with open("test_spikes.npy", "rb") as file:
    spikes = file.read()[-16 * 64:]  # the last sample
net = snn_mlir.compile("model.nir", semantics="spikingjelly", backend="reference")
given = memoryview(spikes).cast("B", (16, 64))
with open("run/out.npy", "rb") as file:
    expected = file.read()[-16 * 10:]
assert bytes(memoryview(net.run(given)).cast("B")) == expected
END
}

[ "$(id -u)" = 0 ] || skip 'a bare root needs root'
unshare --mount true 2>/dev/null || skip 'no mounts may be made here'
make_root
WHEEL=$(ls build/wheel/*.whl)
OUT=$(mktemp -d)
trap 'rm -rf "$OUT"' EXIT
rm -rf "$ROOT/work"
mkdir "$ROOT/work"
cp "$WHEEL" "$DIGITS/model.nir" "$DIGITS/test_spikes.npy" "$ROOT/work"
cp "$DIGITS/model.nir" "$DIGITS/test_spikes.npy" "$OUT"

expect 'no LLVM, no HDF5, no compiler' nothing_there
expect 'the wheel can be installed' install_wheel
expect 'help' same help --help
expect 'build' same build build ../model.nir --semantics=spikingjelly -o out
expect 'run' same run run ../model.nir --semantics=spikingjelly --reference \
    --in ../test_spikes.npy --out out.npy --probe lif1.v=v.npy
expect 'a refusal' same refusal check ../test_spikes.npy
expect 'the script' inside sh -c 'snnc --version | grep -x "snnc [0-9.]*"'
[ "$RUN_MODULE" = no ] || expect 'the module runs a network' run_module
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
