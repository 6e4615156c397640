/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * fold_scale.c - factors go into weights: of a Scale before or after a Linear
 * or convolution, and of the mean of an AvgPool.
 */
#include <math.h>

#include "passes/fold.h"
#include "passes/lower.h"

/* Sums of this magnitude, times 2^60, are far from overflow in f32. */
static const double MAX_SUM = 1099511627776.0; /* 2^40 */

/* One factor for each element of a synapse's operand or result, or for all. */
typedef struct factors {
    const double *number;
    bool uniform;
    bool before; /* of the operand */
    bool power;  /* all are powers of two */
    bool positive;
} factors;

static bool is_synapse(MlirOperation op)
{
    return ir_is(op, "snn.linear") || ir_is(op, "snn.conv");
}

/* The numbers of a Scale, rounded to its type. */
static factors factors_of(folder *f, MlirOperation scale, bool before)
{
    MlirAttribute param = ir_get(scale, "scale");
    MlirValue y = mlirOperationGetResult(scale, 0);
    bool f64 = mlirTypeIsAF64(ir_element(y));
    int64_t n = ir_param_uniform(param) ? 1 : ir_count(y);
    double *number = ARENA_ARRAY(f->a, double, n);
    factors s = {.number = number,
                 .uniform = n == 1,
                 .before = before,
                 .power = true,
                 .positive = true};
    for (int64_t i = 0; i < n; i++) {
        number[i] = fold_round(ir_param(param, i), f64);
        s.power = s.power && fold_is_power(number[i]);
        s.positive = s.positive && number[i] > 0;
    }
    return s;
}

/* Shape of a synapse's weights: (blocks, out, in, taps). */
typedef struct layout {
    int64_t blocks; /* Linear: product of the leading axes */
    int64_t out;
    int64_t in;
    int64_t taps;
    int64_t out_per_group; /* convolutions */
    int64_t x_positions, y_positions;
} layout;

static layout layout_of(MlirOperation synapse)
{
    MlirValue weight = mlirOperationGetOperand(synapse, 1);
    MlirValue x = mlirOperationGetOperand(synapse, 0);
    MlirValue y = mlirOperationGetResult(synapse, 0);
    layout s = {.blocks = 1, .taps = 1};
    if (ir_is(synapse, "snn.conv")) {
        s.out = ir_dim(weight, 0);
        s.in = ir_dim(weight, 1);
        s.taps = s.out * s.in > 0 ? ir_count(weight) / (s.out * s.in) : 0;
        s.x_positions = ir_count(x) / ir_dim(x, 0);
        s.y_positions = ir_count(y) / ir_dim(y, 0);
        s.out_per_group =
            s.out / mlirIntegerAttrGetValueInt(ir_get(synapse, "groups"));
        return s;
    }
    intptr_t rank = ir_rank(weight);
    s.out = ir_dim(weight, rank - 2);
    s.in = ir_dim(weight, rank - 1);
    s.blocks = ir_count(weight) / (s.out * s.in);
    s.x_positions = s.y_positions = 1;
    s.out_per_group = s.out;
    return s;
}

/* The element of x or y that weight i meets: the first one of its channel. */
static int64_t element_of(const layout *s, bool before, int64_t i)
{
    int64_t in = i / s->taps % s->in;
    int64_t out = i / s->taps / s->in % s->out;
    int64_t block = i / s->taps / s->in / s->out;
    if (!before) {
        return (block * s->out + out) * s->y_positions;
    }
    int64_t group = out / s->out_per_group;
    return ((block + group) * s->in + in) * s->x_positions;
}

/* A convolution's weight meets all positions of a channel. */
static bool fits_channels(const factors *s, const layout *l, int64_t n)
{
    int64_t positions = s->before ? l->x_positions : l->y_positions;
    for (int64_t i = 0; i < n && !s->uniform; i++) {
        if (s->number[i] != s->number[i / positions * positions]) {
            return false;
        }
    }
    /* A bias of (M) serves all leading axes. */
    return s->before || s->uniform || l->blocks == 1;
}

static double factor_at(const factors *s, const layout *l, int64_t i)
{
    return s->number[s->uniform ? 0 : element_of(l, s->before, i)];
}

/*===- what is exact --------------------------------------------------------*/

/* Whether number * 2^k has the same digits. */
static bool is_exact(double number, double power, bool f64)
{
    double product = number * power;
    return isfinite(product) && fold_round(product, f64) == product &&
           product / power == number;
}

/* fold_e1, fold_e2: factors of the operand. */
static bool is_exact_before(const factors *s, const layout *l,
                            const fold_numbers *w, MlirValue x)
{
    if (lower_is_spikes(x)) {
        return true; /* as long as no weight becomes infinite */
    }
    if (!s->power || !fold_grid_of(x).known) {
        return false;
    }
    for (int64_t i = 0; i < w->n; i++) {
        if (!is_exact(fold_number(w, i), factor_at(s, l, i), w->f64)) {
            return false;
        }
    }
    return true;
}

