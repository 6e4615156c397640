/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * buf.c - growing text in an arena.
 *
 * The capacity at least doubles, so that the copies left behind in the arena
 * stay smaller than the text itself.
 */
#include "base/buf.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/neutral.h"

/* Makes room for n more bytes and the NUL. */
static void reserve(buf *b, int64_t n)
{
    assert(b->a && n >= 0 && n < INT64_MAX / 4 && b->size < INT64_MAX / 4);
    int64_t needed = b->size + n + 1;
    if (needed <= b->capacity) {
        return;
    }
    int64_t larger = b->capacity ? b->capacity : 64;
    while (larger < needed) {
        larger *= 2;
    }
    char *text = arena_alloc(b->a, larger, 1);
    if (b->size > 0) {
        memcpy(text, b->text, (size_t)b->size);
    }
    b->text = text;
    b->capacity = larger;
}

void buf_bytes(buf *b, const char *bytes, int64_t n)
{
    reserve(b, n);
    if (n > 0) {
        memcpy(b->text + b->size, bytes, (size_t)n);
    }
    b->size += n;
    b->text[b->size] = '\0';
}

void buf_text(buf *b, const char *text)
{
    buf_bytes(b, text, (int64_t)strlen(text));
}

__attribute__((format(printf, 2, 0))) static void
print(buf *b, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    locale_t before = neutral_begin();
    int n = vsnprintf(NULL, 0, format, args);
    assert(n >= 0); /* formats here have no wide characters */
    reserve(b, n);
    vsnprintf(b->text + b->size, (size_t)n + 1, format, again);
    neutral_end(before);
    va_end(again);
    b->size += n;
}

void buf_printf(buf *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    print(b, format, args);
    va_end(args);
}

char *text_vprintf(arena *a, const char *format, va_list args)
{
    buf b = {.a = a};
    print(&b, format, args);
    return b.text;
}

char *text_printf(arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = text_vprintf(a, format, args);
    va_end(args);
    return text;
}
