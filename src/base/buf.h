/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * buf.h - text that grows.
 *
 * A buf lives in an arena: its text stays valid as long as the arena, and
 * nothing is to be freed. text is NUL-terminated once anything was added.
 */
#ifndef SNN_BASE_BUF_H
#define SNN_BASE_BUF_H

#include <stdarg.h>

#include "base/arena.h"

typedef struct buf {
    arena *a; /* set before the first use */
    char *text;
    int64_t size;     /* bytes, without the NUL */
    int64_t capacity; /* bytes allocated */
} buf;

void buf_bytes(buf *b, const char *bytes, int64_t n);
void buf_text(buf *b, const char *text);
/* As printf has it in the locale "C", like all that is formatted here. */
__attribute__((format(printf, 2, 3))) void buf_printf(buf *b,
                                                      const char *format, ...);

/* The formatted text, in the arena. */
__attribute__((format(printf, 2, 3))) char *
text_printf(arena *a, const char *format, ...);
__attribute__((format(printf, 2, 0))) char *
text_vprintf(arena *a, const char *format, va_list args);

#endif
