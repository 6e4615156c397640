#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs every test on what `make test` has built, and sums up: the last line is
# `N passed, N failed, N skipped`, the exit status is 1 if something failed.
# SNN_CORPUS names the corpus, if it is not ../shared/corpus.
set -eu
cd "$(dirname "$0")/.."

PARTS=21
PYTHON=.venv/bin/python
CORPUS=${SNN_CORPUS:-../shared/corpus}
LOG=build/test.log
SITE=build/dev/test
SNNC=build/release/bin/snnc

part=0
passed=0
failed=0
skipped=0
start=$(date +%s)

heading() {
    part=$((part + 1))
    printf '[%d/%d] %s (%d s)\n' "$part" "$PARTS" "$1" $(($(date +%s) - start))
}

count() {
    passed=$((passed + $1))
    failed=$((failed + $2))
    skipped=$((skipped + ${3:-0}))
}

# A check counts as one test: check TITLE COMMAND...
check() {
    heading "$1"
    shift
    if "$@"; then
        count 1 0
    else
        echo "FAIL: $*"
        count 0 1
    fi
}

# A suite counts its tests itself, in its last line: suite TITLE COMMAND...
suite() {
    heading "$1"
    shift
    { "$@" 2>&1 && echo 0 >"$LOG.status" || echo $? >"$LOG.status"; } |
        tee "$LOG"
    before=$failed
    # shellcheck disable=SC2046 # the counts are words
    count $(tail -n 1 "$LOG" | counts)
    if [ "$(cat "$LOG.status")" != 0 ] && [ "$failed" = "$before" ]; then
        echo "FAIL: $*"
        count 0 1
    fi
    rm -f "$LOG.status"
}

# The numbers of `N passed, N failed[, N skipped]`; another line is a failure.
counts() {
    awk '/^[0-9]+ passed, [0-9]+ failed/ { seen = $1 " " $3 " " $5 + 0 }
         END { print seen ? seen : "0 1 0" }'
}

sources() {
    find src tools include python test examples -name golden -prune -o \
        \( -name '*.[ch]' -o -name '*.cpp' \) -print | sort
}

formatted() { sources | xargs clang-format-22 --dry-run -Werror; }

lit() {
    rm -f "$SITE/results.json"
    .venv/bin/lit -sv --no-progress-bar -o "$SITE/results.json" "$SITE" || true
    $PYTHON - "$SITE/results.json" <<'END'
import collections
import json
import sys

codes = collections.Counter(
    test["code"] for test in json.load(open(sys.argv[1]))["tests"])
passed = codes["PASS"] + codes["XFAIL"] + codes["FLAKYPASS"]
skipped = codes["UNSUPPORTED"] + codes["SKIPPED"] + codes["EXCLUDED"]
failed = codes.total() - passed - skipped
print(f"{passed} passed, {failed} failed, {skipped} skipped")
END
}

# Starts from the seeds alone, so that what stands of other runs changes nothing.
fuzz() {
    rm -rf build/fuzz/test
    $PYTHON test/fuzz/run.py --seconds 60 --seed 1 --work build/fuzz/test
}

corpus() {
    $PYTHON test/corpus.py "$CORPUS/nir/dev" "$CORPUS/bench" \
        "$CORPUS/frameworks/dev" --snnc $SNNC --rows build/corpus.json
}

property() {
    env PATH="$PWD/build/release/bin:/usr/lib/llvm-22/bin:$PATH" \
        $PYTHON test/property/property.py --keep build/property \
        --coverage docs/coverage.md
}

tools() {
    env PATH="$PWD/build/release/bin:/usr/lib/llvm-22/bin:$PATH" $PYTHON "$@"
}

targets() {
    tools test/run/quant_targets.py --count 12 --keep build/quant_targets
}

nodes() {
    tools test/run/quant_nodes.py --keep build/quant_nodes
}

quantized() {
    tools test/property/quantized.py --count 40 --keep build/quantized
}

recognition() {
    $PYTHON test/recognize.py "$CORPUS/nir/dev" "$CORPUS/frameworks/dev" \
        --snnc $SNNC
}

verdicts() {
    $PYTHON test/verdicts.py "$CORPUS/nir/dev" "$CORPUS/bench" \
        "$CORPUS/frameworks/dev" --snnc $SNNC
}

python() {
    .venv/bin/pip install -q --no-input --no-index --no-deps --force-reinstall \
        build/wheel/*.whl && $PYTHON -m pytest -q test/python
}

mkdir -p build
check 'format: clang-format' formatted
check 'licence: SPDX lines' test/spdx.sh
check 'layers: includes between rooms' test/layers.sh
check 'messages: a test for each' test/messages.sh
check 'docs: docs/dialect.md is what the dialect says' \
    cmp build/dev/src/ir/ops.md docs/dialect.md
check 'release: snn-opt knows its own dialect' \
    build/release/bin/snn-opt test/ir/network.mlir -o /dev/null
suite 'corpus runner: does it see what is wrong' $PYTHON test/corpus_selftest.py
suite 'lit: build/dev, with sanitizers' lit
suite 'property: random networks, and docs/coverage.md' property
suite 'codes: the same bits on other machines' targets
suite 'codes: every node and simulator' nodes
suite 'codes: random networks' quantized
suite 'fuzz: the reader, for 60 s' fuzz
suite 'wheel: what it holds, and what it links' \
    $PYTHON test/python/wheel.py build/wheel
suite 'wheel: its command line is that of snnc' \
    $PYTHON test/python/command.py --snnc $SNNC --wheel build/wheel/*.whl
suite 'wheel: on a machine with Python alone' test/python/bare.sh
suite 'python: the wheel, by pytest' python
if [ -d "$CORPUS" ]; then
    suite "corpus: $CORPUS" corpus
    check 'docs: docs/conformance.md is what the corpus gave' \
        $PYTHON test/conformance.py build/corpus.json
    suite "recognition: none is taken for that of another" recognition
    suite "verdicts: check and inspect say what build does" verdicts
else
    heading 'corpus'
    echo 'skipped: no corpus'
    count 0 0 1
fi

echo "all parts done ($(($(date +%s) - start)) s)"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
