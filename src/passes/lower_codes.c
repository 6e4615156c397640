/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_codes.c - makes a step of quantized values one of integers: what the
 * specification computes of scales and real attributes, once, in f64
 * (docs/spec.md, Integers), becomes attributes that are whole numbers.
 */
#include <math.h>

#include "base/buf.h"
#include "base/text.h"
#include "ir/affine.h"
#include "mlir-c/Dialect/Quant.h"
#include "passes/lower_integers.h"

/*===- scales ---------------------------------------------------------------*/

static bool is_quantized(MlirValue x)
{
    return mlirTypeIsAQuantizedType(ir_element(x));
}

/* The scale of element i; that of spikes and counts is 1. */
static double scale_of(MlirValue x, int64_t i)
{
    MlirType type = ir_element(x);
    if (mlirTypeIsAUniformQuantizedType(type)) {
        return mlirUniformQuantizedTypeGetScale(type);
    }
    if (!mlirTypeIsAUniformQuantizedPerAxisType(type)) {
        return 1.0;
    }
    intptr_t axis = mlirUniformQuantizedPerAxisTypeGetQuantizedDimension(type);
    int64_t inner = 1;
    for (intptr_t k = axis + 1; k < ir_rank(x); k++) {
        inner *= ir_dim(x, k);
    }
    return mlirUniformQuantizedPerAxisTypeGetScale(
        type, (intptr_t)(i / inner % ir_dim(x, axis)));
}

static MlirType storage_of(MlirType type)
{
    return mlirTypeIsAQuantizedType(type)
               ? mlirQuantizedTypeGetStorageType(type)
               : type;
}

/*===- numbers --------------------------------------------------------------*/

/* Of the table in docs/spec.md. rint is to nearest, ties to even. */
static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static double sat32(double x) { return clamp(x, INT32_MIN, INT32_MAX); }

static double near(double r)
{
    double whole = rint(r);
    return fabs(r - whole) <= ldexp(fabs(r), -40) ? whole : r;
}

static double code(double r, double s) { return sat32(rint(r / s)); }

static double over(double r, double s) { return sat32(floor(near(r / s))); }

static double from(double r, double s) { return sat32(ceil(near(r / s))); }

/* q times m is (q factor) shifted by shift. */
typedef struct times {
    double factor; /* whole */
    int shift;
} times;

/* As the specification says; then both without common powers of two, which
 * changes no quotient. */
static times times_of(double m)
{
    int shift = 62;
    double factor = rint(ldexp(m, shift));
    while (shift > 0 && fabs(factor) >= 0x1p31) {
        shift--;
        factor = rint(ldexp(m, shift));
    }
    while (shift > 0 && fmod(factor, 2.0) == 0.0) {
        shift--;
        factor /= 2.0;
    }
    return (times){factor, shift};
}

/*===- attributes -----------------------------------------------------------*/

static void set(MlirOperation op, const char *name, MlirAttribute value)
{
    mlirOperationSetAttributeByName(op, mlirStringRefCreateFromCString(name),
                                    value);
}

static void drop(MlirOperation op, const char *name)
{
    mlirOperationRemoveAttributeByName(op,
                                       mlirStringRefCreateFromCString(name));
}

bool lower_has_codes(MlirOperation op)
{
    return !mlirAttributeIsNull(ir_get(op, "codes"));
}

/* Numbers for the elements of like, as one where all are equal. */
static MlirAttribute numbers(lowering *l, MlirValue like, const double *values)
{
    int64_t n = ir_count(like);
    bool one = true;
    for (int64_t i = 1; i < n; i++) {
        one = one && values[i] == values[0];
    }
    return one ? ir_f64(&l->top, values[0])
               : ir_f64_elements(&l->top, mlirValueGetType(like), (intptr_t)n,
                                 values);
}

/* Element i of a real attribute of op; otherwise: there is none. */
static double real_at(MlirOperation op, const char *name, int64_t i,
                      double otherwise)
{
    MlirAttribute value = ir_get(op, name);
    return mlirAttributeIsNull(value) ? otherwise : ir_param(value, i);
}

