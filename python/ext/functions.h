/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * functions.h - the functions of the module that compile, check and verify.
 */
#ifndef SNN_PYTHON_FUNCTIONS_H
#define SNN_PYTHON_FUNCTIONS_H

#include <Python.h>

PyObject *functions_options(PyObject *module, PyObject *unused);
PyObject *functions_spelled(PyObject *module, PyObject *text);
PyObject *functions_build(PyObject *module, PyObject *arguments,
                          PyObject *words);
PyObject *functions_mlir(PyObject *module, PyObject *arguments,
                         PyObject *words);
PyObject *functions_check(PyObject *module, PyObject *arguments,
                          PyObject *words);
PyObject *functions_inspect(PyObject *module, PyObject *arguments,
                            PyObject *words);
PyObject *functions_verify(PyObject *module, PyObject *arguments,
                           PyObject *words);

#endif
