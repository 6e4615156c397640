/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * guard.h - protects from files that crash the HDF5 library; for src/driver
 * only.
 */
#ifndef SNN_DRIVER_GUARD_H
#define SNN_DRIVER_GUARD_H

#include "base/diag.h"

/*
 * Reads the file in a child process and throws the result away. Fails with a
 * diagnostic if the child crashes or does not end within a minute. That the
 * file is not a valid network is not reported here.
 */
MUST_CHECK bool guard_read(const char *path, diag *d);

#endif
