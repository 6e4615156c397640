/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * survey.c - goes the road of `build` as far as it leads, and collects.
 *
 * A file with errors is read, and its shapes and loops are looked at, as far as
 * they are known. A file without errors is compiled to C, so that what is said
 * of it is what `build` would say. Without a time step that the network needs
 * the road ends before time does.
 */
#include "driver/survey.h"

#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "driver/decide.h"
#include "driver/facts_integers.h"
#include "driver/formula.h"
#include "import/import.h"
#include "passes/passes.h"

/*===- problems -------------------------------------------------------------*/

/* The node in "file:node"; a name of a file may have colons of its own. */
static const char *node_of(const survey *s, const char *where)
{
    size_t n = strlen(s->options.model);
    bool inside = strncmp(where, s->options.model, n) == 0 && where[n] == ':';
    return inside ? where + n + 1 : NULL;
}

static const char *copy(survey *s, const char *text)
{
    return text ? arena_text(&s->c.a, text, (int64_t)strlen(text)) : NULL;
}

static void take(diag_severity severity, const char *where, const char *text,
                 void *user)
{
    survey *s = user;
    if (severity == DIAG_HELP && s->n_problems > 0) {
        s->problems[s->n_problems - 1].help = copy(s, text);
        return;
    }
    s->problems = arena_grow(&s->c.a, s->problems, s->n_problems, &s->capacity,
                             sizeof *s->problems);
    s->problems[s->n_problems++] = (problem){.severity = severity,
                                             .node = copy(s, node_of(s, where)),
                                             .text = copy(s, text)};
    s->warnings += severity == DIAG_WARNING ? 1 : 0;
}

static bool ask(void *user)
{
    const survey *s = user;
    return s->options.interrupted(s->options.user);
}

void survey_report(const survey *s, const snn_options *options)
{
    static const snn_severity severities[] = {SNN_ERROR, SNN_WARNING, SNN_NOTE,
                                              SNN_HELP};
    for (int64_t i = 0; i < s->n_problems && options->report; i++) {
        const problem *p = &s->problems[i];
        arena a = {0};
        const char *where =
            p->node ? text_printf(&a, "%s:%s", s->options.model, p->node)
                    : s->options.model;
        options->report(severities[p->severity], where, p->text, options->user);
        if (p->help) {
            options->report(SNN_HELP, where, p->help, options->user);
        }
        arena_free(&a);
    }
}

void survey_problems(const survey *s, json *j)
{
    static const char *const severities[] = {"error", "warning", "note",
                                             "help"};
    json_open(j, "problems", '[');
    for (int64_t i = 0; i < s->n_problems; i++) {
        const problem *p = &s->problems[i];
        json_open(j, NULL, '{');
        json_text(j, "severity", severities[p->severity]);
        json_text(j, "node", p->node);
        json_text(j, "text", p->text);
        json_text(j, "help", p->help);
        json_close(j, '}');
    }
    json_close(j, ']');
}

/*===- options --------------------------------------------------------------*/

/* Marks the nodes from which a way leads to an Output of the network. */
static bool *needed_nodes(survey *s)
{
    const nir_net *net = &s->c.net;
    bool *needed = ARENA_ARRAY(&s->c.a, bool, net->n_nodes);
    int64_t *stack = ARENA_ARRAY(&s->c.a, int64_t, net->n_nodes);
    int64_t *first = ARENA_ARRAY(&s->c.a, int64_t, net->n_nodes + 2);
    int64_t *source = ARENA_ARRAY(&s->c.a, int64_t, net->n_edges);
    int64_t height = 0;
    for (int64_t e = 0; e < net->n_edges; e++) {
        first[net->edges[e].target + 2]++;
    }
    for (int64_t n = 0; n < net->n_nodes; n++) {
        first[n + 2] += first[n + 1];
        needed[n] = net->nodes[n].top && net->nodes[n].kind == NIR_OUTPUT;
        if (needed[n]) {
            stack[height++] = n;
        }
    }
    for (int64_t e = 0; e < net->n_edges; e++) {
        source[first[net->edges[e].target + 1]++] = net->edges[e].source;
    }
    while (height > 0) {
        int64_t n = stack[--height];
        for (int64_t i = first[n]; i < first[n + 1]; i++) {
            if (!needed[source[i]]) {
                needed[source[i]] = true;
                stack[height++] = source[i];
            }
        }
    }
    return needed;
}

/* What of a node depends on the time step; NULL: nothing. */
static const char *time_of(survey *s, const nir_node *node)
{
    static const nir_field fields[] = {NIR_DELAY_TIME, NIR_TAU, NIR_TAU_SYN,
                                       NIR_R};
    const nir_array *delay = &node->field[NIR_DELAY_TIME];
    bool waits = false;
    for (int64_t i = 0; i < delay->count && !waits; i++) {
        waits = nir_number(delay, i) > 0;
    }
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const nir_array *x = &node->field[fields[i]];
        if ((waits || nir_is_neuron(node->kind)) && x->count > 0) {
            return text_printf(&s->c.a, "'%s' of '%s' is %s",
                               nir_field_name(fields[i]), node->name,
                               nir_number_text(x, 0, &s->c.a));
        }
    }
    return NULL;
}

