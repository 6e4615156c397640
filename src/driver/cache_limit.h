/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * cache_limit.h - how much the cache may keep; for src/driver only.
 */
#ifndef SNN_DRIVER_CACHE_LIMIT_H
#define SNN_DRIVER_CACHE_LIMIT_H

#include "base/arena.h"

/* What the names of all its folders begin with; others are not touched. */
#define CACHE_PREFIX "snn-"

/* Removes the oldest folders, but not one, until the rest is within limits. */
void cache_limit(const char *cache, const char *keep, arena *a);

#endif
