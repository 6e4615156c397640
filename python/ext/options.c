/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * options.c - the table of options. Their names are those of the command line.
 */
#include "options.h"

#include <stddef.h>
#include <string.h>

#include "call.h"

typedef enum option_kind {
    WORD,
    NUMBER,
    PATH, /* or a word */
    FLAG,
    SETTINGS,
    DATA
} option_kind;

typedef struct option {
    const char *name;
    option_kind kind;
    size_t place; /* in snn_options; of SETTINGS and DATA unused */
} option;

static const option table[] = {
    {"name", WORD, offsetof(snn_options, name)},
    {"dt", NUMBER, offsetof(snn_options, dt)},
    {"semantics", WORD, offsetof(snn_options, semantics)},
    {"reset", WORD, offsetof(snn_options, reset)},
    {"reset_delay", FLAG, offsetof(snn_options, reset_delay)},
    {"feedback", WORD, offsetof(snn_options, feedback)},
    {"strict_nir", FLAG, offsetof(snn_options, strict_nir)},
    {"set", SETTINGS, 0},
    {"type", WORD, offsetof(snn_options, type)},
    {"input_kind", WORD, offsetof(snn_options, input_kind)},
    {"fold", WORD, offsetof(snn_options, fold)},
    {"weights", WORD, offsetof(snn_options, weights)},
    {"quantize", PATH, offsetof(snn_options, quantize)},
    {"data", DATA, 0},
    {"state", NUMBER, offsetof(snn_options, state_bits)},
    {"granularity", WORD, offsetof(snn_options, granularity)},
    {"scales", WORD, offsetof(snn_options, scales)},
    {"rounding", WORD, offsetof(snn_options, rounding)},
    {"borders", WORD, offsetof(snn_options, borders)},
    {"target_f1", NUMBER, offsetof(snn_options, target_f1)},
    {"max_rom", NUMBER, offsetof(snn_options, max_rom)},
    {"max_ram", NUMBER, offsetof(snn_options, max_ram)},
    {"quantize_out", PATH, offsetof(snn_options, quantize_out)},
    {"dense", FLAG, offsetof(snn_options, dense)},
    {"input_events", FLAG, offsetof(snn_options, input_events)},
};

enum { N_OPTIONS = sizeof table / sizeof *table };

PyObject *options_names(void)
{
    PyObject *names = PyTuple_New(N_OPTIONS);
    for (int i = 0; i < N_OPTIONS && names; i++) {
        PyObject *name = PyUnicode_FromString(table[i].name);
        if (!name || PyTuple_SetItem(names, i, name) != 0) {
            Py_CLEAR(names);
        }
    }
    return names;
}

/*===- names ----------------------------------------------------------------*/

/* A list with the name that is most like a word, or an empty one. */
static PyObject *find_nearest(PyObject *word)
{
    PyObject *names = options_names();
    PyObject *module = names ? PyImport_ImportModule("difflib") : NULL;
    PyObject *nearest = module
                            ? PyObject_CallMethod(module, "get_close_matches",
                                                  "OOi", word, names, 1)
                            : NULL;
    Py_XDECREF(module);
    Py_XDECREF(names);
    return nearest;
}

static void raise_unknown(PyObject *word)
{
    PyObject *nearest = find_nearest(word);
    if (nearest && PyList_Size(nearest) > 0) {
        PyErr_Format(PyExc_TypeError, "unknown option %R; did you mean %R?",
                     word, PyList_GetItem(nearest, 0));
    } else if (nearest) {
        PyErr_Format(PyExc_TypeError, "unknown option %R", word);
    }
    Py_XDECREF(nearest);
}

static const option *find_option(PyObject *word)
{
    if (!PyUnicode_Check(word)) {
        PyErr_Format(PyExc_TypeError, "the name of an option is a str, not %R",
                     word);
        return NULL;
    }
    for (int i = 0; i < N_OPTIONS; i++) {
        if (PyUnicode_CompareWithASCIIString(word, table[i].name) == 0) {
            return &table[i];
        }
    }
    raise_unknown(word);
    return NULL;
}

