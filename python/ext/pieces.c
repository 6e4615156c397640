/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * pieces.c - grows by doubling; what finds no memory is told at the end.
 */
#include "pieces.h"

#include <stdlib.h>
#include <string.h>

void pieces_write(const char *piece, int64_t size, void *user)
{
    pieces *t = user;
    size_t more = (size_t)size;
    if (more == 0) {
        return;
    }
    if (t->capacity - t->size < more) {
        size_t capacity = 2 * (t->size + more) + 256;
        char *bytes = realloc(t->bytes, capacity);
        if (!bytes) {
            t->lost = true;
            return;
        }
        t->bytes = bytes;
        t->capacity = capacity;
    }
    memcpy(t->bytes + t->size, piece, more);
    t->size += more;
}

void pieces_release(pieces *t)
{
    free(t->bytes);
    *t = (pieces){0};
}

PyObject *pieces_object(const pieces *t)
{
    if (t->lost) {
        return PyErr_NoMemory();
    }
    return PyUnicode_DecodeUTF8(t->bytes ? t->bytes : "", (Py_ssize_t)t->size,
                                "surrogateescape");
}