static double largest(const fold_numbers *w)
{
    double most = 0;
    for (int64_t i = 0; i < (w->splat ? 1 : w->n); i++) {
        most = fmax(most, fabs(fold_number(w, i)));
    }
    return most;
}

/* fold_e3: factors of the result. */
static bool is_exact_after(const factors *s, const layout *l,
                           const fold_numbers *w, const fold_numbers *bias,
                           MlirValue x)
{
    fold_grid g = fold_grid_of(x);
    double fan_in = (double)(l->in * l->taps);
    if (!s->power || !s->positive || !g.known ||
        largest(w) * fan_in * g.bound + largest(bias) > MAX_SUM) {
        return false;
    }
    double step = ldexp(1, g.step);
    for (int64_t i = 0; i < w->n; i++) {
        double number = fold_number(w, i);
        double power = factor_at(s, l, i);
        if (!is_exact(number, step, w->f64) ||
            !is_exact(number, power, w->f64) ||
            !is_exact(number, step * power, w->f64)) {
            return false;
        }
    }
    for (int64_t i = 0; i < bias->n; i++) {
        double power = s->number[s->uniform ? 0 : i * l->y_positions];
        if (!is_exact(fold_number(bias, i), power, bias->f64)) {
            return false;
        }
    }
    return true;
}

/*===- multiplying ----------------------------------------------------------*/

static fold_new times(const fold_numbers *w, const factors *s, const layout *l)
{
    bool one = w->splat && s->uniform;
    fold_new product = fold_new_make(one ? 1 : w->n, w->f64);
    for (int64_t i = 0; i < product.n; i++) {
        fold_set(&product, i, fold_number(w, i) * factor_at(s, l, i));
    }
    return product;
}

static fold_new bias_times(const fold_numbers *bias, const factors *s,
                           const layout *l)
{
    fold_new product = fold_new_make(bias->n, bias->f64);
    for (int64_t i = 0; i < product.n; i++) {
        double factor = s->number[s->uniform ? 0 : i * l->y_positions];
        fold_set(&product, i, fold_number(bias, i) * factor);
    }
    return product;
}

static void replace(folder *f, MlirOperation synapse, intptr_t operand,
                    fold_new *numbers)
{
    MlirType type = mlirValueGetType(mlirOperationGetOperand(synapse, operand));
    MlirValue value = fold_constant(
        f, synapse, operand == 1 ? "weight" : "bias", type, numbers);
    fold_replace_operand(f, synapse, operand, value);
}

/*
 * Multiplies the weights by the factors, and the bias if they are of the
 * result; x is what the weights meet. Fails, and changes nothing, where that
 * would change a bit and is not asked for, or a number became infinite.
 */
static bool multiply(folder *f, MlirOperation synapse, const factors *s,
                     MlirValue x, int64_t count)
{
    MlirValue y = mlirOperationGetResult(synapse, 0);
    MlirValue weight = mlirOperationGetOperand(synapse, 1);
    double n = (double)ir_count(weight) + (double)ir_count(y);
    if (ir_count(weight) == 0 || ir_count(x) == 0 || n > f->numbers) {
        return false;
    }
    layout l = layout_of(synapse);
    fold_numbers w;
    fold_numbers bias = {0};
    bool biased = !s->before && mlirOperationGetNumOperands(synapse) == 3;
    if (!fold_read(weight, &w) ||
        (biased && !fold_read(mlirOperationGetOperand(synapse, 2), &bias)) ||
        !fits_channels(s, &l, count)) {
        return false;
    }
    bool exact = s->before ? is_exact_before(s, &l, &w, x)
                           : is_exact_after(s, &l, &w, &bias, x);
    if (!exact && !f->all) {
        return false;
    }
    fold_new weights = times(&w, s, &l);
    fold_new biases = bias_times(&bias, s, &l);
    if (weights.infinite || biases.infinite) {
        fold_drop(&weights);
        fold_drop(&biases);
        return false;
    }
    f->numbers -= n;
    replace(f, synapse, 1, &weights);
    if (biased) {
        replace(f, synapse, 2, &biases);
    } else {
        fold_drop(&biases);
    }
    return true;
}

/*===- Scale ----------------------------------------------------------------*/

/* Whether every user of value takes spikes as well as real numbers. */
static bool takes_spikes(MlirValue value)
{
    static const char *const all[] = {"snn.linear", "snn.conv",
                                      "snn.scale",  "snn.sum_pool",
                                      "snn.sum",    "snn.avg_pool"};
    MlirOpOperand use = mlirValueGetFirstUse(value);
    bool good = true;
    for (; !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        MlirOperation user = mlirOpOperandGetOwner(use);
        bool known = neuron_is(user);
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            known = known || ir_is(user, all[i]);
        }
        good = good && known;
    }
    return good;
}

