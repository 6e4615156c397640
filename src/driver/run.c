/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * run.c - snn_run: arrays in, arrays out, by compiled C or by the interpreter.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "driver/generate.h"
#include "driver/native.h"
#include "driver/npy.h"
#include "ir/ir.h"
#include "reference/reference.h"

/* An Input or Output of the step, and the array that it reads or fills. */
typedef struct port {
    const char *name;
    number_type type;
    int rank;
    int64_t dim[NIR_MAX_RANK];
    int64_t size;     /* elements */
    char *data;       /* samples x steps x size elements; NULL: not asked for */
    const char *path; /* NULL: not asked for */
} port;

typedef struct runner {
    compilation *c;
    const snn_run_options *run;
    port *inputs;
    int64_t n_inputs;
    port *outputs; /* the Outputs, then the probes */
    int64_t n_outputs;
    bool batched;
    int64_t samples;
    int64_t steps;
    MlirOperation step;
} runner;

/*===- ports ----------------------------------------------------------------*/

static number_type type_of(MlirType element)
{
    if (ir_is_float(element)) {
        return mlirTypeIsAF32(element) ? NUMBER_F32 : NUMBER_F64;
    }
    switch (mlirIntegerTypeGetWidth(element)) {
    case 1:
        return NUMBER_I1;
    case 8:
        return NUMBER_I8;
    case 16:
        return NUMBER_I16;
    default:
        return NUMBER_I32;
    }
}

static port port_of(runner *r, MlirAttribute name, MlirValue value)
{
    MlirStringRef text = mlirStringAttrGetValue(name);
    port p = {.name = arena_text(&r->c->a, text.data, (int64_t)text.length),
              .type = type_of(ir_element(value)),
              .rank = (int)ir_rank(value),
              .size = ir_count(value)};
    for (int i = 0; i < p.rank; i++) {
        p.dim[i] = ir_dim(value, i);
    }
    return p;
}

static MlirOperation find_step(compilation *c)
{
    MlirOperation op = mlirBlockGetFirstOperation(mlirModuleGetBody(c->module));
    while (!ir_is(op, "snn.step")) {
        op = mlirOperationGetNextInBlock(op);
    }
    return op;
}

static void find_ports(runner *r)
{
    MlirBlock body = ir_body(r->step, 0);
    MlirOperation yield = mlirBlockGetTerminator(body);
    MlirAttribute in = ir_get(r->step, "input_names");
    MlirAttribute out = ir_get(r->step, "output_names");
    r->n_inputs = mlirArrayAttrGetNumElements(in);
    r->n_outputs = mlirArrayAttrGetNumElements(out);
    r->inputs = ARENA_ARRAY(&r->c->a, port, r->n_inputs);
    r->outputs = ARENA_ARRAY(&r->c->a, port, r->n_outputs);
    for (intptr_t i = 0; i < r->n_inputs; i++) {
        r->inputs[i] = port_of(r, mlirArrayAttrGetElement(in, i),
                               mlirBlockGetArgument(body, i));
    }
    for (intptr_t i = 0; i < r->n_outputs; i++) {
        r->outputs[i] = port_of(r, mlirArrayAttrGetElement(out, i),
                                mlirOperationGetOperand(yield, i));
    }
}

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
                   (long long)n, what, list_of(r, ports, n), array->path);
    } else {
        diag_error(d, model, "no %s is called '%s'; there are: %s", what,
                   array->node, list_of(r, ports, n));
    }
    return NULL;
}

static bool bind(runner *r, port *p, const snn_array *array)
{
    if (p->path) {
        return diag_error(&r->c->d, array->path,
                          "'%s' has two files, the "
                          "other is '%s'",
                          p->name, p->path);
    }
    p->path = array->path;
    return true;
}

