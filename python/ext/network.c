/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * network.c - makes and frees a Network, and tells what is known of it. It is
 * complete once it is made, so its methods need not ask.
 */
#include "network.h"

#include <stddef.h>
#include <string.h>

#include "call.h"

/*===- life -----------------------------------------------------------------*/

/* What snn_open gets, with the text that it points to. */
typedef struct opening {
    snn_open_options how;
    const char **probes;
} opening;

MUST_CHECK static bool take_probes(opening *o, PyObject *probes, PyObject *keep)
{
    place at = {"probes", NULL};
    if (PyUnicode_Check(probes)) {
        return core_raise(PyExc_TypeError, at, "must be a list, not %R",
                          (PyObject *)Py_TYPE(probes));
    }
    PyObject *all = PySequence_Tuple(probes);
    if (!all) {
        return false;
    }
    Py_ssize_t n = PyTuple_Size(all);
    o->probes = PyMem_Calloc((size_t)n + 1, sizeof *o->probes);
    bool good = o->probes || PyErr_NoMemory();
    for (Py_ssize_t i = 0; i < n && good; i++) {
        o->probes[i] = named_word(PyTuple_GetItem(all, i), at, keep);
        good = o->probes[i] != NULL;
    }
    Py_DECREF(all);
    o->how.probes = o->probes;
    o->how.n_probes = n;
    return good;
}

MUST_CHECK static bool open_network(network *n, const opening *o)
{
    const options *given = &n->options;
    call c = {.core = n->core,
              .name = given->c.model,
              .arrays = {&given->data, &given->settings}};
    call_begin(&c);
    n->handle = snn_open(&n->options.c, &o->how);
    call_end(&c);
    n->info = n->handle ? snn_info(n->handle) : NULL;
    return call_finish(&c, n->handle != NULL, n->report);
}

MUST_CHECK static bool take_all(network *n, PyObject *arguments,
                                PyObject *words)
{
    static char *names[] = {"model", "options", "probes", "reference",
                            "cache", "report",  NULL};
    PyObject *model, *mapping;
    PyObject *probes = NULL, *cache = Py_None, *report = Py_None;
    int reference = 0;
    opening o = {0};
    if (!PyArg_ParseTupleAndKeywords(arguments, words, "OO|$OpOO:Network",
                                     names, &model, &mapping, &probes,
                                     &reference, &cache, &report) ||
        !core_callable(report, "report")) {
        return false;
    }
    n->report = Py_NewRef(report);
    o.how.reference = reference != 0;
    bool good = options_take(&n->options, model, mapping) &&
                (!probes || take_probes(&o, probes, n->options.keep));
    if (good && cache != Py_None) {
        o.how.cache = named_path(cache, n->options.keep);
        good = o.how.cache != NULL;
    }
    good = good && open_network(n, &o);
    PyMem_Free(o.probes);
    return good;
}

static PyObject *make(PyTypeObject *type, PyObject *arguments, PyObject *words)
{
    allocfunc alloc = (allocfunc)(uintptr_t)PyType_GetSlot(type, Py_tp_alloc);
    network *n = (network *)alloc(type, 0);
    if (!n) {
        return NULL;
    }
    n->core = PyType_GetModuleState(type);
    if (!take_all(n, arguments, words)) {
        Py_DECREF(n);
        return NULL;
    }
    return (PyObject *)n;
}

static int visit_all(PyObject *self, visitproc visit, void *arg)
{
    const network *n = (const network *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(n->report);
    return 0;
}

/* What the options hold has to live as long as the handle: dealloc ends both.
 */
static int clear(PyObject *self)
{
    network *n = (network *)self;
    PyObject *report = n->report;
    n->report = Py_NewRef(Py_None);
    Py_XDECREF(report);
    return 0;
}

static void dealloc(PyObject *self)
{
    network *n = (network *)self;
    PyTypeObject *type = Py_TYPE(self);
    freefunc release = (freefunc)(uintptr_t)PyType_GetSlot(type, Py_tp_free);
    PyObject_GC_UnTrack(self);
    if (n->state) {
        snn_state_destroy(n->state);
    }
    if (n->handle) {
        snn_close(n->handle);
    }
    options_release(&n->options);
    Py_CLEAR(n->report);
    release(self);
    Py_DECREF(type);
}

/*===- what is known --------------------------------------------------------*/

static PyObject *make_ports(const network *n, const snn_port *ports,
                            int64_t count)
{
    PyObject *all = PyTuple_New((Py_ssize_t)count);
    for (Py_ssize_t i = 0; i < count && all; i++) {
        PyObject *port = PyObject_CallFunction(
            n->core->port, "(ssN)", ports[i].name, array_format(&ports[i]),
            core_shape(ports[i].rank, ports[i].dim));
        if (!port || PyTuple_SetItem(all, i, port) != 0) {
            Py_CLEAR(all);
        }
    }
    return all;
}

static PyObject *get_inputs(PyObject *self, void *unused)
{
    (void)unused;
    const network *n = (const network *)self;
    return make_ports(n, n->info->inputs, n->info->n_inputs);
}

static PyObject *get_outputs(PyObject *self, void *unused)
{
    (void)unused;
    const network *n = (const network *)self;
    return make_ports(n, n->info->outputs,
                      n->info->n_outputs - n->info->n_probes);
}

static PyObject *get_probes(PyObject *self, void *unused)
{
    (void)unused;
    const network *n = (const network *)self;
    int64_t first = n->info->n_outputs - n->info->n_probes;
    return make_ports(n, n->info->outputs + first, n->info->n_probes);
}

static PyObject *get_states(PyObject *self, void *unused)
{
    (void)unused;
    const network *n = (const network *)self;
    return make_ports(n, n->info->states, n->info->n_states);
}

static PyObject *to_text(const char *text, int64_t size)
{
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)size, "surrogateescape");
}

