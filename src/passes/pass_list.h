/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * pass_list.h - the functions behind the rows of passes.c; for src/passes only.
 * Each file opens with what its pass requires and ensures.
 */
#ifndef SNN_PASSES_PASS_LIST_H
#define SNN_PASSES_PASS_LIST_H

#include "base/diag.h"
#include "mlir-c/IR.h"

/* options: level */
MUST_CHECK bool fold_run(MlirOperation module, const char *const *options);
/* options: dt, semantics */
MUST_CHECK bool discretize_run(MlirOperation module,
                               const char *const *options);
/* options: weights, state, granularity, scales */
MUST_CHECK bool quantize_run(MlirOperation module, const char *const *options);
/* options: dense, input-events */
MUST_CHECK bool lower_run(MlirOperation module, const char *const *options);
/* no options */
MUST_CHECK bool fold_rows_run(MlirOperation module, const char *const *options);

#endif
