/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize_states.c - snn.integrate: what a state's codes mean. A current's
 * code is a whole number of them for each channel, so that it goes into its
 * state by a whole gain; the number is what the range of the state allows.
 */
#include <math.h>

#include "ir/affine.h"

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
static double counted_reach(const quantizer *q, MlirValue state, int bits)
{
    double most = INFINITY;
    MlirOperation o = mlirBlockGetFirstOperation(q->body);
    for (; !mlirOperationIsNull(o); o = mlirOperationGetNextInBlock(o)) {
        MlirAttribute p = ir_get(o, "threshold");
        if (!ir_is(o, "snn.fire") || mlirAttributeIsNull(ir_get(o, "cap")) ||
            !group_has(q, mlirOperationGetOperand(o, 0), state)) {
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

static bool no_range(MlirOperation op, const char *name)
{
    return ir_error(op,
                    "the range of '%s' is not known: real values are "
                    "quantized by what they are on data, which --data gives",
                    name);
}

/* A reset to a value: what is above the threshold is not stored. */
static bool resets_to_value(const quantizer *q, MlirOperation op)
{
    bool found = false;
    MlirOperation o = mlirBlockGetFirstOperation(q->body);
    for (; !mlirOperationIsNull(o); o = mlirOperationGetNextInBlock(o)) {
        if (ir_is(o, "snn.fire") && group_has(q, mlirOperationGetOperand(o, 0),
                                              mlirOperationGetOperand(op, 1))) {
            found = true;
            if (mlirAttributeIsNull(ir_get(o, "reset")) ||
                !mlirAttributeIsNull(ir_get(o, "cap")) ||
                mlirOperationGetNumOperands(o) > 1) {
                return false;
            }
        }
    }
    return found;
}

/* What the operations of a neuron say of its state. */
typedef struct bounds {
    double known; /* the largest threshold, reset or lower end; 0: none */
    double leak;
    double gain; /* of the membrane behind it */
    bool fires;
    bool to_value;
} bounds;

static bounds bounds_of(const quantizer *q, MlirOperation op)
{
    return (bounds){.known = known_of(q, op),
                    .leak = magnitude(op, "leak"),
                    .gain = gain_behind(q, op),
                    .fires = fires(q, op),
                    .to_value = resets_to_value(q, op)};
}

/*
 * How far a state that was seen may go, in real numbers. A membrane that fires
 * and is then reset to a value has to reach its threshold, with room for what
 * is compared with it; below, it is what it is.
 */
static double seen_reach(const bounds *b, double least, double most)
{
    double known = b->fires ? b->known : 0.0;
    double above =
        b->to_value ? 2.0 * known : fmax(most, known) * quantize_seen_room;
    return fmax(fmax(above, -least * quantize_seen_room),
                b->leak * quantize_seen_room);
}

/* The same without data, from thresholds and the like; 0: it is not known. */
static double known_reach(const bounds *b)
{
    if (b->known == 0.0) {
        return 0.0;
    }
    return b->fires ? fmax(b->known, b->leak) * known_room
                    : b->known * known_room / (b->gain > 0.0 ? b->gain : 1.0);
}

/* How far each of n channels along the axis may go; -1: one for all. */
static bool reaches_of(const quantizer *q, MlirOperation op, int axis,
                       int64_t n, double *reach, bool *is_seen)
{
    MlirValue state = mlirOperationGetOperand(op, 1);
    const char *name = group_state(q, state);
    const char *node = ir_get_text(op, "node", q->a);
    bounds b = bounds_of(q, op);
    quantize_seen seen = {0};
    if (name && !quantize_seen_of(q, name, state, axis, &seen)) {
        return false;
    }
    if (seen.n == 0 && !(known_reach(&b) > 0.0)) {
        return no_range(op, name ? name : node);
    }
    *is_seen = seen.n > 0;
    for (int64_t i = 0; i < n; i++) {
        reach[i] = seen.n > 0 ? seen_reach(&b, seen.least[i], seen.most[i])
                              : known_reach(&b);
        reach[i] = reach[i] > 0.0 ? reach[i] : 1.0; /* it was 0 throughout */
    }
    return true;
}

/* What snn.integrate makes of one channel: v' = d v + g x + c. */
typedef struct channel {
    double gain; /* g, if all elements have one, else 1 */
    bool keeps;  /* d is not 0 everywhere */
    bool counts; /* its neuron divides it by its threshold */
} channel;

static channel *channels_of(const quantizer *q, MlirOperation op, int axis,
                            int64_t n)
{
    MlirValue state = mlirOperationGetOperand(op, 1);
    const char *form = ir_get_word(op, "form", q->a);
    channel *all = ARENA_ARRAY(q->a, channel, n);
    int64_t inner = 1;
    for (intptr_t i = axis + 1; axis >= 0 && i < ir_rank(state); i++) {
        inner *= ir_dim(state, i);
    }
    bool *mixed = ARENA_ARRAY(q->a, bool, n);
    bool *known = ARENA_ARRAY(q->a, bool, n);
    for (int64_t k = 0; k < ir_count(state); k++) {
        int64_t i = axis < 0 ? 0 : k / inner % n;
        ir_affine a = ir_affine_of(op, form, k);
        mixed[i] = mixed[i] || (known[i] && all[i].gain != fabs(a.g));
        all[i].gain = fabs(a.g);
        all[i].keeps = all[i].keeps || a.d != 0.0;
        known[i] = true;
    }
    for (int64_t i = 0; i < n; i++) {
        bool one = mixed[i] || !(all[i].gain > 0.0) ||
                   fabs(all[i].gain - 1.0) <= 0x1p-40;
        all[i].gain = one ? 1.0 : all[i].gain;
    }
    return all;
}

/*
 * The finest scale of so many bits that reaches so far. With free scales it is
 * the input's, by its gain, divided by a whole number; a power of two where
 * codes are many or the range is a guess.
 * A state that keeps nothing gains nothing by a scale finer than its input's.
 */
static double state_scale(double x, double reach, channel c,
                          quantize_choice how, bool seen)
{
    double codes = ldexp(1.0, how.state - 1) - 1.0;
    double unit = how.power_of_two ? x : x * c.gain;
    double steps = codes * unit / reach;
    bool fine = how.state == 32 || c.counts;
    double most = !c.keeps && !c.counts ? 1.0 : fine ? 0x1p20 : 0x1p15;
    if (steps < 1.0 || how.power_of_two || how.state == 32 || !seen) {
        steps = ldexp(1.0, (int)fmax(floor(log2(steps)), -60.0));
    }
    return unit / fmin(floor(steps) > 0.0 ? floor(steps) : steps, most);
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
    quantize_choice c = quantize_choice_of(q, ir_get_text(op, "node", q->a));
    scales s = quantize_scales(q, x);
    /* One scale for all stays one where that was chosen. */
    bool each = s.axis >= 0 || (c.channels && c.state == 16 &&
                                !c.power_of_two && ir_rank(state) > 0);
    int axis = s.axis >= 0 ? s.axis : each ? 0 : -1;
    int64_t n = each ? ir_dim(state, axis) : 1;
    double *reach = ARENA_ARRAY(q->a, double, n);
    bool seen = false;
    if (!reaches_of(q, op, axis, n, reach, &seen)) {
        return QUANTIZE_FAILED;
    }
    channel *channels = channels_of(q, op, axis, n);
    double counted = counted_reach(q, state, c.state);

    scales v = {.n = n, .at = ARENA_ARRAY(q->a, double, n), .axis = axis};
    for (int64_t i = 0; i < n; i++) {
        /* A state of i32 has codes to spare: what data did not show fits, too
         */
        double far = c.state == 32 ? ldexp(reach[i], 5) : reach[i];
        far = fmin(far, counted);
        channels[i].counts = counted < (double)INFINITY;
        v.at[i] =
            state_scale(s.at[s.axis >= 0 ? i : 0], far, channels[i], c, seen);
    }
    group_set(q, state, c.state, v);
    return QUANTIZE_DONE;
}

/* Inputs need no more bits than make their numbers, with room above them. */
static int bits_of(const quantizer *q, MlirValue v, double most, bool whole)
{
    intptr_t inputs =
        mlirArrayAttrGetNumElements(ir_get(q->step, "input_names"));
    bool input = mlirValueIsABlockArgument(v) &&
                 mlirBlockArgumentGetArgNumber(v) < inputs;
    return !input  ? q->common.state
           : whole ? quantize_width(most * quantize_seen_room)
                   : 16;
}

bool quantize_by_range(quantizer *q, MlirValue v, const char *name)
{
    quantize_seen seen;
    if (!quantize_seen_of(q, name, v, -1, &seen)) {
        return false;
    }
    if (seen.n == 0) {
        return no_range(q->step, name);
    }
    double most = fmax(fmax(-*seen.least, *seen.most), 0.0);
    int bits = bits_of(q, v, most, seen.whole);
    double codes = ldexp(1.0, bits - 1) - 1.0;
    double reach = most > 0.0 ? most * quantize_seen_room : 1.0;
    reach = fmin(reach, counted_reach(q, v, bits));
    double s = seen.whole && most <= codes
                   ? 1.0
                   : quantize_round_up(&q->common, reach / codes);
    group_set(q, v, bits, quantize_one(q, s));
    return true;
}
