/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * instructions.c - from an operation to an instruction, by a table.
 *
 * The operation was verified; what is checked here is only what the machine
 * leaves out.
 */
#include "reference/compile.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "mlir-c/BuiltinAttributes.h"
#include "reference/codes.h"
#include "reference/numbers.h"
#include "reference/operations.h"

enum { MAX_CASES = 10 };

typedef struct choice {
    const char *attribute;
    const char
        *cases[MAX_CASES]; /* the first is the default; unused ones are NULL */
} choice;

typedef struct operation {
    const char *name;
    void (*run)(const instruction *in);   /* NULL: nothing to do in a step */
    void (*codes)(const instruction *in); /* the same in a quantized step;
                                             NULL: run does */
    const char *parameters[MAX_PARAMETERS];
    choice choices[MAX_CHOICES];
    bool floats;  /* the last result has to have a float type */
    bool windows; /* has those of windows.c */
    bool whole;   /* parameters are whole numbers: not rounded to T */
} operation;

static const operation OPERATIONS[] = {
    {.name = "snn.constant"},
    {.name = "snn.yield"},
    {.name = "tensor.collapse_shape", .run = operation_reshape},
    {.name = "tensor.expand_shape", .run = operation_reshape},
    {.name = "snn.linear",
     .run = operation_linear,
     .codes = code_linear,
     .floats = true},
    {.name = "snn.conv",
     .run = operation_conv,
     .codes = code_conv,
     .floats = true,
     .windows = true},
    {.name = "snn.sum_pool",
     .run = operation_sum_pool,
     .codes = code_sum_pool,
     .windows = true},
    {.name = "snn.avg_pool",
     .run = operation_avg_pool,
     .codes = code_avg_pool,
     .floats = true,
     .windows = true},
    {.name = "snn.scale",
     .run = operation_scale,
     .codes = code_scale,
     .parameters = {"scale"},
     .floats = true},
    {.name = "snn.sum", .run = operation_sum, .codes = code_sum},
    {.name = "snn.threshold",
     .run = operation_threshold,
     .codes = code_threshold,
     .parameters = {"threshold"}},
    {.name = "snn.integrate",
     .run = operation_integrate,
     .codes = code_integrate,
     .parameters = {[DECAY] = "decay", [GAIN] = "gain", [LEAK] = "leak"},
     .choices = {{"form",
                  {[FORM_RELAX] = "relax",
                   [FORM_ACCUMULATE] = "accumulate",
                   [FORM_EXACT] = "exact",
                   [FORM_LEAKY] = "leaky",
                   [FORM_PULL] = "pull",
                   [FORM_JUMP] = "jump",
                   [FORM_DIVIDE] = "divide",
                   [FORM_LEAK_DIVIDE] = "leak_divide",
                   [FORM_APPROACH] = "approach",
                   [FORM_SHIFT] = "shift"}}}},
    {
        .name = "snn.fire",
        .run = operation_fire,
        .codes = code_fire,
        .parameters = {[THRESHOLD] = "threshold",
                       [RESET] = "reset",
                       [CAP] = "cap"},
        .choices = {[MODE] = {"mode",
                              {[MODE_VALUE] = "value",
                               [MODE_SUBTRACT] = "subtract"}},
                    [COMPARE] = {"compare",
                                 {[COMPARE_GT] = "gt",
                                  [COMPARE_GE] = "ge",
                                  [COMPARE_COUNT] = "count"}}},
    },
    {.name = "snn.reset",
     .run = operation_reset,
     .codes = code_reset,
     .parameters = {[THRESHOLD] = "threshold", [RESET] = "reset"},
     .choices = {[MODE] = {"mode",
                           {[MODE_VALUE] = "value",
                            [MODE_SUBTRACT] = "subtract"}}},
     .floats = true},
    {.name = "snn.clamp",
     .run = operation_clamp,
     .codes = code_clamp,
     .parameters = {"low"},
     .choices = {{"at", {[AT_MAX] = "max", [AT_RELU] = "relu"}}},
     .floats = true},
    {.name = "snn.rescale", .codes = code_rescale},
    {.name = "snn.delay_read",
     .run = operation_delay_read,
     .parameters = {"steps"},
     .whole = true},
    {.name = "snn.delay_push", .run = operation_delay_push},
};

