/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * store.h - an HDF5 file as groups and datasets; for src/nir only.
 *
 * What is behind it knows HDF5 and no networks. Every function that can fail
 * reports at where ("file" or "file:node") and returns false. No link out of
 * the file is followed, no other file is opened, and nothing is allocated for
 * numbers that the file only declares.
 */
#ifndef SNN_NIR_STORE_H
#define SNN_NIR_STORE_H

#include "nir/heap.h"
#include "nir/nir.h"

typedef struct store {
    const char *path; /* that is read */
    const char *file; /* what diagnostics call it */
    arena *a;
    diag *d;
    int64_t id;                    /* of the open file */
    int64_t access;                /* property list: how links are followed */
    int64_t bytes;                 /* size of the file */
    int64_t left;                  /* numbers that may still be read */
    int64_t left_text;             /* bytes of strings and names */
    heap strings;                  /* those of variable length */
    int (*print)(int64_t, void *); /* HDF5's error printing, restored later */
    void *print_data;
} store;

typedef enum store_kind { STORE_GROUP, STORE_DATASET, STORE_OTHER } store_kind;

typedef struct store_object {
    int64_t id; /* not positive: nothing is open */
    store_kind kind;
    uint64_t address; /* equal for two links to one object */
    int64_t n_attributes;
} store_object;

typedef struct store_names {
    char **name; /* sorted bytewise */
    int64_t count;
    int64_t capacity;
    int64_t bytes; /* of all names; */
    int64_t most;  /* with more, the list ends */
    arena *a;
} store_names;

/* s has path, file, a and d; to be closed even after a failure. */
MUST_CHECK bool store_open(store *s);
void store_close(store *s);

/* The group has a link of that name, wherever it leads. */
bool store_has(const store *s, int64_t group, const char *name);
/* Opens what the link leads to; to be released if true. */
MUST_CHECK bool store_get(store *s, const char *where, int64_t group,
                          const char *name, store_object *object);
void store_release(store_object *object);
/* The names of all links in a group; at most NIR_MAX_NODES. */
MUST_CHECK bool store_list(store *s, const char *where, int64_t group,
                           store_names *names);
/* The top group has an attribute of that name. */
bool store_has_attribute(const store *s, const char *name);

/* Reads numbers: as NIR_I64 if they must be integers, else see nir_array. */
MUST_CHECK bool store_numbers(store *s, const char *where,
                              const store_object *object, const char *name,
                              bool integers, nir_array *out);
/* It is a dataset of one string. */
bool store_is_text(const store_object *object);
/* Reads one string. */
MUST_CHECK bool store_text(store *s, const char *where,
                           const store_object *object, const char *name,
                           char **text);

/* Takes one row of two strings, which end with the call. */
typedef bool (*store_pair)(void *user, const char *first, const char *second);
/* Passes each row of a dataset of shape (rows, 2) on; none if it is empty. */
MUST_CHECK bool store_pairs(store *s, const char *where,
                            const store_object *object, const char *name,
                            store_pair pair, void *user);

/* Takes a string of that many bytes from what may still be read. */
MUST_CHECK bool store_take_text(store *s, const char *where, int64_t bytes);
/* HDF5's reason for the call that failed last; for read_*.c only. */
const char *store_reason(const store *s);

#endif
