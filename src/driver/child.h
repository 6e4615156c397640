/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * child.h - child processes that an interrupted call ends; for src/driver only.
 */
#ifndef SNN_DRIVER_CHILD_H
#define SNN_DRIVER_CHILD_H

#include <sys/types.h>

#include "base/diag.h"

/* fork(). Where d can be interrupted, the child leads a group of its own. */
pid_t child_start(const diag *d);
/*
 * Waits until it has ended, and sets its status as waitpid() does, or to -1
 * where the system does not tell. False if d was interrupted: then the child is
 * ended, with all that it has started, by SIGTERM or a second later by SIGKILL.
 */
MUST_CHECK bool child_wait(pid_t child, diag *d, int *status);

#endif
