/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * nodes.c - one function for one kind of node, in a table by kind.
 *
 * Most kinds are an operation with one operand whose attributes are datasets of
 * the file under their own names: those are rows of data.
 */
#include "import/nodes.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"

/* Arrays of at most this many numbers stand in the text of the IR. */
enum { INLINE_NUMBERS = 16, MAX_PARAMS = 8 };

MlirType import_real(importer *im, const nir_shape *shape)
{
    return ir_tensor(im->real, shape->rank, shape->dim);
}

/*===- numbers --------------------------------------------------------------*/

static MlirValue constant(ir *b, MlirType type, MlirAttribute value)
{
    return ir_op1(b, "snn.constant",
                  (ir_parts){.results = &type,
                             .n_results = 1,
                             .attrs = &(ir_attr){"value", value},
                             .n_attrs = 1});
}

static MlirAttribute splat(MlirType type, double value)
{
    MlirType element = mlirShapedTypeGetElementType(type);
    MlirAttribute one =
        mlirTypeIsAInteger(element)
            ? mlirIntegerAttrGet(element, (int64_t)value)
            : mlirFloatAttrDoubleGet(mlirTypeGetContext(type), element, value);
    return mlirDenseElementsAttrSplatGet(type, one);
}

MlirValue import_zeros(ir *b, MlirType type)
{
    return constant(b, type, splat(type, 0.0));
}

/* All numbers are one: 0 and -0 are two. */
static bool is_uniform(const nir_array *array)
{
    for (int64_t i = 1; i < array->count; i++) {
        double first = nir_number(array, 0);
        double number = nir_number(array, i);
        if (number != first || signbit(number) != signbit(first)) {
            return false;
        }
    }
    return true;
}

/* The numbers of array as the network's real type; rounded once if f32. */
static const void *as_real(importer *im, const nir_array *array)
{
    if (array->type == (im->options->f64 ? NIR_F64 : NIR_F32)) {
        return array->data;
    }
    double *wide = ARENA_ARRAY(im->a, double, array->count);
    float *narrow = (float *)wide;
    for (int64_t i = 0; i < array->count; i++) {
        double number = nir_number(array, i);
        if (im->options->f64) {
            wide[i] = number;
        } else {
            narrow[i] = (float)number;
        }
    }
    return wide;
}

static void keep(void *user, const void *data, size_t size, size_t align)
{
    (void)user; /* the arena owns the data */
    (void)data;
    (void)size;
    (void)align;
}

/* A weight or bias: a splat, dense numbers, or a resource named for its node.
 */
static MlirValue numbers(importer *im, ir *b, const nir_node *node,
                         nir_field field)
{
    const nir_array *array = &node->field[field];
    MlirType type = import_real(im, &array->shape);
    if (is_uniform(array)) {
        return constant(b, type, splat(type, nir_number(array, 0)));
    }
    const void *data = as_real(im, array);
    size_t bytes = (size_t)array->count *
                   (im->options->f64 ? sizeof(double) : sizeof(float));
    if (array->count <= INLINE_NUMBERS) {
        return constant(b, type,
                        mlirDenseElementsAttrRawBufferGet(type, bytes, data));
    }
    const char *key =
        text_printf(im->a, "%s_%s", node->name, nir_field_name(field));
    return constant(b, type,
                    mlirUnmanagedDenseResourceElementsAttrGet(
                        type, mlirStringRefCreateFromCString(key),
                        (void *)(uintptr_t)data, bytes, sizeof(double), false,
                        keep, NULL));
}

/* A parameter of neurons: one number, or f64 elements of the node's shape. */
static MlirAttribute param(importer *im, ir *b, const nir_node *node,
                           nir_field field)
{
    const nir_array *array = &node->field[field];
    if (is_uniform(array)) {
        return ir_f64(b, nir_number(array, 0));
    }
    double *values = ARENA_ARRAY(im->a, double, array->count);
    for (int64_t i = 0; i < array->count; i++) {
        values[i] = nir_number(array, i);
    }
    return ir_f64_elements(b, import_real(im, &array->shape),
                           (intptr_t)array->count, values);
}

/*===- kinds ----------------------------------------------------------------*/

/* A kind of node: its operation, and how it is made. */
typedef struct kind_row kind_row;
struct kind_row {
    const char *op;
    MlirValue (*make)(importer *im, ir *b, const kind_row *row,
                      const nir_node *node, MlirValue x);
    nir_field params[MAX_PARAMS]; /* attributes that are datasets */
    int n_params;
};

static MlirType out_type(importer *im, const nir_node *node)
{
    return import_out_type(im, node - im->net->nodes);
}

static MlirValue make_op(importer *im, ir *b, const kind_row *row,
                         const nir_node *node, ir_parts parts)
{
    MlirType type = out_type(im, node);
    parts.results = &type;
    parts.n_results = 1;
    return ir_op1(b, row->op, parts);
}

