#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Fails on an #include between rooms that the table does not allow. A line is a
# folder or a file, and what its files may include beside themselves and C's
# headers: a room (src/ROOM, by "ROOM/..."), or
#   hdf5     hdf5.h
#   mlir-c   MLIR's C API
#   c++      MLIR's and LLVM's C++ API, and C++'s headers
#   public   of every room NAME its header NAME/NAME.h, and all of base
#   snn.h    the public header
#   tools/snnc.h    the command line as a function
# The longest path that fits a file decides.
set -eu
cd "${1:-$(dirname "$0")/..}"

TABLE='
include
src/base
src/nir                     base
src/nir/read                base hdf5
src/ir                      base mlir-c c++
src/import                  base nir ir mlir-c
src/reference               base ir mlir-c
src/tune                    base ir reference mlir-c
src/passes                  base ir mlir-c
src/passes/register.cpp     base ir passes mlir-c c++
src/emit                    base ir mlir-c
src/emit/number.cpp         emit c++
src/driver                  public mlir-c snn.h
tools                       snn.h
tools/snn-opt.cpp           base ir passes mlir-c c++
tools/snn-lsp-server.cpp    base ir passes mlir-c c++
python                      snn.h tools/snnc.h
'

includes() {
    find include src tools python -name '*.[ch]' -o -name '*.cpp' | sort |
        xargs grep -nE '^[ 	]*#[ 	]*include[ 	]*["<]' /dev/null || true
}

includes | awk -v table="$TABLE" '
# What an include is, in the words of the table.
function kind(name, quoted,    room) {
    if (name ~ /^(hdf5|H5[A-Za-z]*)(_hl)?\.h$/) { return "hdf5" }
    if (name ~ /^mlir-c\//) { return "mlir-c" }
    if (name ~ /^(mlir|llvm|llvm-c)\//) { return "c++" }
    if (name == "snn.h" || name == "tools/snnc.h") { return name }
    if (!quoted) { return name ~ /\.h$/ ? "" : "c++" }
    room = name
    return sub(/\/.*/, "", room) ? room : ""
}
function is_public(name, room) {
    return room == "base" || name == room "/" room ".h"
}
# The row of the table for a file: the longest prefix.
function row(file,    path, best) {
    for (path in allowed) {
        if (index(file, path) == 1 && length(path) > length(best)) {
            best = path
        }
    }
    return best
}
BEGIN {
    lines = split(table, line, "\n")
    for (i = 1; i <= lines; i++) {
        words = split(line[i], word, " ")
        if (words == 0) { continue }
        allowed[word[1]] = " "
        for (w = 2; w <= words; w++) {
            allowed[word[1]] = allowed[word[1]] word[w] " "
        }
    }
}
{
    split($0, part, ":")
    file = part[1]
    name = $0
    sub(/^[^"<]*["<]/, "", name)
    quoted = $0 ~ /include[ \t]*"/
    sub(/[">].*/, "", name)
    what = kind(name, quoted)
    own = file
    sub(/^src\//, "", own)
    sub(/\/.*/, "", own)
    may = allowed[row(file)]
    if (what == "" || what == own || index(may, " " what " ") ||
        (index(may, " public ") && is_public(name, what))) {
        next
    }
    print file ":" part[2] ": error: may not include \"" name "\" (" what ")"
    bad = 1
}
END { exit bad }
'
