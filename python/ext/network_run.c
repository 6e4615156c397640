/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * network_run.c - the methods of Network that compute. Arrays are taken and
 * made with the GIL; they are converted, and the network runs, without.
 */
#include <stdlib.h>

#include "array.h"
#include "call.h"
#include "network.h"

/*===- the arrays of a run --------------------------------------------------*/

typedef struct job {
    network *n;
    bool single; /* one step, without an axis of steps */
    bool batched;
    int64_t samples;
    int64_t steps;
    array *inputs;
    array *outputs;
    const void **from; /* the numbers of inputs, converted */
    void **to;         /* those of outputs */
    PyObject *results; /* a list */
} job;

MUST_CHECK static bool reserve(job *j)
{
    size_t in = (size_t)j->n->info->n_inputs + 1;
    size_t out = (size_t)j->n->info->n_outputs + 1;
    j->inputs = PyMem_Calloc(in, sizeof *j->inputs);
    j->from = PyMem_Calloc(in, sizeof *j->from);
    j->outputs = PyMem_Calloc(out, sizeof *j->outputs);
    j->to = PyMem_Calloc(out, sizeof *j->to);
    j->results = PyList_New(0);
    if (!j->inputs || !j->from || !j->outputs || !j->to || !j->results) {
        PyErr_NoMemory();
        return false;
    }
    return true;
}

static void release(job *j)
{
    for (int64_t i = 0; j->inputs && j->from && i < j->n->info->n_inputs; i++) {
        if (j->from[i] != j->inputs[i].tensor.data) {
            free((void *)(uintptr_t)j->from[i]);
        }
        array_release(&j->inputs[i]);
    }
    for (int64_t i = 0; j->outputs && i < j->n->info->n_outputs; i++) {
        array_release(&j->outputs[i]);
    }
    PyMem_Free(j->inputs);
    PyMem_Free(j->from);
    PyMem_Free(j->outputs);
    PyMem_Free(j->to);
    Py_CLEAR(j->results);
}

/*===- shapes ---------------------------------------------------------------*/

/* "(steps, 64)": the shape of a port with words before it. */
static PyObject *shape_after(const char *words, const snn_port *port)
{
    PyObject *text = PyUnicode_FromFormat("(%s", words);
    for (int k = 0; k < port->rank && text; k++) {
        const char *comma = k > 0 || *words != '\0' ? ", " : "";
        PyObject *more = PyUnicode_FromFormat("%U%s%lld", text, comma,
                                              (long long)port->dim[k]);
        Py_DECREF(text);
        text = more;
    }
    int axes = port->rank + (*words != '\0' ? 1 : 0);
    PyObject *all =
        text ? PyUnicode_FromFormat("%U%s)", text, axes == 1 ? "," : "") : NULL;
    Py_XDECREF(text);
    return all;
}

static bool refuse_shape(const array *a, const snn_port *port, bool single)
{
    place at = {"input", port->name};
    PyObject *given = core_shape(a->tensor.rank, a->dim);
    PyObject *one = shape_after(single ? "" : "steps", port);
    PyObject *many = shape_after("samples, steps", port);
    if (given && one && many && single) {
        core_raise(PyExc_ValueError, at, "has shape %S, expected %U", given,
                   one);
    } else if (given && one && many) {
        core_raise(PyExc_ValueError, at, "has shape %S, expected %U or %U",
                   given, one, many);
    }
    Py_XDECREF(given);
    Py_XDECREF(one);
    Py_XDECREF(many);
    return false;
}

