/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_formulas.c - what the operations on states compute for one neuron, in
 * the order of docs/spec.md, section 4.
 */
#include <assert.h>
#include <string.h>

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

static MlirValue operand(const neuron *n, const neuron_part *part, intptr_t i)
{
    return neuron_number(n, mlirOperationGetOperand(part->op, i));
}

static void know_result(neuron *n, const neuron_part *part, intptr_t i,
                        MlirValue number)
{
    neuron_know(n, mlirOperationGetResult(part->op, i), number);
}

static bool has(const neuron_part *part, int param)
{
    return !mlirValueIsNull(part->params[param].tensor);
}

static MlirValue number(const neuron_part *part, int param)
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
    MlirValue leak = ir_subf(b, number(p, NEURON_LEAK), v);
    MlirValue sum = ir_addf(b, leak, drive);
    MlirValue change = ir_mulf(b, number(p, NEURON_DECAY), sum);
    return ir_addf(b, v, change);
}

static MlirValue pull(ir *b, const neuron_part *p, MlirValue drive, MlirValue v)
{
    MlirValue sum = ir_addf(b, drive, number(p, NEURON_LEAK));
    MlirValue way = ir_subf(b, sum, v);
    MlirValue change = ir_mulf(b, number(p, NEURON_DECAY), way);
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
    MlirValue above = ir_subf(b, v, number(p, NEURON_LEAK));
    MlirValue decayed = ir_mulf(b, above, number(p, NEURON_DECAY));
    MlirValue rest = ir_addf(b, number(p, NEURON_LEAK), decayed);
    return ir_addf(b, rest, drive);
}

static MlirValue leaky(ir *b, const neuron_part *p, MlirValue drive,
                       MlirValue v)
{
    MlirValue decayed = ir_mulf(b, number(p, NEURON_DECAY), v);
    MlirValue sum = ir_addf(b, decayed, drive);
    return has(p, NEURON_LEAK) ? ir_addf(b, sum, number(p, NEURON_LEAK)) : sum;
}

static MlirValue jump(ir *b, const neuron_part *p, MlirValue drive, MlirValue v)
{
    MlirValue sum = ir_addf(b, v, drive);
    return ir_mulf(b, sum, number(p, NEURON_DECAY));
}

static MlirValue divide(ir *b, const neuron_part *p, MlirValue drive,
                        MlirValue v)
{
    MlirValue above = ir_subf(b, v, number(p, NEURON_LEAK));
    MlirValue way = ir_subf(b, drive, above);
    MlirValue change = divf(b, way, number(p, NEURON_DECAY));
    return ir_addf(b, v, change);
}

static MlirValue leak_divide(ir *b, const neuron_part *p, MlirValue drive,
                             MlirValue v)
{
    MlirValue above = ir_subf(b, v, number(p, NEURON_LEAK));
    MlirValue loss = divf(b, above, number(p, NEURON_DECAY));
    MlirValue rest = ir_subf(b, v, loss);
    return ir_addf(b, rest, drive);
}

static MlirValue approach(ir *b, const neuron_part *p, MlirValue drive,
                          MlirValue v)
{
    MlirValue way = ir_subf(b, drive, v);
    MlirValue change = ir_mulf(b, way, number(p, NEURON_DECAY));
    return ir_subf(b, v, change);
}

static void compute_integrate(ir *b, neuron *n, const neuron_part *p)
{
    static const form forms[] = {relax, accumulate, exact,       leaky,   pull,
                                 jump,  divide,     leak_divide, approach};
    MlirValue x = lower_to_real(b, operand(n, p, 0), n->real);
    MlirValue drive =
        has(p, NEURON_GAIN) ? ir_mulf(b, number(p, NEURON_GAIN), x) : x;
    know_result(n, p, 0, forms[p->choice](b, p, drive, operand(n, p, 1)));
}

/*===- snn.fire and the rest ------------------------------------------------*/

MlirValue neuron_crosses(ir *b, const neuron_part *fire, MlirValue v)
{
    static const ir_cmpf_kind kinds[] = {CMPF_OGT, CMPF_OGE, CMPF_OGE};
    return ir_cmpf(b, kinds[fire->choice], v, number(fire, NEURON_THRESHOLD));
}

MlirValue neuron_reset(ir *b, const neuron_part *fire, MlirValue v)
{
    return fire->subtract ? ir_subf(b, v, number(fire, NEURON_THRESHOLD))
                          : number(fire, NEURON_RESET);
}

/* v after so many spikes, where there are some. */
static MlirValue reset_by(ir *b, const neuron *n, const neuron_part *p,
                          MlirValue v, MlirValue spikes)
{
    if (!p->subtract) {
        return number(p, NEURON_RESET);
    }
    MlirValue real = lower_to_real(b, spikes, n->real);
    MlirValue loss = ir_mulf(b, real, number(p, NEURON_THRESHOLD));
    return ir_subf(b, v, loss);
}

