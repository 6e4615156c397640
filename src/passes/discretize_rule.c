/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize_rule.c - the options of --snn-discretize.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ir/knobs.h"
#include "passes/discretize.h"
#include "passes/passes.h"

/* The place of word among the first three words; fails with what is expected.
 */
static bool read_word(MlirOperation module, const char *option,
                      const char *word, const char *const *words, int *found)
{
    for (int i = 0; i < 3; i++) {
        if (strcmp(word, words[i]) == 0) {
            *found = i;
            return true;
        }
    }
    return ir_error(module, "%s is '%s', expected %s, %s or %s", option, word,
                    words[0], words[1], words[2]);
}

static bool read_reset(MlirOperation module, const char *word, profile *p)
{
    const char *const *words = knob_rows[KNOB_RESET].words;
    int at;
    if (*word == '\0') {
        return true;
    }
    if (!read_word(module, "reset", word, words, &at)) {
        return false;
    }
    bool guarded = p->guards && at == RESET_SUBTRACT;
    p->reset = guarded ? RESET_GUARD : (profile_reset)at;
    return true;
}

static bool read_feedback(MlirOperation module, const char *word, profile *p)
{
    const char *const *words = knob_rows[KNOB_FEEDBACK].words;
    int at = (int)p->feedback;
    bool good =
        *word == '\0' || read_word(module, "feedback", word, words, &at);
    p->feedback = (profile_feedback)at;
    return good;
}

/* Integer states are reset as they cross, and to v_reset by a rule only. */
static bool check_integers(MlirOperation module, const time_rule *rule)
{
    const profile *p = &rule->profile;
    bool value = p->reset == RESET_VALUE && !p->reset_at;
    return !p->integers || (!value && p->timing == TIMING_SAME) ||
           ir_error(module,
                    "the states of '%s' are integers: a reset %s is not for "
                    "them",
                    rule->semantics, value ? "to v_reset" : "in the next step");
}

/* The simulator's row, as options refine it. */
static bool read_profile(MlirOperation module, const char *const *options,
                         arena *a, time_rule *rule)
{
    const char *semantics = options[1];
    const profile *row = profile_find(semantics);
    rule->semantics = semantics;
    if (strcmp(semantics, "") == 0) {
        return ir_error(module,
                        "no semantics is given; say --semantics=S with one of "
                        "%s",
                        passes_semantics(a));
    }
    if (!row) {
        return ir_error(module, "semantics is '%s', expected %s", semantics,
                        passes_semantics(a));
    }
    rule->profile = *row;
    if (strcmp(options[5], "true") == 0) {
        profile_be_strict(&rule->profile);
    }
    if (strcmp(options[3], "true") == 0 && row->timing == TIMING_SAME) {
        rule->profile.timing = TIMING_RESET;
    }
    return read_reset(module, options[2], &rule->profile) &&
           read_feedback(module, options[4], &rule->profile) &&
           check_integers(module, rule);
}

static bool read_dt(MlirOperation module, const char *dt, time_rule *rule)
{
    if (strcmp(dt, "") == 0) {
        dt = rule->profile.dt;
    }
    if (!dt) {
        return true;
    }
    char *end;
    rule->dt = text_read_number(dt, &end);
    rule->has_dt = true;
    if (*end != '\0' || !isfinite(rule->dt) || rule->dt <= 0.0) {
        return ir_error(module, "dt is '%s', expected a positive number", dt);
    }
    return true;
}

bool rule_read(MlirOperation module, const char *const *options, arena *a,
               time_rule *rule)
{
    return read_profile(module, options, a, rule) &&
           read_dt(module, options[0], rule);
}

MlirAttribute rule_knobs(const time_rule *rule, ir *b)
{
    const profile *p = &rule->profile;
    const int words[KNOB_COUNT] = {
        [KNOB_START] = (int)p->start,    [KNOB_COMPARE] = (int)p->compare,
        [KNOB_RESET] = (int)p->reset,    [KNOB_TIMING] = (int)p->timing,
        [KNOB_FLOOR] = (int)p->floor,    [KNOB_FEEDBACK] = (int)p->feedback,
        [KNOB_INPUT] = p->old_input,     [KNOB_CURRENT] = p->old_current,
        [KNOB_READOUT] = p->old_readout, [KNOB_NUMBERS] = p->integers,
        [KNOB_STRICT] = p->strict,
    };
    ir_attr knobs[KNOB_COUNT];
    for (int i = 0; i < KNOB_COUNT; i++) {
        const knob_row *row = &knob_rows[i];
        knobs[i] = (ir_attr){row->name, ir_text(b, row->words[words[i]])};
    }
    return ir_dictionary(b, KNOB_COUNT, knobs);
}
