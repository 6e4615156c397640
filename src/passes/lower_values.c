/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * lower_values.c - values as tensors and as lists of events, and the constants
 * of the module.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/map.h"
#include "passes/lower.h"

/*===- records --------------------------------------------------------------*/

/* Where the record of value is, or would be: a slot of the hash table. */
static int64_t *slot_of(const lowering *l, MlirValue value)
{
    uint64_t mask = (uint64_t)l->n_slots - 1;
    uint64_t at = ((uint64_t)(uintptr_t)value.ptr >> 4) * 0x9e3779b97f4a7c15U;
    for (at >>= 20;; at++) {
        int64_t *slot = &l->slots[at & mask];
        if (*slot == 0 || mlirValueEqual(l->values[*slot - 1].from, value)) {
            return slot;
        }
    }
}

bool lower_has(const lowering *l, MlirValue value)
{
    return l->n_slots > 0 && *slot_of(l, value) != 0;
}

lowered *lower_find(lowering *l, MlirValue value)
{
    assert(lower_has(l, value) && "operands are lowered before their users");
    return &l->values[*slot_of(l, value) - 1];
}

/* Room for one more record: slots are at most half full. */
static void make_room(lowering *l)
{
    l->values = arena_grow(l->a, l->values, l->n_values, &l->capacity,
                           sizeof *l->values);
    if (2 * (l->n_values + 1) <= l->n_slots) {
        return;
    }
    l->n_slots = l->n_slots > 0 ? 2 * l->n_slots : 64;
    l->slots = ARENA_ARRAY(l->a, int64_t, l->n_slots);
    for (int64_t i = 0; i < l->n_values; i++) {
        *slot_of(l, l->values[i].from) = i + 1;
    }
}

void lower_bind(lowering *l, lowered what)
{
    if (lower_has(l, what.from)) {
        *lower_find(l, what.from) = what;
        return;
    }
    make_room(l);
    l->values[l->n_values++] = what;
    *slot_of(l, what.from) = l->n_values;
}

/* What the code of a kernel computes, for those who read it. */
typedef struct kernel_note {
    const char *kernel; /* its name up to the first '_' decides, or all of it */
    const char *note;
} kernel_note;

static const kernel_note kernel_notes[] = {
    {"list_events", "Lists the indices of the elements that are not 0."},
    {"checked_events", "Lists the indices that are below the size."},
    {"spread_events", "y = 1 at the indices of the events, else 0"},
    {"copy", "y = x"},
    {"sum", "y = the sum of all x, from the first to the last"},
    {"scale", "y = x * scale"},
    {"rescale", "y = x in another scale"},
    {"encode", "y = x / scale, to nearest, ties to even, saturated; 0 for NaN"},
    {"decode", "y = x * scale"},
    {"saturate", "y = x, or the nearest number of y's type"},
    {"threshold", "y = x > threshold"},
    {"linear_events", "y = the sum of the weight rows of the events"},
    {"linear_graded", "y = the sum of the weight rows of the events, times x"},
    {"linear_dense", "y = the sum of all weight rows, times x"},
    {"affine_events", "y = the sum of the weight rows of the events, + bias"},
    {"affine_graded",
     "y = the sum of the weight rows of the events, times x, + bias"},
    {"affine_dense", "y = the sum of all weight rows, times x, + bias"},
    {"conv", "y = cross-correlation of x with weight, one scattered kernel for "
             "each x"},
    {"conv_events", "y = one scattered kernel of weights for each event"},
    {"sum_pool", "y = the sum over each window of x"},
    {"avg_pool", "y = the mean over each window of x, padding counted"},
    {"delay", "y = what entered the line some steps ago"},
    {"push", "Moves the line on by a step and puts x at its end."},
    {"lif", "tau dv/dt = (leak - v) + gain x; above the threshold, v is reset "
            "and the neuron spikes"},
    {"if", "dv/dt = gain x; above the threshold, v is reset and the neuron "
           "spikes"},
    {"li", "tau dv/dt = (leak - v) + gain x"},
    {"integrator", "dv/dt = gain x"},
    {"cuba_lif", "A synaptic current i, and a membrane v that it drives; above "
                 "the threshold, v is reset and the neuron spikes"},
    {"cuba_li", "A synaptic current i, and a membrane v that it drives"},
};

