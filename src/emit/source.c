/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * source.c - puts the source together: sizes, constants, kernels, functions.
 */
#include <inttypes.h>
#include <string.h>

#include "emit/body.h"
#include "emit/header.h"
#include "emit/layout.h"
#include "emit/operation.h"
#include "emit/table.h"
#include "emit/weights.h"
#include "ir/ir.h"

/*===- nodes ----------------------------------------------------------------*/

static void print_node_type(const plan *p, const kernel *k, buf *out)
{
    layout_comment(out, 0,
                   text_printf(p->a, "What %s knows of a node.", k->name));
    buf_printf(out, "typedef struct %s {\n", k->node_type);
    for (int64_t i = 0; i < k->n_fields; i++) {
        const param *q = &k->params[k->fields[i]];
        bool pointer = q->kind == PARAM_TABLE;
        buf_printf(out, "    %s%s %s%s;\n", pointer ? "const " : "",
                   q->type->name, pointer ? "*" : "", q->name);
    }
    buf_printf(out, "} %s;\n\n", k->node_type);
}

/* What q is for c. */
static const char *argument(plan *p, body *b, const cluster *c, const param *q)
{
    const leaf *l = &c->leaves[q->leaf];
    switch (l->kind) {
    case LEAF_BUFFER:
        return plan_buffer_text(p, &p->buffers[l->number]);
    case LEAF_TABLE:
        return p->tables[l->number].text;
    case LEAF_NUMBER:
        return table_element(p->a, &p->tables[l->number], 0);
    case LEAF_INDEX:
        return plan_size(p, c, l->number, strcmp(q->name, "n_in") == 0);
    case LEAF_CONSTANT:
        return type_literal(p->a, (MlirAttribute){l->id}, q->type);
    case LEAF_SCALAR:
        break;
    }
    return term_value(p->a, term_as(p->a, body_value(b, l->value), q->type));
}

static void print_node(plan *p, const cluster *c, buf *out)
{
    const kernel *k = c->kernel;
    buf_printf(out, "static const %s %s = {\n", k->node_type, c->node);
    for (int64_t i = 0; i < k->n_fields; i++) {
        const param *q = &k->params[k->fields[i]];
        layout_line(
            out, 1,
            text_printf(p->a, ".%s = %s,", q->name, argument(p, NULL, c, q)));
    }
    buf_text(out, "};\n\n");
}

/* The tables that a cluster is the first to read, then its node. */
static void print_constants(plan *p, buf *out)
{
    for (int64_t i = 0; i < p->n_items; i++) {
        const cluster *c = p->items[i].cluster;
        for (int64_t t = c ? c->tables : 0; t > 0; t = p->tables[t - 1].next) {
            if (!p->tables[t - 1].in_file) {
                table_print(p, &p->tables[t - 1], out);
            }
        }
        if (c && c->node) {
            print_node(p, c, out);
        }
    }
}

/* Tables that NAME_init and what is not in a cluster read. */
static void print_other_tables(plan *p, buf *out)
{
    for (int64_t i = 0; i < p->n_tables; i++) {
        const table *t = &p->tables[i];
        if (t->name && !t->owner && !t->in_file) {
            table_print(p, t, out);
            buf_text(out, "\n");
        }
    }
}

/*===- kernels --------------------------------------------------------------*/

static const char *parameter(const plan *p, const param *q)
{
    if (q->kind == PARAM_BUFFER || q->kind == PARAM_WEIGHTS) {
        return text_printf(p->a, "%s%s *%s", q->is_written ? "" : "const ",
                           q->type->name, q->name);
    }
    return text_printf(p->a, "%s %s", q->type->name, q->name);
}

static void print_kernel_head(const plan *p, const kernel *k, buf *out)
{
    buf head = {.a = p->a};
    MlirValue result = k->clusters[0]->result;
    const char *type =
        mlirValueIsNull(result) ? "void" : plan_type(p, result)->name;
    buf_printf(&head, "static inline %s %s(", type, k->name);
    if (k->node_type) {
        buf_printf(&head, "const %s *node", k->node_type);
    }
    for (int64_t i = 0; i < k->n_order; i++) {
        bool first = i == 0 && !k->node_type;
        buf_printf(&head, "%s%s", first ? "" : ", ",
                   parameter(p, &k->params[k->order[i]]));
    }
    buf_text(&head, k->n_order == 0 && !k->node_type ? "void)" : ")");
    layout_line(out, 0, head.text);
}

