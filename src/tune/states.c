/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * states.c - chooses the scales of membranes of 16 bits on data. Each decides
 * whether its neuron fires where it is so near its threshold that the rounding
 * of its state matters, so of scales that are almost as fine, the one is taken
 * that gives the float network's answer there.
 */
#include <math.h>
#include <string.h>

#include "mlir-c/BuiltinAttributes.h"
#include "mlir-c/Dialect/Quant.h"
#include "tune/layer.h"

/* What a range leaves room for, in --snn-quantize; and what is tried. */
static const double room = 1.25;
static const double least_room = 1.19;
enum { TRIES = 9 };
static const double tries_in_two = 4.0; /* twice as much room after so many */
/* A wrong spike is worse than ten that are as good as wrong. */
static const double flip = 10.0;

/* A neuron node that fires, and the state that its membrane is. */
typedef struct membrane {
    const char *node;
    const char *state;
    MlirValue argument;
    MlirValue before; /* firing */
    MlirValue spikes;
    int64_t n;         /* elements */
    int64_t channels;  /* along the first axis */
    double *threshold; /* of each element */
    double *wanted;    /* how far down each channel is to go, without room */
    double *best;      /* score of each channel */
    int64_t *choice;   /* the try that gave it */
} membrane;

typedef struct chooser {
    MlirOperation step;
    const tune_data *data;
    const tune_options *how;
    int64_t permutations;
    uint64_t seed;
    arena *a;
    diag *d;
    membrane *all;
    int64_t n;
    record seen;
} chooser;

static const char *state_name(MlirOperation step, intptr_t i, arena *a)
{
    MlirAttribute names = ir_get(step, "state_names");
    MlirStringRef s = mlirStringAttrGetValue(mlirArrayAttrGetElement(names, i));
    return arena_text(a, s.data, (int64_t)s.length);
}

/* A membrane that snn.fire sets to a value, right behind its snn.integrate. */
static bool add_membrane(chooser *c, MlirOperation fire)
{
    MlirValue before = mlirOperationGetOperand(fire, 0);
    MlirOperation integrate = ir_owner(before);
    if (mlirAttributeIsNull(ir_get(fire, "reset")) ||
        !ir_is(integrate, "snn.integrate") || ir_rank(before) < 1 ||
        ir_count(before) == 0) {
        return false;
    }
    MlirBlock body = ir_body(c->step, 0);
    MlirValue argument = mlirOperationGetOperand(integrate, 1);
    intptr_t inputs =
        mlirArrayAttrGetNumElements(ir_get(c->step, "input_names"));
    membrane m = {.node = ir_get_text(fire, "node", c->a),
                  .argument = argument,
                  .before = before,
                  .spikes = mlirOperationGetResult(fire, 0),
                  .n = ir_count(before),
                  .channels = ir_dim(before, 0)};
    for (intptr_t i = inputs; i < mlirBlockGetNumArguments(body); i++) {
        if (mlirValueEqual(mlirBlockGetArgument(body, i), argument)) {
            m.state = state_name(c->step, i - inputs, c->a);
        }
    }
    if (!m.state) {
        return false;
    }
    m.threshold = ARENA_ARRAY(c->a, double, m.n);
    m.wanted = ARENA_ARRAY(c->a, double, m.channels);
    m.best = ARENA_ARRAY(c->a, double, m.channels);
    m.choice = ARENA_ARRAY(c->a, int64_t, m.channels);
    for (int64_t i = 0; i < m.n; i++) {
        double *to = &m.wanted[i / (m.n / m.channels)];
        m.threshold[i] = ir_param(ir_get(fire, "threshold"), i);
        *to = fmax(*to, 2.0 * fabs(m.threshold[i]));
    }
    for (int64_t i = 0; i < m.channels; i++) {
        m.best[i] = HUGE_VAL;
    }
    c->all[c->n++] = m;
    return true;
}

static void find_membranes(chooser *c)
{
    int64_t n;
    MlirOperation *ops = ir_list(ir_body(c->step, 0), c->a, &n);
    c->all = ARENA_ARRAY(c->a, membrane, n);
    for (int64_t i = 0; i < n; i++) {
        if (ir_is(ops[i], "snn.fire") && add_membrane(c, ops[i])) {
            record_add(&c->seen, c->all[c->n - 1].before, c->a);
            record_add(&c->seen, c->all[c->n - 1].spikes, c->a);
        }
    }
}

/* How far down each channel went. */
static void measure(chooser *c)
{
    for (int64_t i = 0; i < c->n; i++) {
        membrane *m = &c->all[i];
        const track *v = record_of(&c->seen, m->before);
        for (int64_t k = 0; k < c->seen.runs * c->seen.steps * m->n; k++) {
            double *to = &m->wanted[k % m->n / (m->n / m->channels)];
            *to = fmax(*to, -(double)v->numbers[k]);
        }
    }
}