/* The note of the longest row that kernel is or begins with. */
static const char *note_of(const char *kernel)
{
    const kernel_note *best = NULL;
    for (size_t i = 0; i < sizeof kernel_notes / sizeof *kernel_notes; i++) {
        const kernel_note *row = &kernel_notes[i];
        size_t n = strlen(row->kernel);
        bool fits = strncmp(kernel, row->kernel, n) == 0 &&
                    (kernel[n] == '\0' || kernel[n] == '_');
        if (fits && (!best || n > strlen(best->kernel))) {
            best = row;
        }
    }
    assert(best && "every kernel has a note");
    return best->note;
}

/* cluster, or with a number behind it if there is one of this name. */
static MlirAttribute new_cluster(lowering *l, const char *cluster)
{
    MlirAttribute name = ir_text(&l->b, cluster);
    for (long long n = 2; map_get(l->cluster_names, name.ptr, 0) >= 0; n++) {
        name = ir_text(&l->b, text_printf(l->a, "%s_%lld", cluster, n));
    }
    map_set(l->cluster_names, name.ptr, 0, l->n_clusters);
    return name;
}

void lower_begin(lowering *l, const char *cluster, const char *kernel)
{
    MlirAttribute name = new_cluster(l, cluster);
    MlirStringRef text = mlirStringAttrGetValue(name);
    l->b = ir_named(l->b, arena_text(l->a, text.data, (int64_t)text.length));
    l->clusters = arena_grow(l->a, l->clusters, l->n_clusters,
                             &l->cluster_capacity, sizeof *l->clusters);
    l->clusters[l->n_clusters++] = (lower_cluster){
        name, ir_text(&l->b, kernel), ir_text(&l->b, note_of(kernel))};
}

/*===- events ---------------------------------------------------------------*/

bool lower_is_spikes(MlirValue value)
{
    MlirType type = ir_element(value);
    return mlirTypeIsAInteger(type) && mlirIntegerTypeGetWidth(type) == 1;
}

/* What weights, or a state, made of integers: rarely zero. */
static bool is_sum(MlirValue value)
{
    static const char *const ops[] = {"snn.linear", "snn.conv",
                                      "snn.sum",    "snn.integrate",
                                      "snn.clamp",  "snn.reset"};
    MlirOperation op = ir_owner(value);
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        if (ir_is(op, ops[i])) {
            return true;
        }
    }
    return ir_is(op, "snn.fire") && mlirOpResultGetResultNumber(value) == 1;
}

bool lower_is_sparse(MlirValue value)
{
    MlirOperation op = ir_owner(value);
    while (ir_is(op, "snn.scale") || ir_is(op, "snn.rescale") ||
           ir_is(op, "snn.sum_pool") || ir_is(op, "snn.avg_pool") ||
           ir_is(op, "tensor.collapse_shape")) {
        value = mlirOperationGetOperand(op, 0);
        op = ir_owner(value);
    }
    /* spikes, counts, inputs and what they were; a pool of few is few */
    return (mlirTypeIsAInteger(ir_element(value)) && !is_sum(value)) ||
           mlirOperationIsNull(op);
}

bool lower_only_events(const lowering *l, MlirValue value)
{
    if (l->dense || ir_rank(value) != 1) {
        return false;
    }
    MlirOpOperand use = mlirValueGetFirstUse(value);
    bool any = !mlirOpOperandIsNull(use);
    for (; !mlirOpOperandIsNull(use); use = mlirOpOperandGetNextUse(use)) {
        any = any && ir_is(mlirOpOperandGetOwner(use), "snn.linear");
    }
    return any;
}

MlirType lower_list_type(ir *b, int64_t n)
{
    return ir_tensor(ir_i(b, n <= 65536 ? 16 : 32), 1, &n);
}

MlirValue lower_source(ir *b, MlirValue events, MlirValue i)
{
    MlirValue entry = ir_extract(b, events, 1, &i);
    return ir_cast(b, "arith.index_castui", entry, mlirIndexTypeGet(b->ctx));
}

static MlirValue is_not_zero(ir *b, MlirValue x)
{
    MlirType type = mlirValueGetType(x);
    if (mlirTypeIsAInteger(type)) {
        if (mlirIntegerTypeGetWidth(type) == 1) {
            return x;
        }
        MlirValue zero = ir_int(b, type, 0);
        return ir_cmpi(b, CMPI_NE, x, zero);
    }
    MlirValue zero = ir_float(b, type, 0.0);
    return ir_cmpf(b, CMPF_UNE, x, zero);
}

