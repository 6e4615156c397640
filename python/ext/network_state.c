/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * network_state.c - a Network's own state: who uses it, and its numbers. It is
 * made when it is first needed, since that compiles the C.
 */
#include <stdlib.h>
#include <string.h>

#include "array.h"
#include "network.h"

/*===- who uses it ----------------------------------------------------------*/

bool network_enter(network *n)
{
    if (n->busy) {
        PyErr_Format(PyExc_RuntimeError,
                     "the state of '%s' is in use by another thread",
                     n->info->name);
        return false;
    }
    n->busy = true;
    return true;
}

void network_leave(network *n) { n->busy = false; }

bool network_need_state(network *n)
{
    n->state = n->state ? n->state : snn_state_create(n->handle);
    return n->state != NULL;
}

void network_raise(const call *c, const char *what)
{
    const message *error = report_error(&c->report);
    if (error && !PyErr_Occurred()) {
        PyErr_Format(PyExc_ValueError, "%s '%s': %s", what, error->where,
                     error->text);
    }
}

PyObject *network_reset(PyObject *self, PyObject *unused)
{
    (void)unused;
    network *n = (network *)self;
    if (!network_enter(n)) {
        return NULL;
    }
    if (n->state) {
        snn_state_reset(n->state);
    }
    network_leave(n);
    return Py_NewRef(Py_None);
}

/* The port of a state; NULL with IndexError. */
static const snn_port *find_state(const network *n, Py_ssize_t index)
{
    if (index < 0 || index >= n->info->n_states) {
        PyErr_Format(PyExc_IndexError, "state %zd of '%s', which has %lld",
                     index, n->info->name, (long long)n->info->n_states);
        return NULL;
    }
    return &n->info->states[index];
}

/*===- getting --------------------------------------------------------------*/

/* Fills an array that was taken. */
static bool get(network *n, Py_ssize_t index, const array *a)
{
    call c = {.core = n->core, .name = n->options.c.model};
    if (!network_enter(n)) {
        return false;
    }
    call_begin(&c);
    bool good =
        network_need_state(n) &&
        snn_state_get(n->state, index, (void *)(uintptr_t)a->tensor.data);
    call_end(&c);
    network_leave(n);
    return call_finish(&c, good, n->report);
}

PyObject *network_get_state(PyObject *self, PyObject *arguments,
                            PyObject *words)
{
    static char *names[] = {"index", "allocate", NULL};
    network *n = (network *)self;
    PyObject *allocate;
    Py_ssize_t index;
    if (!PyArg_ParseTupleAndKeywords(arguments, words, "nO:get_state", names,
                                     &index, &allocate)) {
        return NULL;
    }
    const snn_port *port = find_state(n, index);
    PyObject *made =
        port ? network_allocate(allocate, port->rank, port->dim, port) : NULL;
    if (!made) {
        return NULL;
    }
    array a = {0};
    place at = {"state", port->name};
    if (!array_take_output(&a, made, at, port, port->size) ||
        !get(n, index, &a)) {
        Py_CLEAR(made);
    }
    array_release(&a);
    return made;
}

/*===- setting --------------------------------------------------------------*/

/* One number as it stands in a state. */
typedef struct element {
    unsigned char bytes[8];
} element;

/* A float rounds to the state's type; an int must be one of it. */
MUST_CHECK static bool take_number(element *e, PyObject *value,
                                   const snn_port *port)
{
    place at = {"state", port->name};
    if (port->kind == 'f') {
        double number = PyFloat_AsDouble(value);
        float single = (float)number;
        if (port->itemsize == 8) {
            memcpy(e->bytes, &number, sizeof number);
        } else {
            memcpy(e->bytes, &single, sizeof single);
        }
        return !PyErr_Occurred();
    }
    PyObject *index = PyNumber_Index(value);
    int overflow = 0;
    long long number =
        index ? PyLong_AsLongLongAndOverflow(index, &overflow) : 0;
    Py_XDECREF(index);
    if (!index) {
        return false;
    }
    int64_t least = port->kind == 'u' ? 0 : INT32_MIN;
    int64_t most = port->kind == 'u' ? 1 : INT32_MAX;
    if (overflow != 0 || number < least || number > most) {
        return core_raise(PyExc_ValueError, at,
                          "cannot be %R, expected %lld to %lld", value,
                          (long long)least, (long long)most);
    }
    int32_t wide = (int32_t)number;
    uint8_t spike = (uint8_t)number;
    memcpy(e->bytes, port->kind == 'u' ? (void *)&spike : (void *)&wide,
           port->kind == 'u' ? sizeof spike : sizeof wide);
    return true;
}

