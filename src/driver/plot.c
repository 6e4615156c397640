/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * plot.c - snn_plot: which nodes are shown, where their values come from, and
 * where the figure goes.
 */
#include "driver/plot.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "driver/engine.h"
#include "driver/files.h"
#include "import/import.h"

typedef struct plotter {
    compilation c;
    runner r;
    const snn_plot_options *how;
    plot_choice choice;
    plot_figure figure;
    int64_t capacity; /* of its panels */
} plotter;

/*===- what is chosen -------------------------------------------------------*/

/* A number of digits, and where it ends; false, at the same place, if none. */
static bool take_number(const char **text, int64_t *number)
{
    char *end;
    if (**text < '0' || **text > '9') {
        return false;
    }
    errno = 0;
    long long n = strtoll(*text, &end, 10);
    if (errno != 0 || n == INT64_MAX) {
        return false;
    }
    *text = end;
    *number = n;
    return true;
}

/* "A:B", "A:", ":B" or ":"; of one number A only where single. */
static bool take_range(const char **text, bool single, plot_range *range)
{
    *range = (plot_range){0};
    bool has_first = take_number(text, &range->first);
    if (**text != ':') {
        range->end = range->first + 1;
        return single && has_first;
    }
    *text += 1;
    bool has_end = take_number(text, &range->end);
    return !has_end || range->end > range->first;
}

MUST_CHECK static bool choose_neurons(plotter *p, const char *where)
{
    const char *text = p->how->neurons;
    int64_t capacity = 0;
    plot_range *ranges = NULL;
    int64_t n = 0;
    bool good = true;
    while (good && text) {
        ranges = arena_grow(&p->c.a, ranges, n, &capacity, sizeof *ranges);
        good = take_range(&text, true, &ranges[n++]) &&
               (*text == '\0' || *text == ',');
        text = *text == ',' ? text + 1 : NULL;
    }
    p->choice.neurons = ranges;
    p->choice.n_neurons = n;
    return good || diag_error(&p->c.d, where,
                              "neurons are '%s', expected indices and ranges "
                              "as in 0,3,8:12",
                              p->how->neurons);
}

MUST_CHECK static bool choose_style(plotter *p, const char *where)
{
    static const char *const names[] = {"auto", "raster", "curves", "map"};
    const char *name = p->how->style ? p->how->style : "auto";
    for (int i = 0; i < 4; i++) {
        if (strcmp(names[i], name) == 0) {
            p->choice.style = (plot_style)i;
            return true;
        }
    }
    return diag_error(&p->c.d, where,
                      "style is '%s', expected auto, raster, curves or map",
                      name);
}

MUST_CHECK static bool choose(plotter *p, const char *where)
{
    const snn_plot_options *how = p->how;
    const char *steps = how->steps ? how->steps : ":";
    const char *sample = how->sample ? how->sample : "0";
    p->choice.has_sample = how->sample != NULL;
    if (!take_range(&steps, false, &p->choice.steps) || *steps) {
        return diag_error(&p->c.d, where,
                          "steps are '%s', expected a range as in 100:200",
                          how->steps);
    }
    if (!take_number(&sample, &p->choice.sample) || *sample) {
        return diag_error(&p->c.d, where,
                          "sample is '%s', expected a whole number",
                          how->sample);
    }
    return choose_neurons(p, where) && choose_style(p, where);
}

/*===- nodes ----------------------------------------------------------------*/

/* Would an Output show again what a neuron that is shown emits? */
static bool is_repeated(const nir_net *net, int64_t node)
{
    int64_t sources = 0;
    bool neuron = false;
    for (int64_t i = 0; i < net->n_edges; i++) {
        if (net->edges[i].target == node) {
            sources++;
            neuron = nir_is_neuron(net->nodes[net->edges[i].source].kind);
        }
    }
    return sources == 1 && neuron;
}

/* Neurons and Outputs, in the order in which signals meet them. */
static snn_array *all_nodes(plotter *p, int64_t *n)
{
    const nir_net *net = &p->c.net;
    const int64_t *order = import_order(net, &p->c.a);
    snn_array *nodes = ARENA_ARRAY(&p->c.a, snn_array, PLOT_MAX_PANELS);
    int64_t all = 0;
    for (int64_t i = 0; i < net->n_nodes; i++) {
        const nir_node *node = &net->nodes[order[i]];
        bool output = node->kind == NIR_OUTPUT && node->top &&
                      !is_repeated(net, order[i]);
        if (!nir_is_neuron(node->kind) && !output) {
            continue;
        }
        if (all++ < PLOT_MAX_PANELS) {
            nodes[(*n)++].node = node->name;
        }
    }
    if (all > PLOT_MAX_PANELS) {
        plot_note(&p->figure,
                  text_printf(&p->c.a,
                              "the first %d of %lld neurons and Outputs; "
                              "--probe shows others",
                              PLOT_MAX_PANELS, (long long)all));
    }
    return nodes;
}

/* What to show: NODE or NODE.STATE. */
static snn_array *named_nodes(plotter *p, int64_t *n)
{
    const snn_plot_options *how = p->how;
    if (how->n_nodes == 0) {
        return all_nodes(p, n);
    }
    snn_array *nodes = ARENA_ARRAY(&p->c.a, snn_array, how->n_nodes);
    for (; *n < how->n_nodes; (*n)++) {
        nodes[*n].node = how->nodes[*n];
    }
    return nodes;
}

