/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * layout.c - breaks lines as clang-format would, more or less.
 */
#include "emit/layout.h"

#include <stdbool.h>
#include <string.h>

static void spaces(buf *out, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        buf_text(out, " ");
    }
}

/* Where a line may break: at the space at text[at], at this depth. */
typedef struct gap {
    int64_t at;
    int64_t depth; /* open parentheses before it */
    int64_t open;  /* the last of them; -1: none */
} gap;

/* Lines break behind operators and commas only. */
static bool may_break(const char *text, int64_t i)
{
    return i > 0 && text[i] == ' ' && strchr(",;=+-*/%?:<>&|^!", text[i - 1]);
}

/* The best gap of text before limit, or after it if there is none before. */
static gap find_gap(const char *text, int64_t limit)
{
    enum { MAX_DEPTH = 64 };
    gap best = {-1, INT64_MAX, -1};
    int64_t open[MAX_DEPTH];
    int64_t depth = 0;
    for (int64_t i = 0; text[i]; i++) {
        if (strchr("([{", text[i]) && depth < MAX_DEPTH) {
            open[depth++] = i;
        } else if (strchr(")]}", text[i]) && depth > 0) {
            depth--;
        } else if (may_break(text, i)) {
            if (i > limit && best.at >= 0) {
                break;
            }
            if (depth <= best.depth) {
                best = (gap){i, depth, depth > 0 ? open[depth - 1] : -1};
            }
        }
    }
    return best;
}

/* The gap behind '=', if all behind it fits on a line of its own. */
static gap find_assignment(const char *text, int64_t limit, int64_t room)
{
    for (int64_t i = 0; i <= limit && text[i]; i++) {
        bool assigns = i > 1 && text[i] == ' ' && text[i - 1] == '=' &&
                       !strchr("=!<>", text[i - 2]);
        if (assigns && (int64_t)strlen(text + i + 1) <= room) {
            return (gap){i, 0, -1};
        }
        if (strchr("([{", text[i])) {
            break;
        }
    }
    return (gap){-1, 0, -1};
}

static void line(buf *out, int64_t column, int64_t hang, const char *text)
{
    enum { ALIGN_BELOW = 60 };
    int64_t room = LAYOUT_WIDTH - column;
    gap at = {-1, 0, -1};
    if ((int64_t)strlen(text) > room) {
        at = find_assignment(text, room, LAYOUT_WIDTH - hang);
        at = at.at < 0 ? find_gap(text, room) : at;
    }
    if (at.at < 0) {
        buf_printf(out, "%s\n", text);
        return;
    }
    buf_bytes(out, text, at.at);
    buf_text(out, "\n");
    int64_t next = at.open >= 0 && column + at.open < ALIGN_BELOW
                       ? column + at.open + 1
                       : hang;
    spaces(out, next);
    line(out, next, next > hang ? next : hang, text + at.at + 1);
}

void layout_line(buf *out, int64_t indent, const char *text)
{
    int64_t column = indent * LAYOUT_INDENT;
    spaces(out, column);
    line(out, column, column + LAYOUT_INDENT, text);
}

/*===- comments -------------------------------------------------------------*/

int64_t layout_width(const char *text)
{
    int64_t n = 0;
    for (const char *c = text; *c; c++) {
        n += ((unsigned char)*c & 0xC0) != 0x80;
    }
    return n;
}

/*
 * U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069 in UTF-8: what turns the
 * direction of text may hide code, and compilers warn of it.
 */
static bool turns(const char *c)
{
    const unsigned char *u = (const unsigned char *)c;
    return u[0] == 0xE2 &&
           ((u[1] == 0x80 && (u[2] == 0x8E || u[2] == 0x8F ||
                              (u[2] >= 0xAA && u[2] <= 0xAE))) ||
            (u[1] == 0x81 && u[2] >= 0xA6 && u[2] <= 0xA9));
}

char *layout_safe(arena *a, const char *text)
{
    char *safe = arena_text(a, text, (int64_t)strlen(text));
    for (char *c = safe; *c; c++) {
        bool ends =
            (c[0] == '*' && c[1] == '/') || (c[0] == '/' && c[1] == '*');
        bool joins =
            (c[0] == '/' && c[1] == '/') || (c[0] == '?' && c[1] == '?');
        if (ends || joins) {
            c[1] = '_';
        } else if (turns(c)) {
            memset(c, '_', 3);
        } else if ((unsigned char)*c < ' ' || *c == 0x7F || *c == '\\') {
            *c = ' ';
        }
    }
    return safe;
}

void layout_words(buf *out, const char *lead, const char *text)
{
    char *safe = layout_safe(out->a, text);
    int64_t indent = (int64_t)strlen(lead);
    int64_t star = (int64_t)(strchr(lead, '*') - lead) + 1;
    int64_t column = indent;
    buf_text(out, lead);
    for (const char *word = safe; *word;) {
        int64_t n = (int64_t)strcspn(word, " ");
        if (column > indent && column + 1 + n > LAYOUT_WIDTH) {
            buf_text(out, "\n");
            buf_bytes(out, lead, star);
            spaces(out, indent - star);
            column = indent;
        } else if (column > indent) {
            buf_text(out, " ");
            column++;
        }
        buf_bytes(out, word, n);
        column += n;
        word += n + (word[n] == ' ' ? 1 : 0);
    }
    buf_text(out, "\n");
}

void layout_comment(buf *out, int64_t indent, const char *text)
{
    int64_t column = indent * LAYOUT_INDENT;
    char *safe = layout_safe(out->a, text);
    if (column + (int64_t)strlen(safe) + 6 <= LAYOUT_WIDTH) {
        spaces(out, column);
        buf_printf(out, "/* %s */\n", safe);
        return;
    }
    buf lead = {.a = out->a};
    spaces(&lead, column);
    buf_text(&lead, " * ");
    spaces(out, column);
    buf_text(out, "/*\n");
    layout_words(out, lead.text, safe);
    spaces(out, column);
    buf_text(out, " */\n");
}
