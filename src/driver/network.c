/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * network.c - opens a network, says what it has, and starts it.
 */
#include "driver/network.h"

#include <stdlib.h>
#include <string.h>

#include "driver/compiler.h"
#include "driver/lock.h"

/*===- what it has ----------------------------------------------------------*/

static snn_port public_port(const port *p)
{
    static const struct {
        char kind;
        int size;
    } types[] = {{'u', 1}, {'i', 1}, {'i', 2}, {'i', 4}, {'f', 4}, {'f', 8}};
    return (snn_port){.name = p->name,
                      .kind = types[p->type].kind,
                      .itemsize = types[p->type].size,
                      .rank = p->rank,
                      .dim = p->dim,
                      .size = p->size};
}

static const snn_port *public_ports(snn_network *n, const port *ports,
                                    const int64_t *chosen, int64_t count)
{
    snn_port *list = ARENA_ARRAY(&n->c.a, snn_port, count);
    for (int64_t i = 0; i < count; i++) {
        list[i] = public_port(&ports[chosen ? chosen[i] : i]);
    }
    return list;
}

/* The Outputs, then the probes in their order. */
MUST_CHECK static bool choose_outputs(snn_network *n)
{
    runner *r = &n->r;
    bool good = true;
    n->info.n_probes = n->how.n_probes;
    n->info.n_outputs = r->n_named + n->how.n_probes;
    n->shown = ARENA_ARRAY(&n->c.a, int64_t, n->info.n_outputs);
    for (int64_t i = 0; i < r->n_named; i++) {
        n->shown[i] = i;
    }
    for (int64_t i = 0; i < n->how.n_probes; i++) {
        const port *p = runner_find_shown(r, i);
        good = p && good;
        n->shown[r->n_named + i] = p ? p - r->outputs : 0;
    }
    return good;
}

static const void *joined(const emit_report *r, arena *a)
{
    char *bytes = r->n_weights > 0 ? arena_alloc(a, r->weights_bytes, 1) : NULL;
    char *to = bytes;
    for (int64_t i = 0; i < r->n_weights; i++) {
        memcpy(to, r->weights[i].data, (size_t)r->weights[i].size);
        to += r->weights[i].size;
    }
    return bytes;
}

static void fill_info(snn_network *n)
{
    runner *r = &n->r;
    const emit_report *made = &n->g.report;
    snn_network_info *info = &n->info;
    info->name = n->c.name;
    info->n_inputs = r->n_inputs;
    info->inputs = public_ports(n, r->inputs, NULL, r->n_inputs);
    info->outputs = public_ports(n, r->outputs, n->shown, info->n_outputs);
    info->n_states = r->n_states;
    info->states = public_ports(n, r->states, NULL, r->n_states);
    info->header = n->g.header.text;
    info->header_size = n->g.header.size;
    info->source = n->g.source.text;
    info->source_size = n->g.source.size;
    info->weights = joined(made, &n->c.a);
    info->weights_size = made->weights_bytes;
    info->ram_bytes = made->state_bytes;
    info->rom_bytes = made->const_bytes;
}

/*===- opening --------------------------------------------------------------*/

MUST_CHECK static bool make(snn_network *n)
{
    snn_array *probes = ARENA_ARRAY(&n->c.a, snn_array, n->how.n_probes);
    for (int64_t i = 0; i < n->how.n_probes; i++) {
        probes[i].node = n->how.probes[i];
    }
    if (!runner_open(&n->r, &n->c, probes, n->how.n_probes) ||
        !choose_outputs(n) || !generate(&n->c, &n->g)) {
        return false;
    }
    fill_info(n);
    return true;
}

snn_network *snn_open(const snn_options *options, const snn_open_options *how)
{
    snn_network *n = compile_memory(options, options->model, sizeof *n);
    if (!n) {
        return NULL;
    }
    n->options = options;
    n->how = *how;
    pthread_mutex_init(&n->lock, NULL);
    if (compile_open(&n->c, options) && make(n)) {
        n->how.cache =
            how->cache ? text_printf(&n->c.a, "%s", how->cache) : NULL;
        return n;
    }
    snn_close(n);
    return NULL;
}

void snn_close(snn_network *n)
{
    if (n) {
        engine_close(&n->e);
        runner_close(&n->r);
        compile_close(&n->c);
        pthread_mutex_destroy(&n->lock);
        free(n);
    }
}

const snn_network_info *snn_info(const snn_network *n) { return &n->info; }

/*===- starting -------------------------------------------------------------*/

/* Is there a compiler? If not, that is said. */
static bool has_compiler(snn_network *n)
{
    compiler cc = compiler_find(&n->c.a);
    if (!cc.path) {
        diag_warning(&n->c.d, n->c.name,
                     "no C compiler: '%s' is not in PATH; the network is "
                     "interpreted, which is slower",
                     cc.name);
    }
    return cc.path;
}

MUST_CHECK static bool start(snn_network *n)
{
    n->c.d.given_up = false; /* an earlier start may have been interrupted */
    bool compiled = !n->how.reference && has_compiler(n);
    bool good =
        engine_open(&n->e, &n->r, compiled ? &n->g : NULL, n->how.cache);
    n->e.shown = n->shown;
    n->e.n_shown = n->info.n_outputs;
    return good;
}

bool snn_start(snn_network *n)
{
    diag d = compile_diag(n->options);
    if (!lock_or_give_up(&n->lock, &d)) {
        return false;
    }
    n->started = n->started || start(n);
    bool good = n->started;
    pthread_mutex_unlock(&n->lock);
    return good;
}

/* The engine is whole before it counts as started: no lock is needed. */
const char *snn_backend(const snn_network *n)
{
    return !n->started ? NULL : n->e.interpret ? "reference" : "c";
}
