/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ir.c - makes operations. It alone spells MlirOperationState, and it alone
 * fills the parallel arrays of block arguments.
 */
#include "ir/ir.h"

#include <assert.h>
#include <string.h>

#include "mlir-c/AffineMap.h"
#include "mlir-c/Dialect/Linalg.h"

static MlirStringRef str(const char *s)
{
    return mlirStringRefCreateFromCString(s);
}

ir ir_before(MlirOperation op)
{
    return (ir){mlirOperationGetContext(op), mlirOperationGetLocation(op),
                mlirOperationGetBlock(op), op};
}

ir ir_at_end(MlirBlock block, MlirLocation loc)
{
    return (ir){mlirLocationGetContext(loc), loc, block, {NULL}};
}

ir ir_named(ir b, const char *name)
{
    MlirLocation child = b.loc;
    while (mlirLocationIsAName(child)) {
        child = mlirLocationNameGetChildLoc(child);
    }
    b.loc = mlirLocationNameGet(b.ctx, str(name), child);
    return b;
}

MlirValue ir_call(ir *b, MlirValue value, const char *name)
{
    MlirOperation op = ir_owner(value);
    if (!mlirOperationIsNull(op)) {
        mlirOperationSetLocation(
            op, mlirLocationNameGet(b->ctx, str(name), b->loc));
    }
    return value;
}

/*===- operations -----------------------------------------------------------*/

MlirOperation ir_op(ir *b, const char *name, ir_parts p)
{
    MlirOperationState state = mlirOperationStateGet(str(name), b->loc);
    mlirOperationStateAddOperands(&state, p.n_operands, p.operands);
    mlirOperationStateAddResults(&state, p.n_results, p.results);
    for (intptr_t i = 0; i < p.n_attrs; i++) {
        if (mlirAttributeIsNull(p.attrs[i].value)) {
            continue;
        }
        MlirNamedAttribute named = mlirNamedAttributeGet(
            mlirIdentifierGet(b->ctx, str(p.attrs[i].name)), p.attrs[i].value);
        mlirOperationStateAddAttributes(&state, 1, &named);
    }
    mlirOperationStateAddOwnedRegions(&state, p.n_regions, p.regions);
    MlirOperation op = mlirOperationCreate(&state);
    assert(!mlirOperationIsNull(op) && "malformed operation");
    mlirBlockInsertOwnedOperationBefore(b->block, b->before, op);
    return op;
}

MlirValue ir_op1(ir *b, const char *name, ir_parts parts)
{
    return mlirOperationGetResult(ir_op(b, name, parts), 0);
}

MlirRegion ir_region(ir *b, intptr_t n, const MlirType *types, MlirBlock *block)
{
    MlirRegion region = mlirRegionCreate();
    *block = mlirBlockCreate(0, NULL, NULL);
    for (intptr_t i = 0; i < n; i++) {
        mlirBlockAddArgument(*block, types[i], b->loc);
    }
    mlirRegionAppendOwnedBlock(region, *block);
    return region;
}

/*===- types and attributes -------------------------------------------------*/

MlirType ir_i(ir *b, unsigned bits) { return mlirIntegerTypeGet(b->ctx, bits); }

MlirType ir_tensor(MlirType element, intptr_t rank, const int64_t *dims)
{
    return mlirRankedTensorTypeGet(rank, dims, element, mlirAttributeGetNull());
}

MlirType ir_tensor_like(MlirType type, MlirType element)
{
    int64_t dims[IR_MAX_OPERANDS];
    intptr_t rank = mlirShapedTypeGetRank(type);
    assert(rank <= IR_MAX_OPERANDS);
    for (intptr_t i = 0; i < rank; i++) {
        dims[i] = mlirShapedTypeGetDimSize(type, i);
    }
    return ir_tensor(element, rank, dims);
}

MlirAttribute ir_text(ir *b, const char *text)
{
    return mlirStringAttrGet(b->ctx, str(text));
}

MlirAttribute ir_f64(ir *b, double value)
{
    return mlirFloatAttrDoubleGet(b->ctx, mlirF64TypeGet(b->ctx), value);
}

MlirAttribute ir_i64(ir *b, int64_t value)
{
    return mlirIntegerAttrGet(ir_i(b, 64), value);
}

MlirAttribute ir_i64_array(ir *b, intptr_t n, const int64_t *values)
{
    return mlirDenseI64ArrayGet(b->ctx, n, values);
}

MlirAttribute ir_symbol(ir *b, const char *name)
{
    return mlirFlatSymbolRefAttrGet(b->ctx, str(name));
}

