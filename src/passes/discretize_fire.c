/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize_fire.c - the operations of a neuron behind its integration: what
 * fires, what resets, and the lower bound.
 */
#include "passes/discretize_constants.h"

/* The node's thresholds in the unit of the simulator's membrane. */
static bool threshold_of(const maker *m, MlirAttribute *result)
{
    return m->p.threshold
               ? constant_of(m, m->p.threshold, m->row->tau, "r", result)
               : constant_in_unit(m, "v_threshold", result);
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
                   ? constant_of(m, m->p.reset_at, m->row->tau, "r", value)
                   : constant_in_unit(m, "v_reset", value);
    case RESET_SUBTRACT:
    case RESET_GUARD:
        break;
    }
    return true;
}

static MlirAttribute reset_mode(const maker *m)
{
    bool value = m->p.reset == RESET_ZERO || m->p.reset == RESET_VALUE;
    return part_word(m, "reset", value ? "value" : "subtract");
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
        {"compare", part_word(m, "compare", compares[m->p.compare])},
        {"cap", counts ? mlirIntegerAttrGet(ir_i(m->b, 32), (int64_t)m->p.cap)
                       : mlirAttributeGetNull()},
    };
    MlirValue operands[] = {v, before};
    intptr_t n = m->p.reset == RESET_GUARD ? 2 : 1;
    MlirType type = mlirValueGetType(mlirOperationGetResult(m->op, 0));
    MlirOperation fired = part_op(m, "snn.fire", operands, n, type, attrs, 6);
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
        part_op(m, "snn.reset", operands, 2, part_no_type(), attrs, 4), 0);
    return true;
}

static MlirValue clamp(const maker *m, MlirValue v, const char *at,
                       MlirAttribute low)
{
    ir_attr attrs[] = {{"node", ir_get(m->op, "node")},
                       {"at", part_word(m, "floor", at)},
                       {"low", low}};
    return mlirOperationGetResult(
        part_op(m, "snn.clamp", &v, 1, part_no_type(), attrs, 3), 0);
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
    return constant_attribute(m, values, n);
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
