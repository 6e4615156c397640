/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * search.c - --quantize=auto.
 *
 * It starts from weights of 16 bits, or of 32 if these are not enough. Then
 * each layer, the one with the most weights first, gets as few bits as keep the
 * target, with a scale for each channel, and rounded on the data where the
 * nearest codes do not keep it; then, if they keep it as well, the simpler
 * scales; then each neuron's states get 16 bits. So the last choice of a layer
 * is always tried with the whole network around it as it will be, or more
 * precise. If that is beyond the bounds, layers go down further, that one first
 * whose bytes cost least fidelity.
 */
#include "driver/search.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "driver/quantize.h"
#include "driver/trial.h"
#include "ir/ir.h"

/* What can be chosen of a node. */
typedef struct layer {
    const char *node;
    int64_t weights; /* how many; 0: it is a neuron */
    int64_t states;  /* elements of its states */
    int bits;        /* of its weights, or of its states */
    bool channels;
    bool power_of_two;
    MlirAttribute rounded; /* row of the plan with codes; null: the nearest */
    const char *limit;     /* what was not good enough; NULL: nothing */
    double limit_fidelity;
} layer;

typedef struct search {
    compilation *c;
    const recording *rec;
    double target;
    int64_t max_rom; /* bytes; -1: any */
    int64_t max_ram;
    layer *layers; /* weights first, the most first; then states */
    int64_t n_layers;
    trial best;
    /* What each group has to reach: the target, or what the most precise codes
     * reach in an order in which that is less. */
    double wanted[TRIAL_GROUPS];
    int64_t tries;
} search;

/* The smallest of all groups that count. */
static double fidelity_of(const search *s, const trial *t)
{
    double least = 1.0;
    for (int64_t g = 0; g < 2 + s->rec->orders; g++) {
        bool counts = s->wanted[g] == s->target;
        least = counts ? fmin(least, t->fidelity[g]) : least;
    }
    return least;
}

/*===- layers ---------------------------------------------------------------*/

static layer *layer_of(search *s, const char *node, bool weights)
{
    for (int64_t i = 0; i < s->n_layers; i++) {
        layer *l = &s->layers[i];
        if (strcmp(l->node, node) == 0 && (l->weights > 0) == weights) {
            return l;
        }
    }
    layer *l = &s->layers[s->n_layers++];
    *l = (layer){.node = node, .bits = weights ? 16 : 32, .channels = true};
    return l;
}

/* The most numbers first, weights before states; equal ones in order. */
static int by_size(const void *left, const void *right)
{
    const layer *p = left;
    const layer *q = right;
    int64_t a[] = {p->weights, p->states};
    int64_t b[] = {q->weights, q->states};
    if ((a[0] > 0) != (b[0] > 0)) {
        return a[0] > 0 ? -1 : 1;
    }
    for (int i = 0; i < 2; i++) {
        if (a[i] != b[i]) {
            return a[i] > b[i] ? -1 : 1;
        }
    }
    return strcmp(p->node, q->node);
}

static void find_layers(search *s)
{
    arena *a = &s->c->a;
    int64_t n;
    MlirOperation *ops = ir_list(ir_body(compile_find_step(s->c), 0), a, &n);
    s->layers = ARENA_ARRAY(a, layer, n);
    for (int64_t i = 0; i < n; i++) {
        bool weights = ir_is(ops[i], "snn.linear") || ir_is(ops[i], "snn.conv");
        if (weights) {
            MlirValue w = mlirOperationGetOperand(ops[i], 1);
            layer_of(s, ir_get_text(ops[i], "node", a), true)->weights =
                ir_count(w);
        } else if (ir_is(ops[i], "snn.integrate")) {
            layer_of(s, ir_get_text(ops[i], "node", a), false)->states +=
                ir_count(mlirOperationGetResult(ops[i], 0));
        }
    }
    qsort(s->layers, (size_t)s->n_layers, sizeof *s->layers, by_size);
}

/*===- tries ----------------------------------------------------------------*/

static MlirAttribute member(MlirAttribute dictionary, const char *name)
{
    return mlirAttributeIsNull(dictionary)
               ? dictionary
               : mlirDictionaryAttrGetElementByName(
                     dictionary, mlirStringRefCreateFromCString(name));
}

/* The other layer of the same node: its states, or its weights. NULL: none. */
static const layer *twin_of(const search *s, const layer *l)
{
    for (int64_t i = 0; i < s->n_layers; i++) {
        const layer *other = &s->layers[i];
        if (other != l && strcmp(other->node, l->node) == 0) {
            return other;
        }
    }
    return NULL;
}

