/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * emit.c - the road of a module to C: check, plan, print.
 */
#include "emit/emit.h"

#include "emit/header.h"
#include "emit/plan.h"

bool emit_module(MlirOperation module, const emit_options *options, arena *a,
                 buf *header, buf *source, emit_report *report)
{
    plan *p = ARENA_NEW(a, plan);
    p->a = a;
    p->options = options;
    if (!plan_make(p, module) || !source_print(p, source)) {
        return false;
    }
    report->state_bytes = p->state_bytes;
    report->const_bytes = source_const_bytes(p);
    header_print(p, report->const_bytes, header);
    return true;
}
