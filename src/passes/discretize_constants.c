/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize_constants.c - the constants of a neuron's operations, which the
 * simulator's row in profile.c computes from its parameters.
 */
#include "passes/discretize_constants.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"

static double element(const maker *m, const char *name, int64_t i,
                      double absent)
{
    MlirAttribute value = name ? ir_get(m->op, name) : mlirAttributeGetNull();
    return mlirAttributeIsNull(value) ? absent : ir_param(value, i);
}

profile_numbers constant_numbers(const maker *m, const char *tau,
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

int64_t constant_count(const maker *m)
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

MlirAttribute constant_attribute(const maker *m, const double *values,
                                 int64_t n)
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

double constant_times_usual(const maker *m, profile_constant usual,
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

bool constant_times(const maker *m, profile_constant constant,
                    profile_constant usual, const char *tau, const char *gain,
                    MlirAttribute *result)
{
    *result = mlirAttributeGetNull();
    if (!constant && !usual) {
        return true;
    }
    int64_t n = constant_count(m);
    double *values = ARENA_ARRAY(m->s->a, double, n);
    for (int64_t i = 0; i < n; i++) {
        profile_numbers at = constant_numbers(m, tau, gain, i);
        values[i] = constant ? constant(&at) : 1.0;
        values[i] *= constant_times_usual(m, usual, &at);
        if (!fits(values[i], m->type)) {
            return ir_error(
                m->op, "with dt %g%s and %s %g a constant is not finite", at.dt,
                tau ? text_printf(m->s->a, ", %s %g", tau, at.tau) : "", gain,
                at.gain);
        }
    }
    *result = constant_attribute(m, values, n);
    return true;
}

bool constant_of(const maker *m, profile_constant constant, const char *tau,
                 const char *gain, MlirAttribute *result)
{
    return constant_times(m, constant, NULL, tau, gain, result);
}

bool constant_check_dt(const maker *m, const char *tau, const char *gain)
{
    if (m->s->rule->has_dt) {
        return true;
    }
    const char *of = tau ? tau : gain;
    return ir_error(
        m->op,
        "'%s' is %g in the file's unit of time, and no dt is given; say "
        "--dt=T in the same unit (snnTorch, SpikingJelly and Lava use 1e-4, "
        "Norse 1e-3, Spyx 1)",
        of, ir_param(ir_get(m->op, of), 0));
}

MlirAttribute constant_or_zero(const maker *m, const char *name)
{
    MlirAttribute value = ir_get(m->op, name);
    return mlirAttributeIsNull(value) ? part_zero(m) : value;
}

/*===- the membrane's unit --------------------------------------------------*/

static double unit_at(const maker *m, int64_t i)
{
    profile_numbers at = m->row->current
                             ? constant_numbers(m, "tau_syn", "w_in", i)
                             : constant_numbers(m, m->row->tau, "r", i);
    return m->p.unit ? m->p.unit(&at) : 1.0;
}

/* The smallest of the node's units, where that is everybody's; else 0. */
static double smallest_unit(const maker *m)
{
    double smallest = INFINITY;
    for (int64_t i = 0; m->p.smallest && i < constant_count(m); i++) {
        smallest = fmin(smallest, unit_at(m, i));
    }
    return m->p.smallest ? smallest : 0.0;
}

bool constant_in_unit(const maker *m, const char *name, MlirAttribute *result)
{
    *result = constant_or_zero(m, name);
    if (!m->p.unit) {
        return true;
    }
    int64_t n = constant_count(m);
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
    *result = constant_attribute(m, values, n);
    return true;
}
