/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * files.h - output files that appear whole or not at all; for src/driver only.
 */
#ifndef SNN_DRIVER_FILES_H
#define SNN_DRIVER_FILES_H

#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"

/* Bytes of a file. */
typedef struct file_part {
    const void *data;
    int64_t size;
} file_part;

/* A file to be written: its bytes, in up to two parts, and more. */
typedef struct file_text {
    const char *path;
    const void *head;
    int64_t head_size;
    const void *body;
    int64_t body_size;
    const file_part *more;
    int64_t n_more;
} file_text;

/*
 * Writes all files under temporary names beside their own, then renames them.
 * If anything fails, none of them has changed.
 */
MUST_CHECK bool files_write(const file_text *files, int64_t n, arena *a,
                            diag *d);

/* Makes a folder, and those above it, where they are missing. */
MUST_CHECK bool files_make_folder(const char *path, arena *a, diag *d);

/* A new folder under $TMPDIR or /tmp; NULL after a diagnostic. */
char *files_temporary(arena *a, diag *d);
/* Removes a folder and the files in it. */
void files_remove_folder(const char *path, arena *a);

#endif
