/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * guard.c - preloaded into snnc: the child that reads a file for the first time
 * calls alarm(), and this one ends it with the signal $SIGNAL, as a file that
 * crashes the HDF5 library would, or one that takes for ever.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

unsigned alarm(unsigned seconds)
{
    const char *number = getenv("SIGNAL");
    if (number) {
        raise(atoi(number));
    }
    return seconds;
}
