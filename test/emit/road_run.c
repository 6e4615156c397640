/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * road_run.c - runs net on random inputs; prints a hash of all it computes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "net.h"

static uint32_t seed = 1;

static uint32_t draw(void)
{
    seed = seed * 1664525U + 1013904223U;
    return seed >> 8;
}

static uint64_t hash(uint64_t before, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++) {
        before = (before ^ bytes[i]) * 1099511628211U;
    }
    return before;
}

int main(void)
{
    static net_state state;
    memset(&state, 0x5A, sizeof state); /* net_init has to set all */
    net_init(&state);
    uint64_t all = 0;
    int spikes = 0;
    for (int step = 0; step < 1000; step++) {
        float input[NET_INPUT];
        uint8_t output[NET_OUTPUT];
        for (uint32_t i = 0; i < NET_INPUT; i++) {
            input[i] = draw() % 3 == 0 ? (float)(draw() % 1000) / 77.0F : 0.0F;
        }
        net_step(&state, input, output);
        for (uint32_t i = 0; i < NET_OUTPUT; i++) {
            spikes += output[i];
        }
        all = hash(all, output, sizeof output);
        all = hash(all, state.lif1_v, sizeof state.lif1_v);
        all = hash(all, state.lif2_v, sizeof state.lif2_v);
    }
    printf("1000 steps, %d spikes, %016" PRIx64 "\n", spikes, all);
    return 0;
}
