# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Random choices that are the same on every machine and for every version of
Python and numpy: all come from random(), the one method that promises it.
"""
import random

import numpy as np

F32 = np.float32


class Draw:
    def __init__(self, *seed):
        self.stream = random.Random("-".join(map(str, seed)))

    def chance(self, share):
        return self.stream.random() < share

    def below(self, n):
        return int(self.stream.random() * n)

    def between(self, low, high):
        """An integer, both ends included."""
        return low + self.below(high - low + 1)

    def pick(self, items):
        items = list(items)
        return items[self.below(len(items))]

    def shuffled(self, items):
        items = list(items)
        for i in range(len(items) - 1, 0, -1):
            k = self.below(i + 1)
            items[i], items[k] = items[k], items[i]
        return items

    def real(self, low, high):
        return F32(low + (high - low) * self.stream.random())

    def reals(self, low, high, shape):
        """float32, between low and high."""
        count = int(np.prod(shape, dtype=int))
        flat = [self.real(low, high) for _ in range(count)]
        return np.array(flat, F32).reshape(shape)

    def bits(self, share, shape):
        """1 with this chance, else 0."""
        count = int(np.prod(shape, dtype=int))
        flat = [self.chance(share) for _ in range(count)]
        return np.array(flat, F32).reshape(shape)