MlirAttribute ir_dictionary(ir *b, intptr_t n, const ir_attr *items)
{
    enum { MAX_ITEMS = 16 };
    MlirNamedAttribute named[MAX_ITEMS];
    assert(n <= MAX_ITEMS);
    for (intptr_t i = 0; i < n; i++) {
        named[i] = mlirNamedAttributeGet(
            mlirIdentifierGet(b->ctx, str(items[i].name)), items[i].value);
    }
    return mlirDictionaryAttrGet(b->ctx, n, named);
}

MlirAttribute ir_f64_elements(ir *b, MlirType like, intptr_t n,
                              const double *values)
{
    MlirType type = ir_tensor_like(like, mlirF64TypeGet(b->ctx));
    return mlirDenseElementsAttrDoubleGet(type, n, values);
}

MlirAttribute ir_parse(ir *b, const char *text)
{
    MlirAttribute parsed = mlirAttributeParseGet(b->ctx, str(text));
    assert(!mlirAttributeIsNull(parsed));
    return parsed;
}

/*===- arith ----------------------------------------------------------------*/

static MlirValue constant(ir *b, MlirType type, MlirAttribute value)
{
    return ir_op1(b, "arith.constant",
                  (ir_parts){.results = &type,
                             .n_results = 1,
                             .attrs = &(ir_attr){"value", value},
                             .n_attrs = 1});
}

MlirValue ir_int(ir *b, MlirType type, int64_t value)
{
    return constant(b, type, mlirIntegerAttrGet(type, value));
}

MlirValue ir_index(ir *b, int64_t value)
{
    return ir_int(b, mlirIndexTypeGet(b->ctx), value);
}

MlirValue ir_float(ir *b, MlirType type, double value)
{
    return constant(b, type, mlirFloatAttrDoubleGet(b->ctx, type, value));
}

MlirValue ir_binary(ir *b, const char *name, MlirValue x, MlirValue y)
{
    MlirType type = mlirValueGetType(x);
    return ir_op1(b, name,
                  (ir_parts){.operands = (MlirValue[]){x, y},
                             .n_operands = 2,
                             .results = &type,
                             .n_results = 1});
}

MlirValue ir_addf(ir *b, MlirValue x, MlirValue y)
{
    return ir_binary(b, "arith.addf", x, y);
}

MlirValue ir_subf(ir *b, MlirValue x, MlirValue y)
{
    return ir_binary(b, "arith.subf", x, y);
}

MlirValue ir_mulf(ir *b, MlirValue x, MlirValue y)
{
    return ir_binary(b, "arith.mulf", x, y);
}

MlirValue ir_addi(ir *b, MlirValue x, MlirValue y)
{
    return ir_binary(b, "arith.addi", x, y);
}

static MlirAttribute never_wraps(ir *b)
{
    return ir_parse(b, "#arith.overflow<nsw>");
}

MlirValue ir_exact(ir *b, const char *name, MlirValue x, MlirValue y)
{
    MlirType type = mlirValueGetType(x);
    return ir_op1(
        b, name,
        (ir_parts){.operands = (MlirValue[]){x, y},
                   .n_operands = 2,
                   .results = &type,
                   .n_results = 1,
                   .attrs = &(ir_attr){"overflowFlags", never_wraps(b)},
                   .n_attrs = 1});
}

MlirValue ir_truncate(ir *b, MlirValue x, MlirType type)
{
    return ir_op1(
        b, "arith.trunci",
        (ir_parts){.operands = &x,
                   .n_operands = 1,
                   .results = &type,
                   .n_results = 1,
                   .attrs = &(ir_attr){"overflowFlags", never_wraps(b)},
                   .n_attrs = 1});
}

static MlirValue compare(ir *b, const char *name, int64_t predicate,
                         MlirValue x, MlirValue y)
{
    MlirType bit = ir_i(b, 1);
    return ir_op1(
        b, name,
        (ir_parts){.operands = (MlirValue[]){x, y},
                   .n_operands = 2,
                   .results = &bit,
                   .n_results = 1,
                   .attrs = &(ir_attr){"predicate", ir_i64(b, predicate)},
                   .n_attrs = 1});
}

MlirValue ir_cmpf(ir *b, ir_cmpf_kind kind, MlirValue x, MlirValue y)
{
    return compare(b, "arith.cmpf", kind, x, y);
}

MlirValue ir_cmpi(ir *b, ir_cmpi_kind kind, MlirValue x, MlirValue y)
{
    return compare(b, "arith.cmpi", kind, x, y);
}

MlirValue ir_select(ir *b, MlirValue which, MlirValue yes, MlirValue no)
{
    MlirType type = mlirValueGetType(yes);
    return ir_op1(b, "arith.select",
                  (ir_parts){.operands = (MlirValue[]){which, yes, no},
                             .n_operands = 3,
                             .results = &type,
                             .n_results = 1});
}

