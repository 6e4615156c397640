/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ir_read.c - what operations, types and attributes say.
 */
#include "ir/ir.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "ir/raw.h"
#include "mlir-c/Diagnostics.h"

bool ir_is(MlirOperation op, const char *name)
{
    return !mlirOperationIsNull(op) &&
           mlirStringRefEqual(mlirIdentifierStr(mlirOperationGetName(op)),
                              mlirStringRefCreateFromCString(name));
}

static const char *text_of(MlirStringRef s, arena *a)
{
    return arena_text(a, s.data, (int64_t)s.length);
}

const char *ir_op_name(MlirOperation op, arena *a)
{
    return text_of(mlirIdentifierStr(mlirOperationGetName(op)), a);
}

MlirAttribute ir_get(MlirOperation op, const char *name)
{
    return mlirOperationGetAttributeByName(
        op, mlirStringRefCreateFromCString(name));
}

const char *ir_get_text(MlirOperation op, const char *name, arena *a)
{
    MlirAttribute text = ir_get(op, name);
    assert(!mlirAttributeIsNull(text) && mlirAttributeIsAString(text));
    return text_of(mlirStringAttrGetValue(text), a);
}

static void append(MlirStringRef piece, void *text)
{
    buf_bytes(text, piece.data, (int64_t)piece.length);
}

const char *ir_get_word(MlirOperation op, const char *name, arena *a)
{
    MlirAttribute word = ir_get(op, name);
    buf text = {.a = a};
    if (mlirAttributeIsNull(word)) {
        return NULL;
    }
    mlirAttributePrint(word, append, &text);
    const char *start = strrchr(text.text, '<');
    assert(start && "an enum attribute is #snn.NAME<word>");
    return arena_text(a, start + 1, (int64_t)strcspn(start + 1, ">"));
}

bool ir_param_uniform(MlirAttribute param)
{
    return mlirAttributeIsAFloat(param) || mlirDenseElementsAttrIsSplat(param);
}

double ir_param(MlirAttribute param, int64_t i)
{
    if (mlirAttributeIsAFloat(param)) {
        return mlirFloatAttrGetValueDouble(param);
    }
    return mlirDenseElementsAttrIsSplat(param)
               ? mlirDenseElementsAttrGetDoubleSplatValue(param)
               : mlirDenseElementsAttrGetDoubleValue(param, (intptr_t)i);
}

double ir_float_at(MlirAttribute elements, int64_t i)
{
    MlirType type =
        mlirShapedTypeGetElementType(mlirAttributeGetType(elements));
    int64_t size;
    const void *data = ir_raw_data(elements, &size);
    int64_t one =
        mlirTypeIsAF32(type) ? (int64_t)sizeof(float) : (int64_t)sizeof(double);
    int64_t at = size == one ? 0 : i; /* all elements are equal */
    assert(data && ir_is_float(type));
    return mlirTypeIsAF32(type) ? (double)((const float *)data)[at]
                                : ((const double *)data)[at];
}

MlirType ir_element(MlirValue shaped)
{
    return mlirShapedTypeGetElementType(mlirValueGetType(shaped));
}

intptr_t ir_rank(MlirValue shaped)
{
    return mlirShapedTypeGetRank(mlirValueGetType(shaped));
}

int64_t ir_dim(MlirValue shaped, intptr_t i)
{
    return mlirShapedTypeGetDimSize(mlirValueGetType(shaped), i);
}

int64_t ir_count(MlirValue shaped)
{
    int64_t n = 1;
    for (intptr_t i = 0; i < ir_rank(shaped); i++) {
        n *= ir_dim(shaped, i);
    }
    return n;
}

bool ir_is_float(MlirType type)
{
    return mlirTypeIsAF32(type) || mlirTypeIsAF64(type);
}

MlirOperation ir_owner(MlirValue value)
{
    return mlirValueIsAOpResult(value) ? mlirOpResultGetOwner(value)
                                       : (MlirOperation){NULL};
}

const char *ir_loc_name(MlirLocation loc, arena *a)
{
    while (mlirLocationIsAName(loc) &&
           mlirLocationIsAName(mlirLocationNameGetChildLoc(loc))) {
        loc = mlirLocationNameGetChildLoc(loc); /* a value's own name */
    }
    return mlirLocationIsAName(loc)
               ? text_of(mlirIdentifierStr(mlirLocationNameGetName(loc)), a)
               : "";
}

const char *ir_value_name(MlirOperation op, arena *a)
{
    MlirLocation loc = mlirOperationGetLocation(op);
    bool own = mlirLocationIsAName(loc) &&
               mlirLocationIsAName(mlirLocationNameGetChildLoc(loc));
    return own ? text_of(mlirIdentifierStr(mlirLocationNameGetName(loc)), a)
               : "";
}

MlirOperation *ir_list(MlirBlock block, arena *a, int64_t *n)
{
    *n = 0;
    for (MlirOperation op = mlirBlockGetFirstOperation(block);
         !mlirOperationIsNull(op); op = mlirOperationGetNextInBlock(op)) {
        (*n)++;
    }
    MlirOperation *list = ARENA_ARRAY(a, MlirOperation, *n);
    MlirOperation op = mlirBlockGetFirstOperation(block);
    for (int64_t i = 0; i < *n; i++) {
        list[i] = op;
        op = mlirOperationGetNextInBlock(op);
    }
    return list;
}

MlirType ir_real_type(MlirBlock block, arena *a)
{
    for (intptr_t i = 0; i < mlirBlockGetNumArguments(block); i++) {
        MlirType type = ir_element(mlirBlockGetArgument(block, i));
        if (ir_is_float(type)) {
            return type;
        }
    }
    int64_t n;
    MlirOperation *ops = ir_list(block, a, &n);
    for (int64_t i = 0; i < n; i++) {
        for (intptr_t r = 0; r < mlirOperationGetNumResults(ops[i]); r++) {
            MlirType type = ir_element(mlirOperationGetResult(ops[i], r));
            if (ir_is_float(type)) {
                return type;
            }
        }
    }
    MlirOperation parent = mlirBlockGetParentOperation(block);
    return mlirF32TypeGet(mlirOperationGetContext(parent));
}

MlirBlock ir_body(MlirOperation op, intptr_t i)
{
    return mlirRegionGetFirstBlock(mlirOperationGetRegion(op, i));
}

bool ir_error(MlirOperation op, const char *format, ...)
{
    arena a = {0};
    va_list args;
    va_start(args, format);
    const char *text = text_vprintf(&a, format, args);
    va_end(args);
    mlirEmitError(mlirOperationGetLocation(op), text);
    arena_free(&a);
    return false;
}