/* Samples and steps are those of the first Input. */
MUST_CHECK static bool check_lead(job *j, int64_t i)
{
    const snn_port *ports = j->n->info->inputs;
    const array *a = &j->inputs[i];
    int lead = a->tensor.rank - ports[i].rank;
    bool batched = lead == 2;
    int64_t samples = batched ? a->dim[0] : 1;
    int64_t steps = lead > 0 ? a->dim[lead - 1] : 1;
    if (i == 0) {
        j->batched = batched;
        j->samples = samples;
        j->steps = steps;
    }
    if (batched == j->batched && samples == j->samples && steps == j->steps) {
        return true;
    }
    place at = {"input", ports[i].name};
    return core_raise(PyExc_ValueError, at,
                      "has %s%lld samples of %lld steps, '%s' has %s%lld of "
                      "%lld",
                      batched ? "" : "no axis of samples, so ",
                      (long long)samples, (long long)steps, ports[0].name,
                      j->batched ? "" : "no axis of samples, so ",
                      (long long)j->samples, (long long)j->steps);
}

MUST_CHECK static bool take_input(job *j, int64_t i, PyObject *object)
{
    array *a = &j->inputs[i];
    const snn_port *port = &j->n->info->inputs[i];
    place at = {"input", port->name};
    if (!array_take(a, object, at)) {
        return false;
    }
    int lead = a->tensor.rank - port->rank;
    bool fits = j->single ? lead == 0 : lead == 1 || lead == 2;
    for (int k = 0; k < port->rank && fits; k++) {
        fits = a->dim[lead + k] == port->dim[k];
    }
    return fits ? check_lead(j, i) : refuse_shape(a, port, j->single);
}

MUST_CHECK static bool take_inputs(job *j, PyObject *inputs)
{
    PyObject *all = PySequence_Tuple(inputs);
    Py_ssize_t count = all ? PyTuple_Size(all) : 0;
    bool good = all != NULL;
    j->samples = 1;
    j->steps = j->single ? 1 : 0;
    if (good && count != j->n->info->n_inputs) {
        PyErr_Format(PyExc_ValueError,
                     "'%s' has %lld inputs, %zd arrays are given",
                     j->n->info->name, (long long)j->n->info->n_inputs, count);
        good = false;
    }
    for (Py_ssize_t i = 0; i < count && good; i++) {
        good = take_input(j, i, PyTuple_GetItem(all, i));
    }
    Py_XDECREF(all);
    return good;
}

/*===- outputs --------------------------------------------------------------*/

PyObject *network_allocate(PyObject *allocate, int rank, const int64_t *dim,
                           const snn_port *port)
{
    PyObject *shape = core_shape(rank, dim);
    PyObject *made =
        shape ? PyObject_CallFunction(allocate, "Os", shape, array_format(port))
              : NULL;
    Py_XDECREF(shape);
    return made;
}

MUST_CHECK static bool make_output(job *j, int64_t i, PyObject *allocate)
{
    const snn_port *port = &j->n->info->outputs[i];
    place at = {"output", port->name};
    int64_t dim[ARRAY_MAX_RANK];
    int64_t count = j->samples * j->steps * port->size;
    int rank = 0;
    if (j->batched) {
        dim[rank++] = j->samples;
    }
    if (!j->single) {
        dim[rank++] = j->steps;
    }
    for (int k = 0; k < port->rank; k++) {
        dim[rank++] = port->dim[k];
    }
    PyObject *made = network_allocate(allocate, rank, dim, port);
    bool good = made && PyList_Append(j->results, made) == 0 &&
                array_take_output(&j->outputs[i], made, at, port, count);
    Py_XDECREF(made);
    if (good) {
        j->to[i] = (void *)(uintptr_t)j->outputs[i].tensor.data;
    }
    return good;
}

MUST_CHECK static bool prepare(job *j, PyObject *inputs, PyObject *allocate)
{
    bool good = reserve(j) && take_inputs(j, inputs);
    for (int64_t i = 0; i < j->n->info->n_outputs && good; i++) {
        good = make_output(j, i, allocate);
    }
    return good;
}

/*===- conversion -----------------------------------------------------------*/