static const nir_node *find_node(const plotter *p, const char *name)
{
    for (int64_t i = 0; i < p->c.net.n_nodes; i++) {
        if (strcmp(p->c.net.nodes[i].name, name) == 0) {
            return &p->c.net.nodes[i];
        }
    }
    return NULL;
}

/*===- panels ---------------------------------------------------------------*/

MUST_CHECK static bool add_panel(plotter *p, const plot_array *array)
{
    plot_figure *f = &p->figure;
    f->panels = arena_grow(&p->c.a, f->panels, f->n_panels, &p->capacity,
                           sizeof *f->panels);
    if (array->samples > 1) {
        plot_note(f, text_printf(&p->c.a, "sample %lld of %lld",
                                 (long long)p->choice.sample,
                                 (long long)array->samples));
    }
    return plot_take(array, &p->choice, &p->c.a, &p->c.d,
                     &f->panels[f->n_panels++]);
}

/* The port of what is shown; found, since the runner has it. */
static port *port_of(const plotter *p, const shown *s)
{
    port *at = p->r.outputs;
    while (strcmp(at->name, s->name) != 0) {
        at++;
    }
    return at;
}

/* The path of a port says that it is asked for; it is shown once. */
static void mark(plotter *p)
{
    for (int64_t i = 0; i < p->r.n_shown; i++) {
        port *at = port_of(p, &p->r.shown[i]);
        at->path = at->name;
    }
}

MUST_CHECK static bool add_node(plotter *p, const shown *s)
{
    port *at = port_of(p, s);
    if (!at->path) {
        return true; /* named twice */
    }
    at->path = NULL;
    const nir_node *node = find_node(p, s->node);
    plot_array array = {.name = s->name,
                        .what = nir_kind_name(node->kind),
                        .where = nir_where(&p->c.net, node, &p->c.a),
                        .samples = p->r.samples,
                        .steps = p->r.steps,
                        .rank = at->rank,
                        .dim = at->dim,
                        .type = at->type,
                        .data = at->data};
    bool real = at->type == NUMBER_F32 || at->type == NUMBER_F64;
    array.counts = node->kind == NIR_INPUT || !(at->state || real);
    return add_panel(p, &array);
}

MUST_CHECK static bool add_nodes(plotter *p)
{
    const snn_plot_options *how = p->how;
    int64_t n = 0;
    const snn_array *nodes = named_nodes(p, &n);
    if (!runner_open(&p->r, &p->c, nodes, n) ||
        !runner_read_inputs(&p->r, how->inputs, how->n_inputs)) {
        return false;
    }
    mark(p);
    bool good = engine_run(&p->r, how->reference, how->progress);
    for (int64_t i = 0; i < p->r.n_shown && good; i++) {
        good = add_node(p, &p->r.shown[i]);
    }
    return good;
}

MUST_CHECK static bool add_data(plotter *p)
{
    bool good = true;
    for (int64_t i = 0; i < p->how->n_data && good; i++) {
        snn_array data = p->how->data[i];
        data.node = data.node ? data.node : npy_name(&data);
        const nir_node *node = find_node(p, data.node);
        plot_array array;
        good = plot_load(&data, node ? node->out.rank : -1, &p->choice, &p->c.a,
                         &p->c.d, &array) &&
               add_panel(p, &array);
    }
    return good;
}

MUST_CHECK static bool draw(plotter *p)
{
    const snn_plot_options *how = p->how;
    buf out = {.a = &p->c.a};
    if (!how->path) {
        plot_text(&p->figure, how->columns > 0 ? how->columns : 80, how->ascii,
                  &out, &p->c.a);
        how->write(out.text, out.size, p->c.options->user);
        return true;
    }
    plot_svg(&p->figure, &out, &p->c.a);
    file_text file = {
        .path = how->path, .head = out.text, .head_size = out.size};
    return files_write(&file, 1, &p->c.a, &p->c.d);
}

MUST_CHECK static bool plot(plotter *p, const snn_options *options)
{
    const snn_plot_options *how = p->how;
    bool model = options->model != NULL;
    if (model && !compile_open(&p->c, options)) {
        return false;
    }
    const char *dt = compile_dt(options);
    double step = dt ? text_read_number(dt, NULL) : 0;
    p->figure = (plot_figure){.title = model ? p->c.name : "",
                              .dt = step > 0 && step != 1 ? step : 0,
                              .notes = {.a = &p->c.a}};
    const char *where = model ? options->model : npy_name(&how->data[0]);
    if (!choose(p, where) || (model && !add_nodes(p)) || !add_data(p)) {
        return false;
    }
    plot_set_steps(&p->figure, &p->choice);
    return draw(p);
}

bool snn_plot(const snn_options *options, const snn_plot_options *how)
{
    plotter p = {.how = how};
    p.c = (compilation){.options = options, .d = compile_diag(options)};
    assert(options->model || how->n_data > 0);
    bool good = plot(&p, options);
    runner_close(&p.r);
    compile_close(&p.c);
    return good;
}
