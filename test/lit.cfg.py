# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The lit suite: one folder per room of src, and run/, golden/, tools/.

CMake writes build/PRESET/test/lit.site.cfg.py, which sets the variables used
here and then loads this file: run .venv/bin/lit build/dev/test
"""
import os

import lit.formats

config.name = "snn-mlir"
config.test_format = lit.formats.ShTest(execute_external=True)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "lit.cfg.py", "lit.site.cfg.py.in"]
config.test_source_root = os.path.join(config.snn_source_dir, "test")

# snnc, snn-opt and nir-dump are ours; FileCheck, not and mlir-opt are LLVM's.
config.environment["PATH"] = os.pathsep.join(
    [config.snn_bin_dir, config.llvm_tools, config.environment["PATH"]])

# `not` takes exit status 1 for a refusal: a sanitizer's finding is a signal.
config.environment["ASAN_OPTIONS"] = (
    "abort_on_error=1:detect_container_overflow=0")
config.environment["UBSAN_OPTIONS"] = (
    "halt_on_error=1:abort_on_error=1:print_stacktrace=1")

for name in ("CC", "CFLAGS"):
    if name in os.environ:
        config.environment[name] = os.environ[name]

# %corpus before %c..., %python before %p: lit's own are shorter prefixes.
config.substitutions[:0] = [
    ("%corpus", config.corpus),
    ("%python", config.python),
    ("%root", config.snn_source_dir),
]

try:
    for end in os.openpty():
        os.close(end)
    config.available_features.add("terminal")
except OSError:
    pass  # a chroot without /dev/pts
if os.path.isdir(config.corpus):
    config.available_features.add("corpus")
if os.path.exists(
        os.path.join(config.snn_source_dir, "build/bench-venv/requirements.txt")):
    config.available_features.add("frameworks")
if config.snn_sanitize in ("ON", "1", "TRUE"):
    config.available_features.add("sanitizers")
