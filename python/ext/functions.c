/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * functions.c - one function of the module for one of snn.h: takes what it is
 * given, calls without the GIL, raises what was reported.
 */
#include "functions.h"

#include "call.h"
#include "options.h"
#include "pieces.h"
#include "spelling.h"

/*===- what all have in common ----------------------------------------------*/

static call call_of(PyObject *module, const options *o)
{
    return (call){.core = PyModule_GetState(module),
                  .name = o->c.model,
                  .arrays = {&o->data, &o->settings}};
}

PyObject *functions_options(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    return options_names();
}

PyObject *functions_spelled(PyObject *module, PyObject *text)
{
    (void)module;
    const char *bytes = PyUnicode_AsUTF8AndSize(text, NULL);
    if (!bytes) {
        return NULL;
    }
    pieces t = {0};
    spelling_write(bytes, &t);
    PyObject *result = pieces_object(&t);
    pieces_release(&t);
    return result;
}

/*===- build ----------------------------------------------------------------*/

typedef struct files {
    PyObject *list; /* NULL: an exception is set */
} files;

static bool add_path(PyObject *list, const char *path)
{
    PyObject *name = PyUnicode_DecodeFSDefault(path);
    bool good = name && PyList_Append(list, name) == 0;
    Py_XDECREF(name);
    return good;
}

/* The paths of what was made. */
static void show(const snn_summary *made, void *user)
{
    files *f = user;
    call_enter();
    f->list = PyList_New(0);
    if (!f->list || !add_path(f->list, made->header) ||
        !add_path(f->list, made->source) ||
        (made->weights && !add_path(f->list, made->weights))) {
        Py_CLEAR(f->list);
        call_stop();
    }
    call_leave();
}

static PyObject *build(PyObject *module, options *o, const char *directory,
                       PyObject *report)
{
    call c = call_of(module, o);
    c.listener = report;
    files made = {0};
    o->c.user = &made;
    call_begin(&c);
    bool good = snn_build(&o->c, directory, show);
    call_end(&c);
    if (!call_finish(&c, good, report)) {
        Py_CLEAR(made.list);
    }
    return made.list;
}

PyObject *functions_build(PyObject *module, PyObject *arguments,
                          PyObject *words)
{
    static char *names[] = {"model", "options", "directory", "report", NULL};
    PyObject *model, *mapping, *directory, *report;
    if (!PyArg_ParseTupleAndKeywords(arguments, words, "OOOO:build", names,
                                     &model, &mapping, &directory, &report) ||
        !core_callable(report, "report")) {
        return NULL;
    }
    options o = {0};
    PyObject *paths = NULL;
    if (options_take(&o, model, mapping)) {
        const char *path = named_path(directory, o.keep);
        paths = path ? build(module, &o, path, report) : NULL;
    }
    options_release(&o);
    return paths;
}

/*===- mlir -----------------------------------------------------------------*/

static PyObject *mlir(PyObject *module, options *o, const char *stage,
                      PyObject *report)
{
    call c = call_of(module, o);
    pieces t = {0};
    o->c.user = &t;
    call_begin(&c);
    bool good = snn_mlir(&o->c, stage, pieces_write);
    call_end(&c);
    PyObject *all = call_finish(&c, good, report) ? pieces_object(&t) : NULL;
    pieces_release(&t);
    return all;
}

PyObject *functions_mlir(PyObject *module, PyObject *arguments, PyObject *words)
{
    static char *names[] = {"model", "options", "stage", "report", NULL};
    PyObject *model, *mapping, *report;
    const char *stage;
    if (!PyArg_ParseTupleAndKeywords(arguments, words, "OOsO:mlir", names,
                                     &model, &mapping, &stage, &report) ||
        !core_callable(report, "report")) {
        return NULL;
    }
    options o = {0};
    PyObject *all = options_take(&o, model, mapping)
                        ? mlir(module, &o, stage, report)
                        : NULL;
    options_release(&o);
    return all;
}

/*===- check and inspect ----------------------------------------------------*/

typedef bool (*survey)(const snn_options *options, bool json,
                       void (*write)(const char *text, int64_t size,
                                     void *user));

/*
 * A file that cannot be read is an answer, too, as long as there is text. What
 * was reported and is no JSON stands before it.
 */
