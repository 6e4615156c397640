/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * plot.h - figures of what nodes emit; for src/driver only.
 *
 * A figure has panels under each other, one for each node, that share the axis
 * of steps. plot_panel.c makes panels of arrays, plot_grid.c counts and bins,
 * plot_svg.c and plot_text.c draw.
 */
#ifndef SNN_DRIVER_PLOT_H
#define SNN_DRIVER_PLOT_H

#include "base/buf.h"
#include "base/diag.h"
#include "driver/npy.h"
#include "snn.h"

enum {
    PLOT_MAX_PANELS = 8, /* of nodes that nobody asked for by name */
    PLOT_MAX_LINES = 8,  /* that can be told apart */
    PLOT_SHADES = 4      /* of spikes in a cell */
};

typedef enum plot_style {
    PLOT_AUTO,
    PLOT_RASTER, /* a mark for each spike */
    PLOT_CURVES, /* a line for each neuron */
    PLOT_MAP     /* a colour for each value */
} plot_style;

/* Half open: first to end - 1. */
typedef struct plot_range {
    int64_t first;
    int64_t end;
} plot_range;

/* What somebody wants to see. */
typedef struct plot_choice {
    plot_style style;
    plot_range steps; /* end 0: to the last */
    const plot_range *neurons;
    int64_t n_neurons; /* ranges; 0: all neurons */
    int64_t sample;
    bool has_sample; /* was given, so that arrays begin with an axis of it */
} plot_choice;

/* What a node emitted, or what was recorded. */
typedef struct plot_array {
    const char *name;
    const char *what;  /* kind of the node, or "" */
    const char *where; /* of diagnostics */
    int64_t samples;
    int64_t steps;
    int rank; /* of a step */
    const int64_t *dim;
    number_type type;
    const char *data; /* samples x steps x dim */
    bool counts;      /* numbers are spikes or counts if they can be */
} plot_array;

/* One node: its values at steps first to first + steps - 1 of the figure. */
typedef struct plot_panel {
    const char *name;
    const char *what;
    const char *shape; /* "(2, 34, 34)" */
    plot_style style;  /* not PLOT_AUTO */
    bool events;       /* spikes or counts; else real numbers */
    int64_t samples;
    int64_t steps;          /* that there are to show */
    const int64_t *neurons; /* the row-major index of each row */
    int64_t n_neurons;
    int64_t n_all;       /* neurons of the node */
    const double *value; /* steps x n_neurons */
    double total;
    double least;
    double most;
} plot_panel;

typedef struct plot_figure {
    const char *title; /* "": none */
    plot_panel *panels;
    int64_t n_panels;
    plot_range steps;
    double dt; /* 0: not known */
    buf notes; /* a line for each, what the reader should know */
} plot_figure;

/*
 * Reads an array of shape (steps, *shape); with a sample chosen, or where a
 * step has the rank and there is one axis more, (samples, steps, *shape). rank
 * is -1 where it is not known. Fails where the file cannot be read, or has no
 * steps.
 */
MUST_CHECK bool plot_load(const snn_array *file, int rank,
                          const plot_choice *choice, arena *a, diag *d,
                          plot_array *array);
/* Takes what was chosen; fails where it is not in the array. */
MUST_CHECK bool plot_take(const plot_array *array, const plot_choice *choice,
                          arena *a, diag *d, plot_panel *panel);

/* The figure's steps from those of its panels. */
void plot_set_steps(plot_figure *f, const plot_choice *choice);

/* Cells of several steps and neurons: sums of spikes, means of real numbers. */
typedef struct plot_grid {
    int64_t columns;
    int64_t rows;
    int64_t steps_each;
    int64_t neurons_each;
    double *value; /* rows x columns; NAN: nothing is known */
    double least;
    double most;
} plot_grid;

/* How many of n go into a cell, 1, 2, 5, 10, ..., if cells may be most. */
int64_t plot_each(int64_t n, int64_t most);
/* A grid of cells of so many steps, and of at most so many rows. */
plot_grid plot_bin(const plot_figure *f, const plot_panel *p,
                   int64_t steps_each, int64_t most_rows, arena *a);
/*
 * Which of the levels a value of the grid has, from 1; 0: it is not to be seen,
 * be it no spike or not known. Levels are equal parts: of spikes of the most,
 * but at least one each; of real numbers of what lies between least and most.
 */
int plot_level(const plot_grid *g, bool events, int levels, double value);
/* The most spikes in a cell of a level, from 1. */
int64_t plot_level_most(const plot_grid *g, int level);
/* "1", or "3-4": the spikes in a cell of a level. */
const char *plot_level_text(const plot_grid *g, int level, arena *a);
/* Says what a cell is, if it is not one step of one neuron. */
void plot_note_grid(plot_figure *f, const plot_panel *p, const plot_grid *g,
                    const char *mark, arena *a);

/* The smallest 1, 2 or 5 times a power of ten that is not below x > 0. */
double plot_nice(double x);
/* A number to be read: at most 6 digits. */
const char *plot_number(arena *a, double x);
/* "120 spikes, 0.05 per neuron and step", or "from -1 to 2". */
const char *plot_facts(const plot_panel *p, arena *a);
/* What the two axes of time are called. */
const char *plot_time_text(const plot_figure *f, arena *a);

/* A note for the reader of the figure; each is said once. */
void plot_note(plot_figure *f, const char *note);

void plot_svg(plot_figure *f, buf *out, arena *a);
/* columns: the width. ascii: nothing but ASCII. */
void plot_text(plot_figure *f, int columns, bool ascii, buf *out, arena *a);

#endif
