/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * settings.c - reads "NODE.PARAM" and its number or file, and amends nodes.
 */
#include "driver/settings.h"

#include <string.h>

#include "base/text.h"
#include "driver/npy.h"

typedef struct setting {
    const char *what;  /* as it was given, for diagnostics */
    const char *node;  /* "*": all neurons */
    const char *param; /* "w_rec", or the name of a field */
    nir_array numbers;
} setting;

static nir_array one_number(double value, arena *a)
{
    double *number = ARENA_NEW(a, double);
    *number = value;
    return (nir_array){.type = NIR_F64, .count = 1, .f64 = number};
}

MUST_CHECK static bool read_array(const snn_array *given, arena *a, diag *d,
                                  nir_array *numbers)
{
    npy file;
    const void *data;
    if (!npy_open(given, a, d, &file) ||
        !npy_convert(&file, NUMBER_F64, a, d, &data)) {
        return false;
    }
    if (file.rank > NIR_MAX_RANK) {
        return diag_error(d, file.path, "has %d axes, at most %d are supported",
                          file.rank, NIR_MAX_RANK);
    }
    *numbers = (nir_array){.type = NIR_F64, .count = file.count, .data = data};
    numbers->shape.rank = file.rank;
    memcpy(numbers->shape.dim, file.dim, (size_t)file.rank * sizeof *file.dim);
    return true;
}

/* A number, "none" for a floor, or an array. */
MUST_CHECK static bool read_value(const snn_array *given, arena *a, diag *d,
                                  setting *s)
{
    if (given->tensor) {
        return read_array(given, a, d, &s->numbers);
    }
    char *end;
    double value = text_read_number(given->path, &end);
    if (strcmp(s->param, "floor") == 0 && strcmp(given->path, "none") == 0) {
        s->param = "no_floor";
        s->numbers = one_number(1.0, a);
        return true;
    }
    if (end != given->path && *end == '\0') {
        s->numbers = one_number(value, a);
        return true;
    }
    return read_array(given, a, d, &s->numbers);
}

/* The name of a node may have dots: what is behind the last one is PARAM. */
MUST_CHECK static bool read_setting(const snn_options *options,
                                    const snn_array *given, arena *a, diag *d,
                                    setting *s)
{
    const char *dot = strrchr(given->node, '.');
    if (!dot || dot == given->node || dot[1] == '\0') {
        return diag_error(d, options->model,
                          "cannot set '%s': expected NODE.PARAM", given->node);
    }
    *s = (setting){.what = given->node,
                   .node = arena_text(a, given->node, dot - given->node),
                   .param = dot + 1};
    return read_value(given, a, d, s);
}

MUST_CHECK static bool apply_to(const setting *s, int64_t n, nir_net *net,
                                arena *a, diag *d)
{
    nir_field field;
    if (strcmp(s->param, "w_rec") == 0) {
        return nir_add_recurrence(net, n, &s->numbers, a, d);
    }
    if (!nir_find_field(s->param, &field)) {
        return diag_error(d, nir_where(net, &net->nodes[n], a),
                          "cannot set '%s': no node has a '%s'", s->what,
                          s->param);
    }
    return nir_amend(net, n, field, &s->numbers, a, d);
}

/* All neurons that can be told the parameter. */
MUST_CHECK static bool apply_to_all(const setting *s, nir_net *net, arena *a,
                                    diag *d)
{
    nir_field field;
    int64_t found = 0;
    bool known = nir_find_field(s->param, &field);
    for (int64_t n = 0; known && n < net->n_nodes; n++) {
        nir_kind kind = net->nodes[n].kind;
        if (nir_is_neuron(kind) && nir_can_amend(kind, field)) {
            found++;
            if (!nir_amend(net, n, field, &s->numbers, a, d)) {
                return false;
            }
        }
    }
    return found > 0 ||
           diag_error(d, net->file, "cannot set '%s': no neuron can be told it",
                      s->what);
}

bool settings_apply(compilation *c)
{
    const snn_options *options = c->options;
    for (int64_t i = 0; i < options->n_settings; i++) {
        setting s;
        if (!read_setting(options, &options->settings[i], &c->a, &c->d, &s)) {
            return false;
        }
        if (strcmp(s.node, "*") == 0) {
            if (!apply_to_all(&s, &c->net, &c->a, &c->d)) {
                return false;
            }
            continue;
        }
        int64_t n = compile_find_node(c, s.node);
        if (n < 0 || !apply_to(&s, n, &c->net, &c->a, &c->d)) {
            return false;
        }
    }
    return true;
}
