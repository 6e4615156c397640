/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * codes.h - what each operation computes on codes, as docs/spec.md says it in
 * its paragraphs on quantized values. For src/reference only. The IR was
 * verified: shapes, widths and scales fit.
 */
#ifndef SNN_REFERENCE_CODES_H
#define SNN_REFERENCE_CODES_H

#include "reference/machine.h"

void code_linear(const instruction *in);
void code_conv(const instruction *in);
void code_sum_pool(const instruction *in);
void code_avg_pool(const instruction *in);
void code_scale(const instruction *in);
void code_sum(const instruction *in);
void code_threshold(const instruction *in);
void code_rescale(const instruction *in);

/* code_states.c */
void code_integrate(const instruction *in);
void code_fire(const instruction *in);
void code_reset(const instruction *in);
void code_clamp(const instruction *in);

/* What a real number is in the scale of element k of v: code(r, s). */
double code_of(const value *v, int64_t k, double real);

#endif
