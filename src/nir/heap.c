/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * heap.c - HDF5's global heap: collections of numbered objects.
 *
 * A reference is a length (4 bytes), the address of a collection and the number
 * of an object in it (4 bytes). A collection is "GCOL", a version, three bytes,
 * its size, then objects: number (2 bytes), references (2), four bytes, size,
 * and data; headers and data fill multiples of 8 bytes. Object 0 is the free
 * rest. All numbers are little-endian. Nothing is believed before it was
 * compared with the size of the file and of the collection.
 */
#include "nir/heap.h"

#include <string.h>
#include <unistd.h>

enum { LENGTH_BYTES = 4, NUMBER_BYTES = 4, MARK_BYTES = 8 };

int64_t heap_reference_size(const heap *h)
{
    return LENGTH_BYTES + h->n_offset + NUMBER_BYTES;
}

bool heap_read(const heap *h, int64_t offset, int64_t n, unsigned char *bytes)
{
    if (offset < 0 || offset > h->bytes || n > h->bytes - offset) {
        return false;
    }
    while (n > 0) {
        ssize_t got = pread(h->fd, bytes, (size_t)n, offset);
        if (got <= 0) {
            return false;
        }
        bytes += got;
        offset += got;
        n -= got;
    }
    return true;
}

/* The number of n bytes at p; -1 if it does not fit into 62 bits. */
static int64_t number_at(const unsigned char *p, int64_t n)
{
    uint64_t value = 0;
    for (int64_t i = n - 1; i >= 0; i--) {
        if (value >> 54) {
            return -1;
        }
        value = value << 8 | p[i];
    }
    return (int64_t)value;
}

static int64_t align(int64_t n) { return (n + 7) / 8 * 8; }

/* Makes the collection at an address the current one. */
static bool load(heap *h, int64_t address)
{
    unsigned char head[2 * MARK_BYTES];
    if (h->address == address) {
        return true;
    }
    arena_free(&h->a);
    h->address = 0;
    int64_t n = MARK_BYTES + h->n_length;
    if (address > h->bytes || !heap_read(h, h->base + address, n, head) ||
        memcmp(head, "GCOL\1", 5) != 0) {
        return false;
    }
    h->size = number_at(head + MARK_BYTES, h->n_length);
    if (h->size < n || h->size > h->bytes) {
        return false;
    }
    h->collection = arena_alloc(&h->a, h->size, 1);
    if (!heap_read(h, h->base + address, h->size, h->collection)) {
        return false;
    }
    h->address = address;
    return true;
}

/* The object of a number in the current collection, NULL if there is none. */
static const unsigned char *find(const heap *h, int64_t number, int64_t *size)
{
    const int64_t header = align(MARK_BYTES + h->n_length);
    int64_t at = header; /* the collection's own header has the same size */
    while (at + header <= h->size) {
        const unsigned char *object = h->collection + at;
        *size = number_at(object + MARK_BYTES, h->n_length);
        if (number_at(object, 2) == 0 || *size < 0 ||
            *size > h->size - at - header) {
            return NULL;
        }
        if (number_at(object, 2) == number) {
            return object + header;
        }
        at += header + align(*size);
    }
    return NULL;
}

const char *heap_text(heap *h, const unsigned char *reference, int64_t most,
                      arena *a, char **text)
{
    int64_t size = 0;
    int64_t length = number_at(reference, LENGTH_BYTES);
    int64_t address = number_at(reference + LENGTH_BYTES, h->n_offset);
    int64_t number =
        number_at(reference + LENGTH_BYTES + h->n_offset, NUMBER_BYTES);
    if (length == 0 || address == 0) {
        *text = arena_text(a, "", 0);
        return NULL;
    }
    if (address < 0 || !load(h, address)) {
        return "no collection of strings at its address";
    }
    const unsigned char *data = find(h, number, &size);
    if (!data || length > size) {
        return "a string is not in its collection";
    }
    const unsigned char *end = memchr(data, 0, (size_t)length);
    length = end ? end - data : length;
    *text = length > most ? NULL : arena_text(a, (const char *)data, length);
    return NULL;
}
