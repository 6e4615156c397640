/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * states.c - a state that is an output, too: the step yields its new value
 * once more, under its own name.
 */
#include "driver/states.h"

#include <string.h>

#include "base/buf.h"
#include "ir/ir.h"

static const char *name_at(MlirAttribute names, intptr_t i, arena *a)
{
    MlirStringRef s = mlirStringAttrGetValue(mlirArrayAttrGetElement(names, i));
    return arena_text(a, s.data, (int64_t)s.length);
}

/* The place of a name; -1 if it is not there. */
static intptr_t find(MlirAttribute names, const char *name, arena *a)
{
    for (intptr_t i = 0; i < mlirArrayAttrGetNumElements(names); i++) {
        if (strcmp(name_at(names, i, a), name) == 0) {
            return i;
        }
    }
    return -1;
}

/* "v, i" */
static const char *states_of(MlirAttribute names, const char *node, arena *a)
{
    buf list = {.a = a};
    size_t n = strlen(node);
    buf_text(&list, "");
    for (intptr_t i = 0; i < mlirArrayAttrGetNumElements(names); i++) {
        const char *name = name_at(names, i, a);
        bool own = strncmp(name, node, n) == 0 && name[n] == '.' &&
                   !strchr(name + n + 1, '.');
        if (own) {
            buf_printf(&list, "%s%s", list.size > 0 ? ", " : "", name + n + 1);
        }
    }
    return list.size > 0 ? list.text : "none";
}

/* The same yield with the value behind the outputs. */
static void yield_too(MlirOperation step, intptr_t outputs, MlirValue value,
                      arena *a)
{
    MlirOperation old = mlirBlockGetTerminator(ir_body(step, 0));
    intptr_t n = mlirOperationGetNumOperands(old);
    MlirValue *operands = ARENA_ARRAY(a, MlirValue, n + 1);
    for (intptr_t i = 0; i < n; i++) {
        operands[i < outputs ? i : i + 1] = mlirOperationGetOperand(old, i);
    }
    operands[outputs] = value;
    ir b = ir_before(old);
    int32_t segments[] = {(int32_t)(outputs + 1), (int32_t)(n - outputs)};
    ir_attr sizes = {"operandSegmentSizes",
                     mlirDenseI32ArrayGet(b.ctx, 2, segments)};
    ir_op(&b, "snn.yield",
          (ir_parts){.operands = operands,
                     .n_operands = n + 1,
                     .attrs = &sizes,
                     .n_attrs = 1});
    mlirOperationDestroy(old);
}

/* The names with one more. */
static void name_too(MlirOperation step, MlirAttribute names, const char *name,
                     arena *a)
{
    intptr_t n = mlirArrayAttrGetNumElements(names);
    MlirAttribute *list = ARENA_ARRAY(a, MlirAttribute, n + 1);
    ir b = ir_before(step);
    for (intptr_t i = 0; i < n; i++) {
        list[i] = mlirArrayAttrGetElement(names, i);
    }
    list[n] = ir_text(&b, name);
    mlirOperationSetAttributeByName(
        step, mlirStringRefCreateFromCString("output_names"),
        mlirArrayAttrGet(b.ctx, n + 1, list));
}

bool states_show(compilation *c, MlirOperation step, const shown *s,
                 bool *added)
{
    MlirAttribute states = ir_get(step, "state_names");
    MlirAttribute outputs = ir_get(step, "output_names");
    intptr_t state = find(states, s->name, &c->a);
    if (state < 0) {
        return diag_error(&c->d, c->options->model,
                          "'%s' has no state '%s'; its states: %s", s->node,
                          s->state, states_of(states, s->node, &c->a));
    }
    *added = find(outputs, s->name, &c->a) < 0;
    if (*added) {
        intptr_t n = mlirArrayAttrGetNumElements(outputs);
        MlirOperation yield = mlirBlockGetTerminator(ir_body(step, 0));
        MlirValue after = mlirOperationGetOperand(yield, n + state);
        yield_too(step, n, after, &c->a);
        name_too(step, outputs, s->name, &c->a);
    }
    return true;
}
