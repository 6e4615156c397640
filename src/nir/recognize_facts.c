/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * recognize_facts.c - what parameters, names and ports of a network have in
 * common, as far as it tells exporters apart.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/neutral.h"
#include "nir/recognize.h"

/* Parameters in f32 are rounded, and 1 - dt / tau loses digits. */
static const double RELATION_TOLERANCE = 1e-5;
static const double BETA_TOLERANCE = 1e-4;

#define DIGITS "0123456789"
#define WORD "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"

/* The nearest decimal of so many digits. */
static double decimal_of(double number, int digits)
{
    char text[32];
    locale_t before = neutral_begin();
    snprintf(text, sizeof text, "%.*g", digits, number);
    double near = strtod(text, NULL);
    neutral_end(before);
    return near;
}

double facts_round(double number)
{
    double near = decimal_of(number, 3);
    return fabs(near - number) <= BETA_TOLERANCE * number ? near : number;
}

bool facts_is_plain(double number)
{
    double near = decimal_of(number, 2);
    return fabs(near - number) <= RELATION_TOLERANCE * number;
}

/*===- parameters -----------------------------------------------------------*/

/* Element i; where lengths do not fit, which is reported later, not a number.
 */
static double element(const nir_array *x, int64_t i)
{
    bool inside = x->count == 1 || (i >= 0 && i < x->count);
    return inside && x->type != NIR_ABSENT ? nir_number(x, i) : (double)NAN;
}

/* All elements are the number, or there are none. */
static bool all_are(const nir_array *x, double number)
{
    bool same = true;
    for (int64_t i = 0; i < x->count && same; i++) {
        same = nir_number(x, i) == number;
    }
    return same;
}

static bool is_uniform(const nir_array *x)
{
    return x->count == 0 || all_are(x, nir_number(x, 0));
}

/* Which time constant of a node r belongs to. */
static const nir_array *tau_of(const nir_node *node)
{
    bool cuba = node->kind == NIR_CUBA_LI || node->kind == NIR_CUBA_LIF;
    return &node->field[cuba ? NIR_TAU_MEM : NIR_TAU];
}

static void look_at_types(facts *f, const nir_node *node)
{
    static const nir_field fields[] = {NIR_R, NIR_V_LEAK, NIR_V_THRESHOLD,
                                       NIR_V_RESET};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const nir_array *x = &node->field[fields[i]];
        bool counts = x->type != NIR_ABSENT && fields[i] != NIR_V_RESET;
        bool fits = x->type == NIR_F64 && x->shape.rank > 0;
        f->f32 = f->f32 && (!counts || x->type == NIR_F32);
        f->f64 = f->f64 && (x->type == NIR_ABSENT || fits);
    }
}

static void look_at_tau(facts *f, const nir_array *tau)
{
    for (int64_t i = 0; i < tau->count; i++) {
        f->least_tau = fmin(f->least_tau, nir_number(tau, i));
        f->most_tau = fmax(f->most_tau, nir_number(tau, i));
    }
}

/* Both have the same elements, or one of them is absent. */
static bool are_equal(const nir_array *x, const nir_array *y)
{
    int64_t n = x->count > y->count ? x->count : y->count;
    bool same = x->type == NIR_ABSENT || y->type == NIR_ABSENT;
    for (int64_t i = 0; i < n && (same || i == 0); i++) {
        same = same || element(x, i) == element(y, i);
    }
    return same;
}

static void look_at_parameters(facts *f, const nir_node *node)
{
    const nir_array *field = node->field;
    look_at_types(f, node);
    look_at_tau(f, tau_of(node));
    look_at_tau(f, &field[NIR_TAU_SYN]);
    f->no_leak = f->no_leak && all_are(&field[NIR_V_LEAK], 0.0);
    f->no_reset = f->no_reset && all_are(&field[NIR_V_RESET], 0.0);
    f->leak_is_reset =
        f->leak_is_reset && are_equal(&field[NIR_V_LEAK], &field[NIR_V_RESET]);
    f->unit_r = f->unit_r && all_are(&field[NIR_R], 1.0);
    f->unit_w_in = f->unit_w_in && all_are(&field[NIR_W_IN], 1.0);
    for (int k = NIR_TAU; k <= NIR_V_RESET; k++) {
        f->uniform = f->uniform && is_uniform(&field[k]);
    }
}

/*===- relations ------------------------------------------------------------*/

/* The time step that a time constant and a gain mean; 0: any. */
typedef double (*meaning)(double tau, double gain);