/* As many of one number as the state has; malloc. */
static void *repeat(PyObject *value, const snn_port *port)
{
    element e;
    size_t size = (size_t)port->itemsize;
    if (!take_number(&e, value, port)) {
        return NULL;
    }
    unsigned char *all = malloc(size * (size_t)port->size + 1);
    if (!all) {
        PyErr_NoMemory();
        return NULL;
    }
    for (int64_t i = 0; i < port->size; i++) {
        memcpy(all + (size_t)i * size, e.bytes, size);
    }
    return all;
}

/* Converts the tensor, if there is one, and sets numbers. Frees numbers. */
static bool set(network *n, Py_ssize_t index, const snn_tensor *tensor,
                void *numbers)
{
    const snn_port *port = &n->info->states[index];
    call c = {.core = n->core, .name = n->options.c.model};
    bool entered = network_enter(n);
    bool good = false;
    if (entered) {
        call_begin(&c);
        bool ready = network_need_state(n);
        good = ready &&
               (!tensor || snn_convert(&n->options.c, port->name, tensor, port,
                                       &numbers)) &&
               snn_state_set(n->state, index, numbers);
        call_end(&c);
        network_leave(n);
        if (ready && !good) {
            network_raise(&c, "state");
        }
        good = call_finish(&c, good, n->report);
    }
    if (!tensor || numbers != tensor->data) {
        free(numbers);
    }
    return good;
}

MUST_CHECK static bool fits(const array *a, const snn_port *port)
{
    bool same = a->tensor.rank == port->rank;
    for (int k = 0; k < port->rank && same; k++) {
        same = a->dim[k] == port->dim[k];
    }
    if (same) {
        return true;
    }
    place at = {"state", port->name};
    PyObject *given = core_shape(a->tensor.rank, a->dim);
    PyObject *expected = core_shape(port->rank, port->dim);
    if (given && expected) {
        core_raise(PyExc_ValueError, at,
                   "has shape %S, expected %S or one number", given, expected);
    }
    Py_XDECREF(given);
    Py_XDECREF(expected);
    return false;
}

MUST_CHECK static bool set_number(network *n, Py_ssize_t index, PyObject *value)
{
    void *numbers = repeat(value, &n->info->states[index]);
    return numbers && set(n, index, NULL, numbers);
}

MUST_CHECK static bool set_array(network *n, Py_ssize_t index, PyObject *value)
{
    const snn_port *port = &n->info->states[index];
    array a = {0};
    place at = {"state", port->name};
    bool good = array_take(&a, value, at);
    if (good && a.tensor.rank == 0 && port->rank > 0) {
        PyObject *number = /* a bool of NumPy has no __index__ */
            a.tensor.kind == 'b'
                ? PyBool_FromLong(*(const uint8_t *)a.tensor.data)
                : Py_NewRef(value);
        good = set_number(n, index, number);
        Py_DECREF(number);
    } else {
        good = good && fits(&a, port) && set(n, index, &a.tensor, NULL);
    }
    array_release(&a);
    return good;
}

PyObject *network_set_state(PyObject *self, PyObject *arguments,
                            PyObject *words)
{
    static char *names[] = {"index", "numbers", NULL};
    network *n = (network *)self;
    PyObject *numbers;
    Py_ssize_t index;
    if (!PyArg_ParseTupleAndKeywords(arguments, words, "nO:set_state", names,
                                     &index, &numbers) ||
        !find_state(n, index)) {
        return NULL;
    }
    bool one = PyFloat_Check(numbers) || PyLong_Check(numbers);
    bool good =
        one ? set_number(n, index, numbers) : set_array(n, index, numbers);
    return good ? Py_NewRef(Py_None) : NULL;
}
