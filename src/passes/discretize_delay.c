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
    if (!ir_is(op, "snn.delay")) {
        return false;
    }
    for (int64_t k = 0; k < elements(op); k++) {
        /* without dt any delay is one step at least, and an error later */
        double delay = ir_param(ir_get(op, "delay"), k);
        if (!(rule->has_dt ? steps_of(rule, op, k) >= 1.0 : delay > 0.0)) {
            return false;
        }
    }
    return true;
}

/* The largest number of steps. */
static int64_t longest(const time_rule *rule, MlirOperation op)
{
    double most = 0.0;
    for (int64_t k = 0; k < elements(op); k++) {
        double n = steps_of(rule, op, k);
        most = n > most ? n : most;
    }
    return (int64_t)most;
}

bool delay_check(const time_rule *rule, MlirOperation op)
{
    for (int64_t k = 0; k < elements(op); k++) {
        double delay = ir_param(ir_get(op, "delay"), k);
        if (!rule->has_dt && delay > 0.0) {
            return ir_error(op,
                            "'delay' is %g in the file's unit of time, and no "
                            "dt is given; say --dt=T in the same unit",
                            delay);
        }
        double n = steps_of(rule, op, k);
        if (!(n <= (double)MAX_STEPS)) {
            return ir_error(op,
                            "a delay of %g is %g steps, at most %lld are "
                            "supported",
                            delay, n, (long long)MAX_STEPS);
        }
    }
    int64_t most = longest(rule, op);
    int64_t size = ir_count(mlirOperationGetResult(op, 0));
    if (most > 0 && (double)size * (double)(most + 1) > (double)MAX_ELEMENTS) {
        return ir_error(op, "%lld steps of %lld elements are more than %lld",
                        (long long)most, (long long)size,
                        (long long)MAX_ELEMENTS);
    }
    return true;
}

/* A state with room for this many steps of the delay's value. */
static MlirValue add_line(stepper *s, ir *b, MlirOperation op, int64_t node,
                          const char *suffix, int64_t rows)
{
    MlirValue y = mlirOperationGetResult(op, 0);
    int64_t dims[IR_MAX_OPERANDS] = {rows};
    intptr_t rank = ir_rank(y);
    assert(rank + 1 < IR_MAX_OPERANDS);
    for (intptr_t i = 0; i < rank; i++) {
        dims[i + 1] = ir_dim(y, i);
    }
    const char *name = ir_get_text(op, "node", s->a);
    state what = {.name = text_printf(s->a, "%s.line%s", name, suffix),
                  .init = ir_f64(b, 0.0),
                  .node = node};
    MlirType element =
        mlirShapedTypeGetElementType(neuron_step_type(s->rule, y));
    return stepper_state(s, b, what, ir_tensor(element, rank + 1, dims));
}

MlirValue delay_push(ir *b, MlirOperation op, MlirValue x, MlirValue line)
{
    MlirType type = mlirValueGetType(line);
    return ir_op1(b, "snn.delay_push",
                  (ir_parts){.operands = (MlirValue[]){x, line},
                             .n_operands = 2,
                             .results = &type,
                             .n_results = 1,
                             .attrs = &(ir_attr){"node", ir_get(op, "node")},
                             .n_attrs = 1});
}

/* Elements of no step are `newest` rows from the line's end, others `extra`. */
static MlirValue read(stepper *s, ir *b, MlirOperation op, MlirValue line,
                      int64_t newest, int64_t extra)
{
    MlirType type = neuron_step_type(s->rule, mlirOperationGetResult(op, 0));
    int64_t n = elements(op);
    int64_t *each = ARENA_ARRAY(s->a, int64_t, n);
    for (int64_t k = 0; k < n; k++) {
        int64_t steps = (int64_t)steps_of(s->rule, op, k);
        each[k] = steps == 0 ? newest : steps + extra;
    }
    MlirAttribute steps = ir_i64(b, each[0]);
    if (n > 1) {
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

MlirValue delay_late(stepper *s, ir *b, MlirOperation op, int64_t node)
{
    int64_t rows = longest(s->rule, op);
    MlirValue line = add_line(s, b, op, node, "", rows);
    return read(s, b, op, line, 0, 0);
}

MlirValue delay_through(stepper *s, ir *b, MlirOperation op, MlirValue x)
{
    int64_t most = longest(s->rule, op);
    if (most == 0) {
        return x;
    }
    MlirValue line = add_line(s, b, op, 0, "", most + 1);
    MlirValue pushed = delay_push(b, op, x, line);
    stepper_after(s, line, pushed);
    return read(s, b, op, pushed, 1, 1);
}

/*
 * Elements of no step take x; for the others a line of its own keeps what
 * entered. Before the first step those are 0, while x has answered to zeros.
 */
MlirValue delay_before(stepper *s, ir *b, MlirOperation op, int64_t node,
                       MlirValue x, int64_t age)
{
    int64_t most = longest(s->rule, op);
    if (most == 0) {
        return x;
    }
    const char *suffix =
        age > 1 ? text_printf(s->a, ".prev%d", (int)age) : ".prev";
    MlirValue line = add_line(s, b, op, node, suffix, most + age + 1);
    MlirValue pushed = delay_push(b, op, x, line);
    return read(s, b, op, pushed, 1, age + 1);
}
