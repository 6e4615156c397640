/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * round.c - rounds the weights of each layer on data, row for row, and writes
 * the codes into the plan.
 */
#include <math.h>
#include <string.h>

#include "base/grid.h"
#include "tune/lattice.h"
#include "tune/tuner.h"

/* How scales are tried: from the one that just reaches the largest weight. */
enum { MOST_SCALES = 200, LEAST_SCALES = 16 };
static const double full_search = 128.0; /* weights of a row: all are tried */
static const double finest = 0.4, coarsest = 1.02;

enum { ENOUGH_STEPS = 40000, MOST_INPUTS = 2048 };
static const double enough_work = 2e10;

/*===- one layer ------------------------------------------------------------*/

/* The least scale with which no weight of the row is beyond its codes. */
static double reach_of(const weight_row *w)
{
    double least = 0.0;
    for (int64_t k = 0; k < w->n; k++) {
        least = fmax(least, fabs(w->weights[k]) / w->most[k]);
    }
    return least;
}

/* Scales to try for a row that needs this one to reach its largest weight. */
static int64_t candidates(choice c, double reach, int64_t n, double *scales)
{
    if (c.tensor) {
        scales[0] = reach;
        return 1;
    }
    if (c.power_of_two) {
        scales[0] = reach;
        scales[1] = reach / 2.0;
        return 2;
    }
    double share = full_search / (double)n;
    double wanted = (double)MOST_SCALES * share * share;
    int64_t count = wanted > (double)MOST_SCALES    ? MOST_SCALES
                    : wanted < (double)LEAST_SCALES ? LEAST_SCALES
                                                    : (int64_t)wanted;
    for (int64_t i = 0; i < count; i++) {
        double part = (double)i / (double)(count - 1);
        scales[i] = reach * (finest + part * (coarsest - finest));
    }
    return count;
}

/* Every weight becomes the nearest code. */
static void round_plainly(const weight_row *w, double scale, double *codes)
{
    for (int64_t k = 0; k < w->n; k++) {
        double r = rint(w->weights[k] / scale);
        codes[k] = fmin(fmax(r, -w->most[k]), w->most[k]);
    }
}

/* The scale of each row that just reaches its weights. */
static void first_scales(choice c, const weight_row *rows, int64_t n,
                         double *scales)
{
    double all = 0.0;
    for (int64_t m = 0; m < n; m++) {
        scales[m] = reach_of(&rows[m]);
        all = fmax(all, scales[m]);
    }
    for (int64_t m = 0; m < n; m++) {
        double s = c.tensor || scales[m] == 0.0 ? all : scales[m];
        s = s > 0.0 ? s : 1.0;
        scales[m] = c.power_of_two ? grid_above(s) : s;
    }
}

static void round_row(const layer *l, int64_t m, const record *seen,
                      int64_t runs, choice c, weight_row *w, double *h,
                      rounded *out)
{
    arena scratch = {0};
    double *codes = out->codes + m * out->n;
    layer_response(l, m, seen, runs, w, h, &scratch);
    out->spikes[m] = w->spikes;
    bool silent = !mlirOperationIsNull(l->fire) && w->spikes == 0;
    if (silent) {
        round_plainly(w, out->scales[m], codes);
    } else {
        double scales[MOST_SCALES];
        int64_t n = candidates(c, out->scales[m], w->n, scales);
        lattice_nearest(
            &(lattice){.n = w->n, .h = h, .w = w->weights, .most = w->most},
            scales, n, &scratch, codes, &out->scales[m]);
    }
    arena_free(&scratch);
}

/* False: the layer is not rounded, since no data is little enough for it. */
static bool round_layer(const tuner *t, const layer *l, const record *seen,
                        rounded *out)
{
    double work = t->how->most_work > 0.0 ? t->how->most_work : enough_work;
    double fit = work / layer_work(l, seen->steps);
    int64_t runs = fit < (double)seen->runs ? (int64_t)fit : seen->runs;
    if (runs < 1) {
        return false;
    }
    arena scratch = {0};
    int64_t rows = layer_rows(l);
    int bits[LAYER_PRODUCTS];
    const char *node = "";
    for (int64_t i = 0; i < l->n_products; i++) {
        node = ir_get_text(l->products[i], "node", &scratch);
        bits[i] = plan_choice(t, node).bits;
    }
    choice c = plan_choice(t, node);
    out->n = layer_inputs(l);
    out->scales = ARENA_ARRAY(t->a, double, rows);
    out->codes = ARENA_ARRAY(t->a, double, rows * out->n);
    out->spikes = ARENA_ARRAY(t->a, int64_t, rows);
    weight_row *all = ARENA_ARRAY(&scratch, weight_row, rows);
    double *h = ARENA_ARRAY(&scratch, double, out->n * out->n);
    for (int64_t m = 0; m < rows; m++) {
        all[m] = layer_row(l, m, bits, &scratch);
    }
    first_scales(c, all, rows, out->scales);
    for (int64_t m = 0; m < rows && !diag_interrupted(t->d); m++) {
        if (t->how->progress) {
            t->how->progress(node, m, rows, t->how->user);
        }
        round_row(l, m, seen, runs, c, &all[m], h, out);
    }
    arena_free(&scratch);
    return true;
}

