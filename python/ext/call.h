/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * call.h - a call of the library without the GIL: what it reports, how it is
 * interrupted, and who is told of progress.
 *
 * On one thread calls may nest: a progress function may run a network. A signal
 * handler and a listener may not: the call that they interrupt can hold a lock
 * of the library.
 */
#ifndef SNN_PYTHON_CALL_H
#define SNN_PYTHON_CALL_H

#include "core.h"
#include "named.h"
#include "report.h"
#include "snn.h"

/* data and set of the options, inputs and expected of verify */
enum { CALL_DICTS = 4 };

typedef struct call {
    const core *core;
    const char *name;                /* of the model, in reports */
    const named *arrays[CALL_DICTS]; /* that a message may be about, or NULL */
    PyObject *progress; /* borrowed; None or NULL: nobody is told */
    PyObject
        *listener; /* borrowed; hears notes at once; None or NULL: nobody */
    reports report;
    PyThreadState *thread;
    int64_t asked; /* when signals were looked at last; nanoseconds */
    int64_t told;  /* when progress was told last */
    bool stopped;  /* an exception is set: give up */
    bool asking;   /* signal handlers or the listener are running */
    struct call *outer;
} call;

/* Sets report and interrupted, for all calls with these options. */
void call_hooks(snn_options *options);

/*
 * Lets the GIL go. core, name, progress and listener are set, the rest is zero.
 * In a signal handler or listener of another call it sets a RuntimeError, with
 * which the library gives up and call_finish fails.
 */
void call_begin(call *c);
/* Takes it again. */
void call_end(call *c);

/*
 * Behind call_end: raises what came of the call where it was not good, or has
 * an exception set; else tells listener what was reported. Releases the report.
 */
MUST_CHECK bool call_finish(call *c, bool good, PyObject *listener);

/* For the library: tells progress, at most every 100 ms, and at the end. */
void call_progress(int64_t done, int64_t steps, void *user);

/* Between call_begin and call_end, on its thread: takes and lets go the GIL. */
void call_enter(void);
void call_leave(void);
/* An exception is set: give up. */
void call_stop(void);

#endif
