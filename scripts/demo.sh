#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Compiles the network of examples/digits to C, compiles that with the C
# compiler, and runs it on its test images. Needs build/release/bin/snnc
# (`make demo` builds it) and nothing from Python.
set -eu
cd "$(dirname "$0")/.."

SNNC=build/release/bin/snnc
DIGITS=examples/digits
OUT=build/demo
CC=${CC:-cc}
CFLAGS=${CFLAGS:--O2}
WARNINGS='-Werror -Wall -Wextra -Wpedantic -Wconversion -Wshadow
    -Wstrict-prototypes -Wmissing-prototypes -Wundef'

# Prints a command, then runs it.
show() {
    printf '\n$ %s\n' "$*"
    "$@"
}

mkdir -p "$OUT"
show $SNNC build $DIGITS/model.nir -o $OUT --name digits \
    --dt 1e-3 --semantics nir

# shellcheck disable=SC2086 # flags are words
show $CC -std=c11 $CFLAGS $WARNINGS -I$OUT -o $OUT/demo \
    $DIGITS/demo.c $OUT/digits.c

# What lies inside: the spikes of the hidden layer.
show $SNNC run $DIGITS/model.nir --dt 1e-3 --semantics nir \
    --in $DIGITS/test_spikes.npy --out $OUT/output.npy \
    --probe lif1=$OUT/hidden.npy

show $OUT/demo $DIGITS $OUT/hidden.npy
