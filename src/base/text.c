/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * text.c - checks and quotes text that comes from a file; numbers as text.
 *
 * Nothing here depends on the locale.
 */
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/neutral.h"

enum { QUOTED_BYTES = 80 };

/* The code point of length bytes at s, or UINT32_MAX. */
static uint32_t code_point(const unsigned char *s, int64_t length)
{
    uint32_t code = length == 1 ? s[0] : s[0] & (0x7FU >> length);
    for (int64_t i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80) { /* a NUL ends it, too */
            return UINT32_MAX;
        }
        code = code << 6 | (s[i] & 0x3FU);
    }
    return code;
}

/* Not UTF-8: cut off, longer than needed, a surrogate, or beyond U+10FFFF. */
int64_t text_plain_length(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    static const uint32_t first[] = {0, 0x20, 0xA0, 0x800, 0x10000};
    int64_t length = s[0] < 0x80   ? 1
                     : s[0] < 0xC0 ? 0
                     : s[0] < 0xE0 ? 2
                     : s[0] < 0xF0 ? 3
                     : s[0] < 0xF8 ? 4
                                   : 0;
    uint32_t code = length ? code_point(s, length) : UINT32_MAX;
    bool bad = code > 0x10FFFF || code < first[length] || code == 0x7F ||
               (code >= 0xD800 && code <= 0xDFFF);
    return bad ? 0 : length;
}

bool text_is_plain(const char *text)
{
    while (*text) {
        int64_t n = text_plain_length(text);
        if (n == 0) {
            return false;
        }
        text += n;
    }
    return true;
}

char *text_quote(arena *a, const char *text)
{
    buf b = {.a = a};
    const unsigned char *s = (const unsigned char *)text;
    buf_text(&b, "'");
    while (*s && b.size < QUOTED_BYTES) {
        int64_t n = text_plain_length((const char *)s);
        if (n > 0) {
            buf_bytes(&b, (const char *)s, n);
        } else {
            buf_printf(&b, "\\x%02x", *s);
        }
        s += n > 0 ? n : 1;
    }
    buf_text(&b, *s ? "...'" : "'");
    return b.text;
}

int text_width(const char *text)
{
    int width = 0;
    for (; *text; text++) {
        width += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return width;
}

double text_read_number(const char *text, char **end)
{
    locale_t before = neutral_begin();
    double number = strtod(text, end);
    neutral_end(before);
    return number;
}

/* Digits that a finite number needs to read back as itself. */
static int digits_of(arena *a, double number)
{
    int digits = 1;
    while (digits < 17 &&
           text_read_number(text_printf(a, "%.*e", digits - 1, number), NULL) !=
               number) {
        digits++;
    }
    return digits;
}

/* Digits before the decimal point of a number, 0 for one too large to count. */
static int whole_digits(double number)
{
    int digits = 1;
    for (double power = 10; power <= fabs(number) && digits < 17; power *= 10) {
        digits++;
    }
    return digits < 17 ? digits : 0;
}

char *text_number(arena *a, double number)
{
    if (isnan(number)) {
        return text_printf(a, "nan");
    }
    if (isinf(number)) {
        return text_printf(a, number < 0 ? "-inf" : "inf");
    }
    int digits = digits_of(a, number);
    int whole = whole_digits(number); /* 100, not 1e+02 */
    return text_printf(a, "%.*g", digits > whole ? digits : whole, number);
}

char *text_float(arena *a, float number)
{
    for (int digits = 6; digits <= 9; digits++) {
        char *text = text_printf(a, "%.*g", digits, (double)number);
        locale_t before = neutral_begin();
        bool same = strtof(text, NULL) == number;
        neutral_end(before);
        if (same) {
            return text_number(a, text_read_number(text, NULL));
        }
    }
    return text_number(a, (double)number);
}
