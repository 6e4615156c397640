/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * check.c - checks every node by itself, before any signal is known.
 *
 * Values are checked for all kinds alike, by dataset; then one function per
 * kind looks at how the datasets of a node fit each other. What depends on the
 * signal is in shape.c.
 */
#include "nir/check.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

#include "base/text.h"
#include "nir/kinds.h"

/* A node that is being checked. */
typedef struct checker {
    const nir_node *node;
    const char *where;
    arena *a;
    diag *d;
} checker;

static const nir_array *get(const nir_node *node, nir_field field)
{
    return &node->field[field];
}

int64_t nir_per_axis(const nir_node *node, nir_field field, int i)
{
    const nir_array *x = get(node, field);
    assert(x->type == NIR_I64 && (x->count == 1 || i < x->count));
    return x->i64[x->count == 1 ? 0 : i];
}

int64_t nir_shape_size(const nir_shape *shape)
{
    int64_t size = 1;
    for (int i = 0; i < shape->rank; i++) {
        if (shape->dim[i] > NIR_MAX_ELEMENTS ||
            size * shape->dim[i] > NIR_MAX_ELEMENTS) {
            return (int64_t)NIR_MAX_ELEMENTS + 1;
        }
        size *= shape->dim[i];
    }
    return size;
}

/* What a number must be, by dataset. */
typedef struct range {
    nir_field field;
    double least;
    bool open; /* least itself is not allowed */
    const char *text;
} range;

static const range ranges[] = {
    {NIR_TAU, 0, true, "positive"},
    {NIR_TAU_SYN, 0, true, "positive"},
    {NIR_TAU_MEM, 0, true, "positive"},
    {NIR_DT, 0, true, "positive"},
    {NIR_DELAY_TIME, 0, false, "at least 0"},
    {NIR_STRIDE, 1, false, "at least 1"},
    {NIR_DILATION, 1, false, "at least 1"},
    {NIR_GROUPS, 1, false, "at least 1"},
    {NIR_KERNEL_SIZE, 1, false, "at least 1"},
    {NIR_INPUT_SHAPE, 1, false, "at least 1"},
    {NIR_PADDING, 0, false, "at least 0"},
};

MUST_CHECK static bool refuse_value(const checker *c, nir_field field,
                                    const char *rule, int64_t i)
{
    const nir_array *x = get(c->node, field);
    const char *number = text_number(c->a, nir_number(x, i));
    const char *name = nir_field_name(field);
    if (x->count == 1) {
        return diag_error(c->d, c->where, "'%s' must be %s, it is %s", name,
                          rule, number);
    }
    return diag_error(c->d, c->where,
                      "'%s' must be %s, element %" PRId64 " is %s", name, rule,
                      i, number);
}

MUST_CHECK static bool check_finite(const checker *c, nir_field field)
{
    const nir_array *x = get(c->node, field);
    for (int64_t i = 0; i < x->count && x->type != NIR_I64; i++) {
        if (!isfinite(nir_number(x, i))) {
            return refuse_value(c, field, "finite", i);
        }
    }
    return true;
}

MUST_CHECK static bool check_range(const checker *c, const range *r)
{
    const nir_array *x = get(c->node, r->field);
    for (int64_t i = 0; i < x->count; i++) {
        double number = nir_number(x, i);
        if (number < r->least || (r->open && number == r->least)) {
            return refuse_value(c, r->field, r->text, i);
        }
    }
    return true;
}

MUST_CHECK static bool check_values(const checker *c)
{
    bool ok = true;
    for (int f = 0; f < NIR_FIELD_COUNT; f++) {
        const nir_array *x = get(c->node, (nir_field)f);
        bool shape = f == NIR_SHAPE || f == NIR_INPUT_SHAPE;
        if (x->type != NIR_ABSENT && x->count == 0 && !shape) {
            ok = diag_error(c->d, c->where, "'%s' is empty",
                            nir_field_name((nir_field)f));
        }
        ok = check_finite(c, (nir_field)f) && ok;
    }
    for (size_t i = 0; ok && i < sizeof ranges / sizeof ranges[0]; i++) {
        ok = check_range(c, &ranges[i]);
    }
    return ok;
}