/*===- all layers -----------------------------------------------------------*/

/* Weights that are whole in one power of two keep every bit without data. */
static bool is_lossless(const tuner *t, const layer *l)
{
    double grid = 0.0;
    double most = 0.0;
    int least_bits = 32;
    for (int64_t i = 0; i < l->n_products; i++) {
        MlirValue w = mlirOperationGetOperand(l->products[i], 1);
        MlirAttribute value = ir_get(ir_owner(w), "value");
        int bits =
            plan_choice(t, ir_get_text(l->products[i], "node", t->a)).bits;
        least_bits = bits < least_bits ? bits : least_bits;
        for (int64_t k = 0; k < ir_count(w); k++) {
            double r = ir_float_at(value, k);
            double unit = r != 0.0 ? grid_unit(r) : 0.0;
            grid = unit > 0.0 && (grid == 0.0 || unit < grid) ? unit : grid;
            most = fmax(most, fabs(r));
        }
    }
    return most <= grid * (ldexp(1.0, least_bits - 1) - 1.0);
}

static bool has_constants(MlirOperation op)
{
    for (intptr_t i = 1; i < mlirOperationGetNumOperands(op); i++) {
        MlirValue v = mlirOperationGetOperand(op, i);
        if (!ir_is(ir_owner(v), "snn.constant") ||
            !ir_is_float(ir_element(v))) {
            return false;
        }
    }
    return true;
}

/* Why a layer is not rounded; NULL: it is. */
static const char *obstacle(const tuner *t, const layer *l)
{
    int64_t most = t->how->most_inputs > 0 ? t->how->most_inputs : MOST_INPUTS;
    for (int64_t i = 0; i < l->n_products; i++) {
        if (!has_constants(l->products[i])) {
            return "its weights are not constants of floats";
        }
        if (layer_rows(l) !=
            ir_dim(mlirOperationGetOperand(l->products[i], 1), 0)) {
            return "the products of its sum differ in their rows";
        }
    }
    return layer_inputs(l) > most ? "its rows have too many weights" : NULL;
}

static void leave(const tuner *t, MlirOperation op, const char *why)
{
    diag_note(t->d, ir_loc_name(mlirOperationGetLocation(op), t->a),
              "the weights of '%s' are rounded plainly: %s",
              ir_get_text(op, "node", t->a), why);
}

static bool is_known(const tuner *t, MlirOperation op)
{
    for (int64_t i = 0; i < t->n; i++) {
        for (int64_t k = 0; k < t->layers[i].n_products; k++) {
            if (mlirOperationEqual(t->layers[i].products[k], op)) {
                return true;
            }
        }
    }
    return false;
}

static bool is_wanted(const tuner *t, MlirOperation op)
{
    return (ir_is(op, "snn.linear") || ir_is(op, "snn.conv")) &&
           !is_known(t, op) &&
           (!t->how->wants ||
            t->how->wants(ir_get_text(op, "node", t->a), t->how->user));
}

/* Finds all layers, and says what has to be seen of them. */
static void find_layers(tuner *t)
{
    int64_t n;
    MlirOperation *ops = ir_list(ir_body(t->step, 0), t->a, &n);
    t->layers = ARENA_ARRAY(t->a, layer, n);
    for (int64_t i = 0; i < n; i++) {
        if (!is_wanted(t, ops[i])) {
            continue;
        }
        layer *l = &t->layers[t->n];
        const char *why = NULL;
        if (!layer_find(t->step, ops[i], l, &why) ||
            (why = obstacle(t, l)) != NULL) {
            leave(t, ops[i], why);
            continue;
        }
        if (is_lossless(t, l)) {
            continue;
        }
        t->n++;
    }
}

/* What has to be seen of the layers. */
static void watch(const tuner *t, record *r, arena *a)
{
    for (int64_t i = 0; i < t->n; i++) {
        const layer *l = &t->layers[i];
        for (int64_t k = 0; k < l->n_products; k++) {
            record_add(r, mlirOperationGetOperand(l->products[k], 0), a);
        }
        MlirOperation membrane = l->states[l->n_states - 1];
        record_add(r, mlirOperationGetResult(membrane, 0), a);
        if (!mlirOperationIsNull(l->fire)) {
            record_add(r, mlirOperationGetResult(l->fire, 0), a);
        }
    }
}