/* list[count] = i; count + 1 */
static void append(ir *b, MlirValue i, MlirValue list, MlirValue count,
                   MlirValue results[2])
{
    MlirValue entry = ir_cast(b, "arith.index_castui", i, ir_element(list));
    MlirValue one = ir_index(b, 1);
    results[0] = ir_insert(b, entry, list, 1, &count);
    results[1] = ir_addi(b, count, one);
}

/* ((i * n1) + j) * n2 + k: the place of an element, row-major. */
static MlirValue flat_index(ir *b, MlirValue x, const MlirValue *index)
{
    MlirValue place = index[0];
    for (intptr_t k = 1; k < ir_rank(x); k++) {
        MlirValue size = ir_index(b, ir_dim(x, k));
        MlirValue rows = ir_binary(b, "arith.muli", place, size);
        place = ir_addi(b, rows, index[k]);
    }
    return place;
}

/* The indices of the elements of x that are not zero, ascending. */
static void list_events(lowering *l, MlirValue x, lowered *record)
{
    ir *b = &l->b;
    lower_begin(l, text_printf(l->a, "%s_events", record->name), "list_events");
    intptr_t rank = ir_rank(x);
    ir_scope loop[LOWER_MAX_RANK];
    MlirValue index[LOWER_MAX_RANK];
    MlirValue carried[2] = {ir_empty(b, lower_list_type(b, ir_count(x))),
                            ir_index(b, 0)};
    MlirType types[2] = {mlirValueGetType(carried[0]),
                         mlirValueGetType(carried[1])};
    for (intptr_t k = 0; k < rank; k++) {
        MlirValue lo = ir_index(b, 0);
        MlirValue hi = ir_index(b, ir_dim(x, k));
        MlirValue step = ir_index(b, 1);
        loop[k] = ir_for(b, lo, hi, step, 2, carried);
        index[k] = loop[k].index;
        memcpy(carried, loop[k].carried, sizeof carried);
    }
    MlirValue element = ir_extract(b, x, rank, index);
    MlirValue fired = is_not_zero(b, element);
    ir_scope branch = ir_if(b, fired, 2, types);
    MlirValue place = flat_index(b, x, index);
    MlirValue next[2];
    append(b, place, carried[0], carried[1], next);
    ir_else(b, &branch, next);
    ir_end(b, &branch, carried);
    MlirValue results[2] = {ir_result(branch, 0), ir_result(branch, 1)};
    for (intptr_t k = rank - 1; k >= 0; k--) {
        ir_end(b, &loop[k], results);
        results[0] = ir_result(loop[k], 0);
        results[1] = ir_result(loop[k], 1);
    }
    record->events = results[0];
    record->count = results[1];
}

lowered lower_events(lowering *l, MlirValue value)
{
    lowered *record = lower_find(l, value);
    if (mlirValueIsNull(record->events)) {
        list_events(l, record->dense, record);
    }
    return *record;
}

MlirValue lower_dense(lowering *l, MlirValue value)
{
    lowered *record = lower_find(l, value);
    assert(!mlirValueIsNull(record->dense));
    return record->dense;
}

/*===- conversions ----------------------------------------------------------*/

const char *lower_map(intptr_t rank)
{
    static const char *const maps[] = {
        "", "a", "ab", "abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh"};
    assert(rank < (intptr_t)(sizeof maps / sizeof *maps));
    return maps[rank];
}

const char *lower_parallel(intptr_t rank)
{
    static const char all[] = "pppppppp";
    assert(rank < (intptr_t)sizeof all);
    return all + (sizeof all - 1) - rank;
}

/*===- constants ------------------------------------------------------------*/

/* Elements stand in the IR's text where they are few, else in a resource. */
enum { INLINE_BYTES = 128 };

static void release(void *user, const void *data, size_t size, size_t align)
{
    (void)data;
    (void)size;
    (void)align;
    free(user);
}

/* Those of a resource are the module's, the others the arena's. */
void *lower_data(lowering *l, int64_t size)
{
    if (size <= INLINE_BYTES) {
        return arena_alloc(l->a, size, 1);
    }
    void *data = malloc((size_t)size);
    if (!data) {
        abort();
    }
    return data;
}

