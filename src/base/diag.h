/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * diag.h - how problems in the user's input are reported.
 *
 * A function that can fail on user input returns bool, reports through a diag
 * before it returns false, and is marked MUST_CHECK.
 */
#ifndef SNN_BASE_DIAG_H
#define SNN_BASE_DIAG_H

#include <stdbool.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))

typedef enum diag_severity {
    DIAG_ERROR,
    DIAG_WARNING,
    DIAG_NOTE,
    DIAG_HELP /* the smallest change that would mend what was reported last */
} diag_severity;

typedef struct diag {
    /* where is "file" or "file:node"; text has no full stop and no newline. */
    void (*report)(diag_severity severity, const char *where, const char *text,
                   void *user);
    /* Asked from time to time whether to give up; may be NULL. */
    bool (*interrupted)(void *user);
    void *user;
    int64_t errors; /* reported so far */
    bool given_up;  /* interrupted: nothing is reported any more */
} diag;

/* Reports an error at where. Returns false. */
__attribute__((format(printf, 3, 4))) bool
diag_error(diag *d, const char *where, const char *format, ...);
__attribute__((format(printf, 3, 4))) void
diag_warning(diag *d, const char *where, const char *format, ...);
__attribute__((format(printf, 3, 4))) void diag_note(diag *d, const char *where,
                                                     const char *format, ...);
/* Follows an error or warning about the same place. Returns false. */
__attribute__((format(printf, 3, 4))) bool diag_help(diag *d, const char *where,
                                                     const char *format, ...);

/*
 * To be asked where something takes long. True: return false at once, without a
 * diagnostic. It stays true.
 */
bool diag_interrupted(diag *d);

#endif
