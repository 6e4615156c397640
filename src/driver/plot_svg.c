/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * plot_svg.c - a figure as SVG: the page, axes, and what stands around panels.
 */
#include "driver/plot_svg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum {
    HEAD = 26, /* of a panel: its name */
    GAP = 18,  /* between panels */
    LEAST_HEIGHT = 48,
    MOST_HEIGHT = 200,
    ROW_HEIGHT = 14, /* of a neuron, where there are few */
    CURVE_HEIGHT = 140,
    TICKS = 8 /* on the axis of steps, at most */
};

static const char style[] =
    "<style>\n"
    "text{font:12px system-ui,sans-serif;fill:#444}\n"
    ".name{font-size:13px;font-weight:600;fill:#111}\n"
    ".title{font-size:15px;font-weight:600;fill:#111}\n"
    ".page{fill:#fff}.grid{stroke:#e3e6ea}.axis{stroke:#9aa0a8}\n"
    ".axis,.grid{fill:none;shape-rendering:crispEdges}\n"
    ".curve{fill:none;stroke-width:1.3;stroke-linejoin:round}\n"
    ".l0{stroke:#0072b2}.l1{stroke:#d55e00}.l2{stroke:#009e73}\n"
    ".l3{stroke:#cc79a7}.l4{stroke:#e69f00}.l5{stroke:#56b4e9}\n"
    ".l6{stroke:#8a6d3b}.l7{stroke:#777}\n"
    ".s1{stroke:#8abbe0}.s2{stroke:#3c86c4}.s3{stroke:#134f8c}\n"
    ".s4{stroke:#04152e}.s0{stroke:#134f8c}\n"
    ".m1{stroke:#440154}.m2{stroke:#472d7b}.m3{stroke:#3b528b}\n"
    ".m4{stroke:#2c728e}.m5{stroke:#21918c}.m6{stroke:#28ae80}\n"
    ".m7{stroke:#5ec962}.m8{stroke:#addc30}.m9{stroke:#fde725}\n"
    "@media(prefers-color-scheme:dark){\n"
    "text{fill:#b6bcc4}.name,.title{fill:#f0f2f4}.page{fill:#16191d}\n"
    ".grid{stroke:#2a2f36}.axis{stroke:#6b727b}\n"
    ".s1{stroke:#2c6699}.s2{stroke:#5a9fd8}.s3{stroke:#a3cff5}\n"
    ".s4{stroke:#fff}.s0{stroke:#7db8ea}\n"
    "}\n"
    "</style>\n";

/*===- text -----------------------------------------------------------------*/

void svg_put(buf *out, double x)
{
    long long n = llround(x * 100);
    long long whole = llabs(n) / 100;
    long long part = llabs(n) % 100;
    buf_text(out, n < 0 ? "-" : "");
    if (whole > 0 || part == 0) {
        buf_printf(out, "%lld", whole);
    }
    if (part > 0) {
        buf_printf(out, part % 10 > 0 ? ".%02lld" : ".%lld",
                   part % 10 > 0 ? part : part / 10);
    }
}