MlirValue ir_cast(ir *b, const char *name, MlirValue x, MlirType type)
{
    return ir_op1(
        b, name,
        (ir_parts){
            .operands = &x, .n_operands = 1, .results = &type, .n_results = 1});
}

/*===- tensor ---------------------------------------------------------------*/

MlirValue ir_empty(ir *b, MlirType type)
{
    return ir_op1(b, "tensor.empty",
                  (ir_parts){.results = &type, .n_results = 1});
}

MlirValue ir_extract(ir *b, MlirValue tensor, intptr_t n,
                     const MlirValue *indices)
{
    MlirValue operands[IR_MAX_OPERANDS] = {tensor};
    assert(n < IR_MAX_OPERANDS);
    for (intptr_t i = 0; i < n; i++) {
        operands[i + 1] = indices[i];
    }
    MlirType type = ir_element(tensor);
    return ir_op1(b, "tensor.extract",
                  (ir_parts){.operands = operands,
                             .n_operands = n + 1,
                             .results = &type,
                             .n_results = 1});
}

MlirValue ir_insert(ir *b, MlirValue value, MlirValue tensor, intptr_t n,
                    const MlirValue *indices)
{
    MlirValue operands[IR_MAX_OPERANDS] = {value, tensor};
    assert(n + 1 < IR_MAX_OPERANDS);
    for (intptr_t i = 0; i < n; i++) {
        operands[i + 2] = indices[i];
    }
    MlirType type = mlirValueGetType(tensor);
    return ir_op1(b, "tensor.insert",
                  (ir_parts){.operands = operands,
                             .n_operands = n + 2,
                             .results = &type,
                             .n_results = 1});
}

MlirValue ir_row(ir *b, MlirValue matrix, MlirValue i)
{
    int64_t n = ir_dim(matrix, 1);
    MlirType row = ir_tensor(ir_element(matrix), 1, &n);
    int64_t dynamic = mlirShapedTypeGetDynamicStrideOrOffset();
    ir_attr attrs[] = {
        {"static_offsets", ir_i64_array(b, 2, (int64_t[]){dynamic, 0})},
        {"static_sizes", ir_i64_array(b, 2, (int64_t[]){1, n})},
        {"static_strides", ir_i64_array(b, 2, (int64_t[]){1, 1})},
        {"operandSegmentSizes",
         mlirDenseI32ArrayGet(b->ctx, 4, (int32_t[]){1, 1, 0, 0})},
    };
    return ir_op1(b, "tensor.extract_slice",
                  (ir_parts){.operands = (MlirValue[]){matrix, i},
                             .n_operands = 2,
                             .results = &row,
                             .n_results = 1,
                             .attrs = attrs,
                             .n_attrs = 4});
}

/*===- scf ------------------------------------------------------------------*/

ir_scope ir_for(ir *b, MlirValue lo, MlirValue hi, MlirValue step, intptr_t n,
                const MlirValue *init)
{
    assert(n <= IR_MAX_CARRIED);
    MlirValue operands[3 + IR_MAX_CARRIED] = {lo, hi, step};
    MlirType types[1 + IR_MAX_CARRIED] = {mlirIndexTypeGet(b->ctx)};
    for (intptr_t i = 0; i < n; i++) {
        operands[3 + i] = init[i];
        types[1 + i] = mlirValueGetType(init[i]);
    }
    MlirBlock body;
    MlirRegion region = ir_region(b, n + 1, types, &body);
    ir_scope scope = {.n = n, .outside = *b};
    scope.op = ir_op(b, "scf.for",
                     (ir_parts){.operands = operands,
                                .n_operands = n + 3,
                                .results = types + 1,
                                .n_results = n,
                                .regions = &region,
                                .n_regions = 1});
    scope.index = mlirBlockGetArgument(body, 0);
    for (intptr_t i = 0; i < n; i++) {
        scope.carried[i] = mlirBlockGetArgument(body, i + 1);
    }
    *b = ir_at_end(body, b->loc);
    return scope;
}

ir_scope ir_if(ir *b, MlirValue condition, intptr_t n, const MlirType *types)
{
    MlirBlock yes, no;
    MlirRegion regions[2] = {ir_region(b, 0, NULL, &yes),
                             ir_region(b, 0, NULL, &no)};
    ir_scope scope = {.n = n, .outside = *b};
    scope.op = ir_op(b, "scf.if",
                     (ir_parts){.operands = &condition,
                                .n_operands = 1,
                                .results = types,
                                .n_results = n,
                                .regions = regions,
                                .n_regions = 2});
    *b = ir_at_end(yes, b->loc);
    return scope;
}

