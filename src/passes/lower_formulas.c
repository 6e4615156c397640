/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_formulas.c - what the operations on states compute for one neuron, in
 * the order of docs/spec.md, section 4.
 */
#include <assert.h>
#include <string.h>

#include "passes/lower_integers.h"
#include "passes/lower_neuron.h"

/*===- known elements -------------------------------------------------------*/

void neuron_know(neuron *n, MlirValue from, MlirValue number)
{
    n->numbers[n->n_numbers++] =
        (neuron_signal){.from = from, .number = number};
}

MlirValue neuron_number(const neuron *n, MlirValue from)
{
    for (int i = n->n_numbers - 1; i >= 0; i--) {
        if (mlirValueEqual(n->numbers[i].from, from)) {
            return n->numbers[i].number;
        }
    }
    assert(false && "operands are computed before their users");
    return (MlirValue){NULL};
}

MlirValue neuron_operand(const neuron *n, const neuron_part *part, intptr_t i)
{
    return neuron_number(n, mlirOperationGetOperand(part->op, i));
}

void neuron_know_result(neuron *n, const neuron_part *part, intptr_t i,
                        MlirValue number)
{
    neuron_know(n, mlirOperationGetResult(part->op, i), number);
}

bool neuron_has(const neuron_part *part, int param)
{
    return !mlirValueIsNull(part->params[param].tensor);
}

MlirValue neuron_param_number(const neuron_part *part, int param)
{
    return part->params[param].number;
}

/*===- snn.integrate --------------------------------------------------------*/

typedef MlirValue (*form)(ir *b, const neuron_part *p, MlirValue drive,
                          MlirValue v);

static MlirValue divf(ir *b, MlirValue x, MlirValue y)
{
    return ir_binary(b, "arith.divf", x, y);
}

static MlirValue relax(ir *b, const neuron_part *p, MlirValue drive,
                       MlirValue v)
{
    MlirValue leak = ir_subf(b, neuron_param_number(p, NEURON_LEAK), v);
    MlirValue sum = ir_addf(b, leak, drive);
    MlirValue change = ir_mulf(b, neuron_param_number(p, NEURON_DECAY), sum);
    return ir_addf(b, v, change);
}

static MlirValue pull(ir *b, const neuron_part *p, MlirValue drive, MlirValue v)
{
    MlirValue sum = ir_addf(b, drive, neuron_param_number(p, NEURON_LEAK));
    MlirValue way = ir_subf(b, sum, v);
    MlirValue change = ir_mulf(b, neuron_param_number(p, NEURON_DECAY), way);
    return ir_addf(b, v, change);
}

static MlirValue accumulate(ir *b, const neuron_part *p, MlirValue drive,
                            MlirValue v)
{
    (void)p;
    return ir_addf(b, v, drive);
}

static MlirValue exact(ir *b, const neuron_part *p, MlirValue drive,
                       MlirValue v)
{
    MlirValue above = ir_subf(b, v, neuron_param_number(p, NEURON_LEAK));
    MlirValue decayed = ir_mulf(b, above, neuron_param_number(p, NEURON_DECAY));
    MlirValue rest = ir_addf(b, neuron_param_number(p, NEURON_LEAK), decayed);
    return ir_addf(b, rest, drive);
}

static MlirValue leaky(ir *b, const neuron_part *p, MlirValue drive,
                       MlirValue v)
{
    MlirValue decayed = ir_mulf(b, neuron_param_number(p, NEURON_DECAY), v);
    MlirValue sum = ir_addf(b, decayed, drive);
    return neuron_has(p, NEURON_LEAK)
               ? ir_addf(b, sum, neuron_param_number(p, NEURON_LEAK))
               : sum;
}

static MlirValue jump(ir *b, const neuron_part *p, MlirValue drive, MlirValue v)
{
    MlirValue sum = ir_addf(b, v, drive);
    return ir_mulf(b, sum, neuron_param_number(p, NEURON_DECAY));
}

static MlirValue divide(ir *b, const neuron_part *p, MlirValue drive,
                        MlirValue v)
{
    MlirValue above = ir_subf(b, v, neuron_param_number(p, NEURON_LEAK));
    MlirValue way = ir_subf(b, drive, above);
    MlirValue change = divf(b, way, neuron_param_number(p, NEURON_DECAY));
    return ir_addf(b, v, change);
}

static MlirValue leak_divide(ir *b, const neuron_part *p, MlirValue drive,
                             MlirValue v)
{
    MlirValue above = ir_subf(b, v, neuron_param_number(p, NEURON_LEAK));
    MlirValue loss = divf(b, above, neuron_param_number(p, NEURON_DECAY));
    MlirValue rest = ir_subf(b, v, loss);
    return ir_addf(b, rest, drive);
}

