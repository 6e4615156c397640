/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * cache.c - a folder of folders, each a network: what the compiler was given,
 * and network-CRC.so, what it made. A folder's name is a hash of the first,
 * which is compared with what is wanted, byte for byte: a hash of two networks
 * costs time, no more. A library has its sum in its name, so that dlopen, which
 * goes by names, never takes one for another. Folders come by rename: they are
 * complete, whoever else is at work.
 */
#include "driver/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "driver/cache_limit.h"
#include "snn.h"

static void keep_quiet(diag_severity severity, const char *where,
                       const char *text, void *user)
{
    (void)severity;
    (void)where;
    (void)text;
    (void)user;
}

/*===- what a network is made from ------------------------------------------*/

/* What the processor can do: code for one may be too much for another. */
static void add_processor(buf *text)
{
    char line[8192];
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file && fgets(line, sizeof line, file)) {
        if (strncmp(line, "flags", 5) == 0 ||
            strncmp(line, "Features", 8) == 0) {
            buf_text(text, line);
            break;
        }
    }
    if (file) {
        fclose(file);
    }
}

/* Who compiles, how, and for what machine. */
static const char *circumstances(const compiler *cc, arena *a)
{
    buf text = {.a = a};
    struct utsname machine;
    struct stat program = {0};
    buf_printf(&text, "snn-mlir %s\n%s\n%s\n", snn_version(), cc->command,
               cc->flags);
    if (cc->path && stat(cc->path, &program) == 0) {
        buf_printf(&text, "%s %lld %lld.%09ld\n", cc->path,
                   (long long)program.st_size,
                   (long long)program.st_mtim.tv_sec, program.st_mtim.tv_nsec);
    }
    if (uname(&machine) == 0) {
        buf_printf(&text, "%s %s\n", machine.sysname, machine.machine);
    }
    add_processor(&text);
    return text.text;
}

/* All of that, as files of a folder. */
static file_text *files_of(const native_network *net, const compiler *cc,
                           const char *folder, arena *a, int64_t *n)
{
    const file_text *given = native_files(net, folder, a, n);
    file_text *files = ARENA_ARRAY(a, file_text, *n + 3); /* and a library */
    const char *text = circumstances(cc, a);
    memcpy(files, given, (size_t)*n * sizeof *files);
    files[(*n)++] = (file_text){.path = text_printf(a, "%s/made-by", folder),
                                .head = text,
                                .head_size = (int64_t)strlen(text)};
    return files;
}

/* Weights are named by their size: their sum is in the source. */
static const char *entry_of(const char *cache, const native_network *net,
                            const compiler *cc, arena *a)
{
    int64_t n;
    int64_t size = 0;
    const file_text *files = files_of(net, cc, "", a, &n);
    unsigned long crc = crc32(0, NULL, 0);
    for (int64_t i = 0; i < n; i++) {
        const file_text *f = &files[i];
        size += f->head_size;
        if (f->head) {
            crc = crc32_z(crc, f->head, (size_t)f->head_size);
        }
        for (int64_t k = 0; k < f->n_more; k++) {
            size += f->more[k].size;
        }
    }
    return text_printf(a, "%s/%s%08lx-%llx", cache, CACHE_PREFIX, crc,
                       (unsigned long long)size);
}

/*===- reading --------------------------------------------------------------*/

/* A folder that nobody else may write to. */
static bool is_own(const char *path)
{
    struct stat what;
    return lstat(path, &what) == 0 && S_ISDIR(what.st_mode) &&
           what.st_uid == geteuid() && (what.st_mode & 022) == 0;
}

bool cache_is_safe(const char *cache, diag *d)
{
    struct stat what;
    if (lstat(cache, &what) != 0 || is_own(cache)) {
        return true;
    }
    diag_note(d, cache, "is not used to keep compiled networks: %s",
              !S_ISDIR(what.st_mode)     ? "it is not a folder"
              : what.st_uid != geteuid() ? "it belongs to another user"
                                         : "other users may write to it");
    return false;
}

/* Does the file go on with these bytes? */
static bool goes_on(FILE *file, const void *bytes, int64_t size)
{
    char block[1 << 14];
    const char *at = bytes;
    while (size > 0) {
        size_t n = size < (int64_t)sizeof block ? (size_t)size : sizeof block;
        if (fread(block, 1, n, file) != n || memcmp(block, at, n) != 0) {
            return false;
        }
        at += n;
        size -= (int64_t)n;
    }
    return true;
}