static const operation *find_operation(const char *name)
{
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof *OPERATIONS; i++) {
        if (strcmp(OPERATIONS[i].name, name) == 0) {
            return &OPERATIONS[i];
        }
    }
    return NULL;
}

/* Reads a number, or one for each element; an attribute left out stays zero. */
MUST_CHECK static bool read_parameter(compiler *c, MlirOperation op,
                                      const char *name, element type,
                                      parameter *p)
{
    MlirAttribute attribute = compile_attribute(op, name);
    if (mlirAttributeIsNull(attribute) ||
        numbers_read(attribute, type, c->a, p)) {
        return true;
    }
    return diag_error(c->d, compile_where(c->a, op),
                      "'%s' is neither a number nor dense nor a resource",
                      name);
}

static void append(MlirStringRef s, void *to)
{
    buf_bytes(to, s.data, (int64_t)s.length);
}

/* The C API does not read enums: their text is that of a case and a bracket. */
static bool is_case(arena *a, MlirAttribute attribute, const char *name)
{
    buf b = {.a = a};
    mlirAttributePrint(attribute, append, &b);
    int64_t from = b.size - (int64_t)strlen(name) - 1;
    return from > 0 && b.text[from - 1] == '<' &&
           strncmp(b.text + from, name, strlen(name)) == 0;
}

static int64_t read_choice(arena *a, MlirOperation op, const choice *of)
{
    MlirAttribute attribute = compile_attribute(op, of->attribute);
    if (mlirAttributeIsNull(attribute)) {
        return 0;
    }
    for (int64_t i = 0; i < MAX_CASES && of->cases[i]; i++) {
        if (is_case(a, attribute, of->cases[i])) {
            return i;
        }
    }
    assert(false && "a case of the enum");
    return 0;
}

/* The last axes of numbers to the last of out; missing ones become absent. */
static void last_axes(const int64_t *numbers, int64_t count, int64_t absent,
                      int64_t out[AXES])
{
    for (int64_t i = 0; i < AXES; i++) {
        int64_t from = count - AXES + i;
        out[i] = from < 0 ? absent : numbers[from];
    }
}

/* Element first, first + every, ... of an attribute, for the window's axes. */
static void read_axes(MlirOperation op, const char *name, int64_t every,
                      int64_t absent, int64_t out[AXES])
{
    MlirAttribute list = compile_attribute(op, name);
    int64_t numbers[AXES] = {0};
    int64_t count = 0;
    if (!mlirAttributeIsNull(list)) {
        count = mlirDenseArrayGetNumElements(list) / every;
    }
    assert(count <= AXES);
    for (int64_t i = 0; i < count; i++) {
        numbers[i] = mlirDenseI64ArrayGetElement(list, i * every);
    }
    last_axes(numbers, count, absent, out);
}

static void read_window(MlirOperation op, instruction *in)
{
    window *w = &in->window;
    const value *x = in->operands[0];
    const value *y = in->results[0];
    MlirAttribute groups = compile_attribute(op, "groups");
    w->groups =
        mlirAttributeIsNull(groups) ? 1 : mlirIntegerAttrGetValueInt(groups);
    read_axes(op, "kernel", 1, 1, w->kernel);
    read_axes(op, "stride", 1, 1, w->stride);
    read_axes(op, "dilation", 1, 1, w->dilation);
    read_axes(op, "pads", 2, 0, w->before); /* before and after, in turn */
    last_axes(x->shape + 1, x->rank - 1, 1, w->in);
    last_axes(y->shape + 1, y->rank - 1, 1, w->out);
    if (mlirAttributeIsNull(compile_attribute(op, "kernel"))) { /* snn.conv */
        const value *weight = in->operands[1];
        last_axes(weight->shape + 2, weight->rank - 2, 1, w->kernel);
    }
}

