/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * facts.c - counts. Where the network was compiled, RAM and ROM are those of
 * the C; else they are what the nodes hold by themselves.
 */
#include "driver/facts.h"

#include <math.h>
#include <string.h>

#include "driver/facts_integers.h"
#include "import/import.h"

range range_of(const nir_array *array)
{
    range r = {0};
    double least = nir_number(array, 0);
    double most = least;
    for (int64_t i = 1; i < array->count; i++) {
        double x = nir_number(array, i);
        if (x < least || (isnan(x) && !isnan(least))) {
            r.least = i;
            least = x;
        } else if (x > most) {
            r.most = i;
            most = x;
        }
    }
    r.uniform = least == most;
    return r;
}

static int64_t scaled(int64_t count, int64_t size)
{
    return count < 0 || count > INT64_MAX / size ? -1 : count * size;
}

/* Adds what is known. */
static void add(int64_t *sum, int64_t more)
{
    if (more > 0 && *sum <= INT64_MAX - more) {
        *sum += more;
    }
}

facts facts_of(survey *s)
{
    const nir_net *net = &s->c.net;
    const snn_options *o = &s->options;
    bool spike_inputs = o->input_kind && strcmp(o->input_kind, "spikes") == 0;
    int64_t real = o->type && strcmp(o->type, "f64") == 0 ? 8 : 4;
    facts f = {.nodes = ARENA_ARRAY(&s->c.a, node_facts, net->n_nodes),
               .n_nodes = net->n_nodes};
    int64_t *order = import_order(net, &s->c.a);
    bool *spikes = import_spikes(net, spike_inputs, &s->c.a);
    for (int64_t i = 0; i < net->n_nodes; i++) {
        node_facts *n = &f.nodes[i];
        n->node = &net->nodes[order[i]];
        n->cost = nir_cost_of(n->node, s->dt);
        bool line = n->node->kind == NIR_DELAY && spikes[order[i]];
        n->state_bytes = scaled(n->cost.states, line ? 1 : real);
        n->const_bytes = scaled(n->cost.constants, real);
        n->update = s->updates ? s->updates[order[i]] : NULL;
        add(&f.macs, n->cost.macs);
        add(&f.adds, n->cost.adds);
        add(&f.state_bytes, n->state_bytes);
        add(&f.const_bytes, n->const_bytes);
    }
    facts_count_integers(s, &f);
    f.exact = s->compiled;
    f.ram_bytes = f.exact ? s->code.report.state_bytes : f.state_bytes;
    f.rom_bytes = f.exact ? s->code.report.const_bytes : f.const_bytes;
    return f;
}
