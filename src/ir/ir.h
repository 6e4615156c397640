/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * ir.h - makes and reads MLIR operations in few words.
 *
 * An ir is a place in a block and a source location. Each function that builds
 * makes one operation there and returns its result; handles stay valid until
 * the operation is erased. Functions assert on misuse and never fail otherwise.
 * No argument of a call may build, except one: C leaves their order open.
 */
#ifndef SNN_IR_IR_H
#define SNN_IR_IR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "ir/knobs.h"
#include "mlir-c/BuiltinAttributes.h"
#include "mlir-c/BuiltinTypes.h"
#include "mlir-c/IR.h"

typedef struct ir {
    MlirContext ctx;
    MlirLocation loc;     /* given to every operation made */
    MlirBlock block;      /* where they go: */
    MlirOperation before; /* before this one, or null: at the block's end */
} ir;

ir ir_before(MlirOperation op);
ir ir_at_end(MlirBlock block, MlirLocation loc);
/* The same place, with operations named for a node or buffer: loc("name"). */
ir ir_named(ir b, const char *name);
/*
 * Calls value, which b has just built, by a name of its own inside the node's:
 * loc("name"(loc("node"))). That is its name in C. Returns value.
 */
MlirValue ir_call(ir *b, MlirValue value, const char *name);

/*===- operations -----------------------------------------------------------*/

typedef struct ir_attr {
    const char *name;
    MlirAttribute value;
} ir_attr;

/* What an operation is made of, beside its name. */
typedef struct ir_parts {
    const MlirValue *operands;
    intptr_t n_operands;
    const MlirType *results;
    intptr_t n_results;
    const ir_attr *attrs; /* those with a null value are left out */
    intptr_t n_attrs;
    MlirRegion *regions; /* owned by the operation made */
    intptr_t n_regions;
} ir_parts;

MlirOperation ir_op(ir *b, const char *name, ir_parts parts);
/* The result of an operation with one. */
MlirValue ir_op1(ir *b, const char *name, ir_parts parts);
/* A region with one empty block, whose arguments have these types. */
MlirRegion ir_region(ir *b, intptr_t n, const MlirType *types,
                     MlirBlock *block);

/*===- types and attributes -------------------------------------------------*/

MlirType ir_i(ir *b, unsigned bits);
MlirType ir_tensor(MlirType element, intptr_t rank, const int64_t *dims);
/* A tensor of type's shape with other elements. */
MlirType ir_tensor_like(MlirType type, MlirType element);
MlirAttribute ir_text(ir *b, const char *text);
MlirAttribute ir_f64(ir *b, double value);
MlirAttribute ir_i64(ir *b, int64_t value);
MlirAttribute ir_i64_array(ir *b, intptr_t n, const int64_t *values);
MlirAttribute ir_symbol(ir *b, const char *name);
MlirAttribute ir_dictionary(ir *b, intptr_t n, const ir_attr *items);
/* The n f64 elements of a tensor of the shape of like. */
MlirAttribute ir_f64_elements(ir *b, MlirType like, intptr_t n,
                              const double *values);
/* An attribute by its text, "#snn.form<relax>". */
MlirAttribute ir_parse(ir *b, const char *text);

/*===- arith ----------------------------------------------------------------*/

/* The predicates of arith.cmpf that we use, with MLIR's numbers. */
typedef enum { CMPF_OGT = 2, CMPF_OGE = 3, CMPF_UNE = 13 } ir_cmpf_kind;

MlirValue ir_index(ir *b, int64_t value);
MlirValue ir_int(ir *b, MlirType type, int64_t value);
MlirValue ir_float(ir *b, MlirType type, double value);
MlirValue ir_binary(ir *b, const char *name, MlirValue x, MlirValue y);
MlirValue ir_addf(ir *b, MlirValue x, MlirValue y);
MlirValue ir_subf(ir *b, MlirValue x, MlirValue y);
MlirValue ir_mulf(ir *b, MlirValue x, MlirValue y);
MlirValue ir_addi(ir *b, MlirValue x, MlirValue y);
/* arith.addi, arith.subi or arith.muli of what never wraps, with a sign. */
MlirValue ir_exact(ir *b, const char *name, MlirValue x, MlirValue y);
/* x, which is a number of the narrower type, as one. */
MlirValue ir_truncate(ir *b, MlirValue x, MlirType type);
MlirValue ir_cmpf(ir *b, ir_cmpf_kind kind, MlirValue x, MlirValue y);
/* The same for arith.cmpi: S with a sign, U without. */
typedef enum {
    CMPI_EQ = 0,
    CMPI_NE = 1,
    CMPI_SGT = 4,
    CMPI_SGE = 5,
    CMPI_ULT = 6,
    CMPI_UGE = 9
} ir_cmpi_kind;
MlirValue ir_cmpi(ir *b, ir_cmpi_kind kind, MlirValue x, MlirValue y);
MlirValue ir_select(ir *b, MlirValue which, MlirValue yes, MlirValue no);
/* arith's conversions: "arith.index_castui", "arith.uitofp", ... */
MlirValue ir_cast(ir *b, const char *name, MlirValue x, MlirType type);

