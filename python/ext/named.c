/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * named.c - text lives as long as the objects that it was taken from, which are
 * kept in a list.
 */
#include "named.h"

#include <string.h>

/*===- text -----------------------------------------------------------------*/

const char *named_word(PyObject *value, place at, PyObject *keep)
{
    Py_ssize_t size = 0;
    if (!PyUnicode_Check(value)) {
        core_raise(PyExc_TypeError, at, "must be a str, not %R",
                   (PyObject *)Py_TYPE(value));
        return NULL;
    }
    const char *text = PyUnicode_AsUTF8AndSize(value, &size);
    if (text && strlen(text) != (size_t)size) {
        core_raise(PyExc_ValueError, at, "has a null character");
        return NULL;
    }
    return text && PyList_Append(keep, value) == 0 ? text : NULL;
}

const char *named_path(PyObject *value, PyObject *keep)
{
    PyObject *bytes = NULL;
    if (!PyUnicode_FSConverter(value, &bytes)) {
        return NULL;
    }
    const char *text =
        PyList_Append(keep, bytes) == 0 ? PyBytes_AsString(bytes) : NULL;
    Py_DECREF(bytes); /* the list holds it */
    return text;
}

/* An int in full, anything else as a double. */
static PyObject *number_text(PyObject *value)
{
    if (PyLong_Check(value)) {
        PyObject *number = PyNumber_Index(value);
        PyObject *text = number ? PyNumber_ToBase(number, 10) : NULL;
        Py_XDECREF(number);
        return text;
    }
    double number = PyFloat_AsDouble(value);
    if (PyErr_Occurred()) {
        return NULL;
    }
    char *digits = PyOS_double_to_string(number, 'r', 0, 0, NULL);
    PyObject *text = digits ? PyUnicode_FromString(digits) : NULL;
    PyMem_Free(digits);
    return text;
}

const char *named_number(PyObject *value, place at, PyObject *keep)
{
    if (PyUnicode_Check(value)) {
        return named_word(value, at, keep);
    }
    PyObject *number = PyBool_Check(value) ? NULL : number_text(value);
    if (!number &&
        (PyBool_Check(value) || PyErr_ExceptionMatches(PyExc_TypeError))) {
        core_raise(PyExc_TypeError, at, "must be a number or a str, not %R",
                   (PyObject *)Py_TYPE(value));
    }
    const char *text = number ? named_word(number, at, keep) : NULL;
    Py_XDECREF(number);
    return text;
}

bool named_is_path(PyObject *value)
{
    return PyUnicode_Check(value) ||
           PyObject_HasAttrString((PyObject *)Py_TYPE(value), "__fspath__");
}

/*===- dicts ----------------------------------------------------------------*/

/* "data['input']", for messages. */
static const char *label_of(const char *what, PyObject *key, PyObject *keep)
{
    PyObject *label = key == Py_None
                          ? PyUnicode_FromString(what)
                          : PyUnicode_FromFormat("%s[%R]", what, key);
    place at = {what, NULL};
    const char *text = label ? named_word(label, at, keep) : NULL;
    Py_XDECREF(label);
    return text;
}

/* Is it a number, and no array? A scalar of numpy is both, and no matter. */
static bool is_number(PyObject *value)
{
    return PyFloat_Check(value) || PyLong_Check(value) ||
           (!array_is(value) && PyNumber_Check(value));
}

MUST_CHECK static bool take_key(snn_array *item, PyObject *key, place at,
                                named_kind kind, PyObject *keep)
{
    if (key == Py_None && kind == NAMED_ARRAYS) {
        return true;
    }
    if (!PyUnicode_Check(key)) {
        return core_raise(PyExc_TypeError, at, "has a key that is no str: %R",
                          key);
    }
    item->node = named_word(key, at, keep);
    return item->node != NULL;
}

MUST_CHECK static bool take_value(snn_array *item, array *a, PyObject *value,
                                  named_kind kind, PyObject *keep)
{
    place at = {item->path, NULL};
    if (named_is_path(value)) {
        item->path = named_path(value, keep);
        return item->path != NULL;
    }
    if (kind == NAMED_SETTINGS && is_number(value)) {
        item->path = named_number(value, at, keep);
        return item->path != NULL;
    }
    if (!array_is(value)) {
        return core_raise(PyExc_TypeError, at, "must be %s, not %R",
                          kind == NAMED_SETTINGS
                              ? "a number, a str, a path or an array"
                              : "an array or the path of a .npy file",
                          (PyObject *)Py_TYPE(value));
    }
    item->tensor = &a->tensor;
    return array_take(a, value, at);
}

MUST_CHECK static bool take_item(named *d, Py_ssize_t i, PyObject *pair,
                                 const char *what, named_kind kind,
                                 PyObject *keep)
{
    PyObject *key, *value;
    place at = {what, NULL};
    if (!PyTuple_Check(pair) || !PyArg_ParseTuple(pair, "OO", &key, &value) ||
        !take_key(&d->items[i], key, at, kind, keep)) {
        return false;
    }
    d->items[i].path = label_of(what, key, keep);
    return d->items[i].path &&
           take_value(&d->items[i], &d->arrays[i], value, kind, keep);
}

MUST_CHECK static bool reserve(named *d, Py_ssize_t n)
{
    d->items = PyMem_Calloc((size_t)n + 1, sizeof *d->items);
    d->arrays = PyMem_Calloc((size_t)n + 1, sizeof *d->arrays);
    d->n = n;
    if (!d->items || !d->arrays) {
        PyErr_NoMemory();
        return false;
    }
    return true;
}

bool named_take(named *d, PyObject *mapping, const char *what, named_kind kind,
                PyObject *keep)
{
    place at = {what, NULL};
    /* A list has no items, and a str is a mapping to PyMapping_Check. */
    PyObject *items = PyObject_HasAttrString(mapping, "items")
                          ? PyMapping_Items(mapping)
                          : NULL;
    if (!items) {
        return PyErr_Occurred() != NULL
                   ? false
                   : core_raise(PyExc_TypeError, at,
                                "must be a dict of names, not %R",
                                (PyObject *)Py_TYPE(mapping));
    }
    Py_ssize_t n = PyList_Size(items);
    named_release(d); /* a mapping of another class may have a name twice */
    bool good = reserve(d, n);
    for (Py_ssize_t i = 0; i < n && good; i++) {
        good = take_item(d, i, PyList_GetItem(items, i), what, kind, keep);
    }
    Py_DECREF(items);
    return good;
}

bool named_has_array(const named *d, const char *where)
{
    for (Py_ssize_t i = 0; i < d->n; i++) {
        if (d->items[i].tensor && strcmp(d->items[i].path, where) == 0) {
            return true;
        }
    }
    return false;
}

void named_release(named *d)
{
    for (Py_ssize_t i = 0; i < d->n && d->arrays; i++) {
        array_release(&d->arrays[i]);
    }
    PyMem_Free(d->items);
    PyMem_Free(d->arrays);
    *d = (named){0};
}