static PyObject *get_name(PyObject *self, void *unused)
{
    (void)unused;
    const network *n = (const network *)self;
    return PyUnicode_FromString(n->info->name);
}

static PyObject *get_header(PyObject *self, void *unused)
{
    (void)unused;
    const network *n = (const network *)self;
    return to_text(n->info->header, n->info->header_size);
}

static PyObject *get_source(PyObject *self, void *unused)
{
    (void)unused;
    const network *n = (const network *)self;
    return to_text(n->info->source, n->info->source_size);
}

static PyObject *get_weights(PyObject *self, void *unused)
{
    (void)unused;
    const network *n = (const network *)self;
    return n->info->weights
               ? PyBytes_FromStringAndSize(n->info->weights,
                                           (Py_ssize_t)n->info->weights_size)
               : Py_NewRef(Py_None);
}

static PyObject *get_ram(PyObject *self, void *unused)
{
    (void)unused;
    const network *n = (const network *)self;
    return PyLong_FromLongLong(n->info->ram_bytes);
}

static PyObject *get_rom(PyObject *self, void *unused)
{
    (void)unused;
    const network *n = (const network *)self;
    return PyLong_FromLongLong(n->info->rom_bytes);
}

static PyObject *show(PyObject *self)
{
    const network *n = (const network *)self;
    return PyUnicode_FromFormat("<snn_mlir._core.Network '%s'>", n->info->name);
}

/*===- the type -------------------------------------------------------------*/

static PyGetSetDef getters[] = {
    {"name", get_name, NULL, "Of the network in C.", NULL},
    {"inputs", get_inputs, NULL, "Ports of the Inputs.", NULL},
    {"outputs", get_outputs, NULL, "Ports of the Outputs.", NULL},
    {"probes", get_probes, NULL, "Ports of the probes.", NULL},
    {"states", get_states, NULL, "Ports of the states.", NULL},
    {"header", get_header, NULL, "Text of NAME.h.", NULL},
    {"source", get_source, NULL, "Text of NAME.c.", NULL},
    {"weights", get_weights, NULL, "Bytes of NAME.weights, or None.", NULL},
    {"ram_bytes", get_ram, NULL, "Of the state.", NULL},
    {"rom_bytes", get_rom, NULL, "Of constants in the source.", NULL},
    {"backend", network_backend, NULL, "'c' or 'reference'; None: not started.",
     NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

#define METHOD(function) (PyCFunction)(void (*)(void))(function)

static PyMethodDef methods[] = {
    {"start", METHOD(network_start), METH_NOARGS,
     "start($self)\n--\n\n"
     "Compiles and loads the C, or takes the interpreter: the backend."},
    {"run", METHOD(network_run), METH_VARARGS | METH_KEYWORDS,
     "run($self, inputs, allocate, threads=0, progress=None)\n--\n\n"
     "The arrays of all Outputs, then of the probes, for arrays of shape\n"
     "(steps, *shape) or (samples, steps, *shape) of all Inputs in order."},
    {"step", METHOD(network_step), METH_VARARGS | METH_KEYWORDS,
     "step($self, inputs, allocate)\n--\n\n"
     "One step of the network's own state; arrays have shape (*shape)."},
    {"reset", METHOD(network_reset), METH_NOARGS,
     "reset($self)\n--\n\n"
     "The own state is that before the first step."},
    {"get_state", METHOD(network_get_state), METH_VARARGS | METH_KEYWORDS,
     "get_state($self, index, allocate)\n--\n\n"
     "The numbers of states[index]."},
    {"set_state", METHOD(network_set_state), METH_VARARGS | METH_KEYWORDS,
     "set_state($self, index, numbers)\n--\n\n"
     "Sets states[index] to numbers of its shape, or to one number."},
    {NULL, NULL, 0, NULL},
};

static const char doc[] =
    "Network(model, options, *, probes=(), reference=False, cache=None, "
    "report=None)\n--\n\n"
    "A network, ready to be run. Threads may share it; its own state, for\n"
    "step, is of one thread at a time.";

PyObject *network_type(PyObject *module)
{
    PyType_Slot slots[] = {
        {Py_tp_doc, (void *)(uintptr_t)doc},
        {Py_tp_new, (void *)(uintptr_t)make},
        {Py_tp_dealloc, (void *)(uintptr_t)dealloc},
        {Py_tp_traverse, (void *)(uintptr_t)visit_all},
        {Py_tp_clear, (void *)(uintptr_t)clear},
        {Py_tp_repr, (void *)(uintptr_t)show},
        {Py_tp_getset, getters},
        {Py_tp_methods, methods},
        {0, NULL},
    };
    PyType_Spec spec = {
        .name = "snn_mlir._core.Network",
        .basicsize = sizeof(network),
        .flags =
            Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
        .slots = slots,
    };
    return PyType_FromModuleAndSpec(module, &spec, NULL);
}
