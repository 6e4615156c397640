/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * heap.h - strings of variable length in an HDF5 file; for src/nir only.
 *
 * HDF5 1.10 reads past its buffers where the lengths in a damaged file
 * contradict each other, so these few structures are read here.
 */
#ifndef SNN_NIR_HEAP_H
#define SNN_NIR_HEAP_H

#include <stdbool.h>

#include "base/arena.h"

typedef struct heap {
    int fd;           /* the file, open for reading; -1 for none */
    int64_t bytes;    /* of the file */
    int64_t base;     /* where HDF5's addresses start */
    int64_t n_offset; /* bytes of an address in the file */
    int64_t n_length; /* bytes of a length in the file */
    int64_t left;     /* bytes of collections that may still be read */
    arena a;          /* holds the collection that was read last */
    int64_t address;  /* its address, 0 for none */
    int64_t size;
    unsigned char *collection;
    int64_t *place; /* of each object, by its number; 0 for none */
    int64_t n_places;
} heap;

/* Bytes of a reference to a string, as a dataset stores it. */
int64_t heap_reference_size(const heap *h);
/* Reads n bytes at an offset in the file; false if they are not there. */
bool heap_read(const heap *h, int64_t offset, int64_t n, unsigned char *bytes);
/*
 * Sets *text to the string that the reference means, in a; to NULL if it is
 * longer than most. Returns NULL, or why it cannot be read.
 */
const char *heap_text(heap *h, const unsigned char *reference, int64_t most,
                      arena *a, char **text);

#endif
