/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * plot_text.c - a figure for the terminal.
 *
 * All panels have as many steps in a character. Spikes are dots of braille, two
 * by four in a character (one by four where a character is one step); counts
 * are shades; real numbers are a curve of dots or, for several neurons, a row
 * of bars each. In ASCII a character is one cell: '|' or a digit for spikes,
 * '*' for a curve, a digit from 0 to 9 for a value between least and most.
 */
#include <math.h>
#include <string.h>

#include "driver/plot.h"

enum {
    LABEL = 8, /* columns of a row's label, and the axis */
    LEAST_COLUMNS = 30,
    ROWS = 16,       /* of a panel, at most */
    DOT_ROWS = 12,   /* of a panel of dots */
    CURVE_ROWS = 10, /* of one curve */
    DOT_CELLS = 4,   /* of a neuron and a step in a dot; beyond, shades */
    ACROSS = 2,      /* dots of a character */
    DOWN = 4,
    BARS = 8
};

typedef struct sheet {
    plot_figure *f;
    const plot_panel *p;
    int64_t steps_each; /* of a character */
    bool ascii;
    buf *out;
    arena *a;
} sheet;

/*===- characters -----------------------------------------------------------*/

/* Dots of a cell: bit y + 4 x. */
static void put_dots(buf *out, int dots)
{
    static const int bits[ACROSS * DOWN] = {0, 1, 2, 6, 3, 4, 5, 7};
    int code = 0;
    for (int i = 0; i < ACROSS * DOWN; i++) {
        code |= (dots >> i & 1) << bits[i];
    }
    char text[] = {(char)0xE2, (char)(0xA0 | code >> 6),
                   (char)(0x80 | (code & 0x3F)), '\0'};
    buf_text(out, dots == 0 ? " " : text);
}

static void put_label(const sheet *s, const char *label)
{
    buf_printf(s->out, "%*s%s", LABEL - 1, label, s->ascii ? "|" : "│");
}

/* A row ends without blanks. */
static void end_row(const sheet *s)
{
    while (s->out->text[s->out->size - 1] == ' ') {
        s->out->size--;
    }
    buf_text(s->out, "\n");
}

/* Rows are labelled by their first neuron, every few of them. */
static void put_neuron(const sheet *s, int64_t row, int64_t neurons_each)
{
    int64_t neuron = s->p->neurons[row * neurons_each];
    put_label(s, text_printf(s->a, "%lld", (long long)neuron));
}

/*===- spikes ---------------------------------------------------------------*/

/* A digit for spikes, from 1; '|' where there is one at most. */
static void put_digit(const sheet *s, const plot_grid *g, double value)
{
    char text[] = {' ', '\0'};
    if (value > 0) {
        text[0] = g->most <= 1 ? '|'
                  : value > 9  ? '+'
                               : (char)('0' + (int)value);
    }
    buf_text(s->out, text);
}

static void draw_shades(const sheet *s, const plot_grid *g)
{
    static const char *const shades[] = {" ", "░", "▒", "▓", "█"};
    for (int64_t row = g->rows - 1; row >= 0; row--) {
        put_neuron(s, row, g->neurons_each);
        for (int64_t column = 0; column < g->columns; column++) {
            double value = g->value[row * g->columns + column];
            if (s->ascii) {
                put_digit(s, g, value);
            } else {
                buf_text(s->out,
                         shades[plot_level(g, true, PLOT_SHADES, value)]);
            }
        }
        end_row(s);
    }
}

/* Says what shades or digits are. */
static void put_key(const sheet *s, const plot_grid *g)
{
    static const char *const shades[] = {"░", "▒", "▓", "█"};
    if (g->most <= 1) {
        return;
    }
    if (s->ascii) {
        buf_printf(s->out, "%*sspikes: as digits%s\n", LABEL, "",
                   g->most > 9 ? ", + is more than 9" : "");
        return;
    }
    buf_printf(s->out, "%*sspikes:", LABEL, "");
    for (int level = 1; level <= PLOT_SHADES; level++) {
        if (level == 1 || plot_level_most(g, level - 1) < (int64_t)g->most) {
            buf_printf(s->out, " %s %s", shades[level - 1],
                       plot_level_text(g, level, s->a));
        }
    }
    buf_text(s->out, "\n");
}