/*
 * Says of op that it multiplies by m, for each element of like. Where elements
 * differ, all that any of them needs is there for each: then no shift is 0.
 */
static void set_times(lowering *l, MlirOperation op, MlirValue like,
                      const double *m)
{
    int64_t n = ir_count(like);
    double *factors = ARENA_ARRAY(l->a, double, n);
    double *shifts = ARENA_ARRAY(l->a, double, n);
    bool any = false;
    for (int64_t i = 0; i < n; i++) {
        times t = times_of(m[i]);
        factors[i] = t.factor;
        shifts[i] = t.shift;
        any = any || t.shift > 0;
    }
    for (int64_t i = 0; i < n && any; i++) {
        if (shifts[i] == 0) {
            shifts[i] = 1;
            factors[i] *= 2.0;
        }
    }
    MlirAttribute factor = numbers(l, like, factors);
    if (!ir_param_uniform(factor) || factors[0] != 1.0) {
        set(op, "code_m", factor);
    }
    if (any) {
        set(op, "code_s", numbers(l, like, shifts));
    }
}

/*===- operations -----------------------------------------------------------*/

static MlirValue result_of(MlirOperation op)
{
    return mlirOperationGetResult(op, mlirOperationGetNumResults(op) - 1);
}

/* Whether a snn.rescale stands at a border of the step, with a float. */
static bool meets_float(MlirOperation op)
{
    return ir_is_float(ir_element(mlirOperationGetOperand(op, 0))) ||
           ir_is_float(ir_element(result_of(op)));
}

/* There, x is divided by the scale of codes, or codes are multiplied by it. */
static void rewrite_border(lowering *l, MlirOperation op)
{
    MlirValue x = mlirOperationGetOperand(op, 0);
    MlirValue codes = is_quantized(x) ? x : result_of(op);
    double *scales = ARENA_ARRAY(l->a, double, ir_count(codes));
    for (int64_t i = 0; i < ir_count(codes); i++) {
        scales[i] = scale_of(codes, i);
    }
    set(op, "code_scale", numbers(l, codes, scales));
}

/* snn.scale, snn.rescale, snn.avg_pool: y is x times something. */
static void rewrite_times(lowering *l, MlirOperation op)
{
    MlirValue x = mlirOperationGetOperand(op, 0);
    MlirValue y = result_of(op);
    int64_t n = ir_count(y);
    double *m = ARENA_ARRAY(l->a, double, n);
    for (int64_t i = 0; i < n; i++) {
        m[i] = real_at(op, "scale", i, 1.0) * scale_of(x, i) / scale_of(y, i);
    }
    drop(op, "scale");
    set_times(l, op, y, m);
}

/* Two scales are one number, up to the rounding of a product. */
static bool same(double x, double y)
{
    return fabs(x - y) <= 1e-12 * fmax(fabs(x), fabs(y));
}

/* A mean in the scale of x is divided; in that of x by the taps it is the sum.
 */
static void rewrite_mean(lowering *l, MlirOperation op)
{
    MlirAttribute kernel = ir_get(op, "kernel");
    MlirValue y = result_of(op);
    double taps = 1.0;
    for (intptr_t i = 0; i < mlirDenseArrayGetNumElements(kernel); i++) {
        taps *= (double)mlirDenseI64ArrayGetElement(kernel, i);
    }
    if (same(scale_of(mlirOperationGetOperand(op, 0), 0), scale_of(y, 0))) {
        double *m = ARENA_ARRAY(l->a, double, ir_count(y));
        for (int64_t i = 0; i < ir_count(y); i++) {
            m[i] = 1.0 / taps;
        }
        set_times(l, op, y, m);
    }
    set(op, "codes", mlirUnitAttrGet(l->top.ctx));
}

static bool all_multiples(const double *x, int64_t n, double of)
{
    for (int64_t i = 0; i < n; i++) {
        if (fmod(x[i], of) != 0.0) {
            return false;
        }
    }
    return true;
}

