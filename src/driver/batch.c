/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * batch.c - hands samples to threads, while the thread that called waits, to
 * say how far they are and to ask whether to go on.
 */
#include "driver/batch.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

enum { MILLISECOND = 1000000, SECOND = 1000000000 };

/*===- time -----------------------------------------------------------------*/

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

bool pace_due(pace *p)
{
    enum { SHORT = MILLISECOND, LONG = 16 * MILLISECOND, MOST = 1 << 16 };
    if (++p->steps < p->stride) {
        return false;
    }
    int64_t at = now();
    int64_t took = at - p->last;
    int64_t stride = took < SHORT ? 2 * p->stride : p->stride;
    stride = took > LONG ? p->stride / 2 : stride;
    p->stride = stride < 1 ? 1 : stride > MOST ? MOST : stride;
    p->last = at;
    p->steps = 0;
    return true;
}

/*===- samples --------------------------------------------------------------*/

typedef struct team {
    const snn_batch *b;
    diag *d; /* of the thread that called */
    void *user;
    bool every_step;
    _Atomic int64_t next; /* sample that nobody has taken */
    atomic_bool stop;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    int64_t running; /* guarded by lock */
} team;

typedef struct worker {
    team *t;
    instance *i;
    const void **in;
    void **out;
    pthread_t thread;
    pace pace;
    int64_t before;       /* steps of the samples that it has done */
    _Atomic int64_t done; /* steps, from time to time */
} worker;

static int64_t total(const team *t) { return t->b->samples * t->b->steps; }

static void point(worker *w, int64_t sample)
{
    const engine *e = w->i->e;
    int64_t first = sample * w->t->b->steps;
    for (int64_t k = 0; k < e->n_inputs; k++) {
        const port *p = &e->inputs[k];
        w->in[k] = (const char *)w->t->b->inputs[k] +
                   first * p->size * number_size(p->type);
    }
    for (int64_t k = 0; k < e->n_shown; k++) {
        const port *p = &e->outputs[e->shown[k]];
        char *to = w->t->b->outputs[k];
        w->out[k] = to ? to + first * p->size * number_size(p->type) : NULL;
    }
}

static void run_samples(worker *w, bool (*behind)(int64_t done, void *user))
{
    team *t = w->t;
    bool good = true;
    while (good && !atomic_load(&t->stop)) {
        int64_t sample = atomic_fetch_add(&t->next, 1);
        if (sample >= t->b->samples) {
            break;
        }
        point(w, sample);
        instance_reset(w->i);
        good = instance_advance(w->i, t->b->steps, w->in, w->out, behind, w);
        w->before += good ? t->b->steps : 0;
        atomic_store(&w->done, w->before);
    }
}

/*===- on this thread -------------------------------------------------------*/

static bool behind_alone(int64_t done, void *user)
{
    worker *w = user;
    team *t = w->t;
    bool due = pace_due(&w->pace);
    done += w->before;
    if (t->b->progress && (t->every_step || (due && done < total(t)))) {
        t->b->progress(done, total(t), t->user);
    }
    if (due && diag_interrupted(t->d)) {
        atomic_store(&t->stop, true);
        return false;
    }
    return true;
}

/*===- in several -----------------------------------------------------------*/

static bool behind_among(int64_t done, void *user)
{
    worker *w = user;
    if (pace_due(&w->pace)) {
        atomic_store_explicit(&w->done, w->before + done, memory_order_relaxed);
    }
    return !atomic_load_explicit(&w->t->stop, memory_order_relaxed);
}

static void *work(void *user)
{
    worker *w = user;
    run_samples(w, behind_among);
    pthread_mutex_lock(&w->t->lock);
    w->t->running--;
    pthread_cond_signal(&w->t->ended);
    pthread_mutex_unlock(&w->t->lock);
    return NULL;
}

/* Signals are for the thread that called: it is the one that asks. */
static int64_t start(team *t, worker *list, int64_t n)
{
    int64_t started = 0;
    sigset_t all;
    sigset_t old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    t->running = n;
    while (started < n && pthread_create(&list[started].thread, NULL, work,
                                         &list[started]) == 0) {
        started++;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_mutex_lock(&t->lock);
    t->running -= n - started;
    pthread_mutex_unlock(&t->lock);
    return started;
}

static void say(const team *t, const worker *list, int64_t n)
{
    int64_t done = 0;
    for (int64_t i = 0; i < n; i++) {
        done += atomic_load(&list[i].done);
    }
    if (t->b->progress && done < total(t)) {
        t->b->progress(done, total(t), t->user);
    }
}

static void wait_for(team *t, const worker *list, int64_t n)
{
    pthread_mutex_lock(&t->lock);
    while (t->running > 0) {
        int64_t end = now() + 20 * (int64_t)MILLISECOND;
        struct timespec until = {.tv_sec = end / SECOND,
                                 .tv_nsec = end % SECOND};
        pthread_cond_timedwait(&t->ended, &t->lock, &until);
        if (t->running == 0) {
            break;
        }
        pthread_mutex_unlock(&t->lock); /* what is called may take its time */
        if (!atomic_load(&t->stop)) {
            say(t, list, n);
            atomic_store(&t->stop, diag_interrupted(t->d));
        }
        pthread_mutex_lock(&t->lock);
    }
    pthread_mutex_unlock(&t->lock);
}

/* False: not one thread could be made. */
static bool run_threads(team *t, worker *list, int64_t n)
{
    pthread_condattr_t how;
    pthread_condattr_init(&how);
    pthread_condattr_setclock(&how, CLOCK_MONOTONIC);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->ended, &how);
    pthread_condattr_destroy(&how);
    int64_t started = start(t, list, n);
    if (started > 0) {
        wait_for(t, list, started);
    }
    for (int64_t i = 0; i < started; i++) {
        pthread_join(list[i].thread, NULL);
    }
    pthread_cond_destroy(&t->ended);
    pthread_mutex_destroy(&t->lock);
    return started > 0;
}

/*===- all ------------------------------------------------------------------*/

bool batch_run(instance *const *instances, int64_t n, const snn_batch *b,
               diag *d, void *user, bool every_step)
{
    arena a = {0};
    const engine *e = instances[0]->e;
    team t = {.b = b, .d = d, .user = user, .every_step = every_step};
    worker *list = ARENA_ARRAY(&a, worker, n);
    for (int64_t i = 0; i < n; i++) {
        list[i].t = &t;
        list[i].i = instances[i];
        list[i].in = ARENA_ARRAY(&a, const void *, e->n_inputs + 1);
        list[i].out = ARENA_ARRAY(&a, void *, e->n_shown + 1);
    }
    if (n == 1 || !run_threads(&t, list, n)) {
        run_samples(&list[0], behind_alone);
    }
    bool good = !atomic_load(&t.stop);
    if (good && b->progress && !every_step && total(&t) > 0) {
        b->progress(total(&t), total(&t), user);
    }
    arena_free(&a);
    return good;
}
