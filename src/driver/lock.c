/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lock.c - waits for a lock in turns, to ask between them.
 */
#include "driver/lock.h"

#include <time.h>

enum { TURN = 20 * 1000 * 1000, SECOND = 1000 * 1000 * 1000 };

bool lock_or_give_up(pthread_mutex_t *lock, diag *d)
{
    if (!d->interrupted) {
        pthread_mutex_lock(lock);
        return true;
    }
    while (pthread_mutex_trylock(lock) != 0) {
        struct timespec until;
        if (diag_interrupted(d)) {
            return false;
        }
        clock_gettime(CLOCK_REALTIME, &until); /* the clock of timedlock */
        until.tv_nsec += TURN;
        until.tv_sec += until.tv_nsec / SECOND;
        until.tv_nsec %= SECOND;
        if (pthread_mutex_timedlock(lock, &until) == 0) {
            return true;
        }
    }
    return true;
}