/* d v + c, shifted: without a shift where nothing would be shifted out. */
static void set_kept(lowering *l, MlirOperation op, double *d, double *c)
{
    MlirValue v = result_of(op);
    int64_t n = ir_count(v);
    int shift =
        mlirIntegerTypeGetWidth(storage_of(ir_element(v))) == 16 ? 15 : 30;
    double one = ldexp(1.0, shift);
    for (int64_t i = 0; i < n; i++) {
        d[i] = rint(d[i] * one);
        c[i] = rint(c[i] * one);
    }
    if (all_multiples(d, n, one) && all_multiples(c, n, one)) {
        for (int64_t i = 0; i < n; i++) {
            d[i] /= one;
            c[i] /= one;
        }
        shift = 0;
    }
    drop(op, "decay");
    drop(op, "leak");
    MlirAttribute decay = numbers(l, v, d);
    MlirAttribute leak = numbers(l, v, c);
    if (!ir_param_uniform(decay) || d[0] != 1.0) {
        set(op, "decay", decay);
    }
    if (!ir_param_uniform(leak) || c[0] != 0.0) {
        set(op, "leak", leak);
    }
    if (shift > 0) {
        set(op, "code_shift", ir_i64(&l->top, shift));
    }
}

static void rewrite_integrate(lowering *l, MlirOperation op)
{
    MlirValue x = mlirOperationGetOperand(op, 0);
    MlirValue v = result_of(op);
    const char *form = ir_get_word(op, "form", l->a);
    int64_t n = ir_count(v);
    double *d = ARENA_ARRAY(l->a, double, n);
    double *g = ARENA_ARRAY(l->a, double, n);
    double *c = ARENA_ARRAY(l->a, double, n);
    for (int64_t i = 0; i < n; i++) {
        ir_affine f = ir_affine_of(op, form, i);
        d[i] = f.d;
        g[i] = near(f.g * (scale_of(x, i) / scale_of(v, i)));
        c[i] = f.c / scale_of(v, i);
    }
    set_kept(l, op, d, c);
    drop(op, "gain");
    set_times(l, op, v, g);
    set(op, "codes", mlirUnitAttrGet(l->top.ctx));
}

/*
 * A real attribute in place, by how it is made a code; what is outside the
 * type's numbers on the side where that changes no comparison comes back in.
 */
static void rewrite_real(lowering *l, MlirOperation op, const char *name,
                         MlirValue of, double (*make)(double r, double s),
                         double low, double high)
{
    MlirAttribute value = ir_get(op, name);
    if (mlirAttributeIsNull(value)) {
        return;
    }
    int64_t n = ir_count(of);
    double *codes = ARENA_ARRAY(l->a, double, n);
    for (int64_t i = 0; i < n; i++) {
        codes[i] = clamp(make(ir_param(value, i), scale_of(of, i)), low, high);
    }
    set(op, name, numbers(l, of, codes));
}

static bool is_compare(lowering *l, MlirOperation op, const char *kind)
{
    MlirAttribute compare = ir_get(op, "compare");
    const char *text = text_printf(l->a, "#snn.compare<%s>", kind);
    return !mlirAttributeIsNull(compare) &&
           mlirAttributeEqual(compare, ir_parse(&l->top, text));
}

/* snn.fire, snn.reset, snn.clamp */
static void rewrite_state(lowering *l, MlirOperation op)
{
    MlirValue v = result_of(op);
    unsigned bits = mlirIntegerTypeGetWidth(storage_of(ir_element(v)));
    double high = ldexp(1.0, (int)bits - 1) - 1.0;
    double low = -high - 1.0;
    bool fires = ir_is(op, "snn.fire");
    MlirAttribute threshold = ir_get(op, "threshold");
    rewrite_real(l, op, "reset", v, code, low, high);
    rewrite_real(l, op, "low", v, code, low, high);
    if (!fires || is_compare(l, op, "count")) {
        rewrite_real(l, op, "threshold", v, code, INT32_MIN, INT32_MAX);
    } else {
        rewrite_real(l, op, "threshold", v, code, INT32_MIN, INT32_MAX);
        MlirAttribute loss = ir_get(op, "threshold");
        set(op, "threshold", threshold);
        bool reaches = is_compare(l, op, "ge");
        rewrite_real(l, op, "threshold", v, reaches ? from : over,
                     reaches ? low : INT32_MIN, reaches ? INT32_MAX : high);
        bool subtracts = mlirAttributeIsNull(ir_get(op, "reset"));
        if (subtracts && !mlirAttributeEqual(loss, ir_get(op, "threshold"))) {
            set(op, "loss", loss);
        }
    }
    set(op, "codes", mlirUnitAttrGet(l->top.ctx));
}