static MlirAttribute elements(const char *name, MlirType type, void *data,
                              int64_t size)
{
    if (size <= INLINE_BYTES) {
        return mlirDenseElementsAttrRawBufferGet(type, (size_t)size, data);
    }
    return mlirUnmanagedDenseResourceElementsAttrGet(
        type, mlirStringRefCreateFromCString(name), data, (size_t)size,
        sizeof(double), false, release, data);
}

static MlirType memref_of(MlirType tensor)
{
    int64_t dims[IR_MAX_OPERANDS];
    intptr_t rank = mlirShapedTypeGetRank(tensor);
    for (intptr_t i = 0; i < rank; i++) {
        dims[i] = mlirShapedTypeGetDimSize(tensor, i);
    }
    return mlirMemRefTypeContiguousGet(mlirShapedTypeGetElementType(tensor),
                                       rank, dims, mlirAttributeGetNull());
}

static void add_global(lowering *l, lower_constant_data c)
{
    l->globals = arena_grow(l->a, l->globals, l->n_globals, &l->global_capacity,
                            sizeof *l->globals);
    l->globals[l->n_globals++] = c;
    ir at = l->top;
    ir_attr attrs[] = {
        {"sym_name", ir_text(&at, c.name)},
        {"sym_visibility", ir_text(&at, "private")},
        {"type", mlirTypeAttrGet(memref_of(c.type))},
        {"initial_value", elements(c.name, c.type, c.data, c.size)},
        {"constant", mlirUnitAttrGet(at.ctx)},
    };
    ir_op(&at, "memref.global", (ir_parts){.attrs = attrs, .n_attrs = 5});
}

static bool same_data(const lower_constant_data *x,
                      const lower_constant_data *y)
{
    return mlirTypeEqual(x->type, y->type) && x->size == y->size &&
           memcmp(x->data, y->data, (size_t)x->size) == 0;
}

/* The symbol of a constant, made if there is none. */
static const char *global_of(lowering *l, lower_constant_data c)
{
    const char *wanted = c.name;
    MlirAttribute key = ir_text(&l->top, wanted);
    int64_t old = map_get(l->global_names, key.ptr, 0);
    for (long long n = 2; old >= 0; n++) {
        if (same_data(&l->globals[old], &c)) {
            if (c.size > INLINE_BYTES) {
                free(c.data);
            }
            return c.name;
        }
        c.name = text_printf(l->a, "%s_%lld", wanted, n);
        key = ir_text(&l->top, c.name);
        old = map_get(l->global_names, key.ptr, 0);
    }
    map_set(l->global_names, key.ptr, 0, l->n_globals);
    add_global(l, c);
    return c.name;
}

MlirValue lower_global(lowering *l, const char *name, MlirType type,
                       const void *data, int64_t size)
{
    void *copy = lower_data(l, size);
    if (size > 0) {
        memcpy(copy, data, (size_t)size);
    }
    return lower_global_data(l, name, type, copy, size);
}

MlirValue lower_global_data(lowering *l, const char *name, MlirType type,
                            void *data, int64_t size)
{
    MlirType memref = memref_of(type);
    ir at = l->top;
    MlirAttribute unit = mlirUnitAttrGet(at.ctx);
    name = global_of(l, (lower_constant_data){name, type, data, size});
    MlirValue buffer =
        ir_op1(&l->b, "memref.get_global",
               (ir_parts){.results = &memref,
                          .n_results = 1,
                          .attrs = &(ir_attr){"name", ir_symbol(&at, name)},
                          .n_attrs = 1});
    return ir_op1(&l->b, "bufferization.to_tensor",
                  (ir_parts){.operands = &buffer,
                             .n_operands = 1,
                             .results = &type,
                             .n_results = 1,
                             .attrs = &(ir_attr){"restrict", unit},
                             .n_attrs = 1});
}

/* number as an element of type at place i of data. */
static void put_number(void *data, int64_t i, double number, MlirType type)
{
    if (mlirTypeIsAF32(type)) {
        ((float *)data)[i] = (float)number;
    } else if (mlirTypeIsAF64(type)) {
        ((double *)data)[i] = number;
    } else if (mlirIntegerTypeGetWidth(type) == 64) {
        ((int64_t *)data)[i] = (int64_t)number;
    } else if (mlirIntegerTypeGetWidth(type) == 16) {
        ((int16_t *)data)[i] = (int16_t)number;
    } else if (mlirIntegerTypeGetWidth(type) == 8) {
        ((int8_t *)data)[i] = (int8_t)number;
    } else {
        ((int32_t *)data)[i] = (int32_t)number;
    }
}

