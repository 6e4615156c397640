/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * verify_measure.c - how far an array is from the recorded one.
 */
#include <math.h>

#include "driver/verify.h"

/* a / b, and 1 where there is nothing to be right or wrong about. */
static double share(int64_t a, int64_t b)
{
    return b == 0 ? 1.0 : (double)a / (double)b;
}

static double rate_error(int64_t got, int64_t expected)
{
    double difference = fabs((double)got - (double)expected);
    if (difference == 0.0) {
        return 0.0;
    }
    return expected == 0 ? (double)INFINITY
                         : difference / fabs((double)expected);
}

static bool differs(const verification *v, const measure *m, double got,
                    double expected)
{
    if (m->kind != MEASURE_REAL) {
        return got != expected;
    }
    return !(fabs(got - expected) <= v->atol + v->rtol * fabs(expected));
}

/* Steps come first, since they are what causes follow; then samples. */
static void note_first(const verification *v, measure *m, int64_t cell)
{
    int64_t time = cell / m->p->size;
    int64_t step = time % v->r->steps;
    if (m->differ == 0 || step < m->step) {
        m->step = step;
        m->sample = time / v->r->steps;
        m->element = cell % m->p->size;
    }
}

/* How many elements never emit. */
static void count_dead(measure *m, arena *a)
{
    int64_t n = m->p->size;
    bool *got = ARENA_ARRAY(a, bool, n);
    bool *expected = ARENA_ARRAY(a, bool, n);
    for (int64_t i = 0; i < m->cells; i++) {
        got[i % n] |= npy_number(m->p->type, m->p->data, i) != 0.0;
        expected[i % n] |= m->expected[i] != 0.0;
    }
    for (int64_t i = 0; i < n; i++) {
        m->dead_got += !got[i];
        m->dead_expected += !expected[i];
    }
}

void verify_measure(const verification *v, measure *m)
{
    int64_t right = 0; /* spikes that are in both */
    for (int64_t i = 0; i < m->cells; i++) {
        double got = npy_number(m->p->type, m->p->data, i);
        double expected = m->expected[i];
        if (differs(v, m, got, expected)) {
            note_first(v, m, i);
            m->differ++;
        }
        if (m->kind == MEASURE_REAL) {
            double error = fabs(got - expected);
            error = isnan(error) ? (double)INFINITY : error;
            m->largest_error = fmax(m->largest_error, error);
        } else {
            m->spikes_expected += (int64_t)expected;
            m->spikes_got += (int64_t)got;
            right += (int64_t)fmin(got, expected);
        }
    }
    if (m->kind != MEASURE_REAL) {
        count_dead(m, &v->r->c->a);
    }
    m->precision = share(right, m->spikes_got);
    m->recall = share(right, m->spikes_expected);
    m->f1 = share(2 * right, m->spikes_got + m->spikes_expected);
    m->rate_error = rate_error(m->spikes_got, m->spikes_expected);
    m->passed =
        m->differ == 0 || (m->kind != MEASURE_REAL && m->f1 >= v->min_f1);
}
