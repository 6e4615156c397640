/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * knobs.h - the words of a snn.step's `knobs`: what a simulator does with all
 * neurons of a network (docs/spec.md, section 5).
 */
#ifndef SNN_IR_KNOBS_H
#define SNN_IR_KNOBS_H

#ifdef __cplusplus
extern "C" {
#endif

typedef enum knob {
    KNOB_START,
    KNOB_COMPARE,
    KNOB_RESET,
    KNOB_TIMING,
    KNOB_FLOOR,
    KNOB_FEEDBACK,
    KNOB_INPUT,
    KNOB_CURRENT,
    KNOB_READOUT,
    KNOB_NUMBERS,
    KNOB_STRICT,
    KNOB_COUNT
} knob;

enum { KNOB_MAX_WORDS = 5 };

typedef struct knob_row {
    const char *name;
    const char *words[KNOB_MAX_WORDS]; /* until a null */
} knob_row;

extern const knob_row knob_rows[KNOB_COUNT];

#ifdef __cplusplus
}
#endif

#endif
