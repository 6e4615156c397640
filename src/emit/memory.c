/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * memory.c - the members of the state struct.
 *
 * A buffer of scratch lives from the first to the last at that uses it.
 * Buffers of one type whose lives do not touch share one member: each takes,
 * in the order of their lives, the free member whose size fits it best.
 */
#include <assert.h>

#include "emit/operation.h"
#include "emit/plan.h"
#include "ir/ir.h"

/*===- lives ----------------------------------------------------------------*/

static void use(plan *p, MlirValue value, int64_t at)
{
    storage *b = mlirTypeIsAMemRef(mlirValueGetType(value))
                     ? plan_buffer(p, value)
                     : NULL;
    if (b) {
        b->first = b->first < 0 ? at : b->first;
        b->last = at;
    }
}

static void use_all(plan *p, MlirOperation op, int64_t at)
{
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
        use(p, mlirOperationGetOperand(op, i), at);
    }
    for (intptr_t r = 0; r < mlirOperationGetNumRegions(op); r++) {
        MlirBlock body = ir_body(op, r);
        MlirOperation inner = {NULL};
        if (!mlirBlockIsNull(body)) {
            inner = mlirBlockGetFirstOperation(body);
        }
        for (; !mlirOperationIsNull(inner);
             inner = mlirOperationGetNextInBlock(inner)) {
            use_all(p, inner, at);
        }
    }
}

static void find_lives(plan *p)
{
    for (int64_t i = 0; i < p->n_items; i++) {
        const cluster *c = p->items[i].cluster;
        for (int64_t k = 0; c && k < c->n_ops; k++) {
            use_all(p, c->ops[k], i);
        }
        if (!c) {
            use_all(p, p->items[i].op, i);
        }
    }
}

/*===- members --------------------------------------------------------------*/

/*
 * The free member that wastes the least for b; null: none is free. Members from
 * the first on are scratch.
 */
static member *find_member(plan *p, const storage *b, int64_t first)
{
    member *best = NULL;
    int64_t least = INT64_MAX;
    for (int64_t i = first; i < p->n_state; i++) {
        member *m = &p->state[i];
        if (m->type != b->type || m->last >= b->first) {
            continue;
        }
        int64_t waste =
            m->count > b->count ? m->count - b->count : b->count - m->count;
        if (waste < least) {
            least = waste;
            best = m;
        }
    }
    return best;
}

/* How each member is called comes later, when other names are known. */
static int64_t place(plan *p, const storage *b, int64_t first)
{
    member *m = b->role == BUFFER_SCRATCH ? find_member(p, b, first) : NULL;
    if (!m) {
        m = &p->state[p->n_state++];
        *m = (member){.type = b->type,
                      .is_state = b->role == BUFFER_STATE,
                      .is_lists = true,
                      .about = {.a = p->a}};
    }
    m->count = m->count > b->count ? m->count : b->count;
    m->last = b->last;
    buf_printf(&m->about, "%s%s", m->users > 0 ? ", then " : "", b->label);
    m->is_lists = m->is_lists && names_ends(b->label, "_events");
    m->users++;
    return m - p->state;
}

/* Scratch in the order in which it is first used. */
static void place_scratch(plan *p, int64_t *place_of)
{
    int64_t first = p->n_state;
    int64_t *begin = ARENA_ARRAY(p->a, int64_t, p->n_items); /* from 1 */
    int64_t *next = ARENA_ARRAY(p->a, int64_t, p->n_buffers + 1);
    for (int64_t i = p->n_buffers; i > 0; i--) {
        const storage *b = &p->buffers[i - 1];
        if (b->role == BUFFER_SCRATCH && b->first >= 0) {
            next[i] = begin[b->first];
            begin[b->first] = i;
        }
    }
    for (int64_t at = 0; at < p->n_items; at++) {
        for (int64_t i = begin[at]; i > 0; i = next[i]) {
            place_of[i - 1] = place(p, &p->buffers[i - 1], first);
        }
    }
}

/* Members of one buffer have its name, the others say what they are for. */
static void name_members(plan *p, const int64_t *place_of)
{
    for (int64_t i = 0; i < p->n_buffers; i++) {
        if (place_of[i] >= 0 && p->state[place_of[i]].users == 1) {
            p->state[place_of[i]].name =
                names_take(&p->members, p->buffers[i].label);
        }
    }
    for (int64_t i = 0; i < p->n_state; i++) {
        member *m = &p->state[i];
        if (!m->name) {
            m->name =
                names_take(&p->members, m->is_lists ? "events" : "scratch");
        }
    }
    for (int64_t i = 0; i < p->n_buffers; i++) {
        if (place_of[i] >= 0) {
            p->buffers[i].name = p->state[place_of[i]].name;
        }
    }
}

/*===- layout ---------------------------------------------------------------*/

/*
 * Large elements first: then no member needs padding before it. Among those of
 * one size the states, each group in its order.
 */
static void sort_members(plan *p)
{
    member *sorted = ARENA_ARRAY(p->a, member, p->n_state + 1);
    int64_t n = 0;
    for (int64_t size = 8; size > 0; size /= 2) {
        for (int scratch = 0; scratch < 2; scratch++) {
            for (int64_t i = 0; i < p->n_state; i++) {
                const member *m = &p->state[i];
                if (m->type->size == size && m->is_state == !scratch) {
                    sorted[n++] = *m;
                }
            }
        }
    }
    assert(n == p->n_state && "an element has 8, 4, 2 or 1 bytes");
    p->state = sorted;
}

static int64_t total_bytes(plan *p)
{
    int64_t total = 0;
    for (int64_t i = 0; i < p->n_state; i++) {
        total += p->state[i].count * p->state[i].type->size;
    }
    int64_t align = p->n_state > 0 ? p->state[0].type->size : 1;
    if (p->weights) { /* a pointer stands first, of eight bytes at most */
        total += 8;
        align = 8;
    }
    p->at_most = p->weights || (align == 8 && total % align != 0);
    return (total + align - 1) / align * align;
}

void plan_memory(plan *p)
{
    find_lives(p);
    int64_t *place_of = ARENA_ARRAY(p->a, int64_t, p->n_buffers);
    p->state = ARENA_ARRAY(p->a, member, p->n_buffers + 1);
    for (int64_t i = 0; i < p->n_buffers; i++) {
        bool is_state = p->buffers[i].role == BUFFER_STATE;
        place_of[i] = is_state ? place(p, &p->buffers[i], 0) : -1;
    }
    place_scratch(p, place_of);
    name_members(p, place_of);
    if (p->n_state == 0 && !p->weights) { /* C knows no empty struct */
        p->state[p->n_state++] =
            (member){.name = "none",
                     .type = type_of(mlirIntegerTypeGet(
                         mlirOperationGetContext(p->module), 8)),
                     .count = 1,
                     .about = {.a = p->a}};
        buf_text(&p->state[0].about, "no state");
    }
    sort_members(p);
    p->state_bytes = total_bytes(p);
}