/* The float type of the operation, or else of the network: spec section 1. */
static element parameter_type(const compiler *c, const operation *row,
                              const instruction *in)
{
    if (row->whole) {
        return ELEMENT_F64;
    }
    if (numbers_is_float(in->type)) {
        return in->type;
    }
    element x = in->operands[0]->element;
    return numbers_is_float(x) ? x : c->type;
}

static void connect(const compiler *c, MlirOperation op, instruction *in)
{
    in->operand_count = mlirOperationGetNumOperands(op);
    in->operands = ARENA_ARRAY(c->a, const value *, in->operand_count);
    for (int64_t i = 0; i < in->operand_count; i++) {
        in->operands[i] = compile_find(c, mlirOperationGetOperand(op, i));
    }
    int64_t results = mlirOperationGetNumResults(op);
    assert(results > 0 && results <= MAX_RESULTS);
    for (int64_t i = 0; i < results; i++) {
        in->results[i] = compile_find(c, mlirOperationGetResult(op, i));
    }
    in->type = in->results[results - 1]->element;
}

static instruction *add_instruction(compiler *c)
{
    reference *r = c->r;
    r->instructions =
        arena_grow(c->a, r->instructions, r->instruction_count,
                   &r->instruction_capacity, sizeof *r->instructions);
    return &r->instructions[r->instruction_count++];
}

static const char *node_of(const compiler *c, MlirOperation op)
{
    MlirAttribute node = compile_attribute(op, "node");
    if (mlirAttributeIsNull(node)) {
        return NULL;
    }
    MlirStringRef s = mlirStringAttrGetValue(node);
    return arena_text(c->a, s.data, (int64_t)s.length);
}

/* A state of plain integers, as form shift has it: it is no code. */
static bool has_whole_state(const operation *row, const instruction *in)
{
    return (row->codes == code_integrate || row->codes == code_fire) &&
           in->type == ELEMENT_I32 &&
           !in->operands[row->codes == code_integrate]->quantized;
}

MUST_CHECK static bool compile_row(compiler *c, MlirOperation op,
                                   const operation *row)
{
    instruction *in = add_instruction(c);
    *in = (instruction){.run = row->run};
    connect(c, op, in);
    if (row->floats && !numbers_is_float(in->type) && !c->quantized) {
        return diag_error(c->d, compile_where(c->a, op),
                          "'%s' that computes %s is not interpreted yet",
                          row->name, numbers_element_name(in->type));
    }
    if (row->windows) {
        read_window(op, in);
    }
    element type = parameter_type(c, row, in);
    in->node = node_of(c, op);
    in->saturations = ARENA_NEW(c->a, int64_t);
    if (c->quantized && row->codes && !has_whole_state(row, in)) {
        in->run = row->codes;
        type = ELEMENT_F64;
    }
    for (int64_t i = 0; i < MAX_PARAMETERS && row->parameters[i]; i++) {
        if (!read_parameter(c, op, row->parameters[i], type,
                            &in->parameters[i])) {
            return false;
        }
    }
    for (int64_t i = 0; i < MAX_CHOICES && row->choices[i].attribute; i++) {
        in->choices[i] = read_choice(c->a, op, &row->choices[i]);
    }
    return true;
}

MUST_CHECK static bool compile_constant(compiler *c, MlirOperation op)
{
    value *v = compile_find(c, mlirOperationGetResult(op, 0));
    parameter p = {0};
    if (!read_parameter(c, op, "value", v->element, &p)) {
        return false;
    }
    for (int64_t k = 0; k < v->count; k++) {
        v->numbers[k] = p.numbers[k * p.every];
    }
    return true;
}

bool compile_knows(const compiler *c, MlirOperation op)
{
    return find_operation(compile_name(c->a, op));
}

bool compile_operation(compiler *c, MlirOperation op)
{
    const operation *row = find_operation(compile_name(c->a, op));
    if (strcmp(row->name, "snn.constant") == 0) {
        return compile_constant(c, op);
    }
    return !(row->run || row->codes) || compile_row(c, op, row);
}
