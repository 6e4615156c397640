/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize_parts.c - the operations that neurons are made of, with the
 * constants that the simulator's row in profile.c computes.
 */
#include "passes/discretize_parts.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"

/*===- constants ------------------------------------------------------------*/

static double element(const maker *m, const char *name, int64_t i,
                      double absent)
{
    MlirAttribute value = name ? ir_get(m->op, name) : mlirAttributeGetNull();
    return mlirAttributeIsNull(value) ? absent : ir_param(value, i);
}

static profile_numbers numbers_at(const maker *m, const char *tau,
                                  const char *gain, int64_t i)
{
    return (profile_numbers){
        .dt = element(m, "dt", i, m->s->rule->dt),
        .tau = element(m, tau, i, 1.0),
        .gain = element(m, gain, i, 1.0),
        .w_in = element(m, "w_in", i, 1.0),
        .threshold = element(m, "v_threshold", i, 1.0),
        .reset = element(m, "v_reset", i, 0.0),
        .leaks = m->row->tau,
        .f32 = mlirTypeIsAF32(m->real),
    };
}

/* All parameters of the node are one number each. */
static bool uniform(const maker *m)
{
    static const char *const names[] = {"tau",    "tau_syn", "tau_mem",
                                        "r",      "w_in",    "v_threshold",
                                        "v_leak", "v_reset"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        MlirAttribute value = ir_get(m->op, names[i]);
        if (!mlirAttributeIsNull(value) && !ir_param_uniform(value)) {
            return false;
        }
    }
    return true;
}

static int64_t count_of(const maker *m)
{
    return uniform(m) ? 1 : ir_count(mlirOperationGetResult(m->op, 0));
}

static bool fits(double value, MlirType type)
{
    MlirType element = mlirShapedTypeGetElementType(type);
    if (mlirTypeIsAInteger(element)) {
        return fabs(value) <= INT32_MAX;
    }
    return isfinite(mlirTypeIsAF32(element) ? (double)(float)value : value);
}

static bool all_equal(const double *values, int64_t n)
{
    for (int64_t i = 1; i < n; i++) {
        if (memcmp(&values[i], &values[0], sizeof *values) != 0) {
            return false;
        }
    }
    return n > 0;
}

static MlirAttribute attribute(const maker *m, const double *values, int64_t n)
{
    return all_equal(values, n)
               ? ir_f64(m->b, values[0])
               : ir_f64_elements(m->b, m->type, (intptr_t)n, values);
}

/* A parameter that differs less is the usual one, rounded. */
static const double USUAL_TOLERANCE = 1e-5;

static bool is_near(double number, double usual)
{
    return fabs(number - usual) <= USUAL_TOLERANCE * fabs(usual);
}

/*
 * How many times the usual gain a gain is; one that is used is 1. Where a node
 * has a dt of its own, the exporter may have known that, or the network's.
 */
static double times_usual(const maker *m, profile_constant usual,
                          const profile_numbers *at)
{
    if (!usual) {
        return 1.0;
    }
    profile_numbers whole = *at;
    whole.dt = m->s->rule->dt;
    bool same =
        is_near(at->gain, usual(at)) || is_near(at->gain, usual(&whole));
    return same ? 1.0 : at->gain / usual(at);
}

/* The constant for all neurons of the node, times what their gains are of the
 * usual ones; null where both constants are. */
static bool evaluate_times(const maker *m, profile_constant constant,
                           profile_constant usual, const char *tau,
                           const char *gain, MlirAttribute *result)
{
    *result = mlirAttributeGetNull();
    if (!constant && !usual) {
        return true;
    }
    int64_t n = count_of(m);
    double *values = ARENA_ARRAY(m->s->a, double, n);
    for (int64_t i = 0; i < n; i++) {
        profile_numbers at = numbers_at(m, tau, gain, i);
        values[i] = constant ? constant(&at) : 1.0;
        values[i] *= times_usual(m, usual, &at);
        if (!fits(values[i], m->type)) {
            return ir_error(
                m->op, "with dt %g%s and %s %g a constant is not finite", at.dt,
                tau ? text_printf(m->s->a, ", %s %g", tau, at.tau) : "", gain,
                at.gain);
        }
    }
    *result = attribute(m, values, n);
    return true;
}

static bool evaluate(const maker *m, profile_constant constant, const char *tau,
                     const char *gain, MlirAttribute *result)
{
    return evaluate_times(m, constant, NULL, tau, gain, result);
}

static bool check_dt(const maker *m, const char *tau, const char *gain)
{
    if (m->s->rule->has_dt) {
        return true;
    }
    const char *of = tau ? tau : gain;
    return ir_error(
        m->op,
        "'%s' is %g in the file's unit of time, and no dt is given; say "
        "--dt T in the same unit (snnTorch, SpikingJelly and Lava use 1e-4, "
        "Norse 1e-3, Spyx 1)",
        of, ir_param(ir_get(m->op, of), 0));
}

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

