/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * arena.h - memory that is freed all at once.
 *
 * Everything a compilation makes lives in one arena; nothing is freed on its
 * own. Running out of memory ends the program with a message, so no caller
 * checks for it. Sizes that come from a file are checked before they get here.
 */
#ifndef SNN_BASE_ARENA_H
#define SNN_BASE_ARENA_H

#include <stddef.h>
#include <stdint.h>

typedef struct arena {
    struct arena_block *last; /* newest block; older ones hang off it */
} arena;

/* count zeroed objects of size bytes each, aligned for any type. */
void *arena_alloc(arena *a, int64_t count, size_t size);
/* The n bytes at text and a terminating NUL. */
char *arena_text(arena *a, const char *text, int64_t n);
/*
 * items, or a copy of its count objects of size bytes each, with room for at
 * least one more; *capacity says for how many. Start with NULL, 0 and 0.
 */
void *arena_grow(arena *a, void *items, int64_t count, int64_t *capacity,
                 size_t size);
/* Frees all blocks; the arena is empty and usable again. */
void arena_free(arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), 1, sizeof(type)))
#define ARENA_ARRAY(a, type, n) ((type *)arena_alloc((a), (n), sizeof(type)))

#endif
