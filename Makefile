# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The front door. Each target starts from a bare Debian 12 and can be run again;
# once everything is installed, none needs a network. CMake does the building.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help demo test bench fuzz golden conformance wheel python clean setup-build \
    setup-wheel setup-test dev release release-tools fuzz-build

help: ## list these targets
	@echo 'snn-mlir: spiking networks in .nir files to C'
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | \
	    while IFS='	' read -r target text; do \
	        printf '  make %-11s %s\n' "$$target" "$$text"; done

demo: setup-build release ## install, build, and run a trained network as C
	@scripts/demo.sh

test: setup-test dev release release-tools fuzz-build wheel ## install, build, and run every test
	@scripts/test.sh

bench: setup-test release ## print time per step, cost of scale (SCALE="1 10 100"), integers against floats
	@.venv/bin/python bench/bench.py --snnc build/release/bin/snnc
	@.venv/bin/python bench/scale.py --snnc build/release/bin/snnc $(SCALE)
	@.venv/bin/python bench/quantize.py --snnc build/release/bin/snnc

SECONDS = 60
fuzz: setup-test release fuzz-build ## fuzz the reader, SECONDS=60
	@.venv/bin/python test/fuzz/run.py --seconds $(SECONDS)

golden: setup-test release ## rewrite test/golden, dialect.md, coverage.md; review
	@.venv/bin/python test/golden.py --snnc build/release/bin/snnc --write
	@cp build/release/src/ir/ops.md docs/dialect.md
	@PATH="$$PWD/build/release/bin:/usr/lib/llvm-22/bin:$$PATH" \
	    .venv/bin/python test/property/property.py --keep build/property \
	    --coverage docs/coverage.md --write

CORPUS = $(or $(SNN_CORPUS),../shared/corpus)
conformance: setup-test release ## rewrite docs/conformance.md from a run of the corpus
	@.venv/bin/python test/corpus.py $(CORPUS)/frameworks/dev $(CORPUS)/bench \
	    --snnc build/release/bin/snnc --rows build/corpus.json
	@.venv/bin/python test/conformance.py build/corpus.json --write

wheel: setup-wheel ## build the Python package into build/wheel: needs no LLVM where it is installed
	@echo 'build: the Python wheel (build/wheel)'
	@scripts/wheel.sh

python: setup-wheel ## install the Python package into .venv; its Python files are used in place
	@.venv/bin/pip install -q --no-build-isolation --no-deps --config-settings \
	    'build-dir=build/wheel-{cache_tag}' -e .

clean: ## remove build/ (the Python environment .venv stays)
	rm -rf build

setup-build:
	@scripts/setup.sh build

setup-wheel:
	@scripts/setup.sh wheel

setup-test:
	@scripts/setup.sh test

# One after the other: setup comes first, and two cores are shared by one build.
dev: | setup-test
	@echo 'build: dev, with sanitizers (build/dev)'
	@cmake --preset dev
	@cmake --build --preset dev

release: | setup-build
	@echo 'build: release, one static snnc (build/release)'
	@cmake --preset release
	@cmake --build --preset release --target snnc snn-opt snn-lsp-server

release-tools: | setup-test release
	@echo 'build: programs that tests run often, without sanitizers'
	@cmake --build --preset release --target emit-tool reference-run

fuzz-build: | setup-test
	@echo 'build: fuzz targets (build/fuzz)'
	@cmake --preset fuzz
	@cmake --build --preset fuzz

.NOTPARALLEL:
