/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * cluster.c - finds the runs of operations that compute one node, and writes
 * down their structure: all that a kernel has to agree on.
 */
#include <assert.h>
#include <string.h>

#include "emit/operation.h"
#include "emit/plan.h"
#include "ir/ir.h"
#include "mlir-c/BuiltinAttributes.h"

/*===- leaves ---------------------------------------------------------------*/

/* The step of the loop whose counter value is; -1: it is no counter. */
static int64_t step_of_counter(MlirValue value)
{
    if (!mlirValueIsABlockArgument(value) ||
        mlirBlockArgumentGetArgNumber(value) != 0) {
        return -1;
    }
    MlirOperation loop =
        mlirBlockGetParentOperation(mlirBlockArgumentGetOwner(value));
    if (!ir_is(loop, "scf.for")) {
        return -1;
    }
    MlirOperation step = ir_owner(mlirOperationGetOperand(loop, 2));
    return ir_is(step, "arith.constant")
               ? mlirIntegerAttrGetValueInt(ir_get(step, "value"))
               : -1;
}

/* Is operand part of op how far a loop goes on? */
static bool is_step(MlirOperation op, int64_t part, int64_t value)
{
    if (ir_is(op, "scf.for")) {
        return part == 2;
    }
    return ir_is(op, "arith.addi") && part < 2 && value > 1 &&
           step_of_counter(mlirOperationGetOperand(op, (intptr_t)(1 - part))) ==
               value;
}

static bool is_stored_to(MlirOperation op, int64_t part)
{
    return (ir_is(op, "memref.store") || ir_is(op, "memref.copy")) && part == 1;
}

/* Are the elements of a load's buffer only used as indices? */
static bool is_list(MlirOperation op, const c_type *type)
{
    if (!ir_is(op, "memref.load") || type->kind != TYPE_UINT) {
        return false;
    }
    MlirOpOperand use = mlirValueGetFirstUse(mlirOperationGetResult(op, 0));
    for (; !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        if (!ir_is(mlirOpOperandGetOwner(use), "arith.index_castui")) {
            return false;
        }
    }
    return true;
}

static leaf buffer_leaf(const plan *p, MlirOperation op, int64_t part,
                        MlirValue value)
{
    bool is_table = !mlirOperationIsNull(operation_global(value));
    const storage *b = is_table ? NULL : plan_buffer(p, value);
    bool stored = is_stored_to(op, part);
    leaf l = {.kind = is_table ? LEAF_TABLE : LEAF_BUFFER,
              .type = plan_type(p, value),
              .is_read = !stored,
              .is_written = stored};
    l.is_list = is_list(op, type_of_elements(value));
    assert(is_table || b);
    l.number = is_table ? plan_table(p, value) : (int64_t)(b - p->buffers);
    return l;
}

static leaf leaf_of(const plan *p, MlirOperation op, int64_t part,
                    MlirValue value)
{
    if (mlirTypeIsAMemRef(mlirValueGetType(value))) {
        return buffer_leaf(p, op, part, value);
    }
    MlirOperation owner = ir_owner(value);
    leaf l = {.kind = LEAF_SCALAR,
              .id = value.ptr,
              .value = value,
              .type = plan_type(p, value)};
    if (ir_is(owner, "arith.constant")) {
        MlirAttribute constant = ir_get(owner, "value");
        l.kind = LEAF_CONSTANT;
        l.id = constant.ptr; /* attributes are unique in their context */
        l.type = plan_operand_type(p, op, (intptr_t)part);
        if (mlirTypeIsAIndex(mlirValueGetType(value))) {
            l.kind = LEAF_INDEX;
            l.id = NULL;
            l.number = mlirIntegerAttrGetValueInt(constant);
            l.is_step = is_step(op, part, l.number);
        }
    } else if (!mlirOperationIsNull(owner) && operation_is_number(owner)) {
        l.kind = LEAF_NUMBER;
        l.id = NULL;
        l.number = plan_table(p, mlirOperationGetOperand(owner, 0));
    }
    return l;
}

/*===- structure ------------------------------------------------------------*/

typedef struct walker {
    const plan *p;
    cluster *c;
    map inside; /* value -> its number */
    int64_t n_inside;
} walker;

static void add_leaf(walker *w, MlirOperation op, int64_t part, leaf l)
{
    cluster *c = w->c;
    c->leaves = arena_grow(w->p->a, c->leaves, c->n_leaves, &c->leaf_capacity,
                           sizeof *c->leaves);
    map_set(&c->leaf_of, op.ptr, part, c->n_leaves);
    c->leaves[c->n_leaves++] = l;
    buf_printf(&c->structure, " <%d%d%s>", (int)l.kind, l.is_step,
               l.type->name);
}

static void add_dimension(walker *w, MlirOperation op, int64_t part,
                          int64_t value)
{
    const c_type *index =
        type_of(mlirIndexTypeGet(mlirOperationGetContext(op)));
    add_leaf(w, op, PART_DIMS + part,
             (leaf){.kind = LEAF_INDEX, .type = index, .number = value});
}

