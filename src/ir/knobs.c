/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * knobs.c - the table of knobs. src/passes/profile.h has an enum for each, in
 * the order of its words.
 */
#include "ir/knobs.h"

const knob_row knob_rows[KNOB_COUNT] = {
    [KNOB_START] = {"start", {"zero", "leak", "reset"}},
    [KNOB_COMPARE] = {"compare", {"gt", "ge", "count"}},
    [KNOB_RESET] = {"reset", {"zero", "value", "subtract", "guard"}},
    [KNOB_TIMING] = {"timing", {"same", "late-reset", "late-spike"}},
    [KNOB_FLOOR] = {"floor", {"none", "zero", "threshold"}},
    [KNOB_FEEDBACK] = {"feedback", {"answer", "zero", "no-bias"}},
    [KNOB_INPUT] = {"input", {"new", "old"}},
    [KNOB_CURRENT] = {"current", {"new", "old"}},
    [KNOB_READOUT] = {"readout", {"new", "old"}},
    [KNOB_NUMBERS] = {"numbers", {"float", "integer"}},
    [KNOB_STRICT] = {"strict", {"no", "yes"}},
};
