/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * spelling.c - the library's messages name options as the command line has
 * them. A name that is quoted, as that of a node, is none.
 */
#include "spelling.h"

#include <stdlib.h>
#include <string.h>

#include "options.h"

static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
static const char name_letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

static void put(const char *text, size_t size, pieces *to)
{
    pieces_write(text, (int64_t)size, to);
}

static void put_text(const char *text, pieces *to)
{
    put(text, strlen(text), to);
}

static bool is_option(const char *at)
{
    return strncmp(at, "--", 2) == 0 && at[2] != '\0' && strchr(letters, at[2]);
}

/* Is the text a name, "dt", of this size? */
static bool is_name(const char *text, size_t size, const char *name)
{
    return strlen(name) == size && strncmp(text, name, size) == 0;
}

static void put_name(const char *name, size_t size, pieces *to)
{
    if (is_name(name, size, "in")) {
        put_text("inputs", to);
        return;
    }
    if (is_name(name, size, "expect")) {
        put_text("expected", to);
        return;
    }
    for (size_t i = 0; i < size; i++) {
        put(name[i] == '-' ? "_" : &name[i], 1, to);
    }
}

/* A number, or what stands for any value: "T" and "..." do. */
static bool is_bare(const char *value, size_t size)
{
    char *end;
    strtod(value, &end);
    return end == value + size ||
           strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= size ||
           strspn(value, ".") >= size;
}

static void put_value(const char *value, size_t size, pieces *to)
{
    bool bare = is_bare(value, size);
    put_text(bare ? "" : "\"", to);
    put(value, size, to);
    put_text(bare ? "" : "\"", to);
}

/* Of a value: to a space or a mark, and a full stop is of the sentence. */
static size_t value_size(const char *value)
{
    size_t size = strcspn(value, " ,;:()'\"\n");
    bool stop = size > 1 && value[size - 1] == '.' && value[size - 2] != '.';
    return stop ? size - 1 : size;
}

/* The size of " 'NODE.PARAM=VALUE'", with or without quotes; 0: it is none. */
static size_t write_entry(const char *at, bool first, pieces *to)
{
    if (*at != ' ') {
        return 0;
    }
    bool quoted = at[1] == '\'';
    const char *key = at + (quoted ? 2 : 1);
    size_t size = strcspn(key, "= ,;:()'\"\n");
    if (size == 0 || key[size] != '=') {
        return 0;
    }
    const char *value = key + size + 1;
    size_t count = quoted ? strcspn(value, "'") : value_size(value);
    put_text(first ? "={\"" : ", \"", to);
    put(key, size, to);
    put_text("\": ", to);
    put_value(value, count, to);
    const char *end = value + count;
    return (size_t)(end - at) + (quoted && *end == '\'' ? 1 : 0);
}

/* The entries of a dict, one for each time that the option is there. */
static const char *write_entries(const char *name, size_t size, const char *at,
                                 pieces *to)
{
    bool first = true;
    for (;;) {
        size_t entry = write_entry(at, first, to);
        if (entry == 0) {
            break;
        }
        first = false;
        at += entry;
        bool again = strncmp(at, " --", 3) == 0 &&
                     strncmp(at + 3, name, size) == 0 && at[3 + size] == ' ';
        if (!again) {
            break;
        }
        at += 3 + size;
    }
    put_text(first ? "" : "}", to);
    return at;
}

/* Writes the option that begins here; gives what is behind it. */
static const char *write_option(const char *at, pieces *to)
{
    const char *name = at + 2;
    size_t size = strspn(name, name_letters);
    const char *end = name + size;
    put_name(name, size, to);
    if (*end == '=') {
        size_t value = value_size(end + 1);
        put_text("=", to);
        put_value(end + 1, value, to);
        end += 1 + value;
    } else if (options_is_flag(name, size)) {
        put_text("=True", to);
    } else if (is_name(name, size, "set") || is_name(name, size, "in")) {
        end = write_entries(name, size, end, to);
    }
    if (*end == ' ' && is_option(end + 1)) {
        put_text(",", to);
    }
    return end;
}

void spelling_write(const char *text, pieces *to)
{
    const char *at = text;
    while (*at != '\0') {
        bool starts = at == text || at[-1] == ' ' || at[-1] == '(';
        if (starts && is_option(at)) {
            at = write_option(at, to);
        } else {
            put(at, 1, to);
            at++;
        }
    }
}