/* Are they the same, but for - in place of _? */
static bool is_same(const char *name, const char *given, size_t size)
{
    bool same = strlen(name) == size;
    for (size_t i = 0; i < size && same; i++) {
        same = given[i] == (name[i] == '_' ? '-' : name[i]);
    }
    return same;
}

bool options_is_flag(const char *name, size_t size)
{
    for (int i = 0; i < N_OPTIONS; i++) {
        if (table[i].kind == FLAG && is_same(table[i].name, name, size)) {
            return true;
        }
    }
    return false;
}

/*===- values ---------------------------------------------------------------*/

MUST_CHECK static bool take_flag(options *o, const option *row, PyObject *value,
                                 place at)
{
    if (!PyBool_Check(value)) {
        return core_raise(PyExc_TypeError, at, "must be a bool, not %R",
                          (PyObject *)Py_TYPE(value));
    }
    bool flag = value == Py_True;
    memcpy((char *)&o->c + row->place, &flag, sizeof flag);
    return true;
}

MUST_CHECK static bool take_text(options *o, const option *row, PyObject *value,
                                 place at)
{
    const char *text = NULL;
    if (row->kind == NUMBER) {
        text = named_number(value, at, o->keep);
    } else if (row->kind == WORD) {
        text = named_word(value, at, o->keep);
    } else if (named_is_path(value)) {
        text = named_path(value, o->keep);
    } else {
        return core_raise(PyExc_TypeError, at,
                          "must be a str or a path, not %R",
                          (PyObject *)Py_TYPE(value));
    }
    memcpy((char *)&o->c + row->place, &text, sizeof text);
    return text != NULL;
}

MUST_CHECK static bool take_option(options *o, PyObject *word, PyObject *value)
{
    const option *row = find_option(word);
    if (!row || value == Py_None) {
        return row != NULL;
    }
    place at = {"option", row->name};
    switch (row->kind) {
    case FLAG:
        return take_flag(o, row, value, at);
    case SETTINGS:
        return named_take(&o->settings, value, row->name, NAMED_SETTINGS,
                          o->keep);
    case DATA:
        return named_take(&o->data, value, row->name, NAMED_ARRAYS, o->keep);
    default:
        return take_text(o, row, value, at);
    }
}

MUST_CHECK static bool take_model(options *o, PyObject *model)
{
    PyObject *name, *file;
    if (!PyTuple_Check(model) || PyTuple_Size(model) != 2) {
        PyErr_Format(PyExc_TypeError, "a model is a tuple (name, file), not %R",
                     (PyObject *)Py_TYPE(model));
        return false;
    }
    if (!PyArg_ParseTuple(model, "OO", &name, &file)) {
        return false;
    }
    o->c.model = named_path(name, o->keep);
    o->c.file = o->c.model ? named_path(file, o->keep) : NULL;
    return o->c.file != NULL;
}

MUST_CHECK static bool take_options(options *o, PyObject *mapping)
{
    PyObject *items = PyObject_HasAttrString(mapping, "items")
                          ? PyMapping_Items(mapping)
                          : NULL;
    if (!items) {
        if (!PyErr_Occurred()) {
            PyErr_Format(PyExc_TypeError, "options are a dict, not %R",
                         (PyObject *)Py_TYPE(mapping));
        }
        return false;
    }
    bool good = true;
    for (Py_ssize_t i = 0; i < PyList_Size(items) && good; i++) {
        PyObject *word, *value;
        PyObject *pair = PyList_GetItem(items, i);
        good = PyArg_ParseTuple(pair, "OO", &word, &value) &&
               take_option(o, word, value);
    }
    Py_DECREF(items);
    return good;
}

bool options_take(options *o, PyObject *model, PyObject *mapping)
{
    o->keep = PyList_New(0);
    if (!o->keep || !take_model(o, model) || !take_options(o, mapping)) {
        return false;
    }
    o->c.settings = o->settings.items;
    o->c.n_settings = o->settings.n;
    o->c.data = o->data.items;
    o->c.n_data = o->data.n;
    call_hooks(&o->c);
    return true;
}

void options_release(options *o)
{
    named_release(&o->settings);
    named_release(&o->data);
    Py_CLEAR(o->keep);
}
