/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * compile.c - reads a snn.step once, so that running it never looks at MLIR.
 *
 * First every SSA value gets its place, then every operation its instruction:
 * in between, the float type of the network is known. The step was verified;
 * what is checked here is only what the machine leaves out.
 */
#include "reference/compile.h"

#include <assert.h>
#include <inttypes.h>

#include "base/buf.h"
#include "base/text.h"
#include "mlir-c/BuiltinAttributes.h"
#include "mlir-c/BuiltinTypes.h"
#include "mlir-c/Dialect/Quant.h"
#include "reference/codes.h"
#include "reference/numbers.h"

/* Elements of one value: as many as a file's array may have. */
enum { MAX_ELEMENTS = 1 << 28 };

/*---- what MLIR says -----------------------------------------------------*/

static char *text(arena *a, MlirStringRef s)
{
    return arena_text(a, s.data, (int64_t)s.length);
}

const char *compile_name(arena *a, MlirOperation op)
{
    return text(a, mlirIdentifierStr(mlirOperationGetName(op)));
}

MlirAttribute compile_attribute(MlirOperation op, const char *name)
{
    return mlirOperationGetInherentAttributeByName(
        op, mlirStringRefCreateFromCString(name));
}

const char *compile_where(arena *a, MlirOperation op)
{
    MlirLocation at = mlirOperationGetLocation(op);
    const char *name = NULL;
    if (mlirLocationIsAName(at)) {
        name = text(a, mlirIdentifierStr(mlirLocationNameGetName(at)));
        at = mlirLocationNameGetChildLoc(at);
    }
    if (!mlirLocationIsAFileLineColRange(at)) {
        return name ? name : compile_name(a, op);
    }
    const char *file =
        text(a, mlirIdentifierStr(mlirLocationFileLineColRangeGetFilename(at)));
    return name ? text_printf(a, "%s:%s", file, name)
                : text_printf(a, "%s:%d:%d", file,
                              mlirLocationFileLineColRangeGetStartLine(at),
                              mlirLocationFileLineColRangeGetStartColumn(at));
}

/*---- values -------------------------------------------------------------*/

/* The shape of a type, and its number of elements: -1 if there are too many. */
static int64_t read_shape(arena *a, MlirType type, value *v)
{
    v->rank = mlirShapedTypeGetRank(type);
    int64_t *shape = ARENA_ARRAY(a, int64_t, v->rank);
    int64_t count = 1;
    for (int64_t i = 0; i < v->rank; i++) {
        shape[i] = mlirShapedTypeGetDimSize(type, i);
        bool over = count > 0 && shape[i] > MAX_ELEMENTS / count;
        count = count < 0 || over ? -1 : count * shape[i];
    }
    v->shape = shape;
    return count;
}

/* The element type, or the storage type of a quantized one. */
static bool read_element(MlirType type, value *v)
{
    MlirType of = mlirShapedTypeGetElementType(type);
    v->quantized = mlirTypeIsAQuantizedType(of);
    bool known = numbers_element(
        v->quantized ? mlirQuantizedTypeGetStorageType(of) : of, &v->element);
    v->bits = known ? numbers_bits(v->element) : 0;
    return known;
}

static void read_scales(arena *a, MlirType of, value *v)
{
    bool axes = mlirTypeIsAUniformQuantizedPerAxisType(of);
    v->scale_count = axes ? mlirUniformQuantizedPerAxisTypeGetNumDims(of) : 1;
    double *scales = ARENA_ARRAY(a, double, v->scale_count);
    scales[0] =
        v->quantized && !axes ? mlirUniformQuantizedTypeGetScale(of) : 1.0;
    for (int64_t i = 0; axes && i < v->scale_count; i++) {
        scales[i] = mlirUniformQuantizedPerAxisTypeGetScale(of, i);
    }
    v->scales = scales;
    v->inner = 1;
    if (axes) {
        int64_t axis = mlirUniformQuantizedPerAxisTypeGetQuantizedDimension(of);
        for (int64_t i = axis + 1; i < v->rank; i++) {
            v->inner *= v->shape[i];
        }
    }
    v->inner = v->inner > 0 ? v->inner : 1; /* no elements, no index */
}

/* Gives ir, an argument or result of op, its place. */
MUST_CHECK static bool add_value(compiler *c, MlirOperation op, MlirValue ir)
{
    MlirType type = mlirValueGetType(ir);
    value *v = ARENA_NEW(c->a, value);
    bool known = mlirTypeIsARankedTensor(type) && read_element(type, v);
    assert(known && "verified: operands and results have types of signals");
    (void)known;
    v->count = read_shape(c->a, type, v);
    if (v->count < 0) {
        return diag_error(c->d, compile_where(c->a, op),
                          "a value has more than %d elements", MAX_ELEMENTS);
    }
    v->numbers = ARENA_ARRAY(c->a, double, v->count);
    read_scales(c->a, mlirShapedTypeGetElementType(type), v);
    c->quantized = c->quantized || v->quantized;
    if (!c->has_type && numbers_is_float(v->element)) {
        c->has_type = true;
        c->type = v->element;
    }
    reference *r = c->r;
    r->values = arena_grow(c->a, (void *)r->values, c->value_count,
                           &c->value_capacity, sizeof *r->values);
    map_set(&r->value_of, ir.ptr, 0, c->value_count);
    r->values[c->value_count++] = v;
    return true;
}

