/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize_neuron.c - neurons as snn.integrate and snn.fire: the table of
 * docs/spec.md, section 5. A kind of neuron is a row.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "passes/discretize.h"

/* An integration: its time constant (none: no leak), gain and leak. */
typedef struct integration {
    const char *state; /* suffix of its name; NULL: there is none */
    const char *tau;
    const char *gain;
    const char *leak; /* NULL: 0 */
} integration;

typedef struct neuron_row {
    const char *op;
    integration parts[2]; /* the second integrates what the first gives */
    bool fires;
} neuron_row;

static const neuron_row rows[] = {
    {"snn.i", {{"v", NULL, "r", NULL}}, false},
    {"snn.if", {{"v", NULL, "r", NULL}}, true},
    {"snn.li", {{"v", "tau", "r", "v_leak"}}, false},
    {"snn.lif", {{"v", "tau", "r", "v_leak"}}, true},
    {"snn.cuba_li",
     {{"i", "tau_syn", "w_in", NULL}, {"v", "tau_mem", "r", "v_leak"}},
     false},
    {"snn.cuba_lif",
     {{"i", "tau_syn", "w_in", NULL}, {"v", "tau_mem", "r", "v_leak"}},
     true},
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

/*===- constants ------------------------------------------------------------*/

/* Formulas of (dt, tau, gain); computed in f64. */
static double euler_decay(double dt, double tau, double gain)
{
    (void)gain;
    return dt / tau;
}

static double exact_decay(double dt, double tau, double gain)
{
    (void)gain;
    return exp(-dt / tau);
}

static double exact_gain(double dt, double tau, double gain)
{
    return gain * (1.0 - exp(-dt / tau));
}

static double plain_gain(double dt, double tau, double gain)
{
    (void)dt;
    (void)tau;
    return gain;
}

static double euler_rate(double dt, double tau, double gain)
{
    (void)tau;
    return dt * gain;
}

typedef double (*formula)(double dt, double tau, double gain);

static double element(MlirAttribute param, int64_t i)
{
    return mlirAttributeIsNull(param) ? 0.0 : ir_param(param, i);
}

static bool uniform(MlirAttribute param)
{
    return mlirAttributeIsNull(param) || ir_param_uniform(param);
}

static bool fits(double value, MlirType real)
{
    return isfinite(mlirTypeIsAF32(real) ? (double)(float)value : value);
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

/* The formula for all elements of a neuron of like's shape. */
static bool evaluate(stepper *s, ir *b, MlirOperation op, formula f,
                     const integration *part, MlirValue like,
                     MlirAttribute *result)
{
    MlirAttribute tau =
        part->tau ? ir_get(op, part->tau) : mlirAttributeGetNull();
    MlirAttribute gain = ir_get(op, part->gain);
    bool one = uniform(tau) && uniform(gain);
    int64_t n = one ? 1 : ir_count(like);
    double *values = ARENA_ARRAY(s->a, double, n);
    for (int64_t i = 0; i < n; i++) {
        values[i] = f(s->rule->dt, element(tau, i), element(gain, i));
        if (!fits(values[i], ir_element(like))) {
            return ir_error(
                op, "with dt %g, %s %g and %s %g a constant is not finite",
                s->rule->dt, part->tau ? part->tau : "no tau", element(tau, i),
                part->gain, element(gain, i));
        }
    }
    *result = all_equal(values, n) ? ir_f64(b, values[0])
                                   : ir_f64_elements(b, mlirValueGetType(like),
                                                     (intptr_t)n, values);
    return true;
}

/*===- operations -----------------------------------------------------------*/

static bool check_dt(stepper *s, MlirOperation op, const integration *part)
{
    if (s->rule->has_dt) {
        return true;
    }
    const char *of = part->tau ? part->tau : part->gain;
    return ir_error(
        op,
        "'%s' is %g in the file's unit of time, and no dt is given; say "
        "--dt T in the same unit (snnTorch, SpikingJelly and Lava use 1e-4, "
        "Norse 1e-3, Spyx 1)",
        of, ir_param(ir_get(op, of), 0));
}

/* The constants of one integration. */
static bool constants(stepper *s, ir *b, MlirOperation op,
                      const integration *part, MlirValue like,
                      MlirAttribute *decay, MlirAttribute *gain)
{
    bool exponential = s->rule->exponential;
    if (!check_dt(s, op, part)) {
        return false;
    }
    if (!part->tau) {
        return evaluate(s, b, op, euler_rate, part, like, gain);
    }
    return evaluate(s, b, op, exponential ? exact_decay : euler_decay, part,
                    like, decay) &&
           evaluate(s, b, op, exponential ? exact_gain : plain_gain, part, like,
                    gain);
}

static const char *form_of(const stepper *s, const integration *part)
{
    if (!part->tau) {
        return "#snn.form<accumulate>";
    }
    return s->rule->exponential ? "#snn.form<exact>" : "#snn.form<relax>";
}

static bool integrate(stepper *s, ir *b, MlirOperation op,
                      const integration *part, MlirValue x, MlirType type,
                      MlirValue *before, MlirValue *after)
{
    MlirAttribute leak = part->leak ? ir_get(op, part->leak) : ir_f64(b, 0.0);
    const char *node = ir_get_text(op, "node", s->a);
    state what = {.name = text_printf(s->a, "%s.%s", node, part->state),
                  .init = part->tau ? leak : ir_f64(b, 0.0)};
    *before = stepper_state(s, b, what, type);
    MlirAttribute decay = mlirAttributeGetNull();
    MlirAttribute gain = mlirAttributeGetNull();
    if (!constants(s, b, op, part, *before, &decay, &gain)) {
        return false;
    }
    ir_attr attrs[] = {
        {"node", ir_get(op, "node")},
        {"form", ir_parse(b, form_of(s, part))},
        {"decay", decay},
        {"gain", gain},
        {"leak", part->tau ? leak : mlirAttributeGetNull()},
    };
    *after = ir_op1(b, "snn.integrate",
                    (ir_parts){.operands = (MlirValue[]){x, *before},
                               .n_operands = 2,
                               .results = &type,
                               .n_results = 1,
                               .attrs = attrs,
                               .n_attrs = 5});
    return true;
}

/* Fires, and says what the state is after it. */
static MlirValue fire(stepper *s, ir *b, MlirOperation op, MlirValue before,
                      MlirValue integrated)
{
    MlirType types[2] = {
        mlirValueGetType(mlirOperationGetResult(op, 0)),
        mlirValueGetType(integrated),
    };
    ir_attr attrs[] = {
        {"node", ir_get(op, "node")},
        {"threshold", ir_get(op, "v_threshold")},
        {"reset", ir_get(op, "v_reset")},
    };
    MlirOperation fired = ir_op(b, "snn.fire",
                                (ir_parts){.operands = &integrated,
                                           .n_operands = 1,
                                           .results = types,
                                           .n_results = 2,
                                           .attrs = attrs,
                                           .n_attrs = 3});
    stepper_after(s, before, mlirOperationGetResult(fired, 1));
    return mlirOperationGetResult(fired, 0);
}

/* The type of a neuron's states: its shape, of the type of its real input. */
static MlirType state_type(MlirOperation op, MlirType real)
{
    MlirType y = mlirValueGetType(mlirOperationGetResult(op, 0));
    return ir_tensor_like(y, real);
}

bool neuron_step(stepper *s, ir *b, MlirOperation op, MlirValue x,
                 MlirType real, MlirValue *y)
{
    const neuron_row *row = row_of(op);
    MlirType type = state_type(op, real);
    MlirValue before, after;
    for (int i = 0; i < 2 && row->parts[i].state; i++) {
        if (!integrate(s, b, op, &row->parts[i], x, type, &before, &after)) {
            return false;
        }
        stepper_after(s, before, after);
        x = after;
    }
    *y = row->fires ? fire(s, b, op, before, after) : after;
    return true;
}
