/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * options.h - a model and a dict of options as snn_options.
 */
#ifndef SNN_PYTHON_OPTIONS_H
#define SNN_PYTHON_OPTIONS_H

#include "core.h"
#include "named.h"
#include "snn.h"

/* Zeroed, it holds nothing. It may not be moved while it holds something. */
typedef struct options {
    snn_options c; /* with report and interrupted set */
    named settings;
    named data;
    PyObject *keep; /* a list: what the text above belongs to */
} options;

/*
 * Takes a model, (name, file), and a mapping of options; to be released in any
 * case. TypeError: an unknown name, or a value of the wrong type.
 */
MUST_CHECK bool options_take(options *o, PyObject *model, PyObject *mapping);
void options_release(options *o);

/* Is this an option without a value? As the command line has it, with -. */
bool options_is_flag(const char *name, size_t size);

/* A tuple of the names of all options. */
MUST_CHECK PyObject *options_names(void);

#endif
