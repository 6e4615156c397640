/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * kinds.c - the table of node kinds and the table of their datasets.
 *
 * A new kind of node is a row here, a check in check.c and a rule in shape.c.
 */
#include "nir/kinds.h"

#include <assert.h>
#include <string.h>

#define BIT(field) (UINT32_C(1) << (field))
#define LEAK (BIT(NIR_R) | BIT(NIR_V_LEAK))
#define CUBA (BIT(NIR_TAU_SYN) | BIT(NIR_TAU_MEM) | LEAK)
#define SLIDE (BIT(NIR_STRIDE) | BIT(NIR_PADDING))
#define CONV                                                                   \
    (BIT(NIR_WEIGHT) | BIT(NIR_BIAS) | SLIDE | BIT(NIR_DILATION) |             \
     BIT(NIR_GROUPS))

typedef struct kind_row {
    const char *name;
    uint32_t required; /* datasets, as bits */
    uint32_t optional;
} kind_row;

static const kind_row kinds[NIR_KIND_COUNT + 1] = {
    [NIR_UNKNOWN] = {"unknown", 0, 0},
    [NIR_INPUT] = {"Input", BIT(NIR_SHAPE), 0},
    [NIR_OUTPUT] = {"Output", BIT(NIR_SHAPE), 0},
    [NIR_AFFINE] = {"Affine", BIT(NIR_WEIGHT) | BIT(NIR_BIAS), 0},
    [NIR_LINEAR] = {"Linear", BIT(NIR_WEIGHT), 0},
    [NIR_SCALE] = {"Scale", BIT(NIR_SCALE_FACTOR), 0},
    [NIR_CONV1D] = {"Conv1d", CONV, BIT(NIR_INPUT_SHAPE)},
    [NIR_CONV2D] = {"Conv2d", CONV, BIT(NIR_INPUT_SHAPE)},
    [NIR_SUM_POOL2D] = {"SumPool2d", BIT(NIR_KERNEL_SIZE) | SLIDE, 0},
    [NIR_AVG_POOL2D] = {"AvgPool2d", BIT(NIR_KERNEL_SIZE) | SLIDE, 0},
    [NIR_FLATTEN] = {"Flatten", 0,
                     BIT(NIR_START_DIM) | BIT(NIR_END_DIM) |
                         BIT(NIR_INPUT_TYPE)},
    [NIR_DELAY] = {"Delay", BIT(NIR_DELAY_TIME), 0},
    [NIR_THRESHOLD] = {"Threshold", BIT(NIR_THRESHOLD_VALUE), 0},
    [NIR_I] = {"I", BIT(NIR_R), 0},
    [NIR_IF] = {"IF", BIT(NIR_R) | BIT(NIR_V_THRESHOLD), BIT(NIR_V_RESET)},
    [NIR_LI] = {"LI", BIT(NIR_TAU) | LEAK, 0},
    [NIR_LIF] = {"LIF", BIT(NIR_TAU) | LEAK | BIT(NIR_V_THRESHOLD),
                 BIT(NIR_V_RESET)},
    [NIR_CUBA_LI] = {"CubaLI", CUBA, BIT(NIR_W_IN)},
    [NIR_CUBA_LIF] = {"CubaLIF", CUBA | BIT(NIR_V_THRESHOLD),
                      BIT(NIR_V_RESET) | BIT(NIR_W_IN)},
};

static const char *const fields[NIR_FIELD_COUNT] = {
    [NIR_SHAPE] = "shape",
    [NIR_WEIGHT] = "weight",
    [NIR_BIAS] = "bias",
    [NIR_SCALE_FACTOR] = "scale",
    [NIR_INPUT_SHAPE] = "input_shape",
    [NIR_STRIDE] = "stride",
    [NIR_PADDING] = "padding",
    [NIR_DILATION] = "dilation",
    [NIR_GROUPS] = "groups",
    [NIR_KERNEL_SIZE] = "kernel_size",
    [NIR_START_DIM] = "start_dim",
    [NIR_END_DIM] = "end_dim",
    [NIR_INPUT_TYPE] = "input_type",
    [NIR_DELAY_TIME] = "delay",
    [NIR_THRESHOLD_VALUE] = "threshold",
    [NIR_TAU] = "tau",
    [NIR_TAU_SYN] = "tau_syn",
    [NIR_TAU_MEM] = "tau_mem",
    [NIR_R] = "r",
    [NIR_V_LEAK] = "v_leak",
    [NIR_V_THRESHOLD] = "v_threshold",
    [NIR_V_RESET] = "v_reset",
    [NIR_W_IN] = "w_in",
    [NIR_FLOOR] = "floor",
    [NIR_NO_FLOOR] = "no_floor",
    [NIR_NORM_INPUT] = "norm_input",
    [NIR_SINGLE_SPIKE] = "single_spike",
    [NIR_DT] = "dt",
};