static void bind(walker *w, MlirValue value)
{
    map_set(&w->inside, value.ptr, 0, w->n_inside++);
    buf_printf(&w->c->structure, " %s", plan_type(w->p, value)->name);
}

static bool is_zero(MlirValue index)
{
    MlirOperation owner = ir_owner(index);
    return ir_is(owner, "arith.constant") &&
           mlirIntegerAttrGetValueInt(ir_get(owner, "value")) == 0;
}

/* Dimensions that the place of an element takes: none in front of which all
 * indices are 0. */
static void walk_dimensions(walker *w, MlirOperation op)
{
    intptr_t memref = operation_memref(op);
    MlirValue buffer = mlirOperationGetOperand(op, memref);
    bool zero = true;
    for (intptr_t i = 1; i < ir_rank(buffer); i++) {
        zero = zero && is_zero(mlirOperationGetOperand(op, memref + i));
        if (!zero) {
            add_dimension(w, op, i, ir_dim(buffer, i));
        }
    }
}

static void walk_operands(walker *w, MlirOperation op)
{
    for (intptr_t i = 0; i < mlirOperationGetNumOperands(op); i++) {
        MlirValue value = mlirOperationGetOperand(op, i);
        int64_t number = map_get(&w->inside, value.ptr, 0);
        if (number >= 0) {
            buf_printf(&w->c->structure, " %d", (int)number);
        } else {
            add_leaf(w, op, i, leaf_of(w->p, op, i, value));
        }
    }
    operation_kind kind = operation_of(op)->kind;
    if (kind == OP_LOAD || kind == OP_STORE) {
        walk_dimensions(w, op);
    } else if (kind == OP_COPY) {
        add_dimension(w, op, 0, ir_count(mlirOperationGetOperand(op, 0)));
    }
}

static void walk_op(walker *w, MlirOperation op);

static void walk_region(walker *w, MlirBlock block)
{
    if (mlirBlockIsNull(block)) {
        return;
    }
    buf_text(&w->c->structure, " {");
    for (intptr_t i = 0; i < mlirBlockGetNumArguments(block); i++) {
        bind(w, mlirBlockGetArgument(block, i));
    }
    for (MlirOperation op = mlirBlockGetFirstOperation(block);
         !mlirOperationIsNull(op); op = mlirOperationGetNextInBlock(op)) {
        walk_op(w, op);
    }
    buf_text(&w->c->structure, " }");
}

static void walk_op(walker *w, MlirOperation op)
{
    if (operation_is_free(op)) {
        return; /* a leaf, where it is used */
    }
    bool is_signed;
    buf_printf(&w->c->structure, " %s%s", ir_op_name(op, w->p->a),
               operation_never_wraps(op) ? "!" : "");
    if (operation_of(op)->kind == OP_COMPARE) {
        const char *c = operation_compare(op, &is_signed);
        buf_printf(&w->c->structure, "%s%d", c, is_signed);
    }
    walk_operands(w, op);
    for (intptr_t i = 0; i < mlirOperationGetNumRegions(op); i++) {
        walk_region(w, ir_body(op, i));
    }
    for (intptr_t i = 0; i < mlirOperationGetNumResults(op); i++) {
        bind(w, mlirOperationGetResult(op, i));
    }
}

/*===- results --------------------------------------------------------------*/

/* Which item contains op? */
static int64_t item_around(const plan *p, MlirOperation op)
{
    while (!mlirOperationIsNull(op)) {
        int64_t i = map_get(&p->item_of, op.ptr, 0);
        if (i >= 0) {
            return i;
        }
        op = mlirOperationGetParentOperation(op);
    }
    return -1;
}

static bool is_used_behind(const plan *p, MlirValue value, int64_t own_item)
{
    for (MlirOpOperand use = mlirValueGetFirstUse(value);
         !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        if (item_around(p, mlirOpOperandGetOwner(use)) != own_item) {
            return true;
        }
    }
    return false;
}

/* Finds what of item i is used behind it; false if it is more than one. */
static bool find_result(const plan *p, int64_t i)
{
    cluster *c = p->items[i].cluster;
    for (int64_t k = 0; k < c->n_ops; k++) {
        for (intptr_t r = 0; r < mlirOperationGetNumResults(c->ops[k]); r++) {
            MlirValue value = mlirOperationGetResult(c->ops[k], r);
            if (!is_used_behind(p, value, i)) {
                continue;
            }
            if (!mlirValueIsNull(c->result)) {
                return false;
            }
            c->result = value;
        }
    }
    return true;
}

/* Writes the structure of item i down; gives up a cluster of two results. */
static void describe(plan *p, int64_t i)
{
    cluster *c = p->items[i].cluster;
    c->structure.a = c->leaf_of.a = p->a;
    buf_text(&c->structure, c->kernel_name);
    walker w = {.p = p, .c = c, .inside = {.a = p->a}};
    for (int64_t k = 0; k < c->n_ops; k++) {
        walk_op(&w, c->ops[k]);
    }
    if (!mlirValueIsNull(c->result)) {
        buf_printf(&c->structure, " -> %d",
                   (int)map_get(&w.inside, c->result.ptr, 0));
    }
}

/*===- items ----------------------------------------------------------------*/

