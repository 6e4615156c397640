/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * adapter.h - C that stands between a compiled network and its caller; for
 * src/driver only.
 */
#ifndef SNN_DRIVER_ADAPTER_H
#define SNN_DRIVER_ADAPTER_H

#include "base/arena.h"
#include "driver/native.h"

/*
 * The text of a source that includes NAME.h and defines the same names for
 * every network, whatever its Inputs, Outputs and states are:
 *   uint64_t adapter_size                   bytes of the state
 *   uint64_t adapter_places[]               where the states are in it, each an
 *                                           offset and a number of bytes
 *   int adapter_init(state, weights, size)  0 if the weights are right
 *   void adapter_step(state, in, out)       arrays of pointers to arrays
 */
const char *adapter_text(const native_network *net, arena *a);

#endif
