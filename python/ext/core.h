/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * core.h - what all files of the extension share: the state of the module.
 *
 * A function that returns bool or a pointer returns false or NULL with a Python
 * exception set, and is called with the GIL, where nothing else is said.
 */
#ifndef SNN_PYTHON_CORE_H
#define SNN_PYTHON_CORE_H

#include <Python.h>

#include <stdbool.h>

#define MUST_CHECK __attribute__((warn_unused_result))

/* One for each interpreter that imports the module. */
typedef struct core {
    PyObject *compile_error; /* CompileError */
    PyObject *diagnostic;    /* Diagnostic */
    PyObject *port;          /* Port */
    PyObject *network;       /* Network */
} core;

/* What an argument is called in an exception: "input 'lif'"; without a name:
 * what alone. */
typedef struct place {
    const char *what;
    const char *name;
} place;

/* Raises type with the place and the formatted text. Returns false. */
bool core_raise(PyObject *type, place at, const char *format, ...);

/*
 * In place of the exception of the object there: a TypeError that has its text
 * and its cause. One that is no Exception, as KeyboardInterrupt, stays. Returns
 * false.
 */
bool core_refuse(place at);

/* "(3, 10)". */
MUST_CHECK PyObject *core_shape(int rank, const int64_t *dim);

/* Raises TypeError where the argument of this name is no function, nor None. */
MUST_CHECK bool core_callable(PyObject *object, const char *name);

#endif
