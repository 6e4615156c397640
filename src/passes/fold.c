/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * fold.c - --snn-fold: a network with fewer nodes, that computes the same.
 *
 * requires: snn.network
 * ensures:  the same Inputs and Outputs, with the same types; nodes that reach
 *           no Output are gone, with a note; folded as docs/spec.md, section 6,
 *           says
 *
 * A pass of its own and not canonicalization patterns: local patterns never end
 * on a cycle of a graph region, and what lies on a cycle decides which edge is
 * cut. So nodes on cycles are not folded with others. A probed node has a
 * snn.output: its value has another user, and stays.
 */
#include "passes/fold.h"

#include <string.h>

#include "base/buf.h"
#include "ir/note.h"
#include "passes/pass_list.h"

/* More products than this would take a compilation minutes. */
static const double MAX_PRODUCTS = 1e10;
/* So many new numbers are allowed beside as many as the network has. */
static const double MIN_NUMBERS = 1 << 20;

/*===- the graph ------------------------------------------------------------*/

bool fold_is_free(const folder *f, MlirOperation op)
{
    int64_t node = wiring_find(&f->g, op);
    return node >= 0 && !f->gone[node] && !f->cyclic[node];
}

MlirOperation fold_only_user(MlirValue value)
{
    MlirOpOperand use = mlirValueGetFirstUse(value);
    if (mlirOpOperandIsNull(use) ||
        !mlirOpOperandIsNull(mlirOpOperandGetNextUse(use))) {
        return (MlirOperation){NULL};
    }
    return mlirOpOperandGetOwner(use);
}

void fold_erase(folder *f, MlirOperation op)
{
    int64_t node = wiring_find(&f->g, op);
    if (node >= 0) { /* a constant may have been made by a fold */
        f->gone[node] = true;
    }
    mlirOperationDestroy(op);
}

/*===- dead nodes -----------------------------------------------------------*/

/* A node of the file: not what stands at its inputs, and no Input. */
static bool has_name(MlirOperation op)
{
    return !ir_is(op, "snn.sum") && !ir_is(op, "snn.constant");
}

/* Says which nodes go: the first ones each, then how many more. */
static void note_dead(const folder *f, const bool *dead)
{
    enum { SHOWN = 8 };
    int64_t n = 0;
    MlirOperation last = {NULL};
    for (int64_t i = 0; i < f->g.n; i++) {
        if (dead[i] && has_name(f->g.ops[i])) {
            last = f->g.ops[i];
            n++;
            if (n <= SHOWN) {
                ir_note(last, "reaches no Output and is left out");
            }
        }
    }
    if (n > SHOWN) {
        MlirOperation network = mlirOperationGetParentOperation(last);
        ir_note(network,
                text_printf(f->a,
                            "%lld more nodes reach no Output and are left out",
                            (long long)(n - SHOWN)));
    }
}

/*
 * Inputs stay: they are arguments of the step. Since what is dead leads to
 * nothing that lives, no edge between others changes its meaning.
 */
static void erase_dead(folder *f, MlirBlock body)
{
    const bool *needed = wiring_needed(&f->g, body, f->a);
    bool *dead = ARENA_ARRAY(f->a, bool, f->g.n);
    for (int64_t i = 0; i < f->g.n; i++) {
        dead[i] = !needed[i] && !ir_is(f->g.ops[i], "snn.input");
    }
    note_dead(f, dead);
    for (int64_t i = 0; i < f->g.n; i++) {
        if (dead[i]) { /* they may form a cycle */
            mlirOperationSetOperands(f->g.ops[i], 0, NULL);
        }
    }
    for (int64_t i = 0; i < f->g.n; i++) {
        if (dead[i]) {
            fold_erase(f, f->g.ops[i]);
        }
    }
}

/*===- rules ----------------------------------------------------------------*/

typedef struct fold_rule {
    const char *op;
    bool (*fold)(folder *f, MlirOperation op);
    bool changes_floats;
} fold_rule;

static const fold_rule rules[] = {
    {"snn.scale", fold_scale_one, false},
    {"tensor.collapse_shape", fold_flatten, false},
    {"snn.avg_pool", fold_mean, false},
    {"snn.linear", fold_scale_before, false},
    {"snn.linear", fold_scale_after, false},
    {"snn.linear", fold_linear, true},
    {"snn.conv", fold_scale_before, false},
    {"snn.conv", fold_scale_after, false},
};

/* Tries every rule on every node. */
static bool fold_all(folder *f)
{
    bool changed = false;
    for (int64_t i = 0; i < f->g.n; i++) {
        for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
            if (!f->gone[i] && !f->cyclic[i] &&
                ir_is(f->g.ops[i], rules[r].op) &&
                (f->all || !rules[r].changes_floats)) {
                changed = rules[r].fold(f, f->g.ops[i]) || changed;
            }
        }
    }
    return changed;
}

/*===- the pass -------------------------------------------------------------*/

static double count_numbers(const wiring *g)
{
    double n = 0;
    for (int64_t i = 0; i < g->n; i++) {
        if (wiring_is_constant(g, i)) {
            n += (double)ir_count(mlirOperationGetResult(g->ops[i], 0));
        }
    }
    return n;
}

static void fold(MlirOperation network, bool any, bool all, arena *a)
{
    MlirBlock body = ir_body(network, 0);
    folder f = {.a = a, .all = all, .products = MAX_PRODUCTS};
    f.g = wiring_make(body, &(time_rule){0}, a);
    f.numbers = MIN_NUMBERS + count_numbers(&f.g);
    f.cyclic = schedule_cyclic(&f.g.edges, a);
    f.gone = ARENA_ARRAY(a, bool, f.g.n);
    erase_dead(&f, body);
    for (int64_t i = 0; i < f.g.n && any; i++) {
        if (!f.gone[i]) {
            fold_uniform(f.g.ops[i]);
        }
    }
    /* This ends: each fold takes a node away, moves a Flatten up, or makes a
     * mean a sum. */
    bool more = any;
    while (more) {
        more = fold_all(&f);
    }
}

bool fold_run(MlirOperation module, const char *const *options)
{
    const char *level = options[0];
    bool all = strcmp(level, "all") == 0;
    bool any = all || strcmp(level, "exact") == 0;
    if (!any && strcmp(level, "none") != 0) {
        return ir_error(module, "level is '%s', expected exact, all or none",
                        level);
    }
    arena a = {0};
    int64_t n;
    MlirOperation *ops = ir_list(ir_body(module, 0), &a, &n);
    for (int64_t i = 0; i < n; i++) {
        if (ir_is(ops[i], "snn.network")) {
            fold(ops[i], any, all, &a);
        }
    }
    arena_free(&a);
    return true;
}