static bool holds(const file_text *f)
{
    FILE *file = fopen(f->path, "re");
    bool same = file && goes_on(file, f->head, f->head_size) &&
                goes_on(file, f->body, f->body_size);
    for (int64_t i = 0; i < f->n_more && same; i++) {
        same = goes_on(file, f->more[i].data, f->more[i].size);
    }
    same = same && fgetc(file) == EOF;
    if (file) {
        fclose(file);
    }
    return same;
}

/* All of a file; NULL if it cannot be read. */
static void *contents(const char *path, arena *a, int64_t *size)
{
    struct stat what;
    FILE *file = fopen(path, "re");
    char *bytes = NULL;
    if (file && fstat(fileno(file), &what) == 0) {
        *size = what.st_size;
        bytes = arena_alloc(a, *size + 1, 1);
        if (fread(bytes, 1, (size_t)*size, file) != (size_t)*size) {
            bytes = NULL;
        }
    }
    if (file) {
        fclose(file);
    }
    return bytes;
}

static const char *library_of(const char *folder, const void *bytes,
                              int64_t size, arena *a)
{
    unsigned long crc = crc32_z(crc32(0, NULL, 0), bytes, (size_t)size);
    return text_printf(a, "%s/network-%08lx.so", folder, crc);
}

/* The library of an entry, with the bytes that it was made with; or NULL. */
static const char *find_library(const char *entry, arena *a)
{
    int64_t size;
    char *name = contents(text_printf(a, "%s/library", entry), a, &size);
    if (!name || strchr(name, '/')) {
        return NULL;
    }
    const char *path = text_printf(a, "%s/%s", entry, name);
    const void *bytes = contents(path, a, &size);
    bool whole = bytes && strcmp(library_of(entry, bytes, size, a), path) == 0;
    return whole ? path : NULL;
}

bool cache_load(const char *cache, const native_network *net,
                const compiler *cc, native *n, arena *a)
{
    diag quiet = {.report = keep_quiet};
    const char *entry = entry_of(cache, net, cc, a);
    int64_t count;
    const file_text *files = files_of(net, cc, entry, a, &count);
    bool good = is_own(cache) && is_own(entry);
    for (int64_t i = 0; i < count && good; i++) {
        good = holds(&files[i]);
    }
    const char *library = good ? find_library(entry, a) : NULL;
    const char *weights = text_printf(a, "%s/%s.weights", entry, net->name);
    good = library && native_load(n, net, library, weights, a, &quiet);
    if (good) {
        utimensat(AT_FDCWD, entry, NULL, 0); /* it is used */
    }
    return good;
}

/*===- adding ---------------------------------------------------------------*/

/* Makes the folder and those above it, for this user alone. */
static void make_folders(const char *path, arena *a)
{
    char *part = text_printf(a, "%s", path);
    for (char *c = part + 1; *part && *c; c++) {
        if (*c == '/') {
            *c = '\0';
            mkdir(part, 0700);
            *c = '/';
        }
    }
    mkdir(part, 0700);
}

/* An entry of this name is damaged, or another network, or just as good. */
static bool put(const char *fresh, const char *entry, arena *a)
{
    if (rename(fresh, entry) == 0) {
        return true;
    }
    const char *old = text_printf(a, "%s-old", fresh);
    bool good = rename(entry, old) == 0 && rename(fresh, entry) == 0;
    files_remove_folder(old, a);
    unlink(old); /* if it was none */
    return good;
}

void cache_add(const char *cache, const native_network *net, const compiler *cc,
               const char *library, arena *a)
{
    diag quiet = {.report = keep_quiet};
    char *fresh = text_printf(a, "%s/%snew-XXXXXX", cache, CACHE_PREFIX);
    int64_t size;
    const void *bytes = contents(library, a, &size);
    make_folders(cache, a);
    if (!bytes || !is_own(cache) || !mkdtemp(fresh)) {
        return;
    }
    int64_t n;
    file_text *files = files_of(net, cc, fresh, a, &n);
    const char *path = library_of(fresh, bytes, size, a);
    const char *name = strrchr(path, '/') + 1;
    files[n++] = (file_text){.path = path, .head = bytes, .head_size = size};
    files[n++] = (file_text){.path = text_printf(a, "%s/library", fresh),
                             .head = name,
                             .head_size = (int64_t)strlen(name)};
    const char *entry = entry_of(cache, net, cc, a);
    if (!files_write(files, n, a, &quiet) || !put(fresh, entry, a)) {
        files_remove_folder(fresh, a);
        return;
    }
    cache_limit(cache, entry, a);
}
