/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * fold_chain.c - two nodes in a row that become one, or change places: Linear
 * after Linear, Flatten after a neuron.
 */
#include "passes/fold.h"

/*===- Flatten --------------------------------------------------------------*/

/* Whether value has users, and all are Linears. */
static bool feeds_linears(MlirValue value)
{
    MlirOpOperand use = mlirValueGetFirstUse(value);
    bool good = !mlirOpOperandIsNull(use);
    for (; !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        good = good && ir_is(mlirOpOperandGetOwner(use), "snn.linear");
    }
    return good;
}

/* Parameters for each element take the shape of type; their order is kept. */
static void reshape_params(MlirOperation op, MlirType type)
{
    MlirContext ctx = mlirOperationGetContext(op);
    MlirType shape = ir_tensor_like(type, mlirF64TypeGet(ctx));
    for (intptr_t i = 0; i < mlirOperationGetNumAttributes(op); i++) {
        MlirNamedAttribute named = mlirOperationGetAttribute(op, i);
        if (mlirAttributeIsADenseFPElements(named.attribute)) {
            mlirOperationSetAttributeByName(
                op, mlirIdentifierStr(named.name),
                mlirDenseElementsAttrReshapeGet(named.attribute, shape));
        }
    }
}

/*
 * Flatten behind a neuron or Scale goes before it: what computes each element
 * alone computes the same in any shape. Only a neuron with one axis lists its
 * spikes as events; with more, the Linear would have to look for them.
 */
bool fold_flatten(folder *f, MlirOperation collapse)
{
    MlirValue old = mlirOperationGetOperand(collapse, 0);
    MlirValue flat = mlirOperationGetResult(collapse, 0);
    MlirOperation op = ir_owner(old);
    if (!(neuron_is(op) || ir_is(op, "snn.scale")) || !fold_is_free(f, op) ||
        ir_rank(flat) != 1 || mlirOperationIsNull(fold_only_user(old)) ||
        !feeds_linears(flat)) {
        return false;
    }
    MlirValue x = mlirOperationGetOperand(op, 0);
    MlirType type = mlirValueGetType(flat);
    mlirValueReplaceAllUsesOfWith(flat, old);
    mlirOperationSetOperand(collapse, 0, x);
    mlirOperationSetOperand(op, 0, flat);
    mlirValueSetType(flat, ir_tensor_like(type, ir_element(x)));
    mlirValueSetType(old, type);
    reshape_params(op, type);
    mlirOperationMoveBefore(collapse, op);
    return true;
}

/*===- Linear after Linear --------------------------------------------------*/

typedef struct pair {
    fold_numbers first;  /* (middle, in) */
    fold_numbers second; /* (out, middle) */
    int64_t in, middle, out;
} pair;

static bool pair_of(MlirOperation first, MlirOperation second, pair *p)
{
    MlirValue a = mlirOperationGetOperand(first, 1);
    MlirValue b = mlirOperationGetOperand(second, 1);
    if (ir_rank(a) != 2 || ir_rank(b) != 2 || !fold_read(a, &p->first) ||
        !fold_read(b, &p->second)) {
        return false;
    }
    p->in = ir_dim(a, 1);
    p->middle = ir_dim(a, 0);
    p->out = ir_dim(b, 0);
    return true;
}

/* fold_p1: no more weights than before, so no more products either. */
static bool pays(const folder *f, const pair *p)
{
    double in = (double)p->in;
    double middle = (double)p->middle;
    double out = (double)p->out;
    return out * in <= middle * in + out * middle &&
           out * in * middle <= f->products && out * in + out <= f->numbers;
}

/* second times first; sums are of double. */
static fold_new product(folder *f, const pair *p)
{
    fold_new weights = fold_new_make(p->out * p->in, p->first.f64);
    double *row = ARENA_ARRAY(f->a, double, p->in);
    for (int64_t m = 0; m < p->out; m++) {
        for (int64_t n = 0; n < p->in; n++) {
            row[n] = 0;
        }
        for (int64_t k = 0; k < p->middle; k++) {
            double w = fold_number(&p->second, m * p->middle + k);
            for (int64_t n = 0; n < p->in; n++) {
                row[n] += w * fold_number(&p->first, k * p->in + n);
            }
        }
        for (int64_t n = 0; n < p->in; n++) {
            fold_set(&weights, m * p->in + n, row[n]);
        }
    }
    return weights;
}