/*===- tensor ---------------------------------------------------------------*/

MlirValue ir_empty(ir *b, MlirType type);
MlirValue ir_extract(ir *b, MlirValue tensor, intptr_t n,
                     const MlirValue *indices);
MlirValue ir_insert(ir *b, MlirValue value, MlirValue tensor, intptr_t n,
                    const MlirValue *indices);
/* Row i of a matrix, as a vector. */
MlirValue ir_row(ir *b, MlirValue matrix, MlirValue i);

/*===- scf ------------------------------------------------------------------*/

enum { IR_MAX_CARRIED = 8 };

/* A loop or condition under construction, and the values that it carries. */
typedef struct ir_scope {
    MlirOperation op;
    MlirValue index;                   /* loops: the counter */
    MlirValue carried[IR_MAX_CARRIED]; /* loops: their values in the body */
    intptr_t n;
    ir outside; /* where building goes on behind it */
} ir_scope;

/* for (index = lo; index < hi; index += step); building goes on inside. */
ir_scope ir_for(ir *b, MlirValue lo, MlirValue hi, MlirValue step, intptr_t n,
                const MlirValue *init);
/* if (condition), with n results of these types; building goes on inside. */
ir_scope ir_if(ir *b, MlirValue condition, intptr_t n, const MlirType *types);
/* Ends the first branch with its values; building goes on in the second. */
void ir_else(ir *b, ir_scope *scope, const MlirValue *values);
/* Ends the scope with its values; building goes on behind it. */
void ir_end(ir *b, ir_scope *scope, const MlirValue *values);
MlirValue ir_result(ir_scope scope, intptr_t i);

/*===- linalg ---------------------------------------------------------------*/

enum { IR_MAX_OPERANDS = 16 };

/*
 * linalg.generic: maps[i] names the loops that index operand i, in order, as
 * letters: "ab" is (a, b), "" a scalar; loops are a, b, ..., one for each
 * letter of iterators, which is 'p' (parallel) or 'r' (reduction).
 */
typedef struct ir_generic {
    const char *iterators;
    const char *maps[IR_MAX_OPERANDS];
    MlirValue ins[IR_MAX_OPERANDS];
    intptr_t n_ins;
    MlirValue outs[IR_MAX_OPERANDS];
    intptr_t n_outs;
} ir_generic;

/* Begins the body; elements[i] is the element of operand i, inputs first. */
ir_scope ir_generic_begin(ir *b, const ir_generic *g, MlirValue *elements);
/* Ends the body: values[i] is the new element of outs[i]. */
void ir_generic_end(ir *b, ir_scope *scope, const MlirValue *values);
/* All elements of tensor become value. */
MlirValue ir_fill(ir *b, MlirValue value, MlirValue tensor);

/*===- reading --------------------------------------------------------------*/

bool ir_is(MlirOperation op, const char *name);
/* "snn.linear" */
const char *ir_op_name(MlirOperation op, arena *a);
/* Null if op has no such attribute. */
MlirAttribute ir_get(MlirOperation op, const char *name);
const char *ir_get_text(MlirOperation op, const char *name, arena *a);
/* The word of an enum attribute, "relax" of #snn.form<relax>; NULL: op has
 * none. */
const char *ir_get_word(MlirOperation op, const char *name, arena *a);
/* A Param attribute (f64 number or elements): element i; is it one number? */
double ir_param(MlirAttribute param, int64_t i);
bool ir_param_uniform(MlirAttribute param);
/* Element i of a tensor of floats, such as the value of a snn.constant. */
double ir_float_at(MlirAttribute elements, int64_t i);
MlirType ir_element(MlirValue shaped);
intptr_t ir_rank(MlirValue shaped);
int64_t ir_dim(MlirValue shaped, intptr_t i);
int64_t ir_count(MlirValue shaped);
bool ir_is_float(MlirType type);
/* The first float type among a block's arguments and results; else f32. */
MlirType ir_real_type(MlirBlock block, arena *a);
/* The operation that made value; null for a block argument. */
MlirOperation ir_owner(MlirValue value);
/* The innermost name of op's location, "lif1"; "" if there is none. */
const char *ir_loc_name(MlirLocation loc, arena *a);
/* What ir_call has called op's result; "" if it has not. */
const char *ir_value_name(MlirOperation op, arena *a);
/* The operations of a block, in an arena array. */
MlirOperation *ir_list(MlirBlock block, arena *a, int64_t *n);
/* The only block of region i. */
MlirBlock ir_body(MlirOperation op, intptr_t i);
/* Emits a diagnostic at op. Returns false. */
__attribute__((format(printf, 2, 3))) bool ir_error(MlirOperation op,
                                                    const char *format, ...);

#endif
