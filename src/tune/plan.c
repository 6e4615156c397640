/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * plan.c - the plan as an attribute: a dictionary of nodes, each a dictionary
 * as --snn-quantize reads it.
 */
#include <string.h>

#include "tune/tuner.h"

static MlirAttribute entry(MlirAttribute dictionary, const char *name)
{
    return mlirAttributeIsNull(dictionary)
               ? dictionary
               : mlirDictionaryAttrGetElementByName(
                     dictionary, mlirStringRefCreateFromCString(name));
}

choice plan_choice(const tuner *t, const char *node)
{
    choice c = {t->how->weights, t->how->tensor, t->how->power_of_two};
    MlirAttribute row = entry(t->plan, node);
    MlirAttribute bits = entry(row, "weights");
    MlirAttribute channels = entry(row, "channels");
    MlirAttribute power_of_two = entry(row, "power_of_two");
    if (!mlirAttributeIsNull(bits)) {
        c.bits = (int)mlirIntegerAttrGetValueInt(bits);
    }
    if (!mlirAttributeIsNull(channels)) {
        c.tensor = !mlirBoolAttrGetValue(channels);
    }
    if (!mlirAttributeIsNull(power_of_two)) {
        c.power_of_two = mlirBoolAttrGetValue(power_of_two);
    }
    return c;
}

/* A dictionary with items in the place of those of their names. */
static MlirAttribute with(MlirContext ctx, MlirAttribute dictionary,
                          const ir_attr *items, intptr_t n, arena *a)
{
    intptr_t old = mlirAttributeIsNull(dictionary)
                       ? 0
                       : mlirDictionaryAttrGetNumElements(dictionary);
    MlirNamedAttribute *all = ARENA_ARRAY(a, MlirNamedAttribute, old + n);
    intptr_t m = 0;
    for (intptr_t i = 0; i < old; i++) {
        MlirNamedAttribute item = mlirDictionaryAttrGetElement(dictionary, i);
        bool goes = false;
        for (intptr_t k = 0; k < n; k++) {
            goes = goes || mlirStringRefEqual(
                               mlirIdentifierStr(item.name),
                               mlirStringRefCreateFromCString(items[k].name));
        }
        if (!goes) {
            all[m++] = item;
        }
    }
    for (intptr_t k = 0; k < n; k++) {
        if (!mlirAttributeIsNull(items[k].value)) {
            all[m++] = mlirNamedAttributeGet(
                mlirIdentifierGet(
                    ctx, mlirStringRefCreateFromCString(items[k].name)),
                items[k].value);
        }
    }
    return mlirDictionaryAttrGet(ctx, m, all);
}

/* Whole numbers in the type of their codes, in the shape of v. */
static MlirAttribute elements_of(MlirValue v, int bits, const double *codes,
                                 arena *a)
{
    MlirContext ctx = mlirTypeGetContext(mlirValueGetType(v));
    int64_t n = ir_count(v);
    size_t bytes = bits <= 8 ? 1 : (size_t)bits / 8;
    char *raw = arena_alloc(a, n, bytes);
    for (int64_t i = 0; i < n; i++) {
        int32_t wide = (int32_t)codes[i];
        int16_t medium = (int16_t)wide;
        int8_t narrow = (int8_t)wide;
        memcpy(raw + (size_t)i * bytes,
               bytes == 1   ? (void *)&narrow
               : bytes == 2 ? (void *)&medium
                            : (void *)&wide,
               bytes);
    }
    MlirType type = ir_tensor_like(
        mlirValueGetType(v), mlirIntegerTypeGet(ctx, (unsigned)(8 * bytes)));
    return mlirDenseElementsAttrRawBufferGet(type, (size_t)n * bytes, raw);
}

void plan_write(tuner *t, const layer *l, const rounded *out, arena *a)
{
    MlirContext ctx = mlirOperationGetContext(t->step);
    int64_t rows = layer_rows(l);
    int64_t first = 0; /* of the product in a row */
    for (int64_t i = 0; i < l->n_products; i++) {
        MlirOperation op = l->products[i];
        MlirValue weight = mlirOperationGetOperand(op, 1);
        int64_t n = ir_count(weight) / rows;
        double *codes = ARENA_ARRAY(a, double, rows *n);
        double *bias = ARENA_ARRAY(a, double, rows);
        for (int64_t m = 0; m < rows; m++) {
            const double *from = out->codes + m * out->n + first;
            memcpy(codes + m * n, from, (size_t)n * sizeof *codes);
            bias[m] = layer_has_bias(op) ? from[n] : 0.0;
        }
        const char *node = ir_get_text(op, "node", a);
        ir_attr items[] = {
            {"scale", mlirDenseF64ArrayGet(ctx, rows, out->scales)},
            {"codes", elements_of(weight, plan_choice(t, node).bits, codes, a)},
            {"bias",
             layer_has_bias(op)
                 ? elements_of(mlirOperationGetOperand(op, 2), 32, bias, a)
                 : (MlirAttribute){NULL}}};
        MlirAttribute row = with(ctx, entry(t->plan, node), items, 3, a);
        t->plan = with(ctx, t->plan, &(ir_attr){node, row}, 1, a);
        first += n + layer_has_bias(op);
    }
}
