/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * facts_integers.c - the widths of codes from the IR's types, their bytes from
 * the generated C.
 */
#include "driver/facts_integers.h"

#include <string.h>

#include "base/text.h"
#include "driver/quantize.h"
#include "ir/ir.h"
#include "mlir-c/Dialect/Quant.h"

/*===- the decision ---------------------------------------------------------*/

/* 0: it is no type of codes. */
static unsigned bits_of(MlirValue value)
{
    MlirType type = ir_element(value);
    return mlirTypeIsAQuantizedType(type)
               ? mlirQuantizedTypeGetStorageTypeIntegralWidth(type)
               : 0;
}

static bool has_weight(MlirOperation op)
{
    return ir_is(op, "snn.linear") || ir_is(op, "snn.conv");
}

/* Feedback may compute a node once more, for the step before. */
static bool is_listed(MlirOperation *ops, int64_t i, arena *a)
{
    const char *name = ir_get_text(ops[i], "node", a);
    for (int64_t k = 0; k < i; k++) {
        if (has_weight(ops[k]) &&
            strcmp(ir_get_text(ops[k], "node", a), name) == 0) {
            return true;
        }
    }
    return false;
}

/* "fc1 int8 by channel, fc2 int8 by channel" */
static void put_weights(MlirBlock body, buf *text)
{
    int64_t n;
    MlirOperation *ops = ir_list(body, text->a, &n);
    for (int64_t i = 0; i < n; i++) {
        if (!has_weight(ops[i]) || is_listed(ops, i, text->a)) {
            continue;
        }
        MlirValue weight = mlirOperationGetOperand(ops[i], 1);
        bool by_channel =
            mlirTypeIsAUniformQuantizedPerAxisType(ir_element(weight));
        if (bits_of(weight) > 0) {
            buf_printf(text, "%s%s int%u by %s", text->size > 0 ? ", " : "",
                       ir_get_text(ops[i], "node", text->a), bits_of(weight),
                       by_channel ? "channel" : "tensor");
        }
    }
}

/* "; states int32", or "; states lif1.v int16, lif2.v int32" */
static void put_states(MlirOperation step, MlirBlock body, buf *text)
{
    MlirAttribute names = ir_get(step, "state_names");
    intptr_t n = mlirArrayAttrGetNumElements(names);
    intptr_t first = mlirBlockGetNumArguments(body) - n;
    unsigned least = 0, most = 0;
    for (intptr_t i = 0; i < n; i++) {
        unsigned bits = bits_of(mlirBlockGetArgument(body, first + i));
        least = bits > 0 && (least == 0 || bits < least) ? bits : least;
        most = bits > most ? bits : most;
    }
    const char *mark = text->size > 0 ? "; " : "";
    if (least > 0 && least == most) {
        buf_printf(text, "%sstates int%u", mark, most);
        return;
    }
    for (intptr_t i = 0; i < n; i++) {
        unsigned bits = bits_of(mlirBlockGetArgument(body, first + i));
        MlirStringRef s =
            mlirStringAttrGetValue(mlirArrayAttrGetElement(names, i));
        if (bits > 0) {
            buf_printf(text, "%s%.*s int%u", mark, (int)s.length, s.data, bits);
            mark = ", ";
        }
    }
}

void facts_note_integers(compilation *c)
{
    MlirOperation step = compile_find_step(c);
    MlirBlock body = ir_body(step, 0);
    buf text = {.a = &c->a};
    buf_text(&text, "");
    put_weights(body, &text);
    put_states(step, body, &text);
    c->decisions[DECIDED_QUANTIZE] =
        (decision){.what = "quantize",
                   .value = text.text,
                   .evidence = quantize_evidence(c->options)};
}

/*===- bytes ----------------------------------------------------------------*/

/* Adds to the node that has the name, if one does. */
static void add(survey *s, int64_t *bytes, const char *name, int64_t more)
{
    int64_t node = compile_seek_node(&s->c, name);
    if (node >= 0) {
        bytes[node] += more;
    }
}

/* "lif.v" is a node's own state; "lif.prev", for feedback, is no node's. */
static void add_state(survey *s, int64_t *bytes, const emit_state *state)
{
    const char *dot = strrchr(state->label, '.');
    if (dot && strncmp(dot, ".prev", 5) != 0) {
        add(s, bytes, arena_text(&s->c.a, state->label, dot - state->label),
            state->count * state->bytes);
    }
}

void facts_count_integers(survey *s, facts *f)
{
    const nir_net *net = &s->c.net;
    const emit_report *r = &s->code.report;
    if (!s->options.quantize) {
        return;
    }
    int64_t *ram = ARENA_ARRAY(&s->c.a, int64_t, net->n_nodes);
    int64_t *rom = ARENA_ARRAY(&s->c.a, int64_t, net->n_nodes);
    for (int64_t i = 0; i < r->n_states && s->compiled; i++) {
        add_state(s, ram, &r->states[i]);
    }
    for (int64_t i = 0; i < r->n_constants && s->compiled; i++) {
        add(s, rom, r->constants[i].label, r->constants[i].bytes);
    }
    f->state_bytes = 0;
    f->const_bytes = 0;
    for (int64_t i = 0; i < f->n_nodes; i++) {
        node_facts *n = &f->nodes[i];
        int64_t at = n->node - net->nodes;
        n->state_bytes = s->compiled ? ram[at] : -1;
        n->const_bytes = s->compiled ? rom[at] : -1;
        f->state_bytes += ram[at];
        f->const_bytes += rom[at];
    }
}