/* The first thing that needs a time step; NULL: nothing does. */
static const char *why_time(survey *s)
{
    bool *needed = needed_nodes(s);
    const char *why = NULL;
    for (int64_t n = 0; n < s->c.net.n_nodes && !why; n++) {
        why = needed[n] ? time_of(s, &s->c.net.nodes[n]) : NULL;
    }
    return why;
}

/* What is open; true if it compiles up to a time step at least. */
static bool find_needs(survey *s)
{
    bool open = decide_is_open(&s->options);
    bool known = open && decide_knows_time(&s->c);
    if (open) {
        s->needs[s->n_needs++] = (need){"--semantics", decide_reason(&s->c)};
        s->options.semantics = "nir"; /* what can be checked is in any */
    }
    const char *why = compile_dt(&s->options) ? NULL : why_time(s);
    if (why && !known) {
        s->needs[s->n_needs++] = (need){
            "--dt", text_printf(&s->c.a,
                                "%s in the file's unit of time, which is "
                                "seconds in most",
                                why)};
    }
    return !why;
}

void survey_candidates(const survey *s, buf *out)
{
    const decision *d = &s->c.decisions[DECIDED_SEMANTICS];
    for (int64_t i = 0; i < d->n_candidates; i++) {
        buf_printf(out, "%s: candidate %s\n", s->options.model,
                   decide_candidate_text(&d->candidates[i], out->a));
    }
}

/*===- the road -------------------------------------------------------------*/

/* A step beyond 'tau' is legal, and rarely meant. */
static void warn_of_step(survey *s, const nir_node *node, nir_field field)
{
    const nir_array *tau = &node->field[field];
    bool euler =
        decide_is_open(&s->options) || strcmp(s->options.semantics, "nir") == 0;
    double least = tau->count > 0 ? nir_number(tau, 0) : 0;
    for (int64_t i = 1; i < tau->count; i++) {
        least = nir_number(tau, i) < least ? nir_number(tau, i) : least;
    }
    if (!euler || node->broken || tau->count == 0 || s->dt <= least) {
        return;
    }
    const char *where = nir_where(&s->c.net, node, &s->c.a);
    const char *number = text_number(&s->c.a, least);
    diag_warning(&s->c.d, where,
                 "the time step %s is above '%s', which is %s: forward Euler "
                 "%s",
                 s->options.dt, nir_field_name(field), number,
                 s->dt > 2 * least ? "diverges" : "overshoots");
    diag_help(&s->c.d, where,
              "--dt=%s or less does not, nor does --semantics=nir-exact",
              number);
}

static void warn_of_steps(survey *s)
{
    static const nir_field fields[] = {NIR_TAU, NIR_TAU_SYN, NIR_TAU_MEM};
    for (int64_t n = 0; s->dt > 0 && n < s->c.net.n_nodes; n++) {
        for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
            warn_of_step(s, &s->c.net.nodes[n], fields[i]);
        }
    }
}

/*
 * After reading without an error: to C with all options, else as far as checks
 * need it.
 */
static void compile(survey *s, survey_goal goal, bool timed)
{
    if (s->n_needs == 0 && compile_to(&s->c, STAGE_STEP)) {
        s->updates = formulas_of(&s->c);
        bool good = compile_to(&s->c, STAGE_QUANTIZED);
        if (good && s->c.options->quantize) {
            facts_note_integers(&s->c);
        }
        s->compiled = good && generate(&s->c, &s->code);
    } else if (s->n_needs > 0 && goal == SURVEY_CHECK &&
               !compile_to(&s->c, timed ? STAGE_STEP : STAGE_NETWORK)) {
        return; /* reported */
    }
}

void survey_make(survey *s, const snn_options *options, survey_goal goal)
{
    *s = (survey){.options = *options};
    bool f64 = options->type && strcmp(options->type, "f64") == 0;
    diag d = {.report = take,
              .interrupted = options->interrupted ? ask : NULL,
              .user = s};
    bool good = compile_survey(&s->c, &s->options, d);
    if (s->c.net.n_nodes == 0 || compile_interrupted(&s->c)) {
        return;
    }
    if (good && decide_find(&s->c)) {
        s->options = s->c.chosen;
        decide_tell(&s->c);
    }
    const char *dt = compile_dt(&s->options);
    s->dt = dt ? text_read_number(dt, NULL) : 0;
    s->dt = s->dt > 0 && s->dt < INFINITY ? s->dt : 0;
    good = nir_find_loops(&s->c.net, s->dt, &s->c.a, &s->c.d) && good;
    good = (f64 || import_check_numbers(&s->c.net, &s->c.a, &s->c.d)) && good;
    warn_of_steps(s);
    if (good) {
        compile(s, goal, find_needs(s));
    }
}

void survey_close(survey *s) { compile_close(&s->c); }
