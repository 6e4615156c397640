# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""A model of any kind as a file that the compiler can read, and nobody changes."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
import weakref
from typing import TYPE_CHECKING, Any, BinaryIO, Union

from ._options import type_name

if TYPE_CHECKING:
    Source = Union[str, os.PathLike[str], bytes, bytearray, memoryview, BinaryIO, Any]


class Model:
    """A copy of a model in an anonymous file, which lives as long as this.

    name: what reports call it. c_name: what it is called in C unless the user says
    it; None: as its path. core: what the extension takes.
    """

    def __init__(self, source: Source) -> None:
        self.name = "<bytes>"
        self.c_name: str | None = "network"
        if isinstance(source, (str, os.PathLike)):
            self.name = os.fsdecode(os.fspath(source))
            self.c_name = None
            # Opened first, so that no file is made where there is none to copy.
            with open(source, "rb") as file:
                self._make()
                self._copy(file)
        elif isinstance(source, (bytes, bytearray, memoryview)):
            self._make()
            self._write(source)
        elif hasattr(source, "read"):
            self._take_file(source)
        elif _is_graph(source):
            self.name = "<NIRGraph>"
            self._make()
            import nir

            with open(self.path, "w+b") as file:  # HDF5 wants a real path, or a file
                nir.write(file, source)
        else:
            raise TypeError(
                "a model is a path, bytes, an open binary file or a nir.NIRGraph, "
                f"not {type_name(source)}"
            )
        self.core = (self.name, self.path)

    def parts(self) -> tuple[bytes, tuple[str, str | None]]:
        """What another process makes the same of, with `rename`."""
        with open(self.path, "rb") as file:
            return file.read(), (self.name, self.c_name)

    def rename(self, name: str, c_name: str | None) -> None:
        self.name, self.c_name = name, c_name
        self.core = (name, self.path)

    def named(self, options: dict[str, Any]) -> dict[str, Any]:
        """Options with a name for C where the model has none."""
        return options if self.c_name is None else {"name": self.c_name, **options}

    def _take_file(self, source: Any) -> None:
        # Text is not read: a model is no UTF-8.
        data = "" if isinstance(source, io.TextIOBase) else source.read()
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(
                "a model is read from a file that is open in binary mode, as "
                f"open(path, 'rb') gives; this one gives {type_name(data)}"
            )
        name = getattr(source, "name", None)
        if isinstance(name, (str, bytes)):
            self.name = os.fsdecode(name)
            self.c_name = None
        else:
            self.name = "<file>"
        self._make()
        self._write(data)

    def _make(self) -> None:
        """Makes an empty file: in memory where the system can."""
        if sys.platform == "linux":
            handle = os.memfd_create("snn_mlir")
            self.path = f"/proc/self/fd/{handle}"
            weakref.finalize(self, os.close, handle)
        else:
            handle, self.path = tempfile.mkstemp(suffix=".nir")
            os.close(handle)
            weakref.finalize(self, os.unlink, self.path)

    def _copy(self, file: BinaryIO) -> None:
        with open(self.path, "wb") as copy:
            shutil.copyfileobj(file, copy, 1 << 20)

    def _write(self, data: bytes | bytearray | memoryview) -> None:
        with open(self.path, "wb") as copy:
            copy.write(data)


def _is_graph(source: object) -> bool:
    """nir is imported already where somebody has a graph of it."""
    nir = sys.modules.get("nir")
    return nir is not None and isinstance(source, nir.NIRGraph)