static MlirValue approach(ir *b, const neuron_part *p, MlirValue drive,
                          MlirValue v)
{
    MlirValue way = ir_subf(b, drive, v);
    MlirValue change = ir_mulf(b, way, neuron_param_number(p, NEURON_DECAY));
    return ir_subf(b, v, change);
}

/* x, a 64-bit integer, as the nearest one of 32 bits. */
static MlirValue saturated(ir *b, MlirValue x)
{
    MlirValue least = ir_int(b, ir_i(b, 64), INT32_MIN);
    MlirValue most = ir_int(b, ir_i(b, 64), INT32_MAX);
    MlirValue above = ir_binary(b, "arith.maxsi", x, least);
    return ir_binary(b, "arith.minsi", above, most);
}

/* A float without its fraction, saturated to 32 bits, as a 64-bit integer. */
static MlirValue whole(ir *b, MlirValue x, MlirType real)
{
    MlirValue most = ir_float(b, real, 2147483648.0);
    MlirValue least = ir_float(b, real, -2147483648.0);
    MlirValue over = ir_cmpf(b, CMPF_OGT, x, most);
    MlirValue low = ir_select(b, over, most, x);
    MlirValue under = ir_cmpf(b, CMPF_OGT, least, low);
    MlirValue in = ir_select(b, under, least, low);
    return saturated(b, ir_cast(b, "arith.fptosi", in, ir_i(b, 64)));
}

/* trunc(v * decay / 4096) + trunc(gain * x), saturated. */
static MlirValue shift(ir *b, const neuron *n, const neuron_part *p)
{
    MlirType wide = ir_i(b, 64);
    MlirValue x = neuron_operand(n, p, 0);
    MlirValue drive;
    if (mlirTypeIsAInteger(mlirValueGetType(x)) &&
        !neuron_has(p, NEURON_GAIN)) {
        bool spike = mlirIntegerTypeGetWidth(mlirValueGetType(x)) == 1;
        drive = ir_cast(b, spike ? "arith.extui" : "arith.extsi", x, wide);
    } else {
        MlirValue real = lower_as(b, x, n->real);
        drive = neuron_has(p, NEURON_GAIN)
                    ? ir_mulf(b, neuron_param_number(p, NEURON_GAIN), real)
                    : real;
        drive = whole(b, drive, n->real);
    }
    MlirValue v = ir_cast(b, "arith.extsi", neuron_operand(n, p, 1), wide);
    MlirValue decay =
        ir_cast(b, "arith.extsi", neuron_param_number(p, NEURON_DECAY), wide);
    MlirValue product = ir_binary(b, "arith.muli", v, decay);
    MlirValue one = ir_int(b, wide, 4096);
    MlirValue kept = ir_binary(b, "arith.divsi", product, one);
    MlirValue sum = saturated(b, ir_addi(b, kept, drive));
    return ir_cast(b, "arith.trunci", sum, ir_i(b, 32));
}

enum { SHIFT = 9 };

static void compute_integrate(ir *b, neuron *n, const neuron_part *p)
{
    static const form forms[] = {relax, accumulate, exact,       leaky,   pull,
                                 jump,  divide,     leak_divide, approach};
    if (p->choice == SHIFT) {
        neuron_know_result(n, p, 0, shift(b, n, p));
        return;
    }
    MlirValue x = lower_as(b, neuron_operand(n, p, 0), n->real);
    MlirValue drive = neuron_has(p, NEURON_GAIN)
                          ? ir_mulf(b, neuron_param_number(p, NEURON_GAIN), x)
                          : x;
    neuron_know_result(n, p, 0,
                       forms[p->choice](b, p, drive, neuron_operand(n, p, 1)));
}

/*===- snn.fire and the rest ------------------------------------------------*/

MlirValue neuron_crosses(ir *b, const neuron_part *fire, MlirValue v)
{
    static const ir_cmpf_kind kinds[] = {CMPF_OGT, CMPF_OGE, CMPF_OGE};
    if (lower_has_codes(fire->op)) {
        return neuron_crosses_codes(b, fire, v);
    }
    if (mlirTypeIsAInteger(mlirValueGetType(v))) {
        return ir_cmpi(b, fire->choice == 0 ? CMPI_SGT : CMPI_SGE, v,
                       neuron_param_number(fire, NEURON_THRESHOLD));
    }
    return ir_cmpf(b, kinds[fire->choice], v,
                   neuron_param_number(fire, NEURON_THRESHOLD));
}

