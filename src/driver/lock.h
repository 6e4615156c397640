/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lock.h - waits for a lock that another thread may hold for long; for
 * src/driver only.
 */
#ifndef SNN_DRIVER_LOCK_H
#define SNN_DRIVER_LOCK_H

#include <pthread.h>

#include "base/diag.h"

/* Locks. False: not locked, since d says interrupted while it waited. */
MUST_CHECK bool lock_or_give_up(pthread_mutex_t *lock, diag *d);

#endif
