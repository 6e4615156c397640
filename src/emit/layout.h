/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * layout.h - lines of C that end before column 80; for src/emit only.
 */
#ifndef SNN_EMIT_LAYOUT_H
#define SNN_EMIT_LAYOUT_H

#include "base/buf.h"

enum { LAYOUT_WIDTH = 80, LAYOUT_INDENT = 4 };

/* A statement, or the head of one, broken where it nests least. */
void layout_line(buf *out, int64_t indent, const char *text);
/* A comment on its own lines. */
void layout_comment(buf *out, int64_t indent, const char *text);
/*
 * Words of a comment that is open: lead stands before the first line, and as
 * many spaces behind its '*' before the others.
 */
void layout_words(buf *out, const char *lead, const char *text);
/* How many columns text takes: characters, not bytes. */
int64_t layout_width(const char *text);
/* text without what would end a comment or a line, or turn its direction. */
char *layout_safe(arena *a, const char *text);

#endif
