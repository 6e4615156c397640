/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * read_text.c - reads the strings in an HDF5 file.
 *
 * Strings of fixed length are read by HDF5; those of variable length by heap.c,
 * unless they are stored in an unusual way. Pairs are read by the slab, so that
 * a million of them need no more memory than a few.
 */
#include "nir/read_data.h"

#include <inttypes.h>
#include <string.h>

enum { SLAB_BYTES = 64 * 1024 };

bool store_is_text(const store_object *object)
{
    if (object->kind != STORE_DATASET) {
        return false;
    }
    hid_t type = H5Dget_type(object->id);
    hid_t space = H5Dget_space(object->id);
    bool text = type >= 0 && space >= 0 && H5Tget_class(type) == H5T_STRING &&
                H5Sget_simple_extent_type(space) == H5S_SCALAR;
    if (type >= 0) {
        H5Tclose(type);
    }
    if (space >= 0) {
        H5Sclose(space);
    }
    return text;
}

/* A string of fixed length without its padding. */
static char *trim(arena *a, const char *text, int64_t size, H5T_str_t padding)
{
    int64_t n = 0;
    if (padding == H5T_STR_SPACEPAD) {
        n = size;
        while (n > 0 && text[n - 1] == ' ') {
            n--;
        }
    } else {
        while (n < size && text[n]) {
            n++;
        }
    }
    return arena_text(a, text, n);
}

/* A run of strings of a dataset. */
typedef struct run {
    int64_t first;
    int64_t count;
    hid_t memory; /* extent of the run */
} run;

/* Reads strings of fixed length, by HDF5. */
MUST_CHECK static bool read_fixed(const dataset *x, const run *r, arena *a,
                                  char **text)
{
    int64_t size = (int64_t)H5Tget_size(x->type);
    char *data = arena_alloc(a, r->count, (size_t)size);
    if (H5Dread(x->id, x->type, r->memory, x->space, H5P_DEFAULT, data) < 0) {
        return dataset_damaged(x);
    }
    for (int64_t i = 0; i < r->count; i++) {
        text[i] = trim(a, data + i * size, size, H5Tget_strpad(x->type));
    }
    return true;
}

/* Reads strings of variable length in chunks or in the header, by HDF5. */
MUST_CHECK static bool read_variable(const dataset *x, const run *r, arena *a,
                                     char **text)
{
    char **data = ARENA_ARRAY(a, char *, r->count);
    if (H5Dread(x->id, x->type, r->memory, x->space, H5P_DEFAULT, data) < 0) {
        return dataset_damaged(x);
    }
    for (int64_t i = 0; i < r->count; i++) {
        size_t n = data[i] ? strnlen(data[i], NIR_MAX_NAME_BYTES + 1) : 0;
        text[i] =
            n > NIR_MAX_NAME_BYTES ? NULL : arena_text(a, data[i], (int64_t)n);
    }
    H5Dvlen_reclaim(x->type, r->memory, H5P_DEFAULT, data);
    return true;
}

/* Reads strings of variable length as they are usually stored; see heap.h. */
MUST_CHECK static bool read_heap(const dataset *x, const run *r, arena *a,
                                 char **text)
{
    heap *h = &x->s->strings;
    int64_t size = heap_reference_size(h);
    unsigned char *data = arena_alloc(a, r->count, (size_t)size);
    haddr_t offset = H5Dget_offset(x->id);
    bool there =
        offset <= (haddr_t)x->s->bytes &&
        heap_read(h, (int64_t)offset + r->first * size, r->count * size, data);
    const char *why = there ? NULL : "it lies outside of the file";
    for (int64_t i = 0; i < r->count && !why; i++) {
        why = heap_text(h, data + i * size, NIR_MAX_NAME_BYTES, a, &text[i]);
    }
    if (why) {
        return diag_error(x->s->d, x->where, "'%s' is damaged: %s", x->name,
                          why);
    }
    return true;
}

/* Reads a run: text[i] is in a, or NULL where it is longer than allowed. */
MUST_CHECK static bool read_strings(const dataset *x, const run *r, arena *a,
                                    char **text)
{
    if (H5Tis_variable_str(x->type) <= 0) {
        return read_fixed(x, r, a, text);
    }
    return H5Pget_layout(x->plist) == H5D_CONTIGUOUS
               ? read_heap(x, r, a, text)
               : read_variable(x, r, a, text);
}

