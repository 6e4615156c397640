/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_neuron_codes.c - what the operations on states compute on codes, in the
 * words of docs/spec.md, section 4, Quantized. Each sum and product has the
 * narrowest of 32 and 64 bits that surely holds it.
 */
#include "passes/lower_integers.h"
#include "passes/lower_neuron.h"

static int64_t largest(const neuron_part *part, const char *name,
                       int64_t otherwise)
{
    MlirAttribute value = ir_get(part->op, name);
    return mlirAttributeIsNull(value) ? otherwise : lower_range_param(value);
}

/* 32 bits, or 64 where a magnitude needs them. */
static MlirType wide(ir *b, int64_t magnitude)
{
    return lower_range_type(ir_i(b, 32), magnitude);
}

/*===- snn.integrate --------------------------------------------------------*/

/* A number, and how large it may be. */
typedef struct bounded {
    MlirValue value;
    int64_t most;
} bounded;

/* What a shift by bits adds before it rounds. */
static int64_t half_of(int64_t bits)
{
    return bits > 0 ? INT64_C(1) << (bits - 1) : 0;
}

/* (decay v + leak) shifted. */
static bounded kept(ir *b, const neuron_part *p, MlirValue v, int64_t most)
{
    MlirAttribute shift = ir_get(p->op, "code_shift");
    int64_t bits =
        mlirAttributeIsNull(shift) ? 0 : mlirIntegerAttrGetValueInt(shift);
    int64_t product = lower_range_multiply(most, largest(p, "decay", 1));
    int64_t sum = lower_range_add(product, largest(p, "leak", 0));
    sum = lower_range_add(sum, half_of(bits));
    MlirType type = wide(b, sum);
    MlirValue q = lower_as(b, v, type);
    if (neuron_has(p, NEURON_DECAY)) {
        MlirValue decay =
            lower_as(b, neuron_param_number(p, NEURON_DECAY), type);
        q = ir_exact(b, "arith.muli", q, decay);
    }
    if (neuron_has(p, NEURON_LEAK)) {
        MlirValue leak = lower_as(b, neuron_param_number(p, NEURON_LEAK), type);
        q = ir_exact(b, "arith.addi", q, leak);
    }
    if (bits > 0) {
        q = lower_shifted(b, q, ir_int(b, type, bits));
        sum = (sum >> bits) + 1;
    }
    return (bounded){q, sum};
}

/* x times the gain. */
static bounded drive(ir *b, const neuron_part *p, MlirValue x, int64_t most)
{
    int64_t sum = lower_range_factors(p->op, most);
    MlirValue m = neuron_has(p, NEURON_GAIN)
                      ? neuron_param_number(p, NEURON_GAIN)
                      : (MlirValue){NULL};
    MlirValue s = neuron_has(p, NEURON_GAIN_SHIFT)
                      ? neuron_param_number(p, NEURON_GAIN_SHIFT)
                      : (MlirValue){NULL};
    return (bounded){lower_times(b, x, m, s, wide(b, sum)),
                     lower_range_times(p->op, most)};
}

static void integrate(ir *b, neuron *n, const neuron_part *p)
{
    MlirValue state = mlirOperationGetOperand(p->op, 1);
    MlirValue x = mlirOperationGetOperand(p->op, 0);
    bounded old = kept(b, p, neuron_operand(n, p, 1), lower_range(state));
    bounded more = drive(b, p, neuron_operand(n, p, 0), lower_range(x));
    int64_t most = lower_range_add(old.most, more.most);
    MlirType type = wide(b, most);
    MlirValue from = lower_as(b, old.value, type);
    MlirValue by = lower_as(b, more.value, type);
    MlirValue sum = ir_exact(b, "arith.addi", from, by);
    MlirType to = ir_element(state);
    neuron_know_result(n, p, 0,
                       lower_saturated(b, sum, to, lower_range_fits(to, most)));
}

/*===- snn.fire and snn.reset -----------------------------------------------*/

/* x and y in the wider of their types; at least in 8 bits. */
static MlirValue compare(ir *b, ir_cmpi_kind kind, MlirValue x, MlirValue y)
{
    MlirType left = mlirValueGetType(x);
    MlirType right = mlirValueGetType(y);
    MlirType type =
        mlirIntegerTypeGetWidth(left) > mlirIntegerTypeGetWidth(right) ? left
                                                                       : right;
    MlirValue wide_x = lower_as(b, x, type);
    MlirValue wide_y = lower_as(b, y, type);
    return ir_cmpi(b, kind, wide_x, wide_y);
}

MlirValue neuron_crosses_codes(ir *b, const neuron_part *fire, MlirValue v)
{
    return compare(b, fire->choice == 0 ? CMPI_SGT : CMPI_SGE, v,
                   neuron_param_number(fire, NEURON_THRESHOLD));
}

