# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Arrays for results: of NumPy if it is there, else memoryviews."""

from __future__ import annotations

import functools
import math
import struct
from typing import Any

DTYPES = {"B": "uint8", "i": "int32", "f": "float32", "d": "float64"}


@functools.cache
def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        return None
    return numpy


def allocate(shape: tuple[int, ...], format: str) -> Any:
    """An array of this shape and format ('B', 'i', 'f', 'd'), C-contiguous."""
    numpy = _numpy()
    if numpy is not None:
        return numpy.empty(shape, DTYPES[format])
    size = math.prod(shape) * struct.calcsize(format)
    flat: Any = memoryview(bytearray(size))
    # A memoryview cannot have an axis of length 0 beside others.
    return flat.cast(format, shape) if size > 0 else flat.cast(format)
