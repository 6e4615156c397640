/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * inspect_text.c - the facts of a network as aligned columns.
 */
#include <inttypes.h>

#include "base/text.h"
#include "driver/decide.h"
#include "driver/inspect.h"

enum { NODE, KIND, SIZE, MACS, FAN_OUT, STATE, ROM, PARAMETERS, COLUMNS };

typedef struct row {
    const char *cell[COLUMNS];
} row;

static const char *count_text(int64_t count, arena *a)
{
    return count < 0 ? "?" : text_printf(a, "%" PRId64, count);
}

static const char *size_text(const nir_node *node, arena *a)
{
    buf text = {.a = a};
    bool same = node->in_known && node->out_known &&
                nir_shape_equal(&node->in, &node->out) &&
                node->field[NIR_WEIGHT].type == NIR_ABSENT;
    buf_text(&text, "");
    if (node->in_known) {
        generate_shape(&text, &node->in);
    } else {
        buf_text(&text, "?");
    }
    if (!same) {
        buf_text(&text, " -> ");
    }
    if (!same && node->out_known) {
        generate_shape(&text, &node->out);
    } else if (!same) {
        buf_text(&text, "?");
    }
    return text.text;
}

/* "9", or "6.25 to 9" for mean and maximum. */
static const char *fan_out_text(const nir_cost *cost, arena *a)
{
    if (!cost->has_fan_out) {
        return "";
    }
    if (cost->fan_out_mean == (double)cost->fan_out_max) {
        return count_text(cost->fan_out_max, a);
    }
    return text_printf(a, "%.4g, most %s", cost->fan_out_mean,
                       count_text(cost->fan_out_max, a));
}

/* "tau 0.01 to 0.02 f32(4)", "stride 2 1" */
static void add_parameter(buf *text, const nir_array *x, const char *name,
                          arena *a)
{
    buf_printf(text, "%s%s", text->size > 0 ? ", " : "", name);
    if (x->type == NIR_I64) {
        for (int64_t i = 0; i < x->count; i++) {
            buf_printf(text, " %s", nir_number_text(x, i, a));
        }
        return;
    }
    if (x->count > 0) {
        range r = range_of(x);
        buf_printf(text, " %s", nir_number_text(x, r.least, a));
        if (!r.uniform) {
            buf_printf(text, " to %s", nir_number_text(x, r.most, a));
        }
    }
    if (x->shape.rank > 0) {
        buf_printf(text, " %s%s", x->type == NIR_F32 ? "f32" : "f64",
                   nir_shape_text(&x->shape, a));
    }
}

static const char *parameters_text(const nir_node *node, arena *a)
{
    buf text = {.a = a};
    buf_text(&text, node->broken ? "(has errors)" : "");
    for (int f = 0; f < NIR_FIELD_COUNT; f++) {
        if (node->field[f].type != NIR_ABSENT) {
            add_parameter(&text, &node->field[f], nir_field_name((nir_field)f),
                          a);
        }
    }
    if (node->padding_word != NIR_PAD_NUMBERS) {
        buf_printf(&text, "%spadding %s", text.size > 0 ? ", " : "",
                   node->padding_word == NIR_PAD_SAME ? "same" : "valid");
    }
    return text.text;
}

static const char *kind_text(const nir_node *node, arena *a)
{
    return node->kind == NIR_UNKNOWN && node->type ? text_quote(a, node->type)
                                                   : nir_kind_name(node->kind);
}

static row row_of(const node_facts *n, arena *a)
{
    const nir_node *node = n->node;
    int64_t work = n->cost.macs < 0 ? -1 : n->cost.macs + n->cost.adds;
    return (row){{node->name, kind_text(node, a), size_text(node, a),
                  count_text(work, a), fan_out_text(&n->cost, a),
                  count_text(n->state_bytes, a), count_text(n->const_bytes, a),
                  parameters_text(node, a)}};
}

static void print_rows(const row *rows, int64_t n, buf *out)
{
    int width[COLUMNS] = {0};
    for (int64_t i = 0; i < n; i++) {
        for (int c = 0; c < COLUMNS; c++) {
            int w = text_width(rows[i].cell[c]);
            width[c] = w > width[c] ? w : width[c];
        }
    }
    for (int64_t i = 0; i < n; i++) {
        int gap = 0; /* spaces that are owed: none at the end of a line */
        for (int c = 0; c < COLUMNS; c++) {
            const char *text = rows[i].cell[c];
            bool right = c >= MACS && c <= ROM;
            int pad = width[c] - text_width(text);
            if (*text) {
                buf_printf(out, "%*s%s", gap + (right ? pad : 0), "", text);
                gap = right ? 2 : 2 + pad;
            } else {
                gap += width[c] + 2;
            }
        }
        buf_text(out, "\n");
    }
}

/* What a step makes of each neuron. */
static void print_updates(const facts *f, buf *out)
{
    bool first = true;
    for (int64_t i = 0; i < f->n_nodes; i++) {
        if (f->nodes[i].update) {
            buf_printf(out, "%s%s: %s\n", first ? "\nupdate of a step\n" : "",
                       f->nodes[i].node->name, f->nodes[i].update);
            first = false;
        }
    }
}

static void print_edges(const nir_net *net, buf *out)
{
    buf_printf(out, "\n%" PRId64 " edge%s\n", net->n_edges,
               net->n_edges == 1 ? "" : "s");
    for (int64_t i = 0; i < net->n_edges; i++) {
        const nir_edge *e = &net->edges[i];
        buf_printf(out, "%s -> %s%s\n", net->nodes[e->source].name,
                   net->nodes[e->target].name,
                   e->feedback ? " (of the step before)" : "");
    }
}

static void print_totals(const facts *f, buf *out)
{
    buf_printf(out, "\nMAC %" PRId64 " per step if nothing is skipped",
               f->macs);
    if (f->adds > 0) {
        buf_printf(out, ", and %" PRId64 " additions in pools", f->adds);
    }
    if (f->exact) {
        buf_printf(out,
                   "\nRAM %" PRId64 " bytes (state), ROM %" PRId64
                   " bytes (constants)\n",
                   f->ram_bytes, f->rom_bytes);
    } else {
        buf_printf(out,
                   "\nRAM %" PRId64 " bytes and more (state), ROM %" PRId64
                   " bytes (constants); estimates, since it was not compiled\n",
                   f->ram_bytes, f->rom_bytes);
    }
}

void inspect_print(survey *s, const facts *f, buf *out)
{
    static const row head = {{"node", "kind", "size", "MAC", "per spike", "RAM",
                              "ROM", "parameters"}};
    if (f->n_nodes == 0) {
        return;
    }
    row *rows = ARENA_ARRAY(&s->c.a, row, f->n_nodes + 1);
    rows[0] = head;
    for (int64_t i = 0; i < f->n_nodes; i++) {
        rows[i + 1] = row_of(&f->nodes[i], &s->c.a);
    }
    if (*s->c.net.version) {
        buf_printf(out, "version %s\n", s->c.net.version);
    }
    print_rows(rows, f->n_nodes + 1, out);
    print_updates(f, out);
    print_edges(&s->c.net, out);
    print_totals(f, out);
    if (s->c.decisions[DECIDED_SEMANTICS].n_candidates > 0) {
        buf_printf(out, "\nneeds --semantics: %s\n", decide_reason(&s->c));
        survey_candidates(s, out);
    }
}
