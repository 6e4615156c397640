/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * variant.h - what a writer's files can mean; for src/driver only.
 */
#ifndef SNN_DRIVER_VARIANT_H
#define SNN_DRIVER_VARIANT_H

#include "driver/compile.h"

enum { VARIANT_MAX = 24 };

/* Meanings of a file, as options to compile with and as candidates to show. */
typedef struct variant_list {
    snn_options options[VARIANT_MAX];
    candidate *candidates; /* as many, in the arena of the compilation */
    int64_t n;
} variant_list;

/*
 * Adds those meanings of a writer's files that the network and the user's
 * options leave. NIR_WRITER_COUNT: those of no framework. dt: the writer's, 0
 * for none. framework: to be named with each of them, or NULL.
 */
void variant_add(variant_list *list, nir_writer writer, compilation *c,
                 double dt, const char *framework);
/*
 * Compiles each as far as the step level: takes away those that do not compile,
 * unless none does, and those that compute the same as one before; adds the
 * formulas of a node (-1: none).
 */
void variant_compare(variant_list *list, compilation *c, int64_t node);

/* Whether semantics are those of a writer. */
bool variant_is_of(nir_writer writer, const char *semantics);
/* What a writer's exporter leaves out, in words. */
const char *variant_lost(nir_writer writer);

#endif