/* What no file says of a neuron, but its user may. */
static const nir_field said[] = {NIR_FLOOR,        NIR_NO_FLOOR, NIR_NORM_INPUT,
                                 NIR_SINGLE_SPIKE, NIR_DT,       NIR_TAU_SYN};
enum { MAX_SAID = sizeof said / sizeof *said };

static bool has_param(const kind_row *row, nir_field field)
{
    for (int i = 0; i < row->n_params; i++) {
        if (row->params[i] == field) {
            return true;
        }
    }
    return false;
}

/* One operand, and parameters under their names in the file. */
static MlirValue elementwise(importer *im, ir *b, const kind_row *row,
                             const nir_node *node, MlirValue x)
{
    ir_attr attrs[1 + MAX_PARAMS + MAX_SAID] = {
        {"node", ir_text(b, node->name)}};
    int n = 1;
    for (int i = 0; i < row->n_params; i++) {
        attrs[n++] = (ir_attr){nir_field_name(row->params[i]),
                               param(im, b, node, row->params[i])};
    }
    for (int i = 0; i < MAX_SAID; i++) {
        nir_field field = said[i];
        if (node->field[field].type != NIR_ABSENT && !has_param(row, field)) {
            attrs[n++] =
                (ir_attr){nir_field_name(field), param(im, b, node, field)};
        }
    }
    return make_op(
        im, b, row, node,
        (ir_parts){
            .operands = &x, .n_operands = 1, .attrs = attrs, .n_attrs = n});
}

static MlirValue input(importer *im, ir *b, const kind_row *row,
                       const nir_node *node, MlirValue x)
{
    if (!node->top) {
        return x;
    }
    ir_attr name = {"node", ir_text(b, node->name)};
    return make_op(im, b, row, node, (ir_parts){.attrs = &name, .n_attrs = 1});
}

static MlirValue output(importer *im, ir *b, const kind_row *row,
                        const nir_node *node, MlirValue x)
{
    (void)im;
    ir_attr name = {"node", ir_text(b, node->name)};
    if (node->top) {
        ir_op(
            b, row->op,
            (ir_parts){
                .operands = &x, .n_operands = 1, .attrs = &name, .n_attrs = 1});
    }
    return x;
}

/* A bias with one element stands for all. */
static MlirValue bias_of(importer *im, ir *b, const nir_node *node,
                         int64_t channels)
{
    const nir_array *bias = &node->field[NIR_BIAS];
    if (bias->count == 1) {
        MlirType type = ir_tensor(im->real, 1, &channels);
        return constant(b, type, splat(type, nir_number(bias, 0)));
    }
    return numbers(im, b, node, NIR_BIAS);
}

/* x, weight, and the bias that Affine and convolutions have. */
static intptr_t synapse(importer *im, ir *b, const nir_node *node, MlirValue x,
                        int64_t channels, MlirValue operands[3])
{
    operands[0] = x;
    operands[1] = numbers(im, b, node, NIR_WEIGHT);
    if (node->field[NIR_BIAS].type == NIR_ABSENT) {
        return 2;
    }
    operands[2] = bias_of(im, b, node, channels);
    return 3;
}

static MlirValue linear(importer *im, ir *b, const kind_row *row,
                        const nir_node *node, MlirValue x)
{
    MlirValue operands[3];
    intptr_t n =
        synapse(im, b, node, x, node->out.dim[node->out.rank - 1], operands);
    ir_attr name = {"node", ir_text(b, node->name)};
    return make_op(im, b, row, node,
                   (ir_parts){.operands = operands,
                              .n_operands = n,
                              .attrs = &name,
                              .n_attrs = 1});
}

/* Windows as attributes: lists with one number an axis, two for pads. */
typedef struct window_lists {
    int64_t kernel[2], stride[2], dilation[2], pads[4];
    int axes;
} window_lists;

static window_lists windows_of(const nir_node *node)
{
    nir_window window[2];
    window_lists w = {.axes = nir_windows(node, window)};
    for (int i = 0; i < w.axes; i++) {
        w.kernel[i] = window[i].kernel;
        w.stride[i] = window[i].stride;
        w.dilation[i] = window[i].dilation;
        w.pads[2 * i] = window[i].pad_before;
        w.pads[2 * i + 1] = window[i].pad_after;
    }
    return w;
}

