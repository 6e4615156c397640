/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * map.h - numbers for MLIR handles and other addresses.
 *
 * A key is a pointer and a small number, such as an operation and one of its
 * operands. Nothing iterates over a map: its order would be that of addresses.
 */
#ifndef SNN_BASE_MAP_H
#define SNN_BASE_MAP_H

#include "base/arena.h"

typedef struct map_entry {
    const void *key; /* null: free */
    int64_t part;
    int64_t number;
} map_entry;

typedef struct map {
    arena *a; /* set before the first use */
    map_entry *entries;
    int64_t count;
    int64_t capacity; /* a power of two, or 0 */
} map;

void map_set(map *m, const void *key, int64_t part, int64_t number);
/* -1 if there is none. */
int64_t map_get(const map *m, const void *key, int64_t part);

#endif
