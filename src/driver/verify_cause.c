/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * verify_cause.c - where results first leave what was recorded, and why.
 *
 * The interpreter computes the sample once more up to that step. Then all
 * operations of the node are listed with the numbers of the one element: its
 * state before the step, what arrives, thresholds, and what comes of them; and
 * before them the Linear that feeds the node.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "driver/engine.h"
#include "driver/verify.h"
#include "ir/ir.h"
#include "mlir-c/Dialect/Quant.h"

enum { MAX_LISTED = 8 }; /* inputs of a Linear */

/* A value of the step by the name that a cause gives it. */
typedef struct named {
    MlirValue value;
    const char *name;
} named;

typedef struct explainer {
    verification *v;
    arena *a;
    reference *machine; /* has computed the step */
    const char *node;   /* whose operations are told; "": none */
    int64_t element;    /* of the port */
    int64_t size;       /* elements of the port */
    named *names;
    int64_t n_names;
    int64_t capacity;
} explainer;

const char *verify_index(const port *p, int64_t element, arena *a)
{
    int64_t index[PORT_MAX_RANK] = {0};
    buf text = {.a = a};
    for (int i = p->rank - 1; i >= 0; i--) {
        index[i] = element % p->dim[i];
        element /= p->dim[i];
    }
    if (p->rank < 2) {
        return text_printf(a, "%lld", (long long)index[0]);
    }
    for (int i = 0; i < p->rank; i++) {
        buf_printf(&text, "%s%lld", i > 0 ? ", " : "(", (long long)index[i]);
    }
    buf_text(&text, ")");
    return text.text;
}

const char *verify_number(number_type type, double number, arena *a)
{
    bool is_float = type == NUMBER_F32 && (double)(float)number == number;
    return is_float ? text_float(a, (float)number) : text_number(a, number);
}

/*===- terms ----------------------------------------------------------------*/

static void add(explainer *x, terms *list, term_kind kind, const char *name,
                const char *text)
{
    list->list = arena_grow(x->a, list->list, list->n, &list->capacity,
                            sizeof *list->list);
    list->list[list->n++] = (term){name, kind, text};
}

static void add_number(explainer *x, terms *list, const char *name,
                       number_type type, double number)
{
    add(x, list, isfinite(number) ? TERM_NUMBER : TERM_WORD, name,
        verify_number(type, number, x->a));
}

/* Codes are told as the numbers that they mean. */
static number_type type_of(MlirValue value)
{
    MlirType element = ir_element(value);
    return mlirTypeIsAQuantizedType(element) ? NUMBER_F64 : codes_type(element);
}

static double number_at(const explainer *x, MlirValue value, int64_t i)
{
    codes c = codes_of(value, x->a);
    double number = reference_numbers(x->machine, value)[i];
    return c.scale ? number * c.scale[i / c.inner % c.n] : number;
}

/* The number that a value has for the element. */
static void add_value(explainer *x, terms *list, const char *name,
                      MlirValue value)
{
    if (ir_count(value) == x->size) {
        add_number(x, list, name, type_of(value),
                   number_at(x, value, x->element));
    } else {
        add(x, list, TERM_MANY, name, "");
    }
}

static void append(MlirStringRef piece, void *to)
{
    buf_bytes(to, piece.data, (int64_t)piece.length);
}

/* "relax" of #snn.form<relax>; NULL: it is no such attribute. */
static const char *word_of(MlirAttribute attribute, arena *a)
{
    buf text = {.a = a};
    mlirAttributePrint(attribute, append, &text);
    const char *from = strchr(text.text, '<');
    const char *to = strrchr(text.text, '>');
    bool word = strncmp(text.text, "#snn.", 5) == 0 && from && to > from;
    return word ? arena_text(a, from + 1, to - from - 1) : NULL;
}