static void print_kernel(plan *p, const kernel *k, buf *out)
{
    const cluster *c = k->clusters[0];
    if (k->note[0]) {
        layout_comment(out, 0, k->note);
    }
    print_kernel_head(p, k, out);
    buf_text(out, "{\n");
    body b = body_begin(p, out, c);
    for (int64_t i = 0; i < c->n_ops; i++) {
        body_op(&b, c->ops[i]);
    }
    if (!mlirValueIsNull(c->result)) {
        term t =
            term_as(p->a, body_value(&b, c->result), plan_type(p, c->result));
        body_line(&b, "return %s;", term_value(p->a, t));
    }
    buf_text(out, "}\n\n");
}

/*===- functions ------------------------------------------------------------*/

/* "const uint32_t n_lif1 = lif_events(&lif1, ...);" */
static void print_call(plan *p, body *b, const cluster *c)
{
    const kernel *k = c->kernel;
    buf call = {.a = p->a};
    buf_printf(&call, "%s(", k->name);
    if (k->node_type) {
        buf_printf(&call, "&%s", c->node);
    }
    for (int64_t i = 0; i < k->n_order; i++) {
        bool first = i == 0 && !k->node_type;
        buf_printf(&call, "%s%s", first ? "" : ", ",
                   argument(p, b, c, &k->params[k->order[i]]));
    }
    body_flush(b, false);
    if (mlirValueIsNull(c->result)) {
        body_line(b, "%s);", call.text);
        return;
    }
    const c_type *type = plan_type(p, c->result);
    const char *wanted = type->kind == TYPE_UINT
                             ? text_printf(p->a, "n_%s", c->name)
                             : text_printf(p->a, "%s_value", c->name);
    const char *name = names_take(&b->scope, wanted);
    body_line(b, "const %s %s = %s);", type->name, name, call.text);
    body_bind(b, c->result, term_atom(name, type), false);
}

/* Says of arguments that nothing uses them. */
static void print_unused(const plan *p, body *b)
{
    bool uses_state = p->weights != NULL;
    for (int64_t i = 0; i < p->n_buffers; i++) {
        const storage *s = &p->buffers[i];
        bool is_member = s->role == BUFFER_STATE || s->role == BUFFER_SCRATCH;
        bool used = s->count > 0
                        ? s->first >= 0
                        : !mlirOpOperandIsNull(mlirValueGetFirstUse(s->value));
        uses_state = uses_state || (is_member && used);
        if (!is_member && !used) {
            body_line(b, "(void)%s;", s->name);
        }
    }
    if (!uses_state) {
        body_line(b, "(void)state;");
    }
}

static void print_step(plan *p, buf *out)
{
    layout_line(out, 0, header_step(p));
    buf_text(out, "{\n");
    body b = body_begin(p, out, NULL);
    print_unused(p, &b);
    if (p->weights) { /* without them, nothing happens */
        body_line(&b, "if (state->weights != NULL) {");
        b.indent++;
    }
    for (int64_t i = 0; i < p->n_items; i++) {
        if (p->items[i].cluster) {
            print_call(p, &b, p->items[i].cluster);
        } else {
            body_op(&b, p->items[i].op);
        }
    }
    buf_text(out, p->weights ? "    }\n}\n" : "}\n");
}

/* The states as they are before the first step. */
static void print_initial(plan *p, body *b)
{
    MlirBlock block = ir_body(p->init, 0);
    MlirOperation end = mlirBlockGetTerminator(block);
    for (MlirOperation op = mlirBlockGetFirstOperation(block);
         !mlirOperationEqual(op, end); op = mlirOperationGetNextInBlock(op)) {
        body_op(b, op);
    }
}

static void print_init(plan *p, buf *out)
{
    layout_line(out, 0, header_init(p));
    buf_text(out, "{\n");
    body b = body_begin(p, out, NULL);
    int64_t before = out->size;
    if (p->weights) {
        weights_open_init(p, &b);
        print_initial(p, &b);
        weights_close_init(&b);
    } else {
        print_initial(p, &b);
    }
    if (out->size == before) {
        body_line(&b, "(void)state;");
    }
    buf_text(out, "}\n\n");
}

/*===- all ------------------------------------------------------------------*/

