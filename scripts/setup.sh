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
set -eu
cd "$(dirname "$0")/.."

LLVM=22
GCC=12
BUILD="gcc g++ clang-$LLVM make cmake ninja-build libc6-dev
    libmlir-$LLVM-dev mlir-$LLVM-tools llvm-$LLVM-dev llvm-$LLVM-tools
    libhdf5-dev zlib1g-dev libzstd-dev libjansson-dev
    python3 python3-venv python3-dev"
TEST="clang-format-$LLVM libclang-rt-$LLVM-dev cppcheck
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

venv() {
    stamp=.venv/requirements.txt
    if cmp -s scripts/requirements.txt "$stamp"; then
        say "the Python environment is there"
        return
    fi
    say "making the Python environment .venv"
    rm -rf .venv
    /usr/bin/python3 -m venv .venv
    .venv/bin/pip install -q --no-input -r scripts/requirements.txt
    cp scripts/requirements.txt "$stamp"
}

case "${1:-test}" in
build) install $BUILD ;;
wheel)
    install $BUILD
    venv
    ;;
test)
    install $BUILD $TEST
    venv
    ;;
*)
    say "usage: scripts/setup.sh build|wheel|test" >&2
    exit 1
    ;;
esac
