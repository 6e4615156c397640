/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ports.c - finds Inputs, Outputs and what else of a step is to be seen, and
 * the arrays that belong to them.
 */
#include "driver/ports.h"

#include <string.h>

#include "base/buf.h"
#include "driver/states.h"
#include "ir/ir.h"

/*===- the ports of a step --------------------------------------------------*/

/* Codes are real numbers to those outside, and counts have one size. */
static number_type outer_type(const codes *c, number_type stored)
{
    bool count = stored == NUMBER_I8 || stored == NUMBER_I16;
    return c->scale ? NUMBER_F64 : count ? NUMBER_I32 : stored;
}

static port port_of(runner *r, MlirAttribute name, MlirValue value)
{
    MlirStringRef text = mlirStringAttrGetValue(name);
    number_type stored = codes_type(ir_element(value));
    codes c = codes_of(value, &r->c->a);
    port p = {.name = arena_text(&r->c->a, text.data, (int64_t)text.length),
              .type = outer_type(&c, stored),
              .stored = stored,
              .codes = c,
              .rank = (int)ir_rank(value),
              .size = ir_count(value),
              .value = value};
    for (int i = 0; i < p.rank; i++) {
        p.dim[i] = ir_dim(value, i);
    }
    return p;
}

static void find_ports(runner *r)
{
    MlirBlock body = ir_body(r->step, 0);
    MlirOperation yield = mlirBlockGetTerminator(body);
    MlirAttribute in = ir_get(r->step, "input_names");
    MlirAttribute out = ir_get(r->step, "output_names");
    MlirAttribute states = ir_get(r->step, "state_names");
    r->n_inputs = mlirArrayAttrGetNumElements(in);
    r->n_outputs = mlirArrayAttrGetNumElements(out);
    r->inputs = ARENA_ARRAY(&r->c->a, port, r->n_inputs);
    r->outputs = ARENA_ARRAY(&r->c->a, port, r->n_outputs);
    r->n_states = mlirArrayAttrGetNumElements(states);
    r->states = ARENA_ARRAY(&r->c->a, port, r->n_states);
    for (intptr_t i = 0; i < r->n_inputs; i++) {
        r->inputs[i] = port_of(r, mlirArrayAttrGetElement(in, i),
                               mlirBlockGetArgument(body, i));
    }
    for (intptr_t i = 0; i < r->n_outputs; i++) {
        r->outputs[i] = port_of(r, mlirArrayAttrGetElement(out, i),
                                mlirOperationGetOperand(yield, i));
    }
    for (intptr_t i = 0; i < r->n_states; i++) {
        intptr_t at = (intptr_t)r->n_inputs + i;
        r->states[i] = port_of(r, mlirArrayAttrGetElement(states, i),
                               mlirBlockGetArgument(body, at));
        r->states[i].state = true;
    }
}

/* A node that was asked for, or its state: NODE or NODE.STATE. */
MUST_CHECK static bool resolve(runner *r, const char *given, shown *s)
{
    compilation *c = r->c;
    const char *dot = strrchr(given, '.');
    int64_t node = compile_seek_node(c, given);
    if (node < 0 && dot) {
        node = compile_seek_node(c, arena_text(&c->a, given, dot - given));
        s->state = node < 0 ? NULL : dot + 1;
    }
    if (node < 0) {
        node = compile_find_node(c, given); /* says that there is none */
    }
    if (node < 0) {
        return false;
    }
    const char *name = c->net.nodes[node].name;
    s->node = name;
    s->name = s->state ? text_printf(&c->a, "%s.%s", name, s->state) : name;
    c->probed[node] = true; /* no fold may take it away */
    return true;
}

MUST_CHECK static bool resolve_all(runner *r, const snn_array *arrays,
                                   int64_t n)
{
    bool good = true;
    r->n_shown = n;
    r->shown = ARENA_ARRAY(&r->c->a, shown, n);
    for (int64_t i = 0; i < n; i++) {
        good = (!arrays[i].node || resolve(r, arrays[i].node, &r->shown[i])) &&
               good;
    }
    return good;
}

/* How many outputs of the step are Outputs: probed nodes stand behind them. */
static int64_t count_outputs(const runner *r)
{
    int64_t n = r->n_outputs;
    for (int64_t i = 0; i < r->c->net.n_nodes; i++) {
        const nir_node *node = &r->c->net.nodes[i];
        bool output = node->kind == NIR_OUTPUT && node->top;
        n -= r->c->probed[i] && !output ? 1 : 0;
    }
    return n;
}

