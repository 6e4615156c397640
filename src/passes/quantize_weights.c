/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_weights.c - snn.linear and snn.conv: weights become codes. Products
 * whose results are added up get one scale, so that nothing is rescaled between
 * them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/grid.h"
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

/* The largest power of two of which all numbers are multiples; 0: all are 0. */
static double grid_of(const numbers *w)
{
    double grid = 0.0;
    for (int64_t i = 0; i < w->n; i++) {
        double r = number(w, i);
        double unit = r != 0.0 ? grid_unit(r) : 0.0;
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

/* Whether all products have a scale for each of the same channels. */
static bool has_channels(const quantizer *q, const family *f)
{
    bool yes = true;
    for (int64_t i = 0; i < f->n; i++) {
        MlirValue w = operand(f->ops[i], 1);
        yes = yes && choice_of(q, f->ops[i]).channels &&
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

/* What is to be encoded, and how. */
typedef struct encoding {
    numbers from;
    MlirAttribute codes; /* null: the numbers divided by scales, rounded */
    int bits;
    scales s;
} encoding;

static int32_t code_of(const encoding *e, int64_t k)
{
    if (!mlirAttributeIsNull(e->codes)) {
        return quantize_code_at(e->codes, k);
    }
    int64_t rows = e->s.axis < 0 ? 1 : e->s.n;
    int64_t length = rows > 0 && e->from.n > 0 ? e->from.n / rows : 1;
    double most = ldexp(1.0, e->bits - 1) - 1.0;
    double r =
        rint(number(&e->from, k) / e->s.at[e->s.axis < 0 ? 0 : k / length]);
    return (int32_t)fmin(fmax(r, -most), most);
}

/* The numbers of a constant, as codes, in place of operand i of op. */
static void encode(const quantizer *q, MlirOperation op, intptr_t i,
                   const encoding *e)
{
    MlirValue old = operand(op, i);
    int64_t n = e->from.n;
    int bytes = e->bits <= 8 ? 1 : e->bits / 8;
    char *codes = malloc(n > 0 ? (size_t)(n * bytes) : 1);
    if (!codes) {
        abort();
    }
    for (int64_t k = 0; k < n; k++) {
        int32_t code = code_of(e, k);
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
        ir_tensor_like(mlirValueGetType(old), ir_i(&b, (unsigned)e->bits));
    ir_attr value = {"value", mlirDenseElementsAttrRawBufferGet(
                                  stored, (size_t)(n * bytes), codes)};
    free(codes);
    MlirType type = quantize_type(q, old, e->bits, e->s);
    MlirValue made = ir_op1(
        &b, "snn.constant",
        (ir_parts){
            .results = &type, .n_results = 1, .attrs = &value, .n_attrs = 1});
    mlirOperationSetOperand(op, i, made);
    if (mlirOpOperandIsNull(mlirValueGetFirstUse(old))) {
        mlirOperationDestroy(ir_owner(old));
    }
}

static scales divided(const quantizer *q, scales s, double by)
{
    scales t = {.n = s.n, .at = ARENA_ARRAY(q->a, double, s.n), .axis = s.axis};
    for (int64_t i = 0; i < s.n; i++) {
        t.at[i] = s.at[i] / by;
    }
    return t;
}

/* w: the scales of the weights; y: of the result. */
static bool encode_product(const quantizer *q, MlirOperation op, scales w,
                           scales y, const quantize_given *given)
{
    encoding bias = {.codes = given->bias, .bits = 32, .s = y};
    encoding weights = {
        .codes = given->codes, .bits = choice_of(q, op).weights, .s = w};
    if (!numbers_of(operand(op, 1), op, &weights.from)) {
        return false;
    }
    if (mlirOperationGetNumOperands(op) > 2) {
        if (!numbers_of(operand(op, 2), op, &bias.from)) {
            return false;
        }
        encode(q, op, 2, &bias);
    }
    encode(q, op, 1, &weights);
    quantize_set(q, mlirOperationGetResult(op, 0), 32, y);
    return true;
}

/* A product has one scale for all of x. */
static bool unify_scale(quantizer *q, MlirOperation op)
{
    MlirValue x = operand(op, 0);
    scales s = quantize_scales(q, x);
    if (s.axis < 0) {
        return true;
    }
    double least = s.at[0];
    for (int64_t i = 1; i < s.n; i++) {
        least = fmin(least, s.at[i]);
    }
    mlirOperationSetOperand(
        op, 0, quantize_rescaled(q, x, 32, quantize_one(q, least), op));
    return true;
}

/* Those with scales in the plan have these; one result scale fits the rest. */
static bool encode_family(quantizer *q, const family *ready)
{
    family rest = {0};
    for (int64_t i = 0; i < ready->n; i++) {
        MlirOperation op = ready->ops[i];
        quantize_given given;
        if (!quantize_given_of(q, op, &given)) {
            return false;
        }
        if (given.scale.n == 0) {
            rest.ops[rest.n++] = op;
            continue;
        }
        double x = quantize_scales(q, operand(op, 0)).at[0];
        scales result = quantize_times(q, given.scale, x);
        if (!encode_product(q, op, given.scale, result, &given)) {
            return false;
        }
    }
    scales y;
    if (rest.n > 0 && !result_scales(q, &rest, &y)) {
        return false;
    }
    for (int64_t i = 0; i < rest.n; i++) {
        double x = quantize_scales(q, operand(rest.ops[i], 0)).at[0];
        if (!encode_product(q, rest.ops[i], divided(q, y, x), y,
                            &(quantize_given){0})) {
            return false;
        }
    }
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
        } else {
            unify_scale(q, ready.ops[i]);
        }
    }
    if (!encode_family(q, &ready)) {
        return QUANTIZE_FAILED;
    }
    q->forced = false;
    return QUANTIZE_DONE;
}
