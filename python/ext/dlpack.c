/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * dlpack.c - asks an object for its capsule and reads the struct in it, of
 * DLPack 0 ("dltensor") or 1 ("dltensor_versioned"). The structs and numbers
 * are those of dlpack.h of https://github.com/dmlc/dlpack.
 */
#include "dlpack.h"

#include <stdint.h>

enum { DEVICE_CPU = 1 };
enum { CODE_INT = 0, CODE_UINT = 1, CODE_FLOAT = 2, CODE_BOOL = 6 };
enum { FLAG_READ_ONLY = 1 };

typedef struct dl_tensor {
    void *data;
    int32_t device_type;
    int32_t device_id;
    int32_t rank;
    uint8_t code;
    uint8_t bits;
    uint16_t lanes;
    int64_t *shape;
    int64_t *strides; /* in elements; NULL: C-contiguous */
    uint64_t offset;  /* in bytes */
} dl_tensor;

typedef struct dl_managed {
    dl_tensor tensor;
    void *context;
    void (*deleter)(struct dl_managed *self);
} dl_managed;

typedef struct dl_versioned {
    uint32_t major;
    uint32_t minor;
    void *context;
    void (*deleter)(struct dl_versioned *self);
    uint64_t flags;
    dl_tensor tensor;
} dl_versioned;

/*===- the capsule ----------------------------------------------------------*/

static const char *device_name(long type)
{
    static const struct {
        long type;
        const char *name;
    } names[] = {{2, "cuda"},    {3, "cuda host"},  {4, "opencl"},
                 {7, "vulkan"},  {8, "metal"},      {9, "vpi"},
                 {10, "rocm"},   {11, "rocm host"}, {13, "cuda managed"},
                 {14, "oneapi"}, {15, "webgpu"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].type == type) {
            return names[i].name;
        }
    }
    return "unknown";
}

MUST_CHECK static bool check_device(PyObject *object, place at)
{
    long type = 0;
    long id = 0;
    PyObject *device = PyObject_CallMethod(object, "__dlpack_device__", NULL);
    if (!device) {
        return core_refuse(at);
    }
    /* The type may be an enum. */
    bool good =
        PyTuple_Check(device) && PyArg_ParseTuple(device, "ll", &type, &id);
    Py_DECREF(device);
    if (!good) {
        PyErr_Clear();
        return core_raise(PyExc_TypeError, at,
                          "has a __dlpack_device__ that gives no two integers");
    }
    return type == DEVICE_CPU ||
           core_raise(PyExc_ValueError, at,
                      "is on device %ld:%ld (%s), expected the CPU (1:0)", type,
                      id, device_name(type));
}

/* What __dlpack__ gives: the newer struct where the object knows it. */
static PyObject *ask(PyObject *object)
{
    PyObject *method = PyObject_GetAttrString(object, "__dlpack__");
    PyObject *none = method ? PyTuple_New(0) : NULL;
    PyObject *words =
        none ? Py_BuildValue("{s:(ii)}", "max_version", 1, 0) : NULL;
    PyObject *capsule = words ? PyObject_Call(method, none, words) : NULL;
    if (words && !capsule && PyErr_ExceptionMatches(PyExc_TypeError)) {
        PyErr_Clear();
        capsule = PyObject_CallNoArgs(method);
    }
    Py_XDECREF(words);
    Py_XDECREF(none);
    Py_XDECREF(method);
    return capsule;
}

/* Takes the struct out of the capsule, which then no longer owns it. */
MUST_CHECK static bool open_capsule(array *a, PyObject *capsule, place at,
                                    const dl_tensor **tensor)
{
    bool versioned = PyCapsule_IsValid(capsule, "dltensor_versioned") != 0;
    const char *name = versioned ? "dltensor_versioned" : "dltensor";
    if (!PyCapsule_IsValid(capsule, name)) {
        return core_raise(PyExc_TypeError, at,
                          "has a __dlpack__ that gives no capsule 'dltensor'");
    }
    void *managed = PyCapsule_GetPointer(capsule, name);
    if (versioned && ((dl_versioned *)managed)->major != 1) {
        return core_raise(PyExc_ValueError, at,
                          "has DLPack version %lu.%lu, expected 1",
                          (unsigned long)((dl_versioned *)managed)->major,
                          (unsigned long)((dl_versioned *)managed)->minor);
    }
    if (PyCapsule_SetName(capsule, versioned ? "used_dltensor_versioned"
                                             : "used_dltensor") != 0) {
        return false;
    }
    a->managed = managed;
    a->versioned = versioned;
    if (versioned) {
        const dl_versioned *v = managed;
        a->readonly = (v->flags & FLAG_READ_ONLY) != 0;
        *tensor = &v->tensor;
    } else {
        *tensor = &((dl_managed *)managed)->tensor;
    }
    return true;
}

/*===- the tensor -----------------------------------------------------------*/

MUST_CHECK static bool read_type(array *a, const dl_tensor *t, place at)
{
    bool whole =
        t->bits == 8 || t->bits == 16 || t->bits == 32 || t->bits == 64;
    char kind = '\0';
    switch (t->code) {
    case CODE_INT:
        kind = 'i';
        break;
    case CODE_UINT:
        kind = 'u';
        break;
    case CODE_FLOAT:
        kind = t->bits > 8 ? 'f' : '\0';
        break;
    case CODE_BOOL:
        kind = t->bits == 8 ? 'b' : '\0';
        break;
    default:
        break;
    }
    if (kind == '\0' || !whole || t->lanes != 1) {
        return core_raise(PyExc_TypeError, at,
                          "has elements of DLPack type (code %d, bits %d, "
                          "lanes %d), expected integers, bools or floats",
                          t->code, t->bits, t->lanes);
    }
    a->tensor.kind = kind;
    a->itemsize = t->bits / 8;
    return true;
}

/* The shape, and the strides in bytes. */
MUST_CHECK static bool read_shape(array *a, const dl_tensor *t, place at)
{
    if (t->rank < 0 || t->rank > ARRAY_MAX_RANK) {
        return core_raise(PyExc_ValueError, at,
                          "has %d axes, at most %d are supported", (int)t->rank,
                          ARRAY_MAX_RANK);
    }
    int64_t step = a->itemsize;
    for (int k = t->rank - 1; k >= 0; k--) {
        a->dim[k] = t->shape[k];
        a->stride[k] = t->strides ? t->strides[k] * a->itemsize : step;
        if (a->dim[k] < 0 || __builtin_mul_overflow(
                                 step, a->dim[k] > 0 ? a->dim[k] : 1, &step)) {
            return core_raise(PyExc_ValueError, at, "has a damaged shape");
        }
    }
    a->tensor.rank = t->rank;
    a->tensor.data = (const char *)t->data + t->offset;
    return true;
}

bool dlpack_take(array *a, PyObject *object, place at)
{
    const dl_tensor *t = NULL;
    if (!check_device(object, at)) {
        return false;
    }
    PyObject *capsule = ask(object);
    if (!capsule) {
        return core_refuse(at); /* a tensor of torch may require a gradient */
    }
    bool good = open_capsule(a, capsule, at, &t);
    Py_DECREF(capsule);
    return good && read_type(a, t, at) && read_shape(a, t, at);
}

void dlpack_release(array *a)
{
    if (a->managed && a->versioned) {
        dl_versioned *v = a->managed;
        if (v->deleter) {
            v->deleter(v);
        }
    } else if (a->managed) {
        dl_managed *m = a->managed;
        if (m->deleter) {
            m->deleter(m);
        }
    }
    a->managed = NULL;
}
