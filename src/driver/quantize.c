/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize.c - from --quantize and data to what --snn-quantize is to know.
 */
#include "driver/quantize.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "driver/quantize_data.h"
#include "driver/quantize_file.h"
#include "driver/search.h"

/*===- options --------------------------------------------------------------*/

/* The bits of "int8"; 0: it is no such word. */
static int plain_bits(const char *quantize)
{
    static const char *const names[] = {"int4", "int8", "int16", "int32"};
    for (int i = 0; i < 4; i++) {
        if (strcmp(names[i], quantize) == 0) {
            return 4 << i;
        }
    }
    return 0;
}

/* Not given, or a number from 0 to most. */
static bool is_number(compilation *c, const char *name, const char *value,
                      double most)
{
    char *end;
    double number = value ? text_read_number(value, &end) : 0.0;
    if (!value ||
        (end != value && *end == '\0' && number >= 0.0 && number <= most)) {
        return true;
    }
    return diag_error(&c->d, c->options->model,
                      "%s is '%s', expected a number from 0 %s", name, value,
                      most == 1.0 ? "to 1" : "on");
}

void quantize_goal(const snn_options *o, double *target, int64_t *max_rom,
                   int64_t *max_ram)
{
    *target = o->target_f1 ? text_read_number(o->target_f1, NULL) : 0.999;
    *max_rom = o->max_rom ? (int64_t)text_read_number(o->max_rom, NULL) : -1;
    *max_ram = o->max_ram ? (int64_t)text_read_number(o->max_ram, NULL) : -1;
}

static bool is_auto(const snn_options *o)
{
    return o->quantize && strcmp(o->quantize, "auto") == 0;
}

static bool is_file(const snn_options *o)
{
    size_t n = o->quantize ? strlen(o->quantize) : 0;
    return n > 5 && strcmp(o->quantize + n - 5, ".json") == 0;
}

void quantize_not(snn_options *o)
{
    o->quantize = NULL;
    o->state_bits = NULL;
    o->granularity = NULL;
    o->scales = NULL;
    o->rounding = NULL;
    o->borders = NULL;
    o->target_f1 = NULL;
    o->max_rom = NULL;
    o->max_ram = NULL;
    o->quantize_out = NULL;
    o->n_data = 0;
}

static bool rounds(const snn_options *o)
{
    return o->rounding && strcmp(o->rounding, "data") == 0;
}

/* Options that say the same, or that nothing takes. */
static bool check_together(compilation *c)
{
    const snn_options *o = c->options;
    bool goal = o->target_f1 || o->max_rom || o->max_ram;
    bool chosen = o->state_bits || o->granularity || o->scales || o->rounding;
    const char *wrong = NULL;
    bool more = o->n_data > 0 || o->quantize_out || o->borders;
    if (!o->quantize && (goal || chosen || more)) {
        wrong = "--state, --granularity, --scales, --rounding, --borders, "
                "--target-f1, --max-rom, --max-ram, --quantize-out and --data "
                "need --quantize";
    } else if (goal && !is_auto(o)) {
        wrong = "--target-f1, --max-rom and --max-ram are for --quantize=auto";
    } else if (chosen && is_auto(o)) {
        wrong = "--quantize=auto chooses --state, --granularity, --scales and "
                "--rounding itself";
    } else if (is_file(o) && (chosen || o->n_data > 0)) {
        wrong = "a saved choice says all that --state, --granularity, "
                "--scales, --rounding and --data could";
    } else if (is_auto(o) && o->n_data == 0) {
        wrong = "--quantize=auto compares with floats on data: give --data";
    } else if (rounds(o) && o->n_data == 0) {
        wrong = "--rounding=data needs some: give --data";
    }
    return !wrong || diag_error(&c->d, o->model, "%s", wrong);
}

bool quantize_check(compilation *c)
{
    const snn_options *o = c->options;
    const struct {
        const char *name;
        const char *value;
        const char *first;
        const char *second;
    } words[] = {{"state", o->state_bits, "16", "32"},
                 {"granularity", o->granularity, "channel", "tensor"},
                 {"scales", o->scales, "free", "power-of-two"},
                 {"rounding", o->rounding, "nearest", "data"},
                 {"borders", o->borders, "codes", "float"}};
    if (o->quantize && plain_bits(o->quantize) == 0 && !is_auto(o) &&
        !is_file(o)) {
        return diag_error(&c->d, o->model,
                          "quantize is '%s', expected int4, int8, int16, "
                          "int32, auto or a file .json",
                          o->quantize);
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const char *value = words[i].value;
        if (value && strcmp(value, words[i].first) != 0 &&
            strcmp(value, words[i].second) != 0) {
            return diag_error(&c->d, o->model, "%s is '%s', expected %s or %s",
                              words[i].name, value, words[i].first,
                              words[i].second);
        }
    }
    return check_together(c) && is_number(c, "target-f1", o->target_f1, 1.0) &&
           is_number(c, "max-rom", o->max_rom, HUGE_VAL) &&
           is_number(c, "max-ram", o->max_ram, HUGE_VAL);
}