/* A Scale by 1, other than what an Output or a probe shows. */
bool fold_scale_one(folder *f, MlirOperation scale)
{
    MlirValue x = mlirOperationGetOperand(scale, 0);
    MlirValue y = mlirOperationGetResult(scale, 0);
    factors s = factors_of(f, scale, true);
    if (!s.uniform || s.number[0] != 1 || !takes_spikes(y)) {
        return false;
    }
    mlirValueReplaceAllUsesOfWith(y, x);
    fold_erase(f, scale);
    return true;
}

/* The Scale before a Linear or convolution. */
static bool take_before(folder *f, MlirOperation synapse)
{
    MlirValue y = mlirOperationGetOperand(synapse, 0);
    MlirOperation scale = ir_owner(y);
    if (!ir_is(scale, "snn.scale") || !fold_is_free(f, scale) ||
        mlirOperationIsNull(fold_only_user(y))) {
        return false;
    }
    MlirValue x = mlirOperationGetOperand(scale, 0);
    factors s = factors_of(f, scale, true);
    if (!multiply(f, synapse, &s, x, ir_count(y))) {
        return false;
    }
    mlirOperationSetOperand(synapse, 0, x);
    fold_erase(f, scale);
    return true;
}

/* The Scale after a Linear or convolution. */
static bool take_after(folder *f, MlirOperation synapse)
{
    MlirValue x = mlirOperationGetResult(synapse, 0);
    MlirOperation scale = fold_only_user(x);
    if (!ir_is(scale, "snn.scale") || !fold_is_free(f, scale)) {
        return false;
    }
    MlirValue y = mlirOperationGetResult(scale, 0);
    factors s = factors_of(f, scale, false);
    MlirValue in = mlirOperationGetOperand(synapse, 0);
    if (!multiply(f, synapse, &s, in, ir_count(y))) {
        return false;
    }
    mlirValueReplaceAllUsesOfWith(y, x);
    fold_erase(f, scale);
    return true;
}

bool fold_scale_before(folder *f, MlirOperation synapse)
{
    bool changed = false;
    while (take_before(f, synapse)) {
        changed = true;
    }
    return changed;
}

bool fold_scale_after(folder *f, MlirOperation synapse)
{
    bool changed = false;
    while (take_after(f, synapse)) {
        changed = true;
    }
    return changed;
}

/*===- AvgPool --------------------------------------------------------------*/

/* The synapse that alone takes value, behind any Flatten; null: none does. */
static MlirOperation synapse_behind(const folder *f, MlirValue value)
{
    MlirOperation user = fold_only_user(value);
    while (ir_is(user, "tensor.collapse_shape") && fold_is_free(f, user)) {
        user = fold_only_user(mlirOperationGetResult(user, 0));
    }
    bool good = is_synapse(user) && fold_is_free(f, user);
    return good ? user : (MlirOperation){NULL};
}

/* The same windows, as a sum. */
static MlirValue sum_of(MlirOperation mean)
{
    ir b = ir_before(mean);
    MlirValue x = mlirOperationGetOperand(mean, 0);
    MlirType type = mlirValueGetType(mlirOperationGetResult(mean, 0));
    ir_attr attrs[] = {{"node", ir_get(mean, "node")},
                       {"kernel", ir_get(mean, "kernel")},
                       {"stride", ir_get(mean, "stride")},
                       {"pads", ir_get(mean, "pads")}};
    return ir_op1(&b, "snn.sum_pool",
                  (ir_parts){.operands = &x,
                             .n_operands = 1,
                             .results = &type,
                             .n_results = 1,
                             .attrs = attrs,
                             .n_attrs = 4});
}

/* A mean becomes a sum; weights take the factor. */
bool fold_mean(folder *f, MlirOperation pool)
{
    MlirValue y = mlirOperationGetResult(pool, 0);
    MlirOperation synapse = synapse_behind(f, y);
    if (mlirOperationIsNull(synapse)) {
        return false;
    }
    MlirAttribute kernel = ir_get(pool, "kernel");
    double part = 1;
    for (intptr_t i = 0; i < mlirDenseArrayGetNumElements(kernel); i++) {
        part /= (double)mlirDenseI64ArrayGetElement(kernel, i);
    }
    factors s = {.number = &part,
                 .uniform = true,
                 .before = true,
                 .power = fold_is_power(part),
                 .positive = true};
    if (!multiply(f, synapse, &s, y, 1)) {
        return false;
    }
    mlirValueReplaceAllUsesOfWith(y, sum_of(pool));
    fold_erase(f, pool);
    return true;
}
