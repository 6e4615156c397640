# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The command line `snnc`: `python -m snn_mlir build model.nir -o out`."""

import os
import signal
import sys

from snn_mlir import _core


def _restore_signals() -> None:
    """Ctrl-C and a closed pipe end the process by the signal, as they end `snnc`."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # else it came in ignored
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)


def _restore_locale() -> None:
    """In the C locale Python itself has set LC_CTYPE to UTF-8 (PEP 538)."""
    try:
        with open("/proc/self/environ", "rb") as file:
            given = file.read().split(b"\0")
    except OSError:
        return
    values = [word[9:] for word in given if word.startswith(b"LC_CTYPE=")]
    if values:
        os.environb[b"LC_CTYPE"] = values[0]
    else:
        os.environ.pop("LC_CTYPE", None)


def main() -> int:
    """Does what `snnc` does with the words of `sys.argv`; its exit status."""
    _restore_signals()
    _restore_locale()
    return _core.main(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
