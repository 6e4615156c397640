/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * call.c - a network is shared by threads, but has one set of functions to
 * report to; so each thread knows the call that it is in.
 */
#include "call.h"

#include <time.h>

enum { SIGNALS_NS = 50000000, PROGRESS_NS = 100000000 };

static _Thread_local call *current; /* the innermost call of this thread */

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/*===- what the library calls -----------------------------------------------*/

static void hear(snn_severity severity, const char *where, const char *text,
                 void *user)
{
    (void)user;
    call *c = current;
    if (!c) {
        return;
    }
    report_add(&c->report, severity, where, text);
    bool live = severity == SNN_NOTE && !c->stopped && c->listener;
    if (live && c->listener != Py_None) {
        call_enter();
        c->asking = true;
        c->stopped = !report_tell(c->core, &c->report, c->name, c->listener);
        c->asking = false;
        call_leave();
    }
}

/* Signals are handled on the main thread alone; elsewhere there is nothing. */
static bool interrupted(void *user)
{
    (void)user;
    call *c = current;
    if (!c || c->stopped) {
        return c != NULL;
    }
    if (now() - c->asked < SIGNALS_NS) {
        return false;
    }
    call_enter();
    c->asking = true;
    c->stopped = PyErr_CheckSignals() != 0;
    c->asking = false;
    call_leave();
    c->asked = now();
    return c->stopped;
}

void call_progress(int64_t done, int64_t steps, void *user)
{
    (void)user;
    call *c = current;
    if (!c || c->stopped || !c->progress || c->progress == Py_None ||
        (done < steps && now() - c->told < PROGRESS_NS)) {
        return;
    }
    call_enter();
    PyObject *answer = PyObject_CallFunction(c->progress, "LL", (long long)done,
                                             (long long)steps);
    c->stopped = !answer;
    Py_XDECREF(answer);
    call_leave();
    c->told = now();
}

void call_hooks(snn_options *options)
{
    options->report = hear;
    options->interrupted = interrupted;
}

/*===- the call -------------------------------------------------------------*/

static bool is_in_handler(const call *c)
{
    while (c && !c->asking) {
        c = c->outer;
    }
    return c != NULL;
}

void call_begin(call *c)
{
    c->stopped = is_in_handler(current);
    if (c->stopped) {
        PyErr_SetString(PyExc_RuntimeError,
                        "a signal handler or report function used snn_mlir "
                        "while it interrupted another call of it");
    }
    c->outer = current;
    c->asked = now();
    c->told = c->asked;
    current = c;
    c->thread = PyEval_SaveThread();
}

void call_end(call *c)
{
    PyEval_RestoreThread(c->thread);
    current = c->outer;
}

void call_enter(void) { PyEval_RestoreThread(current->thread); }

void call_leave(void) { current->thread = PyEval_SaveThread(); }

void call_stop(void) { current->stopped = true; }

/* The first error is about an array: ValueError, as of all that does not fit.
 */
static bool raise_array(const call *c)
{
    const message *error = report_error(&c->report);
    for (int i = 0; i < CALL_DICTS && error; i++) {
        if (c->arrays[i] && named_has_array(c->arrays[i], error->where)) {
            PyErr_Format(PyExc_ValueError, "%s: %s", error->where, error->text);
            return true;
        }
    }
    return false;
}

bool call_finish(call *c, bool good, PyObject *listener)
{
    if (PyErr_Occurred()) {
        good = false;
    } else if (good && !c->report.lost) {
        good = report_tell(c->core, &c->report, c->name, listener);
    } else {
        good = false;
        if (!raise_array(c)) {
            report_raise(c->core, &c->report, c->name);
        }
    }
    report_release(&c->report);
    return good;
}
