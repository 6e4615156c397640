/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_numbers.c - the numbers of weights and biases, and how large what is
 * computed from them may get.
 */
#include <math.h>

#include "base/grid.h"
#include "ir/raw.h"
#include "mlir-c/Dialect/Quant.h"
#include "passes/quantize.h"

/* Results go so much beyond what data showed. */
static const double room = 4.0;

bool quantize_numbers_of(MlirValue v, MlirOperation user, quantize_numbers *out)
{
    MlirOperation constant = ir_owner(v);
    if (!ir_is(constant, "snn.constant") || quantize_is_typed(v)) {
        return ir_error(user, "weights and biases are quantized where they "
                              "are constants of floats");
    }
    int64_t size;
    out->data = ir_raw_data(ir_get(constant, "value"), &size);
    out->wide = mlirTypeIsAF64(ir_element(v));
    out->n = ir_count(v);
    out->splat = size == (out->wide ? 8 : 4) && out->n > 1;
    if (!out->data && out->n > 0) {
        return ir_error(constant, "the constant's resource has no data");
    }
    return true;
}

double quantize_number(const quantize_numbers *x, int64_t i)
{
    i = x->splat ? 0 : i;
    return x->wide ? ((const double *)x->data)[i]
                   : (double)((const float *)x->data)[i];
}

double quantize_grid(const quantize_numbers *x)
{
    double grid = 0.0;
    for (int64_t i = 0; i < x->n; i++) {
        double r = quantize_number(x, i);
        double unit = r != 0.0 ? grid_unit(r) : 0.0;
        grid = unit > 0.0 && (grid == 0.0 || unit < grid) ? unit : grid;
    }
    return grid;
}

double *quantize_largest(const quantizer *q, MlirOperation op, intptr_t i,
                         int64_t n)
{
    double *most = ARENA_ARRAY(q->a, double, n);
    quantize_numbers x;
    if (i >= mlirOperationGetNumOperands(op) ||
        !quantize_numbers_of(mlirOperationGetOperand(op, i), op, &x)) {
        return most;
    }
    for (int64_t k = 0; k < x.n; k++) {
        int64_t row = k / (x.n / n);
        most[row] = fmax(most[row], fabs(quantize_number(&x, k)));
    }
    return most;
}

/* The rows of the weights of a product: what one element of y is made from. */
static int64_t rows_of(MlirOperation op)
{
    MlirValue w = mlirOperationGetOperand(op, 1);
    int64_t last = ir_dim(w, ir_rank(w) - 1);
    return ir_is(op, "snn.conv") ? ir_dim(w, 0)
           : last > 0            ? ir_count(w) / last
                                 : 0;
}

/* The largest sum of magnitudes of a row times x, for each of n channels. */
static double *worst(const quantizer *q, MlirOperation op, int64_t n, double x)
{
    double *most = ARENA_ARRAY(q->a, double, n);
    quantize_numbers w;
    int64_t rows = rows_of(op);
    if (!quantize_numbers_of(mlirOperationGetOperand(op, 1), op, &w)) {
        return most;
    }
    int64_t length = rows > 0 ? w.n / rows : 0;
    for (int64_t r = 0; r < rows; r++) {
        double sum = 0.0;
        for (int64_t k = 0; k < length; k++) {
            sum += fabs(quantize_number(&w, r * length + k));
        }
        int64_t row = r / (rows / n);
        most[row] = fmax(most[row], sum * x);
    }
    return most;
}

double *quantize_product_reach(const quantizer *q, MlirOperation op, int64_t n)
{
    MlirValue x = mlirOperationGetOperand(op, 0);
    double *most = worst(q, op, n, quantize_reach(q, x));
    double *bias = quantize_largest(q, op, 2, n);
    quantize_seen seen = {0};
    const char *node = ir_get_text(op, "node", q->a);
    bool known =
        quantize_seen_of(q, node, mlirOperationGetResult(op, 0), -1, &seen) &&
        seen.n > 0;
    double far = known ? room * fmax(-*seen.least, *seen.most) : HUGE_VAL;
    /* What a count may be says nothing of what it will be. */
    bool counts = !mlirTypeIsAQuantizedType(ir_element(x)) &&
                  quantize_bits(x) > 8 && !known;
    for (int64_t k = 0; k < n; k++) {
        most[k] = counts ? 0.0 : fmin(most[k] + bias[k], far);
    }
    return most;
}
