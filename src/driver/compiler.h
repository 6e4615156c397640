/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * compiler.h - the machine's C compiler; for src/driver only.
 */
#ifndef SNN_DRIVER_COMPILER_H
#define SNN_DRIVER_COMPILER_H

#include "base/arena.h"
#include "base/diag.h"
#include "driver/native.h"

typedef struct compiler {
    const char *command; /* $CC, or cc: may have options */
    const char *flags;   /* $CFLAGS, or -O2 */
    const char *name;    /* of the program: the command's first word */
    const char *path;    /* where it is; NULL: not in $PATH */
} compiler;

compiler compiler_find(arena *a);
/*
 * Compiles adapter.c and NAME.c in a folder to a library. Fails with the
 * compiler's own words, or, with none, if interrupted.
 */
MUST_CHECK bool compiler_run(const compiler *cc, const native_network *net,
                             const char *folder, const char *library, arena *a,
                             diag *d);

#endif