bool runner_open(runner *r, compilation *c, const snn_array *arrays, int64_t n)
{
    *r = (runner){.c = c};
    if (!resolve_all(r, arrays, n) || !compile_to(c, STAGE_STEP)) {
        return false;
    }
    MlirOperation step = compile_find_step(c);
    int64_t states = 0;
    for (int64_t i = 0; i < n; i++) {
        bool more = false;
        if (r->shown[i].state && !states_show(c, step, &r->shown[i], &more)) {
            return false;
        }
        states += more ? 1 : 0;
    }
    if (!compile_to(c, STAGE_QUANTIZED)) {
        return false;
    }
    r->step = mlirOperationClone(compile_find_step(c));
    find_ports(r);
    r->n_named = count_outputs(r) - states;
    for (int64_t i = r->n_outputs - states; i < r->n_outputs; i++) {
        r->outputs[i].state = true;
    }
    return true;
}

void runner_open_step(runner *r, compilation *c)
{
    *r = (runner){.c = c, .step = mlirOperationClone(compile_find_step(c))};
    find_ports(r);
    r->n_named = r->n_outputs;
}

void runner_close(runner *r)
{
    if (r->step.ptr) {
        mlirOperationDestroy(r->step);
    }
}

/*===- which array is whose -------------------------------------------------*/

static const char *list_of(runner *r, const port *ports, int64_t n)
{
    buf text = {.a = &r->c->a};
    buf_text(&text, "");
    for (int64_t i = 0; i < n; i++) {
        buf_printf(&text, "%s%s", i > 0 ? ", " : "", ports[i].name);
    }
    return text.text;
}

/* The port that an array is for; NULL after a diagnostic. */
static port *find_port(runner *r, port *ports, int64_t n,
                       const snn_array *array, const char *what)
{
    diag *d = &r->c->d;
    const char *model = r->c->options->model;
    if (!array->node && n == 1) {
        return &ports[0];
    }
    for (int64_t i = 0; i < n && array->node; i++) {
        if (strcmp(ports[i].name, array->node) == 0) {
            return &ports[i];
        }
    }
    if (!array->node) {
        diag_error(d, model,
                   "has %lld %ss (%s); say which '%s' is, as "
                   "NAME=FILE",
                   (long long)n, what, list_of(r, ports, n), npy_name(array));
    } else {
        diag_error(d, model, "no %s is called '%s'; there are: %s", what,
                   array->node, list_of(r, ports, n));
    }
    return NULL;
}

static bool bind(runner *r, port *p, const snn_array *array)
{
    const snn_array named = {p->name, array->path, array->tensor};
    if (p->path) {
        return diag_error(&r->c->d, npy_name(&named),
                          "'%s' has two files, the "
                          "other is '%s'",
                          p->name, p->path);
    }
    p->path = npy_name(&named);
    p->tensor = array->tensor;
    return true;
}

static bool bind_inputs(runner *r, const snn_array *inputs, int64_t n)
{
    bool good = true;
    for (int64_t i = 0; i < n; i++) {
        port *p = find_port(r, r->inputs, r->n_inputs, &inputs[i], "Input");
        good = p && bind(r, p, &inputs[i]) && good;
    }
    for (int64_t i = 0; i < r->n_inputs; i++) {
        if (good && !r->inputs[i].path) {
            good = diag_error(&r->c->d, r->c->options->model,
                              "Input '%s' has no array; give --in %s=FILE.npy",
                              r->inputs[i].name, r->inputs[i].name);
        }
    }
    return good;
}

bool runner_bind_outputs(runner *r, const snn_array *outputs, int64_t n)
{
    bool good = true;
    for (int64_t i = 0; i < n; i++) {
        port *p = find_port(r, r->outputs, r->n_named, &outputs[i], "Output");
        good = p && bind(r, p, &outputs[i]) && good;
    }
    return good;
}

port *runner_find_shown(runner *r, int64_t i)
{
    snn_array array = {.node = r->shown[i].name};
    return find_port(r, r->outputs, r->n_outputs, &array, "Output");
}