/* A bias of op, or none; false: there is one that cannot be read. */
static bool bias_of(MlirOperation op, fold_numbers *bias)
{
    *bias = (fold_numbers){0};
    return mlirOperationGetNumOperands(op) < 3 ||
           fold_read(mlirOperationGetOperand(op, 2), bias);
}

/* second times the first bias, plus the second one. */
static fold_new bias_product(const pair *p, const fold_numbers *first,
                             const fold_numbers *second)
{
    fold_new bias = fold_new_make(p->out, p->first.f64);
    for (int64_t m = 0; m < p->out; m++) {
        double sum = 0;
        for (int64_t k = 0; k < p->middle && first->n > 0; k++) {
            sum += fold_number(&p->second, m * p->middle + k) *
                   fold_number(first, k);
        }
        sum += second->n > 0 ? fold_number(second, m) : 0;
        fold_set(&bias, m, sum);
    }
    return bias;
}

/* Erases the constants among op's former operands that nobody uses. */
static void erase_unused(folder *f, intptr_t n, const MlirValue *old)
{
    for (intptr_t i = 1; i < n; i++) {
        if (mlirOpOperandIsNull(mlirValueGetFirstUse(old[i]))) {
            fold_erase(f, ir_owner(old[i]));
        }
    }
}

static intptr_t operands_of(MlirOperation op, MlirValue operands[3])
{
    intptr_t n = mlirOperationGetNumOperands(op);
    for (intptr_t i = 0; i < n; i++) {
        operands[i] = mlirOperationGetOperand(op, i);
    }
    return n;
}

/* The second takes the first one's x, weight and bias; the first one goes. */
static void join(folder *f, MlirOperation first, MlirOperation second,
                 MlirValue weight, MlirValue bias)
{
    MlirValue old[2][3];
    intptr_t n[2] = {operands_of(first, old[0]), operands_of(second, old[1])};
    MlirValue operands[3] = {old[0][0], weight, bias};
    mlirOperationSetOperands(second, mlirValueIsNull(bias) ? 2 : 3, operands);
    fold_erase(f, first);
    bool shared = mlirValueEqual(old[0][1], old[1][1]);
    erase_unused(f, n[0], old[0]);
    erase_unused(f, shared ? 0 : n[1], old[1]);
}

static bool take_linear(folder *f, MlirOperation second)
{
    MlirValue between = mlirOperationGetOperand(second, 0);
    MlirOperation first = ir_owner(between);
    pair p;
    fold_numbers bias[2];
    if (!ir_is(first, "snn.linear") || !fold_is_free(f, first) ||
        mlirOperationIsNull(fold_only_user(between)) ||
        !pair_of(first, second, &p) || !pays(f, &p) ||
        !bias_of(first, &bias[0]) || !bias_of(second, &bias[1])) {
        return false;
    }
    f->products -= (double)p.out * (double)p.in * (double)p.middle;
    f->numbers -= (double)p.out * (double)p.in + (double)p.out;
    fold_new weights = product(f, &p);
    fold_new biases = bias_product(&p, &bias[0], &bias[1]);
    if (weights.infinite || biases.infinite) {
        fold_drop(&weights);
        fold_drop(&biases);
        return false;
    }
    int64_t dims[2] = {p.out, p.in};
    MlirType real = ir_element(between);
    MlirValue weight =
        fold_constant(f, second, "weight", ir_tensor(real, 2, dims), &weights);
    MlirValue sum = {NULL};
    if (bias[0].n + bias[1].n > 0) {
        sum =
            fold_constant(f, second, "bias", ir_tensor(real, 1, dims), &biases);
    } else {
        fold_drop(&biases);
    }
    join(f, first, second, weight, sum);
    return true;
}

bool fold_linear(folder *f, MlirOperation second)
{
    bool changed = false;
    while (take_linear(f, second)) {
        changed = true;
    }
    return changed;
}
