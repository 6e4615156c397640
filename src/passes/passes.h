/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * passes.h - the passes of snn-mlir, one row each in the table of passes.c.
 *
 * A pass runs on a builtin.module and fails by a diagnostic at the operation.
 * register.cpp makes MLIR passes of the rows, so that pipelines of snn-opt and
 * snnc name them with their options.
 */
#ifndef SNN_PASSES_PASSES_H
#define SNN_PASSES_PASSES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "mlir-c/IR.h"
#include "mlir-c/Pass.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PASS_MAX_OPTIONS = 6, PASS_MAX_DIALECTS = 8 };

/* An option of a pass, as in --snn-discretize="dt=1e-3". */
typedef struct pass_option {
    const char *name;
    const char *summary;
    const char *initial; /* the value where none is given */
} pass_option;

typedef struct pass {
    const char *name;
    const char *summary;
    /* dialects of the operations that it makes */
    MlirDialectHandle (*makes[PASS_MAX_DIALECTS])(void);
    pass_option options[PASS_MAX_OPTIONS];
    /* values[i] is the value of options[i]. False after a diagnostic. */
    bool (*run)(MlirOperation module, const char *const *values);
} pass;

extern const pass passes[];
extern const int64_t pass_count;

/* Makes the table's passes and the upstream ones of our road known to MLIR. */
void passes_register(void);

/*
 * Fills the registry with all dialects of the road, from quant to memref, and
 * with what bufferization needs to know of their operations.
 */
void passes_register_dialects(MlirDialectRegistry registry);

/* Whether --snn-discretize knows the semantics of this name. */
bool passes_knows_semantics(const char *name);
/* All of them, "nir, nir-exact, ...", for diagnostics. */
const char *passes_semantics(arena *a);
/* The time step that a simulator takes by default, as text; NULL: none. */
const char *passes_default_dt(const char *semantics);

#ifdef __cplusplus
}
#endif

#endif