/* Without the GIL. False: the report says of which input, and why. */
static bool convert_inputs(job *j)
{
    const snn_network_info *info = j->n->info;
    for (int64_t i = 0; i < info->n_inputs; i++) {
        void *numbers = NULL;
        if (!snn_convert(&j->n->options.c, info->inputs[i].name,
                         &j->inputs[i].tensor, &info->inputs[i], &numbers)) {
            return false;
        }
        j->from[i] = numbers;
    }
    return true;
}

/*===- run ------------------------------------------------------------------*/

static PyObject *run(job *j, int threads, PyObject *progress)
{
    network *n = j->n;
    call c = {
        .core = n->core, .name = n->options.c.model, .progress = progress};
    snn_batch batch = {.samples = j->samples,
                       .steps = j->steps,
                       .inputs = j->from,
                       .outputs = j->to,
                       .threads = threads,
                       .progress = call_progress};
    call_begin(&c);
    bool converted = convert_inputs(j);
    bool good = converted && snn_run_batch(n->handle, &batch);
    call_end(&c);
    if (!converted && !PyErr_Occurred()) {
        network_raise(&c, "input");
    }
    return call_finish(&c, good, n->report) ? Py_NewRef(j->results) : NULL;
}

PyObject *network_run(PyObject *self, PyObject *arguments, PyObject *words)
{
    static char *names[] = {"inputs", "allocate", "threads", "progress", NULL};
    PyObject *inputs, *allocate, *progress = Py_None;
    int threads = 0;
    if (!PyArg_ParseTupleAndKeywords(arguments, words, "OO|iO:run", names,
                                     &inputs, &allocate, &threads, &progress) ||
        !core_callable(progress, "progress")) {
        return NULL;
    }
    if (threads < 0) {
        PyErr_Format(PyExc_ValueError,
                     "'threads' is %d, expected 0 (one for each core) or more",
                     threads);
        return NULL;
    }
    job j = {.n = (network *)self};
    PyObject *results =
        prepare(&j, inputs, allocate) ? run(&j, threads, progress) : NULL;
    release(&j);
    return results;
}

/* The network may be locked by a thread that waits for the GIL. */
PyObject *network_backend(PyObject *self, void *unused)
{
    (void)unused;
    const network *n = (const network *)self;
    const char *backend;
    Py_BEGIN_ALLOW_THREADS backend = snn_backend(n->handle);
    Py_END_ALLOW_THREADS return backend ? PyUnicode_FromString(backend)
                                        : Py_NewRef(Py_None);
}

PyObject *network_start(PyObject *self, PyObject *unused)
{
    (void)unused;
    network *n = (network *)self;
    call c = {.core = n->core, .name = n->options.c.model};
    call_begin(&c);
    bool good = snn_start(n->handle);
    call_end(&c);
    return call_finish(&c, good, n->report) ? network_backend(self, NULL)
                                            : NULL;
}

/*===- step -----------------------------------------------------------------*/

static PyObject *step(job *j)
{
    network *n = j->n;
    call c = {.core = n->core, .name = n->options.c.model};
    if (!network_enter(n)) {
        return NULL;
    }
    call_begin(&c);
    bool converted = convert_inputs(j);
    bool good = converted && network_need_state(n) &&
                snn_advance(n->state, 1, j->from, j->to);
    call_end(&c);
    network_leave(n);
    if (!converted && !PyErr_Occurred()) {
        network_raise(&c, "input");
    }
    return call_finish(&c, good, n->report) ? Py_NewRef(j->results) : NULL;
}

PyObject *network_step(PyObject *self, PyObject *arguments, PyObject *words)
{
    static char *names[] = {"inputs", "allocate", NULL};
    PyObject *inputs, *allocate;
    if (!PyArg_ParseTupleAndKeywords(arguments, words, "OO:step", names,
                                     &inputs, &allocate)) {
        return NULL;
    }
    job j = {.n = (network *)self, .single = true};
    PyObject *results = prepare(&j, inputs, allocate) ? step(&j) : NULL;
    release(&j);
    return results;
}
