/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * plot_panel.c - a panel of an array: its sample, its steps, its neurons.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "driver/plot.h"

bool plot_load(const snn_array *file, int rank, const plot_choice *choice,
               arena *a, diag *d, plot_array *array)
{
    npy read;
    const void *data;
    *array = (plot_array){.name = file->node,
                          .what = "recorded",
                          .where = npy_name(file),
                          .type = NUMBER_F64,
                          .counts = true};
    if (!npy_open(file, a, d, &read)) {
        return false;
    }
    int lead = rank >= 0 ? read.rank - rank : choice->has_sample ? 2 : 1;
    if (lead < 1 || lead > 2 || lead > read.rank) {
        return diag_error(d, npy_name(file),
                          "has shape %s; '%s' needs (steps, *shape)%s",
                          npy_shape_text(read.rank, read.dim, a), file->node,
                          rank < 0 ? ", with --sample (samples, steps, *shape)"
                                   : " or (samples, steps, *shape)");
    }
    if (!npy_convert(&read, NUMBER_F64, a, d, &data)) {
        return false;
    }
    int64_t *dim = ARENA_ARRAY(a, int64_t, NPY_MAX_RANK);
    memcpy(dim, read.dim, sizeof read.dim);
    array->samples = lead == 2 ? dim[0] : 1;
    array->steps = dim[lead - 1];
    array->rank = read.rank - lead;
    array->dim = dim + lead;
    array->data = data;
    return true;
}

/* The sample is there, and there is something in it. */
MUST_CHECK static bool check_array(const plot_array *x,
                                   const plot_choice *choice, diag *d,
                                   const plot_panel *p)
{
    if (choice->sample >= x->samples) {
        return diag_error(d, x->where,
                          "sample is %" PRId64 ", '%s' has %" PRId64
                          " sample%s, counted from 0",
                          choice->sample, x->name, x->samples,
                          x->samples == 1 ? "" : "s");
    }
    if (x->steps == 0 || p->n_all == 0) {
        return diag_error(d, x->where,
                          "'%s' has %" PRId64 " steps of %" PRId64
                          " neurons, so there is nothing to plot",
                          x->name, x->steps, p->n_all);
    }
    return true;
}

/* The chosen neurons, in the order in which they were named. */
MUST_CHECK static bool take_neurons(const plot_array *x,
                                    const plot_choice *choice, arena *a,
                                    diag *d, plot_panel *p)
{
    const plot_range all = {0, p->n_all};
    const plot_range *ranges = choice->n_neurons > 0 ? choice->neurons : &all;
    int64_t n_ranges = choice->n_neurons > 0 ? choice->n_neurons : 1;
    for (int64_t i = 0; i < n_ranges; i++) {
        int64_t end = ranges[i].end > 0 ? ranges[i].end : p->n_all;
        if (ranges[i].first >= p->n_all || end > p->n_all) {
            return diag_error(
                d, x->where,
                "neurons ask for %" PRId64 ", '%s' has 0 to %" PRId64,
                ranges[i].first >= p->n_all ? ranges[i].first : end - 1,
                x->name, p->n_all - 1);
        }
        p->n_neurons += end - ranges[i].first;
    }
    int64_t *neurons = ARENA_ARRAY(a, int64_t, p->n_neurons);
    int64_t n = 0;
    for (int64_t i = 0; i < n_ranges; i++) {
        int64_t end = ranges[i].end > 0 ? ranges[i].end : p->n_all;
        for (int64_t k = ranges[i].first; k < end; k++) {
            neurons[n++] = k;
        }
    }
    p->neurons = neurons;
    return true;
}

/* Copies the chosen values, and sums them up. */
static void take_values(const plot_array *x, const plot_choice *choice,
                        arena *a, plot_panel *p)
{
    double *value = ARENA_ARRAY(a, double, p->steps * p->n_neurons);
    int64_t first = choice->sample * x->steps + choice->steps.first;
    p->least = INFINITY;
    p->most = -INFINITY;
    for (int64_t t = 0; t < p->steps; t++) {
        for (int64_t k = 0; k < p->n_neurons; k++) {
            int64_t i = (first + t) * p->n_all + p->neurons[k];
            double number = npy_number(x->type, x->data, i);
            value[t * p->n_neurons + k] = number;
            p->total += number;
            p->least = fmin(p->least, number);
            p->most = fmax(p->most, number);
        }
    }
    p->value = value;
}

/* Can all numbers be spikes or counts? */
static bool are_counts(const plot_panel *p)
{
    for (int64_t i = 0; i < p->steps * p->n_neurons; i++) {
        if (p->value[i] < 0 || p->value[i] != floor(p->value[i])) {
            return false;
        }
    }
    return true;
}

MUST_CHECK static bool take_steps(const plot_array *x,
                                  const plot_choice *choice, diag *d,
                                  plot_panel *p)
{
    int64_t end = choice->steps.end > 0 ? choice->steps.end : p->steps;
    if (end > p->steps || choice->steps.first >= p->steps) {
        return diag_error(d, x->where,
                          "steps ask for %" PRId64 ", '%s' has 0 to %" PRId64,
                          end > p->steps ? end - 1 : choice->steps.first,
                          x->name, p->steps - 1);
    }
    p->steps = end - choice->steps.first;
    return true;
}

static plot_style style_of(const plot_choice *choice, const plot_panel *p)
{
    if (choice->style != PLOT_AUTO) {
        return choice->style;
    }
    return p->events                        ? PLOT_RASTER
           : p->n_neurons <= PLOT_MAX_LINES ? PLOT_CURVES
                                            : PLOT_MAP;
}

bool plot_take(const plot_array *x, const plot_choice *choice, arena *a,
               diag *d, plot_panel *p)
{
    *p = (plot_panel){.name = x->name,
                      .what = x->what,
                      .shape = npy_shape_text(x->rank, x->dim, a),
                      .samples = x->samples,
                      .steps = x->steps,
                      .n_all = 1};
    for (int i = 0; i < x->rank; i++) {
        p->n_all *= x->dim[i];
    }
    if (!check_array(x, choice, d, p) || !take_steps(x, choice, d, p) ||
        !take_neurons(x, choice, a, d, p)) {
        return false;
    }
    take_values(x, choice, a, p);
    p->events = x->counts && are_counts(p);
    p->style = style_of(choice, p);
    if (p->style == PLOT_RASTER && !p->events) {
        return diag_error(d, x->where,
                          "style is 'raster', but '%s' has numbers that are no "
                          "counts; expected curves or map",
                          x->name);
    }
    return true;
}

void plot_set_steps(plot_figure *f, const plot_choice *choice)
{
    int64_t most = 0;
    for (int64_t i = 0; i < f->n_panels; i++) {
        most = f->panels[i].steps > most ? f->panels[i].steps : most;
    }
    f->steps = (plot_range){choice->steps.first, choice->steps.first + most};
}
