/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * guess.c - the distance of two words, with a row of the table at a time.
 */
#include "base/guess.h"

#include <stdbool.h>
#include <string.h>

enum { LONGEST = 64 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* Letters to change, insert or remove; both words are short. */
static int64_t distance(const char *x, const char *y)
{
    int64_t row[LONGEST + 1];
    int64_t n = (int64_t)strlen(y);
    for (int64_t k = 0; k <= n; k++) {
        row[k] = k;
    }
    for (int64_t i = 0; x[i]; i++) {
        int64_t diagonal = row[0];
        row[0] = i + 1;
        for (int64_t k = 0; k < n; k++) {
            int64_t change = diagonal + (lower(x[i]) == lower(y[k]) ? 0 : 1);
            diagonal = row[k + 1];
            row[k + 1] = least(change, 1 + least(diagonal, row[k]));
        }
    }
    return row[n];
}

static bool alike(const char *x, const char *y)
{
    while (*x && lower(*x) == lower(*y)) {
        x++;
        y++;
    }
    return *x == *y;
}

void guess_offer(guess *g, const char *name)
{
    size_t n = strlen(g->word);
    int64_t most = n < 3 ? 1 : (int64_t)n / 3;
    bool is_long = n > LONGEST || strlen(name) > LONGEST;
    int64_t d = alike(g->word, name) ? 0
                : is_long || n == 0  ? INT64_MAX
                                     : distance(g->word, name);
    if (d <= most && (!g->best || d < g->distance)) {
        g->best = name;
        g->distance = d;
    }
}
