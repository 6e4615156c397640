/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * plan.c - reads the functions, their arguments and the module's constants.
 */
#include "emit/plan.h"

#include <assert.h>
#include <string.h>

#include "emit/operation.h"
#include "ir/ir.h"
#include "mlir-c/BuiltinAttributes.h"

const void *plan_word(const plan *p, const char *text, size_t n)
{
    MlirContext ctx = mlirOperationGetContext(p->module);
    return mlirIdentifierGet(ctx, mlirStringRefCreate(text, n)).ptr;
}

/*===- attributes -----------------------------------------------------------*/

static MlirOperation find_function(const plan *p, const char *name)
{
    for (MlirOperation op = mlirBlockGetFirstOperation(ir_body(p->module, 0));
         !mlirOperationIsNull(op); op = mlirOperationGetNextInBlock(op)) {
        if (ir_is(op, "func.func") &&
            strcmp(ir_get_text(op, "sym_name", p->a), name) == 0) {
            return op;
        }
    }
    ir_error(p->module, "there is no function '%s'", name);
    return (MlirOperation){NULL};
}

static int64_t count_of(MlirOperation function, const char *name)
{
    MlirAttribute count = ir_get(function, name);
    return mlirAttributeIsNull(count) ? 0 : mlirIntegerAttrGetValueInt(count);
}

/* The name that the function's attribute gives argument i. */
static const char *argument_name(const plan *p, MlirOperation function,
                                 int64_t i)
{
    MlirAttribute all = ir_get(function, "arg_names");
    if (mlirAttributeIsNull(all) || i >= mlirArrayAttrGetNumElements(all)) {
        return text_printf(p->a, "arg%d", (int)i);
    }
    MlirStringRef s =
        mlirStringAttrGetValue(mlirArrayAttrGetElement(all, (intptr_t)i));
    return arena_text(p->a, s.data, (int64_t)s.length);
}

/*===- buffers --------------------------------------------------------------*/

static void add_buffer(plan *p, buffer_role role, MlirValue value,
                       const char *label)
{
    bool shaped = mlirTypeIsAMemRef(mlirValueGetType(value));
    p->buffers[p->n_buffers] = (storage){
        .role = role,
        .label = label,
        .value = value,
        .type =
            shaped ? type_of_elements(value) : type_of(mlirValueGetType(value)),
        .count = shaped ? ir_count(value) : 0,
        .first = -1,
        .last = -1,
        .length = -1,
    };
    map_set(&p->buffer_of, value.ptr, 0, p->n_buffers++);
}

/* An Input of type index is the length of the list before it. */
static void pair_lists(plan *p)
{
    for (int64_t i = 1; i < p->n_buffers; i++) {
        if (p->buffers[i].count == 0 && p->buffers[i - 1].count > 0) {
            p->buffers[i - 1].length = i;
        }
    }
}

static bool read_arguments(plan *p)
{
    MlirBlock body = ir_body(p->step, 0);
    int64_t inputs = count_of(p->step, "n_inputs");
    int64_t states = count_of(p->step, "n_states");
    int64_t n = mlirBlockGetNumArguments(body);
    MlirBlock init = ir_body(p->init, 0);
    if (inputs + states > n || mlirBlockGetNumArguments(init) != states) {
        return ir_error(p->step, "'n_inputs' and 'n_states' do not fit the "
                                 "arguments");
    }
    for (int64_t i = 0; i < n; i++) {
        buffer_role role = i < inputs            ? BUFFER_INPUT
                           : i < inputs + states ? BUFFER_STATE
                                                 : BUFFER_OUTPUT;
        MlirValue value = mlirBlockGetArgument(body, (intptr_t)i);
        if (role != BUFFER_INPUT &&
            !mlirTypeIsAMemRef(mlirValueGetType(value))) {
            return ir_error(p->step, "a state or output that is not a memref "
                                     "has no C form");
        }
        add_buffer(p, role, value, argument_name(p, p->step, i));
    }
    p->n_inputs = inputs;
    pair_lists(p);
    for (int64_t i = 0; i < states; i++) { /* the same in NAME_init */
        map_set(&p->buffer_of, mlirBlockGetArgument(init, (intptr_t)i).ptr, 0,
                inputs + i);
    }
    return true;
}

static bool read_buffers(plan *p)
{
    MlirBlock body = ir_body(p->step, 0);
    int64_t n_ops;
    MlirOperation *ops = ir_list(body, p->a, &n_ops);
    p->buffers =
        ARENA_ARRAY(p->a, storage, n_ops + mlirBlockGetNumArguments(body));
    if (!read_arguments(p)) {
        return false;
    }
    for (int64_t i = 0; i < n_ops; i++) {
        if (ir_is(ops[i], "memref.alloc")) {
            const char *name =
                ir_loc_name(mlirOperationGetLocation(ops[i]), p->a);
            add_buffer(p, BUFFER_SCRATCH, mlirOperationGetResult(ops[i], 0),
                       name[0] ? name : "scratch");
        }
    }
    return true;
}