static int64_t permutations_of(const tuner *t)
{
    int64_t steps = t->data->samples * t->data->steps;
    int64_t n = t->how->permutations;
    int64_t enough = (ENOUGH_STEPS + steps - 1) / steps - 1;
    return n > 0 ? n : n < 0 ? 0 : enough;
}

static bool check(const tuner *t)
{
    int bits = t->how->weights;
    if (bits != 4 && bits != 8 && bits != 16) {
        return diag_error(t->d,
                          ir_loc_name(mlirOperationGetLocation(t->step), t->a),
                          "weights of %d bits, expected 4, 8 or 16", bits);
    }
    return record_has_data(t->step, t->data, t->d);
}

/* Rounds all layers on the data and its permutations by one seed. */
static bool round_all(const tuner *t, uint64_t seed, rounded *layers)
{
    arena scratch = {0};
    record seen = {0};
    watch(t, &seen, &scratch);
    bool good = record_run(&seen, t->step, t->data, permutations_of(t), seed,
                           &scratch, t->d);
    for (int64_t i = 0; i < t->n && good; i++) {
        if (!round_layer(t, &t->layers[i], &seen, &layers[i]) &&
            seed == t->how->seed) {
            leave(t, t->layers[i].products[0], "it is too large");
        }
    }
    arena_free(&scratch);
    return good && !diag_interrupted(t->d);
}

/* A row of layer i as another rounding has it. */
static void take_row(rounded *to, const rounded *from, int64_t m)
{
    to->scales[m] = from->scales[m];
    memcpy(to->codes + m * to->n, from->codes + m * to->n,
           (size_t)to->n * sizeof *to->codes);
}

static rounded copy_of(const rounded *r, int64_t rows, arena *a)
{
    rounded c = {.scales = ARENA_ARRAY(a, double, rows),
                 .codes = ARENA_ARRAY(a, double, rows * r->n),
                 .n = r->n};
    for (int64_t m = 0; m < rows && r->n > 0; m++) {
        take_row(&c, r, m);
    }
    return c;
}

/* Takes rows of layer i of other into best where the network loses less. */
static bool mix(const tuner *t, const judge *j, int64_t i, const rounded *other,
                rounded *best, double *score)
{
    int64_t rows = layer_rows(&t->layers[i]);
    for (int64_t m = 0; m < rows && other->n > 0; m++) {
        if (other->spikes[m] == 0) {
            continue;
        }
        arena scratch = {0};
        rounded before = copy_of(&best[i], rows, &scratch);
        double with_it;
        take_row(&best[i], other, m);
        bool good = judge_score(j, best, &with_it);
        if (good && with_it > *score) {
            *score = with_it;
        } else {
            take_row(&best[i], &before, m);
        }
        arena_free(&scratch);
        if (!good) {
            return false;
        }
    }
    return true;
}

static bool round_and_choose(tuner *t, rounded **best)
{
    enum { MOST_TRIES = 16 };
    rounded *tries[MOST_TRIES];
    int64_t n = t->how->tries < 1            ? 1
                : t->how->tries > MOST_TRIES ? MOST_TRIES
                                             : t->how->tries;
    judge j;
    double top = -HUGE_VAL;
    if (n > 1 && !judge_create(&j, t, t->a)) {
        return false;
    }
    for (int64_t i = 0; i < n; i++) {
        double score = 0.0;
        tries[i] = ARENA_ARRAY(t->a, rounded, t->n);
        if (!round_all(t, t->how->seed + (uint64_t)i, tries[i]) ||
            (n > 1 && !judge_score(&j, tries[i], &score))) {
            return false;
        }
        *best = score > top ? tries[i] : *best;
        top = fmax(top, score);
    }
    for (int64_t i = 0; i < n && n > 1; i++) {
        for (int64_t k = 0; k < t->n && tries[i] != *best; k++) {
            if (!mix(t, &j, k, &tries[i][k], *best, &top)) {
                return false;
            }
        }
    }
    return true;
}

bool tune_round(MlirOperation step, const tune_data *data,
                const tune_options *how, diag *d, MlirAttribute *plan)
{
    arena own = {0};
    tuner t = {.step = step,
               .data = data,
               .how = how,
               .a = &own,
               .d = d,
               .plan = *plan};
    bool good = check(&t);
    if (good) {
        find_layers(&t);
    }
    rounded *best = NULL;
    good = good && (t.n == 0 || round_and_choose(&t, &best));
    for (int64_t i = 0; i < t.n && good; i++) {
        if (best[i].n > 0) {
            plan_write(&t, &t.layers[i], &best[i], &own);
        }
    }
    *plan = t.plan;
    arena_free(&own);
    return good;
}