/* A dataset has one element, or one for each of n axes. */
MUST_CHECK static bool check_count(const checker *c, nir_field field, int n)
{
    const nir_array *x = get(c->node, field);
    if (x->type == NIR_ABSENT || x->count == 1 ||
        (x->shape.rank == 1 && x->count == n)) {
        return true;
    }
    const char *name = nir_field_name(field);
    const char *shape = nir_shape_text(&x->shape, c->a);
    return n == 1 ? diag_error(c->d, c->where,
                               "'%s' has shape %s, it must be one number", name,
                               shape)
                  : diag_error(c->d, c->where,
                               "'%s' has shape %s, it must be one number or %d",
                               name, shape, n);
}

/* Two datasets of one node do not fit each other. */
MUST_CHECK static bool refuse_pair(const checker *c, nir_field x, nir_field y)
{
    const nir_array *a = get(c->node, x);
    const nir_array *b = get(c->node, y);
    if (a->shape.rank == 1 && b->shape.rank == 1) {
        diag_error(c->d, c->where,
                   "'%s' has %" PRId64 " elements, '%s' has %" PRId64,
                   nir_field_name(x), a->count, nir_field_name(y), b->count);
    } else {
        diag_error(c->d, c->where, "'%s' has shape %s, '%s' has %s",
                   nir_field_name(x), nir_shape_text(&a->shape, c->a),
                   nir_field_name(y), nir_shape_text(&b->shape, c->a));
    }
    return diag_help(c->d, c->where,
                     "all parameters that are not one number have one shape");
}

/* The first dataset with more than one element; NIR_FIELD_COUNT if none. */
static nir_field shaping_field(const nir_node *node)
{
    int f = 0;
    while (f < NIR_FIELD_COUNT && get(node, (nir_field)f)->count <= 1) {
        f++;
    }
    return (nir_field)f;
}

bool nir_own_shape(const nir_node *node, nir_shape *shape)
{
    nir_field f = shaping_field(node);
    if (f < NIR_FIELD_COUNT) {
        *shape = get(node, f)->shape;
    }
    return f < NIR_FIELD_COUNT;
}

MUST_CHECK static bool check_elementwise(const checker *c)
{
    bool ok = true;
    nir_field first = shaping_field(c->node);
    for (int f = (int)first + 1; f < NIR_FIELD_COUNT; f++) {
        const nir_array *x = get(c->node, (nir_field)f);
        if (x->count > 1 &&
            !nir_shape_equal(&x->shape, &get(c->node, first)->shape)) {
            ok = refuse_pair(c, first, (nir_field)f);
        }
    }
    return ok;
}

nir_shape nir_linear_input(const nir_node *node)
{
    nir_shape shape = get(node, NIR_WEIGHT)->shape;
    assert(shape.rank >= 2);
    shape.rank--;
    shape.dim[shape.rank - 1] = shape.dim[shape.rank];
    return shape;
}

MUST_CHECK static bool check_linear(const checker *c)
{
    const nir_array *weight = get(c->node, NIR_WEIGHT);
    const nir_array *bias = get(c->node, NIR_BIAS);
    if (weight->shape.rank < 2) {
        return diag_error(c->d, c->where,
                          "'weight' has shape %s, it must have two axes or "
                          "more",
                          nir_shape_text(&weight->shape, c->a));
    }
    nir_shape out = weight->shape;
    out.rank--;
    nir_shape rows = {.rank = 1, .dim = {out.dim[out.rank - 1]}};
    if (bias->type == NIR_ABSENT || bias->count == 1 ||
        nir_shape_equal(&bias->shape, &out) ||
        nir_shape_equal(&bias->shape, &rows)) {
        return true;
    }
    diag_error(c->d, c->where,
               "'bias' has shape %s, the outputs of 'weight' have %s",
               nir_shape_text(&bias->shape, c->a), nir_shape_text(&out, c->a));
    if (bias->count == nir_shape_size(&out)) {
        diag_help(c->d, c->where, "without its axes of one element it fits");
    }
    return false;
}