/* What was chosen of a node: of its weights, if it has some, and its states. */
static MlirAttribute row_of(ir *b, const layer *weights, const layer *states)
{
    const layer *l = weights ? weights : states;
    ir_attr row[7] = {
        {"channels", mlirBoolAttrGet(b->ctx, l->channels)},
        {"power_of_two", mlirBoolAttrGet(b->ctx, l->power_of_two)}};
    intptr_t n = 2;
    MlirType i32 = ir_i(b, 32);
    if (states) {
        row[n++] = (ir_attr){"state", mlirIntegerAttrGet(i32, states->bits)};
    }
    if (weights) {
        row[n++] = (ir_attr){"weights", mlirIntegerAttrGet(i32, weights->bits)};
    }
    static const char *const given[] = {"scale", "codes", "bias"};
    for (int i = 0; i < 3 && weights; i++) {
        MlirAttribute value = member(weights->rounded, given[i]);
        if (value.ptr) {
            row[n++] = (ir_attr){given[i], value};
        }
    }
    return ir_dictionary(b, n, row);
}

/* All choices as "plan" has them. A node has one row. */
static MlirAttribute plan_of(search *s)
{
    arena *a = &s->c->a;
    ir b = ir_before(compile_find_step(s->c));
    ir_attr *rows = ARENA_ARRAY(a, ir_attr, s->n_layers);
    intptr_t n = 0;
    for (int64_t i = 0; i < s->n_layers; i++) {
        const layer *l = &s->layers[i];
        const layer *twin = twin_of(s, l);
        if (l->weights > 0) {
            rows[n++] = (ir_attr){l->node, row_of(&b, l, twin)};
        } else if (!twin) {
            rows[n++] = (ir_attr){l->node, row_of(&b, NULL, l)};
        }
    }
    return ir_dictionary(&b, n, rows);
}

static bool is_small(const search *s, const trial *t)
{
    return (s->max_rom < 0 || t->rom <= s->max_rom) &&
           (s->max_ram < 0 || t->ram <= s->max_ram);
}

static const char *scales_of(const layer *l)
{
    if (l->rounded.ptr) {
        return "rounded on the data";
    }
    return l->channels ? (l->power_of_two ? "a power of two for each channel"
                                          : "a scale for each channel")
                       : (l->power_of_two ? "one power of two" : "one scale");
}

static const char *words_of(const layer *l, arena *a)
{
    return l->weights > 0
               ? text_printf(a, "weights of %d bits, %s", l->bits, scales_of(l))
               : text_printf(a, "states of %d bits", l->bits);
}

/* Tries the layers as they are, and says what comes of it. */
static bool attempt(search *s, const layer *l, trial *t, bool *good)
{
    arena *a = &s->c->a;
    if (!trial_run(s->c, s->rec, plan_of(s), t)) {
        return false;
    }
    double fidelity = fidelity_of(s, t);
    *good = true;
    for (int64_t g = 0; g < 2 + s->rec->orders; g++) {
        *good = *good && t->fidelity[g] >= s->wanted[g];
    }
    s->tries++;
    diag_note(
        &s->c->d, s->c->options->model,
        "try %" PRId64 ": %s%s%s: fidelity %.4f, ROM %" PRId64 ", RAM %" PRId64
        "%s",
        s->tries, l ? l->node : "all", l ? ": " : ": ",
        l ? words_of(l, a)
          : text_printf(a, "%s, states of 32 bits", words_of(&s->layers[0], a)),
        fidelity, t->rom, t->ram, *good ? "" : ", too low");
    return true;
}

/* A change is good if it keeps the target, and saves something. */
static bool saves(const search *s, const trial *t)
{
    return t->rom + t->ram < s->best.rom + s->best.ram;
}

/* Keeps the change of a layer if it is good; else takes it back. */
static bool change(search *s, layer *l, layer to, bool *kept)
{
    trial t;
    layer from = *l;
    *l = to;
    if (!attempt(s, l, &t, kept)) {
        return false;
    }
    *kept = *kept && saves(s, &t);
    if (*kept) {
        s->best = t;
        return true;
    }
    const char *limit = words_of(&to, &s->c->a);
    *l = from;
    l->limit = limit;
    l->limit_fidelity = fidelity_of(s, &t);
    return true;
}

static bool is_node(const char *node, void *user)
{
    return strcmp(node, user) == 0;
}

/* The layer with weights that are rounded on the data, if they can be. */
static bool round_layer(search *s, const layer *l, layer *to)
{
    compilation *c = s->c;
    MlirAttribute plan = plan_of(s);
    *to = *l;
    tune_options how = {
        .weights = to->bits,
        .wants = is_node,
        .user = arena_text(&c->a, l->node, (int64_t)strlen(l->node))};
    if (!tune_round(compile_find_step(c), &s->rec->data, &how, &c->d, &plan)) {
        return false;
    }
    MlirAttribute row = member(plan, l->node);
    bool done = member(row, "scale").ptr != NULL;
    to->rounded = done ? row : mlirAttributeGetNull();
    return true;
}