/* trunc(v / threshold), at most cap; 0 where v is not above 0. */
static void fire_counts(ir *b, neuron *n, const neuron_part *p, MlirValue v)
{
    MlirType type = ir_element(mlirOperationGetResult(p->op, 0));
    MlirValue ratio = divf(b, v, number(p, NEURON_THRESHOLD));
    MlirValue zero = ir_float(b, n->real, 0.0);
    MlirValue one = ir_float(b, n->real, 1.0);
    MlirValue cap = ir_float(b, n->real, p->cap);
    MlirValue enough = ir_cmpf(b, CMPF_OGE, ratio, one);
    MlirValue positive = ir_cmpf(b, CMPF_OGT, v, zero);
    MlirValue over = ir_cmpf(b, CMPF_OGT, ratio, cap);
    MlirValue most = ir_select(b, over, cap, ratio);
    MlirValue fires = ir_binary(b, "arith.andi", enough, positive);
    MlirValue whole = ir_select(b, fires, most, zero);
    MlirValue count = ir_cast(b, "arith.fptosi", whole, type);
    know_result(n, p, 0, count);
    MlirValue after = reset_by(b, n, p, v, count);
    know_result(n, p, 1, ir_select(b, fires, after, v));
}

/* The guarded reset of snnTorch: docs/spec.md, snn.fire. */
static void fire_guarded(ir *b, neuron *n, const neuron_part *p, MlirValue v)
{
    MlirValue threshold = number(p, NEURON_THRESHOLD);
    MlirValue taken = ir_cmpf(b, CMPF_OGT, operand(n, p, 1), threshold);
    MlirValue less = ir_subf(b, v, threshold);
    MlirValue u = ir_select(b, taken, less, v);
    MlirValue fires = ir_cmpf(b, CMPF_OGT, u, threshold);
    MlirValue lower = ir_subf(b, u, threshold);
    MlirValue back = ir_addf(b, u, threshold);
    MlirValue spiked = ir_select(b, taken, u, lower);
    MlirValue silent = ir_select(b, taken, back, u);
    know_result(n, p, 0, fires);
    know_result(n, p, 1, ir_select(b, fires, spiked, silent));
}

static void compute_fire(ir *b, neuron *n, const neuron_part *p)
{
    MlirValue v = operand(n, p, 0);
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
    know_result(n, p, 0, fires);
    know_result(n, p, 1, ir_select(b, fires, after, v));
}

static void compute_reset(ir *b, neuron *n, const neuron_part *p)
{
    MlirValue v = operand(n, p, 0);
    MlirValue spikes = operand(n, p, 1);
    MlirType type = mlirValueGetType(spikes);
    MlirValue fired = spikes;
    MlirValue after;
    if (mlirIntegerTypeGetWidth(type) == 1) {
        after = neuron_reset(b, p, v);
    } else {
        MlirValue none = ir_int(b, type, 0);
        fired = ir_cmpi(b, CMPI_NE, spikes, none);
        after = reset_by(b, n, p, v, spikes);
    }
    know_result(n, p, 0, ir_select(b, fired, after, v));
}

static void compute_clamp(ir *b, neuron *n, const neuron_part *p)
{
    MlirValue v = operand(n, p, 0);
    MlirValue low = number(p, NEURON_LOW);
    if (p->choice == 0) {
        MlirValue below = ir_cmpf(b, CMPF_OGT, low, v);
        know_result(n, p, 0, ir_select(b, below, low, v));
        return;
    }
    MlirValue zero = ir_float(b, n->real, 0.0);
    MlirValue above = ir_subf(b, v, low);
    MlirValue positive = ir_cmpf(b, CMPF_OGT, above, zero);
    MlirValue rest = ir_select(b, positive, above, zero);
    know_result(n, p, 0, ir_addf(b, rest, low));
}

static void compute_threshold(ir *b, neuron *n, const neuron_part *p)
{
    MlirValue v = lower_to_real(b, operand(n, p, 0), n->real);
    know_result(n, p, 0, ir_cmpf(b, CMPF_OGT, v, number(p, NEURON_THRESHOLD)));
}

/*===- table ----------------------------------------------------------------*/

typedef struct part_row {
    const char *op;
    const char *params[NEURON_PART_PARAMS + 1];
    const char *choice;    /* the attribute whose cases compute; NULL: none */
    const char *cases[10]; /* the first is the default */
    void (*compute)(ir *b, neuron *n, const neuron_part *part);
} part_row;

static const part_row rows[] = {
    {"snn.integrate",
     {"decay", "gain", "leak"},
     "form",
     {"relax", "accumulate", "exact", "leaky", "pull", "jump", "divide",
      "leak_divide", "approach"},
     compute_integrate},
    {"snn.fire",
     {"threshold", "reset"},
     "compare",
     {"gt", "ge", "count"},
     compute_fire},
    {"snn.reset", {"threshold", "reset"}, NULL, {NULL}, compute_reset},
    {"snn.clamp", {"low"}, "at", {"max", "relu"}, compute_clamp},
    {"snn.threshold", {"threshold"}, NULL, {NULL}, compute_threshold},
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
    return row_of(op)->params;
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
    row_of(part->op)->compute(b, n, part);
}
