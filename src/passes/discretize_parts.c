/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize_parts.c - the operations that neurons are made of: states and what
 * integrates them.
 */
#include "passes/discretize_parts.h"

#include <string.h>

#include "base/buf.h"
#include "passes/discretize_constants.h"

/*===- the node -------------------------------------------------------------*/

bool part_says(MlirOperation op, const char *name)
{
    MlirAttribute value = ir_get(op, name);
    return !mlirAttributeIsNull(value) && ir_param(value, 0) != 0.0;
}

/* What a file does not say, and its user does: docs/spec.md, section 5. */
static void refine(maker *m)
{
    m->p.has_current = m->row->current || part_says(m->op, "tau_syn");
    if (!mlirAttributeIsNull(ir_get(m->op, "floor"))) {
        m->p.floor = FLOOR_GIVEN;
    }
    if (part_says(m->op, "no_floor")) {
        m->p.floor = FLOOR_NONE;
    }
    if (part_says(m->op, "single_spike")) {
        m->p.compare = COMPARE_GE;
    }
    if (part_says(m->op, "norm_input")) {
        m->p.lif.gain = profile_norm_input;
        m->p.li.gain = profile_norm_input;
    }
    if (m->p.has_current && !m->row->current) {
        m->p.current =
            (profile_dynamics){.form = "jump", .decay = profile_decay};
    }
}

maker part_maker(stepper *s, ir *b, MlirOperation op, const neuron_row *row,
                 MlirType real)
{
    MlirType y = mlirValueGetType(mlirOperationGetResult(op, 0));
    maker m = {.s = s,
               .b = b,
               .op = op,
               .row = row,
               .p = s->rule->profile,
               .real = real,
               .type = ir_tensor_like(y, s->rule->profile.integers ? ir_i(b, 32)
                                                                   : real)};
    refine(&m);
    return m;
}

/*===- operations -----------------------------------------------------------*/

MlirOperation part_op(const maker *m, const char *name,
                      const MlirValue *operands, intptr_t n_operands,
                      MlirType spikes, const ir_attr *attrs, intptr_t n_attrs)
{
    MlirType types[2] = {spikes, m->type};
    bool two = !mlirTypeIsNull(spikes);
    return ir_op(m->b, name,
                 (ir_parts){.operands = operands,
                            .n_operands = n_operands,
                            .results = two ? types : types + 1,
                            .n_results = two ? 2 : 1,
                            .attrs = attrs,
                            .n_attrs = n_attrs});
}

MlirType part_no_type(void) { return (MlirType){NULL}; }

MlirAttribute part_word(const maker *m, const char *name, const char *word)
{
    return ir_parse(m->b, text_printf(m->s->a, "#snn.%s<%s>", name, word));
}

static MlirValue state_of(const maker *m, const char *suffix,
                          MlirAttribute init, MlirType type)
{
    const char *node = ir_get_text(m->op, "node", m->s->a);
    state what = {.name = text_printf(m->s->a, "%s.%s", node, suffix),
                  .init = init};
    return stepper_state(m->s, m->b, what, type);
}

MlirValue part_state(const maker *m, const char *suffix, MlirAttribute init)
{
    return state_of(m, suffix, init, m->type);
}

MlirAttribute part_zero(const maker *m) { return ir_f64(m->b, 0.0); }

MlirValue part_input_state(const maker *m, const char *suffix)
{
    MlirValue x = mlirOperationGetOperand(m->op, 0);
    return state_of(m, suffix, part_zero(m), mlirValueGetType(x));
}

bool part_check(const maker *m)
{
    return !m->p.integers || m->p.floor != FLOOR_GIVEN ||
           ir_error(m->op,
                    "the states of '%s' are integers: 'floor' is not "
                    "for them",
                    m->s->rule->semantics);
}

MlirAttribute part_start(const maker *m)
{
    if (m->p.reset_start && m->row->fires && !m->row->tau) {
        bool value = m->p.reset == RESET_VALUE;
        return value ? constant_or_zero(m, "v_reset") : part_zero(m);
    }
    switch (m->p.start) {
    case START_LEAK:
        return constant_or_zero(m, "v_leak");
    case START_RESET:
        return constant_or_zero(m, "v_reset");
    case START_ZERO:
        break;
    }
    return part_zero(m);
}

/*===- integrating ----------------------------------------------------------*/

