/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * network.h - a network in memory, and a state of it; for src/driver only.
 */
#ifndef SNN_DRIVER_NETWORK_H
#define SNN_DRIVER_NETWORK_H

#include <pthread.h>
#include <stdatomic.h>

#include "driver/batch.h"
#include "driver/engine.h"

struct snn_network {
    const snn_options *options;
    snn_open_options how;
    compilation c;
    runner r;
    generated g;
    snn_network_info info;
    int64_t *shown;
    pthread_mutex_t lock; /* of all below, and of what is made from c */
    atomic_bool started;
    engine e; /* once started, nobody changes it */
};

struct snn_state {
    snn_network *network;
    arena a;
    instance *i;
    pace pace;
};

/*
 * Warns of Inputs of which numbers had no code in the instances, of numbers so
 * many steps, and starts to count anew. After an interrupt d says nothing.
 */
void network_warn(const snn_network *network, instance *const *instances,
                  int64_t n, int64_t steps, diag *d);

#endif
