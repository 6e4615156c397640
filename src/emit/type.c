/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * type.c - one table for the C types of MLIR types.
 */
#include "emit/type.h"

#include <inttypes.h>
#include <math.h>

#include "base/buf.h"
#include "emit/number.h"
#include "ir/ir.h"
#include "mlir-c/AffineMap.h"

static const c_type types[] = {
    {TYPE_BOOL, 1, 1, "uint8_t", "int8_t", "U"},
    {TYPE_UINT, 8, 1, "uint8_t", "int8_t", "U"},
    {TYPE_UINT, 16, 2, "uint16_t", "int16_t", "U"},
    {TYPE_UINT, 32, 4, "uint32_t", "int32_t", "U"},
    {TYPE_UINT, 64, 8, "uint64_t", "int64_t", "ULL"},
    {TYPE_UINT, 0, 4, "uint32_t", "int32_t", "U"}, /* index */
    {TYPE_INT, 8, 1, "int8_t", "int8_t", ""},
    {TYPE_INT, 16, 2, "int16_t", "int16_t", ""},
    {TYPE_INT, 32, 4, "int32_t", "int32_t", ""},
    {TYPE_INT, 64, 8, "int64_t", "int64_t", "LL"},
    {TYPE_FLOAT, 32, 4, "float", "float", "F"},
    {TYPE_FLOAT, 64, 8, "double", "double", ""},
};

/* The width that the table knows type by; -1: none. */
static int64_t bits_of(MlirType type)
{
    if (mlirTypeIsAIndex(type)) {
        return 0;
    }
    if (mlirTypeIsAInteger(type)) {
        return mlirIntegerTypeIsSignless(type)
                   ? (int64_t)mlirIntegerTypeGetWidth(type)
                   : -1;
    }
    return mlirTypeIsAF32(type) ? 32 : mlirTypeIsAF64(type) ? 64 : -1;
}

const c_type *type_of(MlirType type)
{
    int64_t bits = bits_of(type);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        bool is_float = types[i].kind == TYPE_FLOAT;
        if (types[i].bits == bits && is_float == ir_is_float(type) &&
            types[i].kind != TYPE_INT) {
            return &types[i];
        }
    }
    return NULL;
}

static const c_type *counterpart(const c_type *type, type_kind from,
                                 type_kind to)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (type->kind == from && types[i].kind == to &&
            types[i].bits == type->bits) {
            return &types[i];
        }
    }
    return type;
}

const c_type *type_signed(const c_type *type)
{
    return counterpart(type, TYPE_UINT, TYPE_INT);
}

const c_type *type_unsigned(const c_type *type)
{
    return counterpart(type, TYPE_INT, TYPE_UINT);
}

const c_type *type_of_elements(MlirValue buffer)
{
    return type_of(ir_element(buffer));
}

/* The least number of a type has no literal: its digits alone are too large. */
static const char *signed_integer(arena *a, const c_type *type, int64_t value)
{
    int64_t least = type->size < 8 ? INT32_MIN : INT64_MIN;
    return value == least
               ? text_printf(a, "(%" PRId64 "%s - 1)", value + 1, type->suffix)
               : text_printf(a, "%" PRId64 "%s", value, type->suffix);
}

const char *type_integer(arena *a, const c_type *type, int64_t value)
{
    if (type->kind == TYPE_INT) {
        return signed_integer(a, type, value);
    }
    uint64_t bits = (uint64_t)value;
    if (type->kind == TYPE_BOOL) {
        bits &= 1;
    } else if (type->size < 8) {
        bits &= (UINT64_C(1) << (8 * type->size)) - 1;
    }
    /* "1ULL" has another type than uint64_t where that is unsigned long, and
     * gcc then warns of a conversion */
    return type->size == 8
               ? text_printf(a, "UINT64_C(%" PRIu64 ")", bits)
               : text_printf(a, "%" PRIu64 "%s", bits, type->suffix);
}

const char *type_literal(arena *a, MlirAttribute value, const c_type *type)
{
    if (mlirAttributeIsAFloat(value)) {
        char text[NUMBER_SIZE];
        double number = mlirFloatAttrGetValueDouble(value);
        if (!isfinite(number)) {
            return NULL;
        }
        bool f32 = mlirTypeIsAF32(mlirAttributeGetType(value));
        int64_t n = f32 ? number_float(text, (float)number)
                        : number_double(text, number);
        return arena_text(a, text, n);
    }
    return !type || !mlirAttributeIsAInteger(value)
               ? NULL
               : type_integer(a, type, mlirIntegerAttrGetValueInt(value));
}

bool type_is_contiguous(MlirType memref)
{
    return mlirTypeIsAMemRef(memref) && mlirShapedTypeHasStaticShape(memref) &&
           mlirAffineMapIsIdentity(mlirMemRefTypeGetAffineMap(memref));
}
