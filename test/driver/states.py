#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks the membrane of base.nir, dt = 0.1: states.py V.npy SPIKES.npy X.npy.

V has to follow from what arrives, X, by forward Euler, in f32, with the reset
to 0 in the step of the spike.
"""
import sys

import numpy as np

F = np.float32
v, spikes, x = (np.load(path) for path in sys.argv[1:])
assert v.dtype == F and v.shape == x.shape == spikes.shape == (12, 4)
decay, u = F(.1 / .5), np.zeros(4, F)
for t in range(12):
    u = u + decay * ((F(0) - u) + x[t])
    assert ((u > 1) == spikes[t]).all(), t
    u = np.where(u > 1, F(0), u)
    assert (v[t] == u).all(), (t, v[t], u)
assert spikes.any() and not spikes.all()
