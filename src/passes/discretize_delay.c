/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * discretize_delay.c - delays as lines: a state that holds the values on their
 * way, read by snn.delay_read and fed by snn.delay_push.
 */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "passes/discretize.h"

static const int64_t MAX_STEPS = 1 << 24;
static const int64_t MAX_ELEMENTS = 1 << 28;

/* Element k of a delay in steps: floor(delay / dt + 1/2). */
static double steps_of(const time_rule *rule, MlirOperation op, int64_t k)
{
    double delay = ir_param(ir_get(op, "delay"), k);
    return delay == 0.0 ? 0.0 : floor(delay / rule->dt + 0.5);
}

static int64_t elements(MlirOperation op)
{
    return ir_param_uniform(ir_get(op, "delay"))
               ? 1
               : ir_count(mlirOperationGetResult(op, 0));
}

bool delay_is_late(const time_rule *rule, MlirOperation op)
{
    if (!ir_is(op, "snn.delay") || !rule->has_dt) {
        return false;
    }
    for (int64_t k = 0; k < elements(op); k++) {
        if (!(steps_of(rule, op, k) >= 1.0)) {
            return false;
        }
    }
    return true;
}

/* The largest number of steps; checked. */
static bool longest(const stepper *s, MlirOperation op, int64_t *steps)
{
    double most = 0.0;
    for (int64_t k = 0; k < elements(op); k++) {
        double n = steps_of(s->rule, op, k);
        if (!s->rule->has_dt && ir_param(ir_get(op, "delay"), k) > 0.0) {
            return ir_error(op,
                            "'delay' is %g in the file's unit of time, and no "
                            "dt is given; say --dt T in the same unit",
                            ir_param(ir_get(op, "delay"), k));
        }
        if (!(n <= (double)MAX_STEPS)) {
            return ir_error(op,
                            "a delay of %g is %g steps, at most %lld "
                            "are supported",
                            ir_param(ir_get(op, "delay"), k), n,
                            (long long)MAX_STEPS);
        }
        most = n > most ? n : most;
    }
    int64_t size = ir_count(mlirOperationGetResult(op, 0));
    if (most > 0.0 && (double)size * (most + 1.0) > (double)MAX_ELEMENTS) {
        return ir_error(op, "%g steps of %lld elements are more than %lld",
                        most, (long long)size, (long long)MAX_ELEMENTS);
    }
    *steps = (int64_t)most;
    return true;
}

/* A state with room for this many steps of the delay's value. */
static MlirValue add_line(stepper *s, ir *b, MlirOperation op, int64_t rows)
{
    MlirValue y = mlirOperationGetResult(op, 0);
    int64_t dims[IR_MAX_OPERANDS] = {rows};
    intptr_t rank = ir_rank(y);
    assert(rank + 1 < IR_MAX_OPERANDS);
    for (intptr_t i = 0; i < rank; i++) {
        dims[i + 1] = ir_dim(y, i);
    }
    const char *node = ir_get_text(op, "node", s->a);
    state what = {.name = text_printf(s->a, "%s.line", node),
                  .init = ir_f64(b, 0.0)};
    return stepper_state(s, b, what, ir_tensor(ir_element(y), rank + 1, dims));
}

static MlirValue push(stepper *s, ir *b, MlirOperation op, MlirValue x,
                      MlirValue line)
{
    MlirType type = mlirValueGetType(line);
    MlirValue pushed =
        ir_op1(b, "snn.delay_push",
               (ir_parts){.operands = (MlirValue[]){x, line},
                          .n_operands = 2,
                          .results = &type,
                          .n_results = 1,
                          .attrs = &(ir_attr){"node", ir_get(op, "node")},
                          .n_attrs = 1});
    stepper_after(s, line, pushed);
    return pushed;
}

/* Element k of `extra` steps more than the delay says. */
static MlirValue read(stepper *s, ir *b, MlirOperation op, MlirValue line,
                      int64_t extra)
{
    MlirType type = mlirValueGetType(mlirOperationGetResult(op, 0));
    int64_t n = elements(op);
    MlirAttribute steps = ir_i64(b, (int64_t)steps_of(s->rule, op, 0) + extra);
    if (n > 1) {
        int64_t *each = ARENA_ARRAY(s->a, int64_t, n);
        for (int64_t k = 0; k < n; k++) {
            each[k] = (int64_t)steps_of(s->rule, op, k) + extra;
        }
        steps = mlirDenseElementsAttrInt64Get(ir_tensor_like(type, ir_i(b, 64)),
                                              (intptr_t)n, each);
    }
    ir_attr attrs[] = {{"node", ir_get(op, "node")}, {"steps", steps}};
    return ir_op1(b, "snn.delay_read",
                  (ir_parts){.operands = &line,
                             .n_operands = 1,
                             .results = &type,
                             .n_results = 1,
                             .attrs = attrs,
                             .n_attrs = 2});
}

bool delay_read(stepper *s, ir *b, MlirOperation op, MlirValue *y)
{
    int64_t rows;
    if (!longest(s, op, &rows)) {
        return false;
    }
    MlirValue line = add_line(s, b, op, rows);
    *y = read(s, b, op, line, 0);
    return true;
}

void delay_push(stepper *s, ir *b, MlirOperation op, MlirValue x)
{
    const char *node = ir_get_text(op, "node", s->a);
    const char *name = text_printf(s->a, "%s.line", node);
    for (int64_t i = 0; i < s->n_states; i++) {
        if (strcmp(s->states[i].name, name) == 0) {
            push(s, b, op, x, s->states[i].before);
            return;
        }
    }
    assert(false && "delay_read has made the line");
}

bool delay_through(stepper *s, ir *b, MlirOperation op, MlirValue x,
                   MlirValue *y)
{
    int64_t most;
    if (!longest(s, op, &most)) {
        return false;
    }
    if (most == 0) {
        *y = x;
        return true;
    }
    MlirValue line = add_line(s, b, op, most + 1);
    MlirValue pushed = push(s, b, op, x, line);
    *y = read(s, b, op, pushed, 1);
    return true;
}
