/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * npy.h - arrays in numpy's file format, versions 1 to 3; for src/driver only.
 */
#ifndef SNN_DRIVER_NPY_H
#define SNN_DRIVER_NPY_H

#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "driver/files.h"
#include "snn.h"

enum { NPY_MAX_RANK = 16 };

/* How a number is stored in memory; the names are those of the IR. */
typedef enum number_type {
    NUMBER_I1, /* uint8_t, 0 or 1 */
    NUMBER_I8,
    NUMBER_I16,
    NUMBER_I32,
    NUMBER_F32,
    NUMBER_F64
} number_type;

int64_t number_size(number_type type);
/* Number i of data of this type. */
double npy_number(number_type type, const void *data, int64_t i);
/* Makes number i of data x, which the type holds. */
void npy_put(number_type type, void *data, int64_t i, double x);
/* Does the type hold a number that is finite? */
bool npy_fits(number_type type, double x);
/* The shape of an array for people: "(10, 4)", "(10,)". */
const char *npy_shape_text(int rank, const int64_t *dim, arena *a);

/* An array whose elements have not been converted yet. */
typedef struct npy {
    const char *path; /* what diagnostics call it */
    char kind;        /* 'b' bool, 'i', 'u', 'f' */
    int64_t size;     /* bytes of an element */
    bool swapped;     /* not this machine's byte order */
    bool fortran;     /* the first axis varies fastest */
    int rank;
    int64_t dim[NPY_MAX_RANK];
    int64_t count;
    const unsigned char *data;
} npy;

/* What reports call an array: its path or its node, whichever it has. */
const char *npy_name(const snn_array *given);
/* Reads the file into the arena, or takes the tensor, which is not copied. */
MUST_CHECK bool npy_open(const snn_array *given, arena *a, diag *d, npy *array);

/*
 * The elements, row-major, as the type: the array's own where they are just
 * that. Real numbers round to f32 to nearest, ties to even. Fails where one is
 * not finite, before or after that, and where the type cannot hold an integer,
 * or an integer type a number, exactly.
 */
MUST_CHECK bool npy_convert(const npy *array, number_type type, arena *a,
                            diag *d, const void **data);
/* Are the array's own elements row-major and of the type? */
bool npy_is(const npy *array, number_type type);
/* The same checks, and the elements to where there is room for all. */
MUST_CHECK bool npy_copy(const npy *array, number_type type, arena *a, diag *d,
                         void *to);
/* The checks alone, of an array that npy_is. */
MUST_CHECK bool npy_check(const npy *array, number_type type, arena *a,
                          diag *d);

/*
 * A file to write: i1 becomes uint8, the others what they are. The data must
 * live until it is written.
 */
file_text npy_file(const char *path, number_type type, int rank,
                   const int64_t *dim, const void *data, arena *a);

#endif
