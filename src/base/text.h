/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * text.h - text from outside, and numbers as text.
 */
#ifndef SNN_BASE_TEXT_H
#define SNN_BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/*
 * Bytes of the character at text; 0 if it is a control character or not UTF-8.
 */
int64_t text_plain_length(const char *text);
/* Valid UTF-8 without control characters (U+0000-1F, U+007F-9F)? */
bool text_is_plain(const char *text);
/*
 * 'text' in quotes for a diagnostic: control characters and bytes that are not
 * UTF-8 as \x1b; a text of more than 80 bytes is cut and ends in "...".
 */
char *text_quote(arena *a, const char *text);
/* Characters of a UTF-8 text. */
int text_width(const char *text);
/* strtod() in the locale "C": the point is one, whatever the locale. */
double text_read_number(const char *text, char **end);
/*
 * The fewest digits that read back as the same number, whatever the locale;
 * whole numbers below 10^16 in full; "nan", "inf", "-inf".
 */
char *text_number(arena *a, double number);
/* The same for a float, which takes fewer digits than as a double. */
char *text_float(arena *a, float number);

#endif
