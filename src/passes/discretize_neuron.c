/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize_neuron.c - neurons as operations on states: a kind of neuron is a
 * row here, a simulator one in profile.c (docs/spec.md, section 5).
 *
 * A neuron is built in two halves. What it emits may depend on its input of
 * this step, or on what earlier steps left alone: then it is late, its first
 * half emits, and its second one takes the input.
 */
#include <string.h>

#include "base/buf.h"
#include "passes/discretize_parts.h"

static const neuron_row rows[] = {
    {"snn.i", false, NULL, false},
    {"snn.if", false, NULL, true},
    {"snn.li", false, "tau", false},
    {"snn.lif", false, "tau", true},
    {"snn.cuba_li", true, "tau_mem", false},
    {"snn.cuba_lif", true, "tau_mem", true},
};

static const neuron_row *row_of(MlirOperation op)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (ir_is(op, rows[i].op)) {
            return &rows[i];
        }
    }
    return NULL;
}

bool neuron_is(MlirOperation op) { return row_of(op) != NULL; }

/* Fires one step late, from what the last step left. */
static bool is_late_fire(const neuron_row *row, const profile *p)
{
    return p->timing == TIMING_BOTH && row->fires;
}

/* Its membrane sees the current that the last step left. */
static bool sees_old(const neuron_row *row, const profile *p)
{
    return p->old_current && row->current;
}

/* Emits the membrane that the last step left. */
static bool is_late_readout(const neuron_row *row, const profile *p)
{
    return p->old_readout && !row->fires && row->tau;
}

/* Another number than 0 of a parameter. */
static bool has_number(const maker *m, const char *param, double *value)
{
    MlirAttribute given = ir_get(m->op, param);
    int64_t n = mlirAttributeIsNull(given) ? 0
                : ir_param_uniform(given)
                    ? 1
                    : ir_count(mlirOperationGetResult(m->op, 0));
    for (int64_t i = 0; i < n; i++) {
        *value = ir_param(given, i);
        if (*value != 0.0) {
            return true;
        }
    }
    return false;
}

static bool loses(const maker *m, const char *param, double *value)
{
    const profile *p = &m->p;
    if (strcmp(param, "r") == 0 || strcmp(param, "w_in") == 0) {
        return part_loses_gain(m, param, value);
    }
    bool leak = strcmp(param, "v_leak") == 0;
    bool resets = p->reset == RESET_VALUE || p->reset == RESET_SUBTRACT ||
                  p->reset == RESET_GUARD;
    bool ignored = profile_ignores(p, param) || (leak && part_has_no_leak(m));
    return ignored && !(resets && strcmp(param, "v_reset") == 0) &&
           has_number(m, param, value);
}

bool neuron_loses(stepper *s, ir *b, MlirOperation op, MlirType real,
                  const char *param, double *value)
{
    maker m = part_maker(s, b, op, row_of(op), real);
    return loses(&m, param, value);
}

/* Parameters that --strict-nir asks for, and that have no place. */
static bool check_strict(const maker *m)
{
    static const char *const lost[] = {"v_leak", "v_reset", "r"};
    double value;
    const char *who = m->s->rule->semantics;
    for (int i = 0; i < 3; i++) {
        bool none = m->p.integers || (i == 0 && part_has_no_leak(m));
        if (none && loses(m, lost[i], &value)) {
            return ir_error(m->op,
                            "'%s' cannot respect '%s', which is %g here: its "
                            "%s none",
                            who, lost[i], value,
                            m->p.integers ? "integers have" : "formula has");
        }
    }
    bool floor = m->row->fires && m->row->tau && m->p.floor == FLOOR_ZERO &&
                 m->p.reset == RESET_VALUE;
    MlirAttribute reset = ir_get(m->op, "v_reset");
    int64_t n = !floor ? 0
                : ir_param_uniform(reset)
                    ? 1
                    : ir_count(mlirOperationGetResult(m->op, 0));
    for (int64_t i = 0; i < n; i++) {
        if (ir_param(reset, i) < 0.0) {
            return ir_error(m->op,
                            "'%s' cannot respect 'v_reset', which is %g here: "
                            "its membrane is never below 0",
                            who, ir_param(reset, i));
        }
    }
    return true;
}

bool neuron_counts(const time_rule *rule, MlirOperation op)
{
    const neuron_row *row = row_of(op);
    return row && row->fires && rule->profile.compare == COMPARE_COUNT &&
           !part_says(op, "single_spike");
}

