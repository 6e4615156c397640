#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Installs what building and testing snn-mlir needs on Debian 12, and makes the
# Python environment that the tests use (.venv). What is already there is left
# alone, so a second run needs no network.
#
#   scripts/setup.sh build    what `make demo` needs: compilers, MLIR 22, HDF5
#   scripts/setup.sh wheel    also what the Python package is built with
#   scripts/setup.sh test     also what `make test` needs
#   scripts/setup.sh bench    build/bench-venv: PyTorch and the frameworks that
#                             bench/python.py measures beside ours (1 GB)
set -eu
cd "$(dirname "$0")/.."

LLVM=22
GCC=12
BUILD="gcc g++ clang-$LLVM make cmake ninja-build libc6-dev
    libmlir-$LLVM-dev mlir-$LLVM-tools llvm-$LLVM-dev llvm-$LLVM-tools
    libhdf5-dev zlib1g-dev libzstd-dev libjansson-dev
    python3 python3-venv python3-dev"
TEST="clang-format-$LLVM locales libclang-rt-$LLVM-dev cppcheck
    gcc-$GCC-aarch64-linux-gnu libc6-dev-arm64-cross
    gcc-$GCC-arm-linux-gnueabihf libc6-dev-armhf-cross
    gcc-$GCC-i686-linux-gnu libc6-dev-i386-cross
    gcc-$GCC-riscv64-linux-gnu libc6-dev-riscv64-cross
    gcc-$GCC-s390x-linux-gnu libc6-dev-s390x-cross
    qemu-user-static ca-certificates debootstrap"

say() { printf 'setup: %s\n' "$*"; }

missing() {
    for package in "$@"; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null ||
            true)
        [ "$status" = installed ] || printf '%s ' "$package"
    done
}

install() {
    wanted=$(missing "$@")
    [ -n "$wanted" ] || { say "all Debian packages are there"; return; }
    root=
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            say "error: run as root or install sudo; missing: $wanted" >&2
            exit 1
        }
        root=sudo
    fi
    say "installing with apt-get: $wanted"
    $root apt-get -q update
    # shellcheck disable=SC2086 # the list is words
    $root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y \
        --no-install-recommends $wanted
}

# A Python environment of pinned packages: venv WHERE REQUIREMENTS [PIP OPTION]
venv() {
    where=$1
    wanted=$2
    shift 2
    if cmp -s "$wanted" "$where/requirements.txt"; then
        say "the Python environment $where is there"
        return
    fi
    say "making the Python environment $where"
    rm -rf "$where"
    /usr/bin/python3 -m venv "$where"
    "$where/bin/pip" install -q --no-input "$@" -r "$wanted"
    cp "$wanted" "$where/requirements.txt"
}

case "${1:-test}" in
build) install $BUILD ;;
wheel)
    install $BUILD
    venv .venv scripts/requirements.txt
    ;;
test)
    install $BUILD $TEST
    venv .venv scripts/requirements.txt
    ;;
bench)
    install $BUILD
    mkdir -p build
    venv build/bench-venv scripts/requirements-bench.txt --no-deps
    ;;
*)
    say "usage: scripts/setup.sh build|wheel|test|bench" >&2
    exit 1
    ;;
esac
