/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_states.c - snn.integrate: what a state's codes mean. They are the
 * input's own, times a power of two for each channel, so that a current goes
 * into its state by a whole gain; the power is what its range allows.
 */
#include <math.h>

#include "mlir-c/BuiltinAttributes.h"
#include "passes/quantize.h"

const double quantize_seen_room = 1.25;
/* Room above what is known without data. */
static const double known_room = 4.0;

/* The largest magnitude of a parameter; 0 if it is not there. */
static double magnitude(MlirOperation op, const char *name)
{
    MlirAttribute p = ir_get(op, name);
    double most = 0.0;
    if (mlirAttributeIsNull(p)) {
        return most;
    }
    int64_t n = ir_param_uniform(p) ? 1 : mlirElementsAttrGetNumElements(p);
    for (int64_t i = 0; i < n; i++) {
        most = fmax(most, fabs(ir_param(p, i)));
    }
    return most;
}

/*
 * What the thresholds, resets and leaks of the neuron say of its membrane: the
 * operations of its node that have some. 0: nothing.
 */
static double known_of(const quantizer *q, MlirOperation op)
{
    MlirAttribute node = ir_get(op, "node");
    double most = 0.0;
    MlirOperation o = mlirBlockGetFirstOperation(q->body);
    for (; !mlirOperationIsNull(o); o = mlirOperationGetNextInBlock(o)) {
        if ((ir_is(o, "snn.fire") || ir_is(o, "snn.reset") ||
             ir_is(o, "snn.clamp")) &&
            mlirAttributeEqual(ir_get(o, "node"), node)) {
            most = fmax(most, magnitude(o, "threshold"));
            most = fmax(most, magnitude(o, "reset"));
            most = fmax(most, magnitude(o, "low"));
        }
    }
    return most;
}

/*
 * A neuron whose spikes are counted divides by its threshold, which needs a few
 * codes: so far may a state of so many bits reach; what is beyond saturates.
 */
static double counted_reach(const quantizer *q, MlirOperation op, int bits)
{
    double most = INFINITY;
    MlirOperation o = mlirBlockGetFirstOperation(q->body);
    for (; !mlirOperationIsNull(o); o = mlirOperationGetNextInBlock(o)) {
        MlirAttribute p = ir_get(o, "threshold");
        if (!ir_is(o, "snn.fire") || mlirAttributeIsNull(ir_get(o, "cap")) ||
            !mlirAttributeEqual(ir_get(o, "node"), ir_get(op, "node"))) {
            continue;
        }
        int64_t n = ir_param_uniform(p) ? 1 : mlirElementsAttrGetNumElements(p);
        for (int64_t i = 0; i < n; i++) {
            most = fmin(most, ldexp(fabs(ir_param(p, i)), bits - 5));
        }
    }
    return most;
}

/* Whether the state is what a neuron fires on, or else its current. */
static bool fires(const quantizer *q, MlirOperation op)
{
    MlirOperation o = mlirBlockGetFirstOperation(q->body);
    for (; !mlirOperationIsNull(o); o = mlirOperationGetNextInBlock(o)) {
        if (ir_is(o, "snn.fire") && group_has(q, mlirOperationGetOperand(o, 0),
                                              mlirOperationGetOperand(op, 1))) {
            return true;
        }
    }
    return false;
}

/* The gain with which a membrane sees this current. */
static double gain_behind(const quantizer *q, MlirOperation op)
{
    MlirOperation o = mlirBlockGetFirstOperation(q->body);
    for (; !mlirOperationIsNull(o); o = mlirOperationGetNextInBlock(o)) {
        if (!ir_is(o, "snn.integrate") ||
            group_has(q, mlirOperationGetOperand(o, 1),
                      mlirOperationGetOperand(op, 1)) ||
            !group_has(q, mlirOperationGetOperand(o, 0),
                       mlirOperationGetOperand(op, 1))) {
            continue;
        }
        MlirAttribute decay = ir_get(o, "decay");
        MlirAttribute form = ir_get(o, "form");
        ir b = ir_before(o);
        bool relaxes =
            mlirAttributeEqual(form, ir_parse(&b, "#snn.form<relax>")) ||
            mlirAttributeEqual(form, ir_parse(&b, "#snn.form<pull>"));
        double gain = magnitude(o, "gain");
        return relaxes && !mlirAttributeIsNull(decay)
                   ? gain * magnitude(o, "decay")
                   : gain;
    }
    return 1.0;
}

