/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * guard.h - protects from files that crash the HDF5 library; for src/driver
 * only.
 */
#ifndef SNN_DRIVER_GUARD_H
#define SNN_DRIVER_GUARD_H

#include "nir/nir.h"

/*
 * As nir_read, but a child process reads the file first. Fails with a
 * diagnostic, and net->file stays null, if the child crashes or does not end
 * within 10 seconds of CPU, and one more for each 20 MB of the file. Threads
 * come one after the other: they share HDF5, and a limit of memory.
 */
MUST_CHECK bool guard_read(const char *path, const char *file, arena *a,
                           diag *d, nir_net *net);

#endif