MlirValue neuron_reset(ir *b, const neuron_part *fire, MlirValue v)
{
    if (lower_has_codes(fire->op)) {
        return neuron_reset_codes(b, fire, v);
    }
    MlirValue threshold = neuron_param_number(fire, NEURON_THRESHOLD);
    if (!fire->subtract) {
        return neuron_param_number(fire, NEURON_RESET);
    }
    return mlirTypeIsAInteger(mlirValueGetType(v))
               ? ir_binary(b, "arith.subi", v, threshold)
               : ir_subf(b, v, threshold);
}

/* v after so many spikes, where there are some. */
static MlirValue reset_by(ir *b, const neuron *n, const neuron_part *p,
                          MlirValue v, MlirValue spikes)
{
    if (!p->subtract) {
        return neuron_param_number(p, NEURON_RESET);
    }
    MlirValue real = lower_as(b, spikes, n->real);
    MlirValue loss = ir_mulf(b, real, neuron_param_number(p, NEURON_THRESHOLD));
    return ir_subf(b, v, loss);
}

/* trunc(v / threshold), at most cap; 0 where v is not above 0. */
static void fire_counts(ir *b, neuron *n, const neuron_part *p, MlirValue v)
{
    MlirType type = ir_element(mlirOperationGetResult(p->op, 0));
    MlirValue ratio = ir_call(
        b, divf(b, v, neuron_param_number(p, NEURON_THRESHOLD)), "ratio");
    MlirValue zero = ir_float(b, n->real, 0.0);
    MlirValue one = ir_float(b, n->real, 1.0);
    MlirValue cap = ir_float(b, n->real, p->cap);
    MlirValue enough = ir_cmpf(b, CMPF_OGE, ratio, one);
    MlirValue positive = ir_cmpf(b, CMPF_OGT, v, zero);
    MlirValue over = ir_cmpf(b, CMPF_OGT, ratio, cap);
    MlirValue most = ir_select(b, over, cap, ratio);
    MlirValue fires =
        ir_call(b, ir_binary(b, "arith.andi", enough, positive), "fires");
    MlirValue whole = ir_select(b, fires, most, zero);
    MlirValue count =
        ir_call(b, ir_cast(b, "arith.fptosi", whole, type), "count");
    neuron_know_result(n, p, 0, count);
    MlirValue after = reset_by(b, n, p, v, count);
    neuron_know_result(n, p, 1, ir_select(b, fires, after, v));
}

/* The guarded reset of snnTorch: docs/spec.md, snn.fire. */
static void fire_guarded(ir *b, neuron *n, const neuron_part *p, MlirValue v)
{
    MlirValue threshold = neuron_param_number(p, NEURON_THRESHOLD);
    MlirValue taken = ir_cmpf(b, CMPF_OGT, neuron_operand(n, p, 1), threshold);
    MlirValue less = ir_subf(b, v, threshold);
    MlirValue u = ir_select(b, taken, less, v);
    MlirValue fires = ir_cmpf(b, CMPF_OGT, u, threshold);
    MlirValue lower = ir_subf(b, u, threshold);
    MlirValue back = ir_addf(b, u, threshold);
    MlirValue spiked = ir_select(b, taken, u, lower);
    MlirValue silent = ir_select(b, taken, back, u);
    neuron_know_result(n, p, 0, fires);
    neuron_know_result(n, p, 1, ir_select(b, fires, spiked, silent));
}

static void compute_fire(ir *b, neuron *n, const neuron_part *p)
{
    MlirValue v = neuron_operand(n, p, 0);
    if (p->cap > 0) {
        fire_counts(b, n, p, v);
        return;
    }
    if (mlirOperationGetNumOperands(p->op) > 1) {
        fire_guarded(b, n, p, v);
        return;
    }
    MlirValue fires = neuron_crosses(b, p, v);
    MlirValue after = neuron_reset(b, p, v);
    neuron_know_result(n, p, 0, fires);
    neuron_know_result(n, p, 1, ir_select(b, fires, after, v));
}

static void compute_reset(ir *b, neuron *n, const neuron_part *p)
{
    MlirValue v = neuron_operand(n, p, 0);
    MlirValue spikes = neuron_operand(n, p, 1);
    MlirType type = mlirValueGetType(spikes);
    MlirValue fired = spikes;
    MlirValue after;
    if (mlirIntegerTypeGetWidth(type) == 1) {
        after = neuron_reset(b, p, v);
    } else {
        MlirValue none = ir_int(b, type, 0);
        fired = ir_call(b, ir_cmpi(b, CMPI_NE, spikes, none), "fired");
        after = reset_by(b, n, p, v, spikes);
    }
    neuron_know_result(n, p, 0, ir_select(b, fired, after, v));
}

