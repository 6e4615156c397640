/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * tree.c - fuzz target: the input is a program that builds a .nir file through
 * HDF5. What it builds is sound as HDF5, so it reaches what a network means.
 */
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "nir/kinds.h"

enum { MOST_NODES = 12, MOST_DEPTH = 3, GRAPH = NIR_KIND_COUNT };

/* The shape of the signal behind the nodes so far. */
typedef tree_shape signal;

static hid_t add_group(hid_t group, const char *name)
{
    return H5Gcreate2(group, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
}

/* The shape that a dataset of a node has when the signal is s. */
static tree_shape shape_of(nir_kind kind, nir_field field, const signal *s)
{
    int axes = nir_window_axes(kind);
    tree_shape shape = *s;
    switch (field) {
    case NIR_WEIGHT:
        if (axes > 0) {
            return (tree_shape){axes + 2, {2, s->rank ? s->dim[0] : 1, 2, 2}};
        }
        shape.rank = s->rank ? s->rank + 1 : 2;
        shape.dim[shape.rank - 1] = s->rank ? s->dim[s->rank - 1] : 1;
        return shape;
    case NIR_BIAS:
        return axes > 0 ? (tree_shape){1, {2}} : shape;
    case NIR_SHAPE:
    case NIR_INPUT_TYPE:
        return (tree_shape){1, {(hsize_t)s->rank}};
    case NIR_GROUPS:
    case NIR_START_DIM:
    case NIR_END_DIM:
        return (tree_shape){0};
    default:
        return nir_is_integer(field) ? (tree_shape){1, {(hsize_t)axes}} : shape;
    }
}

/* Writes the shape of the signal itself, as Input and Flatten need it. */
static void put_dims(program *p, hid_t group, const char *name, const signal *s)
{
    int64_t dims[12];
    hsize_t rank = (hsize_t)s->rank;
    for (int i = 0; i < s->rank; i++) {
        dims[i] = (int64_t)s->dim[i];
    }
    if (program_odd(p)) {
        tree_numbers(p, group, name, &(tree_shape){1, {rank}}, true);
        return;
    }
    hid_t space = H5Screate_simple(1, &rank, NULL);
    hid_t data = H5Dcreate2(group, name, H5T_STD_I64LE, space, H5P_DEFAULT,
                            H5P_DEFAULT, H5P_DEFAULT);
    H5Dwrite(data, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, dims);
    H5Dclose(data);
    H5Sclose(space);
}

static void put_field(program *p, hid_t group, nir_kind kind, nir_field field,
                      const signal *s)
{
    const char *name = nir_field_name(field);
    tree_shape shape = shape_of(kind, field, s);
    if (field == NIR_SHAPE || field == NIR_INPUT_TYPE) {
        put_dims(p, group, name, s);
    } else if (field == NIR_PADDING && program_odd(p)) {
        tree_text(p, group, name, program_take(p, 2) ? "same" : "valid");
    } else {
        tree_numbers(p, group, name, &shape, nir_is_integer(field));
    }
}

/* What a node of that kind makes of the signal, when its fields are ones. */
static void pass_on(nir_kind kind, signal *s)
{
    int axes = nir_window_axes(kind);
    if (kind == NIR_FLATTEN) {
        for (int i = 2; i < s->rank; i++) {
            s->dim[1] *= s->dim[i];
        }
        s->rank = s->rank > 2 ? 2 : s->rank;
    } else if (nir_is_conv(kind) && s->rank == axes + 1) {
        s->dim[0] = 2;
    }
    for (int i = 0; i < axes && s->rank == axes + 1; i++) {
        s->dim[i + 1] += nir_is_conv(kind) ? 1 : 2; /* padding of 1 */
    }
}

static void put_node(program *p, hid_t group, nir_kind kind, signal *s)
{
    for (int f = 0; f < NIR_FIELD_COUNT; f++) {
        nir_field field = (nir_field)f;
        bool there = nir_requires(kind, field) ||
                     (nir_allows(kind, field) && program_odd(p));
        if (there || (program_take(p, 256) == 255)) {
            put_field(p, group, kind, field, s);
        }
    }
    pass_on(kind, s);
}

/* Names that ask for trouble; the others are one letter. */
static const char *name_of(program *p, size_t i)
{
    static const char *const letters[] = {"a", "b", "c", "d", "e", "f", "g",
                                          "h", "i", "j", "k", "l", "m", "n"};
    static char long_name[3000];
    static const char *const odd[] = {
        "a.b",  "input", "output", "0",       "a b", "int",  "\xc3\xa4",
        "\xff", "a\nb",  ".b",     "a.input", "A",   "type", "a..b"};
    if (!program_odd(p)) {
        return letters[i];
    }
    unsigned n = program_take(p, sizeof odd / sizeof odd[0] + 1);
    memset(long_name, 'x', sizeof long_name - 1);
    return n < sizeof odd / sizeof odd[0] ? odd[n] : long_name;
}

static void put_graph(program *p, hid_t group, signal *s, int depth);

static const char *put_member(program *p, hid_t nodes, unsigned kind,
                              const char *name, signal *s, int depth)
{
    hid_t group = add_group(nodes, name);
    if (kind == GRAPH && depth < MOST_DEPTH) {
        put_graph(p, group, s, depth + 1);
    } else {
        nir_kind k = kind < GRAPH ? (nir_kind)kind : NIR_LIF;
        tree_text(p, group, "type", nir_kind_name(k));
        put_node(p, group, k, s);
    }
    if (program_odd(p)) {
        hid_t space = H5Screate(H5S_SCALAR);
        H5Aclose(H5Acreate2(group, "note", H5T_IEEE_F32LE, space, H5P_DEFAULT,
                            H5P_DEFAULT));
        H5Sclose(space);
        H5Gclose(add_group(group, "metadata"));
        H5Gclose(add_group(group, "more"));
    }
    H5Gclose(group);
    return name;
}

/* A chain of nodes between an Input and an Output, and some more edges. */
static void put_graph(program *p, hid_t group, signal *s, int depth)
{
    const char *names[MOST_NODES + 2];
    size_t n = 0;
    size_t count = 1 + program_take(p, MOST_NODES - 1);
    tree_text(p, group, "type", "NIRGraph");
    hid_t nodes = add_group(group, "nodes");
    names[n++] = put_member(p, nodes, NIR_INPUT, "in", s, depth);
    for (size_t i = 0; i < count; i++) {
        unsigned kind = (NIR_LIF + program_take(p, GRAPH + 1)) % (GRAPH + 1);
        names[n] = put_member(p, nodes, kind, name_of(p, i), s, depth);
        n++;
    }
    names[n++] = put_member(p, nodes, NIR_OUTPUT, "out", s, depth);
    tree_edges(p, group, names, n);
    H5Gclose(nodes);
}

/* Graphs that hold one another twice: 2^levels ways to the innermost. */
static void put_shared(program *p, hid_t file)
{
    char inner[32] = "/node";
    unsigned levels = 1 + program_take(p, 70);
    bool empty = program_take(p, 2);
    H5Ldelete(file, "/node/nodes/shared", H5P_DEFAULT);
    if (empty) {
        H5Ldelete(file, "/node/nodes", H5P_DEFAULT);
        H5Gclose(add_group(file, "/node/nodes"));
    }
    for (unsigned i = 0; i < levels; i++) {
        program none = {0};
        char outer[32];
        snprintf(outer, sizeof outer, "/shared%u", i);
        hid_t group = add_group(file, outer);
        tree_text(&none, group, "type", "NIRGraph");
        hid_t nodes = add_group(group, "nodes");
        H5Lcreate_hard(file, inner, nodes, "a", H5P_DEFAULT, H5P_DEFAULT);
        H5Lcreate_hard(file, inner, nodes, "b", H5P_DEFAULT, H5P_DEFAULT);
        tree_edges(&none, group, NULL, 0);
        H5Gclose(nodes);
        H5Gclose(group);
        memcpy(inner, outer, sizeof inner);
    }
    H5Lmove(file, "/node", file, "/old", H5P_DEFAULT, H5P_DEFAULT);
    H5Lmove(file, inner, file, "/node", H5P_DEFAULT, H5P_DEFAULT);
}

static const char *some_path(program *p)
{
    static const char *const paths[] = {"/node/nodes/a",
                                        "/node/nodes/a/type",
                                        "/node/nodes/a/tau",
                                        "/node/nodes",
                                        "/node/edges",
                                        "/node/type",
                                        "/node",
                                        "/version",
                                        "/node/nodes/in/shape",
                                        "/node/nodes/in",
                                        "/node/nodes/out",
                                        "/node/nodes/b",
                                        "/node/nodes/a/r",
                                        "/node/nodes/a/nodes",
                                        "/node/nodes/a/nodes/a",
                                        "/node/nodes/b/type",
                                        "/node/nodes/a/weight",
                                        "/node/nodes/a/edges",
                                        "/",
                                        "/node/nodes/z",
                                        "/node/metadata"};
    return paths[program_take(p, sizeof paths / sizeof paths[0])];
}

/* Changes the links of what was built. */
static void edit(program *p, hid_t file)
{
    const char *path = some_path(p);
    unsigned what = program_take(p, 8);
    const char *to = some_path(p);
    switch (what) {
    case 0:
        H5Ldelete(file, path, H5P_DEFAULT);
        break;
    case 1:
        H5Ldelete(file, to, H5P_DEFAULT);
        H5Lcreate_hard(file, path, file, to, H5P_DEFAULT, H5P_DEFAULT);
        break;
    case 2:
        H5Ldelete(file, to, H5P_DEFAULT);
        H5Lcreate_soft(path, file, to, H5P_DEFAULT, H5P_DEFAULT);
        break;
    case 3:
        H5Ldelete(file, to, H5P_DEFAULT);
        H5Lcreate_external("o.h5", path, file, to, H5P_DEFAULT, H5P_DEFAULT);
        break;
    case 4:
        H5Lmove(file, path, file, to, H5P_DEFAULT, H5P_DEFAULT);
        break;
    case 5:
        H5Ldelete(file, to, H5P_DEFAULT);
        tree_text(p, file, to, "NIRGraph");
        break;
    case 6:
        H5Ldelete(file, to, H5P_DEFAULT);
        tree_numbers(p, file, to, &(tree_shape){0}, false);
        break;
    default:
        put_shared(p, file);
        break;
    }
}

static void put_file(program *p, hid_t file)
{
    static const signal signals[] = {{1, {3}},
                                     {3, {2, 6, 6}},
                                     {2, {2, 9}},
                                     {0, {0}},
                                     {1, {1}},
                                     {4, {2, 3, 1, 2}},
                                     {8, {1, 2, 1, 2, 1, 2, 1, 2}}};
    signal s = signals[program_take(p, sizeof signals / sizeof signals[0])];
    tree_text(p, file, "version", "1.0.7");
    hid_t top = add_group(file, "node");
    unsigned kind = program_odd(p) ? program_take(p, GRAPH) : GRAPH;
    if (kind == GRAPH) {
        put_graph(p, top, &s, 0);
    } else { /* a node that stands alone */
        tree_text(p, top, "type", nir_kind_name((nir_kind)kind));
        put_node(p, top, (nir_kind)kind, &s);
    }
    H5Gclose(top);
    for (unsigned n = program_take(p, 8); n > 0; n--) {
        edit(p, file);
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_start();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    program p = {data, size};
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    H5Pset_fclose_degree(access, H5F_CLOSE_STRONG); /* what failed, too */
    if (program_odd(&p)) {
        H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    }
    hid_t file = H5Fcreate(fuzz_path(), H5F_ACC_TRUNC, H5P_DEFAULT, access);
    put_file(&p, file);
    bool good = H5Fclose(file) >= 0;
    H5Pclose(access);
    if (!good) { /* HDF5 cannot write it, nor does it ever let go of it */
        fuzz_renew();
        return -1;
    }
    fuzz_keep();
    fuzz_read();
    return 0;
}
