/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * report.h - what the library reports, as Python gets it.
 */
#ifndef SNN_PYTHON_REPORT_H
#define SNN_PYTHON_REPORT_H

#include "core.h"
#include "pieces.h"
#include "snn.h"

typedef struct message {
    snn_severity severity;
    char *where;
    char *text;
} message;

/* What one call has reported, in order. Zeroed, it is empty. */
typedef struct reports {
    message *messages;
    Py_ssize_t n;
    Py_ssize_t capacity;
    Py_ssize_t told; /* so many have been told */
    bool lost;       /* there was no memory for one */
} reports;

/* Needs no GIL. */
void report_add(reports *r, snn_severity severity, const char *where,
                const char *text);
void report_release(reports *r);

/* The first error; NULL: there is none. */
const message *report_error(const reports *r);

/* Raises CompileError with all messages about a model of this name. */
void report_raise(const core *c, const reports *r, const char *name);

/* Calls listener (None: nobody) with each message that has not been told. */
MUST_CHECK bool report_tell(const core *c, reports *r, const char *name,
                            PyObject *listener);

/* Appends "net.nir:lif: error: text", a line each. Needs no GIL. */
void report_print(const reports *r, pieces *to);

#endif
