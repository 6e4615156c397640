# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Arrays of NumPy if it is there, else memoryviews; and what becomes an array."""

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


def read_only(array: Any) -> Any:
    """The array that `allocate` made, for those who may only look at it."""
    if isinstance(array, memoryview):
        return array.toreadonly()
    array.setflags(write=False)
    return array


def equal(a: Any, b: Any) -> bool:
    """Whether two arrays have the same shape and numbers."""
    numpy = _numpy()
    return bool(a == b if numpy is None else numpy.array_equal(a, b))


def taken(value: Any, what: str) -> Any:
    """What the extension takes of a value: lists, and what has only `__array__`,
    become arrays of NumPy; all else stays what it is.
    """
    listed = isinstance(value, (list, tuple))
    if not listed and not _is_convertible(value):
        return value
    numpy = _numpy()
    if numpy is None:
        raise TypeError(
            f"{what} is a {type(value).__name__}, which needs NumPy to become an "
            "array: pip install snn-mlir[numpy], or give what has the buffer "
            "protocol, as a memoryview has"
        )
    try:
        return numpy.asarray(value)
    except ValueError as error:
        if not listed:
            raise
        raise ValueError(f"{what} is no array: {error}") from None


def _is_convertible(value: Any) -> bool:
    """Has it `__array__`, and nothing that the extension takes without NumPy?"""
    if isinstance(value, type) or not hasattr(value, "__array__"):
        return False
    if hasattr(value, "__dlpack__"):
        return False
    try:
        memoryview(value)
    except (TypeError, ValueError, BufferError):
        return True
    return False
