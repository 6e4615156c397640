/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_file.h - a choice of codes in a file, see docs/guide.md; for
 * src/driver only.
 */
#ifndef SNN_DRIVER_QUANTIZE_FILE_H
#define SNN_DRIVER_QUANTIZE_FILE_H

#include "driver/compile.h"
#include "driver/quantize.h"

/* Reads a file that was written so; c->ctx is there. */
MUST_CHECK bool quantization_read(compilation *c, const char *path,
                                  quantization *q);
/* The text of such a file. */
void quantization_write(const quantization *q, buf *out);

#endif
