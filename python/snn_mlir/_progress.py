# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Progress of long work: a bar on a terminal or in a notebook, or what you call."""

from __future__ import annotations

import shutil
import sys
import time
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any, Literal, TypeVar, Union

Progress = Union[Callable[[int, int], None], Literal[False], None]
Notes = Union[Callable[[str], None], Literal[False], None]
_P = TypeVar("_P")

DELAY = 1.0  # seconds; shorter work shows nothing


class Reporter:
    """`with Reporter(progress) as call:`; call is what the extension takes."""

    def __init__(self, progress: Progress) -> None:
        self._progress = _checked(progress, "done, steps")
        self._start = time.monotonic()
        self._bar: Any = None
        self._line = False  # a line was begun on stderr
        self._last = 0.0  # when it was last written

    def __enter__(self) -> Callable[[int, int], None] | None:
        if callable(self._progress):
            return self._progress
        return self._show if _is_shown(self._progress) else None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.close()
        if self._line:
            print(file=sys.stderr)

    def _show(self, done: int, steps: int) -> None:
        if self._bar is None and not self._line:
            if time.monotonic() - self._start < DELAY:
                return
            self._bar = _new_bar(steps)
        if self._bar is not None:
            self._bar.update(done - self._bar.n)
        elif _on_terminal() and (done == steps or self._is_due()):
            self._line = True
            print(f"\rstep {done} of {steps}", end="", file=sys.stderr, flush=True)

    def _is_due(self) -> bool:
        """Ten times a second."""
        now = time.monotonic()
        due = now - self._last > 0.1
        self._last = now if due else self._last
        return due


class NoteLine:
    """`with NoteLine(progress) as tell:`; tell(text) shows the latest text.

    It stands on one line, which is gone at the end.
    """

    def __init__(self, progress: Notes) -> None:
        self._progress = _checked(progress, "text")
        self._start = time.monotonic()
        self._shown = 0  # characters of the line

    def __enter__(self) -> Callable[[str], None]:
        if callable(self._progress):
            return self._progress
        return self._show if _is_shown(self._progress) else _ignore

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown > 0:
            self._print("")
            print(end="\r", file=sys.stderr, flush=True)

    def _show(self, text: str) -> None:
        if time.monotonic() - self._start >= DELAY:
            width = shutil.get_terminal_size().columns - 1  # a longer one would wrap
            self._print(text if len(text) <= width else text[: width - 1] + "…")

    def _print(self, text: str) -> None:
        print(f"\r{text:{self._shown}}", end="", file=sys.stderr, flush=True)
        self._shown = len(text)


def _ignore(text: str) -> None:
    pass


def _checked(progress: _P, arguments: str) -> _P:
    if progress is None or progress is False or callable(progress):
        return progress
    raise TypeError(f"progress is None, False or a function ({arguments})")


def _is_shown(progress: object) -> bool:
    """Is there somebody who sees it?"""
    return progress is not False and (_in_notebook() or _on_terminal())


def _on_terminal() -> bool:
    stream = sys.stderr
    return stream is not None and stream.isatty()


def _in_notebook() -> bool:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def _new_bar(steps: int) -> Any:
    """A bar of tqdm, or None where there is none."""
    try:
        with warnings.catch_warnings():
            # It warns in notebooks without widgets, and is a plain bar there.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm

            return tqdm(total=steps, unit="step", leave=False)
    except ImportError:
        return None