static double room_of(int64_t try)
{
    return least_room * exp2((double)try / tries_in_two);
}

/* The ranges with the room that was chosen so far, and that of this try for
 * each channel of membrane tried; -1: none is tried. */
static MlirAttribute ranges_with(const chooser *c, MlirAttribute ranges,
                                 int64_t tried, int64_t try)
{
    MlirContext ctx = mlirOperationGetContext(c->step);
    intptr_t old = mlirAttributeIsNull(ranges)
                       ? 0
                       : mlirDictionaryAttrGetNumElements(ranges);
    MlirNamedAttribute *items =
        ARENA_ARRAY(c->a, MlirNamedAttribute, old + c->n);
    intptr_t n = 0;
    for (int64_t i = 0; i < c->n; i++) {
        const membrane *m = &c->all[i];
        double *least = ARENA_ARRAY(c->a, double, m->channels);
        for (int64_t k = 0; k < m->channels; k++) {
            double r = room_of(i == tried ? try : m->choice[k]);
            least[k] = -m->wanted[k] * r / room;
        }
        MlirType type = ir_tensor(mlirF64TypeGet(ctx), 1, &m->channels);
        ir b = ir_before(c->step);
        ir_attr ends[] = {
            {"least", mlirDenseElementsAttrDoubleGet(type, m->channels, least)},
            {"most", ir_f64(&b, 0.0)}}; /* it is reset to a value */
        items[n++] = mlirNamedAttributeGet(
            mlirIdentifierGet(ctx, mlirStringRefCreateFromCString(m->state)),
            ir_dictionary(&b, 2, ends));
    }
    for (intptr_t i = 0; i < old; i++) {
        MlirNamedAttribute item = mlirDictionaryAttrGetElement(ranges, i);
        bool goes = false;
        for (int64_t k = 0; k < c->n; k++) {
            goes = goes || mlirIdentifierEqual(item.name, items[k].name);
        }
        if (!goes) {
            items[n++] = item;
        }
    }
    return mlirDictionaryAttrGet(ctx, n, items);
}

/*===- one try --------------------------------------------------------------*/

static MlirOperation fire_of(MlirOperation step, const char *node, arena *a)
{
    MlirOperation op = mlirBlockGetFirstOperation(ir_body(step, 0));
    while (!ir_is(op, "snn.fire") ||
           strcmp(ir_get_text(op, "node", a), node) != 0) {
        op = mlirOperationGetNextInBlock(op);
    }
    return op;
}

/* The scale of channel i of a quantized value. */
static double scale_of(MlirValue v, int64_t i)
{
    MlirType type = ir_element(v);
    return mlirTypeIsAUniformQuantizedPerAxisType(type)
               ? mlirUniformQuantizedPerAxisTypeGetScale(type, (intptr_t)i)
               : mlirUniformQuantizedTypeGetScale(type);
}

/* What is wrong with each channel: the error of its membrane, where that is
 * large next to the distance from the threshold, and wrong spikes. */
static void score(const chooser *c, const membrane *m, MlirOperation fire,
                  const record *r, double *wrong)
{
    MlirValue codes = mlirOperationGetOperand(fire, 0);
    const track *q = record_of(r, codes);
    const track *v = record_of(&c->seen, m->before);
    const track *y = record_of(r, mlirOperationGetResult(fire, 0));
    const track *z = record_of(&c->seen, m->spikes);
    int64_t inner = m->n / m->channels;
    for (int64_t i = 0; i < m->n; i++) {
        double s = scale_of(codes, i / inner);
        double *sum = &wrong[i / inner];
        for (int64_t k = i; k < r->runs * r->steps * m->n; k += m->n) {
            double real = (double)v->numbers[k];
            double near = fabs(real - m->threshold[i]);
            double error = fabs((double)q->numbers[k] * s - real);
            double part = near > 0.0 ? fmin(1.0, error / near) : 0.0;
            *sum += part * part;
            *sum += y->numbers[k] != z->numbers[k] ? flip : 0.0;
        }
    }
}

/* Runs a quantized step, and keeps the try where it is the best so far. */
static bool run_try(membrane *m, const chooser *c, MlirOperation step,
                    int64_t try)
{
    arena a = {0};
    record r = {0};
    MlirOperation fire = fire_of(step, m->node, &a);
    record_add(&r, mlirOperationGetOperand(fire, 0), &a);
    record_add(&r, mlirOperationGetResult(fire, 0), &a);
    bool good =
        record_run(&r, step, c->data, c->permutations, c->seed, &a, c->d);
    double *wrong = ARENA_ARRAY(&a, double, m->channels);
    if (good) {
        score(c, m, fire, &r, wrong);
    }
    for (int64_t k = 0; k < m->channels && good; k++) {
        if (wrong[k] < m->best[k]) {
            m->best[k] = wrong[k];
            m->choice[k] = try;
        }
    }
    arena_free(&a);
    return good;
}

