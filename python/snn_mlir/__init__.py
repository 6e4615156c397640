# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiles spiking networks in NIR files to C, and runs them on arrays.

>>> import snn_mlir
>>> net = snn_mlir.compile("examples/digits/model.nir", semantics="nir", dt=1e-3)
>>> net
<snn_mlir.Network model: input (64) -> output (10), RAM 680 bytes, ROM 19288 bytes>

`net.run(x)` runs it, `net.save("firmware")` writes its C, `net.layers` says what is
in it. `check`, `inspect` and `verify` do what the commands of snnc do; docs/python.md
is the guide.
"""

from . import _core
from ._compile import check, compile, inspect, verify
from ._core import CompileError, Diagnostic
from ._network import BackendWarning, CompileWarning, Network, State
from ._results import (
    Candidate,
    Cause,
    Check,
    Decision,
    Divergence,
    Edge,
    Inspection,
    Layer,
    Measure,
    Need,
    Parameter,
    Port,
    Totals,
    Verification,
)

__version__: str = _core.__version__

__all__ = [
    "BackendWarning",
    "Candidate",
    "Cause",
    "Check",
    "CompileError",
    "CompileWarning",
    "Decision",
    "Diagnostic",
    "Divergence",
    "Edge",
    "Inspection",
    "Layer",
    "Measure",
    "Need",
    "Network",
    "Parameter",
    "Port",
    "State",
    "Totals",
    "Verification",
    "__version__",
    "check",
    "compile",
    "inspect",
    "verify",
]
