/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * tree_text.c - datasets of strings: one, or the edges of a graph.
 */
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Strings that no writer makes. */
static const char *odd_text(program *p)
{
    static char long_text[1 << 17];
    static const char *const some[] = {
        "",          "x",     "lif",  "LIF\n",        "\xff\xfe",
        "NIRGraph ", "NIR",   "a/b",  "../node",      "\x1b[1m",
        "same",      "valid", "full", "\xed\xa0\x80", "Conv2d",
        "NIRGraph"};
    unsigned n = program_take(p, sizeof some / sizeof some[0] + 2);
    if (n < sizeof some / sizeof some[0]) {
        return some[n];
    }
    memset(long_text, '.', sizeof long_text - 1);
    return long_text;
}

/* Strings of one length, padded in one of HDF5's three ways. */
static void write_fixed(program *p, hid_t data, hid_t type,
                        const char *const *text, size_t n)
{
    size_t size = H5Tget_size(type);
    if (size > 1024) {
        return;
    }
    char *bytes = calloc(n ? n : 1, size);
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(text[i]);
        memset(bytes + i * size, program_odd(p) ? ' ' : 0, size);
        memcpy(bytes + i * size, text[i], length < size ? length : size);
    }
    H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes);
    free(bytes);
}

static hid_t string_type(program *p)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    bool fixed = program_odd(p);
    H5Tset_size(type, fixed ? 1 + program_take(p, 64) : H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    if (fixed) {
        H5Tset_strpad(type, (H5T_str_t)program_take(p, 3));
    }
    return type;
}

static void make(program *p, hid_t group, const char *name, hid_t space,
                 const char *const *text, size_t n)
{
    hid_t type = program_odd(p) ? tree_type(p) : string_type(p);
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk[2] = {1 + program_take(p, 4), 2};
    bool chunked = program_odd(p);
    if (chunked) {
        H5Pset_chunk(list, H5Sget_simple_extent_ndims(space), chunk);
        H5Pset_deflate(list, program_take(p, 10));
    } else if (program_odd(p)) {
        H5Pset_layout(list, H5D_COMPACT);
    }
    hid_t data =
        H5Dcreate2(group, name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    if (data >= 0 && H5Tis_variable_str(type) > 0) {
        H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text);
    } else if (data >= 0 && H5Tget_class(type) == H5T_STRING) {
        write_fixed(p, data, type, text, n);
    }
    H5Dclose(data);
    H5Pclose(list);
    H5Tclose(type);
}

void tree_text(program *p, hid_t group, const char *name, const char *text)
{
    const char *one = program_odd(p) ? odd_text(p) : text;
    hid_t space = H5Screate(H5S_SCALAR);
    if (program_odd(p)) {
        const hsize_t dim = 1; /* an array of one string */
        H5Sclose(space);
        space = H5Screate_simple(1, &dim, NULL);
    }
    make(p, group, name, space, &one, 1);
    H5Sclose(space);
}

void tree_edges(program *p, hid_t group, const char *const *names, size_t n)
{
    enum { MOST = 512 };
    static const char *ends[MOST];
    size_t count = 0;
    for (size_t i = 0; i + 1 < n && count < MOST / 2; i++) { /* a chain */
        ends[count++] = names[i];
        ends[count++] = names[i + 1];
    }
    for (unsigned more = program_take(p, 64); more > 0; more--) {
        for (int side = 0; side < 2 && count < MOST; side++) {
            ends[count++] = program_odd(p)
                                ? odd_text(p)
                                : names[program_take(p, (unsigned)n)];
        }
    }
    hsize_t dim[2] = {count / 2, 2};
    if (program_odd(p)) { /* another shape of as many, or of fewer */
        dim[0] = program_take(p, 2) ? count : 0;
        dim[1] = 1;
    }
    hid_t space = H5Screate_simple(1 + (program_odd(p) ? 0 : 1), dim, NULL);
    make(p, group, "edges", space, ends, dim[0] * dim[1]);
    H5Sclose(space);
}
