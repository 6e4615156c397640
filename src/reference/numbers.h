/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * numbers.h - numbers outside the machine: in attributes of the IR, and in the
 * caller's arrays. For src/reference only.
 */
#ifndef SNN_REFERENCE_NUMBERS_H
#define SNN_REFERENCE_NUMBERS_H

#include <stdbool.h>

#include "base/diag.h"
#include "mlir-c/IR.h"
#include "reference/machine.h"

/* The element type; false if the machine has none for it. */
MUST_CHECK bool numbers_element(MlirType type, element *e);
/* "f32" */
const char *numbers_element_name(element e);
bool numbers_is_float(element e);
/* Bits of an integer; 0 of a float. */
int numbers_bits(element e);
/* x is a number that this element type can hold, up to a float's rounding. */
bool numbers_fits(element e, double x);

/*
 * A number, or dense or resource elements, each rounded to e; false if it is
 * something else.
 */
MUST_CHECK bool numbers_read(MlirAttribute attribute, element e, arena *a,
                             parameter *p);

/* Between a value and an array of its elements, as reference_step has them. */
void numbers_load(value *v, const void *from);
void numbers_store(const value *v, void *to);

#endif