/* The name in a location, also where operations were fused. */
static const char *name_of(MlirLocation loc, arena *a)
{
    if (!mlirLocationIsAFused(loc)) {
        return ir_loc_name(loc, a);
    }
    intptr_t n = mlirLocationFusedGetNumLocations(loc);
    MlirLocation *parts = ARENA_ARRAY(a, MlirLocation, n);
    mlirLocationFusedGetLocations(loc, parts);
    for (intptr_t i = 0; i < n; i++) {
        const char *name = ir_loc_name(parts[i], a);
        if (name[0]) {
            return name;
        }
    }
    return "";
}

static const char *text_at(const plan *p, const char *attribute, intptr_t i)
{
    MlirAttribute all = ir_get(p->step, attribute);
    if (mlirAttributeIsNull(all) || i >= mlirArrayAttrGetNumElements(all)) {
        return "";
    }
    MlirStringRef s = mlirStringAttrGetValue(mlirArrayAttrGetElement(all, i));
    return arena_text(p->a, s.data, (int64_t)s.length);
}

/* Which of the clusters is called what: the first of each name. */
static void read_clusters(plan *p)
{
    MlirAttribute all = ir_get(p->step, "clusters");
    intptr_t n =
        mlirAttributeIsNull(all) ? 0 : mlirArrayAttrGetNumElements(all);
    for (intptr_t i = n; i > 0; i--) {
        MlirStringRef s =
            mlirStringAttrGetValue(mlirArrayAttrGetElement(all, i - 1));
        map_set(&p->cluster_of, plan_word(p, s.data, s.length), 0, i - 1);
    }
}

/* The cluster that is called name; -1: none. */
static intptr_t find_cluster(const plan *p, const char *name)
{
    return (intptr_t)map_get(&p->cluster_of, plan_word(p, name, strlen(name)),
                             0);
}

static cluster *begin_cluster(const plan *p, intptr_t which, MlirOperation *ops)
{
    cluster *c = ARENA_NEW(p->a, cluster);
    c->name = text_at(p, "clusters", which);
    c->kernel_name = names_identifier(p->a, text_at(p, "kernels", which));
    c->note = text_at(p, "notes", which);
    c->ops = ops;
    return c;
}

static void add_item(plan *p, MlirOperation op, cluster *c)
{
    map_set(&p->item_of, op.ptr, 0, p->n_items);
    p->items[p->n_items++] = (item){op, c};
}

/* The operations of a cluster, one item each. */
static void split(plan *p, const item *from)
{
    for (int64_t i = 0; i < from->cluster->n_ops; i++) {
        add_item(p, from->cluster->ops[i], NULL);
    }
}

/* The operations of the body that are code, in an arena array. */
static MlirOperation *list_code(const plan *p, int64_t *n)
{
    int64_t all;
    MlirOperation *ops = ir_list(ir_body(p->step, 0), p->a, &all);
    *n = 0;
    for (int64_t i = 0; i < all - 1; i++) { /* the last is func.return */
        if (!operation_is_free(ops[i])) {
            ops[(*n)++] = ops[i];
        }
    }
    return ops;
}

/* Runs of one name become one item; operations without one stand alone. */
static void find_runs(plan *p, MlirOperation *ops, int64_t n)
{
    cluster *open = NULL;
    for (int64_t i = 0; i < n; i++) {
        const char *name = name_of(mlirOperationGetLocation(ops[i]), p->a);
        intptr_t which = find_cluster(p, name);
        if (which < 0) {
            open = NULL;
            add_item(p, ops[i], NULL);
            continue;
        }
        if (!open || strcmp(open->name, name) != 0) {
            open = begin_cluster(p, which, &ops[i]);
            add_item(p, ops[i], open);
        }
        map_set(&p->item_of, ops[i].ptr, 0, p->n_items - 1);
        open->n_ops++;
    }
}

void plan_clusters(plan *p)
{
    int64_t n;
    MlirOperation *ops = list_code(p, &n);
    read_clusters(p);
    p->items = ARENA_ARRAY(p->a, item, n);
    find_runs(p, ops, n);
    item *runs = p->items;
    int64_t n_runs = p->n_items;
    bool *good = ARENA_ARRAY(p->a, bool, n_runs);
    for (int64_t i = 0; i < n_runs; i++) {
        good[i] = !runs[i].cluster || find_result(p, i);
    }
    p->items = ARENA_ARRAY(p->a, item, n);
    p->n_items = 0;
    for (int64_t i = 0; i < n_runs; i++) {
        if (!good[i]) {
            split(p, &runs[i]);
            continue;
        }
        add_item(p, runs[i].op, runs[i].cluster);
        for (int64_t k = 0; runs[i].cluster && k < runs[i].cluster->n_ops;
             k++) {
            map_set(&p->item_of, runs[i].cluster->ops[k].ptr, 0,
                    p->n_items - 1);
        }
        if (runs[i].cluster) {
            const char *name = runs[i].cluster->name;
            map_set(&p->named, plan_word(p, name, strlen(name)), 0,
                    p->n_items - 1);
            describe(p, p->n_items - 1);
        }
    }
}