/* Dots side by side in a character. */
static int across(const sheet *s)
{
    return s->ascii || s->steps_each == 1 ? 1 : ACROSS;
}

static void draw_dots(const sheet *s, const plot_grid *g)
{
    int wide = across(s);
    int64_t n_rows = (g->rows + DOWN - 1) / DOWN;
    for (int64_t row = n_rows - 1; row >= 0; row--) {
        put_neuron(s, row, g->neurons_each * DOWN);
        for (int64_t x = 0; x * wide < g->columns; x++) {
            int dots = 0;
            for (int i = 0; i < wide * DOWN; i++) {
                int64_t column = x * wide + i / DOWN;
                int64_t k = row * DOWN + (DOWN - 1 - i % DOWN);
                bool set = column < g->columns && k < g->rows &&
                           g->value[k * g->columns + column] > 0;
                dots |= (int)set << i;
            }
            put_dots(s->out, dots);
        }
        end_row(s);
    }
}

static void draw_raster(const sheet *s)
{
    int64_t wide = s->steps_each / across(s);
    int64_t high = plot_each(s->p->n_neurons, DOT_ROWS * DOWN);
    bool dots = !s->ascii && s->p->most <= 1 && wide * high <= DOT_CELLS;
    plot_grid g = plot_bin(s->f, s->p, dots ? wide : s->steps_each,
                           dots ? DOT_ROWS * DOWN : ROWS, s->a);
    if (dots) {
        draw_dots(s, &g);
    } else {
        draw_shades(s, &g);
        put_key(s, &g);
    }
    plot_note_grid(s->f, s->p, &g, "mark", s->a);
}

/*===- real numbers ---------------------------------------------------------*/

/* Which of n parts between least and most a value is in, from 0. */
static int part_of(const plot_grid *g, double value, int n)
{
    double part = (value - g->least) / (g->most - g->least);
    int i = isfinite(part) ? (int)(part * n) : 0;
    return i < n ? i : n - 1;
}

static void put_bar(const sheet *s, const plot_grid *g, double value)
{
    static const char *const bars[BARS] = {"▁", "▂", "▃", "▄",
                                           "▅", "▆", "▇", "█"};
    if (!isfinite(value)) {
        buf_text(s->out, " ");
    } else if (s->ascii) {
        buf_printf(s->out, "%d", part_of(g, value, 10));
    } else {
        buf_text(s->out, bars[part_of(g, value, BARS)]);
    }
}

static void draw_bars(const sheet *s)
{
    plot_grid g = plot_bin(s->f, s->p, s->steps_each, ROWS, s->a);
    for (int64_t row = g.rows - 1; row >= 0; row--) {
        put_neuron(s, row, g.neurons_each);
        for (int64_t column = 0; column < g.columns; column++) {
            put_bar(s, &g, g.value[row * g.columns + column]);
        }
        end_row(s);
    }
    buf_printf(s->out, "%*s%s: %s to %s\n", LABEL, "",
               s->ascii ? "digits 0 to 9" : "bars", plot_number(s->a, g.least),
               plot_number(s->a, g.most));
    plot_note_grid(s->f, s->p, &g, "bar", s->a);
}

/* Sets the dots of a column between the value before and this one. */
static void rise(char *dot, int64_t wide, int before, int y)
{
    int from = before < 0 || y <= before ? y : before + 1;
    int to = before < 0 || y >= before ? y : before - 1;
    for (int k = from; k <= to; k++) {
        dot[k * wide] = 1;
    }
}

/* The dots of a curve: row k, column x at k * wide + x. */
static char *curve_of(const sheet *s, const plot_grid *g, int height,
                      int64_t wide)
{
    char *dot = ARENA_ARRAY(s->a, char, height *wide);
    int before = -1;
    for (int64_t x = 0; x < g->columns; x++) {
        bool known = isfinite(g->value[x]);
        int y = known ? part_of(g, g->value[x], height) : -1;
        if (known) {
            rise(dot + x, wide, before, y);
        }
        before = y;
    }
    return dot;
}