/* An operation of the node on states; its last result is a state. */
static MlirOperation state_op(const maker *m, const char *name,
                              const MlirValue *operands, intptr_t n_operands,
                              MlirType spikes, const ir_attr *attrs,
                              intptr_t n_attrs)
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

static MlirType no_type(void) { return (MlirType){NULL}; }

static MlirAttribute word(const maker *m, const char *name, const char *word)
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

/* An attribute of the node that it may lack: 0 then. */
static MlirAttribute value_of(const maker *m, const char *name)
{
    MlirAttribute value = ir_get(m->op, name);
    return mlirAttributeIsNull(value) ? part_zero(m) : value;
}

MlirAttribute part_start(const maker *m)
{
    if (m->p.reset_start && m->row->fires && !m->row->tau) {
        bool value = m->p.reset == RESET_VALUE;
        return value ? value_of(m, "v_reset") : part_zero(m);
    }
    switch (m->p.start) {
    case START_LEAK:
        return value_of(m, "v_leak");
    case START_RESET:
        return value_of(m, "v_reset");
    case START_ZERO:
        break;
    }
    return part_zero(m);
}

/*===- the membrane's unit --------------------------------------------------*/

static double unit_at(const maker *m, int64_t i)
{
    profile_numbers at = m->row->current ? numbers_at(m, "tau_syn", "w_in", i)
                                         : numbers_at(m, m->row->tau, "r", i);
    return m->p.unit ? m->p.unit(&at) : 1.0;
}

/* The smallest of the node's units, where that is everybody's; else 0. */
static double smallest_unit(const maker *m)
{
    double smallest = INFINITY;
    for (int64_t i = 0; m->p.smallest && i < count_of(m); i++) {
        smallest = fmin(smallest, unit_at(m, i));
    }
    return m->p.smallest ? smallest : 0.0;
}

