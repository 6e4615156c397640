/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * plan.h - what will be printed: buffers, tables, kernels and their calls; for
 * src/emit only.
 *
 * The step function's body is a list of items. An item is one operation, or a
 * cluster: a run of operations that compute one node. Clusters of one structure
 * share a kernel, a function. Whatever a cluster uses from outside is a leaf;
 * leaves that are equal in every cluster of a kernel are one parameter of it.
 */
#ifndef SNN_EMIT_PLAN_H
#define SNN_EMIT_PLAN_H

#include "base/map.h"
#include "emit/emit.h"
#include "emit/names.h"
#include "emit/type.h"

/* A buffer of the step function, or the length of a list that is its input. */
typedef enum buffer_role {
    BUFFER_INPUT,
    BUFFER_STATE,
    BUFFER_OUTPUT,
    BUFFER_SCRATCH
} buffer_role;

typedef struct storage {
    buffer_role role;
    const char *label; /* its name in the file */
    MlirValue value;
    const c_type *type;
    int64_t count;     /* of elements; 0: a number */
    const char *name;  /* in C; of a state or scratch: of its member */
    const char *macro; /* of its number of elements; null: none */
    int64_t first;     /* items that use it; -1: none */
    int64_t last;
    int64_t length;    /* a list's buffer that is its length; -1: no list */
    const char *codes; /* what its elements stand for; "": themselves */
} storage;

/* A member of the state struct. Buffers of scratch may share one. */
typedef struct member {
    const char *name;
    const c_type *type;
    int64_t count;
    bool is_state;
    bool is_lists; /* of events */
    int64_t last;  /* the last item that uses it so far */
    int64_t users; /* how many buffers it is */
    buf about;     /* their labels */
} member;

/* A constant of the module. */
typedef struct table {
    const char *symbol;
    const char *name; /* in C; null: no kernel reads it as a table */
    const char *text; /* how code refers to it */
    MlirAttribute value;
    MlirType type;
    const c_type *element;
    int64_t count;
    bool is_used;          /* by the two functions */
    bool in_file;          /* its elements are in the weights file */
    struct cluster *owner; /* reads it first */
    int64_t next;          /* of the owner's, from 1; 0: the last */
} table;

/* A macro for a number of elements. */
typedef struct size_macro {
    const char *label; /* of the node or buffer */
    const char *macro;
    int64_t value;
    bool is_used;
} size_macro;

/*===- clusters and kernels -------------------------------------------------*/

typedef enum leaf_kind {
    LEAF_BUFFER,
    LEAF_TABLE,
    LEAF_NUMBER,   /* a constant of rank 0 */
    LEAF_INDEX,    /* a constant index, or a dimension */
    LEAF_CONSTANT, /* another constant */
    LEAF_SCALAR    /* a value computed before */
} leaf_kind;

/* Parts of an operation that are leaves: its operands, and behind them: */
enum { PART_DIMS = 64 };

typedef struct leaf {
    leaf_kind kind;
    bool is_step; /* an index that a loop goes on by: no size */
    bool is_list; /* of indices */
    bool is_read;
    bool is_written;
    const void *id; /* of a constant or scalar */
    int64_t number; /* the index; or which buffer or table */
    MlirValue value;
    const c_type *type;
} leaf;

typedef struct cluster {
    const char *name;
    const char *kernel_name;
    const char *note;
    MlirOperation *ops;
    int64_t n_ops;
    MlirValue result; /* used behind the cluster; null: none */
    buf structure;    /* equal texts: equal but for the leaves */
    leaf *leaves;
    int64_t n_leaves;
    int64_t leaf_capacity;
    map leaf_of; /* (operation, part) -> leaf */
    struct kernel *kernel;
    const char *node; /* its struct of constants; null: none */
    int64_t tables;   /* that it reads first, from 1; 0: none */
} cluster;

typedef enum param_kind {
    PARAM_LITERAL,
    PARAM_SIZE,
    PARAM_NUMBER, /* a float that belongs to the node */
    PARAM_TABLE,
    PARAM_WEIGHTS, /* a table that is in the weights file */
    PARAM_SCALAR,
    PARAM_BUFFER
} param_kind;

typedef struct param {
    param_kind kind;
    int64_t leaf;     /* the first of those that it is */
    const char *name; /* of the parameter, or field of the node's struct */
    const char *text; /* in the body: node->decay */
    const c_type *type;
    bool is_list;
    bool is_read;
    bool is_written;
} param;

typedef struct kernel {
    const char *name;
    const char *note;
    const char *node_type; /* of the struct of a node's constants; or null */
    cluster **clusters;
    int64_t n_clusters;
    int64_t capacity;
    param *params;
    int64_t n_params;
    int64_t *param_of; /* of each leaf */
    int64_t *order;    /* params as arguments: those not in the node */
    int64_t n_order;
    int64_t *fields; /* params as fields of the node */
    int64_t n_fields;
} kernel;

/*===- the weights file -----------------------------------------------------*/