static void rewrite_op(lowering *l, MlirOperation op)
{
    if (ir_is(op, "snn.rescale") && meets_float(op)) {
        rewrite_border(l, op);
    } else if (ir_is(op, "snn.rescale") || ir_is(op, "snn.scale")) {
        rewrite_times(l, op);
    } else if (ir_is(op, "snn.avg_pool")) {
        rewrite_mean(l, op);
    } else if (ir_is(op, "snn.threshold")) {
        rewrite_real(l, op, "threshold", mlirOperationGetOperand(op, 0), over,
                     INT32_MIN, INT32_MAX);
        set(op, "codes", mlirUnitAttrGet(l->top.ctx));
    } else if (mlirOperationGetNumResults(op) > 0 &&
               is_quantized(result_of(op))) {
        if (ir_is(op, "snn.integrate")) {
            rewrite_integrate(l, op);
        } else if (ir_is(op, "snn.fire") || ir_is(op, "snn.reset") ||
                   ir_is(op, "snn.clamp")) {
            rewrite_state(l, op);
        }
    }
}

/*===- the step -------------------------------------------------------------*/

/* A float at a border, by the codes that it becomes, or that it is made of. */
static const char *meaning_of_float(lowering *l, MlirValue x)
{
    MlirOperation from = ir_owner(x);
    MlirOpOperand use = mlirValueGetFirstUse(x);
    if (!mlirOperationIsNull(from)) {
        MlirValue codes = mlirOperationGetOperand(from, 0);
        return mlirTypeIsAUniformQuantizedType(ir_element(codes))
                   ? text_printf(l->a, "a multiple of %s",
                                 text_number(l->a, scale_of(codes, 0)))
                   : "a multiple of the scale of its channel";
    }
    MlirValue codes = result_of(mlirOpOperandGetOwner(use));
    unsigned bits = mlirIntegerTypeGetWidth(storage_of(ir_element(codes)));
    double most = ldexp(1.0, (int)bits - 1);
    return mlirTypeIsAUniformQuantizedType(ir_element(codes))
               ? text_printf(
                     l->a,
                     "rounded to a multiple of %s from %s to %s, NaN to 0",
                     text_number(l->a, scale_of(codes, 0)),
                     text_number(l->a, -most * scale_of(codes, 0)),
                     text_number(l->a, (most - 1.0) * scale_of(codes, 0)))
               : text_printf(l->a,
                             "rounded to a code of %u bits of its channel's "
                             "scale, NaN to 0",
                             bits);
}

/* "a code of the number code * 0.5"; "": x is spikes. */
static const char *meaning(lowering *l, MlirValue x)
{
    MlirType type = ir_element(x);
    if (ir_is_float(type)) {
        return meaning_of_float(l, x);
    }
    if (mlirTypeIsAUniformQuantizedType(type)) {
        return text_printf(l->a, "a code of the number code * %s",
                           text_number(l->a, scale_of(x, 0)));
    }
    return mlirTypeIsAQuantizedType(type)
               ? "a code of the number code * the scale of its channel"
           : lower_is_spikes(x) ? ""
                                : "a count of spikes";
}

static void note_arguments(lowering *l, MlirOperation step)
{
    MlirBlock body = ir_body(step, 0);
    MlirOperation yield = mlirBlockGetTerminator(body);
    intptr_t n = mlirBlockGetNumArguments(body);
    intptr_t m = mlirOperationGetNumOperands(yield);
    l->argument_codes = (const char **)(void *)ARENA_ARRAY(l->a, char *, n + 1);
    l->output_codes = (const char **)(void *)ARENA_ARRAY(l->a, char *, m + 1);
    for (intptr_t i = 0; i < n; i++) {
        l->argument_codes[i] = meaning(l, mlirBlockGetArgument(body, i));
    }
    for (intptr_t i = 0; i < m; i++) {
        l->output_codes[i] = meaning(l, mlirOperationGetOperand(yield, i));
    }
}

