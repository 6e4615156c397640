/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * pieces.h - text that the library writes in pieces.
 */
#ifndef SNN_PYTHON_PIECES_H
#define SNN_PYTHON_PIECES_H

#include <Python.h>

#include <stdbool.h>
#include <stdint.h>

/* Zeroed, it is empty. */
typedef struct pieces {
    char *bytes;
    size_t size;
    size_t capacity;
    bool lost; /* there was no memory for all of it */
} pieces;

/* Appends to the text that user is. Needs no GIL. */
void pieces_write(const char *piece, int64_t size, void *user);
void pieces_release(pieces *t);

/* As a str; MemoryError where some is lost. */
PyObject *pieces_object(const pieces *t);

#endif
