/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * npy_convert.c - the elements of an array as another type. Real numbers are
 * rounded, integers have to stay what they are.
 *
 * The common types have plain loops, without an exit between, so that compilers
 * vectorize them. They only tell that all went well; a loop over any elements
 * does the rest, and finds the one that is wrong.
 */
#include "driver/npy.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"

/*===- one element ----------------------------------------------------------*/

static double from_half(unsigned bits)
{
    unsigned exponent = bits >> 10 & 31;
    double fraction = (double)(bits & 1023);
    double size = exponent == 31
                      ? (fraction > 0 ? (double)NAN : (double)INFINITY)
                  : exponent ? ldexp(fraction + 1024, (int)exponent - 25)
                             : ldexp(fraction, -24);
    return bits >> 15 ? -size : size;
}

/* Element i in row-major order as its place in the file. */
static int64_t place_of(const npy *array, int64_t i)
{
    if (!array->fortran) {
        return i;
    }
    int64_t place = 0;
    int64_t index[NPY_MAX_RANK];
    for (int k = array->rank - 1; k >= 0; k--) {
        index[k] = i % array->dim[k];
        i /= array->dim[k];
    }
    for (int k = array->rank - 1; k >= 0; k--) {
        place = place * array->dim[k] + index[k];
    }
    return place;
}

/* Does a double hold an integer of this size: 53 bits, then zeros? */
static bool is_exact(uint64_t size)
{
    while (size != 0 && size % 2 == 0) {
        size /= 2;
    }
    return size < (uint64_t)1 << 53;
}

/* A number; an integer that a double cannot hold comes out rounded. */
static double element(const npy *array, int64_t i, bool *exact)
{
    unsigned char raw[8] = {0};
    const unsigned char *from = array->data + place_of(array, i) * array->size;
    for (int64_t k = 0; k < array->size; k++) {
        raw[k] = from[array->swapped ? array->size - 1 - k : k];
    }
    uint64_t bits = 0;
    for (int k = 7; k >= 0; k--) {
        bits = bits << 8 | raw[k];
    }
    *exact = true;
    if (array->kind == 'f') {
        float f32;
        double f64;
        uint32_t low = (uint32_t)bits;
        memcpy(&f32, &low, sizeof f32);
        memcpy(&f64, &bits, sizeof f64);
        return array->size == 2   ? from_half((unsigned)bits)
               : array->size == 4 ? (double)f32
                                  : f64;
    }
    if (array->kind == 'i') {
        int shift = (int)(64 - 8 * array->size);
        int64_t value = (int64_t)(bits << shift);
        value = shift ? value / ((int64_t)1 << (shift - 1)) / 2 : value;
        *exact = is_exact(value < 0 ? -(uint64_t)value : (uint64_t)value);
        return (double)value;
    }
    *exact = is_exact(bits);
    return (double)bits;
}

/* "(3, 0, 17)": element i in row-major order. */
static const char *index_text(const npy *array, int64_t i, arena *a)
{
    int64_t index[NPY_MAX_RANK];
    buf text = {.a = a};
    for (int k = array->rank - 1; k >= 0; k--) {
        index[k] = i % array->dim[k];
        i /= array->dim[k];
    }
    buf_text(&text, "(");
    for (int k = 0; k < array->rank; k++) {
        buf_printf(&text, "%s%lld", k > 0 ? ", " : "", (long long)index[k]);
    }
    buf_text(&text, ")");
    return text.text;
}

/* Row-major elements of this machine, each at an address of its size? */
static bool is_plain(const npy *array)
{
    return !array->swapped && !array->fortran &&
           (uintptr_t)array->data % (size_t)array->size == 0;
}

bool npy_is(const npy *array, number_type type)
{
    static const char kinds[] = {'u', 'i', 'i', 'i', 'f', 'f'};
    bool same =
        array->kind == kinds[type] || (array->kind == 'b' && type == NUMBER_I1);
    return same && array->size == number_size(type) && is_plain(array);
}

/*===- loops ----------------------------------------------------------------*/

static bool are_spikes(const uint8_t *x, int64_t n)
{
    uint8_t all = 0;
    for (int64_t i = 0; i < n; i++) {
        all |= x[i];
    }
    return all <= 1;
}

/* A number that is not finite less itself is not 0; any other is. */
static bool are_finite(const float *x, int64_t n)
{
    int32_t wrong = 0;
    for (int64_t i = 0; i < n; i++) {
        wrong |= !(x[i] - x[i] == 0.0F);
    }
    return wrong == 0;
}

static bool are_finite_f64(const double *x, int64_t n)
{
    int64_t wrong = 0;
    for (int64_t i = 0; i < n; i++) {
        wrong |= !(x[i] - x[i] == 0.0);
    }
    return wrong == 0;
}

/* Has an array that npy_is what the type can hold? */
static bool is_good(const npy *array, number_type type)
{
    const void *x = array->data;
    switch (type) {
    case NUMBER_I1:
        return are_spikes(x, array->count);
    case NUMBER_F32:
        return are_finite(x, array->count);
    case NUMBER_F64:
        return are_finite_f64(x, array->count);
    default:
        return true;
    }
}

/* Converts n elements; true: each of them is what y holds, or rounds to it. */
typedef bool (*loop)(const void *from, void *to, int64_t n);

