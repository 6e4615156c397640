/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * states.h - lets states of a node come out of a step; for src/driver only.
 */
#ifndef SNN_DRIVER_STATES_H
#define SNN_DRIVER_STATES_H

#include "driver/ports.h"

/*
 * Makes what a state is behind the step one more output of the snn.step, called
 * s->name, unless it is one already; *added says which. Fails where the node
 * has no such state.
 */
MUST_CHECK bool states_show(compilation *c, MlirOperation step, const shown *s,
                            bool *added);

#endif