static MlirValue conv(importer *im, ir *b, const kind_row *row,
                      const nir_node *node, MlirValue x)
{
    MlirValue operands[3];
    intptr_t n = synapse(im, b, node, x, node->out.dim[0], operands);
    window_lists w = windows_of(node);
    int64_t groups = node->field[NIR_GROUPS].i64[0];
    ir_attr attrs[] = {
        {"node", ir_text(b, node->name)},
        {"stride", ir_i64_array(b, w.axes, w.stride)},
        {"pads", ir_i64_array(b, 2 * w.axes, w.pads)},
        {"dilation", ir_i64_array(b, w.axes, w.dilation)},
        {"groups", ir_i64(b, groups)},
    };
    return make_op(im, b, row, node,
                   (ir_parts){.operands = operands,
                              .n_operands = n,
                              .attrs = attrs,
                              .n_attrs = 5});
}

static MlirValue pool(importer *im, ir *b, const kind_row *row,
                      const nir_node *node, MlirValue x)
{
    window_lists w = windows_of(node);
    ir_attr attrs[] = {
        {"node", ir_text(b, node->name)},
        {"kernel", ir_i64_array(b, w.axes, w.kernel)},
        {"stride", ir_i64_array(b, w.axes, w.stride)},
        {"pads", ir_i64_array(b, 2 * w.axes, w.pads)},
    };
    return make_op(
        im, b, row, node,
        (ir_parts){
            .operands = &x, .n_operands = 1, .attrs = attrs, .n_attrs = 4});
}

/* Axes first to last become one. */
static MlirValue flatten(importer *im, ir *b, const kind_row *row,
                         const nir_node *node, MlirValue x)
{
    int first, last;
    nir_flatten_axes(node, &first, &last);
    if (first == last) {
        return x;
    }
    MlirAttribute groups[NIR_MAX_RANK];
    intptr_t n = 0;
    for (int axis = 0; axis < node->in.rank; axis++) {
        MlirAttribute axes[NIR_MAX_RANK];
        intptr_t count = 0;
        int end = axis == first ? last : axis;
        for (; axis <= end; axis++) {
            axes[count++] = ir_i64(b, axis);
        }
        axis--;
        groups[n++] = mlirArrayAttrGet(im->ctx, count, axes);
    }
    ir_attr reassociation = {"reassociation",
                             mlirArrayAttrGet(im->ctx, n, groups)};
    return make_op(im, b, row, node,
                   (ir_parts){.operands = &x,
                              .n_operands = 1,
                              .attrs = &reassociation,
                              .n_attrs = 1});
}

static const kind_row kinds[NIR_KIND_COUNT] = {
    [NIR_INPUT] = {"snn.input", input, {0}, 0},
    [NIR_OUTPUT] = {"snn.output", output, {0}, 0},
    [NIR_AFFINE] = {"snn.linear", linear, {0}, 0},
    [NIR_LINEAR] = {"snn.linear", linear, {0}, 0},
    [NIR_SCALE] = {"snn.scale", elementwise, {NIR_SCALE_FACTOR}, 1},
    [NIR_CONV1D] = {"snn.conv", conv, {0}, 0},
    [NIR_CONV2D] = {"snn.conv", conv, {0}, 0},
    [NIR_SUM_POOL2D] = {"snn.sum_pool", pool, {0}, 0},
    [NIR_AVG_POOL2D] = {"snn.avg_pool", pool, {0}, 0},
    [NIR_FLATTEN] = {"tensor.collapse_shape", flatten, {0}, 0},
    [NIR_DELAY] = {"snn.delay", elementwise, {NIR_DELAY_TIME}, 1},
    [NIR_THRESHOLD] = {"snn.threshold", elementwise, {NIR_THRESHOLD_VALUE}, 1},
    [NIR_I] = {"snn.i", elementwise, {NIR_R}, 1},
    [NIR_IF] = {"snn.if",
                elementwise,
                {NIR_R, NIR_V_THRESHOLD, NIR_V_RESET},
                3},
    [NIR_LI] = {"snn.li", elementwise, {NIR_TAU, NIR_R, NIR_V_LEAK}, 3},
    [NIR_LIF] = {"snn.lif",
                 elementwise,
                 {NIR_TAU, NIR_R, NIR_V_LEAK, NIR_V_THRESHOLD, NIR_V_RESET},
                 5},
    [NIR_CUBA_LI] = {"snn.cuba_li",
                     elementwise,
                     {NIR_TAU_SYN, NIR_TAU_MEM, NIR_R, NIR_V_LEAK, NIR_W_IN},
                     5},
    [NIR_CUBA_LIF] = {"snn.cuba_lif",
                      elementwise,
                      {NIR_TAU_SYN, NIR_TAU_MEM, NIR_R, NIR_V_LEAK,
                       NIR_V_THRESHOLD, NIR_V_RESET, NIR_W_IN},
                      7},
};

MlirValue import_node(importer *im, ir *b, const nir_node *node, MlirValue x)
{
    const kind_row *row = &kinds[node->kind];
    return row->make(im, b, row, node, x);
}
