/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * decide.c - semantics and dt, where the user gave none.
 *
 * The writer of a file is told by its fingerprint (nir_recognize). What its
 * exporter does not write is in the table of variants: several of them are an
 * open question, unless they come to the same step level.
 */
#include "driver/decide.h"

#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "driver/variant.h"
#include "import/import.h"
#include "passes/passes.h"

bool decide_is_open(const snn_options *options)
{
    return !options->semantics || strcmp(options->semantics, "auto") == 0;
}

/*===- the time step --------------------------------------------------------*/

static bool has_time(const nir_net *net)
{
    bool found = false;
    for (int64_t n = 0; n < net->n_nodes && !found; n++) {
        const nir_array *field = net->nodes[n].field;
        found = field[NIR_TAU].count > 0 || field[NIR_TAU_MEM].count > 0 ||
                field[NIR_DELAY_TIME].count > 0;
    }
    return found;
}

/* The writer whose time step counts: with these semantics its own, or any. */
static const nir_suspect *clock_of(const compilation *c, const char *semantics)
{
    if (c->writer == NIR_WRITER_COUNT || c->suspects[c->writer].dt == 0.0) {
        return NULL;
    }
    bool own = variant_is_of(c->writer, semantics);
    bool foreign = !own && passes_default_dt(semantics);
    return foreign ? NULL : &c->suspects[c->writer];
}

static void decide_dt(compilation *c)
{
    snn_options *o = &c->chosen;
    decision *d = &c->decisions[DECIDED_DT];
    const nir_suspect *clock = clock_of(c, o->semantics);
    const char *usual = passes_default_dt(o->semantics);
    *d = (decision){.what = "dt"};
    if (c->given->dt) {
        d->value = c->given->dt;
        d->evidence = "given by the user";
    } else if (clock) {
        bool same = usual && text_read_number(usual, NULL) == clock->dt;
        o->dt = same ? usual : text_number(&c->a, clock->dt);
        d->value = o->dt;
        d->evidence = text_printf(&c->a, "%s in this file", clock->dt_evidence);
        d->guessed = true;
    } else if (usual) {
        d->value = usual;
        d->evidence = text_printf(
            &c->a, "the default of %s; the file does not say it", o->semantics);
        d->guessed = decide_is_open(c->given) && has_time(&c->net);
    }
}

/*===- semantics ------------------------------------------------------------*/

static void choose(compilation *c, const snn_options *options,
                   const char *evidence, bool guessed)
{
    c->chosen = *options;
    c->options = &c->chosen;
    c->decisions[DECIDED_SEMANTICS] = (decision){.what = "semantics",
                                                 .value = c->chosen.semantics,
                                                 .evidence = evidence,
                                                 .guessed = guessed};
    decide_dt(c);
}

static bool has_neuron(const nir_net *net)
{
    bool found = false;
    for (int64_t n = 0; n < net->n_nodes && !found; n++) {
        found = nir_is_neuron(net->nodes[n].kind);
    }
    return found;
}

/* The first neuron that the input meets; -1: there is none. */
static int64_t first_neuron(compilation *c)
{
    int64_t *order = import_order(&c->net, &c->a);
    for (int64_t i = 0; i < c->net.n_nodes; i++) {
        if (nir_is_neuron(c->net.nodes[order[i]].kind)) {
            return order[i];
        }
    }
    return -1;
}

/* Who may have written the file, as evidence: the most marks, or any at all. */
static bool is_suspect(const compilation *c, int w)
{
    int most = 0;
    for (int i = 0; i < NIR_WRITER_COUNT; i++) {
        const nir_suspect *s = &c->suspects[i];
        most = !s->against && s->marks > most ? s->marks : most;
    }
    return !c->suspects[w].against && c->suspects[w].marks == most;
}

static bool has_marks(const compilation *c)
{
    bool found = false;
    for (int w = 0; w < NIR_WRITER_COUNT; w++) {
        found = found || (is_suspect(c, w) && c->suspects[w].marks > 0);
    }
    return found;
}

/* "Norse (names ...) or Sinabs (names ...)" */
static const char *suspects_text(compilation *c)
{
    buf text = {.a = &c->a};
    buf_text(&text, "");
    for (int w = 0; w < NIR_WRITER_COUNT; w++) {
        if (is_suspect(c, w)) {
            const nir_suspect *s = &c->suspects[w];
            buf_printf(&text, "%s%s (%s)", text.size > 0 ? " or " : "",
                       s->framework, s->evidence);
        }
    }
    return text.text;
}

static const char *evidence_text(compilation *c)
{
    if (c->writer < NIR_WRITER_COUNT) {
        const nir_suspect *s = &c->suspects[c->writer];
        return text_printf(&c->a, "written by %s: %s", s->framework,
                           s->evidence);
    }
    return has_marks(c)
               ? text_printf(&c->a, "may be written by %s", suspects_text(c))
               : NULL;
}

/* Adds the variants of a writer that this network can mean. */
static void add_variants(compilation *c, int writer, variant_list *list)
{
    bool named = writer < NIR_WRITER_COUNT;
    bool sure = c->writer != NIR_WRITER_COUNT;
    variant_add(list, (nir_writer)writer, c,
                named ? c->suspects[writer].dt : 0.0,
                named && !sure ? c->suspects[writer].framework : NULL);
}

