/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lattice.c - searches codes: from each scale, rounding in sequence, where what
 * one code loses is made up for by the codes after it, and plain rounding; then
 * steps of 1 in one code, and at last in two, as long as they gain something.
 */
#include "tune/lattice.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MAX_MOVES = 5000 };

typedef struct search {
    const lattice *l;
    double *root;   /* H = root root', in order, upper triangular */
    int64_t *order; /* largest diagonal first */
    double scale;
    double *c;
    double *d;       /* scale c - w */
    double *slope;   /* H d */
    double *gain[2]; /* what J changes by with c + 1, with c - 1 */
} search;

/*===- rounding in sequence -------------------------------------------------*/

static void sort_by_diagonal(search *s)
{
    int64_t n = s->l->n;
    for (int64_t i = 0; i < n; i++) {
        double x = s->l->h[i * n + i];
        int64_t k = i;
        for (; k > 0 && s->l->h[s->order[k - 1] * (n + 1)] < x; k--) {
            s->order[k] = s->order[k - 1];
        }
        s->order[k] = i;
    }
}

/* Cholesky from the last row to the first. A little is added to the diagonal,
 * so that what never varied has a root as well. */
static void take_root(search *s)
{
    int64_t n = s->l->n;
    const double *h = s->l->h;
    double trace = 0.0;
    for (int64_t i = 0; i < n; i++) {
        trace += h[i * n + i];
    }
    double more = 1e-6 * trace / (double)n;
    for (int64_t k = n - 1; k >= 0; k--) {
        const double *row = s->root + k * n;
        for (int64_t i = k; i >= 0; i--) {
            double *other = s->root + i * n;
            double sum = h[s->order[i] * n + s->order[k]];
            sum += i == k ? more : 0.0;
            for (int64_t j = k + 1; j < n; j++) {
                sum -= other[j] * row[j];
            }
            other[k] = i == k ? sqrt(fmax(sum, more * 1e-6)) : sum / row[k];
        }
    }
}

static double limited(double x, double most)
{
    return fmin(fmax(rint(x), -most), most);
}

static void round_in_sequence(search *s)
{
    int64_t n = s->l->n;
    double *back = s->gain[0]; /* what codes before it have lost, by code */
    memset(back, 0, (size_t)n * sizeof *back);
    for (int64_t i = 0; i < n; i++) {
        int64_t at = s->order[i];
        const double *row = s->root + i * n;
        double wanted = s->l->w[at] - back[i] / row[i];
        s->c[at] = limited(wanted / s->scale, s->l->most[at]);
        double lost = s->scale * s->c[at] - s->l->w[at];
        for (int64_t k = i + 1; k < n; k++) {
            back[k] += row[k] * lost;
        }
    }
}

static void round_plainly(search *s)
{
    for (int64_t i = 0; i < s->l->n; i++) {
        s->c[i] = limited(s->l->w[i] / s->scale, s->l->most[i]);
    }
}

/*===- steps ----------------------------------------------------------------*/

/* J, and the slopes there. */
static double measure(search *s)
{
    int64_t n = s->l->n;
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++) {
        s->d[i] = s->scale * s->c[i] - s->l->w[i];
    }
    for (int64_t i = 0; i < n; i++) {
        const double *row = s->l->h + i * n;
        double slope = 0.0;
        for (int64_t k = 0; k < n; k++) {
            slope += row[k] * s->d[k];
        }
        s->slope[i] = slope;
        sum += slope * s->d[i];
    }
    return sum;
}

/* A step of one code, or of two; sign 0 is up, 1 down. */
typedef struct move {
    double gain; /* below 0: J falls */
    int64_t at[2];
    int sign[2];
    int n;
} move;

static double step_of(const search *s, int sign)
{
    return sign ? -s->scale : s->scale;
}

static move best_single(search *s)
{
    int64_t n = s->l->n;
    move best = {0};
    for (int64_t i = 0; i < n; i++) {
        for (int sign = 0; sign < 2; sign++) {
            double step = step_of(s, sign);
            double c = s->c[i] + (sign ? -1.0 : 1.0);
            double gain = fabs(c) > s->l->most[i]
                              ? HUGE_VAL
                              : 2.0 * step * s->slope[i] +
                                    step * step * s->l->h[i * n + i];
            s->gain[sign][i] = gain;
            if (gain < best.gain) {
                best = (move){gain, {i, 0}, {sign, 0}, 1};
            }
        }
    }
    return best;
}

/* The best partner for a step of code i; needs what best_single has left. */
static void try_pairs(const search *s, int64_t i, int sign, move *best)
{
    int64_t n = s->l->n;
    const double *row = s->l->h + i * n;
    double first = s->gain[sign][i];
    double twice = 2.0 * step_of(s, sign);
    for (int64_t k = 0; k < i && first < HUGE_VAL; k++) {
        for (int other = 0; other < 2; other++) {
            double gain =
                first + s->gain[other][k] + twice * step_of(s, other) * row[k];
            if (gain < best->gain) {
                *best = (move){gain, {i, k}, {sign, other}, 2};
            }
        }
    }
}

static move best_pair(search *s)
{
    move best = {0};
    for (int64_t i = 0; i < s->l->n; i++) {
        for (int sign = 0; sign < 2; sign++) {
            try_pairs(s, i, sign, &best);
        }
    }
    return best;
}

static void make_move(search *s, const move *m)
{
    int64_t n = s->l->n;
    for (int i = 0; i < m->n; i++) {
        const double *row = s->l->h + m->at[i] * n;
        double step = step_of(s, m->sign[i]);
        s->c[m->at[i]] += m->sign[i] ? -1.0 : 1.0;
        for (int64_t k = 0; k < n; k++) {
            s->slope[k] += step * row[k];
        }
    }
}

static double descend(search *s, bool pairs)
{
    double sum = measure(s);
    for (int i = 0; i < MAX_MOVES; i++) {
        move m = best_single(s);
        double least = -1e-9 * sum;
        if (m.gain >= least && pairs) {
            m = best_pair(s);
        }
        if (m.gain >= least) {
            break;
        }
        make_move(s, &m);
        sum += m.gain;
    }
    return measure(s);
}

double lattice_nearest(const lattice *l, const double *scales, int64_t n_scales,
                       arena *a, double *codes, double *scale)
{
    int64_t n = l->n;
    search s = {.l = l,
                .root = ARENA_ARRAY(a, double, n *n),
                .order = ARENA_ARRAY(a, int64_t, n),
                .c = ARENA_ARRAY(a, double, n),
                .d = ARENA_ARRAY(a, double, n),
                .slope = ARENA_ARRAY(a, double, n),
                .gain = {ARENA_ARRAY(a, double, n), ARENA_ARRAY(a, double, n)}};
    sort_by_diagonal(&s);
    take_root(&s);
    double best = HUGE_VAL;
    for (int64_t i = 0; i < 2 * n_scales; i++) {
        s.scale = scales[i / 2];
        if (i % 2 == 0) {
            round_in_sequence(&s);
        } else {
            round_plainly(&s);
        }
        double sum = descend(&s, false);
        if (sum < best) {
            best = sum;
            *scale = s.scale;
            memcpy(codes, s.c, (size_t)n * sizeof *codes);
        }
    }
    s.scale = *scale;
    memcpy(s.c, codes, (size_t)n * sizeof *codes);
    best = descend(&s, true);
    memcpy(codes, s.c, (size_t)n * sizeof *codes);
    return best;
}
