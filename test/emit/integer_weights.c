/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * integer_weights.c - prints what net gives for two inputs; with WEIGHTS, of
 * the weights that are linked.
 */
#include <inttypes.h>
#include <stdio.h>

#include "net.h"

static void show(net_state *state, const uint8_t x[NET_X])
{
    int32_t y[NET_Y];
    net_step(state, x, y);
    printf("%" PRId32 " %" PRId32 "\n", y[0], y[1]);
}

int main(void)
{
    static net_state state;
#if defined(WEIGHTS)
    if (net_init(&state, &net_weights_data, sizeof net_weights_data) !=
        NET_READY) {
        return 1;
    }
#else
    net_init(&state);
#endif
    show(&state, (const uint8_t[NET_X]){0, 0, 0});
    show(&state, (const uint8_t[NET_X]){1, 0, 1});
    return 0;
}
