/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * formula_terms.c - a form of snn.integrate is a row here: its formula as in
 * docs/spec.md, without the terms that change nothing.
 */
#include "driver/formula_terms.h"

#include <assert.h>
#include <string.h>

#include "ir/ir.h"
#include "nir/nir.h"

/*===- numbers --------------------------------------------------------------*/

/* As short as the type allows. */
static const char *number_text(double value, bool f32, arena *a)
{
    float narrow = (float)value;
    nir_array one = {.type = f32 ? NIR_F32 : NIR_F64, .count = 1};
    if (f32) {
        one.f32 = &narrow;
    } else {
        one.f64 = &value;
    }
    return nir_number_text(&one, 0, a);
}

static void note_range(terms *t, MlirAttribute param, int64_t n, bool f32,
                       const char *what)
{
    double least = ir_param(param, 0);
    double most = least;
    for (int64_t i = 1; i < n; i++) {
        double x = ir_param(param, i);
        least = x < least ? x : least;
        most = x > most ? x : most;
    }
    buf_printf(&t->differ, "%s%s %s to %s", t->differ.size > 0 ? ", " : "",
               what, number_text(least, f32, t->a),
               number_text(most, f32, t->a));
}

const char *terms_number(terms *t, MlirAttribute param, MlirValue like,
                         const char *what)
{
    if (mlirAttributeIsNull(param)) {
        return NULL;
    }
    bool f32 = mlirTypeIsAF32(ir_element(like));
    if (!ir_param_uniform(param)) {
        note_range(t, param, ir_count(like), f32, what);
    }
    return number_text(ir_param(param, 0), f32, t->a);
}

static bool is_zero(const char *number)
{
    return strcmp(number, "0") == 0 || strcmp(number, "-0") == 0;
}

static const char *negated(arena *a, const char *number)
{
    return *number == '-' ? number + 1 : text_printf(a, "-%s", number);
}

const char *terms_times(arena *a, const char *number, const char *x)
{
    return strcmp(number, "1") == 0 ? x : text_printf(a, "%s %s", number, x);
}

const char *terms_plus(arena *a, const char *y, const char *z)
{
    return *z == '-' ? text_printf(a, "%s - %s", y, z + 1)
                     : text_printf(a, "%s + %s", y, z);
}

const char *terms_minus(arena *a, const char *y, const char *z)
{
    return terms_plus(a, y, negated(a, z));
}

/*===- forms ----------------------------------------------------------------*/

/* What a formula is made of; leak is "0" where the form has none. */
typedef struct form_parts {
    arena *a;
    const char *v, *decay, *gain, *leak;
    const char *gx; /* gain times x */
    bool whole_x;   /* an integer */
} form_parts;

static const char *in_parens(arena *a, const char *text)
{
    return text_printf(a, "(%s)", text);
}

/* v, or (v - leak) */
static const char *above_leak(const form_parts *p)
{
    return is_zero(p->leak) ? p->v
                            : in_parens(p->a, terms_minus(p->a, p->v, p->leak));
}

/* gx - v, or gx - (v - leak) */
static const char *distance(const form_parts *p)
{
    return text_printf(p->a, "(%s - %s)", p->gx, above_leak(p));
}

static const char *relax(const form_parts *p)
{
    arena *a = p->a;
    if (is_zero(p->leak) && is_zero(p->gain)) {
        return terms_minus(a, p->v, terms_times(a, p->decay, p->v));
    }
    const char *pull =
        is_zero(p->leak)
            ? distance(p)
            : in_parens(
                  a, terms_plus(a, text_printf(a, "(%s - %s)", p->leak, p->v),
                                p->gx));
    return terms_plus(a, p->v, terms_times(a, p->decay, pull));
}

static const char *pull(const form_parts *p)
{
    arena *a = p->a;
    const char *goal =
        is_zero(p->leak) ? p->gx : in_parens(a, terms_plus(a, p->gx, p->leak));
    return terms_plus(
        a, p->v,
        terms_times(a, p->decay, text_printf(a, "(%s - %s)", goal, p->v)));
}

static const char *accumulate(const form_parts *p)
{
    return terms_plus(p->a, p->v, p->gx);
}

static const char *exact(const form_parts *p)
{
    const char *kept = terms_times(p->a, p->decay, above_leak(p));
    return is_zero(p->leak)
               ? terms_plus(p->a, kept, p->gx)
               : terms_plus(p->a, text_printf(p->a, "(%s + %s)", p->leak, kept),
                            p->gx);
}

static const char *leaky(const form_parts *p)
{
    const char *sum =
        terms_plus(p->a, terms_times(p->a, p->decay, p->v), p->gx);
    return is_zero(p->leak) ? sum : terms_plus(p->a, sum, p->leak);
}

static const char *jump(const form_parts *p)
{
    return terms_times(p->a, p->decay, in_parens(p->a, accumulate(p)));
}

static const char *divide(const form_parts *p)
{
    return text_printf(p->a, "%s + %s / %s", p->v, distance(p), p->decay);
}

static const char *leak_divide(const form_parts *p)
{
    const char *kept =
        text_printf(p->a, "%s - %s / %s", p->v, above_leak(p), p->decay);
    return terms_plus(p->a, kept, p->gx);
}

/* The decay is below 0. */
static const char *approach(const form_parts *p)
{
    return terms_plus(p->a, p->v,
                      terms_times(p->a, negated(p->a, p->decay), distance(p)));
}

/* 4096 is all; integers need no trunc. */
static const char *shift(const form_parts *p)
{
    const char *kept =
        strcmp(p->decay, "4096") == 0
            ? p->v
            : text_printf(p->a, "trunc(%s %s / 4096)", p->decay, p->v);
    const char *more =
        p->whole_x ? p->gx : text_printf(p->a, "trunc(%s)", p->gx);
    return terms_plus(p->a, kept, more);
}

typedef struct form_row {
    const char *form;
    const char *(*text)(const form_parts *p);
} form_row;

static const form_row rows[] = {
    {"relax", relax},       {"pull", pull},   {"accumulate", accumulate},
    {"exact", exact},       {"leaky", leaky}, {"jump", jump},
    {"divide", divide},     {"shift", shift}, {"leak_divide", leak_divide},
    {"approach", approach},
};

/* A parameter of the integrated state. */
static const char *number_of(terms *t, MlirOperation op, const char *name,
                             MlirValue like, const char *state)
{
    const char *what = text_printf(t->a, "%s of %c", name, *state);
    return terms_number(t, ir_get(op, name), like, what);
}

const char *terms_update(terms *t, MlirOperation op, const char *x,
                         const char *state)
{
    MlirValue input = mlirOperationGetOperand(op, 0);
    MlirValue like = mlirOperationGetOperand(op, 1);
    bool whole_x = !ir_is_float(ir_element(input));
    /* where integers are integrated, a float is multiplied as a float */
    MlirValue product = whole_x ? like : input;
    form_parts p = {.a = t->a, .v = state, .whole_x = whole_x};
    p.decay = number_of(t, op, "decay", like, state);
    p.gain = number_of(t, op, "gain", product, state);
    p.leak = number_of(t, op, "leak", like, state);
    p.leak = p.leak ? p.leak : "0";
    p.gx = terms_times(t->a, p.gain, x);
    const char *form = ir_get_word(op, "form", t->a);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].form, form) == 0) {
            return rows[i].text(&p);
        }
    }
    assert(false && "every form has a row");
    return "";
}