static PyObject *answer(PyObject *module, options *o, survey function,
                        bool json)
{
    call c = call_of(module, o);
    pieces t = {0};
    pieces lines = {0};
    o->c.user = &t;
    call_begin(&c);
    bool good = function(&o->c, json, pieces_write);
    if (!json) {
        report_print(&c.report, &lines);
    }
    call_end(&c);
    pieces_write(t.bytes, (int64_t)t.size, &lines);
    lines.lost = lines.lost || t.lost;
    PyObject *result = NULL;
    if (call_finish(&c, good || t.size > 0, Py_None)) {
        result =
            Py_BuildValue("(NN)", PyBool_FromLong(good), pieces_object(&lines));
    }
    pieces_release(&lines);
    pieces_release(&t);
    return result;
}

static PyObject *run_survey(PyObject *module, PyObject *arguments,
                            PyObject *words, survey function)
{
    static char *names[] = {"model", "options", "json", NULL};
    PyObject *model, *mapping;
    int json;
    if (!PyArg_ParseTupleAndKeywords(arguments, words, "OOp", names, &model,
                                     &mapping, &json)) {
        return NULL;
    }
    options o = {0};
    PyObject *result = options_take(&o, model, mapping)
                           ? answer(module, &o, function, json != 0)
                           : NULL;
    options_release(&o);
    return result;
}

PyObject *functions_check(PyObject *module, PyObject *arguments,
                          PyObject *words)
{
    return run_survey(module, arguments, words, snn_check);
}

PyObject *functions_inspect(PyObject *module, PyObject *arguments,
                            PyObject *words)
{
    return run_survey(module, arguments, words, snn_inspect);
}

/*===- verify ---------------------------------------------------------------*/

/* What the call of verify was given, and what lives as long. */
typedef struct verification {
    options options;
    named inputs;
    named expected;
    snn_verify_options how;
    PyObject *progress;
    PyObject *report;
} verification;

/* None is the default. */
MUST_CHECK static bool take_number(const char **to, PyObject *value,
                                   const char *name, PyObject *keep)
{
    place at = {name, NULL};
    *to = value == Py_None ? NULL : named_number(value, at, keep);
    return value == Py_None || *to;
}

MUST_CHECK static bool take_verification(verification *v, PyObject *arguments,
                                         PyObject *words)
{
    static char *names[] = {
        "model", "options", "inputs", "expected", "reference", "both", "atol",
        "rtol",  "min_f1",  "json",   "progress", "report",    NULL};
    PyObject *model, *mapping, *inputs, *expected;
    PyObject *atol = Py_None, *rtol = Py_None, *min_f1 = Py_None;
    int reference = 0, both = 0, json = 1;
    v->progress = v->report = Py_None;
    if (!PyArg_ParseTupleAndKeywords(
            arguments, words, "OOOO|$ppOOOpOO:verify", names, &model, &mapping,
            &inputs, &expected, &reference, &both, &atol, &rtol, &min_f1, &json,
            &v->progress, &v->report) ||
        !core_callable(v->progress, "progress") ||
        !core_callable(v->report, "report")) {
        return false;
    }
    v->how = (snn_verify_options){.reference = reference != 0,
                                  .both = both != 0,
                                  .json = json != 0,
                                  .progress = call_progress};
    options *o = &v->options;
    return options_take(o, model, mapping) &&
           named_take(&v->inputs, inputs, "inputs", NAMED_ARRAYS, o->keep) &&
           named_take(&v->expected, expected, "expected", NAMED_ARRAYS,
                      o->keep) &&
           take_number(&v->how.atol, atol, "atol", o->keep) &&
           take_number(&v->how.rtol, rtol, "rtol", o->keep) &&
           take_number(&v->how.min_f1, min_f1, "min_f1", o->keep);
}

static PyObject *verify(PyObject *module, verification *v)
{
    call c = call_of(module, &v->options);
    pieces t = {0};
    c.progress = v->progress;
    c.arrays[2] = &v->inputs;
    c.arrays[3] = &v->expected;
    v->options.c.user = &t;
    v->how.inputs = v->inputs.items;
    v->how.n_inputs = v->inputs.n;
    v->how.expected = v->expected.items;
    v->how.n_expected = v->expected.n;
    call_begin(&c);
    bool equal = snn_verify(&v->options.c, &v->how, pieces_write);
    call_end(&c);
    PyObject *result = NULL;
    if (call_finish(&c, equal || t.size > 0, v->report)) {
        result =
            Py_BuildValue("(NN)", PyBool_FromLong(equal), pieces_object(&t));
    }
    pieces_release(&t);
    return result;
}

PyObject *functions_verify(PyObject *module, PyObject *arguments,
                           PyObject *words)
{
    verification v = {0};
    PyObject *result =
        take_verification(&v, arguments, words) ? verify(module, &v) : NULL;
    named_release(&v.inputs);
    named_release(&v.expected);
    options_release(&v.options);
    return result;
}