/* The float type that parameters of an operation are rounded to. */
static number_type real_of(MlirOperation op)
{
    intptr_t operands = mlirOperationGetNumOperands(op);
    intptr_t results = mlirOperationGetNumResults(op);
    for (intptr_t i = 0; i < operands + results; i++) {
        MlirValue v = i < operands ? mlirOperationGetOperand(op, i)
                                   : mlirOperationGetResult(op, i - operands);
        if (ir_is_float(ir_element(v))) {
            return type_of(v);
        }
    }
    return NUMBER_F64;
}

static void add_parameters(explainer *x, MlirOperation op, terms *list)
{
    for (intptr_t i = 0; i < mlirOperationGetNumAttributes(op); i++) {
        MlirNamedAttribute entry = mlirOperationGetAttribute(op, i);
        MlirStringRef s = mlirIdentifierStr(entry.name);
        MlirAttribute value = entry.attribute;
        const char *name = arena_text(x->a, s.data, (int64_t)s.length);
        bool many = mlirAttributeIsADenseElements(value) &&
                    mlirElementsAttrGetNumElements(value) == x->size &&
                    mlirTypeIsAF64(mlirShapedTypeGetElementType(
                        mlirAttributeGetType(value)));
        const char *word = word_of(value, x->a);
        if (mlirAttributeIsAFloat(value) || many) {
            double number = ir_param(value, x->element);
            bool f32 = real_of(op) == NUMBER_F32;
            add_number(x, list, name, real_of(op),
                       f32 ? (double)(float)number : number);
        } else if (mlirAttributeIsAInteger(value)) {
            add_number(x, list, name, NUMBER_F64,
                       (double)mlirIntegerAttrGetValueInt(value));
        } else if (word) {
            add(x, list, TERM_WORD, name, word);
        }
    }
}

/*===- names ----------------------------------------------------------------*/

static const char *node_of(MlirValue value, arena *a)
{
    return ir_loc_name(mlirOperationGetLocation(ir_owner(value)), a);
}

/* "v" of the own state "lif.v", "input" of an Input. */
static const char *argument_name(explainer *x, MlirValue value)
{
    MlirOperation step = x->v->r->step;
    MlirAttribute inputs = ir_get(step, "input_names");
    intptr_t n = mlirArrayAttrGetNumElements(inputs);
    intptr_t i = mlirBlockArgumentGetArgNumber(value);
    MlirAttribute name =
        i < n ? mlirArrayAttrGetElement(inputs, i)
              : mlirArrayAttrGetElement(ir_get(step, "state_names"), i - n);
    MlirStringRef s = mlirStringAttrGetValue(name);
    const char *text = arena_text(x->a, s.data, (int64_t)s.length);
    size_t node = strlen(x->node);
    bool own = i >= n && strncmp(text, x->node, node) == 0 && text[node] == '.';
    return own ? text + node + 1 : text;
}

static const char *name_of(explainer *x, MlirValue value)
{
    for (int64_t i = x->n_names - 1; i >= 0; i--) {
        if (mlirValueEqual(x->names[i].value, value)) {
            return x->names[i].name;
        }
    }
    return mlirValueIsABlockArgument(value) ? argument_name(x, value)
                                            : node_of(value, x->a);
}

static const char *name_it(explainer *x, MlirValue value, const char *name)
{
    x->names =
        arena_grow(x->a, x->names, x->n_names, &x->capacity, sizeof *x->names);
    x->names[x->n_names++] = (named){value, name};
    return name;
}

/* v' is what an operation makes of v. */
static const char *result_name(explainer *x, MlirOperation op, intptr_t i)
{
    intptr_t state = ir_is(op, "snn.integrate") ? 1 : 0;
    bool changes = ir_is(op, "snn.integrate") || ir_is(op, "snn.reset") ||
                   ir_is(op, "snn.clamp") || (ir_is(op, "snn.fire") && i == 1);
    if (changes) {
        return text_printf(x->a, "%s'",
                           name_of(x, mlirOperationGetOperand(op, state)));
    }
    bool fires = ir_is(op, "snn.fire") || ir_is(op, "snn.threshold");
    return fires ? "spikes" : ir_is(op, "snn.sum") ? "x" : "y";
}