MlirType neuron_step_type(const time_rule *rule, MlirValue value)
{
    MlirType type = mlirValueGetType(value);
    MlirOperation op = ir_owner(value);
    while (ir_is(op, "snn.delay") || ir_is(op, "tensor.collapse_shape")) {
        op = ir_owner(mlirOperationGetOperand(op, 0));
    }
    const neuron_row *row = row_of(op);
    bool integers = rule->profile.integers && row && !row->fires;
    return integers ? ir_tensor_like(type, mlirIntegerTypeGet(
                                               mlirTypeGetContext(type), 32))
                    : type;
}

bool neuron_is_late(const time_rule *rule, MlirOperation op)
{
    const neuron_row *row = row_of(op);
    const profile *p = &rule->profile;
    return row && (p->old_input || is_late_fire(row, p) || sees_old(row, p) ||
                   is_late_readout(row, p));
}

/*===- the halves -----------------------------------------------------------*/

static void add_states(const maker *m, neuron_half *h)
{
    if (m->p.has_current) {
        h->i = part_state(m, "i",
                          m->p.current_start ? part_start(m) : part_zero(m));
    }
    h->v = part_state(m, "v", part_start(m));
    h->start = h->v;
    if (m->p.old_input) {
        h->x = part_input_state(m, "x");
    }
}

/* The membrane after the step: integrates, fires, resets. */
static bool step_membrane(const maker *m, neuron_half *h, MlirValue driven)
{
    MlirValue v, next;
    if (!part_drive(m, driven, h->start, &v)) {
        return false;
    }
    next = v;
    if (!m->row->fires) {
        h->y = v;
    } else if (m->p.timing == TIMING_SAME) {
        if (!part_fire(m, v, h->v, &h->y, &next)) {
            return false;
        }
    } else if (!mlirValueIsNull(h->early)) {
        if (!part_reset(m, v, h->early, &next)) {
            return false;
        }
    }
    if (m->row->fires && m->p.timing == TIMING_RESET &&
        !part_cross(m, next, &h->y)) {
        return false;
    }
    stepper_after(m->s, h->v, part_floor(m, next));
    return true;
}

/* The current after the step, and what the membrane sees of it. */
static bool step_current(const maker *m, neuron_half *h, MlirValue x,
                         MlirValue *driven)
{
    MlirValue next;
    if (!part_feed(m, x, h->i, &next)) {
        return false;
    }
    *driven = next;
    if (m->p.current_decay.form && !part_decay(m, x, next, &next)) {
        return false;
    }
    stepper_after(m->s, h->i, next);
    return true;
}

/* Resets that last step's spikes cause before anything else. */
static bool reset_first(const maker *m, neuron_half *h, bool in_loop)
{
    bool late = is_late_fire(m->row, &m->p);
    bool value = m->p.reset == RESET_ZERO || m->p.reset == RESET_VALUE;
    MlirValue spikes, next;
    if (m->p.timing == TIMING_SAME || !m->row->fires) {
        return true;
    }
    bool before =
        late ? m->row->current : value && !m->row->current && !in_loop;
    if (before) {
        if (!part_fire(m, h->v, h->v, &spikes, &next)) {
            return false;
        }
        h->start = next;
    } else {
        if (!part_cross(m, h->v, &spikes)) {
            return false;
        }
        h->early = spikes;
    }
    h->y = late ? spikes : h->y;
    return true;
}

bool neuron_begin(stepper *s, ir *b, MlirOperation op, MlirType real,
                  bool in_loop, neuron_half *h)
{
    maker m = part_maker(s, b, op, row_of(op), real);
    if (!part_check(&m) || (m.p.strict && !check_strict(&m))) {
        return false;
    }
    add_states(&m, h);
    if (!reset_first(&m, h, in_loop)) {
        return false;
    }
    if (is_late_readout(m.row, &m.p)) {
        h->y = h->v;
    }
    if (sees_old(m.row, &m.p)) {
        MlirValue emitted = h->y;
        h->done = true;
        if (!step_membrane(&m, h, h->i)) {
            return false;
        }
        h->y = mlirValueIsNull(emitted) ? h->y : emitted;
    } else if (m.p.old_input) {
        h->done = true;
        MlirValue driven = h->x;
        return (!m.p.has_current || step_current(&m, h, h->x, &driven)) &&
               step_membrane(&m, h, driven);
    }
    return true;
}

bool neuron_end(stepper *s, ir *b, MlirOperation op, MlirType real, MlirValue x,
                neuron_half *h)
{
    maker m = part_maker(s, b, op, row_of(op), real);
    MlirValue driven = x;
    if (m.p.old_input) {
        stepper_after(s, h->x, x);
        return true;
    }
    if (m.p.has_current && !step_current(&m, h, x, &driven)) {
        return false;
    }
    if (h->done) {
        return true;
    }
    MlirValue emitted = h->y;
    if (!step_membrane(&m, h, driven)) {
        return false;
    }
    h->y = mlirValueIsNull(emitted) ? h->y : emitted;
    return true;
}
