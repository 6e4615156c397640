/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * plot_svg_curves.c - real numbers of a few neurons as lines in SVG.
 */
#include <math.h>

#include "driver/plot_svg.h"

enum {
    COLUMNS = 432 /* of many steps: each shows its least and its most */
};

/*===- curves ---------------------------------------------------------------*/

typedef struct scale {
    double least;
    double most;
    double tick;
} scale;

/* From a round number to a round number. */
static scale scale_of(const plot_panel *p)
{
    scale s = {p->least, p->most, 1};
    if (!(s.most > s.least)) {
        double half = s.least != 0 ? fabs(s.least) / 2 : 0.5;
        s.least -= half;
        s.most += half;
    }
    s.tick = plot_nice((s.most - s.least) / 5);
    s.least = floor(s.least / s.tick + 1e-9) * s.tick;
    s.most = ceil(s.most / s.tick - 1e-9) * s.tick;
    return s;
}

static double value_y(const place *at, const scale *s, double value)
{
    double part = (value - s->least) / (s->most - s->least);
    return (double)at->top + (double)at->height * (1 - part);
}

static void draw_value_axis(const place *at, const scale *s)
{
    int64_t n = llround((s->most - s->least) / s->tick);
    buf_text(at->out, "<path class=\"grid\" d=\"");
    for (int64_t i = 0; i <= n; i++) {
        double y = value_y(at, s, s->least + (double)i * s->tick);
        buf_printf(at->out, "M%d ", SVG_LEFT);
        svg_put(at->out, y);
        buf_printf(at->out, "h%d", SVG_PLOT);
    }
    buf_text(at->out, "\"/>\n");
    for (int64_t i = 0; i <= n; i++) {
        double value = (round(s->least / s->tick) + (double)i) * s->tick;
        svg_put_text(at->out, SVG_LEFT - 8, value_y(at, s, value) + 4, "end",
                     "", plot_number(at->a, value));
    }
    svg_axis_name(at, "value");
}

static void put_point(const place *at, const scale *s, int64_t t, double value,
                      bool *pen)
{
    if (!isfinite(value)) {
        *pen = false; /* a gap */
        return;
    }
    buf_text(at->out, *pen ? "L" : "M");
    svg_put(at->out, svg_step_x(at->f, (double)(at->f->steps.first + t)));
    buf_text(at->out, " ");
    svg_put(at->out, value_y(at, s, value));
    *pen = true;
}

/* The least and the most of some steps, in their order. */
static void put_extremes(const place *at, const scale *s, int64_t k,
                         plot_range steps, bool *pen)
{
    const plot_panel *p = at->p;
    int64_t least = steps.first;
    int64_t most = steps.first;
    for (int64_t t = steps.first; t < steps.end; t++) {
        double x = p->value[t * p->n_neurons + k];
        least = x < p->value[least * p->n_neurons + k] ? t : least;
        most = x > p->value[most * p->n_neurons + k] ? t : most;
    }
    int64_t one = least < most ? least : most;
    int64_t two = least < most ? most : least;
    put_point(at, s, one, p->value[one * p->n_neurons + k], pen);
    if (two != one) {
        put_point(at, s, two, p->value[two * p->n_neurons + k], pen);
    }
}

static int64_t curves_of(const plot_panel *p)
{
    return p->n_neurons < PLOT_MAX_LINES ? p->n_neurons : PLOT_MAX_LINES;
}

/* Two points for each column are no fewer if a column is two steps. */
static int64_t steps_each(const plot_figure *f)
{
    int64_t each = plot_each(svg_shown_steps(f), COLUMNS);
    return each > 2 ? each : 1;
}

static void draw_curves(const place *at, const scale *s)
{
    const plot_panel *p = at->p;
    int64_t each = steps_each(at->f);
    for (int64_t k = 0; k < curves_of(p); k++) {
        bool pen = false;
        buf_printf(at->out, "<path class=\"curve l%d\" d=\"", (int)k);
        for (int64_t t = 0; t < p->steps; t += each) {
            int64_t end = t + each < p->steps ? t + each : p->steps;
            put_extremes(at, s, k, (plot_range){t, end}, &pen);
        }
        buf_text(at->out, "\"/>\n");
    }
}

static void draw_curve_keys(const place *at)
{
    double x = SVG_WIDTH - SVG_RIGHT;
    for (int64_t k = curves_of(at->p) - 1; k >= 0; k--) {
        x = svg_key(at, x, text_printf(at->a, "l%d", (int)k), 3,
                    text_printf(at->a, "%lld", (long long)at->p->neurons[k]));
    }
}

static void note_curves(plot_figure *f, const plot_panel *p, arena *a)
{
    if (steps_each(f) > 1) {
        plot_note(f, text_printf(a, "%s: least and most of %lld steps", p->name,
                                 (long long)steps_each(f)));
    }
    if (curves_of(p) < p->n_neurons) {
        plot_note(f, text_printf(a, "%s: the first %lld of %lld neurons",
                                 p->name, (long long)curves_of(p),
                                 (long long)p->n_neurons));
    }
}

void svg_curves(const place *at, plot_figure *f)
{
    scale s = scale_of(at->p);
    svg_time_grid(at);
    draw_value_axis(at, &s);
    draw_curves(at, &s);
    draw_curve_keys(at);
    note_curves(f, at->p, at->a);
}
