/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * decide.h - what a user left open, decided from what the file says of the
 * framework that wrote it; for src/driver only.
 */
#ifndef SNN_DRIVER_DECIDE_H
#define SNN_DRIVER_DECIDE_H

#include "base/json.h"
#include "driver/compile.h"

/* Semantics are to be decided: none are given, or "auto". */
bool decide_is_open(const snn_options *options);

/*
 * Fills decisions of a network that was read without an error; reports nothing.
 * Where all is clear, c->options becomes what was chosen, and true is returned.
 * Else semantics have candidates, each of which gives another step level.
 */
bool decide_find(compilation *c);
/* Says as notes what was decided without the user, and from what. */
void decide_tell(compilation *c);
/* Undecided: all candidates have a time step. */
bool decide_knows_time(const compilation *c);
/* Why semantics are not decided, and what to do; they have candidates. */
const char *decide_reason(compilation *c);
/* "--semantics=nir: forward Euler; 'lif' would compute v' = ..." */
const char *decide_candidate_text(const candidate *k, arena *a);
/* The three together, as diagnostics. */
MUST_CHECK bool decide(compilation *c);

/* The array "decisions". */
void decide_json(const compilation *c, json *j);

#endif
