/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * random.h - random numbers that are the same on every machine.
 */
#ifndef SNN_BASE_RANDOM_H
#define SNN_BASE_RANDOM_H

#include <stdint.h>

/* The next number of splitmix64 (Steele, Lea, Flood 2014); any state will do.
 */
uint64_t random_next(uint64_t *state);
/* Puts n numbers in another order; all orders are as likely. */
void random_shuffle(int64_t *list, int64_t n, uint64_t *state);

#endif
