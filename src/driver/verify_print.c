/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * verify_print.c - the comparison as a table, or as JSON.
 */
#include <inttypes.h>
#include <math.h>

#include "base/json.h"
#include "base/text.h"
#include "driver/verify.h"
#include "reference/reference.h"

enum {
    NODE,
    KIND,
    CELLS,
    DIFFER,
    EXPECTED,
    GOT,
    PRECISION,
    RECALL,
    F1,
    RATE,
    DEAD,
    LARGEST,
    COLUMNS
};

typedef struct row {
    const char *cell[COLUMNS];
} row;

static const char *const kinds[] = {"spikes", "counts", "real"};

/*===- text -----------------------------------------------------------------*/

static const char *count_text(int64_t count, arena *a)
{
    return text_printf(a, "%" PRId64, count);
}

static const char *share_text(double share, arena *a)
{
    return isfinite(share) ? text_printf(a, "%.4g", share)
                           : text_number(a, share);
}

static row row_of(const measure *m, arena *a)
{
    row r = {{m->p->name, kinds[m->kind], count_text(m->cells, a),
              count_text(m->differ, a), "", "", "", "", "", "", "", ""}};
    if (m->kind == MEASURE_REAL) {
        r.cell[LARGEST] = share_text(m->largest_error, a);
        return r;
    }
    r.cell[EXPECTED] = count_text(m->spikes_expected, a);
    r.cell[GOT] = count_text(m->spikes_got, a);
    r.cell[PRECISION] = share_text(m->precision, a);
    r.cell[RECALL] = share_text(m->recall, a);
    r.cell[F1] = share_text(m->f1, a);
    r.cell[RATE] = share_text(m->rate_error, a);
    if (m->dead_got > 0 || m->dead_expected > 0) {
        r.cell[DEAD] = m->dead_got == m->dead_expected
                           ? count_text(m->dead_got, a)
                           : text_printf(a, "%" PRId64 ", not %" PRId64,
                                         m->dead_got, m->dead_expected);
    }
    return r;
}

/* A column that is empty below its head is left out. */
static void print_rows(const row *rows, int64_t n, buf *out)
{
    int width[COLUMNS] = {0};
    for (int64_t i = n - 1; i >= 0; i--) {
        for (int c = 0; c < COLUMNS; c++) {
            int w = text_width(rows[i].cell[c]);
            bool counts = i > 0 || width[c] > 0;
            width[c] = counts && w > width[c] ? w : width[c];
        }
    }
    for (int64_t i = 0; i < n; i++) {
        buf line = {.a = out->a};
        int64_t end = 0; /* of the last cell that is not empty */
        for (int c = 0; c < COLUMNS; c++) {
            const char *text = rows[i].cell[c];
            int pad = width[c] - text_width(text);
            if (width[c] == 0) {
                continue;
            }
            buf_printf(&line, "%s%*s%s%*s", c > 0 ? "  " : "",
                       c >= CELLS ? pad : 0, "", text, c < CELLS ? pad : 0, "");
            end = *text ? line.size : end;
        }
        buf_bytes(out, line.text, end);
        buf_text(out, "\n");
    }
}

static void print_terms(const terms *list, const char *between, buf *out)
{
    for (int64_t i = 0; i < list->n; i++) {
        const term *t = &list->list[i];
        buf_printf(out, "%s%s%s%s", i > 0 ? between : "", t->name,
                   *t->text ? " " : "", t->text);
    }
}

static void print_cause(const cause *c, buf *out)
{
    buf_printf(out, "  %s %s", c->node, c->operation);
    if (c->parameters.n > 0) {
        buf_text(out, " (");
        print_terms(&c->parameters, ", ", out);
        buf_text(out, ")");
    }
    buf_text(out, ": ");
    print_terms(&c->operands, ", ", out);
    if (c->left_out > 0) {
        buf_printf(out, ", and %" PRId64 " smaller products", c->left_out);
    }
    buf_text(out, c->operands.n > 0 ? " -> " : "");
    print_terms(&c->results, ", ", out);
    buf_text(out, "\n");
}

static void print_first(const verification *v, buf *out)
{
    const divergence *d = &v->first;
    const measure *m = d->m;
    arena *a = out->a;
    buf_printf(out, "first divergence: step %" PRId64, m->step);
    if (v->r->batched) {
        buf_printf(out, " of sample %" PRId64, m->sample);
    }
    buf_printf(out, ", node %s, neuron %s: expected %s, got %s\n", m->p->name,
               verify_index(m->p, m->element, a),
               verify_number(m->p->type, d->expected, a),
               verify_number(m->p->type, d->got, a));
    if (d->formula) {
        buf_printf(out, "  %s\n", d->formula);
    }
    for (int64_t i = 0; i < d->n_causes; i++) {
        print_cause(&d->causes[i], out);
    }
}

/* How many codes were cut to their types, by node. */
static int64_t saturations(const verification *v, int64_t node)
{
    return reference_saturations(v->r->machine, v->r->c->net.nodes[node].name);
}

static void print_saturations(const verification *v, buf *out)
{
    buf list = {.a = out->a};
    for (int64_t i = 0; i < v->r->c->net.n_nodes; i++) {
        int64_t n = saturations(v, i);
        if (n > 0) {
            buf_printf(&list, "%s%s %" PRId64, list.size > 0 ? ", " : "",
                       v->r->c->net.nodes[i].name, n);
        }
    }
    buf_printf(out, "saturations: %s\n", list.size > 0 ? list.text : "none");
}

