/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_weights.c - snn.linear and snn.conv: weights become codes. Products
 * whose results are added up get one scale, so that nothing is rescaled between
 * them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ir/raw.h"
#include "mlir-c/Dialect/Quant.h"
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

/*===- scales ---------------------------------------------------------------*/

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

/* The finest unit of the weights and biases of all products; 0: all are 0. */
static double grid_of_all(const quantizer *q, const family *f)
{
    double s = 0.0;
    for (int64_t i = 0; i < f->n; i++) {
        double x = quantize_scales(q, operand(f->ops[i], 0)).at[0];
        for (intptr_t k = 1; k < mlirOperationGetNumOperands(f->ops[i]); k++) {
            quantize_numbers n;
            if (!quantize_numbers_of(operand(f->ops[i], k), f->ops[i], &n)) {
                return 0.0;
            }
            double grid = quantize_grid(&n) * (k == 1 ? x : 1.0);
            s = grid > 0.0 && (s == 0.0 || grid < s) ? grid : s;
        }
    }
    return s;
}

/*
 * One scale in which all weights and biases of all products are whole, and
 * within their codes: such weights were made for so many bits. 0: there is
 * none.
 */
static double lossless_scale(const quantizer *q, const family *f)
{
    double s = grid_of_all(q, f);
    for (int64_t i = 0; i < f->n && s > 0.0; i++) {
        MlirOperation op = f->ops[i];
        double x = quantize_scales(q, operand(op, 0)).at[0];
        double codes = quantize_largest_code(choice_of(q, op).weights);
        bool fits = *quantize_largest(q, op, 1, 1) * x <= codes * s &&
                    *quantize_largest(q, op, 2, 1) <= ldexp(s, 30) &&
                    *quantize_product_reach(q, op, 1) <= ldexp(s, 30);
        s = fits ? s : 0.0;
    }
    return s;
}

/* What the weights alone want of the scales of a product's result. */
static double *own_scales(const quantizer *q, MlirOperation op, int64_t n)
{
    double *most = quantize_largest(q, op, 1, n);
    double codes = quantize_largest_code(choice_of(q, op).weights);
    double x = quantize_scales(q, operand(op, 0)).at[0];
    for (int64_t k = 0; k < n; k++) {
        most[k] *= x / codes;
    }
    return most;
}

/*
 * The scales of the results: the smallest with which no weight of any of the
 * products is beyond its codes, and no bias and no result beyond i32.
 */
static scales result_scales(quantizer *q, const family *f)
{
    double lossless = lossless_scale(q, f);
    if (lossless > 0.0) {
        return quantize_one(q, lossless);
    }
    bool channels = has_channels(q, f);
    int64_t n = channels ? ir_dim(operand(f->ops[0], 1), 0) : 1;
    scales s = {
        .n = n, .at = ARENA_ARRAY(q->a, double, n), .axis = channels ? 0 : -1};
    quantize_choice first = choice_of(q, f->ops[0]);
    for (int64_t i = 0; i < f->n; i++) {
        MlirOperation op = f->ops[i];
        double *own = own_scales(q, op, n);
        double *bias = quantize_largest(q, op, 2, n);
        double *reach = quantize_product_reach(q, op, n);
        for (int64_t k = 0; k < n; k++) {
            double wide = fmax(ldexp(bias[k], -28), ldexp(reach[k], -30));
            s.at[k] = fmax(s.at[k], fmax(own[k], wide));
        }
    }
    fill_zeros(s.at, n);
    for (int64_t k = 0; k < n; k++) {
        s.at[k] = quantize_round_up(&first, fmax(s.at[k], 1e-30));
    }
    return s;
}

/*===- codes ----------------------------------------------------------------*/

/* What is to be encoded, and how. */
typedef struct encoding {
    quantize_numbers from;
    MlirAttribute codes; /* null: the numbers divided by scales, rounded */
    int bits;
    double most; /* the largest code */
    scales s;
} encoding;