static int64_t bytes_of(MlirType element)
{
    return mlirTypeIsAF32(element)   ? (int64_t)sizeof(float)
           : mlirTypeIsAF64(element) ? (int64_t)sizeof(double)
                                     : mlirIntegerTypeGetWidth(element) / 8;
}

/* Elements of a row of the first axis if all are equal in each row, else 1. */
static int64_t row_of(MlirAttribute param, MlirValue like)
{
    int64_t n = ir_count(like);
    int64_t row = ir_rank(like) > 1 ? n / ir_dim(like, 0) : 1;
    for (int64_t i = 0; i < n && row > 1; i++) {
        if (ir_param(param, i) != ir_param(param, i / row * row)) {
            return 1;
        }
    }
    return row;
}

static MlirValue make_param(lowering *l, const char *name, MlirAttribute param,
                            MlirType element, MlirValue like, int64_t row)
{
    bool one = ir_param_uniform(param);
    int64_t n = one ? 1 : ir_count(like) / row;
    double *data = ARENA_ARRAY(l->a, double, n);
    for (int64_t i = 0; i < n; i++) {
        put_number(data, i, ir_param(param, i * row), element);
    }
    MlirType type = one       ? ir_tensor(element, 0, NULL)
                    : row > 1 ? ir_tensor(element, 1, &n)
                              : ir_tensor_like(mlirValueGetType(like), element);
    return lower_global(l, name, type, data, n * bytes_of(element));
}

MlirValue lower_param(lowering *l, const char *node, const char *name,
                      MlirAttribute param, MlirType element, MlirValue like)
{
    return make_param(l, text_printf(l->a, "%s_%s", node, name), param, element,
                      like, 1);
}

MlirValue lower_row_param(lowering *l, const char *node, const char *name,
                          MlirAttribute param, MlirType element, MlirValue like)
{
    int64_t row = ir_param_uniform(param) ? 1 : row_of(param, like);
    return make_param(l, text_printf(l->a, "%s_%s", node, name), param, element,
                      like, row);
}

/*===- loops ----------------------------------------------------------------*/

lower_nest lower_nest_open(ir *b, intptr_t rank, const int64_t *dims,
                           MlirValue init)
{
    assert(rank <= LOWER_MAX_RANK);
    lower_nest n = {.carried = init, .rank = rank};
    for (intptr_t i = 0; i < rank; i++) {
        MlirValue lo = ir_index(b, 0);
        MlirValue hi = ir_index(b, dims[i]);
        MlirValue step = ir_index(b, 1);
        n.loop[i] = ir_for(b, lo, hi, step, 1, &n.carried);
        n.index[i] = n.loop[i].index;
        n.carried = n.loop[i].carried[0];
    }
    return n;
}

MlirValue lower_nest_close(ir *b, lower_nest *n, MlirValue value)
{
    for (intptr_t i = n->rank - 1; i >= 0; i--) {
        ir_end(b, &n->loop[i], &value);
        value = ir_result(n->loop[i], 0);
    }
    return value;
}

lower_gather lower_gather_open(ir *b, MlirType type)
{
    intptr_t rank = mlirShapedTypeGetRank(type);
    ir_generic generic = {.iterators = lower_parallel(rank),
                          .maps = {lower_map(rank)},
                          .outs = {ir_empty(b, type)},
                          .n_outs = 1};
    MlirValue unused;
    lower_gather g = {.body = ir_generic_begin(b, &generic, &unused)};
    MlirType index = mlirIndexTypeGet(b->ctx);
    for (intptr_t i = 0; i < rank; i++) {
        g.index[i] = ir_op1(b, "linalg.index",
                            (ir_parts){.results = &index,
                                       .n_results = 1,
                                       .attrs = &(ir_attr){"dim", ir_i64(b, i)},
                                       .n_attrs = 1});
    }
    return g;
}

MlirValue lower_gather_close(ir *b, lower_gather *g, MlirValue element)
{
    ir_generic_end(b, &g->body, &element);
    return ir_result(g->body, 0);
}
