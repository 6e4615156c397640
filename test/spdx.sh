#!/bin/sh
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Fails for a source file without the SPDX line among its first three. Tests in
# MLIR and generated files (test/golden) need none.
set -eu
cd "$(dirname "$0")/.."

LINE='SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception'

source_files() {
    find . \( -name .git -o -name .venv -o -name build -o -name golden \
        -o -name __pycache__ \) -prune -o -type f \
        \( -name '*.[ch]' -o -name '*.cpp' -o -name '*.td' -o -name '*.py' \
        -o -name '*.pyi' -o -name '*.sh' -o -name '*.in' -o -name '*.cmake' \
        -o -name CMakeLists.txt -o -name Makefile -o -path './.ci/*' \) -print
}

bad=$(source_files | sort | while IFS= read -r file; do
    head -n 3 "$file" | grep -qF "$LINE" || echo "$file"
done)
[ -z "$bad" ] && exit 0
echo "$bad" | sed 's/$/: error: the SPDX line is missing/'
exit 1
