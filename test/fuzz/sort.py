#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Checks that run.py sorts reports of crashes as it says: sort.py"""
import sys

from run import sort_crash

HELD = """==1== ERROR: libFuzzer: out-of-memory (used: 1111Mb; limit: 1024Mb)
Live Heap Allocations: 667123034 bytes in 19302772 chunks; showing top 95%
627043847 byte(s) ({most}%) in 19289500 allocation(s)
    #0 0x5636d2dc8b54 in malloc (fuzz-bytes+0x13db54)
    #1 0x5636d2ede6cd in {holder} H5FL.o

24383242 byte(s) (3%) in 9 allocation(s)
    #0 0x5636d2dc8b54 in malloc (fuzz-bytes+0x13db54)
    #1 0x7f59ea8a958b in operator new(unsigned long) (libstdc++.so.6+0xa958b)
    #2 0x5636d2d23832 in main (fuzz-bytes+0x98832)

SUMMARY: libFuzzer: out-of-memory
"""
FAULT = """==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x50
    #0 0x55c142408b54 in __asan_memcpy (fuzz-bytes+0x13db54)
    #1 0x55c14251e6cd in H5MM_xstrdup H5MM.o

0x50 is located 0 bytes after 16-byte region
    #0 0x55c142408b54 in malloc (fuzz-bytes+0x13db54)
    #1 0x55c14251e6cd in {owner} H5FL.o
"""
PROMISE = """fuzz: the reader broke a promise: nothing is left open
==1== ERROR: libFuzzer: deadly signal
    #0 0x562483b59241 in __sanitizer_print_stack_trace (fuzz-bytes+0x149241)
    #1 0x7f4c69e24471 in abort stdlib/abort.c:79:7
    #2 0x562483bcc9f2 in fuzz_read test/fuzz/read.c
"""
# A report, and whether it is HDF5's.
CASES = {
    "HDF5 holds the memory": (HELD.format(most=93, holder="H5FL__malloc"), True),
    "we hold it": (HELD.format(most=93, holder="arena_alloc"), False),
    "nobody holds most": (HELD.format(most=50, holder="H5FL__malloc"), False),
    "HDF5 reads behind its own": (FAULT.format(owner="H5FL__malloc"), True),
    "HDF5 reads behind ours": (FAULT.format(owner="arena_alloc"), False),
    "a broken promise": (PROMISE, False),
    "nothing is told": ("", False),
}


def main():
    wrong = [name for name, (report, library) in CASES.items()
             if sort_crash(report)[0] != library]
    for name in wrong:
        print(f"{name}: sorted wrongly")
    print(f"{len(CASES) - len(wrong)} passed, {len(wrong)} failed")
    sys.exit(bool(wrong))


main()
