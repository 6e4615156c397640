/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * inspect.c - snn_inspect: the facts of a network as JSON; inspect_text.c
 * prints them for people.
 */
#include "driver/inspect.h"

#include <math.h>

#include "base/text.h"
#include "driver/decide.h"

/* A count, or null where it is not known. */
static void put_count(json *j, const char *key, int64_t count)
{
    if (count < 0) {
        json_none(j, key);
    } else {
        json_int(j, key, count);
    }
}

static void put_shape(json *j, const char *key, const nir_shape *shape)
{
    json_open(j, key, '[');
    for (int i = 0; i < shape->rank; i++) {
        json_int(j, NULL, shape->dim[i]);
    }
    json_close(j, ']');
}

/* A number of an array; what JSON has no number for is null. */
static void put_number(json *j, const char *key, const nir_array *x, int64_t i,
                       arena *a)
{
    if (isfinite(nir_number(x, i))) {
        json_raw(j, key, nir_number_text(x, i, a));
    } else {
        json_none(j, key);
    }
}

static void put_parameter(json *j, const nir_array *x, const char *name,
                          arena *a)
{
    static const char *const types[] = {"", "f32", "f64", "i64"};
    json_open(j, name, '{');
    json_text(j, "type", types[x->type]);
    put_shape(j, "shape", &x->shape);
    if (x->count > 0) {
        range r = range_of(x);
        put_number(j, "min", x, r.least, a);
        put_number(j, "max", x, r.most, a);
        json_bool(j, "uniform", r.uniform);
    }
    if (x->type == NIR_I64) {
        json_open(j, "values", '[');
        for (int64_t i = 0; i < x->count; i++) {
            put_number(j, NULL, x, i, a);
        }
        json_close(j, ']');
    }
    json_close(j, '}');
}

static void put_parameters(json *j, const nir_node *node, arena *a)
{
    json_open(j, "parameters", '{');
    for (int f = 0; f < NIR_FIELD_COUNT; f++) {
        if (node->field[f].type != NIR_ABSENT) {
            put_parameter(j, &node->field[f], nir_field_name((nir_field)f), a);
        }
    }
    json_close(j, '}');
    if (node->padding_word != NIR_PAD_NUMBERS) {
        json_text(j, "padding",
                  node->padding_word == NIR_PAD_SAME ? "same" : "valid");
    }
}

static void put_cost(json *j, const nir_cost *cost, arena *a)
{
    put_count(j, "macs", cost->macs);
    put_count(j, "adds", cost->adds);
    if (cost->has_fan_out) {
        json_open(j, "fan_out", '{');
        json_raw(j, "mean", text_number(a, cost->fan_out_mean));
        put_count(j, "max", cost->fan_out_max);
        json_close(j, '}');
    } else {
        json_none(j, "fan_out");
    }
}

static void put_node(json *j, const node_facts *n, arena *a)
{
    const nir_node *node = n->node;
    bool known = node->kind != NIR_UNKNOWN;
    json_open(j, NULL, '{');
    json_text(j, "name", node->name);
    json_text(j, "kind", known ? nir_kind_name(node->kind) : NULL);
    json_text(j, "type", known ? nir_kind_name(node->kind) : node->type);
    json_bool(j, "top", node->top);
    json_bool(j, "broken", node->broken);
    if (node->in_known) {
        put_shape(j, "input_shape", &node->in);
    } else {
        json_none(j, "input_shape");
    }
    if (node->out_known) {
        put_shape(j, "output_shape", &node->out);
    } else {
        json_none(j, "output_shape");
    }
    put_cost(j, &n->cost, a);
    put_count(j, "state_bytes", n->state_bytes);
    put_count(j, "rom_bytes", n->const_bytes);
    json_text(j, "update", n->update);
    put_parameters(j, node, a);
    json_close(j, '}');
}

static void put_edges(json *j, const nir_net *net)
{
    json_open(j, "edges", '[');
    for (int64_t i = 0; i < net->n_edges; i++) {
        const nir_edge *e = &net->edges[i];
        json_open(j, NULL, '{');
        json_text(j, "source", net->nodes[e->source].name);
        json_text(j, "target", net->nodes[e->target].name);
        json_bool(j, "feedback", e->feedback);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void put_totals(json *j, const facts *f)
{
    json_open(j, "totals", '{');
    json_int(j, "macs", f->macs);
    json_int(j, "adds", f->adds);
    json_int(j, "ram_bytes", f->ram_bytes);
    json_int(j, "rom_bytes", f->rom_bytes);
    json_bool(j, "exact", f->exact);
    json_close(j, '}');
}

static void print_json(survey *s, const facts *f, buf *out)
{
    json j = {.out = out};
    json_open(&j, NULL, '{');
    json_text(&j, "file", s->options.model);
    json_text(&j, "version",
              *s->c.net.version != '\0' ? s->c.net.version : NULL);
    json_bool(&j, "partial", s->c.net.partial);
    json_open(&j, "nodes", '[');
    for (int64_t i = 0; i < f->n_nodes; i++) {
        put_node(&j, &f->nodes[i], &s->c.a);
    }
    json_close(&j, ']');
    put_edges(&j, &s->c.net);
    put_totals(&j, f);
    survey_problems(s, &j);
    decide_json(&s->c, &j);
    json_close(&j, '}');
}

bool snn_inspect(const snn_options *options, bool as_json,
                 void (*write)(const char *text, int64_t size, void *user))
{
    survey s;
    survey_make(&s, options, SURVEY_FACTS);
    if (compile_interrupted(&s.c)) {
        survey_close(&s);
        return false;
    }
    facts f = facts_of(&s);
    buf out = {.a = &s.c.a};
    bool good = f.n_nodes > 0;
    if (as_json) {
        print_json(&s, &f, &out);
    } else {
        survey_report(&s, options);
        inspect_print(&s, &f, &out);
    }
    if (out.size > 0) {
        write(out.text, out.size, options->user);
    }
    survey_close(&s);
    return good;
}
