/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * network_state.c - states of a network, and what they compute.
 */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/text.h"
#include "driver/lock.h"
#include "driver/network.h"

/*===- states ---------------------------------------------------------------*/

snn_state *snn_state_create(snn_network *n)
{
    snn_state *s = NULL;
    if (snn_start(n)) {
        s = compile_memory(n->options, n->options->model, sizeof *s);
    }
    if (!s) {
        return NULL;
    }
    diag d = compile_diag(n->options);
    s->network = n;
    if (lock_or_give_up(&n->lock, &d)) { /* the interpreter reads IR */
        s->i = instance_create(&n->e, &s->a, &d);
        pthread_mutex_unlock(&n->lock);
    }
    if (!s->i) {
        snn_state_destroy(s);
        return NULL;
    }
    return s;
}

void snn_state_destroy(snn_state *s)
{
    if (s) {
        arena_free(&s->a);
        free(s);
    }
}

void snn_state_reset(snn_state *s) { instance_reset(s->i); }

bool snn_state_get(const snn_state *s, int64_t i, void *numbers)
{
    instance_get(s->i, i, numbers);
    return true;
}

bool snn_state_set(snn_state *s, int64_t i, const void *numbers)
{
    const snn_network *n = s->network;
    const port *p = &n->e.states[i];
    for (int64_t k = 0; k < p->size; k++) {
        double x = npy_number(p->type, numbers, k);
        if (!isfinite(x) || !(p->codes.scale || npy_fits(p->stored, x))) {
            arena a = {0};
            diag d = compile_diag(n->options);
            diag_error(&d, text_printf(&a, "%s:%s", n->options->model, p->name),
                       "number %lld is %s, which this state cannot have",
                       (long long)k, text_number(&a, x));
            arena_free(&a);
            return false;
        }
    }
    instance_set(s->i, i, numbers);
    return true;
}

/*===- steps ----------------------------------------------------------------*/

void network_warn(const snn_network *n, instance *const *instances,
                  int64_t count, int64_t steps, diag *d)
{
    for (int64_t k = 0; k < n->e.n_inputs; k++) {
        const port *p = &n->e.inputs[k];
        int64_t cut = 0;
        for (int64_t i = 0; i < count; i++) {
            cut += instances[i]->cut[k];
            instances[i]->cut[k] = 0;
        }
        if (cut > 0) {
            port_warn(p, n->options->model, cut, steps * p->size, d);
        }
    }
}

typedef struct advance {
    pace *pace;
    diag d;
} advance;

static bool go_on(int64_t done, void *user)
{
    advance *a = user;
    (void)done;
    return !pace_due(a->pace) || !diag_interrupted(&a->d);
}

bool snn_advance(snn_state *s, int64_t steps, const void *const *inputs,
                 void *const *outputs)
{
    advance a = {&s->pace, compile_diag(s->network->options)};
    bool good = instance_advance(s->i, steps, inputs, outputs,
                                 a.d.interrupted ? go_on : NULL, &a);
    network_warn(s->network, &s->i, 1, steps, &a.d);
    return good;
}

/*===- batches --------------------------------------------------------------*/

static int64_t threads_for(const snn_batch *b)
{
    if (b->samples <= 1) {
        return 1; /* the system takes 10 us to say how many cores there are */
    }
    int64_t n = b->threads > 0 ? b->threads : sysconf(_SC_NPROCESSORS_ONLN);
    n = n > b->samples ? b->samples : n;
    return n < 1 ? 1 : n;
}

bool snn_run_batch(snn_network *n, const snn_batch *b)
{
    arena a = {0};
    diag d = compile_diag(n->options);
    int64_t threads = threads_for(b);
    snn_state **states = ARENA_ARRAY(&a, snn_state *, threads);
    instance **instances = ARENA_ARRAY(&a, instance *, threads);
    bool good = true;
    for (int64_t i = 0; i < threads && good; i++) {
        states[i] = snn_state_create(n);
        good = states[i] != NULL;
        instances[i] = good ? states[i]->i : NULL;
    }
    if (good) {
        good = batch_run(instances, threads, b, &d, n->options->user, false);
        network_warn(n, instances, threads, b->samples * b->steps, &d);
    }
    for (int64_t i = 0; i < threads; i++) {
        snn_state_destroy(states[i]);
    }
    arena_free(&a);
    return good;
}
