/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * plot_svg_cells.c - rasters and maps as SVG.
 *
 * Marks stand in units of cells, in a group that is scaled to the panel: that
 * is exact, and short. Marks of one colour are one path. Where there would be
 * too many, cells become larger until there are not.
 */
#include <math.h>
#include <string.h>

#include "driver/plot_svg.h"

enum {
    MARKS = 16000, /* in a figure */
    COLOURS = 9,   /* of a map */
    SPLIT = 3      /* pixels of a step from which marks stand alone */
};

/*===- marks ----------------------------------------------------------------*/

/*
 * Cells of a level in a row that stand side by side make one mark where a step
 * has few pixels. Returns how many cells, from column on, do.
 */
static int64_t run_length(const place *at, int levels, int64_t row,
                          int64_t column)
{
    const plot_grid *g = &at->grid;
    const double *value = g->value + row * g->columns;
    bool events = at->p->style == PLOT_RASTER;
    int64_t wide = SVG_PLOT * g->steps_each / svg_shown_steps(at->f);
    int level = plot_level(g, events, levels, value[column]);
    int64_t n = 1;
    while ((!events || wide < SPLIT) && column + n < g->columns &&
           plot_level(g, events, levels, value[column + n]) == level) {
        n++;
    }
    return n;
}

static int64_t count_marks(const place *at, int levels)
{
    const plot_grid *g = &at->grid;
    int64_t marks = 0;
    for (int64_t row = 0; row < g->rows; row++) {
        for (int64_t column = 0; column < g->columns;) {
            double value = g->value[row * g->columns + column];
            bool events = at->p->style == PLOT_RASTER;
            marks += plot_level(g, events, levels, value) > 0 ? 1 : 0;
            column += run_length(at, levels, row, column);
        }
    }
    return marks;
}

/* Cells of at least a pixel, and so large that there are not too many marks. */
static void choose_grid(place *at, int levels)
{
    int64_t columns = SVG_PLOT;
    int64_t rows = at->height;
    int64_t most = MARKS / at->f->n_panels;
    for (;;) {
        at->grid =
            plot_bin(at->f, at->p, plot_each(svg_shown_steps(at->f), columns),
                     rows, at->a);
        if (count_marks(at, levels) <= most || columns + rows < 4) {
            return;
        }
        /* The narrower side of a cell grows. */
        if (SVG_PLOT / at->grid.columns <= at->height / at->grid.rows) {
            columns = at->grid.columns / 2;
        } else {
            rows = at->grid.rows / 2;
        }
    }
}

/* All marks of a level: rows count from the bottom. */
static void draw_level(const place *at, int levels, int level, double width)
{
    const plot_grid *g = &at->grid;
    bool events = at->p->style == PLOT_RASTER;
    for (int64_t row = 0; row < g->rows; row++) {
        for (int64_t column = 0; column < g->columns;) {
            int64_t n = run_length(at, levels, row, column);
            double value = g->value[row * g->columns + column];
            if (plot_level(g, events, levels, value) == level) {
                buf_printf(at->out, "M%lld %lldh", (long long)column,
                           (long long)row);
                svg_put(at->out, (double)(n - 1) + width);
            }
            column += n;
        }
    }
}

/* Spikes stand apart, and are seen however many there are; colours touch. */
static void draw_marks(const place *at, int levels)
{
    const plot_grid *g = &at->grid;
    bool events = at->p->style == PLOT_RASTER;
    double x = (double)SVG_PLOT * (double)g->steps_each /
               (double)svg_shown_steps(at->f);
    double y =
        (double)at->height * (double)g->neurons_each / (double)at->p->n_neurons;
    double width = events ? fmin(fmax(0.75, 1.2 / x), 2) : 1;
    double height = !events               ? 1.04
                    : g->neurons_each > 1 ? 1
                                          : fmin(fmax(0.75, 1.2 / y), 2);
    buf_printf(at->out, "<g fill=\"none\" transform=\"translate(");
    svg_put(at->out, (double)SVG_LEFT + (1 - width) / 2 * x);
    buf_text(at->out, " ");
    svg_put(at->out, (double)(at->top + at->height) - y / 2);
    /* Of all numbers these two need digits: thousands of cells lie on them. */
    buf_printf(at->out, ") scale(%s -%s)\" stroke-width=\"",
               plot_number(at->a, x), plot_number(at->a, y));
    svg_put(at->out, height);
    buf_text(at->out, "\">\n");
    for (int level = 1; level <= levels; level++) {
        bool plain = events && g->most <= 1;
        char kind = events ? 's' : 'm';
        int64_t before = at->out->size;
        buf_printf(at->out, "<path class=\"%c%d\" d=\"", kind,
                   plain ? 0 : level);
        int64_t empty = at->out->size;
        draw_level(at, levels, level, width);
        if (at->out->size == empty) {
            at->out->size = before;
        } else {
            buf_text(at->out, "\"/>\n");
        }
    }
    buf_text(at->out, "</g>\n");
}

/*===- around them -----------------------------------------------------------*/

/* The index of a neuron for some of the rows, the first at the bottom. */
static void draw_neuron_axis(const place *at)
{
    const plot_panel *p = at->p;
    double most = (double)at->height / (SVG_LINE - 2);
    double tick = plot_nice((double)p->n_neurons / most);
    int64_t each = tick < 1 ? 1 : (int64_t)tick;
    double row = (double)at->height / (double)p->n_neurons;
    for (int64_t k = 0; k < p->n_neurons; k += each) {
        double y = (double)(at->top + at->height) - ((double)k + 0.5) * row;
        svg_put_text(at->out, SVG_LEFT - 8, y + 4, "end", "",
                     text_printf(at->a, "%lld", (long long)p->neurons[k]));
    }
    svg_axis_name(at, "neuron");
}

static void draw_shade_keys(const place *at)
{
    const plot_grid *g = &at->grid;
    double x = SVG_WIDTH - SVG_RIGHT;
    for (int level = PLOT_SHADES; level >= 1 && g->most > 1; level--) {
        if (level > 1 && plot_level_most(g, level - 1) >= (int64_t)g->most) {
            continue; /* no cell has so many */
        }
        x = svg_key(at, x, text_printf(at->a, "s%d", level), 10,
                    plot_level_text(g, level, at->a));
    }
}

static void draw_map_keys(const place *at)
{
    double x = SVG_WIDTH - SVG_RIGHT;
    const char *most = plot_number(at->a, at->grid.most);
    const char *least = plot_number(at->a, at->grid.least);
    double y = (double)at->top - 8;
    svg_put_text(at->out, x, y, "end", "", most);
    x -= (double)(strlen(most) * SVG_LETTER) + 6;
    for (int level = COLOURS; level >= 1; level--) {
        x -= 10;
        buf_printf(at->out, "<path class=\"m%d\" stroke-width=\"10\" d=\"M",
                   level);
        svg_put(at->out, x);
        buf_text(at->out, " ");
        svg_put(at->out, y - 4);
        buf_text(at->out, "h10\"/>\n");
    }
    svg_put_text(at->out, x - 6, y, "end", "", least);
}

void svg_cells(place *at, plot_figure *f)
{
    bool events = at->p->style == PLOT_RASTER;
    int levels = events ? PLOT_SHADES : COLOURS;
    choose_grid(at, levels);
    plot_note_grid(f, at->p, &at->grid, events ? "mark" : "colour", at->a);
    svg_time_grid(at);
    draw_marks(at, levels);
    draw_neuron_axis(at);
    if (events) {
        draw_shade_keys(at);
    } else {
        draw_map_keys(at);
    }
}
