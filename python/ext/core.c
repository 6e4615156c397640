/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * core.c - what exceptions say.
 */
#include "core.h"

#include <stdarg.h>

bool core_raise(PyObject *type, place at, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *text = PyUnicode_FromFormatV(format, values);
    va_end(values);
    if (text && at.name) {
        PyErr_Format(type, "%s '%s' %U", at.what, at.name, text);
    } else if (text) {
        PyErr_Format(type, "%s %U", at.what, text);
    }
    Py_XDECREF(text);
    return false;
}

/* The exception that is set, and none is then. */
static PyObject *take_exception(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (value && traceback) {
        PyException_SetTraceback(value, traceback);
    }
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return value;
}

bool core_refuse(place at)
{
    if (!PyErr_ExceptionMatches(PyExc_Exception)) {
        return false;
    }
    PyObject *cause = take_exception();
    core_raise(PyExc_TypeError, at, "cannot be read: %S",
               cause ? cause : Py_None);
    PyObject *error = take_exception();
    if (error && cause) {
        PyException_SetCause(error, cause); /* which is its own then */
    } else {
        Py_XDECREF(cause);
    }
    if (error) {
        PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    }
    Py_XDECREF(error);
    return false;
}

PyObject *core_shape(int rank, const int64_t *dim)
{
    PyObject *tuple = PyTuple_New(rank);
    for (int k = 0; k < rank && tuple; k++) {
        PyObject *number = PyLong_FromLongLong(dim[k]);
        if (!number || PyTuple_SetItem(tuple, k, number) != 0) {
            Py_CLEAR(tuple);
        }
    }
    return tuple;
}

bool core_callable(PyObject *object, const char *name)
{
    if (object == Py_None || PyCallable_Check(object)) {
        return true;
    }
    PyErr_Format(PyExc_TypeError, "'%s' must be callable or None, not %R", name,
                 (PyObject *)Py_TYPE(object));
    return false;
}