bool runner_bind_shown(runner *r, const snn_array *arrays)
{
    bool good = true;
    for (int64_t i = 0; i < r->n_shown; i++) {
        snn_array array = {r->shown[i].name, arrays[i].path, arrays[i].tensor};
        port *p = array.node
                      ? runner_find_shown(r, i)
                      : find_port(r, r->outputs, r->n_named, &array, "Output");
        good = p && bind(r, p, &array) && good;
    }
    return good;
}

/*===- arrays ---------------------------------------------------------------*/

/* Numbers that no code reaches are cut to the last one, which is said. */
static void encode(runner *r, port *p, int64_t n)
{
    const double *numbers = (const double *)p->data;
    p->data = arena_alloc(&r->c->a, n, (size_t)number_size(p->stored));
    int64_t cut =
        codes_encode(&p->codes, p->stored, numbers, n, p->size, p->data);
    if (cut > 0) {
        port_warn(p, p->path, cut, n, &r->c->d);
    }
}

/* Reads the array of an Input, and how many samples and steps it has. */
static bool read_input(runner *r, port *p, bool first)
{
    npy array;
    diag *d = &r->c->d;
    if (!npy_open(&(snn_array){p->name, p->path, p->tensor}, &r->c->a, d,
                  &array)) {
        return false;
    }
    int lead = array.rank - p->rank;
    bool fits = lead == 1 || lead == 2;
    for (int i = 0; i < p->rank && fits; i++) {
        fits = array.dim[lead + i] == p->dim[i];
    }
    if (!fits) {
        return diag_error(d, p->path,
                          "has shape %s, Input '%s' has %s; expected (steps, "
                          "*shape) or (samples, steps, *shape)",
                          npy_shape_text(array.rank, array.dim, &r->c->a),
                          p->name, npy_shape_text(p->rank, p->dim, &r->c->a));
    }
    int64_t samples = lead == 2 ? array.dim[0] : 1;
    int64_t steps = array.dim[lead - 1];
    if (first) {
        r->batched = lead == 2;
        r->samples = samples;
        r->steps = steps;
    }
    if (samples != r->samples || steps != r->steps ||
        r->batched != (lead == 2)) {
        return diag_error(d, p->path,
                          "has %lld samples of %lld steps, '%s' has %lld of "
                          "%lld",
                          (long long)samples, (long long)steps,
                          r->inputs[0].path, (long long)r->samples,
                          (long long)r->steps);
    }
    const void *data;
    bool good = npy_convert(&array, p->type, &r->c->a, d, &data);
    p->data = (char *)(uintptr_t)data; /* an Input's is only read */
    if (good && p->codes.scale) {
        encode(r, p, array.count);
    }
    return good;
}

bool runner_read_inputs(runner *r, const snn_array *inputs, int64_t n)
{
    bool good = bind_inputs(r, inputs, n);
    for (int64_t i = 0; i < r->n_inputs && good; i++) {
        good = read_input(r, &r->inputs[i], i == 0);
    }
    return good;
}

int runner_dims(const runner *r, const port *p, int64_t dim[PORT_MAX_DIMS])
{
    int rank = 0;
    if (r->batched) {
        dim[rank++] = r->samples;
    }
    dim[rank++] = r->steps;
    for (int k = 0; k < p->rank; k++) {
        dim[rank++] = p->dim[k];
    }
    return rank;
}

/*===- a step's numbers -----------------------------------------------------*/

bool port_converts(const port *p)
{
    return p->type != p->stored || p->codes.scale;
}

void port_warn(const port *p, const char *where, int64_t cut, int64_t n,
               diag *d)
{
    diag_warning(d, where,
                 "%lld of %lld numbers are beyond the codes of '%s', whose "
                 "range is that of the data for --quantize",
                 (long long)cut, (long long)n, p->name);
}

int64_t port_enter(const port *p, const void *outer, void *stored)
{
    if (p->codes.scale) {
        return codes_encode(&p->codes, p->stored, outer, p->size, p->size,
                            stored);
    }
    for (int64_t i = 0; i < p->size; i++) {
        npy_put(p->stored, stored, i, npy_number(p->type, outer, i));
    }
    return 0;
}

void port_leave(const port *p, const void *stored, void *outer)
{
    if (p->codes.scale) {
        codes_decode(&p->codes, p->stored, stored, p->size, p->size, outer);
        return;
    }
    for (int64_t i = 0; i < p->size; i++) {
        npy_put(p->type, outer, i, npy_number(p->stored, stored, i));
    }
}
