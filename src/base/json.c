/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * json.c - commas, lines, and what a text may not hold as it is (RFC 8259).
 */
#include "base/json.h"

#include <assert.h>
#include <inttypes.h>

#include "base/text.h"

enum { LINES = 2 }; /* depth to which each value has a line */

static void break_line(json *j)
{
    if (j->depth > 0 && j->depth <= LINES) {
        buf_printf(j->out, "\n%*s", 2 * j->depth, "");
    }
}

static void put_text(json *j, const char *text)
{
    buf_text(j->out, "\"");
    while (*text) {
        int64_t n = text_plain_length(text);
        unsigned char c = (unsigned char)*text;
        if (*text == '"' || *text == '\\') {
            buf_printf(j->out, "\\%c", *text);
        } else if (n > 0) {
            buf_bytes(j->out, text, n);
        } else if (c < 0x20 || c == 0x7F) {
            buf_printf(j->out, "\\u%04x", (unsigned)c);
        } else {
            buf_text(j->out, "\\ufffd");
        }
        text += n > 0 ? n : 1;
    }
    buf_text(j->out, "\"");
}

/* What stands before a value. */
static void begin(json *j, const char *key)
{
    if (j->filled) {
        buf_text(j->out, j->depth > LINES ? ", " : ",");
    }
    break_line(j);
    j->filled = true;
    if (key) {
        put_text(j, key);
        buf_text(j->out, ": ");
    }
}

void json_open(json *j, const char *key, char bracket)
{
    begin(j, key);
    buf_bytes(j->out, &bracket, 1);
    j->depth++;
    j->filled = false;
}

void json_close(json *j, char bracket)
{
    assert(j->depth > 0);
    bool filled = j->filled;
    j->depth--;
    if (filled && j->depth < LINES) {
        buf_printf(j->out, "\n%*s", 2 * j->depth, "");
    }
    buf_bytes(j->out, &bracket, 1);
    buf_text(j->out, j->depth == 0 ? "\n" : "");
    j->filled = true;
}

void json_raw(json *j, const char *key, const char *text)
{
    begin(j, key);
    buf_text(j->out, text);
}

void json_text(json *j, const char *key, const char *text)
{
    if (!text) {
        json_none(j, key);
        return;
    }
    begin(j, key);
    put_text(j, text);
}

void json_int(json *j, const char *key, int64_t value)
{
    begin(j, key);
    buf_printf(j->out, "%" PRId64, value);
}

void json_bool(json *j, const char *key, bool value)
{
    json_raw(j, key, value ? "true" : "false");
}

void json_none(json *j, const char *key) { json_raw(j, key, "null"); }
