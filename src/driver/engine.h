/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * engine.h - runs a step over its arrays; for src/driver only.
 */
#ifndef SNN_DRIVER_ENGINE_H
#define SNN_DRIVER_ENGINE_H

#include "driver/generate.h"
#include "driver/instance.h"

/*
 * Makes what computes a runner's step: g, its C, compiled or from the cache, a
 * folder or NULL; or the interpreter, if g is NULL. engine_close is needed in
 * any case.
 */
MUST_CHECK bool engine_open(engine *e, runner *r, const generated *g,
                            const char *cache);
void engine_close(engine *e);

/*
 * Computes all steps of all samples, each sample from a fresh state, by C that
 * is compiled or by the interpreter. Outputs that have a path get new arrays.
 * progress may be null.
 */
MUST_CHECK bool engine_run(runner *r, bool interpret,
                           void (*progress)(int64_t done, int64_t steps,
                                            void *user));

/*
 * Interprets all steps of all samples, each sample from a fresh state, and
 * calls visit behind each; t counts the steps of all samples. Ends early if the
 * compilation is interrupted.
 */
void engine_interpret(const runner *r, reference *machine,
                      void (*visit)(const reference *machine, int64_t t,
                                    void *user),
                      void *user);

/*
 * An interpreter of r->step that has computed one sample up to and with a step:
 * reference_numbers then says what every value was. NULL after a diagnostic, or
 * if interrupted.
 */
reference *engine_interpret_to(runner *r, int64_t sample, int64_t step);

#endif
