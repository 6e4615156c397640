/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_weights.c - snn.linear and snn.conv: weights become codes. Products
 * whose results are added up get one scale, so that nothing is rescaled between
 * them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "ir/raw.h"
#include "passes/quantize.h"

enum { MAX_FAMILY = 64 };

/* Products that end in one sum, or one alone. */
typedef struct family {
    MlirOperation ops[MAX_FAMILY];
    int64_t n;
} family;

static bool is_product(MlirOperation op)
{
    return ir_is(op, "snn.linear") || ir_is(op, "snn.conv");
}

static MlirValue operand(MlirOperation op, intptr_t i)
{
    return mlirOperationGetOperand(op, i);
}

static bool in_family(const family *f, MlirOperation op)
{
    for (int64_t i = 0; i < f->n; i++) {
        if (mlirOperationEqual(f->ops[i], op)) {
            return true;
        }
    }
    return false;
}

/* Adds op, and whatever is added to its result, and so on. */
static void grow(family *f, MlirOperation op)
{
    if (in_family(f, op) || f->n == MAX_FAMILY) {
        return;
    }
    f->ops[f->n++] = op;
    MlirOpOperand use = mlirValueGetFirstUse(mlirOperationGetResult(op, 0));
    for (; !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        MlirOperation user = mlirOpOperandGetOwner(use);
        for (intptr_t i = 0;
             ir_is(user, "snn.sum") && i < mlirOperationGetNumOperands(user);
             i++) {
            MlirOperation other = ir_owner(operand(user, i));
            if (is_product(other)) {
                grow(f, other);
            }
        }
    }
}

/*===- numbers --------------------------------------------------------------*/

/* The numbers of a constant of floats. */
typedef struct numbers {
    const void *data;
    bool splat;
    bool wide; /* f64 */
    int64_t n;
} numbers;

static bool numbers_of(MlirValue v, MlirOperation user, numbers *out)
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

static double number(const numbers *x, int64_t i)
{
    i = x->splat ? 0 : i;
    return x->wide ? ((const double *)x->data)[i]
                   : (double)((const float *)x->data)[i];
}

/* The largest magnitude of each row, or of all. */
static double *largest(const quantizer *q, const numbers *w, int64_t rows)
{
    double *most = ARENA_ARRAY(q->a, double, rows);
    int64_t length = rows > 0 ? w->n / rows : 0;
    for (int64_t i = 0; i < w->n; i++) {
        double *row = &most[i / length];
        *row = fmax(*row, fabs(number(w, i)));
    }
    return most;
}

/* The largest power of two of which r is a multiple; r is not 0. */
static double unit_of(double r)
{
    int exponent;
    int64_t whole = (int64_t)ldexp(frexp(fabs(r), &exponent), 53);
    int64_t lowest = whole & -whole;
    return ldexp((double)lowest, exponent - 53);
}

/* The largest power of two of which all numbers are multiples; 0: all are 0. */
static double grid_of(const numbers *w)
{
    double grid = 0.0;
    for (int64_t i = 0; i < w->n; i++) {
        double r = number(w, i);
        double unit = r != 0.0 ? unit_of(r) : 0.0;
        grid = unit > 0.0 && (grid == 0.0 || unit < grid) ? unit : grid;
    }
    return grid;
}

/* A row of zeros takes the scale of the others. */
static void fill_zeros(double *most, int64_t n)
{
    double all = 0.0;
    for (int64_t i = 0; i < n; i++) {
        all = fmax(all, most[i]);
    }
    for (int64_t i = 0; i < n; i++) {
        most[i] = most[i] > 0.0 ? most[i] : all > 0.0 ? all : 1.0;
    }
}

/*===- scales ---------------------------------------------------------------*/

static quantize_choice choice_of(const quantizer *q, MlirOperation op)
{
    return quantize_choice_of(q, ir_get_text(op, "node", q->a));
}

/* Whether a bias has scales along the first axis where the weights have. */
static bool bias_has_channels(MlirOperation op)
{
    if (mlirOperationGetNumOperands(op) < 3 || ir_is(op, "snn.conv")) {
        return true;
    }
    intptr_t leads = ir_rank(operand(op, 1)) - 2;
    return leads == 0 || ir_rank(operand(op, 2)) == leads + 1;
}

/* Whether all products have a scale for each of the same channels. */
static bool has_channels(const quantizer *q, const family *f)
{
    bool yes = true;
    for (int64_t i = 0; i < f->n; i++) {
        MlirValue w = operand(f->ops[i], 1);
        yes = yes && choice_of(q, f->ops[i]).channels &&
              bias_has_channels(f->ops[i]) &&
              ir_dim(w, 0) == ir_dim(operand(f->ops[0], 1), 0);
    }
    return yes;
}

/*
 * One scale in which all weights of all products are whole, and within their
 * codes: such weights were made for so many bits. 0: there is none.
 */
