/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * survey.h - all that can be said of a file in one go, for `check` and
 * `inspect`; for src/driver only.
 */
#ifndef SNN_DRIVER_SURVEY_H
#define SNN_DRIVER_SURVEY_H

#include "base/json.h"
#include "driver/generate.h"

typedef struct problem {
    diag_severity severity;
    const char *node; /* NULL: the file, or the network as a whole */
    const char *text;
    const char *help; /* NULL: there is none */
} problem;

/* An option without which the network cannot be built. */
typedef struct need {
    const char *option; /* "--dt" */
    const char *why;
} need;

enum { SURVEY_MAX_NEEDS = 2 };

typedef struct survey {
    compilation c; /* c.net: what could be read */
    snn_options options;
    double dt; /* 0: not known */
    problem *problems;
    int64_t n_problems;
    int64_t capacity;
    int64_t warnings; /* errors are c.d.errors */
    need needs[SURVEY_MAX_NEEDS];
    int n_needs;
    const char **updates; /* by node, see formula.h; NULL: no step was made */
    bool compiled; /* all the way to C, with the options as they are needed */
    generated code;
} survey;

/* What the options do not suffice for: to be checked, or not looked at. */
typedef enum survey_goal { SURVEY_CHECK, SURVEY_FACTS } survey_goal;

/*
 * Reads the file and, where there is no error, compiles it as far as the
 * options allow. Nothing is reported: problems has it all. survey_close is
 * needed.
 */
void survey_make(survey *s, const snn_options *options, survey_goal goal);
void survey_close(survey *s);
/* Passes the problems to the report function of the options. */
void survey_report(const survey *s, const snn_options *options);
/* A line for each way to read what the file leaves open. */
void survey_candidates(const survey *s, buf *out);
/* The array "problems". */
void survey_problems(const survey *s, json *j);

#endif
