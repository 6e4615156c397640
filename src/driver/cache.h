/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * cache.h - compiled networks in a folder, for the next process; for src/driver
 * only.
 *
 * Nothing that is wrong with the folder is an error: then it is not used, and
 * cache_is_safe says why.
 */
#ifndef SNN_DRIVER_CACHE_H
#define SNN_DRIVER_CACHE_H

#include "driver/compiler.h"
#include "driver/native.h"

/*
 * Is it this user's, and can nobody else write to it? If not, a note says so.
 * What is not there yet will be.
 */
bool cache_is_safe(const char *cache, diag *d);
/* Loads the network if it is there; what is there is compared in full. */
MUST_CHECK bool cache_load(const char *cache, const native_network *net,
                           const compiler *cc, native *n, arena *a);
/*
 * Adds the network with what it was compiled to. Then there are at most 200,
 * of at most 1 GB: those that were used last.
 */
void cache_add(const char *cache, const native_network *net, const compiler *cc,
               const char *library, arena *a);

#endif
