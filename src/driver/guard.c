/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * guard.c - HDF5 1.10 crashes on some damaged files before any check of ours
 * can see them (a local heap of absurd size, an external file name without
 * end), so a child process reads first. The file is in the page cache then.
 */
#include "driver/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nir/nir.h"

enum { SECONDS = 60 };

static void ignore(diag_severity severity, const char *where, const char *text,
                   void *user)
{
    (void)severity;
    (void)where;
    (void)text;
    (void)user;
}

/* The child: quiet, without a core dump, and ended by an alarm. */
static void read_and_exit(const char *path)
{
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) {
        dup2(nowhere, 1);
        dup2(nowhere, 2);
    }
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGALRM};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        signal(fatal[i], SIG_DFL);
    }
    alarm(SECONDS);
    arena a = {0};
    diag quiet = {.report = ignore};
    nir_net net;
    bool good = nir_read(path, &a, &quiet, &net);
    _exit(good ? 0 : 1);
}

bool guard_read(const char *path, diag *d)
{
    pid_t child = fork();
    if (child == 0) {
        read_and_exit(path);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (child < 0 || !WIFSIGNALED(status)) {
        return true;
    }
    if (WTERMSIG(status) == SIGALRM) {
        return diag_error(d, path, "cannot be read within %d seconds", SECONDS);
    }
    return diag_error(d, path,
                      "is damaged: reading it crashes the HDF5 "
                      "library (signal %d)",
                      WTERMSIG(status));
}
