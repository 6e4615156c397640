/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * arena.c - blocks of zeroed memory, chained from the newest to the oldest.
 *
 * Blocks come from calloc and are never used twice, so that nothing has to be
 * cleared and a large array costs no memory until it is written. A request too
 * large for a block gets one of its own, behind the block that is being filled.
 */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 64 * 1024, OWN_BLOCK_BYTES = BLOCK_BYTES / 4 };

struct arena_block {
    struct arena_block *older;
    size_t used;
    size_t size; /* of data[] */
    alignas(max_align_t) unsigned char data[];
};

static _Noreturn void out_of_memory(void)
{
    fputs("snn-mlir: out of memory\n", stderr);
    abort();
}

static struct arena_block *new_block(size_t size)
{
    struct arena_block *b = calloc(1, sizeof *b + size);
    if (!b) {
        out_of_memory();
    }
    b->size = size;
    return b;
}

/* A block with room for bytes. */
static struct arena_block *room(arena *a, size_t bytes)
{
    struct arena_block *last = a->last;
    if (last && last->size - last->used >= bytes) {
        return last;
    }
    if (last && bytes > OWN_BLOCK_BYTES) {
        struct arena_block *own = new_block(bytes);
        own->older = last->older;
        last->older = own;
        return own;
    }
    struct arena_block *b =
        new_block(bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES);
    b->older = last;
    a->last = b;
    return b;
}

void *arena_alloc(arena *a, int64_t count, size_t size)
{
    assert(count >= 0 && size > 0);
    const size_t align = alignof(max_align_t);
    const size_t most = SIZE_MAX / 2 - sizeof(struct arena_block) - align;
    if ((uint64_t)count > most / size) {
        out_of_memory();
    }
    size_t bytes = ((size_t)count * size + align - 1) / align * align;
    struct arena_block *b = room(a, bytes);
    void *p = b->data + b->used;
    b->used += bytes;
    return p;
}

char *arena_text(arena *a, const char *text, int64_t n)
{
    assert(n >= 0 && n < INT64_MAX);
    char *copy = arena_alloc(a, n + 1, 1);
    if (n > 0) {
        memcpy(copy, text, (size_t)n);
    }
    return copy;
}

void *arena_grow(arena *a, void *items, int64_t count, int64_t *capacity,
                 size_t size)
{
    assert(count >= 0 && count <= *capacity);
    if (count < *capacity) {
        return items;
    }
    int64_t larger = *capacity ? *capacity * 2 : 8;
    void *moved = arena_alloc(a, larger, size);
    if (count > 0) {
        memcpy(moved, items, (size_t)count * size);
    }
    *capacity = larger;
    return moved;
}

void arena_free(arena *a)
{
    while (a->last) {
        struct arena_block *older = a->last->older;
        free(a->last);
        a->last = older;
    }
}