/* What states start from: the codes of the real numbers. */
static void rewrite_inits(lowering *l, MlirOperation step)
{
    MlirBlock body = ir_body(step, 0);
    MlirAttribute inits = ir_get(step, "state_init");
    intptr_t n = mlirArrayAttrGetNumElements(inits);
    intptr_t first = mlirBlockGetNumArguments(body) - n;
    MlirAttribute *codes = ARENA_ARRAY(l->a, MlirAttribute, n);
    for (intptr_t i = 0; i < n; i++) {
        MlirValue state = mlirBlockGetArgument(body, first + i);
        codes[i] = mlirArrayAttrGetElement(inits, i);
        if (!is_quantized(state)) {
            continue;
        }
        unsigned bits = mlirIntegerTypeGetWidth(storage_of(ir_element(state)));
        double high = ldexp(1.0, (int)bits - 1) - 1.0;
        double *values = ARENA_ARRAY(l->a, double, ir_count(state));
        for (int64_t k = 0; k < ir_count(state); k++) {
            values[k] = clamp(code(ir_param(codes[i], k), scale_of(state, k)),
                              -high - 1.0, high);
        }
        codes[i] = numbers(l, state, values);
    }
    set(step, "state_init", mlirArrayAttrGet(l->top.ctx, n, codes));
}

static void store_as_integer(MlirValue x)
{
    MlirType type = mlirValueGetType(x);
    mlirValueSetType(x, ir_tensor_like(type, storage_of(ir_element(x))));
}

static bool has_quantized(MlirBlock body, MlirOperation *ops, int64_t n)
{
    bool any = false;
    for (intptr_t i = 0; i < mlirBlockGetNumArguments(body); i++) {
        any = any || is_quantized(mlirBlockGetArgument(body, i));
    }
    for (int64_t i = 0; i < n; i++) {
        for (intptr_t r = 0; r < mlirOperationGetNumResults(ops[i]); r++) {
            any = any || is_quantized(mlirOperationGetResult(ops[i], r));
        }
    }
    return any;
}

/*
 * Where codes stay what they are, and only their meaning changes, y is x: a
 * copy would be folded later, and then one value would have two places.
 */
static void drop_copy(MlirOperation op)
{
    if (!ir_is(op, "snn.rescale") && !ir_is(op, "snn.scale")) {
        return;
    }
    MlirValue x = mlirOperationGetOperand(op, 0);
    if (mlirAttributeIsNull(ir_get(op, "code_m")) &&
        mlirAttributeIsNull(ir_get(op, "code_s")) &&
        mlirTypeEqual(ir_element(x), ir_element(result_of(op)))) {
        mlirValueReplaceAllUsesOfWith(result_of(op), x);
        mlirOperationDestroy(op);
    }
}

void lower_codes(lowering *l, MlirOperation step)
{
    MlirBlock body = ir_body(step, 0);
    int64_t n;
    MlirOperation *ops = ir_list(body, l->a, &n);
    if (!has_quantized(body, ops, n)) {
        return;
    }
    l->codes = true;
    note_arguments(l, step);
    rewrite_inits(l, step);
    for (int64_t i = 0; i < n; i++) {
        rewrite_op(l, ops[i]);
    }
    for (intptr_t i = 0; i < mlirBlockGetNumArguments(body); i++) {
        store_as_integer(mlirBlockGetArgument(body, i));
    }
    for (int64_t i = 0; i < n; i++) {
        for (intptr_t r = 0; r < mlirOperationGetNumResults(ops[i]); r++) {
            store_as_integer(mlirOperationGetResult(ops[i], r));
        }
    }
    for (int64_t i = 0; i < n; i++) {
        drop_copy(ops[i]);
    }
}
