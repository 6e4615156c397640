#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Lists the errors that no test shows. An error is the text of a diag_error,
# diag_help or ir_error in C, or of an emitError or emitOpError in C++; the longest part of it that holds
# no printf conversion must stand in some file below test/.
set -eu
cd "${1:-$(dirname "$0")/..}"

exec python3 - <<'END'
import pathlib
import re
import sys

CALL = re.compile(r"\b(diag_error|diag_help|ir_error|emitError|emitOpError)\(")
TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|//[^\n]*|/\*.*?\*/|[();{]|\w+|\s+|.', re.S)
# Left by text_of where C or C++ puts a value in, after the % of a PRId64 too.
VALUE = "\0"
CONVERSION = re.compile(r"%[-+ #0]*[\d*]*(?:\.[\d*]+)?(?:hh|h|ll|l|j|z|t)?"
                        r"[a-zA-Z%]|%?\0+")
SHORT = 3  # a part below this length says nothing


def text_of(code):
    """The text of a call's message: literals joined, VALUE between."""
    text, depth = "", 0
    for token in TOKEN.findall(code):
        if token[0] == '"':
            text += bytes(token[1:-1], "utf-8").decode("unicode_escape")
        elif token in ";{":
            break
        elif token == "(":
            depth += 1
        elif token == ")":
            depth -= 1
            if depth < 0:
                break  # of a C call that stands inside a condition
        elif text and not token.isspace() and token[:2] not in ("//", "/*"):
            if token == "," and depth == 1:
                break  # the end of the format
            text += VALUE
    return text


def errors():
    """Yields (file:line, text) of each error in the code."""
    for top in ("src", "tools"):
        for path in sorted(pathlib.Path(top).rglob("*")):
            if path.suffix not in (".c", ".cpp", ".h"):
                continue
            code = path.read_text(encoding="utf-8")
            for call in CALL.finditer(code):
                line = code.count("\n", 0, call.start()) + 1
                yield f"{path}:{line}", text_of(code[call.end() - 1:])


def longest_part(text):
    return max((part.strip() for part in CONVERSION.split(text)), key=len)


tests = [path.read_bytes() for path in pathlib.Path("test").rglob("*")
         if path.is_file() and path.name != "messages.sh"]
bad = 0
for where, text in errors():
    part = longest_part(text)
    if len(part) < SHORT or any(part.encode() in test for test in tests):
        continue
    print(f"{where}: error: no test shows '{part}'")
    bad += 1
sys.exit(1 if bad else 0)
END