/* Rounding on data takes two thirds of the errors away, or a bit more. */
static const double worth = 5.0;

/* So many bits: the nearest codes, or else those rounded on data. */
static bool shrink_to(search *s, layer *l, int bits, bool *kept)
{
    layer to = *l;
    layer rounded;
    to.bits = bits;
    if (!change(s, l, to, kept)) {
        return false;
    }
    if (*kept) {
        return true;
    }
    if (bits > 8 || 1.0 - l->limit_fidelity > worth * (1.0 - s->target)) {
        return true; /* rounding would not help enough */
    }
    layer was = *l;
    l->bits = bits; /* for the plan that the tuner goes by */
    bool good = round_layer(s, l, &rounded);
    *l = was;
    return good && (!rounded.rounded.ptr || change(s, l, rounded, kept));
}

/* The simplest scales that keep the target. */
static bool simplify(search *s, layer *l)
{
    static const bool simpler[][2] = {
        {false, true}, {false, false}, {true, true}};
    const char *limit = l->limit; /* tells more than simpler scales do */
    double fidelity = l->limit_fidelity;
    bool kept = false;
    for (int i = 0; i < 3 && !kept; i++) {
        layer to = *l;
        to.channels = simpler[i][0];
        to.power_of_two = simpler[i][1];
        if (!change(s, l, to, &kept)) {
            return false;
        }
    }
    l->limit = limit;
    l->limit_fidelity = fidelity;
    return true;
}

static bool shrink_weights(search *s, layer *l)
{
    bool kept = false;
    int from = l->bits;
    for (int bits = 4; bits < from && !kept; bits *= 2) {
        if (!shrink_to(s, l, bits, &kept)) {
            return false;
        }
    }
    return l->rounded.ptr || simplify(s, l);
}

static bool shrink_states(search *s, layer *l)
{
    bool kept;
    layer to = *l;
    to.bits = 16;
    return change(s, l, to, &kept);
}

/*===- the result -----------------------------------------------------------*/

static void tell(search *s)
{
    diag *d = &s->c->d;
    const char *model = s->c->options->model;
    arena *a = &s->c->a;
    for (int64_t i = 0; i < s->n_layers; i++) {
        const layer *l = &s->layers[i];
        buf text = {.a = a};
        buf_printf(&text, "%s", words_of(l, a));
        if (l->limit) {
            buf_printf(&text, "; %s would give %.4f", l->limit,
                       l->limit_fidelity);
        }
        diag_note(d, text_printf(a, "%s:%s", model, l->node), "%s", text.text);
    }
    diag_note(d, model,
              "chosen after %" PRId64 " tries: fidelity %.4f, ROM %" PRId64
              " bytes, RAM %" PRId64 " bytes",
              s->tries, fidelity_of(s, &s->best), s->best.rom, s->best.ram);
}

/*===- below the target -----------------------------------------------------*/

/* What a choice takes beyond the bounds; 0: it fits. */
static int64_t excess(const search *s, const trial *t)
{
    int64_t rom = s->max_rom < 0 ? 0 : t->rom - s->max_rom;
    int64_t ram = s->max_ram < 0 ? 0 : t->ram - s->max_ram;
    return (rom > 0 ? rom : 0) + (ram > 0 ? ram : 0);
}

/* A choice of one layer that takes less, and what came of it. */
typedef struct step_down {
    layer *l; /* NULL: there is none */
    layer to;
    trial t;
    double price; /* fidelity that is lost for a byte */
} step_down;

/* Tries a layer as `to` is; keeps it in best if it pays better. */
static bool weigh(search *s, layer *l, const layer *to, step_down *best)
{
    trial t;
    bool good;
    layer was = *l;
    *l = *to;
    bool tried = attempt(s, l, &t, &good);
    *l = was;
    int64_t saved = tried ? excess(s, &s->best) - excess(s, &t) : 0;
    double lost = fidelity_of(s, &s->best) - fidelity_of(s, &t);
    if (saved > 0 && (!best->l || lost / (double)saved < best->price)) {
        *best = (step_down){l, *to, t, lost / (double)saved};
    }
    return tried;
}

/* A neuron with states of half their bits. */
static bool weigh_states(search *s, layer *l, step_down *best)
{
    layer to = *l;
    to.bits = 16;
    to.limit = NULL;
    return l->bits == 16 || weigh(s, l, &to, best);
}

/* A layer with half of its bits: the nearest codes in the scales of channels or
 * in one, or those rounded on data. With the fewest bits, one scale. */
