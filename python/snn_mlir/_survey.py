# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Asks the extension about a model; what functions and networks share."""

from __future__ import annotations

import os
import shutil
import sys
import warnings
from collections.abc import Iterable
from typing import Any

from . import _core
from ._options import by_name
from ._progress import Progress, Reporter
from ._results import (
    Check,
    Inspection,
    Verification,
    check_of,
    inspection_of,
    verification_of,
)
from ._model import Model


class CompileWarning(UserWarning):
    """Something in a model that may not be what was meant."""


class BackendWarning(RuntimeWarning):
    """There is no C compiler, so networks are interpreted: slow, the same bits."""


_warned_of_backend = False


def warn_of_backend(why: str) -> None:
    """Once in a process."""
    global _warned_of_backend
    if not _warned_of_backend:
        _warned_of_backend = True
        warn(why, BackendWarning)


def missing_compiler() -> str | None:
    """What says that there is no program $CC; None: there is one."""
    words = (os.environ.get("CC") or "cc").split()
    name = words[0] if words else ""
    if name and shutil.which(name) is not None:
        return None
    return (
        f"no C compiler: {name!r} is not in PATH; the network is interpreted, "
        "which is slower"
    )


def described(d: _core.Diagnostic) -> str:
    """A diagnostic as snnc prints it, without its severity."""
    where = d.file if d.node is None else f"{d.file}:{d.node}"
    hint = "" if d.hint is None else f" ({d.hint})"
    return f"{where}: {d.message}{hint}"


def warn(text: str, category: type[Warning]) -> None:
    """Warns of the line that called this package."""
    package = __name__.rpartition(".")[0]
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and _is_of(frame.f_globals, package):
        frame, level = frame.f_back, level + 1
    warnings.warn(text, category, stacklevel=level)


def _is_of(names: dict[str, Any], package: str) -> bool:
    name = str(names.get("__name__"))
    return name == package or name.startswith(package + ".")


def announce(diagnostics: Iterable[_core.Diagnostic]) -> None:
    """Issues those that are warnings."""
    for d in diagnostics:
        if d.severity == "warning":
            warn(described(d), CompileWarning)


def check_model(model: Model, options: dict[str, Any]) -> Check:
    named = model.named(options)
    ok, text = _core.check(model.core, named, True)

    def show() -> str:
        return _core.spelled(_core.check(model.core, named, False)[1]).rstrip("\n")

    return check_of(ok, text, show)


def inspect_model(model: Model, options: dict[str, Any]) -> Inspection:
    named = model.named(options)
    _, text = _core.inspect(model.core, named, True)

    def show() -> str:
        try:
            text = _core.inspect(model.core, named, False)[1]
            return _core.spelled(text).rstrip("\n")
        except _core.CompileError as error:
            return str(error)  # nothing can be read, and this is why

    return inspection_of(text, show)


def verify_model(
    model: Model,
    options: dict[str, Any],
    inputs: Any,
    expected: Any,
    progress: Progress,
    **how: Any,
) -> Verification:
    """how: the keywords of _core.verify."""
    how, why = dict(how), missing_compiler()
    if why is not None and not how["reference"] and not how["both"]:
        how["reference"] = True
        warn_of_backend(why)
    said: list[_core.Diagnostic] = []
    with Reporter(progress) as call:
        ok, text = _core.verify(
            model.core,
            model.named(options),
            by_name(inputs, "input"),
            {} if expected is None else by_name(expected, "expected"),
            json=True,
            progress=call,
            report=said.append,
            **how,
        )
    announce(said)
    return verification_of(ok, text)
