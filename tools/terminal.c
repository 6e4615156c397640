/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * terminal.c - the width and the character set, from the environment.
 */
#include "terminal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>

enum { MOST = 1000, USUAL = 80 };

int terminal_columns(void)
{
    const char *given = getenv("COLUMNS");
    long columns = given ? strtol(given, NULL, 10) : 0;
    struct winsize size = {0};
    if (columns <= 0 && ioctl(1, TIOCGWINSZ, &size) == 0) {
        columns = size.ws_col;
    }
    return columns <= 0 ? USUAL : columns > MOST ? MOST : (int)columns;
}

/* The first of these that is set decides, as for any program. */
bool terminal_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value && *value) {
            const char *dot = strchr(value, '.');
            return dot && (strncasecmp(dot, ".UTF-8", 6) == 0 ||
                           strncasecmp(dot, ".UTF8", 5) == 0);
        }
    }
    return false;
}
