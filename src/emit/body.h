/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * body.h - prints the operations of a function's body; for src/emit only.
 *
 * A value that is used once, in its own block, waits: its text goes into its
 * user's. What waits gets a name first where its text would otherwise move: out
 * of its block, or past a store if it reads memory.
 */
#ifndef SNN_EMIT_BODY_H
#define SNN_EMIT_BODY_H

#include "emit/plan.h"

/* A value as C. */
typedef struct term {
    const char *text;
    const c_type *type;
    bool is_atom;      /* needs no parentheses anywhere */
    bool is_condition; /* a truth value, not 0 or 1 in a byte */
    bool reads;        /* memory that stores may change */
    const char *left;  /* text is left op right; null: it is not */
    const char *op;
    const char *right; /* without parentheses around it */
    const char *bare;  /* text without a cast that assignment implies */
} term;

typedef struct local {
    MlirValue value;
    term t;
    bool waits;
} local;

/* A variable for what a loop or branch yields. */
typedef struct variable {
    const char *name;
    MlirValue holder; /* the value that it has before; null: none */
} variable;

/* A pointer that an inner loop goes along: name = &start. */
typedef struct row_pointer {
    const char *name;
    const char *start;
} row_pointer;

typedef struct body {
    plan *p;
    buf *out;
    int64_t indent;
    const cluster *c; /* whose leaves are parameters; null: none */
    names scope;
    map local_of; /* value -> local */
    local *locals;
    int64_t n_locals;
    int64_t local_capacity;
    int64_t first_waiting; /* no local before it waits */
    map variable_of;       /* a result -> the variable that it goes into */
    variable *variables;
    int64_t n_variables;
    int64_t variable_capacity;
    map row_of; /* load or store -> the row that it goes to */
    row_pointer *rows;
    int64_t n_rows;
    int64_t row_capacity;
} body;

/* Starts the body of a function of the plan. c: its leaves are parameters. */
body body_begin(plan *p, buf *out, const cluster *c);
/* Prints op, of the body's top level. */
void body_op(body *b, MlirOperation op);
/* The value of c's result, or of another value at the body's end. */
term body_value(body *b, MlirValue value);

/*===- between the parts of the printer -------------------------------------*/

__attribute__((format(printf, 2, 3))) void body_line(body *b,
                                                     const char *format, ...);
/* Operand k of op, in the type that op takes it as; it waits no longer. */
term body_operand(body *b, MlirOperation op, intptr_t k);
/* value is t from here on, or, if it waits, wherever it is needed. */
void body_bind(body *b, MlirValue value, term t, bool waits);
/* Names the values that wait, or only those that read memory. */
void body_flush(body *b, bool all);
/* Names operand k of op if it waits. */
void body_name_operand(body *b, MlirOperation op, intptr_t k);
/* Computes op, which has no effect, before its place. */
void body_name_result(body *b, MlirOperation op);
/* The buffer that operand k of op is. */
const char *body_buffer(body *b, MlirOperation op, intptr_t k);
/* A dimension that op has as a leaf. */
const char *body_dimension(body *b, MlirOperation op, int64_t part,
                           int64_t value);

term term_atom(const char *text, const c_type *type);
/* With parentheses where they are needed. */
const char *term_inner(arena *a, term t);
/* The same integer, in the type with the other sign where that is asked for. */
term term_as(arena *a, term t, const c_type *type);
/* 0 or 1 where it is a truth value. */
const char *term_value(arena *a, term t);
const char *term_condition(arena *a, term t);
/* What is assigned to a variable of the term's type. */
const char *term_assigned(arena *a, term t);

/* Operations that only compute their result. */
term expression_of(body *b, MlirOperation op);
/* "x[i]": what a load or store refers to. */
const char *expression_element(body *b, MlirOperation op);
/* "weight[source * n]": where the row of a load or store begins. */
const char *expression_row(body *b, MlirOperation op);

/* A name for op's result, which is t. */
const char *name_of_result(body *b, MlirOperation op, term t);
/* A name for what a loop carries or a branch yields. */
const char *name_of_carried(body *b, MlirValue value);
/* Of the pointer to the innermost row that op reads or writes. */
const char *name_of_row(body *b, MlirOperation op);

/* Declares what each turn of the loop would find out again. */
void invariant_declare(body *b, MlirOperation loop);

/* Prints to = value; shorter where value is to + something. */
void variable_assign(body *b, const char *to, term value);
/*
 * Says which results of operations in the block go straight into the variables
 * that its terminator's operands end up in.
 */
void variable_place(body *b, MlirBlock block, const variable *to);
/* Assigns the terminator's operands to the variables, as if at once. */
void variable_yield(body *b, MlirOperation end, intptr_t first,
                    const variable *to, intptr_t n);
/* The variable that was placed for value; null: none. */
const variable *variable_find(const body *b, MlirValue value);

#endif
