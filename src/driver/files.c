/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * files.c - writes files under temporary names and renames them.
 */
#include "driver/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

static bool write_all(int file, const void *data, int64_t size)
{
    const char *at = data;
    while (size > 0) {
        ssize_t n = write(file, at, (size_t)size);
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return false;
        }
        at += n;
        size -= n;
    }
    return true;
}

/* A pipe or device is written as it is: there is nothing to rename. */
static bool is_special(const char *path)
{
    struct stat what;
    return stat(path, &what) == 0 && !S_ISREG(what.st_mode);
}

/*
 * Opens a new file beside path; -1: see errno. Another thread, or a process of
 * this number that did not end well, may have left one.
 */
static int open_beside(const char *path, arena *a, char **name)
{
    enum { TRIES = 1000 };
    int file = -1;
    for (int i = 0; i < TRIES; i++) {
        *name = i == 0
                    ? text_printf(a, "%s.%ld.tmp", path, (long)getpid())
                    : text_printf(a, "%s.%ld-%d.tmp", path, (long)getpid(), i);
        file = open(*name, O_WRONLY | O_CLOEXEC | O_CREAT | O_EXCL, 0666);
        if (file >= 0 || errno != EEXIST) {
            break;
        }
    }
    return file;
}

/* Writes one file under a temporary name; the name, or NULL. */
static char *write_beside(const file_text *f, arena *a, diag *d)
{
    bool special = is_special(f->path);
    char *name = text_printf(a, "%s", f->path);
    int file = special ? open(name, O_WRONLY | O_CLOEXEC)
                       : open_beside(f->path, a, &name);
    if (file < 0) {
        diag_error(d, f->path, "cannot be written: %s", strerror(errno));
        return NULL;
    }
    bool good = write_all(file, f->head, f->head_size) &&
                write_all(file, f->body, f->body_size);
    for (int64_t i = 0; i < f->n_more && good; i++) {
        good = write_all(file, f->more[i].data, f->more[i].size);
    }
    int why = errno;
    if (close(file) != 0 && good) {
        good = false;
        why = errno;
    }
    if (!good) {
        diag_error(d, f->path, "cannot be written: %s", strerror(why));
        if (!special) {
            unlink(name);
        }
        return NULL;
    }
    return name;
}

/* Is each file named once? A device may be named often. */
static bool are_different(const file_text *files, int64_t n, diag *d)
{
    for (int64_t i = 0; i < n; i++) {
        for (int64_t k = 0; k < i; k++) {
            if (strcmp(files[i].path, files[k].path) == 0 &&
                !is_special(files[i].path)) {
                return diag_error(d, files[i].path,
                                  "cannot be written twice in one run");
            }
        }
    }
    return true;
}

bool files_write(const file_text *files, int64_t n, arena *a, diag *d)
{
    char **names = ARENA_ARRAY(a, char *, n);
    bool good = are_different(files, n, d);
    for (int64_t i = 0; i < n && good; i++) {
        names[i] = write_beside(&files[i], a, d);
        good = names[i] != NULL;
    }
    for (int64_t i = 0; i < n; i++) {
        if (!names[i] || strcmp(names[i], files[i].path) == 0) {
            continue;
        }
        if (good && rename(names[i], files[i].path) != 0) {
            good = diag_error(d, files[i].path, "cannot be written: %s",
                              strerror(errno));
        }
        if (!good) {
            unlink(names[i]);
        }
    }
    return good;
}

bool files_make_folder(const char *path, arena *a, diag *d)
{
    char *part = text_printf(a, "%s", path);
    for (char *c = part; *c; c++) {
        if (*c == '/' && c != part) {
            *c = '\0';
            mkdir(part, 0777); /* the last one says what is wrong */
            *c = '/';
        }
    }
    struct stat what;
    if (mkdir(part, 0777) != 0 && errno != EEXIST) {
        return diag_error(d, path, "the folder cannot be made: %s",
                          strerror(errno));
    }
    if (stat(part, &what) != 0 || !S_ISDIR(what.st_mode)) {
        return diag_error(d, path, "is not a folder");
    }
    return true;
}

char *files_temporary(arena *a, diag *d)
{
    const char *root = getenv("TMPDIR");
    root = root && *root ? root : "/tmp";
    char *path = text_printf(a, "%s/snnc-XXXXXX", root);
    if (!mkdtemp(path)) {
        diag_error(d, root, "a folder for the C cannot be made in it: %s",
                   strerror(errno));
        return NULL;
    }
    return path;
}

void files_remove_folder(const char *path, arena *a)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    while (folder && (entry = readdir(folder))) {
        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0) {
            unlink(text_printf(a, "%s/%s", path, entry->d_name));
        }
    }
    if (folder) {
        closedir(folder);
    }
    rmdir(path);
}
