/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * module.c - the module _core: its functions, and its constants.
 */
#include <Python.h>

#include "command.h"
#include "snn.h"

static PyMethodDef methods[] = {
    {"main", command_main, METH_O,
     "main(arguments)\n--\n\n"
     "The command line `snnc`; arguments[0] is what it is called."},
    {NULL, NULL, 0, NULL},
};

static int fill(PyObject *module)
{
    return PyModule_AddStringConstant(module, "__version__", snn_version());
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)(uintptr_t)fill},
    {0, NULL},
};

static PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_core",
    .m_doc = "The C extension of snn_mlir: a thin face of snn.h.",
    .m_methods = methods,
    .m_slots = slots,
};

PyMODINIT_FUNC PyInit__core(void);
PyMODINIT_FUNC PyInit__core(void) { return PyModuleDef_Init(&definition); }
