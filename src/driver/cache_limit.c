/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * cache_limit.c - removes from the cache what was not used for longest.
 */
#include "driver/cache_limit.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "driver/files.h"

enum { MAX_ENTRIES = 200, MAX_BYTES = 1 << 30 };

typedef struct entry {
    const char *path;
    struct timespec used;
    int64_t bytes;
} entry;

typedef struct entries {
    entry *items;
    int64_t n;
    int64_t capacity;
} entries;

static int64_t bytes_in(const char *path, arena *a)
{
    int64_t bytes = 0;
    DIR *folder = opendir(path);
    struct dirent *file;
    struct stat what;
    while (folder && (file = readdir(folder))) {
        const char *name = text_printf(a, "%s/%s", path, file->d_name);
        if (lstat(name, &what) == 0 && S_ISREG(what.st_mode)) {
            bytes += what.st_size;
        }
    }
    if (folder) {
        closedir(folder);
    }
    return bytes;
}

static entries list(const char *cache, arena *a)
{
    entries all = {0};
    DIR *folder = opendir(cache);
    struct dirent *file;
    struct stat what;
    while (folder && (file = readdir(folder))) {
        const char *path = text_printf(a, "%s/%s", cache, file->d_name);
        if (strncmp(file->d_name, CACHE_PREFIX, strlen(CACHE_PREFIX)) != 0 ||
            lstat(path, &what) != 0 || !S_ISDIR(what.st_mode)) {
            continue;
        }
        all.items =
            arena_grow(a, all.items, all.n, &all.capacity, sizeof *all.items);
        all.items[all.n++] = (entry){path, what.st_mtim, bytes_in(path, a)};
    }
    if (folder) {
        closedir(folder);
    }
    return all;
}

/* For qsort: the one used last is first. */
static int by_use(const void *left, const void *right)
{
    const struct timespec *x = &((const entry *)left)->used;
    const struct timespec *y = &((const entry *)right)->used;
    return x->tv_sec != y->tv_sec     ? (x->tv_sec < y->tv_sec ? 1 : -1)
           : x->tv_nsec != y->tv_nsec ? (x->tv_nsec < y->tv_nsec ? 1 : -1)
                                      : 0;
}

void cache_limit(const char *cache, const char *keep, arena *a)
{
    entries all = list(cache, a);
    int64_t n = 0;
    int64_t bytes = 0;
    if (all.n > 0) {
        qsort(all.items, (size_t)all.n, sizeof *all.items, by_use);
    }
    for (int64_t i = 0; i < all.n; i++) {
        n++;
        bytes += all.items[i].bytes;
        bool over = n > MAX_ENTRIES || bytes > MAX_BYTES;
        if (over && strcmp(all.items[i].path, keep) != 0) {
            files_remove_folder(all.items[i].path, a);
        }
    }
}