bool decide_find(compilation *c)
{
    c->given = c->options;
    if (!decide_is_open(c->given)) {
        choose(c, c->given, "given by the user", false);
        return true;
    }
    if (!has_neuron(&c->net)) {
        snn_options any = *c->given;
        any.semantics = "nir";
        choose(c, &any, "no neuron: all semantics compute the same", false);
        return true;
    }
    variant_list list = {0};
    bool marks = has_marks(c);
    for (int w = 0; w < NIR_WRITER_COUNT; w++) {
        bool sure = c->writer != NIR_WRITER_COUNT;
        if (sure ? (int)c->writer == w : is_suspect(c, w)) {
            add_variants(c, w, &list);
        }
    }
    if (!marks) {
        add_variants(c, NIR_WRITER_COUNT, &list);
    }
    if (list.n > 1) {
        variant_compare(&list, c, first_neuron(c));
    }
    const char *evidence = evidence_text(c);
    if (list.n == 1 && marks) {
        choose(c, &list.options[0], evidence, true);
        return true;
    }
    c->decisions[DECIDED_SEMANTICS] = (decision){.what = "semantics",
                                                 .evidence = evidence,
                                                 .candidates = list.candidates,
                                                 .n_candidates = list.n};
    c->decisions[DECIDED_DT] =
        (decision){.what = "dt",
                   .value = c->given->dt,
                   .evidence = c->given->dt ? "given by the user" : NULL};
    return false;
}

/*===- words ----------------------------------------------------------------*/

/* What may be missing, though all that is there is clear. */
static const char *losses(compilation *c)
{
    return text_printf(&c->a, "; if the network had any, its file lacks %s",
                       variant_lost(c->writer));
}

/*
 * The user asks for another simulator than the file's writer. What is not of
 * any framework (nir, ...) takes the file as it is, whoever wrote it.
 */
static bool is_foreign(const compilation *c)
{
    const char *semantics = c->given->semantics;
    return !decide_is_open(c->given) && c->writer < NIR_WRITER_COUNT &&
           strncmp(semantics, "nir", 3) != 0 &&
           !variant_is_of(c->writer, semantics);
}

void decide_tell(compilation *c)
{
    if (is_foreign(c)) {
        const nir_suspect *w = &c->suspects[c->writer];
        diag_note(&c->d, c->given->model,
                  "written by %s: %s; --semantics=%s is another simulator's",
                  w->framework, w->evidence, c->given->semantics);
    }
    const decision *s = &c->decisions[DECIDED_SEMANTICS];
    const decision *t = &c->decisions[DECIDED_DT];
    if (s->value && s->guessed) {
        diag_note(&c->d, c->given->model, "%s; so --semantics=%s%s",
                  s->evidence, s->value,
                  c->writer == NIR_BY_ROCKPOOL ? losses(c) : "");
    }
    if (t->value && t->guessed) {
        diag_note(&c->d, c->given->model, "the time step is %s: %s", t->value,
                  t->evidence);
    }
}

bool decide_knows_time(const compilation *c)
{
    const decision *d = &c->decisions[DECIDED_SEMANTICS];
    bool known = true;
    for (int64_t i = 0; i < d->n_candidates; i++) {
        known = known && !d->candidates[i].untimed;
    }
    return known;
}

const char *decide_reason(compilation *c)
{
    if (c->writer < NIR_WRITER_COUNT) {
        return text_printf(&c->a,
                           "%s; but its files do not say %s, so give the "
                           "options of one candidate, or others",
                           c->decisions[DECIDED_SEMANTICS].evidence,
                           variant_lost(c->writer));
    }
    if (has_marks(c)) {
        return text_printf(&c->a, "%s, so give the options of one candidate",
                           c->decisions[DECIDED_SEMANTICS].evidence);
    }
    return "the file does not say what a time step computes, so give the "
           "options of one candidate, or others";
}

const char *decide_candidate_text(const candidate *k, arena *a)
{
    const char *head = text_printf(a, "%s: %s", k->options, k->meaning);
    return k->formula ? text_printf(a, "%s; '%s' computes %s", head, k->node,
                                    k->formula)
                      : head;
}

bool decide(compilation *c)
{
    if (decide_find(c)) {
        decide_tell(c);
        return true;
    }
    const decision *s = &c->decisions[DECIDED_SEMANTICS];
    diag_error(&c->d, c->given->model, "%s", decide_reason(c));
    for (int64_t i = 0; i < s->n_candidates; i++) {
        diag_note(&c->d, c->given->model, "%s",
                  decide_candidate_text(&s->candidates[i], &c->a));
    }
    return false;
}

void decide_json(const compilation *c, json *j)
{
    json_open(j, "decisions", '[');
    for (int i = 0; i < DECIDED_COUNT; i++) {
        const decision *d = &c->decisions[i];
        if (!d->what) {
            continue; /* the file has errors */
        }
        json_open(j, NULL, '{');
        json_text(j, "what", d->what);
        json_text(j, "value", d->value);
        json_text(j, "evidence", d->evidence);
        json_bool(j, "guessed", d->guessed);
        json_open(j, "candidates", '[');
        for (int64_t k = 0; k < d->n_candidates; k++) {
            json_open(j, NULL, '{');
            json_text(j, "options", d->candidates[k].options);
            json_text(j, "meaning", d->candidates[k].meaning);
            json_text(j, "node", d->candidates[k].node);
            json_text(j, "formula", d->candidates[k].formula);
            json_close(j, '}');
        }
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
}