/* The attribute that says what a spike takes off. */
static const char *loss_name(const neuron_part *p)
{
    return mlirAttributeIsNull(ir_get(p->op, "loss")) ? "threshold" : "loss";
}

static MlirValue loss_of(const neuron_part *p)
{
    return neuron_param_number(
        p, neuron_has(p, NEURON_LOSS) ? NEURON_LOSS : NEURON_THRESHOLD);
}

/* Whether v - loss, of a v that crosses, is between 0 and v: then it needs no
 * saturation. */
static bool loses_less(const neuron_part *p, MlirType type)
{
    MlirAttribute loss = ir_get(p->op, loss_name(p));
    int64_t n =
        ir_param_uniform(loss) ? 1 : mlirElementsAttrGetNumElements(loss);
    for (int64_t i = 0; i < n; i++) {
        if (ir_param(loss, i) < 0.0) {
            return false;
        }
    }
    return lower_range_fits(type, lower_range_param(loss));
}

/* sat(v - loss n) of any v, where there are at most so many spikes n. */
static MlirValue less(ir *b, const neuron_part *p, MlirValue v, MlirValue n,
                      int64_t spikes)
{
    MlirType to = mlirValueGetType(v);
    int64_t loss = lower_range_param(ir_get(p->op, loss_name(p)));
    int64_t state = INT64_C(1) << (mlirIntegerTypeGetWidth(to) - 1);
    MlirType type =
        wide(b, lower_range_add(state, lower_range_multiply(loss, spikes)));
    MlirValue by = lower_as(b, loss_of(p), type);
    if (!mlirValueIsNull(n)) {
        by = ir_exact(b, "arith.muli", by, lower_as(b, n, type));
    }
    MlirValue from = lower_as(b, v, type);
    MlirValue rest = ir_exact(b, "arith.subi", from, by);
    return lower_saturated(b, rest, to, false);
}

static MlirValue value_after(ir *b, const neuron_part *p, MlirValue v)
{
    return lower_as(b, neuron_param_number(p, NEURON_RESET),
                    mlirValueGetType(v));
}

/* v after a spike: of a v that crosses. */
MlirValue neuron_reset_codes(ir *b, const neuron_part *fire, MlirValue v)
{
    MlirType type = mlirValueGetType(v);
    if (!fire->subtract) {
        return value_after(b, fire, v);
    }
    if (!loses_less(fire, type)) {
        return less(b, fire, v, (MlirValue){NULL}, 1);
    }
    MlirValue loss = lower_as(b, loss_of(fire), type);
    return ir_exact(b, "arith.subi", v, loss);
}

static void fire_once(ir *b, neuron *n, const neuron_part *p, MlirValue v)
{
    MlirType type = mlirValueGetType(v);
    MlirValue fires = neuron_crosses_codes(b, p, v);
    neuron_know_result(n, p, 0, fires);
    if (p->subtract && loses_less(p, type)) {
        /* subtracted from every v: it may not wrap where nothing fires */
        MlirValue none = ir_int(b, type, 0);
        MlirValue loss = lower_as(b, loss_of(p), type);
        MlirValue by = ir_select(b, fires, loss, none);
        neuron_know_result(n, p, 1, ir_exact(b, "arith.subi", v, by));
        return;
    }
    MlirValue after = neuron_reset_codes(b, p, v);
    neuron_know_result(n, p, 1, ir_select(b, fires, after, v));
}

/* min(cap, v / threshold) where v is at least the threshold, else 0. */
static void fire_counts(ir *b, neuron *n, const neuron_part *p, MlirValue v)
{
    MlirType type = ir_i(b, 32);
    MlirType counts = ir_element(mlirOperationGetResult(p->op, 0));
    MlirValue zero = ir_int(b, type, 0);
    MlirValue cap = ir_int(b, type, (int64_t)p->cap);
    MlirValue from = lower_as(b, v, type);
    MlirValue threshold =
        lower_as(b, neuron_param_number(p, NEURON_THRESHOLD), type);
    MlirValue fires = ir_cmpi(b, CMPI_SGE, from, threshold);
    MlirValue ratio = ir_binary(b, "arith.divsi", from, threshold);
    MlirValue most = ir_binary(b, "arith.minsi", ratio, cap);
    MlirValue spikes = ir_select(b, fires, most, zero);
    neuron_know_result(n, p, 0, lower_as(b, spikes, counts));
    if (p->subtract) {
        MlirValue loss = ir_exact(b, "arith.muli", spikes, threshold);
        MlirValue rest = ir_exact(b, "arith.subi", from, loss);
        neuron_know_result(n, p, 1, lower_as(b, rest, mlirValueGetType(v)));
    } else {
        MlirValue after = value_after(b, p, v);
        neuron_know_result(n, p, 1, ir_select(b, fires, after, v));
    }
}