MUST_CHECK static bool check_string(const dataset *x)
{
    if (H5Tget_class(x->type) != H5T_STRING) {
        return diag_error(x->s->d, x->where, "'%s' holds %s, not text", x->name,
                          dataset_content(x->type));
    }
    if (H5Tget_size(x->type) > NIR_MAX_NAME_BYTES) {
        return diag_error(x->s->d, x->where,
                          "'%s' has strings of more than %d bytes", x->name,
                          NIR_MAX_NAME_BYTES);
    }
    return dataset_check_storage(x);
}

bool store_text(store *s, const char *where, const store_object *object,
                const char *name, char **text)
{
    dataset x = {.s = s, .where = where, .name = name};
    bool ok = false;
    if (!dataset_open(&x, object) || !check_string(&x)) {
        goto done;
    }
    if (x.rank != 0) {
        diag_error(s->d, where, "'%s' has %d axes, it must be one string", name,
                   x.rank);
        goto done;
    }
    run one = {.count = 1, .memory = x.space};
    ok = read_strings(&x, &one, s->a, text);
    if (ok && !*text) {
        ok = diag_error(s->d, where, "'%s' has more than %d bytes", name,
                        NIR_MAX_NAME_BYTES);
    }
    ok = ok && store_take_text(s, where, (int64_t)strlen(*text));
done:
    dataset_close(&x);
    return ok;
}

MUST_CHECK static bool take_text(const dataset *x, const char *text)
{
    return store_take_text(x->s, x->where, (int64_t)strlen(text));
}

/* Reads rows from first on and passes them to pair. */
MUST_CHECK static bool pass_rows(const dataset *x, int64_t first, int64_t rows,
                                 store_pair pair, void *user)
{
    arena scratch = {0};
    char **text = ARENA_ARRAY(&scratch, char *, rows * 2);
    hsize_t start[2] = {(hsize_t)first, 0};
    hsize_t size[2] = {(hsize_t)rows, 2};
    run r = {.first = first * 2,
             .count = rows * 2,
             .memory = H5Screate_simple(2, size, NULL)};
    H5Sselect_hyperslab(x->space, H5S_SELECT_SET, start, NULL, size, NULL);
    bool ok = read_strings(x, &r, &scratch, text);
    H5Sclose(r.memory);
    for (int64_t i = 0; ok && i < rows; i++) {
        if (!text[2 * i] || !text[2 * i + 1]) {
            ok = diag_error(x->s->d, x->where,
                            "'%s' has a string of more than %d bytes", x->name,
                            NIR_MAX_NAME_BYTES);
        } else {
            ok = take_text(x, text[2 * i]) && take_text(x, text[2 * i + 1]) &&
                 pair(user, text[2 * i], text[2 * i + 1]);
        }
    }
    arena_free(&scratch);
    return ok;
}

MUST_CHECK static bool check_pairs(const dataset *x)
{
    if (!check_string(x)) {
        return false;
    }
    if (x->rank != 2 || x->dim[1] != 2) {
        nir_shape shape = {.rank = x->rank};
        for (int i = 0; i < x->rank; i++) {
            shape.dim[i] = (int64_t)x->dim[i];
        }
        return diag_error(x->s->d, x->where,
                          "'%s' has shape %s, it must be pairs of names",
                          x->name, nir_shape_text(&shape, x->s->a));
    }
    if (x->dim[0] > NIR_MAX_EDGES) {
        return diag_error(x->s->d, x->where,
                          "'%s' has %" PRId64 " rows, at most %d are read",
                          x->name, (int64_t)x->dim[0], NIR_MAX_EDGES);
    }
    return true;
}

bool store_pairs(store *s, const char *where, const store_object *object,
                 const char *name, store_pair pair, void *user)
{
    dataset x = {.s = s, .where = where, .name = name};
    bool ok = dataset_open(&x, object);
    if (!ok || x.count == 0) { /* written without rows it has any type */
        goto done;
    }
    ok = check_pairs(&x);
    if (!ok) {
        goto done;
    }
    int64_t rows = (int64_t)x.dim[0];
    int64_t slab = SLAB_BYTES / 2 / (int64_t)H5Tget_size(x.type);
    slab = slab < 1 ? 1 : slab;
    for (int64_t i = 0; ok && i < rows; i += slab) {
        ok = pass_rows(&x, i, rows - i < slab ? rows - i : slab, pair, user);
    }
done:
    dataset_close(&x);
    return ok;
}