/*===- causes ---------------------------------------------------------------*/

/* One input of a Linear, and its weight. */
typedef struct product {
    int64_t n;
    double x;
    double weight;
} product;

/* The largest first; equal ones in order. */
static int by_size(const void *left, const void *right)
{
    const product *p = left;
    const product *q = right;
    double a = fabs(p->x * p->weight);
    double b = fabs(q->x * q->weight);
    return a != b ? (a < b ? 1 : -1) : (p->n > q->n) - (p->n < q->n);
}

static int by_place(const void *left, const void *right)
{
    const product *p = left;
    const product *q = right;
    return (p->n > q->n) - (p->n < q->n);
}

/* What of x is not 0, with its weights: the largest products, in order. */
static void add_products(explainer *x, MlirOperation op, cause *c)
{
    MlirValue in = mlirOperationGetOperand(op, 0);
    MlirValue weight = mlirOperationGetOperand(op, 1);
    int64_t columns = ir_dim(weight, ir_rank(weight) - 1);
    int64_t rows = ir_dim(weight, ir_rank(weight) - 2);
    int64_t lead = x->element / rows * columns; /* of x, for this row */
    product *list = ARENA_ARRAY(x->a, product, columns);
    int64_t n = 0;
    for (int64_t i = 0; i < columns; i++) {
        double value = number_at(x, in, lead + i);
        if (value != 0.0) {
            list[n++] = (product){
                i, value, number_at(x, weight, x->element * columns + i)};
        }
    }
    qsort(list, (size_t)n, sizeof *list, by_size);
    c->left_out = n > MAX_LISTED ? n - MAX_LISTED : 0;
    n -= c->left_out;
    qsort(list, (size_t)n, sizeof *list, by_place);
    for (int64_t i = 0; i < n; i++) {
        long long k = (long long)(lead + list[i].n);
        add_number(x, &c->operands,
                   text_printf(x->a, "%s[%lld]", name_of(x, in), k),
                   type_of(in), list[i].x);
        add_number(x, &c->operands,
                   text_printf(x->a, "weight[%lld, %lld]",
                               (long long)x->element, (long long)list[i].n),
                   type_of(weight), list[i].weight);
    }
    if (mlirOperationGetNumOperands(op) > 2) {
        MlirValue bias = mlirOperationGetOperand(op, 2);
        int64_t k = ir_rank(bias) == 1 ? x->element % rows : x->element;
        add_number(x, &c->operands, "bias", type_of(bias),
                   number_at(x, bias, k));
    }
}

static void add_operands(explainer *x, MlirOperation op, cause *c)
{
    const char *node = ir_loc_name(mlirOperationGetLocation(op), x->a);
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
        MlirValue value = mlirOperationGetOperand(op, i);
        bool own = mlirValueIsABlockArgument(value) ||
                   strcmp(node_of(value, x->a), node) == 0;
        bool input = ir_is(op, "snn.integrate") && i == 0 && !own;
        add_value(x, &c->operands, input ? "x" : name_of(x, value), value);
    }
}

static void explain(explainer *x, MlirOperation op)
{
    divergence *d = &x->v->first;
    const char *name = ir_op_name(op, x->a);
    const char *dot = strchr(name, '.');
    cause c = {.node = ir_loc_name(mlirOperationGetLocation(op), x->a),
               .operation = dot ? dot + 1 : name};
    add_parameters(x, op, &c.parameters);
    if (ir_is(op, "snn.linear")) {
        add_products(x, op, &c);
    } else {
        add_operands(x, op, &c);
    }
    for (intptr_t i = 0; i < mlirOperationGetNumResults(op); i++) {
        MlirValue value = mlirOperationGetResult(op, i);
        add_value(x, &c.results, name_it(x, value, result_name(x, op, i)),
                  value);
    }
    d->causes = arena_grow(x->a, d->causes, d->n_causes, &d->capacity,
                           sizeof *d->causes);
    d->causes[d->n_causes++] = c;
}