static const uint32_t integer_fields =
    BIT(NIR_SHAPE) | BIT(NIR_INPUT_SHAPE) | SLIDE | BIT(NIR_DILATION) |
    BIT(NIR_GROUPS) | BIT(NIR_KERNEL_SIZE) | BIT(NIR_START_DIM) |
    BIT(NIR_END_DIM) | BIT(NIR_INPUT_TYPE);

bool nir_find_kind(const char *name, nir_kind *kind)
{
    for (int k = 0; k < NIR_KIND_COUNT; k++) {
        if (strcmp(kinds[k].name, name) == 0) {
            *kind = (nir_kind)k;
            return true;
        }
    }
    return false;
}

bool nir_requires(nir_kind kind, nir_field field)
{
    return kinds[kind].required & BIT(field);
}

bool nir_allows(nir_kind kind, nir_field field)
{
    return (kinds[kind].required | kinds[kind].optional) & BIT(field);
}

bool nir_find_field(const char *name, nir_field *field)
{
    for (int f = 0; f < NIR_FIELD_COUNT; f++) {
        if (strcmp(fields[f], name) == 0) {
            *field = (nir_field)f;
            return true;
        }
    }
    return false;
}

bool nir_can_amend(nir_kind kind, nir_field field)
{
    if (nir_is_integer(field)) {
        return false;
    }
    bool bias = kind == NIR_LINEAR && field == NIR_BIAS;
    bool current = field == NIR_TAU_SYN && (kind == NIR_LIF || kind == NIR_IF);
    bool lost = field >= NIR_FLOOR && nir_is_neuron(kind);
    return nir_allows(kind, field) || bias || current || lost;
}

bool nir_is_integer(nir_field field) { return integer_fields & BIT(field); }

nir_array nir_default(nir_kind kind, nir_field field)
{
    static const double zero = 0.0;
    static const double one = 1.0;
    static const int64_t second = 1;
    static const int64_t last = -1;
    nir_array none = {0};
    if (!nir_allows(kind, field)) {
        return none;
    }
    switch (field) {
    case NIR_V_RESET:
        return (nir_array){.type = NIR_F64, .count = 1, .f64 = &zero};
    case NIR_W_IN:
        return (nir_array){.type = NIR_F64, .count = 1, .f64 = &one};
    case NIR_START_DIM:
        return (nir_array){.type = NIR_I64, .count = 1, .i64 = &second};
    case NIR_END_DIM:
        return (nir_array){.type = NIR_I64, .count = 1, .i64 = &last};
    default:
        return none;
    }
}

bool nir_is_neuron(nir_kind kind)
{
    return kind >= NIR_I && kind <= NIR_CUBA_LIF;
}

bool nir_is_spiking(nir_kind kind)
{
    return kind == NIR_IF || kind == NIR_LIF || kind == NIR_CUBA_LIF ||
           kind == NIR_THRESHOLD;
}

bool nir_is_elementwise(nir_kind kind)
{
    return nir_is_neuron(kind) || kind == NIR_SCALE || kind == NIR_THRESHOLD ||
           kind == NIR_DELAY;
}

bool nir_is_conv(nir_kind kind)
{
    return kind == NIR_CONV1D || kind == NIR_CONV2D;
}

int nir_window_axes(nir_kind kind)
{
    if (kind == NIR_CONV1D) {
        return 1;
    }
    return kind == NIR_CONV2D || kind == NIR_SUM_POOL2D ||
                   kind == NIR_AVG_POOL2D
               ? 2
               : 0;
}

const char *nir_kind_name(nir_kind kind)
{
    assert(kind >= 0 && kind <= NIR_UNKNOWN);
    return kinds[kind].name;
}

const char *nir_field_name(nir_field field)
{
    assert(field >= 0 && field < NIR_FIELD_COUNT);
    return fields[field];
}
