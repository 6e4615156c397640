#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# compile.sh DIR/NAME: the generated files are silent in gcc, clang and, the
# header, g++, with all warnings and at any optimization.
set -eu
dir=$(dirname "$1")
for cc in gcc clang; do
    for level in -O0 -O3; do
        "$cc" -std=c11 "$level" -Werror -Wall -Wextra -Wpedantic -Wconversion \
            -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wundef \
            -I"$dir" -c "$1.c" -o "$1.o"
    done
done
g++ -Werror -Wall -Wextra -Wpedantic -x c++ -fsyntax-only "$1.h"
