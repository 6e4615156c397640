/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/*
 * guard.c - HDF5 1.10 crashes on some damaged files before any check of ours
 * can see them (a local heap of absurd size, an external file name without
 * end), so a child process reads first. The file is in the page cache then.
 *
 * The child reads under a limit of memory, so that the library is refused what
 * a damaged file makes it ask for. What the child could not read, this process
 * reads under the same limit, to say why: so both go the same way. It has none
 * for other files, since other threads would have it too.
 *
 * It says by a pipe that it could: its status may be gone, see ask_child.
 */
#include "driver/guard.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/child.h"
#include "driver/lock.h"

enum {
    SECONDS = 10, /* of CPU, for any file */
    WAIT = 10,    /* seconds of a clock in one of CPU, on a busy machine */
    BYTES_OF_SECOND = 20 * 1000 * 1000,
    ANY_MEMORY = 512 * 1024 * 1024, /* beside the numbers and the file */
    NUMBER_BYTES = 8
};

/* An address sanitizer has mapped terabytes, and could map no more. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_LIMIT false
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) && !defined(HAS_LIMIT)
#define HAS_LIMIT false
#elif !defined(HAS_LIMIT)
#define HAS_LIMIT true
#endif

static int64_t file_bytes(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 ? info.st_size : 0;
}

/* Bytes of address space in use; -1 if the system does not tell. */
static int64_t memory_used(void)
{
    int64_t pages = -1;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f) {
        if (fscanf(f, "%" SCNd64, &pages) != 1) {
            pages = -1;
        }
        fclose(f);
    }
    return pages < 0 ? -1 : pages * sysconf(_SC_PAGESIZE);
}

/*
 * From here on this process gets no more memory than reading the file may take:
 * 512 MiB, the file's size, and 8 bytes for each number that it may hold.
 */
static void begin_limit(const char *path, struct rlimit *before)
{
    int64_t used = HAS_LIMIT ? memory_used() : -1;
    int64_t bytes = file_bytes(path);
    if (getrlimit(RLIMIT_AS, before) != 0) {
        *before = (struct rlimit){RLIM_INFINITY, RLIM_INFINITY};
        return;
    }
    rlim_t most = (rlim_t)(used + ANY_MEMORY + bytes +
                           NUMBER_BYTES * nir_most_numbers(bytes));
    if (used >= 0 && most < before->rlim_cur) {
        setrlimit(RLIMIT_AS, &(struct rlimit){most, before->rlim_max});
    }
}

static void end_limit(const struct rlimit *before)
{
    setrlimit(RLIMIT_AS, before);
}

static void ignore(diag_severity severity, const char *where, const char *text,
                   void *user)
{
    (void)severity;
    (void)where;
    (void)text;
    (void)user;
}

/* The child: quiet, without a core dump, and ended when its time is over. */
static void read_and_exit(const char *path, unsigned seconds, int pipe)
{
    struct rlimit before;
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) {
        dup2(nowhere, 1);
        dup2(nowhere, 2);
    }
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    static const int fatal[] = {SIGSEGV, SIGBUS,  SIGABRT, SIGFPE,
                                SIGALRM, SIGXCPU, SIGTERM};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
        signal(fatal[i], SIG_DFL);
    }
    begin_limit(path, &before);
    setrlimit(RLIMIT_CPU, &(struct rlimit){seconds, seconds + 1});
    alarm(seconds * WAIT);
    arena a = {0};
    diag quiet = {.report = ignore};
    nir_net net;
    bool good = nir_read(path, path, &a, &quiet, &net);
    if (write(pipe, good ? "g" : "b", 1) != 1) {
        _exit(good ? 0 : 1); /* the status says it, too */
    }
    _exit(good ? 0 : 1);
}

/* What the child wrote; 0: nothing, so it crashed. */
static char said(int pipe)
{
    char byte = 0;
    return read(pipe, &byte, 1) == 1 ? byte : 0;
}

static void close_both(const int *pipe)
{
    if (pipe[0] >= 0) {
        close(pipe[0]);
        close(pipe[1]);
    }
}

/*
 * Starts the child and waits. The status is -1 where a host ignores SIGCHLD or
 * waits for the children of others: then only the byte tells. It is there once
 * the child has ended; another process that was forked may keep the pipe open.
 */
MUST_CHECK static bool ask_child(const char *path, unsigned seconds, diag *d,
                                 int *status, char *byte)
{
    int ends[2] = {-1, -1};
    bool piped = pipe(ends) == 0;
    if (piped) {
        fcntl(ends[0], F_SETFL, O_NONBLOCK);
        fcntl(ends[0], F_SETFD, FD_CLOEXEC);
        fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    }
    pid_t child = child_start(d);
    if (child == 0) {
        read_and_exit(path, seconds, ends[1]);
    }
    bool good = child < 0 || child_wait(child, d, status);
    *byte = piped && good ? said(ends[0]) : 0;
    /* Without a child or a pipe nothing is known: as if it could not read. */
    *byte = piped && child > 0 ? *byte : 'b';
    close_both(ends);
    return good;
}

/* Reads in a child. *sound: it could, so this process needs no limit. */
MUST_CHECK static bool read_in_child(const char *path, const char *file,
                                     diag *d, bool *sound)
{
    unsigned seconds = SECONDS + (unsigned)(file_bytes(path) / BYTES_OF_SECOND);
    int status = -1;
    char byte;
    *sound = false;
    if (!ask_child(path, seconds, d, &status, &byte)) {
        return false;
    }
    if (status == -1 && byte == 0) {
        return diag_error(d, file,
                          "is damaged: reading it crashes the HDF5 library, or "
                          "takes more than %u seconds",
                          seconds);
    }
    if (status == -1 || !WIFSIGNALED(status)) {
        *sound = status == -1 ? byte == 'g' : status == 0;
        return true;
    }
    int ended_by = WTERMSIG(status);
    if (ended_by == SIGALRM || ended_by == SIGXCPU) {
        return diag_error(d, file, "cannot be read within %u seconds", seconds);
    }
    return diag_error(d, file,
                      "is damaged: reading it crashes the HDF5 "
                      "library (signal %d)",
                      ended_by);
}

MUST_CHECK static bool read_in_turn(const char *path, const char *file,
                                    arena *a, diag *d, nir_net *net)
{
    bool sound;
    struct rlimit before;
    if (!read_in_child(path, file, d, &sound)) {
        return false;
    }
    if (sound) {
        return nir_read(path, file, a, d, net);
    }
    begin_limit(path, &before);
    bool good = nir_read(path, file, a, d, net);
    end_limit(&before);
    return good;
}

/* The only thing here that is global and changes: HDF5 is global, too. A child
 * must not begin while another thread is in the library, either. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local bool is_mine;

/*
 * In a process that a host forked while another of its threads had the turn,
 * that thread is not there to give it back. The turn is not waited for before a
 * fork: who has it may wait for a lock of the host, which the forking thread
 * has.
 */
static void take_back(void)
{
    if (!is_mine) {
        turn = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    }
}

static void watch_forks(void) { pthread_atfork(NULL, NULL, take_back); }

bool guard_read(const char *path, const char *file, arena *a, diag *d,
                nir_net *net)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    *net = (nir_net){0};
    if (!lock_or_give_up(&turn, d)) {
        return false;
    }
    is_mine = true;
    bool good = read_in_turn(path, file, a, d, net);
    is_mine = false;
    pthread_mutex_unlock(&turn);
    return good;
}
