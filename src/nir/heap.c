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

enum {
    LENGTH_BYTES = 4, /* in a reference */
    NUMBER_BYTES = 4,
    MARK_BYTES = 8, /* in a collection */
    NUMBER_SIZE = 2
};

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

/* Bytes of a collection's own header, and of each object's. */
static int64_t header_bytes(const heap *h)
{
    return align(MARK_BYTES + h->n_length);
}

/* The bytes of the object at a place; -1 where the objects end. */
static int64_t size_at(const heap *h, int64_t at)
{
    if (at + header_bytes(h) > h->size ||
        number_at(h->collection + at, NUMBER_SIZE) == 0) {
        return -1;
    }
    int64_t size = number_at(h->collection + at + MARK_BYTES, h->n_length);
    return size > h->size - at - header_bytes(h) ? -1 : size;
}

static int64_t next_at(const heap *h, int64_t at)
{
    return at + header_bytes(h) + align(size_at(h, at));
}

/* Notes where each object of the collection is, or else every string costs a
 * walk over all of them. */
static void index_objects(heap *h)
{
    h->n_places = 0;
    for (int64_t at = header_bytes(h); size_at(h, at) >= 0;
         at = next_at(h, at)) {
        int64_t number = number_at(h->collection + at, NUMBER_SIZE);
        h->n_places = number >= h->n_places ? number + 1 : h->n_places;
    }
    h->place = ARENA_ARRAY(&h->a, int64_t, h->n_places);
    for (int64_t at = header_bytes(h); size_at(h, at) >= 0;
         at = next_at(h, at)) {
        int64_t number = number_at(h->collection + at, NUMBER_SIZE);
        h->place[number] = h->place[number] ? h->place[number] : at;
    }
}

/*
 * Makes the collection at an address the current one. Returns NULL, or why it
 * cannot be read.
 */
static const char *load(heap *h, int64_t address)
{
    static const char none[] = "no collection of strings at its address";
    unsigned char head[2 * MARK_BYTES];
    if (h->address == address) {
        return NULL;
    }
    arena_free(&h->a);
    h->address = 0;
    int64_t n = MARK_BYTES + h->n_length;
    if (address > h->bytes || !heap_read(h, h->base + address, n, head) ||
        memcmp(head, "GCOL\1", 5) != 0) {
        return none;
    }
    h->size = number_at(head + MARK_BYTES, h->n_length);
    if (h->size < n || h->size > h->bytes) {
        return none;
    }
    h->left -= h->size;
    if (h->left < 0) {
        return "collections of strings are read too often";
    }
    h->collection = arena_alloc(&h->a, h->size, 1);
    if (!heap_read(h, h->base + address, h->size, h->collection)) {
        return none;
    }
    h->address = address;
    index_objects(h);
    return NULL;
}

/* The data of an object in the current collection, NULL if there is none. */
static const unsigned char *find(const heap *h, int64_t number, int64_t *size)
{
    if (number <= 0 || number >= h->n_places || h->place[number] == 0) {
        return NULL;
    }
    *size = size_at(h, h->place[number]);
    return h->collection + h->place[number] + header_bytes(h);
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
    const char *why = load(h, address < 0 ? INT64_MAX : address);
    if (why) {
        return why;
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
