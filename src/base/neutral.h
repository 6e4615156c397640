/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * neutral.h - numbers are read and printed with a point, whatever locale the
 * program has that this library is part of.
 */
#ifndef SNN_BASE_NEUTRAL_H
#define SNN_BASE_NEUTRAL_H

#include <locale.h>

/* This thread has the locale "C" from here on; what it had, for the other. */
locale_t neutral_begin(void);
void neutral_end(locale_t before);

#endif
