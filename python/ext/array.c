/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * array.c - the buffer protocol, and the copies of what does not lie in memory
 * as the library wants it.
 */
#include "array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dlpack.h"

/*===- float16 --------------------------------------------------------------*/

/* Every float16 is a float32. */
static float from_half(uint16_t bits)
{
    uint32_t sign = (uint32_t)(bits >> 15) << 31;
    uint32_t exponent = bits >> 10 & 31U;
    uint32_t fraction = bits & 1023U;
    uint32_t wide;
    float number;
    if (exponent == 31) {
        wide = sign | 255U << 23 | fraction << 13;
    } else if (exponent > 0) {
        wide = sign | (exponent + 112) << 23 | fraction << 13;
    } else {
        number = (float)fraction / 16777216.0F; /* fraction * 2^-24 */
        return sign ? -number : number;
    }
    memcpy(&number, &wide, sizeof number);
    return number;
}

/*===- the buffer protocol --------------------------------------------------*/

static bool is_big_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 0;
}

/* Of a format of one letter, with or without a byte order before it. */
MUST_CHECK static bool read_format(array *a, const char *format, place at)
{
    static const char kinds[][2] = {
        {'?', 'b'}, {'b', 'i'}, {'h', 'i'}, {'i', 'i'}, {'l', 'i'}, {'q', 'i'},
        {'n', 'i'}, {'B', 'u'}, {'H', 'u'}, {'I', 'u'}, {'L', 'u'}, {'Q', 'u'},
        {'N', 'u'}, {'e', 'f'}, {'f', 'f'}, {'d', 'f'}};
    const char *letter = format;
    if (*letter != '\0' && strchr("@=<>!", *letter)) {
        letter++;
    }
    bool big = *format == '>' || *format == '!';
    bool little = *format == '<';
    a->swapped = a->itemsize > 1 && (is_big_endian() ? little : big);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (kinds[i][0] == letter[0] && letter[0] != '\0' &&
            letter[1] == '\0' && a->itemsize <= 8) {
            a->tensor.kind = kinds[i][1];
            return true;
        }
    }
    return core_raise(PyExc_TypeError, at,
                      "has elements of format '%s', expected integers, bools "
                      "or floats",
                      format);
}

/* Reads the view; the exporter vouches for its sizes. */
MUST_CHECK static bool read_view(array *a, place at)
{
    const Py_buffer *v = &a->view;
    if (v->ndim > ARRAY_MAX_RANK) {
        return core_raise(PyExc_ValueError, at,
                          "has %d axes, at most %d are supported", v->ndim,
                          ARRAY_MAX_RANK);
    }
    a->itemsize = (int)v->itemsize;
    a->readonly = v->readonly != 0;
    a->tensor.data = v->buf;
    a->tensor.rank = v->ndim;
    int64_t step = v->itemsize; /* ctypes gives no strides */
    for (int k = v->ndim - 1; k >= 0; k--) {
        a->dim[k] = v->shape[k];
        a->stride[k] = v->strides ? v->strides[k] : step;
        step *= a->dim[k];
    }
    return read_format(a, v->format ? v->format : "B", at);
}

MUST_CHECK static bool take_buffer(array *a, PyObject *object, place at)
{
    if (PyObject_GetBuffer(object, &a->view, PyBUF_RECORDS_RO) != 0) {
        return core_refuse(at); /* numpy has types that no buffer has */
    }
    a->viewed = true;
    return read_view(a, at);
}

/*===- copies ---------------------------------------------------------------*/

static void finish_shape(array *a)
{
    a->count = 1;
    for (int k = 0; k < a->tensor.rank; k++) {
        a->count *= a->dim[k];
    }
    a->tensor.dim = a->dim;
    a->tensor.itemsize = a->itemsize;
}

/* Strides of axes with one element, and of no elements, mean nothing. */
static bool is_contiguous(const array *a)
{
    int64_t step = a->itemsize;
    for (int k = a->tensor.rank - 1; k >= 0 && a->count > 0; k--) {
        if (a->dim[k] > 1 && a->stride[k] != step) {
            return false;
        }
        step *= a->dim[k];
    }
    return true;
}

static bool is_aligned(const array *a)
{
    return a->count == 0 ||
           (uintptr_t)a->tensor.data % (uintptr_t)a->itemsize == 0;
}

static bool is_half(const array *a)
{
    return a->tensor.kind == 'f' && a->itemsize == 2;
}

static void copy_element(const array *a, const unsigned char *from,
                         unsigned char *to)
{
    unsigned char raw[8];
    for (int k = 0; k < a->itemsize; k++) {
        raw[k] = from[a->swapped ? a->itemsize - 1 - k : k];
    }
    if (is_half(a)) {
        uint16_t bits;
        memcpy(&bits, raw, sizeof bits);
        float number = from_half(bits);
        memcpy(to, &number, sizeof number);
        return;
    }
    memcpy(to, raw, (size_t)a->itemsize);
}

