/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * spelling.h - options in messages, as they are written in Python.
 */
#ifndef SNN_PYTHON_SPELLING_H
#define SNN_PYTHON_SPELLING_H

#include "pieces.h"

/*
 * Appends the text of a message: "--reset-delay --dt=1e-3" becomes
 * "reset_delay=True, dt=1e-3", and "--set 'a.v=1'" becomes set={"a.v": 1}.
 * Needs no GIL.
 */
void spelling_write(const char *text, pieces *to);

#endif
