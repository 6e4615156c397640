/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * streams.c - owns the standard streams' addresses within the extension.
 * Debian's libhdf5.a is code for programs, which reaches data of libc in a way
 * that a shared object cannot: the linker's --wrap lets it, and all else here,
 * find these variables in place of libc's.
 */
#include <stdio.h>

extern FILE *__real_stdin;
extern FILE *__real_stdout;
extern FILE *__real_stderr;

/* Hidden, so that their distance from the code is known. */
extern FILE *__wrap_stdin __attribute__((visibility("hidden")));
extern FILE *__wrap_stdout __attribute__((visibility("hidden")));
extern FILE *__wrap_stderr __attribute__((visibility("hidden")));

FILE *__wrap_stdin;
FILE *__wrap_stdout;
FILE *__wrap_stderr;

/* Before any other code of the extension runs. */
__attribute__((constructor(101))) static void bind(void)
{
    __wrap_stdin = __real_stdin;
    __wrap_stdout = __real_stdout;
    __wrap_stderr = __real_stderr;
}