static double lossless_scale(const quantizer *q, const family *f)
{
    double s = 0.0;
    for (int64_t i = 0; i < f->n; i++) {
        numbers w;
        if (!numbers_of(operand(f->ops[i], 1), f->ops[i], &w)) {
            return 0.0;
        }
        double grid =
            grid_of(&w) * quantize_scales(q, operand(f->ops[i], 0)).at[0];
        s = grid > 0.0 && (s == 0.0 || grid < s) ? grid : s;
    }
    for (int64_t i = 0; i < f->n && s > 0.0; i++) {
        MlirOperation op = f->ops[i];
        numbers w = {0};
        if (!numbers_of(operand(op, 1), op, &w)) {
            return 0.0;
        }
        double x = quantize_scales(q, operand(op, 0)).at[0];
        double codes = ldexp(1.0, choice_of(q, op).weights - 1) - 1.0;
        s = *largest(q, &w, 1) * x <= codes * s ? s : 0.0;
    }
    return s;
}

/*
 * The scales of the results: the smallest with which no weight of any of the
 * products is beyond its codes. A bias has to fit into i32 as well.
 */
static bool result_scales(quantizer *q, const family *f, scales *out)
{
    double lossless = lossless_scale(q, f);
    if (lossless > 0.0) {
        *out = quantize_one(q, lossless);
        return true;
    }
    bool channels = has_channels(q, f);
    int64_t n = channels ? ir_dim(operand(f->ops[0], 1), 0) : 1;
    *out = (scales){
        .n = n, .at = ARENA_ARRAY(q->a, double, n), .axis = channels ? 0 : -1};
    quantize_choice first = choice_of(q, f->ops[0]);
    for (int64_t i = 0; i < f->n; i++) {
        MlirOperation op = f->ops[i];
        numbers w;
        if (!numbers_of(operand(op, 1), op, &w)) {
            return false;
        }
        double codes = ldexp(1.0, choice_of(q, op).weights - 1) - 1.0;
        double x = quantize_scales(q, operand(op, 0)).at[0];
        double *most = largest(q, &w, n);
        for (int64_t k = 0; k < n; k++) {
            out->at[k] = fmax(out->at[k], most[k] * x / codes);
        }
        numbers bias;
        if (mlirOperationGetNumOperands(op) < 3) {
            continue;
        }
        if (!numbers_of(operand(op, 2), op, &bias)) {
            return false;
        }
        most = largest(q, &bias, n);
        for (int64_t k = 0; k < n; k++) {
            out->at[k] = fmax(out->at[k], ldexp(most[k], -28));
        }
    }
    fill_zeros(out->at, n);
    for (int64_t k = 0; k < n; k++) {
        out->at[k] = quantize_round_up(&first, fmax(out->at[k], 1e-30));
    }
    return true;
}

/*===- codes ----------------------------------------------------------------*/

/* The numbers of x divided by scales and rounded, in so many bits, in place of
 * operand i of op. */
static void encode(const quantizer *q, MlirOperation op, intptr_t i, numbers x,
                   int bits, scales s)
{
    MlirValue old = operand(op, i);
    int bytes = bits <= 8 ? 1 : bits / 8;
    int64_t rows = s.axis < 0 ? 1 : s.n;
    int64_t length = rows > 0 && x.n > 0 ? x.n / rows : 1;
    double most = ldexp(1.0, bits - 1) - 1.0;
    char *codes = malloc(x.n > 0 ? (size_t)(x.n * bytes) : 1);
    if (!codes) {
        abort();
    }
    for (int64_t k = 0; k < x.n; k++) {
        double r = rint(number(&x, k) / s.at[s.axis < 0 ? 0 : k / length]);
        int32_t code = (int32_t)fmin(fmax(r, -most), most);
        int8_t narrow = (int8_t)code;
        int16_t medium = (int16_t)code;
        memcpy(codes + k * bytes,
               bytes == 1   ? (void *)&narrow
               : bytes == 2 ? (void *)&medium
                            : (void *)&code,
               (size_t)bytes);
    }
    ir b = ir_before(op);
    b.loc = mlirOperationGetLocation(ir_owner(old));
    MlirType stored =
        ir_tensor_like(mlirValueGetType(old), ir_i(&b, (unsigned)bits));
    ir_attr value = {"value", mlirDenseElementsAttrRawBufferGet(
                                  stored, (size_t)(x.n * bytes), codes)};
    free(codes);
    MlirType type = quantize_type(q, old, bits, s);
    MlirValue made = ir_op1(
        &b, "snn.constant",
        (ir_parts){
            .results = &type, .n_results = 1, .attrs = &value, .n_attrs = 1});
    mlirOperationSetOperand(op, i, made);
    if (mlirOpOperandIsNull(mlirValueGetFirstUse(old))) {
        mlirOperationDestroy(ir_owner(old));
    }
}

