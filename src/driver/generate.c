/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * generate.c - prints C, with the table of nodes in its header; snn_build.
 */
#include "driver/generate.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "driver/files.h"
#include "driver/quantize.h"
#include "driver/quantize_file.h"
#include "import/import.h"
#include "ir/ir.h"

/*===- the table ------------------------------------------------------------*/

/* "tau 0.01", or "tau 0.01 to 0.02" where neurons differ. */
static void add_parameter(buf *text, const nir_node *node, nir_field field,
                          arena *a)
{
    const nir_array *array = &node->field[field];
    int64_t least = 0;
    int64_t most = 0;
    for (int64_t i = 1; i < array->count; i++) {
        least = nir_number(array, i) < nir_number(array, least) ? i : least;
        most = nir_number(array, i) > nir_number(array, most) ? i : most;
    }
    buf_printf(text, "%s%s %s", text->size > 0 ? ", " : "",
               nir_field_name(field), nir_number_text(array, least, a));
    if (nir_number(array, least) != nir_number(array, most)) {
        buf_printf(text, " to %s", nir_number_text(array, most, a));
    }
}

static const char *parameters(const nir_node *node, arena *a)
{
    static const nir_field shown[] = {NIR_SCALE_FACTOR,
                                      NIR_DELAY_TIME,
                                      NIR_THRESHOLD_VALUE,
                                      NIR_TAU,
                                      NIR_TAU_SYN,
                                      NIR_TAU_MEM,
                                      NIR_R,
                                      NIR_W_IN,
                                      NIR_V_LEAK,
                                      NIR_V_THRESHOLD,
                                      NIR_V_RESET};
    buf text = {.a = a};
    buf_text(&text, "");
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        if (node->field[shown[i]].type != NIR_ABSENT) {
            add_parameter(&text, node, shown[i], a);
        }
    }
    return text.text;
}

void generate_shape(buf *text, const nir_shape *shape)
{
    buf_text(text, shape->rank == 0 ? "1" : "");
    for (int i = 0; i < shape->rank; i++) {
        buf_printf(text, "%s%" PRId64, i > 0 ? "x" : "", shape->dim[i]);
    }
}

/* "200", "200 -> 256" */
static const char *size_of(const nir_node *node, arena *a)
{
    buf text = {.a = a};
    bool weights = node->field[NIR_WEIGHT].type != NIR_ABSENT;
    generate_shape(&text, &node->in);
    if (weights || !nir_shape_equal(&node->in, &node->out)) {
        buf_text(&text, " -> ");
        generate_shape(&text, &node->out);
    }
    return text.text;
}

static void describe(compilation *c, generated *g)
{
    const nir_net *net = &c->net;
    int64_t *order = import_order(net, &c->a);
    g->n_layers = net->n_nodes;
    g->layers = ARENA_ARRAY(&c->a, snn_layer, net->n_nodes);
    for (int64_t i = 0; i < net->n_nodes; i++) {
        const nir_node *node = &net->nodes[order[i]];
        g->layers[i] =
            (snn_layer){node->name, nir_kind_name(node->kind),
                        size_of(node, &c->a), parameters(node, &c->a)};
    }
}

/*===- the C ----------------------------------------------------------------*/

/*
 * ", start leak, compare gt, reset value": what the simulator does. Of the
 * other knobs, those whose first word is what most simulators do, only what
 * differs from that.
 */
static void add_knobs(compilation *c, buf *text)
{
    MlirAttribute all = ir_get(compile_find_step(c), "knobs");
    for (int i = 0; i < KNOB_COUNT; i++) {
        const knob_row *row = &knob_rows[i];
        MlirStringRef word =
            mlirStringAttrGetValue(mlirDictionaryAttrGetElementByName(
                all, mlirStringRefCreateFromCString(row->name)));
        MlirStringRef first = mlirStringRefCreateFromCString(row->words[0]);
        bool always = i == KNOB_START || i == KNOB_COMPARE || i == KNOB_RESET;
        if (always || !mlirStringRefEqual(word, first)) {
            buf_printf(text, ", %s %.*s", row->name, (int)word.length,
                       word.data);
        }
    }
}

/* "4 inputs, 1 output, profile nir, ..., time step 0.001"; at STAGE_QUANTIZED.
 */