static void draw_curve(const sheet *s)
{
    int width = across(s);
    int down = s->ascii ? 1 : DOWN;
    plot_grid g = plot_bin(s->f, s->p, s->steps_each / width, 1, s->a);
    int64_t wide = g.columns + width;
    char *dot = curve_of(s, &g, CURVE_ROWS * down, wide);
    for (int row = CURVE_ROWS - 1; row >= 0; row--) {
        put_label(s, row == CURVE_ROWS - 1 ? plot_number(s->a, g.most)
                     : row == 0            ? plot_number(s->a, g.least)
                                           : "");
        for (int64_t x = 0; x < g.columns; x += width) {
            int dots = 0;
            for (int i = 0; i < width * down; i++) {
                int k = row * down + (down - 1 - i % down);
                dots |= dot[k * wide + x + i / down] << i;
            }
            if (s->ascii) {
                buf_text(s->out, dots ? "*" : " ");
            } else {
                put_dots(s->out, dots);
            }
        }
        end_row(s);
    }
    plot_note_grid(s->f, s->p, &g, "point", s->a);
}

/*===- panels ---------------------------------------------------------------*/

/* The number of a tick, centred at its column; not on the one before. */
static void put_ticks(const sheet *s, double unit, const char *name)
{
    const plot_figure *f = s->f;
    int64_t shown = f->steps.end - f->steps.first;
    double columns = (double)shown / (double)s->steps_each;
    double wanted = plot_nice((double)shown / fmax(columns / (double)LABEL, 1));
    int64_t tick = wanted < 1 ? 1 : (int64_t)wanted;
    int64_t start = s->out->size;
    int64_t t = (f->steps.first + tick - 1) / tick * tick;
    buf_printf(s->out, "%*s", LABEL, "");
    for (; t < f->steps.end; t += tick) {
        const char *text = plot_number(s->a, (double)t * unit);
        int64_t at = LABEL + (t - f->steps.first) / s->steps_each;
        int64_t pad = at - (s->out->size - start);
        if (pad >= 0) {
            buf_printf(s->out, "%*s%s ", (int)pad, "", text);
        }
    }
    buf_printf(s->out, " %s\n", name);
}

static void put_axis(const sheet *s)
{
    buf_printf(s->out, "%*s%s", LABEL - 1, "", s->ascii ? "+" : "└");
    int64_t shown = s->f->steps.end - s->f->steps.first;
    int64_t columns = (shown + s->steps_each - 1) / s->steps_each;
    for (int64_t i = 0; i < columns; i++) {
        buf_text(s->out, s->ascii ? "-" : "─");
    }
    buf_text(s->out, "\n");
    put_ticks(s, 1, "step");
    if (s->f->dt > 0) {
        put_ticks(s, s->f->dt, "time");
    }
}

static void draw_panel(const sheet *s)
{
    const plot_panel *p = s->p;
    buf_printf(s->out, "%s %s%s%s, %s\n", p->name, p->what, *p->what ? " " : "",
               p->shape, plot_facts(p, s->a));
    if (p->style == PLOT_RASTER) {
        draw_raster(s);
    } else if (p->style == PLOT_CURVES && p->n_neurons == 1) {
        draw_curve(s);
    } else {
        draw_bars(s);
    }
}

/* Steps of a character: even, so that two dots share them, or one. */
static int64_t steps_each(const plot_figure *f, int64_t columns, bool ascii)
{
    int64_t shown = f->steps.end - f->steps.first;
    int64_t part = shown <= columns || ascii ? 1 : ACROSS;
    return part * ((shown + part * columns - 1) / (part * columns));
}

void plot_text(plot_figure *f, int columns, bool ascii, buf *out, arena *a)
{
    columns = columns < LEAST_COLUMNS ? LEAST_COLUMNS : columns;
    sheet s = {.f = f,
               .steps_each = steps_each(f, columns - LABEL, ascii),
               .ascii = ascii,
               .out = out,
               .a = a};
    for (int64_t i = 0; i < f->n_panels; i++) {
        s.p = &f->panels[i];
        draw_panel(&s);
    }
    put_axis(&s);
    if (f->dt > 0) {
        plot_note(f, plot_time_text(f, a));
    }
    buf_text(out, f->notes.text ? f->notes.text : "");
}