storage *plan_buffer(const plan *p, MlirValue value)
{
    int64_t i = map_get(&p->buffer_of, operation_root(value).ptr, 0);
    return i < 0 ? NULL : &p->buffers[i];
}

const char *plan_buffer_text(const plan *p, const storage *b)
{
    bool is_member = b->role == BUFFER_STATE || b->role == BUFFER_SCRATCH;
    return is_member ? text_printf(p->a, "state->%s", b->name) : b->name;
}

/*===- constants ------------------------------------------------------------*/

static bool read_table(plan *p, MlirOperation op)
{
    MlirAttribute value = ir_get(op, "initial_value");
    MlirType type = mlirTypeAttrGetValue(ir_get(op, "type"));
    if (mlirAttributeIsNull(ir_get(op, "constant")) ||
        mlirAttributeIsNull(value) || !mlirAttributeIsAElements(value)) {
        return ir_error(op, "'memref.global' that is not a constant has no C "
                            "form");
    }
    table t = {.symbol = ir_get_text(op, "sym_name", p->a),
               .value = value,
               .type = type,
               .element = type_of(mlirShapedTypeGetElementType(type)),
               .count = 1};
    if (!t.element || !type_is_contiguous(type)) {
        return ir_error(op, "a constant of this type has no C form");
    }
    for (intptr_t i = 0; i < mlirShapedTypeGetRank(type); i++) {
        t.count *= mlirShapedTypeGetDimSize(type, i);
    }
    map_set(&p->table_of, plan_word(p, t.symbol, strlen(t.symbol)), 0,
            p->n_tables);
    p->tables[p->n_tables++] = t;
    return true;
}

static bool read_tables(plan *p)
{
    int64_t n_ops;
    MlirOperation *ops = ir_list(ir_body(p->module, 0), p->a, &n_ops);
    p->tables = ARENA_ARRAY(p->a, table, n_ops);
    for (int64_t i = 0; i < n_ops; i++) {
        if (ir_is(ops[i], "memref.global") && !read_table(p, ops[i])) {
            return false;
        }
    }
    return true;
}

int64_t plan_table(const plan *p, MlirValue value)
{
    MlirOperation op = operation_global(value);
    MlirStringRef name = mlirFlatSymbolRefAttrGetValue(ir_get(op, "name"));
    int64_t i = map_get(&p->table_of, plan_word(p, name.data, name.length), 0);
    assert(i >= 0 && "the verifier finds symbols that do not exist");
    return i;
}

static void mark_tables(plan *p, MlirBlock block)
{
    if (mlirBlockIsNull(block)) {
        return;
    }
    for (MlirOperation op = mlirBlockGetFirstOperation(block);
         !mlirOperationIsNull(op); op = mlirOperationGetNextInBlock(op)) {
        if (ir_is(op, "memref.get_global")) {
            p->tables[plan_table(p, mlirOperationGetResult(op, 0))].is_used =
                true;
        }
        for (intptr_t i = 0; i < mlirOperationGetNumRegions(op); i++) {
            mark_tables(p, ir_body(op, i));
        }
    }
}

/*===- all ------------------------------------------------------------------*/

bool plan_read(plan *p)
{
    const char *name = p->options->name;
    p->step = find_function(p, text_printf(p->a, "%s_step", name));
    p->init = find_function(p, text_printf(p->a, "%s_init", name));
    return !mlirOperationIsNull(p->step) && !mlirOperationIsNull(p->init) &&
           operation_check(p->step, p->a) && operation_check(p->init, p->a) &&
           read_tables(p) && read_buffers(p);
}

bool plan_make(plan *p, MlirOperation module)
{
    p->module = module;
    p->global.a = p->macros.a = p->arguments.a = p->members.a = p->a;
    p->members.outer = &p->macros;
    p->buffer_of.a = p->item_of.a = p->a;
    p->table_of.a = p->cluster_of.a = p->named.a = p->size_of.a = p->a;
    if (!plan_read(p)) {
        return false;
    }
    mark_tables(p, ir_body(p->step, 0));
    mark_tables(p, ir_body(p->init, 0));
    plan_signs(p);
    plan_weights(p);
    plan_clusters(p);
    plan_kernels(p);
    plan_names(p);
    plan_memory(p);
    return true;
}