/* A loop from x of type FROM to y of type TO; both are good where GOOD says. */
#define LOOP(name, FROM, TO, VALUE, GOOD)                                      \
    static bool name(const void *from, void *to, int64_t n)                    \
    {                                                                          \
        const FROM *all = from;                                                \
        TO *into = to;                                                         \
        int wrong = 0;                                                         \
        for (int64_t i = 0; i < n; i++) {                                      \
            FROM x = all[i];                                                   \
            TO y = (TO)(VALUE);                                                \
            into[i] = y;                                                       \
            wrong |= !(GOOD);                                                  \
        }                                                                      \
        return wrong == 0;                                                     \
    }

LOOP(spikes_of_i32, int32_t, uint8_t, x != 0, x == y)
LOOP(spikes_of_i64, int64_t, uint8_t, x != 0, x == y)
LOOP(spikes_of_f32, float, uint8_t, x != 0.0F, x == (float)y)
LOOP(spikes_of_f64, double, uint8_t, x != 0.0, x == (double)y)
LOOP(f32_of_u8, uint8_t, float, x, true)
LOOP(f32_of_i32, int32_t, float, x, (double)y == (double)x)
/* Some above 2^24 are exact, too: they take the long way. */
LOOP(f32_of_i64, int64_t, float, x, x >= -(1 << 24) && x <= 1 << 24)
LOOP(f32_of_f64, double, float, x, y - y == 0.0F)
LOOP(f64_of_u8, uint8_t, double, x, true)
LOOP(f64_of_i32, int32_t, double, x, true)
LOOP(f64_of_i64, int64_t, double, x, x >= -(1LL << 53) && x <= 1LL << 53)
LOOP(f64_of_f32, float, double, x, y - y == 0.0)

/* NULL: there is none for an array of this kind. */
static loop find_loop(const npy *array, number_type type)
{
    static const struct {
        char kind;
        int64_t size;
        number_type type;
        loop run;
    } loops[] = {
        {'i', 4, NUMBER_I1, spikes_of_i32}, {'i', 8, NUMBER_I1, spikes_of_i64},
        {'f', 4, NUMBER_I1, spikes_of_f32}, {'f', 8, NUMBER_I1, spikes_of_f64},
        {'b', 1, NUMBER_F32, f32_of_u8},    {'u', 1, NUMBER_F32, f32_of_u8},
        {'i', 4, NUMBER_F32, f32_of_i32},   {'i', 8, NUMBER_F32, f32_of_i64},
        {'f', 8, NUMBER_F32, f32_of_f64},   {'b', 1, NUMBER_F64, f64_of_u8},
        {'u', 1, NUMBER_F64, f64_of_u8},    {'i', 4, NUMBER_F64, f64_of_i32},
        {'i', 8, NUMBER_F64, f64_of_i64},   {'f', 4, NUMBER_F64, f64_of_f32}};
    for (size_t i = 0; i < sizeof loops / sizeof *loops && is_plain(array);
         i++) {
        if (loops[i].kind == array->kind && loops[i].size == array->size &&
            loops[i].type == type) {
            return loops[i].run;
        }
    }
    return NULL;
}

/* By a copy, or by a loop; false: element by element, if that goes. */
static bool convert_fast(const npy *array, number_type type, void *to)
{
    if (npy_is(array, type)) {
        if (array->count > 0) { /* else there may be no data */
            memcpy(to, array->data, (size_t)(array->count * array->size));
        }
        return is_good(array, type);
    }
    loop run = find_loop(array, type);
    return run && run(array->data, to, array->count);
}

/*===- any elements ---------------------------------------------------------*/

/* The type holds the number, or, where both are real, one next to it. */
static bool takes(const npy *array, number_type type, double x)
{
    bool rounds = array->kind == 'f' && type == NUMBER_F32;
    return rounds ? isfinite((float)x) != 0 : npy_fits(type, x);
}

static bool refuse(const npy *array, int64_t i, number_type type, double x,
                   bool exact, arena *a, diag *d)
{
    static const char *const names[] = {"a spike (0 or 1)", "an int8 count",
                                        "an int16 count",   "an int32 count",
                                        "float32",          "float64"};
    const char *index = index_text(array, i, a);
    if (isnan(x)) { /* printf may give it a sign */
        return diag_error(d, array->path, "element %s is nan", index);
    }
    if (!isfinite(x)) {
        return diag_error(d, array->path, "element %s is %g", index, x);
    }
    const char *value = exact ? text_printf(a, "is %s", text_number(a, x))
                              : "needs more than 53 bits";
    return diag_error(d, array->path, "element %s %s, which %s cannot hold",
                      index, value, names[type]);
}

/* Element by element: to may be null, to check alone. */
static bool convert(const npy *array, number_type type, arena *a, diag *d,
                    void *to)
{
    for (int64_t i = 0; i < array->count; i++) {
        bool exact;
        double x = element(array, i, &exact);
        if (!exact || !isfinite(x) || !takes(array, type, x)) {
            return refuse(array, i, type, x, exact, a, d);
        }
        if (to) {
            npy_put(type, to, i, x);
        }
    }
    return true;
}

bool npy_check(const npy *array, number_type type, arena *a, diag *d)
{
    return is_good(array, type) || convert(array, type, a, d, NULL);
}

bool npy_copy(const npy *array, number_type type, arena *a, diag *d, void *to)
{
    return convert_fast(array, type, to) || convert(array, type, a, d, to);
}

bool npy_convert(const npy *array, number_type type, arena *a, diag *d,
                 const void **data)
{
    if (npy_is(array, type)) {
        *data = array->data;
        return npy_check(array, type, a, d);
    }
    void *to = arena_alloc(a, array->count, (size_t)number_size(type));
    *data = to;
    return npy_copy(array, type, a, d, to);
}
