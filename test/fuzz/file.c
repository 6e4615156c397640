/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * file.c - the file that inputs are written to. It is opened once; the reader
 * opens it again for each input, by its name.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char path[4096];
static int file = -1;

static void give_up(const char *what)
{
    perror(what);
    _exit(2);
}

static void remove_file(void) { unlink(path); }

const char *fuzz_path(void)
{
    if (file < 0) {
        const char *folder = getenv("TMPDIR");
        snprintf(path, sizeof path, "%s/fuzz-XXXXXX", folder ? folder : "/tmp");
        file = mkstemp(path);
        if (file < 0) {
            give_up(path);
        }
        atexit(remove_file);
    }
    return path;
}

void fuzz_renew(void)
{
    unlink(path);
    close(file);
    file = open(path, O_RDWR | O_CREAT, 0600);
    if (file < 0) {
        give_up(path);
    }
}

void fuzz_keep(void)
{
    const char *copy = getenv("FUZZ_COPY");
    if (copy && link(path, copy) != 0) {
        give_up(copy);
    }
}

void fuzz_write(const uint8_t *data, size_t size)
{
    (void)fuzz_path();
    if (ftruncate(file, 0) != 0 || lseek(file, 0, SEEK_SET) != 0) {
        give_up(path);
    }
    while (size > 0) {
        ssize_t n = write(file, data, size);
        if (n <= 0) {
            give_up(path);
        }
        data += n;
        size -= (size_t)n;
    }
    fuzz_keep();
}
