/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * plot_grid.c - what SVG and text have in common: cells, levels, round numbers.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "driver/plot.h"

/*===- numbers --------------------------------------------------------------*/

double plot_nice(double x)
{
    double power = pow(10.0, floor(log10(x)));
    static const double factors[] = {1, 2, 5};
    for (int i = 0; i < 3; i++) {
        if (factors[i] * power >= x * (1 - 1e-9)) {
            return factors[i] * power;
        }
    }
    return 10 * power;
}

const char *plot_number(arena *a, double x)
{
    if (x == 0 || !isfinite(x)) {
        return text_number(a, x == 0 ? 0 : x);
    }
    int digits = 5 - (int)floor(log10(fabs(x)));
    /* Dividing by a power of ten gives the double nearest to the decimal. */
    double power = pow(10.0, abs(digits));
    double rounded =
        digits > 0 ? round(x * power) / power : round(x / power) * power;
    return text_number(a, isfinite(rounded) ? rounded : x);
}

const char *plot_facts(const plot_panel *p, arena *a)
{
    if (!p->events) {
        return text_printf(a, "from %s to %s", plot_number(a, p->least),
                           plot_number(a, p->most));
    }
    double cells = (double)p->steps * (double)p->n_neurons;
    double rate = cells > 0 ? p->total / cells : 0;
    double shown = round(rate * 1e4) / 1e4;
    return text_printf(a, "%s spike%s, %s per neuron and step",
                       text_number(a, p->total), p->total == 1 ? "" : "s",
                       plot_number(a, shown > 0 ? shown : rate));
}

const char *plot_time_text(const plot_figure *f, arena *a)
{
    return text_printf(a, "time in the unit of tau, dt = %s",
                       plot_number(a, f->dt));
}

void plot_note(plot_figure *f, const char *note)
{
    if (note && !(f->notes.text && strstr(f->notes.text, note))) {
        buf_printf(&f->notes, "%s\n", note);
    }
}

/*===- cells ----------------------------------------------------------------*/

int64_t plot_each(int64_t n, int64_t most)
{
    double least = (double)n / (double)(most > 0 ? most : 1);
    return least <= 1 ? 1 : (int64_t)plot_nice(ceil(least));
}

/* Sum, or mean, of the cell's values; NAN if it has none. */
static double cell(const plot_figure *f, const plot_panel *p,
                   const plot_grid *g, int64_t row, int64_t column)
{
    int64_t first = column * g->steps_each;
    int64_t end = first + g->steps_each;
    int64_t last = row * g->neurons_each + g->neurons_each;
    int64_t n = 0;
    double sum = 0;
    int64_t steps = f->steps.end - f->steps.first;
    end = end > steps ? steps : end;
    for (int64_t t = first; t < end && t < p->steps; t++) {
        for (int64_t k = row * g->neurons_each; k < last && k < p->n_neurons;
             k++) {
            sum += p->value[t * p->n_neurons + k];
            n++;
        }
    }
    return n == 0 ? NAN : p->style == PLOT_RASTER ? sum : sum / (double)n;
}

plot_grid plot_bin(const plot_figure *f, const plot_panel *p,
                   int64_t steps_each, int64_t most_rows, arena *a)
{
    int64_t steps = f->steps.end - f->steps.first;
    plot_grid g = {.steps_each = steps_each,
                   .neurons_each = plot_each(p->n_neurons, most_rows),
                   .least = INFINITY,
                   .most = -INFINITY};
    g.columns = (steps + g.steps_each - 1) / g.steps_each;
    g.rows = (p->n_neurons + g.neurons_each - 1) / g.neurons_each;
    g.value = ARENA_ARRAY(a, double, g.rows *g.columns);
    for (int64_t row = 0; row < g.rows; row++) {
        for (int64_t column = 0; column < g.columns; column++) {
            double x = cell(f, p, &g, row, column);
            g.value[row * g.columns + column] = x;
            g.least = fmin(g.least, x);
            g.most = fmax(g.most, x);
        }
    }
    return g;
}

int64_t plot_level_most(const plot_grid *g, int level)
{
    int64_t most = (int64_t)ceil(g->most * level / (double)PLOT_SHADES);
    return most > level ? most : level;
}

int plot_level(const plot_grid *g, bool events, int levels, double value)
{
    if (isnan(value) || (events && value <= 0)) {
        return 0;
    }
    if (!events) {
        double part = (value - g->least) / (g->most - g->least);
        int level = isfinite(part) ? 1 + (int)(part * levels) : 1;
        return level > levels ? levels : level;
    }
    int level = 1;
    while (level < levels && value > (double)plot_level_most(g, level)) {
        level++;
    }
    return level;
}

const char *plot_level_text(const plot_grid *g, int level, arena *a)
{
    int64_t most = plot_level_most(g, level);
    int64_t least = level > 1 ? plot_level_most(g, level - 1) + 1 : 1;
    return least == most
               ? text_printf(a, "%lld", (long long)most)
               : text_printf(a, "%lld-%lld", (long long)least, (long long)most);
}

void plot_note_grid(plot_figure *f, const plot_panel *p, const plot_grid *g,
                    const char *mark, arena *a)
{
    if (g->steps_each == 1 && g->neurons_each == 1) {
        return;
    }
    plot_note(
        f, text_printf(
               a, "%s: a %s is %s %lld step%s of %lld neuron%s", p->name, mark,
               p->style == PLOT_RASTER ? "what spikes in" : "the mean of",
               (long long)g->steps_each, g->steps_each == 1 ? "" : "s",
               (long long)g->neurons_each, g->neurons_each == 1 ? "" : "s"));
}
