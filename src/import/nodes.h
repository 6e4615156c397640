/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * nodes.h - one operation for one node; for src/import only.
 */
#ifndef SNN_IMPORT_NODES_H
#define SNN_IMPORT_NODES_H

#include "import/import.h"
#include "ir/ir.h"

typedef struct importer {
    const nir_net *net;
    const import_options *options;
    MlirContext ctx;
    arena *a;
    MlirType real;     /* f32 or f64 */
    MlirValue *values; /* of each node, or its stand-in; null: none yet */
    bool *stand_in;
    int64_t *first_in; /* sources[first_in[n]] on feed node n */
    int64_t *sources;
    bool *spikes;   /* each node: its value is i1 */
    bool *seen;     /* room for walks: an entry for each node, */
    int64_t *stack; /* and one more */
} importer;

/*
 * The operation of a node fed with x (null for a top Input), and its value. An
 * Output has the value that it takes; a port of a nested graph makes nothing.
 */
MlirValue import_node(importer *im, ir *b, const nir_node *node, MlirValue x);

/* The type of node n's value. */
MlirType import_out_type(importer *im, int64_t n);
MlirType import_real(importer *im, const nir_shape *shape);
MlirValue import_zeros(ir *b, MlirType type);

#endif