static void print_opening(const plan *p, buf *out)
{
    const emit_options *o = p->options;
    layout_comment(out, 0,
                   text_printf(p->a,
                               "%s.c - see %s.h. Generated by snn-mlir %s; not "
                               "to edit.",
                               o->name, o->name, o->version ? o->version : ""));
    buf_printf(out, "#include \"%s.h\"\n\n", o->name);
    /* Under its pragma, gcc forgets the vectorizer of -O2: half the speed. */
    if (!p->has_floats) {
        return;
    }
    buf_text(
        out,
        "/* Every operation is rounded once, at any optimization level. */\n"
        "#if defined(__FAST_MATH__)\n"
        "#error \"-ffast-math changes what this network computes\"\n"
        "#elif defined(__clang__)\n"
        "#pragma STDC FP_CONTRACT OFF\n"
        "#elif defined(__GNUC__)\n"
        "#pragma GCC optimize(\"fp-contract=off\", \"tree-vectorize\")\n"
        "#endif\n\n");
}

static void print_sizes(const plan *p, buf *out)
{
    bool any = false;
    for (int64_t i = 0; i < p->n_sizes; i++) {
        const size_macro *s = &p->sizes[i];
        if (s->is_used) {
            buf_printf(out, "#define %s %" PRId64 "U\n", s->macro, s->value);
            any = true;
        }
    }
    buf_text(out, any ? "\n" : "");
}

static void print_asserts(const plan *p, buf *out)
{
    if (p->has_floats) {
        buf_text(out, "_Static_assert(sizeof(float) == 4U, \"float is IEEE 754 "
                      "binary32\");\n");
        buf_text(out, "_Static_assert(sizeof(double) == 8U, \"double is IEEE "
                      "754 binary64\");\n");
    }
    layout_line(out, 0,
                text_printf(p->a,
                            "_Static_assert(sizeof(%s) %s %" PRId64
                            "U, \"state size in the header\");",
                            p->state_type,
                            p->at_most ? "<=" : "==", p->state_bytes));
    if (p->weights) {
        weights_print_assert(p, out);
    }
    buf_text(out, "\n");
}

/* Of the sizes and numbers in a computation's struct. */
static int64_t struct_bytes(const cluster *c)
{
    int64_t total = 0;
    for (int64_t q = 0; c && c->node && q < c->kernel->n_params; q++) {
        const param *of = &c->kernel->params[q];
        bool held = of->kind == PARAM_SIZE || of->kind == PARAM_NUMBER;
        total += held ? of->type->size : 0;
    }
    return total;
}

int64_t source_const_bytes(const plan *p)
{
    int64_t total = 0;
    for (int64_t i = 0; i < p->n_tables; i++) {
        if (p->tables[i].name && !p->tables[i].in_file) {
            total += p->tables[i].count * p->tables[i].element->size;
        }
    }
    for (int64_t i = 0; i < p->n_items; i++) {
        total += struct_bytes(p->items[i].cluster);
    }
    return total;
}

void source_list_constants(const plan *p, emit_report *report)
{
    emit_constants *all = ARENA_ARRAY(p->a, emit_constants, p->n_items);
    for (int64_t i = 0; i < p->n_items; i++) {
        const cluster *c = p->items[i].cluster;
        int64_t bytes = struct_bytes(c);
        for (int64_t t = c ? c->tables : 0; t > 0; t = p->tables[t - 1].next) {
            const table *of = &p->tables[t - 1];
            bytes += of->count * of->element->size;
        }
        if (bytes > 0) {
            all[report->n_constants++] = (emit_constants){c->name, bytes};
        }
    }
    report->constants = all;
}

void source_print(plan *p, buf *out)
{
    buf code = {.a = p->a}; /* what it uses decides on the macros before it */
    for (int64_t i = 0; i < p->n_kernels; i++) {
        if (p->kernels[i]->node_type) {
            print_node_type(p, p->kernels[i], &code);
        }
    }
    print_constants(p, &code);
    print_other_tables(p, &code);
    for (int64_t i = 0; i < p->n_kernels; i++) {
        print_kernel(p, p->kernels[i], &code);
    }
    if (p->weights) {
        weights_print_check(p, &code);
    }
    print_init(p, &code);
    print_step(p, &code);
    print_opening(p, out);
    print_sizes(p, out);
    print_asserts(p, out);
    buf_bytes(out, code.text, code.size);
}
