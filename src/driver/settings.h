/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * settings.h - what the user says of nodes (--set); for src/driver only.
 */
#ifndef SNN_DRIVER_SETTINGS_H
#define SNN_DRIVER_SETTINGS_H

#include "driver/compile.h"

/* Amends a network whose shapes are not inferred yet. */
MUST_CHECK bool settings_apply(compilation *c);

#endif