/* The guarded reset of snnTorch: docs/spec.md, snn.fire. */
static void fire_guarded(ir *b, neuron *n, const neuron_part *p, MlirValue v)
{
    MlirType to = mlirValueGetType(v);
    int64_t loss = lower_range_param(ir_get(p->op, loss_name(p)));
    int64_t state = INT64_C(1) << (mlirIntegerTypeGetWidth(to) - 1);
    MlirType type = wide(b, lower_range_add(state, loss));
    MlirValue by = lower_as(b, loss_of(p), type);
    MlirValue taken = neuron_crosses_codes(b, p, neuron_operand(n, p, 1));
    MlirValue from = lower_as(b, v, type);
    MlirValue down = ir_exact(b, "arith.subi", from, by);
    MlirValue lower = ir_select(b, taken, down, from);
    MlirValue u = lower_saturated(b, lower, to, false);
    MlirValue fires = neuron_crosses_codes(b, p, u);
    MlirValue again = lower_as(b, u, type);
    MlirValue less_u = ir_exact(b, "arith.subi", again, by);
    MlirValue more_u = ir_exact(b, "arith.addi", again, by);
    MlirValue spiked = ir_select(b, taken, again, less_u);
    MlirValue silent = ir_select(b, taken, more_u, again);
    MlirValue after = ir_select(b, fires, spiked, silent);
    neuron_know_result(n, p, 0, fires);
    neuron_know_result(n, p, 1, lower_saturated(b, after, to, false));
}

static void fire(ir *b, neuron *n, const neuron_part *p)
{
    MlirValue v = neuron_operand(n, p, 0);
    if (p->cap > 0) {
        fire_counts(b, n, p, v);
    } else if (mlirOperationGetNumOperands(p->op) > 1) {
        fire_guarded(b, n, p, v);
    } else {
        fire_once(b, n, p, v);
    }
}

static void reset(ir *b, neuron *n, const neuron_part *p)
{
    MlirValue v = neuron_operand(n, p, 0);
    MlirValue spikes = neuron_operand(n, p, 1);
    MlirType type = mlirValueGetType(spikes);
    bool one = mlirIntegerTypeGetWidth(type) == 1;
    int64_t most = lower_range(mlirOperationGetOperand(p->op, 1));
    MlirValue fired = spikes;
    if (!one) {
        MlirValue none = ir_int(b, type, 0);
        fired = ir_cmpi(b, CMPI_NE, spikes, none);
    }
    MlirValue after =
        p->subtract ? less(b, p, v, one ? (MlirValue){NULL} : spikes, most)
                    : value_after(b, p, v);
    neuron_know_result(n, p, 0, ir_select(b, fired, after, v));
}

/*===- the rest -------------------------------------------------------------*/

void neuron_compute_codes(ir *b, neuron *n, const neuron_part *part)
{
    if (ir_is(part->op, "snn.integrate")) {
        integrate(b, n, part);
    } else if (ir_is(part->op, "snn.fire")) {
        fire(b, n, part);
    } else if (ir_is(part->op, "snn.reset")) {
        reset(b, n, part);
    } else if (ir_is(part->op, "snn.clamp")) {
        MlirValue v = neuron_operand(n, part, 0);
        MlirValue low = lower_as(b, neuron_param_number(part, NEURON_LOW),
                                 mlirValueGetType(v));
        neuron_know_result(n, part, 0, ir_binary(b, "arith.maxsi", v, low));
    } else {
        neuron_know_result(
            n, part, 0,
            compare(b, CMPI_SGT, neuron_operand(n, part, 0),
                    neuron_param_number(part, NEURON_THRESHOLD)));
    }
}

/* The type that a kind of parameter has at least. */
static MlirType least_type(MlirOperation op, const char *name, bool one)
{
    MlirContext ctx = mlirOperationGetContext(op);
    MlirType state = ir_element(
        mlirOperationGetOperand(op, ir_is(op, "snn.integrate") ? 1 : 0));
    if (name[0] == 'c' && name[5] == 's') { /* code_s */
        return mlirIntegerTypeGet(ctx, 8);
    }
    if (ir_is(op, "snn.integrate")) {
        return mlirIntegerTypeGet(ctx, one ? 32 : 16);
    }
    return mlirIntegerTypeGetWidth(state) == 1 ? mlirIntegerTypeGet(ctx, 8)
                                               : state;
}

MlirType neuron_code_type(MlirOperation op, const char *name)
{
    MlirAttribute value = ir_get(op, name);
    return lower_range_type(least_type(op, name, ir_param_uniform(value)),
                            lower_range_param(value));
}
