/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * check.c - snn_check: what keeps a file from being built.
 */
#include <inttypes.h>

#include "driver/decide.h"
#include "driver/survey.h"

/* Problems as they are printed elsewhere, then what is to be said in the end.
 */
static void print_text(const survey *s, buf *out)
{
    static const char *const severities[] = {"error", "warning", "note",
                                             "help"};
    const char *file = s->options.model;
    for (int64_t i = 0; i < s->n_problems; i++) {
        const problem *p = &s->problems[i];
        const char *colon = p->node ? ":" : "";
        const char *node = p->node ? p->node : "";
        buf_printf(out, "%s%s%s: %s: %s\n", file, colon, node,
                   severities[p->severity], p->text);
        if (p->help) {
            buf_printf(out, "%s%s%s: help: %s\n", file, colon, node, p->help);
        }
    }
    for (int i = 0; i < s->n_needs; i++) {
        buf_printf(out, "%s: needs %s: %s\n", file, s->needs[i].option,
                   s->needs[i].why);
    }
    survey_candidates(s, out);
    buf_printf(out, "%s: %" PRId64 " error%s, %" PRId64 " warning%s%s\n", file,
               s->c.d.errors, s->c.d.errors == 1 ? "" : "s", s->warnings,
               s->warnings == 1 ? "" : "s",
               s->compiled         ? "; it compiles"
               : s->c.d.errors > 0 ? "; it cannot be built"
                                   : "; it can be built once the options above "
                                     "are given");
}

static void print_json(const survey *s, buf *out)
{
    json j = {.out = out};
    json_open(&j, NULL, '{');
    json_text(&j, "file", s->options.model);
    if (s->compiled || s->c.d.errors > 0) {
        json_bool(&j, "compiles", s->compiled);
    } else {
        json_none(&j, "compiles");
    }
    json_int(&j, "errors", s->c.d.errors);
    json_int(&j, "warnings", s->warnings);
    survey_problems(s, &j);
    json_open(&j, "needs", '[');
    for (int i = 0; i < s->n_needs; i++) {
        json_open(&j, NULL, '{');
        json_text(&j, "option", s->needs[i].option);
        json_text(&j, "why", s->needs[i].why);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    decide_json(&s->c, &j);
    json_close(&j, '}');
}

bool snn_check(const snn_options *options, bool as_json,
               void (*write)(const char *text, int64_t size, void *user))
{
    survey s;
    survey_make(&s, options, SURVEY_CHECK);
    buf out = {.a = &s.c.a};
    bool good = !compile_interrupted(&s.c);
    if (good) {
        (as_json ? print_json : print_text)(&s, &out);
        write(out.text, out.size, options->user);
        good = s.c.d.errors == 0;
    }
    survey_close(&s);
    return good;
}
