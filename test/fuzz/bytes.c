/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * bytes.c - fuzz target: the input is the file, byte for byte. It reaches what
 * opens and decodes files.
 */
#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_start();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_write(data, size);
    fuzz_read();
    return 0;
}
