#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Runs a command with standard error on a terminal, and prints what it shows
there, a line for each carriage return."""
import os
import pty
import subprocess
import sys

ours, theirs = pty.openpty()
process = subprocess.Popen(sys.argv[1:], stderr=theirs)
os.close(theirs)
shown = b""
while True:
    try:
        piece = os.read(ours, 65536)
    except OSError:  # the other end is closed
        break
    shown += piece
print(shown.decode().replace("\r\n", "\n").replace("\r", "\n"), end="")
sys.exit(process.wait())
