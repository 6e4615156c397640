/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * network.h - the type Network: an snn_network, its ports, and a state.
 */
#ifndef SNN_PYTHON_NETWORK_H
#define SNN_PYTHON_NETWORK_H

#include "call.h"
#include "core.h"
#include "options.h"
#include "snn.h"

typedef struct network {
    PyObject_HEAD const core *core; /* of the module that the type belongs to */
    options options;                /* live as long as handle */
    snn_network *handle;
    const snn_network_info *info;
    PyObject *report; /* of warnings and notes: callable, or None */
    snn_state *state; /* NULL: before the first step */
    bool busy;        /* a thread uses state; guarded by the GIL */
} network;

/* Makes the type for a module. */
MUST_CHECK PyObject *network_type(PyObject *module);

/* The methods, as METH_VARARGS | METH_KEYWORDS, METH_NOARGS or METH_O. */
PyObject *network_start(PyObject *self, PyObject *unused);
PyObject *network_run(PyObject *self, PyObject *arguments, PyObject *words);
PyObject *network_step(PyObject *self, PyObject *arguments, PyObject *words);
PyObject *network_reset(PyObject *self, PyObject *unused);
PyObject *network_get_state(PyObject *self, PyObject *arguments,
                            PyObject *words);
PyObject *network_set_state(PyObject *self, PyObject *arguments,
                            PyObject *words);

/* The getter: "c" or "reference", None before the start. */
PyObject *network_backend(PyObject *self, void *unused);

/* Makes this thread the only one that uses the state; RuntimeError: one does.
 */
MUST_CHECK bool network_enter(network *n);
void network_leave(network *n);
/* Between these, without the GIL: the state, made where there is none yet. */
bool network_need_state(network *n);

/* What allocate makes for the numbers of a port. */
MUST_CHECK PyObject *network_allocate(PyObject *allocate, int rank,
                                      const int64_t *dim, const snn_port *port);

/* ValueError about numbers that were reported, of an "input" or a "state". */
void network_raise(const call *c, const char *what);

#endif