static bool weigh_weights(search *s, layer *l, step_down *best)
{
    bool least = l->bits == 4;
    layer to = *l;
    to.bits = least ? 4 : l->bits / 2;
    to.power_of_two = false;
    to.rounded = mlirAttributeGetNull();
    to.limit = NULL;
    for (int channels = least ? 0 : 1; channels >= 0; channels--) {
        to.channels = channels == 1;
        bool same = least && !l->channels && !l->rounded.ptr;
        if (!same && !weigh(s, l, &to, best)) {
            return false;
        }
    }
    if (least || to.bits > 8) {
        return true;
    }
    layer was = *l;
    layer rounded;
    to.channels = true;
    *l = to; /* for the plan that the tuner goes by */
    bool good = round_layer(s, l, &rounded);
    *l = was;
    return good && (!rounded.rounded.ptr || weigh(s, l, &rounded, best));
}

/* Goes down where a byte costs least fidelity, until all fits. */
static bool squeeze(search *s)
{
    step_down best = {.l = s->layers};
    while (!is_small(s, &s->best) && best.l) {
        best = (step_down){.l = NULL};
        for (int64_t i = 0; i < s->n_layers; i++) {
            layer *l = &s->layers[i];
            if (!(l->weights > 0 ? weigh_weights : weigh_states)(s, l, &best)) {
                return false;
            }
        }
        if (best.l) {
            *best.l = best.to;
            s->best = best.t;
        }
    }
    return is_small(s, &s->best) ||
           diag_error(&s->c->d, s->c->options->model,
                      "no codes are within the bounds: the smallest that were "
                      "found take ROM %" PRId64 " and RAM %" PRId64 " bytes",
                      s->best.rom, s->best.ram);
}

/*
 * The target cannot be kept within the bounds. One that was asked for is an
 * error, which says what is to be had; the default gives way.
 */
static bool fit(search *s)
{
    diag *d = &s->c->d;
    const snn_options *o = s->c->options;
    int64_t rom = s->best.rom;
    int64_t ram = s->best.ram;
    diag_note(d, o->model,
              "the target takes ROM %" PRId64 " and RAM %" PRId64
              " bytes, which is beyond the bounds: going below it",
              rom, ram);
    if (!squeeze(s)) {
        return false;
    }
    double fidelity = fidelity_of(s, &s->best);
    if (o->target_f1) {
        diag_error(d, o->model,
                   "within the bounds the best fidelity found is %.4f, "
                   "--target-f1 is %.4g, which takes ROM %" PRId64
                   " and RAM %" PRId64 " bytes",
                   fidelity, s->target, rom, ram);
        return diag_help(d, o->model,
                         "without --target-f1, the best that fits is built");
    }
    diag_warning(d, o->model,
                 "the target is missed: within the bounds the best fidelity "
                 "found is %.4f, not %.4g",
                 fidelity, s->target);
    return true;
}

/* All weights get the most bits that there are. */
static void use_most(search *s)
{
    for (int64_t i = 0; i < s->n_layers; i++) {
        s->layers[i].bits = 32;
    }
}

/*
 * Where even the most precise codes do not keep the target, rounding of the
 * floats themselves decides: a choice has to be as good, there. False if that
 * is so for the data as it is.
 */
static bool want_less(search *s)
{
    int64_t n = 0;
    for (int64_t g = 2; g < 2 + s->rec->orders; g++) {
        s->wanted[g] = fmin(s->target, s->best.fidelity[g]);
        n += s->wanted[g] < s->target;
    }
    bool good = fidelity_of(s, &s->best) >= s->target;
    if (good) {
        diag_note(&s->c->d, s->c->options->model,
                  "in %" PRId64 " of %" PRId64 " other orders of the steps "
                  "even the most precise codes do not reach the target: there "
                  "a choice has to be as good as these",
                  n, s->rec->orders);
    }
    return good;
}

bool search_run(compilation *c, const recording *rec)
{
    search s = {.c = c, .rec = rec};
    quantize_goal(c->options, &s.target, &s.max_rom, &s.max_ram);
    find_layers(&s);
    for (int64_t g = 0; g < TRIAL_GROUPS; g++) {
        s.wanted[g] = s.target;
    }
    bool good;
    if (!attempt(&s, NULL, &s.best, &good)) {
        return false;
    }
    if (!good) {
        use_most(&s);
        if (!attempt(&s, NULL, &s.best, &good)) {
            return false;
        }
    }
    if (!good && !want_less(&s)) {
        return diag_error(&c->d, c->options->model,
                          "fidelity is %.4f with the most precise codes, "
                          "--target-f1 is %.4g",
                          fidelity_of(&s, &s.best), s.target);
    }
    for (int64_t i = 0; i < s.n_layers; i++) {
        layer *l = &s.layers[i];
        if (!(l->weights > 0 ? shrink_weights : shrink_states)(&s, l)) {
            return false;
        }
    }
    if (!is_small(&s, &s.best) && !fit(&s)) {
        return false;
    }
    tell(&s);
    c->quantization.plan = plan_of(&s);
    return true;
}
