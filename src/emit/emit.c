/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * emit.c - the road of a module to C: check, plan, print.
 */
#include "emit/emit.h"

#include "emit/header.h"
#include "emit/plan.h"
#include "emit/table.h"
#include "emit/weights.h"

static bool check_tables(const plan *p)
{
    for (int64_t i = 0; i < p->n_tables; i++) {
        if (p->tables[i].is_used && !table_check(p, &p->tables[i])) {
            return false;
        }
    }
    return true;
}

static void list_states(const plan *p, emit_report *report)
{
    emit_state *states = ARENA_ARRAY(p->a, emit_state, p->n_buffers);
    for (int64_t i = 0; i < p->n_buffers; i++) {
        const storage *b = &p->buffers[i];
        if (b->role == BUFFER_STATE) {
            states[report->n_states++] =
                (emit_state){b->label, b->name, b->count, b->type->size};
        }
    }
    report->states = states;
}

bool emit_module(MlirOperation module, const emit_options *options, arena *a,
                 buf *header, buf *source, emit_report *report)
{
    plan *p = ARENA_NEW(a, plan);
    p->a = a;
    p->options = options;
    *report = (emit_report){0};
    if (!plan_make(p, module) || !check_tables(p)) {
        return false;
    }
    if (p->weights) {
        weights_list(p, report);
    }
    list_states(p, report);
    source_print(p, source);
    report->state_bytes = p->state_bytes;
    report->const_bytes = source_const_bytes(p);
    source_list_constants(p, report);
    header_print(p, report, header);
    return true;
}
