#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The handwritten digits of scikit-learn as spike trains, and the split into training and test images.

Integer arithmetic only and no random numbers: every run gives the same bytes. Needs numpy and scikit-learn.
Run as a program it writes test_spikes.npy and test_labels.npy into a directory (default: the one of this file).
"""
import argparse
import pathlib

import numpy as np
from sklearn.datasets import load_digits

STEPS = 16  # time steps per image: a pixel of value p gives exactly p spikes


def load_images():
    """All images and labels in the order of the data set.

    Returns (images, labels): images int64 (1797, 64), row-major 8x8 pixels, each 0 (paper) to 16 (ink);
    labels uint8 (1797,), the digits 0 to 9.
    """
    digits = load_digits()
    return digits.data.astype(np.int64), digits.target.astype(np.uint8)


def is_test(n_images):
    """Bool (n_images,), true for test images: every fifth block of ten successive images (40..49, 90..99, ...).

    The digits come in runs such as 0 1 2 ... 9 0 1 2 ... 9; blocks of ten keep the ten classes about equally frequent.
    """
    return np.arange(n_images) // 10 % 5 == 4


def encode(images):
    """Spike trains uint8 (samples, STEPS, pixels) of images int (samples, pixels) with values 0..STEPS.

    A pixel of value p spikes p times, evenly spaced: in step t (from 0) where the accumulated value
    (p * t + STEPS / 2) / STEPS passes a whole number.
    """
    passed = (images[:, None, :] * np.arange(STEPS + 1)[None, :, None] + STEPS // 2) // STEPS
    return np.diff(passed, axis=1).astype(np.uint8)


def load_training_set():
    """(spikes, labels) of the training images: uint8 (1440, STEPS, 64), uint8 (1440,)."""
    images, labels = load_images()
    train = ~is_test(len(images))
    return encode(images[train]), labels[train]


def load_test_set():
    """(spikes, labels) of the test images: uint8 (357, STEPS, 64), uint8 (357,)."""
    images, labels = load_images()
    test = is_test(len(images))
    return encode(images[test]), labels[test]


def predict(output_spikes):
    """Predicted class uint8 (samples,) of output spikes (samples, steps, 10): most spikes, ties to the lowest class."""
    return np.asarray(output_spikes).sum(axis=1).argmax(axis=-1).astype(np.uint8)


def main():
    parser = argparse.ArgumentParser(description="Write the test set: test_spikes.npy, test_labels.npy.")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent, help="directory")
    out = parser.parse_args().out
    spikes, labels = load_test_set()
    np.save(out / "test_spikes.npy", spikes)
    np.save(out / "test_labels.npy", labels)
    print(f"{len(labels)} test images, {spikes.shape[1]} steps, {spikes.mean():.3f} spikes per pixel and step")


if __name__ == "__main__":
    main()
