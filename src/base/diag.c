/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * diag.c - formats a diagnostic and hands it to the receiver.
 *
 * The text lives until the receiver returns; it is as long as it has to be.
 */
#include "base/diag.h"

#include <stdarg.h>

#include "base/buf.h"

__attribute__((format(printf, 4, 0))) static void
report(const diag *d, diag_severity severity, const char *where,
       const char *format, va_list args)
{
    if (d->given_up) {
        return;
    }
    arena a = {0};
    d->report(severity, where, text_vprintf(&a, format, args), d->user);
    arena_free(&a);
}

bool diag_error(diag *d, const char *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    d->errors++;
    report(d, DIAG_ERROR, where, format, args);
    va_end(args);
    return false;
}

void diag_warning(diag *d, const char *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(d, DIAG_WARNING, where, format, args);
    va_end(args);
}

void diag_note(diag *d, const char *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(d, DIAG_NOTE, where, format, args);
    va_end(args);
}

bool diag_help(diag *d, const char *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    report(d, DIAG_HELP, where, format, args);
    va_end(args);
    return false;
}

bool diag_interrupted(diag *d)
{
    d->given_up = d->given_up || (d->interrupted && d->interrupted(d->user));
    return d->given_up;
}