/* How large the state may get, in real numbers; 0: it is not known. */
static double reach_of(const quantizer *q, MlirOperation op)
{
    MlirValue state = mlirOperationGetOperand(op, 1);
    const char *name = group_state(q, state);
    double known = known_of(q, op);
    double leak = magnitude(op, "leak");
    double seen;
    bool whole;
    if (name && quantize_range(q, name, &seen, &whole)) {
        double least = fires(q, op) ? known : 0.0;
        return fmax(fmax(seen, leak), least) * quantize_seen_room;
    }
    if (known == 0.0) {
        return 0.0;
    }
    double gain = gain_behind(q, op);
    return fires(q, op) ? fmax(known, leak) * known_room
                        : known * known_room / (gain > 0.0 ? gain : 1.0);
}

/* The finest scale x / 2^k of so many bits that reaches so far. */
static double state_scale(double x, double reach, int bits)
{
    double codes = ldexp(1.0, bits - 1) - 1.0;
    double k = floor(log2(codes * x / reach));
    return ldexp(x, -(int)fmin(fmax(k, -60.0), bits == 16 ? 15.0 : 20.0));
}

static bool no_range(MlirOperation op, const char *name)
{
    return ir_error(op,
                    "the range of '%s' is not known: real values are "
                    "quantized by what they are on data, so give some",
                    name);
}

quantize_outcome quantize_integrate(quantizer *q, MlirOperation op)
{
    MlirValue x = mlirOperationGetOperand(op, 0);
    MlirValue state = mlirOperationGetOperand(op, 1);
    if (!quantize_is_typed(x)) {
        return QUANTIZE_WAIT;
    }
    if (quantize_is_typed(mlirOperationGetResult(op, 0))) {
        return QUANTIZE_DONE;
    }
    const char *node = ir_get_text(op, "node", q->a);
    quantize_choice c = quantize_choice_of(q, node);
    double reach = reach_of(q, op);
    if (!(reach > 0.0)) {
        const char *name = group_state(q, state);
        double seen;
        bool whole;
        if (!name || !quantize_range(q, name, &seen, &whole)) {
            no_range(op, name ? name : node);
            return QUANTIZE_FAILED;
        }
        reach = 1.0; /* it was 0 throughout */
    }
    /* A state of i32 has codes to spare: what data did not show fits as well */
    reach = c.state == 32 ? ldexp(reach, 5) : reach;
    if (fires(q, op)) {
        reach = fmin(reach, counted_reach(q, op, c.state));
    }
    scales s = quantize_scales(q, x);
    scales v = {.n = s.n, .at = ARENA_ARRAY(q->a, double, s.n), .axis = s.axis};
    for (int64_t i = 0; i < s.n; i++) {
        v.at[i] = state_scale(s.at[i], reach, c.state);
    }
    group_set(q, state, c.state, v);
    return QUANTIZE_DONE;
}

bool quantize_by_range(quantizer *q, MlirValue v, const char *name)
{
    double most;
    bool whole;
    if (!quantize_range(q, name, &most, &whole)) {
        return no_range(q->step, name);
    }
    int bits = q->common.state;
    double codes = ldexp(1.0, bits - 1) - 1.0;
    double reach = most > 0.0 ? most * quantize_seen_room : 1.0;
    double s = whole && most <= codes
                   ? 1.0
                   : quantize_round_up(&q->common, reach / codes);
    group_set(q, v, bits, quantize_one(q, s));
    return true;
}