void verify_print(const verification *v, buf *out)
{
    static const row head = {{"node", "kind", "cells", "differ", "expected",
                              "got", "precision", "recall", "F1", "rate error",
                              "dead", "largest error"}};
    row *rows = ARENA_ARRAY(out->a, row, v->n_measures + 1);
    rows[0] = head;
    for (int64_t i = 0; i < v->n_measures; i++) {
        rows[i + 1] = row_of(&v->measures[i], out->a);
    }
    print_rows(rows, v->n_measures + 1, out);
    if (v->quantized) {
        print_saturations(v, out);
    }
    if (v->first.m) {
        print_first(v, out);
    }
    buf_text(out, v->equal    ? "equal\n"
                  : v->passed ? "differs, within the tolerance\n"
                              : "differs\n");
}

/*===- JSON -----------------------------------------------------------------*/

/* JSON has no infinity and no NaN. */
static void json_number(json *j, const char *key, double number)
{
    if (isfinite(number)) {
        json_raw(j, key, text_number(j->out->a, number));
    } else {
        json_none(j, key);
    }
}

static void json_measure(json *j, const verification *v, const measure *m)
{
    int64_t dim[PORT_MAX_DIMS];
    int rank = runner_dims(v->r, m->p, dim);
    json_open(j, NULL, '{');
    json_text(j, "node", m->p->name);
    json_text(j, "kind", kinds[m->kind]);
    json_text(j, "file", v->against_floats ? NULL : m->p->path);
    json_open(j, "shape", '[');
    for (int i = 0; i < rank; i++) {
        json_int(j, NULL, dim[i]);
    }
    json_close(j, ']');
    json_int(j, "cells", m->cells);
    json_int(j, "differ", m->differ);
    json_bool(j, "passed", m->passed);
    if (m->kind == MEASURE_REAL) {
        json_number(j, "largest_error", m->largest_error);
    } else {
        json_int(j, "spikes_expected", m->spikes_expected);
        json_int(j, "spikes_got", m->spikes_got);
        json_int(j, "dead_expected", m->dead_expected);
        json_int(j, "dead_got", m->dead_got);
        json_number(j, "precision", m->precision);
        json_number(j, "recall", m->recall);
        json_number(j, "f1", m->f1);
        json_number(j, "rate_error", m->rate_error);
    }
    json_close(j, '}');
}

static void json_terms(json *j, const char *key, const terms *list)
{
    json_open(j, key, '[');
    for (int64_t i = 0; i < list->n; i++) {
        const term *t = &list->list[i];
        json_open(j, NULL, '{');
        json_text(j, "name", t->name);
        if (t->kind == TERM_NUMBER) {
            json_raw(j, "value", t->text);
        } else if (t->kind == TERM_WORD) {
            json_text(j, "value", t->text);
        } else {
            json_none(j, "value");
        }
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void json_first(json *j, const divergence *d)
{
    const measure *m = d->m;
    const port *p = m->p;
    int64_t place = m->element;
    int64_t rest = p->size;
    json_open(j, "first", '{');
    json_int(j, "sample", m->sample);
    json_int(j, "step", m->step);
    json_text(j, "node", p->name);
    json_open(j, "neuron", '[');
    for (int i = 0; i < p->rank; i++) {
        rest /= p->dim[i];
        json_int(j, NULL, place / rest);
        place %= rest;
    }
    json_close(j, ']');
    json_number(j, "expected", d->expected);
    json_number(j, "got", d->got);
    json_text(j, "formula", d->formula);
    json_open(j, "causes", '[');
    for (int64_t i = 0; i < d->n_causes; i++) {
        const cause *c = &d->causes[i];
        json_open(j, NULL, '{');
        json_text(j, "node", c->node);
        json_text(j, "operation", c->operation);
        json_terms(j, "parameters", &c->parameters);
        json_terms(j, "operands", &c->operands);
        json_int(j, "left_out", c->left_out);
        json_terms(j, "results", &c->results);
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

/* By node; null where nothing is quantized. */
static void json_saturations(json *j, const verification *v)
{
    if (!v->quantized) {
        json_none(j, "saturations");
        return;
    }
    json_open(j, "saturations", '{');
    for (int64_t i = 0; i < v->r->c->net.n_nodes; i++) {
        int64_t n = saturations(v, i);
        if (n > 0) {
            json_int(j, v->r->c->net.nodes[i].name, n);
        }
    }
    json_close(j, '}');
}

void verify_print_json(const verification *v, buf *out)
{
    json j = {.out = out};
    const snn_verify_options *how = v->how;
    json_open(&j, NULL, '{');
    json_text(&j, "file", v->r->c->options->model);
    json_text(&j, "engine",
              v->both          ? "both"
              : how->reference ? "reference"
                               : "c");
    json_bool(&j, "equal", v->equal);
    json_bool(&j, "passed", v->passed);
    json_int(&j, "samples", v->r->samples);
    json_int(&j, "steps", v->r->steps);
    json_number(&j, "atol", v->atol);
    json_number(&j, "rtol", v->rtol);
    json_number(&j, "min_f1", how->min_f1 ? v->min_f1 : (double)INFINITY);
    json_open(&j, "nodes", '[');
    for (int64_t i = 0; i < v->n_measures; i++) {
        json_measure(&j, v, &v->measures[i]);
    }
    json_close(&j, ']');
    json_saturations(&j, v);
    if (v->first.m) {
        json_first(&j, &v->first);
    } else {
        json_none(&j, "first");
    }
    json_close(&j, '}');
}
