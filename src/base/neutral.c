/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * neutral.c - the locale "C" for a while, and for one thread alone.
 */
#include "base/neutral.h"

#include <pthread.h>
#include <stdlib.h>

static locale_t neutral;

static void make(void)
{
    neutral = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!neutral) {
        abort(); /* as arenas do: there is no memory for a few bytes */
    }
}

locale_t neutral_begin(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make);
    return uselocale(neutral);
}

void neutral_end(locale_t before) { uselocale(before); }
