/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * header.h - the generated files, put together; for src/emit only.
 */
#ifndef SNN_EMIT_HEADER_H
#define SNN_EMIT_HEADER_H

#include "emit/plan.h"

void header_print(const plan *p, const emit_report *sizes, buf *out);
/* The table of nodes, in a comment that is open. */
void legend_print(const plan *p, buf *out);
/* "void net_step(net_state *state, ...)" */
const char *header_step(const plan *p);
const char *header_init(const plan *p);
void source_print(plan *p, buf *out);
/* Bytes of all tables and numbers that the source holds. */
int64_t source_const_bytes(const plan *p);
/* Those of them that belong to a computation, and its weights in a file. */
void source_list_constants(const plan *p, emit_report *report);

#endif
