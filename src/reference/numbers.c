/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * numbers.c - converts numbers to double and back.
 *
 * MLIR's getters look an element up one at a time, slowly, and know splats:
 * attributes are read once, when the machine is made.
 */
#include "reference/numbers.h"

#include <assert.h>
#include <string.h>

#include "ir/raw.h"
#include "mlir-c/BuiltinAttributes.h"
#include "mlir-c/BuiltinTypes.h"
#include "reference/arithmetic.h"

typedef struct element_row {
    const char *name;
    int width; /* of an integer; 0 for a float */
    double lowest;
    double highest;
} element_row;

/* By element. The bounds of i64 are those of exact integers in a double. */
static const element_row ELEMENTS[] = {
    [ELEMENT_F32] = {"f32", 0, 0, 0},
    [ELEMENT_F64] = {"f64", 0, 0, 0},
    [ELEMENT_I1] = {"i1", 1, 0, 1},
    [ELEMENT_I4] = {"i4", 4, -8, 7},
    [ELEMENT_I8] = {"i8", 8, INT8_MIN, INT8_MAX},
    [ELEMENT_I16] = {"i16", 16, INT16_MIN, INT16_MAX},
    [ELEMENT_I32] = {"i32", 32, INT32_MIN, INT32_MAX},
    [ELEMENT_I64] = {"i64", 64, -0x1p53, 0x1p53},
};

bool numbers_element(MlirType type, element *e)
{
    if (mlirTypeIsAF32(type) || mlirTypeIsAF64(type)) {
        *e = mlirTypeIsAF32(type) ? ELEMENT_F32 : ELEMENT_F64;
        return true;
    }
    if (!mlirTypeIsAInteger(type) || !mlirIntegerTypeIsSignless(type)) {
        return false;
    }
    for (element i = ELEMENT_I1; i <= ELEMENT_I64; i++) {
        if (ELEMENTS[i].width == (int)mlirIntegerTypeGetWidth(type)) {
            *e = i;
            return true;
        }
    }
    return false;
}

const char *numbers_element_name(element e) { return ELEMENTS[e].name; }

int numbers_bits(element e) { return ELEMENTS[e].width; }

bool numbers_is_float(element e) { return ELEMENTS[e].width == 0; }

bool numbers_fits(element e, double x)
{
    return numbers_is_float(e) ||
           (x >= ELEMENTS[e].lowest && x <= ELEMENTS[e].highest &&
            (double)(int64_t)x == x);
}

static double dense_number(MlirAttribute dense, element e, int64_t i)
{
    switch (e) {
    case ELEMENT_F32:
        return (double)mlirDenseElementsAttrGetFloatValue(dense, i);
    case ELEMENT_F64:
        return mlirDenseElementsAttrGetDoubleValue(dense, i);
    case ELEMENT_I1:
        return mlirDenseElementsAttrGetBoolValue(dense, i);
    case ELEMENT_I4: /* a byte each; see read_elements */
        break;
    case ELEMENT_I8:
        return mlirDenseElementsAttrGetInt8Value(dense, i);
    case ELEMENT_I16:
        return mlirDenseElementsAttrGetInt16Value(dense, i);
    case ELEMENT_I32:
        return mlirDenseElementsAttrGetInt32Value(dense, i);
    case ELEMENT_I64:
        return (double)mlirDenseElementsAttrGetInt64Value(dense, i);
    }
    assert(false && "an element type");
    return 0;
}

static double resource_number(MlirAttribute resource, element e, int64_t i)
{
    switch (e) {
    case ELEMENT_F32:
        return (double)mlirDenseFloatResourceElementsAttrGetValue(resource, i);
    case ELEMENT_F64:
        return mlirDenseDoubleResourceElementsAttrGetValue(resource, i);
    case ELEMENT_I1:
        return mlirDenseBoolResourceElementsAttrGetValue(resource, i);
    case ELEMENT_I4:
        break;
    case ELEMENT_I8:
        return mlirDenseInt8ResourceElementsAttrGetValue(resource, i);
    case ELEMENT_I16:
        return mlirDenseInt16ResourceElementsAttrGetValue(resource, i);
    case ELEMENT_I32:
        return mlirDenseInt32ResourceElementsAttrGetValue(resource, i);
    case ELEMENT_I64:
        return (double)mlirDenseInt64ResourceElementsAttrGetValue(resource, i);
    }
    assert(false && "an element type");
    return 0;
}

