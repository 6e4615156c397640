/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * guard.h - protects from files that crash the HDF5 library; for src/driver
 * only.
 */
#ifndef SNN_DRIVER_GUARD_H
#define SNN_DRIVER_GUARD_H

#include <sys/resource.h>

#include "base/diag.h"

/*
 * Reads the file in a child process and throws the result away. Fails with a
 * diagnostic if the child crashes or does not end within 10 seconds of CPU,
 * and one more for each 20 MB of the file. That the file is not a valid network
 * is not reported here.
 */
MUST_CHECK bool guard_read(const char *path, diag *d);
/*
 * Between the two this process gets no more memory than reading the file may
 * take: 512 MiB, the file's size, and 8 bytes for each number that it may hold.
 */
void guard_begin(const char *path, struct rlimit *before);
void guard_end(const struct rlimit *before);

#endif
