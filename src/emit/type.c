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
        if (types[i].bits == bits && is_float == ir_is_float(type)) {
            return &types[i];
        }
    }
    return NULL;
}

const c_type *type_of_elements(MlirValue buffer)
{
    return type_of(ir_element(buffer));
}

const char *type_integer(arena *a, const c_type *type, int64_t value)
{
    uint64_t bits = (uint64_t)value;
    if (type->kind == TYPE_BOOL) {
        bits &= 1;
    } else if (type->size < 8) {
        bits &= (UINT64_C(1) << (8 * type->size)) - 1;
    }
    return text_printf(a, "%" PRIu64 "%s", bits, type->suffix);
}

const char *type_literal(arena *a, MlirAttribute value)
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
    const c_type *type = type_of(mlirAttributeGetType(value));
    if (!type || !mlirAttributeIsAInteger(value)) {
        return NULL;
    }
    return type_integer(a, type, mlirIntegerAttrGetValueInt(value));
}

bool type_is_contiguous(MlirType memref)
{
    return mlirTypeIsAMemRef(memref) && mlirShapedTypeHasStaticShape(memref) &&
           mlirAffineMapIsIdentity(mlirMemRefTypeGetAffineMap(memref));
}
