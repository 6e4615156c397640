/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * generate.h - the C of a network, and what the network looks like to people;
 * for src/driver only.
 */
#ifndef SNN_DRIVER_GENERATE_H
#define SNN_DRIVER_GENERATE_H

#include "base/buf.h"
#include "driver/compile.h"
#include "driver/files.h"
#include "emit/emit.h"

typedef struct generated {
    buf header;
    buf source;
    emit_report report;
    snn_layer *layers;
    int64_t n_layers;
} generated;

/* Takes the compilation to the loops stage and prints it. */
MUST_CHECK bool generate(compilation *c, generated *g);
/* The weights file, to be written to path. There is one if n_weights is not 0.
 */
file_text generate_weights(compilation *c, const generated *g,
                           const char *path);

/* Adds "200", "2x34x34". */
void generate_shape(buf *text, const nir_shape *shape);

#endif
