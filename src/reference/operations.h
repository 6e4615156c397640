/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * operations.h - what each operation computes, as docs/spec.md says it. For
 * src/reference only. The IR was verified: shapes and element types fit.
 */
#ifndef SNN_REFERENCE_OPERATIONS_H
#define SNN_REFERENCE_OPERATIONS_H

#include "reference/machine.h"

/* operations.c */
void operation_linear(const instruction *in);
void operation_scale(const instruction *in);
void operation_sum(const instruction *in);
void operation_threshold(const instruction *in);
void operation_reshape(const instruction *in);
void operation_integrate(const instruction *in);
void operation_fire(const instruction *in);
void operation_reset(const instruction *in);
void operation_clamp(const instruction *in);
void operation_delay_read(const instruction *in);
void operation_delay_push(const instruction *in);

/* windows.c */
void operation_conv(const instruction *in);
void operation_sum_pool(const instruction *in);
void operation_avg_pool(const instruction *in);

#endif
