/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * quantize.c - from --quantize and data to what --snn-quantize is to know.
 */
#include "driver/quantize.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "driver/quantize_data.h"
#include "driver/search.h"

/*===- options --------------------------------------------------------------*/

static const struct {
    const char *name;
    const char *bits;
} plain[] = {{"int4", "4"}, {"int8", "8"}, {"int16", "16"}};

/* The bits of "int8"; NULL: it is no such word. */
static const char *bits_of(const char *quantize)
{
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (strcmp(plain[i].name, quantize) == 0) {
            return plain[i].bits;
        }
    }
    return NULL;
}

/* Not given, or a number from 0 to most. */
static bool is_number(compilation *c, const char *name, const char *value,
                      double most)
{
    char *end;
    double number = value ? strtod(value, &end) : 0.0;
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
    *target = o->target_f1 ? strtod(o->target_f1, NULL) : 0.999;
    *max_rom = o->max_rom ? (int64_t)strtod(o->max_rom, NULL) : -1;
    *max_ram = o->max_ram ? (int64_t)strtod(o->max_ram, NULL) : -1;
}

static bool is_one(const char *value, const char *first, const char *second)
{
    return !value || strcmp(value, first) == 0 || strcmp(value, second) == 0;
}

static bool is_auto(const snn_options *o)
{
    return o->quantize && strcmp(o->quantize, "auto") == 0;
}

/* What "auto" chooses is not given, and the other way round. */
static bool check_goal(compilation *c)
{
    const snn_options *o = c->options;
    bool goal = o->target_f1 || o->max_rom || o->max_ram;
    bool chosen = o->state_bits || o->granularity || o->scales;
    if (goal && !is_auto(o)) {
        return diag_error(&c->d, o->model,
                          "--target-f1, --max-rom and --max-ram are for "
                          "--quantize=auto");
    }
    if (chosen && is_auto(o)) {
        return diag_error(&c->d, o->model,
                          "--quantize=auto chooses --state, --granularity and "
                          "--scales itself");
    }
    if (is_auto(o) && o->n_data == 0) {
        return diag_error(&c->d, o->model,
                          "--quantize=auto compares with floats on data: give "
                          "--data");
    }
    return is_number(c, "target-f1", o->target_f1, 1.0) &&
           is_number(c, "max-rom", o->max_rom, HUGE_VAL) &&
           is_number(c, "max-ram", o->max_ram, HUGE_VAL);
}

bool quantize_check(compilation *c)
{
    const snn_options *o = c->options;
    if (o->quantize && !bits_of(o->quantize) && !is_auto(o)) {
        return diag_error(&c->d, o->model,
                          "quantize is '%s', expected int4, int8, int16 or "
                          "auto",
                          o->quantize);
    }
    if (!is_one(o->state_bits, "16", "32")) {
        return diag_error(&c->d, o->model, "state is '%s', expected 16 or 32",
                          o->state_bits);
    }
    if (!is_one(o->granularity, "channel", "tensor")) {
        return diag_error(&c->d, o->model,
                          "granularity is '%s', expected channel or tensor",
                          o->granularity);
    }
    if (!is_one(o->scales, "free", "power-of-two")) {
        return diag_error(&c->d, o->model,
                          "scales is '%s', expected free or power-of-two",
                          o->scales);
    }
    bool more = o->state_bits || o->granularity || o->scales || o->target_f1 ||
                o->max_rom || o->max_ram || o->n_data > 0;
    if (!o->quantize && more) {
        return diag_error(&c->d, o->model,
                          "--state, --granularity, --scales, --target-f1, "
                          "--max-rom, --max-ram and --data need --quantize");
    }
    return check_goal(c);
}

static const char *state_of(const snn_options *o)
{
    return o->state_bits ? o->state_bits : "32";
}

void quantize_title(const compilation *c, buf *text)
{
    const snn_options *o = c->options;
    if (is_auto(o)) {
        buf_text(text, ", weights and states in integers");
    } else if (o->quantize) {
        buf_printf(text, ", weights of %s bits, states of %s",
                   bits_of(o->quantize), state_of(o));
    }
}

void quantize_pass(const snn_options *o, buf *pipeline)
{
    buf_printf(pipeline,
               "snn-quantize{weights=%s state=%s granularity=%s scales=%s}",
               is_auto(o) ? "16" : bits_of(o->quantize), state_of(o),
               o->granularity ? o->granularity : "channel",
               o->scales ? o->scales : "free");
}

/*===- what the pass is to know ---------------------------------------------*/

void quantize_note(MlirOperation step, const char *name, MlirAttribute value)
{
    mlirOperationSetDiscardableAttributeByName(
        step, mlirStringRefCreateFromCString(name), value);
}

/* The ranges of data, if there are some; what "auto" chooses on them. */
bool quantize_prepare(compilation *c)
{
    recording rec = {0};
    bool good = c->options->n_data == 0 || recording_make(&rec, c);
    if (good && c->options->n_data > 0) {
        quantize_note(compile_find_step(c), "ranges", rec.ranges);
        good = !is_auto(c->options) || search_run(c, &rec);
    }
    recording_close(&rec);
    return good;
}
