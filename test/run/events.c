/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * events.c - a list of spikes with indices that no Input has: they are left
 * out, wherever they stand, and nothing else changes.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "model.h"

enum { INPUTS = 64, OUTPUTS = 10, STEPS = 50 };

int main(void)
{
    static const uint16_t bad[] = {INPUTS, INPUTS + 1, 1000, 32768, 65535};
    static model_state plain, given;
    model_init(&plain);
    model_init(&given);
    int spikes = 0;
    for (uint32_t t = 0; t < STEPS; t++) {
        uint16_t list[INPUTS], more[2 * INPUTS];
        uint32_t n = 0, m = 0;
        for (uint32_t k = 0; k < INPUTS; k++) {
            if ((k * 7 + t * 13) % 5 < 2) {
                list[n++] = (uint16_t)k;
                more[m++] = bad[(k + t) % 5];
                more[m++] = (uint16_t)k;
            }
        }
        more[m++] = bad[t % 5];
        uint8_t a[OUTPUTS], b[OUTPUTS];
        model_step(&plain, list, n, a);
        model_step(&given, more, m, b);
        if (memcmp(a, b, sizeof a) != 0) {
            printf("step %u differs\n", (unsigned)t);
            return 1;
        }
        for (int i = 0; i < OUTPUTS; i++) {
            spikes += a[i];
        }
    }
    printf("%s\n", spikes > 0 ? "same spikes" : "no spikes");
    return 0;
}