static void yield(ir *b, const char *name, intptr_t n, const MlirValue *values)
{
    ir_op(b, name, (ir_parts){.operands = values, .n_operands = n});
}

void ir_else(ir *b, ir_scope *scope, const MlirValue *values)
{
    yield(b, "scf.yield", scope->n, values);
    *b = ir_at_end(ir_body(scope->op, 1), b->loc);
}

void ir_end(ir *b, ir_scope *scope, const MlirValue *values)
{
    yield(b, "scf.yield", scope->n, values);
    *b = scope->outside;
}

MlirValue ir_result(ir_scope scope, intptr_t i)
{
    return mlirOperationGetResult(scope.op, i);
}

/*===- linalg ---------------------------------------------------------------*/

static MlirAttribute map_of(ir *b, const char *loops, const char *map)
{
    MlirAffineExpr exprs[IR_MAX_OPERANDS];
    intptr_t n = 0;
    for (const char *c = map; *c; c++) {
        exprs[n++] = mlirAffineDimExprGet(b->ctx, *c - 'a');
    }
    return mlirAffineMapAttrGet(
        mlirAffineMapGet(b->ctx, (intptr_t)strlen(loops), 0, n, exprs));
}

static MlirAttribute iterators_of(ir *b, const char *loops)
{
    MlirAttribute kinds[IR_MAX_OPERANDS];
    intptr_t n = 0;
    for (const char *c = loops; *c; c++) {
        kinds[n++] =
            ir_parse(b, *c == 'p' ? "#linalg.iterator_type<parallel>"
                                  : "#linalg.iterator_type<reduction>");
    }
    return mlirArrayAttrGet(b->ctx, n, kinds);
}

ir_scope ir_generic_begin(ir *b, const ir_generic *g, MlirValue *elements)
{
    intptr_t n = g->n_ins + g->n_outs;
    assert(n <= IR_MAX_OPERANDS);
    MlirValue operands[IR_MAX_OPERANDS];
    MlirType types[IR_MAX_OPERANDS], results[IR_MAX_OPERANDS];
    MlirAttribute maps[IR_MAX_OPERANDS];
    for (intptr_t i = 0; i < n; i++) {
        bool in = i < g->n_ins;
        operands[i] = in ? g->ins[i] : g->outs[i - g->n_ins];
        MlirType type = mlirValueGetType(operands[i]);
        types[i] = mlirTypeIsAShaped(type) ? ir_element(operands[i]) : type;
        maps[i] = map_of(b, g->iterators, g->maps[i]);
        if (!in) {
            results[i - g->n_ins] = type;
        }
    }
    MlirBlock body;
    MlirRegion region = ir_region(b, n, types, &body);
    int32_t segments[] = {(int32_t)g->n_ins, (int32_t)g->n_outs};
    ir_attr attrs[] = {
        {"indexing_maps", mlirArrayAttrGet(b->ctx, n, maps)},
        {"iterator_types", iterators_of(b, g->iterators)},
        {"operandSegmentSizes", mlirDenseI32ArrayGet(b->ctx, 2, segments)},
    };
    ir_scope scope = {.n = g->n_outs, .outside = *b};
    scope.op = ir_op(b, "linalg.generic",
                     (ir_parts){.operands = operands,
                                .n_operands = n,
                                .results = results,
                                .n_results = g->n_outs,
                                .attrs = attrs,
                                .n_attrs = 3,
                                .regions = &region,
                                .n_regions = 1});
    for (intptr_t i = 0; i < n; i++) {
        elements[i] = mlirBlockGetArgument(body, i);
    }
    *b = ir_at_end(body, b->loc);
    return scope;
}

void ir_generic_end(ir *b, ir_scope *scope, const MlirValue *values)
{
    yield(b, "linalg.yield", scope->n, values);
    *b = scope->outside;
}

MlirValue ir_fill(ir *b, MlirValue value, MlirValue tensor)
{
    MlirType type = mlirValueGetType(tensor);
    MlirRegion region = mlirRegionCreate();
    ir_attr segments = {"operandSegmentSizes",
                        mlirDenseI32ArrayGet(b->ctx, 2, (int32_t[]){1, 1})};
    MlirOperation op =
        ir_op(b, "linalg.fill",
              (ir_parts){.operands = (MlirValue[]){value, tensor},
                         .n_operands = 2,
                         .results = &type,
                         .n_results = 1,
                         .attrs = &segments,
                         .n_attrs = 1,
                         .regions = &region,
                         .n_regions = 1});
    mlirLinalgFillBuiltinNamedOpRegion(op);
    return mlirOperationGetResult(op, 0);
}