/* What NAME_init returns, in the order of the enum in the header. */
typedef enum weights_status {
    WEIGHTS_READY,
    WEIGHTS_NONE,
    WEIGHTS_SIZE,
    WEIGHTS_BYTE_ORDER,
    WEIGHTS_UNKNOWN,
    WEIGHTS_OTHER,
    WEIGHTS_DAMAGED,
    WEIGHTS_STATUS_COUNT
} weights_status;

/* What the C calls all that has to do with the weights file. */
typedef struct weights_names {
    const char *type;                         /* net_weights, of the file */
    const char *status_type;                  /* net_status */
    const char *status[WEIGHTS_STATUS_COUNT]; /* NET_READY, ... */
    const char *bytes;                        /* NET_WEIGHTS_BYTES */
    const char *crc;                          /* NET_WEIGHTS_CRC */
    const char *link;                         /* NET_LINK_WEIGHTS */
    const char *trust;                        /* NET_TRUST_WEIGHTS */
    const char *data;   /* net_weights_data, the file when it is linked */
    const char *crc_of; /* the source's functions */
    const char *check;
    names members; /* of the type */
    uint32_t crc_value;
} weights_names;

/*===- the plan -------------------------------------------------------------*/

typedef struct item {
    MlirOperation op; /* of a cluster: its first */
    cluster *cluster; /* null: op is printed where it stands */
} item;

typedef struct signs signs;

typedef struct plan {
    arena *a;
    const emit_options *options;
    MlirOperation module;
    MlirOperation step;
    MlirOperation init;
    names global;    /* names of the file, and macros */
    names macros;    /* what no name anywhere may be */
    names arguments; /* of NAME_step */
    names members;   /* of the state */
    storage *buffers;
    int64_t n_buffers;
    int64_t n_inputs; /* of the buffers, the first ones */
    map buffer_of;    /* value -> buffer */
    table *tables;
    int64_t n_tables;
    map table_of;   /* symbol -> table; see plan_word */
    map cluster_of; /* name -> place in the function's attributes */
    map named;      /* name -> item that is a cluster of it */
    item *items;
    int64_t n_items;
    map item_of; /* operation of the body -> item */
    kernel **kernels;
    int64_t n_kernels;
    int64_t kernel_capacity;
    member *state;
    int64_t n_state;
    int64_t state_bytes; /* at most, where at_most */
    bool at_most;        /* i386 aligns eight bytes to four: less padding */
    size_macro *sizes;
    int64_t n_sizes;
    map size_of; /* label -> size */
    int64_t size_capacity;
    const char *state_type; /* net_state */
    const char *guard;      /* NET_H */
    weights_names *weights; /* null: there is no weights file */
    signs *signs;           /* of integers */
    bool has_floats;        /* anywhere in the two functions */
} plan;

/* The key of the n bytes at text, as long as the context lives. */
const void *plan_word(const plan *p, const char *text, size_t n);
/* Reads the module; false after a diagnostic. */
MUST_CHECK bool plan_make(plan *p, MlirOperation module);
/* The buffer that value is; null: it is none. */
storage *plan_buffer(const plan *p, MlirValue value);
/* Which of the tables is the constant behind value. */
int64_t plan_table(const plan *p, MlirValue value);
/* "state->lif1_v", "input": the buffer in NAME_step and NAME_init. */
const char *plan_buffer_text(const plan *p, const storage *b);

/*===- types -----------------------------------------------------------------*/

/* The C type of a value, or of a buffer's or table's elements. */
const c_type *plan_type(const plan *p, MlirValue value);
/* What op takes its operand k as. */
const c_type *plan_operand_type(const plan *p, MlirOperation op, intptr_t k);

/*===- parts of plan_make, in this order ------------------------------------*/

/* Reads the functions, their arguments, the constants. */
MUST_CHECK bool plan_read(plan *p);
/* Decides which integers have a sign in C. */
void plan_signs(plan *p);
/* Decides which tables are in the weights file. */
void plan_weights(plan *p);
/* Makes items and clusters. */
void plan_clusters(plan *p);
/* Finds clusters of equal structure, and what they do not share. */
void plan_kernels(plan *p);
/* Names everything but the members of the state. */
void plan_names(plan *p);
/* Gives the members of the state their place and name. */
void plan_memory(plan *p);

/*===- sizes ----------------------------------------------------------------*/

/* The buffer that c uses with value elements; null: none, or not clear. */
const storage *plan_sized(const plan *p, const cluster *c, int64_t value,
                          bool read);
/* The input or node that a buffer called label, of count elements, is of. */
const char *plan_owner(const plan *p, const char *label, int64_t count);
/* The macro, or literal, for value: a dimension of what the cluster uses. */
const char *plan_size(plan *p, const cluster *c, int64_t value, bool read);
/* A name for a macro. */
const char *plan_macro(plan *p, const char *text);
/* The macro for the number of elements of a buffer. */
const char *plan_buffer_size(plan *p, const storage *b);

#endif