/* XML has no control characters, and takes nothing but UTF-8. */
static void put_escaped(buf *out, const char *text)
{
    static const char special[] = "&<>\"";
    static const char *const names[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
    while (*text) {
        const char *found = strchr(special, *text);
        int64_t n = text_plain_length(text);
        if (found) {
            buf_text(out, names[found - special]);
        } else if (n > 0) {
            buf_bytes(out, text, n);
        } else {
            buf_text(out, "?");
        }
        text += n > 0 ? n : 1;
    }
}

void svg_put_text(buf *out, double x, double y, const char *anchor,
                  const char *class, const char *text)
{
    buf_text(out, "<text x=\"");
    svg_put(out, x);
    buf_text(out, "\" y=\"");
    svg_put(out, y);
    buf_text(out, "\"");
    if (strcmp(anchor, "start") != 0) {
        buf_printf(out, " text-anchor=\"%s\"", anchor);
    }
    if (*class) {
        buf_printf(out, " class=\"%s\"", class);
    }
    buf_text(out, ">");
    put_escaped(out, text);
    buf_text(out, "</text>\n");
}

/*===- axes -----------------------------------------------------------------*/

int64_t svg_shown_steps(const plot_figure *f)
{
    return f->steps.end - f->steps.first;
}

double svg_step_x(const plot_figure *f, double step)
{
    double part =
        (step - (double)f->steps.first + 0.5) / (double)svg_shown_steps(f);
    return (double)SVG_LEFT + part * (double)SVG_PLOT;
}

/* Steps from tick to tick. */
static int64_t step_tick(const plot_figure *f)
{
    double tick = plot_nice((double)svg_shown_steps(f) / (double)TICKS);
    return tick < 1 ? 1 : (int64_t)tick;
}

static int64_t first_tick(const plot_figure *f)
{
    int64_t tick = step_tick(f);
    return (f->steps.first + tick - 1) / tick * tick;
}

void svg_time_grid(const place *at)
{
    const plot_figure *f = at->f;
    buf_text(at->out, "<path class=\"grid\" d=\"");
    for (int64_t t = first_tick(f); t < f->steps.end; t += step_tick(f)) {
        buf_text(at->out, "M");
        svg_put(at->out, svg_step_x(f, (double)t));
        buf_printf(at->out, " %lldv%lld", (long long)at->top,
                   (long long)at->height);
    }
    buf_text(at->out, "\"/>\n");
}

static void draw_frame(const place *at)
{
    buf_printf(at->out, "<path class=\"axis\" d=\"M%d %lldv%lldh%d\"/>\n",
               SVG_LEFT, (long long)at->top, (long long)at->height, SVG_PLOT);
}

/* Below the last panel. Returns where it ends. */
static int64_t draw_time_axis(const plot_figure *f, int64_t y, buf *out,
                              arena *a)
{
    for (int64_t t = first_tick(f); t < f->steps.end; t += step_tick(f)) {
        double x = svg_step_x(f, (double)t);
        svg_put_text(out, x, (double)(y + SVG_LINE), "middle", "",
                     text_printf(a, "%lld", (long long)t));
        if (f->dt > 0) {
            svg_put_text(out, x, (double)(y + 3 * SVG_LINE + 4), "middle", "",
                         plot_number(a, (double)t * f->dt));
        }
    }
    double middle = (double)(SVG_LEFT + SVG_PLOT / 2);
    svg_put_text(out, middle, (double)(y + 2 * SVG_LINE), "middle", "", "step");
    if (f->dt > 0) {
        svg_put_text(out, middle, (double)(y + 4 * SVG_LINE + 4), "middle", "",
                     plot_time_text(f, a));
    }
    return y + (f->dt > 0 ? 4 * SVG_LINE + 4 : 2 * SVG_LINE);
}

void svg_axis_name(const place *at, const char *name)
{
    double y = (double)at->top + (double)at->height / 2;
    buf_text(at->out, "<text transform=\"translate(18 ");
    svg_put(at->out, y);
    buf_printf(at->out, ") rotate(-90)\" text-anchor=\"middle\">%s</text>\n",
               name);
}

double svg_key(const place *at, double x, const char *class, int thick,
               const char *text)
{
    double y = (double)at->top - 8;
    double left = x - (double)(strlen(text) * SVG_LETTER) - 18;
    buf_printf(at->out, "<path class=\"%s\" stroke-width=\"%d\" d=\"M", class,
               thick);
    svg_put(at->out, left);
    buf_text(at->out, " ");
    svg_put(at->out, y - 4);
    buf_text(at->out, "h12\"/>\n");
    svg_put_text(at->out, left + 16, y, "start", "", text);
    return left - 10;
}

/*===- panels ---------------------------------------------------------------*/

static int64_t height_of(const plot_panel *p)
{
    if (p->style == PLOT_CURVES) {
        return CURVE_HEIGHT;
    }
    int64_t wanted =
        p->n_neurons > MOST_HEIGHT ? MOST_HEIGHT : p->n_neurons * ROW_HEIGHT;
    return wanted < LEAST_HEIGHT  ? LEAST_HEIGHT
           : wanted > MOST_HEIGHT ? MOST_HEIGHT
                                  : wanted;
}

static void draw_head(const place *at)
{
    const plot_panel *p = at->p;
    double y = (double)at->top - 8;
    buf_printf(at->out, "<text x=\"%d\" y=\"", SVG_LEFT);
    svg_put(at->out, y);
    buf_text(at->out, "\"><tspan class=\"name\">");
    put_escaped(at->out, p->name);
    buf_text(at->out, "</tspan> ");
    put_escaped(at->out,
                text_printf(at->a, "%s%s%s, %s", p->what, *p->what ? " " : "",
                            p->shape, plot_facts(p, at->a)));
    buf_text(at->out, "</text>\n");
}

static void draw_panel(place *at, plot_figure *f)
{
    buf_text(at->out, "<g class=\"panel\">\n");
    draw_head(at);
    if (at->p->style == PLOT_CURVES) {
        svg_curves(at, f);
    } else {
        svg_cells(at, f);
    }
    draw_frame(at);
    buf_text(at->out, "</g>\n");
}

/* The lines of the notes. Returns where they end. */
static int64_t draw_notes(const plot_figure *f, int64_t y, buf *out, arena *a)
{
    const char *line = f->notes.text ? f->notes.text : "";
    y += *line ? 8 : 0;
    while (*line) {
        size_t n = strcspn(line, "\n");
        y += SVG_LINE;
        svg_put_text(out, SVG_LEFT, (double)y, "start", "",
                     arena_text(a, line, (int64_t)n));
        line += n + 1;
    }
    return y;
}

void plot_svg(plot_figure *f, buf *out, arena *a)
{
    buf body = {.a = a};
    int64_t y = *f->title ? 30 : 4;
    if (*f->title) {
        svg_put_text(&body, SVG_LEFT, 26, "start", "title", f->title);
    }
    for (int64_t i = 0; i < f->n_panels; i++) {
        place at = {.f = f,
                    .p = &f->panels[i],
                    .top = y + HEAD,
                    .height = height_of(&f->panels[i]),
                    .out = &body,
                    .a = a};
        draw_panel(&at, f);
        y = at.top + at.height + GAP;
    }
    y = draw_time_axis(f, y - GAP, &body, a);
    y = draw_notes(f, y, &body, a) + 14;
    buf_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
               "height=\"%lld\" viewBox=\"0 0 %d %lld\">\n",
               SVG_WIDTH, (long long)y, SVG_WIDTH, (long long)y);
    buf_text(out, style);
    buf_printf(out, "<rect class=\"page\" width=\"%d\" height=\"%lld\"/>\n",
               SVG_WIDTH, (long long)y);
    buf_bytes(out, body.text, body.size);
    buf_text(out, "</svg>\n");
}
