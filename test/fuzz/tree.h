/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * tree.h - the fuzzer's bytes as a program that builds a .nir file.
 *
 * Each byte is one choice. A zero, and whatever stands behind the end, is what
 * is usual, so that a program of a few bytes makes a valid network with a few
 * odd places. Errors of HDF5 are ignored: what cannot be built is left out.
 */
#ifndef SNN_TEST_FUZZ_TREE_H
#define SNN_TEST_FUZZ_TREE_H

#include <hdf5.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct program {
    const uint8_t *at;
    size_t left;
} program;

typedef struct tree_shape {
    int rank;
    hsize_t dim[12];
} tree_shape;

/* The next choice out of n, at most 256; 0 when the program has ended. */
unsigned program_take(program *p, unsigned n);
/* True for one byte in 16 that is not zero. */
bool program_odd(program *p);

/* A dataset of numbers; integers of them must be some. */
void tree_numbers(program *p, hid_t group, const char *name,
                  const tree_shape *shape, bool integers);
/* A dataset of one string. */
void tree_text(program *p, hid_t group, const char *name, const char *text);
/* The edges of a graph: n pairs of names. */
void tree_edges(program *p, hid_t group, const char *const *names, size_t n);

/* The choices of data.c that other files need. */
hid_t tree_type(program *p);
hid_t tree_odd_space(program *p);

#endif