static bool bind_all(runner *r)
{
    const snn_run_options *run = r->run;
    int64_t n_probes = 0;
    for (int64_t i = 0; i < r->c->net.n_nodes; i++) {
        const nir_node *node = &r->c->net.nodes[i];
        bool output = node->kind == NIR_OUTPUT && node->top;
        n_probes += r->c->probed[i] && !output ? 1 : 0;
    }
    bool good = true;
    for (int64_t i = 0; i < run->n_inputs; i++) {
        port *p =
            find_port(r, r->inputs, r->n_inputs, &run->inputs[i], "Input");
        good = p && bind(r, p, &run->inputs[i]) && good;
    }
    for (int64_t i = 0; i < run->n_outputs; i++) {
        port *p = find_port(r, r->outputs, r->n_outputs - n_probes,
                            &run->outputs[i], "Output");
        good = p && bind(r, p, &run->outputs[i]) && good;
    }
    for (int64_t i = 0; i < run->n_probes; i++) {
        int64_t node = compile_find_node(r->c, run->probes[i].node);
        snn_array probe = {r->c->net.nodes[node].name, run->probes[i].path};
        port *p = find_port(r, r->outputs, r->n_outputs, &probe, "node");
        good = p && bind(r, p, &probe) && good;
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

/*===- arrays ---------------------------------------------------------------*/

static const char *shape_text(runner *r, int rank, const int64_t *dim)
{
    buf text = {.a = &r->c->a};
    buf_text(&text, "(");
    for (int i = 0; i < rank; i++) {
        buf_printf(&text, "%s%lld", i > 0 ? ", " : "", (long long)dim[i]);
    }
    buf_text(&text, rank == 1 ? ",)" : ")");
    return text.text;
}

/* Reads the array of an Input, and how many samples and steps it has. */
static bool read_input(runner *r, port *p, bool first)
{
    npy array;
    diag *d = &r->c->d;
    if (!npy_read(p->path, &r->c->a, d, &array)) {
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
                          shape_text(r, array.rank, array.dim), p->name,
                          shape_text(r, p->rank, p->dim));
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
    void *data;
    bool good = npy_convert(&array, p->type, &r->c->a, d, &data);
    p->data = data;
    return good;
}

static bool read_inputs(runner *r)
{
    for (int64_t i = 0; i < r->n_inputs; i++) {
        if (!read_input(r, &r->inputs[i], i == 0)) {
            return false;
        }
    }
    return true;
}

static void make_outputs(runner *r)
{
    for (int64_t i = 0; i < r->n_outputs; i++) {
        port *p = &r->outputs[i];
        int64_t times = p->path ? r->samples * r->steps : 1;
        p->data = arena_alloc(&r->c->a, times * p->size,
                              (size_t)number_size(p->type));
    }
}

static bool write_outputs(runner *r)
{
    arena *a = &r->c->a;
    file_text *files = ARENA_ARRAY(a, file_text, r->n_outputs);
    int64_t n = 0;
    for (int64_t i = 0; i < r->n_outputs; i++) {
        const port *p = &r->outputs[i];
        int64_t dim[NIR_MAX_RANK + 2];
        int rank = 0;
        if (!p->path) {
            continue;
        }
        if (r->batched) {
            dim[rank++] = r->samples;
        }
        dim[rank++] = r->steps;
        for (int k = 0; k < p->rank; k++) {
            dim[rank++] = p->dim[k];
        }
        files[n++] = npy_file(p->path, p->type, rank, dim, p->data, a);
    }
    return files_write(files, n, a, &r->c->d);
}

/*===- running --------------------------------------------------------------*/

/* What computes a step, and puts states at their start. */
typedef struct engine {
    reference *reference; /* NULL: native */
    native native;
} engine;

static const char *c_type(number_type type)
{
    static const char *const names[] = {"uint8_t", "int8_t", "int16_t",
                                        "int32_t", "float",  "double"};
    return names[type];
}

static native_argument *arguments_of(runner *r, const port *ports, int64_t n)
{
    native_argument *list = ARENA_ARRAY(&r->c->a, native_argument, n);
    for (int64_t i = 0; i < n; i++) {
        list[i] = (native_argument){c_type(ports[i].type), ports[i].size};
    }
    return list;
}

static bool open_engine(runner *r, engine *e)
{
    generated g;
    compilation *c = r->c;
    *e = (engine){0};
    if (r->run->reference) {
        e->reference = reference_create(r->step, &c->a, &c->d);
        return e->reference != NULL;
    }
    if (!generate(c, &g)) {
        return false;
    }
    native_network net = {
        .name = c->name,
        .header = g.header.text,
        .header_size = g.header.size,
        .source = g.source.text,
        .source_size = g.source.size,
        .report = &g.report,
        .weights = generate_weights(c, &g, NULL),
        .inputs = arguments_of(r, r->inputs, r->n_inputs),
        .n_inputs = r->n_inputs,
        .outputs = arguments_of(r, r->outputs, r->n_outputs),
        .n_outputs = r->n_outputs,
        .input_events = c->options->input_events,
    };
    return native_open(&e->native, &net, &c->a, &c->d);
}

static void reset(engine *e)
{
    if (e->reference) {
        reference_reset(e->reference);
    } else {
        native_reset(&e->native);
    }
}

static void *at(const port *p, int64_t time)
{
    return p->data +
           (p->path ? time * p->size * number_size(p->type) : (int64_t)0);
}

static void run_all(runner *r, engine *e)
{
    const void **in = ARENA_ARRAY(&r->c->a, const void *, r->n_inputs + 1);
    void **out = ARENA_ARRAY(&r->c->a, void *, r->n_outputs + 1);
    int64_t total = r->samples * r->steps;
    for (int64_t t = 0; t < total; t++) {
        for (int64_t i = 0; i < r->n_inputs; i++) {
            in[i] = at(&r->inputs[i], t);
        }
        for (int64_t i = 0; i < r->n_outputs; i++) {
            out[i] = at(&r->outputs[i], t);
        }
        if (t % r->steps == 0) {
            reset(e);
        }
        if (e->reference) {
            reference_step(e->reference, in, out);
        } else {
            e->native.step(e->native.state, in, out);
        }
        if (r->run->progress) {
            r->run->progress(t + 1, total, r->c->options->user);
        }
    }
}

static bool mark_probes(runner *r)
{
    bool good = true;
    for (int64_t i = 0; i < r->run->n_probes; i++) {
        int64_t node = compile_find_node(r->c, r->run->probes[i].node);
        good = node >= 0 && good;
        if (node >= 0) {
            r->c->probed[node] = true;
        }
    }
    return good;
}

static bool run(runner *r)
{
    engine e = {0};
    if (!mark_probes(r) || !compile_to(r->c, STAGE_STEP)) {
        return false;
    }
    r->step = find_step(r->c);
    find_ports(r);
    bool good = bind_all(r) && read_inputs(r) && open_engine(r, &e);
    if (good) {
        make_outputs(r);
        run_all(r, &e);
        good = write_outputs(r);
    }
    if (!e.reference) {
        native_close(&e.native, &r->c->a);
    }
    return good;
}

bool snn_run(const snn_options *options, const snn_run_options *how)
{
    compilation c;
    runner r = {.c = &c, .run = how};
    bool good = compile_open(&c, options) && run(&r);
    compile_close(&c);
    return good;
}
