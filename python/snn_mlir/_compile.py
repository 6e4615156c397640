# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""compile, check, inspect and verify: what snnc does, as functions."""

from __future__ import annotations

import inspect as inspect_module
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from ._model import Model
from ._network import Network
from ._options import options_of
from ._survey import announce, check_model, inspect_model, verify_model

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._model import Source
    from ._options import Options, Path, Semantics
    from ._progress import Notes, Progress
    from ._results import Check, Inspection, Verification


def compile(
    model: Source,
    *,
    dt: float | str | None = None,
    semantics: Semantics = "auto",
    type: Literal["f32", "f64"] = "f32",
    quantize: Path | None = None,
    reset: Literal["zero", "value", "subtract"] | None = None,
    reset_delay: bool = False,
    feedback: Literal["answer", "zero", "no-bias"] | None = None,
    strict_nir: bool = False,
    set: Mapping[str, Any] | None = None,
    input_kind: Literal["real", "spikes"] = "real",
    input_events: bool = False,
    fold: Literal["exact", "all", "none"] = "exact",
    dense: bool = False,
    weights: Literal["auto", "inline", "file"] = "auto",
    name: str | None = None,
    data: Any = None,
    state: Literal[16, 32] | None = None,
    granularity: Literal["channel", "tensor"] | None = None,
    scales: Literal["free", "power-of-two"] | None = None,
    rounding: Literal["nearest", "data"] | None = None,
    borders: Literal["codes", "float"] | None = None,
    target_f1: float | None = None,
    max_rom: int | None = None,
    max_ram: int | None = None,
    quantize_out: Path | None = None,
    backend: Literal["auto", "c", "reference"] = "auto",
    cache: Path | Literal[False] | None = None,
    progress: Notes = None,
) -> Network:
    """Makes C of a model, and a network that can be run of the C.

    model: a path, bytes, an open binary file, or a nir.NIRGraph. It is copied: what
    becomes of it afterwards does not matter.

    What a file does not say:
      dt: the time step, in the file's unit of tau, seconds in most: a positive
        number, or a positive number as text.
      semantics: what a time step computes: as the framework that wrote the file
        ("auto"), by the equations of NIR ("nir", "nir-exact"), or as a simulator.
      reset: what a spike does to the membrane; None: as the semantics do.
      reset_delay: a spike resets in the step behind it.
      feedback: what a node on a loop gives before the first step.
      strict_nir: what the simulator's importer leaves out of a file counts.
      set: what an exporter lost: {"NODE.PARAM": a number, word, array or .npy path};
        "*" in the place of NODE means all neurons.

    How numbers are computed:
      type: "f32", or "f64" for double.
      input_kind: "spikes": Inputs are 0 or 1.
      input_events: Inputs of the C are lists of the indices that spike. Arrays that
        the network is run on stay what they are.
      fold: nodes are folded where no bit changes ("exact"), also where rounding
        does ("all"), or never ("none").
      dense: no event loops: every weight in every step.
      weights: in the C ("inline"), in a file beside it, or that beyond a million.
      name: of the network in C; None: the stem of the path, or "network".

    Integers in the place of floats:
      quantize: "int4", "int8", "int16", "int32": bits of weights; "auto": as few for
        each layer as keep the spikes; or the path of a saved choice (.json).
      data: what the Input gets in use, (steps, *shape) or (samples, steps, *shape):
        an array or .npy path, or a dict of them by the name of the Input. Choosing on
        data takes seconds, "auto" seconds to minutes.
      state: bits of states, 32 or 16.
      granularity: a scale for each "channel" of a weight, or for the "tensor".
      scales: "free", or "power-of-two", which makes shifts of multiplications.
      rounding: of weights: "nearest", or "data": as keeps spikes on it best.
      borders: what the C takes and gives for real numbers: "codes", or "float".
      target_f1: the F1 that "auto" has to keep.
      max_rom: bytes that its choice may take; max_ram: the same of RAM.
      quantize_out: `save` writes the choice to this path (.json).

    How it is run:
      backend: "c": compiled with $CC and $CFLAGS; "reference": interpreted; "auto":
        "c" where there is a C compiler. Both give the same bits.
      cache: the folder where compiled C is kept; None: snn-mlir in the user's cache
        folder; False: nowhere.
      progress: of a choice on data. None: the latest note on a line of a terminal or
        notebook, if it takes more than a second; False: none; or a function of the
        text of each note.

    Raises CompileError, whose `diagnostics` say all that is wrong with model and
    options; OSError where the model cannot be read (FileNotFoundError,
    IsADirectoryError) or the folder of the cache cannot be made; TypeError for what
    is no model, option, array or cache; ValueError for another backend, and for arrays
    that do not fit. Warnings of the compiler are issued as CompileWarning; they and
    its notes are in `diagnostics` of the network.

    >>> net = compile("examples/digits/model.nir", semantics="nir", dt=1e-3)
    >>> [layer.kind for layer in net.layers]
    ['Input', 'Affine', 'LIF', 'Affine', 'LIF', 'Output']
    """
    given = dict(locals())
    for key in ("model", "backend", "cache", "progress"):
        del given[key]
    options = options_of(given, "compile")
    net = Network(Model(model), options, backend, cache, progress)
    announce(net.diagnostics)
    return net


