/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * map.c - a hash table with open addressing.
 */
#include "base/map.h"

#include <assert.h>

/* Where the key is, or the free entry where it would go. */
static map_entry *find(const map *m, const void *key, int64_t part)
{
    uint64_t hash = (uint64_t)(uintptr_t)key * 0x9E3779B97F4A7C15U;
    hash = (hash ^ (hash >> 29)) + (uint64_t)part * 0xBF58476D1CE4E5B9U;
    uint64_t mask = (uint64_t)m->capacity - 1;
    uint64_t i = (hash ^ (hash >> 32)) & mask;
    while (m->entries[i].key &&
           (m->entries[i].key != key || m->entries[i].part != part)) {
        i = (i + 1) & mask;
    }
    return &m->entries[i];
}

static void grow(map *m)
{
    map old = *m;
    m->capacity = old.capacity ? 2 * old.capacity : 64;
    m->entries = ARENA_ARRAY(m->a, map_entry, m->capacity);
    for (int64_t i = 0; i < old.capacity; i++) {
        const map_entry *e = &old.entries[i];
        if (e->key) {
            *find(m, e->key, e->part) = *e;
        }
    }
}

void map_set(map *m, const void *key, int64_t part, int64_t number)
{
    assert(m->a && key && number >= 0);
    if (2 * (m->count + 1) > m->capacity) {
        grow(m);
    }
    map_entry *e = find(m, key, part);
    m->count += e->key ? 0 : 1;
    *e = (map_entry){key, part, number};
}

int64_t map_get(const map *m, const void *key, int64_t part)
{
    if (m->capacity == 0) {
        return -1;
    }
    const map_entry *e = find(m, key, part);
    return e->key ? e->number : -1;
}
