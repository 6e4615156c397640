/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * read_chunk.c - checks that each chunk of a dataset unpacks to what a chunk
 * holds.
 *
 * HDF5 1.10 does not look: of a chunk that is too short it reads what stands
 * behind it in memory, and takes that for numbers. So the filters are followed
 * here first, as far as the number of bytes goes.
 */
#include "nir/read_data.h"

#include <inttypes.h>
#include <zlib.h>

enum { CHECKSUM_BYTES = 4, PIECE_BYTES = 1 << 16, MOST_PLAIN = 1 << 13 };

bool dataset_follows(H5Z_filter_t filter)
{
    return filter == H5Z_FILTER_DEFLATE || filter == H5Z_FILTER_SHUFFLE ||
           filter == H5Z_FILTER_FLETCHER32 || filter == H5Z_FILTER_SZIP;
}

/* A chunk while its filters are undone, from the last to the first. */
typedef struct chunk {
    const unsigned char *data; /* NULL when only the size is known */
    int64_t size;
} chunk;

/* Inflates up to most bytes; the size, or -1 if they do not end well. */
static int64_t inflated_size(const chunk *c, int64_t most)
{
    static _Thread_local unsigned char piece[PIECE_BYTES];
    z_stream z = {.next_in = (z_const Bytef *)c->data,
                  .avail_in = (uInt)c->size};
    int status = inflateInit(&z);
    while (status == Z_OK && (int64_t)z.total_out <= most) {
        z.next_out = piece;
        z.avail_out = sizeof piece;
        status = inflate(&z, Z_NO_FLUSH);
    }
    inflateEnd(&z);
    return status == Z_STREAM_END ? (int64_t)z.total_out : -1;
}

/* Undoes one filter. Returns false if that cannot be followed, or fails. */
static bool undo(chunk *c, H5Z_filter_t filter, int64_t most)
{
    switch (filter) {
    case H5Z_FILTER_FLETCHER32:
        c->size -= CHECKSUM_BYTES;
        return c->size >= 0;
    case H5Z_FILTER_SHUFFLE:
        c->data = NULL;
        return true;
    case H5Z_FILTER_DEFLATE:
        c->size = c->data ? inflated_size(c, most) : -1;
        c->data = NULL;
        return c->size >= 0;
    case H5Z_FILTER_SZIP: /* it opens with the size of what it packs */
        if (!c->data || c->size < CHECKSUM_BYTES) {
            return false;
        }
        c->size = (int64_t)c->data[0] | (int64_t)c->data[1] << 8 |
                  (int64_t)c->data[2] << 16 | (int64_t)c->data[3] << 24;
        c->data = NULL;
        return true;
    default:
        return false;
    }
}

/* The bytes that a chunk unpacks to, -1 if that fails. */
static int64_t unpacked_size(const dataset *x, chunk c, uint32_t skipped,
                             int64_t most)
{
    for (int i = H5Pget_nfilters(x->plist) - 1; i >= 0; i--) {
        size_t n_values = 0;
        unsigned flags = 0;
        H5Z_filter_t f = H5Pget_filter2(x->plist, (unsigned)i, &flags,
                                        &n_values, NULL, 0, NULL, NULL);
        if ((skipped >> i & 1) == 0 && !undo(&c, f, most)) {
            return -1;
        }
    }
    return c.size;
}

MUST_CHECK static bool refuse_chunk(const dataset *x, int64_t bytes)
{
    return diag_error(x->s->d, x->where,
                      "'%s' is damaged: a chunk does not unpack to %" PRId64
                      " bytes",
                      x->name, bytes);
}

/* It reaches over the end of an axis, and such chunks are not filtered. */
static bool is_plain_edge(const dataset *x, const hsize_t *start,
                          const hsize_t *edges)
{
    unsigned how = 0;
    if (H5Pget_chunk_opts(x->plist, &how) < 0 ||
        !(how & H5D_CHUNK_DONT_FILTER_PARTIAL_CHUNKS)) {
        return false;
    }
    for (int i = 0; i < x->rank; i++) {
        if (start[i] + edges[i] > x->dim[i]) {
            return true;
        }
    }
    return false;
}

/* Checks the chunk that starts at an element. */
MUST_CHECK static bool check_chunk(const dataset *x, const hsize_t *start,
                                   const hsize_t *edges, int64_t bytes)
{
    hsize_t stored = 0;
    uint32_t skipped = 0;
    arena scratch = {0};
    int64_t size = -1;
    if (H5Dget_chunk_storage_size(x->id, start, &stored) < 0) {
        return dataset_damaged(x);
    }
    if (stored > 0 && stored <= (hsize_t)x->s->bytes && stored <= UINT32_MAX) {
        unsigned char *data = arena_alloc(&scratch, (int64_t)stored, 1);
        if (H5Dread_chunk(x->id, H5P_DEFAULT, start, &skipped, data) >= 0) {
            skipped = is_plain_edge(x, start, edges) ? UINT32_MAX : skipped;
            size = unpacked_size(x, (chunk){data, (int64_t)stored}, skipped,
                                 bytes);
        }
    }
    arena_free(&scratch);
    return size == bytes || refuse_chunk(x, bytes);
}

/* Bytes of an element in the file. */
static int64_t stored_element(const dataset *x)
{
    return H5Tis_variable_str(x->type) > 0 ? heap_reference_size(&x->s->strings)
                                           : (int64_t)H5Tget_size(x->type);
}

/* Checks chunks that are stored as they are. */
MUST_CHECK static bool check_plain_chunks(const dataset *x, int64_t chunks,
                                          int64_t bytes)
{
    if (chunks > MOST_PLAIN) { /* HDF5 looks for each from the first on */
        return diag_error(x->s->d, x->where,
                          "'%s' has %" PRId64
                          " chunks without a filter, at most %d are read",
                          x->name, chunks, MOST_PLAIN);
    }
    for (int64_t i = 0; i < chunks; i++) {
        hsize_t stored = 0;
        if (H5Dget_chunk_info(x->id, x->space, (hsize_t)i, NULL, NULL, NULL,
                              &stored) < 0) {
            return dataset_damaged(x);
        }
        if (stored != (hsize_t)bytes) {
            return refuse_chunk(x, bytes);
        }
    }
    return true;
}

/* Checks chunks that go through filters. */
MUST_CHECK static bool
check_filtered_chunks(const dataset *x, const hsize_t *edges, int64_t bytes)
{
    hsize_t start[NIR_MAX_RANK] = {0};
    for (int axis = 0; axis >= 0;) {
        if (!check_chunk(x, start, edges, bytes)) {
            return false;
        }
        for (axis = x->rank - 1; axis >= 0; axis--) { /* the next chunk */
            start[axis] += edges[axis];
            if (start[axis] < x->dim[axis]) {
                break;
            }
            start[axis] = 0;
        }
    }
    return true;
}

bool dataset_check_chunks(const dataset *x)
{
    hsize_t edges[NIR_MAX_RANK];
    hsize_t chunks = 0;
    int64_t bytes = stored_element(x);
    if (H5Pget_chunk(x->plist, NIR_MAX_RANK, edges) != x->rank ||
        H5Dget_num_chunks(x->id, x->space, &chunks) < 0) {
        return dataset_damaged(x);
    }
    for (int i = 0; i < x->rank; i++) {
        bytes *= (int64_t)edges[i];
    }
    return H5Pget_nfilters(x->plist) == 0
               ? check_plain_chunks(x, (int64_t)chunks, bytes)
               : check_filtered_chunks(x, edges, bytes);
}
