/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * plot_svg.h - what the files that draw SVG share; for src/driver only.
 */
#ifndef SNN_DRIVER_PLOT_SVG_H
#define SNN_DRIVER_PLOT_SVG_H

#include "driver/plot.h"

/* Pixels. */
enum {
    SVG_WIDTH = 960, /* of everything */
    SVG_LEFT = 76,
    SVG_RIGHT = 24,
    SVG_PLOT = SVG_WIDTH - SVG_LEFT - SVG_RIGHT,
    SVG_LINE = 16, /* of text */
    SVG_LETTER = 7 /* of one, about */
};

/* A panel, and where it stands. */
typedef struct place {
    const plot_figure *f;
    const plot_panel *p;
    plot_grid grid; /* of rasters and maps */
    int64_t top;    /* of the plot itself */
    int64_t height;
    buf *out;
    arena *a;
} place;

/* A number with at most two digits behind the point, in any locale. */
void svg_put(buf *out, double x);
/* anchor is "start", "middle" or "end"; class may be "". */
void svg_put_text(buf *out, double x, double y, const char *anchor,
                  const char *class, const char *text);

int64_t svg_shown_steps(const plot_figure *f);
/* Where the middle of a step stands. */
double svg_step_x(const plot_figure *f, double step);

/* The lines of the grid that stand upright. */
void svg_time_grid(const place *at);
/* Beside the upright axis. */
void svg_axis_name(const place *at, const char *name);
/* A swatch and its text, left of x, above the panel. Returns where it begins.
 */
double svg_key(const place *at, double x, const char *class, int thick,
               const char *text);

/* The inside of a panel, with its upright axis and its legend. */
void svg_cells(place *at, plot_figure *f);
void svg_curves(const place *at, plot_figure *f);

#endif