static int32_t code_of(const encoding *e, int64_t k)
{
    if (!mlirAttributeIsNull(e->codes)) {
        return quantize_code_at(e->codes, k);
    }
    int64_t rows = e->s.axis < 0 ? 1 : e->s.n;
    int64_t length = rows > 0 && e->from.n > 0 ? e->from.n / rows : 1;
    double most = e->most;
    double r = rint(quantize_number(&e->from, k) /
                    e->s.at[e->s.axis < 0 ? 0 : k / length]);
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
static bool encode_product(quantizer *q, MlirOperation op, scales w, scales y,
                           const quantize_given *given)
{
    encoding bias = {
        .codes = given->bias, .bits = 32, .most = INT32_MAX, .s = y};
    encoding weights = {.codes = given->codes,
                        .bits = choice_of(q, op).weights,
                        .most = quantize_largest_code(choice_of(q, op).weights),
                        .s = w};
    double reach = *quantize_product_reach(q, op, 1);
    if (!quantize_numbers_of(operand(op, 1), op, &weights.from)) {
        return false;
    }
    if (mlirOperationGetNumOperands(op) > 2) {
        if (!quantize_numbers_of(operand(op, 2), op, &bias.from)) {
            return false;
        }
        encode(q, op, 2, &bias);
    }
    encode(q, op, 1, &weights);
    quantize_set(q, mlirOperationGetResult(op, 0), 32, y);
    if (reach > 0.0) {
        quantize_note_reach(q, mlirOperationGetResult(op, 0), reach);
    }
    return true;
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
            encoding e = {.bits = 16, .most = INT16_MAX};
            if (!is_value(ops[k], i)) {
                continue;
            }
            if (!quantize_numbers_of(operand(ops[k], i), ops[k], &e.from)) {
                return false;
            }
            double most = *quantize_largest(q, ops[k], i, 1);
            double s = most > 0.0 ? most / INT16_MAX : 1.0;
            e.s = quantize_one(q, quantize_round_up(&q->common, s));
            encode(q, ops[k], i, &e);
        }
    }
    return true;
}

/*
 * A product has one scale for all of x. Where results would be beyond i32, x
 * gives up the bits that it has more than the weights; of what is still too
 * much, x takes half, and the weights, by result_scales, the rest.
 */
static void make_room(quantizer *q, MlirOperation op)
{
    MlirValue x = quantize_with_room(q, operand(op, 0), 1.0, op);
    mlirOperationSetOperand(op, 0, x);
    double own = *own_scales(q, op, 1);
    if (!mlirTypeIsAQuantizedType(ir_element(x)) || own == 0.0) {
        return;
    }
    double scale = quantize_scales(q, x).at[0];
    double most = quantize_reach(q, x);
    double need = log2(ldexp(*quantize_product_reach(q, op, 1), -30) / own);
    double more = log2(most / scale) -
                  log2(quantize_largest_code(choice_of(q, op).weights));
    double first = fmin(need, fmax(more, 0.0));
    double bits = floor(first + (need - first) / 2.0);
    if (need > 0.0 && bits >= 1.0) {
        scale *= exp2(bits);
        mlirOperationSetOperand(op, 0,
                                quantize_rescaled(q, x,
                                                  quantize_width(most / scale),
                                                  quantize_one(q, scale), op));
    }
}

/*
 * Takes out of f what can share a scale with the product that wants the
 * coarsest one: all, if that loses nothing; else those that give up two bits of
 * their weights at most. Real inputs want scales far finer than spikes do.
 */
static family take_near(const quantizer *q, family *f)
{
    const double most = 4.0;
    if (lossless_scale(q, f) > 0.0) {
        family all = *f;
        f->n = 0;
        return all;
    }
    double coarsest = 0.0;
    for (int64_t i = 0; i < f->n; i++) {
        coarsest = fmax(coarsest, *own_scales(q, f->ops[i], 1));
    }
    family near = {0};
    family far = {0};
    for (int64_t i = 0; i < f->n; i++) {
        bool fits = *own_scales(q, f->ops[i], 1) * most >= coarsest;
        family *to = fits ? &near : &far;
        to->ops[to->n++] = f->ops[i];
    }
    *f = far;
    return near;
}

static bool has_numbers(MlirOperation op)
{
    quantize_numbers x;
    intptr_t n = mlirOperationGetNumOperands(op);
    return quantize_numbers_of(operand(op, 1), op, &x) &&
           (n < 3 || quantize_numbers_of(operand(op, 2), op, &x));
}

/* Those with scales in the plan have these; near ones of the rest share. */
static bool encode_family(quantizer *q, const family *ready)
{
    family rest = {0};
    for (int64_t i = 0; i < ready->n; i++) {
        MlirOperation op = ready->ops[i];
        quantize_given given;
        if (!has_numbers(op) || !quantize_given_of(q, op, &given)) {
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
    while (rest.n > 0) {
        family near = take_near(q, &rest);
        scales y = result_scales(q, &near);
        for (int64_t i = 0; i < near.n; i++) {
            double x = quantize_scales(q, operand(near.ops[i], 0)).at[0];
            if (!encode_product(q, near.ops[i], divided(q, y, x), y,
                                &(quantize_given){0})) {
                return false;
            }
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
            make_room(q, ready.ops[i]);
        }
    }
    if (!encode_family(q, &ready)) {
        return QUANTIZE_FAILED;
    }
    q->forced = false;
    return QUANTIZE_DONE;
}
