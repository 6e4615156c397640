/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize.h - what --quantize asks for, and what data say of a network; for
 * src/driver only.
 */
#ifndef SNN_DRIVER_QUANTIZE_H
#define SNN_DRIVER_QUANTIZE_H

#include "base/buf.h"
#include "driver/compile.h"

/* Takes quantization out of options. */
void quantize_not(snn_options *options);
/* The options of quantization have values that there are. */
MUST_CHECK bool quantize_check(compilation *c);
/*
 * c is at STAGE_STEP: runs the network on the data, if there are some, and
 * writes what --snn-quantize is to know into its snn.step.
 */
MUST_CHECK bool quantize_prepare(compilation *c);
/* Writes an attribute that --snn-quantize reads into a snn.step. */
void quantize_note(MlirOperation step, const char *name, MlirAttribute value);
/* What "auto" is to reach; bytes are -1 where there is no bound. */
void quantize_goal(const snn_options *options, double *target, int64_t *max_rom,
                   int64_t *max_ram);
/* Who chose the codes, of options that quantize: "given by the user". */
const char *quantize_evidence(const snn_options *options);
/* ", weights of 8 bits, states of 32"; nothing for floats. c is quantized. */
void quantize_title(const compilation *c, buf *text);
/* "snn-quantize{...}" */
void quantize_pass(const quantization *q, buf *pipeline);

#endif
