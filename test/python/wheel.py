# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What is in a wheel and in a source distribution, and what the wheel needs.

    wheel.py DIR    with one *.whl and one *.tar.gz, as scripts/wheel.sh makes them

h5py brings another HDF5 into a process and torch another LLVM, so the extension
exports its initialization alone, and takes nothing but libc and Python.
"""
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
MEGABYTES = 10
LIBRARIES = {"libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0",
             "librt.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}
SOURCES = ("cmake", "include", "python", "src", "tools")
FILES = {"CMakeLists.txt", "LICENSE", "README.md", "pyproject.toml"}
LICENCES = {"llvm-22-dev", "libhdf5-dev", "libaec-dev", "libjansson-dev",
            "zlib1g-dev", "libzstd-dev"}


def lines(*command: str) -> list[str]:
    return subprocess.run(command, check=True, text=True,
                          stdout=subprocess.PIPE).stdout.splitlines()


def exports(library: str) -> set[str]:
    return {line.split()[-1] for line in lines("nm", "-D", "--defined-only", library)}


def takes(library: str) -> set[str]:
    """What neither libc nor Python has, of what the library asks for."""
    names = {line.split()[-1] for line in
             lines("nm", "-D", "--undefined-only", library)}
    weak = {"__gmon_start__", "_ITM_deregisterTMCloneTable",
            "_ITM_registerTMCloneTable"}
    return {name for name in names - weak
            if "@GLIBC_" not in name and not re.match("_?Py", name)}


def needed(library: str) -> set[str]:
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]",
                          "\n".join(lines("readelf", "-d", library))))


def licences(names: list[str]) -> set[str]:
    return {pathlib.PurePath(name).stem for name in names
            if re.match("snn_mlir/licenses/.", name)}


def packed(archive: pathlib.Path) -> set[str]:
    with tarfile.open(archive) as tar:
        return {name.partition("/")[2] for name in tar.getnames()} - {"PKG-INFO"}


def sources() -> set[str]:
    found = {str(path.relative_to(ROOT)) for folder in SOURCES
             for path in (ROOT / folder).rglob("*") if path.is_file()}
    return FILES | {name for name in found if "__pycache__" not in name}


class Checks:
    def __init__(self) -> None:
        self.passed = self.failed = 0

    def equal(self, what: str, given: object, expected: object) -> None:
        if given == expected:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL: {what}: {given}, expected {expected}")


def check_wheel(check: Checks, wheel: pathlib.Path) -> None:
    size = wheel.stat().st_size
    print(f"wheel: {wheel.relative_to(ROOT)}, {size / 1e6:.2f} MB")
    check.equal(f"below {MEGABYTES} MB", size < MEGABYTES * 1e6, True)
    tagged = re.search(r"manylinux_2_\d+_\w+\.whl$", wheel.name)
    check.equal("a tag with a glibc", tagged is not None, True)
    with zipfile.ZipFile(wheel) as file, tempfile.TemporaryDirectory() as folder:
        names = file.namelist()
        (name,) = [name for name in names if name.endswith(".so")]
        library = file.extract(name, folder)
        print(f"wheel: links {', '.join(sorted(needed(library)))}")
        check.equal("other libraries", needed(library) - LIBRARIES, set())
        check.equal("exports", exports(library), {"PyInit__core"})
        check.equal("symbols of nobody's", takes(library), set())
    check.equal("the marker of types", "snn_mlir/py.typed" in names, True)
    check.equal("the stub", "snn_mlir/_core.pyi" in names, True)
    check.equal("licences", licences(names), LICENCES)


def main() -> int:
    folder = pathlib.Path(sys.argv[1]).resolve()
    (wheel,) = folder.glob("*.whl")
    (archive,) = folder.glob("*.tar.gz")
    check = Checks()
    check_wheel(check, wheel)
    size = archive.stat().st_size
    print(f"sdist: {archive.relative_to(ROOT)}, {size / 1e6:.2f} MB")
    files, expected = packed(archive), sources()
    check.equal("too many in the sdist", sorted(files - expected)[:9], [])
    check.equal("missing in the sdist", sorted(expected - files)[:9], [])
    print(f"{check.passed} passed, {check.failed} failed")
    return check.failed != 0


if __name__ == "__main__":
    sys.exit(main())