/* n elements of this size, each a stride from the next. */
static inline void gather(const unsigned char *from, int64_t stride, int64_t n,
                          unsigned char *to, size_t size)
{
    for (int64_t i = 0; i < n; i++) {
        memcpy(to + i * (int64_t)size, from + i * stride, size);
    }
}

/* A row: the elements along the last axis. Sizes that are known are fast. */
static void copy_row(const array *a, const unsigned char *from, int64_t stride,
                     int64_t n, unsigned char *to)
{
    if (a->swapped || is_half(a)) {
        int64_t size = is_half(a) ? (int64_t)sizeof(float) : a->itemsize;
        for (int64_t i = 0; i < n; i++) {
            copy_element(a, from + i * stride, to + i * size);
        }
    } else if (stride == a->itemsize) {
        memcpy(to, from, (size_t)(n * stride));
    } else if (a->itemsize == 1) {
        gather(from, stride, n, to, 1);
    } else if (a->itemsize == 4) {
        gather(from, stride, n, to, 4);
    } else if (a->itemsize == 8) {
        gather(from, stride, n, to, 8);
    } else {
        gather(from, stride, n, to, (size_t)a->itemsize);
    }
}

/* All elements in row-major order. */
static void copy_elements(const array *a, unsigned char *to)
{
    int64_t index[ARRAY_MAX_RANK] = {0};
    const unsigned char *from = a->tensor.data;
    int64_t size = is_half(a) ? (int64_t)sizeof(float) : a->itemsize;
    int last = a->tensor.rank - 1;
    int64_t n = last >= 0 ? a->dim[last] : 1;
    int64_t stride = last >= 0 ? a->stride[last] : size;
    for (int64_t i = 0; i < a->count; i += n) {
        copy_row(a, from, stride, n, to + i * size);
        for (int k = last - 1; k >= 0; k--) {
            from += a->stride[k];
            if (++index[k] < a->dim[k]) {
                break;
            }
            from -= a->stride[k] * a->dim[k];
            index[k] = 0;
        }
    }
}

MUST_CHECK static bool copy(array *a)
{
    size_t size = is_half(a) ? sizeof(float) : (size_t)a->itemsize;
    a->copy = malloc(size * (size_t)(a->count > 0 ? a->count : 1));
    if (!a->copy) {
        PyErr_NoMemory();
        return false;
    }
    copy_elements(a, a->copy);
    a->tensor.data = a->copy;
    a->tensor.itemsize = (int)size;
    return true;
}

/*===- what others call -----------------------------------------------------*/

bool array_is(PyObject *object)
{
    return PyObject_CheckBuffer(object) ||
           PyObject_HasAttrString(object, "__dlpack__");
}

MUST_CHECK static bool take(array *a, PyObject *object, place at)
{
    if (PyObject_CheckBuffer(object)) {
        if (!take_buffer(a, object, at)) {
            return false;
        }
    } else if (PyObject_HasAttrString(object, "__dlpack__")) {
        if (!dlpack_take(a, object, at)) {
            return false;
        }
    } else {
        return core_raise(PyExc_TypeError, at,
                          "must be an array, with the buffer protocol or "
                          "__dlpack__, not %R",
                          (PyObject *)Py_TYPE(object));
    }
    finish_shape(a);
    return true;
}

bool array_take(array *a, PyObject *object, place at)
{
    if (!take(a, object, at)) {
        return false;
    }
    if (a->swapped || is_half(a) || !is_aligned(a) || !is_contiguous(a)) {
        return copy(a);
    }
    return true;
}

bool array_take_output(array *a, PyObject *object, place at,
                       const snn_port *port, int64_t count)
{
    if (!take(a, object, at)) {
        return false;
    }
    if (a->readonly) {
        return core_raise(PyExc_ValueError, at,
                          "cannot be written to the array that allocate made: "
                          "it is read-only");
    }
    if (a->swapped || !is_aligned(a) || !is_contiguous(a)) {
        return core_raise(PyExc_ValueError, at,
                          "cannot be written to the array that allocate made: "
                          "it is not C-contiguous, aligned and native");
    }
    if (a->tensor.kind != port->kind || a->itemsize != port->itemsize ||
        a->count != count) {
        return core_raise(PyExc_ValueError, at,
                          "cannot be written to the array that allocate made: "
                          "it has %lld elements of type %c%d, expected %lld "
                          "of %c%d",
                          (long long)a->count, a->tensor.kind, a->itemsize,
                          (long long)count, port->kind, port->itemsize);
    }
    return true;
}

/* What is given back may run Python, which must not see our exception. */
void array_release(array *a)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (a->viewed) {
        PyBuffer_Release(&a->view);
    }
    dlpack_release(a);
    PyErr_Restore(type, value, traceback);
    free(a->copy);
    a->copy = NULL;
    a->viewed = false;
}

const char *array_format(const snn_port *port)
{
    static const struct {
        char kind;
        int itemsize;
        const char *format;
    } formats[] = {{'u', 1, "B"}, {'i', 4, "i"}, {'f', 4, "f"}, {'f', 8, "d"}};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (formats[i].kind == port->kind &&
            formats[i].itemsize == port->itemsize) {
            return formats[i].format;
        }
    }
    return NULL;
}
