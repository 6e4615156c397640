/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * npy.c - arrays in memory, and in numpy's file format: a magic, a version, the
 * length of a header, the header (a Python dictionary with descr, fortran_order
 * and shape), the data.
 */
#include "driver/npy.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/text.h"

int64_t number_size(number_type type)
{
    static const int64_t sizes[] = {1, 1, 2, 4, 4, 8};
    return sizes[type];
}

double npy_number(number_type type, const void *data, int64_t i)
{
    switch (type) {
    case NUMBER_I1:
        return ((const uint8_t *)data)[i];
    case NUMBER_I8:
        return ((const int8_t *)data)[i];
    case NUMBER_I16:
        return ((const int16_t *)data)[i];
    case NUMBER_I32:
        return ((const int32_t *)data)[i];
    case NUMBER_F32:
        return (double)((const float *)data)[i];
    default:
        return ((const double *)data)[i];
    }
}

void npy_put(number_type type, void *data, int64_t i, double x)
{
    switch (type) {
    case NUMBER_I1:
        ((uint8_t *)data)[i] = (uint8_t)x;
        break;
    case NUMBER_I8:
        ((int8_t *)data)[i] = (int8_t)x;
        break;
    case NUMBER_I16:
        ((int16_t *)data)[i] = (int16_t)x;
        break;
    case NUMBER_I32:
        ((int32_t *)data)[i] = (int32_t)x;
        break;
    case NUMBER_F32:
        ((float *)data)[i] = (float)x;
        break;
    default:
        ((double *)data)[i] = x;
    }
}

bool npy_fits(number_type type, double x)
{
    switch (type) {
    case NUMBER_I1:
        return x == 0.0 || x == 1.0;
    case NUMBER_I8:
        return x >= -128.0 && x <= 127.0 && x == floor(x);
    case NUMBER_I16:
        return x >= -32768.0 && x <= 32767.0 && x == floor(x);
    case NUMBER_I32:
        return x >= -2147483648.0 && x <= 2147483647.0 && x == floor(x);
    case NUMBER_F32:
        return fabs(x) <= 3.4028234663852886e38 && (double)(float)x == x;
    default:
        return true;
    }
}

const char *npy_shape_text(int rank, const int64_t *dim, arena *a)
{
    buf text = {.a = a};
    buf_text(&text, "(");
    for (int i = 0; i < rank; i++) {
        buf_printf(&text, "%s%" PRId64, i > 0 ? ", " : "", dim[i]);
    }
    buf_text(&text, rank == 1 ? ",)" : ")");
    return text.text;
}

/*===- reading --------------------------------------------------------------*/

/* All bytes of a file. */
static bool slurp(const char *path, arena *a, diag *d, unsigned char **bytes,
                  int64_t *size)
{
    FILE *file = fopen(path, "rb");
    bool good = false;
    if (!file) {
        return diag_error(d, path, "cannot be read: %s", strerror(errno));
    }
    struct stat what; /* a folder opens, too, and a pipe has no size */
    if (fstat(fileno(file), &what) != 0 || !S_ISREG(what.st_mode)) {
        diag_error(d, path, "is not a regular file");
        goto done;
    }
    if (fseek(file, 0, SEEK_END) != 0 || (*size = ftell(file)) < 0 ||
        fseek(file, 0, SEEK_SET) != 0) {
        diag_error(d, path, "cannot be read: %s", strerror(errno));
        goto done;
    }
    *bytes = ARENA_ARRAY(a, unsigned char, *size + 1);
    good = fread(*bytes, 1, (size_t)*size, file) == (size_t)*size;
    if (!good) {
        diag_error(d, path, "cannot be read to its end");
    }
done:
    fclose(file);
    return good;
}

/* The text behind 'key': in a header; NULL if there is none. */
static const char *value_of(const char *header, const char *key)
{
    const char *at = strstr(header, key);
    at = at ? strchr(at, ':') : NULL;
    if (!at) {
        return NULL;
    }
    at++;
    return at + strspn(at, " ");
}

static bool is_known_type(const npy *array)
{
    bool whole =
        strchr("biu", array->kind) && (array->size == 1 || array->size == 2 ||
                                       array->size == 4 || array->size == 8);
    bool real = array->kind == 'f' &&
                (array->size == 2 || array->size == 4 || array->size == 8);
    return array->kind != '\0' && (whole || real);
}

static bool read_descr(npy *array, const char *text)
{
    if (!text || (*text != '\'' && *text != '"') || !text[1] ||
        !strchr("<>|=", text[1]) || !text[2]) {
        return false;
    }
    array->kind = text[2];
    array->size = strtol(text + 3, NULL, 10);
    array->swapped = text[1] == '>';
    return is_known_type(array);
}

