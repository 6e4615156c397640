/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * child.c - starts child processes, and waits for them in turns.
 */
#include "driver/child.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

pid_t child_start(const diag *d)
{
    pid_t child = fork();
    if (child >= 0 && d->interrupted) {
        setpgid(child, child); /* both do it: whoever comes first */
    }
    return child;
}

/* waitpid(); true if there is nothing to wait for any more. */
static bool has_ended(pid_t child, int how, int *status)
{
    pid_t ended;
    do {
        ended = waitpid(child, status, how);
    } while (ended < 0 && errno == EINTR);
    if (ended < 0) {
        *status = -1; /* the caller's process ignores its children */
    }
    return ended != 0;
}

/* Ends a group: compilers remove their files if they are asked to end. */
static void end(pid_t child, int *status)
{
    enum { TURNS = 100 };
    const struct timespec turn = {.tv_nsec = 10 * 1000 * 1000};
    kill(-child, SIGTERM);
    kill(-child, SIGCONT); /* one that was stopped ends, too */
    bool ended = false;
    for (int i = 0; i < TURNS && kill(-child, 0) == 0; i++) {
        ended = ended || has_ended(child, WNOHANG, status);
        nanosleep(&turn, NULL);
    }
    kill(-child, SIGKILL); /* what is left */
    if (!ended) {
        has_ended(child, 0, status);
    }
}

bool child_wait(pid_t child, diag *d, int *status)
{
    enum { FIRST = 50 * 1000, LONGEST = 20 * 1000 * 1000 }; /* nanoseconds */
    struct timespec turn = {.tv_nsec = FIRST};
    bool in_turns = d->interrupted != NULL;
    while (!has_ended(child, in_turns ? WNOHANG : 0, status)) {
        if (diag_interrupted(d)) {
            end(child, status);
            return false;
        }
        nanosleep(&turn, NULL);
        turn.tv_nsec += turn.tv_nsec < LONGEST ? turn.tv_nsec / 8 : 0;
    }
    return true;
}
