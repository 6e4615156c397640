/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * fold_numbers.c - reads weights where they are, and makes new ones. Weights
 * may be large: a new array is made only where a fold changes them, and is
 * handed over to the attribute without a copy.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "ir/raw.h"
#include "passes/fold.h"
#include "passes/lower.h"

bool fold_read(MlirValue value, fold_numbers *numbers)
{
    MlirOperation op = ir_owner(value);
    if (!ir_is(op, "snn.constant") || !ir_is_float(ir_element(value))) {
        return false;
    }
    lower_numbers from = lower_numbers_of(op);
    *numbers = (fold_numbers){.data = from.data,
                              .f64 = mlirTypeIsAF64(ir_element(value)),
                              .splat = from.splat,
                              .n = ir_count(value)};
    return from.data != NULL;
}

double fold_number(const fold_numbers *numbers, int64_t i)
{
    i = numbers->splat ? 0 : i;
    if (numbers->f64) {
        double number;
        memcpy(&number, numbers->data + i * 8, 8);
        return number;
    }
    float number;
    memcpy(&number, numbers->data + i * 4, 4);
    return (double)number;
}

double fold_round(double number, bool f64)
{
    return f64 ? number : (double)(float)number;
}

fold_new fold_new_make(int64_t n, bool f64)
{
    fold_new numbers = {.f64 = f64, .n = n};
    numbers.data = malloc((size_t)n * (f64 ? 8 : 4) + 1);
    if (!numbers.data) {
        abort();
    }
    return numbers;
}

void fold_set(fold_new *numbers, int64_t i, double number)
{
    double rounded = fold_round(number, numbers->f64);
    float narrow = (float)rounded;
    numbers->infinite = numbers->infinite || !isfinite(rounded);
    if (numbers->f64) {
        memcpy(numbers->data + i * 8, &rounded, 8);
    } else {
        memcpy(numbers->data + i * 4, &narrow, 4);
    }
}

void fold_drop(fold_new *numbers)
{
    free(numbers->data);
    numbers->data = NULL;
}

static void release(void *user, const void *data, size_t size, size_t align)
{
    (void)data;
    (void)size;
    (void)align;
    free(user);
}

/* Few numbers stand in the text of the IR, more are a resource. */
static MlirAttribute elements(const char *key, MlirType type, fold_new *numbers)
{
    enum { INLINE_NUMBERS = 16 };
    size_t size = (size_t)numbers->n * (numbers->f64 ? 8 : 4);
    if (numbers->n <= INLINE_NUMBERS) {
        MlirAttribute value =
            mlirDenseElementsAttrRawBufferGet(type, size, numbers->data);
        fold_drop(numbers);
        return value;
    }
    return mlirUnmanagedDenseResourceElementsAttrGet(
        type, mlirStringRefCreateFromCString(key), numbers->data, size,
        sizeof(double), false, release, numbers->data);
}

MlirValue fold_constant(folder *f, MlirOperation op, const char *name,
                        MlirType type, fold_new *numbers)
{
    ir b = ir_before(op);
    const char *key =
        text_printf(f->a, "%s_%s", ir_get_text(op, "node", f->a), name);
    ir_attr value = {"value", elements(key, type, numbers)};
    return ir_op1(
        &b, "snn.constant",
        (ir_parts){
            .results = &type, .n_results = 1, .attrs = &value, .n_attrs = 1});
}

void fold_replace_operand(folder *f, MlirOperation op, intptr_t i,
                          MlirValue value)
{
    MlirValue old = mlirOperationGetOperand(op, i);
    mlirOperationSetOperand(op, i, value);
    if (mlirOpOperandIsNull(mlirValueGetFirstUse(old))) {
        fold_erase(f, ir_owner(old));
    }
}

/*===- uniform numbers ------------------------------------------------------*/

/* Whether all n elements of size bytes have the bits of the first. */
static bool all_equal(const char *data, int64_t n, int64_t size)
{
    return n > 0 && memcmp(data, data + size, (size_t)((n - 1) * size)) == 0;
}

static void uniform_constant(MlirOperation op)
{
    MlirValue value = mlirOperationGetResult(op, 0);
    fold_numbers numbers;
    if (!fold_read(value, &numbers) || numbers.splat || numbers.n < 2 ||
        !all_equal(numbers.data, numbers.n, numbers.f64 ? 8 : 4)) {
        return;
    }
    fold_new one = fold_new_make(1, numbers.f64);
    fold_set(&one, 0, fold_number(&numbers, 0));
    mlirOperationSetAttributeByName(
        op, mlirStringRefCreateFromCString("value"),
        elements("", mlirValueGetType(value), &one));
}

void fold_uniform(MlirOperation op)
{
    if (ir_is(op, "snn.constant")) {
        uniform_constant(op);
        return;
    }
    ir b = ir_before(op);
    for (intptr_t i = 0; i < mlirOperationGetNumAttributes(op); i++) {
        MlirNamedAttribute named = mlirOperationGetAttribute(op, i);
        if (!mlirAttributeIsADenseFPElements(named.attribute)) {
            continue;
        }
        int64_t n = mlirElementsAttrGetNumElements(named.attribute);
        int64_t size;
        const char *data = ir_raw_data(named.attribute, &size);
        if (ir_param_uniform(named.attribute) || all_equal(data, n, 8)) {
            double number = ir_param(named.attribute, 0);
            mlirOperationSetAttributeByName(op, mlirIdentifierStr(named.name),
                                            ir_f64(&b, number));
        }
    }
}