/*===- what the pass is to know ---------------------------------------------*/

void quantize_title(const compilation *c, buf *text)
{
    const quantization *q = &c->quantization;
    if (c->options->quantize && q->plan.ptr) {
        buf_text(text, ", weights and states in integers");
    } else if (c->options->quantize) {
        buf_printf(text, ", weights of %d bits, states of %d", q->weights,
                   q->state);
    }
    if (c->options->quantize && strcmp(q->borders, "float") == 0) {
        buf_text(text, ", floats at the borders");
    }
}

const char *quantize_evidence(const snn_options *o)
{
    return is_file(o)                ? "a saved choice"
           : is_auto(o) || rounds(o) ? "chosen on data"
                                     : "given by the user";
}

void quantize_pass(const quantization *q, buf *pipeline)
{
    buf_printf(pipeline,
               "snn-quantize{weights=%d state=%d granularity=%s scales=%s "
               "borders=%s}",
               q->weights, q->state, q->granularity, q->scales, q->borders);
}

void quantize_note(MlirOperation step, const char *name, MlirAttribute value)
{
    if (value.ptr) {
        mlirOperationSetDiscardableAttributeByName(
            step, mlirStringRefCreateFromCString(name), value);
    }
}

static quantization from_options(const snn_options *o)
{
    int bits = plain_bits(o->quantize);
    return (quantization){
        .weights = bits > 0 ? bits : 16,
        .state = o->state_bits && strcmp(o->state_bits, "16") == 0 ? 16 : 32,
        .granularity = o->granularity ? o->granularity : "channel",
        .scales = o->scales ? o->scales : "free",
        .borders = o->borders ? o->borders : "codes"};
}

/* Of --rounding=data: roundings to choose from, and orders for states. */
enum { TRIES = 4, STATE_ORDERS = 7 };

/* A module with a quantized copy of a step of c; null after a diagnostic. */
static MlirModule quantize_copy(MlirOperation step, void *user)
{
    compilation *c = user;
    compilation sub = *c;
    sub.quantization.borders = "codes"; /* which the tuner feeds */
    sub.module = mlirModuleCreateEmpty(mlirOperationGetLocation(step));
    mlirBlockAppendOwnedOperation(mlirModuleGetBody(sub.module),
                                  mlirOperationClone(step));
    if (!compile_take_on(&sub, STAGE_QUANTIZED)) {
        c->d = sub.d;
        mlirModuleDestroy(sub.module);
        sub.module = (MlirModule){NULL};
    }
    return sub.module;
}

/* Rounds weights on the data, and then the scales of states of 16 bits. */
static bool round_all(compilation *c, recording *rec)
{
    quantization *q = &c->quantization;
    MlirOperation step = compile_find_step(c);
    tune_options how = {.weights = q->weights,
                        .tensor = strcmp(q->granularity, "tensor") == 0,
                        .power_of_two = strcmp(q->scales, "free") != 0,
                        .tries = TRIES,
                        .quantize = quantize_copy,
                        .user = c};
    if (!tune_round(step, &rec->data, &how, &c->d, &q->plan)) {
        return false;
    }
    how.permutations = STATE_ORDERS;
    bool free = q->state == 16 && !how.power_of_two;
    return !free ||
           tune_states(step, &rec->data, &how, &c->d, q->plan, &q->ranges);
}

/* The ranges of data, if there are some; what "auto" chooses on them. */
bool quantize_prepare(compilation *c)
{
    recording rec = {0};
    const snn_options *o = c->options;
    MlirOperation step = compile_find_step(c);
    quantization *q = &c->quantization;
    *q = from_options(o);
    bool good =
        is_file(o)
            ? quantization_read(c, o->quantize, q)
            : o->n_data == 0 ||
                  recording_make(&rec, c, is_auto(o) ? RECORDING_ORDERS : 0);
    if (good && o->n_data > 0) {
        q->ranges = rec.ranges;
        quantize_note(step, "ranges", q->ranges);
        good =
            is_auto(o) ? search_run(c, &rec) : !rounds(o) || round_all(c, &rec);
    }
    recording_close(&rec);
    q->borders = from_options(o).borders; /* no saved choice has them */
    quantize_note(step, "ranges", q->ranges);
    quantize_note(step, "plan", q->plan);
    return good;
}