static void compute_clamp(ir *b, neuron *n, const neuron_part *p)
{
    MlirValue v = neuron_operand(n, p, 0);
    MlirValue low = neuron_param_number(p, NEURON_LOW);
    if (p->choice == 0) {
        MlirValue below = ir_cmpf(b, CMPF_OGT, low, v);
        neuron_know_result(n, p, 0, ir_select(b, below, low, v));
        return;
    }
    MlirValue zero = ir_float(b, n->real, 0.0);
    MlirValue above = ir_call(b, ir_subf(b, v, low), "above");
    MlirValue positive = ir_cmpf(b, CMPF_OGT, above, zero);
    MlirValue rest = ir_select(b, positive, above, zero);
    neuron_know_result(n, p, 0, ir_addf(b, rest, low));
}

static void compute_threshold(ir *b, neuron *n, const neuron_part *p)
{
    MlirValue v = lower_as(b, neuron_operand(n, p, 0), n->real);
    neuron_know_result(
        n, p, 0,
        ir_cmpf(b, CMPF_OGT, v, neuron_param_number(p, NEURON_THRESHOLD)));
}

/*===- table ----------------------------------------------------------------*/

typedef struct part_row {
    const char *op;
    const char *params[NEURON_PART_PARAMS + 1];
    const char *codes[NEURON_PART_PARAMS + 1]; /* the same on codes */
    const char *choice;    /* the attribute whose cases compute; NULL: none */
    const char *cases[11]; /* the first is the default */
    void (*compute)(ir *b, neuron *n, const neuron_part *part);
} part_row;

static const part_row rows[] = {
    {"snn.integrate",
     {"decay", "gain", "leak"},
     {"decay", "code_m", "leak", "code_s"},
     "form",
     {"relax", "accumulate", "exact", "leaky", "pull", "jump", "divide",
      "leak_divide", "approach", "shift"},
     compute_integrate},
    {"snn.fire",
     {"threshold", "reset"},
     {"threshold", "reset", "loss"},
     "compare",
     {"gt", "ge", "count"},
     compute_fire},
    {"snn.reset",
     {"threshold", "reset"},
     {"threshold", "reset"},
     NULL,
     {NULL},
     compute_reset},
    {"snn.clamp", {"low"}, {"low"}, "at", {"max", "relu"}, compute_clamp},
    {"snn.threshold",
     {"threshold"},
     {"threshold"},
     NULL,
     {NULL},
     compute_threshold},
};

static const part_row *row_of(MlirOperation op)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (ir_is(op, rows[i].op)) {
            return &rows[i];
        }
    }
    return NULL;
}

bool neuron_is_part(MlirOperation op) { return row_of(op) != NULL; }

const char *const *neuron_param_names(MlirOperation op)
{
    const part_row *row = row_of(op);
    return lower_has_codes(op) ? row->codes : row->params;
}

/* Whether an enum attribute is this case; its text is "#snn.NAME<case>". */
static bool is_case(MlirOperation op, const char *attribute, const char *name,
                    const char *text)
{
    char whole[64] = "#snn.";
    strcat(strcat(strcat(strcat(whole, name), "<"), text), ">");
    MlirAttribute value = ir_get(op, attribute);
    return !mlirAttributeIsNull(value) &&
           mlirAttributeEqual(
               value,
               mlirAttributeParseGet(mlirOperationGetContext(op),
                                     mlirStringRefCreateFromCString(whole)));
}

void neuron_read_part(neuron_part *part)
{
    const part_row *row = row_of(part->op);
    const char *type =
        row->choice && strcmp(row->choice, "at") == 0 ? "floor" : row->choice;
    for (int i = 0; row->choice && row->cases[i]; i++) {
        if (is_case(part->op, row->choice, type, row->cases[i])) {
            part->choice = i;
        }
    }
    part->subtract = is_case(part->op, "mode", "reset", "subtract");
    MlirAttribute cap = ir_get(part->op, "cap");
    part->cap =
        mlirAttributeIsNull(cap) ? 0 : (double)mlirIntegerAttrGetValueInt(cap);
}

void neuron_compute(ir *b, neuron *n, const neuron_part *part)
{
    if (lower_has_codes(part->op)) {
        neuron_compute_codes(b, n, part);
    } else {
        row_of(part->op)->compute(b, n, part);
    }
}