def check(model: Source, **options: Unpack[Options]) -> Check:
    """All problems of a model, and the options that it needs; compiles it if it can.

    model and options are those of `compile`. Nothing that is wrong with the model is
    raised: look at `problems`, or print it. Raises OSError where it cannot be read
    (FileNotFoundError), TypeError for what is no model or option.

    >>> print(check("examples/digits/model.nir", semantics="nir", dt=1e-3))
    examples/digits/model.nir: 0 errors, 0 warnings; it compiles
    >>> [need.option for need in check("examples/digits/model.nir").needs]
    ['semantics', 'dt']
    """
    return check_model(Model(model), options_of(options, "check"))


def inspect(model: Source, **options: Unpack[Options]) -> Inspection:
    """What is in a model and what it costs, be there errors or not.

    model and options are those of `compile`. Of a file that cannot be read there are
    no layers, and `problems` says why. Where there is no file, it raises
    FileNotFoundError, and TypeError for what is no model or option.

    >>> report = inspect("examples/digits/model.nir")
    >>> report.totals.macs
    4736
    >>> report.layers[1].parameters["weight"].shape
    (64, 64)
    """
    return inspect_model(Model(model), options_of(options, "inspect"))


def verify(
    model: Source,
    inputs: Any,
    expected: Any = None,
    *,
    reference: bool = False,
    both: bool = False,
    atol: float | None = None,
    rtol: float | None = None,
    min_f1: float | None = None,
    progress: Progress = None,
    **options: Unpack[Options],
) -> Verification:
    """Runs a model, and compares it with what was recorded.

    model and options are those of `compile`. inputs: an array, or the path of a .npy
    file, of shape (steps, *shape) or (samples, steps, *shape); where there are
    several Inputs a dict by name. expected: the same for the Output, or a dict by
    names of nodes ("lif1") and their states ("lif1.v"). None, for a quantized
    network: what its floats give.

    reference: interpret instead of compiling C; without a C compiler that is done
    in any case, and BackendWarning says so. both: do both, and compare them.
    Real numbers may differ by atol + rtol |expected|, spikes down to an F1 of min_f1.
    Progress is shown as by `Network.run`.

    Raises CompileError where the model does not compile, a node is not there, or a
    .npy file does not fit or cannot be read; FileNotFoundError where there is no
    model; TypeError for what is no array or option, ValueError for arrays that do not
    fit.

    >>> spikes = "examples/digits/test_spikes.npy"
    >>> result = verify("examples/digits/model.nir", spikes, semantics="nir", dt=1e-3,
    ...                 quantize="int8", data=spikes, min_f1=0.95)
    >>> result.ok, result.equal
    (True, False)
    """
    return verify_model(
        Model(model),
        options_of(options, "verify", _VERIFY),
        inputs,
        expected,
        progress,
        reference=reference,
        both=both,
        atol=atol,
        rtol=rtol,
        min_f1=min_f1,
    )


_VERIFY = tuple(inspect_module.signature(verify).parameters)[:-1]
