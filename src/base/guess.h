/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * guess.h - which name somebody meant who wrote another.
 */
#ifndef SNN_BASE_GUESS_H
#define SNN_BASE_GUESS_H

#include <stdint.h>

/* Start with {.word = ...}; offer every name; best is then the nearest. */
typedef struct guess {
    const char *word;
    const char *best; /* NULL: no name is near */
    int64_t distance; /* of best: letters to change, insert or remove */
} guess;

/*
 * Takes note of a name if it is nearer than those before. A name is near if at
 * most one letter in three differs; lower and upper case are alike (ASCII).
 * Names of more than 64 bytes are near only if they are alike.
 */
void guess_offer(guess *g, const char *name);

#endif