value *compile_find(const compiler *c, MlirValue ir)
{
    int64_t i = map_get(&c->r->value_of, ir.ptr, 0);
    assert(i >= 0 && "a value of the step: it is isolated from above");
    return c->r->values[i];
}

/*---- the step -----------------------------------------------------------*/

/* Places for the arguments of the region and the results of its operations. */
MUST_CHECK static bool add_values(compiler *c)
{
    intptr_t arguments = mlirBlockGetNumArguments(c->body);
    for (intptr_t i = 0; i < arguments; i++) {
        if (!add_value(c, c->step, mlirBlockGetArgument(c->body, i))) {
            return false;
        }
    }
    MlirOperation op = mlirBlockGetFirstOperation(c->body);
    for (; !mlirOperationIsNull(op); op = mlirOperationGetNextInBlock(op)) {
        if (!compile_knows(c, op)) {
            return diag_error(c->d, compile_where(c->a, op),
                              "'%s' is not interpreted yet",
                              compile_name(c->a, op));
        }
        for (intptr_t i = 0; i < mlirOperationGetNumResults(op); i++) {
            if (!add_value(c, op, mlirOperationGetResult(op, i))) {
                return false;
            }
        }
    }
    return true;
}

MUST_CHECK static bool add_instructions(compiler *c)
{
    MlirOperation op = mlirBlockGetFirstOperation(c->body);
    for (; !mlirOperationIsNull(op); op = mlirOperationGetNextInBlock(op)) {
        if (!compile_operation(c, op)) {
            return false;
        }
    }
    return true;
}

/* One number for each element of the state, rounded to its type (step_c2). */
MUST_CHECK static bool read_start(compiler *c, int64_t i, state *s)
{
    MlirAttribute init =
        mlirArrayAttrGetElement(compile_attribute(c->step, "state_init"), i);
    const value *v = s->before;
    parameter p = {0};
    element type = v->quantized ? ELEMENT_F64 : v->element;
    if (!numbers_read(init, type, c->a, &p)) {
        return diag_error(c->d, compile_where(c->a, c->step),
                          "initial value %" PRId64
                          " is neither a number nor dense nor a resource",
                          i);
    }
    double *start = ARENA_ARRAY(c->a, double, v->count);
    for (int64_t k = 0; k < v->count; k++) {
        start[k] = p.numbers[k * p.every];
        if (v->quantized) {
            start[k] = code_of(v, k, start[k]);
        }
        if (!numbers_fits(v->element, start[k])) {
            return diag_error(c->d, compile_where(c->a, c->step),
                              "state %" PRId64 " starts from %s, its type is "
                              "%s",
                              i, text_number(c->a, start[k]),
                              numbers_element_name(v->element));
        }
    }
    s->start = start;
    return true;
}

MUST_CHECK static bool add_states(compiler *c)
{
    reference *r = c->r;
    MlirOperation yield = mlirBlockGetTerminator(c->body);
    r->states = ARENA_ARRAY(c->a, state, r->state_count);
    for (int64_t i = 0; i < r->state_count; i++) {
        state *s = &r->states[i];
        s->before =
            compile_find(c, mlirBlockGetArgument(c->body, r->input_count + i));
        s->after = compile_find(
            c, mlirOperationGetOperand(yield, r->output_count + i));
        s->next = ARENA_ARRAY(c->a, double, s->before->count);
        if (!read_start(c, i, s)) {
            return false;
        }
    }
    return true;
}

static void add_ports(compiler *c)
{
    reference *r = c->r;
    MlirOperation yield = mlirBlockGetTerminator(c->body);
    r->inputs = ARENA_ARRAY(c->a, value *, r->input_count);
    for (int64_t i = 0; i < r->input_count; i++) {
        r->inputs[i] = compile_find(c, mlirBlockGetArgument(c->body, i));
    }
    r->outputs = ARENA_ARRAY(c->a, const value *, r->output_count);
    for (int64_t i = 0; i < r->output_count; i++) {
        r->outputs[i] = compile_find(c, mlirOperationGetOperand(yield, i));
    }
}

bool compile_step(MlirOperation step, arena *a, diag *d, reference *r)
{
    compiler c = {.a = a, .d = d, .step = step, .r = r, .type = ELEMENT_F32};
    r->value_of.a = a;
    c.body = mlirRegionGetFirstBlock(mlirOperationGetRegion(step, 0));
    /* step_c1: these names and the arguments and yielded values agree */
    r->input_count =
        mlirArrayAttrGetNumElements(compile_attribute(step, "input_names"));
    r->output_count =
        mlirArrayAttrGetNumElements(compile_attribute(step, "output_names"));
    r->state_count =
        mlirArrayAttrGetNumElements(compile_attribute(step, "state_names"));
    if (!add_values(&c) || !add_instructions(&c) || !add_states(&c)) {
        return false;
    }
    add_ports(&c);
    return true;
}
