/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * table.h - constants of the module as C; for src/emit only.
 */
#ifndef SNN_EMIT_TABLE_H
#define SNN_EMIT_TABLE_H

#include "emit/plan.h"

/* Element i as a literal. */
const char *table_element(arena *a, const table *t, int64_t i);
/* All elements as they are in memory; in the arena if they are all equal. */
const void *table_data(arena *a, const table *t);
/* Fails with a diagnostic if t has elements that no literal is. */
MUST_CHECK bool table_check(const plan *p, const table *t);
/* "static const float fc1_weight[NET_INPUT * FC1_SIZE] = {...};" */
void table_print(plan *p, const table *t, buf *out);

#endif