static double unit_gain(double tau, double gain) { return tau / gain; }
static double unit_input(double tau, double gain)
{
    (void)tau;
    return 1.0 / gain;
}
static double unit_or_tau(double tau, double gain)
{
    return gain == 1.0 ? 0.0 : tau / gain;
}
static double beta(double tau, double gain) { return tau * (1.0 - gain); }

/* Solves gain = exp(-x) / x for x = dt / tau by Newton's method. */
static double decayed(double tau, double gain)
{
    double x = 0.0; /* gain x - exp(-x) grows and is concave: never beyond */
    for (int i = 0; i < 60; i++) {
        x -= (gain * x - exp(-x)) / (gain + exp(-x));
    }
    return tau * x;
}

/* Adds a node to the relation, or ends it. */
static void relate(relation *r, const nir_array *tau, const nir_array *gain,
                   meaning means, double tolerance)
{
    int64_t n = tau->count > gain->count ? tau->count : gain->count;
    bool counted = false;
    for (int64_t i = 0; i < n && r->holds; i++) {
        double t = tau->type != NIR_ABSENT ? element(tau, i) : 1.0;
        double dt = means(t, element(gain, i));
        if (dt == 0.0) {
            continue;
        }
        if (r->n == 0 && !counted) {
            r->dt = dt;
            r->tau = t;
        }
        counted = true;
        r->holds =
            dt > 0.0 && isfinite(dt) && fabs(dt - r->dt) <= tolerance * r->dt;
        r->several = r->several || fabs(t - r->tau) > 0.01 * r->tau;
    }
    r->n += counted ? 1 : 0;
}

static void look_at_relations(facts *f, const nir_node *node)
{
    const nir_array *r = &node->field[NIR_R];
    const nir_array *tau = tau_of(node);
    const nir_array none = {0};
    bool lif = node->kind == NIR_LIF || node->kind == NIR_CUBA_LIF;
    if (lif) {
        relate(&f->by_tau, tau, r, unit_gain, RELATION_TOLERANCE);
        relate(&f->by_beta, tau, r, beta, BETA_TOLERANCE);
    }
    if (lif || node->kind == NIR_LI) {
        relate(&f->by_decay, tau, r, decayed, RELATION_TOLERANCE);
    }
    if (node->kind == NIR_CUBA_LIF) {
        relate(&f->by_tau_syn, &node->field[NIR_TAU_SYN],
               &node->field[NIR_W_IN], unit_gain, RELATION_TOLERANCE);
    }
    if (node->kind == NIR_LIF) {
        relate(&f->jelly, tau, r, unit_or_tau, RELATION_TOLERANCE);
    }
    if (node->kind == NIR_IF) {
        relate(&f->if_r, &none, r, unit_input, RELATION_TOLERANCE);
        relate(&f->jelly, &none, r, unit_input, RELATION_TOLERANCE);
    }
}

/*===- names and ports ------------------------------------------------------*/

/* A number, or that of a recurrent layer and a part of it. */
static bool is_number(const char *name)
{
    size_t n = strspn(name, DIGITS);
    const char *rest = name + n;
    bool part = *rest == '.' || *rest == '/';
    return n > 0 &&
           (*rest == '\0' || (part && (strcmp(rest + 1, "lif") == 0 ||
                                       strcmp(rest + 1, "w_rec") == 0)));
}

static bool is_underscored(const char *name)
{
    size_t n = *name == '_' ? strspn(name + 1, DIGITS) : 0;
    return n > 0 && name[n + 1] == '\0';
}

/* "0_LinearTorch" */
static bool has_class(const char *name)
{
    size_t n = strspn(name, DIGITS);
    const char *rest = name + n + 1;
    return n > 0 && name[n] == '_' && *rest >= 'A' && *rest <= 'Z' &&
           rest[strspn(rest, WORD)] == '\0';
}

/* The length before ".lif", ".w_rec" or the same with a slash; 0: no such. */
static size_t stem(const char *name, const char *part)
{
    size_t n = strlen(name);
    size_t end = strlen(part) + 1;
    bool has = n > end && strcmp(name + n - end + 1, part) == 0 &&
               (name[n - end] == '.' || name[n - end] == '/');
    return has ? n - end : 0;
}

