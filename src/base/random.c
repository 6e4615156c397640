/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * random.c - random numbers that are the same on every machine.
 */
#include "base/random.h"

uint64_t random_next(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

void random_shuffle(int64_t *list, int64_t n, uint64_t *state)
{
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t k = (int64_t)(random_next(state) % (uint64_t)(i + 1));
        int64_t taken = list[i];
        list[i] = list[k];
        list[k] = taken;
    }
}