/* A parameter of the node, 0 if it has none, in the unit of the membrane. */
static bool in_unit(const maker *m, const char *name, MlirAttribute *result)
{
    *result = value_of(m, name);
    if (!m->p.unit) {
        return true;
    }
    int64_t n = count_of(m);
    double *values = ARENA_ARRAY(m->s->a, double, n);
    double smallest = smallest_unit(m);
    for (int64_t i = 0; i < n; i++) {
        double unit = m->p.smallest ? smallest : unit_at(m, i);
        double whole = element(m, name, i, 0.0);
        values[i] = whole / unit;
        if (!fits(values[i], m->type)) {
            return ir_error(m->op,
                            "%s is %g and its unit %g: their quotient is not "
                            "finite",
                            name, whole, unit);
        }
    }
    *result = attribute(m, values, n);
    return true;
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
    int64_t n = d && d->usual ? count_of(m) : 0;
    for (int64_t i = 0; i < n; i++) {
        const char *tau = is_r ? m->row->tau : "tau_syn";
        profile_numbers at = numbers_at(m, tau, param, i);
        *value = at.gain;
        if (times_usual(m, d->usual, &at) != 1.0) {
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
    int64_t n = count_of(m);
    double *values = ARENA_ARRAY(m->s->a, double, n);
    for (int64_t i = 0; i < n; i++) {
        profile_numbers at = numbers_at(m, tau, "r", i);
        values[i] = (1.0 - d->decay(&at)) * ir_param(rest, i);
    }
    return attribute(m, values, n);
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
    if ((d->leak || rests) && !in_unit(m, "v_leak", leak)) {
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
    if ((d->decay || d->gain) && !check_dt(m, tau, gain)) {
        return false;
    }
    if (!evaluate(m, d->decay, tau, gain, &decay) ||
        !evaluate_times(m, d->gain, usual, tau, gain, &factor) ||
        !leak_of(m, d, tau, &leak)) {
        return false;
    }
    ir_attr attrs[] = {
        {"node", ir_get(m->op, "node")},
        {"form", word(m, "form", d->form)},
        {"decay", decay},
        {"gain", mlirAttributeIsNull(factor) ? ir_f64(m->b, 1.0) : factor},
        {"leak", leak},
    };
    MlirValue operands[] = {x, before};
    *after = mlirOperationGetResult(
        state_op(m, "snn.integrate", operands, 2, no_type(), attrs, 5), 0);
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

/*===- firing ---------------------------------------------------------------*/

/* The node's thresholds in the unit of the simulator's membrane. */
static bool threshold_of(const maker *m, MlirAttribute *result)
{
    return m->p.threshold
               ? evaluate(m, m->p.threshold, m->row->tau, "r", result)
               : in_unit(m, "v_threshold", result);
}

/* What a spike makes of the membrane; null where it subtracts. */
static bool reset_value(const maker *m, MlirAttribute *value)
{
    *value = mlirAttributeGetNull();
    switch (m->p.reset) {
    case RESET_ZERO:
        *value = part_zero(m);
        break;
    case RESET_VALUE:
        return m->p.reset_at
                   ? evaluate(m, m->p.reset_at, m->row->tau, "r", value)
                   : in_unit(m, "v_reset", value);
    case RESET_SUBTRACT:
    case RESET_GUARD:
        break;
    }
    return true;
}

static MlirAttribute reset_mode(const maker *m)
{
    bool value = m->p.reset == RESET_ZERO || m->p.reset == RESET_VALUE;
    return word(m, "reset", value ? "value" : "subtract");
}

/* Fires; *next is the membrane after the reset. before: the last step's. */
bool part_fire(const maker *m, MlirValue v, MlirValue before, MlirValue *spikes,
               MlirValue *next)
{
    static const char *const compares[] = {"gt", "ge", "count"};
    MlirAttribute threshold, reset;
    if (!threshold_of(m, &threshold) || !reset_value(m, &reset)) {
        return false;
    }
    bool counts = m->p.compare == COMPARE_COUNT;
    ir_attr attrs[] = {
        {"node", ir_get(m->op, "node")},
        {"threshold", threshold},
        {"reset", reset},
        {"mode", reset_mode(m)},
        {"compare", word(m, "compare", compares[m->p.compare])},
        {"cap", counts ? mlirIntegerAttrGet(ir_i(m->b, 32), (int64_t)m->p.cap)
                       : mlirAttributeGetNull()},
    };
    MlirValue operands[] = {v, before};
    intptr_t n = m->p.reset == RESET_GUARD ? 2 : 1;
    MlirType type = mlirValueGetType(mlirOperationGetResult(m->op, 0));
    MlirOperation fired = state_op(m, "snn.fire", operands, n, type, attrs, 6);
    *spikes = mlirOperationGetResult(fired, 0);
    *next = mlirOperationGetResult(fired, 1);
    return true;
}

/* Spikes of v alone, without a reset. */
bool part_cross(const maker *m, MlirValue v, MlirValue *spikes)
{
    MlirAttribute threshold;
    if (!threshold_of(m, &threshold)) {
        return false;
    }
    MlirType type = mlirValueGetType(mlirOperationGetResult(m->op, 0));
    ir_attr attrs[] = {{"node", ir_get(m->op, "node")},
                       {"threshold", threshold}};
    *spikes = ir_op1(m->b, "snn.threshold",
                     (ir_parts){.operands = &v,
                                .n_operands = 1,
                                .results = &type,
                                .n_results = 1,
                                .attrs = attrs,
                                .n_attrs = 2});
    return true;
}

/* v after the reset that earlier spikes cause. */
bool part_reset(const maker *m, MlirValue v, MlirValue spikes, MlirValue *next)
{
    MlirAttribute threshold = mlirAttributeGetNull();
    MlirAttribute value;
    if (!reset_value(m, &value) ||
        (mlirAttributeIsNull(value) && !threshold_of(m, &threshold))) {
        return false;
    }
    ir_attr attrs[] = {{"node", ir_get(m->op, "node")},
                       {"threshold", threshold},
                       {"reset", value},
                       {"mode", reset_mode(m)}};
    MlirValue operands[] = {v, spikes};
    *next = mlirOperationGetResult(
        state_op(m, "snn.reset", operands, 2, no_type(), attrs, 4), 0);
    return true;
}

static MlirValue clamp(const maker *m, MlirValue v, const char *at,
                       MlirAttribute low)
{
    ir_attr attrs[] = {{"node", ir_get(m->op, "node")},
                       {"at", word(m, "floor", at)},
                       {"low", low}};
    return mlirOperationGetResult(
        state_op(m, "snn.clamp", &v, 1, no_type(), attrs, 3), 0);
}

static MlirAttribute negated(const maker *m, const char *name)
{
    MlirAttribute value = ir_get(m->op, name);
    bool one = ir_param_uniform(value);
    int64_t n = one ? 1 : ir_count(mlirOperationGetResult(m->op, 0));
    double *values = ARENA_ARRAY(m->s->a, double, n);
    for (int64_t i = 0; i < n; i++) {
        values[i] = -ir_param(value, i);
    }
    return attribute(m, values, n);
}

MlirValue part_floor(const maker *m, MlirValue v)
{
    if (!m->row->fires) {
        return v;
    }
    switch (m->p.floor) {
    case FLOOR_NONE:
        return v;
    case FLOOR_ZERO:
        return m->row->tau ? clamp(m, v, "max", part_zero(m)) : v;
    case FLOOR_THRESHOLD:
        return m->row->tau ? v : clamp(m, v, "relu", negated(m, "v_threshold"));
    case FLOOR_GIVEN:
        break;
    }
    return clamp(m, v, "relu", ir_get(m->op, "floor"));
}
