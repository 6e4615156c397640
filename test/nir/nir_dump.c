/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * nir_dump.c - nir-dump FILE: prints the network in a .nir file, for tests.
 *
 * One line per node and per edge on stdout, diagnostics on stderr. Numbers that
 * are not Input or Output shapes are cut after eight. Exit status 1 on errors.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "nir/nir.h"

enum { SHOWN = 8 };

static void report(diag_severity severity, const char *where, const char *text,
                   void *user)
{
    static const char *const names[] = {"error", "warning", "note", "help"};
    (void)user;
    fprintf(stderr, "%s: %s: %s\n", where, names[severity], text);
}

static const char *type_name(nir_type type)
{
    static const char *const names[] = {"absent", "f32", "f64", "i64"};
    return names[type];
}

static void print_field(const nir_node *node, nir_field field, arena *a)
{
    const nir_array *x = &node->field[field];
    if (x->type == NIR_ABSENT) {
        return;
    }
    printf(" %s=%s%s[", nir_field_name(field), type_name(x->type),
           nir_shape_text(&x->shape, a));
    for (int64_t i = 0; i < x->count && i < SHOWN; i++) {
        printf("%s%s", i ? " " : "", text_number(a, nir_number(x, i)));
    }
    printf(x->count > SHOWN ? " ...]" : "]");
}

static void print_windows(const nir_node *node)
{
    nir_window window[2];
    int axes = nir_windows(node, window);
    for (int i = 0; i < axes; i++) {
        const nir_window *w = &window[i];
        printf(" window=k%" PRId64 ",s%" PRId64 ",d%" PRId64 ",p%" PRId64
               "+%" PRId64,
               w->kernel, w->stride, w->dilation, w->pad_before, w->pad_after);
    }
}

static void print_node(const nir_node *node, arena *a)
{
    printf("%s%s: %s %s -> %s", node->top ? "" : "nested ", node->name,
           nir_kind_name(node->kind), nir_shape_text(&node->in, a),
           nir_shape_text(&node->out, a));
    for (int f = 0; f < NIR_FIELD_COUNT; f++) {
        print_field(node, (nir_field)f, a);
    }
    if (node->padding_word != NIR_PAD_NUMBERS) {
        printf(" padding=%s",
               node->padding_word == NIR_PAD_SAME ? "same" : "valid");
    }
    print_windows(node);
    if (node->kind == NIR_FLATTEN) {
        int first = 0;
        int last = 0;
        nir_flatten_axes(node, &first, &last);
        printf(" axes=%d..%d", first, last);
    }
    printf("\n");
}

static void print_net(const nir_net *net, arena *a)
{
    printf("version '%s'\n", net->version);
    for (int64_t i = 0; i < net->n_nodes; i++) {
        print_node(&net->nodes[i], a);
    }
    for (int64_t i = 0; i < net->n_edges; i++) {
        printf("%s -> %s\n", net->nodes[net->edges[i].source].name,
               net->nodes[net->edges[i].target].name);
    }
}

int main(int argc, char **argv)
{
    arena a = {0};
    diag d = {.report = report};
    nir_net net;
    if (argc != 2) {
        fprintf(stderr, "usage: nir-dump FILE\n");
        return 2;
    }
    bool ok = nir_read(argv[1], argv[1], &a, &d, &net) &&
              nir_infer_shapes(&net, &a, &d);
    if (ok) {
        print_net(&net, &a);
    }
    arena_free(&a);
    return ok ? 0 : 1;
}