/* The step with these ranges, quantized; null after a diagnostic. */
static MlirModule quantized(const chooser *c, MlirAttribute plan,
                            MlirAttribute ranges)
{
    MlirOperation copy = mlirOperationClone(c->step);
    if (!mlirAttributeIsNull(plan)) {
        mlirOperationSetAttributeByName(
            copy, mlirStringRefCreateFromCString("plan"), plan);
    }
    mlirOperationSetAttributeByName(
        copy, mlirStringRefCreateFromCString("ranges"), ranges);
    MlirModule module = c->how->quantize(copy, c->how->user);
    mlirOperationDestroy(copy);
    return module;
}

/* One membrane behind the other, since each sees the spikes of those before. */
static bool choose(chooser *c, MlirAttribute plan, MlirAttribute *ranges)
{
    bool good = record_run(&c->seen, c->step, c->data, c->permutations, c->seed,
                           c->a, c->d);
    if (!good) {
        return false;
    }
    measure(c);
    for (int64_t i = 0; i < c->n * TRIES && good; i++) {
        MlirModule module =
            quantized(c, plan, ranges_with(c, *ranges, i / TRIES, i % TRIES));
        if (mlirModuleIsNull(module)) {
            return false;
        }
        MlirBlock body = mlirModuleGetBody(module);
        good = run_try(&c->all[i / TRIES], c, mlirBlockGetFirstOperation(body),
                       i % TRIES);
        mlirModuleDestroy(module);
    }
    *ranges = ranges_with(c, *ranges, -1, 0);
    return good;
}

/*===- several tries --------------------------------------------------------*/

/* How many spikes of a quantized step differ from those seen. */
static bool count_wrong(const chooser *c, MlirOperation step, int64_t *wrong)
{
    arena a = {0};
    record r = {0};
    for (int64_t i = 0; i < c->n; i++) {
        MlirOperation fire = fire_of(step, c->all[i].node, &a);
        record_add(&r, mlirOperationGetResult(fire, 0), &a);
    }
    bool good =
        record_run(&r, step, c->data, c->permutations, c->seed, &a, c->d);
    *wrong = 0;
    for (int64_t i = 0; i < c->n && good; i++) {
        const track *z = record_of(&c->seen, c->all[i].spikes);
        const float *y = r.tracks[i].numbers;
        for (int64_t k = 0; k < r.runs * r.steps * z->size; k++) {
            *wrong += z->numbers[k] != y[k];
        }
    }
    arena_free(&a);
    return good;
}

/* The ranges that one seed gives, and how many spikes are wrong with them on
 * the permutations of another. */
static bool try_seed(const chooser *base, uint64_t seed, MlirAttribute plan,
                     MlirAttribute *ranges, int64_t *wrong)
{
    arena a = {0};
    chooser c = *base;
    c.a = &a;
    c.seed = seed;
    find_membranes(&c);
    bool good = c.n == 0 || choose(&c, plan, ranges);
    *wrong = 0;
    if (good && c.n > 0 && c.how->tries > 1) {
        chooser other = *base;
        other.a = &a;
        other.seed = ~c.how->seed;
        find_membranes(&other);
        MlirModule module = quantized(&c, plan, *ranges);
        good =
            !mlirModuleIsNull(module) &&
            record_run(&other.seen, c.step, c.data, c.permutations, other.seed,
                       &a, c.d) &&
            count_wrong(&other,
                        mlirBlockGetFirstOperation(mlirModuleGetBody(module)),
                        wrong);
        if (!mlirModuleIsNull(module)) {
            mlirModuleDestroy(module);
        }
    }
    arena_free(&a);
    return good;
}

static bool has_real_inputs(MlirOperation step)
{
    MlirBlock body = ir_body(step, 0);
    intptr_t n = mlirArrayAttrGetNumElements(ir_get(step, "input_names"));
    for (intptr_t i = 0; i < n; i++) {
        if (ir_is_float(ir_element(mlirBlockGetArgument(body, i)))) {
            return true;
        }
    }
    return false;
}

bool tune_states(MlirOperation step, const tune_data *data,
                 const tune_options *how, diag *d, MlirAttribute plan,
                 MlirAttribute *ranges)
{
    chooser c = {.step = step, .data = data, .how = how, .d = d};
    c.permutations = how->permutations > 0 ? how->permutations : 0;
    if (!record_has_data(step, data, d)) {
        return false;
    }
    int64_t tries = how->tries > 1 ? how->tries : 1;
    int64_t least = INT64_MAX;
    MlirAttribute best = *ranges;
    for (int64_t i = 0; i < tries && !has_real_inputs(step); i++) {
        MlirAttribute found = *ranges;
        int64_t wrong;
        if (!try_seed(&c, how->seed + (uint64_t)i, plan, &found, &wrong)) {
            return false;
        }
        best = wrong < least ? found : best;
        least = wrong < least ? wrong : least;
    }
    *ranges = best;
    return true;
}
