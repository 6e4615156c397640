/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * array.h - numbers that Python owns, as the library takes them.
 *
 * Taken are objects with the buffer protocol, and those with __dlpack__ on a
 * CPU. They are copied only where they are not C-contiguous, not in this
 * machine's byte order, not aligned, or float16.
 */
#ifndef SNN_PYTHON_ARRAY_H
#define SNN_PYTHON_ARRAY_H

#include "core.h"
#include "snn.h"

enum { ARRAY_MAX_RANK = 32 };

/* Zeroed, it holds nothing. It may not be moved while it holds something. */
typedef struct array {
    snn_tensor tensor; /* what the library gets */
    int64_t count;     /* of its elements */
    int64_t dim[ARRAY_MAX_RANK];
    int64_t stride[ARRAY_MAX_RANK]; /* in the object; in bytes */
    int itemsize;                   /* in the object */
    bool swapped;                   /* is the object of foreign byte order? */
    bool readonly;
    bool viewed; /* is there a view? */
    Py_buffer view;
    void *managed; /* of DLPack: its struct, to be given back */
    bool versioned;
    void *copy; /* malloc; NULL: tensor.data belongs to the object */
} array;

/* May array_take like it? An exception is not set. */
MUST_CHECK bool array_is(PyObject *object);

/*
 * Takes the numbers of an object, to be released in any case. TypeError: no
 * array, or of no integers, bools or floats. ValueError: on a device.
 */
MUST_CHECK bool array_take(array *a, PyObject *object, place at);

/*
 * Takes an object to be written to: count elements of a kind and size. It must
 * be C-contiguous, aligned and writable; ValueError where it is not.
 */
MUST_CHECK bool array_take_output(array *a, PyObject *object, place at,
                                  const snn_port *port, int64_t count);

/* Gives back what was taken; then it holds nothing. */
void array_release(array *a);

/* The struct format of a port's numbers: "f". */
const char *array_format(const snn_port *port);

#endif