static void encode_product(const quantizer *q, MlirOperation op, scales y)
{
    double x = quantize_scales(q, operand(op, 0)).at[0];
    scales w = {.n = y.n, .at = ARENA_ARRAY(q->a, double, y.n), .axis = y.axis};
    for (int64_t i = 0; i < y.n; i++) {
        w.at[i] = y.at[i] / x;
    }
    numbers from = {0}; /* result_scales has read them already */
    if (mlirOperationGetNumOperands(op) > 2 &&
        numbers_of(operand(op, 2), op, &from)) {
        encode(q, op, 2, from, 32, y);
    }
    if (numbers_of(operand(op, 1), op, &from)) {
        encode(q, op, 1, from, choice_of(q, op).weights, w);
    }
    quantize_set(q, mlirOperationGetResult(op, 0), 32, y);
}

/* Whether operand i of op is a constant of floats that is no weight or bias. */
static bool is_value(MlirOperation op, intptr_t i)
{
    MlirOperation from = ir_owner(operand(op, i));
    return !mlirOperationIsNull(from) && ir_is(from, "snn.constant") &&
           !quantize_is_typed(operand(op, i)) && (i == 0 || !is_product(op));
}

/* What a node takes into which no edge leads. */
bool quantize_constants(const quantizer *q)
{
    int64_t n;
    MlirOperation *ops = ir_list(q->body, q->a, &n);
    for (int64_t k = 0; k < n; k++) {
        for (intptr_t i = 0; i < mlirOperationGetNumOperands(ops[k]); i++) {
            numbers x;
            if (!is_value(ops[k], i)) {
                continue;
            }
            if (!numbers_of(operand(ops[k], i), ops[k], &x)) {
                return false;
            }
            double most = *largest(q, &x, 1);
            double s = most > 0.0 ? most / INT16_MAX : 1.0;
            encode(q, ops[k], i, x, 16,
                   quantize_one(q, quantize_round_up(&q->common, s)));
        }
    }
    return true;
}

/* The largest sum of magnitudes of what one result multiplies, alone and in
 * the largest of these magnitudes. */
static void row_sums(MlirOperation op, const numbers *w, double *most,
                     double *ratio)
{
    MlirValue weight = operand(op, 1);
    int64_t length = ir_is(op, "snn.conv")
                         ? w->n / ir_dim(weight, 0)
                         : ir_dim(weight, (int)ir_rank(weight) - 1);
    *most = *ratio = 0.0;
    for (int64_t i = 0; i < w->n; i += length) {
        double sum = 0.0;
        double largest_of_row = 0.0;
        for (int64_t k = i; k < i + length; k++) {
            sum += fabs(number(w, k));
            largest_of_row = fmax(largest_of_row, fabs(number(w, k)));
        }
        *most = fmax(*most, sum);
        *ratio = fmax(*ratio, sum > 0.0 ? sum / largest_of_row : 0.0);
    }
}

/* x in one scale in which the sums fit, beside a bias of up to 2^28. */
static bool make_room(quantizer *q, MlirOperation op)
{
    numbers w;
    if (!numbers_of(operand(op, 1), op, &w)) {
        return false;
    }
    double most;
    double ratio;
    row_sums(op, &w, &most, &ratio);
    double codes = ldexp(1.0, choice_of(q, op).weights - 1) - 1.0;
    double bias = 0.0;
    MlirValue x = operand(op, 0);
    numbers b;
    if (mlirOperationGetNumOperands(op) > 2) {
        if (!numbers_of(operand(op, 2), op, &b)) {
            return false;
        }
        bias = *largest(q, &b, 1);
    }
    quantize_note_reach(q, mlirOperationGetResult(op, 0),
                        most * quantize_reach(q, x) + bias);
    mlirOperationSetOperand(
        op, 0, quantize_with_room(q, x, ratio * codes * 8.0 / 7.0, op));
    return true;
}

quantize_outcome quantize_product(quantizer *q, MlirOperation op)
{
    if (quantize_is_typed(mlirOperationGetResult(op, 0))) {
        return QUANTIZE_DONE;
    }
    family all = {0};
    grow(&all, op);
    family ready = {0};
    for (int64_t i = 0; i < all.n; i++) {
        if (quantize_is_typed(operand(all.ops[i], 0))) {
            ready.ops[ready.n++] = all.ops[i];
        }
    }
    if (ready.n < all.n && !(q->forced && in_family(&ready, op))) {
        return QUANTIZE_WAIT;
    }
    for (int64_t i = 0; i < ready.n; i++) {
        if (quantize_is_typed(mlirOperationGetResult(ready.ops[i], 0))) {
            ready.ops[i--] = ready.ops[--ready.n];
        } else if (!make_room(q, ready.ops[i])) {
            return QUANTIZE_FAILED;
        }
    }
    scales y;
    if (!result_scales(q, &ready, &y)) {
        return QUANTIZE_FAILED;
    }
    for (int64_t i = 0; i < ready.n; i++) {
        encode_product(q, ready.ops[i], y);
    }
    q->forced = false;
    return QUANTIZE_DONE;
}