static bool read_one(double number, element e, arena *a, parameter *p)
{
    double *one = ARENA_NEW(a, double);
    *one = rounded(e, number);
    *p = (parameter){.numbers = one, .every = 0};
    return true;
}

/* Four bits in a byte, whose upper half may be anything. */
static double nibble(MlirAttribute elements, int64_t i)
{
    int64_t size;
    const uint8_t *bytes = ir_raw_data(elements, &size);
    int low = bytes[size > 1 ? i : 0] & 15;
    return low < 8 ? low : low - 16;
}

static double number_at(MlirAttribute elements, bool dense, element stored,
                        int64_t i)
{
    if (stored == ELEMENT_I4) {
        return nibble(elements, i);
    }
    return dense ? dense_number(elements, stored, i)
                 : resource_number(elements, stored, i);
}

static bool read_elements(MlirAttribute elements, element e, arena *a,
                          parameter *p)
{
    bool dense = mlirAttributeIsADenseElements(elements);
    element stored;
    if ((!dense && !mlirAttributeIsADenseResourceElements(elements)) ||
        !numbers_element(
            mlirShapedTypeGetElementType(mlirAttributeGetType(elements)),
            &stored)) {
        return false;
    }
    int64_t count = mlirElementsAttrGetNumElements(elements);
    double *numbers = ARENA_ARRAY(a, double, count);
    for (int64_t i = 0; i < count; i++) {
        numbers[i] = rounded(e, number_at(elements, dense, stored, i));
    }
    *p = (parameter){.numbers = numbers, .every = 1};
    return true;
}

bool numbers_read(MlirAttribute attribute, element e, arena *a, parameter *p)
{
    if (mlirAttributeIsAFloat(attribute)) {
        return read_one(mlirFloatAttrGetValueDouble(attribute), e, a, p);
    }
    if (mlirAttributeIsAInteger(attribute)) {
        return read_one((double)mlirIntegerAttrGetValueInt(attribute), e, a, p);
    }
    return read_elements(attribute, e, a, p);
}

static double load_one(element e, const void *from, int64_t i)
{
    switch (e) {
    case ELEMENT_F32:
        return (double)((const float *)from)[i];
    case ELEMENT_F64:
        return ((const double *)from)[i];
    case ELEMENT_I1:
        return ((const uint8_t *)from)[i];
    case ELEMENT_I4: /* of constants only */
        break;
    case ELEMENT_I8:
        return ((const int8_t *)from)[i];
    case ELEMENT_I16:
        return ((const int16_t *)from)[i];
    case ELEMENT_I32:
        return ((const int32_t *)from)[i];
    case ELEMENT_I64:
        break;
    }
    assert(false && "an element type of an input");
    return 0;
}

void numbers_load(value *v, const void *from)
{
    for (int64_t i = 0; i < v->count; i++) {
        v->numbers[i] = load_one(v->element, from, i);
    }
}

/* The numbers fit: floats are rounded, counts are small (spec section 1). */
static void store_one(element e, void *to, int64_t i, double number)
{
    assert(numbers_fits(e, number));
    switch (e) {
    case ELEMENT_F32:
        ((float *)to)[i] = (float)number;
        break;
    case ELEMENT_F64:
        ((double *)to)[i] = number;
        break;
    case ELEMENT_I1:
        ((uint8_t *)to)[i] = (uint8_t)number;
        break;
    case ELEMENT_I8:
        ((int8_t *)to)[i] = (int8_t)number;
        break;
    case ELEMENT_I16:
        ((int16_t *)to)[i] = (int16_t)number;
        break;
    case ELEMENT_I32:
        ((int32_t *)to)[i] = (int32_t)number;
        break;
    case ELEMENT_I4:
    case ELEMENT_I64:
        assert(false && "an element type of an output");
        break;
    }
}

void numbers_store(const value *v, void *to)
{
    for (int64_t i = 0; i < v->count; i++) {
        store_one(v->element, to, i, v->numbers[i]);
    }
}