/* Sorted by name, "X.w_rec" follows "X.lif" but for ports of a graph X. */
static bool is_flattened(const nir_net *net, int64_t n)
{
    const char *name = net->nodes[n].name;
    size_t length = stem(name, "lif");
    for (int64_t i = n + 1; length > 0 && i < net->n_nodes && i < n + 4; i++) {
        const char *other = net->nodes[i].name;
        if (stem(other, "w_rec") == length &&
            strncmp(name, other, length) == 0) {
            return true;
        }
    }
    return false;
}

static void look_at_name(facts *f, const nir_net *net, int64_t n)
{
    const nir_node *node = &net->nodes[n];
    if (node->kind == NIR_INPUT && node->top) {
        f->input_tensor =
            f->input_tensor || strcmp(node->name, "input_tensor") == 0;
        f->input_1 = f->input_1 || strcmp(node->name, "input_1") == 0;
    }
    if (node->kind != NIR_INPUT && node->kind != NIR_OUTPUT) {
        f->numbered = f->numbered && is_number(node->name);
        f->underscored = f->underscored && is_underscored(node->name);
        f->class_names = f->class_names && has_class(node->name);
        f->flattened = f->flattened || is_flattened(net, n);
    }
}

/* The axes that a node's parameters say its signal has; 0: they do not. */
static int64_t axes_of(const nir_node *node)
{
    bool dense = node->kind == NIR_LINEAR || node->kind == NIR_AFFINE;
    int rank = node->field[dense ? NIR_WEIGHT : NIR_R].shape.rank;
    return dense ? rank - 1 : rank;
}

static void look_at_edge(facts *f, const nir_net *net, const nir_edge *e)
{
    const nir_node *source = &net->nodes[e->source];
    const nir_node *target = &net->nodes[e->target];
    bool in = source->kind == NIR_INPUT && source->top;
    bool out = target->kind == NIR_OUTPUT && target->top;
    if (in == out) {
        return;
    }
    const nir_array *shape = &(in ? source : target)->field[NIR_SHAPE];
    int64_t axes = axes_of(in ? target : source);
    f->batch = f->batch ||
               (axes > 0 && shape->count > axes && nir_number(shape, 0) == 1.0);
}

/* Takes away nodes that nothing feeds, one by one: a cycle stays. */
static bool has_loop(const nir_net *net, arena *a)
{
    int64_t n = net->n_nodes;
    int64_t *feeds = ARENA_ARRAY(a, int64_t, n + 1);
    int64_t *first = ARENA_ARRAY(a, int64_t, n + 1);
    int64_t *ready = ARENA_ARRAY(a, int64_t, n + 1);
    int64_t height = 0;
    int64_t gone = 0;
    for (int64_t e = 0; e < net->n_edges; e++) { /* sorted by source */
        feeds[net->edges[e].target]++;
        first[net->edges[e].source + 1] = e + 1;
    }
    for (int64_t i = 0; i < n; i++) {
        first[i + 1] = first[i + 1] > first[i] ? first[i + 1] : first[i];
        if (feeds[i] == 0) {
            ready[height++] = i;
        }
    }
    while (height > 0) {
        int64_t node = ready[--height];
        gone++;
        for (int64_t e = first[node]; e < first[node + 1]; e++) {
            if (--feeds[net->edges[e].target] == 0) {
                ready[height++] = net->edges[e].target;
            }
        }
    }
    return gone < n;
}

/*===- all ------------------------------------------------------------------*/

facts facts_of_net(const nir_net *net, arena *a)
{
    const relation open = {.holds = true};
    facts f = {.f32 = true,
               .f64 = true,
               .no_leak = true,
               .no_reset = true,
               .leak_is_reset = true,
               .uniform = true,
               .unit_r = true,
               .unit_w_in = true,
               .least_tau = HUGE_VAL,
               .by_tau = open,
               .by_tau_syn = open,
               .by_decay = open,
               .by_beta = open,
               .if_r = open,
               .jelly = open,
               .numbered = true,
               .underscored = true,
               .class_names = true,
               .loop = has_loop(net, a)};
    for (int64_t n = 0; n < net->n_nodes; n++) {
        const nir_node *node = &net->nodes[n];
        f.count[node->kind]++;
        look_at_name(&f, net, n);
        if (nir_is_neuron(node->kind)) {
            f.neurons++;
            look_at_parameters(&f, node);
            look_at_relations(&f, node);
        }
    }
    for (int64_t e = 0; e < net->n_edges; e++) {
        look_at_edge(&f, net, &net->edges[e]);
    }
    f.by_tau.holds = f.by_tau.holds && !f.unit_r;
    return f;
}
