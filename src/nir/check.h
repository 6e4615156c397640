/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * check.h - what a node must be whatever it is fed; for src/nir only.
 */
#ifndef SNN_NIR_CHECK_H
#define SNN_NIR_CHECK_H

#include "nir/nir.h"

/* Checks values, ranks and sizes of a node whose datasets were all read. */
MUST_CHECK bool nir_check_node(const nir_node *node, const char *where,
                               arena *a, diag *d);
/* Reports a type that no node has. Returns false. */
bool nir_refuse_type(const char *type, const char *where, arena *a, diag *d);
/* Says what to add where a required dataset is missing. Returns false. */
bool nir_help_absent(nir_kind kind, nir_field field, const char *where,
                     diag *d);
/*
 * The shape that the parameters of an elementwise node fix; false if all have
 * one element, so that they fit any signal.
 */
bool nir_own_shape(const nir_node *node, nir_shape *shape);
/* The shape of what a Linear or Affine takes. */
nir_shape nir_linear_input(const nir_node *node);
/* Element i of a field that has one for all axes, or one for each. */
int64_t nir_per_axis(const nir_node *node, nir_field field, int i);
/* Product of the dims; NIR_MAX_ELEMENTS + 1 if it is more than the limit. */
int64_t nir_shape_size(const nir_shape *shape);

#endif