static const profile_dynamics *membrane_of(const maker *m)
{
    if (m->row->current) {
        return &m->p.membrane;
    }
    if (!m->row->tau) {
        return &m->p.integrator;
    }
    MlirAttribute r = ir_get(m->op, "r");
    bool unit = m->row->fires && ir_param_uniform(r) && ir_param(r, 0) == 1.0;
    if (unit && m->p.lif_unit.form) {
        return &m->p.lif_unit;
    }
    return m->row->fires ? &m->p.lif : &m->p.li;
}

bool part_loses_gain(const maker *m, const char *param, double *value)
{
    bool is_r = strcmp(param, "r") == 0;
    const profile_dynamics *d = is_r              ? membrane_of(m)
                                : m->row->current ? &m->p.current
                                                  : NULL;
    int64_t n = d && d->usual ? constant_count(m) : 0;
    for (int64_t i = 0; i < n; i++) {
        const char *tau = is_r ? m->row->tau : "tau_syn";
        profile_numbers at = constant_numbers(m, tau, param, i);
        *value = at.gain;
        if (constant_times_usual(m, d->usual, &at) != 1.0) {
            return true;
        }
    }
    return false;
}

bool part_has_no_leak(const maker *m)
{
    const profile_dynamics *d = membrane_of(m);
    return m->p.integers || (d->form && strcmp(d->form, "jump") == 0);
}

/* (1 - decay) rest: what keeps a membrane where it rests. */
static MlirAttribute times_lost(const maker *m, const profile_dynamics *d,
                                const char *tau, MlirAttribute rest)
{
    int64_t n = constant_count(m);
    double *values = ARENA_ARRAY(m->s->a, double, n);
    for (int64_t i = 0; i < n; i++) {
        profile_numbers at = constant_numbers(m, tau, "r", i);
        values[i] = (1.0 - d->decay(&at)) * ir_param(rest, i);
    }
    return constant_attribute(m, values, n);
}

/* A form may do without a leak; the others have one, if only 0. */
static bool leak_of(const maker *m, const profile_dynamics *d, const char *tau,
                    MlirAttribute *leak)
{
    static const char *const without[] = {"accumulate", "jump", "approach",
                                          "shift"};
    *leak = mlirAttributeGetNull();
    for (size_t i = 0; i < sizeof without / sizeof *without; i++) {
        if (strcmp(d->form, without[i]) == 0) {
            return true;
        }
    }
    *leak = part_zero(m);
    bool rests = m->p.rests && !d->leak && d != &m->p.current;
    if ((d->leak || rests) && !constant_in_unit(m, "v_leak", leak)) {
        return false;
    }
    if (rests) {
        *leak = times_lost(m, d, tau, *leak);
    }
    bool none = ir_param_uniform(*leak) && ir_param(*leak, 0) == 0.0;
    if (none && strcmp(d->form, "leaky") == 0) {
        *leak = mlirAttributeGetNull();
    }
    return true;
}

static bool integrate(const maker *m, const profile_dynamics *d,
                      const char *tau, const char *gain, MlirValue x,
                      MlirValue before, MlirValue *after)
{
    MlirAttribute decay, factor, leak;
    if (!d->form) {
        return ir_error(m->op, "'%s' has no neuron of this kind",
                        m->s->rule->semantics);
    }
    profile_constant usual = m->p.strict ? d->usual : NULL;
    if ((d->decay || d->gain) && !constant_check_dt(m, tau, gain)) {
        return false;
    }
    if (!constant_of(m, d->decay, tau, gain, &decay) ||
        !constant_times(m, d->gain, usual, tau, gain, &factor) ||
        !leak_of(m, d, tau, &leak)) {
        return false;
    }
    ir_attr attrs[] = {
        {"node", ir_get(m->op, "node")},
        {"form", part_word(m, "form", d->form)},
        {"decay", decay},
        {"gain", mlirAttributeIsNull(factor) ? ir_f64(m->b, 1.0) : factor},
        {"leak", leak},
    };
    MlirValue operands[] = {x, before};
    *after = mlirOperationGetResult(
        part_op(m, "snn.integrate", operands, 2, part_no_type(), attrs, 5), 0);
    return true;
}

/* The membrane after what drives it. */
bool part_drive(const maker *m, MlirValue x, MlirValue before, MlirValue *after)
{
    return integrate(m, membrane_of(m), m->row->tau, "r", x, before, after);
}

/* The current after what arrives. */
bool part_feed(const maker *m, MlirValue x, MlirValue before, MlirValue *after)
{
    return integrate(m, &m->p.current, "tau_syn", "w_in", x, before, after);
}

bool part_decay(const maker *m, MlirValue x, MlirValue before, MlirValue *after)
{
    return integrate(m, &m->p.current_decay, "tau_syn", "w_in", x, before,
                     after);
}
