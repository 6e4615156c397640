/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * terminal.h - what standard output can show.
 */
#ifndef SNN_TOOLS_TERMINAL_H
#define SNN_TOOLS_TERMINAL_H

#include <stdbool.h>

/* Characters in a line: $COLUMNS, else the terminal's, else 80. */
int terminal_columns(void);
/* Does the locale of the environment take UTF-8? */
bool terminal_is_utf8(void);

#endif
