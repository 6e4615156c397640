/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * import.h - makes the network level of the snn dialect from a NIR network.
 */
#ifndef SNN_IMPORT_IMPORT_H
#define SNN_IMPORT_IMPORT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "mlir-c/IR.h"
#include "nir/nir.h"

typedef struct import_options {
    const char *name;   /* of the snn.network */
    bool f64;           /* real numbers are f64, else f32 */
    bool spike_inputs;  /* Inputs are i1, else real */
    const bool *probed; /* each node: it gets a snn.output; NULL: none does */
} import_options;

/*
 * Makes a module with one snn.network, which stands for net, whose shapes have
 * been inferred. The weights stay in the arena: it must live as long as the
 * module. Fails where a number does not fit into the network's type.
 */
MUST_CHECK bool import_network(const nir_net *net,
                               const import_options *options, MlirContext ctx,
                               arena *a, diag *d, MlirModule *module);

/* Reports parameters that are infinite in f32. */
MUST_CHECK bool import_check_numbers(const nir_net *net, arena *a, diag *d);

/* By node: whether its value is spikes; ports, Flatten and Delay pass them on.
 */
bool *import_spikes(const nir_net *net, bool spike_inputs, arena *a);

/* The nodes' indices, each node behind those that feed it where it can. */
int64_t *import_order(const nir_net *net, arena *a);

#endif
