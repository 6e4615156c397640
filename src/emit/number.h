/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * number.h - floats as C literals; for src/emit only.
 */
#ifndef SNN_EMIT_NUMBER_H
#define SNN_EMIT_NUMBER_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { NUMBER_SIZE = 48 };

/*
 * Writes the fewest digits that read back as the same finite number, with a
 * point or an exponent, and F behind a float. Returns how many characters.
 */
int64_t number_float(char text[NUMBER_SIZE], float value);
int64_t number_double(char text[NUMBER_SIZE], double value);

#ifdef __cplusplus
}
#endif

#endif
