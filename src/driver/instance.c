/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * instance.c - steps and states of either engine, in the types of the ports.
 */
#include "driver/instance.h"

#include <assert.h>
#include <string.h>

static int64_t bytes_of(const port *p)
{
    return p->size * number_size(p->stored);
}

static void *room_for(const port *p, arena *a)
{
    return arena_alloc(a, p->size, (size_t)number_size(p->stored));
}

static void make_rooms(instance *i, arena *a)
{
    const engine *e = i->e;
    int64_t most = 0;
    i->in = ARENA_ARRAY(a, const void *, e->n_inputs + 1);
    i->out = ARENA_ARRAY(a, void *, e->n_outputs + 1);
    i->room_in = ARENA_ARRAY(a, void *, e->n_inputs + 1);
    i->room_out = ARENA_ARRAY(a, void *, e->n_outputs + 1);
    i->cut = ARENA_ARRAY(a, int64_t, e->n_inputs + 1);
    for (int64_t k = 0; k < e->n_inputs; k++) {
        const port *p = &e->inputs[k];
        i->room_in[k] = port_converts(p) ? room_for(p, a) : NULL;
    }
    for (int64_t k = 0; k < e->n_outputs; k++) {
        i->room_out[k] = room_for(&e->outputs[k], a);
    }
    for (int64_t k = 0; k < e->n_states; k++) {
        int64_t n = bytes_of(&e->states[k]);
        most = n > most ? n : most;
    }
    i->room = arena_alloc(a, most, 1);
}

instance *instance_create(const engine *e, arena *a, diag *d)
{
    instance *i = ARENA_NEW(a, instance);
    i->e = e;
    if (e->interpret) {
        i->machine = reference_create(e->step, a, d);
    } else {
        i->memory = arena_alloc(a, 1, e->native.state_size);
    }
    if (e->interpret && !i->machine) {
        return NULL;
    }
    make_rooms(i, a);
    instance_reset(i);
    return i;
}

void instance_reset(instance *i)
{
    const native *n = &i->e->native;
    if (i->machine) {
        reference_reset(i->machine);
    } else {
        memcpy(i->memory, n->fresh, n->state_size);
    }
}

/*===- steps ----------------------------------------------------------------*/

/* The numbers of a port in step t of an array from outside. */
static const void *at(const port *p, const void *array, int64_t t)
{
    return (const char *)array + t * p->size * number_size(p->type);
}

static void take_inputs(instance *i, const void *const *inputs, int64_t t)
{
    for (int64_t k = 0; k < i->e->n_inputs; k++) {
        const port *p = &i->e->inputs[k];
        i->in[k] = at(p, inputs[k], t);
        if (i->room_in[k]) {
            i->cut[k] += port_enter(p, i->in[k], i->room_in[k]);
            i->in[k] = i->room_in[k];
        }
    }
}

/* Where the engine puts outputs: what needs nothing else goes home at once. */
static void place_outputs(instance *i, void *const *outputs, int64_t t)
{
    const engine *e = i->e;
    for (int64_t k = 0; k < e->n_outputs; k++) {
        i->out[k] = i->room_out[k];
    }
    for (int64_t k = 0; k < e->n_shown; k++) {
        const port *p = &e->outputs[e->shown[k]];
        if (outputs[k] && !port_converts(p)) {
            i->out[e->shown[k]] =
                (char *)outputs[k] + t * p->size * number_size(p->type);
        }
    }
}

static void give_outputs(instance *i, void *const *outputs, int64_t t)
{
    const engine *e = i->e;
    for (int64_t k = 0; k < e->n_shown; k++) {
        const port *p = &e->outputs[e->shown[k]];
        const void *from = i->out[e->shown[k]];
        char *to = outputs[k];
        if (!to) {
            continue;
        }
        to += t * p->size * number_size(p->type);
        if (port_converts(p)) {
            port_leave(p, from, to);
        } else if (to != from && p->size > 0) {
            memcpy(to, from, (size_t)bytes_of(p));
        }
    }
}

bool instance_advance(instance *i, int64_t steps, const void *const *inputs,
                      void *const *outputs,
                      bool (*behind)(int64_t done, void *user), void *user)
{
    for (int64_t t = 0; t < steps; t++) {
        take_inputs(i, inputs, t);
        place_outputs(i, outputs, t);
        if (i->machine) {
            reference_step(i->machine, i->in, i->out);
        } else {
            i->e->native.step(i->memory, i->in, i->out);
        }
        give_outputs(i, outputs, t);
        if (behind && !behind(t + 1, user)) {
            return false;
        }
    }
    return true;
}

/*===- states ---------------------------------------------------------------*/

static char *place_of(const instance *i, int64_t k)
{
    const native_place *place = &i->e->native.places[k];
    assert(place->size == (uint64_t)bytes_of(&i->e->states[k]));
    return (char *)i->memory + place->offset;
}

void instance_get(const instance *i, int64_t k, void *numbers)
{
    const port *p = &i->e->states[k];
    if (p->size == 0) {
        return;
    }
    void *from = i->room;
    if (i->machine) {
        reference_get(i->machine, k, from);
    } else {
        from = place_of(i, k);
    }
    if (port_converts(p)) {
        port_leave(p, from, numbers);
    } else {
        memcpy(numbers, from, (size_t)bytes_of(p));
    }
}

void instance_set(instance *i, int64_t k, const void *numbers)
{
    const port *p = &i->e->states[k];
    if (p->size == 0) {
        return;
    }
    const void *from = numbers;
    if (port_converts(p)) {
        port_enter(p, numbers, i->room);
        from = i->room;
    }
    if (i->machine) {
        reference_set(i->machine, k, from);
    } else {
        memcpy(place_of(i, k), from, (size_t)bytes_of(p));
    }
}
