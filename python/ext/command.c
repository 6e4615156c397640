/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * command.c - owns the words of a command line while it runs. Python is let go
 * meanwhile: signals and C's standard streams are as the caller left them.
 */
#include "command.h"

#include <limits.h>
#include <stdbool.h>

#include "tools/snnc.h"

/* Words as C has them; `bytes` keeps their text alive. */
typedef struct command_line {
    PyObject *bytes; /* a list */
    char **words;    /* with a null pointer behind the last */
    int count;
} command_line;

static void release(command_line *line)
{
    Py_XDECREF(line->bytes);
    PyMem_Free(line->words);
}

/* Appends a str; false with an exception. */
static bool add_word(command_line *line, PyObject *word)
{
    PyObject *bytes = NULL;
    if (!PyUnicode_FSConverter(word, &bytes)) {
        return false;
    }
    int status = PyList_Append(line->bytes, bytes);
    Py_DECREF(bytes); /* the list holds it */
    if (status != 0) {
        return false;
    }
    line->words[line->count] = PyBytes_AsString(bytes);
    return line->words[line->count++] != NULL;
}

/* All of a tuple; false with an exception. What there is, is to be released. */
static bool add_words(command_line *line, PyObject *tuple)
{
    Py_ssize_t count = PyTuple_Size(tuple);
    if (count < 0 || count >= INT_MAX) {
        PyErr_SetString(PyExc_ValueError, "too many arguments");
        return false;
    }
    line->bytes = PyList_New(0);
    line->words = PyMem_Calloc((size_t)count + 1, sizeof *line->words);
    if (!line->bytes || !line->words) {
        PyErr_NoMemory();
        return false;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        if (!add_word(line, PyTuple_GetItem(tuple, i))) {
            return false;
        }
    }
    return true;
}

PyObject *command_main(PyObject *module, PyObject *arguments)
{
    (void)module;
    PyObject *tuple = PySequence_Tuple(arguments);
    if (!tuple) {
        return NULL;
    }
    command_line line = {0};
    int status = -1;
    if (add_words(&line, tuple)) {
        Py_BEGIN_ALLOW_THREADS status = snnc_main(line.count, line.words);
        Py_END_ALLOW_THREADS
    }
    release(&line);
    Py_DECREF(tuple);
    return status < 0 ? NULL : PyLong_FromLong(status);
}
