/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * reference.h - interprets the step level straight from docs/spec.md.
 *
 * This is what the operations mean: it is written for plainness, shares no code
 * with the lowering and the generated C, and is what they are compared with.
 */
#ifndef SNN_REFERENCE_REFERENCE_H
#define SNN_REFERENCE_REFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "mlir-c/IR.h"

typedef struct reference reference;

/*
 * An interpreter of a snn.step operation in its initial state. It lives in the
 * arena and reads the operation as long as it is used. Returns null, after a
 * diagnostic at the operation, if the region holds an operation or a type that
 * it does not know.
 */
reference *reference_create(MlirOperation step, arena *a, diag *d);

/* Puts every state at its initial value. */
void reference_reset(reference *r);

/*
 * Computes one step. inputs[i] and outputs[i] point to as many elements as
 * argument i and output i have, row-major, in the element type of the IR:
 * float, double, int8_t, int16_t, int32_t; i1 is one uint8_t each, 0 or 1, and
 * quantized values are codes in their storage type.
 */
void reference_step(reference *r, const void *const *inputs,
                    void *const *outputs);

/*
 * What state i is between two steps, in the element type of the IR, as inputs
 * and outputs are; and makes it something else.
 */
void reference_get(const reference *r, int64_t i, void *numbers);
void reference_set(reference *r, int64_t i, const void *numbers);

/*
 * How many codes were cut to their type since the machine was made, in the
 * operations of this node.
 */
int64_t reference_saturations(const reference *r, const char *node);

/*
 * The elements, row-major, that an argument or result in the region has in the
 * step computed last; of a state's argument, those before that step. Valid
 * until the next step or reset.
 */
const double *reference_numbers(const reference *r, MlirValue v);

#endif