/* Adds an axis; false if there are too many, or too many elements. */
static bool add_axis(npy *array, int64_t n)
{
    if (n < 0 || array->rank == NPY_MAX_RANK ||
        (n > 0 && array->count > INT64_MAX / 16 / n)) {
        return false;
    }
    array->dim[array->rank++] = n;
    array->count *= n;
    return true;
}

static bool read_shape(npy *array, const char *text)
{
    if (!text || *text != '(') {
        return false;
    }
    array->count = 1;
    for (text++; *text != ')';) {
        char *end;
        long long n = strtoll(text, &end, 10);
        if (end == text || !add_axis(array, n)) {
            return false;
        }
        text = end + strspn(end, " ,L");
    }
    return true;
}

/* Length of the header and where it starts. */
static bool find_header(const unsigned char *bytes, int64_t size,
                        int64_t *start, int64_t *length)
{
    if (size < 12 || memcmp(bytes, "\x93NUMPY", 6) != 0 || bytes[6] < 1 ||
        bytes[6] > 3) {
        return false;
    }
    *start = bytes[6] == 1 ? 10 : 12;
    *length = bytes[8] | (int64_t)bytes[9] << 8;
    if (bytes[6] > 1) {
        *length |= (int64_t)bytes[10] << 16 | (int64_t)bytes[11] << 24;
    }
    return *length <= size - *start;
}

static bool read_file(const char *path, arena *a, diag *d, npy *array)
{
    unsigned char *bytes = NULL;
    int64_t size = 0;
    int64_t start, length;
    if (!slurp(path, a, d, &bytes, &size)) {
        return false;
    }
    if (!find_header(bytes, size, &start, &length)) {
        return diag_error(d, path, "is not a .npy file");
    }
    const char *header = arena_text(a, (const char *)bytes + start, length);
    const char *order = value_of(header, "fortran_order");
    if (!read_descr(array, value_of(header, "descr"))) {
        return diag_error(d, path,
                          "has elements that are no integers or floats");
    }
    if (!order || !read_shape(array, value_of(header, "shape"))) {
        return diag_error(d, path, "has a damaged header");
    }
    array->fortran = strncmp(order, "True", 4) == 0 && array->rank > 1;
    array->data = bytes + start + length;
    int64_t held = size - start - length;
    if (held < array->count * array->size) {
        return diag_error(d, path,
                          "holds %lld bytes of data, its shape asks "
                          "for %lld",
                          (long long)held,
                          (long long)(array->count * array->size));
    }
    return true;
}

/*===- in memory ------------------------------------------------------------*/

const char *npy_name(const snn_array *given)
{
    return given->path ? given->path : given->node ? given->node : "array";
}

static bool take_tensor(const snn_tensor *t, diag *d, npy *array)
{
    array->kind = t->kind;
    array->size = t->itemsize;
    array->data = t->data;
    array->count = 1;
    if (!is_known_type(array)) {
        return diag_error(d, array->path,
                          "has elements that are no integers or floats");
    }
    for (int i = 0; i < t->rank; i++) {
        if (!add_axis(array, t->dim[i])) {
            return diag_error(d, array->path,
                              "has too many axes or elements, or an axis below "
                              "0");
        }
    }
    return true;
}

bool npy_open(const snn_array *given, arena *a, diag *d, npy *array)
{
    *array = (npy){.path = npy_name(given)};
    return given->tensor ? take_tensor(given->tensor, d, array)
                         : read_file(given->path, a, d, array);
}

/*===- writing --------------------------------------------------------------*/

file_text npy_file(const char *path, number_type type, int rank,
                   const int64_t *dim, const void *data, arena *a)
{
    static const char *const descr[] = {"|u1", "|i1", "<i2",
                                        "<i4", "<f4", "<f8"};
    buf text = {.a = a};
    int64_t count = 1;
    buf_printf(&text, "{'descr': '%s', 'fortran_order': False, 'shape': (",
               descr[type]);
    for (int k = 0; k < rank; k++) {
        buf_printf(&text, "%lld%s", (long long)dim[k],
                   rank == 1 ? "," : (k < rank - 1 ? ", " : ""));
        count *= dim[k];
    }
    buf_text(&text, "), }");
    while ((10 + text.size + 1) % 64 != 0) {
        buf_text(&text, " ");
    }
    buf_text(&text, "\n");
    buf head = {.a = a};
    const char magic[] = {(char)0x93,
                          'N',
                          'U',
                          'M',
                          'P',
                          'Y',
                          1,
                          0,
                          (char)(text.size & 255),
                          (char)(text.size >> 8)};
    buf_bytes(&head, magic, sizeof magic);
    buf_bytes(&head, text.text, text.size);
    return (file_text){.path = path,
                       .head = head.text,
                       .head_size = head.size,
                       .body = data,
                       .body_size = count * number_size(type)};
}