/* The Linear that feeds a neuron; null: something else does. */
static MlirOperation feeder(MlirOperation op)
{
    MlirOperation none = {NULL};
    if (!ir_is(op, "snn.integrate")) {
        return none;
    }
    MlirOperation from = ir_owner(mlirOperationGetOperand(op, 0));
    return ir_is(from, "snn.linear") ? from : none;
}

static void explain_node(explainer *x, const char *node)
{
    x->node = node;
    int64_t n;
    MlirOperation *ops = ir_list(ir_body(x->v->r->step, 0), x->a, &n);
    for (int64_t i = 0; i < n - 1; i++) { /* the last one yields */
        const char *own = ir_loc_name(mlirOperationGetLocation(ops[i]), x->a);
        if (strcmp(own, node) != 0 || ir_is(ops[i], "snn.constant")) {
            continue;
        }
        MlirOperation from = feeder(ops[i]);
        if (!mlirOperationIsNull(from)) {
            int64_t names = x->n_names;
            explain(x, from);
            x->n_names = names; /* its y is this node's x */
        }
        explain(x, ops[i]);
    }
}

/*===- the first divergence -------------------------------------------------*/

/*
 * Where a port stands in the order of execution: what is there at the start is
 * first, and an Output is behind the node that it shows.
 */
static int64_t position(const runner *r, const port *p)
{
    int64_t n;
    MlirOperation *ops = ir_list(ir_body(r->step, 0), &r->c->a, &n);
    MlirOperation owner = ir_owner(p->value);
    int64_t i = mlirOperationIsNull(owner) ? -1 : 0;
    while (i >= 0 && i < n && !mlirOperationEqual(ops[i], owner)) {
        i++;
    }
    return 2 * i + (p < r->outputs + r->n_named ? 1 : 0);
}

static const measure *find_first(const verification *v)
{
    const measure *first = NULL;
    int64_t best = 0;
    for (int64_t i = 0; i < v->n_measures; i++) {
        const measure *m = &v->measures[i];
        if (m->differ == 0 || (first && m->step > first->step)) {
            continue;
        }
        int64_t here = position(v->r, m->p);
        if (!first || m->step < first->step || here < best) {
            first = m;
            best = here;
        }
    }
    return first;
}

bool verify_explain(verification *v)
{
    divergence *d = &v->first;
    const measure *m = find_first(v);
    if (!m) {
        return true;
    }
    const port *p = m->p;
    runner *r = v->r;
    int64_t cell = (m->sample * r->steps + m->step) * p->size + m->element;
    *d = (divergence){.m = m,
                      .expected = m->expected[cell],
                      .got = npy_number(p->type, p->data, cell)};
    explainer x = {.v = v,
                   .a = &r->c->a,
                   .machine = engine_interpret_to(r, m->sample, m->step),
                   .node = "",
                   .element = m->element,
                   .size = p->size};
    if (!x.machine) {
        return false;
    }
    double interpreted = number_at(&x, p->value, m->element);
    if (interpreted != d->got && !(isnan(interpreted) && isnan(d->got))) {
        return verify_disagree(v, p, cell, d->got, interpreted);
    }
    if (mlirValueIsABlockArgument(p->value)) { /* an earlier step left it */
        const char *name = argument_name(&x, p->value);
        cause c = {.node = p->name, .operation = "before the step"};
        add_value(&x, &c.results, name, p->value);
        d->causes = ARENA_NEW(x.a, cause);
        d->causes[d->n_causes++] = c;
    } else {
        const char *node = node_of(p->value, x.a);
        int64_t n = compile_seek_node(r->c, node);
        d->formula = n >= 0 ? v->formulas[n] : NULL;
        explain_node(&x, node);
    }
    return true;
}
