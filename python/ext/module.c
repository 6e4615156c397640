/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * module.c - the module _core: its functions, classes and constants. All that
 * it has is in its state, so that each interpreter has its own.
 */
#include "command.h"
#include "core.h"
#include "functions.h"
#include "network.h"
#include "snn.h"

/*===- functions ------------------------------------------------------------*/

static const char main_doc[] =
    "main(arguments)\n--\n\n"
    "The command line `snnc`; arguments[0] is what it is called.";
static const char options_doc[] = "options()\n--\n\n"
                                  "The names of all options, as a tuple.";
static const char spelled_doc[] =
    "spelled(text)\n--\n\n"
    "A text of the library with its options as they are written in Python:\n"
    "'--dt=1e-3 --dense' becomes 'dt=1e-3, dense=True'.";
static const char build_doc[] =
    "build(model, options, directory, report)\n--\n\n"
    "Writes the C as `snnc build` does; the paths of the files.";
static const char mlir_doc[] =
    "mlir(model, options, stage, report)\n--\n\n"
    "The IR at a stage as text: 'network', 'step', 'quantized', 'linalg' or\n"
    "'loops'.";
static const char check_doc[] =
    "check(model, options, json)\n--\n\n"
    "Every problem of a file: whether it compiles, and text or JSON.";
static const char inspect_doc[] =
    "inspect(model, options, json)\n--\n\n"
    "What is in a file: whether it could be read, and text or JSON. Problems\n"
    "are in the JSON, or stand before the text.";
static const char verify_doc[] =
    "verify(model, options, inputs, expected, *, reference=False, both=False, "
    "atol=None, rtol=None, min_f1=None, json=True, progress=None, "
    "report=None)\n--\n\n"
    "Runs the network and compares it with what was recorded: whether it is\n"
    "equal, or near enough, and text or JSON. Arrays, or paths of .npy files,\n"
    "are of shape (steps, *shape) or (samples, steps, *shape).";

/* A function with keywords, as the table has it. */
#define WITH_WORDS(function) (PyCFunction)(void (*)(void))(function)

static PyMethodDef methods[] = {
    {"main", command_main, METH_O, main_doc},
    {"options", functions_options, METH_NOARGS, options_doc},
    {"spelled", functions_spelled, METH_O, spelled_doc},
    {"build", WITH_WORDS(functions_build), METH_VARARGS | METH_KEYWORDS,
     build_doc},
    {"mlir", WITH_WORDS(functions_mlir), METH_VARARGS | METH_KEYWORDS,
     mlir_doc},
    {"check", WITH_WORDS(functions_check), METH_VARARGS | METH_KEYWORDS,
     check_doc},
    {"inspect", WITH_WORDS(functions_inspect), METH_VARARGS | METH_KEYWORDS,
     inspect_doc},
    {"verify", WITH_WORDS(functions_verify), METH_VARARGS | METH_KEYWORDS,
     verify_doc},
    {NULL, NULL, 0, NULL},
};

/*===- classes --------------------------------------------------------------*/

/* A collections.namedtuple with a docstring. */
static PyObject *make_tuple(PyObject *module, const char *name,
                            const char *fields, const char *doc)
{
    PyObject *collections = PyImport_ImportModule("collections");
    PyObject *type =
        collections
            ? PyObject_CallMethod(collections, "namedtuple", "ss", name, fields)
            : NULL;
    PyObject *text = type ? PyUnicode_FromString(doc) : NULL;
    PyObject *home = text ? PyObject_GetAttrString(module, "__name__") : NULL;
    if (!home || PyObject_SetAttrString(type, "__doc__", text) != 0 ||
        PyObject_SetAttrString(type, "__module__", home) != 0) {
        Py_CLEAR(type);
    }
    Py_XDECREF(home);
    Py_XDECREF(text);
    Py_XDECREF(collections);
    return type;
}

static PyObject *make_error(void)
{
    PyObject *fields = PyDict_New();
    PyObject *none = PyTuple_New(0);
    PyObject *error = NULL;
    if (fields && none &&
        PyDict_SetItemString(fields, "diagnostics", none) == 0) {
        error = PyErr_NewExceptionWithDoc(
            "snn_mlir.CompileError",
            "A network that does not compile, or run. Its text is the first "
            "error;\n`diagnostics` is a list of all that was reported.",
            NULL, fields);
    }
    Py_XDECREF(none);
    Py_XDECREF(fields);
    return error;
}

/* Adds what make_... gave to the module, which keeps it, too. */
static bool add(PyObject *module, const char *name, PyObject *made)
{
    return made && PyModule_AddObjectRef(module, name, made) == 0;
}

static int fill(PyObject *module)
{
    core *c = PyModule_GetState(module);
    c->compile_error = make_error();
    if (!add(module, "CompileError", c->compile_error)) {
        return -1;
    }
    c->diagnostic = make_tuple(
        module, "Diagnostic", "file node severity message hint",
        "What was reported about a file: severity is 'error', 'warning' or\n"
        "'note'; node and hint, the smallest change that would mend it, may "
        "be\n"
        "None.");
    if (!add(module, "Diagnostic", c->diagnostic)) {
        return -1;
    }
    c->port = make_tuple(
        module, "Port", "name format shape",
        "What goes in or comes out in one step, or is kept behind it: the\n"
        "struct format of its numbers, and its shape.");
    if (!add(module, "Port", c->port)) {
        return -1;
    }
    c->network = network_type(module);
    if (!add(module, "Network", c->network)) {
        return -1;
    }
    return PyModule_AddStringConstant(module, "__version__", snn_version());
}

/*===- the module -----------------------------------------------------------*/

static int visit_all(PyObject *module, visitproc visit, void *arg)
{
    core *c = PyModule_GetState(module);
    Py_VISIT(c->compile_error);
    Py_VISIT(c->diagnostic);
    Py_VISIT(c->port);
    Py_VISIT(c->network);
    return 0;
}

static int clear(PyObject *module)
{
    core *c = PyModule_GetState(module);
    Py_CLEAR(c->compile_error);
    Py_CLEAR(c->diagnostic);
    Py_CLEAR(c->port);
    Py_CLEAR(c->network);
    return 0;
}

static void release(void *module) { clear(module); }

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)(uintptr_t)fill},
    {0, NULL},
};

static PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "_core",
    .m_doc = "The C extension of snn_mlir: a thin face of snn.h.",
    .m_size = sizeof(core),
    .m_methods = methods,
    .m_slots = slots,
    .m_traverse = visit_all,
    .m_clear = clear,
    .m_free = release,
};

PyMODINIT_FUNC PyInit__core(void);
PyMODINIT_FUNC PyInit__core(void) { return PyModuleDef_Init(&definition); }
