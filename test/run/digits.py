#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks the shipped network of handwritten digits: digits.py EXAMPLE OUT...

The spike trains and labels of the example are those that scikit-learn's images
give today; each OUT, spikes of `snnc run` on the test set, gives the
predictions of the tool that trained it; 95 of 100 are right.
"""
import pathlib
import sys

import numpy as np

example = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(example))
import encode  # noqa: E402


def same(a, b):
    return a.dtype == b.dtype and np.array_equal(a, b)


spikes, labels = encode.load_test_set()
assert same(np.load(example / "test_spikes.npy"), spikes), "spike trains"
assert same(np.load(example / "test_labels.npy"), labels), "labels"
assert spikes.shape == (357, 16, 64) and len(np.unique(labels)) == 10

trained = np.load(example / "predictions.npy")
for path in sys.argv[2:]:
    predictions = encode.predict(np.load(path))
    right = (predictions == labels).mean()
    wrong = (predictions != trained).sum()
    assert same(predictions, trained), f"{path}: {wrong} differ"
    assert right >= .95, f"{path}: {right}"
    print(f"{path}: {100 * right:.2f} % of {len(labels)}")