static const char *title(compilation *c)
{
    const nir_net *net = &c->net;
    const snn_options *o = c->options;
    int64_t n[2] = {0, 0};
    for (int64_t i = 0; i < net->n_nodes; i++) {
        const nir_node *node = &net->nodes[i];
        bool input = node->kind == NIR_INPUT;
        if (node->top && (input || node->kind == NIR_OUTPUT)) {
            int64_t size = 1;
            for (int k = 0; k < node->out.rank; k++) {
                size *= node->out.dim[k];
            }
            n[input ? 0 : 1] += size;
        }
    }
    buf text = {.a = &c->a};
    buf_printf(&text, "%" PRId64 " input%s, %" PRId64 " output%s, profile %s",
               n[0], n[0] == 1 ? "" : "s", n[1], n[1] == 1 ? "" : "s",
               o->semantics);
    add_knobs(c, &text);
    if (compile_dt(o)) {
        buf_printf(&text, ", time step %s", compile_dt(o));
    }
    quantize_title(c, &text);
    if (o->n_settings > 0) {
        buf_printf(&text, ", %" PRId64 " parameter%s set by its user",
                   o->n_settings, o->n_settings == 1 ? "" : "s");
    }
    return text.text;
}

/* The file's name and its CRC-32, for people to compare. */
static const char *origin(compilation *c)
{
    const char *path = c->options->model;
    const char *read = compile_file(c->options);
    const char *slash = strrchr(path, '/');
    unsigned long crc = crc32(0, NULL, 0);
    unsigned char block[1 << 16];
    FILE *file = fopen(read, "rb");
    size_t n;
    while (file && (n = fread(block, 1, sizeof block, file)) > 0) {
        crc = crc32(crc, block, (unsigned)n);
    }
    if (file) {
        fclose(file);
    }
    return text_printf(&c->a, "%s, crc32 %08lx", slash ? slash + 1 : path, crc);
}

bool generate(compilation *c, generated *g)
{
    *g = (generated){.header = {.a = &c->a}, .source = {.a = &c->a}};
    assert(c->reached <= STAGE_QUANTIZED);
    if (!compile_to(c, STAGE_QUANTIZED)) {
        return false;
    }
    const char *heading = title(c);
    if (!compile_to(c, STAGE_LOOPS)) {
        return false;
    }
    describe(c, g);
    emit_row *rows = ARENA_ARRAY(&c->a, emit_row, g->n_layers);
    for (int64_t i = 0; i < g->n_layers; i++) {
        rows[i] = (emit_row){g->layers[i].node, g->layers[i].kind,
                             g->layers[i].size, g->layers[i].parameters};
    }
    emit_options how = {.name = c->name,
                        .title = heading,
                        .origin = origin(c),
                        .version = snn_version(),
                        .rows = rows,
                        .n_rows = g->n_layers,
                        .weights = compile_weights(c->options->weights)};
    return emit_module(mlirModuleGetOperation(c->module), &how, &c->a,
                       &g->header, &g->source, &g->report);
}

file_text generate_weights(compilation *c, const generated *g, const char *path)
{
    const emit_report *r = &g->report;
    file_part *parts = ARENA_ARRAY(&c->a, file_part, r->n_weights);
    for (int64_t i = 0; i < r->n_weights; i++) {
        parts[i] = (file_part){r->weights[i].data, r->weights[i].size};
    }
    return (file_text){.path = path, .more = parts, .n_more = r->n_weights};
}

static bool build(compilation *c, const char *directory,
                  void (*show)(const snn_summary *summary, void *user))
{
    generated g;
    if (!generate(c, &g) || !files_make_folder(directory, &c->a, &c->d)) {
        return false;
    }
    snn_summary s = {
        .header = text_printf(&c->a, "%s/%s.h", directory, c->name),
        .source = text_printf(&c->a, "%s/%s.c", directory, c->name),
        .layers = g.layers,
        .n_layers = g.n_layers,
        .ram_bytes = g.report.state_bytes,
        .rom_bytes = g.report.const_bytes,
        .weights_bytes = g.report.weights_bytes,
    };
    file_text files[4] = {
        {.path = s.header, .head = g.header.text, .head_size = g.header.size},
        {.path = s.source, .head = g.source.text, .head_size = g.source.size},
    };
    if (g.report.n_weights > 0) {
        s.weights = text_printf(&c->a, "%s/%s.weights", directory, c->name);
        files[2] = generate_weights(c, &g, s.weights);
    }
    int64_t n = s.weights ? 3 : 2;
    buf choice = {.a = &c->a};
    if (c->options->quantize_out) {
        quantization_write(&c->quantization, &choice);
        files[n++] = (file_text){.path = c->options->quantize_out,
                                 .head = choice.text,
                                 .head_size = choice.size};
    }
    if (!files_write(files, n, &c->a, &c->d)) {
        return false;
    }
    if (show) {
        show(&s, c->options->user);
    }
    return true;
}

bool snn_build(const snn_options *options, const char *directory,
               void (*show)(const snn_summary *summary, void *user))
{
    compilation c;
    bool good = compile_open(&c, options) && build(&c, directory, show);
    compile_close(&c);
    return good;
}