MUST_CHECK static bool check_conv_weight(const checker *c, int axes)
{
    const nir_array *weight = get(c->node, NIR_WEIGHT);
    const nir_array *bias = get(c->node, NIR_BIAS);
    if (weight->shape.rank != axes + 2) {
        return diag_error(c->d, c->where,
                          "'weight' has shape %s, it must have %d axes",
                          nir_shape_text(&weight->shape, c->a), axes + 2);
    }
    int64_t channels = weight->shape.dim[0];
    int64_t groups = nir_per_axis(c->node, NIR_GROUPS, 0);
    bool ok = true;
    if (channels % groups != 0) {
        ok = diag_error(c->d, c->where,
                        "'weight' has %" PRId64
                        " output channels, 'groups' is %" PRId64
                        ", which does not divide them",
                        channels, groups);
    }
    if (bias->count != 1 &&
        (bias->shape.rank != 1 || bias->count != channels)) {
        ok = diag_error(c->d, c->where,
                        "'bias' has shape %s, 'weight' has %" PRId64
                        " output channels",
                        nir_shape_text(&bias->shape, c->a), channels);
    }
    return ok;
}

MUST_CHECK static bool check_same(const checker *c, int axes)
{
    for (int i = 0; i < axes && c->node->padding_word == NIR_PAD_SAME; i++) {
        int64_t stride = nir_per_axis(c->node, NIR_STRIDE, i);
        if (stride != 1) {
            diag_error(c->d, c->where,
                       "'padding' is 'same', which needs a stride of 1, "
                       "'stride' is %" PRId64,
                       stride);
            return diag_help(c->d, c->where,
                             "give 'padding' as numbers; half of dilation * "
                             "(kernel - 1) is the same");
        }
    }
    return true;
}

MUST_CHECK static bool check_window(const checker *c)
{
    static const nir_field per_axis[] = {NIR_STRIDE, NIR_PADDING, NIR_DILATION,
                                         NIR_KERNEL_SIZE, NIR_INPUT_SHAPE};
    int axes = nir_window_axes(c->node->kind);
    bool ok = check_count(c, NIR_GROUPS, 1);
    for (size_t i = 0; i < sizeof per_axis / sizeof per_axis[0]; i++) {
        ok = check_count(c, per_axis[i], axes) && ok;
    }
    if (!ok) {
        return false;
    }
    if (nir_is_conv(c->node->kind)) {
        ok = check_conv_weight(c, axes);
    }
    return check_same(c, axes) && ok;
}

MUST_CHECK static bool check_flatten(const checker *c)
{
    const nir_array *in = get(c->node, NIR_INPUT_TYPE);
    bool ok = check_count(c, NIR_START_DIM, 1);
    ok = check_count(c, NIR_END_DIM, 1) && ok;
    if (in->type != NIR_ABSENT && in->shape.rank != 1) {
        ok = diag_error(c->d, c->where,
                        "'input_type' has shape %s, it must have one axis",
                        nir_shape_text(&in->shape, c->a));
    }
    return ok;
}

MUST_CHECK static bool check_port(const checker *c)
{
    const nir_array *x = get(c->node, NIR_SHAPE);
    if (x->shape.rank != 1) {
        return diag_error(c->d, c->where,
                          "'shape' has shape %s, it must have one axis",
                          nir_shape_text(&x->shape, c->a));
    }
    if (c->node->kind == NIR_OUTPUT) {
        return true; /* its signal has the shape that counts */
    }
    nir_shape shape = {.rank = (int)x->count};
    for (int i = 0; i < shape.rank; i++) {
        shape.dim[i] = x->i64[i];
        if (shape.dim[i] < 1) {
            return refuse_value(c, NIR_SHAPE, "at least 1", i);
        }
    }
    if (nir_shape_size(&shape) > NIR_MAX_ELEMENTS) {
        return diag_error(c->d, c->where,
                          "'shape' is %s, more than %d elements",
                          nir_shape_text(&shape, c->a), NIR_MAX_ELEMENTS);
    }
    return true;
}

bool nir_check_node(const nir_node *node, const char *where, arena *a, diag *d)
{
    checker c = {.node = node, .where = where, .a = a, .d = d};
    if (!check_values(&c)) {
        return false;
    }
    if (nir_is_elementwise(node->kind)) {
        return check_elementwise(&c);
    }
    if (nir_window_axes(node->kind) > 0) {
        return check_window(&c);
    }
    switch (node->kind) {
    case NIR_AFFINE:
    case NIR_LINEAR:
        return check_linear(&c);
    case NIR_FLATTEN:
        return check_flatten(&c);
    default:
        return check_port(&c);
    }
}
