/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * named.h - dicts of names to arrays, paths and numbers, as snn_array lists;
 * and Python's words and numbers as text.
 */
#ifndef SNN_PYTHON_NAMED_H
#define SNN_PYTHON_NAMED_H

#include "array.h"
#include "core.h"
#include "snn.h"

/* Zeroed, it holds nothing. */
typedef struct named {
    snn_array *items;
    array *arrays; /* of those items that have a tensor */
    Py_ssize_t n;
} named;

/* Which values a dict may have beside arrays and paths. */
typedef enum named_kind {
    NAMED_ARRAYS,  /* no others; the key None is the only one */
    NAMED_SETTINGS /* numbers and words; no key is None */
} named_kind;

/*
 * Takes a mapping that is called what; to be released in any case. Text goes to
 * keep, a list that must live as long.
 */
MUST_CHECK bool named_take(named *d, PyObject *mapping, const char *what,
                           named_kind kind, PyObject *keep);
void named_release(named *d);

/* Is a message about an array in memory that this dict has? */
bool named_has_array(const named *d, const char *where);

/* A str as UTF-8, without null characters. */
MUST_CHECK const char *named_word(PyObject *value, place at, PyObject *keep);
/* A str, bytes or os.PathLike as the file system has it. */
MUST_CHECK const char *named_path(PyObject *value, PyObject *keep);
/* A number as text that reads back to the same number; it may be a str. */
MUST_CHECK const char *named_number(PyObject *value, place at, PyObject *keep);

/* Is it a str, or has it __fspath__? */
bool named_is_path(PyObject *value);

#endif
